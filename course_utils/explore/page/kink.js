/** What a corner is: two secants that close on 0, and the fan of slopes between them. */

import { briefly, clamp, decode, digits, mapped } from "./numbers.js";
import {
  drawnToFit, figureOf, layOut, make, menu, place, player, pullable, slider, throttled, tick,
} from "./pieces.js";
import { panel, pathOf, written } from "./plane.js";

const KINK_MARGIN = { left: 54, right: 16 }; // explorer.css puts the track of h under its axis
const KINK_UPPER = { left: KINK_MARGIN.left, top: 26, height: 234 };
const KINK_LOWER = { left: KINK_MARGIN.left, top: 314, height: 104 };
const KINK_HEIGHT = 438;
const DECADE = 40; // positions for a factor of ten
const LEFT_RIGHT = [
  { sign: -1, name: "left", look: "third" }, { sign: 1, name: "right", look: "slope" },
];

/** Return what is sampled of `f`, at one alpha: both secants' slopes, and their limits. */
function kinkAt(f, alpha) {
  const last = f.sides.length - 1;
  const at = last ? ((alpha - f.alphas[0]) / (f.alphas[1] - f.alphas[0])) * last : 0;
  const k = clamp(Math.floor(at), 0, Math.max(last - 1, 0));
  const next = Math.min(k + 1, last);
  const mix = (low, high) => low + (at - k) * (high - low);
  const count = f.samples.length / (last + 1) / 2;
  const row = (k, side) => f.samples.subarray((k * 2 + side) * count).subarray(0, count);
  const mixed = (side) => row(k, side).map((low, i) => mix(low, row(next, side)[i]));
  const limits = f.sides[k].map((low, side) => mix(low, f.sides[next][side]));
  const jumps = f.beyond.some((rise) => rise !== 0);
  return { slopes: [mixed(0), mixed(1)], limits, jumps, corner: !jumps && limits[0] !== limits[1] };
}

/** Write a number of an axis whose unit is h. */
const inUnitsOfH = (x) =>
  (x === 0 ? "0" : `${written(x).replace(/^(−?)1$/, "$1")}h`);

/** Say in words what is seen. */
function kinkInWords({ f, curves: { limits, jumps, corner } }, slope, zoom) {
  if (jumps) {
    return "A jump, not a corner: from the right the slope grows tenfold whenever h shrinks to "
      + `a tenth, without bound. No line fits. The code returns ${briefly(slope)}: ${f.why}.`;
  }
  const [left, right] = limits.map(briefly);
  if (!corner) {
    const seen = zoom ? " The closer you look, the straighter the graph." : "";
    return `No corner: as h closes on 0, both slopes close on ${left}, the slope at 0.${seen}`;
  }
  const fan = limits[0] < limits[1]
    ? "Every line of the fan stays on or below the graph."
    : "It points upwards: near 0 the lines of the fan run above the graph.";
  const seen = zoom ? "at every magnification" : "however small h is";
  const own = limits[0] + f.share * (limits[1] - limits[0]);
  return `A corner, ${seen}: slope ${left} on the left, ${right} on the right. ${fan} `
    + `The course’s code returns ${briefly(own)}: ${f.why}.`;
}

