"""SymPy for the course: derive, prove equal, look at both sides of a kink, go to NumPy.

>>> from course_utils.activations import relu, sigmoid
>>> from course_utils.symbolic import derive, one_sided_slopes, prove_equal
>>> print(prove_equal(derive(sigmoid.formula), sigmoid.formula * (1 - sigmoid.formula)))
proved: left - right simplifies to 0
>>> print(prove_equal(sigmoid.formula, 1 - sigmoid.formula))
refuted: at z = 1/2 the left side is 0.62246, the right side 0.37754
>>> one_sided_slopes(relu.formula)
(0, 1)

SymPy's own tools answer wrongly, or not at all, in just the places that this course is
about: `simplify` and `equals` miss true identities of tanh, `limit` goes wrong for a
Piecewise at its kink, and `lambdify` knows no lists, no constants and no float32.

Symbols count by their name: a plain ``Symbol("z")`` is taken for the course's real z.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from math import lcm

import numpy as np
import sympy
from numpy.typing import ArrayLike, NDArray
from sympy import (
    Abs,
    DiracDelta,
    Heaviside,
    Max,
    Min,
    Piecewise,
    Rational,
    exp,
    log,
    sign,
)
from sympy.core.function import AppliedUndef
from sympy.core.relational import Relational

from course_utils.activations import as_floats

__all__ = [
    "Proof",
    "a",
    "alpha",
    "derive",
    "one_sided_limits",
    "one_sided_slopes",
    "prove_equal",
    "to_numpy",
    "z",
]

z = sympy.Symbol("z", real=True)
a = sympy.Symbol("a", real=True)
alpha = sympy.Symbol("alpha", positive=True)

_COURSE_SYMBOLS = {symbol.name: symbol for symbol in (z, a, alpha)}
_KINKED = (Abs, Heaviside, Max, Min, Piecewise, sign)


def _expression(value: object) -> sympy.Expr:
    try:
        expression = sympy.sympify(value, strict=True)
    except sympy.SympifyError:
        expression = None
    if not isinstance(expression, sympy.Expr):
        raise TypeError(
            f"expected a SymPy expression or a number, got {type(value).__name__} "
            f"({value!r:.60}): build it from symbols, such as 1 / (1 + sympy.exp(-z))"
        )
    return expression


def _own_symbol(expression: sympy.Expr, symbol: sympy.Symbol) -> sympy.Symbol:
    """Return the symbol of this name that the expression itself uses, if there is one."""
    if symbol in expression.free_symbols:
        return symbol
    return next((own for own in expression.free_symbols if own.name == symbol.name), symbol)


def derive(expression: sympy.Expr, symbol: sympy.Symbol = z) -> sympy.Expr:
    """Return the derivative with respect to `symbol`, as SymPy spells it.

    The spelling of a function with a kink picks its slope there: ``Max(0, z)`` has slope
    1/2 at 0, a Piecewise has that of the branch that holds 0. See `one_sided_slopes`.
    """
    expression = _expression(expression)
    return sympy.diff(expression, _own_symbol(expression, symbol))


# -------------------------------------------------------------------- proving equality


@dataclass(frozen=True)
class Proof:
    """What came out of `prove_equal`: true in an ``if`` only when proved; printed, one line.

    Attributes
    ----------
    status : str
        ``"proved"``, ``"refuted"`` (a point is known where the sides differ) or
        ``"not proved"`` (no such point was found, and no proof either).
    reason : str
        What it rests on.
    """

    status: str
    reason: str

    def __bool__(self) -> bool:
        return self.status == "proved"

    def __str__(self) -> str:
        return f"{self.status}: {self.reason}"


def prove_equal(left: sympy.Expr, right: sympy.Expr) -> Proof:
    """Decide whether two expressions are equal wherever both are real numbers.

    First both are computed to 30 digits at two dozen points or more, on both sides of 0
    and at 0: one clear difference refutes. If there is none, the difference is written
    in exponentials, which become plain positive symbols, and cancelled: then it is 0 or
    it is not, as for any fraction of polynomials. Where |z|, Max or a Piecewise stands in
    the way, z < 0, z = 0 and z > 0 are proved one by one.

    Parameters
    ----------
    left, right : SymPy expression or number
        In any real symbols; undefined functions such as ``Function("u")(z)`` are allowed.
        A decimal is read as written: 0.01 is 1/100.

    Raises
    ------
    TypeError
        If a side is no expression; text is not evaluated.
    """
    left, right = _one_symbol_per_name(_expression(left), _expression(right))
    tolerance = 1e-12 if left.has(sympy.Float) or right.has(sympy.Float) else 1e-20
    left, right = (_decimals_as_fractions(side) for side in (left, right))

    points = 0
    for where, left_value, right_value in _values(left, right):
        points += 1
        gap = abs(left_value - right_value)
        if gap > tolerance * (1 + abs(left_value) + abs(right_value)):
            return Proof("refuted", _difference_text(where, left_value, right_value))
    if not points and left - right != 0:
        return Proof("not proved", "found no point at which both sides are real numbers")

    if _vanishes(left - right):
        return Proof("proved", "left - right simplifies to 0")
    kinks = _nodes(_KINKED, left, right)
    unsettled = {s for kink in kinks for s in kink.free_symbols if s.is_positive is None}
    if 0 < len(unsettled) <= 3 and all(_vanishes_by_case(left, right, unsettled)):
        signs = (f"{s} < 0, {s} = 0 and {s} > 0" for s in sorted(unsettled, key=str))
        return Proof("proved", f"left - right simplifies to 0 for {', '.join(signs)}")
    digits = 30 if tolerance < 1e-12 else 12
    return Proof("not proved", f"equal to {digits} digits at {points} points")


def _nodes(kinds: tuple, *sides: sympy.Expr) -> set:
    """Return the parts of the expressions that are of these kinds; () means the symbols."""
    return set().union(*(side.atoms(*kinds) if kinds else side.free_symbols for side in sides))


def _one_symbol_per_name(*sides: sympy.Expr) -> list[sympy.Expr]:
    """Let symbols of one name be one symbol, the one that assumes most, real at the least."""
    chosen: dict[str, sympy.Symbol] = {}
    by_strength = sorted(_nodes((), *sides), key=lambda s: (s.is_positive is True, bool(s.is_real)))
    for symbol in by_strength:
        real = _COURSE_SYMBOLS.get(symbol.name, sympy.Symbol(symbol.name, real=True))
        chosen[symbol.name] = symbol if symbol.is_real else real
    return [side.xreplace({s: chosen[s.name] for s in side.free_symbols}) for side in sides]


def _decimals_as_fractions(side: sympy.Expr) -> sympy.Expr:
    return side.xreplace({number: Rational(str(number)) for number in side.atoms(sympy.Float)})


_NUMBERS_TEXT = (
    "1/2 -1/2 2 -2 0 3/7 -5/3 7/2 -13/4 1 -1 5 -6 0 1/9 -1/5 11/8 -7/6 10 -10 23/10 -1/100 0 1/100"
)
_NUMBERS = tuple(Rational(text) for text in _NUMBERS_TEXT.split())


def _points(*sides: sympy.Expr) -> Iterator[dict[sympy.Symbol, sympy.Number]]:
    """Yield exact points that the symbols' assumptions allow, each once: {z: 1/2, alpha: 2}."""

    def allowed(symbol: sympy.Symbol, number: sympy.Number) -> bool:
        facts = symbol.assumptions0.items()
        return all(getattr(number, f"is_{fact}", None) in (truth, None) for fact, truth in facts)

    ordered = sorted(_nodes((), *sides), key=lambda s: (s.is_positive is True, s.name))
    choices = [[n for n in _NUMBERS if allowed(symbol, n)] for symbol in ordered]
    if not all(choices):
        return
    strides = (1, 5, 7, 11, 13, 17, 19, 23)  # each symbol walks at its own pace
    tuples = [
        tuple(c[(strides[j % 8] * i + j) % len(c)] for j, c in enumerate(choices))
        for i in range(len(_NUMBERS))
    ]
    written = _nodes((Rational,), *_nodes(_KINKED, *sides))
    for number in sorted(written | {-n for n in written} | set(_NUMBERS[:5]))[:40]:
        # There may be a kink where a symbol is a number that is written, or is another symbol.
        tuples += [(*t[:j], number, *t[j + 1 :]) for j in range(len(ordered)) for t in tuples[:1]]
    for numbers in dict.fromkeys(tuples):
        if all(map(allowed, ordered, numbers)):
            yield dict(zip(ordered, numbers, strict=True))


