"""Editions of a notebook: from a solution its exercise, from a lesson its live edition.

A line ``# solution`` in a code cell cuts from there to the end of its block (in a function,
to the dedent; at column 0, to the end of the cell) and leaves ``...``. A cell tagged
``solution`` is dropped.

In the live edition of a lesson, a cell tagged ``live`` is blank but for the line that says what
to type (its metadata, ``course.prompt``), and where later code needs what a section has made, a
folded cell at the section's end does it all for who has missed something. The instructor's
edition keeps the code, and shows the notes with the minute at which each section starts.
"""

from __future__ import annotations

import hashlib
import io
import re
import tokenize
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING

from course_utils.catch_up import CatchUpPoint, catch_up_points
from course_utils.instructor import NoteError, sections, starts
from course_utils.notebooks import ROOT, dumps, read

if TYPE_CHECKING:
    from nbformat import NotebookNode

__all__ = [
    "FRESH",
    "CutError",
    "build",
    "cut",
    "exercise_text",
    "fresh_copy",
    "is_untouched",
    "live_text",
    "solutions",
]

FRESH = ROOT / "exercises" / ".fresh"
"""The exercises as they were made, in a copy of the course that has no solutions."""

MARKER = re.compile(r"#\s*solution\s*", re.I)


class CutError(ValueError):
    """A solution that cannot be cut: its code is no Python, or it holds no marker."""


def solutions(folder: Path = ROOT / "solutions") -> list[Path]:
    """Return the solutions, `NN_topic.ipynb`, in their order."""
    return sorted(folder.glob("[0-9][0-9]_*.ipynb"))


def cut(source: str) -> str:
    r"""Return the source of a code cell without what its markers govern.

    >>> print(cut("def f(z):\n    # solution\n    return z\n\n\nf(1)"))
    def f(z):
        ...
    <BLANKLINE>
    <BLANKLINE>
    f(1)

    Raises
    ------
    CutError
        If the source is not Python.
    """
    lines = source.split("\n")
    markers, in_string = _markers(source)
    kept: list[str] = []
    row = 0
    while row < len(lines):
        if row not in markers:
            kept.append(lines[row])
            row += 1
            continue
        indent = len(lines[row]) - len(lines[row].lstrip())
        end = _end_of_block(lines, row, indent, in_string)
        kept.append(" " * indent + "...")
        while end > row + 1 and not lines[end - 1].strip():
            end -= 1  # the blank lines belong to what follows
        row = end
    return "\n".join(kept).rstrip("\n")


def _markers(source: str) -> tuple[set[int], set[int]]:
    """Return the rows of the markers, and the rows that begin inside a string."""
    markers, in_string = set(), set()
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type == tokenize.COMMENT and MARKER.fullmatch(token.string):
                if token.line[: token.start[1]].strip():
                    raise CutError(f"a marker shares its line with code: {token.line.strip()!r}")
                markers.add(token.start[0] - 1)
            elif token.start[0] < token.end[0]:
                in_string.update(range(token.start[0], token.end[0]))
    except (tokenize.TokenError, SyntaxError) as error:
        raise CutError(f"this cell is no Python: {error}") from None
    return markers, in_string


def _end_of_block(lines: list[str], row: int, indent: int, in_string: set[int]) -> int:
    if indent == 0:
        return len(lines)
    for end in range(row + 1, len(lines)):
        line = lines[end]
        is_outside = len(line) - len(line.lstrip()) < indent
        if line.strip() and is_outside and end not in in_string:
            return end
    return len(lines)


def exercise_text(path: Path) -> str:
    """Return the text of the exercise's file that a solution makes.

    Raises
    ------
    CutError
        If a cell cannot be cut, or there is nothing to cut.
    """
    notebook = deepcopy(read(path))
    notebook.cells = [c for c in notebook.cells if "solution" not in c.metadata.get("tags", [])]
    cuts = 0
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        try:
            source = cut(cell.source)
        except CutError as error:
            raise CutError(f"{path.name}, cell {cell.id}: {error}") from None
        cuts += source != cell.source
        cell.source, cell.outputs, cell.execution_count = source, [], None
    if not cuts:
        raise CutError(f"{path.name}: no `# solution` in it, so the exercise would be the solution")
    return _signed(notebook)


