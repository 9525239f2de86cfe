"""The course to take away: one zip for a student without git, the same bytes each time.

It holds what a student runs, and neither the solutions nor the notes for the instructor. A git
checkout gives its committed files, so that nobody's own changes get in. Elsewhere the files are
taken from a list.
"""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import subprocess
import tarfile
import zipfile
from pathlib import Path

from course_utils.editions import FRESH, exercise_text, solutions
from course_utils.notebooks import ROOT, dumps

__all__ = ["BundleError", "files", "is_ours", "packed", "uncommitted"]

TOP = "activation-course"
SINGLE = (
    "CITATION.cff", "LICENSE", "LICENSE-CONTENT", "Makefile", "environment.yml", "pyproject.toml",
    "requirements.lock", "exercises/README.md", "notebooks/ruff.toml",
)  # fmt: skip
LESSON = "[0-9][0-9]_*.ipynb"
PACKAGE = {".css", ".js", ".json", ".mplstyle", ".py", ".svg"}
SIGNATURE = b"activation-course bundle "
README = """\
# Activation functions and their derivatives

You need Python 3.11 or newer with pip and, for the first start, the network. In this folder, type

    python3 course_utils/install.py     # once: sets everything up in .venv
    .venv/bin/course lab                # opens the first page; `make lab` does both

On Windows, type `py course_utils\\install.py` and then `.venv\\Scripts\\course lab`.
Begin with notebooks/00_start_here.ipynb. Each lesson ends with a link to its exercise.
Code: BSD 3-Clause (LICENSE). Text and figures: CC BY 4.0 (LICENSE-CONTENT).
"""


class BundleError(Exception):
    """The files of the course cannot be had; the message says what to do."""


def files(root: Path = ROOT) -> dict[str, bytes]:
    """Return what belongs into the bundle, by its place below the top folder.

    Raises
    ------
    BundleError
        If git cannot read its checkout, or a file of the course is missing.
    """
    found = _committed(root) if (root / ".git").exists() else _listed(root)
    missing = {*SINGLE, "notebooks/00_start_here.ipynb"} - found.keys()
    if missing:
        raise BundleError(f"{min(missing)} is missing: get the course again")
    fresh = FRESH.relative_to(ROOT)
    for name in list(found):
        if name.startswith("notebooks/") and name.endswith(".ipynb"):
            found[name] = _for_students(found[name])
        elif name.startswith("exercises/") and name.endswith(".ipynb"):
            found[f"{fresh.as_posix()}/{Path(name).name}"] = found[name]
    return {**found, "README.md": README.encode()}


def _git(root: Path, *arguments: str) -> bytes:
    """Return what git says about the checkout, whatever repository a caller has set."""
    if not shutil.which("git"):
        raise BundleError("git is not installed, and knows what belongs into the bundle")
    own = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    done = subprocess.run(["git", "-C", root, *arguments], capture_output=True, env=own)
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip() or "no reason was given"
        raise BundleError(f"git cannot read this checkout: {said.splitlines()[0]}")
    return done.stdout


def _committed(root: Path) -> dict[str, bytes]:
    """Return the files of the last commit, as a checkout would have them."""
    archive = tarfile.open(fileobj=io.BytesIO(_git(root, "archive", "--format=tar", "HEAD")))
    return {
        member.name: archive.extractfile(member).read()
        for member in archive
        if member.isfile() and _belongs(member.name)
    }


def _belongs(name: str) -> bool:
    """Tell whether a committed file is one for students."""
    path = Path(name)
    if path.parts[0] in {"exercises", "notebooks"} and path.suffix == ".ipynb":
        return len(path.parts) == 2 and path.match(LESSON)
    return name in SINGLE or path.parts[0] == "course_utils"


def _listed(root: Path) -> dict[str, bytes]:
    """Return the same without git: exercises as they were made, no cache, no copy by hand."""
    paths = [root / name for name in SINGLE] + sorted((root / "notebooks").glob(LESSON))
    paths += [p for p in (root / "course_utils").rglob("*") if p.suffix in PACKAGE]
    found = {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in paths
        if path.is_file() and ".ipynb_checkpoints" not in path.parts
    }
    made = {path.name: exercise_text(path).encode() for path in solutions(root / "solutions")}
    fresh = root / FRESH.relative_to(ROOT)
    made = made or {path.name: path.read_bytes() for path in solutions(fresh)}
    return {**found, **{f"exercises/{name}": data for name, data in made.items()}}


def _for_students(data: bytes) -> bytes:
    """Return a lesson without the notes for the instructor."""
    import nbformat

    lesson = nbformat.reads(data.decode("utf-8"), as_version=4)
    lesson.cells = [c for c in lesson.cells if "instructor" not in c.metadata.get("tags", [])]
    return dumps(lesson).encode()


def uncommitted(root: Path = ROOT) -> list[str]:
    """Return the changed files that the bundle holds as they were committed."""
    if not (root / ".git").exists():
        return []
    lines = _git(root, "status", "--porcelain", "-z", "--no-renames").decode().split("\0")
    return [line[3:] for line in lines if line and _belongs(line[3:])]


def packed(found: dict[str, bytes]) -> bytes:
    """Return the zip: one folder, sorted, every date and mode the same."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(found):
            member = zipfile.ZipInfo(f"{TOP}/{name}", date_time=(1980, 1, 1, 0, 0, 0))
            member.compress_type, member.create_system = zipfile.ZIP_DEFLATED, 3
            member.external_attr = 0o100644 << 16
            archive.writestr(member, found[name])
        archive.comment = SIGNATURE + _digest(archive)
    return buffer.getvalue()


def _digest(archive: zipfile.ZipFile) -> bytes:
    """Return a hash of what an archive holds."""
    members = sorted((one.filename, one.CRC, one.file_size) for one in archive.infolist())
    return hashlib.sha256(repr(members).encode()).hexdigest().encode()


def is_ours(path: Path) -> bool:
    """Return whether a file is a bundle that nobody has changed since it was made."""
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.comment == SIGNATURE + _digest(archive)
    except (OSError, zipfile.BadZipFile):
        return False
