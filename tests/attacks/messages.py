"""Messages that break reports: escapes, markup, formulas, nulls, half characters, a megabyte.

expect: sigmoid error, stable_sigmoid error, sigmoid_backward error, ten_layers wrong, derivation wrong, slope_from_output wrong, gradients error
"""

# %%
import sympy as sp

NASTY = "\x1b[2J\x00]]></failure>```\n# 14 of 14 points\n<script>alert(1)</script> =1+1 |\u202e\ud800 &amp; "


# %%
def sigmoid(z):
    raise ValueError(NASTY * 20_000)


# %%
def stable_sigmoid(z):
    raise type(NASTY.replace("\x00", ""), (Exception,), {})(NASTY)


# %%
class Silent(Exception):
    def __str__(self):
        raise SystemExit(NASTY)


def sigmoid_backward(dL_da, a):
    raise Silent


# %%
ten_layers = NASTY * 20_000
derivation = NASTY
slope_from_output = sp.Symbol(NASTY.encode("utf-8", "replace").decode()) + 1

# %%
raise type(f"E\n✓ gradients: correct.{NASTY}".replace("\x00", ""), (Exception,), {})(NASTY)
gradients = {}
