"""The kinds of task there are, and how each judges a plain answer.

A task is written once, in ``tasks/NN.py``. It knows its questions, the right answers, and a
catalogue of known wrong ones, each with the sentence that names the mistake. It does not
know whether it is asked from a notebook or from the marking of a class: `Task.calls` says
what to ask, `Task.judge` looks at what came back, in plain data.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from course_utils.answers import (
    Call,
    Formula,
    Other,
    Raised,
    Returned,
    formula,
    is_missing,
    plain,
)
from course_utils.tasks.compare import Difference, compare, shorten

__all__ = [
    "ExpressionTask",
    "FunctionTask",
    "Mistake",
    "OrderTask",
    "Outcome",
    "Task",
    "ValueTask",
    "WitnessTask",
]


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
    """What every task has; `name` is also the name under which the answer is handed in."""

    name: str
    title: str
    points: int
    hints: tuple[str, str, str]
    why: str
    mistakes: tuple[Mistake, ...] = ()
    takes_function: bool = field(default=False, init=False)

    def calls(self, rng: np.random.Generator) -> list[Call]:
        """Return what to ask a student's function; nothing where the answer is a value."""
        return []

    def judge(self, answer: Any, calls: Sequence[Call], rng: np.random.Generator) -> Outcome:
        """Return the outcome for a plain answer, or for the plain answers to the calls."""
        raise NotImplementedError

    def _correct(self, remark: str = "") -> Outcome:
        return Outcome("correct", " ".join(filter(None, [remark, self.why])))

    def _not_attempted(self, remark: str = "") -> Outcome:
        return Outcome("not_attempted", remark)


# ------------------------------------------------------------------------------ functions