def _values(*sides: sympy.Expr) -> Iterator[tuple]:
    """Yield (place, value, value...) wherever every side is a real number known to 18 digits."""
    functions = {}
    for k, name in enumerate(sorted({f.func for f in _nodes((AppliedUndef,), *sides)}, key=str)):
        functions[name] = lambda x, *more, k=k: exp(sum(more, x) / (k + 2)) + k + 1
        sides = [side.replace(name, functions[name]).doit() for side in sides]
    for point in _points(*sides):
        values = [side.subs(point).evalf(30, maxn=400) for side in sides]
        if all(
            value.is_Number
            and value.is_finite
            and (not value.is_Float or value._prec > 60 or abs(value) < 1e-30)
            for value in values
        ):
            place = [f"{symbol} = {number}" for symbol, number in point.items()]
            place += [f"{name}(x) = {f(sympy.Symbol('x'))}" for name, f in functions.items()]
            yield (", ".join(place), *values)


def _difference_text(place: str, left_value: sympy.Number, right_value: sympy.Number) -> str:
    shown = [f"{float(value):.5g}" for value in (left_value, right_value)]
    if shown[0] == shown[1]:  # the line must show the difference
        shown = [str(left_value), str(right_value)]
    return f"{place and f'at {place} '}the left side is {shown[0]}, the right side {shown[1]}"


