"""The `course` command: what it answers, and what it does to notebooks."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from course_utils import cli, doctor, notebooks

ROOT = Path(__file__).parent.parent
posix = pytest.mark.skipif(os.name != "posix", reason="the workers are forked")
WIDGET = "application/vnd.jupyter.widget-view+json"


def write(path, *sources):
    """Write a notebook of code cells, as no command has touched it yet."""
    notebook = new_notebook(cells=[new_code_cell(source) for source in sources])
    nbformat.write(notebook, path)
    return path


def refusal(capsys, *arguments):
    """Return what the command says when it refuses its arguments."""
    with pytest.raises(SystemExit) as left:
        cli.main(arguments)
    assert left.value.code == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    return said


def test_the_command_is_installed_and_answers_without_the_packages():
    program = (
        "import sys; from course_utils.cli import build_parser; build_parser();"
        "sys.exit(bool({'numpy', 'matplotlib', 'sympy', 'nbformat'} & sys.modules.keys()))"
    )
    assert subprocess.run([sys.executable, "-c", program]).returncode == 0
    done = subprocess.run([sys.executable, "-m", "course_utils.cli", "--version"], text=True,
                          capture_output=True)  # fmt: skip
    assert re.fullmatch(r"course \d+\.\d+\.\d+\n", done.stdout)


@pytest.mark.parametrize("name", ["", *cli.build_parser()[1]])
def test_help_holds_an_example(name, capsys):
    with pytest.raises(SystemExit) as left:
        cli.main([*name.split(), "--help"])
    assert left.value.code == 0
    assert "For instance: course " in capsys.readouterr().out


def test_unusable_arguments_are_refused(capsys):
    assert "did you mean `course execute`?" in refusal(capsys, "exectue")
    assert "there are doctor" in refusal(capsys, "x")
    assert "name a command" in refusal(capsys)
    assert "unrecognized arguments: --all" in refusal(capsys, "doctor", "--all")
    assert "there is no notebook no.ipynb" in refusal(capsys, "execute", "no.ipynb")


# doctor


def test_a_healthy_environment_passes(capsys, monkeypatch):
    monkeypatch.setenv("JUPYTER_PREFER_ENV_PATH", "1")  # as `course lab` has it
    assert cli.main(["doctor"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert all(line.startswith("ok ") for line in lines)
    text = "\n".join(lines)
    assert re.search(r"numpy +\d+\.\d+.* \(>=", text)
    assert "scipy" not in text


def test_the_short_form_does_not_tell_computers_apart(monkeypatch):
    monkeypatch.setenv("DISPLAY", ":0")
    here = [finding.stable for finding in doctor.examine()]
    monkeypatch.delenv("DISPLAY")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert [finding.stable for finding in doctor.examine()] == here
    assert not re.search(r"\d", "".join(here).replace("python3", ""))


def test_old_and_missing_packages_are_problems(monkeypatch, capsys):
    versions = {"numpy": "1.26.4"}

    def version(name):
        if name == "sympy":
            raise doctor.metadata.PackageNotFoundError(name)
        return versions.get(name, "99")

    monkeypatch.setattr(doctor.metadata, "version", version)
    assert cli.main(["doctor"]) == 1
    problems = [line for line in capsys.readouterr().out.splitlines() if "problem" in line]
    assert [line.split()[1] for line in problems] == ["numpy", "sympy"]
    assert all("make lab" in line for line in problems)
    short = [finding.stable for finding in doctor.examine() if finding.status == "problem"]
    assert [line.split()[:2] for line in short] == [["numpy", "problem:"], ["sympy", "problem:"]]
    assert all("make lab" in line for line in short), "the short form says what to do, too"


def test_a_kernel_elsewhere_is_noticed(tmp_path, monkeypatch):
    folder = tmp_path / "kernels" / "python3"
    folder.mkdir(parents=True)
    (folder / "kernel.json").write_text('{"argv": ["/opt/other/python"], "display_name": "x"}')
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    kernel = next(f for f in doctor.examine() if f.subject == "kernel python3")
    assert (kernel.status, "/opt/other/python" in kernel.detail) == ("warning", True)


def test_a_folder_that_cannot_be_written_to_is_a_problem(tmp_path, monkeypatch):
    monkeypatch.setattr(doctor, "ROOT", tmp_path / "away")
    assert [f.subject for f in doctor.examine() if f.status == "problem"] == ["folder notebooks"]


# lab


def test_lab_opens_the_first_lesson_in_the_course(monkeypatch):
    monkeypatch.setattr(doctor, "has_display", lambda: True)
    monkeypatch.setattr(os, "geteuid", lambda: 1000, raising=False)
    arguments = cli.lab_arguments(["--port", "9999"])
    assert f"--ServerApp.root_dir={ROOT}" in arguments
    assert "--LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb" in arguments
    assert arguments[-2:] == ["--port", "9999"]
    assert not {"--allow-root", "--no-browser"} & set(arguments)


def test_lab_works_as_root_and_without_a_display(monkeypatch):
    monkeypatch.setattr(doctor, "has_display", lambda: False)
    monkeypatch.setattr(os, "geteuid", lambda: 0, raising=False)
    assert {"--allow-root", "--no-browser"} <= set(cli.lab_arguments())


def test_lab_hands_on_what_follows_the_dashes():
    parser, _ = cli.build_parser()
    assert parser.parse_args(["lab", "--", "--port", "9999"]).extra == ["--port", "9999"]
    assert parser.parse_args(["lab", "--"]).extra == []


def test_lab_finds_the_shipped_settings(monkeypatch):
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "mine")
    ours, mine = cli.lab_environment()["JUPYTER_CONFIG_PATH"].split(os.pathsep)
    assert mine == "mine"
    assert Path(ours, "labconfig", "default_setting_overrides.json").is_file()


# execute


def test_execute_stores_outputs_once(tmp_path, capsys):
    path = write(tmp_path / "a.ipynb", "import os\nprint(1)", "print(2)\nos.getcwd()[-4:]", "1 + 1")
    assert cli.main(["execute", str(path)]) == 0
    notebook = nbformat.read(path, as_version=4)
    assert [cell.execution_count for cell in notebook.cells] == [1, 2, 3]
    assert notebook.cells[1].outputs[1].data["text/plain"] == repr(str(tmp_path)[-4:])
    assert notebook.cells[2].outputs[0].data["text/plain"] == "2"
    assert not list(tmp_path.glob(".*"))

    before = path.stat().st_mtime_ns, path.read_bytes()
    time.sleep(0.01)
    assert cli.main(["execute", str(path)]) == 0
    assert (path.stat().st_mtime_ns, path.read_bytes()) == before
    said = capsys.readouterr().out.splitlines()
    assert ["written" in said[0], "unchanged" in said[1]] == [True, True]


def test_a_failing_notebook_is_left_as_it_was(tmp_path, capsys):
    bad = write(tmp_path / "bad.ipynb", "x = 1", "y = x / 0")
    good = write(tmp_path / "good.ipynb", "1")
    before = bad.read_bytes()
    assert cli.main(["execute", str(bad), str(good)]) == 1
    assert bad.read_bytes() == before
    captured = capsys.readouterr()
    assert "bad.ipynb, cell 2 of 2:\n    y = x / 0\nZeroDivisionError: division by zero" in (
        captured.err
    )
    assert "good: written" in captured.out


def test_a_kernel_that_ends_is_told(tmp_path):
    path = write(tmp_path / "a.ipynb", "import os; os._exit(1)")
    with pytest.raises(notebooks.ExecutionError, match="the kernel ended"):
        notebooks.execute(path)


def test_check_writes_nothing_and_sets_pixels_aside(tmp_path, capsys):
    path = write(tmp_path / "a.ipynb", "print(1)")
    before = path.read_bytes()
    assert cli.main(["execute", "--check", str(path)]) == 1
    assert path.read_bytes() == before
    assert "differs" in capsys.readouterr().out

    picture = (
        "from IPython.display import HTML, Image\nimport secrets\n"
        "display(Image(secrets.token_bytes(99), format='png'))\n"
        "HTML(f'<img src=\"data:image/png;base64,{secrets.token_hex()}\">')"
    )
    write(path, picture)
    assert cli.main(["execute", str(path)]) == 0
    assert cli.main(["execute", "--check", str(path)]) == 0


def test_a_notebook_is_made_normal():
    outputs = [
        new_output("stream", name="stdout", text="a\n"),
        new_output("stream", name="stdout", text="\x1b[31mb\x1b[0m\n"),
        new_output("stream", name="stderr", text="c\n"),
        new_output("display_data", data={WIDGET: {"model_id": "1"}, "text/plain": "Slider()"}),
        new_output("display_data", data={WIDGET: {"model_id": "1"}}),
        new_output("error", ename="E", evalue="e", traceback=["\x1b[0;31mE\x1b[0m"]),
    ]
    code = new_code_cell("f()", outputs=outputs, metadata={"execution": {}, "tags": ["live"]})
    kept = new_markdown_cell("# A", id="kept")
    notebook = new_notebook(cells=[kept, code], metadata={"widgets": {}, "course": {"minutes": 1}})
    notebook.metadata.language_info = {"name": "python", "version": "3.11.7"}
    notebook.metadata.kernelspec = {"name": "conda-env", "display_name": "x"}
    notebook.nbformat_minor = 4
    del code["id"]

    text = notebooks.dumps(notebooks.normalise(notebook))
    assert notebooks.dumps(notebooks.normalise(notebook)) == text
    assert text.endswith("}\n") and '\n "cells": [\n  {\n' in text
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert kept.id == "kept"
    assert re.fullmatch("[0-9a-f]{8}", code.id)
    assert notebook.metadata == {
        "course": {"minutes": 1},
        "kernelspec": {
            "display_name": "Python 3 (ipykernel)",
            "language": "python",
            "name": "python3",
        },
        "language_info": {"name": "python"},
    }
    assert code.metadata == {"tags": ["live"]}
    assert [output.get("text") for output in code.outputs[:2]] == ["a\nb\n", "c\n"]
    assert [list(output.data) for output in code.outputs[2:4]] == [["text/plain"], [WIDGET]]
    assert code.outputs[4].traceback == ["E"]


def test_execute_keeps_no_widget_state(tmp_path):
    path = write(tmp_path / "a.ipynb", "import ipywidgets\nipywidgets.IntSlider()")
    notebook = notebooks.execute(path)
    assert "widgets" not in notebook.metadata
    assert list(notebook.cells[0].outputs[0].data) == ["text/plain"]


def test_lessons_are_listed_in_order(tmp_path):
    for slug in ("10_choosing", "02_sigmoid", "notes"):
        course = {"minutes": 25, "objectives": ["Derive it."], "needs": ["01_step_function"]}
        title = new_markdown_cell(f"# {slug[:2]} · About {slug[3:]}\n\nText")
        notebook = new_notebook(cells=[title], metadata={"course": course})
        nbformat.write(notebook, tmp_path / f"{slug}.ipynb")
    first, second = notebooks.lessons(tmp_path)
    assert (first.number, first.slug, first.title) == ("02", "02_sigmoid", "About sigmoid")
    assert (first.minutes, first.needs) == (25, ("01_step_function",))
    assert first.objectives == ("Derive it.",)
    assert second.slug == "10_choosing"


# grade


def hand_in(folder, *names):
    """Make a class in which each hands in exercise 02, and return its folder."""
    for name in names:
        (folder / name).mkdir(parents=True)
        write(folder / name / "02_sigmoid.ipynb", "x = 1")
    return folder


def marked_with(monkeypatch, measures, points=0):
    """Let nothing be run: each student gets some of 14 points, under these measures."""
    from course_utils.grading import run
    from course_utils.grading.marker import Mark, Marked

    def grade(students, exercises, folder, **more):
        mark = Mark("02_sigmoid", "sigmoid", points, 14, "wrong", "no")
        return [Marked(s.name, [mark]) for s in students], tuple(measures), 7

    monkeypatch.setattr(run, "grade", grade)


def grade(folder, *arguments, to="out"):
    return cli.main(["grade", str(folder / "class"), "--to", str(folder / to), *arguments])


def test_grade_says_that_it_gives_no_marks(tmp_path, monkeypatch, capsys):
    from course_utils.grading import sandbox

    hand_in(tmp_path / "class", "ann", "bob")
    marked_with(monkeypatch, sandbox.NEEDED)
    assert grade(tmp_path) == 0
    assert capsys.readouterr().out == f"2 marked: {tmp_path / 'out' / 'summary.md'}\n"
    marked_with(monkeypatch, set(sandbox.NEEDED) - {"network"})
    assert grade(tmp_path) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("2 checked: ")
    assert said[1:] == ["Feedback, not a mark. This machine did not offer: no network."]
    marked_with(monkeypatch, sandbox.NEEDED)
    assert grade(tmp_path, "--feedback") == 0
    said = capsys.readouterr().out.splitlines()
    assert said[1:] == ["Feedback, not a mark. This run was started with --feedback."]


@posix
@pytest.mark.usefixtures("alone")
def test_the_summary_counts_who_has_a_cell_that_fails(tmp_path):
    write(hand_in(tmp_path / "class", "ann", "bob") / "ann" / "02_sigmoid.ipynb", "1 / 0", "y")
    assert grade(tmp_path, "--exercises", "02", "--jobs", "1") == 0
    said = (tmp_path / "out" / "summary.md").read_text(encoding="utf-8")
    assert said.endswith("## Submissions with a problem\n\n- 1 student has a cell that fails\n")


@posix
@pytest.mark.parametrize("to", ["file/x", "/proc/x", "link", "n" * 300, "taken", "held"])
def test_a_folder_that_cannot_hold_the_reports_is_refused(tmp_path, capsys, to):
    hand_in(tmp_path / "class", "ann")
    (tmp_path / "file").write_text("a file")
    (tmp_path / "link").symlink_to("nowhere")
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "feedback").write_text("a file")
    (tmp_path / "held" / "grades.csv").mkdir(parents=True)
    arguments = ["grade", str(tmp_path / "class"), "--to", str(tmp_path / to)]
    said = refusal(capsys, *arguments)
    assert "choose another folder" in said
    assert said.endswith(" (see `course grade --help`)\n")


@posix
def test_a_full_disk_is_told_in_one_line(tmp_path, monkeypatch, capsys):
    from course_utils.grading import run

    def full(*arguments, **more):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(run, "grade", full)
    hand_in(tmp_path / "class", "ann")
    said = refusal(capsys, "grade", str(tmp_path / "class"), "--to", str(tmp_path / "out"))
    assert "No space left on device" in said and "the same command goes on" in said


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--to", ""),
        ("--fail-under", "100.5"),
        ("--fail-under", "inf"),
        ("--fail-under", "nan"),
        ("--memory-limit", "1048577"),
        ("--time-limit", "86401"),
        ("--time-limit", "inf"),
    ],
)
def test_values_that_cannot_be_used_are_refused(tmp_path, capsys, option, value):
    hand_in(tmp_path / "class", "ann")
    arguments = ["grade", str(tmp_path / "class"), "--to", str(tmp_path / "out"), option, value]
    assert f"argument {option}: " in refusal(capsys, *arguments)


@pytest.mark.parametrize("given", ["2", "02", "02_sigmoid", "exercises/02_sigmoid.ipynb"])
def test_an_exercise_is_known_by_its_number_or_name(given):
    assert cli._chosen_exercises([given], ["01_step_function", "02_sigmoid"]) == ["02_sigmoid"]


def test_of_an_unknown_exercise_it_is_said_which_there_are(tmp_path, capsys):
    arguments = ["grade", str(tmp_path), "--to", str(tmp_path / "out"), "--exercises"]
    said = refusal(capsys, *arguments, "02", "77")
    assert "there is no exercise 77: they are 01_step_function, 02_" in said


@pytest.mark.parametrize(
    ("points", "least", "said"),
    [(13, "93", "92.9 % is under 93 %"), (13, "92.9", "92.86 % is under 92.9 %"),
     (0, "1", "0 % is under 1 %")],
)  # fmt: skip
def test_what_is_under_is_told_apart(tmp_path, monkeypatch, capsys, points, least, said):
    hand_in(tmp_path / "class", "ann")
    marked_with(monkeypatch, (), points)
    assert grade(tmp_path, "--fail-under", least) == 1
    assert capsys.readouterr().out.splitlines()[-1] == said


def test_the_help_of_grade_says_what_all_of_it_is(capsys):
    with pytest.raises(SystemExit):
        cli.main(["grade", "--help"])
    said = " ".join(capsys.readouterr().out.split())
    assert "a student's folder of notebooks" in said
    assert f"({os.cpu_count() or 1}: one a processor)" in said
    assert "six times as long" in said
    assert re.search(r"Exit status: 0 .*; 1 .*; 2 ", said)


@posix
@pytest.mark.usefixtures("alone")
def test_a_second_run_into_the_same_folder_is_refused_until_the_first_ends(tmp_path, capsys):
    write(hand_in(tmp_path / "class", "ann") / "ann" / "02_sigmoid.ipynb", "while True: pass")
    arguments = ["grade", str(tmp_path / "class"), "--to", str(tmp_path / "out")]
    arguments += ["--exercises", "02", "--jobs", "1"]
    command = [sys.executable, "-m", "course_utils.cli", *arguments, "--time-limit", "60"]
    first = subprocess.Popen(command, cwd=ROOT)
    try:
        journal, end = tmp_path / "out" / ".journal.jsonl", time.monotonic() + 60
        while not (journal.exists() and journal.stat().st_size) and time.monotonic() < end:
            time.sleep(0.05)
        assert "another run is writing into this folder" in refusal(capsys, *arguments)
        assert first.poll() is None
    finally:
        first.kill()
        first.wait()
    write(tmp_path / "class" / "ann" / "02_sigmoid.ipynb", "x = 1")
    assert cli.main(arguments) == 0


def test_the_last_lines_stand_alone_on_a_terminal(tmp_path, monkeypatch, capsys):
    hand_in(tmp_path / "class", "ann")
    marked_with(monkeypatch, ())
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert grade(tmp_path) == 0
    assert capsys.readouterr().out.startswith("\r\x1b[K1 checked: ")


def test_whoever_stops_a_run_hears_how_far_it_was(tmp_path, monkeypatch, capsys):
    from course_utils.grading import run

    def stopped(*arguments, on_done, **more):
        on_done(1, 2)
        raise KeyboardInterrupt

    hand_in(tmp_path / "class", "ann", "bob")
    monkeypatch.setattr(run, "grade", stopped)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert grade(tmp_path) == 1
    out, err = capsys.readouterr()
    assert out.endswith("\r\r\x1b[K")
    said = "1 of 2 are done, and the same command goes on from there"
    assert err == f"course: stopped: {said}\n"


def test_students_that_are_passed_over_are_told_on_the_terminal(tmp_path, monkeypatch, capsys):
    write(hand_in(tmp_path / "class", "ann", "bob") / "02_sigmoid.ipynb", "x = 1")
    marked_with(monkeypatch, ())
    assert grade(tmp_path) == 0
    err = capsys.readouterr().err
    assert err.count("\n") == 1 and "2 folders were not looked into" in err
