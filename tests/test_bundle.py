"""The course in one zip: what is in it, that nobody's file is lost, and that it works unpacked."""

import io
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from course_utils import bundle, cli, editions

ROOT = Path(__file__).parent.parent
LESSONS = sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))
IN_GIT = pytest.mark.skipif(not (ROOT / ".git").exists(), reason="this is no git checkout")


@pytest.fixture(scope="module")
def held():
    return bundle.files()


@pytest.fixture(scope="module")
def unpacked(held, tmp_path_factory):
    """Unpack the bundle where the path has a space, and return its one folder."""
    folder = tmp_path_factory.mktemp("with a space")
    with zipfile.ZipFile(io.BytesIO(bundle.packed(held))) as archive:
        archive.extractall(folder)
    assert os.listdir(folder) == ["activation-course"]
    return folder / "activation-course"


def course(folder, *arguments):
    """Run a command with the unpacked course, in the environment of these tests."""
    command = [sys.executable, "-m", "course_utils.cli", *arguments]
    own = {**os.environ, "PYTHONPATH": str(folder)}
    return subprocess.run(command, cwd=folder, env=own, capture_output=True, text=True)


def refused(capsys, place):
    """Return the one line in which the command refuses a place."""
    with pytest.raises(SystemExit) as left:
        cli.main(["bundle", "--to", str(place)])
    assert left.value.code == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    return said


def copy_of(folder, tmp_path):
    """Return a copy of some of the course, to change."""
    ignored = shutil.ignore_patterns("__pycache__")
    return Path(shutil.copytree(folder, tmp_path / "copy", ignore=ignored))


def test_it_holds_what_a_student_runs_and_nothing_else(held):
    tops = {name.split("/")[0] for name in held}
    assert tops == {"course_utils", "exercises", "notebooks", "README.md"} | {
        name for name in bundle.SINGLE if "/" not in name
    }
    assert sorted(n.split("/")[1] for n in held if n.startswith("notebooks/0")) == LESSONS[:-1]
    for number in ("01", "10"):
        assert any(name.startswith(f"exercises/{number}_") for name in held)
        assert f"course_utils/tasks/{number}.py" in held
    assert not [name for name in held if "__pycache__" in name or "checkpoint" in name]


def test_the_notes_for_the_instructor_leave_no_trace(held):
    for name in LESSONS:
        lesson = nbformat.read(ROOT / "notebooks" / name, as_version=4)
        notes = [c for c in lesson.cells if "instructor" in c.metadata.get("tags", [])]
        text = held[f"notebooks/{name}"].decode()
        assert notes
        assert "<!-- instructor" not in text
        assert not [cell.id for cell in notes if f'"{cell.id}"' in text]
        given = nbformat.reads(text, as_version=4)
        assert [c.id for c in given.cells] == [c.id for c in lesson.cells if c not in notes]


def test_no_solution_is_in_it(held):
    for name, data in held.items():
        if name.endswith(".ipynb"):
            assert "# solution" not in data.decode(), name


def test_the_readme_has_at_most_ten_lines():
    lines = [line for line in bundle.README.splitlines() if line]
    assert len(lines) <= 10
    assert "py course_utils\\install.py" in bundle.README


def test_it_is_the_same_file_each_time(held):
    assert bundle.packed(held) == bundle.packed(dict(reversed(held.items())))
    with zipfile.ZipFile(io.BytesIO(bundle.packed(held))) as archive:
        members = archive.infolist()
    assert {one.external_attr >> 16 for one in members} == {0o100644}
    assert {one.date_time for one in members} == {(1980, 1, 1, 0, 0, 0)}
    assert [one.filename for one in members] == sorted(one.filename for one in members)


@IN_GIT
def test_nobodys_changes_get_into_it(tmp_path, held):
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", "--depth=1", f"file://{ROOT}", clone], check=True)
    before = bundle.files(clone)
    (clone / "exercises/02_sigmoid.ipynb").write_text("my answer")
    (clone / "exercises/02_sigmoid_mine.ipynb").write_text("my answer")
    (clone / "notebooks/02_sigmoid.ipynb").unlink()
    assert bundle.files(clone) == before
    assert bundle.uncommitted(clone) == [
        "exercises/02_sigmoid.ipynb",
        "notebooks/02_sigmoid.ipynb",
        "exercises/02_sigmoid_mine.ipynb",
    ]


