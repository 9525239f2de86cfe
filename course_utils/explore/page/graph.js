/** A computational graph, stepped forward and backward node by node. */

import { clamp, decimals, decode, general, mapped } from "./numbers.js";
import {
  asking, button, drawnToFit, layOut, make, menu, OWN_KEYS, place, player, slider, throttled,
} from "./pieces.js";

const PACE = 1.1; // seconds a step, while it plays
const SMALLEST_TYPE = 11.2; // pixels; a narrower page scrolls the picture
const [WIDEST, TALLEST] = [1.24, 460]; // how far a picture grows: times, and pixels

/** Write a number within `room` characters, in as many digits as fit; Python's `fitted`. */
function fitted(x, count, room) {
  const texts = Array.from({ length: count }, (_, k) => general(x, count - k));
  const text = texts.find((text) => text.length <= room) ?? general(x, 1, true);
  return text.replace(/^-/, "−");
}

/** Write what is said at a stage: its pieces are texts and places of numbers. */
function inNumbers(pieces, numbers) {
  const written = ([at, bracketed]) => {
    const text = general(numbers[at], 4);
    return bracketed && text.startsWith("-") ? `(${text})` : text;
  };
  return pieces.map((piece) => (typeof piece === "string" ? piece : written(piece))).join("");
}

const label = ({ x, y, text, look, bold }) =>
  make("text", { x, y, dy: "0.35em", class: `${look}${bold ? " bold" : ""}`, text });

/** Draw an edge; its triangles are the arrow, and one for the walk back. */
function drawEdge({ path, from, to }) {
  const triangle = ([x, y], way, kind, size) =>
    make("path", { class: kind, d: `M${x} ${y}l${-way * size} ${-size / 2}v${size}z` });
  return make("g", { class: "edge" }, make("path", { class: "line", d: path }),
    triangle(to, 1, "arrow", 7), triangle(from, -1, "arrow back", 12));
}

function drawBox({ place: at, input, labels }) {
  const box = make("rect", { ...at, rx: 7, class: input ? "input" : "" });
  return make("g", { class: "box" }, box, ...labels.map(label));
}

/** Draw all of the graph once; return the nodes that follow the state. */
function drawGraph(picture, { size, type, key, boxes, edges, marks }) {
  const drawn = {
    edges: edges.map(drawEdge),
    boxes: boxes.map(drawBox),
    marks: marks.map((mark) => label({ ...mark, text: "" })),
  };
  const keys = key.map((words) => label(words));
  keys.forEach((words) => words.classList.add("key"));
  place(picture, { viewBox: `0 0 ${size[0]} ${size[1]}`, style: `--type: ${type}px` });
  picture.replaceChildren(...drawn.edges, ...drawn.boxes, ...drawn.marks, ...keys);
  return drawn;
}

/** Show what is known at a stage, and mark what is done there. */
function showStage({ edges, boxes, marks }, data, k, numbers) {
  const stage = data.stages[k];
  const show = (nodes, kind, parts) => nodes.forEach((node, i) => {
    node.classList.toggle("ahead", parts[i].reached > k);
    node.classList.toggle("present", stage[kind].includes(i));
    node.classList.toggle("backward", stage.back);
  });
  show(edges, "edges", data.edges);
  show(boxes, "boxes", data.boxes);
  marks.forEach((node, i) => {
    const { before, known } = data.marks[i];
    const last = known.findLast(([since]) => since <= k);
    const number = last && (last[1] === null ? 1 : numbers[last[1]]);
    const text = last ? before + fitted(number, data.digits, data.room) : "";
    if (node.textContent !== text) node.textContent = text;
    node.classList.toggle("bold", last?.[0] === k);
  });
}