def _vanishes(difference: sympy.Expr) -> bool:
    """Return True if the expression is 0 by algebra; False says nothing."""
    plain = difference.rewrite(exp).expand(power_exp=True)
    rates: dict[sympy.Expr, list] = {}
    for power in plain.atoms(exp):
        rate, rest = power.args[0].as_coeff_Mul(rational=True)
        rates.setdefault(rest, []).append(rate)
    steps = {rest: lcm(*(int(rate.q) for rate in found)) for rest, found in rates.items()}
    bases = {rest: sympy.Dummy(positive=True) for rest in rates}  # base = exp(rest / step)
    plain = plain.xreplace(
        {
            exp(rate * rest): bases[rest] ** int(rate * steps[rest])
            for rest, found in rates.items()
            for rate in found
        }
    )
    if sympy.cancel(plain) == 0:
        return True
    if plain.has(*_KINKED):  # simplify is no proof there: a single point could be lost
        return False
    if plain.has(log):
        plain = plain.replace(log, lambda x: sympy.expand_log(log(sympy.factor(x))))
        plain = plain.subs({log(base): rest / steps[rest] for rest, base in bases.items()})
    return sympy.simplify(plain) == 0


def _vanishes_by_case(
    left: sympy.Expr, right: sympy.Expr, symbols: set[sympy.Symbol]
) -> Iterator[bool]:
    """Yield, for each combination of signs of the symbols, whether left - right is 0 there."""
    for signs in product((-1, 0, 1), repeat=len(symbols)):
        sizes = {symbol: sympy.Dummy(symbol.name, positive=True) for symbol in symbols}
        case = {symbol: side * sizes[symbol] for symbol, side in zip(symbols, signs, strict=True)}
        sides = [side.subs(case) for side in (left, right)]
        if not any(side.has(sympy.nan, sympy.zoo, sympy.oo, -sympy.oo) for side in sides):
            yield _vanishes(sides[0] - sides[1])


# ------------------------------------------------------------------ both sides of a kink


def one_sided_limits(
    expression: sympy.Expr, at: sympy.Expr = 0, symbol: sympy.Symbol = z
) -> tuple[sympy.Expr, sympy.Expr]:
    """Return the limits of an expression as `symbol` approaches `at` from left and right.

    The branch of every Piecewise, Max, Abs... is settled first, for a point at a small
    positive distance h, because SymPy's ``limit`` is wrong for a Piecewise at its own kink
    (sympy/sympy issues 23836 and 27236). What depends on a parameter stays a Piecewise.
    """
    return tuple(_limit(near, h) for near, h, _ in _both_sides(expression, at, symbol))


def one_sided_slopes(
    expression: sympy.Expr, at: sympy.Expr = 0, symbol: sympy.Symbol = z
) -> tuple[sympy.Expr, sympy.Expr]:
    """Return the limits of the derivative as `symbol` approaches `at` from left and right.

    Whichever way a kink is spelled, with ``>`` or ``>=``, as Max or as Heaviside, the two
    slopes are the same; it is the derivative *at* the kink that the spelling decides.
    """
    return tuple(
        _limit(side * sympy.diff(near, h), h)
        for near, h, side in _both_sides(expression, at, symbol)
    )


