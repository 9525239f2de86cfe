"""What a student calls in an exercise: `check`, `hint` and `progress`.

>>> check("sigmoid", ...)
… sigmoid: not attempted yet. For a first hint, run hint("sigmoid").

All three print, and none ever raises: a mistake costs a sentence, not a traceback. Inside a
run that marks notebooks (`SILENT` set in the environment) they do nothing.
"""

from __future__ import annotations

import hashlib
import os
import textwrap
from typing import Any

import numpy as np

from course_utils.answers import Formula, Other, ask, is_missing, plain
from course_utils.tasks import task
from course_utils.tasks.kinds import Outcome, Task

__all__ = ["SILENT", "check", "hint", "judge_value", "outcome", "progress"]

SILENT = "COURSE_SILENT"
"""The environment variable that makes check, hint and progress do nothing."""

_rungs: dict[str, int] = {}


def check(name: str, answer: Any) -> None:
    """Say whether an answer is right, and if not, what exactly went wrong.

    Parameters
    ----------
    name : str
        The task's name, as in the exercise: ``"sigmoid"``.
    answer : Any
        Your answer. Of a function, pass the function itself: ``check("sigmoid", sigmoid)``.
    """
    if os.environ.get(SILENT):
        return
    try:
        found = task(name)
    except KeyError as error:
        print(error.args[0])
        return
    try:
        print(wrapped(sentence(found, outcome(found, answer, _generator(name)))))
    except KeyboardInterrupt:
        print(f"… {name}: stopped. If your function never ended by itself, look at its loops.")


def hint(name: str) -> None:
    """Give the next hint for a task: three rungs, from a nudge to the last step but one."""
    if os.environ.get(SILENT):
        return
    try:
        rungs = task(name).hints
    except KeyError as error:
        print(error.args[0])
        return
    rung = _rungs.get(name, 0)
    _rungs[name] = min(rung + 1, len(rungs) - 1)
    more = "" if rung + 1 < len(rungs) else " (the last)"
    print(wrapped(f"Hint {rung + 1} of {len(rungs)}{more}: {rungs[rung]}"))


def progress() -> None:
    """Show how far you are: every exercise as it is saved, run and checked anew."""
    if os.environ.get(SILENT):
        return
    from course_utils.progress import report

    print(report())


def outcome(task: Task, answer: Any, rng: np.random.Generator) -> Outcome:
    """Ask and judge one answer, whatever it is, without raising.

    Parameters
    ----------
    task : Task
        What was to be done.
    answer : Any
        The student's object: a function, a SymPy expression, a number, a dictionary...
    rng : numpy.random.Generator
        Where the random inputs come from.
    """
    if task.takes_function and callable(answer):
        calls = task.calls(rng)
        return task.judge(ask(answer, calls), calls, rng)
    try:
        value = plain(answer)
        is_function = callable(answer) and not hasattr(answer, "free_symbols")
    except Exception as error:
        return Outcome("wrong", f"Your answer cannot be read: {type(error).__name__}.")
    return judge_value(task, value, rng, is_function=is_function)


def judge_value(
    task: Task, value: Any, rng: np.random.Generator, *, is_function: bool = False
) -> Outcome:
    """Judge an answer in plain data, where it is not a function that can be asked.

    Parameters
    ----------
    task : Task
        What was to be done.
    value : plain data
        As `course_utils.answers.plain` gives it.
    rng : numpy.random.Generator
        Where random points come from.
    is_function : bool
        Whether the answer is a function, and the task wants a value.
    """
    if is_function:
        said = "Expected a value, and this is a function: call it, or hand in what it returns."
        return Outcome("wrong", said)
    if is_missing(value):
        return Outcome("not_attempted", "")
    if task.takes_function:
        do = f'Hand in the function itself, without parentheses: check("{task.name}", {task.name}).'
        if isinstance(value, Formula):
            do = "Define one that takes numbers and arrays."
        return Outcome("wrong", f"Expected a function, and this is {_article(value)}. {do}")
    return task.judge(value, [], rng)


_ARTICLES = {
    float: "a number",
    bool: "a number",
    str: "text",
    dict: "a dictionary",
    np.ndarray: "an array",
    Formula: "a SymPy expression",
}


def _article(value: Any) -> str:
    name = value.kind if isinstance(value, Other) else type(value).__name__
    article = "an" if name[0] in "aeiouAEIOU" else "a"
    return _ARTICLES.get(type(value), f"{article} {name}")


def wrapped(text: str) -> str:
    """Break long lines between words; a line of code, which is indented, stays whole."""
    lines = text.split("\n")
    return "\n".join(line if line[:1] == " " else textwrap.fill(line, 78) for line in lines)


def _generator(name: str) -> np.random.Generator:
    """Return a generator of its own for each task: the same inputs every time."""
    return np.random.default_rng(list(hashlib.sha256(name.encode()).digest()[:8]))


def sentence(task: Task, outcome: Outcome) -> str:
    """Return what the student is told of an outcome; the marking of a class says the same."""
    if outcome.status == "correct":
        points = "point" if task.points == 1 else "points"
        return f"✓ {task.name}: correct, {task.points} {points}. {outcome.message}"
    if outcome.status == "not_attempted":
        hint = f'For a first hint, run hint("{task.name}").'
        return " ".join(filter(None, [f"… {task.name}: not attempted yet.", outcome.message, hint]))
    return f"✗ {task.name}: not yet. {outcome.message}"