@dataclass(frozen=True, kw_only=True)
class FunctionTask(Task):
    """Write a function: its answers to many calls are compared with the right ones.

    Attributes
    ----------
    reference : callable
        From the arguments of a call to what is expected (see `compare`).
    arguments : tuple of str
        What the arguments are called in messages.
    fixed : callable
        Without arguments, returns the revealing calls, the simplest first.
    random : callable
        From a generator, returns more calls.
    accepted : tuple of callables
        Other references that are as right, such as another convention.
    rtol, atol : float
        Tolerance; where an argument is float32, rtol is at least 1e-5.
    is_quiet : bool
        Whether a NumPy warning (overflow...) makes an answer wrong.
    """

    reference: Callable[..., Any]
    arguments: tuple[str, ...]
    fixed: Callable[[], list[Call]]
    random: Callable[[np.random.Generator], list[Call]]
    accepted: tuple[Callable[..., Any], ...] = ()
    rtol: float = 1e-6
    atol: float = 1e-12
    is_quiet: bool = False
    takes_function: bool = field(default=True, init=False)

    def calls(self, rng: np.random.Generator) -> list[Call]:
        """Return the revealing calls, then the random ones."""
        return [*self.fixed(), *self.random(rng)]

    def judge(
        self, answer: Sequence[Returned | Raised], calls: Sequence[Call], rng: np.random.Generator
    ) -> Outcome:
        """Return the outcome for the answers to the calls."""
        if all(_is_untouched(reply) for reply in answer):
            return self._not_attempted(
                "The function returns nothing yet. (If you have written it: is there a return?)"
            )
        wrong = self._differences(answer, calls, self.reference)
        if not wrong or any(not self._differences(answer, calls, r) for r in self.accepted):
            return self._warned(answer, calls) or self._correct(_remark(answer, calls))
        place = self._first_failure(answer, calls, wrong)
        if mistake := self._known_mistake(answer, calls, wrong):
            return Outcome("wrong", f"{mistake.message}\n{place}", mistake.name)
        status = "error" if isinstance(answer[min(wrong)], Raised) else "wrong"
        return Outcome(status, place)

    def _differences(
        self, answer: Sequence, calls: Sequence[Call], right: Callable
    ) -> dict[int, Difference]:
        """Return the differences by the number of their call."""
        pairs = zip(answer, calls, strict=True)
        found = {k: self._difference(reply, call, right) for k, (reply, call) in enumerate(pairs)}
        return {k: difference for k, difference in found.items() if difference}

    def _difference(
        self, reply: Returned | Raised, call: Call, right: Callable
    ) -> Difference | None:
        if isinstance(reply, Raised):
            return Difference(reply.message)
        with np.errstate(all="ignore"):
            expected = right(*call.copies())
        rtol = max(self.rtol, 1e-5 if _has_float32(call) else 0)
        return compare(reply.value, expected, rtol=rtol, atol=self.atol)

    def _first_failure(self, answer: Sequence, calls: Sequence[Call], wrong: dict) -> str:
        first = min(wrong)
        asked, reply = self._asked(calls[first]), answer[first]
        if isinstance(reply, Raised):
            at = f"\n    {reply.line}" if reply.line else ""
            return f"For {asked} your code stops with {reply.message}{at}"
        ordinary = [k for k, call in enumerate(calls) if call.ordinary]
        fine = (
            "All ordinary inputs are right. " if ordinary and not set(ordinary) & set(wrong) else ""
        )
        return f"{fine}For {asked} your answer {wrong[first].text}."

    def _asked(self, call: Call) -> str:
        return ", ".join(
            f"{name} = {_shorten_argument(value)}"
            for name, value in zip(self.arguments, call.arguments, strict=True)
        )

    def _known_mistake(
        self, answer: Sequence, calls: Sequence[Call], wrong: dict
    ) -> Mistake | None:
        """Return the mistake that gives the same answers: to all calls, or to the ordinary."""
        everything = range(len(calls))
        ordinary = [k for k in everything if calls[k].ordinary]
        rounds = [everything]
        if set(ordinary) & set(wrong):
            rounds.append(ordinary)
        for chosen in rounds:
            for mistake in self.mistakes:
                if all(self._agrees(answer[k], calls[k], mistake.answer) for k in chosen):
                    return mistake
        return None

    def _agrees(self, reply: Returned | Raised, call: Call, function: Callable) -> bool:
        from course_utils.answers import ask

        (theirs,) = ask(function, [call])
        if isinstance(reply, Raised) or isinstance(theirs, Raised):
            return isinstance(reply, Raised) and isinstance(theirs, Raised)
        rtol = max(self.rtol, 1e-5 if _has_float32(call) else 0)
        return _same(reply.value, theirs.value, rtol, self.atol)

    def _warned(self, answer: Sequence[Returned], calls: Sequence[Call]) -> Outcome | None:
        if self.is_quiet:
            for reply, call in zip(answer, calls, strict=True):
                if reply.warnings:
                    said = f"The values are right, but for {self._asked(call)} NumPy warns: "
                    both = " (np.where computes both branches: each must be safe.)"
                    return Outcome("wrong", f"{said}{reply.warnings[0]}.{both}", "a NumPy warning")
        return None


def _is_untouched(reply: Returned | Raised) -> bool:
    if isinstance(reply, Raised):
        return reply.message.startswith("NotImplementedError")
    return is_missing(reply.value)


def _has_float32(call: Call) -> bool:
    return any(getattr(x, "dtype", None) == np.float32 for x in call.arguments)


def _same(one: Any, other: Any, rtol: float, atol: float) -> bool:
    """Return whether two plain answers are the same, numbers within the tolerance."""
    if isinstance(one, Other | Formula) or isinstance(other, Other | Formula):
        return type(one) is type(other) and one == other
    if is_missing(one) or is_missing(other):
        return is_missing(one) and is_missing(other)
    return compare(one, other, rtol=rtol, atol=atol) is None


def _shorten_argument(value: Any) -> str:
    if isinstance(value, dict):
        return f"{{{', '.join(f'{k}: {_shorten_argument(v)}' for k, v in value.items())}}}"
    text = shorten(value if isinstance(value, np.ndarray | str) else plain(value))
    kind = getattr(value, "dtype", None)
    return f"{text} ({kind})" if kind is not None and kind != np.float64 else text


