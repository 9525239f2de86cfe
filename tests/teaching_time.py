"""How long a lesson takes in class, by a model that an author can foresee (CONTRIBUTING.md).

What is told goes at 200 words a minute, what is typed at 300 characters a minute; each thing
that the class looks at or thinks about has its seconds. It is a model: it finds the lesson that
promises 40 minutes and holds 60, not the minute that a class loses.
"""

import re
from dataclasses import dataclass

from hygiene import OPTIONAL, tags_of

from course_utils.explore.embed import CALL
from course_utils.instructor import sections

WORDS_A_MINUTE = 200
CHARACTERS_A_MINUTE = 300
SECONDS = {"predict": 45, "live": 20, "explorer": 75, "figure": 20, "folded": 6, "run": 20}
"""Besides its words or characters; a folded cell that shows a figure counts as the figure."""
POINTED_AT = ("Verdicts", "Recap")
"""Sections that nobody reads out: a minute each at most."""

HEADING = re.compile(r"^(#{2,4}) ", re.MULTILINE)
NEXT_HEADING = "up to the next heading"
WORDS = re.compile(r'up to the words "([^"]+)"')


class MarkError(ValueError):
    """A mark *If you have time* that does not say how far it reaches."""


@dataclass(frozen=True)
class Time:
    """Minutes in class: of the core, and of the parts marked *If you have time* besides."""

    core: float
    more: float

    def __add__(self, other):
        return Time(self.core + other.core, self.more + other.more)


def words(text):
    """How many words of a text are told: a formula that stands alone is worth twelve."""
    text = re.sub(r"<details>.*?</details>", " ", text, flags=re.DOTALL)
    text = re.sub(r"\$\$.*?\$\$", " f" * 12 + " ", text, flags=re.DOTALL)
    return len(re.findall(r"[A-Za-z0-9][\w'.,-]*", text))


def kind(cell):
    """What a code cell is for the clock, a key of `SECONDS`."""
    if "live" in tags_of(cell):
        return "live"
    if CALL.search(cell.source):
        return "explorer"
    if "hide-cell" in tags_of(cell):
        return "figure" if "show(" in cell.source else "folded"
    return "run"


def minutes(cell):
    """Return how long a cell takes, and in Markdown how much of it comes before a mark."""
    if "instructor" in tags_of(cell):
        return 0.0, 0.0
    if cell.cell_type == "code":
        which = kind(cell)
        typed = len(cell.source) / CHARACTERS_A_MINUTE if which == "live" else 0
        return SECONDS[which] / 60 + typed, 0.0
    before, mark, _ = cell.source.partition(OPTIONAL)
    thinking = SECONDS["predict"] / 60 if "predict" in tags_of(cell) else 0
    told = words(cell.source) / WORDS_A_MINUTE + thinking
    return told, words(before) / WORDS_A_MINUTE if mark else 0.0


def optional(lesson):
    """Return the positions of the cells that a class may leave out.

    A part begins at its mark, and ends before the next heading or before the cell with certain
    words if its first sentence says so, else with the section whose heading is right above.

    Raises
    ------
    MarkError
        If a mark says none of these, or its end does not come.
    """
    found = set()
    for first, cell in enumerate(lesson.cells):
        if cell.cell_type == "markdown" and OPTIONAL in cell.source:
            found.update(range(first, _end(lesson.cells, first)))
    return found


def _end(cells, first):
    before, _, rest = cells[first].source.partition(OPTIONAL)
    said = re.sub(r"\s+", " ", rest.strip().split("\n\n")[0])
    heading = None if "up to" in said else HEADING.match(before.strip().split("\n")[-1])
    if NEXT_HEADING in said:
        ends = HEADING
    elif quoted := WORDS.search(said):
        ends = re.compile(re.escape(quoted[1]))
    elif heading:  # what stands below it, to the next that is not below it
        ends = re.compile(rf"^#{{2,{len(heading[1])}}} ", re.MULTILINE)
    else:
        raise MarkError(
            f'cell {cells[first].id}: {OPTIONAL} says "{NEXT_HEADING}", or "up to the words" and '
            "the words in quotation marks, or stands below the heading of what is left out"
        )
    for number in range(first + 1, len(cells)):
        if cells[number].cell_type == "markdown" and ends.search(cells[number].source):
            return number
    raise MarkError(f"cell {cells[first].id}: what it leaves out has no end in the lesson")


def times(lesson):
    """Return the time of each section, by its id, in order."""
    left_out = {lesson.cells[n].id for n in optional(lesson)}
    found = {}
    for part in sections(lesson):
        core = more = 0.0
        for cell in part.cells:
            whole, before = minutes(cell)
            if cell.id not in left_out:
                core += whole
            else:
                core, more = core + before, more + whole - before
        if part.title in POINTED_AT:
            core = min(core, 1)
        found[part.id] = Time(core, more)
    return found


def typed(lesson):
    """Return how many characters an instructor types."""
    return sum(len(c.source) for c in lesson.cells if "live" in tags_of(c))
