"""Fills the disk: huge, sparse, countless, deep, locked and oddly named files.

expect: sigmoid correct, ten_layers correct
"""

# %%
import os

import numpy as np

home = os.getcwd()


# %%
def attempt(action, *arguments):
    try:
        return action(*arguments)
    except (OSError, ValueError):
        return None


with open("huge", "wb") as file:
    while attempt(file.write, b"x" * 10**6) and not attempt(file.flush):
        if file.tell() > 10**9:
            break
with open("sparse", "wb") as file:
    attempt(file.truncate, 1 << 50)
    attempt(os.posix_fallocate, file.fileno(), 0, 1 << 40)

# %%
for number in range(200):
    if attempt(lambda name: open(name, "wb").write(bytes(8_000_000)), f"large {number}") is None:
        break

# %%
for number in range(1500):
    os.mkdir("d")
    os.chdir("d")

# %%
os.chdir(home)
for number in range(10_000):
    if attempt(lambda name: open(name, "x").close(), f"\n{number}\udcff{'x' * 100}") is None:
        pass

# %%
os.mkdir("locked") if attempt(os.mkdir, "locked") else None
attempt(os.chmod, "d/d", 0)
attempt(os.chmod, home, 0)
for place in ("/tmp", "/var/tmp", "/dev/shm", "..", "/"):
    attempt(lambda name: open(name, "w").close(), f"{place}/left-behind")


# %%
def sigmoid(z):
    return 1 / (1 + np.exp(-z))


ten_layers = 0.25**10
