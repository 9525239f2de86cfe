r"""Decide the formulas printed in a lesson's prose: a flipped sign must turn the tests red.

`check` reads the markdown cells of one notebook in order and returns its problems. Each
LaTeX span is cut into relations, each relation is translated to SymPy and decided:

- ``=``: both sides agree to 25 digits at 24 random points and at 0 (a proof would take
  longer and refuse no more; the lessons' own cells give the proofs);
- ``<`` and its kin, ``\in`` an interval or a set: true on a dense grid and far out, and
  sharp, so that a changed digit shows;
- ``\approx``: half a unit in the last printed place;
- ``\to``, ``\lim``: the point replaced by one 1e-40 away, or by 1e40.

``symbol = expression`` is a definition when the symbol has no meaning yet: it is kept for
the rest of the notebook (a number: for the rest of its cell) and must be used by a later
relation, or else be a formula of the registry. An expression that stands alone must equal
a side of some relation of the notebook, a number may also be printed by a cell.

What no machine decides stands in `BY_HAND`, verbatim and counted. `unguarded` flips each
sign of a notebook in turn and returns the formulas where nobody would notice.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import NamedTuple

from formula_judge import bare_name, judge, literal_in
from formula_meaning import Meaning, Names, fingerprint, known_values, unknowns
from formula_parser import JOIN, RELATIONS, SIGNED, has_relation, names_in, split_tokens, tokenise
from numbers_in_prose import is_printed, printed_numbers, without_code

ByHand = dict[str, int | tuple[int, str]]

BY_HAND: dict[str, ByHand] = {}
"""{"notebooks/02_sigmoid": {formula as `Problem` prints it: (how often, why by hand)}}

For what claims nothing, such as ``z = -10`` said in passing, how often is enough.
"""

# ------------------------------------------------------------- spans in a markdown cell

_MATH = re.compile(
    r"(?<!\\)\$\$(?P<display>.+?)(?<!\\)\$\$|(?<![\\$])\$(?P<inline>[^$]+?)(?<!\\)\$"
    r"|(?P<bare>\\begin\{(align|equation|gather)\*?\}.+?\\end\{\4\*?\})",
    re.DOTALL,
)


@dataclass(frozen=True)
class Span:
    """One formula: its LaTeX on one line, the cell it stands in, names it may redefine."""

    text: str
    cell: str
    redefines: tuple[str, ...] = ()


class Problem(NamedTuple):
    """One formula that is wrong, unreadable or unconfirmed."""

    cell: str
    formula: str
    why: str


def spans(markdown: str, cell: str = "", redefines: tuple[str, ...] = ()) -> list[Span]:
    """Return the formulas of a markdown cell; a condition beside its claim joins it.

    "$A$ for $B$" and "For $B$, $A$" are read as the one formula ``A \\text{for} B``.
    """
    text = re.sub(r"(?m)^\|.*$", lambda m: m[0].replace(r"\|", "|"), without_code(markdown))
    found: list[str] = []
    end = 0
    held = ""  # "For $B$, " waits for the claim
    for match in _MATH.finditer(text):
        between, end = text[end : match.start()], match.end()
        body = " ".join((match["display"] or match["inline"] or match["bare"]).split())
        link = re.fullmatch(rf"\s*,?\s*({JOIN})(?: all| every| each)?\s+", between)
        if link and found and has_relation(found[-1]):
            found[-1] += rf" \text{{{link[1]}}} {body}"
        elif held and re.fullmatch(r"\s*[,:]?\s+", between) and has_relation(body):
            found[-1] = rf"{body} \text{{{held}}} {found[-1]}"
        else:
            found.append(body)
        opening = re.search(rf"(?i)(?:^|[\s(])({JOIN})(?: all| every| each)?\s+$", between)
        held = opening[1].lower() if opening and found[-1] == body else ""
    if re.search(r"(?<!\\)\$", _MATH.sub("", text)):
        found.append("$")
    return [Span(body, cell, redefines) for body in found]


# ------------------------------------------------------------------------- whole notebooks


def _visible(text: str, names: dict[str, Meaning]) -> Names:
    """Return the definitions that a formula can rely on, so that equal questions are equal."""
    wanted = set(names_in(text))
    wanted |= {"g", "z"} if "a" in wanted else set()
    wanted |= {"w", "x", "b"} if "z" in wanted else set()
    while True:
        hits = {n for n in names if n.rstrip("=") in wanted}
        more = {s.name for n in hits for s in names[n].value.free_symbols}
        more |= {u.base for n in hits for u in unknowns(names[n].value)}
        if more <= wanted:
            return tuple(sorted((n, names[n]) for n in hits))
        wanted |= more


def lesson_spans(notebook: dict) -> list[Span]:
    """Return the formulas of a notebook's markdown cells, in order."""
    result = []
    for i, cell in enumerate(notebook["cells"]):
        if cell["cell_type"] == "markdown":
            source = "".join(cell["source"])
            names = cell.get("metadata", {}).get("course", {}).get("redefines", ())
            result += spans(source, cell.get("id", f"cell {i}"), tuple(names))
    return result


