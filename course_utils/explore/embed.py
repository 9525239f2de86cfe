"""Explorers in pages without a kernel: in the book and on slides, also opened from a disk.

A committed lesson holds the picture of an explorer, not its data: the data is computed anew from
the lesson's own code when a page is made. A browser loads no modules from a disk, so the page's
code is turned into a plain script here.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from matplotlib import rc_context

from course_utils.explore.base import Explorer, page_code, page_style
from course_utils.notebooks import read

if TYPE_CHECKING:
    from nbformat import NotebookNode

__all__ = ["embedded", "explorers_of", "page_style", "script"]

CALL = re.compile(r"^(?:explore\.)?explore_\w+\(", re.MULTILINE)

MOUNT_ALL = """
for (const place of document.querySelectorAll(".explorer-place")) {
  const data = JSON.parse(place.querySelector("script").textContent);
  const root = document.createElement("div");
  place.append(root);
  mount(root, data);
  place.classList.add("is-alive");
  place.querySelector(".explorer-still").hidden = true;
}
"""


def explorers_of(path: Path) -> dict[str, Explorer]:
    """Return the explorers of a lesson, by the ids of the cells that show them.

    The lesson's code runs in this process, as far as an explorer needs it: its first cell, which
    imports, and if names are still missing, every cell before the explorer.

    Raises
    ------
    RuntimeError
        If a cell that shows an explorer does not make one.
    """
    cells = [cell for cell in read(path).cells if cell.cell_type == "code"]
    with rc_context():  # a lesson sets its own style
        return {
            cell.id: _made(path, cell, cells[:number])
            for number, cell in enumerate(cells)
            if CALL.search(cell.source)
        }


def _made(path: Path, cell: NotebookNode, before: list[NotebookNode]) -> Explorer:
    names: dict[str, Any] = {"__name__": "__main__"}
    for earlier in before[:1]:
        exec(earlier.source, names)
    try:
        made = eval(cell.source, names)
    except NameError:  # it needs more of the lesson than its imports
        made = eval(cell.source, _names_after(before))
    if not isinstance(made, Explorer):
        raise RuntimeError(f"{path.name}, cell {cell.id}: this shows no explorer")
    return made


def _names_after(cells: list[NotebookNode]) -> dict[str, Any]:
    """Run cells as Jupyter does, without what they print and show; return their names."""
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.capture import capture_output

    shell = InteractiveShell()
    for cell in cells:
        with capture_output():
            shell.run_cell(cell.source, silent=True).raise_error()
    return shell.user_ns


def embedded(explorer: Explorer, still: str) -> str:
    """Return the HTML of an explorer that comes alive where `script` runs.

    Parameters
    ----------
    explorer
        What is to be alive.
    still
        The HTML of the picture that stands there until then, and where no script runs.
    """
    data = json.dumps(explorer.data).replace("<", "\\u003c")
    return (
        f'<div class="explorer-place"><div class="explorer-still">{still}</div>'
        f'<script type="application/json">{data}</script></div>'
    )


def script() -> str:
    """Return a classic script that mounts every explorer of the page it stands at the end of."""
    plain = re.sub(r"^export (default [^;]*;|(?=\w))", "", page_code(), flags=re.MULTILINE)
    return f"(() => {{\n{plain}{MOUNT_ALL}}})();\n"
