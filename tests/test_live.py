"""The live edition: what is blank, what catches up, and that nobody's work is overwritten."""

import ast
import subprocess
import sys

import nbformat
import pytest

import course_utils.notebooks as notebooks
from course_utils import cli, editions
from course_utils.catch_up import catch_up, catch_up_points
from course_utils.notebooks import lessons

NAMES = """
import sys
from IPython.core.interactiveshell import InteractiveShell
from course_utils.catch_up import catch_up

lesson, *sections = sys.argv[1:]
shell = InteractiveShell.instance()
for section in sections:
    catch_up(lesson, section)
print("names", *sorted(name for name in shell.user_ns if name[0] != "_"))
"""


def code(source, *tags, id, **course):
    cell = nbformat.v4.new_code_cell(source, id=id)
    cell.metadata["tags"] = list(tags)
    if course:
        cell.metadata["course"] = course
    return cell


def text(source, *tags, id):
    return nbformat.v4.new_markdown_cell(source, id=id, metadata={"tags": list(tags)})


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A course with one lesson, in a folder of its own."""
    (tmp_path / "notebooks").mkdir()
    cells = [
        text("# 02 · A lesson", id="title"),
        code("import math", id="imports"),
        text("## One\n\nText.", id="one"),
        text("<!-- instructor\nMinutes: 1\nAsk: Who has seen this?\n-->", "instructor", id="note"),
        text("**Predict.** What is it?", "predict", id="predict"),
        code("x = math.sqrt(2)\nx", "live", id="root", prompt="the root of 2, as x"),
        text("## Two", id="two"),
        code("print(x)", id="shown"),
        text("## Three", id="three"),
        code("y = x + 1", "live", id="last", prompt="one more than x, as y"),
    ]
    cells[1].execution_count = 1
    cells[1].outputs = [nbformat.v4.new_output("stream", text="old")]
    lesson = nbformat.v4.new_notebook(cells=cells)
    lesson.metadata["course"] = {"minutes": 1, "objectives": [], "needs": []}
    nbformat.write(lesson, tmp_path / "notebooks" / "02_a.ipynb")
    monkeypatch.setattr(notebooks, "ROOT", tmp_path)
    monkeypatch.setattr(notebooks.lessons, "__defaults__", (tmp_path / "notebooks",))
    return tmp_path


def live(place, *arguments):
    return cli.main(["live", "--to", str(place / "live"), *arguments])


def made(place):
    return nbformat.read(place / "live" / "02_a.ipynb", as_version=4)


def test_what_is_typed_is_blank_and_predictions_stay(place):
    assert live(place) == 0
    cells = {cell.id: cell for cell in made(place).cells}
    expected = "title imports one predict root catch-up-one two shown three last"
    assert list(cells) == expected.split()
    assert cells["root"].source == "# the root of 2, as x"
    assert cells["last"].source == "# one more than x, as y"
    assert cells["shown"].source == "print(x)"
    assert all(not cell.get("outputs") for cell in cells.values())
    assert cells["imports"].execution_count is None
    assert 'catch_up("02_a", "one")' in cells["catch-up-one"].source
    assert cells["catch-up-one"].metadata.jupyter.source_hidden


def test_the_instructors_edition_keeps_code_and_notes(place):
    assert live(place, "--instructor") == 0
    cells = {cell.id: cell.source for cell in made(place).cells}
    assert cells["note"].startswith("> **Instructor: 1 min, starts at minute 0**")
    assert "who has seen this" in cells["note"].lower()
    assert cells["root"] == "x = math.sqrt(2)\nx"
    assert "catch-up-one" not in cells


def test_what_has_been_typed_is_never_overwritten(place, capsys):
    live(place)
    path = place / "live" / "02_a.ipynb"
    notebook = made(place)
    notebook.cells[4].source = "x = 2 ** 0.5"
    nbformat.write(notebook, path)
    mine = path.read_bytes()
    assert live(place) == 1
    assert "it has been changed since it was made, so it is kept" in capsys.readouterr().out
    assert path.read_bytes() == mine
    path.write_text("notes of my own")
    assert live(place, "02") == 1
    assert path.read_text() == "notes of my own"


def test_an_edition_that_nobody_touched_follows_its_lesson(place, capsys):
    live(place)
    assert live(place) == 0
    assert "as it should be" in capsys.readouterr().out
    lesson = notebooks.read(place / "notebooks" / "02_a.ipynb")
    lesson.cells[2].source = "## One\n\nBetter text."
    nbformat.write(lesson, place / "notebooks" / "02_a.ipynb")
    assert live(place) == 0
    assert made(place).cells[2].source == "## One\n\nBetter text."


def test_beside_the_instructors_edition_lies_its_run_sheet(place, capsys):
    sheet = place / "live" / "02_a.run_sheet.html"
    assert live(place) == 0
    assert not sheet.exists()
    assert live(place, "--instructor") == 0
    made = sheet.read_text()
    assert "Who has seen this?" in made
    assert live(place, "--instructor") == 0
    assert capsys.readouterr().out.count("as it should be") == 2
    sheet.write_text(made.replace("Who has", "Who of you has"))
    assert live(place, "--instructor") == 1
    assert "it has been changed since it was made, so it is kept" in capsys.readouterr().out
    assert "Who of you has" in sheet.read_text()
    sheet.write_text(made)
    change_note(place, "Ask: Who has seen that?")
    assert live(place, "--instructor") == 0
    assert "Who has seen that?" in sheet.read_text()


def test_an_edition_for_the_instructor_needs_notes(place, capsys):
    path = place / "notebooks" / "02_a.ipynb"
    lesson = nbformat.read(path, as_version=4)
    lesson.cells = [c for c in lesson.cells if "instructor" not in c.metadata.get("tags", [])]
    nbformat.write(lesson, path)
    with pytest.raises(SystemExit) as leave:
        live(place, "--instructor")
    assert leave.value.code == 2
    assert "02_a.ipynb, this copy of the lesson has no notes" in capsys.readouterr().err
    assert live(place) == 0


def test_a_note_that_cannot_be_read_is_refused_in_one_line(place, capsys):
    change_note(place, "Aks: Who has seen this?")
    with pytest.raises(SystemExit) as leave:
        live(place, "--instructor")
    assert leave.value.code == 2
    said = capsys.readouterr().err
    assert "02_a.ipynb, One: 'Aks: Who has seen this?' begins no field" in said
    assert said.count("\n") == 1


def change_note(place, line):
    path = place / "notebooks" / "02_a.ipynb"
    lesson = notebooks.read(path)
    note = next(cell for cell in lesson.cells if cell.id == "note")
    note.source = note.source.replace("Ask: Who has seen this?", line)
    nbformat.write(lesson, path)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["05"], "there is no lesson 05: they are 02"),
        (["--to", "{place}/notebooks"], "the lessons themselves are in that folder"),
        (["--to", "{place}/notebooks/02_a.ipynb"], "is a file: name a folder"),
    ],
)
def test_unusable_arguments_are_refused(place, capsys, arguments, words):
    with pytest.raises(SystemExit) as leave:
        live(place, *(argument.format(place=place) for argument in arguments))
    assert leave.value.code == 2
    assert words in capsys.readouterr().err


def test_a_live_cell_without_a_prompt_is_an_error(place):
    path = place / "notebooks" / "02_a.ipynb"
    lesson = notebooks.read(path)
    del lesson.cells[5].metadata["course"]
    nbformat.write(lesson, path)
    with pytest.raises(editions.CutError, match=r"cell root: no course.prompt"):
        editions.live_text(path)


def test_catch_up_refuses_what_it_does_not_know(place, monkeypatch):
    from IPython.core.interactiveshell import InteractiveShell

    with pytest.raises(RuntimeError, match="runs the cells of a notebook"):
        catch_up("02_a", "one", place / "notebooks")
    shell = InteractiveShell()
    monkeypatch.setattr("IPython.get_ipython", lambda: shell)
    with pytest.raises(ValueError, match="no lesson '03'"):
        catch_up("03", "one", place / "notebooks")
    with pytest.raises(ValueError, match="no catch-up point 'two': it has one"):
        catch_up("02_a", "two", place / "notebooks")
    catch_up("02_a", "one", place / "notebooks")
    assert shell.user_ns["x"] == 2**0.5


@pytest.mark.parametrize("lesson", lessons(), ids=lambda lesson: lesson.slug)
def test_every_cell_to_type_says_what_in_one_line(lesson):
    for cell in notebooks.read(lesson.path).cells:
        if "live" in cell.metadata.get("tags", []):
            prompt = cell.metadata.get("course", {}).get("prompt", "")
            assert 0 < len(prompt) <= 88 and "\n" not in prompt and prompt[-1] != ".", cell.id
            assert prompt not in cell.source
            assert cell.source.count("\n") < 15, f"{cell.id}: split it, the class watches"
            assert "verdict(" not in cell.source, f"{cell.id}: a verdict gives the answer away"


@pytest.mark.parametrize(
    "lesson", [one for one in lessons() if one.number != "00"], ids=lambda lesson: lesson.slug
)
def test_catch_up_points_alone_bring_a_kernel_through_the_lesson(lesson):
    """Run nothing but them, then what stands after the last: nothing is missing there."""
    whole = notebooks.read(lesson.path)
    points = catch_up_points(whole)
    run = subprocess.run(
        [sys.executable, "-c", NAMES, lesson.slug, *(point.section for point in points)],
        capture_output=True, text=True, cwd=lesson.path.parent,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    *said, names = run.stdout.splitlines()
    assert [line.rpartition(":")[0] for line in said] == [
        f"You are at the end of “{point.title}”" for point in points
    ]
    defined = set()
    for cell in whole.cells[: points[-1].ends_before]:
        if cell.cell_type == "code":
            defined |= top_level_names(cell.source)
    assert defined <= set(names.split())


def top_level_names(source):
    """Return the names that a cell's functions and plain assignments define."""
    nodes = ast.parse(source).body
    names = {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    for node in nodes:
        for target in getattr(node, "targets", []):
            stored = (n for n in ast.walk(target) if isinstance(n, ast.Name))
            names |= {name.id for name in stored if isinstance(name.ctx, ast.Store)}
    return {name for name in names if name[0] != "_"}