def check_spans(
    formulas: list[Span],
    by_hand: ByHand | None = None,
    printed: frozenset = frozenset(),
    seen: list[Names] | None = None,
) -> list[Problem]:
    """Return what is wrong with the formulas of one notebook; see the top of this file.

    `seen`, if given, receives the definitions that each formula could rely on.
    """
    seen = [] if seen is None else seen
    left = {t: n if isinstance(n, int) else n[0] for t, n in (by_hand or {}).items()}
    names: dict[str, Meaning] = {}
    places: dict[str, Span] = {}
    used: dict[str, bool] = {}
    problems, alone, sides = [], [], set(known_values())
    cell = None
    for span in formulas:
        seen.append(())
        if span.cell != cell:
            cell = span.cell
            names = {n: m for n, m in names.items() if m.kind != "number"}
        if span.text in left:
            left[span.text] -= 1
            continue
        stated = {n for n in span.redefines if re.search(rf"(^|[^\w]){n}(\(\w\))?\s*=", span.text)}
        names = {n: m for n, m in names.items() if n not in stated}
        seen[-1] = _visible(span.text, names)
        verdict = judge(span.text, seen[-1])
        problems += [Problem(span.cell, span.text, fault) for fault in verdict.faults]
        alone += [(span, verdict.alone)] if verdict.alone else []
        sides |= verdict.sides
        for literal in verdict.to_print:
            if not is_printed(literal, printed):
                problems.append(Problem(span.cell, span.text, f"no cell prints {literal}"))
        for name, meaning, confirmed in verdict.defines:
            key = f"{name} {len(used)}"
            places[key], names[name] = span, meaning
            used[key] = (
                confirmed
                or not SIGNED.search(span.text)
                or (meaning.kind != "number" and fingerprint(meaning.value) in known_values())
            )
        _spread(verdict.uses, names, used)
    for key, confirmed in used.items():
        if not confirmed:
            name = key.split()[0].rstrip("=")
            why = f"defines {name}, and no relation that follows would show a wrong sign in it"
            problems.append(Problem(places[key].cell, places[key].text, why))
    for span, marks in alone:
        numbers = [m.removeprefix("number:") for m in marks if m.startswith("number:")]
        if not sides & set(marks) and not any(is_printed(n, printed) for n in numbers):
            why = (
                "stands alone and equals no side of a relation of this notebook: say what it is "
                "equal to, or write it as plain text or code"
            )
            problems.append(Problem(span.cell, span.text, why))
    for text, count in left.items():
        if count:
            why = f"BY_HAND counts it {abs(count)} times too {'often' if count > 0 else 'rarely'}"
            problems.append(Problem("-", text, why))
    return problems


def _spread(uses: frozenset[str], names: dict[str, Meaning], used: dict[str, bool]) -> None:
    """Mark the latest definition of each name in use, and what it relies on, as confirmed."""
    waiting, seen = set(uses), set()
    while waiting:
        name = waiting.pop()
        seen.add(name)
        if "by numbers" in uses and name[-1:] != "=":  # it was true for this cell's numbers
            waiting.add(name + "=")
        if name not in names:
            continue
        key = [k for k in used if k.split()[0] == name][-1]
        used[key] = True
        value = names[name].value
        more = {s.name for s in value.free_symbols}
        waiting |= (more | {u.base for u in unknowns(value)}) - seen


def check(notebook: dict, by_hand: ByHand | None = None) -> list[Problem]:
    """Return the problems of one notebook (as nbformat reads it); [] when all is decided."""
    return check_spans(lesson_spans(notebook), by_hand, printed_numbers(notebook))


# ------------------------------------------------------------------------------ mutations


def mutants(latex: str, *, digits: bool = True):
    """Yield the formula with one sign flipped, one unary minus dropped or one digit changed."""
    hidden = [m.span() for m in re.finditer(r"\\(?:text\w*|begin|end|tag)\{[^}]*\}", latex)]
    for i, char in enumerate(latex):
        if any(a <= i < b for a, b in hidden):
            continue
        before = re.sub(r"\\left|\\right|\\[,;!:]|&|\\q?quad", "", latex[:i]).rstrip()
        unary = not before or re.search(r"[({\[|=<>,;/^]$|\\[a-zA-Z]+$|\\\\$", before)
        unary = unary and not re.search(r"\\(alpha|beta|eta|infty|pi|rbrace|rvert)$", before)
        if char in "+-":
            yield latex[:i] + ("" if unary else "-+"["-+".index(char) ^ 1]) + latex[i + 1 :]
        elif digits and char.isdigit():
            for step in (1, 9):
                yield latex[:i] + str((int(char) + step) % 10) + latex[i + 1 :]


def claims_nothing(latex: str) -> bool:
    """Tell whether a formula only names a thing or a point: ``-1``, ``z = -10``."""
    sides, signs = split_tokens(tokenise(latex), RELATIONS.__contains__)
    return not signs or (len(signs) == 1 and bool(bare_name(sides[0]) and literal_in(sides[1])))


def unguarded(notebook: dict, by_hand: ByHand | None = None) -> list[Problem]:
    """Return the formulas where a flipped sign would not be seen."""
    formulas, printed = lesson_spans(notebook), printed_numbers(notebook)
    seen: list[Names] = []
    before = {p[1:] for p in check_spans(formulas, by_hand, printed, seen)}
    result = []
    for i, span in enumerate(formulas):
        if span.text in (by_hand or {}) or not SIGNED.search(span.text):
            continue
        for mutant in mutants(span.text, digits=False):
            if judge(mutant, seen[i]).faults and not judge(span.text, seen[i]).faults:
                continue
            changed = [*formulas[:i], replace(span, text=mutant), *formulas[i + 1 :]]
            if {p[1:] for p in check_spans(changed, by_hand, printed)} <= before:
                why = f"nobody would notice if it were {mutant}"
                result.append(Problem(span.cell, span.text, why))
                break
    return result
