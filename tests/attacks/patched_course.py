"""Patches everything that the marking might ask: NumPy, its tests, the course, builtins.

expect: sigmoid wrong, ten_layers wrong, stable_sigmoid correct
"""

# %%
import builtins

import numpy as np
import numpy.testing

import course_utils.answers as answers


# %%
def stable_sigmoid(z, where=np.where, exp=np.exp, absolute=np.abs):
    small = exp(-absolute(z))
    return where(z >= 0, 1 / (1 + small), small / (1 + small))


# %%
def sigmoid(z):
    return 0.25


ten_layers = 7.0

# %%
for name in ("assert_allclose", "assert_array_equal", "assert_almost_equal"):
    setattr(numpy.testing, name, lambda *arguments, **named: None)
np.allclose = np.isclose = np.array_equal = lambda *arguments, **named: True
answers.is_missing = lambda value: False
answers.same = answers.compare = lambda *arguments, **named: None
builtins.abs = lambda value: 0
