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

import random
import re
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain, pairwise
from operator import eq, ge, gt, le, lt, ne
from typing import NamedTuple

import sympy as sp
from mpmath import mp
from numbers_in_prose import LITERAL, is_printed, number_of, printed_numbers, without_code

from course_utils.activations import ACTIVATIONS, KINKS

ByHand = dict[str, int | tuple[int, str]]

BY_HAND: dict[str, ByHand] = {}
"""{"notebooks/02_sigmoid": {formula as `Problem` prints it: (how often, why by hand)}}

For what claims nothing, such as ``z = -10`` said in passing, how often is enough.
"""

DIGITS = 150  # for values 1e40 away from 0, and differences over 1e-40


SIGNED = re.compile(r"(?<!_)(?<!_\{)[-+\d]")  # a sign or a digit, not in a subscript


class UnreadableError(ValueError):
    """The formula says something that this file cannot translate or decide."""


# ------------------------------------------------------------- spans in a markdown cell

JOIN = r"(?:for|when|whenever|if|as|at|with|where)"
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


# ------------------------------------------------------------------------------- tokens

_RELATIONS = {
    **{t: "=" for t in ("=", r"\equiv", r"\coloneqq")},
    **{t: "<=" for t in (r"\le", r"\leq", r"\leqslant")},
    **{t: ">=" for t in (r"\ge", r"\geq", r"\geqslant")},
    **{"<": "<", r"\lt": "<", ">": ">", r"\gt": ">", r"\ne": "!=", r"\neq": "!=", r"\in": "in"},
    **{t: "approx" for t in (r"\approx", r"\simeq")},
    **{t: "to" for t in (r"\to", r"\rightarrow", r"\longrightarrow")},
}
_OPEN, _CLOSE = ("(", "[", "{", r"\{", "begin"), (")", "]", "}", r"\}", "end")
_ARROWS = (r"\Rightarrow", r"\implies", r"\iff", r"\Leftrightarrow", r"\Longrightarrow")
_TIMES = (r"\cdot", r"\times", "*")
_ROWS = r"(?:aligned|align|gather|gathered|equation|split)\*?"
_TOKEN = re.compile(
    r"\\(?:operatorname\*?|mathrm|text|textrm|textit|mathit|mathsf)\s*\{([^{}]*)\}"
    r"|\\(begin|end)\{(\w+)\*?\}|\\\\|\\[A-Za-z]+|\\[{}%]|\d+(?:\.\d+)?|'+|\S"
)


@cache
def tokenise(latex: str) -> tuple[str, ...]:
    """Return the tokens of a formula, without what only spaces or sizes it."""
    text = re.sub(rf"\\(?:begin|end)\{{{_ROWS}\}}", " ", latex)
    text = re.sub(r"\\tag\{[^}]*\}|\\(left|right|[bB]igg?)\.", " ", text)
    text = re.sub(r"\\(?:left|right|[bB]igg?[lr]?)(?![A-Za-z])", " ", text)
    text = re.sub(r"\\\\\[[^\]]*\]", r"\\\\", text)
    text = re.sub(r"(?<!\\)\\(?:(?:displaystyle|limits)(?![A-Za-z])|[,;:! ])|~", " ", text)
    text = re.sub(r"\\(?:mathbf|boldsymbol|mathcal|bm)\s*\{(\w)\}", r" \1 ", text)
    text = re.sub(r"\\[lr]vert(?![A-Za-z])", "|", text).replace("{,}", "").replace(":=", "=")
    text = re.sub(r"\\[dtc]frac(?![A-Za-z])", r"\\frac", text)
    text = re.sub(r"\|_(\{[^{}]*\})", r"\\at\1", text).replace(r"\prime", "'").replace("^{'}", "'")
    result = []
    for match in _TOKEN.finditer(text):
        name, border, kind = match.groups()
        if name == "d" or border:
            result.append("d" if name else f"{border}:{kind}")
        elif name is not None:
            result.append(rf"\text:{name.strip()}")
        else:
            result.append(match[0])
    return tuple(result)


