"""Crashes and endless loops below Python: null pointers, stacks, a regular expression.

expect: sigmoid crashed, stable_sigmoid timeout, sigmoid_backward error, derivation crashed, ten_layers correct
"""

# %%
import ctypes
import re
import sys


# %%
def sigmoid(z):
    ctypes.string_at(0)


# %%
def stable_sigmoid(z):
    re.match(r"(a+)+$", "a" * 100 + "b")


# %%
def deeper(number):
    return deeper(number + 1)


def sigmoid_backward(dL_da, a):
    return deeper(0)


# %%
derivation = "x"
sys.setrecursionlimit(10**9)


class Chain:
    def __getattr__(self, name):
        return getattr(self, name)


Chain().x

# %%
ten_layers = 0.25**10
