"""What a student hands in, as plain data: numbers, arrays, text, lists, formulas.

A task never judges an object that a student made, only a plain copy of it: a float, an
array of floats, a list, a dictionary, a `Formula`. So a list is as good as an array where
both mean the same, and no object's own ``==`` is ever asked. `check` in a notebook and the
marking of a class go through here alike.

>>> plain([1, 2.5])
[1.0, 2.5]
>>> ask(lambda z: 1 / z, [Call(0)])[0].message
'ZeroDivisionError: division by zero'
"""

from __future__ import annotations

import contextlib
import io
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
    "formula",
    "is_missing",
    "plain",
    "symbol",
    "tree",
]

DEEPEST, LONGEST, LARGEST_TREE = 6, 10_000, 2_000


@dataclass(frozen=True)
class Formula:
    """A SymPy expression as a tree of plain tuples; `formula` builds the expression again."""

    tree: tuple


@dataclass(frozen=True)
class Other:
    """Something that is no answer to any task: the name of its type."""

    kind: str


class Call:
    """One question to a student's function: the arguments, and whether they are ordinary.

    An extreme call (`ordinary` false) looks for overflow, lost digits and the like. Known
    mistakes are recognised by the ordinary ones alone, since a wrong formula may also
    overflow.
    """

    def __init__(self, *arguments: Any, ordinary: bool = True) -> None:
        self.arguments = arguments
        self.ordinary = ordinary

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


def ask(function: Callable, calls: Iterable[Call]) -> list[Returned | Raised]:
    """Call a student's function once for each call; nothing it prints or raises gets out."""
    return [_ask_once(function, call) for call in calls]


def _ask_once(function: Callable, call: Call) -> Returned | Raised:
    with (
        warnings.catch_warnings(record=True) as caught,
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
        np.errstate(all="warn", under="ignore"),
    ):
        warnings.simplefilter("always")
        try:
            arguments = call.copies()
            value = plain(function(*arguments))
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # also SystemExit: a student's exit() ends nothing
            return Raised(_text(f"{type(error).__name__}: {error}"), _own_line(error))
    said = {str(w.message) for w in caught if issubclass(w.category, RuntimeWarning)}
    pairs = enumerate(zip(arguments, call.arguments, strict=True))
    overwritten = tuple(k for k, (now, before) in pairs if not _is_unchanged(now, before))
    return Returned(value, tuple(sorted(said)), overwritten)


def _is_unchanged(now: Any, before: Any) -> bool:
    """Return whether an argument still is what it was; a student may have put anything in."""
    if type(now) is not type(before):
        return False
    if isinstance(before, np.ndarray):
        return now.dtype == before.dtype and np.array_equal(
            now, before, equal_nan=before.dtype.kind == "f"
        )
    if isinstance(before, dict):
        return now.keys() == before.keys() and all(_is_unchanged(now[k], before[k]) for k in before)
    if isinstance(before, list | tuple):
        return len(now) == len(before) and all(map(_is_unchanged, now, before))
    return True  # a number or a text cannot be written into


def _text(message: str) -> str:
    message = " ".join(message.split())
    return message if len(message) <= 200 else f"{message[:200]}..."


def _own_line(error: BaseException) -> str:
    """Return the last line of the traceback that is neither ours nor a library's."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [f for f in frames if "site-packages" not in f.filename and f.filename != __file__]
    ours = [f for f in ours if "/lib/python" not in f.filename.replace("\\", "/")]
    if isinstance(error, RecursionError):
        ours = ours[:1]
    return f"line {ours[-1].lineno}: {ours[-1].line}" if ours and ours[-1].line else ""


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


def plain(value: Any, depth: int = 0) -> Any:
    """Return a copy of an answer in plain data.

    Returns
    -------
    None, Ellipsis, bool, int, float, str, ndarray of float64, list, dict, Formula or Other
        A NumPy scalar or 0-d array becomes a float. Arrays of numbers become float64, with
        their shape. An array subclass becomes a plain array.
    """
    if value is None or value is Ellipsis:
        return value
    if isinstance(value, str):
        return str(value)[:LONGEST]
    if type(value) is bool:
        return value
    if isinstance(value, bool | int | float | np.bool_ | np.number | np.ndarray):
        return _plain_numbers(value)
    if isinstance(value, Fraction | Decimal):
        return float(value)
    if isinstance(value, list | tuple | range) and depth < DEEPEST and len(value) <= LONGEST:
        return [plain(item, depth + 1) for item in value]
    if isinstance(value, dict) and depth < DEEPEST and len(value) <= LONGEST:
        return {str(key): plain(item, depth + 1) for key, item in value.items()}
    if str(type(value).__module__).partition(".")[0] == "sympy" or _is_undefined(value):
        return _plain_formula(value)
    return Other(type(value).__name__)


def _is_undefined(value: Any) -> bool:
    """Return whether this is a SymPy function without a formula, ``Function("f")(z)``."""
    return any(kind.__name__ == "AppliedUndef" for kind in type(value).__mro__)


def _plain_numbers(value: Any) -> Any:
    if isinstance(value, int):
        try:
            return float(value)
        except OverflowError:
            return Other("int, and too large")
    array = np.asarray(value)
    if array.dtype.kind == "U" and array.ndim and array.size <= LONGEST:
        return array.tolist()
    if array.dtype.kind not in "biuf" or array.size > 10**6:
        return Other(f"{array.dtype} array" if array.ndim else array.dtype.name)
    with np.errstate(all="ignore"):
        array = np.array(array, dtype=np.float64, subok=False)
    return array if array.ndim else float(array)


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
        unknown = str(error).removesuffix(" is not understood here")
        return Other([*inner, unknown if unknown.isidentifier() else type(value).__name__][0])


def tree(expression: Any) -> tuple:
    """Return a SymPy expression as nested tuples of text, or raise ValueError."""
    import sympy

    count = 0

    def walk(node: Any) -> tuple:
        nonlocal count
        count += 1
        if count > LARGEST_TREE:
            raise ValueError("the expression is too large")
        if isinstance(node, sympy.Symbol):
            return ("Symbol", str(node.name)[:40])
        if isinstance(node, sympy.Float):
            return ("Float", str(sympy.Float(node, 17)))
        if isinstance(node, sympy.Rational):
            if max(abs(node.p), node.q) >= 10**300:
                raise ValueError("a number is too large")
            return ("Rational", str(node.p), str(node.q))
        name = type(node).__name__
        if name not in _FUNCTIONS:
            raise ValueError(f"{name} is not understood here")
        return (name, *(walk(child) for child in node.args))

    return walk(expression)


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
        If the tree is not one that `tree` makes.
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
        if name not in _FUNCTIONS:
            raise ValueError(f"{name} is not understood here")
        arguments = [build(part) for part in parts]
        return (ExprCondPair if name == "ExprCondPair" else getattr(sympy, name))(*arguments)

    try:
        return build(nodes)
    except (TypeError, ValueError, IndexError, AttributeError, RecursionError) as error:
        raise ValueError(f"no formula: {error}") from None
