"""The sandbox itself: what a student's process can reach, and what is left when it is gone.

Each test lets a notebook write what it found into its answer, so that it would be seen. What
a machine does not offer (another system, no namespaces) is skipped; the reports say so too.
"""

import contextlib
import json
import os
import platform
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest

from course_utils.grading import cells, sandbox, wire
from course_utils.grading.marker import Limits, Marker
from course_utils.grading.submissions import Notebook, Student
from course_utils.grading.warm import Warm

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="the sandbox is Linux's"),
    pytest.mark.usefixtures("alone"),
]


@pytest.fixture(scope="module")
def marker():
    with Marker(1, Limits(20, 60, 300)) as found:
        if missing := set(sandbox.NEEDED) - set(found.given):
            pytest.skip(f"this machine does not offer: {', '.join(sorted(missing))}")
        yield found


def run(marker, *cells, during=lambda: None):
    """Return the value of `found` after some cells, as a student's process gives it."""
    channel, bell = marker.fork()
    reader = wire.Reader(channel)
    try:
        wire.write(channel, ["run", [[k, textwrap.dedent(c)] for k, c in enumerate(cells)]])
        while (event := reader.read(30))[0] != "ran":
            assert event[2] == [], event
        during()
        wire.write(channel, ["ask", [["found", []]]])
        kind, name, value = reader.read(30)
        assert (kind, name) == ("value", "found")
        return json.loads(wire.decode(value))
    finally:
        marker.end(channel, bell)


def alive(word):
    """Return the processes that have a word in their command line."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if word.encode() in (folder / "cmdline").read_bytes():
                found.append(int(folder.name))
        except OSError:
            pass
    return found


def wait_until(condition):
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.02)


# ------------------------------------------------------------------ what it can reach


def test_no_socket_in_a_folder_answers(marker):
    """A session bus, a Docker or tmux socket would run commands outside for the student."""
    place = Path(f"/tmp/course-test-{os.getpid()}.sock")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(place))
        try:
            place.chmod(0o777)
            server.listen()
            found = run(
                marker,
                f"""
                import json, os, socket
                found = [os.path.exists({str(place)!r})]
                for path in ({str(place)!r}, "/proc/self/root" + {str(place)!r}):
                    try:
                        socket.socket(socket.AF_UNIX).connect(path)
                        found.append("connected")
                    except OSError:
                        pass
                found = json.dumps(found)
                """,
            )
        finally:
            place.unlink()
    assert found == [False]


def test_it_has_no_capability_and_may_make_no_namespace(marker):
    found = run(
        marker,
        """
        import ctypes, json, os, struct
        libc = ctypes.CDLL(None)
        held = ctypes.create_string_buffer(24)
        libc.capget(struct.pack("<Ii", 0x20080522, 0), held)
        bounding = [n for n in range(64) if libc.prctl(23, n, 0, 0, 0) == 1]
        new = [libc.unshare(flag) for flag in (0x10000000, 0x400, 0x20000)]
        end = ctypes.c_int()
        libc.prctl(2, ctypes.byref(end), 0, 0, 0)  # the signal of its parent's death
        state = [libc.prctl(39, 0, 0, 0, 0), end.value, os.getsid(0) == os.getpid()]
        found = json.dumps([held.raw == bytes(24), bounding, new[::2], state])
        """,
    )
    assert found == [True, [], [-1, -1], [1, signal.SIGKILL, True]]


def test_a_mount_is_refused_before_the_kernel_reads_what_it_is_asked(marker):
    """Without the filter it would look at the addresses first, and find them bad."""
    source = """
        import ctypes, errno, json
        libc, found = ctypes.CDLL(None, use_errno=True), []
        bad = ctypes.c_void_p(1)
        for call in (lambda: libc.mount(bad, bad, bad, 0, None), lambda: libc.umount2(bad, 0)):
            call()
            found.append(errno.errorcode[ctypes.get_errno()])
        found = json.dumps(found)
        """
    assert run(marker, source) == ["EPERM", "EPERM"]


def test_a_worker_rings_when_all_is_said(monkeypatch):
    """Nobody waits until it is time to look for what has come."""
    select, waits = wire.select.select, []
    monkeypatch.setattr(wire.select, "select", lambda *on: waits.append(select(*on)) or waits[-1])
    monkeypatch.setattr(wire, "LULL", 1000)
    student = Student("s")
    cells = (f"ten_layers = {RIGHT}", "def sigmoid(z): return z")
    student.notebook = lambda exercise: Notebook(exercise, cells)
    with Marker(1, Limits(20, 60, 300)) as marker:
        marked = marker.mark(student, ["02_sigmoid"])
        assert all(ready for ready, _, _ in waits)
    assert {m.task for m in marked.marks if m.status == "correct"} == {"ten_layers"}


def test_no_program_that_it_starts_gets_its_sockets(marker):
    source = """
        import json, os, stat
        found = []
        for number in range(64):
            try:
                if stat.S_ISSOCK(os.fstat(number).st_mode):
                    found.append(os.get_inheritable(number))
            except OSError:
                pass
        found = json.dumps(found)
        """
    assert run(marker, source) == [False, False]


def test_it_sees_only_itself_and_python(marker):
    found = run(
        marker,
        """
        import json, os, course_utils
        there = ["/etc/passwd", "/proc/self", "/sys", "/run", "/home", "/var", "/boot", "/opt/x"]
        package = os.path.dirname(course_utils.__file__)
        there += [f"{package}/{name}" for name in ("tasks", "grading", "check.py")]
        there += [f"{os.path.dirname(package)}/{name}" for name in ("solutions", "tests", ".git")]
        alone = []
        for process in range(2, 100):
            try:
                os.kill(process, 0)
                alone.append(process)
            except ProcessLookupError:
                pass
            except PermissionError:
                alone.append(-process)
        found = json.dumps([[p for p in there if os.path.exists(p)], len(alone) == 1])
        """,
    )
    assert found == [[], True]


def test_python_and_the_course_can_be_imported(marker):
    """Also what nothing has imported before: a student's `import statistics` must work."""
    found = run(
        marker,
        """
        import json, sqlite3, statistics, decimal, xml.dom.minidom, wave, importlib
        import numpy.polynomial, sympy.plotting
        """,
        """
        import course_utils.network, course_utils.data, course_utils.graph
        import subprocess, sys
        said = subprocess.run([sys.executable, "-c", "import numpy; print(1)"], capture_output=True)
        found = json.dumps(said.stdout.decode())
        """,
    )
    assert found == "1\n"


