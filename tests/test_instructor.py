"""Notes for the instructor: how they are written and read, and what the lessons' notes say."""

import re
from pathlib import Path

import pytest
from hygiene import OPTIONAL
from nbformat.v4 import new_markdown_cell, new_notebook

from course_utils.activations import ACTIVATIONS
from course_utils.claims import CLAIMS
from course_utils.editions import live_text
from course_utils.explore.embed import CALL
from course_utils.instructor import FIELDS, Note, NoteError, note_of, sections, starts
from course_utils.notebooks import ROOT, lessons, read

WHOLE = """<!-- instructor
Minutes: 4
Ask: Which moves?
Misconception: "The bias is
  just a weight" (C05).
Demonstrate: Drag z: slowly.
If late: Skip it.
-->"""


def test_a_note_is_read_field_by_field():
    assert note_of(WHOLE) == Note(
        4, "Which moves?", '"The bias is just a weight" (C05).', "Drag z: slowly.", "Skip it."
    )


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("Minutes: 4", "is a comment"),
        ("<!-- instructor\nMinutes: 4\n-->\nseen by all", "is a comment"),
        ("<!-- instructor\nAsk: When?\n-->", "whole minutes"),
        ("<!-- instructor\nMinutes: 2.5\n-->", "whole minutes"),
        ("<!-- instructor\nMinutes: 0\n-->", "whole minutes"),
        ("<!-- instructor\nMinutes: 0 and 0 more\n-->", "whole minutes"),
        ("<!-- instructor\nMinutes: 4 more\n-->", "whole minutes"),
        ("<!-- instructor\nmintues: 4\n-->", "begins no field"),
        ("<!-- instructor\nMinutes: 4\nAks: When?\n-->", "begins no field"),
        ("<!-- instructor\nMinutes: 4\nMinutes: 5\n-->", "twice"),
        ("<!-- instructor\nMinutes: 4\n\nAsk: x\n-->", "begins no field"),
    ],
)
def test_a_note_that_cannot_be_read_says_why(source, said):
    with pytest.raises(NoteError, match=said):
        note_of(source)


def test_parts_that_are_taught_if_there_is_time_have_minutes_of_their_own():
    assert note_of("<!-- instructor\nMinutes: 4 and 12 more\n-->") == Note(4, more_minutes=12)
    assert note_of("<!-- instructor\nMinutes: 0 and 3 more\n-->") == Note(0, more_minutes=3)


def test_what_everybody_sees_in_the_instructors_edition():
    assert note_of(WHOLE).markdown().startswith("> **Instructor: 4 min**\n>\n> **Ask.** Which")
    assert Note(3).markdown() == "> **Instructor: 3 min**"
    assert Note(3).markdown(12) == "> **Instructor: 3 min, starts at minute 12**"
    more = Note(0, more_minutes=2).markdown(12)
    assert more == "> **Instructor: 2 min more if you have time, starts at minute 12**"


def lesson(*cells):
    note = {"tags": ["instructor"]}
    return new_notebook(
        cells=[
            new_markdown_cell(text, metadata=note if text.startswith("<!--") else {})
            for text in cells
        ]
    )


def test_sections_begin_with_the_headings():
    one, two = sections(lesson("# A", "text", "## B\n\nmore", WHOLE, "text"))
    assert (one.title, len(one.cells), one.note) == ("A", 2, None)
    assert (two.title, len(two.cells), two.note.minutes) == ("B", 3, 4)


def test_the_clock_leaves_out_what_is_taught_if_there_is_time():
    optional = WHOLE.replace("Minutes: 4", "Minutes: 0 and 5 more")
    parts = sections(lesson("# A", WHOLE, "## B", optional, "## C", "## D", WHOLE))
    assert starts(parts) == [0, 4, 4, 4]


@pytest.mark.parametrize("cells", [["# A", "text", WHOLE], ["# A", WHOLE, WHOLE]])
def test_a_note_stands_below_its_heading(cells):
    with pytest.raises(NoteError, match="A: its one note stands right below the heading"):
        sections(lesson(*cells))


# -------------------------------------------------------------------------- the lessons' notes

ALL = pytest.mark.parametrize("lesson", lessons(), ids=lambda lesson: lesson.slug)
CLAIM = re.compile(r"\bC\d\d\b")


def tags(cells, start=""):
    return {t for c in cells for t in c.metadata.get("tags", []) if t.startswith(start)}


