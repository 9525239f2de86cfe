/** The sigmoid that becomes the step, and its slope, a spike of area 1. */

import { clamp, decimals, decode, digits } from "./numbers.js";
import {
  drawnToFit, figureOf, layOut, make, place, player, pullable, slider, throttled, tick,
} from "./pieces.js";
import { panel } from "./plane.js";

const LIMIT_MARGIN = { left: 54, right: 16 }; // explorer.css puts the track of z under its axis
const LIMIT_UPPER = { left: LIMIT_MARGIN.left, top: 26, height: 190 };
const LIMIT_LOWER = { left: LIMIT_MARGIN.left, top: 248, height: 132 };
const LIMIT_HEIGHT = 404;
const ABOVE = 1.16; // where the axis of the slope ends, if it follows the height

/** Write a number of the slope's axis. */
const ofHeight = (x) => String(Number(x.toPrecision(3)));

/** Say in words what is seen. */
function limitInWords(z, gap) {
  const here = z === 0
    ? "At 0 the curve is at one half for every k, and the step at 0: here the gap stays."
    : `At z = ${decimals(z)} the gap is ${digits(gap, 3)}, and goes to 0 as k grows.`;
  const near = z === 0 ? "Beside 0 it" : "But nearer to 0 it";
  return `${here} ${near} comes as close to one half as you like, whatever k is. `
    + "Below: a larger k makes the spike higher and narrower, and the area stays.";
}

/** Draw all that depends on neither k nor z; return it, with the nodes that do. */
function drawLimit(picture, width, keep, { span, axis, levels }) {
  const x = [-span, span];
  const upper = panel({ box: { ...LIMIT_UPPER, width }, x, y: [-0.16, 1.16], look: "value",
    title: "σ(kz), and the step behind it", label: "a" });
  const lower = panel({ box: { ...LIMIT_LOWER, width }, x, y: keep ? [0, axis] : [0, ABOVE],
    look: "slope", title: "The slope of σ(kz)", label: "slope", numbered: true });
  if (!keep) lower.node.querySelectorAll(".beside").forEach((number) => number.remove());
  const inside = ({ layer }, tag, kind) => layer.appendChild(make(tag, { class: kind }));
  const { sx, sy } = upper;
  const lens = inside(upper, "path", "lens third");
  const [left, zero, right] = levels;
  inside(upper, "path", "level").setAttribute("d", `M${sx(-span)} ${sy(left)}L${sx(0)} ${sy(left)}`
    + `M${sx(0)} ${sy(right)}L${sx(span)} ${sy(right)}`);
  for (const [y, kind] of [[left, "ring"], [right, "ring"], [zero, "dot"]]) {
    place(inside(upper, "circle", `${kind} level`), { cx: sx(0), cy: sy(y), r: 4.5 });
  }
  const curve = inside(upper, "path", "curve value");
  const area = inside(lower, "path", "area slope");
  const slope = inside(lower, "path", "curve slope");
  const half = inside(lower, "path", "measure");
  picture.replaceChildren(upper.node, lower.node, upper.layer, lower.layer);
  const add = (tag, kind) => picture.appendChild(make(tag, { class: kind }));
  const most = add("path", "most third");
  most.setAttribute("d", `M${sx(0)} ${sy(0.5) - 6}l6 6l-6 6l-6 -6Z`);
  const supremum = add("text", "tag third");
  supremum.textContent = "largest gap: ½";
  const bar = add("line", "bar third");
  const [dot, below] = [add("circle", "dot value"), add("circle", "dot slope")];
  [dot, below].forEach((node) => node.setAttribute("r", 5.5));
  const guide = add("line", "guide");
  const [gap, height, wide] = [add("text", "tag third"), add("text", "tag slope"),
    add("text", "tag measure")];
  const numbers = keep ? [] : [0, 1].map((share) => {
    const text = lower.node.appendChild(make("text", { class: "beside" }));
    place(text, { x: LIMIT_LOWER.left - 7, y: lower.sy(share) + 4 });
    return { share, text };
  });
  return { keep, upper, lower, lens, curve, area, slope, half, supremum, bar, dot, below, guide,
    gap, height, wide, numbers };
}