def test_a_bundle_makes_the_same_bundle_again_without_git(unpacked, tmp_path, held):
    copy = copy_of(unpacked, tmp_path)
    (copy / "exercises/02_sigmoid.ipynb").write_text("my answer")
    (copy / "notebooks/mine.ipynb").write_text("my notes")
    (copy / "course_utils/__pycache__").mkdir()
    (copy / "course_utils/__pycache__/check.pyc").touch()
    assert bundle.files(copy) == held


def test_a_missing_file_is_told(unpacked, tmp_path):
    copy = copy_of(unpacked, tmp_path)
    (copy / "LICENSE").unlink()
    with pytest.raises(bundle.BundleError, match="LICENSE is missing"):
        bundle.files(copy)


def test_unusable_names_are_refused(tmp_path, capsys):
    (tmp_path / "folder.zip").mkdir()
    assert "ends in .zip" in refused(capsys, tmp_path / "folder.zip")
    assert "ends in .zip" in refused(capsys, tmp_path / "course.tar")
    assert "make it first" in refused(capsys, tmp_path / "lost" / "course.zip")


def test_only_a_bundle_as_it_was_made_is_overwritten(tmp_path, capsys):
    place = tmp_path / "course.zip"
    place.write_bytes(b"mine")
    assert "it is kept" in refused(capsys, place)
    assert place.read_bytes() == b"mine"
    place.write_bytes(bundle.packed({"README.md": b"an older one"}))
    with zipfile.ZipFile(place, "a") as archive:
        archive.writestr("mine.txt", "mine")
    assert "it is kept" in refused(capsys, place)
    place.write_bytes(bundle.packed({"README.md": b"an older one"}))
    assert cli.main(["bundle", "--to", str(place)]) == 0
    assert cli.main(["bundle", "--to", str(place)]) == 0
    assert "as it should be" in capsys.readouterr().out
    assert os.listdir(tmp_path) == ["course.zip"]


def test_the_unpacked_course_works(unpacked):
    done = course(unpacked, "doctor")
    assert done.returncode == 0, done.stdout + done.stderr
    lesson = nbformat.read(unpacked / "notebooks/02_sigmoid.ipynb", as_version=4)
    code = [cell for cell in lesson.cells if cell.cell_type == "code"][:3]
    exercise = nbformat.read(unpacked / "exercises/02_sigmoid.ipynb", as_version=4)
    lesson.cells = code + [cell for cell in exercise.cells if cell.cell_type == "code"]
    lesson.cells.append(nbformat.v4.new_code_cell("import course_utils; course_utils.__file__"))
    own = {**os.environ, "PYTHONPATH": str(unpacked)}
    place = {"metadata": {"path": str(unpacked / "exercises")}}
    client = NotebookClient(lesson, timeout=60, allow_errors=True, resources=place)
    client.execute(env=own)
    said = [str(cell.get("outputs", "")) for cell in lesson.cells]
    assert str(unpacked) in said[-1]
    assert not any("output_type': 'error" in one for one in said[:3])
    assert any("not attempted" in one.lower() for one in said[3:])


def test_commands_that_need_the_solutions_say_so_or_do_without(unpacked, tmp_path):
    assert course(unpacked, "reset", "02").returncode == 0
    fresh = unpacked / "exercises/02_sigmoid_fresh.ipynb"
    assert editions.is_untouched(fresh)
    fresh.unlink()
    for arguments in (["build"], ["build", "--check"], ["grade", "exercises", "--to", "report"]):
        done = course(unpacked, *arguments)
        assert done.returncode == 2
        assert done.stderr.count("\n") == 1
        assert "no solutions/" in done.stderr
    for command in (["live", "02", "--instructor"], ["live", "--instructor"]):
        done = course(unpacked, *command, "--to", str(tmp_path / "taught"))
        assert done.returncode == 2
        assert done.stderr.count("\n") == 1
        assert "no notes for the instructor" in done.stderr
        assert not list((tmp_path / "taught").iterdir())
    assert course(unpacked, "live", "02", "--to", str(tmp_path / "live")).returncode == 0


def test_a_right_answer_is_known_as_right(unpacked):
    right = nbformat.read(editions.ROOT / "solutions/02_sigmoid.ipynb", as_version=4)
    own = {**os.environ, "PYTHONPATH": str(unpacked)}
    place = {"metadata": {"path": str(unpacked / "exercises")}}
    NotebookClient(right, timeout=60, resources=place).execute(env=own)
    checks = [c for c in right.cells if c.cell_type == "code" and "check(" in c.source]
    said = [str(cell.outputs) for cell in checks]
    assert len(said) > 3
    assert all(": correct, " in one for one in said), said
