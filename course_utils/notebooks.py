"""The course's notebooks as files: list the lessons, read, run, and write them all alike.

`execute` runs a notebook from top to bottom in a fresh kernel of this environment. What it
gives back is normal: the same notebook run twice is the same file, byte by byte.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
import tempfile
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nbformat import NotebookNode

__all__ = [
    "ROOT",
    "ExecutionError",
    "Lesson",
    "dumps",
    "execute",
    "lessons",
    "normalise",
    "read",
    "without_pictures",
    "write",
]

ROOT = Path(__file__).resolve().parent.parent
"""The project's folder, which holds `notebooks/`."""

WIDGET = "application/vnd.jupyter.widget-view+json"
PICTURE = re.compile(r"(?<=data:image/png;base64,)[A-Za-z0-9+/=]+")
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
SECONDS_A_CELL = 600


@dataclass(frozen=True)
class Lesson:
    """A lesson, as its file describes it."""

    path: Path
    number: str
    slug: str
    title: str
    minutes: int
    objectives: tuple[str, ...]
    needs: tuple[str, ...]


def lessons(folder: Path = ROOT / "notebooks") -> list[Lesson]:
    """Return the lessons, `NN_topic.ipynb`, in their order."""
    return [_lesson(path) for path in sorted(folder.glob("[0-9][0-9]_*.ipynb"))]


def _lesson(path: Path) -> Lesson:
    notebook = json.loads(path.read_text(encoding="utf-8"))
    heading = re.search(r"^# +(?:\d+ · )?(.+)$", "".join(notebook["cells"][0]["source"]), re.M)
    course = notebook["metadata"]["course"]
    return Lesson(
        path=path,
        number=path.stem[:2],
        slug=path.stem,
        title=heading[1] if heading else path.stem,
        minutes=course["minutes"],
        objectives=tuple(course["objectives"]),
        needs=tuple(course["needs"]),
    )


def read(path: Path) -> NotebookNode:
    """Read a notebook, of whatever format, as nbformat 4."""
    import nbformat

    return nbformat.read(path, as_version=4)


def dumps(notebook: NotebookNode) -> str:
    """Return a notebook as the text of its file, or raise `ValidationError`."""
    import nbformat

    nbformat.validate(notebook)
    return nbformat.writes(notebook, version=nbformat.NO_CONVERT) + "\n"


def write(path: Path, text: str | bytes) -> bool:
    """Put a text (or bytes) in place at one stroke; leave a file that already holds it alone.

    Returns
    -------
    bool
        Whether the file was written.
    """
    data = text.encode("utf-8") if isinstance(text, str) else text
    if path.exists() and path.read_bytes() == data:
        return False
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(data)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
    return True


def without_pictures(notebook: NotebookNode) -> str:
    """Return the text of a notebook whose pictures are empty: pixels differ by machine."""
    notebook = deepcopy(notebook)
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            output.get("data", {}).pop("image/png", None)
    return PICTURE.sub("", dumps(notebook))


def normalise(notebook: NotebookNode) -> NotebookNode:
    """Remove, in place, what differs from run to run or from machine to machine.

    Returns
    -------
    NotebookNode
        The same notebook: nbformat 4.5, the plain kernel, no timings, no colours, no widget
        state, and a widget's view only where nothing else can be shown in its place.
    """
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    notebook.metadata.pop("widgets", None)
    notebook.metadata.update(
        kernelspec={
            "display_name": "Python 3 (ipykernel)",
            "language": "python",
            "name": "python3",
        },
        language_info={"name": "python"},
    )
    for number, cell in enumerate(notebook.cells):
        if "id" not in cell:
            cell.id = hashlib.sha256(f"{number} {cell.source}".encode()).hexdigest()[:8]
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            cell.outputs = _merged(cell.outputs)
            for output in cell.outputs:
                _clean(output)
    return notebook


def _merged(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Join the streams of one name that follow each other."""
    merged: list[NotebookNode] = []
    for output in outputs:
        previous = merged[-1] if merged else {}
        if output.output_type == "stream" and previous.get("name") == output.name:
            previous.text += output.text
        else:
            merged.append(output)
    return merged


def _clean(output: NotebookNode) -> None:
    """Drop a widget's view, which shows nothing without its kernel, and colour codes."""
    if output.output_type == "stream":
        output.text = COLOUR.sub("", output.text)
    elif output.output_type == "error":
        output.traceback = [COLOUR.sub("", line) for line in output.traceback]
    elif len(output.data) > 1:
        output.data.pop(WIDGET, None)


class ExecutionError(Exception):
    """A notebook did not run to its end; the message shows the cell and the error."""


def execute(
    path: Path, *, on_cell: Callable[[int, int], None] = lambda done, total: None
) -> NotebookNode:
    """Run a notebook in a fresh kernel, working in the notebook's folder.

    The person's own settings of IPython and their other kernels are left out of it.

    Parameters
    ----------
    path
        The notebook; the file stays as it is.
    on_cell
        Called with the number of cells done and the number there are.

    Returns
    -------
    NotebookNode
        The normal notebook with its new outputs.

    Raises
    ------
    ExecutionError
        At the first cell that fails, hangs or ends the kernel.
    """
    from jupyter_client.kernelspec import KernelSpecManager
    from jupyter_client.manager import AsyncKernelManager
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    notebook = read(path)
    total = len(notebook.cells)
    # The kernel of this environment, whatever others the person has.
    ours = Path(sys.prefix, "share", "jupyter", "kernels")
    kernel = AsyncKernelManager(
        kernel_name="python3", kernel_spec_manager=KernelSpecManager(kernel_dirs=[str(ours)])
    )
    reached = 0

    def started(cell: NotebookNode, cell_index: int) -> None:
        nonlocal reached
        reached = cell_index
        on_cell(reached, total)

    client = NotebookClient(
        notebook,
        km=kernel,
        timeout=SECONDS_A_CELL,
        extra_arguments=["--log-level=ERROR"],
        resources={"metadata": {"path": str(path.resolve().parent)}},
        on_cell_start=started,
    )
    with tempfile.TemporaryDirectory(prefix="course-") as folder:
        quiet = {"TERM": "dumb", "NO_COLOR": "1", "IPYTHONDIR": folder}
        try:
            client.execute(cleanup_kc=True, env={**os.environ, **quiet})
        except CellExecutionError as error:
            said = f"{error.ename}: {error.evalue}"
        except CellTimeoutError:
            said = f"took longer than {SECONDS_A_CELL} seconds"
        except DeadKernelError:
            said = "the kernel ended"
        else:
            on_cell(total, total)
            return normalise(notebook)
    source = "\n".join(f"    {line}" for line in notebook.cells[reached].source.splitlines())
    said = COLOUR.sub("", said)
    raise ExecutionError(f"{path.name}, cell {reached + 1} of {total}:\n{source}\n{said}")
