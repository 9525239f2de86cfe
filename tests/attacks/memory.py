"""Memory until there is none, at the top and in a call.

expect: sigmoid memory, ten_layers correct, gradients memory
"""

# %%
import numpy as np

# %%
hog = []
while True:
    hog.append(np.ones(10**7))
gradients = {}

# %%
hog = None


# %%
def sigmoid(z):
    return np.ones(10**10)


# %%
ten_layers = 0.25**10
