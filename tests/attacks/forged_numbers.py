"""Answers that only a forger can send: an integer of 399 digits, a formula SymPy cannot print.

expect: ten_layers crashed, sigmoid missing
"""

# %%
import course_utils.grading.wire as wire

encode = wire.encode


def forged(value):
    return ["int", "9" * 399] if value == 0.125 else encode(value)


wire.encode = forged

# %%
ten_layers = 0.125
