"""Progress is what the saved notebooks hold, found by running them."""

import shutil

import nbformat
import pytest

from course_utils import progress
from course_utils.editions import solutions
from course_utils.tasks import tasks_of

SOLUTION = next(path for path in solutions() if path.stem == "02_sigmoid")
MOST = sum(task.points for task in tasks_of("02"))


@pytest.fixture
def folder(tmp_path):
    shutil.copy(SOLUTION, tmp_path)
    return tmp_path


def change(folder, **sources):
    """Give the cells of these ids (with _ for -) another source."""
    path = folder / SOLUTION.name
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        cell.source = sources.get(cell.id.replace("-", "_"), cell.source)
    nbformat.write(notebook, path)
    return path


def test_the_table_counts_what_is_correct(folder):
    told = []
    change(folder, sigmoid="def sigmoid(z):\n    return 1 + np.exp(-z)", layers="ten_layers = None")
    first, total, legend = progress.report(folder, lambda *done: told.append(done)).splitlines()
    assert first.startswith("02_sigmoid ")
    assert f"{MOST - 3} of {MOST}" in first and f"{MOST - 3} of {MOST}" in total
    assert "✗ sigmoid" in first and "· ten_layers" in first and "✓ stable_sigmoid" in first
    assert "as they are saved" in legend
    assert told == [(1, 1)]


def test_a_broken_cell_costs_its_own_task_only(folder):
    path = change(folder, backward="def sigmoid_backward(:", gradients="1 / 0")
    status = progress.examine(path)
    wrong = {name for name, found in status.items() if found != "correct"}
    assert wrong == {"sigmoid_backward", "gradients"}


def test_a_notebook_that_never_ends_or_kills_itself(folder, monkeypatch):
    path = change(folder, sigmoid="import os\nos._exit(3)")
    assert set(progress.examine(path).values()) == {"crashed"}
    monkeypatch.setattr(progress, "SECONDS", 4)
    path = change(folder, sigmoid="while True:\n    pass")
    assert set(progress.examine(path).values()) == {"timeout"}


def test_an_empty_folder(tmp_path):
    assert progress.report(tmp_path).startswith("There are no exercises")
