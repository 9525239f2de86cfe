"""How long after the hand moves do the pixels change in the book, where no kernel is?

    python tests/benchmarks/bench_book.py
    python tests/benchmarks/bench_book.py 02 07    # these lessons alone

The book is built, and the first explorer of each lesson is moved as `bench_explorer` does it.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench_explorer import Subject, latencies
from conftest import running_chromium, served

from course_utils import cli

SLIDER = "#moved input[type=range]:enabled"
PICTURE = "#moved .course-explorer .picture"


def main() -> None:
    """Measure all and print a table."""
    wanted = tuple(sys.argv[1:])
    with tempfile.TemporaryDirectory() as folder, running_chromium() as chromium:
        assert cli.main(["site", "--to", folder]) == 0
        page = chromium.new_page(viewport={"width": 1280, "height": 800})
        print("milliseconds from the event to the changed pixels: median, and 38 of 40 within")
        with served(Path(folder)) as address:
            for path in sorted(Path(folder, "notebooks").glob("*.html")):
                is_wanted = not wanted or path.name.startswith(wanted)
                if is_wanted and "explorer-place" in path.read_text(encoding="utf-8"):
                    measure(page, f"{address}/notebooks/{path.name}", path.stem)


def measure(page: Any, address: str, name: str) -> None:
    """Move the first explorer of a page, and print a line of the table."""
    page.goto(address)
    page.wait_for_selector(".explorer-place.is-alive")
    page.locator(".explorer-place").first.evaluate("place => (place.id = 'moved')")
    for key in ("Home", *4 * ["ArrowRight"]):  # away from the end, where a key does nothing
        page.locator(SLIDER).first.press(key)
    kind = page.locator(".course-explorer").first.get_attribute("class").rpartition("-")[2]
    print(f"{name:24} {kind:13}", end="")
    for event in ("keydown", "pointermove"):
        times = latencies(page, Subject(name, "", SLIDER, PICTURE), event)
        print(f" {event:>11} {statistics.median(times):5.1f} {times[-3]:5.1f}", end="")
    print(flush=True)


if __name__ == "__main__":
    main()
