"""Marking: every attack is marked rightly, the run survives it, and nothing is left behind.

Each file in ``attacks/`` is a notebook that a hostile or careless student might hand in as
exercise 02, as a script with ``# %%`` between its cells. Its docstring says what it tries,
and in the line that begins with "expect:" which status each task must get. A task that it
does not name is not there, so it must be missing.
"""

import ast
import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import warnings
from pathlib import Path

import nbformat
import numpy as np
import pytest

from course_utils import cli
from course_utils.check import check, outcome
from course_utils.grading import run, worker
from course_utils.grading.marker import MOST_LOST, Limits, Marker, _bound
from course_utils.grading.submissions import find
from course_utils.notebooks import ROOT
from course_utils.tasks import EXERCISES, tasks_of

sys.path.insert(0, str(Path(__file__).parent / "benchmarks"))
import students

pytestmark = [
    pytest.mark.skipif(os.name != "posix", reason="workers are forked"),
    pytest.mark.usefixtures("alone"),
]


ATTACKS = sorted((Path(__file__).parent / "attacks").glob("*.py"))
TASKS = {task.name: task.points for task in tasks_of("02")}


def expected_of(source):
    said = re.search(r"^expect: (.*)$", ast.get_docstring(ast.parse(source)), re.M)[1]
    pairs = (entry.split() for entry in said.split(","))
    return {**dict.fromkeys(TASKS, "missing"), **{name: status for name, status in pairs}}


def write_notebook(path, cells):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)


def cells_of(source):
    return [cell.strip() for cell in source.split("# %%")[1:]]


def grade(*arguments):
    return cli.main(["grade", *map(str, arguments)])


def results(folder):
    found = json.loads((folder / "grades.json").read_text(encoding="utf-8"))
    return {student["student"]: student for student in found["students"]}


def statuses(student, notebook="02_sigmoid"):
    return {t["task"]: t["status"] for t in student["tasks"] if t["notebook"] == notebook}


def left_behind():
    """The processes and folders of workers that are still there."""
    processes = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes()
            parent = (folder / "stat").read_text().rpartition(")")[2].split()[1]
        except OSError:
            continue
        if b"course_utils.grading.worker" in command or b"left-behind" in command:
            processes.append((folder.name, parent, command))
    return processes


@pytest.fixture(scope="module")
def marked(tmp_path_factory):
    """All attacks, and an honest student between them, marked in one run."""
    place = tmp_path_factory.mktemp("class")
    for attack in ATTACKS:
        source = attack.read_text(encoding="utf-8")
        write_notebook(place / attack.stem / "02_sigmoid.ipynb", cells_of(source))
    (place / "honest").mkdir()
    (place / "honest" / "02_sigmoid.ipynb").write_bytes(
        (ROOT / "solutions" / "02_sigmoid.ipynb").read_bytes()
    )
    report = tmp_path_factory.mktemp("report")
    arguments = ("--exercises", "02", "--time-limit", "3", "--memory-limit", "200")
    assert grade(place, "--to", report, *arguments, "--jobs", "2") == 0
    return results(report)


def test_there_are_attacks():
    assert len(ATTACKS) >= 5


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda path: path.stem)
def test_an_attack_is_marked_rightly(attack, marked):
    student = marked[attack.stem]
    assert statuses(student) == expected_of(attack.read_text(encoding="utf-8"))
    for task in student["tasks"]:
        assert task["max_points"] == TASKS[task["task"]]
        assert task["points"] == (task["max_points"] if task["status"] == "correct" else 0)
        assert task["message"]
        assert not re.search("\n✓", task["message"])
    assert not any("\n" in problem for problem in student["problems"])


def test_the_honest_student_lost_nothing(marked):
    assert set(statuses(marked["honest"]).values()) == {"correct"}
    assert marked["honest"]["problems"] == []


def test_nothing_is_left_behind(marked):
    time.sleep(0.5)
    assert left_behind() == []
    assert list(Path("/tmp").glob("course-grade-*")) == []


