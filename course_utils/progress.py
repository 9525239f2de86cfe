"""How far a student is: every exercise as it is saved, run in a process of its own, checked.

This is for the student's own eyes, on the student's own computer: the notebook's code is
trusted as in Jupyter. Marking other people's notebooks is another matter.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from course_utils.notebooks import ROOT

__all__ = ["examine", "report"]

SECONDS = 120
SIGNS = {"correct": "✓", "not_attempted": "·"}


def examine(path: Path) -> dict[str, str]:
    """Run a notebook and return the status of each of its tasks by name.

    A cell that fails does not stop the later ones. A notebook that takes longer than two
    minutes has the status ``"timeout"`` for all its tasks.
    """
    from course_utils.tasks import tasks_of

    names = [task.name for task in tasks_of(path.stem[:2])]
    environment = {**os.environ, "COURSE_SILENT": "1", "MPLBACKEND": "agg", "NO_COLOR": "1"}
    with tempfile.TemporaryDirectory(prefix="course-") as folder:
        answer = Path(folder, "answer.json")
        command = [sys.executable, "-m", "course_utils.progress", str(path.resolve()), str(answer)]
        try:
            subprocess.run(
                command,
                cwd=path.resolve().parent,
                env={**environment, "IPYTHONDIR": folder},
                timeout=SECONDS,
                capture_output=True,
                check=False,
                stdin=subprocess.DEVNULL,
            )
        except subprocess.TimeoutExpired:
            return dict.fromkeys(names, "timeout")
        if not answer.exists():
            return dict.fromkeys(names, "crashed")
        return json.loads(answer.read_text())


def report(
    folder: Path = ROOT / "exercises", on_done: Callable[[int, int], None] = lambda done, all: None
) -> str:
    """Return the table of all exercises in a folder: points, and a sign for each task."""
    from course_utils.tasks import EXERCISES, tasks_of

    paths = [path for n in EXERCISES for path in sorted(folder.glob(f"{n}_*.ipynb"))[:1]]
    if not paths:
        return f"There are no exercises in {folder.name}."
    rows, reached, possible = [], 0, 0
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for done, (path, status) in enumerate(zip(paths, pool.map(examine, paths), strict=True), 1):
            tasks = tasks_of(path.stem[:2])
            points = sum(task.points for task in tasks if status[task.name] == "correct")
            most = sum(task.points for task in tasks)
            signs = "  ".join(f"{SIGNS.get(status[t.name], '✗')} {t.name}" for t in tasks)
            rows.append(f"{path.stem:<24}{points:>3} of {most:<4}{signs}")
            reached, possible = reached + points, possible + most
            on_done(done, len(paths))
    total = f"{'all':<24}{reached:>3} of {possible}"
    legend = "✓ correct   ✗ not yet   · not attempted; the notebooks as they are saved"
    return "\n".join([*rows, total, legend])


def _run(path: Path) -> dict[str, str]:
    """Run the code cells of a notebook in IPython, and judge what they leave behind."""
    import numpy as np
    from IPython.core.interactiveshell import InteractiveShell

    from course_utils.check import outcome
    from course_utils.notebooks import read
    from course_utils.tasks import tasks_of

    shell = InteractiveShell.instance()
    for cell in read(path).cells:
        if cell.cell_type == "code":
            shell.run_cell(cell.source, store_history=False, silent=True)
    rng = np.random.default_rng(0)
    answers = {task.name: shell.user_ns.get(task.name) for task in tasks_of(path.stem[:2])}
    return {
        task.name: outcome(task, answers[task.name], rng).status for task in tasks_of(path.stem[:2])
    }


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(json.dumps(_run(Path(sys.argv[1]))))
