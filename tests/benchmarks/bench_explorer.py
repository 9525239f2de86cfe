"""How long after the hand moves do the pixels change? The explorers beside `interact`.

    python tests/benchmarks/bench_explorer.py
    python tests/benchmarks/bench_explorer.py graph zigzag    # these kinds alone

Every explorer, and the same figure made with `interact` and inline matplotlib, is opened in one
JupyterLab, one after another; 40 presses of an arrow key and 40 moves of the mouse with its
button held change each. The clock runs from the input event to the end of the frame that shows
the change.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "browser"))
from conftest import notebooks_in, running_chromium, running_lab

MOVES, WARM_UP = 40, 3
TRACK = ".course-explorer .drawing > .slider input"


@dataclass(frozen=True)
class Subject:
    """A figure to move: its cell, the slider that is moved, and what changes when it is."""

    name: str
    cell: str
    slider: str = TRACK
    picture: str = ".course-explorer .picture"
    asks: bool = False  # whether the kernel has to answer


def explorer(name: str, call: str, **options: Any) -> Subject:
    """Return a subject from the call that makes an explorer."""
    imports = "from course_utils.explore import *\nfrom course_utils.graph import *"
    return Subject(name, f"{imports}\n{call}", **options)


def labelled(label: str) -> str:
    """Return the selector of the slider with that label."""
    return f'.course-explorer label.slider:has(.maths:text-is("{label}")) input'


INTERACT = Subject(
    "interact",
    """%matplotlib inline
from ipywidgets import FloatSlider, interact
from course_utils.activations import sigmoid
from course_utils.figures import function_and_derivative
interact(lambda z: function_and_derivative(sigmoid, mark=z), z=FloatSlider(1.5, min=-6, max=6));""",
    slider=".noUi-handle",
    picture=".jp-OutputArea-output .jp-OutputArea",
    asks=True,
)
GRAPH = """graph = Graph()
graph.multiply(graph.exp(graph.input("x", 1.0)), graph.input("w", 0.5), name="y")
explore_graph(graph, stage=6)"""
SUBJECTS = [
    INTERACT,
    explorer("activation", "explore_activation()"),
    explorer("kink, h", 'explore_kink("elu", h=0.001)'),
    explorer("kink, h, zoomed", 'explore_kink("elu", h=0.001, zoom=True)'),
    explorer("step limit, z", "explore_step_limit()"),
    explorer("step limit, k", "explore_step_limit()", slider=labelled("k")),
    explorer("graph, step", "explore_graph(sigmoid_graph(1.0), stage=5)", slider=labelled("step")),
    explorer("graph, z", "explore_graph(sigmoid_graph(1.0), stage=9)", slider=labelled("z")),
    explorer("graph, of two inputs", GRAPH, slider=labelled("x"), asks=True),
    explorer("zigzag, step", "explore_zigzag()", slider=labelled("step")),
    explorer("zigzag, rate", "explore_zigzag()", slider=labelled("rate"), asks=True),
    explorer("gradient flow, layer", "explore_gradient_flow(layer=10)", slider=labelled("layer")),
    explorer("gradient flow, gain", "explore_gradient_flow()", slider=labelled("gain"), asks=True),
    explorer(
        "gradient flow, depth", "explore_gradient_flow()", slider=labelled("depth"), asks=True
    ),
]

# Arms a clock: it starts with the next event of that kind and stops in the first frame after the
# picture has changed; a message sent from within a frame arrives after that frame is painted.
CLOCK = """([picture, kind]) => {
    let began = null;
    window.latency = new Promise((stop) => {
        const eye = new MutationObserver(() => {
            const image = [...node.querySelectorAll('img')].at(-1);
            if (began === null || image?.complete === false || !node.childElementCount) return;
            eye.disconnect();
            requestAnimationFrame(() => {
                const { port1, port2 } = new MessageChannel();
                port1.onmessage = () => stop(performance.now() - began);
                port2.postMessage(0);
            });
        });
        const node = [...document.querySelectorAll(picture)].at(-1);
        eye.observe(node, { attributes: true, childList: true, subtree: true });
        const start = (event) => (began = event.timeStamp);
        addEventListener(kind, start, { once: true, capture: true });
    });
}"""


def latencies(page: Any, subject: Subject, event: str) -> list[float]:
    """Move the slider again and again; return the milliseconds of each move, sorted."""
    page.wait_for_selector(subject.picture, state="attached", timeout=60_000)
    slider = page.locator(subject.slider).first
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    positions = slider.evaluate("slider => slider.max - slider.min || 1e9")
    stride = max(4, 1.2 * box["width"] / positions)  # each move is to another position
    if event == "keydown":
        slider.focus()
    else:
        page.mouse.move(x, y)
        page.mouse.down()
    times = []
    for k in range(MOVES + WARM_UP):
        page.evaluate(CLOCK, [subject.picture, event])
        if event == "keydown":
            page.keyboard.press("ArrowLeft" if k % 6 < 3 else "ArrowRight")
        else:
            page.mouse.move(x + stride * (abs(k % 6 - 3) - 1.5), y)
        times.append(page.evaluate("() => window.latency"))
        time.sleep(0.05)
    page.mouse.up()
    return sorted(times[WARM_UP:])


def main() -> None:
    """Measure all and print a table."""
    with (
        tempfile.TemporaryDirectory() as home,
        running_lab(Path(home)) as lab,
        running_chromium() as chromium,
        notebooks_in(lab, chromium) as open_notebook,
    ):
        print(f"milliseconds from the event to the changed pixels, {MOVES} moves each")
        print(f"{'':24}{'':9}{'median':>8}{'p95':>8}   interact / this")
        slow = {}
        chosen = tuple(sys.argv[1:]) or ("",)
        for subject in (INTERACT, *(s for s in SUBJECTS[1:] if s.name.startswith(chosen))):
            notebook = open_notebook(subject.cell, path=f"{subject.name}.ipynb")
            notebook.run()
            for event in ("keydown", "pointermove"):
                times = latencies(notebook.page, subject, event)
                median = statistics.median(times)
                slow.setdefault(event, median)
                note = "   asks the kernel" if subject.asks else ""
                print(
                    f"{subject.name:24}{event[:7]:9}{median:8.1f}{times[int(0.95 * MOVES)]:8.1f}"
                    f"{slow[event] / median:10.0f} x{note}",
                    flush=True,
                )
            notebook.page.context.close()


if __name__ == "__main__":
    main()
