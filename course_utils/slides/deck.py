"""A lesson as one page of slides.

The page needs the folder of `files`, and no other host. Its first line tells how it was made, so
that a page that somebody has changed is known, and kept.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from course_utils import instructor
from course_utils.notebooks import Lesson, read
from course_utils.slides.blocks import slug
from course_utils.slides.files import FOLDER
from course_utils.slides.rules import Slide, slides_of

if TYPE_CHECKING:
    from course_utils.instructor import Note

__all__ = ["deck", "explorers_in", "is_untouched", "page"]

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="stylesheet" href="{folder}/reveal.css">
<link rel="stylesheet" href="{folder}/fonts.css">
<link rel="stylesheet" href="{folder}/explorers.css">
<link rel="stylesheet" href="{folder}/deck.css">
</head>
<body>
<div class="reveal is-fitting"{minutes}>
<div class="slides">
{slides}
</div>
</div>
<script src="{folder}/reveal.js"></script>
<script src="{folder}/notes.js"></script>
<script src="{folder}/deck.js"></script>
<script src="{folder}/tex-svg.js" defer></script>
</body>
</html>
"""

MADE = re.compile(r"<!-- made by `course slides`: (\w{16}) -->\n")


def explorers_in(path: Path) -> dict[str, Callable[[str], str]]:
    """Return, by the id of its cell, what makes an explorer's picture alive (see `slides_of`)."""
    from functools import partial

    from course_utils.explore.embed import embedded, explorers_of

    return {name: partial(embedded, made) for name, made in explorers_of(path).items()}


def deck(
    lesson: Lesson, explorers: Mapping[str, Callable[[str], str]]
) -> list[tuple[list[Slide], Note | None]]:
    """Return the columns of a lesson's slides, each with the instructor's note on it.

    Raises
    ------
    course_utils.instructor.NoteError
        If a note cannot be read.
    """
    columns: list[tuple[list[Slide], Note | None]] = []
    for section in instructor.sections(read(lesson.path)):
        note = section.note
        slides = slides_of(section.cells, explorers)
        for number, slide in enumerate(slides):
            slide.section = section.title
            if number == 0 or slide.starts:
                columns.append(([], note))
                note = None
            columns[-1][0].append(slide)
    return columns


def page(lesson: Lesson, explorers: Mapping[str, Callable[[str], str]]) -> str:
    """Return the text of a lesson's page of slides."""
    columns = deck(lesson, explorers)
    count = sum(len(slides) for slides, _ in columns)
    # Where the notes give no times, the lesson's minutes are shared out over all slides.
    has_times = any(note for _, note in columns)
    html, number, names, targets = [], 0, set(), {}
    for slides, note in columns:
        html.append("<section>")
        for index, slide in enumerate(slides):
            number += 1
            name = _name(slide, number, names)
            targets.setdefault(name, name)
            for heading in re.findall(r"<h[2-4]>(.*?)</h", slide.heading + slide.body):
                targets.setdefault(slug(re.sub("<[^>]+>", "", heading)), name)
            slide = _anchored(slide, names)
            shown = _note(note, slide) if index == 0 else slide.notes
            timing = _seconds(note, index, len(slides)) if has_times else None
            html.append(_section(slide, name, lesson, f"{number} / {count}", shown, timing))
        html.append("</section>")
    minutes = "" if has_times else f' data-seconds="{60 * lesson.minutes}"'
    title = f"{lesson.number} · {lesson.title}"
    text = PAGE.format(
        title=escape(title),
        folder=FOLDER,
        minutes=minutes,
        slides=_linked("\n".join(html), targets),
    )
    return f"<!-- made by `course slides`: {_digest(text)} -->\n{text}"


def _section(
    slide: Slide, name: str, lesson: Lesson, number: str, notes: str, timing: int | None
) -> str:
    heading = f'<header class="heading">{slide.heading}</header>' if slide.heading else ""
    aside = f'<aside class="notes mathjax_ignore">{notes}</aside>' if notes else ""
    seconds = "" if timing is None else f' data-timing="{timing}"'
    is_title = slide.kind == "title"
    where = "" if is_title else f"{lesson.number} {lesson.title.partition(':')[0]}"
    keys = '<span class="keys">Esc gives the keys back to the slides</span>'
    part = "" if is_title or slide.section.endswith(lesson.title) else slide.section
    return (
        f'<section id="{name}"{seconds}><div class="slide of-{slide.kind}">{heading}'
        f'<div class="body"><div class="content">{slide.body}</div></div>'
        f'<footer><span class="place">{number}</span><span>{escape(where)}</span>'
        f"<span>{escape(part.replace('`', ''))}</span>"
        f"{keys if slide.kind == 'explorer' else ''}</footer></div>{aside}</section>"
    )


def _name(slide: Slide, number: int, names: set[str]) -> str:
    """Return a slide's name in its address: its heading's, if it has one, or its number."""
    name = slide.anchor
    if not name or name in names or name.isdecimal():
        name = f"slide-{number}"
    names.add(name)
    return name


def _anchored(slide: Slide, names: set[str]) -> Slide:
    """Return a slide whose headings have names, too: links from other lessons say them."""

    def named(found: re.Match) -> str:
        name = slug(re.sub("<[^>]+>", "", found[2]))
        if name in names or name.isdecimal():
            return found[0]
        names.add(name)
        return f'<{found[1]} id="{name}">{found[2]}</'

    pattern = re.compile("<(h[2-4])>(.*?)</", re.DOTALL)
    return replace(
        slide, heading=pattern.sub(named, slide.heading), body=pattern.sub(named, slide.body)
    )


def _linked(html: str, targets: Mapping[str, str]) -> str:
    """Return HTML whose links lead to slides that exist; of other links the words are kept."""

    def led(found: re.Match) -> str:
        name = targets.get(found[1])
        return f'<a href="#/{name}">{found[2]}</a>' if name else found[2]

    return re.sub(r'<a href="#/([^"]*)">(.*?)</a>', led, html, flags=re.DOTALL)


def _note(note: Note | None, slide: Slide) -> str:
    from course_utils.slides.blocks import blocks_of, joined

    return (joined(blocks_of(note.markdown())) if note else "") + slide.notes


def _seconds(note: Note | None, index: int, count: int) -> int:
    """Return a slide's part of its section's minutes."""
    if note is None:
        return 0
    whole = 60 * note.minutes
    return whole * (index + 1) // count - whole * index // count


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]


def is_untouched(path: Path) -> bool:
    """Return whether a page is as `page` made it."""
    try:
        first, _, rest = path.read_text(encoding="utf-8").partition("\n")
    except (OSError, UnicodeDecodeError):
        return False
    found = MADE.fullmatch(first + "\n")
    return bool(found) and found[1] == _digest(rest)
