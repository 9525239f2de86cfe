"""Which cells of a lesson become which slides.

One idea a slide: a heading begins a section; a piece of prose that is too long is shared out; code
and what it prints stand together where both are short, and so does the sentence that leads to them;
a figure, a verdict, a question has a slide of its own. An answer, and what a cell prints that was
asked about before, is one step further on. Code that an instructor types is shown by its task
first. Folded machinery shows only what it gives, imports nothing at all.

Where a lesson's author wants it otherwise, Jupyter's own ``slideshow`` metadata say so:
``skip`` leaves a cell out, ``notes`` makes it a speaker's note, ``-`` and ``fragment`` put it on
the slide before (the latter one step further on), ``slide`` begins a new column.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from typing import TYPE_CHECKING

from course_utils.claims import FINDINGS
from course_utils.slides.blocks import Block, blocks_of, coloured, joined, shares, slug

if TYPE_CHECKING:
    from bs4 import Tag
    from nbformat import NotebookNode

__all__ = ["Slide", "slides_of"]

ROOM = 13.5
"""How many lines of running text a slide holds."""

CODE_ROOM = 20
"""How many lines of code and output a slide holds together, in letters for the back row."""

LEAD = 5.6
"""How many lines of text may lead to code on the same slide: two below a heading, or four."""

VERDICT = re.compile(
    rf"^The notes: (?P<claim>.+)\n(?P<number>C\d\d) "
    rf"(?P<finding>{'|'.join(sorted(FINDINGS, key=len, reverse=True))}): (?P<because>.+)\n?",
    re.MULTILINE,
)


@dataclass
class Slide:
    """A slide: its kind, which is its class in the page, its heading's HTML, and what it shows.

    `anchor` is the name that links use, empty where a slide begins no part; `notes` is HTML for
    the speaker; `starts` says that a new column begins here; `lines` is the height of what it
    shows, in lines of running text, where that is known.
    """

    kind: str
    body: str
    heading: str = ""
    anchor: str = ""
    notes: str = ""
    starts: bool = False
    section: str = field(default="", compare=False)
    lines: float = field(default=ROOM, compare=False)


def slides_of(
    cells: Sequence[NotebookNode],
    explorers: Mapping[str, Callable[[str], str]] = {},
) -> list[Slide]:
    """Return the slides of a section, which is a heading's cell and those that follow.

    Parameters
    ----------
    cells
        The section's cells; those tagged ``instructor`` are left out.
    explorers
        By the id of the cell that shows one, a function from the HTML of the stored picture to
        that of the living explorer.
    """
    slides: list[Slide] = []
    heading = ""
    asked = False
    for cell in cells:
        tags = cell.metadata.get("tags", [])
        wish = cell.metadata.get("slideshow", {}).get("slide_type", "")
        if "instructor" in tags or wish == "skip":
            continue
        if cell.cell_type == "code":
            found = _code_slides(cell, explorers.get(cell.id), asked=asked)
        elif cell.cell_type == "markdown":
            found = _prose_slides(cell, is_question="predict" in tags)
        else:
            continue
        asked = "predict" in tags
        if wish == "notes" and slides:
            slides[-1].notes += "".join(slide.heading + slide.body for slide in found)
            continue
        if wish in ("-", "fragment") and slides and found:
            step = ' class="fragment"' if wish == "fragment" else ""
            more = "".join(slide.heading + slide.body for slide in found)
            slides[-1].body += f"<div{step}>{more}</div>"
            continue
        if heading and found:  # a heading that had a cell to itself
            found[0].heading = heading + found[0].heading
            found[0].anchor = found[0].anchor or slug(_text_of(heading))
            heading = ""
        if found and wish == "slide":
            found[0].starts = True
        if found and found[-1].heading and not found[-1].body:
            heading = found.pop().heading
        if slides and found and not wish and _stand_together(slides[-1], found[0]):
            lead = slides.pop()
            found[0] = replace(lead, kind="code", body=lead.body + found[0].body)
        slides += found
    if heading:
        slides.append(Slide("prose", "", heading, slug(_text_of(heading))))
    return slides


def _stand_together(lead: Slide, code: Slide) -> bool:
    """Return whether a slide of prose is short enough to stand above the code that follows."""
    is_lead = lead.kind == "prose" and lead.lines <= LEAD and "fragment" not in lead.body
    return is_lead and code.kind == "code" and lead.lines + code.lines <= ROOM - 1.5


# -------------------------------------------------------------------------- prose


def link(address: str) -> str | None:
    """Return where a link of a lesson leads from its slides; None where nothing is."""
    if address.startswith("#"):
        return f"#/{slug(address)}"
    lesson = re.fullmatch(r"(\d\d_\w+)\.ipynb(#.+)?", address)
    if lesson:
        return f"{lesson[1]}.html" + (f"#/{slug(lesson[2])}" if lesson[2] else "")
    return address if re.match(r"\w+:", address) else None


def _prose_slides(cell: NotebookNode, *, is_question: bool = False) -> list[Slide]:
    from bs4 import Tag

    if re.match(r"# ", cell.source):
        return [_title_slide(cell.source)]
    slides: list[Slide] = []
    run: list[Block] = []
    folded: list[Tag] = []

    def flush() -> None:
        nonlocal run, folded
        if folded:
            slides.extend(_asked(run, folded, is_question=is_question))
        elif is_question and run:
            slides.append(_question("Predict", _without("Predict", run), []))
        else:
            slides.extend(_slide_of(part) for part in shares(run, ROOM) if part)
        run, folded = [], []

    for block in blocks_of(cell.source, link):
        if isinstance(block, Tag):
            folded.append(block)
            continue
        if folded or block.name == "h2":
            flush()
        run.append(block)
    if run or folded:
        flush()
    return slides


def _title_slide(source: str) -> Slide:
    title, *rest = blocks_of(source, link)
    found = re.match(r"(\d+) · (.+?)(?:: (.+))?$", title.text)
    number, name, promise = found.groups() if found else ("", title.text, "")
    heading = f'<p class="lesson-number">{number}</p><h1>{escape(name)}</h1>'
    if promise:
        heading += f'<p class="subtitle">{escape(promise)}</p>'
    return Slide("title", joined(rest), heading, slug(title.text))


def _slide_of(part: Sequence[Block]) -> Slide:
    """Return a slide of prose; the headings that it begins with stand above the rest."""
    rest = list(part)
    heading, anchor = "", ""
    while rest and rest[0].name in ("h2", "h3", "h4"):
        first = rest.pop(0)
        heading, anchor = heading + first.html, slug(first.text)
    kind = "table" if any(block.name == "table" for block in rest) else "prose"
    lines = sum(block.lines for block in part)
    return Slide(kind, _in_steps(rest), heading, anchor, lines=lines)


def _in_steps(blocks: Sequence[Block]) -> str:
    """Return the HTML of blocks; where a list's items are the steps of a derivation, one by one."""
    items = [block for block in blocks if block.name == "ol"]
    if len(items) > 2 and all("$" in block.html for block in items):
        blocks = [
            Block(b.html.replace("<li>", '<li class="fragment">', 1), b.name, b.lines, b.text)
            if b.name == "ol"
            else b
            for b in blocks
        ]
    return joined(blocks)


