"""One thread a kernel: the tests run side by side, and so do the notebooks' kernels.

The lessons' matrices are small; several threads to each only get in each other's way.
"""

import os

for library in ("OMP", "OPENBLAS", "MKL"):
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")
