"""What a student hands in, as plain data: numbers, arrays, text, lists, formulas.

A task never judges an object that a student made, only a plain copy of it: a float, an
array of floats, a list, a dictionary, a `Formula`. So a list is as good as an array where
both mean the same, and no object's own ``==`` is ever asked. `check` in a notebook and the
marking of a class go through here alike.

Stops: answers without end (`LARGEST` parts, `DEEPEST` levels); formulas that take hours or
all memory to build or to evaluate, such as 10**10**10 (`measure`, before anything is built);
objects with an ``==`` of their own (what is judged was copied).

>>> plain([1, 2.5])
[1.0, 2.5]
>>> ask(lambda z: 1 / z, [Call(0)])[0].message
'ZeroDivisionError: division by zero'
"""

from __future__ import annotations

import functools
import io
import math
import re
import sys
import traceback
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

__all__ = [
    "Call",
    "Formula",
    "Other",
    "Raised",
    "Returned",
    "ask",
    "copied",
    "formula",
    "is_missing",
    "measure",
    "plain",
    "settled",
    "symbol",
    "tree",
    "without_addresses",
]

DEEPEST, LONGEST, LARGEST = 6, 10_000, 20_000
"""How deep an answer may be, and how long: a list or a text, and all of its parts together."""


@dataclass(frozen=True)
class Formula:
    """A SymPy expression as a tree of plain tuples; `formula` builds the expression again."""

    tree: tuple

    @functools.cached_property
    def expression(self) -> Any:
        """What `formula` builds of the tree, or raises."""
        return formula(self.tree)


@dataclass(frozen=True)
class Other:
    """Something that is no answer to any task: the name of its type."""

    kind: str


class Call:
    """One question to a student's function: the arguments, and whether they are ordinary.

    An extreme call (`ordinary` false) looks for overflow, lost digits and the like. Known
    mistakes are recognised by the ordinary ones alone, since a wrong formula may also
    overflow. `known` keeps what others than the student answer to it.
    """

    def __init__(self, *arguments: Any, ordinary: bool = True) -> None:
        self.arguments = arguments
        self.ordinary = ordinary
        self.known: dict[Any, Any] = {}

    def copies(self) -> list:
        """Return the arguments, the arrays among them copied: the asked may write into them."""
        return [_copy(argument) for argument in self.arguments]


