/** The walk of gradient descent in the plane of two weights. */

import { briefly, decode, digits, mapped } from "./numbers.js";
import {
  answering, button, drawnToFit, figureOf, layOut, legend, make, menu, place, player, slider,
  throttled,
} from "./pieces.js";
import { panel, pathOf } from "./plane.js";

const PLANE = { left: 54, right: 16, top: 26, height: 340 };
const PLANE_HEIGHT = 408;
const TALL = 2.8; // what the plane shows from below to above, in units of the weights
const MIDDLE = [0.5, -0.5];
const LEAST_ARROW = 46; // pixels: steps are small, and an arrow shows where one goes
const STEPS_A_SECOND = 20;
const WALK = ["inputs", "rate", "batch", "seed"]; // the settings of a walk
const STAR = Array.from({ length: 10 }, (_, k) => {
  const [r, turn] = [k % 2 ? 4 : 10, (k * Math.PI) / 5];
  return `${(r * Math.sin(turn)).toFixed(2)} ${(-r * Math.cos(turn)).toFixed(2)}`;
}).join("L");

/** Return the x and the y of points that lie one after another. */
const apart = (flat) => [0, 1].map((k) => flat.filter((_, i) => i % 2 === k));

/** Read a walk: its arrays, and how many steps the slider has. */
function readWalk(answer) {
  const arrays = ["loss", "move", "angle", "detour", "one_sign"];
  const numbers = Object.fromEntries(arrays.map((name) => [name, decode(answer[name])]));
  const [x, y] = apart(decode(answer.path, Float32Array));
  const lines = answer.contours.map((line) => apart(decode(line, Float32Array)));
  return { ...answer, ...numbers, x, y, lines, last: x.length - 2 };
}

/** Draw all that does not depend on the step; return it, with the nodes that follow the step. */
function drawWalk(picture, width, walk, goal) {
  const { top, height } = PLANE;
  const wide = (TALL * width) / height; // equal scales on both axes
  const setting = width > 390 ? `, ${walk.examples}, rate ${briefly(walk.rate)}` : "";
  const plane = panel({
    box: { left: PLANE.left, top, width, height }, look: "value", numbered: true,
    x: [MIDDLE[0] - wide / 2, MIDDLE[0] + wide / 2],
    y: [MIDDLE[1] - TALL / 2, MIDDLE[1] + TALL / 2],
    title: walk.title + setting, label: "w₂", under: "w₁",
  });
  const { sx, sy, layer } = plane;
  const add = (tag, attributes) => layer.appendChild(make(tag, attributes));
  const shade = `reach${walk.one_sided ? "" : " none"}${walk.alone ? "" : " loose"}`;
  const reach = [0, 1].map(() => add("rect", { class: shade, width: 9999, height: 9999 }));
  for (const [x, y] of walk.lines) add("path", { class: "contour", d: pathOf(plane, x, y) });
  const points = Array.from(walk.x, (x, i) => `${sx(x).toFixed(1)} ${sy(walk.y[i]).toFixed(1)}`);
  const ends = []; // where in the text of the whole path that of n steps ends
  points.reduce((end, point, n) => (ends[n] = end + 1 + point.length), 0);
  const whole = `M${points.join("L")}`;
  const track = add("path", { class: "track value" });
  const aim = add("line", { class: "aim", x2: sx(goal[0]), y2: sy(goal[1]) });
  add("circle", { class: "start", cx: sx(0), cy: sy(0), r: 5 });
  add("text", { class: "tag", x: sx(0) - 10, y: sy(0) - 9, "text-anchor": "end", text: "start" });
  const at = `translate(${sx(goal[0])} ${sy(goal[1])})`;
  add("path", { class: "goal", d: `M${STAR}Z`, transform: at });
  add("text", { class: "tag slope", x: sx(goal[0]) + 12, y: sy(goal[1]) + 18, text: "goal" });
  const [shaft, head] = [
    add("line", { class: "shaft" }), add("path", { class: "head", d: "M0 0L-11 -5L-11 5Z" }),
  ];
  const dot = add("circle", { class: "dot value", r: 6 });
  picture.replaceChildren(plane.node, layer);
  return { walk, plane, whole, ends, track, reach, aim, shaft, head, dot };
}

