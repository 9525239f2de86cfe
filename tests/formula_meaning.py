"""What the names in the course's formulas mean, and what their values are.

The vocabulary of this subject in SymPy, definitions that a lesson adds to it, and numbers by
mpmath. `formula_parser.py` reads formulas with it, `formula_judge.py` decides them.
"""

from __future__ import annotations

import random
from functools import cache
from itertools import chain
from operator import eq, ge, gt, le, lt, ne
from typing import NamedTuple

import sympy as sp
from mpmath import mp

from course_utils.activations import ACTIVATIONS, KINKS

DIGITS = 150  # for values 1e40 away from 0, and differences over 1e-40


class UnreadableError(ValueError):
    """The formula says something that cannot be translated or decided."""


# ------------------------------------------------------------------- the meaning of names

Z = sp.Symbol("z", real=True)
ALPHA = sp.Symbol("alpha", positive=True)
HUGE, TINY = sp.Symbol("HUGE", positive=True), sp.Symbol("TINY", positive=True)
POSITIVE = {"alpha", "eta", "epsilon", "varepsilon", "lambda", "n", "N", "m", "k", "HUGE", "TINY"}
ABSTRACT = {"f", "g", r"\phi", r"\varphi", r"\psi"}
ELEMENTARY = {
    **{"\\" + n: getattr(sp, n) for n in ("exp", "sin", "cos", "cosh", "sinh", "log")},
    r"\ln": sp.log,
}
REGISTRY_NAMES = {
    **{r"\sigma": "sigmoid", r"\tanh": "tanh", "H": "step", "lrelu": "leaky_relu"},
    **{"leakyrelu": "leaky_relu", "leaky": "leaky_relu", "heaviside": "step"},
    **{name: name for name in ACTIVATIONS},
}
OTHERS = {"softplus": sp.log(1 + sp.exp(Z)), "logit": sp.log(Z / (1 - Z)), "sign": sp.sign(Z)}
INVERSES = {"sigmoid": sp.log(Z / (1 - Z)), "tanh": sp.log((1 + Z) / (1 - Z)) / 2}


def symbol(name: str) -> sp.Symbol:
    """Return the symbol of a name as LaTeX writes it: real, some of them positive."""
    bare = name.lstrip("\\")
    return sp.Symbol(bare, **({"positive": True} if bare in POSITIVE else {"real": True}))


class Unknown(sp.Function):
    """A function without a formula, such as f in the chain rule, or its n-th derivative."""

    base, order = "", 0

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        """Return the derivative: the same function, one order up."""
        assert argindex == 1
        return unknown(self.base, self.order + 1)(*self.args)


@cache
def unknown(name: str, order: int = 0) -> type[Unknown]:
    """Return the function of this name, or its n-th derivative."""
    return type(name + "'" * order, (Unknown,), {"base": name, "order": order})


W, X, B = map(symbol, "wxb")
DEFAULTS = {symbol("a"): unknown("g")(Z), Z: W * X + B}  # only where a slope needs them


@cache
def registry_formula(name: str, order: int = 0) -> sp.Expr:
    """Return an activation or its slope in z and alpha; at a kink as the kink table says."""
    if name in OTHERS:
        return sp.diff(OTHERS[name], Z, order)
    names = {"z": Z, "alpha": ALPHA}
    formula = sp.diff(sp.sympify(ACTIVATIONS[name].formula_text, locals=names), Z, order)
    if order == 1 and name in KINKS:
        row = KINKS[name]
        left, right = (sp.nsimplify(sp.sympify(s, locals=names)) for s in (row.left, row.right))
        at_zero = left + sp.nsimplify(row.share) * (right - left)
        formula = sp.Piecewise((at_zero, sp.Eq(Z, 0)), (formula, True))
    return formula


@cache
def known_values() -> frozenset[str]:
    """Return the fingerprints of every formula of the registry and of every slope."""
    both = [registry_formula(name, order) for name in ACTIVATIONS for order in (0, 1)]
    return frozenset(fingerprint(f) for f in [*both, *(f.subs(ALPHA, 0.01) for f in both)]) - {
        fingerprint(sp.Integer(0)),
        fingerprint(sp.Integer(1)),
    }


class Meaning(NamedTuple):
    """What a name stands for: a definition, a number (for one cell) or a function of z."""

    kind: str
    value: sp.Expr


Names = tuple[tuple[str, Meaning], ...]

known_slopes: dict[sp.Symbol, tuple[sp.Symbol, sp.Symbol]] = {}


def table_of(names: Names, *kinds: str) -> dict[sp.Symbol, sp.Expr]:
    return {symbol(n.rstrip("=")): m.value for n, m in names if m.kind in kinds}


def with_functions(expr: sp.Expr, names: Names) -> sp.Expr:
    """Replace the functions that the notebook has defined by their formulas."""
    for name, meaning in names:
        if meaning.kind == "function":
            hits = {u: slope_of(meaning.value, u.order) for u in unknowns(expr) if u.base == name}
            expr = expr.subs({u: body.subs(Z, u.args[0]) for u, body in hits.items()})
    return expr


def unknowns(expr: sp.Basic) -> set[Unknown]:
    """Return the functions without a formula that occur, with their arguments."""
    return expr.atoms(Unknown)


def slope_of(expr: sp.Expr, order: int = 1, by: sp.Symbol = Z) -> sp.Expr:
    """Return a derivative; where SymPy would put a step, it has no value at the corner."""
    return sp.diff(expr, by, order).replace(
        sp.Heaviside, lambda t, *_: sp.Piecewise((0, t < 0), (1, t > 0), (sp.nan, True))
    )


