"""Find the students, and read their notebooks as data: nothing of theirs is run here.

Stops: links that lead out of a folder, pipes and devices (only regular files are opened, and
no link is followed); files that eat the memory (`LARGEST` bytes, `MOST_PARTS` parts, counted
before they are taken apart; `MOST_CELLS`, `MOST_CODE`); invalid JSON, missing cells and old
formats (each becomes a sentence in the student's report); two students under one name, so
that one gets the other's marks (`find` gives each a name of its own); names that would escape
from the folder of reports, or overwrite another's report where the file system knows no
capitals or no difference between two ways to write a letter (`safe_name`, `file_names`).
"""

from __future__ import annotations

import contextlib
import difflib
import hashlib
import json
import os
import re
import stat
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["Notebook", "Student", "Unusable", "file_names", "find", "safe_name"]

LARGEST = 20_000_000
MOST_PARTS = 1_000_000
MOST_CELLS = 20_000
MOST_CODE = 8_000_000
SKIPPED = {"__MACOSX", "__pycache__", ".ipynb_checkpoints"}


class Unusable(ValueError):
    """There is nothing to mark; the message says what was expected."""


@dataclass(frozen=True)
class Notebook:
    """One exercise of one student, as the sources of its code cells."""

    exercise: str
    cells: tuple[str, ...] = ()
    problem: str = ""


@dataclass
class Student:
    """A student, and where the notebooks are."""

    name: str
    paths: dict[str, Path] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    passed_over: str = ""
    """What is said if other students may lie in the folder."""

    def notebook(self, exercise: str) -> Notebook | None:
        """Return the student's notebook of an exercise, or None if there is none."""
        if exercise not in self.paths:
            return None
        try:
            return Notebook(exercise, _cells(_bytes(self.paths[exercise])))
        except (OSError, ValueError) as error:
            text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            return Notebook(exercise, problem=f"{exercise}.ipynb cannot be read: {text}.")

    def fingerprint(self) -> str:
        """Return a hash of all that is handed in, to know a change by."""
        total = hashlib.sha256(json.dumps(sorted(self.problems)).encode())
        for exercise in sorted(self.paths):
            try:
                content = _bytes(self.paths[exercise])
            except (OSError, ValueError) as error:
                content = repr(error).encode()
            total.update(f"{exercise} {len(content)} ".encode())
            total.update(content)
        return total.hexdigest()


def find(place: Path, exercises: list[str], known: Iterable[str] = ()) -> list[Student]:
    """Return the students of a notebook, of a student's folder, or of a class's folder.

    Parameters
    ----------
    place : Path
        What was handed in.
    exercises : list of str
        The names of the exercises, without the ending: ``02_sigmoid``.
    known : iterable of str
        More names that are exercises, but not to be marked now: nothing is said of them.

    Raises
    ------
    Unusable
        If there is no notebook and no folder in it.
    """
    try:
        entries = None if place.is_file() else _entries(place)
    except FileNotFoundError:
        raise Unusable(f"there is no file and no folder {place}") from None
    except NotADirectoryError:
        raise Unusable(f"{place} is neither a notebook nor a folder") from None
    except OSError as error:
        raise Unusable(f"{place} cannot be read: {error.strerror}") from None
    if entries is None:
        if place.stem not in exercises or place.suffix != ".ipynb":
            raise Unusable(f"{place.name} is no exercise: they are {', '.join(exercises)}")
        return [Student(_name(place.resolve().parent.name), {place.stem: place.resolve()})]
    known = {*known, *exercises}
    students = [s for entry in entries if (s := _member(entry, exercises, known))]
    with_exercises = sum(bool(s.paths) for s in students)
    is_one = any(
        _is_notebook(entry) and entry.name[:-6] in known and entry.is_file(follow_symlinks=False)
        for entry in entries
    )
    if is_one or (any(map(_is_notebook, entries)) and not with_exercises):
        student = _student(_name(place.resolve().name), place, exercises, known)
        if with_exercises:
            were = "1 folder was" if with_exercises == 1 else f"{with_exercises} folders were"
            student.passed_over = (
                f"{were} not looked into, as notebooks lie beside: if this is a class, move "
                "those away."
            )
            student.problems.append(student.passed_over)
        elif not is_one and (count := sum(map(_is_notebook, entries))) > 1:
            student.passed_over = (
                f"none of the {count} notebooks has the name of an exercise: if they are several "
                "students', move each student's into a folder, and name them as in exercises/."
            )
        return [student]
    if not students:
        raise Unusable(f"{place} holds neither notebooks nor folders of notebooks")
    return _told_apart(students)


