"""How many frames a second does the training explorer draw, and how do other cells fare?

    python tests/benchmarks/bench_training.py

A cell is executed again and again, first beside an explorer at rest, then beside one that
trains; the clock runs from the page's request to the kernel's last word on it.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "browser"))
from conftest import notebooks_in, running_chromium, running_lab

SECONDS = 5
CELLS = 30
SETTINGS = {
    "XOR": "",
    "XOR, as many steps as fit": "steps",
    "moons": "data='moons'",
    "moons, 16 units": "data='moons', hidden=16",
}

# Counts the frames in which a new step is painted, for some milliseconds.
COUNT = """(time) => new Promise((stop) => {
    const picture = document.querySelector('.of-training .picture');
    const [start, first] = [performance.now(), Number(picture.dataset.step)];
    let [frames, step] = [0, picture.dataset.step];
    const look = (now) => {
        if (picture.dataset.step !== step) frames += 1;
        step = picture.dataset.step;
        if (now - start < time) return requestAnimationFrame(look);
        const seconds = (now - start) / 1000;
        stop([frames / seconds, (Number(step) - first) / seconds]);
    };
    requestAnimationFrame(look);
})"""
EXECUTE = """async (code) => {
    const kernel = jupyterapp.shell.currentWidget.sessionContext.session.kernel;
    const start = performance.now();
    await kernel.requestExecute({ code, store_history: false }).done;
    return performance.now() - start;
}"""


def cell_times(page, cells=CELLS, code="sum(range(1000))"):
    """Execute a short cell so many times; return the milliseconds of each, sorted."""
    times = []
    for _ in range(cells):
        times.append(page.evaluate(EXECUTE, code))
        time.sleep(0.037)  # at no fixed place between two frames
    return sorted(times)


def training_speed(page):
    """Play the first training explorer of an open notebook; return what was measured.

    Returns
    -------
    dict
        ``frames`` and ``steps`` a second; ``still`` and ``training``, the sorted milliseconds
        that a short cell takes beside the explorer at rest and in training.
    """
    play = page.locator(".of-training button").first
    page.locator(".of-training .border").wait_for(state="attached", timeout=60_000)
    cell_times(page, 5)
    still = cell_times(page)
    play.click()
    time.sleep(0.5)
    frames, steps = page.evaluate(COUNT, 1000 * SECONDS)
    training = cell_times(page)
    play.click()
    return {"frames": frames, "steps": steps, "still": still, "training": training}


def main():
    """Measure with several settings and print a table."""
    with (
        tempfile.TemporaryDirectory() as home,
        running_lab(Path(home)) as lab,
        running_chromium() as chromium,
        notebooks_in(lab, chromium) as open_notebook,
    ):
        print(f"{'':28}frames/s  steps/s   a cell beside it, still / training: median (worst)")
        for number, (name, settings) in enumerate(SETTINGS.items()):
            faster = settings == "steps"
            cell = "from course_utils.explore import explore_training\n"
            cell += f"explorer = explore_training({'' if faster else settings})\n"
            cell += "explorer.steps = 1000\n" * faster + "explorer"
            notebook = open_notebook(cell, path=f"training{number}.ipynb")
            notebook.run()
            found = training_speed(notebook.page)
            times = [
                f"{statistics.median(found[when]):.0f} ({found[when][-1]:.0f}) ms"
                for when in ("still", "training")
            ]
            print(f"{name:28}{found['frames']:8.1f} {found['steps']:8.0f}   {' / '.join(times)}")


if __name__ == "__main__":
    main()
