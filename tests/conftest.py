"""What holds for every test: one thread each, and the same examples every time.

The tests run side by side, and so do the notebooks' kernels. The lessons' matrices are
small; several threads to each only get in each other's way.
"""

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings

for library in ("OMP", "OPENBLAS", "MKL"):
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")

settings.register_profile("course", derandomize=True, deadline=None)
settings.load_profile("course")


@pytest.fixture(scope="module")
def alone():
    """Hold a lock, so that modules that mark notebooks do not count each other's processes."""
    import fcntl

    with Path(tempfile.gettempdir(), "course-grading-tests.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