@ALL
def test_every_section_has_a_note_and_the_minutes_are_those_of_the_lesson(lesson):
    notebook = read(lesson.path)
    parts = sections(notebook)
    assert [part.title for part in parts if part.note is None] == []
    assert [part.cells[1].id for part in parts] == [f"note-{part.id}"[:64] for part in parts]
    assert sum(part.note.minutes for part in parts) == lesson.minutes
    more = sum(part.note.more_minutes for part in parts)
    assert more == notebook.metadata.course.get("more_minutes", 0)
    for part in parts:
        has_more = any(OPTIONAL in c.source for c in part.cells if c.cell_type == "markdown")
        assert bool(part.note.more_minutes) == has_more, part.title


@ALL
def test_what_is_taught_has_a_whole_note_in_plain_text(lesson):
    for part in sections(read(lesson.path)):
        if tags(part.cells) & {"predict", "live"}:
            assert {"Minutes", *part.note.said} == FIELDS.keys(), part.title
        assert part.note.ask, part.title
        text = re.sub(r"`[^`]*`", "", " ".join(part.note.said.values()))
        assert not re.search(r"[$<>]|\]\(|\*\*", text), f"{part.title}: no TeX, HTML or links"
        assert text.count("*") % 2 == text.count('"') % 2 == 0, part.title


@ALL
def test_the_notes_mention_every_claim_that_the_lesson_judges(lesson):
    notebook = read(lesson.path)
    mentioned = {
        claim
        for part in sections(notebook)
        for text in part.note.said.values()
        for claim in CLAIM.findall(text)
    }
    assert mentioned <= CLAIMS.keys()
    assert {tag[6:] for tag in tags(notebook.cells, "claim:")} <= mentioned


@ALL
def test_a_control_to_use_is_called_as_the_explorer_or_the_lesson_calls_it(lesson):
    page = Path(ROOT, "course_utils", "explore", "page")
    code = "\n".join(file.read_text(encoding="utf-8") for file in page.glob("*.js"))
    known = {
        re.sub(r"[^\w\s']", "", text).strip() for text in re.findall(r'"([^"\n]+)"', plain(code))
    }
    known |= {g.title for g in ACTIVATIONS.values()}
    known |= set(re.findall(r">([^<>`]+)<", plain(code)))
    for part in sections(read(lesson.path)):
        if any(c.cell_type == "code" and CALL.search(c.source) for c in part.cells):
            prose = "\n".join(c.source for c in part.cells[2:] if c.cell_type == "markdown")
            named = set(re.findall(r"\*([^*]+)\*", plain(part.note.demonstrate)))
            said = set(re.findall(r"\*([^*]+)\*", plain(prose)))
            assert named, f"{part.title}: name a control of its explorer, as *z*"
            assert named <= known | said, f"{part.title}: no control is called so"


def plain(text):
    """Return a text with one kind of apostrophe, and without the signs on buttons."""
    return re.sub(r" ?[▶◀❚]+ ?", "", text).replace("’", "'")


@ALL
def test_no_trace_of_the_notes_is_in_the_editions_for_students(lesson, tmp_path):
    said = [text for part in sections(read(lesson.path)) for text in part.note.said.values()]
    path = tmp_path / "edition.ipynb"
    path.write_text(live_text(lesson.path), encoding="utf-8")
    seen = [path, ROOT / "exercises" / lesson.path.name]
    for cells in (read(place).cells for place in seen if place.exists()):
        assert not tags(cells, "instructor")
        assert not [cell.id for cell in cells if cell.id.startswith("note-")]
        text = "\n".join(cell.source for cell in cells)
        assert "instructor" not in text.lower()
        assert not [words for words in said if words in text]


@ALL
def test_the_instructors_edition_shows_every_note_with_its_time(lesson, tmp_path):
    path = tmp_path / "edition.ipynb"
    path.write_text(live_text(lesson.path, instructor=True), encoding="utf-8")
    parts = sections(read(lesson.path))
    shown = [cell.source for cell in read(path).cells if "instructor" in tags([cell])]
    assert shown == [p.note.markdown(at) for p, at in zip(parts, starts(parts), strict=True)]
    assert starts(parts)[-1] + parts[-1].note.minutes == lesson.minutes
    code = [[c.source for c in read(p).cells if c.cell_type == "code"] for p in (path, lesson.path)]
    assert code[0] == code[1]
