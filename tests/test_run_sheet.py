"""The run sheets: what stands on them, that they are whole by themselves, and signed.

That each prints on one page is a question for a browser: tests/browser.
"""

import re

import pytest

from course_utils import run_sheet
from course_utils.claims import CLAIMS
from course_utils.instructor import sections, starts
from course_utils.notebooks import lessons, read

ALL = pytest.mark.parametrize("lesson", lessons(), ids=lambda lesson: lesson.slug)


@ALL
def test_a_sheet_has_a_row_a_section_with_its_start_and_its_note(lesson):
    page = run_sheet.sheet(lesson)
    parts = sections(read(lesson.path))
    rows = re.findall(r"<tr.*</tr>", page)[1:]
    assert len(rows) == len(parts)
    for row, part, start in zip(rows, parts, starts(parts), strict=True):
        assert 'class="title tick"' in row
        assert (f'<b class="at">{start}</b>' in row) == (part.note.minutes > 0)
        columns = [int(count) for count in re.findall(r'colspan="(\d)"', row)]
        assert sum(columns) == len(run_sheet.COLUMNS)
        assert len(columns) == len(part.note.said)
    for objective in lesson.objectives:
        assert run_sheet._inline(objective) in page


@ALL
def test_a_sheet_tells_the_verdict_on_every_claim_that_the_lesson_judges(lesson):
    page = run_sheet.sheet(lesson)
    told = re.findall(r'<li><b class="claim">(C\d\d)</b>.*?<strong>', page)
    assert told == [n for n, claim in CLAIMS.items() if lesson.number in claim.lessons]


@ALL
def test_a_sheet_needs_nothing_from_elsewhere(lesson):
    page = run_sheet.sheet(lesson)
    assert not re.search(r"<script|<link|<img|https?:|url\(|@import| src=| href=", page)


def test_a_sheet_says_how_it_was_made(tmp_path):
    path = tmp_path / "sheet.html"
    page = run_sheet.sheet(lessons()[2])
    path.write_text(page, encoding="utf-8")
    assert run_sheet.is_untouched(path)
    for changed in (page.replace("40 min", "41 min"), page + " ", "notes of my own", ""):
        path.write_text(changed, encoding="utf-8")
        assert not run_sheet.is_untouched(path)
    path.write_bytes(b"\xff\xfe")
    assert not run_sheet.is_untouched(path)


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("drag *z* to `a * b * c`", "drag <em>z</em> to <code>a * b * c</code>"),
        ('"1 < 2" (C05)', '“1 &lt; 2” (<b class="claim">C05</b>)'),
        ("`C05` is **true**", "<code>C05</code> is <strong>true</strong>"),
        ("2 * 3 = 6", "2 * 3 = 6"),
    ],
)
def test_marks_in_a_line(text, seen):
    assert run_sheet._inline(text) == seen
