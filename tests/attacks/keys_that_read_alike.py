"""Dictionaries with a wrong entry, and a right one under a key that is written the same.

expect: gradients wrong
"""

# %%
import sympy as sp

# %%
gradients = {"s": 1.0, "q": -4 / 9, "n": -2 / 9, "z": 2 / 9}
gradients[sp.Symbol("s")] = -4 / 9
