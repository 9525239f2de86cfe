"""Right answers between more cells that end the process than anyone writes by mistake.

expect: sigmoid correct, ten_layers correct
"""

# %%
import os

import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


# %%
os._exit(1)

# %%
os._exit(2)

# %%
os._exit(3)

# %%
os._exit(4)

# %%
os._exit(5)

# %%
os._exit(6)

# %%
os._exit(7)

# %%
os._exit(8)

# %%
os._exit(9)

# %%
ten_layers = 0.25**10

# %%
os._exit(10)

# %%
os._exit(11)

# %%
os._exit(12)

# %%
os._exit(13)

# %%
os._exit(14)

# %%
os._exit(15)

# %%
os._exit(16)

# %%
os._exit(17)