def test_cells_run_as_in_jupyter(marker):
    """Magics, shell lines, await, display, widgets, figures: nothing of it costs a point."""
    source = (Path(__file__).parent / "attacks" / "as_in_jupyter.ipy").read_text(encoding="utf-8")
    cells = tuple(cell.strip() for cell in source.split("# %%")[1:])
    notebook = Student("s")
    notebook.notebook = lambda exercise: Notebook(exercise, cells)
    marked = marker.mark(notebook, ["02_sigmoid"])
    right = {mark.task for mark in marked.marks if mark.status == "correct"}
    assert right == {"sigmoid", "stable_sigmoid", "ten_layers"}, marked.marks
    assert marked.problems == []


def test_what_is_asked_has_the_builtins_of_a_cell(marker):
    """In a notebook, `check` asks within a cell: there a module finds `get_ipython` too."""
    cells = (
        "open('mine.py', 'w').write('def known(): return get_ipython().user_ns[\"z\"]')",
        "import numpy as np; from mine import known; z = 0",
        "def sigmoid(z): return known() + 1 / (1 + np.exp(-np.clip(z, -700, None)))",
    )
    student = Student("s")
    student.notebook = lambda exercise: Notebook(exercise, cells)
    marked = marker.mark(student, ["02_sigmoid"])
    assert {m.task for m in marked.marks if m.status == "correct"} == {"sigmoid"}, marked.marks


# ----------------------------------------------------------- what is left for the next


def test_nothing_of_one_student_reaches_the_next(marker):
    source = """
        import builtins, ctypes, json, os, socket, sys
        import numpy as np
        seen = [name for name in ("left", "leave") if name in globals() or name in sys.modules]
        seen += os.listdir(".") + os.listdir("/dev/shm")
        seen += [name for name in ("left", "pi") if getattr(np, name, 3.14) not in (3.14, np.pi)]
        seen += [name for name in os.environ if "LEFT" in name]
        libc = ctypes.CDLL(None)
        seen += ["shared"] if libc.shmget(4711, 4096, 0o1666) >= 0 else []
        abstract = socket.socket(socket.AF_UNIX)
        try:
            abstract.bind("\\0left")
        except OSError:
            seen.append("socket")
        abstract.listen()
        left = 1
        builtins.left = sys.modules["left"] = np.left = left
        os.environ["LEFT"] = "1"
        np.pi = 3
        json_dumps = json.dumps
        libc.shmget(4711, 4096, 0o1666 | 0o1000)
        for name in ("left", ".left", "/dev/shm/left"):
            open(name, "w").write("left")
        os.makedirs("a/b/c")
        os.chmod("a/b", 0)
        get_ipython().user_ns["left"] = 2
        if os.fork() == 0:
            os.setsid()
            os.execvp("sh", ["sh", "-c", "sleep 1000; : left-behind"])
        found = json.dumps(seen)
        """
    assert run(marker, source) == []
    assert alive("left-behind") == []
    assert run(marker, source) == []


