"""From the notebooks to the book's sources: nothing is run, and nothing is written twice.

The sources lie as the notebooks do (``notebooks/``, ``exercises/``), so that links between them
stay right. Notes for the instructor are left out, explorers get their data, an exercise its
solutions to unfold.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from course_utils.book.mathjax import mathjax
from course_utils.claims import ledger, plain
from course_utils.editions import cut, solutions
from course_utils.explore import embed
from course_utils.notebooks import ROOT, Lesson, dumps, lessons, read
from course_utils.tasks import task

if TYPE_CHECKING:
    from nbformat import NotebookNode

__all__ = ["exercise", "lesson_page", "stage"]

STATIC = Path(__file__).with_name("static")
PICTURE = re.compile(r'src="data:image/png;base64,([A-Za-z0-9+/=]+)"')
CHECK = re.compile(r'^check\("(\w+)"', re.MULTILINE)
LOOKUP = {"symbols": "Symbols", "glossary": "Glossary"}
"""Cells of the first lesson that are pages of their own, by their ids."""


def stage(folder: Path) -> None:
    """Write the sources of the whole book into an empty folder."""
    for name in ("notebooks", "exercises", "_book", "_extra/figures"):
        (folder / name).mkdir(parents=True)
    for path in [*STATIC.iterdir(), mathjax()]:
        shutil.copy(path, folder / "_book")
    _write(folder / "_book" / "explorer.css", embed.page_style())
    _write(folder / "_book" / "explorer.js", embed.script())
    course = lessons()
    exercises = {path.stem: path for path in solutions()}
    for lesson in course:
        notebook = lesson_page(lesson, has_exercise=lesson.slug in exercises)
        _save(notebook, folder / "notebooks" / lesson.path.name, folder)
    for path in exercises.values():
        _save(exercise(path), folder / "exercises" / path.name, folder)
    for name, cell in _lookups(course[0]):
        _write(folder / f"{name}.md", re.sub(r"^## ", "# ", cell.source))
    _write(folder / "claims.md", claims_page())
    _write(folder / "index.md", front_page(course, set(exercises)))


def lesson_page(lesson: Lesson, *, has_exercise: bool) -> NotebookNode:
    """Return a lesson as the book shows it."""
    notebook = read(lesson.path)
    alive = embed.explorers_of(lesson.path)
    cells = []
    for cell in notebook.cells:
        tags = set(cell.metadata.get("tags", []))
        if "instructor" in tags or (lesson.number == "00" and cell.id in LOOKUP):
            continue
        for tag in sorted(tags):
            if tag.startswith("claim:"):
                cells.append(_text(f"({_target(tag[6:], lesson.slug)})="))
        if "predict" in tags:
            cell.source = f"::::{{container}} predict\n{cell.source}\n::::"
        cell.metadata = {"tags": ["hide-input"]} if "hide-cell" in tags else {}
        if cell.id in alive:
            html = cell.outputs[-1].data
            html["text/html"] = embed.embedded(alive[cell.id], html["text/html"])
        cells.append(cell)
    if has_exercise:
        cells.append(_toctree([f"../exercises/{lesson.slug}"]))
    notebook.cells = cells
    notebook.metadata.pop("course", None)
    return notebook


def exercise(path: Path) -> NotebookNode:
    """Return an exercise whose hints and solutions unfold, from its solution."""
    notebook = read(path)
    cells: list[NotebookNode] = []
    solved: list[NotebookNode] = []
    for cell in notebook.cells:
        is_answer = "solution" in cell.metadata.get("tags", [])
        cell.metadata = {}
        if cell.id == "end":  # it speaks of saving the notebook
            continue
        if cell.cell_type != "code":
            cells.append(cell)
            continue
        if is_answer or (stub := cut(cell.source)) != cell.source:
            solved.append(cell)
            if not is_answer:
                cells.append(_code(stub))
            continue
        outputs, cell.outputs = cell.outputs, []
        cells.append(cell)
        if found := CHECK.search(cell.source):
            cells += [_text(_hints(found[1])), *_unfolding(solved, outputs)]
            solved = []
    cells.insert(1, _text(_HOW.format(name=path.name)))
    notebook.cells = cells
    notebook.metadata.pop("course", None)
    return notebook


_HOW = """:::{{note}}
Here you read the tasks, and unfold hints and a solution. To write an answer and have it checked,
open `exercises/{name}` in JupyterLab (`make lab`).
:::"""


def _hints(name: str) -> str:
    rungs = task(name).hints
    parts = [
        f"<details><summary>Hint {number} of {len(rungs)}</summary>\n\n{plain(rung)}\n\n</details>"
        for number, rung in enumerate(rungs, 1)
    ]
    return "\n".join(parts)


def _unfolding(solved: list[NotebookNode], outputs: list) -> Iterator[NotebookNode]:
    """Yield the cells of a solution, folded; the last one has what the check says of it."""
    for number, cell in enumerate(solved, 1):
        cell.metadata = {
            "tags": ["hide-cell"],
            "mystnb": {
                "code_prompt_show": "Show a solution",
                "code_prompt_hide": "Hide the solution",
            },
        }
        if number == len(solved):
            cell.outputs = [*cell.outputs, *outputs]
        yield cell


def claims_page() -> str:
    """Return the ledger of claims as a page, each verdict with a link to the cell that backs it."""
    entries = ledger()
    counts = {e.finding: sum(o.finding == e.finding for o in entries) for e in entries}
    said = "; ".join(f"{count} {finding}" for finding, count in sorted(counts.items()))
    rows = ["| | the claim | verdict | because |", "|---|---|---|---|"]
    for entry in entries:
        links = "<br>".join(
            f"{plain(shown.because)} ([lesson {shown.slug[:2]}]"
            f"(#{_target(entry.number, shown.slug)}))"
            for shown in entry.shown
        )
        verdict = f"[**{entry.finding}**](#{_target(entry.number, entry.shown[0].slug)})"
        rows.append(f"| {entry.number} | {plain(entry.statement)} | {verdict} | {links} |")
    table = "\n".join(rows)
    return (
        f"# The claims and their verdicts\n\n{len(entries)} claims of lecture notes, put to the "
        f"test: {said}. A verdict leads to the cell that shows it.\n\n"
        f"::::{{container}} claims\n{table}\n::::\n"
    )


def front_page(course: list[Lesson], exercises: set[str]) -> str:
    """Return the first page: what the README says first, then every lesson."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    opening = readme.partition("\n## ")[0].strip()
    cards = []
    for lesson in course:
        name, _, promise = lesson.title.partition(": ")
        more = f" · [exercise](exercises/{lesson.slug}.ipynb)" * (lesson.slug in exercises)
        end = "" if promise.endswith("?") else "."
        promise = f"  {promise[:1].upper()}{promise[1:]}{end}\n\n" if promise else ""
        cards.append(
            f"- [{lesson.number} · {name}](notebooks/{lesson.slug}.ipynb)\n\n"
            f"{promise}  {lesson.minutes} minutes{more}\n"
        )
    titles = [
        f"{one.number} · {one.title.partition(':')[0]} <notebooks/{one.slug}>" for one in course
    ]
    return (
        f"{opening}\n\n::::{{container}} lesson-cards\n{''.join(cards)}::::\n\n"
        + _toctree(titles, "Lessons").source
        + "\n\n"
        + _toctree(["claims", *LOOKUP], "To look up").source
        + "\n"
    )


