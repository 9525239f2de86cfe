"""No notebook of the course has a known defect, and each known defect would be found."""

import re
from pathlib import Path

import nbformat
import pytest
from hygiene import lesson_problems, problems
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from course_utils.claims import CLAIMS

ROOT = Path(__file__).parent.parent
LESSONS = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
SOLUTIONS = sorted((ROOT / "solutions").glob("*.ipynb"))
SLUGS = [path.stem for path in LESSONS]
MODEL = ROOT / "notebooks" / "02_sigmoid.ipynb"


@pytest.mark.parametrize("path", LESSONS + SOLUTIONS, ids=lambda path: path.stem)
def test_no_defects(path):
    assert problems(nbformat.read(path, as_version=4), path) == []


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_the_lesson_is_whole(path):
    assert lesson_problems(nbformat.read(path, as_version=4), path, SLUGS) == []


def test_the_lessons_need_no_one_that_comes_later():
    for path in LESSONS:
        needs = nbformat.read(path, as_version=4).metadata.course.needs
        assert all(need < path.stem for need in needs), path.stem


def test_the_readme_lists_every_lesson_and_every_exercise_in_order():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| (\d\d) \| \[[^\]]+\]\(notebooks/(\w+)\.ipynb\)", readme, re.M)
    assert listed == [(slug[:2], slug) for slug in SLUGS]
    exercises = re.findall(r"\[exercise \d\d\]\(exercises/(\w+)\.ipynb\)", readme)
    assert exercises == [path.stem for path in SOLUTIONS]


@pytest.fixture
def model():
    notebook = nbformat.read(MODEL, as_version=4)
    assert problems(notebook, MODEL) + lesson_problems(notebook, MODEL, SLUGS) == []
    return notebook


def cell_with(notebook, text):
    return next(cell for cell in notebook.cells if text in cell.source)


def printed(cell):
    return next(output for output in cell.outputs if output.output_type == "stream")


def add_code(notebook, source="1", output=None, **metadata):
    cell = new_code_cell(source, metadata=metadata, outputs=[output] if output else [])
    cell.execution_count = 1 + sum(c.cell_type == "code" for c in notebook.cells)
    notebook.cells.append(cell)


def display(**data):
    data = {mime.replace("_", "/"): value for mime, value in data.items()}
    return new_output("display_data", data=data)


def replace(text, by):
    def plant(notebook):
        cell = cell_with(notebook, text)
        cell.source = cell.source.replace(text, by, 1)

    return plant


def untag(tag):
    def plant(notebook):
        cell = next(c for c in notebook.cells if tag in c.metadata.get("tags", []))
        cell.metadata.tags.remove(tag)

    return plant


def say_another_verdict(notebook):
    cell = next(c for c in notebook.cells if "claim:C05" in c.metadata.get("tags", []))
    output = printed(cell)
    output.text = output.text.replace("C05 true:", "C05 false as printed:")