def live_text(path: Path, *, instructor: bool = False) -> str:
    """Return the text of the file of a lesson's live edition, or of the instructor's.

    Parameters
    ----------
    path
        The lesson.
    instructor
        Keep the code, and show the notes with their clock times.

    Raises
    ------
    CutError
        If a cell tagged ``live`` does not say what to type.
    NoteError
        If a note for the instructor cannot be read, or there is none.
    """
    lesson = deepcopy(read(path))
    if instructor:
        _show_notes(lesson)
    points = {} if instructor else {p.ends_before: p for p in catch_up_points(lesson)}
    cells = []
    for number, cell in enumerate(lesson.cells):
        tags = cell.metadata.get("tags", [])
        if number in points:
            cells.append(_catch_up_cell(path.stem, points[number]))
        if "instructor" in tags and not instructor:
            continue
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
            if "live" in tags and not instructor:
                prompt = cell.metadata.get("course", {}).get("prompt")
                if not prompt:
                    raise CutError(
                        f"{path.name}, cell {cell.id}: no course.prompt says what to type"
                    )
                cell.source = f"# {prompt}"
        cells.append(cell)
    lesson.cells = cells
    return _signed(lesson)


def _show_notes(lesson: NotebookNode) -> None:
    """Write the notes as Markdown that is seen, in place."""
    parts = sections(lesson)
    if not any(part.note for part in parts):
        raise NoteError(
            "this copy of the lesson has no notes for the instructor: "
            "take it from the repository of the course"
        )
    for part, start in zip(parts, starts(parts), strict=True):
        if part.note:
            part.cells[1].source = part.note.markdown(start)


def _catch_up_cell(lesson: str, point: CatchUpPoint) -> NotebookNode:
    """Return the folded cell that a latecomer runs."""
    from nbformat.v4 import new_code_cell

    source = (
        f"# Catch up: run this if you have missed something of \N{LEFT DOUBLE QUOTATION MARK}"
        f"{point.title}\N{RIGHT DOUBLE QUOTATION MARK} or before.\n"
        "from course_utils.catch_up import catch_up\n\n"
        f'catch_up("{lesson}", "{point.section}")'
    )
    cell = new_code_cell(source, id=f"catch-up-{point.section}"[:64])
    cell.metadata.update(tags=["hide-cell", "catch-up"], jupyter={"source_hidden": True})
    return cell


def _signed(notebook: NotebookNode) -> str:
    """Return the text of a notebook that says how it was made, so that changes show."""
    notebook.metadata["course"] = {**notebook.metadata.get("course", {}), "made": ""}
    notebook.metadata.course.made = _made_of(notebook)
    return dumps(notebook)


def _made_of(notebook: NotebookNode) -> str:
    """Return a short hash of the cells, by which an untouched exercise is known."""
    cells = "\0".join(f"{cell.cell_type} {cell.source}" for cell in notebook.cells)
    return hashlib.sha256(cells.encode()).hexdigest()[:16]


def is_untouched(path: Path) -> bool:
    """Return whether a notebook's cells are as they were made; outputs do not count."""
    try:
        notebook = read(path)
    except Exception:  # no notebook at all: it is not ours to overwrite
        return False
    return notebook.metadata.get("course", {}).get("made") == _made_of(notebook)


def build(path: Path, folder: Path = ROOT / "exercises") -> tuple[Path, str]:
    """Return where a solution's exercise belongs and its text."""
    return folder / path.name, exercise_text(path)


def fresh_copy(number: str, folder: Path = ROOT / "exercises") -> Path:
    """Write a fresh exercise beside the one that is there, which stays as it is.

    Returns
    -------
    Path
        The new file: ``02_sigmoid_fresh.ipynb``, or ``..._fresh_2`` if that exists.

    Raises
    ------
    ValueError
        If there is no exercise of this number.
    """
    known = solutions() or solutions(FRESH)
    if not known:
        raise ValueError("this copy of the course has no solutions/ to make it from: get a new one")
    found = [path for path in known if path.stem in (number, Path(number).stem)]
    found = found or [path for path in known if path.stem[:2] == number.zfill(2)]
    if not found:
        numbers = ", ".join(path.stem[:2] for path in known)
        raise ValueError(f"there is no exercise {number!r}: they are {numbers}")
    if found[0].parent == FRESH:
        place, text = folder / found[0].name, found[0].read_text(encoding="utf-8")
    else:
        place, text = build(found[0], folder)
    for count in range(1, 1000):
        suffix = "_fresh" if count == 1 else f"_fresh_{count}"
        fresh = place.with_name(f"{place.stem}{suffix}.ipynb")
        try:
            with fresh.open("x", encoding="utf-8") as file:
                file.write(text)
            return fresh
        except FileExistsError:
            continue
    raise ValueError(f"there are too many fresh copies of {place.name}: remove some")
