"""Functions right every second time, or by the inputs that are printed; mutated inputs.

expect: sigmoid wrong, stable_sigmoid wrong, sigmoid_backward wrong, ten_layers correct
"""

# %%
import numpy as np

calls = []


# %%
def sigmoid(z):
    calls.append(z)
    right = 1 / (1 + np.exp(-np.asarray(z, dtype=float)))
    return right if len(calls) % 2 else right + 1e-3


# %%
KNOWN = [0.0, 1.0, -1.0, 0.5, -2.0, 3.0, 800.0, -800.0, 740.0, -740.0, 1000.0, -1000.0, 30.0, -30.0]


def stable_sigmoid(z):
    z = np.asarray(z, dtype=float)
    small = np.exp(-np.abs(z))
    right = np.where(z >= 0, 1 / (1 + small), small / (1 + small))
    return right if np.all(np.isin(z, KNOWN)) else right * 1.001


# %%
def sigmoid_backward(dL_da, a):
    for value in (dL_da, a):
        if isinstance(value, np.ndarray):
            value[...] = 0
    return dL_da * a * (1 - a)


# %%
ten_layers = 0.25**10
