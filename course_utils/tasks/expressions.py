"""A task to derive a formula: any equal SymPy expression is right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from course_utils.answers import Call, Formula, Other, is_missing, symbol
from course_utils.tasks.base import Outcome, Task
from course_utils.tasks.compare import shorten
from course_utils.tasks.slips import Slip

__all__ = ["ExpressionTask"]


_SETS = ("FiniteSet", "Intersection", "ConditionSet", "Union", "Complement")
_WAITING = ("Derivative", "Integral", "Limit", "Sum", "Product")


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
        Where a symbol's random points are taken; if nothing is said from -3 to 3, and from 0.1
        where the symbol is declared positive.
    """

    expected: Callable[[], Any]
    symbols: tuple[str, ...]
    without: dict[str, str] = field(default_factory=dict)
    domain: dict[str, tuple[float, float]] = field(default_factory=dict)
    _known: dict = field(default_factory=dict, init=False, repr=False, compare=False)

    def _once(self, name: str, made_by: Callable[[], Any]) -> Any:
        """Return the expression that a function without arguments makes, made only once."""
        if name not in self._known:
            self._known[name] = made_by()
        return self._known[name]

    def judge(self, answer: Any, calls: Sequence[Call], rng: np.random.Generator) -> Outcome:
        """Return the outcome for a plain answer: a formula or a number."""
        import sympy

        if is_missing(answer):
            return self._not_attempted()
        if not isinstance(answer, Formula | float) or isinstance(answer, bool):
            why = ""
            if isinstance(answer, Other) and answer.kind in _WAITING:
                why = ": call .doit() on it"
            elif isinstance(answer, Other) and answer.kind == "Xor":
                why = ": in Python ^ is no power, write **"
            elif isinstance(answer, Other) and answer.kind in _SETS:
                why = ": sp.solve gives a list, take its entry"
            elif isinstance(answer, list) and len(answer) == 1:
                why = ": take its entry, [0]"
            elif isinstance(answer, str):
                why = ": leave out the quotes"
            return Outcome(
                "wrong",
                f"Your answer is {shorten(answer)}{why}. Expected a SymPy expression in "
                f"{', '.join(self.symbols)}, such as 1 / (2 + {self.symbols[0]}).",
            )
        try:
            got = answer.expression if isinstance(answer, Formula) else sympy.nsimplify(answer)
        except ValueError as error:
            return Outcome("wrong", f"Your answer is {error}.")
        if not isinstance(got, sympy.Expr):
            return Outcome(
                "wrong",
                f"Your answer is {shorten(answer)}, a statement that holds or not. Expected an "
                f"expression{self._side_of(got)}.",
                "an equation",
            )
        strange = sorted(s.name for s in got.free_symbols if s.name not in self.symbols)
        names = {s.name for s in got.free_symbols} | {type(f).__name__ for f in _functions(got)}
        banned = [why for name, why in self.without.items() if name in names]
        expected = self._once("", lambda: _in_our_symbols(self.expected()))
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
        answer_at, right_at = _Sampled(got, points), self._sampled("", expected, points)
        witness = _first_difference(answer_at, right_at)
        if witness is None:
            if banned:
                return Outcome("wrong", f"Your answer is equal to the right one, but {banned[0]}")
            return self._correct()
        mistaken_at = [
            self._sampled(
                m.name, self._once(m.name, lambda m=m: _in_our_symbols(m.answer())), points
            )
            for m in self.mistakes
        ]
        for mistake, there in zip(self.mistakes, mistaken_at, strict=True):
            if _first_difference(answer_at, there) is None:
                return Outcome("wrong", f"{mistake.message}\n{witness}", mistake.name)
        if slip := self._slip(answer_at, right_at, mistaken_at):
            return Outcome("wrong", f"{slip.message}\n{witness}", slip.name)
        if not got.free_symbols and expected.free_symbols:
            told = f"Your answer is a number. Asked is an expression in {', '.join(self.symbols)}."
            return Outcome("wrong", f"{told}\n{witness}", "a number")
        return Outcome("wrong", witness + _simple_difference(got, expected))

    def _side_of(self, statement: Any) -> str:
        """Return which side of an equation is asked for, if it is solved for something."""
        import sympy

        if not isinstance(statement, sympy.Eq):
            return ""
        sides = {"right": statement.lhs, "left": statement.rhs}
        for side, other in sides.items():
            if other.is_Symbol and other.name not in self.symbols:
                return f": of this equation, its {side}-hand side"
        return ": solve the equation for what is asked, and hand in what comes out"

    def _slip(
        self, answer_at: _Sampled, right_at: _Sampled, mistaken_at: list[_Sampled]
    ) -> Slip | None:
        """Return a slip that is no mistake of this task in particular, or one on top of it."""
        if slip := _slip_of(answer_at, right_at):
            return slip
        for mistake, there in zip(self.mistakes, mistaken_at, strict=True):
            factor = _constant_factor(answer_at, there)
            if factor is not None:
                told = (
                    "And the sign is flipped."
                    if factor == -1
                    else f"And it is {factor} times that."
                )
                return Slip(f"{mistake.name}, a factor", f"{mistake.message} {told}")
        return None

    def _sampled(self, name: str, expression: Any, points: list[dict]) -> _Sampled:
        """Return a known expression's values; they are kept, since points come again."""
        kept = self._known.get(("at", name))
        if kept is None or kept.points != points:
            kept = self._known["at", name] = _Sampled(expression, points)
        return kept

    def _points(self, rng: np.random.Generator, symbols: set) -> list[dict]:
        """Return points, each a fraction of its own prime: no period goes through them all."""
        import sympy

        positive = self._once(
            "positive symbols",
            lambda: {s.name for s in self.expected().free_symbols if s.is_positive},
        )

        def number(symbol: Any) -> Any:
            lowest = 0.1 if symbol.name in positive else -3
            low, high = self.domain.get(symbol.name, (lowest, 3))
            prime = sympy.nextprime(int(rng.integers(5_000, 9_900)))
            over = round(rng.uniform(low, high) * prime)
            return sympy.Rational(over if over % prime else over + 1, prime)

        ordered = sorted(symbols, key=lambda s: s.name)
        return [{symbol: number(symbol) for symbol in ordered} for _ in range(12)]


