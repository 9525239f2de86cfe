/** The two-layer network in training. The page pulls: it asks for a frame, draws it, asks again. */

import { decode, digits, mapped } from "./numbers.js";
import {
  asking, button, drawnToFit, figureOf, layOut, make, menu, place, player, slider, throttled,
} from "./pieces.js";
import { panel, pathOf } from "./plane.js";

const PAUSE = 30; // milliseconds between two questions, at least
// The server holds an answer back until the page sends something, or for 40 ms (Nagle's algorithm
// and the delayed acknowledgement), so while answers are quick a second question is on its way;
// where they are not, a queue would only keep other cells waiting.
const AT_ONCE = 2;
const QUICK = 80; // milliseconds
const DEEPEST = 0.45; // how opaque a class's colour is where its probability is 1
const LOOK_OF = ["value", "slope"]; // of class 0 and of class 1
const OUTLINES = ["m-3.6 0a3.6 3.6 0 1 0 7.2 0a3.6 3.6 0 1 0 -7.2 0z", "m-3.2 -3.2h6.4v6.4h-6.4z"];
const SETTINGS = ["examples", "function", "hidden", "rate", "seed", "steps"];

/** Return the smallest of 1, 2, 5, 10, 20 ... that is not below x; 0 for 0. */
function roundedUp(x) {
  if (!(x > 0)) return 0;
  const power = 10 ** Math.floor(Math.log10(x));
  return Math.max(1, [1, 2, 5, 10].find((m) => m * power >= x * (1 - 1e-9)) * power);
}

/** Return the boxes of the three panels, beside each other where there is room, and the height. */
function boxesIn(width) {
  const [left, right, top, bottom] = [54, 16, 26, 42];
  if (width < 520) {
    const side = Math.min(width - left - right, 330);
    const wide = { left, width: width - left - right };
    const loss = { ...wide, top: top + side + bottom + 26, height: 110 };
    const outputs = { ...wide, top: loss.top + loss.height + 54, height: 100 };
    return { plane: { left, top, width: side, height: side }, loss, outputs,
      height: outputs.top + outputs.height + bottom };
  }
  const side = Math.min(330, Math.round(0.54 * (width - left - right)));
  const beside = left + side + 58;
  const column = { left: beside, width: width - beside - right };
  const half = Math.round((side - 54) / 2);
  return {
    plane: { left, top, width: side, height: side },
    loss: { ...column, top, height: half },
    outputs: { ...column, top: top + side - half, height: half },
    height: top + side + bottom,
  };
}

/** Make the mark of an example: a disc for class 0, a square for class 1. */
function markOf(label, r) {
  if (label === 0) return make("circle", { class: "mark value", r });
  const side = 1.8 * r;
  return make("rect", { class: "mark slope", x: -side / 2, y: -side / 2, width: side, height: side });
}

const moveMark = (node, x, y) =>
  node.setAttribute("transform", `translate(${x.toFixed(1)} ${y.toFixed(1)})`);

/** Draw the plane with its examples; return it with the nodes that follow the training. */
function drawPlane(picture, box, points) {
  const plane = panel({ box, x: points.extent[0], y: points.extent[1], title: "probability of class 1",
    look: "", label: "x₂", under: "x₁", numbered: true });
  plane.node.classList.add("plane");
  ["● class 0", "■ class 1"].forEach((text, label) => plane.node.append(make("text", {
    class: `key ${LOOK_OF[label]}`, x: box.left + box.width - 66 * (1 - label), y: box.top - 8, text,
  })));
  const line = make("path", { class: "border" });
  plane.layer.append(line);
  picture.append(plane.node, plane.layer);
  const few = points.labels.length <= 8;
  const tags = [];
  const many = ["", ""]; // of many examples, one path a class: quicker to paint than as many nodes
  points.labels.forEach((label, k) => {
    const [x, y] = [plane.sx(points.x[2 * k]), plane.sy(points.x[2 * k + 1])];
    if (!few) return void (many[label] += `M${x.toFixed(1)} ${y.toFixed(1)}${OUTLINES[label]}`);
    const mark = markOf(label, 6);
    moveMark(mark, x, y);
    picture.append(mark, make("text", { class: "tag", x, y: y - 12 }));
    tags.push(picture.lastChild);
  });
  if (!few) picture.append(...many.map((d, label) => make("path", { class: `mark ${LOOK_OF[label]}`, d })));
  return { ...plane, line, tags };
}

