"""Compare a plain answer with what is expected, and say in a few words where they part."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from course_utils.answers import Formula, Other, is_missing

__all__ = ["Between", "Difference", "as_array", "compare", "same", "shorten"]


class Between:
    """An expected value that has room: every number from low to high, entry by entry."""

    def __init__(self, low: ArrayLike, high: ArrayLike) -> None:
        self.low, self.high = np.broadcast_arrays(
            np.asarray(low, dtype=float), np.asarray(high, dtype=float)
        )


@dataclass(frozen=True)
class Difference:
    """Where an answer parts from what is expected, as the rest of a sentence on the answer."""

    text: str
    is_shape: bool = False


def compare(
    got: Any, expected: Any, *, rtol: float = 1e-6, atol: float = 1e-12
) -> Difference | None:
    """Return None if a plain answer is right within the tolerance, else where it differs.

    Parameters
    ----------
    got : plain data
        As `course_utils.answers.plain` gives it.
    expected : number, array, `Between`, str, or a tuple, list or dict of these
        A tuple may be answered by a list, an array by a list of numbers.
    rtol, atol : float
        An entry is right if it is off by no more than atol + rtol * |expected|; infinities
        and NaN must be where they are expected.
    """
    if isinstance(expected, dict):
        return _compare_entries(got, expected, rtol, atol)
    if isinstance(expected, tuple) or (isinstance(expected, list) and not _is_table(expected)):
        if isinstance(got, np.ndarray) and got.ndim:
            got = list(got)
        if not isinstance(got, list) or len(got) != len(expected):
            return Difference(f"is {shorten(got)}, expected {len(expected)} values", True)
        pairs = zip(got, expected, strict=True)
        differences = ((k, compare(g, e, rtol=rtol, atol=atol)) for k, (g, e) in enumerate(pairs))
        return next((Difference(f"[{k}] {d.text}", d.is_shape) for k, d in differences if d), None)
    if isinstance(expected, str):
        return None if got == expected else Difference(f"is {shorten(got)}, expected {expected!r}")
    return _compare_numbers(got, expected, rtol, atol)


def same(one: Any, other: Any, rtol: float, atol: float) -> bool:
    """Return whether two plain answers are the same, numbers within the tolerance."""
    if isinstance(one, Other | Formula) or isinstance(other, Other | Formula):
        return type(one) is type(other) and one == other
    if is_missing(one) or is_missing(other):
        return is_missing(one) and is_missing(other)
    return compare(one, other, rtol=rtol, atol=atol) is None


def _compare_entries(got: Any, expected: dict, rtol: float, atol: float) -> Difference | None:
    if not isinstance(got, dict):
        names = ", ".join(map(repr, expected))
        return Difference(f"is {shorten(got)}, expected a dictionary with {names}", True)
    for name, value in expected.items():
        if name not in got:
            return Difference(f"has no entry {name!r}{odd_names(got, expected)}", True)
        if is_missing(got[name]):
            return Difference(f"has nothing yet for {name!r}", True)
        if difference := compare(got[name], value, rtol=rtol, atol=atol):
            return Difference(f"[{name!r}] {difference.text}", difference.is_shape)
    return None


def odd_names(got: dict, expected: dict) -> str:
    """Return a sentence on entries that nobody asked for, to follow one on those that lack."""
    odd = [shorten(name) for name in got if name not in expected][:3]
    if not odd:
        return ""
    are = "is no entry" if len(odd) == 1 else "are no entries"
    return f": {', '.join(odd)} {are} of this task, keep the names as they were given"


def _is_table(value: list) -> bool:
    """Return whether a list is one array of numbers, and not a list of several arrays."""
    return _is_numeric(value) and not any(isinstance(item, np.ndarray) for item in value)


def _is_numeric(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return all(map(_is_numeric, value))
    return isinstance(value, bool | int | float | np.number | np.ndarray)


def as_array(got: Any) -> NDArray | None:
    """Return the numbers of an answer as an array, or None if it holds anything else."""
    if not _is_numeric(got):
        return None
    try:
        return np.asarray(got, dtype=np.float64)
    except ValueError:  # rows of different lengths
        return None


def _compare_numbers(got: Any, expected: Any, rtol: float, atol: float) -> Difference | None:
    if type(got) is float and isinstance(expected, float):  # most often, and so ten times as fast
        right = float(expected)
        if abs(got - right) <= atol + rtol * abs(right) < math.inf:
            return None
        if math.isfinite(got) and math.isfinite(right):
            return Difference(f"is {_apart(got, right, right)}")
    if isinstance(expected, Between):
        low, high = expected.low, expected.high
    else:
        low = high = np.asarray(expected, dtype=float)
    array = as_array(got)
    if array is None:
        what = "a number" if low.ndim == 0 else f"an array of shape {low.shape}"
        if is_missing(got):
            return Difference(f"is None, expected {what}: is there a `return`?", True)
        return Difference(f"is {shorten(got)}, expected {what}", True)
    if array.shape != low.shape:
        if array.size == low.size == 1:
            array = array.reshape(low.shape)  # [0.5] for 0.5
        else:
            what = low.shape if low.ndim else "one number"
            return Difference(f"has shape {array.shape}, expected {what}", True)
    with np.errstate(invalid="ignore", over="ignore"):
        room = atol + rtol * np.maximum(np.abs(low), np.abs(high))
        room = np.where(np.isfinite(room), room, 0)
        right = (array >= low - room) & (array <= high + room)
        right |= np.isnan(array) & np.isnan(low)
    if right.all():
        return None
    at = np.unravel_index(np.argmin(right), right.shape)
    place = f"entry [{', '.join(map(str, at))}] is " if array.ndim else "is "
    return Difference(place + _apart(float(array[at]), float(low[at]), float(high[at])))


def _apart(got: float, low: float, high: float) -> str:
    if low != high and not (np.isnan(low) or np.isnan(high)):
        return f"{_number(got)}, expected anything from {_number(low)} to {_number(high)}"
    shown = _number(got), _number(low)
    if shown[0] == shown[1]:
        shown = repr(got), repr(low)
    text = f"{shown[0]}, expected {shown[1]}"
    gap = got - low
    return f"{text} (off by {gap:.2g})" if np.isfinite(gap) else text


def _number(value: float) -> str:
    return f"{value:.6g}"


def shorten(value: Any) -> str:
    """Return a value in at most some eighty characters."""
    if isinstance(value, float) and not isinstance(value, bool):
        return _number(value)
    if isinstance(value, np.number) or (isinstance(value, np.ndarray) and value.ndim == 0):
        return _number(float(value))
    if isinstance(value, np.ndarray):
        if 0 < value.size <= 12:
            whole = f"[{', '.join(map(shorten, value))}]"
            if len(whole) <= 80:
                return whole
        return f"an array of shape {value.shape}"
    if isinstance(value, Formula):
        try:
            return _cut(str(value.expression))
        except ValueError:
            return "no formula"
    if isinstance(value, Other):
        return f"of type {value.kind}"
    if is_missing(value):
        return "None"
    if isinstance(value, list) and len(value) <= 6:
        return _cut(f"[{', '.join(map(shorten, value))}]")
    if isinstance(value, list | dict):
        return f"a {type(value).__name__} of {len(value)}"
    return _cut(repr(value))


def _cut(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."
