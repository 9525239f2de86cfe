"""Functions that never come back, one of them inside C code.

expect: sigmoid timeout, stable_sigmoid timeout, ten_layers correct
"""


# %%
def sigmoid(z):
    while True:
        pass


# %%
def stable_sigmoid(z):
    return sum(range(10**15))


# %%
ten_layers = 0.25**10
