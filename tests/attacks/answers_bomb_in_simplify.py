"""A wrong formula of eight operations, whose difference from the right one takes hours to expand.

expect: slope_from_output wrong, ten_layers correct
"""

# %%
from course_utils.symbolic import a

slope_from_output = a**300 / (1 + a) ** 300
ten_layers = 0.25**10
