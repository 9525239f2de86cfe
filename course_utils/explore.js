/**
 * The interactive figures of the course. Python samples the curves (explore.py); this page
 * reads values between the samples and draws. It knows no formula, loads nothing, and needs
 * no kernel:
 *
 *     mount(element, data)           the state lives in the page
 *     mount(element, data, store)    the state lives elsewhere, as in a notebook's widget
 *
 * A store is { get(name), set(changes), on(name, callback) -> stop }. `mount` returns a
 * function that takes the figure down. A new kind of figure is a new entry in KINDS.
 */

// ------------------------------------------------------------------------- numbers

const clamp = (x, low, high) => Math.min(Math.max(x, low), high);

/** Round to the nearest multiple of `step`, without the dust of binary fractions. */
const snap = (x, step) => Number((Math.round(x / step) * step).toFixed(9));

/** Write x to `count` significant digits, or to fewer if those are all that it has. */
function digits(x, count = 5) {
  const short = Number(x.toPrecision(count)) + 0; // and no minus before 0
  if (Math.abs(short - x) <= 1e-15 * Math.abs(x)) return String(short);
  return Math.abs(x) < 1e-4 ? x.toExponential(count - 1) : x.toPrecision(count);
}

/** Write x in few digits, for a sentence: 0.25, not 0.250. */
const briefly = (x) => String(Number(x.toPrecision(3)) + 0);

/** Write a slider's number: two decimals, or more if it has them. */
const decimals = (x) => (snap(x, 0.01) === x ? x.toFixed(2) : String(Number(x.toFixed(6))));

/** Read float64 numbers from base64. */
const decode = (text) =>
  new Float64Array(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);

/** Read samples y at position u = 0 .. y.length - 1: the cubic through the nearest four. */
function between(y, u) {
  const i = clamp(Math.floor(u) - 1, 0, y.length - 4);
  const [t, t1, t2, t3] = [u - i, u - i - 1, u - i - 2, u - i - 3];
  return (
    (-y[i] * t1 * t2 * t3) / 6 + (y[i + 1] * t * t2 * t3) / 2
    - (y[i + 2] * t * t1 * t3) / 2 + (y[i + 3] * t * t1 * t2) / 6
  );
}

/** Return round numbers, about `count` of them, from low to high. */
function ticks(low, high, count) {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].find((m) => m * power >= rough) * power;
  const first = Math.ceil(low / step);
  const length = Math.floor(high / step) - first + 1;
  return Array.from({ length }, (_, k) => snap((first + k) * step, step));
}

/** Return a linear map from data to pixels, with its inverse. */
function scale([low, high], [start, end]) {
  const map = (x) => start + ((x - low) / (high - low)) * (end - start);
  map.inverse = (pixel) => low + ((pixel - start) / (end - start)) * (high - low);
  return map;
}

/** Apply `f` to every value of an object, or to those that `keep` keeps. */
function mapped(object, f, keep = () => true) {
  const kept = Object.entries(object).filter(([, value]) => keep(value));
  return Object.fromEntries(kept.map(([name, value]) => [name, f(value)]));
}

// ----------------------------------------------------------------- pieces of a page

const SVG = /^(svg|g|path|line|circle|text)$/;

/** Make an element: attributes, `text`, listeners (`onclick`), children. */
function make(tag, { text, ...attributes } = {}, ...children) {
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
function place(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
}

/** JupyterLab takes keys such as ArrowLeft for itself, unless the control says otherwise. */
const OWN_KEYS = { "data-lm-suppress-shortcuts": "true" };

const WAYS = { ArrowRight: 1, ArrowUp: 1, PageUp: 1, ArrowLeft: -1, ArrowDown: -1, PageDown: -1 };

/** Make a labelled slider: the hand moves by `fine`, an arrow by `small`, Shift, Page by `large`. */
function slider({ label, min, max, fine, small, large, onmove }) {
  const moveTo = (x) => onmove(clamp(snap(x, fine), min, max));
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
    value.textContent = decimals(x);
    input.setAttribute("aria-valuetext", `${label} = ${decimals(x)}`);
  };
  return { node: make("label", { class: "slider" }, name, input, value), input, moveTo, show };
}

