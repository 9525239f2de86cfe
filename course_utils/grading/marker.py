"""Our side of the marking: ask a worker, judge with the course's tasks, survive everything.

`Marker` owns one process that runs notebooks (`worker`) and marks one student after the
other. Its random inputs come from a seed that no worker ever sees; what it compares with is
computed here, from its own copies of the inputs.

Stops: hard-coded answers (the random inputs are fresh for every run); cells and calls that
never end (deadlines for each cell, task and student; then the worker is killed and forked
again without the cell that hung); a busy machine that makes honest notebooks late (the time
in which a worker waits for a processor is added to its deadlines; a student during whose
marking we were stopped, as by Ctrl+Z, is marked anew); a worker that dies, or
says what is no answer (it is forked again too), and a student who pays for one that was killed
from outside (what it was asked is asked anew); one task costing another its points (each is
answered and judged by itself).
"""

from __future__ import annotations

import ast
import contextlib
import hashlib
import os
import re
import signal
import socket
import sys
import threading
import time
import warnings
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from course_utils.answers import Call, Raised, Returned
from course_utils.check import judge_value, sentence
from course_utils.grading import sandbox, wire
from course_utils.grading.submissions import Notebook, Student
from course_utils.grading.warm import Warm
from course_utils.tasks import tasks_of
from course_utils.tasks.kinds import Outcome, Task
from course_utils.tasks.slips import meaning_of

__all__ = ["UNMARKED", "Limits", "Mark", "Marked", "Marker", "unmarked"]

UNMARKED = "It could not be marked: the process that marks ended."
MOST_DEATHS = 1_000
MOST_LOST = 3
"""After how many ends of the process that forks it is the notebook that takes the memory."""
MOST_STOPS = 5
MOST_PROBLEMS = 20
MOST_KNOWN = 500
LONGEST_PARSED = 20_000
MOST_AGAIN = 3


@dataclass(frozen=True)
class Limits:
    """What a student's code may use: seconds a cell or task, seconds a notebook, MiB."""

    seconds: float = 10.0
    notebook_seconds: float = 60.0
    megabytes: int = 1024


@dataclass(frozen=True, slots=True)
class Mark:
    """What came of one task."""

    notebook: str
    task: str
    points: int
    max_points: int
    status: str
    message: str
    mistake: str = ""


@dataclass
class Marked:
    """A student's result."""

    student: str
    marks: list[Mark] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def as_record(self) -> dict:
        """Return it as plain data, for JSON."""
        return asdict(self)

    @classmethod
    def from_record(cls, record: dict) -> Marked:
        """Return what `as_record` made a record of; what is said to many is kept once."""
        marks = [Mark(**{k: _once(v) for k, v in mark.items()}) for mark in record["marks"]]
        return cls(record["student"], marks, [_once(text) for text in record["problems"]])


def _once(value: Any) -> Any:
    return sys.intern(value) if type(value) is str else value


_NOTHING: Mapping[str, str] = MappingProxyType({})


