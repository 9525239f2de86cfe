"""Small data sets of two features and two classes that no straight line separates.

Each function returns ``x``, shape (count, 2), and the integer ``labels``, shape (count,).

>>> x, labels = xor()
>>> labels.tolist()
[0, 1, 1, 0]
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["moons", "xor"]


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
    if count < 2 or not noise >= 0:
        raise ValueError(f"expected count >= 2 and noise >= 0, got {count} and {noise}")
    sizes = count - count // 2, count // 2
    labels = np.repeat([0, 1], sizes)
    angle = np.concatenate([np.linspace(0, np.pi, size) for size in sizes])
    x = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    x[labels == 1] = [1, 0.5] - x[labels == 1]
    return x + rng.normal(0, noise, x.shape), labels
