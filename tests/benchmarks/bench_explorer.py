"""How long after a key press do the pixels change? Our explorer beside `interact`.

    python tests/benchmarks/bench_explorer.py

Both draw the same figure in the same JupyterLab, and 40 presses of an arrow key move z in
each. The clock runs from the key event to the end of the frame that shows the change.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "browser"))
from conftest import notebooks_in, running_chromium, running_lab

MOVES = 40
EXPLORER = """from course_utils.explore import explore_activation
explore_activation()"""
INTERACT = """%matplotlib inline
from ipywidgets import FloatSlider, interact
from course_utils.activations import sigmoid
from course_utils.figures import function_and_derivative
interact(lambda z: function_and_derivative(sigmoid, mark=z), z=FloatSlider(1.5, min=-6, max=6));"""

# Arms a clock that stops in the first frame whose picture differs; a message sent from
# within a frame arrives after that frame is painted.
CLOCK = """([selector, attribute]) => {
    const look = () => {
        const node = document.querySelector(selector);
        return node && node.complete !== false && node.getAttribute(attribute);
    };
    const before = look();
    window.latency = new Promise((stop) => {
        addEventListener('keydown', (event) => {
            const frame = () => {
                const now = look();
                if (!now || now === before) return requestAnimationFrame(frame);
                const { port1, port2 } = new MessageChannel();
                port1.onmessage = () => stop(performance.now() - event.timeStamp);
                port2.postMessage(0);
            };
            requestAnimationFrame(frame);
        }, { once: true, capture: true });
    });
}"""


def latencies(page, slider, picture, attribute):
    """Press ArrowRight on `slider` again and again; return the milliseconds of each press."""
    page.wait_for_selector(picture, state="attached", timeout=60_000)
    page.locator(slider).first.focus()
    times = []
    for _ in range(MOVES + 3):
        page.evaluate(CLOCK, [picture, attribute])
        page.keyboard.press("ArrowRight")
        times.append(page.evaluate("() => window.latency"))
        time.sleep(0.05)
    return sorted(times[3:])  # the first presses warm up


def main():
    """Measure both and print a table."""
    with (
        tempfile.TemporaryDirectory() as home,
        running_lab(Path(home)) as lab,
        running_chromium() as chromium,
        notebooks_in(lab, chromium) as open_notebook,
    ):
        medians = []
        print(f"{'':10} {'median':>8} {'p95':>8}   (ms, {MOVES} moves)")
        for name, cell, slider, picture, attribute in (
            ("explorer", EXPLORER, ".course-explorer input", ".course-explorer .dot", "cx"),
            ("interact", INTERACT, ".noUi-handle", ".jp-OutputArea img", "src"),
        ):
            notebook = open_notebook(cell, path=f"{name}.ipynb")
            notebook.run()
            times = latencies(notebook.page, slider, picture, attribute)
            medians.append(statistics.median(times))
            print(f"{name:10} {medians[-1]:8.1f} {times[int(0.95 * MOVES)]:8.1f}")
        print(f"the explorer is {medians[1] / medians[0]:.0f} times as fast")


if __name__ == "__main__":
    main()