def test_no_mount_is_left(marker):
    """A file system that stayed would hold its student's files in memory for ever."""

    def mounts():
        """The number of file systems of each process of a name space that is not ours."""
        others = [p for p in alive("course_utils.grading.worker") if ours != namespace(p)]
        return [Path(f"/proc/{p}/mounts").read_text().count("\n") for p in others]

    def namespace(process):
        return os.readlink(f"/proc/{process}/ns/mnt")

    ours = namespace("self")

    run(marker, "found = '1'")
    before = mounts()
    run(marker, "found = '1'")
    assert mounts() == before
    assert len(before) == 2  # the first process of the name space, and the one that waits for it


def test_the_folder_outside_stays_empty(marker):
    found = run(
        marker,
        """
        import json, os
        open("x", "w").write("x")
        found = json.dumps(os.getcwd())
        """,
    )
    assert found == "/student/home"  # and not the name of a folder that each run draws anew
    assert list(marker._folder.iterdir()) == []


def test_no_more_is_said_to_be_given_than_is(tmp_path, monkeypatch):
    sandbox.call_filter.cache_clear()
    monkeypatch.setattr(sandbox.platform, "machine", lambda: "riscv64")
    assert sandbox.refuse_calls() is False  # of a machine whose calls we do not know
    sandbox.call_filter.cache_clear()
    assert not sandbox.Watch(tmp_path, 100).sees  # outside a process namespace of its own


BOMB = """
import os, signal, subprocess, sys, time, json
for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
code = '''
import os
while True:
    try:
        os.fork()
        os.setsid()
    except OSError:
        pass
'''
for _ in range(3):
    subprocess.Popen([sys.executable, "-c", code, "left-behind"], start_new_session=True)
time.sleep(0.3)
found = json.dumps("forked")
"""


@pytest.mark.parametrize(
    ("source", "needs"),
    [
        ("_ + 1", True), ("x = __", True), ("___", True), ("_i2", True), ("_7", True),
        ("Out[1]", True), ("In", True), ("_oh", True), ("get_ipython()", True),
        ("%hist -n", True), ("save x 1", True), ("    %rerun", True),
        ("for _ in range(3): pass", False), ("[0 for __ in x]", False), ("x_ = _private", False),
        ("# _ and Out", False), ('"""In"""', False), ("Outer, Index = 1, 2", False),
        ("log = np.log", False), ("log(2)", False), ("history = 1", False), ("dL_da", False),
        ('print("#", _)', True), ("c = '#f00'; z = Out[2]", True), ('x = "a#b"; y = _', True),
        ('f"""{_}"""', True), ("s = '\"\"\"'; y = _; t = '\"\"\"'", True), ("'\\\\' # _", False),
        ('x = """\n_"""', True), ("'it' # isn't _", False), ("# 'a\ny = _ # 'b", True),
        ('def f():\n    r"""In \\""" is it"""\n    return 1', False), ("\\" * 4_999, False),
        ('"""' + "\\" * 4_979 + "_", True), ('"""' + "\\" * 4_978 + '_"""', False),
        ("\n" * 4_999, False), ("\n" * 60_000, True), ('_ = "' + '\\"' * 20_000, True),
    ],
)  # fmt: skip
def test_who_may_ask_for_what_ipython_keeps_is_known(source, needs):
    """The others run without IPython, in a tenth of the time."""
    assert cells._needs_history(source) is needs


