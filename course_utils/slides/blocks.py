"""Markdown as blocks: paragraphs, lists, tables, formulas, each with the height that it will take.

A slide's room is known, and no browser is there when slides are made. So heights are estimated,
in lines of running text, and what is too long is shared out evenly over several slides. The page
then chooses the largest letters that fit (``page/deck.js``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass
from functools import cache
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bs4 import Tag

__all__ = ["Block", "blocks_of", "coloured", "joined", "shares", "slug", "without_lead"]

CHARACTERS = 76
"""How many letters a line of running text holds, at the size at which heights are estimated."""

TORN = ("ol", "ul", "table")
"""What is rather left whole."""

FORMULA = re.compile(r"\$\$(.+?)\$\$|\$([^$]+?)\$", re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A piece of a slide: its HTML, its name as an element, its height in lines of text."""

    html: str
    name: str
    lines: float
    text: str = ""

    @property
    def leads_on(self) -> bool:
        """Whether what follows has to stand on the same slide."""
        goes_on = self.text[-1:].isalpha() or self.text.endswith((":", ","))
        return self.name in ("h2", "h3", "h4") or goes_on


def blocks_of(source: str, link: Callable[[str], str | None] = lambda address: address) -> list:
    """Return the blocks of a Markdown text: `Block` or, for what is folded, the `Tag` itself.

    Parameters
    ----------
    source
        Markdown, with formulas between dollars, which stay as they are.
    link
        Is given each link's address and returns the one to write, or None for no link at all.
    """
    from bs4 import BeautifulSoup, Comment, Tag
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

    renderer = IPythonRenderer(escape=False, exclude_anchor_links=True)
    soup = BeautifulSoup(MarkdownWithMath(renderer=renderer).render(source), "html.parser")
    for comment in soup.find_all(string=lambda text: isinstance(text, Comment)):
        comment.extract()
    for node in soup.find_all(id=True):
        del node["id"]  # the slides have names of their own
    for anchor in soup.find_all("a"):
        address = link(anchor.get("href", ""))
        if address is None:
            anchor.unwrap()
        else:
            anchor["href"] = address
    blocks: list = []
    for node in soup.children:
        if isinstance(node, Tag):
            blocks += [node] if node.name == "details" else _split(node)
        elif node.strip():
            blocks.append(Block(f"<p>{escape(node.strip())}</p>", "p", 1, node.strip()))
    return blocks


def _split(node: Tag) -> list[Block]:
    """Return a node as one block, a list as one block an item, a table as one a row."""
    if node.name in ("ul", "ol"):
        return _items(node)
    if node.name == "table":
        return _table_rows(node)
    return [Block(str(node), node.name, height(node), node.get_text().strip())]


def _items(node: Tag) -> list[Block]:
    """Return the items of a list, each as a list of one; `joined` puts them together again."""
    first = int(node.get("start", 1))
    items = []
    for number, item in enumerate(node.find_all("li", recursive=False), first):
        start = f' start="{number}"' if node.name == "ol" else ""
        html = f"<{node.name}{start}>{item}</{node.name}>"
        items.append(Block(html, node.name, _rows(item.get_text(), CHARACTERS - 6) + 0.35))
    return items


