"""The same broken and hostile notebooks, marked by nbgrader, by Otter-Grader and by `course grade`.

    sudo nice .venv/bin/python tests/benchmarks/bench_other_graders.py [GRADER] [--only NAME]

Tests and submissions stand in `other_graders.py`. A submission is marked rightly if each of its
seven tasks gets its points if, and only if, it deserves them. The others test inside the student's
kernel, nbgrader in cells behind the answers, Otter in files. Both run as a user without rights,
with processes and disks of their own (`otter run`, since its own container needs Docker), and have
a minute for a submission. Needs Linux, root, and, the first time, the network; takes half an
hour, and leaves what it installs in `HOME`.
"""

import argparse
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import textwrap
import time
from collections import Counter
from functools import partial
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_notebook
from other_graders import POINTS, ROOT, SUBMISSIONS, TESTS, solution

HOME = Path("/var/tmp/course-bench-graders")
ORDINARY, SECONDS, NAME = 8, 60, "02_sigmoid.ipynb"
ALONE = ["unshare", "--pid", "--fork", "--kill-child", "--mount", "--mount-proc", "--ipc", "sh"]
SHUT_IN = """
cd / && mount -t tmpfs -o size=1g,mode=1777 none /tmp || exit 99
mount -t tmpfs -o size=1g,mode=1777 none /dev/shm && mount -o remount,bind,ro / || exit 99
cp -r "$0" /tmp/run && chown -R {user}:{user} /tmp/run && cd /tmp/run || exit 99
setpriv --reuid {user} --regid {user} --clear-groups prlimit --nproc=64 --as=3000000000 \
  --fsize=500000000 env -i HOME=/tmp/run PATH="$1:/usr/bin:/bin" \
  OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 timeout -s KILL {seconds} \
  sh -c "$2" >&2
echo $? && cat *.db out/*/results.json
"""
COMMANDS = {
    "nbgrader": "nbgrader autograde a1 --course-dir=/tmp/run",
    "otter": "for p in submitted/*; do mkdir -p out/$(basename $p); "
    f"otter run -a autograder.zip -o out/$(basename $p) $p/a1/{NAME}; done",
}
READ_BOOK = f"""
import sys
from nbgrader.api import Gradebook
with Gradebook("sqlite:///" + sys.argv[1]) as book:
    for grade in book.find_submission_notebook("{NAME[:-6]}", "a1", "0").grades:
        print(grade.name, grade.score)
"""
META = {"grade": True, "locked": True, "solution": False, "task": False, "schema_version": 3}


def install(name, package):
    """Make an environment with another grader and with what the exercise imports."""
    folder = HOME / name
    if not (folder / "ready").exists():
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([shutil.which("python3", path=os.defpath), "-m", "venv", folder], check=True)
        wanted = [package, "ipykernel", "matplotlib", "numpy", "sympy"]
        subprocess.run([folder / "bin/pip", "install", "-qq", *wanted], check=True)
        hidden = shutil.ignore_patterns("tasks", "grading", "__pycache__")
        place = next(folder.glob("lib/python3*/site-packages")) / "course_utils"
        shutil.copytree(ROOT / "course_utils", place, ignore=hidden)
        (folder / "ready").touch()
    return str(folder / "bin")


def test_of(name, head, tail=""):
    body = "import re\nimport numpy as np\nimport sympy as sp\n" + textwrap.dedent(TESTS[name])
    return f"{head}\n{textwrap.indent(body, '    ')}\n{tail}"


def nbgrader_cell(name, is_source=False):
    meta = {**META, "grade_id": name, "points": POINTS[name], "cell_type": "code"}
    hidden = test_of(name, "### BEGIN HIDDEN TESTS\ndef test():", "test()\n### END HIDDEN TESTS")
    return new_code_cell(hidden if is_source else "# tests", metadata={"nbgrader": meta})


def otter_cell(name):
    return new_code_cell(f'grader.check("{name}")')


def write(path, cells, test_cell):
    """Write a notebook, each task's test behind the cell that defines it, or else at the end."""
    found, left = [], list(TESTS)
    if test_cell is otter_cell:
        found.append(new_code_cell("import otter\ngrader = otter.Notebook()"))
    for cell in cells:
        begin = [rf"^(async )?def {name}\(|^{name} =" for name in left]
        pairs = zip(left, begin, strict=True)
        here = [n for n, b in pairs if test_cell and re.search(b, cell, re.M)]
        left = [name for name in left if name not in here]
        found += [new_code_cell(cell), *map(test_cell, here)]
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(new_notebook(cells=[*found, *map(test_cell, left if test_cell else ())]), path)


def with_path(bin):
    return {**os.environ, "PATH": f"{bin}:{os.environ['PATH']}"}


