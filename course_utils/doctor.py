"""What the course needs of this computer, looked at in a second: `examine()`.

Uses nothing but the standard library until it knows that the rest is there, so that it can
also say what is wrong with a broken installation.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from typing import TYPE_CHECKING

from course_utils.notebooks import ROOT

if TYPE_CHECKING:
    from packaging.specifiers import SpecifierSet

__all__ = ["Finding", "examine", "has_display"]

REPAIR = "run `make lab` again, or `pip install -e .` in the environment that you use"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes
    ----------
    subject
        What was looked at.
    status
        `"ok"`, `"warning"` (the course runs, with less) or `"problem"`.
    detail
        What was found, for instance a version.
    remedy
        What to do; empty where nothing has to be done.
    """

    subject: str
    status: str
    detail: str
    remedy: str = ""

    @property
    def stable(self) -> str:
        """The finding without what differs between two healthy computers."""
        if self.status == "ok":
            return f"{self.subject:<22} ok"
        return f"{self.subject:<22} {self.status}: {self.detail}: {self.remedy}"

    def __str__(self) -> str:
        remedy = f": {self.remedy}" if self.remedy else ""
        return f"{self.status:<8} {self.subject:<22} {self.detail}{remedy}"


def has_display() -> bool:
    """Tell whether a browser can open a window here."""
    if not sys.platform.startswith("linux"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def examine() -> list[Finding]:
    """Look at Python, the packages, the kernel, the folder and the display, in this order."""
    try:
        course = metadata.distribution("activation-course")
        versions = list(_versions(course))
    except (metadata.PackageNotFoundError, ModuleNotFoundError):
        versions = [Finding("the course", "problem", "is not installed", REPAIR)]
    return [*versions, _kernel(), _folder(), _display()]


def _versions(course: metadata.Distribution) -> Iterator[Finding]:
    """Compare what is there with the lower bounds that the course was installed with."""
    from packaging.requirements import Requirement
    from packaging.specifiers import SpecifierSet

    python = ".".join(map(str, sys.version_info[:3]))
    needed = SpecifierSet(course.metadata["Requires-Python"])
    yield _version("Python", python, needed, f"install Python {needed}, then {REPAIR}")
    for requirement in map(Requirement, course.requires or ()):
        if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        try:
            found = metadata.version(requirement.name)
        except metadata.PackageNotFoundError:
            yield Finding(requirement.name, "problem", "is missing", REPAIR)
        else:
            yield _version(requirement.name, found, requirement.specifier, REPAIR)


def _version(name: str, found: str, needed: SpecifierSet, remedy: str) -> Finding:
    if needed.contains(found, prereleases=True):
        return Finding(name, "ok", f"{found} ({needed})")
    return Finding(name, "problem", f"{found} is not {needed}", remedy)


def _kernel() -> Finding:
    """Look whether the kernel that a notebook asks for runs in this environment."""
    try:
        from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

        program = KernelSpecManager().get_kernel_spec("python3").argv[0]
    except ModuleNotFoundError as error:
        return Finding("kernel python3", "problem", f"{error.name} is missing", REPAIR)
    except NoSuchKernel:
        return Finding("kernel python3", "problem", "is missing", REPAIR)
    # Where a kernel only says `python`, without a folder, Jupyter puts its own interpreter.
    if os.path.dirname(program) in {"", os.path.dirname(sys.executable)}:
        return Finding("kernel python3", "ok", "is this environment")
    remedy = "remove it (`jupyter kernelspec remove python3`), or start with `course lab`"
    return Finding("kernel python3", "warning", f"is another Python, {program}", remedy)


def _folder() -> Finding:
    """Look whether notebooks can be saved."""
    folder = ROOT / "notebooks"
    try:
        with tempfile.TemporaryFile(dir=folder):
            return Finding("folder notebooks", "ok", "can be written to")
    except OSError as error:
        remedy = "move the course to a folder of your own"
        return Finding("folder notebooks", "problem", error.strerror or str(error), remedy)


def _display() -> Finding:
    """Say whether a browser will open; without one, the address is printed."""
    if has_display():
        return Finding("display", "ok", "a browser opens by itself")
    return Finding("display", "ok", "none: `course lab` prints the address to open")