/** Make a button that calls `advance(seconds, calm)` again and again until that is false. */
function player(title, advance) {
  const calm = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  let playing = null; // the present run: one that was paused must not go on beside the next
  const show = (run) => {
    playing = run;
    node.textContent = run ? "❚❚ Pause" : "▶ Play";
  };
  const wait = (run, last) => {
    const next = (now) => {
      if (playing !== run) return;
      if (node.isConnected && advance((now - last) / 1000, calm())) wait(run, now);
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

/** Make a menu of named choices; it hides while there is nothing to choose. */
function menu(label, titles, onchoose) {
  const choose = () => onchoose(node.value);
  const options = Object.entries(titles).map(([value, text]) => make("option", { value, text }));
  const node = make("select", { "aria-label": label, ...OWN_KEYS, onchange: choose }, ...options);
  node.hidden = options.length < 2;
  return { node, show: (value) => (node.value = value) };
}

/** Make a labelled number of the readout. */
function figureOf(label, look) {
  const value = make("div", { class: `number ${look}` });
  const node = make("div", {}, make("div", { class: "maths", text: label }), value);
  return { node, show: (text) => (value.textContent = text) };
}

/** Return a function that calls `f` once, `delay` milliseconds after its first call. */
function throttled(f, delay) {
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

/** Lay out a figure, its controls, its numbers and words; return the parts to fill. */
function layOut(root, { height, track, controls, numbers }) {
  const picture = make("svg", { role: "img", class: "picture", height });
  const words = make("p", { class: "words" });
  const spoken = make("p", { class: "spoken", "aria-live": "polite" });
  const figure = make("div", { class: "figure" }, picture, track,
    make("div", { class: "controls" }, ...controls));
  const readout = make("div", { class: "readout" },
    make("div", { class: "numbers" }, ...numbers), words);
  const columns = make("div", { class: "columns" }, figure, readout);
  root.append(make("div", { class: "course-explorer" }, columns, spoken));
  return { picture, figure, words, spoken };
}

/** Let a hand in the picture pull: `onpull` gets the horizontal position in pixels. */
function pullable(picture, onpull) {
  const pull = (event) => onpull(event.clientX - picture.getBoundingClientRect().left);
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

/** Draw an empty panel: grid, axes, words; return its scales and a layer that clips. */
function panel({ box, x, y, title, label, look, numbered }) {
  const { left, top, width, height } = box;
  const [sx, sy] = [scale(x, [left, left + width]), scale(y, [top + height, top])];
  const node = make("g", { class: "panel" });
  const line = (x1, y1, x2, y2, kind) => node.append(make("line", { x1, y1, x2, y2, class: kind }));
  const text = (x, y, kind, text) => node.append(make("text", { x, y, class: kind, text }));
  const number = (k) => String(k).replace("-", "−");
  for (const k of ticks(...x, width / 70)) {
    line(sx(k), top, sx(k), top + height, k === 0 ? "zero" : "grid");
    if (numbered) text(sx(k), top + height + 16, "below", number(k));
  }
  for (const k of ticks(...y, height / 34)) {
    line(left, sy(k), left + width, sy(k), "grid");
    text(left - 7, sy(k) + 4, "beside", number(k));
  }
  line(left, top, left, top + height, "axis");
  line(left, top + height, left + width, top + height, "axis");
  text(left, top - 8, `title ${look}`, title);
  text(14, top + height / 2, "label maths", label); // some serif fonts reach 14 px up
  node.lastChild.setAttribute("transform", `rotate(-90 14 ${top + height / 2})`);
  const viewBox = `${left} ${top} ${width} ${height}`;
  const layer = make("svg", { x: left, y: top, width, height, viewBox, overflow: "hidden" });
  return { node, layer, sx, sy, look, box };
}

// ------------------------------------------------- a function above its slope, moved

const MARGIN = { left: 54, right: 16 }; // explore.css puts the track of z under the axis of z
const UPPER = { left: MARGIN.left, top: 26, height: 176 };
const LOWER = { left: MARGIN.left, top: 234, height: 112 };
const HEIGHT = 370;
const [VALUE, SLOPE] = [0, 1]; // what is sampled; the third is the slope from the output

/** Return the curves of `f` at one alpha: both sides of 0, and what the code returns there. */
function curvesAt(f, alpha, step) {
  const last = f.at_zero.length - 1;
  const at = last ? ((alpha - f.alphas[0]) / (f.alphas[1] - f.alphas[0])) * last : 0;
  const k = clamp(Math.floor(at), 0, Math.max(last - 1, 0));
  const mix = (low, high) => low + (at - k) * (high - low);
  const count = f.samples.length / (last + 1) / 6;
  // The samples lie one after another: (alphas, quantities, sides, count).
  const row = (k, quantity, side) =>
    f.samples.subarray(((k * 3 + quantity) * 2 + side) * count).subarray(0, count);
  const mixed = (quantity, side) => {
    const high = row(Math.min(k + 1, last), quantity, side);
    return row(k, quantity, side).map((low, i) => mix(low, high[i]));
  };
  const sides = [0, 1, 2].map((quantity) => [mixed(quantity, 0), mixed(quantity, 1)]);
  const atZero = f.at_zero[k].map((low, i) => mix(low, f.at_zero[Math.min(k + 1, last)][i]));
  const apart = [VALUE, SLOPE].map((q) => Math.abs(sides[q][1][0] - sides[q][0][0]) > 1e-6);
  const steepest = Math.max(...sides[SLOPE].map((side) => Math.max(...side.map(Math.abs))));
  return { sides, atZero, apart, steepest, step };
}

/** Return [a, slope from z, slope from a] at any z. */
function read({ sides, atZero, step }, z) {
  const u = Math.abs(z) / step;
  const k = Math.round(u);
  const exact = Math.abs(u - k) < 1e-9; // so every position of the slider, which is a sample
  if (exact && k === 0) return atZero;
  return sides.map((side) => between(side[z < 0 ? 0 : 1], exact ? k : u));
}

/** Draw a curve into a panel; where its sides end apart at 0, return the rings to lay on top. */
function drawCurve({ layer, sx, sy, look }, curves, quantity) {
  const [left, right] = curves.sides[quantity];
  const points = (side, sign) =>
    Array.from(side, (y, i) => `${sx(sign * i * curves.step).toFixed(2)} ${sy(y).toFixed(2)}`);
  const apart = curves.apart[quantity];
  const join = apart ? "M" : "L";
  const d = `M${points(left, -1).reverse().join("L")}${join}${points(right, 1).join("L")}`;
  layer.append(make("path", { class: `curve ${look}`, d }));
  const ring = (y, kind) =>
    make("circle", { class: `${kind} ${look}`, cx: sx(0), cy: sy(y), r: 4.5 });
  if (!apart) return [];
  return [ring(left[0], "ring"), ring(right[0], "ring"), ring(curves.atZero[quantity], "dot")];
}

/** Say in words what the slope at z means. */
function inWords(f, { sides, apart, steepest }, z, slope) {
  if (z === 0 && (apart[VALUE] || apart[SLOPE])) {
    const [left, right] = sides[apart[VALUE] ? VALUE : SLOPE].map((side) => briefly(side[0]));
    const what = apart[VALUE]
      ? `The graph jumps at 0, from ${left} to ${right}`
      : `The graph has a corner at 0: slope ${left} from the left, ${right} from the right`;
    return `${what}. The code returns the slope ${briefly(slope)}: ${f.why_at_zero}.`;
  }
  if (slope === 0) return "Flat here: a small change of z does not change a.";
  const share = Math.abs(slope) / steepest;
  const most = `the largest slope shown, ${briefly(steepest)}`;
  if (share > 0.9995) return `The slope is ${most}.`;
  const percent = share < 1e-4 ? "less than 0.01" : (100 * share).toFixed(share < 0.01 ? 2 : 0);
  return `${share < 0.01 ? "Almost flat: the" : "The"} slope is ${percent} % of ${most}.`;
}

/** Write out how the slope follows from the output, first in letters, then in numbers. */
function workedOut(rule, a, alpha) {
  const number = a < 0 && rule.includes("*") ? `(${digits(a)})` : digits(a);
  const filled = rule.replace(/\ba\b/g, number).replace("alpha", decimals(alpha ?? 0));
  return filled === rule ? rule : `${rule}\n= ${filled}`;
}

/** Write beside a point, on the side where its curve, which rises or not, leaves room. */
function tag(node, text, { x, y, rises, box }) {
  const room = 14 + 8 * text.length;
  const left = rises ? x - room > box.left : x + room > box.left + box.width;
  place(node, { x: x + (left ? -9 : 9), y: y - 9, "text-anchor": left ? "end" : "start" });
  node.textContent = text;
}

/** Draw all that does not depend on z; return it, with the nodes that follow z. */
function drawActivation(picture, width, f, alpha, { span, step }) {
  const curves = curvesAt(f, alpha, step);
  const x = [-span, span];
  const [upper, lower] = [
    panel({ box: { ...UPPER, width }, x, y: f.limits[VALUE], look: "value",
      title: `${f.title}: the value`, label: "a = g(z)" }),
    panel({ box: { ...LOWER, width }, x, y: f.limits[SLOPE], look: "slope",
      title: `${f.title}: its slope`, label: "g′(z)", numbered: true }),
  ];
  const rings = [...drawCurve(upper, curves, VALUE), ...drawCurve(lower, curves, SLOPE)];
  const tangent = make("line", { class: "tangent" });
  upper.layer.append(tangent);
  picture.replaceChildren(upper.node, lower.node, upper.layer, lower.layer, ...rings);
  const add = (node) => picture.appendChild(node);
  const marks = [upper, lower].map((panel) => ({
    panel,
    guide: add(make("line", { class: "guide" })),
    text: add(make("text", { class: `tag ${panel.look}` })),
    dot: add(make("circle", { class: `dot ${panel.look}`, r: 5.5 })),
  }));
  return { f, alpha, span, curves, upper, tangent, marks };
}

/** Move what depends on z: a few nodes, so that a slider costs next to nothing. */
function moveActivation({ span, curves, upper, tangent, marks }, z) {
  const numbers = read(curves, z);
  const ahead = read(curves, Math.min(z + span / 50, span));
  const [a, slope] = numbers;
  const reach = span / 4 / Math.hypot(1, slope);
  place(tangent, { x1: upper.sx(z - reach), y1: upper.sy(a - slope * reach) });
  place(tangent, { x2: upper.sx(z + reach), y2: upper.sy(a + slope * reach) });
  const texts = [`a = ${digits(a, 4)}`, `slope ${digits(slope, 4)}`];
  marks.forEach(({ panel: { box, sx, sy }, guide, text, dot }, q) => {
    const [x, y] = [sx(z), sy(numbers[q])];
    place(dot, { cx: x, cy: y });
    place(guide, { x1: x, x2: x, y1: q === VALUE ? y : box.top, y2: box.top + box.height });
    tag(text, texts[q], { x, y, rises: ahead[q] > numbers[q], box });
  });
  return numbers;
}

/** The explorer of `explore_activation`: state z, function and alpha. */
function mountActivation(root, data, store) {
  const { span, step } = data;
  const functions = mapped(data.functions, (f) => ({ ...f, samples: decode(f.curves) }));
  let view = null; // what drawActivation drew last

  const moveTo = (z) => {
    play.stop();
    store.set({ z });
  };
  const position = slider({
    label: "z", min: -span, max: span, fine: step, small: Math.max(0.1, step),
    large: span > 10 ? 5 : 1, onmove: moveTo,
  });
  const play = player("Move z from left to right", (seconds, calm) => {
    const from = store.get("z") >= span ? -span : store.get("z");
    const to = Math.min(calm ? Math.floor(from + 1) : from + (seconds * span) / 4, span);
    store.set({ z: to });
    return to < span;
  });
  const choice = menu("function", mapped(functions, (f) => f.title),
    (name) => store.set({ function: name, alpha: functions[name].alpha }));
  const alphas = mapped(functions, ({ alphas: [min, max, fine] }) => slider({
    label: "α", min, max, fine, small: fine, large: 10 * fine,
    onmove: (alpha) => store.set({ alpha }),
  }), (f) => f.alphas);
  const numbers = [figureOf("z", ""), figureOf("a = g(z)", "value"),
    figureOf("g′(z) from z", "slope"), figureOf("g′(z) from a", "slope")];
  const rule = make("div", { class: "rule" });
  const controls = [play, choice, ...Object.values(alphas)].map((control) => control.node);
  const { picture, figure, words, spoken } = layOut(root, {
    height: HEIGHT, track: position.node, controls, numbers: [...numbers.map((n) => n.node), rule],
  });
  const say = throttled(() => (spoken.textContent = view.spoken), 700);

  const draw = () => {
    const width = figure.clientWidth - MARGIN.left - MARGIN.right;
    if (width < 40) return; // not on the page yet
    const name = store.get("function");
    const f = functions[name];
    const alpha = f.alphas && clamp(store.get("alpha") ?? f.alpha, f.alphas[0], f.alphas[1]);
    view = drawActivation(picture, width, f, alpha, data);
    choice.show(name);
    for (const [of, { node }] of Object.entries(alphas)) node.hidden = of !== name;
    alphas[name]?.show(alpha);
    move();
  };
  const move = () => {
    if (!view) return;
    const { f, alpha, curves } = view;
    const z = store.get("z");
    const [a, slope, fromOutput] = moveActivation(view, z);
    position.show(z);
    const texts = [decimals(z), digits(a), digits(slope), digits(fromOutput)];
    texts.forEach((text, k) => numbers[k].show(text));
    rule.textContent = workedOut(f.from_output, a, alpha);
    words.textContent = inWords(f, curves, z, slope);
    const setting = alpha === null ? "" : ` with alpha ${decimals(alpha)}`;
    view.spoken = `z ${decimals(z)}, a ${digits(a)}, slope ${digits(slope)}`;
    const label = `${f.title}${setting} above its slope, with the tangent at ${view.spoken}`;
    picture.setAttribute("aria-label", label);
    say();
  };

  pullable(picture, (pixel) => {
    position.input.focus({ preventScroll: true });
    position.moveTo(view.upper.sx.inverse(pixel));
  });
  const size = new ResizeObserver(draw);
  size.observe(figure);
  const stops = [store.on("function", draw), store.on("alpha", draw), store.on("z", move)];
  return () => [play.stop, say.cancel, () => size.disconnect(), ...stops].forEach((stop) => stop());
}

// ------------------------------------------------------------------------ the doors

const KINDS = { activation: mountActivation };

/** Keep the state in the page. */
function memory(state) {
  const [values, watchers] = [{ ...state }, new Map()];
  return {
    get: (name) => values[name],
    set: (changes) => {
      const changed = Object.keys(changes).filter((name) => values[name] !== changes[name]);
      Object.assign(values, changes);
      for (const name of changed) (watchers.get(name) ?? []).forEach((f) => f(values[name]));
    },
    on: (name, f) => {
      watchers.set(name, [...(watchers.get(name) ?? []), f]);
      return () => watchers.set(name, watchers.get(name).filter((g) => g !== f));
    },
  };
}

/** Draw `data` into `root` and follow the store; return a function that takes it down. */
export function mount(root, data, store = memory(data.state)) {
  return KINDS[data.kind](root, data, store);
}

/**
 * Keep the state in the page, and in step with a notebook's widget. The kernel hears of changes
 * ten times a second at most. Until it has, its words on them are old (it echoes what it hears),
 * so they must not undo what the hand has done since.
 */
function render({ model, el }) {
  const data = model.get("data");
  const names = Object.keys(data.state);
  const local = memory(Object.fromEntries(names.map((name) => [name, model.get(name)])));
  const unsent = new Set();
  const send = throttled(() => {
    for (const name of unsent) model.set(name, local.get(name));
    unsent.clear();
    model.save_changes();
  }, 100);
  const store = {
    ...local,
    set: (changes) => {
      Object.keys(changes).forEach((name) => unsent.add(name));
      local.set(changes);
      send();
    },
  };
  const hear = (name) => () => unsent.has(name) || local.set({ [name]: model.get(name) });
  const ears = names.map((name) => [`change:${name}`, hear(name)]);
  ears.forEach(([event, f]) => model.on(event, f));
  const takeDown = mount(el, data, store);
  return () => {
    takeDown();
    ears.forEach(([event, f]) => model.off(event, f));
    if (unsent.size) send.flush();
  };
}

export default { render };