/** Draw the axes of the loss curve. */
function drawLoss(box, [steps, low, high]) {
  const axes = panel({ box, x: [0, steps], y: [low, high], log: "y", title: "loss L by step",
    look: "", numbered: true });
  const [line, dot] = [make("path", { class: "loss" }), make("circle", { class: "now", r: 4.5 })];
  axes.layer.append(line);
  return { ...axes, line, dot, nodes: [axes.node, axes.layer, dot] };
}

/** Draw the axes of the hidden outputs: for each unit a bar, marks of both classes, a word. */
function drawOutputs(box, labels, [units, low, high]) {
  const margin = 0.08 * (high - low);
  const xticks = Array.from({ length: units }, (_, k) => k + 1);
  const axes = panel({ box, x: [0.4, units + 0.6], y: [low - margin, high + margin], xticks,
    title: "outputs a₁ of the hidden units", look: "", numbered: true });
  const gap = box.width / (units + 0.2);
  const names = axes.node.querySelectorAll("text.below");
  if (gap < 20) names.forEach((name, k) => k % 2 && name.remove());
  const [reach, r] = [Math.min(gap / 4, 12), gap > 24 ? 4.5 : 3];
  const rows = xticks.map((unit) => {
    const x = axes.sx(unit);
    const bar = make("line", { x1: x, x2: x });
    const marks = labels.map((label) => markOf(label, r));
    const word = make("text", { class: "below dead", x, y: box.top + box.height + 31 });
    return { bar, marks, word, xs: labels.map((label) => x + (label ? reach : -reach)) };
  });
  axes.layer.append(...rows.flatMap(({ bar, marks }) => [bar, ...marks]));
  const words = rows.map(({ word }) => word);
  return { ...axes, rows, dead: gap > 34 ? "dead" : "×", nodes: [axes.node, axes.layer, ...words] };
}

/** Paint the probabilities of class 1, from the lowest row up, in the colours of the theme. */
function paint(canvas, shades, size) {
  const style = getComputedStyle(canvas);
  const colours = LOOK_OF.map((look) => {
    const hex = style.getPropertyValue(`--${look}`).trim().slice(1);
    return [0, 2, 4].map((k) => parseInt(hex.slice(k, k + 2), 16));
  });
  const inks = Uint8Array.from({ length: 4 * 256 }, (_, k) => {
    const p = (k >> 2) / 255;
    return (k & 3) < 3 ? colours[p > 0.5 ? 1 : 0][k & 3] : 255 * DEEPEST * Math.abs(2 * p - 1);
  });
  const ink = new Uint32Array(inks.buffer); // one number a pixel: red, green, blue, opacity
  const image = new ImageData(size, size);
  const pixels = new Uint32Array(image.data.buffer);
  for (let row = 0; row < size; row += 1) {
    const from = (size - 1 - row) * size;
    for (let k = 0; k < size; k += 1) pixels[row * size + k] = ink[shades[from + k]];
  }
  if (canvas.width !== size) place(canvas, { width: size, height: size });
  canvas.getContext("2d").putImageData(image, 0, 0);
}

