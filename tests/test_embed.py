"""Explorers in pages without a kernel: their data is that of the lesson, their code a script."""

import itertools
import json
import re
import shutil
import subprocess

import pytest
from matplotlib import rcParams

from course_utils.explore.embed import CALL, embedded, explorers_of, script
from course_utils.notebooks import ROOT, read

LESSONS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_each_explorer_of_a_lesson_is_found_and_is_the_one_whose_picture_is_stored(path):
    cells = {cell.id: cell for cell in read(path).cells}
    stored = {
        name: "".join(cell.outputs[-1].data["text/plain"])
        for name, cell in cells.items()
        if cell.cell_type == "code"
        and cell.outputs
        and "[explorer]" in str(cell.outputs[-1].get("data", {}).get("text/plain", ""))
    }
    assert {name: repr(made) for name, made in explorers_of(path).items()} == stored


def test_a_lessons_style_stays_in_the_lesson():
    before = dict(rcParams)
    assert explorers_of(LESSONS[3])
    assert dict(rcParams) == before


def test_lessons_with_explorers_are_known():
    calls = [
        cell.source for path in LESSONS for cell in read(path).cells if CALL.search(cell.source)
    ]
    assert len(calls) >= 15


def test_data_comes_back_from_the_html_as_it_went_in():
    made = next(iter(explorers_of(ROOT / "notebooks" / "04_relu.ipynb").values()))
    made.data = made.data | {"note": "</script><b>"}
    text = embedded(made, "<img>")
    inner = re.search(r'<script type="application/json">(.*?)</script>', text, re.DOTALL)[1]
    assert json.loads(inner) == json.loads(json.dumps(made.data))


def test_the_code_is_a_classic_script():
    assert not re.search(r"^\s*(import|export)\b", script(), re.MULTILINE)
    if node := shutil.which("node"):
        ran = subprocess.run([node, "--check", "-"], input=script(), text=True, capture_output=True)
        assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_each_explorer_stands_behind_a_prediction(path):
    cells = read(path).cells
    for before, cell in itertools.pairwise(cells):
        if cell.cell_type == "code" and CALL.search(cell.source):
            assert "predict" in before.metadata.get("tags", []), cell.id
