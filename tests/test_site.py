"""The book's sources, and the care that `course site` takes; what a reader sees: tests/browser."""

import re
from pathlib import Path

import pytest

from course_utils import cli
from course_utils.book import make, mathjax, stage
from course_utils.claims import ledger
from course_utils.explore.base import PAGE
from course_utils.notebooks import ROOT, lessons, read
from course_utils.tasks import task

SOLUTION = ROOT / "solutions" / "02_sigmoid.ipynb"


def tags(cell):
    return set(cell.metadata.get("tags", []))


@pytest.mark.parametrize("lesson", lessons(), ids=lambda lesson: lesson.slug)
def test_notes_for_the_instructor_are_left_out_and_the_rest_is_not(lesson, monkeypatch):
    monkeypatch.setattr(stage.embed, "explorers_of", lambda path: {})
    cells = read(lesson.path).cells
    notes = {cell.id for cell in cells if "instructor" in tags(cell)}
    lookups = set(stage.LOOKUP) if lesson.number == "00" else set()
    shown = stage.lesson_page(lesson, has_exercise=True)
    ids = {cell.id for cell in shown.cells}
    assert notes and not notes & ids
    assert {cell.id for cell in cells} - notes - lookups <= ids
    assert f"../exercises/{lesson.slug}" in shown.cells[-1].source


def test_an_explorer_gets_its_data_and_keeps_its_picture():
    lesson = next(lesson for lesson in lessons() if lesson.number == "03")
    alive = stage.embed.explorers_of(lesson.path)
    shown = {cell.id: cell for cell in stage.lesson_page(lesson, has_exercise=False).cells}
    assert alive
    for name in alive:
        html = shown[name].outputs[-1].data["text/html"]
        assert html.count('<script type="application/json">') == 1
        assert re.search(r"<img [^>]*alt=\"[^\"]+", html)


def test_the_themes_do_not_dress_the_parts_of_an_explorer():
    themes = [pytest.importorskip(name) for name in ("pydata_sphinx_theme", "sphinx_book_theme")]
    sheets = [path for one in themes for path in Path(one.__file__).parent.rglob("styles/*.css")]
    css = "".join(sheet.read_text(encoding="utf-8") for sheet in sheets)
    theirs = set(re.findall(r"(?:^|[},])(?:div)?\.([a-z-]+)(?=[{>,])", css))
    script = "".join(path.read_text(encoding="utf-8") for path in PAGE.glob("*.js"))
    ours = set(" ".join(re.findall(r'make\("(?:div|p|span)", \{ class: "([^"]+)', script)).split())
    assert {"row", "figure"} < theirs and {"strip", "drawing"} < ours
    assert not theirs & ours


def test_a_solution_is_folded_and_has_its_hints():
    cells = stage.exercise(SOLUTION).cells
    solved = [cell for cell in cells if "hide-cell" in tags(cell)]
    answers = [c.source for c in read(SOLUTION).cells if stage.cut(c.source) != c.source]
    assert [cell.source for cell in solved if cell.source in answers] == answers != []
    for cell in cells:
        if cell.cell_type == "code" and cell not in solved:
            assert not cell.outputs and stage.cut(cell.source) == cell.source
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    assert text.count("<summary>Hint 1 of") == sum("check(" in cell.source for cell in cells)
    assert stage.plain(task("sigmoid").hints[0]) in text and "`make lab`" in text


def test_the_page_of_claims_says_what_the_ledger_says():
    page = stage.claims_page()
    for entry in ledger():
        row = next(line for line in page.splitlines() if line.startswith(f"| {entry.number} |"))
        first = f"{entry.number}-{entry.shown[0].slug}".lower().replace("_", "-")
        assert f"[**{entry.finding}**](#{first})" in row
        assert row.count("[lesson ") == len(entry.shown)


def test_the_front_page_has_every_lesson_and_the_readmes_opening():
    page = stage.front_page(lessons(), {"02_sigmoid"})
    assert "why does a neuron need a non-linearity" in page and "make lab" not in page
    for lesson in lessons():
        assert f"](notebooks/{lesson.slug}.ipynb)" in page
    assert page.count("](exercises/") == 1
    assert "?." not in page


# --------------------------------------------------------------------------- its folder


def run(to):
    """Type `course site`; return its exit code."""
    try:
        return cli.main(["site", "--to", str(to)])
    except SystemExit as end:
        return end.code


@pytest.fixture
def quick(monkeypatch):
    """`course site` that is through in no time: a book of one page."""

    def build(to):
        to.mkdir()
        (to / "index.html").write_text("a page")

    monkeypatch.setattr("importlib.util.find_spec", lambda name: name)
    monkeypatch.setattr(make, "build", build)
    return run


def test_a_book_is_made_again_over_itself(quick, tmp_path, capsys):
    to = tmp_path / "book"
    assert quick(to) == quick(to) == 0
    assert "index.html: 1 pages" in capsys.readouterr().out


def test_a_strangers_folder_is_refused(quick, tmp_path, capsys):
    (tmp_path / "mine.txt").write_text("mine")
    assert quick(tmp_path) == quick(tmp_path / "mine.txt") == 2
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    said = capsys.readouterr().err
    assert "has not made" in said and "is a file" in said


@pytest.mark.parametrize("name", ["index.html", "new.html"])
def test_a_folder_that_was_changed_is_refused(quick, tmp_path, capsys, name):
    assert quick(tmp_path) == 0
    (tmp_path / name).write_text("mine")
    assert quick(tmp_path) == 2
    assert f"{name} has been changed or added" in capsys.readouterr().err
    assert (tmp_path / name).read_text() == "mine"


def test_what_is_not_installed_is_said_with_what_to_do(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert run(tmp_path) == 2
    assert "install.py site" in capsys.readouterr().err
    assert not any(tmp_path.iterdir())
    with pytest.raises(ModuleNotFoundError, match="sphinx-mathjax-offline"):
        monkeypatch.setattr(mathjax, "find_spec", lambda name: None)
        mathjax.mathjax()
