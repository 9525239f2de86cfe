"""Cutting a solution: just what the markers govern, and no one's work is ever overwritten."""

import nbformat
import pytest

from course_utils import cli, editions, notebooks
from course_utils.editions import CutError, cut

CUTS = {
    "in a function, to the dedent": (
        "def f(z):\n    y = 1\n    # solution\n    if z:\n        y = 2\n\n    return y\n\n\nf(1)",
        "def f(z):\n    y = 1\n    ...\n\n\nf(1)",
    ),
    "at column 0, to the end of the cell": ("a = 1\n# solution\nb = 2\n\nc = 3", "a = 1\n..."),
    "in the first line": ("# solution\nb = 2", "..."),
    "two in one cell": (
        "def f():\n    # solution\n    return 1\n\n\ndef g():\n    # solution\n    return 2",
        "def f():\n    ...\n\n\ndef g():\n    ...",
    ),
    "in a nested block": (
        "for i in x:\n    if i:\n        # solution\n        go()\n    else:\n        stay()",
        "for i in x:\n    if i:\n        ...\n    else:\n        stay()",
    ),
    "text that is less indented belongs to it": (
        'def f():\n    # solution\n    t = """\nfar left\n"""\n    return t\n\n\nx = 1',
        "def f():\n    ...\n\n\nx = 1",
    ),
    "a comment that is less indented ends it": (
        "def f():\n    # solution\n    return 1\n# after\nx = 1",
        "def f():\n    ...\n# after\nx = 1",
    ),
    "a marker in a text is none": ('t = """\n# solution\n"""', 't = """\n# solution\n"""'),
    "without a marker": ("x = 1  # the solution of it", "x = 1  # the solution of it"),
    "spelt otherwise": ("#Solution \nx = 1", "..."),
}


@pytest.mark.parametrize("case", CUTS)
def test_what_a_marker_governs(case):
    source, left = CUTS[case]
    assert cut(source) == left


@pytest.mark.parametrize("source", ["x = (", "def f():\n    x = 1  # solution\n    return x"])
def test_what_cannot_be_cut_is_an_error(source):
    with pytest.raises(CutError):
        cut(source)


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A course with one solution, in a folder of its own."""
    for folder in ("solutions", "exercises"):
        (tmp_path / folder).mkdir()
    cells = [
        nbformat.v4.new_markdown_cell("# Exercise"),
        nbformat.v4.new_markdown_cell("The answer is 42", metadata={"tags": ["solution"]}),
        nbformat.v4.new_code_cell("x = None\n# solution\nx = 42"),
    ]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "solutions" / "02_a.ipynb")
    monkeypatch.setattr(notebooks, "ROOT", tmp_path)
    for function in (editions.solutions, editions.build, editions.fresh_copy):
        folder = "solutions" if function is editions.solutions else "exercises"
        defaults = (*(function.__defaults__ or ())[:-1], tmp_path / folder)
        monkeypatch.setattr(function, "__defaults__", defaults)
    return tmp_path


def exercise(place):
    return place / "exercises" / "02_a.ipynb"


def test_build_writes_once_and_then_finds_all_well(place, capsys):
    assert cli.main(["build", "--check"]) == 1
    assert "is missing" in capsys.readouterr().out
    assert not exercise(place).exists()
    assert cli.main(["build"]) == 0
    assert cli.main(["build", "--check"]) == 0
    text = exercise(place).read_text()
    assert "= 42" not in text and "is 42" not in text  # a cell's random id may hold a 42
    assert cli.main(["build"]) == 0
    assert exercise(place).read_text() == text


def change(path, source):
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[-1].source = source
    nbformat.write(notebook, path)


def test_build_never_overwrites_what_was_written_by_hand(place, capsys):
    cli.main(["build"])
    change(exercise(place), "x = 41")
    mine = exercise(place).read_bytes()
    assert cli.main(["build", "--check"]) == 1
    assert "differs from its solution" in capsys.readouterr().out
    assert cli.main(["build"]) == 1
    assert "has been changed by hand, so it is kept" in capsys.readouterr().out
    assert exercise(place).read_bytes() == mine
    exercise(place).write_text("not a notebook")
    assert cli.main(["build"]) == 1
    assert exercise(place).read_text() == "not a notebook"


def test_build_replaces_an_exercise_that_nobody_touched(place):
    cli.main(["build"])
    change(place / "solutions" / "02_a.ipynb", "y = None\n# solution\ny = 42")
    notebook = nbformat.read(exercise(place), as_version=4)
    notebook.cells[-1].outputs = [nbformat.v4.new_output("stream", text="run, not changed")]
    nbformat.write(notebook, exercise(place))
    assert cli.main(["build"]) == 0
    assert "y = None" in exercise(place).read_text()
    assert cli.main(["build", "--check"]) == 0


def test_an_exercise_without_a_solution_is_found(place, capsys):
    cli.main(["build"])
    (place / "exercises" / "09_b.ipynb").write_bytes(exercise(place).read_bytes())
    assert cli.main(["build", "--check"]) == 1
    assert "09_b.ipynb: it has no solution" in capsys.readouterr().out


def test_a_solution_without_a_marker_is_refused(place, capsys):
    change(place / "solutions" / "02_a.ipynb", "x = 42")
    with pytest.raises(SystemExit) as leave:
        cli.main(["build"])
    assert leave.value.code == 2
    assert "no `# solution` in it" in capsys.readouterr().err
    assert not exercise(place).exists()


def test_reset_puts_a_fresh_one_beside_the_old(place, capsys):
    cli.main(["build"])
    fresh = exercise(place).read_text()
    change(exercise(place), "x = 41")
    mine = exercise(place).read_bytes()
    assert cli.main(["reset", "02"]) == 0
    assert cli.main(["reset", "2"]) == 0
    assert cli.main(["reset", "exercises/02_a.ipynb"]) == 0
    assert exercise(place).read_bytes() == mine
    for name in ("02_a_fresh", "02_a_fresh_2", "02_a_fresh_3"):
        assert (place / "exercises" / f"{name}.ipynb").read_text() == fresh
    with pytest.raises(SystemExit) as leave:
        cli.main(["reset", "77"])
    assert leave.value.code == 2
    assert "there is no exercise '77': they are 02" in capsys.readouterr().err
