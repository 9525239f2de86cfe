"""Numbers, text and tables of classes of its own: what they say of themselves changes each time.

expect: ten_layers wrong, derivation wrong, gradients wrong, sigmoid wrong
"""

# %%
import sys


class Number(int):
    asked = 0

    def __float__(self):
        return 0.25**10

    __index__ = __int__ = __float__


class Text(str):
    def __str__(self):
        return "\x1b[2J=1+1"

    def upper(self):
        return "DBEAC"


class Table(dict):
    def items(self):
        return [(Text(k), Number(1)) for k in "sqnz"]


def watch(frame, event, argument):
    return watch


sys.settrace(watch)

# %%
ten_layers = [0.25**10, Number(5)]
derivation = Text("ABCDE")
gradients = Table(s=1)


# %%
def sigmoid(z):
    return Number(1)
