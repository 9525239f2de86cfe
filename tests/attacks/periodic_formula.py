"""A formula that is right at each fraction with the denominator 10,000 that ends in 1.

expect: slope_from_output wrong
"""

# %%
import sympy as sp

from course_utils.symbolic import a

# %%
slope_from_output = a * (1 - a) + sp.sin(sp.pi * (1000 * a - sp.Rational(1, 10)))
