"""Slips that any formula can suffer, known by their values: a sign, a factor, a transpose.

The catalogue of a task names the mistakes that belong to its own formula. What stands here
fits every task: it compares what came with what is right, and says in which simple way the
one is made from the other. It also knows what Python's usual errors mean.

A slip is a fact on values. It is only told where it holds for every ordinary call.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from course_utils.answers import Call, Formula, Other
from course_utils.tasks.compare import Between, as_array

__all__ = [
    "Slip",
    "meaning_of",
    "slip_of_arrays",
    "slip_of_kinds",
    "slip_of_number",
    "slip_on_top",
]

RTOL, ATOL = 2e-5, 1e-10  # a student may work in float32


@dataclass(frozen=True)
class Slip:
    """What went wrong: a short name, and a sentence for the student."""

    name: str
    message: str


@dataclass(frozen=True)
class _Pair:
    """One ordinary call: what came, what is right (NaN where it has room), the arguments."""

    got: NDArray
    right: NDArray
    arguments: tuple


# ------------------------------------------------------------------------- functions' arrays


def slip_of_arrays(
    got: Sequence[Any],
    right: Sequence[Any],
    calls: Sequence[Call],
    names: Sequence[str],
    reference: Callable[..., Any],
) -> Slip | None:
    """Return the simple way in which wrong answers are made from the right ones, or None.

    Parameters
    ----------
    got, right : sequences
        One plain answer and one expected value for each call: numbers, arrays, `Between`.
    calls : sequence of Call
        The ordinary calls among those that were asked.
    names : sequence of str
        What the arguments are called.
    reference : callable
        The right function, to try with its arguments swapped.
    """
    pairs = _pairs(got, right, calls)
    if pairs is None or len(pairs) < 2:
        return None
    if all(_close(pair.got, pair.right) for pair in pairs):
        return Slip(
            "digits lost",
            "Your values are near the right ones, but digits are lost: by a rounded constant, a "
            "rounding, or a difference of nearly equal numbers.",
        )
    if slip := _one_number(pairs):
        return slip
    finders = (_moved, _gathered, _remade, _scaled, _shifted)
    for find in finders:
        if slip := find(pairs, names):
            return slip
    return _argument(pairs, names, reference)


def slip_on_top(
    got: Sequence[Any], mistaken: Sequence[Any], calls: Sequence[Call], names: Sequence[str]
) -> Slip | None:
    """Return the one slip that stands between an answer and that of a known mistake, or None."""
    pairs = _pairs(got, mistaken, calls)
    if pairs is None or len(pairs) < 2 or all(_close(pair.got, pair.right) for pair in pairs):
        return None
    return _scaled(pairs, names) or _moved(pairs, names)


def _pairs(got: Sequence, right: Sequence, calls: Sequence[Call]) -> list[_Pair] | None:
    pairs = []
    for ours, theirs, call in zip(right, got, calls, strict=True):
        if isinstance(ours, Between):
            numbers = np.where(ours.low == ours.high, ours.low, np.nan)
        else:
            numbers = as_array(ours)
        came = as_array(theirs)
        if came is None or numbers is None:
            return None
        if came.size or numbers.size:  # two empty arrays tell nothing
            pairs.append(_Pair(came, numbers, call.arguments))
    return pairs


def _close(one: NDArray, other: NDArray) -> bool:
    """Return whether two arrays agree, but for entries where the second is NaN: it has room."""
    if one.shape != other.shape or np.any((one != other) & np.isinf(other)):
        return False
    counts = np.isfinite(other)
    gap = np.abs(np.where(counts, one, 0) - np.where(counts, other, 0))
    return bool(np.all(gap <= ATOL + RTOL * np.abs(np.where(counts, other, 0))))


def _all_made_by(pairs: Sequence[_Pair], make: Callable[[_Pair], Any]) -> bool:
    """Return whether `make` gives what came, for every call."""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the mean of an empty array warns in another way
        for pair in pairs:
            try:
                if not _close(pair.got, np.asarray(make(pair), dtype=float)):
                    return False
            except (ValueError, TypeError, IndexError):
                return False
    return True


def _one_number(pairs: Sequence[_Pair]) -> Slip | None:
    """Look for one and the same number, whatever was asked."""
    got = np.concatenate([pair.got.ravel() for pair in pairs])
    right = np.concatenate([pair.right.ravel() for pair in pairs])
    if np.unique(got).size == 1 and np.unique(right[np.isfinite(right)]).size > 2:
        return Slip(
            "one number for all",
            "You return the same number whatever comes in: is it worked out from the arguments?",
        )
    return None


def _moved(pairs: Sequence[_Pair], names: Sequence[str]) -> Slip | None:
    """Look for right values in another place: transposed, reversed, in another shape."""
    if all(pair.got.shape == pair.right.shape for pair in pairs):
        if _all_made_by(pairs, lambda p: p.right[::-1] if p.right.ndim else p.right):
            return Slip("in reverse order", "Your values are right, but in the reverse order.")
    if _all_made_by(pairs, lambda p: p.right.T):
        return Slip("transposed", "Your result is the transpose of the right one.")
    if all(
        pair.got.size == pair.right.size and _close(pair.got.ravel(), pair.right.ravel())
        for pair in pairs
    ):
        if any(pair.got.shape != pair.right.shape for pair in pairs):
            return Slip("another shape", "Your numbers are right, but they stand in another shape.")
    return None


def _gathered(pairs: Sequence[_Pair], names: Sequence[str]) -> Slip | None:
    """Look for one value in the place of several: a sum, a mean, the first or the last row."""
    if not any(pair.got.size < pair.right.size for pair in pairs):
        return None
    ways = {
        "added up": (np.sum, "You added up what should stay apart: your values are sums of"),
        "averaged": (np.mean, "You averaged what should stay apart: your values are means of"),
        "the largest alone": (np.max, "Your values are the largest of"),
    }
    for name, (reduce, message) in ways.items():
        for axis in (None, 0, -1):
            for keepdims in (False, True):
                if _all_made_by(
                    pairs,
                    lambda p, r=reduce, a=axis, k=keepdims: (
                        r(p.right, axis=a, keepdims=k) if p.right.ndim else p.right
                    ),
                ):
                    return Slip(name, f"{message} the right ones.")
    if _all_made_by(pairs, lambda p: p.right[0] if p.right.ndim else p.right):
        return Slip(
            "the first alone",
            "You return the first of the right values alone: does `return` stand inside the loop?",
        )
    if _all_made_by(pairs, lambda p: p.right[-1] if p.right.ndim else p.right):
        return Slip(
            "the last alone",
            "You return the last of the right values alone: does each round of the loop overwrite "
            "the one before?",
        )
    return None


def _remade(pairs: Sequence[_Pair], names: Sequence[str]) -> Slip | None:
    """Look for a simple function of each right value: a sign lost, a reciprocal, a rounding."""
    values = np.concatenate([pair.right.ravel() for pair in pairs])
    is_yes_or_no = bool(np.all((values == 0) | (values == 1)))
    ways = [
        (
            "the wrong way round",
            "Your answers are the wrong way round: yes where it should be no."
            if is_yes_or_no
            else "Your values are 1 minus the right ones.",
            lambda x: 1 - x,
        ),
        ("a sign lost", "Your values are the absolute values of the right ones.", np.abs),
        ("upside down", "Your values are the reciprocals of the right ones.", lambda x: 1 / x),
        ("squared", "Your values are the squares of the right ones.", np.square),
        ("a root too many", "Your values are the square roots of the right ones.", np.sqrt),
        ("the logarithm", "Your values are the logarithms of the right ones.", np.log),
        ("the exponential", "Your values are the exponentials of the right ones.", np.exp),
        (
            "whole numbers only",
            "Your values are cut to whole numbers: an array made from whole numbers holds whole "
            "numbers only. Make it with dtype=float.",
            np.trunc,
        ),
    ]
    if set(np.trunc(values[np.isfinite(values)])) <= {0.0, 1.0}:
        ways.pop()  # 0 and 1 alone are more likely another mistake than fractions cut away
    for name, message, function in ways:
        with np.errstate(all="ignore"):
            is_defined = np.isfinite(function(values[np.isfinite(values)])).all()
        if is_defined and _all_made_by(pairs, lambda p, f=function: f(p.right)):
            return Slip(name, message)
    for digits in range(6):
        if _all_made_by(pairs, lambda p, d=digits: np.round(p.right, d)):
            return Slip(
                "rounded",
                "Your values are rounded: return them as they are, and round when you print.",
            )
    return None


def _scaled(pairs: Sequence[_Pair], names: Sequence[str]) -> Slip | None:
    """Look for a factor: -1, a constant, a number of rows or columns."""
    if any(pair.got.shape != pair.right.shape for pair in pairs):
        return None
    if _all_made_by(pairs, lambda p: -p.right):
        return Slip("the sign flipped", "All your values have the wrong sign.")
    for text, length in _lengths(pairs, names):
        for verb, power in (
            ("multiplied", 1),
            ("divided", -1),
            ("multiplied twice", 2),
            ("divided twice", -2),
        ):
            if _all_made_by(pairs, lambda p, n=length, e=power: p.right * float(n(p)) ** e):
                return Slip(
                    f"{verb} by {text}", f"Your values are the right ones, {verb} by {text}."
                )
    return _constant(pairs)


def _constant(pairs: Sequence[_Pair]) -> Slip | None:
    """Look for one factor that is the same everywhere; it needs two different right values."""
    right = np.concatenate([pair.right.ravel() for pair in pairs])
    got = np.concatenate([pair.got.ravel() for pair in pairs])
    counts = np.isfinite(right) & (np.abs(right) > 1e-6) & np.isfinite(got)
    if np.unique(np.abs(right[counts])).size < 2:
        return None
    ratio = float(np.median(got[counts] / right[counts]))
    if (
        abs(ratio) < 1e-6
        or abs(ratio - 1) < 1e-4
        or not _all_made_by(pairs, lambda p: ratio * p.right)
    ):
        return None
    return Slip("a constant factor", f"Each of your values is {ratio:.5g} times the right one.")


def _lengths(pairs: Sequence[_Pair], names: Sequence[str]) -> Iterator[tuple[str, Callable]]:
    """Yield the lengths of the arguments that differ from call to call, with their names."""
    for k, name in enumerate(names):
        shapes = [np.shape(pair.arguments[k]) for pair in pairs if len(pair.arguments) > k]
        rank = min(map(len, shapes), default=0)
        for axis, what in enumerate(("rows", "columns")[:rank]):
            what = "entries" if max(map(len, shapes)) == 1 else what
            if len({shape[axis] for shape in shapes}) > 1:
                yield (
                    f"the number of {what} of {name}",
                    lambda p, k=k, axis=axis: np.shape(p.arguments[k])[axis],
                )


def _shifted(pairs: Sequence[_Pair], names: Sequence[str]) -> Slip | None:
    """Look for one number that is added everywhere."""
    if any(pair.got.shape != pair.right.shape for pair in pairs):
        return None
    right = np.concatenate([pair.right.ravel() for pair in pairs])
    got = np.concatenate([pair.got.ravel() for pair in pairs])
    counts = np.isfinite(right) & np.isfinite(got)
    if np.unique(right[counts]).size < 3:
        return None
    gap = float(np.median(got[counts] - right[counts]))
    if not _all_made_by(pairs, lambda p: p.right + gap):
        return None
    way = "more" if gap > 0 else "less"
    return Slip(
        "a constant added", f"Each of your values is {abs(gap):.5g} {way} than the right one."
    )


def _argument(
    pairs: Sequence[_Pair], names: Sequence[str], reference: Callable[..., Any]
) -> Slip | None:
    """Look for an argument handed back as it came, or for two arguments swapped."""
    for k, name in enumerate(names):
        if _all_made_by(pairs, lambda p, k=k: p.arguments[k]):
            return Slip("an argument returned", f"Your values are {name} itself, as it came in.")
    for i in range(len(names)):
        for k in range(i):

            def swapped(pair: _Pair, i: int = i, k: int = k) -> Any:
                arguments = list(pair.arguments)
                arguments[i], arguments[k] = arguments[k], arguments[i]
                try:
                    result = reference(*arguments)
                except Exception:
                    raise ValueError from None
                return result.low if isinstance(result, Between) else result

            if _all_made_by(pairs, swapped):
                return Slip(
                    "arguments swapped", f"You took {names[k]} for {names[i]}, and the reverse."
                )
    return None


# ----------------------------------------------------------------------------- single numbers


def slip_of_number(got: float, right: float) -> Slip | None:
    """Return the simple way in which one wrong number is made from the right one, or None."""
    if not (np.isfinite(got) and np.isfinite(right)) or abs(right) < 1e-12:
        return None
    for name, message, wrong, near in (
        ("the sign flipped", "The sign is flipped.", -right, 1e-3),
        ("upside down", "That is the reciprocal: the fraction is upside down.", 1 / right, 1e-3),
        ("per cent", "That is a hundred times too large: is it in per cent?", 100 * right, 5e-3),
    ):
        if abs(got - wrong) <= near * abs(wrong) and abs(got - right) > 1e-3 * abs(right):
            return Slip(name, message)
    if got == 0 and abs(right) < 0.05:
        return Slip(
            "0 for a small number",
            "It is small, but not 0. Is there a // in it? That divides to whole numbers, and / "
            "does not.",
        )
    if got in {round(right, digits) for digits in range(1, 5)}:
        return Slip("rounded", "It is rounded too much: give more digits, or the fraction itself.")
    return None


def slip_of_kinds(got: Sequence[Any], right: Sequence[Any]) -> Slip | None:
    """Return a slip in the kind of what came: formulas for numbers, two values for one."""
    symbols = "is a name in it still a symbol from another cell, or is it np.exp, not sp.exp?"
    kinds = [value.kind for value in got if isinstance(value, Other)]
    if any(isinstance(value, Formula) for value in got) or any("NDimArray" in k for k in kinds):
        said = f"What you return holds SymPy's expressions and no numbers: {symbols}"
        return Slip("SymPy and NumPy mixed", said)
    if "object array" in kinds:
        said = f"What you return is no array of numbers. Is there a None in it? Or {symbols}"
        return Slip("an array of other things than numbers", said)
    if all(map(_is_twice, got, right)):
        return Slip("two values", "You return two values, and one is expected.")
    return None


def _is_twice(got: Any, right: Any) -> bool:
    """Return whether two values came where one is right, each of its shape."""
    if not isinstance(got, list) or len(got) != 2 or isinstance(right, tuple | list | dict | str):
        return False
    arrays, shape = [as_array(value) for value in got], np.shape(getattr(right, "low", right))
    return all(array is not None and array.shape == shape for array in arrays)


# ----------------------------------------------------------------------------- Python's errors

_SYMPY = (
    "Symbol|Add|Mul|Pow|exp|log|tanh|sinh|cosh|Abs|sign|Max|Min|Piecewise|Heaviside|Derivative|"
    "Integer|Rational|Float|Half|One|Zero|NegativeOne"
)
_MEANINGS = (
    (
        r"bitwise_xor|for \^",
        "^ for a power",
        "In Python ^ is no power: write **.",
    ),
    (
        r"truth value of an array",
        "an array asked for one truth value",
        "An `if`, a `max` or an `and` wants one truth value, and an array has one for each entry.",
    ),
    (
        r"interpreted as an integer|only integer scalar arrays",
        "a whole number was expected",
        "A whole number was expected there, such as a count or an axis. (The second argument of "
        "np.max is an axis: the larger of two, entry by entry, is np.maximum.)",
    ),
    (
        r"(only|can only) .*(length-1|size-1|0-dimensional|scalar).* (arrays|array)|"
        r"must be real number, not .*ndarray",
        "a function for single numbers",
        "A function for single numbers (`math.exp`, `float`) received an array: NumPy has one of "
        "the same name for arrays.",
    ),
    (
        r"core dimension|not aligned|matmul.*mismatch",
        "shapes that do not fit a matrix product",
        "The shapes do not fit in a matrix product: the last axis on the left must be as long as "
        "the first on the right. Is a transpose missing, or one too many, or the order wrong?",
    ),
    (
        r"Input operand \d does not have enough dimensions|type\(s\) for @",
        "a matrix product of single numbers",
        "@ is the product of matrices, and here it received a single number. Entry by entry it "
        "is *.",
    ),
    (
        r"could not be broadcast|could not broadcast|must match exactly|must have the same shape|"
        r"same number of dimensions|inhomogeneous shape",
        "shapes that do not fit",
        "Arrays of shapes that do not fit were combined: write down the shape of each.",
    ),
    (
        r"'(int|float|bool)' object has no attribute",
        "a number has no array's attributes",
        "A plain number came in, and only an array has that: `np.asarray(...)` takes both.",
    ),
    (
        r"'NoneType'|'ellipsis'",
        "nothing where a value belongs",
        "Something in it is still None or `...`: is a `return` missing, or a step not filled in?",
    ),
    (
        r"'(?!module'|str'|dict'|set')[\w.]+' object is not callable",
        "a value called like a function",
        "A round bracket right after a value calls it like a function, and here it is none. "
        "Between two factors stands *, and an index stands in square brackets.",
    ),
    (
        rf"'({_SYMPY})' object (is not subscriptable|does not support item)",
        "an index into a formula",
        "A SymPy expression has no entries to pick or to set with square brackets.",
    ),
    (
        r"unsupported operand.*'str'|can only concatenate str",
        "arithmetic with a text",
        "A text stands in a calculation: is a number or a name in quotes? Leave them out.",
    ),
    (
        r"\((Symbol|Add|Mul|Pow|exp|Expr)\b|type (Symbol|Add|Mul|Pow|Expr)|"
        r"^(?!.*(unsupported operand|multiply sequence)).*'(Symbol|Add|Mul|Pow)'|"
        r"Cannot convert expression to float|cannot determine truth value of Relational|"
        r"NDimArray|is not comparable|Argument must be a Basic",
        "SymPy and NumPy mixed",
        "A SymPy expression met a NumPy function, or the reverse: use one of them throughout.",
    ),
    (
        r"boolean array indexing assignment|boolean index did not match",
        "chosen entries beside all of them",
        "One array stands there with the entries that were chosen, the other with all of them: "
        "choose on both sides, out[mask] = z[mask].",
    ),
    (
        r"'(function|method|builtin_function_or_method|numpy\.ufunc)' object is not subscriptable",
        "square brackets for round ones",
        "A function is called with round brackets: f(z), not f[z].",
    ),
    (
        r"has no len\(\)|len\(\) of unsized",
        "the length of a number",
        "A single number came in, and it has no length.",
    ),
    (
        r"does not support item assignment|is not subscriptable|too many indices.* 0-dimensional",
        "an index into a number",
        "A single number came in, which has no entries to pick or to set: `np.asarray(...)` of it "
        "can be asked with a mask, and np.where takes numbers and arrays.",
    ),
    (
        r"is not iterable|iteration over a 0-d|too many indices",
        "a loop or an index over what has none",
        "The code goes through the entries one by one, and here a number or a shorter array came "
        "in, which does not have them.",
    ),
    (
        r"NameError|UnboundLocalError",
        "a name that does not exist",
        "That name does not exist here: is it misspelt, or is a cell above not run?",
    ),
    (
        r"positional argument|unexpected keyword",
        "another number of arguments",
        "A function in it is called with too many arguments, too few, or others.",
    ),
    (
        r"RecursionError",
        "the function calls itself",
        "The function calls itself without end.",
    ),
    (
        r"casting rule|Cannot cast",
        "fractions into whole numbers",
        "Fractions were to be written into an array of whole numbers: make a new array with "
        "dtype=float.",
    ),
    (
        r"numpy boolean (subtract|negative)",
        "arithmetic with true and false",
        "NumPy does not subtract arrays of true and false: turn them into numbers first, or use ~.",
    ),
    (
        r"read-only",
        "written into an argument",
        "The code writes into an array that it may only read: make a copy first.",
    ),
)


def meaning_of(error: str, function: str = "", arguments: Sequence[str] = ()) -> Slip | None:
    """Return what one of Python's usual errors means for a beginner, or None.

    Parameters
    ----------
    error : str
        Its name and its text: ``TypeError: f() takes 1 positional argument but 2 were given``.
    function : str, optional
        The name of the function that was asked for.
    arguments : sequence of str
        The names of its arguments.
    """
    for pattern, name, message in _MEANINGS:
        if re.search(pattern, error):
            if name == "another number of arguments" and re.search(
                rf"(\b{function}|<lambda>)\(\)", error
            ):
                message = (
                    "The function must take the arguments that its first line had: do not change "
                    "that line."
                )
            elif name == "a name that does not exist" and arguments:
                message += f" (All that the function is given is {_listed(arguments)}.)"
            return Slip(name, message)
    return None


def _listed(names: Sequence[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last
