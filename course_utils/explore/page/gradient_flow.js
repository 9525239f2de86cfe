/** The norm of a gradient at each layer of a plain stack. */

import { briefly, clamp, decode, digits, ticks } from "./numbers.js";
import {
  answering, button, drawnToFit, figureOf, layOut, legend, make, menu, place, pullable, slider,
  throttled,
} from "./pieces.js";
import { panel, pathOf } from "./plane.js";

const STACK = { left: 54, right: 16, top: 26, height: 300 };
const STACK_HEIGHT = 366;
const NETWORKS = ["activation", "gain", "depth", "width", "seed"]; // the settings

/** Read what was measured: one number a layer, the first layer first. */
function readFlow(answer) {
  const arrays = ["of_z", "of_weights", "predicted", "ratio", "left", "predicted_left", "dead"];
  const numbers = Object.fromEntries(arrays.map((name) => [name, decode(answer[name])]));
  return { ...answer, ...numbers, each: answer.each.map((norms) => decode(norms)) };
}

/** Draw all that does not depend on the layer; return it, with the nodes that follow it. */
function drawFlow(picture, width, flow, scheme) {
  const { left, top, height } = STACK;
  const weights = scheme ? `${scheme} weights` : `gain ${briefly(flow.gain)}`;
  const roomy = width > 390;
  const shape = roomy ? `, ${flow.depth} layers of ${flow.width}` : "";
  const whole = ticks(1, flow.depth, width / 70).filter(Number.isInteger);
  const stack = panel({
    box: { left, top, width, height }, x: [1, flow.depth], y: flow.limits, log: "y",
    title: `${flow.activation}, ${weights}${shape}`,
    under: roomy ? "layer: the gradient comes from the right" : "layer", look: "value", numbered: true,
    xticks: whole,
  });
  const { layer, sx } = stack;
  const layers = Array.from({ length: flow.depth }, (_, k) => k + 1);
  const heightOf = (norm) => stack.sy(Math.max(norm, flow.limits[0])); // 0 is at the floor
  const line = (kind, norms) => layer.append(
    make("path", { class: kind, d: pathOf({ sx, sy: heightOf }, layers, norms) }));
  for (const norms of flow.each) line("each", norms);
  line("weights", flow.of_weights);
  line("curve value", flow.of_z);
  line("foretold", flow.predicted);
  picture.replaceChildren(stack.node, layer);
  const add = (node) => picture.appendChild(node);
  if (flow.silent) {
    const all = flow.silent === flow.each.length;
    add(make("text", { class: "tag value", x: left + 10, y: top + height - 10,
      text: all ? "exactly 0: drawn at the floor"
        : `exactly 0 in ${flow.silent} of ${flow.each.length}: drawn at the floor` }));
  }
  const guide = add(make("line", { class: "guide", y1: top, y2: top + height }));
  const marks = ["of_weights", "of_z"].map((name) => ({
    norms: flow[name],
    dot: add(make("circle", { class: `dot ${name === "of_z" ? "value" : "third"}`, r: 5.5 })),
  }));
  const text = add(make("text", { class: "tag value" }));
  return { flow, stack, heightOf, guide, marks, text };
}

/** Move what depends on the layer. */
function moveFlow({ flow, stack: { sx, box }, heightOf, guide, marks, text }, layer) {
  const x = sx(layer);
  place(guide, { x1: x, x2: x });
  for (const { norms, dot } of marks) place(dot, { cx: x, cy: heightOf(norms[layer - 1]) });
  const norm = flow.of_z[layer - 1];
  const leftwards = x > box.left + box.width / 2;
  // On the side where the curve leaves room: below one that rises there, above one that falls.
  const beside = flow.of_z[leftwards ? layer - 2 : layer];
  const [above, below] = [heightOf(norm) - 13, heightOf(norm) + 23];
  const under = (beside >= norm || above < box.top + 14) && below < box.top + box.height - 4;
  text.textContent = norm === 0 ? "" : digits(norm, 3); // 0 has words of its own
  place(text, { x: x + (leftwards ? -10 : 10), y: under ? below : above,
    "text-anchor": leftwards ? "end" : "start" });
}

/** Say in words how much arrives. */
function flowInWords(flow, layer) {
  const back = flow.depth - layer;
  if (flow.silent === flow.each.length) {
    return "No gradient at all: every slope on the way is exactly 0.";
  }
  if (!back) return "Here the way back begins, with noise that is the same for all settings.";
  const ratio = flow.ratio[layer - 1];
  const steps = back === 1 ? "After 1 step back" : `After ${back} steps back`;
  const quiet = flow.silent ? ` Nothing arrives in ${flow.silent} of 5 networks.` : "";
  const powers = Math.round(Math.abs(Math.log10(ratio)));
  if (ratio < 1e-3) return `${steps} it is about ${powers} powers of ten smaller.${quiet}`;
  if (ratio > 1e3) return `${steps} it is about ${powers} powers of ten larger.${quiet}`;
  if (ratio < 0.5) return `${steps} it has shrunk to ${briefly(ratio)} of its size.${quiet}`;
  if (ratio > 2) return `${steps} it has grown ${briefly(ratio)} times.${quiet}`;
  return `${steps} it has kept its size, within a factor of 2.${quiet}`;
}

