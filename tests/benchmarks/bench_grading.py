"""How fast a class is marked, beside a bare fork and beside a fresh kernel (`make bench`).

Every time is per notebook, exercise 02 of the solutions. A bare fork runs the same cells in
a forked process with NumPy and SymPy loaded, asks nothing and shuts nothing in. The time of
a processor counts what all processes used together.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat

ROOT = Path(__file__).parents[2]
SOLUTION = ROOT / "solutions" / "02_sigmoid.ipynb"
CLASS, FORKS, KERNELS = 200, 50, 2


def seconds_used():
    """The processor's seconds of this process and all its finished children."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in used)


def measured(work, count):
    wall, processor = time.perf_counter(), seconds_used()
    work()
    wall, processor = time.perf_counter() - wall, seconds_used() - processor
    return 1000 * wall / count, 1000 * processor / count


def course_grade(students, jobs):
    """Mark a class of this many students; return the wall and processor time of the command."""
    with tempfile.TemporaryDirectory() as folder:
        content = SOLUTION.read_bytes()
        for number in range(students):
            place = Path(folder, "class", f"student {number:04}", SOLUTION.name)
            place.parent.mkdir(parents=True)
            place.write_bytes(content)
        command = [sys.executable, "-m", "course_utils.cli", "grade", f"{folder}/class"]
        command += ["--to", f"{folder}/out", "--exercises", "02", "--jobs", str(jobs)]
        wall, processor = time.perf_counter(), seconds_used()
        subprocess.run(command, check=True, capture_output=True)
        return time.perf_counter() - wall, seconds_used() - processor


def marked(jobs):
    """Per notebook, without the start: the difference of a class and a class of two."""
    few, many = course_grade(2 * jobs, jobs), course_grade(CLASS, jobs)
    return [1000 * (m - f) / (CLASS - 2 * jobs) for f, m in zip(few, many, strict=True)]


def bare_forks():
    import numpy  # noqa: F401
    import sympy  # noqa: F401

    cells = [c.source for c in nbformat.read(SOLUTION, 4).cells if c.cell_type == "code"]
    os.environ["COURSE_SILENT"] = "1"
    import course_utils.check  # noqa: F401

    for _ in range(FORKS):
        child = os.fork()
        if child == 0:
            try:
                namespace = {}
                for cell in cells:
                    exec(cell, namespace)
            finally:
                os._exit(0)
        os.waitpid(child, 0)


def fresh_kernels():
    from nbclient import NotebookClient

    for _ in range(KERNELS):
        NotebookClient(nbformat.read(SOLUTION, 4), kernel_name="python3").execute()


def main():
    """Print one line for each way, and the ratios to the first."""
    rows = {"course grade, one process": marked(1)}
    if (os.cpu_count() or 1) > 1:
        rows["course grade, two processes"] = marked(2)
    rows["a bare fork and run"] = measured(bare_forks, FORKS)
    rows["nbclient, a fresh kernel"] = measured(fresh_kernels, KERNELS)
    _, unit = rows["course grade, one process"]
    print(f"a notebook of seven tasks, {CLASS} students: milliseconds a notebook\n")
    print(f"{'':30}{'wall':>10}{'processor':>12}{'ratio':>10}")
    for name, (wall, processor) in rows.items():
        print(f"{name:30}{wall:10.1f}{processor:12.1f}{processor / unit:10.2f}")


if __name__ == "__main__":
    main()