def _depths(tokens: list[str]) -> list[int]:
    depth, result = 0, []
    for token in tokens:
        kind = token.split(":")[0] if token[0] in "be" else token
        depth -= kind in _CLOSE
        result.append(depth)
        depth += kind in _OPEN
    return result


def _split(tokens: list[str], at) -> tuple[list[list[str]], list[str]]:
    """Split at the tokens that satisfy `at` outside all brackets; return parts and cuts."""
    parts, cuts = [[]], []
    for token, depth in zip(tokens, _depths(tokens), strict=True):
        if depth == 0 and at(token):
            parts.append([])
            cuts.append(token)
        else:
            parts[-1].append(token)
    return parts, cuts


@cache
def names_in(latex: str) -> frozenset[str]:
    """Return the names that a formula mentions, as `symbol` has them: ``z``, ``z_1``."""
    tokens = tokenise(latex)
    names = {t.lstrip("\\") for t in tokens}
    for i, token in enumerate(tokens):
        if token in (r"\hat", r"\bar", r"\tilde"):
            token = "".join(t for t in tokens[i : i + 4] if t not in "{}")
            i += 3
        if tokens[i + 1 : i + 2] == ("_",):
            rest = tokens[i + 2 :]
            end = rest.index("}") if rest[:1] == ("{",) and "}" in rest else 1
            names.add((token + "_" + "".join(rest[:end]).lstrip("{")).lstrip("\\"))
        names.add(token.lstrip("\\"))
    return frozenset(names)


def has_relation(latex: str) -> bool:
    """Tell whether a formula claims anything."""
    return bool(_split(tokenise(latex), _RELATIONS.__contains__)[1])


def _word(token: str | None) -> str:
    """Return the first word of a text token, in lower case, or ''."""
    match = re.match(r"\\text:\W*(\w+)", token or "")
    return match[1].lower() if match else ""


def _is_condition(token: str | None) -> bool:
    return bool(re.fullmatch(JOIN, _word(token)))


def pieces(latex: str) -> list[tuple[list[str], list[str]]]:
    """Cut a formula into (claim, condition) pairs of token lists."""
    tokens = tokenise(latex)
    kept: list[str] = []
    gap = False  # after & or a wide space, a text is a comment
    for i, (token, depth) in enumerate(zip(tokens, _depths(tokens), strict=True)):
        following = next((t for t in tokens[i + 1 :] if t not in ("&", r"\quad", r"\qquad")), None)
        if depth > 0 and token != "&":
            kept.append(token)
        elif token == r"\\":
            goes_on = following in (*_RELATIONS, "+", "-", *_TIMES) or _is_condition(following)
            kept += [] if goes_on else [";"]
        elif token in (r"\quad", r"\qquad"):
            kept += [] if not following or following.startswith(r"\text:") else [";"]
        elif token == "&" and depth == 0:
            pass
        elif not (gap and token.startswith(r"\text:") and not _is_condition(token)):
            kept.append(token)
        gap = depth == 0 and token in ("&", r"\quad", r"\qquad")
    separators = (";", ",", *_ARROWS, r"\text:and", r"\text:so", r"\text:hence")
    result = []
    for part in _split(kept, separators.__contains__)[0]:
        claim, *conditions = _split(part, _is_condition)[0]
        while claim and claim[-1] == ".":
            claim.pop()
        if conditions and not claim and result:  # "A, \text{for } B"
            claim = result.pop()[0]
        if claim:
            result.append((claim, [t for c in conditions for t in [",", *c] if t != "."][1:]))
    return result


# ------------------------------------------------------------------- the meaning of names