/** The explorer of `explore_training`. */
export function mountTraining(root, data, store) {
  const points = mapped(data.points, (of) => ({ ...of, x: decode(of.x, Float32Array) }));
  const { frames } = data.record;
  const rates = [...new Set([...data.rates, data.state.rate])].sort((a, b) => a - b);
  const nothing = () => ({ changes: {}, reset: false, steps: 0 });
  let wanted = nothing(); // what the next question will ask
  let [asked, recorded, delay] = [0, 0, Infinity]; // delay: that of the last answer
  const open = []; // when the questions were asked that are not answered yet
  const me = Math.random(); // one of the views of this explorer
  let frame = { ...frames[0], curve: data.record.curve, run: 1, state: data.state };
  let view = null; // what is drawn, with the nodes that follow the training

  // ---------------------------------------------------------------- asking
  const pull = () => {
    if (!store.ask) return void playRecord();
    if (open.length === AT_ONCE) return; // an answer pulls again if there is something wanted then
    open.push((asked = performance.now()));
    ask({ ...wanted, seen: [frame.run, frame.step], view: me });
    wanted = nothing();
  };
  const playRecord = () => {
    recorded = wanted.reset ? 0 : Math.min(recorded + 1, frames.length - 1);
    wanted = nothing();
    follow({ ...frame, ...frames[recorded] });
  };
  const answered = () => {
    delay = performance.now() - open.shift();
    const { changes, reset, steps } = wanted;
    if (Object.keys(changes).length || reset || steps > 0) pull();
  };
  const change = (changes) => {
    Object.assign(wanted.changes, changes);
    store.set(changes); // whoever watches the store pulls
  };

  // ---------------------------------------------------------------- controls
  const play = player("Train, frame by frame", (_seconds, calm) => {
    if (open.length >= (delay < QUICK ? AT_ONCE : 1)) return true;
    if (!calm && performance.now() - asked < PAUSE) return true;
    if (frame.broken) return false;
    if (!store.ask) {
      asked = performance.now() + 3 * PAUSE; // the recorded frames are few
      if (recorded === frames.length - 1) wanted.reset = true;
    } else wanted.steps = store.get("steps");
    pull();
    return Boolean(store.ask) || recorded < frames.length - 1;
  });
  const step = button("Step", store.ask ? "Take one step" : "Show the next frame", () => {
    play.stop();
    wanted.steps = wanted.steps + 1;
    pull();
  });
  const reset = button("Reset", "Go back to the start of this draw", () => {
    Object.assign(wanted, { reset: true, steps: 0 });
    pull();
  });
  const again = button("Another draw", "Draw other first weights",
    () => change({ seed: store.get("seed") + 1 }));
  const labels = { examples: "data", function: "activation", hidden: "hidden units", steps: "speed" };
  const valueOf = (text) => (/^\d+$/.test(text) ? Number(text) : text);
  const menus = Object.fromEntries(Object.entries(data.choices).map(([name, titles]) =>
    [name, menu(labels[name], titles, (text) => change({ [name]: valueOf(text) }))]));
  const nearest = () => rates.findIndex((rate) => rate >= store.get("rate") * (1 - 1e-9));
  const rate = slider({
    label: "learning rate η", min: 0, max: rates.length - 1, fine: 1, small: 1, large: 4,
    onmove: (k) => change({ rate: rates[k] }), write: () => String(store.get("rate")),
  });
  const lockable = [again, ...Object.values(menus), rate];
  const numbers = [figureOf("step", ""), figureOf("loss L", ""), figureOf("right", ""),
    figureOf("dead units", ""), figureOf("|gradient|", ""), figureOf("draw", "")];
  const { picture, figure, words, spoken, note } = layOut(root, {
    height: 0, controls: [play, step, reset, again, ...Object.values(menus), rate].map((c) => c.node),
    numbers: numbers.map((number) => number.node),
  });
  const canvas = make("canvas", { "aria-hidden": "true" });
  const field = make("div", { class: "field" }, canvas);
  figure.prepend(field);
  const say = throttled(() => (spoken.textContent = view.spoken), 3000);
  const ask = asking(store, { note, controls: lockable,
    onanswer: (answer) => {
      follow(answer);
      answered();
    },
    atOnce: AT_ONCE,
    onproblem: () => {
      play.stop();
      open.shift();
    },
  });

  // ---------------------------------------------------------------- drawing
  const draw = () => {
    const width = figure.clientWidth;
    if (width < 150) return; // not on the page yet
    const boxes = boxesIn(width);
    const { examples } = frame.state;
    picture.replaceChildren();
    place(picture, { height: boxes.height });
    const { left, top, width: side } = boxes.plane;
    field.style.cssText = `left: ${left}px; top: ${top}px; width: ${side}px; height: ${side}px`;
    view = { boxes, examples, plane: drawPlane(picture, boxes.plane, points[examples]), reach: null };
    move();
  };
  /** Return the panel `name`, drawn anew only where what its axes need has changed. */
  const panelFor = (name, needs, build) => {
    const key = needs.join();
    if (view[name]?.key === key) return view[name];
    view[name]?.nodes.forEach((node) => node.remove());
    view[name] = { ...build(needs), key };
    picture.append(...view[name].nodes);
    return view[name];
  };
  const moveLoss = (curve) => {
    const [steps, losses] = [roundedUp(Math.max(frame.step, 100)), [...curve, frame.loss]];
    const low = Math.min(0.01, 10 ** Math.floor(Math.log10(Math.max(Math.min(...losses), 1e-12))));
    const high = roundedUp(Math.max(...losses));
    const loss = panelFor("loss", [steps, low, high], (needs) => drawLoss(view.boxes.loss, needs));
    const [xs, ys] = [[], []];
    curve.forEach((loss, k) => { // the lowest and the highest loss of each stretch
      if (k % 2 && loss === curve[k - 1]) return;
      xs.push((k >> 1) * frame.stretch);
      ys.push(Math.max(loss, low));
    });
    xs.push(frame.step);
    ys.push(Math.max(frame.loss, low));
    place(loss.line, { d: pathOf(loss, xs, ys) });
    place(loss.dot, { cx: loss.sx(frame.step), cy: loss.sy(Math.max(frame.loss, low)) });
  };
  const moveOutputs = (outputs) => {
    const run = `${frame.run} ${frame.hidden}`; // within a run the axis only grows
    const before = view.reach?.run === run && frame.step ? view.reach : { low: 0, high: 1 };
    const low = Math.min(before.low, -roundedUp(-Math.min(...outputs)));
    const high = Math.max(before.high, roundedUp(Math.max(...outputs)));
    view.reach = { run, low, high };
    const all = points[view.examples].labels;
    const labels = all.length <= 8 ? all : [0, 1];
    const { rows, sy, dead } = panelFor("outputs", [frame.hidden, low, high],
      (needs) => drawOutputs(view.boxes.outputs, labels, needs));
    rows.forEach(({ bar, marks, word, xs }, unit) => {
      const [lowest, highest, ...ys] = outputs.subarray(unit * (2 + labels.length));
      const isDead = frame.dead.includes(unit + 1);
      place(bar, { y1: sy(lowest) + 1, y2: sy(highest) - 1, class: isDead ? "bar dead" : "bar" });
      marks.forEach((mark, k) => moveMark(mark, xs[k], sy(ys[k])));
      word.textContent = isDead ? dead : "";
    });
  };
  const move = () => {
    if (!view) return;
    const { plane, examples } = view;
    const { size, step: at, right, dead, run, state } = frame;
    const half = 100 / (size - 1); // the outer samples lie on the edges of the plane
    canvas.style.cssText = `left: ${-half / 2}%; top: ${-half / 2}%; width: ${100 + half}%`;
    paint(canvas, decode(frame.plane, Uint8Array), size);
    const { left, top, width, height } = plane.box;
    const ends = decode(frame.border, Uint16Array);
    const pieces = [];
    for (let k = 0; k < ends.length; k += 2) {
      const x = (left + (width * ends[k]) / 65535).toFixed(1);
      const y = (top + height * (1 - ends[k + 1] / 65535)).toFixed(1);
      pieces.push(`${k % 4 ? "L" : "M"}${x} ${y}`);
    }
    place(plane.line, { d: pieces.join("") });
    plane.tags.forEach((tag, k) => (tag.textContent = frame.p[k].toFixed(2)));
    const stretches = Math.floor(at / frame.stretch) + 1; // the recorded frames share one curve
    moveLoss(decode(frame.curve, Float32Array).subarray(0, 2 * stretches));
    moveOutputs(decode(frame.outputs));
    const count = points[examples].labels.length;
    const texts = [String(at), digits(frame.loss, 3), `${right} / ${count}`,
      `${dead.length} / ${frame.hidden}`, digits(frame.norm, 3), String(state.seed)];
    texts.forEach((text, k) => numbers[k].show(text));
    words.textContent = frame.words;
    view.spoken = `Step ${at}, loss ${texts[1]}. ${frame.words}`;
    picture.setAttribute("aria-label", `The plane of the two inputs with the border between the `
      + `classes, the loss by step, and the outputs of the hidden units. ${view.spoken}`);
    place(picture, { "data-step": at, "data-run": run });
    say();
  };
  const follow = (next) => {
    frame = next;
    if (frame.broken) play.stop();
    if (view?.examples === frame.state.examples) move();
    else draw();
  };
  const showSettings = () => {
    for (const [name, { show }] of Object.entries(menus)) show(String(store.get(name)));
    rate.show(nearest() < 0 ? rates.length - 1 : nearest());
  };

  showSettings();
  const themes = new MutationObserver(() => move());
  for (const [node, name] of [[document.body, "data-jp-theme-light"],
    [document.documentElement, "data-theme"]]) {
    themes.observe(node, { attributes: true, attributeFilter: [name] });
  }
  const stops = [
    play.stop, say.cancel, drawnToFit(figure, draw), () => themes.disconnect(),
    ...SETTINGS.map((name) => store.on(name, () => {
      showSettings();
      if (name !== "steps" && store.ask) pull();
    })),
  ];
  const differs = SETTINGS.some((name) => store.get(name) !== data.state[name]);
  if (store.ask && (store.get("begun") || differs)) pull();
  return () => stops.forEach((stop) => stop());
}
