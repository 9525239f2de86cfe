"""The tasks of the exercises: one module an exercise, ``tasks/02.py`` for ``02_sigmoid``.

Each module has ``TASKS``, a tuple of `Task`. A task's name is unique in the course.
"""

from __future__ import annotations

import difflib
import importlib
from functools import cache
from pathlib import Path

from course_utils.tasks.kinds import Task

__all__ = ["EXERCISES", "exercise_of", "task", "tasks_of"]

EXERCISES = tuple(sorted(p.stem for p in Path(__file__).parent.glob("[0-9][0-9].py")))
"""The numbers of the exercises that exist."""


@cache
def tasks_of(number: str) -> tuple[Task, ...]:
    """Return the tasks of an exercise: ``tasks_of("02")``."""
    return importlib.import_module(f"course_utils.tasks.{number}").TASKS


@cache
def _by_name() -> dict[str, tuple[str, Task]]:
    return {task.name: (number, task) for number in EXERCISES for task in tasks_of(number)}


def task(name: str) -> Task:
    """Return the task of this name.

    Raises
    ------
    KeyError
        If there is none; the message names those that are nearly called so.
    """
    if name not in _by_name():
        near = difflib.get_close_matches(str(name), _by_name(), n=3, cutoff=0.4)
        hint = f": did you mean {', '.join(map(repr, near))}?" if near else ""
        raise KeyError(f"there is no task {name!r}{hint}")
    return _by_name()[name][1]


def exercise_of(name: str) -> str:
    """Return the number of the exercise that a task belongs to."""
    task(name)
    return _by_name()[name][0]
