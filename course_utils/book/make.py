"""Make the book and put it where it is wanted, without touching what a person has made."""

from __future__ import annotations

import hashlib
import io
import shutil
import sys
import tempfile
from pathlib import Path

__all__ = ["MARKER", "BookError", "build", "publish", "refusal"]

MARKER = ".course-site"
"""A file of the book's folder that names every other with its hash: these are ours."""


class BookError(Exception):
    """Sphinx has found something wrong; the message is what it says."""


def build(to: Path) -> None:
    """Make the book in a folder that is new or empty.

    Raises
    ------
    BookError
        If Sphinx warns of anything: of a link that leads nowhere, for instance.
    """
    from sphinx.application import Sphinx
    from sphinx.util.docutils import docutils_namespace, patch_docutils

    from course_utils.book.stage import stage

    with tempfile.TemporaryDirectory(prefix="course-") as name:
        sources = Path(name, "sources")
        sources.mkdir()
        stage(sources)
        warnings = io.StringIO()
        here = str(Path(__file__).parent)
        with patch_docutils(here), docutils_namespace():
            app = Sphinx(
                sources, here, to, Path(name, "doctrees"), "html",
                {"html_static_path": [str(sources / "_book")],
                 "html_extra_path": [str(sources / "_extra")],
                 "html_favicon": str(sources / "_book" / "logo.svg")},
                status=None, warning=warnings, parallel=2 if sys.platform == "linux" else 1,
            )  # fmt: skip
            app.build(force_all=True)
        if said := warnings.getvalue().strip():
            raise BookError(said.replace(f"{sources}/", ""))
    (to / ".buildinfo").unlink(missing_ok=True)
    shutil.rmtree(to / "_sources", ignore_errors=True)  # an empty folder


def refusal(to: Path) -> str:
    """Return why the book must not be put there, empty if it may."""
    if not to.exists() or (to.is_dir() and not any(to.iterdir())):
        return ""
    if not to.is_dir():
        return f"{to} is a file: name a folder"
    if not (to / MARKER).is_file():
        return f"{to} holds files that `course site` has not made: name a new or an empty folder"
    ours = dict(
        reversed(line.split("  ", 1))
        for line in (to / MARKER).read_text(encoding="utf-8").splitlines()
        if "  " in line
    )
    for name, digest in _digests(to).items():
        if ours.get(name) != digest:
            return f"{to / name} has been changed or added since the book was made: move it away"
    return ""


def publish(to: Path) -> int:
    """Make the book, put it in place, and return the number of its pages; `refusal` comes first."""
    with tempfile.TemporaryDirectory(prefix="course-") as name:
        fresh = Path(name, "book")
        build(fresh)
        lines = [f"{digest}  {path}" for path, digest in _digests(fresh).items()]
        (fresh / MARKER).write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
        to.mkdir(parents=True, exist_ok=True)
        for old in to.iterdir():
            shutil.rmtree(old) if old.is_dir() else old.unlink()
        shutil.copytree(fresh, to, dirs_exist_ok=True)
    return len(list(to.rglob("*.html")))


def _digests(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
        if path != folder / MARKER
    }
