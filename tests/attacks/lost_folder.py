"""Locks, moves, empties and leaves its working directory, and hides modules in it.

expect: sigmoid correct, stable_sigmoid correct, ten_layers correct
"""

# %%
import os
import tempfile
from pathlib import Path


def attempt(action, *arguments):
    try:
        action(*arguments)
    except (OSError, ValueError):
        pass


# %%
home = Path.cwd()
for name in ("numpy", "sympy", "matplotlib", "sitecustomize", "course_utils", "json", "socket"):
    (home / f"{name}.py").write_text("raise SystemExit('planted')")
for place in (".config/matplotlib/matplotlibrc", ".ipython/profile_default/startup/0.py"):
    (home / place).parent.mkdir(parents=True)
    (home / place).write_text("raise SystemExit('planted')")

# %%
for place in (home, home.parent, home / ".."):
    attempt(os.rename, place, home.parent / "moved")
    attempt(os.rmdir, place)
    attempt(os.chmod, place, 0)
    attempt(os.chmod, place, 0o7777)
    attempt(os.symlink, "/etc", home.parent / f"link to {place.name}")

# %%
deep = home
for _ in range(200):
    deep = deep / ("d" * 200)
    attempt(os.mkdir, "d" * 200)
    attempt(os.chdir, "d" * 200)
    attempt(os.chmod, ".", 0)

# %%
os.chdir("/")
attempt(os.chmod, home, 0)
tempfile.tempdir = "/nowhere"
os.environ.clear()
os.umask(0o777)


# %%
def sigmoid(z):
    import numpy as np

    attempt(os.chdir, "/proc")
    return 1 / (1 + np.exp(-z))


def stable_sigmoid(z):
    import numpy as np

    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, e) / (1 + e)


ten_layers = 0.25**10
