"""The claims that lecture notes make about activation functions, and the verdict on each.

The course was made from five sets of Korean lecture notes and posts (2021-2024). What they
claim stands here once, restated; the lessons put it to the test. The cell that does so
carries the tag ``claim:C05`` and ends in a call to `verdict`, which refuses to print a
verdict whose evidence does not hold. `ledger` reads the verdicts back from the lessons, each
with the place where it was reached, and `as_table` writes them as a Markdown table.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from course_utils.notebooks import ROOT, Lesson, lessons

__all__ = [
    "CLAIMS",
    "FINDINGS",
    "Claim",
    "ClaimError",
    "Entry",
    "Shown",
    "as_table",
    "ledger",
    "plain",
    "verdict",
]

FINDINGS = ("true", "true, with a condition", "false as printed")
"""What a verdict can be."""


@dataclass(frozen=True)
class Claim:
    """One claim: its number, what is claimed, and the numbers of the lessons that judge it."""

    number: str
    statement: str
    lessons: tuple[str, ...]


class ClaimError(AssertionError):
    """The evidence for a verdict does not hold, or the lessons' verdicts do not fit together."""


# number | lessons that judge it | what is claimed
_TABLE = """
C01 | 01 | An activation turns a neuron's weighted sum b + w1 x1 + w2 x2 into its output.
C02 | 01 | The step function cannot solve XOR.
C03 | 01 | The step function cannot be trained by gradient descent.
C04 | 01 02 | Sigmoid keeps what is good in the step and removes its defect.
C05 | 02 | sigmoid'(z) = sigmoid(z) (1 - sigmoid(z)).
C06 | 02 | The slope is about 0 at z = 10 and z = -10, and exactly 1/4, its maximum, at 0.
C07 | 02 | Once a = sigmoid(z) is known, a (1 - a) is free.
C08 | 02 | Sigmoid's output lies in [0, 1].
C09 | 02 | 1 / (1 + np.exp(-x)) computes sigmoid.
C10 | 02 08 | Sigmoid makes gradients vanish.
C11 | 02 | Sigmoid's four nodes have local gradients -1, e^-z, 1, -y^2; together y (1 - y).
C12 | 07 | All-positive inputs give a neuron's weights gradients of one sign: a zig-zag.
C13 | 03 | tanh(z) = (e^z - e^z) / (e^z + e^z).
C14 | 03 | tanh'(z) = 1 - tanh(z)^2, by the quotient rule, itself from the product rule.
C15 | 03 | tanh lies in (-1, 1), is zero-centred, has slope 1 at 0, about 0 at 10 and -10.
C16 | 03 08 | tanh still makes gradients vanish.
C17 | 04 | ReLU'(z) is 1 for z < 0 and 1 for z > 0.
C18 | 04 | At 0 ReLU has no derivative; whether software takes 0 or 1 does not matter.
C19 | 04 | z is exactly 0 so rarely that the choice never matters.
C20 | 04 08 | ReLU has no vanishing-gradient problem.
C21 | 04 | ReLU is cheap to compute.
C22 | 04 07 | ReLU is not zero-centred.
C23 | 04 | A ReLU whose input is never positive stops learning: it is dead.
C24 | 05 | Leaky ReLU max(0.01 z, z) has slope 0.01 below 0, 1 above, either at 0.
C25 | 05 | Leaky ReLU solves the dead ReLU.
C26 | 05 | Leaky ReLU costs a hyper-parameter, alpha.
C27 | 06 | ELU has a non-zero gradient for negative input.
C28 | 06 | ELU costs more, for its exponential.
C29 | 06 | np.where(x > 0, x, alpha * (np.exp(x) - 1)) computes ELU.
C30 | 06 | ELU's slope can be had from its output.
C31 | 09 | The update w <- w - eta dL/dw lowers the loss.
C32 | 09 | At every node, downstream gradient = upstream gradient times local gradient.
C33 | 09 | A network is a1 = x W1 + b1, z1 = sigmoid(a1), a2 = z1 W2 + b2, y = softmax(a2).
C34 | 09 | Back-propagation finds every weight's effect on the loss in one pass.
"""


def _read(table: str) -> Iterator[Claim]:
    for line in table.strip().splitlines():
        number, lessons, statement = (part.strip() for part in line.split("|"))
        yield Claim(number, statement, tuple(lessons.split()))


CLAIMS: Mapping[str, Claim] = MappingProxyType({claim.number: claim for claim in _read(_TABLE)})
"""Every claim by its number, in order."""


def verdict(number: str, finding: str, *, because: str, holds: Any) -> None:
    """Print the verdict on a claim, if its evidence holds.

    Parameters
    ----------
    number : str
        The claim: ``"C05"``.
    finding : str
        One of `FINDINGS`.
    because : str
        The reason in one line, as the cell above has shown it.
    holds : bool or anything with a truth value
        The evidence, computed.

    Raises
    ------
    ClaimError
        If `holds` is false: then the verdict is not what the code shows.
    KeyError, ValueError
        If there is no such claim or finding.
    """
    if number not in CLAIMS:
        raise KeyError(f"there is no claim {number}: they run from C01 to C{len(CLAIMS):02}")
    if finding not in FINDINGS:
        raise ValueError(f"a finding is one of {', '.join(map(repr, FINDINGS))}, not {finding!r}")
    if not holds:
        raise ClaimError(f"{number} is not shown to be {finding!r}: its evidence does not hold")
    print(f"The notes: {CLAIMS[number].statement}\n{number} {finding}: {because}")