def _entries(folder: Path) -> list[os.DirEntry]:
    with os.scandir(folder) as found:
        return sorted(found, key=lambda entry: entry.name)


def _is_notebook(entry: os.DirEntry) -> bool:
    return entry.name.endswith(".ipynb") and not entry.name.startswith(".")


def _name(name: str) -> str:
    """Return a file's name as text, also where its bytes are no UTF-8."""
    return os.fsencode(name).decode("utf-8", "backslashreplace") or "student"


def _member(entry: os.DirEntry, exercises: list[str], known: set[str]) -> Student | None:
    """Return the student of an entry of a class's folder, or None if it is none."""
    if entry.name in SKIPPED:
        return None
    is_hidden = entry.name.startswith(".")
    if entry.is_symlink():
        told = "It is a link, not a folder: not followed."
        return None if is_hidden else Student(_name(entry.name), problems=[told])
    if not entry.is_dir():
        return None
    student = _student(_name(entry.name), Path(entry.path), exercises, known)
    is_ours = is_hidden or _is_report(Path(entry.path))  # .git and the like
    return None if is_ours and not student.paths else student


def _is_report(folder: Path) -> bool:
    """Return whether a folder is what an earlier run wrote."""
    with contextlib.suppress(OSError):
        return {"feedback", "grades.csv", "grades.json", "summary.md"} <= {*os.listdir(folder)}
    return False


def _told_apart(students: list[Student]) -> list[Student]:
    """Give each student a name of its own; two that cannot be told apart get a number."""
    taken, seen = {student.name for student in students}, set()
    for student in students:
        name, number = student.name, 1
        while student.name in seen or (number > 1 and student.name in taken):
            number += 1
            student.name = f"{name} ({number})"
        seen.add(student.name)
    return students


def _student(name: str, folder: Path, exercises: list[str], known: set[str]) -> Student:
    student = Student(name)
    is_other = False
    try:
        entries = _entries(folder)
    except OSError as error:
        student.problems.append(f"The folder cannot be read: {error.strerror}.")
        return student
    for entry in entries:
        stem, ending = os.path.splitext(entry.name)
        if ending != ".ipynb" or entry.name.startswith("."):
            continue
        if stem in known - {*exercises}:
            is_other = True
            continue
        shown = _name(entry.name)
        if stem not in exercises:
            near = difflib.get_close_matches(stem[:200], exercises, n=1, cutoff=0.5)
            hint = f" Should it be called {near[0]}.ipynb?" if near else ""
            student.problems.append(f"{shown} is not the name of an exercise: not marked.{hint}")
        elif entry.is_symlink():
            student.problems.append(f"{shown} is a link: not followed.")
        else:
            student.paths[stem] = Path(entry.path)
    if len(student.problems) > MOST_PROBLEMS:
        more = len(student.problems) - MOST_PROBLEMS
        student.problems[MOST_PROBLEMS:] = [f"And {more} more such files."]
    if not student.paths:
        missed = f"It holds none of: {', '.join(exercises)}." if is_other else ""
        below = _below(entries, exercises)
        student.problems.append(below or missed or "There is no exercise in it.")
    return student


def _below(entries: list[os.DirEntry], exercises: list[str]) -> str:
    """Return where exercises lie a folder too deep, as they do in the usual zip, if they do."""
    for folder in [e for e in entries if e.is_dir(follow_symlinks=False)][:MOST_PROBLEMS]:
        with contextlib.suppress(OSError):
            for entry in _entries(Path(folder.path)):
                if entry.name[:-6] in exercises and _is_notebook(entry):
                    where = _name(folder.name)
                    return f"There is no exercise in it, but there is one in {where}/: move it up."
    return ""


