/** A function above its slope, with a point that moves. */

import { between, briefly, clamp, decimals, decode, digits, mapped } from "./numbers.js";
import {
  drawnToFit, figureOf, layOut, make, menu, place, player, pullable, slider, throttled,
} from "./pieces.js";
import { panel } from "./plane.js";

const MARGIN = { left: 54, right: 16 }; // explorer.css puts the track of z under the axis of z
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
export function mountActivation(root, data, store) {
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
  const stops = [
    play.stop, say.cancel, drawnToFit(figure, draw),
    store.on("function", draw), store.on("alpha", draw), store.on("z", move),
  ];
  return () => stops.forEach((stop) => stop());
}