def resolve(expr: sp.Expr, table: dict, keep: frozenset = frozenset(), path: tuple = ()) -> sp.Expr:
    """Replace defined symbols by their definitions, and these again, but for `keep`."""
    values = {}
    for s in (expr.free_symbols & table.keys()) - keep:
        if s in path:
            raise UnreadableError(f"{s} is defined by itself")
        values[s] = resolve(table[s], table, keep, (*path, s))
    return expr.subs(values) if values else expr


# ------------------------------------------------------------------------------- numbers


class NoValueError(ArithmeticError):
    """The expression has no real value at this point."""


COMPARE = {"==": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge}


def evaluate(expr: sp.Basic, point: dict):
    """Return the value of an expression at a point, and note it there for the next time."""
    if expr not in point:
        point[expr] = _evaluate(expr, point)
    return point[expr]


def _evaluate(expr: sp.Basic, point: dict):
    if expr.is_Symbol:
        raise NoValueError
    if expr.is_Rational:
        return mp.mpf(expr.p) / expr.q
    if expr is sp.nan or expr is sp.zoo:
        raise NoValueError
    if expr.is_Float or expr.is_NumberSymbol or expr in (sp.oo, -sp.oo):
        return mp.mpf(expr._to_mpmath(DIGITS * 4)) if expr.is_finite else mp.inf * sp.sign(expr)
    if expr in (sp.true, sp.false):
        return bool(expr)
    if isinstance(expr, sp.Piecewise):
        for value, test in expr.args:
            if evaluate(test, point):
                return evaluate(value, point)
        raise NoValueError
    v = [evaluate(a, point) for a in expr.args]
    if expr.is_Add:
        return sum(v[1:], v[0])
    if expr.is_Mul:
        return mp.fprod(v)
    if any(isinstance(x, mp.mpc) and x.imag for x in v):
        raise NoValueError
    if expr.is_Relational:
        return COMPARE[expr.rel_op](*v)
    if isinstance(expr, Unknown):
        p, q, r = (random.Random(expr.base + s).uniform(0.5, 1.5) for s in "pqr")
        wave = mp.sin(p * v[0] + q + expr.order * mp.pi / 2) * mp.mpf(p) ** expr.order
        return wave + r * (v[0] ** 2, 2 * v[0], mp.mpf(2), 0)[min(expr.order, 3)]
    kinds = {
        sp.And: all,
        sp.Or: any,
        sp.Max: max,
        sp.Min: min,
        sp.Pow: lambda x: mp.power(*x),
        sp.Abs: lambda x: abs(x[0]),
        sp.sign: lambda x: mp.sign(x[0]),
        sp.sinh: lambda x: mp.sinh(x[0]),
        sp.Not: lambda x: not x[0],
    }
    function = kinds.get(expr.func) or (lambda x: getattr(mp, expr.func.__name__)(*x))
    return function(v)


def value_at(expr: sp.Basic, point: dict):
    """Return the real value of an expression at a point, or None where there is none."""
    with mp.workdps(DIGITS):
        try:
            value = evaluate(expr, point)
        except (ArithmeticError, ValueError, TypeError, AttributeError, LookupError):
            return None
        if isinstance(value, mp.mpc):
            return value.real if abs(value.imag) < mp.mpf(10) ** -100 else None
        return None if isinstance(value, mp.mpf) and mp.isnan(value) else value


def _draw(s: sp.Symbol, rng: random.Random):
    reach = rng.choice((3, 3, 3, 3, 12, 100))
    value = mp.mpf(
        rng.uniform(0.05, min(reach, 4)) if s.is_positive else rng.uniform(-reach, reach)
    )
    return value


def points(symbols: set[sp.Symbol], filters: list, *, grid: bool):
    """Yield points: 0, then random ones; or a grid with places far out. `filters` hold."""
    free = sorted(symbols - {HUGE, TINY}, key=str)
    rng = random.Random(5)
    fixed = {HUGE: mp.mpf(10) ** 40, TINY: mp.mpf(10) ** -40}
    if grid and len(free) == 1:
        line = [mp.mpf(k) / 20 for k in range(-160, 161)] + [mp.mpf(k) for k in (15, 40, 100)]
        line += [mp.mpf(-k) for k in (15, 40, 100)]
        line += [k + d * mp.mpf(10) ** -6 for k in range(-8, 9) for d in (1, -1)]
        drawn = ({free[0]: v} for v in line if v > 0 or not free[0].is_positive)
    else:
        zero = {s: mp.mpf(1 if s.is_positive else 0) for s in free}
        more = ({s: _draw(s, rng) for s in free} for _ in range(400 * bool(free)))
        drawn = chain([zero], more)
    for point in drawn:
        full = fixed | point
        if all(value_at(test, full) for test in filters):
            yield full


@cache
def fingerprint(expr: sp.Expr) -> str:
    """Return a text that is the same for expressions of the same value, '' if there is none."""
    texts = []
    for salt in "1234":  # with these, each symbol takes both signs
        point = {HUGE: mp.mpf(10) ** 40, TINY: mp.mpf(10) ** -40}
        point |= {s: _draw(s, random.Random(str(s) + salt)) / 2 for s in expr.free_symbols}
        value = value_at(expr, point)
        if value is None or isinstance(value, bool):
            return ""
        nothing = mp.mpf(10) ** (-30 if expr.has(HUGE, TINY) else -100)
        zero = expr.free_symbols and abs(value) < nothing
        texts.append("0.0" if zero else mp.nstr(value, 18))
    return " ".join(texts)
