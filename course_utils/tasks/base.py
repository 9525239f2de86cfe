"""What every task has: a name, points, hints, and a catalogue of known mistakes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from course_utils.answers import Call

__all__ = ["Mistake", "Outcome", "Task"]


@dataclass(frozen=True)
class Mistake:
    """A known wrong answer.

    Attributes
    ----------
    name : str
        Two to five words for the instructor's list: "sign of the exponent".
    message : str
        What the student is told, in one or two sentences that name the mistake and not yet
        the right answer.
    answer : Any
        What one hands in who makes it: a function for a `FunctionTask` (or a function that
        returns the expression, for an `ExpressionTask`), else a value.
    """

    name: str
    message: str
    answer: Any


@dataclass(frozen=True)
class Outcome:
    """What came of an answer: a status of the design's list, what to say, which mistake."""

    status: str
    message: str
    mistake: str = ""


@dataclass(frozen=True, kw_only=True)
class Task:
    """What every task has; `name` is also the name under which the answer is handed in.

    A part of a `PartsTask` needs no more than what is right and its mistakes.
    """

    name: str = ""
    title: str = ""
    points: int = 0
    hints: tuple[str, ...] = ()
    why: str = ""
    mistakes: tuple[Mistake, ...] = ()
    takes_function: bool = field(default=False, init=False)

    def calls(self, rng: np.random.Generator) -> list[Call]:
        """Return what to ask a student's function; nothing where the answer is a value."""
        return []

    def judge(self, answer: Any, calls: Sequence[Call], rng: np.random.Generator) -> Outcome:
        """Return the outcome for a plain answer, or for the plain answers to the calls."""
        raise NotImplementedError

    def _correct(self, *remarks: str) -> Outcome:
        return Outcome("correct", " ".join(filter(None, [*remarks, self.why])))

    def _not_attempted(self, remark: str = "") -> Outcome:
        return Outcome("not_attempted", remark)
