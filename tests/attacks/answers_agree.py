"""Answers that agree with everything: an own ==, <, hash, float, length and array.

expect: sigmoid wrong, stable_sigmoid wrong, sigmoid_backward wrong, ten_layers wrong, derivation wrong, gradients wrong, slope_from_output wrong
"""

# %%
import numpy as np


class Yes:
    def __eq__(self, other):
        return True

    __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __eq__

    def __hash__(self):
        return 0

    def __float__(self):
        return 0.5

    def __index__(self):
        return 1

    def __len__(self):
        return 5

    def __iter__(self):
        return iter([self] * 5)

    def __getitem__(self, key):
        return self

    def __array__(self, *arguments, **named):
        return np.array(self, dtype=object)

    def __getattr__(self, name):
        return self

    def __call__(self, *arguments):
        return self


class Text(str):
    def __eq__(self, other):
        return True

    __hash__ = str.__hash__

    def strip(self, *arguments):
        return self

    def upper(self):
        return "DBEAC"


class Number(float):
    def __eq__(self, other):
        return True

    def __abs__(self):
        return 0.0

    def __sub__(self, other):
        return 0.0

    __rsub__ = __sub__
    __hash__ = float.__hash__


class Table(dict):
    def __contains__(self, key):
        return True

    def __getitem__(self, key):
        return Yes()

    def __eq__(self, other):
        return True


# %%
def sigmoid(z):
    return Yes()


# %%
def stable_sigmoid(z):
    return Number(0.5)


# %%
def sigmoid_backward(dL_da, a):
    return [Yes()] * np.size(a)


# %%
ten_layers = Number(3.0)
derivation = Text("ABCDE")
gradients = Table(s=Yes(), q=Number(7), n=Yes(), z=Yes())
slope_from_output = Yes()
