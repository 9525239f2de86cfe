/**
 * The interactive figures of the course. Python samples the curves (the modules beside this
 * folder); this page reads values between the samples and draws. It knows no formula, loads
 * nothing, and needs no kernel for what Python could sample beforehand:
 *
 *     mount(element, data)           the state lives in the page
 *     mount(element, data, store)    the state lives elsewhere, as in a notebook's widget
 *
 * A store is { get(name), set(changes), on(name, callback) -> stop }, and where a kernel can be
 * asked, ask(question) -> promise of an answer. `mount` returns a function that takes the figure
 * down. A new kind of figure is a new entry in KINDS. Python joins these files to one module.
 */

import { mountActivation } from "./activation.js";
import { mountGradientFlow } from "./gradient_flow.js";
import { mountGraph } from "./graph.js";
import { mountKink } from "./kink.js";
import { throttled } from "./pieces.js";
import { mountStepLimit } from "./step_limit.js";
import { mountTraining } from "./training.js";
import { mountZigzag } from "./zigzag.js";

const KINDS = {
  activation: mountActivation,
  graph: mountGraph,
  kink: mountKink,
  step_limit: mountStepLimit,
  zigzag: mountZigzag,
  gradient_flow: mountGradientFlow,
  training: mountTraining,
};

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
  const takeDown = KINDS[data.kind](root, data, store);
  root.lastElementChild.classList.add(`of-${data.kind}`); // for the rules of its own style sheet
  return takeDown;
}

/** Ask the kernel: Python's `Explorer.answer` gets a question and returns an answer. */
function questions(model) {
  const [asked, view] = [new Map(), Math.random()]; // other views of the model ask, too
  let last = 0;
  const hear = ({ answer, ...parts }) => {
    asked.get(answer)?.(parts);
    asked.delete(answer);
  };
  const ask = (question) =>
    new Promise((resolve) => {
      const number = `${view} ${(last += 1)}`;
      asked.set(number, resolve);
      try {
        model.send({ ask: number, question });
      } catch {
        // The kernel was restarted: no answer will come, and `asking` says so.
      }
    });
  model.on("msg:custom", hear);
  return { ask, stop: () => model.off("msg:custom", hear) };
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
  const kernel = questions(model);
  const store = {
    ...local,
    ask: kernel.ask,
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
    kernel.stop();
    ears.forEach(([event, f]) => model.off(event, f));
    if (unsent.size) send.flush();
  };
}

export default { render };
