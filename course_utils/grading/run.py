"""A whole marking run: students to processes, a journal to resume from, reports at the end.

Each process owns one `Marker`. A result goes into the journal as soon as it is there; a run
that was interrupted reads the journal and marks only who is missing or has handed in
something else since. The journal also keeps the seed, so that a resumed run draws the same
random inputs.

Stops: a power cut (what is in the journal is not lost, but for the last half second, and a
half-written line is dropped); a marker that is killed (nothing at all is lost);
memory that grows with the class (a student is read, marked, written, forgotten); an answer
that hangs or kills the process that judges it (`_Seat` sees it, begins another process, and
that answer alone is not judged again); a second run into the same folder (`Taken`).
"""

from __future__ import annotations

import contextlib
import gc
import hashlib
import json
import math
import multiprocessing
import os
import secrets
import signal
import threading
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, TextIO

from course_utils.grading import sandbox
from course_utils.grading.marker import Limits, Marked, Marker, unmarked
from course_utils.grading.submissions import Student
from course_utils.grading.warm import Warm
from course_utils.tasks import tasks_of

try:
    import fcntl
except ModuleNotFoundError:  # Windows
    fcntl = None

__all__ = ["JOURNAL", "Taken", "grade"]

JOURNAL = ".journal.jsonl"
ATTEMPTS = 3
"""How often a process that marks may end while it starts."""
SAVE_EVERY = 0.5
"""After how many seconds the disk is told to keep what is in the journal."""


class Taken(Exception):
    """Another run is writing into the folder."""


