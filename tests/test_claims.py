"""A verdict is printed only when its evidence holds, and the ledger holds what was printed."""

import contextlib
import io
import re

import nbformat
import numpy as np
import pytest
from hygiene import anchors, sections
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from course_utils.claims import (
    CLAIMS,
    FINDINGS,
    Claim,
    ClaimError,
    Entry,
    Shown,
    as_table,
    ledger,
    verdict,
)
from course_utils.notebooks import lessons
from course_utils.symbolic import prove_equal, z


def test_there_are_thirty_four_claims_in_order():
    assert list(CLAIMS) == [f"C{k:02}" for k in range(1, 35)]
    lessons = {number for claim in CLAIMS.values() for number in claim.lessons}
    assert lessons == {f"{k:02}" for k in range(1, 10)}
    assert all(claim.statement.endswith(".") for claim in CLAIMS.values())


@pytest.mark.parametrize("finding", FINDINGS)
def test_a_verdict_names_claim_and_finding(finding, capsys):
    verdict("C05", finding, because="of the proof", holds=prove_equal(z + z, 2 * z))
    notes, judgement = capsys.readouterr().out.splitlines()
    assert notes == "The notes: sigmoid'(z) = sigmoid(z) (1 - sigmoid(z))."
    assert judgement == f"C05 {finding}: of the proof"


@pytest.mark.parametrize("evidence", [False, 0, np.bool_(False), None, prove_equal(z, 2 * z)])
def test_no_verdict_without_evidence(evidence, capsys):
    with pytest.raises(ClaimError, match="C05 is not shown to be 'true'"):
        verdict("C05", "true", because="I say so", holds=evidence)
    assert capsys.readouterr().out == ""


def test_unknown_claims_and_findings_are_refused():
    with pytest.raises(KeyError, match="from C01 to C34"):
        verdict("C35", "true", because="", holds=True)
    with pytest.raises(ValueError, match="true, with a condition"):
        verdict("C05", "maybe", because="", holds=True)


# -------------------------------------------------------------------------- the ledger


def test_every_lesson_gives_its_verdicts_and_two_lessons_agree():
    there = {lesson.number: lesson.slug for lesson in lessons()}
    for number, claim in CLAIMS.items():
        slugs = tuple(there[n] for n in claim.lessons if n in there)
        rows = [entry for entry in ledger() if entry.number == number]
        assert [tuple(place.slug for place in row.shown) for row in rows] == [slugs][: len(slugs)]
        for row in rows:
            assert {place.finding for place in row.shown} == {row.finding} <= set(FINDINGS)
            assert all(place.because.strip() for place in row.shown)


def test_each_place_is_the_heading_above_the_tagged_cell():
    for lesson in lessons():
        notebook = nbformat.read(lesson.path, as_version=4)
        tagged = {}
        for anchor, cell in sections(notebook):
            for tag in cell.metadata.get("tags", []):
                if tag.startswith("claim:"):
                    tagged.setdefault(tag[6:], anchor)
        places = {
            entry.number: place.anchor
            for entry in ledger()
            for place in entry.shown
            if place.slug == lesson.slug
        }
        assert places == tagged, lesson.slug


def test_links_in_stored_tables_lead_to_headings():
    known = {}
    for lesson in lessons():
        notebook = nbformat.read(lesson.path, as_version=4)
        known[lesson.path.name] = {f"#{anchor}" for anchor in anchors(notebook)} | {""}
    checked = 0
    for lesson in lessons():
        for cell in nbformat.read(lesson.path, as_version=4).cells:
            for output in cell.get("outputs", []):
                table = output.get("data", {}).get("text/markdown", "")
                for file, anchor in re.findall(
                    r"\]\(([^()#\s]*)(#(?:[^()\s]|\([^()]*\))+)?\)", table
                ):
                    where = f"{lesson.slug}, cell {cell.id}: {file}{anchor}"
                    assert anchor in known.get(file or lesson.path.name, ()), where
                    checked += 1
    assert checked >= len(ledger())


