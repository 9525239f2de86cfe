"""The stranger's side: a warm process that forks for each notebook, runs cells and answers.

``python -m course_utils.grading.worker`` starts with NumPy, SymPy and IPython loaded, and
with nothing that is worth looking for: no tasks, no expected values, no other student. It
runs nobody's code. For each marker it forks a process that shuts itself in for good
(`sandbox`), shares what is loaded with the others, and forks for each notebook (from the
first on that draws, asks for `lambdify` or leaves something to chance, as no exercise does,
with what that needs). The child of that gives up the rest of its rights, runs the cells as
Jupyter would, and answers the marker's questions in plain data (`cells`, `wire`).

Stops, beside what `sandbox` and `wire` stop: one cell costing another (each is run, whatever
became of the ones before); a notebook that outlives its turn (`kill_all` ends all that it
left, `Home` forgets its files); a student who finds what another left (each is a fresh fork
of a process that ran nobody's code); a worker that fakes the marker's side (it holds one
socket, and whatever it says there is an answer, right or wrong); output and pictures without
end (they lead nowhere, nothing is drawn); ``check`` calls and installations that slow the
marking down (they do nothing); a machine on which no worker can work, as a class of zeros
(one is tried before the first student).
"""

from __future__ import annotations

import contextlib
import functools
import gc
import json
import linecache
import os
import random
import re
import select
import socket
import struct
import subprocess
import sys
import types
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from course_utils.grading import cells, sandbox, wire

__all__ = ["main"]

USERS = range(60_600, 61_180)
"""Numbers that no system gives to its users; workers take them when the grader runs as root.

Each process that forks workers takes another, also that of another run at the same time.
"""
HIDDEN = ("tasks", "grading", "check.py", "progress.py")


# ------------------------------------------------------------------------ the warm process


def main() -> None:
    """Load what exercises use; fork for each marker that comes on a socket, until all are gone.

    The arguments are the number of the socket and an empty folder.
    """
    control, folder = socket.socket(fileno=int(sys.argv[1])), Path(sys.argv[2])
    os.chdir(folder)
    shell = _warm_up()
    _rehearse(shell)
    _settle()
    has_more, folders = False, {}
    while True:
        text, descriptors, _, _ = socket.recv_fds(control, 4096, 1)
        if not text:
            break
        needs_more, *order = json.loads(text)
        if needs_more and not has_more:
            _load_more()
            has_more = True
        child = os.fork()
        if child == 0:
            control.close()
            try:
                _serve_marker(shell, has_more, socket.socket(fileno=descriptors[0]), *order)
            finally:
                os._exit(0)
        os.close(descriptors[0])
        folders[child] = order[0]
        _wait_for_forks(folders, os.WNOHANG)
    _wait_for_forks(folders)
    os.chdir("/")
    sandbox.remove_tree(folder)


def _settle() -> None:
    """Make what is loaded cheap to share with forks."""
    gc.collect()
    sandbox.use_large_pages(sandbox.own_maps())
    gc.collect()
    gc.freeze()


def _wait_for_forks(folders: dict[int, str], how: int = 0) -> None:
    """Take leave of those that have ended; wait for the others too, if nothing is said.

    The folder of one that was killed, as its marker was, nobody else would remove.
    """
    with contextlib.suppress(ChildProcessError):
        while child := os.waitpid(-1, how)[0]:
            with contextlib.suppress(OSError):
                os.rmdir(folders.pop(child, ""))


# ------------------------------------------------------------------------------ the zygote


def _serve_marker(
    shell: Any, has_more: bool, control: socket.socket, place: str, megabytes: int, job: int
) -> None:
    """Serve a marker on its socket until it is gone; `place` is an empty folder for us alone."""
    folder, number = Path(place), os.getpid()
    given = sandbox.isolate(folder)
    os.chdir(folder)
    watch = sandbox.Watch(folder, megabytes)
    maps = None if has_more else sandbox.own_maps()  # it takes memory: no more is shared then
    already = sandbox.address_space()
    package = Path(__file__).parent.parent
    places = sandbox.readable_places(package, HIDDEN)
    given |= sandbox.enter_root(folder, [*places, *sandbox.DEVICES])
    folder = sandbox.INSIDE if "disk" in given else folder
    rules = sandbox.Ruleset(places, [folder], [package])
    is_root = os.getuid() == 0
    user = USERS[number % len(USERS)] if is_root else None
    if is_root and not sandbox.can_become(user):
        user = None
    home = sandbox.Home(folder, user, "disk" in given)
    if rules.given:
        given.add("files")
    if user is not None or rules.given:
        given.add("user")
    if sys.platform != "linux" or (watch.sees and (user is not None or not is_root)):
        given.add("limits")  # root may start any number of processes
    streams = _be_as_a_worker(home.path)
    sandbox.stay_on_one_processor(job)
    sandbox.limit_forks()
    sandbox.forbid_capabilities()
    sandbox.give_up_privileges()
    if sandbox.refuse_calls():
        given.add("privileges")
    # What a fork gets takes the places of these two.
    sockets = [socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) for _ in range(2)]
    kept = [place.fileno() for place in sockets]
    steps = sandbox.steps_to_shut_in(home.path, streams, kept, megabytes, already, user, rules)
    become = functools.partial(_become_worker, sockets=sockets, steps=steps, shell=shell)
    _try_a_worker(home, become)
    wire.write(control, [number, sorted(given)])
    gc.collect()
    gc.freeze()
    sandbox.use_large_pages(maps)
    _take_turns(control, watch, home, become)


