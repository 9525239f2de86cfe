/**
 * What happens in a page of slides, once: the mathematics is set, the figures to drag come alive,
 * each slide gets the largest letters that fit, and reveal.js takes over.
 */

const SIZES = { title: [20, 28], prose: [20, 34], table: [18, 28], question: [20, 38], verdict: [22, 38], code: [18, 26], output: [18, 26] };
const PRINTS = /[?&]print-pdf/.test(location.search);

window.MathJax = {
  tex: { inlineMath: [["$", "$"], ["\\(", "\\)"]] },
  svg: { fontCache: "local" },
  options: { enableMenu: false },
  startup: { typeset: false },
};

const once = (target, event) => new Promise((done) => target.addEventListener(event, done, { once: true }));

/** Run one of our scripts, and wait for it. */
function run(name) {
  const script = document.createElement("script");
  script.src = new URL(name, document.querySelector("script[src$='deck.js']").src).href;
  document.body.append(script);
  return once(script, "load");
}

const spills = (box) => box.scrollHeight > box.clientHeight + 1 || box.scrollWidth > box.clientWidth + 1;

/** Choose the largest letters with which what a slide shows stays inside. */
function fitText(slide) {
  const kind = [...slide.classList].find((name) => name.startsWith("of-")).slice(3);
  if (!SIZES[kind]) return;
  const body = slide.querySelector(".body");
  let [low, high] = SIZES[kind];
  slide.classList.add("is-unwrapped"); // what is printed keeps its lines, if smaller letters help
  const tooLarge = (size) => {
    slide.style.setProperty("--size", `${size}px`);
    return [body, ...body.querySelectorAll("pre, .formula, table, mjx-container[display]")].some(spills);
  };
  if (tooLarge(low)) slide.classList.remove("is-unwrapped");
  if (!tooLarge(high)) return;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (tooLarge(middle)) high = middle;
    else low = middle;
  }
  tooLarge(low);
}

/** Wait until a figure has been drawn anew; a page in the background draws nothing. */
const drawn = () => Promise.race([
  new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done)))),
  new Promise((done) => setTimeout(done, 300)),
]);

/** Enlarge a figure to drag as far as its slide allows: the narrower it is laid out, the more. */
async function fitExplorer(place) {
  const root = place.querySelector(":scope > div:not(.explorer-still)");
  if (!root) return;
  const [width, height] = [place.clientWidth, place.clientHeight];
  let [low, high] = [0.8, 1.9];
  const tooLarge = async (scale) => {
    root.style.width = `${Math.floor(width / scale)}px`;
    root.style.transform = `scale(${scale})`;
    await drawn();
    return root.offsetHeight * scale > height || [...root.querySelectorAll(".scrolled")].some(spills);
  };
  if (!(await tooLarge(high))) return;
  while (high - low > 0.03) {
    const middle = (low + high) / 2;
    if (await tooLarge(middle)) high = middle;
    else low = middle;
  }
  await tooLarge(low);
}

/** Let an explorer keep the keys that it needs, and the slides get all others. */
function shareKeys(deck) {
  const held = () => document.activeElement?.closest?.(".course-explorer") && document.activeElement;
  document.addEventListener("keydown", (event) => {
    const control = held();
    if (!control || !["Escape", "PageDown", "PageUp"].includes(event.key)) return;
    event.stopImmediatePropagation();
    event.preventDefault();
    control.blur();
    if (event.key === "PageDown") deck.next();
    if (event.key === "PageUp") deck.prev();
  }, true);
  deck.on("slidechanged", () => held()?.blur());
  return (event) => {
    const control = held();
    if (!control) return true;
    return control.matches("button") && ![" ", "Enter"].includes(event.key);
  };
}

async function start() {
  await once(document, "DOMContentLoaded");
  await MathJax.startup.promise;
  await Promise.all([MathJax.typesetPromise(), ...[...document.fonts].map((font) => font.load())]);
  if (!PRINTS && document.querySelector(".explorer-place")) await run("explorers.js");
  document.querySelectorAll(".slide").forEach(fitText);
  await Promise.all([...document.querySelectorAll(".explorer-place")].map(fitExplorer));
  const outer = document.querySelector(".reveal");
  outer.classList.remove("is-fitting");
  const deck = new Reveal(outer, { plugins: [RevealNotes] });
  const keep = shareKeys(deck);
  const seconds = Number(outer.dataset.seconds);
  await deck.initialize({
    width: 1280, height: 720, margin: 0, minScale: 0.1, maxScale: 5, center: false,
    hash: true, transition: "none", backgroundTransition: "none", controlsTutorial: false,
    pdfSeparateFragments: false, pdfMaxPagesPerSlide: 1, keyboardCondition: keep,
    ...(seconds ? { totalTime: seconds } : { defaultTiming: 0 }),
    keyboard: {
      39: (event) => (event.shiftKey ? deck.right({ skipFragments: true }) : deck.next()),
      37: (event) => (event.shiftKey ? deck.left({ skipFragments: true }) : deck.prev()),
    },
  });
  document.querySelectorAll(".choice").forEach((choice) => {
    choice.addEventListener("click", () => choice.querySelector(".feedback").classList.toggle("visible"));
  });
  window.deck = deck;
  document.documentElement.dataset.ready = "true";
}

start();
