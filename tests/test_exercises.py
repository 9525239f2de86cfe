"""The exercises: made from their solutions, leaking nothing, and judged rightly.

What a student might hand in for each task, right and wrong, stands in ``variants/NN.py``.
"""

from __future__ import annotations

import importlib.util
import re
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import nbformat
import numpy as np
import pytest

from course_utils import check as student
from course_utils import editions
from course_utils.answers import Other
from course_utils.notebooks import ROOT
from course_utils.tasks import EXERCISES, task, tasks_of
from course_utils.tasks.compare import compare, same
from course_utils.tasks.kinds import (
    ExpressionTask,
    FunctionTask,
    OrderTask,
    ValueTask,
    WitnessTask,
)

SOLUTIONS = {path.stem[:2]: path for path in editions.solutions()}
TASKS = [task for number in EXERCISES for task in tasks_of(number)]
CODING = (FunctionTask, ExpressionTask)


def outcome(name, answer, seed=0):
    return student.outcome(task(name), answer, np.random.default_rng(seed))


@cache
def variants(number):
    path = Path(__file__).parent / "variants" / f"{number}.py"
    if not path.exists():  # said by the first test, and no reason to run none of the others
        return SimpleNamespace(RIGHT={}, WRONG={})
    spec = importlib.util.spec_from_file_location(f"variants_{number}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def names_of(answers):
    return [
        pytest.param(name, k, id=f"{name}-{k}")
        for number in EXERCISES
        for name, given in getattr(variants(number), answers).items()
        for k in range(len(given))
    ]


def cells(path, kind="code"):
    return [c.source for c in nbformat.read(path, as_version=4).cells if c.cell_type == kind]


def run(path):
    """Run a notebook's code in a namespace of its own, as from top to bottom."""
    namespace = {}
    for number, source in enumerate(cells(path)):
        exec(compile(source, f"{path.name}, cell {number}", "exec"), namespace)
    return namespace


# ---------------------------------------------------------------------- made from solutions


def test_every_exercise_has_tasks_and_a_solution_and_its_variants():
    assert list(SOLUTIONS) == list(EXERCISES)
    for number in EXERCISES:
        names = {task.name for task in tasks_of(number)}
        assert set(variants(number).RIGHT) == set(variants(number).WRONG) == names


@pytest.mark.parametrize("number", SOLUTIONS)
def test_the_exercise_is_what_its_solution_makes(number):
    place, text = editions.build(SOLUTIONS[number])
    assert place.read_text(encoding="utf-8") == text, (
        f"{place.name} is not what its solution makes. Edit solutions/{place.name} and run "
        "`course build`; if you are a student, this is your own work, and all is well"
    )


def governed(source):
    """The lines that a marker cuts away: what the cut source has not."""
    left = editions.cut(source).split("\n")
    for line in source.split("\n"):
        if line in left:
            left.remove(line)
        elif line.strip():
            yield line.strip()


@pytest.mark.parametrize("number", SOLUTIONS)
def test_no_line_of_an_answer_is_left_in_the_exercise(number):
    _, text = editions.build(SOLUTIONS[number])
    exercise = nbformat.reads(text, as_version=4)
    whole = "\n".join(cell.source for cell in exercise.cells)
    lost = [line for source in cells(SOLUTIONS[number]) for line in governed(source)]
    assert len(lost) > 2 * len(tasks_of(number))
    assert [line for line in lost if line in whole] == []
    assert "# solution" not in whole
    assert all(not cell.get("outputs") for cell in exercise.cells)
    assert all(cell.get("execution_count") is None for cell in exercise.cells)


@pytest.mark.parametrize("number", SOLUTIONS)
def test_the_notebook_asks_for_each_task_in_order(number):
    source = "\n".join(cells(SOLUTIONS[number]))
    asked = re.findall(r"^check\(\"(\w+)\", (\w+)\)$", source, re.M)
    names = [task.name for task in tasks_of(number)]
    assert asked == [(name, name) for name in names]
    prose = "\n\n".join(cells(SOLUTIONS[number], "markdown"))
    headings = re.findall(r"^## \d+\. (.+)$", prose, re.M)
    assert headings == [task.title for task in tasks_of(number)]
    points = [int(n) for n in re.findall(r"\*(\d) points?\*", prose)]
    assert points == [task.points for task in tasks_of(number)]
    assert f"{sum(points)} points" in prose


@pytest.mark.parametrize("number", SOLUTIONS)
def test_every_task_has_what_how_and_an_example(number):
    prose = cells(SOLUTIONS[number], "markdown")
    for text in (text for text in prose if re.match(r"## \d", text)):
        for word in ("**What**", "**How**", "**Example**"):
            assert word in text, text[:60]


EXAMPLE = re.compile(r"`([^`]+)` is (about )?`([^`]+)`")


@pytest.mark.parametrize("number", SOLUTIONS)
def test_the_examples_are_right(number):
    namespace = run(SOLUTIONS[number])
    texts = [text for text in cells(SOLUTIONS[number], "markdown") if re.match(r"## \d", text)]
    examples = [example for text in texts for example in EXAMPLE.findall(text)]
    assert len(examples) >= 2
    for call, about, value in examples:
        got, stated = (np.asarray(eval(text, namespace), dtype=float) for text in (call, value))
        tolerance = {"rtol": 0.005, "atol": 0.0006} if about else {"rtol": 1e-12}
        np.testing.assert_allclose(got, stated, **tolerance, err_msg=call)


@pytest.mark.parametrize("number", SOLUTIONS)
def test_an_untouched_exercise_runs_and_is_not_attempted(number, capsys):
    namespace = run(ROOT / "exercises" / SOLUTIONS[number].name)
    for found in tasks_of(number):
        answer = namespace.get(found.name)
        assert outcome(found.name, answer).status == "not_attempted", found.name
    assert capsys.readouterr().out.count("not attempted") == len(tasks_of(number))


@pytest.mark.parametrize("number", SOLUTIONS)
def test_the_solution_is_correct(number, capsys):
    namespace = run(SOLUTIONS[number])
    for found in tasks_of(number):
        for seed in range(5):
            result = outcome(found.name, namespace[found.name], seed)
            assert result.status == "correct", (found.name, result)
    assert capsys.readouterr().out.count("✓") == len(tasks_of(number))


# ----------------------------------------------------------------------------- each task


@pytest.mark.parametrize("found", TASKS, ids=lambda task: task.name)
def test_a_task_is_whole(found):
    assert [t.name for t in TASKS].count(found.name) == 1
    assert found.name.isidentifier()
    assert 1 <= found.points <= 5
    assert len(found.hints) == 3 and len(set(found.hints)) == 3
    assert all(isinstance(hint, str) for hint in (*found.hints, found.why)) and found.why
    for part in getattr(found, "parts", {"": found}).values():
        for text in (*found.hints, found.why, *(m.message for m in part.mistakes)):
            assert text.endswith((".", "?", ":")), text
            assert 12 <= len(text) <= 260, text
        assert len(part.mistakes) >= (3 if isinstance(part, CODING) else 1)
        assert len({m.name for m in part.mistakes}) == len(part.mistakes)


@pytest.mark.parametrize(("name", "k"), names_of("RIGHT"))
def test_an_unusual_right_answer_is_right(name, k):
    (number,) = (n for n in EXERCISES if name in variants(n).RIGHT)
    result = outcome(name, variants(number).RIGHT[name][k])
    assert result.status == "correct", result


@pytest.mark.parametrize(("name", "k"), names_of("WRONG"))
def test_an_unknown_wrong_answer_is_wrong(name, k):
    (number,) = (n for n in EXERCISES if name in variants(n).WRONG)
    answer, words = variants(number).WRONG[name][k]
    result = outcome(name, answer)
    assert result.status in ("wrong", "error", "not_attempted"), result
    assert re.search(words, result.message), result.message


class Treacherous:
    """Says yes to every question."""

    def __eq__(self, other):
        return True

    def __getattr__(self, name):
        raise RuntimeError("no")

    __hash__ = None


JUNK = [
    None,
    ...,
    Treacherous(),
    object(),
    "",
    "text",
    b"bytes",
    [],
    {},
    {"a": [1, {2: ...}]},
    float("nan"),
    float("inf"),
    10**400,
    1j,
    np.zeros(0),
    np.array([None, 1]),
    np.array(["x"]),
    [[1], [1, 2]],
    True,
    np.ma.masked,
    lambda *arguments: Treacherous(),
    lambda *arguments: 1 / 0,
    lambda *arguments: exit(),
    lambda *arguments: arguments,
    lambda *arguments: np.full(3, np.nan),
    type,
    print,
    range(10**9),
]


@pytest.mark.parametrize("found", TASKS, ids=lambda task: task.name)
def test_no_answer_raises_and_none_of_these_is_right(found, capsys):
    for junk in JUNK:
        assert student.check(found.name, junk) is None
        assert capsys.readouterr().out.startswith(("✗", "…")), junk


@pytest.mark.parametrize("found", TASKS, ids=lambda task: task.name)
def test_three_hints_then_the_last_again(found, capsys, monkeypatch):
    monkeypatch.setattr(student, "_rungs", {})
    for _ in range(4):
        student.hint(found.name)
    lines = capsys.readouterr().out.splitlines()
    told = [text.partition(": ")[2] for text in " ".join(lines).split("Hint ")[1:]]
    assert [text.strip() for text in told] == [*found.hints, found.hints[-1]]
    assert max(map(len, lines)) <= 78


def test_a_misspelt_name_is_answered_with_the_right_one(capsys):
    student.check("sigmod", 1)
    student.hint("sigmod")
    assert capsys.readouterr().out.count("did you mean 'sigmoid'") == 2


def test_inside_a_marking_run_nothing_is_said(capsys, monkeypatch):
    monkeypatch.setenv(student.SILENT, "1")
    student.check("sigmoid", 1)
    student.hint("sigmoid")
    student.progress()
    assert capsys.readouterr().out == ""


def test_the_kinds_of_task_in_the_course():
    if list(EXERCISES) == [f"{n:02}" for n in range(1, 11)]:
        kinds = {type(t) for t in TASKS}
        assert {FunctionTask, ExpressionTask, OrderTask, ValueTask, WitnessTask} <= kinds
        assert 45 <= len(TASKS) <= 60


def test_answers_of_several_arrays_and_of_no_kind_are_compared_without_raising():
    arrays = [np.zeros((2, 3)), np.ones(3)]
    assert compare(arrays, tuple(arrays)) is None
    assert compare(arrays, [arrays[0], arrays[1] + 1]).text.startswith("[1] ")
    assert not same(Other("ndarray"), np.zeros(3), 1e-6, 0)
    assert same(arrays, [array.copy() for array in arrays], 1e-6, 0)