class Marker:
    """Marks students with the help of one process that runs notebooks; a context manager.

    Parameters
    ----------
    seed : int
        Of the random inputs.
    limits : Limits
        What a student's code may use.
    number : int
        Which of the markers that work at the same time this is, from 0.
    on_judging : callable
        Told which answer is judged now, "" for none.
    warm : Warm, optional
        Who forks that process; one of its own if none is given.
    """

    def __init__(
        self,
        seed: int,
        limits: Limits,
        number: int = 0,
        on_judging: Callable[[str], None] = lambda answer: None,
        warm: Warm | None = None,
    ) -> None:
        self.on_judging = on_judging
        self.seed = seed
        self.limits = limits
        self.number = number
        self.given: tuple[str, ...] = ()
        self._warm = warm
        self._own_warm = contextlib.ExitStack()
        self._folder: Path | None = None
        self._held = -1
        self._control: socket.socket | None = None
        self._process = 0
        self._has_more = False
        self._times_stopped = 0
        self._ending: tuple[socket.socket, ...] = ()  # of the worker that is being ended
        self._questions: dict[str, _Question] = {}

    def __enter__(self) -> Marker:
        try:
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        self._stop()
        self._own_warm.close()

    # ------------------------------------------------------------ who runs the notebooks

    def _start(self) -> None:
        self._folder, self._held = sandbox.make_folder()
        self._folder.chmod(0o711)
        for attempt in (1, 2):
            try:
                if self._warm is None:
                    self._warm = self._own_warm.enter_context(Warm())
                self._control = self._warm.fork(
                    self._folder, self.limits.megabytes, self.number, self._has_more
                )
                self._answers = wire.Reader(self._control)
                self._process, given = self._answers.read(120)
                self.given = tuple(given)
                break
            except (OSError, wire.Broken):
                if attempt == 2:
                    raise
                self._warm = None  # the warm process is gone: have one of our own

    def _stop(self) -> None:
        if self._control is not None:
            try:
                self._control.shutdown(socket.SHUT_WR)  # it sees it, tidies up and ends
                while True:
                    self._answers.read(10)
            except TimeoutError:
                with contextlib.suppress(OSError):
                    os.kill(self._process, signal.SIGKILL)
            except (OSError, wire.Broken):
                pass  # it has ended
            self._control.close()
        self._hang_up()
        if self._folder is not None:
            sandbox.remove_tree(self._folder)
            if self._held >= 0:
                os.close(self._held)
        self._control = self._folder = None

    def prepare(self, notebook: Notebook) -> None:
        """Have what few need loaded, if a notebook does; for this one and those after it."""
        self.wait_for_end()
        if not self._has_more and any(map(_NEEDS_MORE, notebook.cells)):
            self._has_more = True
            self._stop()
            self._start()

    def fork(self) -> tuple[socket.socket, socket.socket]:
        """Fork a worker; return its channel and its bell."""
        self.wait_for_end()
        (channel, theirs), (bell, rope) = socket.socketpair(), socket.socketpair()
        for attempt in (1, 2):
            try:
                socket.send_fds(self._control, [b"F"], [theirs.fileno(), rope.fileno()])
                break
            except OSError:  # the process that forks is gone: begin anew
                if attempt == 2:
                    raise
                self._stop()
                self._start()
        theirs.close()
        rope.close()
        return channel, bell

    def end(self, *ends: socket.socket) -> str:
        """Kill a worker, all that it left behind, and its files; close our ends of its sockets.

        Returns
        -------
        str
            "memory" if it was ended before for using too much, "lost" if the process that forked
            it is no more (the kernel takes it where memory is short), else "ended".
        """
        self.begin_to_end(*ends)
        return self.wait_for_end()

    def begin_to_end(self, *ends: socket.socket) -> None:
        """Do what `end` does, without waiting for it."""
        with contextlib.suppress(OSError):  # it is lost: `wait_for_end` says so
            self._control.sendall(b"K")
        self._ending = ends  # not closed yet: that would wake who is about to be killed

    def wait_for_end(self) -> str:
        """Wait until the last worker is gone, and return what `end` returns."""
        if not self._ending:
            return "ended"
        try:
            return str(self._answers.read(60))
        except (OSError, TimeoutError, wire.Broken):
            self._stop()
            self._start()
            return "lost"
        finally:
            self._hang_up()

    def _hang_up(self) -> None:
        for end in self._ending:
            end.close()
        self._ending = ()

    def waited(self) -> float:
        """Return how many seconds the present worker has waited for a processor, or 0.

        One that has started other processes or threads may have kept itself waiting: that is
        not counted.
        """
        process, others = str(self._process), []
        try:
            for _ in range(2 if "network" in self.given else 1):  # see `sandbox.isolate`
                process, *others = _children(process)
            if others or _children(process) or len(os.listdir(f"/proc/{process}/task")) > 1:
                return 0.0
            return int(Path(f"/proc/{process}/schedstat").read_text().split()[1]) / 1e9
        except (OSError, ValueError):
            return 0.0  # it is gone, or this system does not tell

    def question(self, task: Task) -> _Question:
        """Return what this run asks about a task: of every student the same."""
        if task.name not in self._questions:
            calls = task.calls(self.generator(task, "calls")) if task.takes_function else []
            arguments = [wire.encode(call.arguments) for call in calls]
            self._questions[task.name] = _Question(calls, wire.as_text([task.name, arguments]))
        return self._questions[task.name]

    def generator(self, task: Task, purpose: str) -> np.random.Generator:
        """Return random numbers of their own for a task and a purpose, from the secret seed."""
        text = f"{self.seed} {task.name} {purpose}".encode()
        return np.random.default_rng(int.from_bytes(hashlib.sha256(text).digest()))

    # --------------------------------------------------------------------- a student

    def mark(
        self, student: Student, exercises: Sequence[str], unfit: Mapping[str, str] = _NOTHING
    ) -> Marked:
        """Return the marks of a student; mark anew if we were stopped on the way (`go_on`).

        Parameters
        ----------
        student : Student
            Who handed in what.
        exercises : sequence of str
            What is marked: ``02_sigmoid``.
        unfit : mapping of str to str
            Answers that are not to be judged, ``02_sigmoid sigmoid``, and the status of each.
        """
        for _ in range(MOST_STOPS):
            before = self._times_stopped
            marked = self._marked(student, exercises, unfit)
            if self._times_stopped == before:
                break
        return marked

    def go_on(self, *_: object) -> None:
        """Note that we were stopped for a while, with all the deadlines; a signal's handler."""
        self._times_stopped += 1

    def _marked(
        self, student: Student, exercises: Sequence[str], unfit: Mapping[str, str]
    ) -> Marked:
        marked = Marked(student.name, problems=list(student.problems))
        for exercise in exercises:
            notebook = student.notebook(exercise)
            if notebook is not None and notebook.problem:
                marked.problems.append(notebook.problem)
                notebook = None
            if notebook is None:
                said = f"{exercise}.ipynb is not there, or cannot be read."
                marked.marks += [_mark(exercise, t, "missing", said) for t in _tasks(exercise)]
                continue
            self.prepare(notebook)  # and wait for who came before: none of this one's time
            sitting = _Sitting(self, notebook, unfit)
            marked.marks += sitting.marks()
            marked.problems += sitting.problems
        return marked


