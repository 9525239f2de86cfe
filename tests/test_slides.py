"""Slides: which cells become which, notes, prompts, nothing from outside, nothing overwritten."""

import re

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from course_utils import notebooks
from course_utils.slides import deck, files
from course_utils.slides.blocks import Block, shares
from course_utils.slides.rules import slides_of

NOTE = "<!-- instructor\nMinutes: 4\nAsk: Which <one> moves?\n-->"


def said(text):
    return [new_output("stream", name="stdout", text=text)]


def live(source, prompt, **options):
    return new_code_cell(
        source, metadata={"tags": ["live"], "course": {"prompt": prompt}}, **options
    )


@pytest.fixture
def lesson(tmp_path):
    cells = [
        new_markdown_cell("# 02 · Curve: a bend\n\nPromise.\n\n1. **Bend** it."),
        new_code_cell("import numpy as np"),
        new_markdown_cell("## First part\n\nIs $a < b$? See [there](#Second-part)."),
        new_markdown_cell(NOTE, metadata={"tags": ["instructor"]}),
        new_markdown_cell("**Predict.** Up or down?", metadata={"tags": ["predict"]}),
        live("print(1 < 2)", "print <it>", outputs=said("<True>\n")),
        new_markdown_cell("## Second part\n\n[exercise](../exercises/02_curve.ipynb)"),
        new_code_cell(
            'verdict("C01", "true", because="b", holds=1)',
            outputs=said("The notes: Summed.\nC01 true: all of it\n"),
        ),
        new_code_cell("x = 1", metadata={"tags": ["hide-cell"]}, outputs=said("shown\n")),
    ]
    course = {"minutes": 9, "objectives": ["Bend it."], "needs": []}
    path = tmp_path / "02_curve.ipynb"
    nbformat.write(new_notebook(cells=cells, metadata={"course": course}), path)
    return notebooks.lessons(tmp_path)[0]


def test_cells_become_slides(lesson):
    columns = deck.deck(lesson, {})
    kinds = [[slide.kind for slide in slides] for slides, _ in columns]
    assert kinds == [["title"], ["prose", "question", "code"], ["prose", "verdict", "output"]]
    code = columns[1][0][2].body
    assert code.index("Print &lt;it&gt;") < code.index("<pre") < code.index("&lt;True&gt;")
    assert code.count("fragment") == 2, "first the task, then the code, then what it prints"
    verdict = columns[2][0][1].body
    assert "Summed." in verdict and 'data-finding="true"' in verdict


def test_the_page_is_whole(lesson):
    text = deck.page(lesson, {})
    assert not re.search(r'(src|href)="(https?:)?//', text)
    assert 'href="#/second-part"' in text and 'id="second-part"' in text
    assert "exercises/" not in text, "nothing is there to lead to"
    assert "Which &lt;one&gt; moves?" in text or "Which <one> moves?" in text
    assert sum(map(int, re.findall(r'data-timing="(\d+)"', text))) == 240
    assert "1 / 7" in text and "import numpy" not in text


def test_a_wish_in_the_metadata_wins():
    def cell(text, wish):
        return new_markdown_cell(text, metadata={"slideshow": {"slide_type": wish}})

    found = slides_of(
        [new_markdown_cell("One."), cell("two", "skip"), cell("three", "fragment"),
         cell("four", "notes"), cell("five", "slide")]
    )  # fmt: skip
    assert [slide.starts for slide in found] == [False, True]
    assert "three" in found[0].body and "four" in found[0].notes and "two" not in str(found)


def test_a_short_lead_stands_above_its_code_and_a_long_one_before_it():
    code = new_code_cell("print(1 < 2)", outputs=said("True\n"))
    (slide,) = slides_of([new_markdown_cell("## Part\n\nIs it?"), code])
    assert (slide.kind, slide.anchor) == ("code", "part")
    assert "<h2>" in slide.heading
    assert slide.body.index("Is it?") < slide.body.index("<pre")
    long = new_markdown_cell("word " * 100)
    figure = new_code_cell("f", outputs=[new_output("display_data", {"text/html": "<img src=x>"})])
    steps = new_markdown_cell("".join(f"{n}. $x = {n}$\n" for n in (1, 2, 3)))
    for first, second in ((long, code), (new_markdown_cell("See."), figure), (steps, code)):
        assert len(slides_of([first, second])) > 1


def test_a_section_begins_a_slide_wherever_its_heading_stands():
    first, second = slides_of([new_markdown_cell("The end.\n\n## Next\n\nA word.")])
    assert "Next" not in first.body and "Next" in second.heading
    assert "A word." in second.body


def test_a_verdict_begins_with_a_capital_unless_a_name_does():
    for because, words in (
        ("a step leaves 1", "A step"),
        ("a = 1", "a = 1"),
        ("z is 1", "z is"),
        ("alpha e^z is never 0", "alpha e^z"),
    ):
        outputs = said(f"The notes: N.\nC01 true: {because}\n")
        (slide,) = slides_of(
            [new_code_cell("v()", metadata={"tags": ["hide-cell"]}, outputs=outputs)]
        )
        assert f"<p>{words}" in slide.body


def test_choices_show_what_is_right_one_step_later():
    source = "## Check yourself\n\n**1.** Which?\n\n" + "".join(
        f"<details><summary>{n}</summary>\n\n{text}\n\n</details>\n"
        for n, text in ((1, "No."), (2, "Right. Yes."))
    )
    (slide,) = slides_of([new_markdown_cell(source)])
    assert slide.kind == "question"
    assert slide.body.count('class="choice"') == slide.body.count('class="choice right"') == 1


def test_what_is_too_long_is_shared_out_evenly():
    parts = shares([Block("", "p", 4)] * 5, room=12)
    assert sorted(map(len, parts)) == [2, 3]
    lead = [Block("", "p", 9), Block("", "p", 3, "so:"), Block("", "ol", 3)]
    assert [len(part) for part in shares(lead, room=13)] == [1, 2]


def test_a_changed_page_is_known(lesson, tmp_path):
    path = tmp_path / "x.html"
    path.write_text(deck.page(lesson, {}), encoding="utf-8")
    assert deck.is_untouched(path)
    path.write_text(path.read_text(encoding="utf-8").replace("Promise", "Mine"), encoding="utf-8")
    assert not deck.is_untouched(path)


def test_without_the_extra_a_line_says_what_to_run(tmp_path, monkeypatch, capsys):
    from course_utils import cli

    monkeypatch.setattr(files, "find_spec", lambda name: None)
    with pytest.raises(SystemExit):
        cli.main(["slides", "02", "--to", str(tmp_path / "s")])
    err = capsys.readouterr().err
    assert "make slides" in err and err.count("\n") == 1
