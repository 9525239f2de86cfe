"""A whole marking run: students to processes, a journal to resume from, reports at the end.

Each process owns one `Marker`. A result goes into the journal as soon as it is there; a run
that was interrupted reads the journal and marks only who is missing or has handed in
something else since. The journal also keeps the seed, so that a resumed run draws the same
random inputs.

Stops: a power cut (what is in the journal is not lost, a half-written line is dropped);
memory that grows with the class (a student is read, marked, written, forgotten).
"""

from __future__ import annotations

import json
import multiprocessing
import multiprocessing.util
import os
import secrets
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from pathlib import Path

from course_utils.grading import sandbox
from course_utils.grading.marker import Limits, Marked, Marker
from course_utils.grading.submissions import Student

__all__ = ["JOURNAL", "grade"]

JOURNAL = ".journal.jsonl"
_marker: Marker | None = None


def grade(
    students: list[Student],
    exercises: list[str],
    folder: Path,
    *,
    limits: Limits,
    jobs: int = 1,
    seed: int | None = None,
    on_done: Callable[[int, int], None] = lambda done, all: None,
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

    Returns
    -------
    results, measures, seed
        The results, the measures of `sandbox` that were in force, and the seed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    journal = folder / JOURNAL
    known, old_seed = _read(journal)
    if seed is None:
        seed = secrets.randbits(64) if old_seed is None else old_seed
    key = json.dumps([seed, exercises, limits.seconds, limits.megabytes])
    finished: dict[str, Marked] = {}
    todo: list[tuple[int, Student, str]] = []
    for number, student in enumerate(students):
        mark_of_it = f"{key} {student.name} {student.fingerprint()}"
        if mark_of_it in known:
            finished[student.name] = Marked.from_record(known[mark_of_it]["result"])
        else:
            todo.append((number, student, mark_of_it))
    given = tuple(next((entry["given"] for entry in known.values()), ()))
    done = len(students) - len(todo)
    on_done(done, len(students))
    with journal.open("a", encoding="utf-8") as file:
        file.write("\n" + json.dumps({"seed": seed}) + "\n")  # after half a line, perhaps
        for record, measures, name in _marked(todo, exercises, limits, seed, jobs):
            given = measures
            entry = {"key": name, "given": measures, "result": record}
            file.write(json.dumps(entry) + "\n")
            file.flush()
            os.fsync(file.fileno())
            finished[record["student"]] = Marked.from_record(record)
            done += 1
            on_done(done, len(students))
    return [finished[student.name] for student in students], given, seed


def _read(journal: Path) -> tuple[dict[str, dict], int | None]:
    """Return the entries of a journal by their key, and its seed; broken lines are dropped."""
    known, seed = {}, None
    try:
        lines = journal.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return known, seed
    for line in lines:
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
    """Yield each result as it comes, a few students ahead and no more."""
    if not todo:
        return
    jobs = max(1, min(jobs, len(todo)))
    context = multiprocessing.get_context("spawn" if os.name == "nt" else "fork")
    numbers = context.Queue()
    for number in range(jobs):
        numbers.put(number)
    with ProcessPoolExecutor(
        jobs, mp_context=context, initializer=_begin, initargs=(numbers, limits, seed)
    ) as pool:
        waiting, rest = set(), iter(todo)
        while True:
            while len(waiting) < 2 * jobs and (item := next(rest, None)) is not None:
                waiting.add(pool.submit(_mark_one, item[1], exercises, item[2]))
            if not waiting:
                return
            ready, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            for future in ready:
                yield future.result()


def _begin(numbers: multiprocessing.Queue, limits: Limits, seed: int) -> None:
    global _marker
    sandbox.die_with_parent()
    _marker = Marker(seed, limits, numbers.get())
    _marker.__enter__()
    sandbox.bound_memory(2048)
    multiprocessing.util.Finalize(None, _marker.__exit__, exitpriority=10)


def _mark_one(student: Student, exercises: list[str], key: str) -> tuple:
    return _marker.mark(student, exercises).as_record(), _marker.given, key