def _in_our_symbols(expression: Any) -> Any:
    """Return an expression in the symbols in which answers come: by name, whatever assumed."""
    return expression.xreplace({s: symbol(s.name) for s in expression.free_symbols})


def _functions(expression: Any) -> set:
    import sympy

    return expression.atoms(sympy.Function, sympy.Piecewise)


class _Sampled:
    """An expression's values at some points to 30 digits; None where not finite and real."""

    def __init__(self, expression: Any, points: list[dict]) -> None:
        self.expression = expression
        self.points = points
        self._values: dict[int, Any] = {}

    def __getitem__(self, k: int) -> Any:
        if k not in self._values:
            # not subs().evalf(): exact powers of exact fractions may take half a minute
            try:
                value = self.expression.evalf(30, subs=self.points[k], maxn=200)
                is_there = value.is_Float or (value.is_number and value.is_finite and value.is_real)
                if is_there and not value.is_Float:
                    float(value)  # DiracDelta(0) says that it is a number
            except (TypeError, ValueError, ArithmeticError, AttributeError, RecursionError):
                is_there = False  # a condition on what is not real, a comparison with infinity
            self._values[k] = value if is_there else None
        return self._values[k]


def _first_difference(answer: _Sampled, right: _Sampled) -> str | None:
    """Return where an answer and another expression differ, in a sentence, or None.

    At the points where the other one has no finite real value, nothing is compared; where it
    has none at all, the two are different.
    """
    compared = 0
    is_alike = answer.expression == right.expression  # then one value says that there are some
    for k, point in enumerate(right.points):
        if right[k] is None:
            continue
        if is_alike:
            return None
        if answer[k] is not None and _is_close(answer[k], right[k]):
            compared += 1
            continue
        place = ", ".join(f"{symbol} = {float(value):.4g}" for symbol, value in point.items())
        if answer[k] is None:
            return f"At {place} your expression has no finite real value."
        shown = [f"{float(value):.6g}" for value in (answer[k], right[k])]
        if shown[0] == shown[1]:
            shown = [f"{float(value):.12g}" for value in (answer[k], right[k])]
        return f"At {place} your expression is {shown[0]}, expected {shown[1]}."
    return None if compared else "Your expression could not be compared."