/** Draw all that depends on neither h nor the share; return it, with the nodes that do. */
function drawKink(picture, width, f, alpha, zoom, data) {
  const curves = kinkAt(f, alpha);
  const pixels = Math.min(KINK_UPPER.height / 3.9, width / 4.4); // of one unit, 1 or h
  const [reach, tall] = [width / pixels / 2, KINK_UPPER.height / pixels];
  const base = zoom ? 0 : f.value;
  const upper = panel({ box: { ...KINK_UPPER, width }, x: [-reach, reach],
    y: [base - (tall * 1.7) / 3.9, base + (tall * 2.2) / 3.9], look: "value", title: `${f.title} near 0`,
    label: zoom ? "a − g(0)" : "a", numbered: true, write: zoom ? inUnitsOfH : written });
  const lower = panel({ box: { ...KINK_LOWER, width }, x: [data.hs[0], data.hs.at(-1)], log: "x",
    y: f.axis, look: "slope", title: "Slopes of the two secants", label: "slope", numbered: true });
  const inside = (kind, look = "", tag = "line") =>
    upper.layer.appendChild(make(tag, { class: `${kind} ${look}` }));
  if (curves.corner) drawFan(upper, curves.limits, base, reach);
  const curve = inside("curve", "value", "path");
  const line = inside("share");
  line.setAttribute("visibility", curves.jumps ? "hidden" : "visible");
  const secants = LEFT_RIGHT.map(({ look }) => inside("secant", look));
  const points = LEFT_RIGHT.map(({ look }) => inside("dot", look, "circle"));
  const ring = curves.jumps && inside("ring", "value", "circle");
  const origin = inside("dot", "value", "circle");
  place(origin, { cx: upper.sx(0), cy: upper.sy(base), r: 4.5 });
  [...points, ring || origin].forEach((node) => node.setAttribute("r", 5));
  LEFT_RIGHT.forEach(({ look }, side) => {
    const end = curves.limits[side];
    if (!curves.jumps || side === 0) {
      const [y, x2] = [lower.sy(end), KINK_LOWER.left + width];
      lower.layer.append(make("line", { class: "guide", x1: KINK_LOWER.left, x2, y1: y, y2: y }));
    }
    const d = pathOf(lower, data.hs, curves.slopes[side].map((s) => Math.min(s, 3 * f.axis[1])));
    lower.layer.append(make("path", { class: `curve ${look}`, d }));
  });
  picture.replaceChildren(upper.node, lower.node, upper.layer, lower.layer);
  const add = (tag, kind) => picture.appendChild(make(tag, { class: kind }));
  const guide = add("line", "guide");
  const marks = LEFT_RIGHT.map(({ look }) => ({
    dot: add("circle", `dot ${look}`),
    text: add("text", `tag ${look}`),
    note: add("text", `tag ${look}`),
  }));
  const title = upper.node.querySelector(".title");
  const view = { f, alpha, zoom, curves, upper, lower, base, reach, curve, line, secants, points,
    ring, guide, marks, title, size: Math.hypot(reach, tall) };
  if (!zoom) moveGraph(view, 1, data.distances);
  return view;
}

/** Shade all lines through the corner with slopes from left to right, and draw some of them. */
function drawFan({ layer, sx, sy }, [left, right], base, reach) {
  const at = (x, slope) => `${sx(x).toFixed(2)} ${sy(base + slope * x).toFixed(2)}`;
  const wing = (x) => `M${at(0, 0)}L${at(x, left)}L${at(x, right)}Z`;
  layer.append(make("path", { class: "fan", d: wing(-reach) + wing(reach) }));
  for (let k = 0; k <= 8; k += 1) {
    const slope = left + (k / 8) * (right - left);
    layer.append(make("path", { class: "ray", d: `M${at(-reach, slope)}L${at(reach, slope)}` }));
  }
}

/** Draw the graph in units of `unit`: it passes through (d, g(0) + d * slope) on either side. */
function moveGraph({ f, curves, upper, base, reach, curve, ring }, unit, distances) {
  const parts = LEFT_RIGHT.map(({ sign }, side) => {
    const points = [`${upper.sx(0)} ${upper.sy(base + f.beyond[side] / unit).toFixed(2)}`];
    for (let i = 0; i < distances.length; i += 1) {
      const x = distances[i] / unit;
      const y = base + sign * x * curves.slopes[side][i];
      points.push(`${upper.sx(sign * x).toFixed(2)} ${upper.sy(y).toFixed(2)}`);
      if (x > reach) break;
    }
    return points;
  });
  const join = curves.jumps ? "M" : "L";
  curve.setAttribute("d", `M${parts[0].reverse().join("L")}${join}${parts[1].join("L")}`);
  if (ring) place(ring, { cx: upper.sx(0), cy: upper.sy(base + f.beyond[1] / unit) });
}