RIGHT = "0.25**10"
AS_IN_A_KERNEL = {
    "Out": ["0.25", "answers = Out", "ten_layers = answers[1]**10"],
    "the length of Out": ["0.25", f"ten_layers = {RIGHT} if len(Out) == 1 else 0"],
    "the first of Out": ["0.25", "ten_layers = Out[min(Out)]**10"],
    "no answer before": [f"ten_layers = {RIGHT} if _ == __ == '' else 0"],
    "In in a loop": ["1", f"ten_layers = {RIGHT} if [s for s in In if s][0] == '1' else 0"],
    "the cell before": ["0.25", "ten_layers = float(_i)**10"],
    "a cell again": ["n = 0", "n = n + 0.125", "rerun 2", "ten_layers = n**10"],
    "a macro": ["n = 0", "n = n + 0.125", "macro again 2", "again", "ten_layers = n**10"],
    "an underscore in a loop": ["n = 0\nfor _ in range(2):\n    n += 0.125", "ten_layers = n**10"],
    "a number sign in a text": ["0.25**10", 'print("#", end=" "); ten_layers = _'],
    "what was not a name": ["_log = 1\nrecall = 2\nrep = 3", f"ten_layers = {RIGHT}"],
    "timeit": [
        "calls = []\ndef f(): calls.append(1)",
        "%timeit f()",
        "%%timeit -r1 calls.append(2)\nf()",
        "%timeit -n3 f()",
        f"ten_layers = {RIGHT} if len(calls) == 6 else calls",
    ],
    "autoreload": [
        "%load_ext autoreload\n%autoreload 2",
        "%%writefile mine.py\ndef quarter(): return 0",
        "from mine import quarter",
        "import time; time.sleep(1.1)",
        "%%writefile mine.py\ndef quarter(): return 0.25",
        "ten_layers = quarter()**10",
    ],
    "magics of a kernel": [f"%autosave 60\n%clear\n%man ls\nten_layers = {RIGHT}"],
    "a task that a later cell awaits": [
        "import asyncio\nasync def quarter():\n    await asyncio.sleep(0.01)\n    return 0.25",
        "task = asyncio.create_task(quarter())",
        "ten_layers = (await task)**10",
    ],
    "a loop that runs": [
        "import asyncio",
        "found = []\nasyncio.get_running_loop().call_soon(found.append, 0.25)",
        "ten_layers = found[0]**10",
    ],
    "no loop of one's own": [
        "import asyncio",
        "try:\n    asyncio.run(asyncio.sleep(0))\nexcept RuntimeError:\n    n = 0.25",
        "ten_layers = n**10",
    ],
    "magics beside a loop": [
        "import asyncio\n%matplotlib inline\nx = !echo 0.25",
        "y = await asyncio.sleep(0, float(x[0]))",
        "y",
        "ten_layers = _**10",
    ],
    "who one is": [f"import getpass; ten_layers = {RIGHT} if getpass.getuser() else 0"],
    "python": ["found = !python -c 'print(0.25)'", "ten_layers = float(found[0])**10"],
    "a local name in a shell line": [
        "def save(name):\n    !echo '0.25' > {name}; echo '{{}}'",
        "save('x.txt')\nten_layers = float(open('x.txt').read())**10",
    ],
    "a shell line's end": ["!exit 3", f"ten_layers = {RIGHT} if _exit_code == 3 else 0"],
}


@pytest.mark.parametrize("name", AS_IN_A_KERNEL)
def test_an_honest_notebook_runs_as_in_a_kernel(marker, name):
    student = Student("s")
    student.notebook = lambda exercise: Notebook(exercise, tuple(AS_IN_A_KERNEL[name]))
    marked = marker.mark(student, ["02_sigmoid"])
    assert {m.task for m in marked.marks if m.status == "correct"} == {"ten_layers"}, marked
    assert marked.problems == []


def test_a_cell_that_stops_the_loop_costs_no_other(marker):
    cells = ("import asyncio", "asyncio.get_running_loop().stop()", f"ten_layers = {RIGHT}")
    student = Student("s")
    student.notebook = lambda exercise: Notebook(exercise, cells)
    marked = marker.mark(student, ["02_sigmoid"])
    assert {m.task for m in marked.marks if m.status == "correct"} == {"ten_layers"}
    assert len(marked.problems) == 1


def test_many_cells_that_kill_leave_the_others_their_points(marker):
    cells = (*["import os; os._exit(0)"] * 7, f"ten_layers = {RIGHT}")
    student = Student("s")
    student.notebook = lambda exercise: Notebook(exercise, cells)
    marked = marker.mark(student, ["02_sigmoid"])
    assert {m.task for m in marked.marks if m.status == "correct"} == {"ten_layers"}


def test_when_the_time_is_up_that_is_what_is_said():
    student = Student("s")
    cells = (*["while True: pass"] * 20, f"ten_layers = {RIGHT}")
    student.notebook = lambda exercise: Notebook(exercise, cells)
    with Marker(1, Limits(0.2, 1, 300)) as marker:
        marked = marker.mark(student, ["02_sigmoid"])
    assert {m.status for m in marked.marks} == {"timeout"}