def grade(
    students: list[Student],
    exercises: list[str],
    folder: Path,
    *,
    limits: Limits,
    jobs: int = 1,
    seed: int | None = None,
    on_done: Callable[[int, int], None] = lambda done, all: None,
    report: Callable[[list[Marked], tuple[str, ...], int], None] | None = None,
) -> tuple[list[Marked], tuple[str, ...], int]:
    """Mark students and return their results in order.

    Parameters
    ----------
    students : list of Student
        Who handed in what.
    exercises : list of str
        Which exercises count.
    folder : Path
        Where the journal is kept while the run lasts.
    limits : Limits
        What a student's code may use.
    jobs : int
        How many processes mark at the same time.
    seed : int, optional
        Of the random inputs; a secret one if none is given.
    on_done : callable
        Told how many are done, of how many.
    report : callable, optional
        Told what is returned, while no other run can write into the folder; then the journal
        goes.

    Returns
    -------
    results, measures, seed
        The results, the measures of `sandbox` that were in force, and the seed.

    Raises
    ------
    Taken
        If another run is writing into the folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / JOURNAL
    with place.open("a+", encoding="utf-8", errors="replace") as journal:
        _lock(journal)
        found = _grade(students, exercises, journal, limits, jobs, seed, on_done)
        if report:
            report(*found)
            if fcntl:  # as long as it is ours
                place.unlink()
    if report and not fcntl:
        place.unlink()
    return found


def _lock(journal: TextIO) -> None:
    """Have the journal for this process alone, until it is closed or the process ends.

    The lock is one that the processes which are forked do not share, and it goes when any
    descriptor of the file is closed here: it is read through this one.
    """
    if fcntl is None:
        return
    try:
        fcntl.lockf(journal, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        raise Taken(
            "another run is writing into this folder: wait for it, or choose another folder"
        ) from None
    except OSError:  # a file system without locks
        return


def _grade(
    students: list[Student],
    exercises: list[str],
    journal: TextIO,
    limits: Limits,
    jobs: int,
    seed: int | None,
    on_done: Callable[[int, int], None],
) -> tuple[list[Marked], tuple[str, ...], int]:
    """Mark those of whom the journal knows nothing yet."""
    known, old_seed = _read(journal)
    if seed is None:
        seed = secrets.randbits(64) if old_seed is None else old_seed
    key = json.dumps([seed, exercises, limits.seconds, limits.megabytes, _version()])
    finished: dict[str, Marked] = {}
    given = set(sandbox.NEEDED)  # what every student was marked with
    todo: list[tuple[int, Student, str]] = []
    for number, student in enumerate(students):
        mark_of_it = f"{key} {student.name} {student.fingerprint()}"
        if mark_of_it in known:
            finished[student.name] = Marked.from_record(known[mark_of_it]["result"])
            given &= set(known[mark_of_it]["given"])
        else:
            todo.append((number, student, mark_of_it))
    done = len(students) - len(todo)
    on_done(done, len(students))
    journal.write("\n" + json.dumps({"seed": seed}) + "\n")  # after half a line, perhaps
    journal.flush()  # before the processes that mark inherit what is not written yet
    saved = -math.inf
    for record, measures, name in _marked(todo, exercises, limits, seed, jobs):
        given &= set(measures)
        entry = {"key": name, "given": measures, "result": record}
        journal.write(json.dumps(entry) + "\n")
        journal.flush()
        if time.monotonic() > saved + SAVE_EVERY:
            os.fsync(journal.fileno())
            saved = time.monotonic()
        finished[record["student"]] = Marked.from_record(record)
        done += 1
        on_done(done, len(students))
    results = [finished[student.name] for student in students]
    return results, tuple(name for name in sandbox.NEEDED if name in given), seed


def _version() -> str:
    """Return a hash of what judges: a journal of other tasks is none to go on from."""
    package = Path(__file__).parents[1]
    total = hashlib.sha256()
    for pattern in ("tasks/*.py", "*.py", "grading/*.py"):
        for path in sorted(package.glob(pattern)):
            total.update(path.read_bytes())
    return total.hexdigest()[:16]


def _read(journal: TextIO) -> tuple[dict[str, dict], int | None]:
    """Return the entries of a journal by their key, and its seed; broken lines are dropped."""
    known, seed = {}, None
    journal.seek(0)
    for line in journal:
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if not isinstance(entry, dict):
            continue
        if "seed" in entry:
            seed = entry["seed"]
        elif {"key", "given", "result"} <= entry.keys():
            known[entry["key"]] = entry
    return known, seed


def _marked(
    todo: list, exercises: list[str], limits: Limits, seed: int, jobs: int
) -> Iterator[tuple[dict, tuple[str, ...], str]]:
    """Yield each result as it comes."""
    if not todo:
        return
    for exercise in exercises:  # once, and not once in each process
        tasks_of(exercise[:2])
    gc.collect()
    gc.freeze()
    rest, seats, warm = iter(todo), [], Warm()
    before = _when_going_on(lambda *_: [seat.excuse() for seat in seats])
    try:
        for number in range(min(max(1, jobs), len(todo))):
            seats.append(_Seat(number, exercises, limits, seed, warm))
            seats[-1].give(next(rest, None))
        while busy := [seat for seat in seats if seat.item]:
            ready = wait([seat.channel for seat in busy], timeout=1)
            for seat in busy:
                item, result = seat.item, seat.take(seat.channel in ready)
                if result is not None:
                    seat.give(next(rest, None))  # first, so that it need not wait for the disk
                    yield result, seat.given, item[2]
    finally:
        _when_going_on(before)
        gc.unfreeze()
        for seat in seats:
            seat.close()
        warm.close()


def _when_going_on(do: Any) -> Any:
    """Have something done whenever this process goes on after a stop; return what was before."""
    is_main = threading.current_thread() is threading.main_thread()
    if do is None or not is_main or not hasattr(signal, "SIGCONT"):
        return None
    return signal.signal(signal.SIGCONT, do)


class _Seat:
    """A process that marks, watched from outside: it may hang in an answer, or die of it.

    Before it judges an answer, it notes where both can read which one it is.
    """

    def __init__(
        self, number: int, exercises: list[str], limits: Limits, seed: int, warm: Warm
    ) -> None:
        self.exercises = exercises
        self.limits = limits
        self.item: tuple | None = None
        self._start = number, limits, seed, warm
        self._unfit: dict[str, str] = {}  # answers that ended the process, and how
        self._suspects: set[str] = set()  # answers at which it ended once
        self._deaths = 0
        self._begin()

    def _begin(self, attempt: int = 1) -> None:
        context = multiprocessing.get_context("spawn" if os.name == "nt" else "fork")
        self._note = context.RawArray("d", 2)  # since when, and which; 0 for not at all
        self.channel, theirs = context.Pipe()
        inherited = self.channel if context.get_start_method() == "fork" else None
        arguments = (theirs, inherited, self._note, self.exercises, *self._start)
        self._process = context.Process(target=_serve, args=arguments)
        self._process.start()
        theirs.close()
        try:
            self.given = self.channel.recv()
        except (EOFError, OSError):  # it ended before it could begin, perhaps by another's hand
            self.channel.close()
            self._process.join()
            if attempt == ATTEMPTS:
                raise ChildProcessError(
                    "no process to run notebooks in could be started. What is marked is kept: "
                    "the same command goes on from there."
                ) from None
            self._begin(attempt + 1)
        except BaseException:  # Ctrl+C: nobody else knows of the process yet
            self._process.kill()
            raise

    def give(self, item: tuple | None) -> None:
        """Hand it a student, if there is one."""
        self.item, self._deaths, self._unfit, self._suspects = item, 0, {}, set()
        self._send()

    def _send(self) -> None:
        self.excuse()
        if self.item:
            with contextlib.suppress(OSError):  # it is gone: `take` sees it
                self.channel.send((self.item[1], self._unfit))

    def excuse(self) -> None:
        """Give it all its time anew: we and it may have been stopped for a while."""
        self._note[0] = 0.0
        longest = 2 * self.limits.notebook_seconds + 10 * self.limits.seconds
        self._end = time.monotonic() + 60 + longest * len(self.exercises)

    def take(self, is_ready: bool) -> dict | None:
        """Return the result, if it is there; begin again past an answer that stopped it."""
        try:
            if is_ready:
                return self.channel.recv()
        except (EOFError, OSError):
            return self._again("crashed")
        return self._again("timeout") if self._is_stuck() else None

    def _is_stuck(self) -> bool:
        late = (self._note[0] or math.inf) + 2 * self.limits.seconds + 5
        return time.monotonic() > min(late, self._end)

    def _again(self, status: str) -> dict | None:
        """Have another process mark the student, or give up."""
        self.close()
        answer = _answers(self.exercises)[int(self._note[1])] if self._note[0] else ""
        self._deaths += not answer or answer in self._unfit
        if answer and (status == "timeout" or answer in self._suspects):
            self._unfit[answer] = status
        self._suspects.add(answer)  # once, something else may have ended the process
        self._begin()
        if self._deaths > 2:
            return unmarked(self.item[1], self.exercises).as_record()
        self._send()
        return None

    def close(self) -> None:
        """End the process; one that marks nothing tidies up first."""
        if not self.item:
            with contextlib.suppress(OSError):
                self.channel.send(None)
            self._process.join(30)
        self.channel.close()
        self._process.kill()
        self._process.join()


def _answers(exercises: list[str]) -> list[str]:
    """Return what can be judged, in an order that two processes know."""
    return [f"{exercise} {task.name}" for exercise in exercises for task in tasks_of(exercise[:2])]


def _serve(
    channel: Connection,
    inherited: Connection | None,
    note: Any,
    exercises: list[str],
    number: int,
    limits: Limits,
    seed: int,
    warm: Warm,
) -> None:
    """Mark one student after the other, until nobody is there to hear of it."""
    sandbox.die_with_parent()
    if inherited:
        inherited.close()  # the other end: with it open here, this one would never end
    signal.signal(signal.SIGINT, lambda *_: None)  # the one who watches tells us to end
    places = {answer: float(k) for k, answer in enumerate(_answers(exercises))}

    def on_judging(answer: str) -> None:
        note[0] = 0.0
        if answer:
            note[1] = places[answer]
            note[0] = time.monotonic()

    with Marker(seed, limits, number, on_judging, warm) as marker:
        sandbox.bound_memory(2048)
        _when_going_on(marker.go_on)
        with contextlib.suppress(EOFError, OSError):
            channel.send(marker.given)
            while (work := channel.recv()) is not None:
                channel.send(marker.mark(work[0], exercises, work[1]).as_record())