def _try_a_worker(home: sandbox.Home, become: Callable[[Sequence[int]], None]) -> None:
    """Raise an error if no worker can work here, before a student pays for it."""
    (channel, theirs), (bell, rope) = socket.socketpair(), socket.socketpair()
    with channel, theirs, bell, rope:
        home.make()
        if sandbox.fork() == 0:
            become([theirs.fileno(), rope.fileno()])
        wire.write(channel, ["run", []])
        wire.Reader(channel).read(60)
    home.clear()


def _take_turns(
    control: socket.socket,
    watch: sandbox.Watch,
    home: sandbox.Home,
    become: Callable[[Sequence[int]], None],
) -> None:
    """Fork a worker and end it whenever the marker says so, until it is gone.

    What is in the loop is little, and next to the system: see `sandbox.use_large_pages`.
    """
    replies = [wire.framed(wire.as_text(text)) for text in ("ended", "memory")]
    room = socket.CMSG_SPACE(_ENDS.size)
    running = too_much = False
    while True:
        if running and not select.select([control], [], [], watch.SECONDS)[0]:
            too_much = watch.look() or too_much
            continue
        word, more, _, _ = control.recvmsg(1, room)
        if not word:
            break
        if word == b"F":
            ends = _ENDS.unpack(more[0][2])  # if they are not there, end: the marker has another
            running, too_much = True, False
            home.make()
            if sandbox.fork() == 0:
                become(ends)
            for used in ends:
                os.close(used)
        else:
            home.clear()
            running = False
            control.sendall(replies[too_much])
    home.clear()


_ENDS = struct.Struct("2i")


def _warm_up() -> Any:
    """Import what exercises use, so that no fork pays for it; return an IPython."""
    import resource  # noqa: F401

    import sympy
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    from course_utils import symbolic  # noqa: F401

    x = sympy.Symbol("x")
    sympy.simplify(sympy.diff(sympy.exp(x) / (1 + sympy.exp(x)), x))
    silent = types.ModuleType("course_utils.check", "In a marking run these do nothing.")
    for name in ("check", "hint", "progress"):
        setattr(silent, name, lambda *arguments, **named: None)
    sys.modules["course_utils.check"] = silent
    import course_utils

    course_utils.check = silent
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    shell = InteractiveShell.instance(config=config)
    shell.db = {}  # instead of a folder
    shell.system = _system_of(shell)
    shell.ask_exit = lambda: None
    shell.enable_gui = lambda gui=None: None
    shell.showtraceback = shell.showsyntaxerror = lambda *arguments, **named: None
    shell.display_formatter.format = lambda *arguments, **named: ({}, {})  # nothing is drawn
    shell.extension_manager.load_extension("storemagic")
    for name in PASSED_OVER.split():
        shell.register_magic_function(lambda line: None, "line", name)
    shell.register_magic_function(_timed_once(shell), "line_cell", "timeit")
    shell.run_cell("%time pass", store_history=False)
    for callbacks in shell.events.callbacks.values():
        callbacks.clear()  # what is there later, a notebook put there: see `cells`
    shell.builtin_trap.__enter__()  # as in all cells, and in what `check` asks in one: for good
    return shell


REHEARSALS = 10
REHEARSAL = """\
import numpy as np
import sympy as sp
from course_utils.check import check, hint, progress
from course_utils.symbolic import a, alpha, z

def half(z, upstream=1.0):
    '''Return half of something.'''
    # where it is positive
    return upstream * np.where(z > 0, np.exp(-abs(z)), np.maximum(z, 0.5)) / 2

check("half", half)

formula = (1 - a) * (2 + a) + sp.exp(-z) / (2 + sp.exp(-z)) ** 2

table = {"z": None}
table["z"] = -7 * (1 / 3) ** 2

word = "HALF"
"""
"""Cells with something of each kind that tasks ask for, and the answer to none of them."""