def _children(process: str) -> list[str]:
    return Path(f"/proc/{process}/task/{process}/children").read_text().split()


def _tasks(exercise: str) -> tuple[Task, ...]:
    return tasks_of(exercise[:2])


def unmarked(student: Student, exercises: Sequence[str]) -> Marked:
    """Return the result of a student whose marking ended the process that marks, every time."""
    marks = [_mark(e, task, "error", UNMARKED) for e in exercises for task in _tasks(e)]
    return Marked(student.name, marks, [*student.problems, UNMARKED])


def _mark(exercise: str, task: Task, status: str, message: str, mistake: str = "") -> Mark:
    points = task.points if status == "correct" else 0
    return Mark(exercise, task.name, points, task.points, status, message, mistake)


@dataclass
class _Question:
    """What is asked about a task, and what came of the answers so far, by a hash of them.

    The same answer to the same calls is judged only once: of a class, most are alike.
    """

    calls: list[Call]
    text: bytes
    _known: dict[bytes, Outcome | tuple[str, str]] = field(default_factory=dict)

    def judged(
        self, texts: list[bytes], judge: Callable[[], Outcome | tuple[str, str]]
    ) -> Outcome | tuple[str, str]:
        """Return the outcome of an answer, with the frames that it came in."""
        key = hashlib.sha256(b"".join(map(wire.framed, texts))).digest()
        if key not in self._known:
            outcome = judge()
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            self._known[key] = outcome
        return self._known[key]


class _Died(Exception):
    """The worker hangs, is gone, or does not say what a worker says."""

    def __init__(self, status: str, is_blameless: bool = False) -> None:
        self.status = status
        self.is_blameless = is_blameless  # what was asked when it happened is asked anew
        self.cell: int | None = None  # in which it happened