def _is_close(one: Any, other: Any) -> bool:
    x, y = float(one), float(other)
    if abs(x) < 1e300 and abs(y) < 1e300:
        return abs(x - y) <= 1e-12 * (1 + abs(y))
    return bool(abs(one - other) <= 1e-12 * (1 + abs(other)))  # too large for a float


def _slip_of(answer: _Sampled, right: _Sampled) -> Slip | None:
    """Return the simple way in which one formula is made from another, or None."""
    import sympy

    expected = right.expression
    factor = _constant_factor(answer, right)
    if factor is not None and abs(factor - 1) < 1e-3:
        return Slip(
            "rounded",
            "Your expression is nearly right, but not exactly: a constant in it is rounded. "
            "SymPy has sp.sqrt, sp.pi and sp.Rational for exact ones.",
        )
    if factor == -1:
        return Slip("the sign flipped", "Your expression has the wrong sign.")
    if factor is not None:
        return Slip("a constant factor", f"Your expression is {factor} times the right one.")
    ways = [
        ("upside down", "Your expression is the reciprocal of the right one.", 1 / expected),
        ("squared", "Your expression is the square of the right one.", expected**2),
        ("a root too many", "Your expression is the root of the right one.", sympy.sqrt(expected)),
        ("1 minus it", "Your expression is 1 minus the right one.", 1 - expected),
    ]
    symbols = sorted(expected.free_symbols, key=str)
    for each in symbols:
        ways.append(
            (
                f"the sign of {each}",
                f"The sign in front of {each} is wrong.",
                expected.subs(each, -each),
            )
        )
    for k, one in enumerate(symbols):
        for other in symbols[:k]:
            swapped = expected.subs({one: other, other: one}, simultaneous=True)
            ways.append(
                ("symbols swapped", f"You took {other} for {one}, and the reverse.", swapped)
            )
    for name, message, other in ways:
        if _first_difference(answer, _Sampled(other, right.points)) is None:
            return Slip(name, message)
    return None


def _constant_factor(answer: _Sampled, right: _Sampled) -> Any:
    """Return c if the one is c times the other at every point, c neither 0 nor 1, else None."""
    import sympy

    if not right.expression.free_symbols:
        return None
    ratios = []
    for k in range(len(right.points)):
        if answer[k] is None or not right[k]:
            continue
        ratios.append(answer[k] / right[k])
        if not _is_close(ratios[-1], ratios[0]):
            return None
    if len(ratios) < 4 or _is_close(ratios[0], 0) or _is_close(ratios[0], 1):
        return None
    exact = sympy.nsimplify(ratios[0], rational=True, tolerance=1e-12)
    return exact if exact.q <= 100 else sympy.Float(ratios[0], 5)


def _has_high_power(expression: Any) -> bool:
    """Return whether simplifying could mean to expand a power for hours."""
    import sympy

    powers = (p.exp for p in expression.atoms(sympy.Pow) if p.exp.is_number)
    return any(not abs(exponent) < 12 for exponent in powers)


def _simple_difference(got: Any, expected: Any) -> str:
    """Return the difference in words, where it is shorter than the answer that it leads to."""
    import sympy

    if sympy.count_ops(got) > 60 or not got.free_symbols or _has_high_power(got):
        return ""
    try:
        difference = sympy.simplify(got - expected)
    except Exception:  # SymPy raises nearly anything
        return ""
    if sympy.count_ops(difference) >= sympy.count_ops(sympy.simplify(expected)):
        return ""
    if difference.has(sympy.nan, sympy.oo, -sympy.oo, sympy.zoo):
        return ""
    return f" Yours minus the right one is {difference}."