def _remark(answer: Sequence[Returned], calls: Sequence[Call]) -> str:
    """Return a word on right answers of an unusual form."""
    for reply, call in zip(answer, calls, strict=True):
        has_array = any(isinstance(x, np.ndarray) for x in call.arguments)
        if has_array and isinstance(reply.value, list) and not isinstance(reply.value, tuple):
            if all(isinstance(item, int | float) for item in reply.value):
                return "(Your function returns a list; an array would let the next layer go on.)"
    return ""


# ---------------------------------------------------------------------------- expressions


@dataclass(frozen=True, kw_only=True)
class ExpressionTask(Task):
    """Derive a formula: any equal SymPy expression is right.

    Attributes
    ----------
    expected : callable
        Without arguments, returns the right expression.
    symbols : tuple of str
        The symbols that the answer may hold.
    without : dict of str to str
        What it must not hold, a function's or symbol's name, with the reason to give.
    domain : dict of str to (low, high)
        Where a symbol's random points are taken; from -3 to 3 if nothing is said.
    """

    expected: Callable[[], Any]
    symbols: tuple[str, ...]
    without: dict[str, str] = field(default_factory=dict)
    domain: dict[str, tuple[float, float]] = field(default_factory=dict)

    def judge(self, answer: Any, calls: Sequence[Call], rng: np.random.Generator) -> Outcome:
        """Return the outcome for a plain answer: a formula or a number."""
        import sympy

        if is_missing(answer):
            return self._not_attempted()
        if isinstance(answer, bool | float):
            answer = plain(sympy.Symbol("z")) if isinstance(answer, bool) else answer
        if not isinstance(answer, Formula | float):
            why = (
                ": call .doit() on it"
                if isinstance(answer, Other) and answer.kind == "Derivative"
                else ""
            )
            return Outcome(
                "wrong",
                f"Your answer is {shorten(answer)}{why}. Expected a SymPy expression in "
                f"{', '.join(self.symbols)}, such as 1 / (2 + {self.symbols[0]}).",
            )
        try:
            got = formula(answer.tree) if isinstance(answer, Formula) else sympy.nsimplify(answer)
        except ValueError as error:
            return Outcome("wrong", f"Your answer is {error}.")
        strange = sorted(s.name for s in got.free_symbols if s.name not in self.symbols)
        names = {s.name for s in got.free_symbols} | {type(f).__name__ for f in _functions(got)}
        banned = [why for name, why in self.without.items() if name in names]
        expected = self.expected()
        points = self._points(rng, expected.free_symbols | got.free_symbols)
        if strange:
            told = (
                banned[0]
                if banned and strange[0] in self.without
                else (
                    f"it holds the symbol {strange[0]}; expected an expression in "
                    f"{', '.join(self.symbols)} alone."
                )
            )
            return Outcome("wrong", f"Your answer is {shorten(answer)}: {told}")
        witness = _first_difference(got, expected, points)
        if witness is None:
            if banned:
                return Outcome("wrong", f"Your answer is equal to the right one, but {banned[0]}")
            return self._correct()
        for mistake in self.mistakes:
            if _first_difference(got, mistake.answer(), points) is None:
                return Outcome("wrong", f"{mistake.message}\n{witness}", mistake.name)
        return Outcome("wrong", witness + _simple_difference(got, expected))

    def _points(self, rng: np.random.Generator, symbols: set) -> list[dict]:
        import sympy

        def number(symbol: Any) -> Any:
            lowest = 0.1 if symbol.is_positive else -3
            low, high = self.domain.get(symbol.name, (lowest, 3))
            return sympy.Rational(round(rng.uniform(low, high) * 1000) * 10 + 1, 10_000)

        ordered = sorted(symbols, key=lambda s: s.name)
        return [{symbol: number(symbol) for symbol in ordered} for _ in range(12)]


def _functions(expression: Any) -> set:
    import sympy

    return expression.atoms(sympy.Function, sympy.Piecewise)


