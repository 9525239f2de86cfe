"""`course lab` and the lessons, as a student meets them in a real JupyterLab."""

import io
import os
import shutil
import signal
import subprocess
import sys
import urllib.request
import zipfile
from pathlib import Path

import nbformat
import pytest

from course_utils import bundle

ROOT = Path(__file__).parents[2]
LESSONS = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
EXERCISES = sorted((ROOT / "exercises").glob("[0-9][0-9]_*.ipynb"))
OUTPUTS = """() => jupyterapp.shell.currentWidget.content.widgets
    .filter((cell) => cell.model.type === 'code')
    .map((cell) => [...Array(cell.model.outputs.length).keys()]
        .map((k) => cell.model.outputs.get(k).toJSON())
        .map((output) => output.ename ?? [output.text ?? ''].flat().join('')).join(''))"""
CUT_OFF = """() => {
    const pictures = document.querySelectorAll('.jp-OutputArea-output img');
    return [...pictures].filter((picture) => {
        const area = picture.closest('.jp-OutputArea-output').getBoundingClientRect();
        const box = picture.getBoundingClientRect();
        return !picture.naturalWidth || !picture.alt || box.right > area.right + 1;
    }).map((picture) => picture.alt);
}"""
TEX_LEFT = """() => [...document.querySelectorAll('.jp-RenderedMarkdown')]
    .map((cell) => {
        const copy = cell.cloneNode(true);
        copy.querySelectorAll('code, pre, mjx-container').forEach((part) => part.remove());
        return copy.textContent;
    })
    .filter((text) => /\\$|\\\\(frac|sigma|cdot)/.test(text))"""


def scroll_through(page):
    """Show every part of the notebook once, so that all of it is drawn."""
    panel = page.locator(".jp-WindowedPanel-outer").first
    steps = panel.evaluate("(e) => Math.ceil(e.scrollHeight / e.clientHeight)")
    for k in range(steps + 1):
        panel.evaluate(f"(e) => {{ e.scrollTop = {k} * e.clientHeight }}")
        page.wait_for_timeout(150)
        yield k


def test_lab_opens_without_a_question(tmp_path, chromium):
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("JUPYTER")
    }
    environment |= {"HOME": str(tmp_path), "PYTHONUNBUFFERED": "1"}
    lab = subprocess.Popen(
        [sys.executable, "-m", "course_utils.cli", "lab", "--", "--no-browser"],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    try:
        address = next(line.strip() for line in lab.stdout if "/lab/tree/" in line)
        page = context.new_page()
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(address)
        page.wait_for_selector(".jp-NotebookPanel .jp-Cell", timeout=60_000)
        page.wait_for_selector(".jp-mod-idle, [data-status=idle]", state="attached")
        page.wait_for_timeout(3000)
        assert page.locator(".jp-Dialog").count() == 0
        assert page.locator(".Toastify__toast").count() == 0
        assert page.locator(".jp-NotebookPanel .jp-Cell").first.is_visible()
        here = address.partition("/lab")[0]
        assert [url for url in asked if not url.startswith((here, "data:", "blob:"))] == []
    finally:
        context.close()
        lab.terminate()
        lab.wait(timeout=20)


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="this is no git checkout")
def test_the_bundle_is_unpacked_and_make_lab_opens_the_first_page(tmp_path):
    place = tmp_path / "to take away"
    with zipfile.ZipFile(io.BytesIO(bundle.packed(bundle.files()))) as archive:
        archive.extractall(place)
    hidden = ("JUPYTER", "VIRTUAL_ENV", "PYTEST")
    environment = {name: text for name, text in os.environ.items() if not name.startswith(hidden)}
    lab = subprocess.Popen(
        ["make", "lab", "ARGS=--no-browser --allow-root"], cwd=place / "activation-course",
        env=environment | {"HOME": str(tmp_path), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
    )  # fmt: skip
    try:
        said = []
        for line in lab.stdout:
            said.append(line.strip())
            if "/lab/tree/" in line:
                break
        assert "00_start_here.ipynb" in said[-1], said
        assert urllib.request.urlopen(said[-1], timeout=30).status == 200
    finally:
        os.killpg(lab.pid, signal.SIGTERM)
        lab.wait(timeout=20)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_reads_well_and_runs(lesson, lab, open_notebook):
    shutil.copy(lesson, lab.root / lesson.name)
    opened = open_notebook(path=lesson.name, width=800)
    page = opened.page
    for width in (800, 1280):
        page.set_viewport_size({"width": width, "height": 720})
        for _ in scroll_through(page):
            assert page.evaluate(CUT_OFF) == [], width
        assert page.locator("mjx-merror").count() == 0
        assert page.evaluate(TEX_LEFT) == []
    opened.run()
    for _ in scroll_through(page):
        assert page.locator(".jp-OutputArea [data-mime-type*=error]").count() == 0
        assert page.locator(".jp-OutputArea [data-mime-type*=stderr]").count() == 0
    assert opened.errors == []
    assert opened.outside == []


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda path: path.stem)
def test_an_exercise_reads_well_and_its_checks_answer(exercise, lab, open_notebook):
    """The first task is done as in the solution, the others are left as they are."""
    notebook = nbformat.read(exercise, as_version=4)
    solved = nbformat.read(ROOT / "solutions" / exercise.name, as_version=4)
    number = next(k for k, cell in enumerate(notebook.cells) if cell.source.startswith("check("))
    stub = notebook.cells[number - 1]
    stub.source = next(cell.source for cell in solved.cells if cell.id == stub.id)
    nbformat.write(notebook, lab.root / exercise.name)
    opened = open_notebook(path=exercise.name, width=800)
    page = opened.page
    for _ in scroll_through(page):
        assert page.evaluate(TEX_LEFT) == []
    opened.run()
    page.wait_for_function(f"() => ({OUTPUTS})().at(-1)")
    answers = [text for text in page.evaluate(OUTPUTS) if text]
    assert answers[0].startswith("✓"), answers[0]
    assert len(answers) > 3 and all("not attempted" in text for text in answers[1:]), answers
    assert opened.errors == []
    assert opened.outside == []