/** Move what depends on k. */
function moveFactor(view, k, { nodes, heights, shares, numbers, levels, axis }) {
  const { upper, lower, keep } = view;
  const zs = nodes.subarray(k * shares.length).subarray(0, shares.length);
  const points = (sign, { sx, sy }, ys) =>
    Array.from(zs, (z, i) => `${sx(sign * z).toFixed(2)} ${sy(ys[i]).toFixed(2)}`);
  const halves = [-1, 1].map((sign, side) => points(sign, upper, heights[side]));
  const path = (left, right) => `M${[...left].reverse().join("L")}L${right.join("L")}`;
  view.curve.setAttribute("d", path(...halves));
  const far = (sign) => upper.sx(sign * zs.at(-1)).toFixed(2);
  const lens = halves.map((half, side) => {
    const y = upper.sy(levels[2 * side]).toFixed(2);
    return `M${half.join("L")}L${far(side ? 1 : -1)} ${y}L${upper.sx(0).toFixed(2)} ${y}Z`;
  });
  view.lens.setAttribute("d", lens.join(""));
  const [height, width] = [numbers.height[k], numbers.width[k]];
  const top = keep ? height : 1;
  const slopes = shares.map((share) => share * top);
  const spike = path(points(-1, lower, slopes), points(1, lower, slopes));
  view.slope.setAttribute("d", spike);
  view.area.setAttribute("d", `${spike}L${far(1)} ${lower.sy(0)}L${far(-1)} ${lower.sy(0)}Z`);
  const [low, high, y] = [lower.sx(-width / 2), lower.sx(width / 2), lower.sy(top / 2)];
  const out = y < LIMIT_LOWER.top;
  view.half.setAttribute("d", `M${low} ${y}L${high} ${y}M${low} ${y - 5}v10M${high} ${y - 5}v10`);
  for (const { share, text } of view.numbers) text.textContent = ofHeight(share * height);
  const end = LIMIT_LOWER.left + lower.box.width;
  const tip = lower.sy(top);
  const away = tip < LIMIT_LOWER.top;
  view.height.textContent = `height ${digits(height, 4)}${away ? " ↑" : ""}`;
  place(view.height, { x: lower.sx(0) - 14 - (away ? (high - low) / 2 : 0),
    y: away ? LIMIT_LOWER.top + 11 : tip - 5, "text-anchor": "end" });
  view.wide.textContent = `width ${digits(width, 4)}`;
  const room = high + 110 < end;
  const under = y + 21 < LIMIT_LOWER.top + LIMIT_LOWER.height ? y + 17 : y - 8;
  place(view.wide, { x: room ? high + 8 : end - 4, y: room ? y + 5 : under,
    "text-anchor": room ? "start" : "end", visibility: out ? "hidden" : "visible" });
}

/** Move what depends on z, or on both; return the gap and the value. */
function movePoint(view, k, z, { gaps, count, nodes, shares, numbers, levels, step }) {
  const { upper, lower, keep } = view;
  const gap = gaps[k * count + Math.round(Math.abs(z) / step)];
  const level = levels[1 + Math.sign(z)];
  const a = z > 0 ? level - gap : level + gap;
  const [x, y, to] = [upper.sx(z), upper.sy(a), upper.sy(level)];
  place(view.bar, { x1: x, x2: x, y1: y, y2: to });
  place(view.dot, { cx: x, cy: y });
  view.gap.textContent = `gap ${digits(gap, 4)}`;
  const side = z < 0 ? -1 : 1;
  const inner = z > 0 ? x + 110 > upper.box.left + upper.box.width : x - 110 < upper.box.left;
  const out = inner ? -side : side;
  place(view.gap, { x: x + out * 10, y: z > 0 ? upper.sy(1) - 8 : upper.sy(0) + 17,
    "text-anchor": out < 0 ? "end" : "start" });
  // The words on the supremum stand on the side where the point is not.
  place(view.supremum, { x: upper.sx(0) - side * 14, y: upper.sy(0.5) + side * -14 + 4,
    "text-anchor": side < 0 ? "start" : "end" });
  const share = readShare(nodes.subarray(k * shares.length), shares, Math.abs(z));
  const spot = Math.max(lower.sy(share * (keep ? numbers.height[k] : 1)), LIMIT_LOWER.top);
  place(view.below, { cx: x, cy: spot });
  place(view.guide, { x1: x, x2: x, y1: Math.max(y, to), y2: LIMIT_LOWER.top + LIMIT_LOWER.height });
  return { gap, a };
}

