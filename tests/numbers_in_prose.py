r"""A number in a lesson's prose is printed by one of its cells.

`unprinted` returns the numbers of a notebook's markdown cells that no code cell prints. The
instructor's notes are comments, and count all the same, but for their minutes.

Which numbers: those with two significant digits (zeros at the end of an integer do not
count), a decimal point, an exponent or a percent sign; in formulas, those after
``\approx``. Not: code, links, headings' and lists' numbering, `02_sigmoid`, `C05`, minutes,
versions, years in brackets or in a list of sources, the options listed in a cell tagged
`predict` or `quiz`.

What counts as printed: the same number with the same sign, or one that rounds to it; a
percentage also as a fraction. Prose may round what a cell prints, never sharpen it. An
integer may also stand in the code: it is a setting then, such as 128 units.

A number that no cell can print is *given*, with the reason, in the cell's metadata:
``"course": {"given": {"1.7": "the axis in the paper's figure"}}``.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

_DIGITS = r"\d+(?:(?:,|\{,\}|_|\u202f)\d{3})+(?:\.\d+)?|\d+\.\d+|\d+|\.\d+"
_POWER = r"\s*(?:\\times|\\cdot|×|·)\s*10\s*\^?\{?(?P<power>[-+]?\d+)\}?"
LITERAL = rf"[-+]?(?:{_DIGITS})"
LITERAL += r"(?:[eE][-+]?\d+|\s*(?:\\times|\\cdot)\s*10\^(?:\{[-+]?\d+\}|\d))?(?:\s*\\?%)?"
LITERAL += r"|[-+]?10\^(?:\{[-+]?\d+\}|\d)"
_NUMBER = re.compile(
    rf"(?<![\w.,])(?P<sign>[-+]?)(?:(?P<bare>10)\s*\^\{{?(?P<exponent>[-+]?\d+)\}}?|"
    rf"(?P<digits>{_DIGITS})(?:[eE](?P<e>[-+]?\d+)|{_POWER})?)"
    r"(?P<percent>\s?\\?%)?(?![\w]|[.,]\d)"
)
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")


class Number(NamedTuple):
    """A number as it is written, its value, and one unit in its last place."""

    text: str
    value: Decimal
    unit: Decimal


class Missing(NamedTuple):
    """A number of the prose that no cell prints."""

    cell: str
    number: str
    why: str


def _plain(text: str) -> str:
    """Write minus signs, superscripts and spaces in one way."""
    text = re.sub(r"[⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺]+", lambda m: "^" + m[0].translate(_SUPERSCRIPTS), text)
    return re.sub(r"[\u2212\u2010\u2011]", "-", text).replace("\u00a0", " ")


def _number(match: re.Match) -> Number:
    if match["bare"]:
        value, power = Decimal(1), int(match["exponent"])
        place = 0
    else:
        digits = re.sub(r"[,_{}\u202f]", "", match["digits"])
        value, power = Decimal(digits), int(match["e"] or match["power"] or 0)
        place = -len(digits.split(".")[1]) if "." in digits else 0
    if match["percent"]:
        power -= 2
    value = value.scaleb(power)
    return Number(
        match[0].strip(),
        -value if match["sign"] == "-" else value,
        Decimal(1).scaleb(place + power),
    )


def number_of(literal: str) -> tuple[Decimal, Decimal]:
    """Return the value of one number, and one unit in its last place."""
    text = _plain(literal).replace(r"\,", "").strip()
    match = _NUMBER.fullmatch(text)
    if not match:
        raise ValueError(f"not a number: {literal!r}")
    return _number(match)[1:]


def numbers(text: str) -> list[Number]:
    """Return the numbers of a text; a hyphen after a digit or letter is no minus."""
    return [
        _number(m)
        for m in _NUMBER.finditer(re.sub(r"(?<=[\w)])(?<![\d.][eE])-(?=[\d.])", " ", _plain(text)))
    ]


# ---------------------------------------------------------------------------- what is printed


def printed_numbers(notebook: dict) -> frozenset[tuple[Decimal, bool]]:
    """Return the numbers in the text outputs of the code cells, each with: is a percentage."""
    texts = []
    for cell in notebook["cells"]:
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            kinds = ("text/plain", "text/html", "text/markdown", "text/latex")
            texts += [output.get("text", ""), *(data.get(kind, "") for kind in kinds)]
    joined = "\n".join("".join(t) for t in texts)
    joined = re.sub(r"<(style|svg|script).*?</\1>|<[^<>]*>", " ", joined, flags=re.DOTALL)
    # a tuple or an array separates by comma and space; 1,000 has no space
    return frozenset((n.value, "%" in n.text) for n in numbers(joined))


def set_numbers(notebook: dict) -> frozenset[Decimal]:
    """Return the integers in the code cells' source: settings such as 128 units."""
    texts = ("".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == "code")
    return frozenset(n.value for n in numbers("\n".join(texts)) if n.value == int(n.value))


