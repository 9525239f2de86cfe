"""The notebook comparison is strict: a changed number in any output turns it red."""

import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parent.parent
MODEL = ROOT / "notebooks" / "02_sigmoid.ipynb"
SANITIZE = ROOT / "tests" / "nbval_sanitize.cfg"


def nbval(path):
    """Run nbval on one notebook as `make test` does; return {cell number: passed}."""
    report = path.with_suffix(".xml")
    options = ["--nbval", "--nbval-current-env", f"--nbval-sanitize-with={SANITIZE}"]
    options += ["-o", "addopts=", "-p", "no:cacheprovider", f"--junit-xml={report}"]
    subprocess.run(
        [sys.executable, "-m", "pytest", "-c", ROOT / "pyproject.toml", *options, path],
        capture_output=True,
        check=False,
        cwd=path.parent,
    )
    cases = ElementTree.parse(report).iter("testcase")
    return {int(case.get("name").split()[-1]): len(case) == 0 for case in cases}


def change_a_number(text):
    """Return the text with its last number changed by a flipped sign, or a digit."""
    text = re.sub(r'src="data:image/png;base64,[^"]*"', "src", text)
    if 'data-drawn="' in text:
        return re.sub(
            r'data-drawn="(.)', lambda m: f'data-drawn="{"0" if m[1] != "0" else "1"}', text
        )
    numbers = list(re.finditer(r"(?<![\w.])(-?)(\d)", text))
    if not numbers:
        return text + "."
    at = numbers[-1]
    sign = "" if at[1] else "-"
    return text[: at.start()] + sign + at[2] + text[at.end() :]


def test_the_sanitizer_hides_pixels_only():
    (rule,) = re.findall(r"^regex: (.*)$", SANITIZE.read_text(), re.M)
    image = '<img alt="peaks at 1/4" data-drawn="1f2e" src="data:image/png;base64,iVBO/+w0=">'
    assert re.sub(rule, "PNG", image) == '<img alt="peaks at 1/4" data-drawn="1f2e" src="PNG">'


def test_changed_numbers_are_noticed_in_every_output(tmp_path):
    notebook = nbformat.read(MODEL, as_version=4)
    number, altered = -1, {}
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        number += 1
        texts = [
            (holder, key)
            for output in cell.outputs
            for holder, keys in (
                (output, ["text"]),
                (output.get("data", {}), list(output.get("data", {}))),
            )
            for key in keys
            if isinstance(holder.get(key), str) and not key.startswith(("image/", "application/"))
        ]
        if texts and "nbval-ignore-output" not in cell.metadata.get("tags", []):
            holder, key = texts[number % len(texts)]  # take turns among the kinds of output
            holder[key] = change_a_number(holder[key])
            altered[number] = key
    assert len(altered) >= 15
    path = tmp_path / "altered.ipynb"
    nbformat.write(notebook, path)
    passed = nbval(path)
    assert {n: altered[n] for n in altered if passed[n]} == {}, "these changes went unnoticed"
    assert all(ok for n, ok in passed.items() if n not in altered), "an untouched cell failed"


@pytest.mark.parametrize(
    ("text", "changed"),
    [("slope 0.25", "slope -0.25"), ("a\n-3 b", "a\n3 b"), ("proved", "proved.")],
)
def test_changing_a_number(text, changed):
    assert change_a_number(text) == changed