def judged(number, finding, because="it is shown"):
    """Return a tagged cell whose output is the verdict, as a kernel leaves it."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        print("a number first: 0.25")
        verdict(number, finding, because=because, holds=True)
    cell = new_code_cell("verdict(...)", metadata={"tags": ["live", f"claim:{number}"]})
    cell.outputs = [new_output("stream", name="stdout", text=out.getvalue())]
    return cell


@pytest.fixture
def course(tmp_path, monkeypatch):
    """Return a function that writes lessons, for a course of two claims, and reads its ledger."""
    two = {
        "C01": Claim("C01", "A step steps.", ("01",)),
        "C02": Claim("C02", "A | and * and <b>.", ("01", "02")),
    }
    monkeypatch.setattr("course_utils.claims.CLAIMS", two)

    def write(**cells):
        for slug, more in cells.items():
            slug = slug.removeprefix("n")
            title = new_markdown_cell(f"# {slug[:2]} · Title")
            course = {"minutes": 20, "objectives": [], "needs": []}
            notebook = new_notebook(cells=[title, *more], metadata={"course": course})
            nbformat.write(notebook, tmp_path / f"{slug}.ipynb")
        return ledger(tmp_path)

    return write


def test_the_ledger_reads_finding_reason_and_place(course):
    text = new_markdown_cell("## So what? (again)\n\nWords.\n\n### a (1 - a)\n\nMore.")
    one = [judged("C01", "true"), text, judged("C02", "false as printed", "1 < 2: really")]
    two = [judged("C02", "false as printed", "it fails at z = 0")]
    first, second = course(n01_step=one, n02_sigmoid=two)
    assert (first.number, first.statement, first.finding) == ("C01", "A step steps.", "true")
    assert first.shown == (Shown("01_step", "01-·-Title", "true", "it is shown"),)
    assert second.finding == "false as printed"
    assert [(place.slug, place.anchor, place.because) for place in second.shown] == [
        ("01_step", "a-(1---a)", "1 < 2: really"),
        ("02_sigmoid", "02-·-Title", "it fails at z = 0"),
    ]
    assert second.shown[0].link == "[lesson 01](01_step.ipynb#a-(1---a))"


def test_a_course_without_lessons_has_an_empty_ledger(course):
    assert course() == []


def test_a_claim_is_there_as_soon_as_one_of_its_lessons_is(course):
    (entry,) = course(n02_sigmoid=[judged("C02", "true")])
    assert (entry.number, len(entry.shown)) == ("C02", 1)


def test_a_later_cell_of_the_same_lesson_may_repeat_a_verdict_but_not_change_it(course):
    again = [judged("C01", "true", "first"), judged("C02", "true"), judged("C01", "true", "second")]
    assert course(n01_step=again)[0].shown[0].because == "first"
    again[2] = judged("C01", "false as printed")
    with pytest.raises(
        ClaimError, match=r"C01 is 'true' in 01_step .*but 'false as printed' in 01"
    ):
        course(n01_step=again)


def test_two_lessons_that_disagree_are_an_error(course):
    one = [judged("C01", "true"), judged("C02", "true")]
    two = [judged("C02", "true, with a condition")]
    with pytest.raises(
        ClaimError, match=r"C02 is 'true' in 01_step .*'true, with a condition' in 02"
    ):
        course(n01_step=one, n02_sigmoid=two)


def test_a_claim_that_its_lesson_forgot_is_an_error(course):
    with pytest.raises(ClaimError, match="01_step has no cell with the tag claim:C02"):
        course(n01_step=[judged("C01", "true")])


@pytest.mark.parametrize("number", ["C01", "C99"])
def test_a_claim_of_another_lesson_is_an_error(course, number):
    cell = judged("C01", "true")
    cell.metadata.tags = [f"claim:{number}"]
    with pytest.raises(ClaimError, match=f"02_sigmoid judges {number}"):
        course(n02_sigmoid=[judged("C02", "true"), cell])


@pytest.mark.parametrize("text", ["", "C01 true, perhaps: so it is\n", "see C01 true: no\n"])
def test_a_tagged_cell_without_its_verdict_is_an_error(course, text):
    cell = judged("C01", "true")
    cell.outputs = [new_output("stream", name="stdout", text=text)] if text else []
    with pytest.raises(ClaimError, match="the tag claim:C01 that shows no verdict"):
        course(n01_step=[cell, judged("C02", "true")])


def test_the_table_has_a_row_a_claim_and_no_stray_marks():
    claim = Claim("C02", "np.where(x > 0, x, a * b * c) | e^-z_1 <b> [1] costs $1.", ("01",))
    places = (Shown("01_step", "A", "true", "a | b"), Shown("02_sigmoid", "B-(c)", "true", "why"))
    head, line, row = as_table([Entry(claim, places)]).splitlines()
    assert head.count("|") == line.count("|") == row.replace("\\|", "").count("|") == 5
    assert row == (
        r"| C02 | np.where(x \> 0, x, a \* b \* c) \| e^-z\_1 \<b\> \[1\] costs \$1. | **true** | "
        "a \\| b ([lesson 01](01_step.ipynb#A))<br>"
        "why ([lesson 02](02_sigmoid.ipynb#B-(c))) |"
    )