def test_what_is_defined_twice_is_told_where_it_matters(tmp_path):
    """`check` may have asked the first; what is marked runs with the last."""
    right = "def sigmoid(z):\n    return f(z)"
    first = "import numpy as np\ndef f(z):\n    return 1 / (1 + np.exp(-z))"
    students = {
        "helper": [first, right, "def f(z):\n    return z"],
        "own": [first, right, "def sigmoid(z):\n    return z"],
        "copied": [
            first,
            "def sigmoid(z):\n    return -f(z)",
            first.replace("/ (", "/(  # too\n("),
        ],
        "other": [first, "def sigmoid(z):\n    return z", "def f(z):\n    return z"],
        "right": [first, right, "def f(z):\n    return 1 / (np.exp(-z) + 1)"],
        "failed": [first, "def sigmoid(z):\n    return -f(z)", "1 / 0\ndef f(z):\n    return z"],
    }
    for name, cells in students.items():
        write_notebook(tmp_path / "class" / name / "02_sigmoid.ipynb", cells)
    assert grade(tmp_path / "class", "--to", tmp_path / "out", "--exercises", "02") == 0
    said = {
        name: next(t["message"] for t in student["tasks"] if t["task"] == "sigmoid")
        for name, student in results(tmp_path / "out").items()
    }
    again = "The notebook defines {} in cell {} and again in cell 3: the last one is marked."
    assert said["helper"].endswith("\n" + again.format("f", 1))
    assert said["own"].endswith("\n" + again.format("sigmoid", 2))
    assert [name for name in said if "defines" in said[name]] == ["helper", "own"]
    assert said["right"].startswith("✓")


def test_no_notebook_is_too_odd_to_look_for_what_is_defined_twice(tmp_path):
    """No deadline ends our own looking: it is bounded."""
    deep = "def sigmoid(z):\n    return z" + "+z" * 1500
    names = "\n".join(f"def f{k}(): 0" for k in range(60_000))
    others = names.replace(": 0", ": 1")
    students = {
        "deep": [deep, deep + "+1"],
        "long": [names, "def sigmoid(z):\n    return z  #" + " f1" * 300_000, others],
        "many": ["def f(): 0"] * 1_500 + ["def sigmoid(z): return f", "def f(): 1"],
        "names": [*(f"def f{k}(): {j}" for j in (0, 1) for k in range(99)),
                  "def sigmoid(z): return (" + ", ".join(f"f{k}" for k in range(99)) + ")"],
        "no code": ["def f(): 0", "'''\ndef f(): 1\n'''", "def sigmoid(z): return f"],
    }  # fmt: skip
    for name, cells in students.items():
        notebook = [*cells, "ten_layers = 0.25**10"]
        write_notebook(tmp_path / "class" / name / "02_sigmoid.ipynb", notebook)
    assert grade(tmp_path / "class", "--to", tmp_path / "out", "--exercises", "02") == 0
    said = {}
    for name, student in results(tmp_path / "out").items():
        assert statuses(student)["ten_layers"] == "correct", name
        assert statuses(student)["sigmoid"] in ("wrong", "error"), name
        assert not any("could not be judged" in problem for problem in student["problems"])
        said[name] = next(t["message"] for t in student["tasks"] if t["task"] == "sigmoid")
    assert [said[name].count("defines") for name in students] == [0, 0, 1, 3, 0]


