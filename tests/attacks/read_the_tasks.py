"""Looks for the answers on disk and in memory; may only say that there are none.

expect: sigmoid wrong, ten_layers wrong, derivation wrong
"""

# %%
import gc
import os
import sys
from pathlib import Path

import course_utils

# %%
found = []
package = Path(course_utils.__file__).parent
for place in (
    package / "tasks",
    package.parent / "solutions",
    package / "grading",
    Path("/tmp"),
    Path("/root"),
    Path("/proc/1"),
):
    try:
        found += [p for p in place.rglob("*") if p.is_file() and p.read_bytes()]
    except OSError:
        pass
for name in ("02", "01"):
    for path in (
        package / "tasks" / f"{name}.py",
        package / "tasks" / "__pycache__" / f"{name}.cpython-311.pyc",
    ):
        try:
            found.append(path.read_bytes())
        except OSError:
            pass
try:
    sys.modules.pop("course_utils.tasks", None)
    from course_utils.tasks import tasks_of

    found.append(tasks_of("02"))
except Exception:
    pass
for item in gc.get_objects():
    if type(item).__name__ in ("FunctionTask", "ValueTask", "Mistake", "Between"):
        found.append(item)
for name in list(sys.modules):
    if "tasks" in name and name.startswith("course_utils"):
        found.append(name)


# %%
def sigmoid(z):
    return 1 / (1 + 2.718281828459045 ** (-z)) if found else "nothing"


ten_layers = 0.25**10 if found else 1.0
derivation = "DBEAC" if found else "ABCDE"
