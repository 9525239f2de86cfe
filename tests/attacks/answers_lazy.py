"""Answers that are not there yet: generators, coroutines, classes, partials, and worse calls.

expect: sigmoid wrong, stable_sigmoid wrong, sigmoid_backward error, slope_from_output wrong, ten_layers wrong, derivation wrong, gradients wrong
"""

# %%
import functools

import numpy as np


# %%
def sigmoid(z):
    yield 1 / (1 + np.exp(-z))


# %%
async def stable_sigmoid(z):
    return np.where(z > 0, 1 / (1 + np.exp(-abs(z))), np.exp(-abs(z)) / (1 + np.exp(-abs(z))))


# %%
sigmoid_backward = functools.partial(lambda *, dL_da, a: dL_da * a * (1 - a), a=1.0)
slope_from_output = lambda: 0.25  # noqa: E731
ten_layers = (0.25**10 for _ in range(1))
derivation = (letter for letter in "DBEAC")
gradients = type("Gradients", (), {"s": -4 / 9, "q": -4 / 9, "n": -2 / 9, "z": 2 / 9})