def _rehearse(shell: Any) -> None:
    """Serve a small notebook of our own a few times, and forget it.

    Python rewrites the code of a function in its first calls, and fills its caches: each fork
    would do it again, in some 150 pages, which are copied as soon as they are written to.
    """
    names = set(shell.user_ns)
    inputs = 0.5, np.array([0.5, -1]), np.array([[2.0], [-3]]), np.array([1, 2]), np.float32([4, 5])
    questions = [["half", [wire.encode((z, 1.5)) for z in inputs]]]
    questions += [[name, []] for name in ("formula", "table", "word", "nothing")]
    for _ in range(REHEARSALS):
        ours, theirs = socket.socketpair()
        with ours, theirs:
            wire.write(ours, ["run", list(enumerate(REHEARSAL.split("\n\n")))], ["ask", questions])
            ours.shutdown(socket.SHUT_WR)
            cells.serve(shell, theirs)
        for name in shell.user_ns.keys() - names:
            del shell.user_ns[name]
    linecache.clearcache()


PASSED_OVER = (
    "autosave clear conda connect_info less mamba man matplotlib more pip qtconsole subshell uv"
)
"""The magics that do nothing: a kernel has them, and nobody looks, or they would install."""


def _load_more() -> None:
    """Load Matplotlib, random numbers, and what `sympy.lambdify` loads; half the memory again."""
    import numpy.random

    np.random.seed(0)  # noqa: NPY002
    numpy.random.bit_generator.randbits = random.getrandbits  # for generators without a seed
    with contextlib.suppress(Exception):  # then the notebook's own import says why
        _lambdify()
    try:
        import matplotlib

        matplotlib.use("module://matplotlib_inline.backend_inline")
        import matplotlib.pyplot
    except Exception:
        for name in [name for name in sys.modules if name.startswith("matplotlib.")]:
            del sys.modules[name]
        sys.modules.pop("matplotlib", None)
    _settle()


def _lambdify() -> None:
    import sympy

    without = "charset_normalizer"  # which NumPy takes along for its Fortran, where it is
    sys.modules.setdefault(without, None)
    try:
        x = sympy.Symbol("x")
        sympy.lambdify(x, sympy.exp(x), "numpy")
    finally:
        if sys.modules[without] is None:
            del sys.modules[without]


def _timed_once(shell: Any) -> Callable:
    """Return a ``%timeit`` that runs once where no number is given, not for seconds."""
    timeit = shell.find_line_magic("timeit")

    def timed_once(line: str, cell: str | None = None) -> Any:
        options = re.match(r"(\s*-[a-z]+\s*\d*)*", line)[0]
        more = "".join(f"-{name}1 " for name in "nr" if f"-{name}" not in options)
        return timeit(more + line, cell)

    return timed_once


def _system_of(shell: Any) -> Callable[[str], None]:
    """Return what runs a ``!`` line, without a terminal; what would install is passed over."""

    def system(command: str) -> None:
        command = shell.var_expand(command, depth=1)
        if not re.match(r"\s*(\S*python[\d.]*\s+-m\s+)?(pip3?|conda|mamba|uv)\s", command):
            shell.user_ns["_exit_code"] = subprocess.call(command, shell=True)

    return system


# ---------------------------------------------------------------------------- the worker


def _be_as_a_worker(own: Path) -> list[int]:
    """Do once what would be the same in each fork; return the descriptors of its streams."""
    sys.path[:] = ["", *(p for p in sys.path if p)]
    random.seed(0)  # who takes random numbers without a seed gets the same in every run
    sys.modules["sympy.core.random"].seed(0)
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nothing, number)
    os.close(nothing)
    sys.stdin, sys.stdout, sys.stderr = _streams()
    os.environ.clear()
    os.environ.update(
        HOME=str(own), TMPDIR=str(own), USER="student", LANG="C.UTF-8",
        PATH=os.pathsep.join((os.path.dirname(sys.executable), "/usr/bin", "/bin")),
        MPLBACKEND="agg", COURSE_SILENT="1", OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1",
        PIP_NO_INDEX="1", PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_NO_CACHE_DIR="1",
    )  # fmt: skip
    return [0, 1, 2, *(stream.fileno() for stream in (sys.stdin, sys.stdout, sys.stderr))]


def _become_worker(
    ends: Sequence[int], sockets: Sequence[socket.socket], steps: list[sandbox.Step], shell: Any
) -> None:
    """Shut this process in and serve one notebook; never return."""
    try:
        for end, place in zip(ends, sockets, strict=True):
            os.dup2(end, place.fileno(), inheritable=False)
        sandbox.take(steps)
        cells.serve(shell, *sockets)
    finally:
        os._exit(0)


def _streams() -> tuple:
    """Return text streams that lead nowhere."""
    return (
        open(os.devnull, encoding="utf-8"),
        open(os.devnull, "w", encoding="utf-8"),
        open(os.devnull, "w", encoding="utf-8"),
    )


if __name__ == "__main__":
    main()
