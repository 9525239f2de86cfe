"""What a lesson says that it takes is what the clock of `teaching_time` measures."""

import pytest
from hygiene import OPTIONAL
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from teaching_time import MarkError, Time, optional, times, typed, words

from course_utils.instructor import sections
from course_utils.notebooks import lessons, read

TAUGHT = [lesson for lesson in lessons() if lesson.number != "00"]
"""Page 00 has seven sections of which most take less than the one minute that a note can say."""
MOST_TYPED = 4000


def is_near(stated, measured):
    """Whether whole minutes, in multiples of 5, tell a measured time."""
    return 0.9 * measured <= stated <= 1.25 * measured or abs(stated - measured) <= 2.5


@pytest.mark.parametrize("lesson", TAUGHT, ids=lambda lesson: lesson.slug)
def test_a_lesson_takes_the_minutes_that_it_states(lesson):
    notebook = read(lesson.path)
    whole = sum(times(notebook).values(), Time(0, 0))
    more = notebook.metadata.course.get("more_minutes", 0)
    assert lesson.minutes % 5 == more % 5 == 0
    assert is_near(lesson.minutes, whole.core), f"the core takes {whole.core:.1f} minutes"
    assert is_near(more, whole.more), f"the parts to leave out take {whole.more:.1f} minutes"


@pytest.mark.parametrize("lesson", lessons(), ids=lambda lesson: lesson.slug)
def test_each_section_takes_the_minutes_of_its_note(lesson):
    notebook = read(lesson.path)
    measured = times(notebook)
    wrong = {}
    for part in sections(notebook):
        time = measured[part.id]
        for stated, minutes in (
            (part.note.minutes, time.core),
            (part.note.more_minutes, time.more),
        ):
            if abs(stated - minutes) > max(1.5, 0.3 * minutes):
                wrong[part.title] = f"{time.core:.1f} and {time.more:.1f} more"
    assert wrong == {}


@pytest.mark.parametrize("lesson", TAUGHT, ids=lambda lesson: lesson.slug)
def test_an_instructor_has_time_to_type_what_a_lesson_leaves_blank(lesson):
    assert 0 < typed(read(lesson.path)) <= MOST_TYPED, "let them run a table, and type a formula"


# --------------------------------------------------------------------------- the clock itself


def text(source, *tags):
    return new_markdown_cell(source, metadata={"tags": list(tags)})


def code(source, *tags):
    return new_code_cell(source, metadata={"tags": list(tags)})


def lesson(*cells):
    return new_notebook(cells=[text("# 02 · A lesson"), *cells])


def test_words_are_told_but_not_what_is_folded_away():
    assert words("It is **not** `a * b`, but 3.") == 7
    assert words("See $$a^2 + b^2$$ here.") == 14
    assert words("<details><summary>Which?</summary> this one </details> Go on.") == 2


@pytest.mark.parametrize(
    ("cell", "seconds"),
    [
        (text("word " * 100), 30),
        (text("word " * 100, "predict"), 75),
        (text("<!-- instructor\nMinutes: 9\n-->", "instructor"), 0),
        (code("x = 1 + 1", "live"), 21.8),
        (code("x = 1"), 20),
        (code("explore_kink(relu)"), 75),
        (code("from course_utils.explore import explore_kink"), 20),
        (code("show(fig)", "hide-cell"), 20),
        (code("x = 1", "hide-cell"), 6),
    ],
)
def test_the_seconds_that_a_cell_takes(cell, seconds):
    taken = times(new_notebook(cells=[text("# ·"), cell]))
    assert sum(taken.values(), Time(0, 0)).core == pytest.approx(seconds / 60)


def test_verdicts_and_recap_are_pointed_at():
    parts = times(lesson(text("## Recap\n\n" + "word " * 900)))
    assert [round(time.core) for time in parts.values()] == [0, 1]


CODE = "x = 1"


def lesson_of(*sources):
    return lesson(*(code(source) if source == CODE else text(source) for source in sources))


@pytest.mark.parametrize(
    ("sources", "left_out"),
    [
        ([f"## A\n\n{OPTIONAL} All of it.", CODE, "### B", CODE, "## End"], 4),
        ([f"### A\n\n{OPTIONAL} All of it.", CODE, "### B", CODE, "## End"], 2),
        ([f"{OPTIONAL} One, up to the next heading.", CODE, "### B", CODE], 2),
        ([f"## A\n\n{OPTIONAL} One, up to the next heading.", CODE, "### B"], 2),
        ([f'{OPTIONAL} One, up to the\nwords "Now B".', CODE, CODE, "Now B."], 3),
    ],
)
def test_a_part_to_leave_out_reaches_as_far_as_it_says(sources, left_out):
    assert optional(lesson_of(*sources)) == set(range(1, 1 + left_out))


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (f"{OPTIONAL} One more.", "stands below the heading"),
        (f"## A\n\nText.\n\n{OPTIONAL} One more.", "stands below the heading"),
        (f"## A\n\n{OPTIONAL} One more, up to the picture.", "stands below the heading"),
        (f'{OPTIONAL} One more, up to the words "Now C".', "has no end"),
    ],
)
def test_a_part_to_leave_out_says_how_far_it_reaches(source, said):
    with pytest.raises(MarkError, match=said):
        optional(lesson_of(source, CODE, "Now B."))


def test_what_stands_before_a_mark_is_taught():
    head = f"## A\n\n{'word ' * 100}\n\n### B\n\n{OPTIONAL} " + "more " * 100
    _, taken, _ = times(lesson_of(head, CODE, "## End")).values()
    assert taken.core == pytest.approx(0.5, abs=0.05)
    assert taken.more == pytest.approx(0.5 + 1 / 3, abs=0.05)
