"""Make the environment in which the course runs: `.venv`, beside `pyproject.toml`.

Run it as a script, with any Python from 3.11 on; it uses nothing but the standard library::

    python3 course_utils/install.py [test] [bench] [browser] [setup]
    python3 course_utils/install.py lock [--upgrade]

The words are the extras of `pyproject.toml`. What gets installed is what `requirements.lock`
says, hash by hash; `lock` compiles that file anew. A stamp in `.venv` remembers what was
installed, so that a second call returns at once and an interrupted one is repaired. `uv` does
the work where it can be had, since it is fast; otherwise `venv` and `pip` do it.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 (an older one can read this file, not run it)
    sys.exit(
        "The course needs Python 3.11 or newer, and this is Python {}.{}: install a newer one, "
        "then run this with it (or `make lab PYTHON=/path/to/it`).".format(*sys.version_info)
    )

import contextlib
import hashlib
import json
import os
import re
import shutil
import subprocess
import sysconfig
import tempfile
import time
import tomllib
from collections.abc import Iterable, Iterator
from importlib.metadata import distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROJECT = ROOT / "pyproject.toml"
LOCK = ROOT / "requirements.lock"
ENVIRONMENT = ROOT / ".venv"
STAMP = ENVIRONMENT / "course.json"
WINDOWS = os.name == "nt"
INTERPRETER = ENVIRONMENT / ("Scripts/python.exe" if WINDOWS else "bin/python")
# Called from inside .venv, which may have to go: use the Python that it was made from.
PYTHON = sys._base_executable if Path(sys.prefix) == ENVIRONMENT else sys.executable

CAUSES = {
    r"No space left|not enough space|Disk quota": "The disk is full: make room (1 GB)",
    r"Read-only file system|Permission denied|permission denied|Access is denied": (
        "This folder cannot be written to: move the course to a folder of your own"
    ),
    r"[Hh]ash mismatch|DO NOT MATCH THE HASHES": (
        "A package differs from the one that requirements.lock names: use another network"
    ),
    r"No module named (pip|venv|ensurepip)|ensurepip is not available": (
        "This Python has neither pip nor venv: install them "
        "(Debian, Ubuntu: apt install python3-pip python3-venv)"
    ),
    r"resolution|resolve host|dns error|[Cc]onnect|[Tt]imed out|from versions: none": (
        "The packages cannot be reached: check the network"
    ),
}


class InstallError(Exception):
    """What went wrong and what to do, in one line."""


def extras_of_the_project() -> set[str]:
    """Return the names of the optional dependencies."""
    with PROJECT.open("rb") as file:
        return set(tomllib.load(file)["project"]["optional-dependencies"])


def stamp(extras: Iterable[str]) -> dict:
    """Return what `.venv` is made from; it has to be made anew, or added to, when this changes."""
    return {
        "place": str(ENVIRONMENT),
        "python": "{}.{}".format(*sys.version_info),
        "digest": hashlib.sha256(PROJECT.read_bytes() + LOCK.read_bytes()).hexdigest(),
        "extras": sorted(set(extras)),
    }


def read_stamp() -> dict:
    """Return the stamp of `.venv`, empty where there is none."""
    try:
        return json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def write_stamp(made_from: dict, complete: bool) -> None:
    """Leave the stamp in `.venv`; an incomplete one says that `.venv` is ours to make anew."""
    STAMP.write_text(json.dumps({**made_from, "complete": complete}), encoding="utf-8")


def is_usable(wanted: dict, found: dict) -> bool:
    """Tell whether the `.venv` stamped `found` is whole, in its place, of the wanted Python."""
    same = all(found.get(key) == wanted[key] for key in ("place", "python"))
    return same and found["complete"] and INTERPRETER.exists()


def is_current(wanted: dict, found: dict) -> bool:
    """Tell whether nothing has to be installed."""
    return (
        is_usable(wanted, found)
        and found["digest"] == wanted["digest"]
        and set(wanted["extras"]) <= set(found["extras"])
    )


def locked(lock: str) -> set[str]:
    """Return what the text of a lock file allows, each as `name==version`."""
    return set(re.findall(r"^[a-z0-9-]+==[^\s;]+", lock, re.M))


def block(name: str, lock: str) -> str:
    """Cut the lines of one package, hashes included, out of the text of a lock file."""
    found = re.search(rf"^{name}==.*(\n    --hash=.*)+", lock, re.M)
    if not found:
        raise InstallError(f"requirements.lock lacks {name}: compile it again (make lock).")
    return found[0] + "\n"


def installed() -> set[str]:
    """Return what `.venv` holds, each as `name==version`, the course left out."""
    folder = sysconfig.get_path("purelib", "venv", {"base": str(ENVIRONMENT)})
    found = {str(one.name): one.version for one in distributions(path=[folder])}
    found.pop("activation-course", None)
    return {re.sub(r"[-_.]+", "-", name).lower() + f"=={found[name]}" for name in found}


def refuse_strangers(added: set[str]) -> None:
    """Raise `InstallError` if something was installed that the lock does not name."""
    strangers = sorted(added - locked(LOCK.read_text(encoding="utf-8")))
    if strangers:
        names = ", ".join(strangers)
        raise InstallError(f"requirements.lock lacks {names}: compile it again (make lock).")


def cause(said: str) -> str:
    """Turn what an installer said into one line with what to do, and without addresses."""
    for pattern, meaning in CAUSES.items():
        if re.search(pattern, said):
            return f"{meaning}, and try again."
    errors = [line.strip() for line in said.splitlines() if "error" in line.lower()]
    reason = re.sub(r"\S+://\S+", "(address)", errors[-1]) if errors else "no reason was given"
    return f"The installation failed ({reason[:200]}): try again."


def run(what: str, *command: str | Path) -> None:
    """Run a command, showing what it is for and the seconds; raise `InstallError` if it fails."""
    begin = time.monotonic()
    on_terminal = sys.stdout.isatty()
    environment = {**os.environ, "PIP_REQUIRE_VIRTUALENV": "0", "PIP_USER": "0"}
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
        while process.poll() is None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=1)
            if on_terminal:
                print(f"\r{what} ... {time.monotonic() - begin:.0f} s", end="", flush=True)
        print("" if on_terminal else f"{what} ... {time.monotonic() - begin:.0f} s", flush=True)
        output.seek(0)
        said = output.read().decode(errors="replace")
    if process.returncode:
        raise InstallError(cause(said))


@contextlib.contextmanager
def uv_program() -> Iterator[str | Path]:
    """Give the path of uv: the one on the PATH, or one fetched for this call only.

    Pip unpacks it into a folder of its own, which also works where pip may not touch the
    system's packages and where `venv` is missing.
    """
    if shutil.which("uv"):
        yield shutil.which("uv")
        return
    with tempfile.TemporaryDirectory(prefix="course-") as folder:
        requirement = Path(folder, "requirement.txt")
        requirement.write_text(block("uv", LOCK.read_text(encoding="utf-8")), encoding="utf-8")
        pip = [PYTHON, "-m", "pip", "install", "--retries=1", "--require-hashes"]
        run("Fetching uv, the installer", *pip, "--target", folder, "-r", requirement)
        yield Path(folder, "bin", "uv.exe" if WINDOWS else "uv")


def install_with_uv(extras: Iterable[str]) -> None:
    """Install the course and the extras; uv checks the hashes that its constraints carry."""
    course = "-e.[{}]".format(",".join(extras))
    with uv_program() as uv:
        run("Making .venv", uv, "venv", "--allow-existing", "--python", PYTHON, ENVIRONMENT)
        add = [uv, "pip", "install", "--python", INTERPRETER, "--compile-bytecode", "-c", LOCK]
        run("Installing what builds the course", *add, "hatchling", "editables", "pip")
        run("Installing the course and what it needs", *add, "--no-build-isolation", course)


def install_with_pip() -> None:
    """Install the course and everything that the lock holds, with what comes with Python."""
    run("Making .venv", PYTHON, "-m", "venv", ENVIRONMENT)
    add = [INTERPRETER, "-m", "pip", "install", "--retries=1", "--no-deps"]
    run("Installing what the course needs (minutes)", *add, "--require-hashes", "-r", LOCK)
    run("Installing the course", *add, "--no-build-isolation", "-e", ".")


def install(extras: Iterable[str]) -> None:
    """Make `.venv` hold the course and the extras; return at once if it does.

    Parameters
    ----------
    extras
        Names of optional dependencies. Those of an earlier call are kept.

    Raises
    ------
    InstallError
        With one line that says what to do. The next call makes anew what is half done.
    """
    wanted, found = stamp(extras), read_stamp()
    if is_current(wanted, found):
        return
    if is_usable(wanted, found):
        wanted = stamp([*wanted["extras"], *found["extras"]])
    elif found:
        shutil.rmtree(ENVIRONMENT)
    elif ENVIRONMENT.exists() and any(ENVIRONMENT.iterdir()):
        raise InstallError(
            f"The course did not make {ENVIRONMENT}: move it away, or keep it and run "
            "`pip install -e .` in it yourself."
        )
    ENVIRONMENT.mkdir(exist_ok=True)
    write_stamp(wanted, complete=False)
    before = installed()  # what the student has added stays
    try:
        install_with_uv(wanted["extras"])
    except InstallError as error:
        print("That did not work: now trying without uv.", flush=True)
        try:
            install_with_pip()
        except InstallError:
            raise error from None
        wanted = stamp(extras_of_the_project())
    else:
        refuse_strangers(installed() - before)
    write_stamp(wanted, complete=True)


def compile_lock(options: Iterable[str]) -> None:
    """Compile requirements.lock from pyproject.toml with uv and more of its options.

    `.venv` plays no part in it, since nothing can be installed that the lock does not name yet.
    """
    which = ["--all-extras", "--universal", "--generate-hashes", "--python-version", "3.11"]
    note = ["--custom-compile-command", "make lock", "-o", LOCK.name]
    with uv_program() as uv:
        run(f"Compiling {LOCK.name}", uv, "pip", "compile", PROJECT.name, *which, *note, *options)


def main(words: list[str]) -> int | str:
    """Install or compile, and return what `sys.exit` wants."""
    known = extras_of_the_project()
    if words[:1] != ["lock"] and not known.issuperset(words):
        print(
            f"usage: install.py [{'] ['.join(sorted(known))}], or install.py lock", file=sys.stderr
        )
        return 2
    try:
        if words[:1] == ["lock"]:
            compile_lock(words[1:])
        else:
            install(words)
    except InstallError as error:
        return str(error)
    except OSError as error:
        return cause(f"error: {error}")
    except KeyboardInterrupt:
        return "Stopped half-way: the next call begins again."
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