def _asked(run: list[Block], folded: list[Tag], *, is_question: bool) -> list[Slide]:
    """Return the slides of folded answers: each a question of its own, or the choices of one."""
    slides = []
    if all(answer.summary.find("b") for answer in folded):
        slides += [_slide_of(part) for part in shares(run, ROOM) if part]
        for answer in folded:
            label = answer.summary.b.extract().get_text().rstrip(".")
            question = f"<p>{answer.summary.decode_contents().strip()}</p>"
            slides.append(_question(label, [Block(question, "p", 1)], [_feedback(answer)]))
        return slides
    first = next((n for n, block in enumerate(run) if re.match(r"\d+\.", block.text)), 0)
    heading = next((block for block in run[:first] if block.name == "h2"), None)
    label = heading.text if heading else "Predict" if is_question else "Check yourself"
    blocks = _without("Predict", run[first:])
    choices = [_choice(number, answer) for number, answer in enumerate(folded)]
    question = joined(blocks) + f'<ol class="choices">{"".join(choices)}</ol>'
    anchor = slug(heading.text) if heading else ""
    return [Slide("question", f'<p class="chip">{escape(label)}</p>{question}', anchor=anchor)]


def _feedback(answer: Tag) -> str:
    """Return what a folded answer holds, as HTML."""
    inner = [str(child) for child in answer.children if child is not answer.summary]
    return "".join(inner).strip()