/** Put a line through the middle of the upper panel. */
function turnLine(node, { upper: { sx, sy }, base, size }, slope) {
  const x = size / Math.hypot(1, slope);
  place(node, { x1: sx(-x), y1: sy(base - slope * x), x2: sx(x), y2: sy(base + slope * x) });
}

/** Move what depends on h; return the slopes of the two secants. */
function moveKink(view, i, { hs, distances }) {
  const { curves, upper, lower, base, reach, zoom, marks } = view;
  const slopes = curves.slopes.map((side) => side[i]);
  if (zoom) moveGraph(view, hs[i], distances);
  view.title.textContent = `${view.f.title} near 0`
    + (zoom ? `, magnified ${Number((1 / hs[i]).toPrecision(3)).toLocaleString("en")} times` : "");
  const [low, high] = view.f.axis;
  const spots = slopes.map((slope) => lower.sy(clamp(slope, low, high)));
  const x = lower.sx(hs[i]);
  place(view.guide, { x1: x, x2: x, y1: Math.min(...spots), y2: KINK_LOWER.top + KINK_LOWER.height });
  LEFT_RIGHT.forEach(({ sign, name }, side) => {
    turnLine(view.secants[side], view, slopes[side]);
    const u = (sign * hs[i]) / (zoom ? hs[i] : 1);
    const [px, py] = [upper.sx(u), upper.sy(base + slopes[side] * u)];
    place(view.points[side], { cx: px, cy: py });
    const { box } = upper;
    const seen = Math.abs(u) < reach && py > box.top + 16 && py < box.top + box.height - 8;
    const { dot, text, note } = marks[side];
    place(note, { x: px + sign * 10, y: py + (side ? 17 : -9), "text-anchor": side ? "start" : "end",
      visibility: seen ? "visible" : "hidden" });
    note.textContent = `${side ? "" : "−"}h`;
    place(dot, { cx: x, cy: spots[side], r: 5.5 });
    text.textContent = `${name} ${digits(slopes[side])}${slopes[side] > high ? " ↑" : ""}`;
    // Beside its dot, above or below what its curve does there.
    const before = x - 130 > KINK_LOWER.left;
    const next = curves.slopes[side][clamp(i + (before ? -DECADE : DECADE), 0, hs.length - 1)];
    const span = [spots[side], lower.sy(clamp(next, low, high))];
    const isUpper = side === (slopes[1] >= slopes[0] ? 1 : 0);
    const above = isUpper || Math.abs(spots[1] - spots[0]) > 26;
    const y = above ? Math.min(...span) - 9 : Math.max(...span) + 17;
    place(text, { x: x + (before ? -10 : 10), y: Math.max(y, KINK_LOWER.top + 11),
      "text-anchor": before ? "end" : "start" });
  });
  return slopes;
}

