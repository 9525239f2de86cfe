"""Formulas that take hours or all memory to build or to evaluate, where they are judged.

expect: slope_from_output wrong, ten_layers wrong, gradients wrong, derivation wrong, sigmoid wrong, stable_sigmoid wrong, sigmoid_backward wrong
"""

# %%
import sympy as sp

from course_utils.symbolic import a

ten = sp.Integer(10)
tower = sp.Pow(ten, sp.Pow(ten, ten, evaluate=False), evaluate=False)
unfolded = sp.Pow(sp.Pow(sp.Pow(a, 999, evaluate=False), 999, evaluate=False), 999, evaluate=False)
exponentials = sp.exp(sp.exp(sp.exp(sp.exp(a))))
roots = a
for _ in range(25):
    roots = sp.sqrt(2 + sp.sqrt(3 + roots))

# %%
slope_from_output = a**1_000_000_000
ten_layers = tower
gradients = {"s": unfolded, "q": exponentials, "n": roots, "z": sp.Float("1e-300") ** tower}
derivation = [sp.exp(sp.log(5, evaluate=False) * 10**9, evaluate=False), tower, "B"]


# %%
def sigmoid(z):
    return tower


# %%
def stable_sigmoid(z):
    return {"x": [exponentials] * 5}


# %%
long = sp.Add(*[sp.sin(k * a, evaluate=False) for k in range(800)], evaluate=False)


def sigmoid_backward(dL_da, a):
    return long