/** Move what depends on the step. */
function moveWalk({ walk, plane: { sx, sy }, ...nodes }, n) {
  const [x, y] = [sx(walk.x[n]), sy(walk.y[n])];
  nodes.track.setAttribute("d", nodes.whole.slice(0, nodes.ends[n]));
  place(nodes.dot, { cx: x, cy: y });
  place(nodes.reach[0], { x, y: y - 9999 }); // up and to the right
  place(nodes.reach[1], { x: x - 9999, y }); // down and to the left
  place(nodes.aim, { x1: x, y1: y });
  const [across, down] = [sx(walk.x[n + 1]) - x, sy(walk.y[n + 1]) - y];
  // The path is stored in fewer digits: near the goal a step may be smaller than the last of them.
  const far = Math.hypot(across, down);
  const shown = far > 1e-3;
  for (const node of [nodes.shaft, nodes.head]) node.toggleAttribute("hidden", !shown);
  if (!shown) return;
  const stretch = Math.max(1, LEAST_ARROW / far);
  const [tipX, tipY] = [x + across * stretch, y + down * stretch];
  const turn = (Math.atan2(down, across) * 180) / Math.PI;
  const short = Math.max(stretch - 8 / far, 0); // the shaft ends inside the head
  place(nodes.shaft, { x1: x, y1: y, x2: x + across * short, y2: y + down * short });
  nodes.head.setAttribute("transform", `translate(${tipX} ${tipY}) rotate(${turn})`);
}

/** Say in words what a step of this walk can do, and what has become of it. */
function walkInWords(walk, n) {
  if (walk.flown && n === walk.last) {
    return "The walk has left the picture: the next step takes it more than a thousand away from "
      + `the goal. The rate ${briefly(walk.rate)} is too large for these inputs.`;
  }
  if (walk.move[n] === 0) return "Nothing moves: in this example both inputs are 0.";
  if (walk.loss[n] < 1e-4 * walk.loss[0]) {
    return "The walk has arrived: less than a ten-thousandth of the loss is left.";
  }
  if (walk.examples.startsWith("all")) {
    return "No chance is left. Start and goal lie on the floor of the valley, so each step points "
      + "straight along it.";
  }
  if (!walk.one_sided) return "Inputs of both signs: a step can go into any quadrant.";
  if (!walk.alone) {
    return "Each example alone would stay in the shaded quadrants. The mean of several need not.";
  }
  return walk.angle[n] > 45
    ? "All inputs are positive or 0: a step stays in the shaded quadrants, and the goal does not "
      + "lie in them."
    : "All inputs are positive or 0: a step stays in the shaded quadrants. This one happens to "
      + "go roughly the right way.";
}