/** The explorer of `explore_gradient_flow`: state activation, gain, depth, width, seed, layer. */
export function mountGradientFlow(root, data, store) {
  let [flow, view] = [null, null];
  const { gains, schemes } = data;
  const position = slider({
    label: "layer", min: 1, max: data.depths[1], fine: 1, small: 1, large: 5, write: String,
    onmove: (layer) => store.set({ layer }),
  });
  position.node.classList.add("layers");
  const kinds = menu("activation", data.titles, (activation) => store.set({ activation }));
  const named = Object.keys(schemes[data.state.width]);
  const schemeOf = (gain, width) => named.find((name) => schemes[width][name] === gain);
  const starts = menu("initialisation",
    Object.fromEntries([...named.map((name) => [name, name]), ["", "another gain"]]),
    (name) => {
      if (name) store.set({ gain: schemes[store.get("width")][name] });
      else showSettings(); // that one is reached by the slider
    });
  const gain = slider({
    label: "gain", min: 0, max: gains.length - 1, fine: 1, small: 1, large: 8,
    onmove: (k) => store.set({ gain: gains[k] }), write: (k) => briefly(gains[k]),
  });
  const depth = slider({
    label: "depth", min: data.depths[0], max: data.depths[1], fine: 1, small: 1, large: 10,
    onmove: (n) => store.set({ depth: n }), write: String,
  });
  const widths = menu("width",
    Object.fromEntries(Object.keys(schemes).map((width) => [width, `${width} units a layer`])),
    (text) => {
      const [width, before] = [Number(text), store.get("width")];
      // Who has chosen N(0, 1) has it still, with the gain that belongs to the new width.
      const kept = schemeOf(store.get("gain"), before);
      store.set({ width, gain: kept ? schemes[width][kept] : store.get("gain") });
    });
  const again = button("Another draw", "Draw other random weights",
    () => store.set({ seed: store.get("seed") + data.networks }));
  const numbers = [
    figureOf("layer", ""), figureOf("norm of dL/dz", "value"), figureOf("norm of dL/dW", "third"),
    figureOf("dL/dz beside the last layer's", "value"),
    figureOf("one step back leaves", "value"), figureOf("predicted for a step", ""),
    figureOf("dead units in this layer", ""),
  ];
  const track = make("div", {}, position.node, legend({
    "curve value": "dL/dz: median", each: "five networks", weights: "dL/dW: median",
    foretold: "dL/dz: predicted",
  }));
  const { picture, figure, words, spoken, note } = layOut(root, {
    height: STACK_HEIGHT, track, numbers: numbers.map((n) => n.node),
    controls: [kinds, starts, widths, gain, depth, again].map((control) => control.node),
  });
  const say = throttled(() => (spoken.textContent = view.spoken), 700);

  const draw = () => {
    const width = figure.clientWidth - STACK.left - STACK.right;
    if (!flow || width < 40) return; // not on the page yet
    view = drawFlow(picture, width, flow, schemeOf(flow.gain, flow.width));
    position.input.max = flow.depth;
    move();
  };
  const move = () => {
    if (!view) return;
    const layer = clamp(store.get("layer"), 1, flow.depth);
    moveFlow(view, layer);
    position.show(layer);
    const written = (x, write) => (Number.isFinite(x) ? write(x) : "—");
    const exact = (x) => (x === 0 ? "exactly 0" : digits(x, 3));
    const step = (x) => (x === 0 ? "exactly 0" : x.toFixed(x < 0.095 ? 3 : 2));
    const at = (array) => flow[array][layer - 1];
    const texts = [
      `${layer} of ${flow.depth}`, exact(at("of_z")), exact(at("of_weights")),
      written(at("ratio"), exact), written(at("left"), step), written(at("predicted_left"), step),
      `${(100 * at("dead")).toFixed(0)} %`,
    ];
    texts.forEach((text, k) => numbers[k].show(text));
    words.textContent = flowInWords(flow, layer);
    view.spoken = `layer ${texts[0]}, norm ${texts[1]}, one step back leaves ${texts[4]}`;
    const label = `Gradient norm by layer, ${flow.activation}, gain ${briefly(flow.gain)}, `
      + `${flow.depth} layers of ${flow.width} units: ${view.spoken}. ${words.textContent}`;
    picture.setAttribute("aria-label", label);
    say();
  };
  const onanswer = (answer) => {
    flow = readFlow(answer);
    draw();
  };
  const showSettings = () => {
    const [now, width] = [store.get("gain"), store.get("width")];
    kinds.show(store.get("activation"));
    starts.show(schemeOf(now, width) ?? "");
    widths.show(width);
    const at = gains.indexOf(now);
    gain.show(at < 0 ? Math.max(gains.findLastIndex((g) => g <= now), 0) : at);
    depth.show(store.get("depth"));
  };

  const startingWith = ({ layer, ...settings }) => settings;
  const stored = ({ activation, gain: wanted, ...others }) =>
    Object.entries(others).every(([name, value]) => value === data.state[name])
      ? data.answers.find(([of, g]) => of === activation && g === wanted)?.[2] : undefined;
  onanswer(stored(startingWith(data.state))); // until the kernel has said more
  showSettings();
  pullable(picture, (x) => {
    position.input.focus({ preventScroll: true });
    position.moveTo(view.stack.sx.inverse(x));
  });
  const stops = [
    say.cancel, drawnToFit(figure, draw),
    ...NETWORKS.map((name) => store.on(name, showSettings)), store.on("layer", move),
    answering(store, NETWORKS, { stored, onanswer, note, controls: [gain, depth, widths, again] }),
  ];
  return () => stops.forEach((stop) => stop());
}
