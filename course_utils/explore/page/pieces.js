/** The pieces of a figure: controls, readout, layout. */

import { clamp, decimals, snap } from "./numbers.js";

export const SVG = /^(svg|g|path|line|circle|rect|text|tspan)$/;

/** Make an element: attributes, `text`, listeners (`onclick`), children. */
export function make(tag, { text, ...attributes } = {}, ...children) {
  const node = SVG.test(tag)
    ? document.createElementNS("http://www.w3.org/2000/svg", tag)
    : document.createElement(tag);
  if (text !== undefined) node.textContent = text;
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

/** Set several attributes of an element. */
export function place(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
}

/** JupyterLab takes keys such as ArrowLeft for itself, unless the control says otherwise. */
export const OWN_KEYS = { "data-lm-suppress-shortcuts": "true" };

export const WAYS = { ArrowRight: 1, ArrowUp: 1, PageUp: 1, ArrowLeft: -1, ArrowDown: -1, PageDown: -1 };

/**
 * Make a labelled slider: the hand moves by `fine`, an arrow by `small`, Shift, Page by `large`.
 * `write` says how a position is written; a slider over a list of values has their indices as
 * positions, and `fine` and `small` are 1. Its ends may change later: `input.max`.
 */
export function slider({ label, min, max, fine, small, large, onmove, write = decimals }) {
  const moveTo = (x) => onmove(clamp(snap(x, fine), Number(input.min), Number(input.max)));
  const input = make("input", {
    type: "range", min, max, step: "any", ...OWN_KEYS,
    oninput: () => moveTo(input.valueAsNumber),
    onkeydown: (event) => {
      const way = WAYS[event.key];
      const by = event.shiftKey || event.key.startsWith("Page") ? large : small;
      if (!way || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault();
      moveTo(input.valueAsNumber + way * by);
    },
  });
  const value = make("span", { class: "number" });
  const name = make("span", { class: "maths", text: label });
  const show = (x) => {
    input.value = x;
    value.textContent = write(x);
    input.setAttribute("aria-valuetext", `${label} = ${write(x)}`);
  };
  return { node: make("label", { class: "slider" }, name, input, value), input, moveTo, show };
}

/** Make a button that calls `advance(seconds, calm)` again and again until that is false. */
export function player(title, advance) {
  const calm = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  let playing = null; // the present run: one that was paused must not go on beside the next
  const show = (run) => {
    playing = run;
    node.textContent = run ? "❚❚ Pause" : "▶ Play";
  };
  const wait = (run, last) => {
    const next = (now) => {
      if (playing !== run) return;
      const seconds = Math.max(now - last, 0) / 1000; // a frame may have begun before the click
      if (node.isConnected && advance(seconds, calm())) wait(run, now);
      else show(null);
    };
    if (calm()) setTimeout(() => next(performance.now()), 800);
    else requestAnimationFrame(next);
  };
  const toggle = () => {
    show(playing ? null : {});
    if (playing) wait(playing, performance.now());
  };
  const node = make("button", { type: "button", title, ...OWN_KEYS, onclick: toggle });
  show(null);
  return { node, stop: () => show(null) };
}

/** Make a button. */
export function button(text, title, onclick) {
  const node = make("button", { type: "button", title, text, ...OWN_KEYS, onclick });
  return { node };
}

/** Make a box to tick. */
export function tick(label, onchange) {
  const change = () => onchange(box.checked);
  const box = make("input", { type: "checkbox", ...OWN_KEYS, onchange: change });
  const node = make("label", { class: "tick" }, box, make("span", { text: label }));
  return { node, show: (value) => (box.checked = value) };
}

/** Make a menu of named choices; it hides while there is nothing to choose. */
export function menu(label, titles, onchoose) {
  const choose = () => onchoose(node.value);
  const options = Object.entries(titles).map(([value, text]) => make("option", { value, text }));
  const node = make("select", { "aria-label": label, ...OWN_KEYS, onchange: choose }, ...options);
  node.hidden = options.length < 2;
  return { node, show: (value) => (node.value = value) };
}

/** Make a labelled number of the readout. */
export function figureOf(label, look) {
  const value = make("div", { class: `number ${look}` });
  const node = make("div", {}, make("div", { class: "maths", text: label }), value);
  return { node, show: (text) => (value.textContent = text) };
}

/** Make the key of a picture: beside each word a stroke that has the class of what it names. */
export function legend(words) {
  const entries = Object.entries(words).map(([look, text]) => {
    const stroke = make("path", { class: look, d: "M0 6H24V6.01" });
    const sample = make("svg", { width: 24, height: 12, "aria-hidden": "true" }, stroke);
    return make("span", {}, sample, make("span", { text }));
  });
  return make("div", { class: "legend" }, ...entries);
}

/** Return a function that calls `f` once, `delay` milliseconds after its first call. */
export function throttled(f, delay) {
  let timer = 0;
  const flush = () => {
    clearTimeout(timer);
    timer = 0;
    f();
  };
  return Object.assign(() => (timer ||= setTimeout(flush, delay)), {
    flush,
    cancel: () => clearTimeout(timer),
  });
}

/**
 * Lay out a figure, its controls, its numbers and words; return the parts to fill: `picture`, a
 * drawing of fixed height as wide as `figure`; `words`, what it shows in a sentence; `spoken`,
 * what a screen reader says; `note`, a line below for what has gone wrong.
 */
export function layOut(root, { height, track = "", controls, numbers }) {
  const picture = make("svg", { role: "img", class: "picture", height });
  const words = make("p", { class: "words" });
  const spoken = make("p", { class: "spoken", "aria-live": "polite" });
  const note = make("p", { class: "note", role: "status" });
  const figure = make("div", { class: "drawing" }, picture, track,
    make("div", { class: "controls" }, ...controls), note);
  const readout = make("div", { class: "readout" },
    make("div", { class: "numbers" }, ...numbers), words);
  const columns = make("div", { class: "columns" }, figure, readout);
  root.append(make("div", { class: "course-explorer" }, columns, spoken));
  return { picture, figure, words, spoken, note };
}

/** Call `draw` now and whenever the width of the figure changes; return what ends that. */
export function drawnToFit(figure, draw) {
  const size = new ResizeObserver(draw);
  size.observe(figure);
  return () => size.disconnect();
}

/**
 * Return a function that asks the kernel, one question at a time (or `atOnce` of them): while an
 * answer is awaited, only the newest question is kept, so the last one is always answered.
 * Without a kernel it locks the `controls` that need one and says so in `note`, as it says there
 * what goes wrong.
 */
export function asking(store, { note, controls, onanswer, onproblem = () => {}, atOnce = 1 }) {
  let [busy, next] = [0, null];
  const ask = (question) => {
    if (busy === atOnce) return void (next = { question });
    busy += 1;
    const late = setTimeout(() => (note.textContent = SILENT), 2000);
    store.ask(question).then((answer) => {
      clearTimeout(late);
      note.textContent = answer.problem ?? "";
      if (answer.problem) onproblem();
      else onanswer(answer, question);
    }).finally(() => {
      busy -= 1;
      const waiting = next;
      next = null;
      if (waiting) ask(waiting.question);
    });
  };
  if (store.ask) return ask;
  note.textContent = UNATTENDED;
  for (const { node } of controls) {
    const inputs = node.matches("label") ? node.querySelectorAll("input") : [node];
    for (const input of inputs) input.disabled = true;
  }
  return () => {};
}

/**
 * Keep an answer on the page in step with the settings (`names`) in the store: take it from
 * `stored(settings)`, or ask the kernel where that has none; return what ends that.
 */
export function answering(store, names, { stored, onanswer, note, controls }) {
  const settings = () => Object.fromEntries(names.map((name) => [name, store.get(name)]));
  const newest = (answer) => onanswer(stored(settings()) ?? answer); // never an older one last
  const ask = asking(store, { note, controls, onanswer: newest });
  const follow = () => {
    const answer = stored(settings());
    if (answer) onanswer(answer);
    else ask(settings());
  };
  const stops = names.map((name) => store.on(name, follow));
  follow();
  return () => stops.forEach((stop) => stop());
}

const SILENT = "Waiting for the kernel: it is busy, or it was restarted. "
  + "If it was restarted, run this cell again.";
const UNATTENDED = "The greyed controls need a running kernel: open the notebook to use them.";

/** Let a hand in the picture pull: `onpull` gets its position in the picture's pixels, x and y. */
export function pullable(picture, onpull) {
  const pull = (event) => {
    const { left, top, width } = picture.getBoundingClientRect();
    const times = width / picture.clientWidth; // a page may show it enlarged, as slides do
    onpull((event.clientX - left) / times, (event.clientY - top) / times);
  };
  let held = false;
  picture.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    picture.setPointerCapture(event.pointerId);
    held = true;
    pull(event);
  });
  picture.addEventListener("pointermove", (event) => held && pull(event));
  picture.addEventListener("lostpointercapture", () => (held = false));
}