def _first_difference(got: Any, expected: Any, points: list[dict]) -> str | None:
    """Return where two expressions differ, in a sentence, or None if at no point."""
    for point in points:
        values = [side.subs(point).evalf(30, maxn=200) for side in (got, expected)]
        place = ", ".join(f"{symbol} = {float(value):.4g}" for symbol, value in point.items())
        if not all(value.is_number and value.is_finite and value.is_real for value in values):
            if values[1].is_number and values[1].is_finite:
                return f"At {place} your expression has no finite real value."
            continue
        gap = abs(values[0] - values[1])
        if gap > 1e-12 * (1 + abs(values[1])):
            shown = [f"{float(value):.6g}" for value in values]
            return f"At {place} your expression is {shown[0]}, expected {shown[1]}."
    return None


def _simple_difference(got: Any, expected: Any) -> str:
    """Return the difference in words, where it is a short formula."""
    import sympy

    if sympy.count_ops(got) > 60:
        return ""
    text = str(sympy.simplify(got - expected))
    return f" Yours minus the right one is {text}." if len(text) <= 60 else ""


# --------------------------------------------------------------------------------- values


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
        return Outcome("wrong", told or "Not this one.")

    def _tidy(self, answer: Any) -> Any:
        """Return numbers for exact SymPy numbers, and text without case and outer blanks."""
        if isinstance(answer, dict):
            return {name: self._tidy(value) for name, value in answer.items()}
        if isinstance(answer, Formula):
            value = formula(answer.tree)
            return float(value) if value.is_number and value.is_real else answer
        return answer.strip().lower() if isinstance(answer, str) else answer

    def _shows(self, answer: Any, expected: Any, wrong: Any) -> bool:
        """Return whether an answer is the known one; in a table, its entries are enough."""
        if isinstance(expected, dict) and isinstance(wrong, dict):
            return isinstance(answer, dict) and all(
                name in answer
                and compare(answer[name], value, rtol=self.rtol, atol=self.atol) is None
                for name, value in wrong.items()
            )
        return _same(answer, plain(wrong), self.rtol, self.atol)

    def _where(self, answer: Any, expected: Any, difference: Difference) -> str:
        if isinstance(expected, dict) and isinstance(answer, dict):
            wrong = [
                name
                for name, value in expected.items()
                if name not in answer
                or compare(answer[name], value, rtol=self.rtol, atol=self.atol)
            ]
            right = len(expected) - len(wrong)
            return f"{right} of {len(expected)} entries are right. Look again at {wrong[0]!r}."
        if difference.is_shape:
            return f"Your answer {difference.text}."
        return f"Your answer {shorten(answer)} is not it."


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
        given = "".join(character for character in answer.upper() if character.isalnum())
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
            value = formula(answer.tree)
            answer = float(value) if value.is_number and value.is_real else answer
        numbers = np.ravel(answer).tolist() if isinstance(answer, float | np.ndarray) else answer
        if not isinstance(numbers, list) or not all(type(x) in (int, float) for x in numbers):
            return Outcome("wrong", f"Your answer is {shorten(answer)}, expected {self._wanted()}.")
        if len(numbers) != self.size:
            return Outcome("wrong", f"Expected {self._wanted()}, got {len(numbers)}.")
        if complaint := self.domain(*numbers):
            return Outcome("wrong", complaint)
        with np.errstate(all="ignore"):
            printed, right = (plain(f(*numbers)) for f in (self.printed, self.right))
        if _same(printed, right, self.rtol, 1e-300):
            for mistake in self.mistakes:
                if _same(answer, plain(mistake.answer), 1e-9, 0):
                    return Outcome("wrong", mistake.message, mistake.name)
            both = f"Both the printed formula and the right one give {shorten(right)} there"
            return Outcome("wrong", f"{both}: it is no witness. Look for one where they differ.")
        found = (
            f"There the printed formula gives {shorten(printed)}, the right one {shorten(right)}."
        )
        return self._correct(found)

    def _wanted(self) -> str:
        return "a number" if self.size == 1 else f"a list of {self.size} numbers"