/** Read where the drawn spike is above z: on the line between the two nearest nodes. */
function readShare(zs, shares, z) {
  const after = shares.findIndex((_, i) => zs[i] >= z);
  if (after <= 0) return shares.at(after);
  const t = (z - zs[after - 1]) / (zs[after] - zs[after - 1]);
  return shares[after - 1] + t * (shares[after] - shares[after - 1]);
}

/** The explorer of `explore_step_limit`: state k, z and keep. */
export function mountStepLimit(root, data, store) {
  const { span, step, ks } = data;
  const sampled = { ...data, gaps: decode(data.gaps), nodes: decode(data.nodes, Float32Array) };
  sampled.count = sampled.gaps.length / ks.length;
  let view = null; // what drawLimit drew last

  const indexOf = (k) =>
    ks.reduce((best, x, i) => (Math.abs(x - k) < Math.abs(ks[best] - k) ? i : best), 0);
  const setIndex = (i) => store.set({ k: ks[clamp(Math.round(i), 0, ks.length - 1)] });
  const position = slider({
    label: "z", min: -span, max: span, fine: step, small: 4 * step, large: 1,
    onmove: (z) => store.set({ z }),
  });
  const factor = slider({
    label: "k", min: 0, max: ks.length - 1, fine: 1, small: 4, large: 40,
    write: (i) => String(ks[i]), onmove: (i) => {
      play.stop();
      setIndex(i);
    },
  });
  let at = 0; // where the play is, between the positions
  const play = player("Let k grow", (seconds, calm) => {
    const i = indexOf(store.get("k"));
    if (Math.round(at) !== i) at = i; // moved by another hand
    if (at === ks.length - 1) at = 0; // from the start again
    at = Math.min(calm ? Math.floor(at) + 8 : at + seconds * 16, ks.length - 1);
    setIndex(at);
    return at < ks.length - 1;
  });
  const keep = tick("keep the slope’s axis", (keep) => store.set({ keep }));
  const numbers = [figureOf("k", ""), figureOf("z", ""), figureOf("σ(kz)", "value"),
    figureOf("gap to the step", "third"), figureOf("height", "slope"), figureOf("width at half", "slope"),
    figureOf("area in the window", "slope")];
  [2, 3, 6].forEach((k) => numbers[k].node.classList.add("whole"));
  const { picture, figure, words, spoken } = layOut(root, {
    height: LIMIT_HEIGHT, track: position.node, controls: [play, factor, keep].map((c) => c.node),
    numbers: numbers.map((n) => n.node),
  });
  words.classList.add("long");
  numbers[0].node.parentElement.classList.add("pairs");
  const say = throttled(() => (spoken.textContent = view.spoken), 700);

  const draw = () => {
    const width = figure.clientWidth - LIMIT_MARGIN.left - LIMIT_MARGIN.right;
    if (width < 40) return; // not on the page yet
    view = drawLimit(picture, width, store.get("keep"), sampled);
    keep.show(store.get("keep"));
    steepen();
  };
  const steepen = () => {
    if (!view) return;
    moveFactor(view, indexOf(store.get("k")), sampled);
    move();
  };
  const move = () => {
    if (!view) return;
    const [k, z] = [indexOf(store.get("k")), store.get("z")];
    const { gap, a } = movePoint(view, k, z, sampled);
    position.show(z);
    factor.show(k);
    const { height, width, area } = data.numbers;
    const texts = [String(ks[k]), decimals(z), digits(a), digits(gap), digits(height[k]),
      digits(width[k]), digits(area[k])];
    texts.forEach((text, n) => numbers[n].show(text));
    words.textContent = limitInWords(z, gap);
    view.spoken = `k ${texts[0]}, z ${texts[1]}, sigmoid of k z ${texts[2]}, gap ${texts[3]}, `
      + `height ${texts[4]}, width ${texts[5]}, area ${texts[6]}`;
    picture.setAttribute("aria-label", `sigmoid of k z over the step, and its slope: ${view.spoken}`);
    say();
  };

  pullable(picture, (x) => {
    position.input.focus({ preventScroll: true });
    position.moveTo(view.upper.sx.inverse(x));
  });
  const stops = [
    play.stop, say.cancel, drawnToFit(figure, draw),
    store.on("keep", draw), store.on("k", steepen), store.on("z", move),
  ];
  return () => stops.forEach((stop) => stop());
}
