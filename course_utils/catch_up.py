"""Catch-up points: bring the kernel of a latecomer to where the lesson is.

A lesson's sections begin with its headings of the second level. `catch_up` runs the code of the
lesson itself, from the beginning to the end of a section, without a word and without a picture,
so nothing of it is written twice.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from course_utils.notebooks import ROOT, read

if TYPE_CHECKING:
    from nbformat import NotebookNode

__all__ = ["CatchUpPoint", "catch_up", "catch_up_points"]

HEADING = re.compile(r"^## +(.+)$", re.MULTILINE)
_REACHED = "_caught_up"  # in the student's namespace: {lesson: cells that are done}


@dataclass(frozen=True)
class CatchUpPoint:
    """The end of a section: the id of the cell with its heading, its title, the next cell."""

    section: str
    title: str
    ends_before: int


def catch_up_points(lesson: NotebookNode) -> list[CatchUpPoint]:
    """Return the ends of those sections that the instructor types in, if code follows."""
    starts = [
        (number, cell.id, found[1].strip())
        for number, cell in enumerate(lesson.cells)
        if cell.cell_type == "markdown" and (found := HEADING.search(cell.source))
    ]
    last_code = max((n for n, c in enumerate(lesson.cells) if c.cell_type == "code"), default=-1)
    points = []
    ends = [start for start, *_ in starts[1:]] + [len(lesson.cells)]
    for (start, section, title), end in zip(starts, ends, strict=True):
        has_live = any("live" in c.metadata.get("tags", []) for c in lesson.cells[start:end])
        if has_live and end <= last_code:
            points.append(CatchUpPoint(section, title, end))
    return points


def catch_up(lesson: str, section: str, folder: Path = ROOT / "notebooks") -> None:
    """Run a lesson's code from its beginning to the end of a section, in this kernel.

    What an earlier call in the same kernel has done is not done again. Names that the lesson
    defines are replaced by the lesson's own.

    Parameters
    ----------
    lesson
        Its file's name without the ending: ``"04_relu"``.
    section
        The id of the cell that holds the section's heading.

    Raises
    ------
    ValueError
        If there is no such lesson or section.
    RuntimeError
        Outside IPython, or if a cell of the lesson fails.
    """
    from IPython import get_ipython

    shell = get_ipython()
    if shell is None:
        raise RuntimeError("catch_up runs the cells of a notebook: call it from one")
    path = folder / f"{lesson}.ipynb"
    if not path.is_file():
        raise ValueError(f"there is no lesson {lesson!r} in {folder.name}/")
    cells = read(path).cells
    points = {point.section: point for point in catch_up_points(read(path))}
    if section not in points:
        known = ", ".join(points)
        raise ValueError(f"{lesson} has no catch-up point {section!r}: it has {known}")
    point, reached = points[section], shell.user_ns.setdefault(_REACHED, {})
    first = reached.get(lesson, 0)
    begin = time.monotonic()
    done = _run(shell, cells[first : point.ends_before], lesson)
    reached[lesson] = max(first, point.ends_before)
    print(
        f"You are at the end of \N{LEFT DOUBLE QUOTATION MARK}{point.title}"
        f"\N{RIGHT DOUBLE QUOTATION MARK}: {done} cells run in {time.monotonic() - begin:.0f} s."
    )


def _run(shell: object, cells: Sequence[NotebookNode], lesson: str) -> int:
    """Run code cells without what they print or show; return how many there were."""
    from IPython.utils.capture import capture_output

    code = [cell for cell in cells if cell.cell_type == "code"]
    for cell in code:
        with capture_output():
            result = shell.run_cell(cell.source, silent=True)
        if not result.success:
            error = result.error_before_exec or result.error_in_exec
            raise RuntimeError(f"{lesson}, cell {cell.id}: {error}") from error
    return len(code)