class _Sitting:
    """One notebook under examination: its worker, forked again past what killed it."""

    def __init__(self, marker: Marker, notebook: Notebook, unfit: Mapping[str, str]) -> None:
        self.marker = marker
        self.notebook = notebook
        self.unfit = unfit
        self.problems: list[str] = []
        self.fate: dict[int, tuple[str, str]] = {}  # of a cell that failed: status, what it says
        self.bound: dict[int, Container[str]] = {}  # the names that a failed cell defines
        self.killers: set[int] = set()
        self.crashed: set[int | str] = set()  # the cells and tasks whose process ended once
        self.deaths = 0
        self.heard = 0  # answers of the present worker
        self.lost = 0  # how often the process that forks was gone
        self.again: dict[str, tuple[int, int]] | None = None  # what `_defined_again` returns
        self.late = 0  # answers that took too long to judge
        self.waited = 0.0  # its seconds without a processor, as far as its deadlines know
        self.patience = marker.limits.notebook_seconds  # the most that they are moved by
        self.end = time.monotonic() + marker.limits.notebook_seconds
        self.channel: socket.socket | None = None
        self.bell: socket.socket | None = None
        self.reader: wire.Reader | None = None

    def marks(self) -> list[Mark]:
        """Return a mark for each task."""
        tasks = _tasks(self.notebook.exercise)
        marks = {task.name: self._unfit(task) for task in tasks}
        waiting = [task for task in tasks if marks[task.name] is None]
        try:
            while waiting:
                try:
                    self._open()
                    self._ask(waiting)
                    self.heard = 0
                    while waiting:
                        marks[waiting[0].name] = self._heard(waiting[0])
                        del waiting[0]
                        self.heard += 1
                except _Died as died:
                    self._close(died)
                    self.deaths += 1
                    if not died.is_blameless and self._is_twice(died, waiting[0].name):
                        task = waiting.pop(0)
                        marks[task.name] = self._mark(task, died.status, _DEATHS[died.status])
        finally:
            self._close()
        return [marks[task.name] for task in tasks]

    def _close(self, died: _Died | None = None) -> None:
        """End the worker; what it died of may be told better now, or not be its own doing."""
        if self.channel is None:
            return
        ends = self.channel, self.bell
        self.channel = None
        if died is None:
            self.marker.begin_to_end(*ends)
            return
        reason = self.marker.end(*ends)
        if died.status != "crashed" or reason == "ended":
            return
        if died.cell is not None:
            self._excuse(died.cell)
        self.lost += reason == "lost"
        if reason == "lost" and self.lost <= MOST_LOST:
            died.is_blameless = True
        else:
            died.status = "memory"
            if died.cell is not None:
                self.killers.add(died.cell)
                self._note(died.cell, "memory", f"Cell {died.cell + 1} uses too much memory.")

    def _excuse(self, cell: int) -> None:
        """Take back what was said of a cell, and run it again."""
        if cell in self.fate:
            said = f"{self.notebook.exercise}: {self.fate.pop(cell)[1]}"
            self.problems = [text for text in self.problems if text != said]
        self.killers.discard(cell)

    def _is_twice(self, died: _Died, where: int | str) -> bool:
        """Return whether it happened before, in this cell or task, if it may be another's doing.

        The kernel may have taken the process because memory was short.
        """
        if died.status != "crashed" or where in self.crashed:
            return True
        self.crashed.add(where)
        return False

    # ----------------------------------------------------------------- the worker

    def _seconds(self) -> float:
        left = self.end - time.monotonic()
        if left <= 0:
            raise _Died("timeout")
        return min(left, self.marker.limits.seconds)

    def _open(self) -> None:
        """Have a worker whose cells have run, all but those that kill it."""
        while self.channel is None:
            self._seconds()  # if the time is up, that is what is said
            if self.deaths > MOST_DEATHS:
                raise _Died("crashed")
            self.channel, self.bell = self.marker.fork()
            self.reader = wire.Reader(self.channel, self.bell)
            self.waited = 0.0
            try:
                self._run_cells()
            except _Died as died:
                self._close(died)
                self.deaths += 1
                if died.status == "timeout" and time.monotonic() >= self.end:
                    raise
                is_forgiven = died.is_blameless or died.cell is None
                if not is_forgiven and not self._is_twice(died, died.cell):
                    self._excuse(died.cell)

    def _run_cells(self) -> None:
        cells = [
            [k, source] for k, source in enumerate(self.notebook.cells) if k not in self.killers
        ]
        self._say(wire.as_text(["run", cells]))
        running = -1
        for event, number in [*(("begin", k) for k, _ in cells), ("ran", -1)]:
            try:
                message = self._message(self._text(time.monotonic() + self._seconds()))
                if message[:2] != [event, number] or len(message) != 3:
                    raise _Died("crashed")
                if message[2] != []:
                    self._failed(running, message[2])
                running = number
            except _Died as died:
                what = "does not end" if died.status == "timeout" else "ends the process"
                if running >= 0:
                    died.cell = running
                    self.killers.add(running)
                    self._note(running, died.status, f"Cell {running + 1} {what}.")
                raise

    def _failed(self, cell: int, error: Any) -> None:
        if type(error) is not list or [type(p) for p in error] != [str, str] or cell < 0:
            raise _Died("crashed")
        name, text = (wire.line(part[:300]) for part in error)
        status = "memory" if name == "MemoryError" else "error"
        said = f"{name}: {text}" if text else name
        self._note(cell, status, f"Cell {cell + 1} stops with {said}")

    def _note(self, cell: int, status: str, text: str) -> None:
        said = f"{self.notebook.exercise}: {text}"
        if said not in self.problems and len(self.problems) < MOST_PROBLEMS:
            self.problems.append(said)
        self.fate[cell] = status, text

    def _say(self, text: bytes) -> None:
        try:
            self.channel.settimeout(self._seconds())
            self.channel.sendall(wire.framed(text))
        except (BrokenPipeError, ConnectionResetError):
            pass  # it is gone; what it said before counts, whoever of us was faster
        except (OSError, wire.Broken):
            raise _Died("crashed") from None
        self.channel.settimeout(None)
        self.reader.expect()

    def _text(self, end: float) -> bytes:
        """Return the next frame; the time that a busy machine kept the worker from is added."""
        while True:
            try:
                return self.reader.text(end)
            except TimeoutError:
                more = self._kept_waiting()
                if more < 0.01:
                    raise _Died("timeout") from None
                end += more
                self.end += more
            except wire.Broken:
                raise _Died("crashed") from None

    def _kept_waiting(self) -> float:
        """Return how long the worker has waited for a processor since this was last asked."""
        before = self.waited
        self.waited = max(before, self.marker.waited())
        more = min(self.waited - before, self.patience)
        self.patience -= more
        return more

    def _message(self, text: bytes) -> list:
        try:
            message = wire.parsed(text)
        except wire.Broken:
            raise _Died("crashed") from None
        if type(message) is not list or not message:
            raise _Died("crashed")
        return message

    # ------------------------------------------------------------------- the tasks

    def _unfit(self, task: Task) -> Mark | None:
        status = self.unfit.get(f"{self.notebook.exercise} {task.name}")
        return self._mark(task, status, _UNFIT) if status else None

    def _ask(self, tasks: Sequence[Task]) -> None:
        questions = b",".join(self.marker.question(task).text for task in tasks)
        self._say(b'["ask",[' + questions + b"]]")

    def _heard(self, task: Task) -> Mark:
        """Hear the answer to a task, and return its mark."""
        try:
            return self._marked(task)
        except _Late:  # our own judging of a formula that takes too long to evaluate
            self.late += 1  # the next one has half the time: together, no more than twice of it
            return self._mark(task, "timeout", "Your answer takes too long to evaluate.")
        except _Died:
            raise
        except Exception as error:  # one answer that we cannot judge costs nobody else a point
            self.problems.append(f"{task.name}: it could not be judged ({type(error).__name__}).")
            return self._mark(task, "error", "Your answer could not be judged.")

    def _marked(self, task: Task) -> Mark:
        outcome = self._outcome(task)
        if isinstance(outcome, tuple):
            return self._mark(task, *outcome)
        if outcome.status == "not_attempted" and (failed := self._cell_failed(task)):
            return self._mark(task, *failed)
        more = self._told_of_again(task) if outcome.status == "wrong" else ""
        return self._mark(task, outcome.status, sentence(task, outcome) + more, outcome.mistake)

    def _mark(self, task: Task, status: str, message: str, mistake: str = "") -> Mark:
        return _mark(self.notebook.exercise, task, status, message, mistake)

    def _outcome(self, task: Task) -> Outcome | tuple[str, str]:
        question = self.marker.question(task)
        end = time.monotonic() + self._seconds()
        texts = [self._text(end)]
        kind, *parts = self._message(texts[0])
        if parts[:1] != [task.name]:
            raise _Died("crashed", is_blameless=self.heard > 0)  # an answer before said too much
        if kind == "missing":
            return self._missing(task)
        if kind == "unreadable":
            return "wrong", f"✗ {task.name}: not yet. Your answer cannot be read."
        if kind == "function":
            texts += [self._text(end) for _ in question.calls]
        elif kind != "value" or len(parts) != 2:
            raise _Died("crashed")
        return question.judged(texts, lambda: self._judge(task, texts))

    def _judge(self, task: Task, texts: list[bytes]) -> Outcome | tuple[str, str]:
        question, rng = self.marker.question(task), self.marker.generator(task, "judging")
        kind, _, *parts = self._message(texts[0])
        try:
            with self._judging(task):
                if kind == "value":
                    return judge_value(task, wire.decode(parts[0]), rng)
                if not question.calls:
                    return judge_value(task, None, rng, is_function=True)
                replies = [wire.decode_reply(self._message(text)) for text in texts[1:]]
                if any(map(_is_for_memory, replies)):
                    return "memory", _DEATHS["memory"]
                return task.judge(replies, question.calls, rng)
        except wire.Broken:
            raise _Died("crashed") from None

    @contextlib.contextmanager
    def _judging(self, task: Task) -> Iterator[None]:
        """Judge inside; also what no deadline ends, in C, is seen from outside (`run`)."""
        self.marker.on_judging(f"{self.notebook.exercise} {task.name}")
        try:
            with _deadline(self.marker.limits.seconds / 2**self.late):
                yield
        finally:
            self.marker.on_judging("")

    def _told_of_again(self, task: Task) -> str:
        """Say which functions that an answer uses are defined twice: `check` may know the first."""
        if self.again is None:
            cells = enumerate(self.notebook.cells)
            self.again = _defined_again({k: c for k, c in cells if k not in self.fate})
        if not self.again or not task.takes_function:
            return ""
        own = [c for c in self.notebook.cells if task.name in _DEFINED(c)][-1:]
        words = {word for source in own for word in re.findall(r"\w+", source)}
        return "".join(
            f"\nThe notebook defines {name} in cell {first + 1} and again in cell {last + 1}: "
            "the last one is marked."
            for name, (first, last) in self.again.items()
            if name in words
        )

    def _cell_failed(self, task: Task) -> tuple[str, str] | None:
        """Say so where an answer is not there because its cell failed."""
        for cell, (status, text) in self.fate.items():
            if cell not in self.bound:
                self.bound[cell] = _bound(self.notebook.cells[cell])
            if task.name in self.bound[cell]:
                slip = meaning_of(text)
                more = f" {slip.message}" if slip else ""
                return status, f"✗ {task.name}: {text.removesuffix('.')}.{more}"
        return None

    def _missing(self, task: Task) -> tuple[str, str]:
        """Say why a name is not there: its cell failed, or there is no such cell."""
        return self._cell_failed(task) or (
            "missing",
            f"There is nothing called {task.name} in the notebook: "
            "what is marked is what has this name at its end.",
        )