def test_a_class_twice_gives_the_same(tmp_path, capsys):
    for name in ("01_step_function", "10_choosing"):
        for folder in ("solutions", "exercises"):
            place = tmp_path / "class" / folder / f"{name}.ipynb"
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes((ROOT / folder / place.name).read_bytes())
    for place in ("one", "two"):
        options = ("--seed", "11", "--exercises", "01", "10")
        assert grade(tmp_path / "class", "--to", tmp_path / place, *options) == 0
    for name in ("grades.json", "grades.csv", "junit.xml", "summary.md"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    found = results(tmp_path / "one")
    right, empty = found["solutions"], found["exercises"]
    assert right["points"] == right["max_points"] > 20
    assert {task["status"] for task in empty["tasks"]} == {"not_attempted"}
    assert (tmp_path / "one" / "feedback" / "solutions.md").exists()


@pytest.mark.parametrize("exercise", ["02", "05", "09"])
def test_a_made_up_class_gets_what_each_must(tmp_path, exercise):
    """Right answers, known mistakes and gaps; most are alike, so most are judged only once."""
    expected = students.make(tmp_path / "class", exercise, 30, tasks=9, run=True)
    place = tmp_path / "out"
    assert grade(tmp_path / "class", "--to", place, "--exercises", exercise, "--jobs", "2") == 0
    found = results(place)
    assert {
        name: statuses(found[name], s["tasks"][0]["notebook"]) for name, s in found.items()
    } == {
        name: {task: status for task, (status, _) in marks.items()}
        for name, marks in expected.items()
    }
    named = {mistake for marks in expected.values() for _, mistake in marks.values() if mistake}
    assert len(named) >= 5
    summary = (place / "summary.md").read_text(encoding="utf-8")
    assert sum(mistake in summary for mistake in named) >= 3


def test_the_same_answer_is_judged_once_and_another_is_not_taken_for_it(tmp_path, monkeypatch):
    from course_utils.tasks.functions import FunctionTask

    judged, judge = [], FunctionTask.judge

    def counted(task, *arguments):
        judged.append(task.name)
        return judge(task, *arguments)

    monkeypatch.setattr(FunctionTask, "judge", counted)
    for number, body in enumerate(
        [
            "1 / (1 + np.exp(-z))",
            "1 / (1 + np.exp(-z)) * (1 + 1e-9)",
            "1 / (1 + np.exp(-z))",
            "z",
            "z",
        ]
    ):
        cell = f"import numpy as np\ndef sigmoid(z): return {body}"
        write_notebook(tmp_path / f"{number}" / "02_sigmoid.ipynb", [cell])
    with Marker(3, Limits()) as marker:
        marked = [marker.mark(s, ["02_sigmoid"]) for s in find(tmp_path, ["02_sigmoid"])]
    told = [next(m for m in s.marks if m.task == "sigmoid") for s in marked]
    assert [mark.status for mark in told] == ["correct", "correct", "correct", "wrong", "wrong"]
    assert told[0] == told[2] and told[3] == told[4]
    assert judged.count("sigmoid") == 3


@pytest.fixture
def busy():
    """Five processes that keep the first processor from everyone else."""
    (first, *_) = sorted(os.sched_getaffinity(0))
    code = f"import os; os.sched_setaffinity(0, {{{first}}})\nwhile True: pass"
    command = [sys.executable, "-c", code]
    processes = [subprocess.Popen(command, start_new_session=True) for _ in range(5)]
    yield
    for process in processes:
        process.kill()
        process.wait()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells who waits for a processor")
def test_a_busy_machine_makes_nobody_late(tmp_path, busy):
    work = "import time\nend = time.process_time() + 0.4\nwhile time.process_time() < end: pass"
    for name, cell in {
        "works": work,
        "sleeps": "import time; time.sleep(100)",
        "works for ever": "while True: pass",
    }.items():
        cells = [cell, "ten_layers = 0.25**10"]
        write_notebook(tmp_path / name / "02_sigmoid.ipynb", cells)
    found, seconds = {}, {}
    with Marker(3, Limits(seconds=1, notebook_seconds=6)) as marker:
        for student in find(tmp_path, ["02_sigmoid"]):
            start = time.monotonic()
            found[student.name] = marker.mark(student, ["02_sigmoid"])
            seconds[student.name] = time.monotonic() - start
    for name, marked in found.items():
        (ten,) = (m for m in marked.marks if m.task == "ten_layers")
        assert ten.status == "correct", name
    assert found["works"].problems == []
    assert "does not end" in found["sleeps"].problems[0]
    assert "does not end" in found["works for ever"].problems[0]
    assert seconds["works"] > 1
    assert seconds["works for ever"] < 30


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells who waits for a processor")
@pytest.mark.parametrize(
    "begins_another",
    [
        "os.fork() or spin()",
        "os.fork() or (os.fork() and os._exit(0)) or spin()",
        "threading.Thread(target=spin).start()",
    ],
)
def test_who_keeps_itself_waiting_gets_no_more_time(tmp_path, monkeypatch, begins_another):
    spin = "import os, threading\ndef spin():\n    while True: pass\n"
    spin += f"for k in range(9):\n    {begins_another}\nspin()"
    write_notebook(tmp_path / "ann" / "02_sigmoid.ipynb", [spin, "ten_layers = 0.25**10"])
    told, waited = [], Marker.waited
    monkeypatch.setattr(Marker, "waited", lambda self: told.append(waited(self)) or told[-1])
    with Marker(3, Limits(seconds=1, notebook_seconds=6)) as marker:
        (student,) = find(tmp_path, ["02_sigmoid"])
        marked = marker.mark(student, ["02_sigmoid"])
    assert {m.task for m in marked.marks if m.points} == {"ten_layers"}
    assert set(told) == {0.0}


@pytest.mark.parametrize(
    "needs, module",
    [
        ("import matplotlib", "matplotlib.pyplot"),
        ("from sympy import lambdify", "numpy.f2py"),
        ("np.random", "numpy.random"),
    ],
)
def test_what_few_need_is_loaded_for_who_needs_it_and_those_after(tmp_path, needs, module):
    is_there = f"{module[::-1]!r}[::-1] in sys.modules"
    asks = f"import sys\nten_layers = 0.25**10 if {is_there} else 0"
    notebooks = {"1 before": [asks], "2 needs it": [f"# {needs}", asks], "3 after": [asks]}
    for student, cells in notebooks.items():
        write_notebook(tmp_path / "class" / student / "02_sigmoid.ipynb", cells)
    grade(tmp_path / "class", "--to", tmp_path / "out", "--exercises", "02", "--jobs", "1")
    found = [statuses(student)["ten_layers"] for student in results(tmp_path / "out").values()]
    assert found == ["wrong", "correct", "correct"]


REHEARSED = """
import json, sys
from course_utils.grading import cells, worker

shell, said, run, answers = worker._warm_up(), [], cells._run, cells._answers
known = set(shell.user_ns)
cells._run = lambda *all: said.append(run(*all)) or said[-1]
cells._answers = lambda *all: said.append(answers(*all)) or said[-1]
worker._rehearse(shell)
json.dump([said, sorted(known ^ set(shell.user_ns)), shell.execution_count], sys.stdout)
"""


def test_a_worker_rehearses_all_kinds_of_answers_and_forgets_them():
    command = [sys.executable, "-c", REHEARSED]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    said, left, count = json.loads(output.splitlines()[-1])
    turn = said[: len(said) // worker.REHEARSALS]
    assert said == turn * worker.REHEARSALS
    *ran, half, formula, table, word, nothing = turn
    assert ran == [[]] * (1 + worker.REHEARSAL.count("\n\n")), "a cell failed"
    assert half[0] == ["function", "half"]
    assert {reply[0] for reply in half[1:]} == {"returned"}
    assert [answer[0][2][0] for answer in (formula, table, word)] == ["formula", "dict", "text"]
    assert nothing == [["missing", "nothing"]]
    assert (left, count) == ([], 1)


def test_what_a_worker_rehearses_answers_no_task():
    names = {}
    source = re.sub(r"^(from course_utils.check|check).*", "", worker.REHEARSAL, flags=re.M)
    exec(source, names)
    for exercise in EXERCISES:
        for task in tasks_of(exercise):
            for name in ("half", "formula", "table", "word"):
                found = outcome(task, names[name], np.random.default_rng(1))
                assert found.status != "correct", (task.name, name)


def test_the_inputs_are_new_in_every_run():
    asked = {
        seed: [Marker(seed, Limits()).question(task).text for task in tasks_of("02")]
        for seed in (1, 2)
    }
    again = [Marker(1, Limits()).question(task).text for task in tasks_of("02")]
    assert asked[1] == again
    for task, one, other in zip(tasks_of("02"), asked[1], asked[2], strict=True):
        assert (one != other) == task.takes_function


def test_the_same_seed_gives_the_same_to_who_leaves_it_to_chance(tmp_path):
    chance = [
        "import random\nimport numpy as np\n"
        "import sympy\n"
        "ten_layers = random.random(), np.random.rand(), np.random.default_rng().random()\n"
        "ten_layers += (sympy.randprime(1, 10**9),)\n"
        "raise ValueError(ten_layers)",
        "raise ValueError(object())",
        "def sigmoid(z): raise ValueError(' '.join({'one', 'two', 'three', 'four', 'five'}))",
        "def stable_sigmoid(z): raise ValueError(object())",
    ]
    write_notebook(tmp_path / "class" / "chance" / "02_sigmoid.ipynb", chance)
    reports = []
    for place in (tmp_path / "one", tmp_path / "two"):
        grade(tmp_path / "class", "--to", place, "--exercises", "02", "--seed", "1")
        reports.append((place / "grades.json").read_text(encoding="utf-8"))
    assert reports[0] == reports[1]
    assert "<object object at 0x...>" in reports[0]


@pytest.mark.skipif(
    os.name != "posix" or os.getuid() != 0 or not shutil.which("setpriv"),
    reason="takes a right away from root",
)
def test_root_who_may_not_become_another_user_gives_feedback(tmp_path):
    command = ["setpriv", "--bounding-set", "-setuid", "--inh-caps", "-setuid", sys.executable]
    command += ["-m", "course_utils.cli", "grade", str(ROOT / "solutions" / "02_sigmoid.ipynb")]
    subprocess.run([*command, "--to", str(tmp_path), "--exercises", "02"], check=True)
    (student,) = results(tmp_path).values()
    assert set(statuses(student).values()) == {"correct"}
    page = (tmp_path / "summary.md").read_text(encoding="utf-8")
    assert "Feedback, not a mark" in page
    assert "did not offer: limits" in page


def test_who_is_asked_what_a_failed_cell_defines_parses_nothing_long():
    names = _bound("import a.b, c as d\ndef e(): f = 1\nclass g: pass\n(h, [i]), j.k = l")
    assert names == {"a", "d", "e", "f", "g", "h", "i"}
    assert "sigmoid" in _bound("def sigmoid(z) retrun")
    assert _bound("a;" * 20_000) == "a;" * 20_000
    with warnings.catch_warnings(record=True) as said:  # a student's, not the teacher's
        assert _bound("x = 1if 2else 3\ny = '\\s'") == {"x", "y"}
    assert not said


def test_a_sigmoid_that_is_clipped_is_wrong_and_its_other_forms_are_right():
    (sigmoid,) = (task for task in tasks_of("02") if task.name == "sigmoid")

    def status(function):
        return outcome(sigmoid, function, np.random.default_rng(1)).status

    assert status(lambda z: 1 / (1 + np.exp(-np.clip(z, -10, 10)))) == "wrong"
    assert status(lambda z: 0.5 * (1 + np.tanh(z / 2))) == "correct"
    assert status(lambda z: 1 / (1 + np.exp(-np.clip(z, -500, 500)))) == "correct"


def test_an_answer_of_no_use_is_called_by_its_type(capsys):
    check("sigmoid", {1, 2})
    assert "this is a set." in capsys.readouterr().out


def test_figures_are_closed_after_a_cell_that_fails_too(tmp_path):
    draws = "import matplotlib.pyplot as plt\nplt.plot([1])\nraise ValueError"
    looks = "ten_layers = 0.25**10 if plt.get_fignums() == [] else 0"
    write_notebook(tmp_path / "ann" / "02_sigmoid.ipynb", [draws, looks])
    grade(tmp_path / "ann", "--to", tmp_path / "out", "--exercises", "02")
    assert statuses(results(tmp_path / "out")["ann"])["ten_layers"] == "correct"


def test_what_a_task_without_an_answer_is_told(tmp_path):
    cells = [
        "def sigmoid(z): return z\nwhile True: pass",
        "from nowhere import stable_sigmoid",
        "import numpy as np, sympy as sp",
        "derivation = 'ABC'\nderivation = (",
        "slope_from_output = None\nslope_from_output = np.exp(sp.Symbol('a'))",
    ]
    write_notebook(tmp_path / "ann" / "02_sigmoid.ipynb", cells)
    grade(tmp_path / "ann", "--to", tmp_path / "out", "--exercises", "02", "--time-limit", "1")
    told = {t["task"]: t["message"] for t in results(tmp_path / "out")["ann"]["tasks"]}
    assert told["sigmoid"] == "✗ sigmoid: Cell 1 does not end."
    assert "stable_sigmoid: Cell 2 stops with ModuleNotFoundError" in told["stable_sigmoid"]
    assert "There is nothing called ten_layers" in told["ten_layers"]
    assert "Cell 4 stops with SyntaxError: incomplete input (line 2)." in told["derivation"]
    assert "Cell 5 stops with TypeError" in told["slope_from_output"]
    assert "A SymPy expression met a NumPy function" in told["slope_from_output"]


def test_a_run_that_is_cut_off_is_resumed(tmp_path):
    for number in range(12):
        place = tmp_path / "class" / f"student {number:02}" / "02_sigmoid.ipynb"
        write_notebook(place, ["import time", "time.sleep(0.3)", f"ten_layers = 0.25**{number}"])
    command = [sys.executable, "-m", "course_utils.cli", "grade", str(tmp_path / "class")]
    command += ["--to", str(tmp_path / "out"), "--exercises", "02", "--jobs", "1"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    journal = tmp_path / "out" / ".journal.jsonl"
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if journal.exists() and journal.read_bytes().count(b'"key"') >= 3:
            break
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    before = journal.read_bytes().count(b'"key"')
    assert 3 <= before < 12
    with journal.open("ab") as file:
        file.write(b'{"key": "half a li')
    again = subprocess.run(command, capture_output=True, text=True, check=True)
    assert again.stdout.startswith("12 ")
    found = results(tmp_path / "out")
    assert [s["points"] > 0 for s in found.values()] == [n == 10 for n in range(12)]
    assert not journal.exists()


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="nothing stops a process here")
def test_a_run_that_was_stopped_for_a_while_marks_as_if_it_had_not(tmp_path):
    cells = ["import time", "time.sleep(0.4)", "ten_layers = 0.25**10", "time.sleep(0.4)"]
    for number in range(6):
        write_notebook(tmp_path / "class" / f"student {number}" / "02_sigmoid.ipynb", cells)
    command = [sys.executable, "-m", "course_utils.cli", "grade", str(tmp_path / "class")]
    command += ["--to", str(tmp_path / "out"), "--exercises", "02", "--jobs", "2"]
    process = subprocess.Popen([*command, "--time-limit", "1"], start_new_session=True)
    journal, end = tmp_path / "out" / ".journal.jsonl", time.monotonic() + 60
    while not (journal.exists() and b'"key"' in journal.read_bytes()) and time.monotonic() < end:
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGSTOP)  # as by Ctrl+Z
    time.sleep(8)  # a notebook has 6
    os.killpg(process.pid, signal.SIGCONT)
    assert process.wait(60) == 0
    found = results(tmp_path / "out")
    assert len(found) == 6
    for student in found.values():
        assert statuses(student)["ten_layers"] == "correct", student["problems"]
        assert student["problems"] == []


def test_what_few_need_is_loaded_before_a_students_time_begins(tmp_path, monkeypatch):
    def starts(self):
        time.sleep(2.5 * self._has_more)
        start(self)

    start = Marker._start
    monkeypatch.setattr(Marker, "_start", starts)
    write_notebook(tmp_path / "ann" / "02_sigmoid.ipynb", ["# random", "ten_layers = 0.25**10"])
    (student,) = find(tmp_path, ["02_sigmoid"])
    with Marker(3, Limits(seconds=2, notebook_seconds=2)) as marker:
        marked = marker.mark(student, ["02_sigmoid"])
    assert {m.task for m in marked.marks if m.points} == {"ten_layers"}


def test_a_notebook_that_takes_who_forks_along_every_time_is_to_blame(tmp_path, monkeypatch):
    def ends(self, *ends):
        end(self, *ends)
        told.append("lost")
        return told[-1]

    told, end = [], Marker.end
    monkeypatch.setattr(Marker, "end", ends)
    cells = ["derivation = 1\nimport os\nos._exit(1)", "ten_layers = 0.25**10"]
    write_notebook(tmp_path / "ann" / "02_sigmoid.ipynb", cells)
    (student,) = find(tmp_path, ["02_sigmoid"])
    with Marker(3, Limits()) as marker:
        marked = marker.mark(student, ["02_sigmoid"])
    assert len(told) == MOST_LOST + 1
    found = {m.task: m.status for m in marked.marks}
    assert (found["derivation"], found["ten_layers"]) == ("memory", "correct")


def test_a_resumed_run_claims_no_more_than_held_for_everybody(tmp_path, monkeypatch):
    for name in "ab":
        write_notebook(tmp_path / "class" / name / "02_sigmoid.ipynb", ["ten_layers = 0.25**10"])
    students, counts = find(tmp_path / "class", ["02_sigmoid"]), []

    def grade_again():
        counts.clear()
        return run.grade(
            students, ["02_sigmoid"], tmp_path / "out", limits=Limits(), seed=1,
            on_done=lambda done, all: counts.append(done),
        )  # fmt: skip

    first, given, _ = grade_again()
    assert counts == [0, 1, 2]
    journal = tmp_path / "out" / run.JOURNAL
    entries = [json.loads(line) for line in journal.read_text().splitlines() if '"key"' in line]
    entries[0]["given"] = ["limits"]
    journal.write_text(json.dumps(entries[0]) + "\n")
    second, given_again, _ = grade_again()
    assert counts == [1, 2]
    assert second == first
    assert set(given_again) == {"limits"} & set(given)
    monkeypatch.setattr(run, "_version", lambda: "of other tasks")
    grade_again()
    assert counts == [0, 1, 2]


@pytest.mark.parametrize("changed", ["grading/cells.py", "tasks/02.py", "answers.py"])
def test_a_journal_is_of_no_use_once_something_that_judges_has_changed(
    tmp_path, monkeypatch, changed
):
    copy = tmp_path / "course_utils"
    shutil.copytree(ROOT / "course_utils", copy, ignore=shutil.ignore_patterns("__pycache__"))
    before = run._version()
    monkeypatch.setattr(run, "__file__", str(copy / "grading" / "run.py"))
    assert run._version() == before
    with (copy / changed).open("a") as file:
        file.write("# changed")
    assert run._version() != before


@pytest.mark.skipif(run.fcntl is None, reason="no locks here")
def test_nobody_else_writes_into_the_folder_until_the_reports_are_there(tmp_path):
    def report(*found):
        reported.append(found)
        place = str(ROOT / "solutions" / "02_sigmoid.ipynb")
        command = [sys.executable, "-m", "course_utils.cli", "grade", place, "--to", str(tmp_path)]
        other.append(subprocess.run(command, capture_output=True, text=True))

    reported, other = [], []
    found = run.grade([], ["02_sigmoid"], tmp_path, limits=Limits(), report=report)
    assert reported == [found]
    assert other[0].returncode == 2
    assert "another run is writing" in other[0].stderr
    assert not (tmp_path / run.JOURNAL).exists()


@pytest.mark.parametrize(
    ("submissions", "to", "words"),
    [
        ("class", "class", "a folder of their own"),
        ("class", "class/report", "a folder of their own"),
        ("out/feedback", "out", "holds reports"),
        ("nowhere", "out", "no file and no folder"),
        ("class/notes.txt", "out", "no exercise"),
        ("class", "class/notes.txt", "is a file"),
    ],
)
def test_unusable_places_are_refused(tmp_path, monkeypatch, capsys, submissions, to, words):
    monkeypatch.chdir(tmp_path)
    write_notebook(tmp_path / "class" / "amy" / "02_sigmoid.ipynb", ["1"])
    (tmp_path / "class" / "notes.txt").write_text("no notebook")
    (tmp_path / "out" / "feedback").mkdir(parents=True)
    with pytest.raises(SystemExit) as left:
        grade(submissions, "--to", to)
    assert left.value.code == 2
    assert words in capsys.readouterr().err


def test_answers_that_take_too_long_to_judge_take_no_more_than_twice_the_limit(
    tmp_path, monkeypatch
):
    from course_utils.grading import marker as module

    @contextlib.contextmanager
    def deadline(seconds):
        given.append(seconds)
        raise module._Late
        yield

    given = []
    monkeypatch.setattr(module, "_deadline", deadline)
    names = ["slope_from_output", "derivation", "ten_layers"]
    write_notebook(tmp_path / "ann" / "02_sigmoid.ipynb", [f"{name} = 1" for name in names])
    (student,) = find(tmp_path, ["02_sigmoid"])
    with module.Marker(3, module.Limits(seconds=8)) as marker:
        marked = marker.mark(student, ["02_sigmoid"])
    assert {m.task for m in marked.marks if m.status == "timeout"} == set(names)
    assert given == [8, 4, 2]


def test_an_answer_that_takes_too_long_to_judge_ends_for_good():
    """Also where something on the way takes every other error for a student's."""
    from course_utils.answers import Call, ask
    from course_utils.grading.marker import _deadline, _Late

    def endless():
        while True:
            pass

    with pytest.raises(_Late), _deadline(0.2):
        ask(endless, [Call()])


@pytest.mark.parametrize(
    ("answer", "status"), [("HANG", "timeout"), ("DIE", "crashed"), ("EAT", "error")]
)
def test_an_answer_that_stops_the_judging_costs_nobody_else_a_point(
    tmp_path, monkeypatch, answer, status
):
    """Whatever it does: here, what no deadline reaches, a signal, and all the memory there is."""
    from course_utils.grading import marker

    def judged(task, value, rng, **more):
        if value == "HANG":
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
            time.sleep(1000)
        elif value == "DIE":
            os.kill(os.getpid(), signal.SIGKILL)
        elif value == "EAT":
            return b" " * 2**40
        return judge_value(task, value, rng, **more)

    judge_value = marker.judge_value
    monkeypatch.setattr(marker, "judge_value", judged)
    honest = ["ten_layers = 0.25**10", "def sigmoid(z): return 1"]
    for name, cells in {
        "a": honest,
        "b": [*honest, f"derivation = {answer!r}"],
        "c": honest,
    }.items():
        write_notebook(tmp_path / "class" / name / "02_sigmoid.ipynb", cells)
    options = ("--exercises", "02", "--time-limit", "1", "--jobs", "2")
    assert grade(tmp_path / "class", "--to", tmp_path / "out", *options) == 0
    found = results(tmp_path / "out")
    for name in "abc":
        expected = dict.fromkeys(TASKS, "missing") | {"ten_layers": "correct", "sigmoid": "wrong"}
        expected |= {"derivation": status} if name == "b" else {}
        assert statuses(found[name]) == expected
    (told,) = (t["message"] for t in found["b"]["tasks"] if t["task"] == "derivation")
    assert "cannot be judged" in told or "could not be judged" in told


def test_a_student_whose_marking_always_ends_the_process_is_reported(tmp_path, monkeypatch, capsys):
    from course_utils.grading import marker

    def notebook(student, exercise):
        if student.name == "b":
            os.kill(os.getpid(), signal.SIGKILL)
        return read(student, exercise)

    read = marker.Student.notebook
    monkeypatch.setattr(marker.Student, "notebook", notebook)
    for name in "abc":
        write_notebook(tmp_path / "class" / name / "02_sigmoid.ipynb", ["ten_layers = 0.25**10"])
    options = ("--exercises", "02", "--jobs", "1")
    assert grade(tmp_path / "class", "--to", tmp_path / "out", *options) == 0
    assert "1 could not be marked: b\n" in capsys.readouterr().err
    found = results(tmp_path / "out")
    assert [found[name]["points"] for name in "abc"] == [
        TASKS["ten_layers"],
        0,
        TASKS["ten_layers"],
    ]
    assert set(statuses(found["b"]).values()) == {"error"}
    assert "could not be marked" in found["b"]["problems"][0]


@pytest.mark.parametrize("deaths", [run.ATTEMPTS - 1, 1000])
def test_a_process_that_ends_while_it_starts_is_replaced(tmp_path, monkeypatch, capfd, deaths):
    starts, serve = tmp_path / "starts", run._serve

    def dies_at_first(*arguments):
        with starts.open("a") as file:
            file.write("x")
        if starts.stat().st_size <= deaths:
            os.kill(os.getpid(), signal.SIGKILL)
        serve(*arguments)

    monkeypatch.setattr(run, "_serve", dies_at_first)
    write_notebook(tmp_path / "class" / "a" / "02_sigmoid.ipynb", ["ten_layers = 0.25**10"])
    ended = grade(tmp_path / "class", "--to", tmp_path / "out", "--exercises", "02")
    assert starts.stat().st_size == run.ATTEMPTS
    if deaths < run.ATTEMPTS:
        assert ended == 0
        assert results(tmp_path / "out")["a"]["points"] == TASKS["ten_layers"]
    else:
        assert ended == 1
        said = capfd.readouterr().err
        assert "could be started" in said and "Traceback" not in said
        assert (tmp_path / "out" / run.JOURNAL).exists()


def test_what_a_worker_said_before_it_ended_counts_whoever_was_faster(tmp_path, monkeypatch):
    """Else who forges an answer and ends would have one status or another, as it happens."""
    from course_utils.grading.marker import _Sitting

    def says_late(self, text):
        time.sleep(0.3 * text.startswith(b'["ask"'))
        say(self, text)

    say = _Sitting._say
    monkeypatch.setattr(_Sitting, "_say", says_late)
    source = (ATTACKS[0].parent / "forged_formula.py").read_text(encoding="utf-8")
    write_notebook(tmp_path / "ann" / "02_sigmoid.ipynb", source.split("# %%\n")[1:])
    (student,) = find(tmp_path, ["02_sigmoid"])
    with Marker(3, Limits()) as marker:
        marked = marker.mark(student, ["02_sigmoid"])
    assert {m.task: m.status for m in marked.marks} == expected_of(source)