/** The explorer of `explore_zigzag`: state inputs, rate, batch, seed and step. */
export function mountZigzag(root, data, store) {
  let [walk, view] = [null, null];
  const count = () => Math.min(store.get("step"), walk.last);
  const go = (step) => {
    play.stop();
    store.set({ step });
  };
  const position = slider({
    label: "step", min: 0, max: data.steps, fine: 1, small: 1, large: 20, onmove: go, write: String,
  });
  let [sum, from] = [0, -1]; // a frame is less than a step
  const play = player("Walk on, step by step", (seconds, calm) => {
    const n = count();
    if (n !== from) sum = n >= walk.last ? 0 : n;
    sum = Math.min(calm ? sum + 5 : sum + seconds * STEPS_A_SECOND, walk.last);
    from = Math.floor(sum);
    store.set({ step: from });
    return from < walk.last;
  });
  const kinds = menu("inputs", mapped(data.inputs, (title) => `${title} inputs`),
    (inputs) => store.set({ inputs }));
  const sizes = menu("batch size", Object.fromEntries(data.batches.map((size) =>
    [size, size === "all" ? "batch: all inputs" : `batch of ${size}`])),
    (size) => store.set({ batch: data.batches.find((batch) => String(batch) === size) }));
  const { rates } = data;
  const rate = slider({
    label: "rate", min: 0, max: rates.length - 1, fine: 1, small: 1, large: 4,
    onmove: (k) => store.set({ rate: rates[k] }), write: (k) => briefly(rates[k]),
  });
  const again = button("Another draw", "Draw other random examples",
    () => store.set({ seed: store.get("seed") + 1 }));
  const numbers = [
    figureOf("loss L", ""), figureOf("length of the next step", "value"),
    figureOf("its angle to the goal", "slope"),
    figureOf("path / straight line, so far", "value"),
    figureOf("steps of one sign, so far", "value"),
  ];
  const track = make("div", { class: "walking" },
    legend({ track: "path", shaft: "next step", aim: "to the goal",
      reach: "reach of one example", contour: "equal loss" }),
    make("div", { class: "strip" }, play.node, position.node, again.node));
  const { picture, figure, words, spoken, note } = layOut(root, {
    height: PLANE_HEIGHT, track, numbers: numbers.map((n) => n.node),
    controls: [kinds, sizes, rate].map((control) => control.node),
  });
  picture.classList.add("still");
  words.classList.add("long");
  const say = throttled(() => (spoken.textContent = view.spoken), 700);

  const draw = () => {
    const width = figure.clientWidth - PLANE.left - PLANE.right;
    if (!walk || width < 40) return; // not on the page yet
    view = drawWalk(picture, width, walk, data.goal);
    position.input.max = walk.last;
    move();
  };
  const move = () => {
    if (!view) return;
    const n = count();
    moveWalk(view, n);
    position.show(n);
    const unknown = (x, write) => (Number.isFinite(x) ? write(x) : "—");
    const texts = [
      digits(walk.loss[n], 3), digits(walk.move[n], 3),
      unknown(walk.angle[n], (x) => `${x.toFixed(0)}°`),
      unknown(walk.detour[n], (x) => x.toFixed(2)),
      unknown(walk.one_sign[n], (x) => `${(100 * x).toFixed(0)} %`),
    ];
    texts.forEach((text, k) => numbers[k].show(text));
    words.textContent = walkInWords(walk, n);
    view.spoken = `step ${n}, loss ${texts[0]}, path ${texts[3]} times the straight line so far, `
      + `${texts[4]} of the steps of one sign`;
    const label = `The plane of two weights, ${walk.title}, ${walk.examples}, rate `
      + `${briefly(walk.rate)}: ${view.spoken}. ${words.textContent}`;
    picture.setAttribute("aria-label", label);
    say();
  };
  const onanswer = (answer) => {
    walk = readWalk(answer);
    draw();
  };
  const showSettings = () => {
    kinds.show(store.get("inputs"));
    sizes.show(store.get("batch"));
    const [at, wanted] = [rates.indexOf(store.get("rate")), store.get("rate")];
    rate.show(at < 0 ? rates.findLastIndex((r) => r <= wanted) : at);
  };

  onanswer(data.answers[data.state.inputs]); // until the kernel has said more
  showSettings();
  const stored = (settings) =>
    ["rate", "batch", "seed"].every((name) => settings[name] === data.state[name])
      ? data.answers[settings.inputs] : undefined;
  const stops = [
    play.stop, say.cancel, drawnToFit(figure, draw),
    ...WALK.map((name) => store.on(name, showSettings)), store.on("step", move),
    answering(store, WALK, { stored, onanswer, note, controls: [sizes, rate, again] }),
  ];
  return () => stops.forEach((stop) => stop());
}
