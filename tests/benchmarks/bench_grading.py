"""How fast a class is marked, beside a bare fork and beside a fresh kernel (`make bench`).

With ``--class 1000`` instead: a class of so many students with four tasks each, some of them
wrong (`students`), marked by two processes; the time, the most memory that all processes had
together, and whether every mark is right; then once more, cut off halfway and resumed.

Every time is per notebook: four tasks of exercise 02, most of them right (`students`). A bare
fork runs the same cells in a forked process with NumPy and SymPy loaded, asks nothing and
shuts nothing in. The time of a processor counts what all processes used together. In the
class each answer is one of some twenty, so many are judged once for several students; once
more, no two students give the same numbers (``apart``). The ways take turns; what is printed
is the median of the rounds, of the ratios too: each is to the first way in the same round.
"""

import argparse
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from statistics import median

import nbformat

CLASS, FEW, FORKS, KERNELS, ROUNDS = 400, 4, 50, 4, 5


def seconds_used():
    """The processor's seconds of this process and all its finished children."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in used)


def measured(work, count):
    wall, processor = time.perf_counter(), seconds_used()
    work()
    wall, processor = time.perf_counter() - wall, seconds_used() - processor
    return 1000 * wall / count, 1000 * processor / count


def course_grade(folder, jobs):
    """Mark a class; return the wall and processor time of the command."""
    with tempfile.TemporaryDirectory() as out:
        command = [sys.executable, "-m", "course_utils.cli", "grade", folder]
        command += ["--to", out, "--exercises", "02", "--jobs", str(jobs)]
        wall, processor = time.perf_counter(), seconds_used()
        subprocess.run(command, check=True, capture_output=True)
        return time.perf_counter() - wall, seconds_used() - processor


def marked(few, many, jobs):
    """Per notebook, without the start: the difference of a class and a class of a few."""
    pair = course_grade(few, jobs), course_grade(many, jobs)
    return [1000 * (m - f) / (CLASS - FEW) for f, m in zip(*pair, strict=True)]


def cells_of(folder):
    """The code of each notebook of a class."""
    paths = sorted(Path(folder).glob("*/*.ipynb"))
    return [[c.source for c in nbformat.read(path, 4).cells] for path in paths]


def bare_forks(notebooks):
    import numpy  # noqa: F401
    import sympy  # noqa: F401

    os.environ["COURSE_SILENT"] = "1"
    import course_utils.check  # noqa: F401

    for cells in notebooks[:FORKS]:
        child = os.fork()
        if child == 0:
            try:
                namespace = {}
                for cell in cells:
                    exec(cell, namespace)
            finally:
                os._exit(0)
        os.waitpid(child, 0)


def fresh_kernels(notebooks):
    from nbclient import NotebookClient

    for cells in notebooks[:KERNELS]:
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
        NotebookClient(notebook, kernel_name="python3", allow_errors=True).execute()


def tree(process):
    """The numbers of a process and all that it started."""
    parents = {}
    for place in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(place.name)] = int(
                (place / "stat").read_text().rpartition(")")[2].split()[1]
            )
        except OSError:
            pass
    found = {process}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def memory(process):
    """The MiB that a process and all that it started have, what they share counted once."""
    total = 0
    for number in tree(process):
        try:
            lines = Path(f"/proc/{number}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


def watched(command, until=lambda: False):
    """Run a command, end it as a power cut does if it gets so far; return MiB by second."""
    process, samples = subprocess.Popen(command, stdout=subprocess.DEVNULL), []

    def look():
        while process.poll() is None:
            samples.append(memory(process.pid))
            time.sleep(1)

    watcher = threading.Thread(target=look)
    watcher.start()
    while process.poll() is None:
        if until():
            process.send_signal(signal.SIGKILL)
        time.sleep(0.02)
    watcher.join()
    return samples


def a_class(count, exercise):
    """Mark a class of made-up students and print what it took and what was wrong."""
    import students

    with tempfile.TemporaryDirectory() as folder:
        one_calls_another = exercise != "02"
        expected = students.make(f"{folder}/class", exercise, count, run=one_calls_another)
        command = [sys.executable, "-m", "course_utils.cli", "grade", f"{folder}/class", "--to"]
        options = ["--exercises", exercise, "--jobs", "2", "--seed", "3"]
        wall, processor = time.perf_counter(), seconds_used()
        samples = watched([*command, f"{folder}/out", *options])
        wall, processor = time.perf_counter() - wall, seconds_used() - processor
        print(f"{count} notebooks of four tasks of exercise {exercise}, two processes:")
        print(f"{wall:.1f} s, {1000 * processor / count:.1f} ms of a processor a notebook")
        half, whole = max(samples[: len(samples) // 2]), max(samples)
        print(f"memory at most {whole:.0f} MiB, in the first half {half:.0f} MiB")
        found = json.loads(Path(folder, "out", "grades.json").read_text(encoding="utf-8"))
        given = {
            (s["student"], t["task"]): t["status"] for s in found["students"] for t in s["tasks"]
        }
        wanted = {(s, t): mark for s, marks in expected.items() for t, (mark, _) in marks.items()}
        wrong = {key for key in given.keys() | wanted.keys() if given.get(key) != wanted.get(key)}
        print(f"{len(wanted)} marks, {len(wrong)} of them not as expected {sorted(wrong)[:5]}")
        journal = Path(folder, "again", ".journal.jsonl")

        def marked_so_far():
            return journal.read_bytes().count(b'"key"') if journal.exists() else 0

        watched([*command, f"{folder}/again", *options], lambda: marked_so_far() >= count // 2)
        print(f"cut off after {marked_so_far()}; ", end="")
        watched([*command, f"{folder}/again", *options])
        pairs = [Path(folder, place, "grades.json").read_bytes() for place in ("out", "again")]
        print("resumed:", "the same marks" if pairs[0] == pairs[1] else "OTHER MARKS")


def main():
    """Print one line for each way, and the ratios to the first; or see `a_class`."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--class", dest="count", type=int, help="mark so many made-up students")
    parser.add_argument("--exercise", default="02")
    options = parser.parse_args()
    if options.count:
        return a_class(options.count, options.exercise)
    import students

    with tempfile.TemporaryDirectory() as folder:
        few, many, apart = (f"{folder}/{name}" for name in ("few", "many", "apart"))
        students.make(few, "02", FEW)
        students.make(many, "02", CLASS)
        students.make(apart, "02", CLASS, apart=True)
        notebooks = cells_of(many)
        ways = {
            "course grade, one process": lambda: marked(few, many, 1),
            "course grade, two processes": lambda: marked(few, many, 2),
            "no two answers alike": lambda: marked(few, apart, 1),
            "a bare fork and run": lambda: measured(lambda: bare_forks(notebooks), FORKS),
            "nbclient, a fresh kernel": lambda: measured(lambda: fresh_kernels(notebooks), KERNELS),
        }
        if (os.cpu_count() or 1) < 2:
            del ways["course grade, two processes"]
        rounds = [{name: way() for name, way in ways.items()} for _ in range(ROUNDS)]
    first = next(iter(ways))
    rows = {
        name: [
            median(column)
            for column in zip(*((*r[name], r[name][1] / r[first][1]) for r in rounds), strict=True)
        ]
        for name in ways
    }
    print(f"a notebook of four tasks, {CLASS} students: milliseconds a notebook\n")
    print(f"{'':30}{'wall':>10}{'processor':>12}{'ratio':>10}")
    for name, (wall, processor, ratio) in rows.items():
        print(f"{name:30}{wall:10.1f}{processor:12.1f}{ratio:10.2f}")


if __name__ == "__main__":
    main()