MOST_PROBLEMS = 20


def _bytes(path: Path) -> bytes:
    if not stat.S_ISREG(os.lstat(path).st_mode):  # to open a device may already do something
        raise ValueError("it is no file")
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | _nonblocking())
    try:
        state = os.fstat(descriptor)
        if not stat.S_ISREG(state.st_mode):
            raise ValueError("it is no file")
        if state.st_size > LARGEST:
            raise ValueError(f"it is larger than {LARGEST // 10**6} MB: clear its outputs")
        with open(descriptor, "rb", closefd=False) as file:
            return file.read(LARGEST)
    finally:
        os.close(descriptor)


def _nonblocking() -> int:
    return getattr(os, "O_NONBLOCK", 0)


def _cells(content: bytes) -> tuple[str, ...]:
    """Return the sources of the code cells, in format 4 or 3."""
    if sum(map(content.count, (b",", b"[", b"{"))) > MOST_PARTS:
        raise ValueError(f"it has more than {MOST_PARTS} parts")
    try:
        notebook = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise ValueError("it is no JSON, so no notebook") from None
    if not isinstance(notebook, dict):
        raise ValueError("it is no notebook")
    cells = notebook.get("cells")
    if cells is None and isinstance(notebook.get("worksheets"), list):  # format 3
        sheets = [s for s in notebook["worksheets"] if isinstance(s, dict)]
        cells = [c for s in sheets if isinstance(s.get("cells"), list) for c in s["cells"]]
    if not isinstance(cells, list):
        raise ValueError("it has no cells")
    if len(cells) > MOST_CELLS:
        raise ValueError(f"it has more than {MOST_CELLS} cells")
    sources, length = [], 0
    for cell in cells:
        if isinstance(cell, dict) and cell.get("cell_type") == "code":
            source = cell.get("source", cell.get("input", ""))
            if isinstance(source, list):
                source = "".join(part for part in source if isinstance(part, str))
            if isinstance(source, str):
                length += len(source)
                if length > MOST_CODE:  # before it is copied, at up to four bytes a letter
                    raise ValueError(f"its code is longer than {MOST_CODE // 10**6} MB")
                sources.append(source.encode("utf-8", "replace").decode("utf-8"))
    if sum(len(json.dumps(source)) for source in sources) > MOST_CODE:
        raise ValueError(f"its code is longer than {MOST_CODE // 10**6} MB")
    return tuple(sources)


_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(?=$|\.)", re.I)


def safe_name(name: str) -> str:
    """Return a file name for a student: readable, unlike any other's, and inside its folder.

    >>> safe_name("Kim, 민지"), safe_name("../x")
    ('Kim, 민지', '%2E%2E%2Fx')
    """
    safe = re.sub(r"[^\w ,.@+-]", _escaped, name)
    safe = re.sub(r"^[-. ]+|[. ]+$", _escaped, safe)
    if _RESERVED.match(safe):  # Windows keeps these names for devices, whatever follows
        safe = _escaped(safe[:1]) + safe[1:]
    safe = safe or "%"
    if len(safe.encode()) > 150:
        mark = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:12]
        safe = safe.encode()[:120].decode("utf-8", "ignore") + "~" + mark
    return safe


def _escaped(found: re.Match | str) -> str:
    text = found if isinstance(found, str) else found[0]
    return "".join(f"%{byte:02X}" for byte in text.encode("utf-8", "surrogatepass"))


def file_names(names: list[str]) -> dict[str, str]:
    """Return `safe_name` of each, made longer for those that some file systems take for one.

    >>> file_names(["Ann", "ann", "Bob"])["Bob"]
    'Bob'
    """
    safe = {name: safe_name(name) for name in names}
    alike = Counter(map(_folded, safe.values()))
    for name, short in safe.items():
        if alike[_folded(short)] > 1:
            mark = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:12]
            safe[name] = f"{short}~{mark}"
    return safe


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
