"""The run sheet: a lesson on one printed page, for the hand of who teaches it.

It holds the lesson's objectives, what must be ready, and a row a section, made from the
instructor's notes: when it starts, what to ask, which wrong idea to expect, what to show, what
to skip. The page needs nothing but itself: no script, no font or picture from elsewhere.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING

from course_utils.claims import CLAIMS, FINDINGS
from course_utils.instructor import Section, sections, starts
from course_utils.notebooks import Lesson, lessons, read

if TYPE_CHECKING:
    from nbformat import NotebookNode

__all__ = ["is_untouched", "name_of", "sheet"]

COLUMNS = {"Ask": 47.0, "Misconception": 44.0, "Demonstrate": 43.0, "If late": 33.0}
"""What a row says, and how many millimetres of the page each column has."""

RAIL, PAGE = 25.0, (192.0, 280.0)  # millimetres: the first column, and what A4 leaves to print on
SIZES = (10.0, 9.5, 9.0, 8.5, 8.0)  # points: the largest print that fits is taken
SIGNATURE = re.compile(r'(?<=<meta name="made" content=")[0-9a-f]*(?=">)')

STYLE = """
@page { size: A4; margin: 8mm 9mm; }
* { box-sizing: border-box; }
body {
  display: flex; flex-direction: column; width: 192mm; min-height: 280mm; margin: 0 auto;
  color: #1a1a1a; background: #fff;
  font: 8pt/1.2 "Helvetica Neue", Arial, "Liberation Sans", "DejaVu Sans Condensed", sans-serif;
}
header { display: flex; align-items: baseline; border-bottom: 1.6pt solid #0072b2; }
h1 { flex: 1; margin: 0 0 0.6mm; font-size: 14pt; line-height: 1.1; }
h1 b, h2, th, .at { color: #0072b2; }
h1 small { margin-left: 2mm; font-size: 9pt; font-weight: 400; }
header i { display: inline-block; width: 12mm; border-bottom: 0.5pt solid #595959; }
.before { display: grid; grid-template-columns: 1fr 1fr; gap: 5mm; margin: 1mm 0; }
h2 { margin: 0; font-size: inherit; }
ol, ul { margin: 0; padding-left: 4.5mm; }
ul { padding-left: 0; list-style: none; }
.tick { padding-left: 4mm; text-indent: -4mm; }
.tick::before {
  content: ""; display: inline-block; width: 2.4mm; height: 2.4mm; margin-right: 1.6mm;
  border: 0.7pt solid #1a1a1a; border-radius: 0.4mm; vertical-align: -0.2mm;
}
table { width: 100%; border-collapse: collapse; table-layout: fixed; }
th { padding: 0 1.2mm; text-align: left; }
td { padding: 0.5mm 1.2mm; border-top: 0.4pt solid #8a8a8a; vertical-align: top; }
td { overflow-wrap: anywhere; }
th:first-child, td:first-child { padding-left: 0; }
td + td { border-left: 0.4pt solid #d0d0d0; }
.at { display: inline-block; min-width: 5.5mm; font-size: 11pt; line-height: 1; }
.title { display: block; font-weight: 700; }
td small { padding-left: 4mm; color: #595959; font-size: inherit; }
.optional { color: #595959; }
code { font: 0.94em/1 Menlo, Consolas, "DejaVu Sans Mono", monospace; letter-spacing: -0.03em; }
.next { flex: 1; padding-top: 0.6mm; border-top: 0.4pt solid #8a8a8a; color: #595959; }
.trial { padding-top: 0.6mm; border-top: 1.6pt solid #0072b2; columns: 2; column-gap: 5mm; }
.trial li { break-inside: avoid; padding-left: 7mm; text-indent: -7mm; }
.claim { color: #b84f00; }
@media screen { body { padding: 8mm 0; } }
"""


def name_of(lesson: Lesson) -> str:
    """Return the name of the sheet's file, which lies beside the instructor's notebook."""
    return f"{lesson.slug}.run_sheet.html"


def sheet(lesson: Lesson) -> str:
    """Return the text of a lesson's run sheet, signed, so that changes show.

    Raises
    ------
    NoteError
        If a note for the instructor cannot be read.
    """
    notebook = read(lesson.path)
    parts, judged = sections(notebook), _judged(notebook)
    more = notebook.metadata.course.get("more_minutes")
    time = f"{lesson.minutes} min" + (f" + {more} if you have time" if more else "")
    name, _, promise = lesson.title.partition(": ")
    widths = "".join(f'<col style="width: {width}mm">' for width in (RAIL, *COLUMNS.values()))
    page = f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="made" content="">
<title>Run sheet {lesson.number}: {escape(lesson.title)}</title>
<style>{STYLE}body {{ font-size: {_size(lesson, parts, judged)}pt }}</style>
</head>
<body>
<header>
<h1><b>{lesson.number}</b> {_inline(name)} <small>{_inline(promise)}</small></h1>
<span><strong>{time}</strong>, begun at <i></i></span>
</header>
<section class="before">
<div><h2>Afterwards they can</h2><ol>{_items(map(_inline, lesson.objectives))}</ol></div>
<div><h2>Ready before they come</h2><ul>{_items(_ready(lesson), "tick")}</ul></div>
</section>
<table>
<colgroup>{widths}</colgroup>
<thead><tr><th>Minute</th>{"".join(f"<th>{word}</th>" for word in COLUMNS)}</tr></thead>
<tbody>
{"".join(map(_row, parts, starts(parts)))}</tbody>
</table>
<div class="next">For the next time:</div>
{f'<ul class="trial">{_items(map(_inline, judged))}</ul>' if judged else ""}
</body>
</html>
"""
    return SIGNATURE.sub(_made_of(page), page)


def is_untouched(path: Path) -> bool:
    """Return whether a run sheet is as it was made."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False
    found = SIGNATURE.search(text)
    return found is not None and found[0] == _made_of(text)


def _made_of(page: str) -> str:
    return hashlib.sha256(SIGNATURE.sub("", page, count=1).encode()).hexdigest()[:16]


def _items(texts: Iterable[str], look: str = "") -> str:
    """Return list items."""
    mark = f' class="{look}"' if look else ""
    return "".join(f"<li{mark}>{text}</li>" for text in texts)


def _ready(lesson: Lesson) -> Iterator[str]:
    titles = {one.slug: f"{one.number} {one.title.partition(':')[0]}" for one in lessons()}
    if lesson.needs:
        yield "Behind them: " + ", ".join(_inline(titles.get(slug, slug)) for slug in lesson.needs)
    yield _inline(f"For the class: `course live {lesson.number} --to live`")
    yield _inline(
        f"For you: `course lab`; open `{lesson.path.name}` beside this sheet, run its imports"
    )
    yield "View → Appearance → Presentation Mode, seen from the back row"


def _row(part: Section, start: int) -> str:
    """Return a section's row."""
    typed = sum("live" in cell.metadata.get("tags", []) for cell in part.cells)
    rail = f'{_times(part, start)}<span class="title tick">{_inline(_title(part))}</span>'
    cells = [f"<td>{rail}{f'<small>{typed} to type</small>' if typed else ''}</td>"]
    cells += [f'<td colspan="{len(over)}">{_inline(text)}</td>' for text, over in _laid_out(part)]
    look = ' class="optional"' if part.note and not part.note.minutes else ""
    return f"<tr{look}>{''.join(cells)}</tr>\n"


def _laid_out(part: Section) -> list[tuple[str, list[str]]]:
    """Return the texts of a row, each with the columns that it stands in.

    A field that is missing leaves its place to the one on its left.
    """
    said = part.note.said if part.note else {}
    row: list[tuple[str, list[str]]] = []
    for word in COLUMNS:
        if word in said or not row:
            row.append((said.get(word, ""), []))
        row[-1][1].append(word)
    return row


def _title(part: Section) -> str:
    """Return a section's title; the first one's is that of the lesson, which stands above."""
    return "Opening" if part.cells[0].source.startswith("# ") else part.title


def _times(part: Section, start: int) -> str:
    """Return when a section starts and what it takes."""
    if part.note is None:
        return ""
    note = part.note
    times = f"{note.minutes} min" if note.minutes else "if time"
    times += f" + {note.more_minutes}" if note.more_minutes else ""
    return f'<b class="at">{start if note.minutes else "+"}</b>{times}'


def _judged(notebook: NotebookNode) -> list[str]:
    """Return the claims that the lesson judges, each with its verdict, as a line of text."""
    judged = {}
    for cell in notebook.cells:
        printed = "".join(output.get("text", "") for output in cell.get("outputs", []))
        for tag in cell.metadata.get("tags", []):
            number = tag.removeprefix("claim:")
            found = re.search(rf"^{number} ({'|'.join(FINDINGS)}): ", printed, re.MULTILINE)
            if number in CLAIMS and found:
                judged[number] = f"{number} {CLAIMS[number].statement} **{found[1]}**"
    return [judged[number] for number in sorted(judged)]


def _size(lesson: Lesson, parts: Sequence[Section], judged: Sequence[str]) -> float:
    """Return the largest size of print, in points, with which the sheet should fit on its page."""
    for size in SIZES:
        letter, line = size * 0.165, size * 0.425  # millimetres
        half = PAGE[0] / 2 - 9
        goals = sum(_lines(text, half / letter) for text in lesson.objectives)
        height = 16 + line * (max(goals, 5) + 4)  # the header, the headings, room for a remark
        height += line * (sum(_lines(text, half / letter) for text in judged) + 1) / 2
        for part in parts:
            rows = [2 + _lines(_title(part), (RAIL - 6) / letter)]
            for text, over in _laid_out(part):
                width = sum(COLUMNS[word] for word in over) - 2.8
                rows.append(_lines(text, width / letter))
            height += line * max(rows) + 1.2
        if height <= PAGE[1]:
            break
    return size


def _lines(text: str, letters: float) -> int:
    """Return how many lines a text takes in a column so many letters wide."""
    return len(wrap(text, int(letters)))


def _inline(text: str) -> str:
    """Return a line of a note as HTML: code, emphasis and claims are marked, no more."""
    pieces = re.split(r"`([^`]*)`", text)
    for number, piece in enumerate(pieces):
        piece = escape(piece, quote=False)
        if number % 2:
            pieces[number] = f"<code>{piece}</code>"
            continue
        piece = re.sub(r"\*\*([^*]+)\*\*", r"<strong>\1</strong>", piece)
        piece = re.sub(r"\*([^*]+)\*", r"<em>\1</em>", piece)
        piece = re.sub(r'"([^"]*)"', r"“\1”", piece)
        pieces[number] = re.sub(r"\bC\d\d\b", r'<b class="claim">\g<0></b>', piece)
    return "".join(pieces)