def test_what_others_do_with_files_is_out_of_reach(marker):
    """A lease makes every other process wait; watches and locks tell of them."""
    source = """
        import ctypes, fcntl, json
        open("x", "w").write("x")
        file, libc, done = open("x"), ctypes.CDLL(None, use_errno=True), []
        calls = {
            "lease": 1024, "watch of a folder": 1026, "lock": 6, "wait for a lock": 7, "owner": 8,
            "signal": 10, "owner's thread": 15, "look at locks": 36, "open lock": 37,
            "wait for an open lock": 38,
        }
        lock = bytes(64)
        for name, number in calls.items():
            try:
                fcntl.fcntl(file, number, lock if number in (6, 7, 15, 36, 37, 38) else 1)
                done.append(name)
            except PermissionError:
                pass
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            done.append("lock")
        except PermissionError:
            pass
        done += ["watch"] * (libc.inotify_init() >= 0) + ["watch 1"] * (libc.inotify_init1(0) >= 0)
        fcntl.fcntl(file, fcntl.F_SETFD, fcntl.fcntl(file, fcntl.F_GETFD))
        fcntl.fcntl(file, fcntl.F_SETFL, os.O_NONBLOCK)
        found = json.dumps(done)
        """
    assert run(marker, source.replace("fcntl, json", "fcntl, json, os")) == []


def test_no_flag_of_an_open_file_is_left_for_the_next(marker):
    """What all forks have open they would share, flags and all."""
    source = """
        import fcntl, json, os, sys
        numbers = sorted({0, 1, 2, *(s.fileno() for s in (sys.stdin, sys.stdout, sys.stderr))})
        found = json.dumps([[n, fcntl.fcntl(n, fcntl.F_GETFL)] for n in numbers])
        for n in numbers:
            fcntl.fcntl(n, fcntl.F_SETFL, os.O_NONBLOCK | os.O_APPEND)
        """
    assert run(marker, source) == run(marker, source)


def test_rules_of_ones_own_are_refused(marker):
    """They are memory of the kernel that no process owns."""
    source = """
        import ctypes, json
        libc = ctypes.CDLL(None, use_errno=True)
        rights = ctypes.create_string_buffer((1).to_bytes(8, "little"))
        made = libc.syscall(444, rights, ctypes.c_size_t(8), 0)
        found = json.dumps([made, ctypes.get_errno()])
        """
    assert run(marker, source) == [-1, 1]


def test_limits_and_weights_of_others_are_out_of_reach(marker):
    """Without root, the process that forks students belongs to the same user as they do."""
    source = """
        import contextlib, json, os, resource, signal, time
        other, done = os.fork(), []
        if other == 0:
            time.sleep(100)
        for name, action in {
            "limit": lambda: resource.prlimit(other, resource.RLIMIT_NOFILE, (0, 0)),
            "look": lambda: resource.prlimit(other, resource.RLIMIT_NOFILE),
            "weight": lambda: os.setpriority(os.PRIO_PROCESS, other, 19),
            "weight of all": lambda: os.setpriority(os.PRIO_USER, 0, 19),
        }.items():
            with contextlib.suppress(PermissionError):
                action()
                done.append(name)
        os.kill(other, signal.SIGKILL)
        resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32))  # its own it may lower
        found = json.dumps([done, resource.getrlimit(resource.RLIMIT_NOFILE)])
        """
    assert run(marker, source) == [[], [32, 32]]


def test_two_runs_at_once_have_other_users(marker):
    """Processes are counted by user: who has many must not take them from another run."""
    source = "import json, os; found = json.dumps(os.getuid())"
    with Marker(2, Limits(20, 60, 300)) as other:
        users = run(marker, source), run(other, source)
    assert os.getuid() or len({*users, 0}) == 3


def test_a_fork_bomb_ends_with_its_student(marker):
    before = marker._process
    assert run(marker, BOMB, during=lambda: wait_until(lambda: alive("left-behind"))) == "forked"
    assert alive("left-behind") == []
    assert marker._process == before  # who forks ended it, and did not wait until it was ended


def test_a_marker_that_is_killed_leaves_nothing(marker):
    """SIGKILL of our side in the middle of a fork bomb: all of it ends by itself."""
    script = f"""
import time
from course_utils.grading import wire
from course_utils.grading.marker import Limits, Marker
with Marker(1, Limits(20, 60, 300)) as marker:
    channel, bell = marker.fork()
    wire.write(channel, ["run", [[0, {BOMB!r}]]])
    time.sleep(1000)
"""
    before = set(alive("course_utils.grading.worker"))
    folders = set(Path("/tmp").glob("course-grade-*"))
    process = subprocess.Popen([sys.executable, "-c", script])
    wait_until(lambda: len(alive("left-behind")) > 3)
    process.send_signal(signal.SIGKILL)
    process.wait()
    wait_until(lambda: not alive("left-behind"))
    wait_until(lambda: set(alive("course_utils.grading.worker")) <= before)
    wait_until(lambda: set(Path("/tmp").glob("course-grade-*")) <= folders)


