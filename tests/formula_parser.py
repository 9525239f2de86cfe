"""Read the course's LaTeX: tokens, the relations of a formula, and each side as SymPy.

Recursive descent over the vocabulary of this subject; what cannot be read raises
`UnreadableError`.
"""

from __future__ import annotations

import re
from functools import cache

import sympy as sp
from formula_meaning import (
    ABSTRACT,
    ALPHA,
    DEFAULTS,
    ELEMENTARY,
    HUGE,
    INVERSES,
    OTHERS,
    REGISTRY_NAMES,
    TINY,
    Names,
    UnreadableError,
    X,
    Z,
    evaluate,
    known_slopes,
    registry_formula,
    resolve,
    slope_of,
    symbol,
    table_of,
    unknown,
    value_at,
    with_functions,
)
from mpmath import mp

JOIN = r"(?:for|when|whenever|if|as|at|with|where)"
SIGNED = re.compile(r"(?<!_)(?<!_\{)[-+\d]")  # a sign or a digit, not in a subscript


# ------------------------------------------------------------------------------- tokens

RELATIONS = {
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


def split_tokens(tokens: list[str], at) -> tuple[list[list[str]], list[str]]:
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
    return bool(split_tokens(tokenise(latex), RELATIONS.__contains__)[1])


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
            goes_on = following in (*RELATIONS, "+", "-", *_TIMES) or _is_condition(following)
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
    for part in split_tokens(kept, separators.__contains__)[0]:
        claim, *conditions = split_tokens(part, _is_condition)[0]
        while claim and claim[-1] == ".":
            claim.pop()
        if conditions and not claim and result:  # "A, \text{for } B"
            claim = result.pop()[0]
        if claim:
            result.append((claim, [t for c in conditions for t in [",", *c] if t != "."][1:]))
    return result


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
        stops = (*_CLOSE, *RELATIONS, *_TIMES, *_ARROWS, *"+-/&,;^_'!.", r"\\", r"\pm", r"\%")
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
                (name, point), _ = split_tokens(self.argument(), "=".__eq__)
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
        if token in ELEMENTARY:
            return self.call(lambda order, t: sp.diff(ELEMENTARY[token](Z), Z, order).subs(Z, t))
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
        for row in split_tokens(self.group(), r"\\".__eq__)[0]:
            cells, _ = split_tokens([t for t in row if t not in (r"\quad", r"\qquad")], "&".__eq__)
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
        sides, signs = split_tokens(tokens, RELATIONS.__contains__)
        kinds = {"=": sp.Eq, "!=": sp.Ne, "<": sp.Lt, "<=": sp.Le, ">": sp.Gt, ">=": sp.Ge}
        if not signs or any(RELATIONS[s] not in kinds for s in signs):
            raise UnreadableError("a condition must compare with =, <, >, \\le, \\ge or \\ne")
        values = [self.parse(side) for side in sides]
        pairs = zip(signs, values, values[1:], strict=False)
        return sp.And(*(kinds[RELATIONS[s]](x, y) for s, x, y in pairs))

    def nearby(self, tokens: list[str]) -> tuple[sp.Symbol, sp.Expr]:
        """Read ``z \\to point``: the symbol, and a place so near that limits can be seen."""
        (name, point), _ = split_tokens(tokens, lambda t: RELATIONS.get(t) == "to")
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
        return [self.parse(part) for part in split_tokens(self.group(), ",;".__contains__)[0]]

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
            if name not in INVERSES:
                raise UnreadableError(f"the inverse of {name} is not known here")
            return INVERSES[name].subs(Z, values[0])
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
        known = REGISTRY_NAMES.get(words, words if words in OTHERS else None)
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
        if token in ABSTRACT or (meaning and meaning.kind == "function"):
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
        table = table_of(self.names, "definition")
        return with_functions(resolve(expr, table, keep), self.names)

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
                expr = with_functions(default, self.names)
            elif order == 1:
                slope = sp.Symbol(f"slope of {what} by {variable}", real=True)
                known_slopes[slope] = (what, variable)
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
    table = DEFAULTS | table_of(names, "definition")
    asked = {s: known_slopes[s] for e in exprs for s in e.free_symbols if s in known_slopes}

    def hangs_on(t: sp.Symbol, s: sp.Symbol) -> bool:
        return t != s and resolve(t, table, frozenset({s})).has(s)

    values = {}
    for slope, (what, by) in asked.items():
        others = {s for w, s in asked.values() if w == what and hangs_on(s, by)}
        last = [t for t in others if not any(hangs_on(u, t) for u in others)] or [by]
        if len(last) > 1:
            raise UnreadableError(f"{what} hangs on {by} by more than one path")
        inner = with_functions(resolve(last[0], table, frozenset({by})), names) if others else by
        ratio = sp.Symbol(f"d{what}", positive=True) / sp.Symbol(f"d{last[0]}", positive=True)
        values[slope] = ratio * slope_of(inner, 1, by)
    return [e.subs(values) for e in exprs]
