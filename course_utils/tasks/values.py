"""Tasks whose answer is a value: numbers and words, lines in order, a witness, a page of both."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from course_utils.answers import Call, Formula, is_missing, plain
from course_utils.tasks.base import Outcome, Task
from course_utils.tasks.compare import (
    Difference,
    as_array,
    compare,
    odd_names,
    same,
    shorten,
)
from course_utils.tasks.slips import slip_of_number

__all__ = ["OrderTask", "PartsTask", "ValueTask", "WitnessTask"]


@dataclass(frozen=True, kw_only=True)
class ValueTask(Task):
    """Give a number, a word, a list, or a table of them (a dictionary).

    What is right is not told; a table hears which of its entries are not.

    Attributes
    ----------
    expected : callable
        Without arguments, returns what is right (see `compare`).
    """

    expected: Callable[[], Any]
    rtol: float = 1e-3
    atol: float = 1e-9

    def judge(self, answer: Any, calls: Sequence[Call], rng: np.random.Generator) -> Outcome:
        """Return the outcome for a plain answer."""
        if is_missing(answer):
            return self._not_attempted()
        answer, expected = self._tidy(answer), self.expected()
        difference = compare(answer, expected, rtol=self.rtol, atol=self.atol)
        if not difference:
            return self._correct()
        told = self._where(answer, expected, difference)
        for mistake in self.mistakes:
            if self._shows(answer, expected, mistake.answer):
                return Outcome("wrong", f"{mistake.message}\n{told}".strip(), mistake.name)
        if slip := self._slip(answer, expected):
            return Outcome("wrong", f"{slip[1]}\n{told}".strip(), slip[0])
        return Outcome("wrong", told)

    def _slip(self, answer: Any, expected: Any) -> tuple[str, str] | None:
        """Return the name of a slip in a number, or in the first wrong entry, and what to say."""
        if isinstance(expected, dict) and isinstance(answer, dict):
            for name, right in expected.items():
                entry = answer.get(name)
                if compare(entry, right, rtol=self.rtol, atol=self.atol) is not None:
                    slip = self._slip(entry, right)
                    return slip and (slip[0], f"{name!r}: {slip[1]}")
            return None
        if type(answer) in (int, float) and type(expected) in (int, float):
            slip = slip_of_number(float(answer), float(expected))
            return slip and (slip.name, slip.message)
        return None

    def _tidy(self, answer: Any) -> Any:
        """Return numbers for exact SymPy numbers, and text in one form, without outer blanks."""
        if isinstance(answer, dict):
            return {name: self._tidy(value) for name, value in answer.items()}
        if isinstance(answer, list):
            return [self._tidy(item) for item in answer]
        if isinstance(answer, Formula):
            return _number_of(answer)
        return _in_one_form(answer).strip().lower() if isinstance(answer, str) else answer

    def _shows(self, answer: Any, expected: Any, wrong: Any) -> bool:
        """Return whether an answer is the known one; in a table, its entries are enough."""
        if isinstance(expected, dict) and isinstance(wrong, dict):
            return isinstance(answer, dict) and all(
                name in answer
                and compare(answer[name], value, rtol=self.rtol, atol=self.atol) is None
                for name, value in wrong.items()
            )
        return same(answer, plain(wrong), self.rtol, self.atol)

    def _where(self, answer: Any, expected: Any, difference: Difference) -> str:
        if isinstance(expected, dict) and isinstance(answer, dict):
            wrong = [
                name
                for name, value in expected.items()
                if name not in answer
                or compare(answer[name], value, rtol=self.rtol, atol=self.atol)
            ]
            right = len(expected) - len(wrong)
            are = "is" if right == 1 else "are"
            count = f"{right} of {len(expected)} entries {are} right."
            entry = answer.get(wrong[0])
            if is_missing(entry):
                return (
                    f"{count} There is nothing yet for {wrong[0]!r}{odd_names(answer, expected)}."
                )
            if isinstance(expected[wrong[0]], int | float) and not isinstance(entry, int | float):
                quotes = ": leave out the quotes" if isinstance(entry, str) else ""
                return f"{count} {wrong[0]!r} is {shorten(entry)}, expected a number{quotes}."
            if entry != entry:
                return f"{count} {wrong[0]!r} is NaN."
            return f"{count} Look again at {wrong[0]!r}."
        if isinstance(answer, str) and isinstance(expected, int | float):
            return f"Your answer {shorten(answer)} is text, expected a number, without quotes."
        if difference.is_shape:
            return f"Your answer {difference.text}."
        return f"Your answer {shorten(answer)} is not it."


def _in_one_form(text: str) -> str:
    """Return a text with plain letters for those in full width, as some keyboards type them."""
    return unicodedata.normalize("NFKC", text)


def _number_of(answer: Formula) -> Any:
    """Return the number that a formula is, or the formula itself if it is none."""
    try:
        value = answer.expression
        return float(value) if value.is_number and value.is_extended_real else answer
    except (ValueError, TypeError, AttributeError):
        return answer


@dataclass(frozen=True, kw_only=True)
class OrderTask(Task):
    """Put shuffled lines in order; the answer names them: "CAB" or ["C", "A", "B"].

    Attributes
    ----------
    orders : tuple of str
        Every order that is right.
    reasons : dict of str to str
        For a pair of letters "AB", why A must stand before B.
    """

    orders: tuple[str, ...]
    reasons: dict[str, str] = field(default_factory=dict)

    def judge(self, answer: Any, calls: Sequence[Call], rng: np.random.Generator) -> Outcome:
        """Return the outcome for a text or a list of letters."""
        if is_missing(answer) or (isinstance(answer, str) and not answer.strip()):
            return self._not_attempted()
        if isinstance(answer, list) and all(isinstance(x, str) for x in answer):
            answer = "".join(answer)
        letters = sorted(self.orders[0])
        if not isinstance(answer, str):
            return Outcome(
                "wrong", f"Expected the letters as a text, such as {''.join(letters)!r}."
            )
        answer = _in_one_form(answer).upper()
        given = "".join(character for character in answer if character.isalnum())
        if given in self.orders:
            return self._correct()
        for mistake in self.mistakes:
            if given == mistake.answer:
                return Outcome("wrong", mistake.message, mistake.name)
        strange = [letter for letter in given if letter not in letters]
        twice = [letter for letter in letters if given.count(letter) > 1]
        missing = [letter for letter in letters if letter not in given]
        for found, what in ((strange, "is no line"), (twice, "stands twice")):
            if found:
                return Outcome("wrong", f"{found[0]} {what}.")
        for pair, reason in self.reasons.items():
            if set(pair) <= set(given) and given.index(pair[0]) > given.index(pair[1]):
                return Outcome("wrong", f"{pair[0]} must stand before {pair[1]}: {reason}")
        if missing:
            return Outcome("wrong", f"{missing[0]} is not placed yet.")
        right = max(_common_start(given, order) for order in self.orders)
        return Outcome("wrong", f"The first {right} are in place; look at what follows.")


def _common_start(one: str, other: str) -> int:
    return next((k for k, (a, b) in enumerate(zip(one, other)) if a != b), len(one))  # noqa: B905


@dataclass(frozen=True, kw_only=True)
class WitnessTask(Task):
    """Give an input at which a printed formula is wrong.

    Attributes
    ----------
    printed, right : callable
        From the witness (a number, or the entries of a list) to the two values.
    rtol : float
        How far apart they must be, as a share, to count as different.
    domain : callable, optional
        From the witness to a complaint, or to "" where it may be asked.
    size : int
        How many numbers the witness has.
    """

    printed: Callable[..., Any]
    right: Callable[..., Any]
    rtol: float = 1e-6
    domain: Callable[..., str] = lambda *witness: ""
    size: int = 1

    def judge(self, answer: Any, calls: Sequence[Call], rng: np.random.Generator) -> Outcome:
        """Return the outcome for a number, or for a list of `size` numbers."""
        if is_missing(answer):
            return self._not_attempted()
        if isinstance(answer, Formula):
            answer = _number_of(answer)
        if isinstance(answer, list):
            answer = [_number_of(x) if isinstance(x, Formula) else x for x in answer]
            answer = as_array(answer) if as_array(answer) is not None else answer
        numbers = np.ravel(answer).tolist() if isinstance(answer, float | np.ndarray) else answer
        if not isinstance(numbers, list) or not all(type(x) in (int, float) for x in numbers):
            return Outcome("wrong", f"Your answer is {shorten(answer)}, expected {self._wanted()}.")
        if len(numbers) != self.size:
            return Outcome("wrong", f"Expected {self._wanted()}, got {len(numbers)} of them.")
        if complaint := self.domain(*numbers):
            return Outcome("wrong", complaint)
        try:
            with np.errstate(all="ignore"):
                printed, right = (plain(f(*numbers)) for f in (self.printed, self.right))
        except ArithmeticError:  # of Python's own numbers
            return Outcome("wrong", "No formula can be worked out there: take smaller numbers.")
        if same(printed, right, self.rtol, 1e-300):
            for mistake in self.mistakes:
                if same(answer, plain(mistake.answer), 1e-9, 0):
                    return Outcome("wrong", mistake.message, mistake.name)
            both = f"Both the printed formula and the right one give {shorten(right)} there"
            return Outcome("wrong", f"{both}: it is no witness. Look for one where they differ.")
        shown = [shorten(printed), shorten(right)]
        if shown[0] == shown[1]:
            shown = [repr(printed), repr(right)]
        if isinstance(printed, str):
            return self._correct(f"There it is {shown[1]}, and not {shown[0]}.")
        return self._correct(
            f"There the printed formula gives {shown[0]}, the right one {shown[1]}."
        )

    def _wanted(self) -> str:
        return "a number" if self.size == 1 else f"a list of {self.size} numbers"


@dataclass(frozen=True, kw_only=True)
class PartsTask(Task):
    """Fill in a dictionary whose entries are answers to tasks of their own.

    A printed formula is refuted by a witness and put right by a correction: the entries
    ``"witness"`` and ``"right"``. All must be right for the points.

    Attributes
    ----------
    parts : dict of str to Task
        For each entry the task that judges it; such a task needs neither name nor points.
    """

    parts: dict[str, Task]

    def judge(self, answer: Any, calls: Sequence[Call], rng: np.random.Generator) -> Outcome:
        """Return the outcome for a dictionary; the first entry that is wrong is told."""
        if is_missing(answer):
            return self._not_attempted()
        if not isinstance(answer, dict):
            names = ", ".join(map(repr, self.parts))
            return Outcome("wrong", f"Your answer is {shorten(answer)}, expected a dictionary "
                           f"with {names}.")  # fmt: skip
        found = {name: part.judge(answer.get(name), [], rng) for name, part in self.parts.items()}
        right = [repr(name) for name, outcome in found.items() if outcome.status == "correct"]
        praise = f"{' and '.join(right)} {'is' if len(right) == 1 else 'are'} right. "
        for name, outcome in found.items():
            if outcome.status == "not_attempted":
                text = f"There is nothing yet for {name!r}{odd_names(answer, self.parts)}."
            elif outcome.status != "correct":
                text = f"{name!r}: {outcome.message}"
            else:
                continue
            return Outcome("wrong", (praise if right else "") + text, outcome.mistake)
        return self._correct(*(outcome.message for outcome in found.values()))