def _is_for_memory(reply: Returned | Raised) -> bool:
    return isinstance(reply, Raised) and reply.message.startswith("MemoryError")


class _Late(KeyboardInterrupt):
    """Our own judging takes too long. Nothing on the way may take it for an answer's error."""


@contextlib.contextmanager
def _deadline(seconds: float) -> Iterator[None]:
    """Raise `_Late` if what is inside takes longer; in the main thread, where it can."""
    if not hasattr(signal, "setitimer") or threading.current_thread() != threading.main_thread():
        yield
        return

    def stop(*_: object) -> None:
        raise _Late

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds, 0.5)  # again, if something swallows it
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


_NEEDS_MORE = re.compile(
    "matplotlib|pylab|figures|explore|graph_drawing|lambdify|to_numpy|random"
).search
_UNFIT = "Your answer cannot be judged: to work it out took too long or too much memory."
_DEATHS = {
    "timeout": "The time was up before an answer came: is there a loop without an end?",
    "crashed": "The process ended, or its answer was no answer.",
    "memory": "The memory was used up before an answer came.",
}


_DEFINED = re.compile(r"^def[ \t]+(\w+)", re.M).findall


def _defined_again(cells: Mapping[int, str]) -> dict[str, tuple[int, int]]:
    """Return a few functions that cells define in more than one way: the first cell and the last.

    A notebook with ten times the code that an exercise asks for is not looked into: a stranger
    wrote it, and no deadline ends this.
    """
    if sum(map(len, cells.values())) > LONGEST_PARSED:
        return {}
    places: dict[str, list[int]] = {}
    for number, source in cells.items():
        for name in dict.fromkeys(_DEFINED(source)):
            places.setdefault(name, []).append(number)
    several = {k for numbers in places.values() if len(numbers) > 1 for k in numbers}
    definitions = {k: _definitions(cells[k]) for k in several}
    again = {}
    for name, numbers in places.items():
        there = [k for k in numbers if name in definitions.get(k, ())]  # and not within a text
        if len({definitions[k][name] for k in there}) > 1:
            again[name] = there[0], there[-1]
    return dict(list(again.items())[:MOST_AGAIN])


def _definitions(source: str) -> dict[str, str]:
    """Return the code of a cell's functions by name, as texts that tell what differs."""
    try:
        with warnings.catch_warnings(action="ignore"):
            body = ast.parse(source).body
        return {node.name: ast.dump(node) for node in body if isinstance(node, ast.FunctionDef)}
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}


def _bound(source: str) -> Container[str]:
    """Return the names that a cell defines, as far as that can be seen; else all that it has."""
    if len(source) > LONGEST_PARSED:
        return source
    try:
        with warnings.catch_warnings(action="ignore"):
            tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return source
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.alias):
            names.add(node.asname or node.name.partition(".")[0])
    return names