def _choice(number: int, answer: Tag) -> str:
    """Return one of several answers; what is to be said of it is a step of its own."""
    feedback = _feedback(answer)
    right = " right" if re.match(r"(<p>)?\s*Right\b", feedback) else ""
    return (
        f'<li class="choice{right}"><div>{answer.summary.decode_contents().strip()}</div>'
        f'<div class="fragment feedback" data-fragment-index="0">{feedback}</div></li>'
    )


def _question(label: str, blocks: Sequence[Block], answers: Sequence[str]) -> Slide:
    """Return a slide that asks; each answer is a step further on."""
    steps = "".join(f'<div class="fragment answer">{answer}</div>' for answer in answers)
    body = f'<p class="chip">{escape(label)}</p><div class="ask">{joined(blocks)}</div>{steps}'
    return Slide("question", body)


def _without(words: str, blocks: Sequence[Block]) -> list[Block]:
    """Return blocks without the bold word that they begin with: the slide's label says it."""
    lead = re.compile(rf"^<p><strong>{words}\.</strong>\s*")
    return [Block(lead.sub("<p>", b.html), b.name, b.lines, b.text) for b in blocks]


def _text_of(html: str) -> str:
    return re.sub(r"<[^>]+>", "", html)


# -------------------------------------------------------------------------- code


@dataclass
class _Shown:
    """What a cell has put out: lines of text, formulas, slides that stand alone."""

    text: list[str] = field(default_factory=list)
    formulas: list[str] = field(default_factory=list)
    alone: list[Slide] = field(default_factory=list)

    @property
    def lines(self) -> float:
        return len(self.text) + 3 * len(self.formulas)


def _code_slides(
    cell: NotebookNode, explorer: Callable[[str], str] | None, *, asked: bool
) -> list[Slide]:
    course = cell.metadata.get("course", {})
    tags = cell.metadata.get("tags", [])
    shown = _shown(cell, explorer)
    prompt = course.get("prompt", "") if "live" in tags else ""
    is_hidden = "hide-cell" in tags or explorer is not None or _is_setup(cell)
    taught = _taught(cell.source)
    is_remnant = taught != cell.source and taught.count("\n") < 4 and not shown.lines
    code = [] if is_hidden or is_remnant else taught.splitlines()
    task = (
        f'<p class="chip">Live</p><p class="task">{escape(_sentence(prompt))}</p>' if prompt else ""
    )
    slides = []
    height = len(code) + shown.lines + (3 if prompt else 0)
    fits = height <= CODE_ROOM
    for part in _in_parts(code, CODE_ROOM - 2):
        html = _step("pre", coloured("\n".join(part)), "code", later=bool(prompt))
        slides.append(Slide("code", task + html, lines=height * ROOM / CODE_ROOM))
    if shown.lines and fits and slides:
        slides[-1].body += _said(shown.text, shown.formulas, later=asked or bool(prompt))
    elif shown.lines:
        parts = _in_parts(shown.text, CODE_ROOM - 3 * len(shown.formulas)) or [[]]
        for number, part in enumerate(parts, 1):
            formulas = shown.formulas if number == len(parts) else []
            slides.append(Slide("output", _said(part, formulas, later=False)))
    return slides + shown.alone


