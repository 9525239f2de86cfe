"""100 MB of output on every way out: print, both descriptors, display, huge figures, reprs.

expect: sigmoid correct, ten_layers correct, derivation wrong
"""

# %%
import os
import subprocess
import sys

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import HTML, display

# %%
for _ in range(100):
    print("x" * 10**6)
    print("x" * 10**6, file=sys.stderr)
    os.write(1, b"x" * 10**6)
    os.write(2, b"x" * 10**6)
    sys.__stdout__.write("x" * 10**6)

# %%
subprocess.run(["sh", "-c", "head -c 100000000 /dev/zero; head -c 100000000 /dev/zero >&2"])
get_ipython().system("head -c 100000000 /dev/zero")

# %%
display(HTML("x" * 10**7), *[np.ones((1000, 1000))] * 10)
"x" * 10**7


# %%
class Endless:
    def _repr_html_(self):
        while True:
            pass

    __repr__ = _repr_html_


display(Endless())
Endless()

# %%
figure = plt.figure(figsize=(3000, 3000), dpi=1000)
plt.plot(range(100))
plt.show()
figure

# %%
derivation = 3
raise ValueError("x" * 10**8)


# %%
def sigmoid(z):
    print("x" * 10**7)
    return 1 / (1 + np.exp(-z))


# %%
ten_layers = 0.25**10