def _both_sides(expression: sympy.Expr, at: sympy.Expr, symbol: sympy.Symbol) -> Iterator[tuple]:
    """Yield (expression in h, h, side) for `at` - h and `at` + h, h small and positive."""
    expression = _expression(expression)
    symbol = _own_symbol(expression, symbol)
    h = sympy.Dummy("h", positive=True)

    def settle(relation: Relational) -> sympy.Basic:
        gap = sympy.expand(relation.lhs - relation.rhs)
        first_term = gap if gap == 0 else gap.leadterm(h)[0]
        return relation.func(first_term, 0)

    for side in (-1, 1):
        near = expression.subs(symbol, _expression(at) + side * h)
        if near.has(*_KINKED):
            near = near.rewrite(Piecewise)
            relations = [r for r in near.atoms(Relational) if h in r.free_symbols]
            near = near.subs({relation: settle(relation) for relation in relations})
        yield near, h, side


def _limit(expression: sympy.Expr, h: sympy.Symbol) -> sympy.Expr:
    expression = sympy.piecewise_fold(expression)
    if isinstance(expression, Piecewise):
        return Piecewise(*((_limit(branch, h), condition) for branch, condition in expression.args))
    return sympy.limit(expression, h, 0, "+")


# ---------------------------------------------------------------------------- to NumPy


def to_numpy(expression: sympy.Expr, *symbols: sympy.Symbol) -> Callable[..., NDArray]:
    """Return a NumPy function that computes the expression *as it is spelled*.

    >>> to_numpy(derive(z**3))([1, 2])
    array([ 3., 12.])

    Parameters
    ----------
    expression : SymPy expression
    *symbols : SymPy symbol
        The function's arguments in their order; z alone if none is given.

    Returns
    -------
    function
        Takes a number, list or array for each symbol, broadcasts them, and returns an array
        of their common shape (a NumPy scalar for numbers). float32 stays float32 (a Python
        number beside it does not widen it), integers become float64, NaN gives NaN.

    Raises
    ------
    ValueError
        If the expression holds other symbols, or something that has no values, such as
        DiracDelta or an undefined function.

    Notes
    -----
    Nothing is rewritten for the computer's sake, and nothing warns. ``1/(1 + exp(-z))`` is
    right for every z down to -709 (below, it is 0). Its derivative as SymPy prints it is right
    for z > -354, then 0 by overflow, then NaN from -709 down; tanh as exponentials is NaN beyond
    709 on either side. In float32 read 44 for 354, and 88 for 709. Where that matters take
    the functions of `course_utils.activations`, which hold for every number.
    """
    expression = _expression(expression)
    symbols = tuple(_own_symbol(expression, symbol) for symbol in symbols or (z,))
    names = ", ".join(symbol.name for symbol in symbols)
    missing = ", ".join(sorted(s.name for s in expression.free_symbols.difference(symbols)))
    if missing:
        raise ValueError(
            f"the expression also holds {missing}: name every symbol, as in "
            f"to_numpy(expression, {names}, {missing}), or put a number in its place with subs"
        )
    without_values = expression.atoms(AppliedUndef, sympy.Derivative, sympy.Integral, DiracDelta)
    if without_values:
        culprit = min(map(str, without_values))
        raise ValueError(f"{culprit} has no values that NumPy could compute")
    compute = sympy.lambdify(symbols, expression, "numpy")

    def function(*values: ArrayLike) -> NDArray:
        if len(values) != len(symbols):
            raise TypeError(f"expected {len(symbols)} arguments ({names}), got {len(values)}")
        arrays = [as_floats(value) for value in values]
        strong = [
            x.dtype for x, v in zip(arrays, values, strict=True) if type(v) not in (int, float)
        ]
        dtype = np.result_type(*strong or [np.float64])
        arrays = np.broadcast_arrays(*(array.astype(dtype) for array in arrays))
        with np.errstate(all="ignore"):  # a branch not taken may overflow
            result = np.asarray(compute(*arrays)).astype(dtype)
        unknown = np.logical_or.reduce([np.isnan(array) for array in arrays])
        return np.where(unknown, dtype.type(np.nan), result)[()]

    function.__doc__ = f"Compute {expression} for {names}."
    return function