def is_printed(literal: str, printed: frozenset[tuple[Decimal, bool]]) -> bool:
    """Tell whether a printed number is this one, or rounds to it, with the same sign."""
    value, unit = number_of(literal)
    if "." not in literal and "e" not in literal.lower() and value:  # 4,200 may stand for 4,213
        digits = str(abs(value.scaleb(2) if "%" in literal else value).to_integral_value())
        unit = unit.scaleb(len(digits) - len(digits.rstrip("0"))) if "^" not in literal else unit
    ways = [(value, unit)]
    if "%" in literal:
        ways.append((value * 100, unit * 100))
    for q, percent in printed:
        for p, u in ways:
            for r in (q, q * 100) if percent else (q,):
                if abs(p - r) <= u / 2 and (p * r > 0 or r == p):
                    return True
    return False


# ------------------------------------------------------------------------ what prose claims


def without_code(markdown: str) -> str:
    """Blank code blocks, code spans and HTML comments."""
    text = re.sub(r"(?ms)^[ >]*(```+|~~~+).*?^[ >]*\1[ \t]*$", " ", markdown)
    text = re.sub(r"<!--.*?-->", " ", text, flags=re.DOTALL)
    return re.sub(r"(?<![`\\])(`+)(?!`)(.+?)(?<!`)\1(?!`)", " x ", text, flags=re.DOTALL)


_SKIPPED = (
    r"\]\([^)]*\)",  # a link's target
    r"(?s)<summary>.*?</summary>",  # an answer to choose
    r"<[^<>]*>|https?://\S+|doi:\S+|arXiv:\S+",
    r"(?m)^\s*(?:>\s*)*#+\s*\d+(?:\.\d+)*\.?\s",  # a heading's number
    r"(?m)^\s*(?:>\s*)*\d+[.)]\s",  # a list's number
    r"\bC\d\d\b|\b\d\d_\w+|\b[Ll]essons?\s\d\d(?:(?:,|\s?-|\s?–|\sto|\sand)\s?\d\d)*",
    r"\b\d+(?:\s?[-–]\s?\d+)?\s?min(?:utes?)?\b",
    r"\b(?:Python|NumPy|SymPy|Matplotlib|PyTorch|JAX|JupyterLab|mpmath|version)\s\d+(?:\.\d+)*",
    r"\((?:[^()]*\D)?(?:19|20)\d\d[a-z]?\)|\b[A-Z]\w+,? (?:19|20)\d\d\b",
)
_SOURCES = re.compile(
    r"(?mi)^#+\s*(?:sources|references|further reading)\b.*(?:\n(?!#).*)*"
    r"|^\**(?:sources?|references)\b.*(?:\n(?!\s*$).*)*"
)


def _prose(markdown: str, *, options: bool) -> str:
    text = _plain(without_code(markdown))
    text = _SOURCES.sub(" ", text)
    if options:
        text = re.sub(r"(?m)^\s*(?:[-*+]|\d+[.)]|\(?[A-Za-z][.)])\s.*$", " ", text)
    for pattern in _SKIPPED:
        text = re.sub(pattern, " ", text)
    return text


def _needs_cell(number: Number) -> bool:
    text = number.text.lstrip("-+")
    if any(mark in text for mark in ".%^eE×·\\"):
        return True
    return len(re.sub(r"\D", "", text).strip("0")) >= 2


def claims(markdown: str, *, options: bool = False) -> list[str]:
    """Return the numbers in a markdown cell that a cell must print."""
    text = _prose(markdown, options=options)
    math = re.compile(r"(?<!\\)\$\$(.+?)\$\$|(?<!\\)\$([^$]+?)(?<!\\)\$", re.DOTALL)
    found = []
    for match in math.finditer(text):
        body = re.sub(r"\\[,;!: ]", "", match[1] or match[2])
        found += [m[1].strip() for m in re.finditer(rf"\\(?:approx|simeq)[\s&]*({LITERAL})", body)]
    return found + [n.text for n in numbers(math.sub(" x ", text)) if _needs_cell(n)]


def unprinted(notebook: dict) -> list[Missing]:
    """Return the numbers of the prose that are neither printed nor given; [] if all are."""
    printed, settings = printed_numbers(notebook), set_numbers(notebook)
    missing = []
    for i, cell in enumerate(notebook["cells"]):
        if cell["cell_type"] != "markdown":
            continue
        name, metadata = cell.get("id", f"cell {i}"), cell.get("metadata", {})
        tags = set(metadata.get("tags", ()))
        given = metadata.get("course", {}).get("given", {})
        if not isinstance(given, dict) or not all(str(r).strip() for r in given.values()):
            why = 'write "given" as {"number": "reason"}, with a reason for each'
            missing.append(Missing(name, str(given), why))
            continue
        text = "".join(cell["source"])
        if "instructor" in tags:
            text = re.sub(r"\A<!-- instructor$|^Minutes:.*$|-->\s*\Z", "", text, flags=re.MULTILINE)
        found = claims(text, options=bool(tags & {"predict", "quiz"}))
        for text in found:
            is_set = text.lstrip("-+").isdecimal() and Decimal(text) in settings
            if text not in given and not is_set and not is_printed(text, printed):
                why = "no code cell prints it (with this sign): print it, mend it, or leave it out"
                missing.append(Missing(name, text, why))
        for text in given.keys() - set(found):
            missing.append(Missing(name, text, '"given" in the metadata, but not in the text'))
    return missing