def _shown(cell: NotebookNode, explorer: Callable[[str], str] | None) -> _Shown:
    """Sort the outputs of a cell."""
    shown = _Shown()
    for output in cell.get("outputs", []):
        data = output.get("data", {})
        if output.output_type == "stream":
            text = output.text
            for found in VERDICT.finditer(text):
                shown.alone.append(_verdict_slide(**found.groupdict()))
            shown.text += VERDICT.sub("", text).rstrip("\n").split("\n")
        elif "text/html" in data:
            html = data["text/html"]
            if explorer is not None:
                shown.alone.append(Slide("explorer", explorer(html)))
            else:
                kind = "figure" if html.lstrip().startswith("<img") else "output"
                shown.alone.append(Slide(kind, html))
        elif "text/markdown" in data:
            blocks = blocks_of(data["text/markdown"], link)
            shown.alone += [_slide_of(part) for part in shares(blocks, ROOM)]
        elif "text/latex" in data:
            shown.formulas.append(data["text/latex"].replace(r"$\displaystyle", "$"))
        elif "image/png" in data:
            png = f'<img alt="" src="data:image/png;base64,{data["image/png"].strip()}">'
            shown.alone.append(Slide("figure", png))
        elif "text/plain" in data:
            shown.text += data["text/plain"].rstrip("\n").split("\n")
        elif output.output_type == "error":
            shown.text.append(f"{output.ename}: {output.evalue}")
    while shown.text and not shown.text[0].strip():
        shown.text.pop(0)
    while shown.text and not shown.text[-1].strip():
        shown.text.pop()
    return shown


def _is_setup(cell: NotebookNode) -> bool:
    """Return whether a cell only imports, and sets how figures look, without a word."""
    if cell.outputs:
        return False
    try:
        body = ast.parse(cell.source).body
    except SyntaxError:
        return False
    return all(
        isinstance(line, ast.Import | ast.ImportFrom)
        or (isinstance(line, ast.Expr) and "style.use" in ast.unparse(line))
        for line in body
    )


def _taught(source: str) -> str:
    """Return the source without its closing call of `verdict`, whose words get a slide."""
    try:
        last = ast.parse(source).body[-1]
    except (SyntaxError, IndexError):
        return source
    if isinstance(last, ast.Expr) and ast.unparse(last.value).startswith("verdict("):
        return "\n".join(source.split("\n")[: last.lineno - 1]).rstrip()
    return source


def _in_parts(lines: Sequence[str], most: int) -> list[list[str]]:
    """Share lines out evenly over as few parts as hold them."""
    count = -(-len(lines) // most)
    size = -(-len(lines) // max(1, count))
    return [list(lines[start : start + size]) for start in range(0, len(lines), size or 1)]


def _sentence(words: str) -> str:
    """Return words with a capital, unless they begin with a name: ``a = 0``, ``dL_dz``, alpha."""
    first, _, rest = words.partition(" ")
    is_name = not first.isalpha() or len(first) < 2 or first == "alpha"
    if first == "a" and rest[:1].isalpha():  # the article
        is_name = False
    return words if is_name else words[0].upper() + words[1:]


def _step(tag: str, html: str, kind: str, *, later: bool) -> str:
    return f'<{tag} class="{kind}{" fragment" if later else ""}">{html}</{tag}>'


def _said(text: Sequence[str], formulas: Sequence[str], *, later: bool) -> str:
    lines = "\n".join(escape(line) for line in text)
    html = f'<pre class="said">{lines}</pre>' if text else ""
    html += "".join(f'<div class="formula">{escape(one, quote=False)}</div>' for one in formulas)
    return _step("div", html, "shown", later=later)


def _verdict_slide(claim: str, number: str, finding: str, because: str) -> Slide:
    body = (
        f'<p class="chip">The notes say · {number}</p><p class="claim">{escape(claim)}</p>'
        f'<div class="fragment finding" data-finding="{finding}">'
        f"<p><strong>{finding.capitalize()}</strong></p><p>{escape(_sentence(because))}</p></div>"
    )
    return Slide("verdict", body)
