"""Decide one formula: equal, ordered, within, approximately, tends to, defines, stands alone.

`formulas.py` reads whole notebooks with it.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from typing import NamedTuple

import sympy as sp
from formula_meaning import (
    ABSTRACT,
    DEFAULTS,
    DIGITS,
    HUGE,
    POSITIVE,
    REGISTRY_NAMES,
    TINY,
    Meaning,
    Names,
    UnreadableError,
    Z,
    fingerprint,
    points,
    resolve,
    symbol,
    table_of,
    unknowns,
    value_at,
    with_functions,
)
from formula_parser import (
    RELATIONS,
    SIGNED,
    Parser,
    link_slopes,
    names_in,
    pieces,
    split_tokens,
    tokenise,
)
from mpmath import mp
from numbers_in_prose import LITERAL, number_of

# ------------------------------------------------------------------------------ decisions


class Verdict(NamedTuple):
    """What one formula says: its faults, definitions, sides, and what it relies on."""

    faults: tuple[str, ...] = ()
    defines: tuple[tuple[str, Meaning, bool], ...] = ()  # name, meaning, confirmed
    sides: frozenset[str] = frozenset()
    alone: tuple[str, ...] = ()
    to_print: tuple[str, ...] = ()
    uses: frozenset[str] = frozenset()


def _show(point: dict) -> str:
    shown = [
        f"{s} = {mp.nstr(v, 4)}" for s, v in point.items() if s.is_Symbol and s not in (HUGE, TINY)
    ]
    return f" at {', '.join(shown)}" if shown else ""


def _equal(left: sp.Expr, right: sp.Expr, filters: list, limit: bool) -> str | None:
    symbols = left.free_symbols | right.free_symbols
    symbols |= {s for f in filters for s in f.free_symbols}
    seen = 0
    for point in points(symbols, filters, grid=False):
        x, y = value_at(left, point), value_at(right, point)
        if x is None or y is None or (mp.isinf(y) and not limit):
            continue
        if mp.isinf(y):
            close = x * mp.sign(y) > mp.mpf(10) ** 30
        else:
            slack = mp.mpf(10) ** (-30 if limit else -100)
            close = abs(x - y) <= mp.mpf(10) ** -25 * max(abs(x), abs(y)) + slack
        if not close:
            return f"false: left is {mp.nstr(x, 6)}, right is {mp.nstr(y, 6)}{_show(point)}"
        seen += 1
        if seen == 25 or not symbols - {HUGE, TINY}:
            return None
    return None if seen >= 20 else "has too few points where both sides have a value"


def _ordered(left: sp.Expr, right: sp.Expr, sign: str, filters: list) -> str | None:
    if sign in (">", ">="):
        left, right, sign = right, left, sign.replace(">", "<")
    symbols = left.free_symbols | right.free_symbols
    sharp, seen = not symbols, False
    for point in points(symbols, filters, grid=True):
        x, y = value_at(left, point), value_at(right, point)
        if x is None or y is None:
            continue
        seen = True
        if not (x < y or (sign == "<=" and x == y)):
            return f"false: {mp.nstr(x, 6)} against {mp.nstr(y, 6)}{_show(point)}"
        bound = right if not right.free_symbols else left
        scale = abs(value_at(bound, point)) or 1
        sharp = sharp or y - x <= mp.mpf("1e-3") * (scale if mp.isfinite(scale) else 1)
        sharp = sharp or mp.isinf(x) or mp.isinf(y)
    if not seen:
        return "has no point where both sides have a value"
    return None if sharp else "is true but not sharp, so a changed digit would not show"


def _within(left: sp.Expr, region: list[str], parser: Parser, filters: list) -> str | None:
    if region[:1] == [r"\mathbb"]:
        return None if left.is_Symbol else "says nothing that can be checked"
    parts = [parser.parse(p) for p in split_tokens(region[1:-1], ",".__eq__)[0]]
    values = [value_at(left, p) for p in points(left.free_symbols, filters, grid=True)]
    values = [v for v in values if v is not None]
    if region[0] == r"\{":
        allowed = [value_at(p, {}) for p in parts]
        same = {mp.nstr(v, 20) for v in values} == {mp.nstr(v, 20) for v in allowed}
        return None if same else f"false: its values are not just {allowed}"
    if region[0] not in "([" or region[-1] not in ")]" or len(parts) != 2:
        raise UnreadableError("cannot read the interval")
    if parts[0] >= parts[1]:
        return "false: the interval is empty"
    faults = (
        _ordered(parts[0], left, "<=" if region[0] == "[" else "<", filters),
        _ordered(left, parts[1], "<=" if region[-1] == "]" else "<", filters),
    )
    for end, bracket, extreme in ((parts[0], region[0], min), (parts[1], region[-1], max)):
        if not any(faults) and bracket in "[]" and extreme(values) != value_at(end, {}):
            return f"false: {end} is not reached"
    return next((f for f in faults if f), None)


def _unit(literal: str):
    """Return the value of a printed number and one unit in its last place."""
    with mp.workdps(DIGITS):
        value, unit = number_of(literal)
        return mp.mpf(str(value)), mp.mpf(str(unit))


def literal_in(tokens: list[str]) -> str | None:
    text = "".join(tokens)
    return text if re.fullmatch(LITERAL, text) else None


def _approximately(left: list[str], right: list[str], value, parser: Parser) -> str | None:
    literals = [t for t in (literal_in(right), literal_in(left)) if t]
    if not literals:
        raise UnreadableError("after \\approx a printed number is expected")
    other = left if literal_in(right) else right
    exact = value(parser.parse(other))
    target, unit = _unit(literals[0])
    if exact is None:
        raise UnreadableError(f"{''.join(other)} has no value here: say of which number")
    if abs(exact - target) > unit / 2 * (1 + mp.mpf(10) ** -9):
        return f"false: it is {mp.nstr(exact, 8)}, which does not round to {literals[0]}"
    return None


def bare_name(tokens: list[str]) -> str | None:
    """Return the name if the tokens are one symbol: ``a``, ``\\eta``, ``z_1``."""
    match = re.fullmatch(
        r"\\?(text:[\w ]+|[A-Za-z]+|(?:hat|bar|tilde)\{\w\})(_\{?\w+\}?)?", "".join(tokens)
    )
    single = tokens and (len(tokens) == 1 or tokens[1] == "_" or tokens[0] in (r"\hat", r"\bar"))
    if not match or not single or tokens[0] in ("e", r"\pi", r"\infty"):
        return None
    return "".join(t for t in tokens if t not in "{}").lstrip("\\")


class Judge:
    """Decide the pieces of one formula, with what its notebook has defined so far."""

    def __init__(self, text: str, names: Names) -> None:
        self.names, self.text = names, text
        tokens = tokenise(text)
        pairs = pairwise(tokens)
        self.primed = frozenset(a.lstrip("\\") for a, b in pairs if b[0] == "'" and a not in "az")
        self.defines: list[tuple[str, Meaning, bool]] = []
        self.sides: set[str] = set()
        self.alone: list[str] = []
        self.to_print: list[str] = []
        self.uses: set[str] = set()

    def parser(self, side: int) -> Parser:
        return Parser([], self.names, side, self.primed)

    def verdict(self) -> Verdict:
        faults = []
        for claim, condition in pieces(self.text):
            try:
                fault = self.piece(claim, condition)
            except UnreadableError as error:
                fault = f"cannot be decided: {error}"
            except (ValueError, TypeError, ArithmeticError, IndexError, AttributeError) as error:
                fault = f"cannot be read ({type(error).__name__}: {error})"
            if fault:
                faults.append(fault)
        return Verdict(
            tuple(faults),
            tuple(self.defines),
            frozenset(self.sides),
            tuple(self.alone),
            tuple(self.to_print),
            frozenset(self.uses),
        )

    def piece(self, claim: list[str], condition: list[str]) -> str | None:
        sides, signs = split_tokens(claim, RELATIONS.__contains__)
        if not signs:
            return self.expression_alone(claim)
        kinds = [RELATIONS[s] for s in signs]
        if self.is_free_condition(sides, kinds):
            return None
        defined = self.definition(sides, kinds, condition) if kinds[0] == "=" else False
        for left, kind, right in list(zip(sides, kinds, sides[1:], strict=False))[defined:]:
            if left == right:
                return "has the same on both sides"
            if kind == "approx" and bare_name(left) and literal_in(right):
                name = bare_name(left)
                if name not in dict(self.names):
                    self.to_print.append(literal_in(right))
                    continue
            for side in (1, -1) if r"\to" in self.text or r"\pm" in self.text else (1,):
                fault = self.relation(left, kind, right, condition, side)
                if (
                    fault
                    and len(kinds) == 1
                    and kind == "="
                    and bare_name(left)
                    and literal_in(right)
                ):
                    number = Meaning("number", self.parser(1).parse(right))
                    self.defines.append((bare_name(left) + "=", number, False))
                elif fault:
                    return fault
        return None

    def is_free_condition(self, sides: list[list[str]], kinds: list[str]) -> bool:
        """Tell ``z > 0`` and the like: where prose speaks of a point, and no digit but 0."""
        if len(sides) != 2 or kinds[0] in ("approx", "in"):
            return False
        name = bare_name(sides[0]) or bare_name(sides[1])
        other = sides[1] if bare_name(sides[0]) else sides[0]
        if name and kinds[0] == "to" and "".join(other) in (r"\infty", "0"):
            return True
        return name in ("z", "x") and other == ["0"]

    def expression_alone(self, claim: list[str]) -> str | None:
        if not SIGNED.search("".join(claim)):
            return None
        if claim[0] in "([" and "," in claim and claim[-1] in ")]":
            self.alone.append("".join(claim))
            return None
        expr = self.parser(1).parse(claim)
        table = table_of(self.names, "definition")
        self.alone.append(fingerprint(with_functions(resolve(expr, table), self.names)))
        if literal_in(claim):
            self.alone.append("number:" + literal_in(claim))
        return None

    def settings(self, condition: list[str]) -> dict[sp.Symbol, sp.Expr]:
        """Return the numbers that ``with \\alpha = 0.01`` sets, and note them for the cell."""
        values = {}
        for part in split_tokens(condition, ",".__eq__)[0]:
            sides, signs = split_tokens(part, RELATIONS.__contains__)
            name = bare_name(sides[0])
            if signs == ["="] and name not in (None, "z", "x"):
                value = self.parser(1).parse(sides[1])
                if value.is_number:
                    values[symbol(name)] = value
                    self.defines.append((name + "=", Meaning("number", value), True))
        return values

    def definition(self, sides: list[list[str]], kinds: list[str], condition: list[str]) -> bool:
        """Record ``symbol = expression``; tell whether the first relation was one."""
        left, right = sides[:2]
        name = bare_name(left)
        known = dict(self.names)
        confirmed = len(kinds) > 1 and any(k not in ("in", "!=") for k in kinds[1:])
        # g(z) = ...
        head = left[0].lstrip("\\") if left else ""
        if len(left) == 4 and left[1] == "(" and left[3] == ")" and left[0] not in ("a", "z"):
            fresh = left[0] in ABSTRACT or re.fullmatch(r"[A-Za-z]", left[0])
            if (
                fresh
                and left[0] not in REGISTRY_NAMES
                and head not in known
                and bare_name([left[2]])
            ):
                value = self.parser(1).parse(right)
                variable = symbol(left[2])
                if head in {u.base for u in unknowns(value)}:
                    return False
                value = value.subs(variable, Z).subs(self.settings(condition))
                self.defines.append((head, Meaning("function", value), confirmed))
                self.mention(value)
                return True
            return False
        if not name or name in known or name in ABSTRACT:
            return False
        value = self.parser(1).parse(right)
        numeric = not value.free_symbols and not unknowns(value)
        if value.has(symbol(left[0] if len(left) == 1 else name)) or (
            name == "alpha" and not numeric
        ):
            return False
        if numeric and name in self.primed:
            return False
        kind = "number" if numeric else "definition"
        meaning = Meaning(kind, value.subs(self.settings(condition)))
        name += "=" if numeric else ""
        self.defines.append((name, meaning, confirmed))
        self.names = tuple(sorted({**known, name: meaning}.items()))
        if confirmed:
            self.mention(value)
        return True

    def mention(self, expr: sp.Expr) -> None:
        """Note which defined names an expression relies on."""
        self.uses |= {s.name for s in expr.free_symbols}
        self.uses |= {u.base for u in unknowns(expr)}

    def relation(self, left, kind, right, condition, side) -> str | None:
        fault = first = None
        for level in ("definition", "default", "number"):
            if level == "number" and not any(m.kind == "number" for _, m in self.names):
                continue
            try:
                fault = self.at_level(level, left, kind, right, condition, side)
            except UnreadableError as error:
                fault = first or f"cannot be decided: {error}"
            if fault is None:
                names = names_in(self.text)
                self.uses |= names | ({"by numbers"} if level == "number" else set())
                return None
            first = first or fault
        return fault if " at " not in fault else first

    def at_level(self, level, left, kind, right, condition, side) -> str | None:
        table = table_of(self.names, "definition")
        table |= DEFAULTS | table if level == "default" else {}
        table |= table_of(self.names, "number") if level == "number" else {}
        parser = self.parser(side)
        filters, moves, limit = [], [], r"\lim" in self.text
        for part in split_tokens(condition, ",".__eq__)[0] if condition else []:
            sides, signs = split_tokens(part, RELATIONS.__contains__)
            if len(signs) == 1 and RELATIONS[signs[0]] == "to":
                moves.append(parser.nearby(part))
                limit = True
            elif len(signs) == 1 and RELATIONS[signs[0]] == "=" and bare_name(sides[0]):
                moves.append((parser.parse(sides[0]), parser.parse(sides[1])))
            elif not (signs and signs[0] == r"\in") and not bare_name(part):  # for all z
                filters.append(parser.condition(part))
        moved = {s for s, _ in moves}
        local = {s: v for s, v in moves if not v.is_number and not v.has(HUGE, TINY)}
        numbers = [(s, v) for s, v in moves if s not in local]
        names = tuple((n, m) for n, m in self.names if symbol(n) not in moved)
        names += tuple((s.name, Meaning("definition", v)) for s, v in local.items())
        parser.names, parser.defined = names, dict(names)
        table = {s: v for s, v in table.items() if s not in moved} | local

        def settle(exprs: list[sp.Expr]) -> list[sp.Expr]:
            done = []
            for e in link_slopes(exprs, names):
                settled = with_functions(resolve(e, table), names)
                for s, v in numbers:
                    settled = resolve(settled.subs(s, v), table)
                done.append(settled)
            return done

        if kind == "approx":
            return _approximately(
                left, right, lambda e: value_at(settle([e])[0], points_constant()), parser
            )
        if kind == "in":
            settled = settle([parser.parse(left)])
            fault = _within(settled[0], right, parser, filters)
            if not fault:
                self.sides.add("".join(right))
            return fault
        if kind == "to" and not limit:
            raise UnreadableError("\\to needs its 'as z \\to ...' beside it")
        x, y = settle([parser.parse(left), parser.parse(right)])
        filters = settle(filters) if filters else []
        given = {s.name for s in table_of(self.names, "number")} & names_in(self.text)
        loose = given and given <= POSITIVE  # a parameter such as alpha = 0.01
        if level == "number" and not loose and (x.free_symbols | y.free_symbols) - {HUGE, TINY}:
            raise UnreadableError("the numbers given in this cell do not settle it")
        if kind in ("=", "to"):
            fault = _equal(x, y, filters, limit)
        elif kind == "!=":
            fault = None if _equal(x, y, filters, limit) else "false: both sides are equal"
        else:
            fault = _ordered(x, y, kind, filters)
        if fault is None:
            self.sides |= {fingerprint(x), fingerprint(y)} - {""}
        return fault


def points_constant() -> dict:
    """Return the point for expressions without free symbols."""
    return {HUGE: mp.mpf(10) ** 40, TINY: mp.mpf(10) ** -40}


@cache
def judge(text: str, names: Names) -> Verdict:
    """Decide one formula; `names` are the definitions that it can see."""
    return (
        Verdict(("a $ has no partner: write \\$ for the sign itself",))
        if text == "$"
        else Judge(text, names).verdict()
    )