def test_a_marker_and_its_helper_that_are_killed_leave_no_folder():
    script = """
import time
from course_utils.grading.marker import Limits, Marker
with Marker(1, Limits(20, 60, 300)) as marker:
    print(marker._process, flush=True)
    time.sleep(1000)
"""
    folders = set(Path("/tmp").glob("course-grade-*"))
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
    os.kill(int(process.stdout.readline()), signal.SIGKILL)
    process.kill()
    process.communicate()
    wait_until(lambda: set(Path("/tmp").glob("course-grade-*")) <= folders)


def test_a_run_removes_what_no_living_process_holds(tmp_path, monkeypatch):
    """Where all processes of a run were killed at once, nobody was left to tidy up."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    ours, held = sandbox.make_folder()
    forgotten = tmp_path / f"{sandbox.PREFIX}forgotten"
    (forgotten / "a" / "b").mkdir(parents=True)
    (tmp_path / f"{sandbox.PREFIX}link").symlink_to(tmp_path / "others")
    (tmp_path / "others" / "work").mkdir(parents=True)
    (tmp_path / f"{sandbox.PREFIX}file").touch()
    with Warm() as warm:
        there = {path.name.removeprefix(sandbox.PREFIX) for path in tmp_path.iterdir()}
        mine = {path.name.removeprefix(sandbox.PREFIX) for path in (ours, warm._folder)}
        assert there == mine | {"link", "file", "others"}
        assert (tmp_path / "others" / "work").exists()
    os.close(held)
    Warm().close()
    assert not ours.exists()


def test_a_folder_that_cannot_be_held_is_an_error_and_not_made_again_and_again(
    tmp_path, monkeypatch
):
    def opened(*arguments):
        raise OSError(24, "too many open files")

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(os, "open", opened)
    with pytest.raises(OSError, match="too many"):
        sandbox.make_folder()


def test_who_leaves_much_behind_takes_no_time_from_the_next(monkeypatch):
    """What a student left is cleared away while the marker goes on; the next one's clock waits."""
    student = Student("s")
    student.notebook = lambda exercise: Notebook(exercise, ("ten_layers = 0.25**10",))
    wait_for_end = Marker.wait_for_end
    waits = []

    def slowly(marker):
        if marker._ending:
            time.sleep(2)
            waits.append(1)
        return wait_for_end(marker)

    monkeypatch.setattr(Marker, "wait_for_end", slowly)
    with Marker(1, Limits(1.5, 1.5, 300)) as marker:
        for _ in range(2):
            marked = marker.mark(student, ["02_sigmoid"])
            assert [m.status for m in marked.marks if m.task == "ten_layers"] == ["correct"]
    assert waits == [1]


def test_nothing_stays_open_when_a_student_is_done(marker):
    """A thousand students would be more than a process may have open."""
    student = Student("s")
    student.notebook = lambda exercise: Notebook(exercise, (f"ten_layers = {RIGHT}",))
    opened = []
    for _ in range(3):
        marker.mark(student, ["02_sigmoid"])
        marker.wait_for_end()
        opened.append(len(list(Path("/proc/self/fd").iterdir())))
    assert opened == opened[:1] * 3


def test_an_interrupt_of_its_own_is_an_error_and_ends_nothing(marker):
    student = Student("s")
    cells = ("def sigmoid(z): raise KeyboardInterrupt", f"ten_layers = {RIGHT}")
    student.notebook = lambda exercise: Notebook(exercise, cells)
    found = {m.task: m.status for m in marker.mark(student, ["02_sigmoid"]).marks}
    assert (found["sigmoid"], found["ten_layers"]) == ("error", "correct")


def test_who_cannot_take_what_it_is_sent_is_replaced():
    """As if it had no room for another open file: it would fork workers that nobody hears."""
    student = Student("s")
    student.notebook = lambda exercise: Notebook(exercise, (f"ten_layers = {RIGHT}",))
    with Marker(1, Limits(20, 60, 300)) as marker:
        before = marker._process
        marker._control.sendall(b"F")  # without the sockets
        marked = marker.mark(student, ["02_sigmoid"])
        assert marker._process != before
    assert {m.task for m in marked.marks if m.status == "correct"} == {"ten_layers"}
    assert marked.problems == []


