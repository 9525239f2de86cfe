"""How long after the hand moves do the pixels change in the book, where no kernel is?

    python tests/benchmarks/bench_book.py
    python tests/benchmarks/bench_book.py 02 07    # these lessons alone

The book is built, and the first explorer of each lesson is moved as `bench_explorer` does it.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from bench_explorer import Subject, latencies
from conftest import running_chromium

from course_utils import cli

SLIDER = "#moved input[type=range]:enabled"
PICTURE = "#moved .course-explorer .picture"


class Quiet(SimpleHTTPRequestHandler):
    """A server of files that keeps no log."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def main() -> None:
    """Measure all and print a table."""
    wanted = tuple(sys.argv[1:])
    with tempfile.TemporaryDirectory() as folder, running_chromium() as chromium:
        assert cli.main(["site", "--to", folder]) == 0
        server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder))
        Thread(target=server.serve_forever, daemon=True).start()
        page = chromium.new_page(viewport={"width": 1280, "height": 800})
        print("milliseconds from the event to the changed pixels: median, and 38 of 40 within")
        for path in sorted(Path(folder, "notebooks").glob("*.html")):
            if wanted and not path.name.startswith(wanted):
                continue
            if "explorer-place" not in path.read_text(encoding="utf-8"):
                continue
            page.goto(f"http://127.0.0.1:{server.server_port}/notebooks/{path.name}")
            page.wait_for_selector(".explorer-place.is-alive")
            page.locator(".explorer-place").first.evaluate("place => (place.id = 'moved')")
            for key in ("Home", *4 * ["ArrowRight"]):  # away from the end, where a key does nothing
                page.locator(SLIDER).first.press(key)
            subject = Subject(path.stem, "", SLIDER, PICTURE)
            kind = page.locator(".course-explorer").first.get_attribute("class").rpartition("-")[2]
            print(f"{path.stem:24} {kind:13}", end="")
            for event in ("keydown", "pointermove"):
                times = latencies(page, subject, event)
                print(f" {event:>11} {statistics.median(times):5.1f} {times[-3]:5.1f}", end="")
            print(flush=True)
        server.shutdown()


if __name__ == "__main__":
    main()