Z = sp.Symbol("z", real=True)
ALPHA = sp.Symbol("alpha", positive=True)
HUGE, TINY = sp.Symbol("HUGE", positive=True), sp.Symbol("TINY", positive=True)
_POSITIVE = {"alpha", "eta", "epsilon", "varepsilon", "lambda", "n", "N", "m", "k", "HUGE", "TINY"}
_FUNCTIONS = {"f", "g", r"\phi", r"\varphi", r"\psi"}
_ELEMENTARY = {
    **{"\\" + n: getattr(sp, n) for n in ("exp", "sin", "cos", "cosh", "sinh", "log")},
    r"\ln": sp.log,
}
_REGISTRY_NAMES = {
    **{r"\sigma": "sigmoid", r"\tanh": "tanh", "H": "step", "lrelu": "leaky_relu"},
    **{"leakyrelu": "leaky_relu", "leaky": "leaky_relu", "heaviside": "step"},
    **{name: name for name in ACTIVATIONS},
}
_OTHERS = {"softplus": sp.log(1 + sp.exp(Z)), "logit": sp.log(Z / (1 - Z)), "sign": sp.sign(Z)}
_INVERSES = {"sigmoid": sp.log(Z / (1 - Z)), "tanh": sp.log((1 + Z) / (1 - Z)) / 2}


def symbol(name: str) -> sp.Symbol:
    """Return the symbol of a name as LaTeX writes it: real, some of them positive."""
    bare = name.lstrip("\\")
    return sp.Symbol(bare, **({"positive": True} if bare in _POSITIVE else {"real": True}))


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
    if name in _OTHERS:
        return sp.diff(_OTHERS[name], Z, order)
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

_slopes: dict[sp.Symbol, tuple[sp.Symbol, sp.Symbol]] = {}


def _table(names: Names, *kinds: str) -> dict[sp.Symbol, sp.Expr]:
    return {symbol(n.rstrip("=")): m.value for n, m in names if m.kind in kinds}


def _functions(expr: sp.Expr, names: Names) -> sp.Expr:
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


# ---------------------------------------------------------------------------- the parser