@pytest.mark.parametrize("when", ["idle", "at work"])
def test_markers_survive_their_helpers(when):
    """The warm process and the one that runs notebooks are killed: others take their place."""
    student = Student("s")
    student.notebook = lambda exercise: Notebook(exercise, ("ten_layers = 0.25**10",))
    before = set(Path("/tmp").glob("course-grade-*"))
    with Warm() as warm, Marker(1, Limits(20, 60, 300), warm=warm) as marker:
        points = [sum(m.points for m in marker.mark(student, ["02_sigmoid"]).marks)]
        ends = marker.fork() if when == "at work" else ()
        os.kill(marker._process, signal.SIGKILL)
        if ends:
            marker.end(*ends)
        points.append(sum(m.points for m in marker.mark(student, ["02_sigmoid"]).marks))
        warm._process.kill()
        warm._process.wait()
        points.append(sum(m.points for m in marker.mark(student, ["02_sigmoid"]).marks))
        for _ in range(5):  # it takes a moment to be gone, and may still take an order
            os.kill(marker._process, signal.SIGKILL)
            marked = marker.mark(student, ["02_sigmoid"])
            points.append(sum(m.points for m in marked.marks))
            assert marked.problems == []
    assert points == [points[0]] * 8
    assert points[0] > 0
    wait_until(lambda: set(Path("/tmp").glob("course-grade-*")) <= before)


@pytest.mark.parametrize(
    "cell",
    [
        "time.sleep(0.6)\nten_layers = 0.25**10",
        "ten_layers = 0.25**10\ndef sigmoid(z): time.sleep(0.1)",
    ],
    ids=["in a cell", "in a call"],
)
@pytest.mark.parametrize("who", ["the process that forks", "the student's own"])
def test_who_is_killed_from_outside_is_asked_anew(who, cell):
    """As by a kernel that is short of memory: it was nothing that the student did."""
    student = Student("s")
    student.notebook = lambda exercise: Notebook(exercise, (f"import time\n{cell}",))
    with Marker(1, Limits(20, 60, 300)) as marker:
        marker.mark(Student("nobody"), ["02_sigmoid"])  # the tasks are loaded
        victim, killed = marker._process, []

        def kill():
            number = victim
            for _ in range(2 if who == "the student's own" else 0):  # it waits for another, too
                within = Path(f"/proc/{number}/task/{number}/children")
                (number,) = map(int, within.read_text().split())
            os.kill(number, signal.SIGKILL)
            killed.append(number)

        timer = threading.Timer(0.3, kill)
        timer.start()
        marked = marker.mark(student, ["02_sigmoid"])
        timer.join()
        assert killed and (marker._process == victim) == (who == "the student's own")
    found = {mark.task: mark.status for mark in marked.marks}
    assert found["ten_layers"] == "correct"
    assert found["sigmoid"] == ("not_attempted" if "sigmoid" in cell else "missing")
    assert marked.problems == []


def test_the_warm_process_inherits_no_secret(monkeypatch, tmp_path):
    """Neither the environment of the one who marks nor an open file: it forks the students'."""
    monkeypatch.setenv("COURSE_SECRET", "canary")
    (tmp_path / "secret").write_text("canary")
    with open(tmp_path / "secret") as file:
        os.set_inheritable(file.fileno(), True)
        warm = Warm()
    with warm, Marker(1, Limits(), warm=warm):
        place = Path(f"/proc/{warm._process.pid}")
        assert b"canary" not in (place / "environ").read_bytes()
        assert b"HOME=" in (place / "environ").read_bytes()
        opened = {os.readlink(link) for link in (place / "fd").iterdir()}
        assert not any(str(tmp_path) in target for target in opened)


def test_a_marker_that_cannot_start_leaves_nothing(monkeypatch):
    """As where the package that is installed is broken: an error, no folder, no process."""
    before = set(Path("/tmp").glob("course-grade-*"))
    monkeypatch.setattr("course_utils.grading.warm.sys.executable", "/bin/false")
    with pytest.raises((OSError, wire.Broken)), Marker(1, Limits()):
        pass
    assert set(Path("/tmp").glob("course-grade-*")) <= before


@pytest.mark.skipif(
    platform.machine() not in ("x86_64", "aarch64"), reason="this machine's calls are not known"
)
def test_memory_that_no_process_owns_is_refused(marker):
    source = """
        import json, mmap, os
        def refused(number, flags):
            try:
                mmap.mmap(number, 1 << 20, flags=flags)
            except OSError:
                return True
        zero = os.open("/dev/zero", os.O_RDWR)
        with open("file", "w+b") as file:
            file.truncate(1 << 20)
            found = json.dumps([
                refused(-1, mmap.MAP_SHARED | mmap.MAP_ANONYMOUS),
                refused(zero, mmap.MAP_SHARED),
                refused(-1, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS),
                refused(file.fileno(), mmap.MAP_SHARED),
                os.read(zero, 9) != bytes(9),
            ])
        """
    assert run(marker, source) == [True, True, None, None, False]


