"""The lists of dependencies agree, and the installer does what it says."""

import ast
import contextlib
import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.version import Version

from course_utils import install

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
EXTRAS = PROJECT["optional-dependencies"]
IGNORED = {".git", ".venv", ".hypothesis", ".ipynb_checkpoints", ".pytest_cache", ".ruff_cache"}
# Spelled backwards, because this file is searched as well.
HOSTS = [
    f"{name[::-1]}." for name in "ipyp detsohnohtyp sjmpn adnocana rviledsj gkpnu sjndc".split()
]


def entries(lock):
    """Yield the head of each entry of a lock file with its hashes."""
    for entry in re.findall(r"^\S+==.*(?:\n    .*)*", lock, re.M):
        yield entry.splitlines()[0].rstrip("\\ "), re.findall(r"--hash=(\S+)", entry)


def project_files():
    """Yield every file that is, or will be, committed."""
    for top in ROOT.iterdir():
        if top.name not in IGNORED:
            files = [top, *top.rglob("*")]
            yield from (path for path in files if path.is_file() and path.suffix != ".pyc")


def test_conda_and_pip_are_given_the_same_packages():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    named = [line for line in environment["dependencies"] if isinstance(line, str)]
    wanted = [f"python{PROJECT['requires-python']}", *PROJECT["dependencies"], *EXTRAS["test"]]
    assert sorted(named) == sorted([*wanted, "pip"])
    assert environment["dependencies"][-1] == {"pip": ["-e ."]}
    assert environment["channels"] == ["conda-forge", "nodefaults"]


@pytest.mark.parametrize("wanted", sum(EXTRAS.values(), PROJECT["dependencies"]))
def test_the_lock_holds(wanted):
    requirement = Requirement(wanted)
    versions = re.findall(rf"^{requirement.name}==([^\s;]+)", LOCK, re.M)
    assert versions, "make lock"
    assert all(Version(version) in requirement.specifier for version in versions)


def test_the_lock_has_a_hash_for_everything():
    heads = dict(entries(LOCK))
    assert len(heads) > 80
    for head, hashes in heads.items():
        assert hashes, head
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", one) for one in hashes), head


@pytest.mark.parametrize("name", ["requirements.lock", "environment.yml"])
def test_no_address_says_where_packages_come_from(name):
    assert "://" not in (ROOT / name).read_text(encoding="utf-8")


def test_no_file_names_a_registry():
    hosts = re.compile("|".join(rf"\b{re.escape(host)}(org|com|net|io)\b" for host in HOSTS))
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in project_files()
        for match in hosts.finditer(path.read_text(encoding="utf-8", errors="replace"))
    ]
    assert found == []


def test_no_helper_hides_a_module_of_python():
    # install.py runs as a script, with its own folder before the standard library.
    names = {path.stem for path in (ROOT / "course_utils").glob("*")}
    assert not names & sys.stdlib_module_names


def test_an_old_python_can_read_the_installer_and_is_refused():
    source = Path(install.__file__).read_text(encoding="utf-8")
    ast.parse(source, feature_version=(3, 6))
    pretend = (
        "import runpy, sys; sys.version_info = (3, 10, 4, 'final', 0);"
        f"runpy.run_path({install.__file__!r})"
    )
    done = subprocess.run([sys.executable, "-c", pretend], capture_output=True, text=True)
    assert done.returncode == 1
    assert "Python 3.11 or newer, and this is Python 3.10" in done.stderr
    assert done.stderr.count("\n") == 1


def test_an_unknown_extra_is_refused(capsys):
    assert install.main(["tset"]) == 2
    assert "[test]" in capsys.readouterr().err


def test_the_lock_is_compiled_without_the_environment_that_it_is_for(copy, monkeypatch):
    calls = []
    monkeypatch.setattr(install, "uv_program", lambda: contextlib.nullcontext("uv"))
    monkeypatch.setattr(install, "run", lambda what, *command: calls.append(command))
    assert install.main(["lock", "--upgrade"]) == 0
    [command] = calls
    assert command[:4] == ("uv", "pip", "compile", "pyproject.toml")
    assert {"--universal", "--generate-hashes", "--all-extras", "--upgrade"} < set(command)
    assert command[command.index("-o") + 1] == "requirements.lock"
    assert not copy.calls
    assert not copy.environment.exists()


def test_a_block_of_the_lock_is_cut_out_whole():
    lock = (
        "ab==1 \\\n    --hash=sha256:00\nb==2 \\\n    --hash=sha256:11 \\\n    --hash=sha256:22\n"
    )
    lock += "    # via x\nc==3 \\\n    --hash=sha256:33\n"
    assert install.block("b", lock) == ("b==2 \\\n    --hash=sha256:11 \\\n    --hash=sha256:22\n")
    assert install.block("uv", LOCK).count("--hash=") > 5
    with pytest.raises(install.InstallError, match="make lock"):
        install.block("d", lock)