def code_of(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


PLANTED = {
    "execution count is None": lambda nb: code_of(nb)[3].update(execution_count=None),
    "execution count is 9": lambda nb: code_of(nb)[3].update(execution_count=9),
    "widget state is saved": lambda nb: nb.metadata.update(widgets={}),
    "not nbformat 4.5": lambda nb: nb.update(nbformat_minor=4),
    "the kernel is not python3": lambda nb: nb.metadata.kernelspec.update(name="conda-env"),
    "stands twice": lambda nb: nb.cells[2].update(id=nb.cells[1].id),
    "carries a date": lambda nb: add_code(nb, output=display(**{"image/svg+xml": "<svg/>"})),
    "without alt text": lambda nb: add_code(nb, output=display(image_png="abc")),
    "alt text says too little": lambda nb: add_code(
        nb, output=display(text_html='<img alt="plot" src="data:image/png;base64,abc">')
    ),
    "output loads from outside": lambda nb: add_code(
        nb, output=display(text_html='<script src="https://cdn.example/x.js">')
    ),
    "it loads from outside": lambda nb: nb.cells.append(
        new_markdown_cell("![x](https://example.org/x.png)")
    ),
    "an error: ValueError": lambda nb: add_code(
        nb, output=new_output("error", ename="ValueError", evalue="", traceback=[])
    ),
    "prints to stderr": lambda nb: add_code(
        nb, output=new_output("stream", name="stderr", text="warning")
    ),
    "changes from machine to machine": lambda nb: add_code(
        nb, output=new_output("stream", name="stdout", text="<function f at 0x7f3a2c0d1e50>")
    ),
    "a leftover: 'TODO'": lambda nb: nb.cells.append(new_markdown_cell("TODO: explain")),
    "a leftover: '# solution'": lambda nb: add_code(nb, "# solution\n1"),
    "16 lines of code": lambda nb: add_code(nb, "\n".join("x = 1" for _ in range(16))),
    "go together": lambda nb: add_code(nb, tags=["hide-cell"]),
    "unknown tag 'predit'": lambda nb: add_code(nb, tags=["predit"]),
    "it is empty": lambda nb: nb.cells.append(new_markdown_cell(" ")),
    "wildcard": lambda nb: add_code(nb, "from numpy import *"),
    "there is no such heading": replace("(#Walk-the-graph)", "(#Walk-the-grpah)"),
    "there is no such file": lambda nb: nb.cells.append(new_markdown_cell("[x](99_lost.ipynb)")),
    "must hold minutes": lambda nb: nb.metadata.course.pop("minutes"),
    "does not say '34 minutes'": lambda nb: nb.metadata.course.update(minutes=34),
    "60 minutes: a lesson takes": lambda nb: nb.metadata.course.update(minutes=60),
    "does not say '15 more'": lambda nb: nb.metadata.course.update(more_minutes=15),
    "but no part is marked": lambda nb: nb.metadata.course.update(more_minutes=15),
    "the metadata lack more_minutes": lambda nb: nb.cells.append(
        new_markdown_cell("*If you have time.* One more picture.")
    ),
    "objectives in the title cell differ": replace("2. **Walk** the", "2. **Walk** a"),
    "the title cell must begin": replace("# 02 ·", "# 03 ·"),
    "needs 99_later": lambda nb: nb.metadata.course.needs.append("99_later"),
    "do not mirror": replace("2. **Walk**: at each", "2. **Go**: at each"),
    "no recall question in its opening": lambda nb: cell_with(nb, "<b>Recall.</b>").update(
        source="Remember lesson 01?"
    ),
    "does not link to the exercise": replace("(../exercises/02_sigmoid.ipynb)", "(#Recap)"),
    "lacks the tag 'predict'": untag("predict"),
    "no code follows": lambda nb: nb.cells.append(
        new_markdown_cell("**Predict.** x?", metadata={"tags": ["predict"]})
    ),
    "2 questions in": replace("**3.**", "3."),
    "0 of which begin with 'Right'": replace("Right: $0.9", "Yes: $0.9"),
    "no cell carries the tag claim:C07": untag("claim:C07"),
    "its cell prints no verdict": lambda nb: printed(cell_with(nb, 'verdict("C05"')).update(
        text=""
    ),
    "the table says 'true', the cell 'false as printed'": say_another_verdict,
    "no row of the table": replace("| [C11]", "| C11 ["),
    "its row links to": replace("[C11](#Walk-the-graph)", "[C11](#By-hand)"),
}


@pytest.mark.parametrize("message", PLANTED)
def test_a_planted_defect_is_found(message, model):
    PLANTED[message](model)
    found = problems(model, MODEL) + lesson_problems(model, MODEL, SLUGS)
    assert any(message in problem for problem in found), found


def test_every_claim_is_judged_in_each_of_its_lessons_that_exist():
    for claim in CLAIMS.values():
        for slug in (slug for slug in SLUGS if slug[:2] in claim.lessons):
            notebook = nbformat.read(ROOT / "notebooks" / f"{slug}.ipynb", as_version=4)
            tags = [tag for cell in notebook.cells for tag in cell.metadata.get("tags", [])]
            assert f"claim:{claim.number}" in tags
