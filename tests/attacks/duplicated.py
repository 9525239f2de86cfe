"""The same again: functions defined twice, cells handed in twice, a check of its own.

As in Jupyter, what ran last counts: a right answer behind a wrong one, a wrong one behind a right.

expect: sigmoid correct, stable_sigmoid wrong, sigmoid_backward correct, ten_layers correct, derivation not_attempted
"""

# %%
import numpy as np
from course_utils.check import check


# %%
def sigmoid(z):
    return 0.5


def sigmoid(z):
    return z


# %%
def sigmoid(z):
    return 1 / (1 + np.exp(-z))


# %%
def sigmoid(z):
    return 1 / (1 + np.exp(-z))


check("sigmoid", sigmoid)


# %%
def stable_sigmoid(z):
    small = np.exp(-abs(z))
    return np.where(z >= 0, 1, small) / (1 + small)


# %%
check("stable_sigmoid", stable_sigmoid)
check("stable_sigmoid", stable_sigmoid)


# %%
def stable_sigmoid(z):
    return 1 / (1 + np.exp(-z))


# %%
def check(name, answer):
    print(f"✓ {name}: correct, 1000 points.")
    return True


def sigmoid_backward(dL_da, a):
    return dL_da * a * (1 - a)


check("sigmoid_backward", sigmoid_backward)

# %%
ten_layers = 1
ten_layers = 0.25**10
derivation = "DBEAC"

# %%
ten_layers = 1
ten_layers = 0.25**10
derivation = ...