class Parser:
    """Tokens of one side of a relation to a SymPy expression, by recursive descent."""

    def __init__(self, tokens: list[str], names: Names, side: int, primed: frozenset[str]) -> None:
        self.tokens, self.names, self.side, self.primed = list(tokens), names, side, primed
        self.at, self.bars = 0, 0
        self.defined = dict(names)

    def whole(self) -> sp.Expr:
        value = self.expression()
        if self.peek() is not None:
            raise UnreadableError(f"cannot read on at {self.peek()!r}")
        return value

    def parse(self, tokens: list[str]) -> sp.Expr:
        return Parser(tokens, self.names, self.side, self.primed).whole()

    def peek(self, ahead: int = 0) -> str | None:
        i = self.at + ahead
        return self.tokens[i] if i < len(self.tokens) else None

    def next(self) -> str:
        token = self.peek()
        if token is None:
            raise UnreadableError("something is missing at the end")
        self.at += 1
        return token

    def take(self, *wanted: str) -> bool:
        if self.peek() in wanted:
            self.at += 1
            return True
        return False

    def group(self) -> list[str]:
        """Take an opening bracket and return the tokens up to its partner."""
        start, depth = self.at, 0
        while True:
            token = self.next()
            kind = token.split(":")[0] if token[0] in "be" else token
            depth += (kind in _OPEN) - (kind in _CLOSE)
            if depth == 0:
                return self.tokens[start + 1 : self.at - 1]

    def argument(self) -> list[str]:
        """Return a TeX argument: a braced group, or the next token, one digit of a number."""
        token = self.peek()
        if token == "{":
            return self.group()
        if token and token[0].isdigit() and len(token) > 1:
            self.tokens[self.at : self.at + 1] = [token[0], token[1:]]
        return [self.next()]

    # sums, products

    def expression(self) -> sp.Expr:
        total = self.signed()
        while self.peek() in ("+", "-"):
            total = total + self.product() if self.next() == "+" else total - self.product()
        return total

    def signed(self) -> sp.Expr:
        if self.take("-"):
            return -self.product()
        if self.take(r"\pm"):
            return self.side * self.product()
        self.take("+")
        return self.product()

    def product(self, *, signs: bool = True) -> sp.Expr:
        value = self.factor()
        while True:
            if signs and self.take(*_TIMES):
                value *= -self.factor() if self.take("-") else self.factor()
            elif signs and self.take("/"):
                value /= self.factor()
            elif self.starts_factor():
                value *= self.factor()
            else:
                return value

    def starts_factor(self) -> bool:
        token = self.peek()
        if token is None or token == "|":
            return token == "|" and not self.bars
        kind = token.split(":")[0] if token[0] in "be" else token
        stops = (*_CLOSE, *_RELATIONS, *_TIMES, *_ARROWS, *"+-/&,;^_'!.", r"\\", r"\pm", r"\%")
        return kind not in stops

    def factor(self) -> sp.Expr:
        value = self.base()
        while True:
            if self.take("^"):
                value = value ** self.parse(self.argument())
            elif (self.peek() or " ")[0] == "'":
                value = self.differentiate(value, self.variable(), len(self.next()))
            elif self.take(r"\%"):
                value = value / 100
            elif self.take(r"\at"):
                (name, point), _ = _split(self.argument(), "=".__eq__)
                value = self.settled(value).subs(self.parse(name), self.parse(point))
            else:
                return value

    def base(self) -> sp.Expr:
        token = self.next()
        special = {r"\frac": self.fraction, r"\sqrt": self.root, "begin:cases": self.cases}
        if token in special:
            return special[token]()
        if token[0].isdigit():
            return sp.Rational(token)
        if token in ("(", "[", "{", r"\{"):
            self.at -= 1
            return self.parse(self.group())
        if token == "|":
            self.bars += 1
            value = self.expression()
            self.bars -= 1
            if not self.take("|"):
                raise UnreadableError("| has no partner")
            return sp.Abs(value)
        if token in (r"\lim", r"\max", r"\min", r"\sup", r"\inf"):
            return self.extreme(token)
        constants = {"e": sp.E, r"\pi": sp.pi, r"\infty": sp.oo}
        if token in constants:
            return constants[token]
        if token in _ELEMENTARY:
            return self.call(lambda order, t: sp.diff(_ELEMENTARY[token](Z), Z, order).subs(Z, t))
        return self.name(token)

    # pieces with a syntax of their own

    def fraction(self) -> sp.Expr:
        upper, lower = self.argument(), self.argument()
        if upper[:1] == lower[:1] and upper[:1] in (["d"], [r"\partial"]) and len(lower) > 1:
            what, order = upper[1:], 1
            if what[:1] == ["^"]:
                inner = Parser(what[1:], self.names, self.side, self.primed)
                order = int(self.parse(inner.argument()))
                what = inner.tokens[inner.at :]
                lower = lower[: lower.index("^")] if "^" in lower else []
            variable = self.parse(lower[1:])
            if not isinstance(variable, sp.Symbol):
                raise UnreadableError("a derivative must be taken by a symbol")
            if what:
                return self.differentiate(self.parse(what), variable, order)
            bracket = self.peek() in ("(", "[", r"\{")
            operand = self.factor() if bracket else self.product(signs=False)
            return self.differentiate(operand, variable, order)
        return self.parse(upper) / self.parse(lower)

    def root(self) -> sp.Expr:
        index = self.parse(self.group()) if self.peek() == "[" else 2
        return self.parse(self.argument()) ** (sp.Integer(1) / index)

    def cases(self) -> sp.Expr:
        self.at -= 1
        rows = []
        for row in _split(self.group(), r"\\".__eq__)[0]:
            cells, _ = _split([t for t in row if t not in (r"\quad", r"\qquad")], "&".__eq__)
            if len(cells) != 2:
                raise UnreadableError("a row of cases must be: value & condition")
            words = " ".join(t for t in cells[0] if t.startswith(r"\text:"))
            value = sp.nan if words else self.parse([t for t in cells[0] if t != ","])
            test = [t for t in cells[1] if not t.startswith(r"\text:") and t not in ",."]
            rows.append((value, self.condition(test) if test else sp.true))
        tests = [test for _, test in rows if test != sp.true]
        for s in sp.Or(*tests).free_symbols if len(sp.Or(*tests).free_symbols) == 1 else ():
            for k in range(-24, 25):
                holds = sum(value_at(test, {s: mp.mpf(k) / 2}) for test in tests)
                if holds > 1 or (k and not holds and len(tests) == len(rows)):
                    raise UnreadableError(f"{holds} rows of the cases hold at {s} = {k / 2:g}")
        return sp.Piecewise(*rows)

    def condition(self, tokens: list[str]) -> sp.Basic:
        sides, signs = _split(tokens, _RELATIONS.__contains__)
        kinds = {"=": sp.Eq, "!=": sp.Ne, "<": sp.Lt, "<=": sp.Le, ">": sp.Gt, ">=": sp.Ge}
        if not signs or any(_RELATIONS[s] not in kinds for s in signs):
            raise UnreadableError("a condition must compare with =, <, >, \\le, \\ge or \\ne")
        values = [self.parse(side) for side in sides]
        pairs = zip(signs, values, values[1:], strict=False)
        return sp.And(*(kinds[_RELATIONS[s]](x, y) for s, x, y in pairs))

    def nearby(self, tokens: list[str]) -> tuple[sp.Symbol, sp.Expr]:
        """Read ``z \\to point``: the symbol, and a place so near that limits can be seen."""
        (name, point), _ = _split(tokens, lambda t: _RELATIONS.get(t) == "to")
        side, sided = self.side, False
        while point[-1:] in (["+"], ["-"], ["}"], ["{"], ["^"]):
            if (last := point.pop()) in "+-":
                side = 1 if last == "+" else -1
            elif last == "^" and not sided:
                raise UnreadableError("a limit from one side needs a sign: 0^+ or 0^-")
            sided = sided or last in "+-"
        place = self.parse(point)
        if place in (sp.oo, -sp.oo):
            return self.parse(name), HUGE if place > 0 else -HUGE
        return self.parse(name), place + side * TINY

    def extreme(self, token: str) -> sp.Expr:
        if self.take("_"):
            tokens = self.argument()
            if token == r"\lim":
                name, place = self.nearby(tokens)
                return self.settled(self.product()).subs(name, place)
            return self.largest(self.parse(tokens), 1 if token in (r"\max", r"\sup") else -1)
        if token not in (r"\max", r"\min") or self.peek() not in ("(", r"\{"):
            raise UnreadableError(f"cannot read what follows {token}")
        return (sp.Max if token == r"\max" else sp.Min)(*self.arguments())

    def largest(self, variable: sp.Symbol, sign: int) -> sp.Expr:
        expr = self.settled(self.product())
        grid = [sp.Rational(k, 20) for k in range(-200, 201)]
        if expr.free_symbols != {variable}:
            raise UnreadableError("cannot find a maximum over one symbol when there are others")
        values = [sign * evaluate(expr, {variable: mp.mpf(p.p) / p.q}) for p in grid]
        best = max(range(len(grid)), key=values.__getitem__)
        if best in (0, len(grid) - 1):
            raise UnreadableError("found no maximum between -10 and 10")
        return expr.subs(variable, grid[best])

    def arguments(self) -> list[sp.Expr]:
        return [self.parse(part) for part in _split(self.group(), ",;".__contains__)[0]]

    # names and functions

    def call(self, formula, name: str = "") -> sp.Expr:
        """Read primes, a power and the argument after a function's name, and apply it."""
        order, power, rest = 0, None, []
        while (self.peek() or " ")[0] in "'^_":
            mark = self.next()
            if mark == "^":
                power = self.parse(self.argument())
            elif mark == "_":
                rest = [self.parse(self.argument())]
            else:
                order += len(mark)
        if self.peek() in ("(", "["):
            values = self.arguments() + rest
        elif name in ("", "tanh") and self.starts_factor():
            values = [self.operand()]
        elif name:
            values = [self.variable(), *rest]
        else:
            raise UnreadableError("a function has no argument")
        if power == -1 and name:
            if name not in _INVERSES:
                raise UnreadableError(f"the inverse of {name} is not known here")
            return _INVERSES[name].subs(Z, values[0])
        value = formula(order, *values)
        return value if power is None else value**power

    def operand(self) -> sp.Expr:
        """Read the argument of a function without brackets: ``\\tanh 2z``."""
        value = -self.factor() if self.take("-") else self.factor()
        while self.starts_factor() and re.match(r"[a-z\d]|\\alpha", self.peek()):
            value *= self.factor()
        return value

    def name(self, token: str) -> sp.Expr:
        words = re.sub(r"[\s_\\-]|text:", "", token).lower() if token[:6] == r"\text:" else token
        known = _REGISTRY_NAMES.get(words, words if words in _OTHERS else None)
        if (known and self.peek() != "_") or known in ("elu", "leaky_relu"):

            def formula(order: int, t: sp.Expr, alpha: sp.Expr = ALPHA) -> sp.Expr:
                return registry_formula(known, order).subs({Z: t, ALPHA: alpha}, simultaneous=True)

            return self.call(formula, known)
        if token in (r"\hat", r"\bar", r"\tilde"):
            token += "".join(self.argument())
        elif not re.fullmatch(r"[A-Za-z]|\\(text:[\w ]+|[A-Za-z]+)", token) or token in _COMMANDS:
            raise UnreadableError(f"does not know {token}")
        if self.take("_"):
            token += "_" + "".join(self.argument())
        name = token.lstrip("\\")
        letter = re.fullmatch(r"[A-Za-z]", token) and token not in "azx"
        applied = self.peek() == "(" and letter and self.bare_argument()
        meaning = self.defined.get(name)
        if token in _FUNCTIONS or (meaning and meaning.kind == "function"):
            return self.call(lambda order, t: self.apply(name, order, t), name)
        if not meaning and (name in self.primed or (applied and token in "uvhFGL")):
            return self.call(lambda order, t: self.apply(name, order, t), name)
        return symbol(token)

    def bare_argument(self) -> bool:
        return self.peek(2) == ")" and bool(re.match(r"[A-Za-z]|\\[a-z]+", self.peek(1)))

    def apply(self, name: str, order: int, t: sp.Expr) -> sp.Expr:
        meaning = self.defined.get(name)
        if not meaning:
            return unknown(name, order)(t)
        return slope_of(meaning.value, order).subs(Z, t)

    # slopes

    def variable(self) -> sp.Symbol:
        return X if "x" in self.tokens and "z" not in self.tokens else Z

    def settled(self, expr: sp.Expr, keep: frozenset = frozenset()) -> sp.Expr:
        table = _table(self.names, "definition")
        return _functions(resolve(expr, table, keep), self.names)

    def differentiate(self, what: sp.Expr, variable: sp.Symbol, order: int) -> sp.Expr:
        expr = self.settled(what, frozenset({variable}))
        inner = self.settled(variable)
        ours = not isinstance(what, sp.Symbol) or expr != what
        if ours and not expr.has(variable) and inner != variable and len(inner.free_symbols) == 1:
            leaf = inner.free_symbols.pop()  # da/du = (da/dz) / (du/dz)
            return slope_of(self.settled(what), order, leaf) / slope_of(inner, order, leaf)
        if expr == what and isinstance(what, sp.Symbol) and what != variable:
            default = resolve(what, {s: v for s, v in DEFAULTS.items() if s == what})
            if default.has(variable):
                expr = _functions(default, self.names)
            elif order == 1:
                slope = sp.Symbol(f"slope of {what} by {variable}", real=True)
                _slopes[slope] = (what, variable)
                return slope
            else:
                raise UnreadableError(f"does not know {what} as a function of {variable}")
        return slope_of(expr, order, variable)


