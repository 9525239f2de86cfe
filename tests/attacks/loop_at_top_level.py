"""A cell that never ends: what stands after it still counts.

expect: sigmoid correct, ten_layers correct, sigmoid_backward timeout
"""

# %%
import numpy as np


# %%
def sigmoid(z):
    return 1 / (1 + np.exp(-z))


# %%
while True:
    pass
sigmoid_backward = 3

# %%
ten_layers = 0.25**10