/** The explorer of `explore_graph`: state stage, inputs and chosen. */
export function mountGraph(root, data, store) {
  const last = data.stages.length - 1;
  const names = Object.keys(data.positions);
  const table = data.table && decode(data.table);
  let numbers = decode(data.numbers);
  let [asked, waited] = [JSON.stringify(data.state.inputs), 0];

  const go = (stage) => {
    play.stop();
    store.set({ stage: clamp(stage, 0, last) });
  };
  const step = slider({
    label: "step", min: 0, max: last, fine: 1, small: 1, large: 5, onmove: go,
    write: (stage) => `${stage} of ${last}`,
  });
  const back = button("◀ Back", "One step back", () => go(store.get("stage") - 1));
  const forward = button("Forward ▶", "One step forward", () => go(store.get("stage") + 1));
  const play = player("Walk through the graph, step by step", (seconds, calm) => {
    waited += seconds;
    if (!calm && waited < PACE) return true;
    waited = 0;
    const next = store.get("stage") >= last ? 0 : store.get("stage") + 1;
    store.set({ stage: next });
    return next < last;
  });
  const again = button("Start again", "Back to the inputs", () => go(0));
  const choice = menu("input to change", data.many ? mapped(data.positions, () => "") : {},
    (chosen) => store.set({ chosen }));
  choice.node.querySelectorAll("option").forEach((option, k) => (option.textContent = names[k]));
  const sliders = mapped(data.positions, () => null);
  names.forEach((name) => {
    const at = data.positions[name];
    sliders[name] = slider({
      label: name, min: 0, max: at.length - 1, fine: 1, small: 1, large: 10,
      onmove: (k) => store.set({ inputs: { ...store.get("inputs"), [name]: at[k] } }),
      write: (k) => decimals(at[k]),
    });
  });
  const changing = [choice, ...Object.values(sliders)];
  const { picture, figure, words, spoken, note } = layOut(root, {
    height: 10, numbers: [],
    controls: [[back, forward, play, again, step], changing].map(
      (row) => make("div", { class: "strip" }, ...row.map((control) => control.node))),
  });
  const frame = make("div", { class: "scrolled", role: "group", "aria-label": "graph", ...OWN_KEYS });
  picture.replaceWith(frame);
  frame.append(picture);
  const drawn = drawGraph(picture, data);
  const say = throttled(() => (spoken.textContent = words.textContent), 700);
  const ask = table ? null : asking(store, { note, controls: changing, onanswer: (answer) => {
    numbers = decode(answer.numbers);
    show();
  } });

  const show = () => {
    const stage = clamp(store.get("stage"), 0, last);
    showStage(drawn, data, stage, numbers);
    step.show(stage);
    words.textContent = inNumbers(data.stages[stage].words, numbers);
    const heading = `${data.title}, step ${stage} of ${last}`;
    picture.setAttribute("aria-label", `${heading}. ${words.textContent.replaceAll("\n", " ")}`);
    say();
  };
  const showInputs = () => {
    const inputs = store.get("inputs");
    for (const name of names) {
      const at = data.positions[name];
      const off = at.map((position) => Math.abs(position - inputs[name]));
      const k = off.indexOf(Math.min(...off));
      sliders[name].show(k);
      sliders[name].node.hidden = data.many && name !== store.get("chosen");
      const count = table && table.length / at.length;
      if (table) numbers = table.subarray(k * count, (k + 1) * count);
    }
    choice.show(store.get("chosen"));
    const question = JSON.stringify(inputs);
    if (!table && question !== asked) ask({ inputs });
    asked = question;
    show();
  };
  const fit = () => {
    const [width, height] = data.size;
    if (figure.clientWidth < 40) return; // not on the page yet
    const most = clamp(TALLEST / height, 1, WIDEST);
    const times = clamp(figure.clientWidth / width, Math.min(SMALLEST_TYPE / data.type, most), most);
    place(picture, { width: (times * width).toFixed(1), height: (times * height).toFixed(1) });
    frame.tabIndex = frame.scrollWidth > frame.clientWidth ? 0 : -1; // arrows then scroll it
    keepInSight();
  };
  const keepInSight = () => {
    if (frame.scrollWidth <= frame.clientWidth) return;
    const { edges, boxes } = data.stages[clamp(store.get("stage"), 0, last)];
    const parts = [...boxes.map((i) => drawn.boxes[i]), ...edges.map((i) => drawn.edges[i])];
    const [outer, places] = [frame.getBoundingClientRect(), parts.map((p) => p.getBoundingClientRect())];
    const left = Math.min(...places.map((p) => p.left)) - 24 - outer.left;
    const right = Math.max(...places.map((p) => p.right)) + 24 - outer.right;
    if (right > 0) frame.scrollLeft += right;
    if (left < 0 || left < right) frame.scrollLeft += left - Math.max(right, 0);
  };

  const stops = [
    play.stop, say.cancel, drawnToFit(figure, fit),
    store.on("stage", () => (show(), keepInSight())),
    store.on("inputs", showInputs), store.on("chosen", showInputs),
  ];
  showInputs();
  return () => stops.forEach((stop) => stop());
}
