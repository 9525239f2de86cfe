"""Inputs that reveal: both sides of a kink, every shape, integers, float32, extremes."""

from __future__ import annotations

import numpy as np

from course_utils.answers import Call

__all__ = ["extremes", "ordinary", "random_arrays"]


def ordinary(*more: object) -> list[Call]:
    """Return calls with one argument, the simplest first; `more` is handed on to each.

    Numbers, 0 and -0.0, arrays of one to three dimensions, an empty one, integers, float32.
    """
    values = [
        0.0,
        1.0,
        -1.0,
        -0.0,
        0.5,
        np.array([-2.0, 0.0, 3.0]),
        np.array([[-1.5, 0.25], [0.0, 2.5], [4.0, -3.0]]),
        np.linspace(-1, 1, 12).reshape(2, 3, 2),
        np.array([-3, -1, 0, 2]),
        np.array([-1.25, 0.0, 0.75], dtype=np.float32),
        np.array([]),
    ]
    return [Call(value, *more) for value in values]


def extremes(*values: float, more: tuple = ()) -> list[Call]:
    """Return calls far out: each number alone, then all of them in an array."""
    calls = [Call(float(value), *more, ordinary=False) for value in values]
    return [*calls, Call(np.array(values, dtype=float), *more, ordinary=False)]


def random_arrays(rng: np.random.Generator, *more: object) -> list[Call]:
    """Return calls with normally distributed arrays of random shapes.

    A table has two entries at least: one of a single entry may be answered by a lone number.
    """
    shapes = [(), (int(rng.integers(2, 9)),), tuple(rng.integers(1, 5, size=2).tolist())]
    while shapes[-1] == (1, 1):
        shapes[-1] = tuple(rng.integers(1, 5, size=2).tolist())
    return [Call(rng.normal(0, 2, size=shape)[()], *more) for shape in shapes]