# -------------------------------------------------------------------------- the ledger


@dataclass(frozen=True)
class Shown:
    """Where a lesson judges a claim, and how.

    Attributes
    ----------
    slug : str
        The lesson: ``"02_sigmoid"``.
    anchor : str
        The heading above the cell, as a link names it: ``"Walk-the-graph"``.
    finding, because : str
        The verdict that the cell printed.
    """

    slug: str
    anchor: str
    finding: str
    because: str

    @property
    def link(self) -> str:
        """A Markdown link to the heading, for a notebook that stands beside the lesson."""
        return f"[lesson {self.slug[:2]}]({self.slug}.ipynb#{self.anchor})"


@dataclass(frozen=True)
class Entry:
    """A line of the ledger: a claim, and every lesson that judges it, in their order."""

    claim: Claim
    shown: tuple[Shown, ...]

    @property
    def number(self) -> str:
        """The claim's number: ``"C05"``."""
        return self.claim.number

    @property
    def statement(self) -> str:
        """What is claimed."""
        return self.claim.statement

    @property
    def finding(self) -> str:
        """The verdict, on which all its lessons agree."""
        return self.shown[0].finding


def ledger(folder: Path = ROOT / "notebooks") -> list[Entry]:
    """Return the verdicts that stand in the lessons' stored outputs, in the order of the claims.

    A verdict counts only where its cell has the tag of its claim. A claim whose lessons do not
    exist yet has no entry.

    Parameters
    ----------
    folder : Path
        Where the lessons are.

    Raises
    ------
    ClaimError
        If two cells disagree on a claim, a tagged cell shows no verdict on its claim, a lesson
        judges a claim that `CLAIMS` does not give to it, or one that has to judge it does not.
    """
    there = lessons(folder)
    shown: dict[str, dict[str, Shown]] = {number: {} for number in CLAIMS}
    for lesson in there:
        for number, place in _verdicts(lesson):
            first = next(iter(shown[number].values()), place)
            if place.finding != first.finding:
                raise ClaimError(
                    f"{number} is {first.finding!r} in {first.slug} (#{first.anchor}), but "
                    f"{place.finding!r} in {place.slug} (#{place.anchor})"
                )
            shown[number].setdefault(lesson.slug, place)
        for claim in CLAIMS.values():
            if lesson.number in claim.lessons and lesson.slug not in shown[claim.number]:
                raise ClaimError(f"{lesson.slug} has no cell with the tag claim:{claim.number}")
    return [
        Entry(claim, tuple(shown[number].values()))
        for number, claim in CLAIMS.items()
        if shown[number]
    ]


def _verdicts(lesson: Lesson) -> Iterator[tuple[str, Shown]]:
    """Yield (number, place) for every verdict that a lesson's tagged cells show."""
    anchor = ""
    for cell in json.loads(lesson.path.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "markdown":
            headings = re.findall(r"^#{1,4} +(.+?) *$", "".join(cell["source"]), re.M)
            anchor = headings[-1].replace(" ", "-") if headings else anchor
        for tag in cell["metadata"].get("tags", []):
            number = tag.removeprefix("claim:")
            if number == tag:
                continue
            if lesson.number not in getattr(CLAIMS.get(number), "lessons", ()):
                raise ClaimError(
                    f"{lesson.slug} judges {number}, but the table of claims does not send it there"
                )
            printed = "".join("".join(output.get("text", [])) for output in cell.get("outputs", []))
            found = re.search(rf"^{number} ({'|'.join(FINDINGS)}): (.*)$", printed, re.M)
            if not found:
                raise ClaimError(
                    f"{lesson.slug} has a cell with the tag {tag} that shows no verdict on it: "
                    "call verdict(...) there, and run `make notebooks`"
                )
            yield number, Shown(lesson.slug, anchor, *found.groups())


def as_table(entries: Iterable[Entry]) -> str:
    """Return entries of the ledger as a Markdown table, with a link to where each is shown."""
    rows = ["| | the claim | verdict | because |", "|---|---|---|---|"]
    for entry in entries:
        reasons = "<br>".join(f"{plain(s.because)} ({s.link})" for s in entry.shown)
        rows.append(
            f"| {entry.number} | {plain(entry.statement)} | **{entry.finding}** | {reasons} |"
        )
    return "\n".join(rows)


def plain(text: str) -> str:
    """Return a text in which Markdown finds no marks of its own: no ``*``, ``<`` or column."""
    return re.sub(r"([\\`*_~|$<>\[\]])", r"\\\1", text)
