"""Formulas of classes of its own: evaluation, parts, assumptions and names that lie.

expect: slope_from_output wrong, derivation wrong, gradients wrong, sigmoid error, stable_sigmoid wrong, sigmoid_backward error, ten_layers correct
"""

# %%
import sympy as sp

from course_utils.symbolic import a


class Agreeing(sp.Function):
    """Whatever it is asked, it has the expected value."""

    @classmethod
    def eval(cls, *arguments):
        return None

    def _eval_evalf(self, precision):
        import os

        os.kill(os.getppid(), 9)
        return sp.Float("nan")

    def _eval_subs(self, old, new):
        return self

    def __eq__(self, other):
        return True

    def __hash__(self):
        return hash(a * (1 - a))


class Symbol(sp.Symbol):
    name = "a" * 10**6 + "\n✓ slope_from_output: correct"


class Float(sp.Float):
    _prec = 10**9
    __float__ = __str__ = lambda self: 0.25**10


class Endless(sp.Basic):
    @property
    def args(self):
        return (self,)

    free_symbols = property(lambda self: {a})


Endless.__name__ = "Add"
Endless.__module__ = "sympy.core.add"

# %%
slope_from_output = Agreeing(a)
derivation = [Symbol("a"), Endless(), "B"]
gradients = {"s": Endless(), "q": Float(1), "n": Agreeing(a), "z": sp.Add(a, Endless(), evaluate=False)}
ten_layers = sp.Rational(1, 4) ** 10


# %%
def sigmoid(z):
    return Endless()


def stable_sigmoid(z):
    return [Agreeing(a)] * 100


def sigmoid_backward(dL_da, a):
    return Agreeing(a) + Float(0) / Endless()
