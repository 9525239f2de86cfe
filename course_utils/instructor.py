"""Notes for the instructor: what a lesson says to who teaches it, section by section.

The notes stand in the lesson, right below the heading of the section that they are about, in
Markdown cells tagged ``instructor``. Each is an HTML comment, so that nothing of it is seen where
a student reads the lesson; the instructor's edition, the run sheets and the speaker's view of the
slides show it::

    <!-- instructor
    Minutes: 4
    Ask: Which of the two moves when b grows?
    Misconception: "The bias is just another weight" (C05).
    Demonstrate: Drag z across 0, slowly.
    If late: Skip the second figure.
    -->

A section that holds a part marked *If you have time* says how long that takes besides
(``Minutes: 4 and 2 more``; ``Minutes: 0 and 4 more`` if all of it is such a part).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nbformat import NotebookNode

__all__ = ["FIELDS", "Note", "NoteError", "Section", "note_of", "sections", "starts"]

FIELDS = {
    "Minutes": "minutes",
    "Ask": "ask",
    "Misconception": "misconception",
    "Demonstrate": "demonstrate",
    "If late": "if_late",
}
"""What a note may say, as it is written, and the name it has in `Note`."""

COMMENT = re.compile(r"<!-- instructor\n(.*)\n-->\s*", re.DOTALL)
FIELD = re.compile(rf"({'|'.join(FIELDS)}): +(\S.*)")
LIKE_A_FIELD = re.compile(r"[A-Za-z]+( late)?: ")
MINUTES = re.compile(r"([1-9]\d?)(?: and ([1-9]\d?) more)?|0 and ([1-9]\d?) more")
HEADING = re.compile(r"^##? +(.+)$", re.MULTILINE)


class NoteError(ValueError):
    """A note that cannot be read; the message says what to write."""


@dataclass(frozen=True)
class Note:
    """What the instructor is told about a section; an empty text where there is nothing to say.

    `minutes` is how long the section takes in class, `more_minutes` what its parts marked *If you
    have time* take besides.
    """

    minutes: int
    ask: str = ""
    misconception: str = ""
    demonstrate: str = ""
    if_late: str = ""
    more_minutes: int = 0

    @property
    def said(self) -> dict[str, str]:
        """What the note says besides the time, by the fields' names as they are written."""
        texts = {word: getattr(self, name) for word, name in FIELDS.items() if name != "minutes"}
        return {word: text for word, text in texts.items() if text}

    def markdown(self, start: int | None = None) -> str:
        """Return the note as Markdown that everybody sees.

        Parameters
        ----------
        start
            The minute of the lesson at which the section starts, to be told.
        """
        times = [f"{self.minutes} min"] if self.minutes else []
        times += [f"{self.more_minutes} min more if you have time"] if self.more_minutes else []
        clock = "" if start is None else f", starts at minute {start}"
        lines = [f"> **Instructor: {' and '.join(times)}{clock}**"]
        lines += [f">\n> **{word}.** {text}" for word, text in self.said.items()]
        return "\n".join(lines)


@dataclass(frozen=True)
class Section:
    """A part of a lesson: the heading's cell and title, the section's cells, the note if any.

    The first section is what stands above the first heading of the second level; its title is
    the lesson's.
    """

    id: str
    title: str
    cells: tuple[NotebookNode, ...]
    note: Note | None


def note_of(source: str) -> Note:
    """Return the note that a cell tagged ``instructor`` holds.

    Raises
    ------
    NoteError
        If it is not written as the module's docstring shows.
    """
    found = COMMENT.fullmatch(source)
    if not found:
        raise NoteError("a note is a comment: <!-- instructor, one line a field, then -->")
    said: dict[str, str] = {}
    for line in found[1].split("\n"):
        if field := FIELD.fullmatch(line):
            name = FIELDS[field[1]]
            if name in said:
                raise NoteError(f"this note says {field[1]!r} twice")
            said[name] = field[2].strip()
        elif said and line.strip() and not LIKE_A_FIELD.match(line):
            said[next(reversed(said))] += f" {line.strip()}"  # a field that goes on
        else:
            raise NoteError(f"{line!r} begins no field: they are {', '.join(FIELDS)}")
    minutes = said.pop("minutes", "")
    if not (time := MINUTES.fullmatch(minutes)):
        raise NoteError(
            "a note gives its whole minutes, 1 to 99, as `4`, `4 and 2 more` or `0 and 2 more`, "
            f"and this has {minutes!r}"
        )
    return Note(int(time[1] or 0), **said, more_minutes=int(time[2] or time[3] or 0))


def sections(lesson: NotebookNode) -> list[Section]:
    """Return a lesson's sections with their notes, in order.

    Raises
    ------
    NoteError
        If a note cannot be read, or is not the first cell after its heading.
    """
    starts = [
        (number, found[1].strip())
        for number, cell in enumerate(lesson.cells)
        if cell.cell_type == "markdown" and (found := HEADING.search(cell.source))
    ]
    parts = []
    ends = [start for start, _ in starts[1:]] + [len(lesson.cells)]
    for (start, title), end in zip(starts, ends, strict=True):
        cells = lesson.cells[start:end]
        tagged = [n for n, c in enumerate(cells) if "instructor" in c.metadata.get("tags", [])]
        if tagged not in ([], [1]):
            raise NoteError(f"{title}: its one note stands right below the heading")
        try:
            note = note_of(cells[1].source) if tagged else None
        except NoteError as error:
            raise NoteError(f"{title}: {error}") from None
        parts.append(Section(lesson.cells[start].id, title, tuple(cells), note))
    return parts


def starts(parts: Sequence[Section]) -> list[int]:
    """Return the minute at which each section starts, without what is taught if there is time."""
    minutes = [part.note.minutes if part.note else 0 for part in parts]
    return [0, *accumulate(minutes)][: len(minutes)]