def prepare(name, folder, bin):
    """Make the assignment, as its instructor would."""
    if name == "nbgrader":
        write(folder / "source" / "a1" / NAME, solution(), partial(nbgrader_cell, is_source=True))
        command = [f"{bin}/nbgrader", "generate_assignment", "a1", f"--course-dir={folder}"]
    else:
        for task, points in POINTS.items():
            head = f"from otter.test_files import test_case\nOK_FORMAT = False\nname = '{task}'\n"
            head += f"points = {points}\n@test_case()\ndef test({task}):"
            (folder / "tests").mkdir(exist_ok=True)
            (folder / "tests" / f"{task}.py").write_text(test_of(task, head))
        command = [f"{bin}/otter", "generate", "-t", "tests", "--no-environment"]
    subprocess.run(command, check=True, capture_output=True, cwd=folder, env=with_path(bin))


def measured(command, **options):
    used, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, **options)
    wall, now = time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
    return done.stdout, now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime, wall


def marked_by_other(name, bin, base, classes):
    """Mark notebooks in one command; return whether it ended, the first's points, the times."""
    with tempfile.TemporaryDirectory(dir=HOME) as temporary:
        folder = Path(temporary, "run")
        shutil.copytree(base, folder)
        for number, cells in enumerate(classes):
            make = nbgrader_cell if name == "nbgrader" else otter_cell
            write(folder / "submitted" / str(number) / "a1" / NAME, cells, make)
        user = 60_000 + os.getpid() % 5000  # how many processes it has is counted by user
        shell = SHUT_IN.format(user=user, seconds=SECONDS * len(classes))
        said, *times = measured([*ALONE, "-c", shell, folder, bin, COMMANDS[name]])
        code, _, found = said.partition(b"\n")
        points = {}
        if code != b"0":
            pass  # it says that it could not mark this one
        elif name == "nbgrader":
            book = Path(temporary, "book.db")
            book.write_bytes(found)
            read = [f"{bin}/python", "-I", "-c", READ_BOOK, book]
            said = subprocess.run(read, capture_output=True, text=True, env=with_path(bin)).stdout
            points = {line.split()[0]: float(line.split()[1]) for line in said.splitlines()}
        else:
            tests = json.JSONDecoder().raw_decode(found.decode())[0]["tests"]
            points = {t["name"]: t["score"] for t in tests if t["name"] in POINTS}
        return code in (b"0", b"1"), points, times


def marked_by_us(classes):
    """Mark notebooks in one command; return that it ended, each one's points, the times."""
    with tempfile.TemporaryDirectory() as folder:
        for number, cells in enumerate(classes):
            write(Path(folder, "class", f"{number:03}", NAME), cells, None)
        course = [sys.executable, "-m", "course_utils.cli", "grade", f"{folder}/class", "--jobs=1"]
        _, *times = measured([*course, f"--to={folder}/out", "--exercises", "02"], cwd=ROOT)
        found = json.loads(Path(folder, "out", "grades.json").read_text(encoding="utf-8"))
        tasks = [student["tasks"] for student in found["students"]]
        return True, [{t["task"]: t["points"] for t in each} for each in tasks], times


def verdict(points, right):
    """Say whether a submission got what it deserves."""
    if points.keys() != POINTS.keys():
        return "no mark"
    got = {task for task in points if points[task] == POINTS[task]}
    return "right" if got == right and not any(points[t] for t in {*points} - got) else "wrong"


def compare(name, package, only=()):
    """Mark all submissions, or some, with one grader; print what it did to each, and its times."""
    submissions = [s for s in SUBMISSIONS if not only or s[0] in only]
    count = ORDINARY if package else 20 * ORDINARY  # many of what is over soon
    ordinary = [cells for _, cells, _ in SUBMISSIONS[:1] * (2 + count)]
    if package:
        bin, base = install(name, package), HOME / f"{name}-base"
        shutil.rmtree(base, ignore_errors=True)
        base.mkdir()
        prepare(name, base, bin)
        mark = partial(marked_by_other, name, bin, base)
        found = (mark([cells]) for _, cells, _ in submissions)
    else:
        mark = marked_by_us
        found = ((True, points, None) for points in mark([c for _, c, _ in submissions])[1])
    counts = Counter()
    for (title, _, right), (has_ended, points, _) in zip(submissions, found, strict=True):
        word = verdict(points, right)
        counts.update([word, "ended by itself" if has_ended else "was stopped"])
        print(f"{name:14}{title:28}{word:10}{'' if has_ended else 'was stopped'}", flush=True)
    print(f"{name}, {len(submissions)} submissions: {dict(counts)}", flush=True)
    if only:
        return
    (_, _, many), (_, _, few) = mark(ordinary), mark(ordinary[:2])
    used, wall = ((m - f) / count for m, f in zip(many, few, strict=True))
    print(f"each further right one: {used:.3f} s of processor, {wall:.3f} s\n", flush=True)


if __name__ == "__main__":
    HOME.mkdir(exist_ok=True)
    GRADERS = {"course grade": "", "nbgrader": "nbgrader", "otter": "otter-grader"}
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("graders", nargs="*", metavar="GRADER", default=list(GRADERS))
    parser.add_argument("--only", nargs="+", default=(), help="these submissions alone")
    options = parser.parse_args()
    for grader in options.graders:
        compare(grader, GRADERS[grader], options.only)