_COMMANDS = {
    *(r"\sum", r"\prod", r"\int", r"\mid", r"\mp", r"\dots", r"\ldots", r"\cdots", r"\partial"),
    *(r"\leftarrow", r"\mapsto", r"\propto", r"\sim", r"\odot", r"\circ", r"\top", r"\mathbb"),
    *(r"\nabla", r"\arg", r"\at", r"\ll", r"\gg", r"\cup", r"\cap", r"\forall", r"\subset"),
    *(r"\approx", r"\quad", r"\qquad", r"\underbrace", r"\overbrace", r"\color", r"\det"),
}


def link_slopes(exprs: list[sp.Expr], names: Names) -> list[sp.Expr]:
    """Express the slopes of an unknown L by the slope nearest to it, with the chain rule.

    Slopes of unknown things by unknown things are quotients of differentials, as Leibniz
    wrote them, so that a chain of them cancels.
    """
    table = DEFAULTS | _table(names, "definition")
    asked = {s: _slopes[s] for e in exprs for s in e.free_symbols if s in _slopes}

    def hangs_on(t: sp.Symbol, s: sp.Symbol) -> bool:
        return t != s and resolve(t, table, frozenset({s})).has(s)

    values = {}
    for slope, (what, by) in asked.items():
        others = {s for w, s in asked.values() if w == what and hangs_on(s, by)}
        last = [t for t in others if not any(hangs_on(u, t) for u in others)] or [by]
        if len(last) > 1:
            raise UnreadableError(f"{what} hangs on {by} by more than one path")
        inner = _functions(resolve(last[0], table, frozenset({by})), names) if others else by
        ratio = sp.Symbol(f"d{what}", positive=True) / sp.Symbol(f"d{last[0]}", positive=True)
        values[slope] = ratio * slope_of(inner, 1, by)
    return [e.subs(values) for e in exprs]