def test_memory_is_counted_for_all_processes_together(marker):
    source = """
        import json, mmap, os, time
        ready, done = os.pipe()
        for _ in range(6):
            if os.fork() == 0:
                try:
                    kind = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
                    held = mmap.mmap(-1, 100 << 20, flags=kind)
                    for place in range(0, len(held), 4096):
                        held[place] = 1
                    os.write(done, b"x")
                    time.sleep(1000)
                finally:
                    os._exit(0)
        count = 0
        while count < 6:
            count += len(os.read(ready, 6))
        time.sleep(5)
        found = json.dumps("had 600 MiB where 300 are allowed")
        """
    assert ending(marker, source) == "memory"
    assert ending(marker, "found = '1'") == "ended"  # the next one has nothing to do with it


def ending(marker, source):
    """Return how a student's process ended that ran one cell."""
    channel, bell = marker.fork()
    reader = wire.Reader(channel)
    wire.write(channel, ["run", [[0, textwrap.dedent(source)]]])
    with contextlib.suppress(wire.Broken):
        while reader.read(30)[0] != "ran":
            pass
    return marker.end(channel, bell)


# -------------------------------------------------------------------- the pieces alone


def large_pages(process):
    """Return how many MiB a process has in large pages."""
    rollup = Path(f"/proc/{process}/smaps_rollup").read_text()
    return next(int(s.split()[1]) // 1024 for s in rollup.splitlines() if "AnonHuge" in s)


def test_who_forks_keeps_its_large_pages():
    """It writes to few places between two forks: else each fork would copy a table of all."""
    sandbox.use_large_pages(sandbox.own_maps())
    if large_pages("self") < 32:
        pytest.skip("this machine has few large pages to give")
    with Marker(1, Limits(20, 60, 300)) as marker:
        within = Path(f"/proc/{marker._process}/task/{marker._process}/children")
        (process,) = within.read_text().split()
        for _ in range(10):
            run(marker, "found = '1'")
        assert large_pages(process) > 24  # of some 40


def test_who_has_no_namespace_ends_a_turn_too(tmp_path):
    """Without a file system and processes of one's own."""
    script = """
import os, sys, time
from pathlib import Path
from course_utils.grading import sandbox
sandbox._libc.prctl(sandbox._PR_SET_SUBREAPER, 1, 0, 0, 0)  # as `isolate` does
home = sandbox.Home(Path(sys.argv[1]), None, private=False)
for _ in range(2):
    home.make()
    child = sandbox.fork()
    if child == 0:
        (home.path / "left" / "behind").mkdir(parents=True)
        os.fork()
        time.sleep(1000)
    while not list(home.path.rglob("behind")):
        time.sleep(0.01)
    home.clear()
    assert sandbox._children() == []
    print(child, home.path.exists())
"""
    done = subprocess.run(
        [sys.executable, "-c", script, tmp_path], capture_output=True, text=True, timeout=60
    )
    assert done.stderr == "" and done.stdout.split()[1::2] == ["False", "False"]
    assert not any(Path(f"/proc/{child}").exists() for child in done.stdout.split()[::2])


def test_a_tree_too_deep_or_locked_is_removed(tmp_path):
    place = tmp_path / "tree"
    place.mkdir()
    here = os.getcwd()
    os.chdir(place)
    try:
        for _ in range(2_000):
            os.mkdir("d")
            os.chdir("d")
    finally:
        os.chdir(here)
    (place / "locked" / "inner").mkdir(parents=True)
    (place / "locked" / "inner" / "file\n").write_text("x")
    (place / "link").symlink_to(tmp_path)
    (place / "locked").chmod(0)
    (tmp_path / "other").write_text("stays")
    sandbox.remove_tree(place)
    assert [p.name for p in tmp_path.iterdir()] == ["other"]


@pytest.mark.parametrize("installed", [False, True])
def test_what_is_hidden_is_in_no_readable_place(tmp_path, monkeypatch, installed):
    """Whether the course lies in a checkout or among the installed packages."""
    root = tmp_path / "lib" / "site-packages" if installed else tmp_path
    package = root / "course_utils"
    for name in ("tasks/02.py", "grading/worker.py", "check.py", "data.py", "jupyter/x.py"):
        (package / name).parent.mkdir(parents=True, exist_ok=True)
        (package / name).write_text("")
    (root / "numpy").mkdir()
    if installed:
        monkeypatch.setattr(sys, "path", [*sys.path, str(root)])
    places = sandbox.readable_places(package, ("tasks", "grading", "check.py"))

    def readable(path):
        return any(place in (path, *path.parents) for place in places)

    assert not readable(package / "tasks" / "02.py")
    assert not readable(package / "grading" / "worker.py")
    assert not readable(package / "check.py")
    assert readable(package / "data.py")
    assert readable(package / "jupyter" / "x.py")
    assert readable(root / "numpy") == installed