def test_the_lock_is_read_with_its_markers():
    assert install.locked("a-b==1.0 \\\n    --hash=x\nc==2 ; os_name == 'nt' \\\n# d==3\n") == {
        "a-b==1.0",
        "c==2",
    }


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("OSError: [Errno 28] No space left on device", "disk is full"),
        ("OSError: [Errno 30] Read-only file system: '.venv'", "cannot be written"),
        ("/usr/bin/python3: No module named pip", "apt install"),
        ("NewConnectionError: Temporary failure in name resolution", "check the network"),
        ("  error sending request for url", "try again"),
        ("Expected sha256 00\nTHESE PACKAGES DO NOT MATCH THE HASHES", "differs from the one"),
    ],
)
def test_what_went_wrong_is_told_in_one_line(said, told):
    line = install.cause(said)
    assert told in line
    assert "\n" not in line


def test_no_address_is_repeated():
    assert "//" not in install.cause("error: cannot read https" + "://host/simple/uv")


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """Let the installer work on an empty copy of the project, with a pretended uv."""
    for name in ("PROJECT", "LOCK"):
        path = tmp_path / getattr(install, name).name
        path.write_bytes(getattr(install, name).read_bytes())
        monkeypatch.setattr(install, name, path)
    environment = tmp_path / ".venv"
    monkeypatch.setattr(install, "ENVIRONMENT", environment)
    monkeypatch.setattr(install, "STAMP", environment / "course.json")
    monkeypatch.setattr(install, "INTERPRETER", environment / "python")
    copy = SimpleNamespace(environment=environment, calls=[], packages={"sympy==1.14.0"})

    def install_with_uv(extras):
        copy.calls.append(list(extras))
        for package in ["python", *copy.packages]:
            (environment / package).touch()

    monkeypatch.setattr(install, "install_with_uv", install_with_uv)
    monkeypatch.setattr(
        install, "installed", lambda: {path.name for path in environment.glob("*==*")}
    )
    return copy


def test_a_second_call_installs_nothing(copy):
    install.install(["test"])
    install.install(["test"])
    install.install([])
    assert copy.calls == [["test"]]


def test_extras_add_up(copy):
    install.install(["bench"])
    (copy.environment / "pandas==1").touch()
    install.install(["test"])
    assert copy.calls == [["bench"], ["bench", "test"]]
    assert (copy.environment / "pandas==1").exists()


@pytest.mark.parametrize("name", ["PROJECT", "LOCK"])
def test_a_changed_list_is_installed(copy, name):
    install.install([])
    with getattr(install, name).open("a") as file:
        file.write("\n")
    install.install([])
    assert copy.calls == [[], []]


def test_an_interrupted_installation_is_repaired(copy, monkeypatch):
    def interrupted(extras):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(install, "install_with_uv", interrupted)
        assert "next call" in install.main([])
    assert install.main([]) == 0
    assert copy.calls == [[]]


@pytest.mark.parametrize("key", ["place", "python"])
def test_a_moved_folder_or_another_python_starts_anew(copy, key):
    install.install(["test"])
    left = copy.environment / "left"
    left.touch()
    made = json.loads(install.STAMP.read_text())
    install.STAMP.write_text(json.dumps({**made, key: "another"}))
    install.install([])
    assert copy.calls == [["test"], []]
    assert not left.exists()


def test_an_environment_of_someone_else_is_left_alone(copy):
    copy.environment.mkdir()
    (copy.environment / "pyvenv.cfg").touch()
    assert "move it away" in install.main([])
    assert os.listdir(copy.environment) == ["pyvenv.cfg"]


def test_what_the_lock_does_not_name_is_refused_every_time(copy):
    copy.packages.add("stranger==1")
    for _ in range(2):
        assert "lacks stranger==1: " in install.main([])


def test_without_uv_pip_installs_everything(copy, monkeypatch, capsys):
    def fails(extras):
        raise install.InstallError("The packages cannot be reached.")

    called = []
    monkeypatch.setattr(install, "install_with_uv", fails)
    monkeypatch.setattr(install, "install_with_pip", lambda: called.append("pip"))
    install.install([])
    assert called == ["pip"]
    assert json.loads(install.STAMP.read_text())["extras"] == sorted(EXTRAS)
    assert capsys.readouterr().out.endswith("now trying without uv.\n")