def _table_rows(node: Tag) -> list[Block]:
    """Return the rows of a table, each as a table with the same head."""
    head = node.find("thead")
    rows = [row for row in node.find_all("tr") if not row.find_parent("thead")]
    every = [[_length(c.get_text()) for c in row.find_all(["td", "th"])] for row in rows]
    widest = [max(column) for column in zip(*every, strict=False)]
    share = _column_widths(widest)
    blocks = []
    for row, cells in zip(rows, every, strict=True):
        lines = max(-(-cell // room) for cell, room in zip(cells, share, strict=False))
        html = f"<table>{head or ''}<tbody>{row}</tbody></table>"
        blocks.append(Block(html, "table", 0.72 * lines + 0.4))
    return blocks


def _column_widths(widest: list[int], room: int = 104) -> list[int]:
    """Return how many letters each column holds: what it needs, or its share of what is left."""
    left, widths = room - 3 * len(widest), {}
    for count, column in enumerate(sorted(range(len(widest)), key=widest.__getitem__)):
        fair = left // (len(widest) - count)
        widths[column] = max(1, min(widest[column], fair))
        left -= widths[column]
    return [widths[column] for column in range(len(widest))]


def height(node: Tag) -> float:
    """Return how many lines of running text an element is high, with the space below it."""
    text = node.get_text()
    if node.name == "h2":
        return 2.4
    if node.name in ("h3", "h4"):
        return 1.8
    if node.name == "pre" or node.find("pre"):
        return 0.9 * (text.rstrip().count("\n") + 1) + 0.9
    if node.name == "blockquote":
        return _rows(text, CHARACTERS - 4) + 0.6
    return _rows(text, CHARACTERS) + 0.6


def _rows(text: str, room: int) -> float:
    """Return how many lines a text takes; a displayed formula interrupts them."""
    rows = 0.0
    for tex in re.findall(r"\$\$(.+?)\$\$", text, re.DOTALL):
        rows += 2.2 + 1.3 * tex.count(r"\\")
    rest = re.sub(r"\$\$.+?\$\$", "\n", text, flags=re.DOTALL)
    parts = [part for part in re.split(r"\n(?=\s*\n)|\x0b", rest) if part.strip()]
    return rows + sum(-(-_length(part) // room) for part in parts)


def _length(text: str) -> int:
    """Return how many letters wide a text is: formulas as they are set, Korean twice."""
    shown = FORMULA.sub(lambda found: "x" * _width_of_tex(found[1] or found[2]), text)
    return len(shown.strip()) + len(re.findall("[\u1100-\uffdc]", shown))


def _width_of_tex(tex: str) -> int:
    return max(1, len(re.sub(r"\\[a-zA-Z]+|[{}^_\\\s]", "x", tex)) * 7 // 10)


def shares(blocks: Sequence[Block], room: float) -> list[list[Block]]:
    """Share blocks out over as few slides as they need, as evenly as that allows.

    What leads on to the next block, a heading or a line that ends in a colon, is not the last of
    a slide.

    >>> [len(part) for part in shares([Block("", "p", 4)] * 5, room=12)]
    [2, 3]
    """
    units: list[list[Block]] = []
    for block in blocks:
        if units and units[-1][-1].leads_on:
            units[-1].append(block)
        else:
            units.append([block])
    heights = [sum(block.lines for block in unit) for unit in units]

    @cache
    def best(start: int) -> tuple[int, float, tuple[int, ...]]:
        """Return the fewest slides from this unit on, the unevenness, where each ends."""
        if start == len(units):
            return 0, 0.0, ()
        found = None
        for end in range(start + 1, len(units) + 1):
            taken = sum(heights[start:end])
            if taken > room and end > start + 1:
                break
            count, uneven, ends = best(end)
            torn = end < len(units) and units[end - 1][-1].name == units[end][0].name in TORN
            candidate = (count + 1, uneven + taken**2 + 50 * torn, (end, *ends))
            found = candidate if found is None else min(found, candidate)
        return found

    parts, start = [], 0
    for end in best(0)[2]:
        parts.append([block for unit in units[start:end] for block in unit])
        start = end
    return parts


def joined(blocks: Sequence[Block]) -> str:
    """Return the HTML of blocks; items of one list and rows of one table come together again."""
    html = "\n".join(block.html for block in blocks)
    html = re.sub(r"</ul>\s*<ul>|</ol>\s*<ol[^>]*>", "\n", html)
    return re.sub(
        r"</tbody></table>\s*<table>(?:<thead>.*?</thead>)?<tbody>", "\n", html, flags=re.S
    )


def coloured(source: str) -> str:
    """Return Python source as HTML, its words in the colours of ``page/deck.css``."""
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import PythonLexer

    return highlight(source, PythonLexer(stripnl=False), HtmlFormatter(nowrap=True)).rstrip("\n")


def without_lead(node: Tag, words: str) -> Tag:
    """Return a copy of an element without the bold words that it begins with."""
    rest = copy(node)
    lead = rest.find(["strong", "b"])
    if lead and lead.get_text().strip().rstrip(".") == words:
        lead.extract()
    return rest


def slug(heading: str) -> str:
    r"""Return the name of the slide that begins with a heading: what links to it say.

    >>> slug(r"The shortcut $a \, (1 - a)$"), slug("So-what?")
    ('the-shortcut-a-1-a', 'so-what')
    """
    return re.sub(r"\W+", "-", re.sub(r"\\\W", "", heading)).strip("-").lower()