def _lookups(first: Lesson) -> Iterator[tuple[str, NotebookNode]]:
    for cell in read(first.path).cells:
        if cell.id in LOOKUP:
            yield cell.id, cell


def _target(number: str, slug: str) -> str:
    return f"{number}-{slug}".lower().replace("_", "-")


def _toctree(entries: list[str], caption: str = "") -> NotebookNode:
    options = f":caption: {caption}\n" if caption else ""
    return _text("```{toctree}\n:hidden:\n" + options + "\n" + "\n".join(entries) + "\n```")


def _text(source: str) -> NotebookNode:
    from nbformat.v4 import new_markdown_cell

    return new_markdown_cell(source)


def _code(source: str) -> NotebookNode:
    from nbformat.v4 import new_code_cell

    return new_code_cell(source)


def _save(notebook: NotebookNode, place: Path, folder: Path) -> None:
    """Write a page's source; its pictures become files."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if "text/html" in data:
                data["text/html"] = PICTURE.sub(
                    lambda found: _picture(found[1], folder), data["text/html"]
                )
    _write(place, dumps(notebook))


def _picture(encoded: str, folder: Path) -> str:
    import base64

    data = base64.b64decode(encoded)
    name = f"{hashlib.sha256(data).hexdigest()[:16]}.png"
    (folder / "_extra" / "figures" / name).write_bytes(data)
    return f'src="../figures/{name}" decoding="async"'


def _write(place: Path, text: str) -> None:
    place.write_text(text, encoding="utf-8", newline="\n")