def _copy(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, dict):
        return {key: _copy(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_copy(item) for item in value)
    return value


@dataclass(frozen=True)
class Returned:
    """A function's answer to one call, in plain data.

    Attributes
    ----------
    value : Any
        What it returned, as `plain` gives it.
    warnings : tuple of str
        What NumPy warned of on the way.
    overwritten : tuple of int
        The positions of the arguments that are no longer what they were.
    """

    value: Any
    warnings: tuple[str, ...] = ()
    overwritten: tuple[int, ...] = ()


@dataclass(frozen=True)
class Raised:
    """An error in place of an answer: what Python says, and the student's own line."""

    message: str
    line: str = ""


def ask(function: Callable, calls: Iterable[Call], settles: bool = True) -> list[Returned | Raised]:
    """Call a student's function once for each call; nothing it prints or raises gets out.

    Parameters
    ----------
    function : callable
        The student's.
    calls : iterable of Call
        What it is asked.
    settles : bool
        Whether its answers are made plain by `plain`, or by `copied` alone.
    """
    make_plain = plain if settles else copied
    replies, streams = [], (sys.stdout, sys.stderr)
    try:
        with (
            warnings.catch_warnings(record=True) as caught,
            np.errstate(all="warn", under="ignore"),
        ):
            warnings.simplefilter("always")
            for call in calls:
                sys.stdout = sys.stderr = io.StringIO()
                caught.clear()
                replies.append(_ask_once(function, call, caught, make_plain))
    finally:
        sys.stdout, sys.stderr = streams
    return replies


def _ask_once(
    function: Callable, call: Call, caught: list, make_plain: Callable[[Any], Any]
) -> Returned | Raised:
    try:
        arguments = call.copies()
        value = make_plain(function(*arguments))
        said = {_text(str(w.message)) for w in caught if issubclass(w.category, RuntimeWarning)}
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # also SystemExit: a student's exit() ends nothing
        return Raised(_message(error), _own_line(error))
    pairs = enumerate(zip(arguments, call.arguments, strict=True))
    overwritten = tuple(k for k, (now, before) in pairs if not _is_unchanged(now, before))
    return Returned(value, tuple(sorted(said)[:20]), overwritten)


def _message(error: BaseException) -> str:
    """Return what an error is called and what it says, if it can say it."""
    name = type(error).__name__
    try:
        return _text(without_addresses(f"{name}: {error}"[:10_000]))
    except BaseException:  # a class that a student wrote
        return _text(name)


def without_addresses(text: str) -> str:
    """Return a text without the places in memory that Python tells: they differ in each run."""
    return re.sub(r"\b0x[0-9a-f]{6,}", "0x...", text)


def _is_unchanged(now: Any, before: Any) -> bool:
    """Return whether an argument still is what it was; a student may have put anything in."""
    if type(now) is not type(before):
        return False
    if isinstance(before, np.ndarray):
        return (now.dtype, now.shape) == (before.dtype, before.shape) and (
            now.tobytes() == before.tobytes()
            or np.array_equal(now, before, equal_nan=before.dtype.kind == "f")
        )
    if isinstance(before, dict):
        return now.keys() == before.keys() and all(_is_unchanged(now[k], before[k]) for k in before)
    if isinstance(before, list | tuple):
        return len(now) == len(before) and all(map(_is_unchanged, now, before))
    return True  # a number or a text cannot be written into


def _text(message: str) -> str:
    message = " ".join(message[:10_000].split())
    return message if len(message) <= 200 else f"{message[:200]}..."


def _own_line(error: BaseException) -> str:
    """Return the last line of the traceback that is neither ours nor a library's."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [f for f in frames if "site-packages" not in f.filename and f.filename != __file__]
    ours = [f for f in ours if "/lib/python" not in f.filename.replace("\\", "/")]
    if isinstance(error, RecursionError):
        ours = ours[:1]
    return _text(f"line {ours[-1].lineno}: {ours[-1].line}") if ours and ours[-1].line else ""


# ---------------------------------------------------------------------- into plain data


def is_missing(value: Any) -> bool:
    """Return True if a plain answer is none at all: an untouched stub gives ``...`` or None."""
    if value is None or value is Ellipsis:
        return True
    if isinstance(value, dict):
        return all(is_missing(item) for item in value.values())
    if isinstance(value, list):
        return all(is_missing(item) for item in value)
    return False


def plain(value: Any) -> Any:
    """Return a copy of an answer in plain data.

    Returns
    -------
    None, Ellipsis, bool, int, float, str, ndarray of float64, list, dict, Formula or Other
        A NumPy scalar or 0-d array becomes a float. Arrays of numbers become float64, with
        their shape; so do object arrays of nothing but real numbers. An array subclass becomes
        a plain array. What is longer than `LARGEST`, with all its parts, becomes `Other`, and
        so does a formula that SymPy does not build.
    """
    return settled(copied(value))


def settled(value: Any) -> Any:
    """Return a plain answer in which `Other` stands for each formula that cannot be built.

    What an unevaluated formula hides, such as a maximum of i, shows here.
    """
    if isinstance(value, list):
        return [settled(item) for item in value]
    if isinstance(value, dict):
        return {key: settled(item) for key, item in value.items()}
    if isinstance(value, Formula):
        try:
            _ = value.expression
        except ValueError as error:
            return Other(f"{value.tree[0]}: {error}".replace("no formula: ", "", 1)[:60])
    return value


def copied(value: Any) -> Any:
    """Return what `plain` does, for someone else to settle: no formula is built here."""
    try:
        return _plain(value, 0, [LARGEST])
    except _TooLarge:
        return Other(f"{type(value).__name__}, too large")


_NUMBERS = bool, int, float, np.bool_, np.number, np.ndarray


class _TooLarge(Exception):
    """An answer has more parts than are read."""


def _plain(value: Any, depth: int, room: list[int]) -> Any:
    room[0] -= 1
    if room[0] < 0:
        raise _TooLarge
    if value is None or value is Ellipsis:
        return value
    if isinstance(value, str):
        return _cut(str(value), room)
    if type(value) in (bool, float):
        return value
    if isinstance(value, _NUMBERS):
        return _plain_numbers(value, room)
    if isinstance(value, Fraction | Decimal):
        return float(value)
    if isinstance(value, list | tuple | range) and depth < DEEPEST and len(value) <= LONGEST:
        return [_plain(item, depth + 1, room) for item in value]
    if isinstance(value, dict) and depth < DEEPEST and len(value) <= LONGEST:
        made = {_cut(str(key), room): _plain(item, depth + 1, room) for key, item in value.items()}
        return made if len(made) == len(value) else Other("dict with two keys that read alike")
    if str(type(value).__module__).partition(".")[0] == "sympy" or _is_undefined(value):
        return _plain_formula(value)
    return Other(type(value).__name__)


def _is_undefined(value: Any) -> bool:
    """Return whether this is a SymPy function without a formula, ``Function("f")(z)``."""
    return any(kind.__name__ == "AppliedUndef" for kind in type(value).__mro__)


def _cut(text: str, room: list[int]) -> str:
    text = text[:LONGEST]
    room[0] -= 1 + len(text) // 2
    return text


def _plain_numbers(value: Any, room: list[int]) -> Any:
    if isinstance(value, int):
        try:
            return float(value)
        except OverflowError:
            return Other("int, and too large")
    array = np.asarray(value)
    if array.dtype.kind == "U" and array.ndim and array.size <= 100:
        return _plain(array.tolist(), DEEPEST - array.ndim, room)
    if array.dtype.kind == "O":
        array = _numbers_of_objects(array, room)
    if array.dtype.kind not in "biuf":
        return Other(f"{array.dtype} array" if array.ndim else array.dtype.name)
    room[0] -= max(array.size - 1, 0)
    if room[0] < 0:
        raise _TooLarge
    if array.dtype.char == "d":  # as nearly always
        array = np.array(array, dtype=np.float64, subok=False)
    else:
        with np.errstate(all="ignore"):
            array = np.array(array, dtype=np.float64, subok=False)
    return array if array.ndim else float(array)


_REAL = {
    id(kind)
    for kind in (float, int, bool, *np.sctypeDict.values())
    if np.dtype(kind).kind in "biuf"
}
"""Types of real numbers, by identity: a student's own type is not asked anything."""


def _numbers_of_objects(array: np.ndarray, room: list[int]) -> np.ndarray:
    """Return an object array as one of floats if all its entries are, else as it is."""
    if array.size > room[0]:
        return array
    entries = array.ravel().tolist()
    if not all(id(type(entry)) in _REAL for entry in entries):
        return array
    try:
        return np.array([float(entry) for entry in entries]).reshape(array.shape)
    except OverflowError:  # a whole number that is too large
        return array


# ------------------------------------------------------------------------------ formulas

_FUNCTIONS = (
    "Add Mul Pow exp log sqrt sin cos tan sinh cosh tanh coth sech csch asinh acosh atanh atan erf "
    "Abs sign Max Min Heaviside DiracDelta Piecewise ExprCondPair StrictLessThan LessThan "
    "StrictGreaterThan GreaterThan Equality Unequality And Or Not BooleanTrue BooleanFalse "
    "Exp1 Pi Infinity NegativeInfinity NaN ComplexInfinity ImaginaryUnit"
).split()


def _plain_formula(value: Any) -> Any:
    import sympy

    if not isinstance(value, sympy.Basic):
        return Other(type(value).__name__)  # a matrix, a plot
    if isinstance(value, sympy.Float | sympy.Rational) or value in (sympy.oo, -sympy.oo):
        return float(value)
    try:
        return Formula(tree(value))
    except ValueError as error:
        waiting = (sympy.Derivative, sympy.Integral, sympy.Limit, sympy.Sum, sympy.Product)
        inner = [type(part).__name__ for part in value.atoms(*waiting)]
        reason = str(error).removesuffix(" is not understood here")
        name = type(value).__name__
        found = reason if reason.isidentifier() else f"{name}: {reason}"
        return Other([*inner, found][0])


def tree(expression: Any) -> tuple:
    """Return a SymPy expression as nested tuples of text; `formula` builds it again.

    Raises
    ------
    ValueError
        If it holds what is not understood here, or is too large.
    """
    import sympy

    count = 0

    def walk(node: Any, depth: int) -> tuple:
        nonlocal count
        count += 1
        if count > MOST_NODES or depth > DEEPEST_TREE:
            raise ValueError("the expression is too large")
        if isinstance(node, sympy.Symbol):
            return ("Symbol", str(node.name)[:LONGEST_NAME])
        if isinstance(node, sympy.Float):
            return ("Float", str(sympy.Float(node, 17)))
        if isinstance(node, sympy.Rational):
            if max(abs(node.p), node.q) >= LARGEST_NUMBER:
                raise ValueError("a number is too large")
            return ("Rational", str(node.p), str(node.q))
        name = type(node).__name__
        if name not in _FUNCTIONS:
            raise ValueError(f"{name} is not understood here")
        return (name, *(walk(child, depth + 1) for child in node.args))

    return walk(expression, 0)


MOST_NODES, DEEPEST_TREE, LONGEST_NAME = 500, 40, 40
LARGEST_NUMBER = 10**300
MOST_DIGITS = 20_000
"""The most bits of a number that is evaluated exactly: a**1000 has 24,000 at a = 0.6231."""
LARGEST_EXPONENT, LARGEST_ARGUMENT = 1_000, 1e5
MOST_NESTED = {"function": 8, "Piecewise": 2, "Max": 2, "log": 4}
MOST_CHOICES = 12
_SYMBOL = 20.0  # about as far out as a symbol's points are taken, and their reciprocals
_CALCULATED = ("Add", "Mul")
_CHOICES = ("Max", "Min", "Piecewise", "And", "Or")
_RELATIONS = tuple(
    "StrictLessThan LessThan StrictGreaterThan GreaterThan Equality Unequality Not".split()
)
_COUNTED = {"Piecewise": "Piecewise", "Max": "Max", "Min": "Max", "log": "log"}
_RANGES = {
    **dict.fromkeys(("sin", "cos", "tanh", "erf", "sign", "Heaviside", "sech", "atan"), (-2, 2)),
    **dict.fromkeys(("asinh", "acosh", "atanh"), (-700, 700)),
}
_VALUES = {"Exp1": math.e, "Pi": math.pi, "ImaginaryUnit": 1.0}


@dataclass(frozen=True)
class _Measure:
    """A bound on a part of a formula: values from low to high, bits if they are exact."""

    low: float = -1.0
    high: float = 1.0
    bits: float = 1.0
    nested: tuple[tuple[str, int], ...] = tuple(dict.fromkeys(MOST_NESTED, 0).items())

    @property
    def most(self) -> float:
        return max(abs(self.low), abs(self.high))


def measure(nodes: Any) -> None:
    """Raise ValueError if a formula's tree is none, or takes too long or too much memory.

    SymPy evaluates while it builds, exactly and without a limit: 10**10**10 never ends, and
    neither does a**(10**9) as soon as a is a fraction. So the numbers are bounded here before
    SymPy sees them: how large each part may get, how many bits it may have, and how deeply
    functions, cases and maxima are nested. What cancels may fool the bounds, as in
    a / (a / 10**6): so `formula` looks at each part once more as soon as it is built.
    """
    count = 0

    def walk(node: Any, depth: int) -> _Measure:
        nonlocal count
        count += 1
        if count > MOST_NODES or depth > DEEPEST_TREE:
            raise ValueError("the expression is too large")
        name, *parts = node
        if name in ("Symbol", "Float", "Rational"):
            return _measure_of_leaf(name, parts)
        if name not in _FUNCTIONS:
            raise ValueError(f"{str(name)[:LONGEST_NAME]} is not understood here")
        _see_that_it_fits(name, parts)
        inner = [walk(part, depth + 1) for part in parts]
        found = _measure_of_power(*inner) if name == "Pow" else _measure_of(name, inner)
        if not found.bits <= MOST_DIGITS:
            raise ValueError("a power is too high")
        low = -math.inf if math.isnan(found.low) else found.low  # infinity less infinity
        high = math.inf if math.isnan(found.high) else found.high
        return _Measure(low, high, found.bits, _nesting(name, inner))

    try:
        if nodes[0] == "ExprCondPair":
            raise ValueError("a case is no expression")
        walk(nodes, 0)
    except (TypeError, IndexError, OverflowError, RecursionError):
        raise ValueError("the expression is none") from None


def _see_that_it_fits(name: str, parts: list) -> None:
    """Raise ValueError if a part holds too few parts, too many, or others than it takes."""
    fewest, most = _ARITIES.get(name, (1, 1))
    if not fewest <= len(parts) <= most:
        raise ValueError(f"{name} takes another number of arguments")
    for k, part in enumerate(parts):
        wants = "expression"
        if name in ("And", "Or", "Not") or (name == "ExprCondPair" and k == 1):
            wants = "condition"
        elif name == "Piecewise":
            wants = "case"
        has = "case" if part[0] == "ExprCondPair" else "expression"
        if part[0] in (*_RELATIONS, "And", "Or", "Not", "BooleanTrue", "BooleanFalse"):
            has = "condition"
        if has != wants:
            raise ValueError(f"{name} takes no {has}")


_ARITIES = {
    **dict.fromkeys(("Add", "Mul"), (0, 500)),
    **dict.fromkeys(_CHOICES, (1, MOST_CHOICES)),
    **dict.fromkeys((*_RELATIONS, "ExprCondPair", "Pow"), (2, 2)),
    **dict.fromkeys((*_VALUES, "BooleanTrue", "BooleanFalse", "Infinity"), (0, 0)),
    **dict.fromkeys(("NegativeInfinity", "NaN", "ComplexInfinity"), (0, 0)),
    "Heaviside": (1, 2),
    "DiracDelta": (1, 1),
    "Not": (1, 1),
}


def _measure_of_leaf(name: str, parts: list) -> _Measure:
    if not all(type(part) is str for part in parts):
        raise ValueError("a number or a name is none")
    if name == "Symbol" and len(parts) == 1 and 0 < len(parts[0]) <= LONGEST_NAME:
        if not parts[0].isprintable():
            raise ValueError("a symbol has an unreadable name")
        return _Measure(-_SYMBOL, _SYMBOL, 24)
    if name == "Float" and len(parts) == 1 and _FLOAT.fullmatch(parts[0]):
        value = float(parts[0])
        return _Measure(value, value, 64)
    if name == "Rational" and len(parts) == 2 and all(map(_INTEGER.fullmatch, parts)):
        p, q = map(int, parts)
        if max(abs(p), q) < LARGEST_NUMBER and q > 0:
            return _Measure(p / q, p / q, p.bit_length() + q.bit_length() - 1)
    raise ValueError("a number or a name is none")


_FLOAT = re.compile(r"-?[0-9]{1,40}(\.[0-9]{0,40})?(e[+-]?[0-9]{1,3})?", re.A)
_INTEGER = re.compile(r"-?[0-9]{1,301}", re.A)


def _measure_of(name: str, inner: list[_Measure]) -> _Measure:
    bits = sum(part.bits for part in inner) + 1
    if name in ("Add", "Mul", "Abs", *_CHOICES, *_RELATIONS, "ExprCondPair"):
        if name == "Add":
            return _Measure(sum(p.low for p in inner), sum(p.high for p in inner), bits)
        if name == "Mul":
            low = high = 1.0
            for part in inner:
                ends = [_times(x, y) for x in (low, high) for y in (part.low, part.high)]
                low, high = min(ends), max(ends)
            return _Measure(low, high, bits)
        low = min((p.low for p in inner), default=0.0)
        high = max((p.high for p in inner), default=0.0)
        most = max(abs(low), abs(high))
        return _Measure(0.0, most, bits) if name == "Abs" else _Measure(low, high, bits)
    if name in _VALUES:
        return _Measure(_VALUES[name], _VALUES[name])
    if not inner:  # an infinity, or true
        return _Measure()
    most = max(part.most for part in inner)
    if name in ("sqrt", "log"):
        most = math.sqrt(most) if name == "sqrt" else math.log(max(min(most, 1e300), 1e3))
        return _Measure(-most, most, bits)
    if most > (LARGEST_ARGUMENT if name in ("exp", "sinh", "cosh") else LARGEST_NUMBER):
        raise ValueError(f"{name} has too large an argument")
    if name in _RANGES:
        return _Measure(*_RANGES[name], bits)
    if name in ("exp", "sinh", "cosh"):
        (part,) = inner
        is_exact = dict(part.nested)["log"] > 0  # exp(7 * log(2)) is 128
        bits = 1.5 * most + 1 if is_exact else 1
        if name == "exp":
            return _Measure(_exp(part.low), _exp(part.high), bits)
        return _Measure(-_exp(most), _exp(most), bits)
    return _Measure(-_exp(50), _exp(50), bits)  # tan, csch, coth: a pole is not met exactly


def _measure_of_power(base: _Measure, exponent: _Measure) -> _Measure:
    if not exponent.most <= LARGEST_EXPONENT:
        raise ValueError("an exponent is too large")
    bits = max(base.bits, 1) * max(exponent.most, 1) + exponent.bits
    if exponent.low == exponent.high > 0:
        least = 0.0 if base.low <= 0 <= base.high else min(abs(base.low), abs(base.high))
        high, low = _power(base.most, exponent.high), _power(least, exponent.high)
        return _Measure(-high if base.low < 0 else low, high, bits)
    if exponent.low == exponent.high and (base.low > 0 or base.high < 0):
        ends = [_power(abs(x), exponent.low) for x in (base.low, base.high)]
        return _Measure(-max(ends) if base.low < 0 else min(ends), max(ends), bits)
    most = _power(max(base.most, _SYMBOL), exponent.most)
    return _Measure(-most, most, bits)


def _nesting(name: str, inner: list[_Measure]) -> tuple[tuple[str, int], ...]:
    """Return how deeply functions, cases and maxima are nested, or raise ValueError."""
    found = {}
    for kind, most in MOST_NESTED.items():
        own = _COUNTED.get(name) == kind or (kind == "function" and name not in _CALCULATED)
        found[kind] = own + max((dict(part.nested).get(kind, 0) for part in inner), default=0)
        if found[kind] > most:
            raise ValueError("the expression is nested too deeply")
    return tuple(found.items())


def _times(one: float, other: float) -> float:
    return 0.0 if one == 0 or other == 0 else one * other


def _exp(value: float) -> float:
    return math.exp(value) if value < 700 else math.inf


def _power(base: float, exponent: float) -> float:
    try:
        return base**exponent
    except OverflowError:
        return math.inf


def symbol(name: str) -> Any:
    """Return the symbol of a name: the course's own where it has one, else a real one."""
    import sympy

    from course_utils.symbolic import a, alpha, z

    own = {known.name: known for known in (z, a, alpha)}
    return own.get(name) or sympy.Symbol(name, real=True)


def formula(nodes: tuple) -> Any:
    """Build the SymPy expression of a tree; symbols are the course's own where it has them.

    Raises
    ------
    ValueError
        If the tree is not one that `tree` makes; nothing else is raised, whatever it is.
    """
    import sympy
    from sympy.functions.elementary.piecewise import ExprCondPair

    constants = {
        "Exp1": sympy.E,
        "Pi": sympy.pi,
        "Infinity": sympy.oo,
        "NegativeInfinity": -sympy.oo,
        "NaN": sympy.nan,
        "ComplexInfinity": sympy.zoo,
        "ImaginaryUnit": sympy.I,
        "BooleanTrue": sympy.true,
        "BooleanFalse": sympy.false,
    }

    def build(node: Any) -> Any:
        name, *parts = node
        if name == "Symbol":
            return symbol(str(parts[0]))
        if name == "Float":
            return sympy.Float(parts[0])
        if name == "Rational":
            return sympy.Rational(int(parts[0]), int(parts[1]))
        if name in constants:
            return constants[name]
        arguments = [build(part) for part in parts]
        _see_that_it_stays_small(name, arguments)
        return (ExprCondPair if name == "ExprCondPair" else getattr(sympy, name))(*arguments)

    try:
        measure(nodes)
        built = build(nodes)
    except Exception as error:  # SymPy raises nearly anything
        raise ValueError(f"no formula: {_text(str(error))}") from None
    if not isinstance(built, sympy.Basic):
        raise ValueError("no formula")
    if any(map(_is_too_large, built.atoms(sympy.Number))):
        raise ValueError("no formula: a number is too large")
    return built


def _is_too_large(number: Any) -> bool:
    """Return whether a SymPy number is finite, and larger than one that is worked with."""
    if number.is_Rational:
        return max(abs(number.p), number.q) >= LARGEST_NUMBER
    return bool(number.is_Float and number.is_finite and abs(number) >= LARGEST_NUMBER)


def _see_that_it_stays_small(name: str, arguments: list) -> None:
    """Raise ValueError if what is built of these SymPy expressions would be a huge number.

    What makes large numbers of small ones is a power, and an exponential where there is a
    logarithm: exp(7 * log(2)) is 128.
    """
    import sympy

    numbers = [part.atoms(sympy.Number) for part in arguments]
    if any(_is_too_large(number) for found in numbers for number in found):
        raise ValueError("a number is too large")
    if name not in ("Pow", "exp", "sinh", "cosh"):
        return
    is_power = name == "Pow" or (name == "exp" and arguments[0].has(sympy.log))
    most = LARGEST_EXPONENT if is_power else LARGEST_ARGUMENT
    if any(number.is_finite and abs(number) > most for number in numbers[-1]):
        raise ValueError("an exponent is too large")
