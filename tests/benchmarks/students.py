"""A class of made-up students: right answers, known wrong ones and gaps, and what each must get.

Every answer of a solution is kept, or replaced by one of the task's catalogue of mistakes,
or taken away. What `course grade` must say of each is known beforehand: the catalogue's own
name of the mistake, which `check` gives in this process.
"""

import ast
import contextlib
import inspect
from functools import cache
from pathlib import Path

import nbformat
import numpy as np
import pytest

from course_utils import activations
from course_utils.check import SILENT, outcome
from course_utils.tasks import tasks_of
from course_utils.tasks.kinds import ExpressionTask, FunctionTask, ValueTask

ROOT = Path(__file__).parents[2]
IMPORTS = (
    "import numpy as np\nimport sympy\nimport sympy as sp\n"
    f"from course_utils.activations import {', '.join(activations.__all__)}\n"
    "from course_utils.symbolic import a, alpha, z\n"
)
SLIGHTLY = """
if callable({name}) and not hasattr({name}, "free_symbols"):
    {name} = lambda *z, right={name}: {factor} * right(*z)
elif hasattr({name}, "free_symbols"):
    {name} = {name} * {factor}
"""
KNOWN = {*activations.__all__, "np", "sympy", "sp", "a", "alpha", "z", *dir(__builtins__)}


@cache
def lambdas(path):
    """The functions without a name in a file, by their line; of two in one line, neither."""
    found = {}
    for node in ast.walk(ast.parse(Path(path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Lambda):
            found[node.lineno] = None if node.lineno in found else node
    return found


def source_of(function):
    """The source of a function of a catalogue, or None if it needs more than a notebook has."""
    try:
        code = function.__code__
        node = lambdas(inspect.getsourcefile(function))[code.co_firstlineno]
        needed = set(code.co_names) | set(code.co_freevars)
    except (AttributeError, KeyError, TypeError):
        return None
    if node and (node.args.defaults or node.args.kw_defaults):
        return None  # they are worked out in the catalogue
    attributes = {n.attr for n in ast.walk(node) if isinstance(n, ast.Attribute)} if node else set()
    return ast.unparse(node) if node and needed - attributes <= KNOWN else None


def planted(task):
    """Yield (source that hands in a wrong answer, status, name of the mistake)."""
    for mistake in task.mistakes:
        made, source = mistake.answer, None
        if isinstance(task, FunctionTask | ExpressionTask):
            source = source_of(made)
            if source and isinstance(task, ExpressionTask):
                source, made = f"({source})()", made()
        elif isinstance(task, ValueTask) and isinstance(made, dict):
            continue  # a part of a table
        elif isinstance(made, str | int | float | list | tuple):
            source = repr(made)
        if source:
            body = "".join(f"    {line}\n" for line in IMPORTS.splitlines())
            found = outcome(task, made, np.random.default_rng(1))
            text = f"def planted():\n{body}    return {source}\n\n{task.name} = planted()"
            yield text, found.status, found.mistake


def executed(sources, tasks):
    """What `check` says of each task after the cells of a notebook, run in this process."""
    namespace = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(SILENT, "1")
        for source in sources:
            with contextlib.suppress(Exception):  # a cell that fails does not stop the others
                exec(source, namespace)
    rng = np.random.default_rng(1)
    found = {t.name: outcome(t, namespace[t.name], rng) for t in tasks}
    return {name: (one.status, one.mistake) for name, one in found.items()}


def make(folder, exercise, count, tasks=4, seed=1, run=False, apart=False):
    """Write the notebooks of a class with some of an exercise's tasks each.

    Parameters
    ----------
    run : bool
        Whether what must come out is found by running each notebook here, which takes its
        time: needed where one answer calls another, which may have been replaced.
    apart : bool
        Whether no two students give quite the same numbers.

    Returns
    -------
    dict
        For each student, for each task (status, name of the mistake).
    """
    (path,) = (ROOT / "solutions").glob(f"{exercise}_*.ipynb")
    sources = [c.source for c in nbformat.read(path, 4).cells if c.cell_type == "code"]
    chosen = tasks_of(exercise)[:tasks]
    last = max(k for k, s in enumerate(sources) if f'check("{chosen[-1].name}"' in s)
    wrong = {task.name: list(planted(task)) for task in chosen}
    rng, expected = np.random.default_rng(seed), {}
    for number in range(count):
        more, marks = [], {}
        for task in chosen:
            luck = rng.random()
            marks[task.name] = "correct", ""
            if luck < 0.1:
                more.append(f"{task.name} = None")
                marks[task.name] = "not_attempted", ""
            elif luck < 0.4 and wrong[task.name]:
                text, *mark = wrong[task.name][rng.integers(len(wrong[task.name]))]
                more.append(text)
                marks[task.name] = tuple(mark)
        if apart:
            more += [SLIGHTLY.format(name=t.name, factor=1 + number * 2.0**-52) for t in chosen]
        name = f"student {number:04}"
        if run:
            marks = executed([*sources[: last + 1], *more], chosen)
        expected[name] = marks | {t.name: ("missing", "") for t in tasks_of(exercise)[tasks:]}
        cells = [nbformat.v4.new_code_cell(s) for s in [*sources[: last + 1], *more]]
        place = Path(folder, name, path.name)
        place.parent.mkdir(parents=True)
        nbformat.write(nbformat.v4.new_notebook(cells=cells), place)
    return expected
