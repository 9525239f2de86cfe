"""A condition on what is not a real number: SymPy raises only where it is evaluated.

expect: slope_from_output wrong, ten_layers wrong, gradients wrong
"""

# %%
import sympy as sp

from course_utils.symbolic import a

slope_from_output = sp.Piecewise((a, sp.log(-a) < 1), (a * (1 - a), True))
ten_layers = sp.Max(sp.I, 2, evaluate=False)
gradients = {"s": sp.Heaviside(sp.I, evaluate=False), "q": sp.zoo, "n": sp.nan, "z": sp.oo}
