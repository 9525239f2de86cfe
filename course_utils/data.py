"""Small data sets of two features and two classes that no straight line separates.

Each function returns ``x``, shape (count, 2), and the integer ``labels``, shape (count,).

>>> x, labels = xor()
>>> labels.tolist()
[0, 1, 1, 0]
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["moons", "spirals", "xor"]


def xor() -> tuple[NDArray, NDArray]:
    """Return the four inputs (0, 0), (0, 1), (1, 0), (1, 1), and 1 where just one of two is 1."""
    x = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    return x, np.array([0, 1, 1, 0])


def moons(count: int, noise: float, rng: np.random.Generator) -> tuple[NDArray, NDArray]:
    """Return two interleaved half circles of radius 1, centred on (1/2, 1/4) together.

    The lower one is the upper one turned by half a circle about that centre, as in
    scikit-learn's ``make_moons``.

    Parameters
    ----------
    count : int, at least 2
        Number of points; class 0 has half of them, rounded up.
    noise : float
        Standard deviation of what is added to each coordinate.
    rng : numpy.random.Generator
        Where the noise comes from; the points lie evenly along their curves.

    Raises
    ------
    ValueError
        If there are fewer than two points, or the noise is negative.
    """
    x, labels = _two_curves(count, noise, lambda t: np.stack([np.cos(t), np.sin(t)], axis=1), np.pi)
    x[labels == 1] = [1, 0.5] - x[labels == 1]
    return x + rng.normal(0, noise, x.shape), labels


def spirals(count: int, noise: float, rng: np.random.Generator) -> tuple[NDArray, NDArray]:
    """Return two spirals round (0, 0), each one and a half turns, with radii from 0.1 to 1.

    The second is the first turned by half a circle, after Lang and Witbrock (1988). The
    parameters and the errors are those of `moons`.
    """
    turns = 3 * np.pi

    def spiral(t: NDArray) -> NDArray:
        return (0.1 + 0.9 * t / turns)[:, None] * np.stack([np.cos(t), np.sin(t)], axis=1)

    x, labels = _two_curves(count, noise, spiral, turns)
    x[labels == 1] *= -1
    return x + rng.normal(0, noise, x.shape), labels


def _two_curves(count: int, noise: float, curve, end: float) -> tuple[NDArray, NDArray]:
    """Return points along the same curve twice, t from 0 to `end`: for class 0, for class 1."""
    if count < 2 or not noise >= 0:
        raise ValueError(f"expected count >= 2 and noise >= 0, got {count} and {noise}")
    labels = np.repeat([0, 1], [count - count // 2, count // 2])
    t = np.concatenate([np.linspace(0, end, size) for size in np.bincount(labels)])
    return curve(t), labels