# ------------------------------------------------------------------------------- numbers


class NoValueError(ArithmeticError):
    """The expression has no real value at this point."""


_COMPARE = {"==": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge}


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
        return _COMPARE[expr.rel_op](*v)
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
    parts = [parser.parse(p) for p in _split(region[1:-1], ",".__eq__)[0]]
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


def _literal(tokens: list[str]) -> str | None:
    text = "".join(tokens)
    return text if re.fullmatch(LITERAL, text) else None


def _approximately(left: list[str], right: list[str], value, parser: Parser) -> str | None:
    literals = [t for t in (_literal(right), _literal(left)) if t]
    if not literals:
        raise UnreadableError("after \\approx a printed number is expected")
    other = left if _literal(right) else right
    exact = value(parser.parse(other))
    target, unit = _unit(literals[0])
    if exact is None:
        raise UnreadableError(f"{''.join(other)} has no value here: say of which number")
    if abs(exact - target) > unit / 2 * (1 + mp.mpf(10) ** -9):
        return f"false: it is {mp.nstr(exact, 8)}, which does not round to {literals[0]}"
    return None


def _is_bare(tokens: list[str]) -> str | None:
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
        sides, signs = _split(claim, _RELATIONS.__contains__)
        if not signs:
            return self.expression_alone(claim)
        kinds = [_RELATIONS[s] for s in signs]
        if self.is_free_condition(sides, kinds):
            return None
        defined = self.definition(sides, kinds, condition) if kinds[0] == "=" else False
        for left, kind, right in list(zip(sides, kinds, sides[1:], strict=False))[defined:]:
            if left == right:
                return "has the same on both sides"
            if kind == "approx" and _is_bare(left) and _literal(right):
                name = _is_bare(left)
                if name not in dict(self.names):
                    self.to_print.append(_literal(right))
                    continue
            for side in (1, -1) if r"\to" in self.text or r"\pm" in self.text else (1,):
                fault = self.relation(left, kind, right, condition, side)
                if fault and len(kinds) == 1 and kind == "=" and _is_bare(left) and _literal(right):
                    number = Meaning("number", self.parser(1).parse(right))
                    self.defines.append((_is_bare(left) + "=", number, False))
                elif fault:
                    return fault
        return None

    def is_free_condition(self, sides: list[list[str]], kinds: list[str]) -> bool:
        """Tell ``z > 0`` and the like: where prose speaks of a point, and no digit but 0."""
        if len(sides) != 2 or kinds[0] in ("approx", "in"):
            return False
        name = _is_bare(sides[0]) or _is_bare(sides[1])
        other = sides[1] if _is_bare(sides[0]) else sides[0]
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
        table = _table(self.names, "definition")
        self.alone.append(fingerprint(_functions(resolve(expr, table), self.names)))
        if _literal(claim):
            self.alone.append("number:" + _literal(claim))
        return None

    def settings(self, condition: list[str]) -> dict[sp.Symbol, sp.Expr]:
        """Return the numbers that ``with \\alpha = 0.01`` sets, and note them for the cell."""
        values = {}
        for part in _split(condition, ",".__eq__)[0]:
            sides, signs = _split(part, _RELATIONS.__contains__)
            name = _is_bare(sides[0])
            if signs == ["="] and name not in (None, "z", "x"):
                value = self.parser(1).parse(sides[1])
                if value.is_number:
                    values[symbol(name)] = value
                    self.defines.append((name + "=", Meaning("number", value), True))
        return values

    def definition(self, sides: list[list[str]], kinds: list[str], condition: list[str]) -> bool:
        """Record ``symbol = expression``; tell whether the first relation was one."""
        left, right = sides[:2]
        name = _is_bare(left)
        known = dict(self.names)
        confirmed = len(kinds) > 1 and any(k not in ("in", "!=") for k in kinds[1:])
        # g(z) = ...
        head = left[0].lstrip("\\") if left else ""
        if len(left) == 4 and left[1] == "(" and left[3] == ")" and left[0] not in ("a", "z"):
            fresh = left[0] in _FUNCTIONS or re.fullmatch(r"[A-Za-z]", left[0])
            if (
                fresh
                and left[0] not in _REGISTRY_NAMES
                and head not in known
                and _is_bare([left[2]])
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
        if not name or name in known or name in _FUNCTIONS:
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
        table = _table(self.names, "definition")
        table |= DEFAULTS | table if level == "default" else {}
        table |= _table(self.names, "number") if level == "number" else {}
        parser = self.parser(side)
        filters, moves, limit = [], [], r"\lim" in self.text
        for part in _split(condition, ",".__eq__)[0] if condition else []:
            sides, signs = _split(part, _RELATIONS.__contains__)
            if len(signs) == 1 and _RELATIONS[signs[0]] == "to":
                moves.append(parser.nearby(part))
                limit = True
            elif len(signs) == 1 and _RELATIONS[signs[0]] == "=" and _is_bare(sides[0]):
                moves.append((parser.parse(sides[0]), parser.parse(sides[1])))
            elif not (signs and signs[0] == r"\in") and not _is_bare(part):  # for all z
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
                settled = _functions(resolve(e, table), names)
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
        given = {s.name for s in _table(self.names, "number")} & names_in(self.text)
        loose = given and given <= _POSITIVE  # a parameter such as alpha = 0.01
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
    sides, signs = _split(tokenise(latex), _RELATIONS.__contains__)
    return not signs or (len(signs) == 1 and bool(_is_bare(sides[0]) and _literal(sides[1])))


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
