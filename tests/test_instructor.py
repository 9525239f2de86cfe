"""Notes for the instructor: how they are written and read."""

import pytest
from nbformat.v4 import new_markdown_cell, new_notebook

from course_utils.instructor import Note, NoteError, note_of, sections

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
        ("<!-- instructor\nmintues: 4\n-->", "begins no field"),
        ("<!-- instructor\nMinutes: 4\nMinutes: 5\n-->", "twice"),
        ("<!-- instructor\nMinutes: 4\n\nAsk: x\n-->", "begins no field"),
    ],
)
def test_a_note_that_cannot_be_read_says_why(source, said):
    with pytest.raises(NoteError, match=said):
        note_of(source)


def test_what_everybody_sees_in_the_instructors_edition():
    assert note_of(WHOLE).markdown().startswith("> **Instructor: 4 min**\n>\n> **Ask.** Which")
    assert Note(3).markdown() == "> **Instructor: 3 min**"


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


@pytest.mark.parametrize("cells", [["# A", "text", WHOLE], ["# A", WHOLE, WHOLE]])
def test_a_note_stands_below_its_heading(cells):
    with pytest.raises(NoteError, match="A: its one note stands right below the heading"):
        sections(lesson(*cells))