/** The explorer of `explore_kink`: state function, alpha, h, share and zoom. */
export function mountKink(root, data, store) {
  const functions = mapped(data.functions, (f) => ({ ...f, samples: decode(f.slopes) }));
  const distances = decode(data.distances);
  const hs = Array.from(distances.subarray(0, data.positions));
  const sampled = { hs, distances };
  let view = null; // what drawKink drew last

  const indexOf = (h) =>
    hs.reduce((best, x, i) => (Math.abs(x - h) < Math.abs(hs[best] - h) ? i : best), 0);
  const setIndex = (i) => store.set({ h: hs[clamp(Math.round(i), 0, hs.length - 1)] });
  const distance = slider({
    label: "h", min: 0, max: hs.length - 1, fine: 1, small: DECADE / 10, large: DECADE,
    write: (i) => String(hs[i]), onmove: (i) => {
      play.stop();
      setIndex(i);
    },
  });
  let at = 0; // where the play is, between the positions
  const play = player("Let h close on 0", (seconds, calm) => {
    const i = indexOf(store.get("h"));
    if (Math.round(at) !== i) at = i; // moved by another hand
    if (at === 0) at = hs.length; // from the start again
    at = Math.max(calm ? (Math.ceil(at / DECADE) - 1) * DECADE : at - seconds * 32, 0);
    setIndex(at);
    return at > 0;
  });
  const choice = menu("function", mapped(functions, (f) => f.title), (name) =>
    store.set({ function: name, alpha: functions[name].alpha, share: functions[name].share }));
  const alphas = mapped(functions, ({ alphas: [min, max, fine] }) => slider({
    label: "α", min, max, fine, small: fine, large: 10 * fine,
    onmove: (alpha) => store.set({ alpha }),
  }), (f) => f.alphas);
  const share = slider({
    label: "share", min: 0, max: 1, fine: 0.01, small: 0.05, large: 0.25,
    onmove: (share) => store.set({ share }),
  });
  const zoom = tick("zoom with h", (zoom) => store.set({ zoom }));
  const numbers = [figureOf("h", ""), figureOf("slope from the left", "third"),
    figureOf("slope from the right", "slope"), figureOf("right − left", ""),
    figureOf("slope at 0 in code", "fourth")];
  const stack = Object.values(alphas).map((alpha) => alpha.node);
  const controls = [play, zoom, choice, share].map((control) => control.node);
  if (stack.length) controls.push(make("div", { class: "stack" }, ...stack));
  const { picture, figure, words, spoken } = layOut(root, {
    height: KINK_HEIGHT, track: distance.node, controls,
    numbers: numbers.map((n) => n.node),
  });
  words.classList.add("long");
  const say = throttled(() => (spoken.textContent = view.spoken), 700);

  const draw = () => {
    const width = figure.clientWidth - KINK_MARGIN.left - KINK_MARGIN.right;
    if (width < 40) return; // not on the page yet
    const name = store.get("function");
    const f = functions[name];
    const alpha = f.alphas && clamp(store.get("alpha") ?? f.alpha, f.alphas[0], f.alphas[1]);
    view = drawKink(picture, width, f, alpha, store.get("zoom"), sampled);
    choice.show(name);
    zoom.show(store.get("zoom"));
    for (const [of, { node }] of Object.entries(alphas)) node.hidden = of !== name;
    alphas[name]?.show(alpha);
    share.input.disabled = !view.curves.corner;
    move();
  };
  const move = () => {
    if (!view) return;
    const { curves: { limits } } = view;
    const i = indexOf(store.get("h"));
    const slopes = moveKink(view, i, sampled);
    const slope = limits[0] + store.get("share") * (limits[1] - limits[0]);
    turnLine(view.line, view, slope);
    distance.show(i);
    share.show(store.get("share"));
    const texts = [String(hs[i]), ...slopes.map((s) => digits(s)), digits(slopes[1] - slopes[0]),
      digits(slope)];
    texts.forEach((text, k) => numbers[k].show(text));
    words.textContent = kinkInWords(view, slope, view.zoom);
    view.spoken = `h ${texts[0]}, slope from the left ${texts[1]}, from the right ${texts[2]}, `
      + `slope at 0 in code ${texts[4]}`;
    const setting = view.alpha === null ? "" : ` with alpha ${view.alpha}`;
    picture.setAttribute("aria-label", `${view.title.textContent}${setting}, with two secants: ${view.spoken}`);
    say();
  };

  pullable(picture, (x, y) => {
    distance.input.focus({ preventScroll: true });
    const inGraph = y < KINK_LOWER.top - 24 && !view.zoom;
    const h = inGraph ? Math.abs(view.upper.sx.inverse(x)) : view.lower.sx.inverse(x);
    distance.moveTo(indexOf(h));
  });
  const stops = [
    play.stop, say.cancel, drawnToFit(figure, draw),
    ...["function", "alpha", "zoom"].map((name) => store.on(name, draw)),
    ...["h", "share"].map((name) => store.on(name, move)),
  ];
  return () => stops.forEach((stop) => stop());
}
