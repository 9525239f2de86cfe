"""What runs elsewhere: the workflows for GitHub, and the autograder for Classroom 50.

The autograder is run as Classroom 50 runs it: in a student's checkout, which holds more than
it should, with the variables that its runner sets.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from course_utils.notebooks import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
pytestmark = pytest.mark.usefixtures("alone")
AUTOGRADER = ROOT / ".github" / "autograder.py"
GIVEN = {
    "CLASSROOM": "cs-principles",
    "ASSIGNMENT": "sigmoid",
    "SUBMISSION_TAG": "submit/2026-11-02T14-32-05Z-a1b2c3d",
    "COMMIT_URL": "https://github.com/cs/sigmoid-kim/commit/a1b2c3d",
    "RELEASE_URL": "https://github.com/cs/sigmoid-kim/releases/tag/submit%2F2026",
    "REVIEW_URL": "https://github.com/cs/sigmoid-kim/compare/0000000...a1b2c3d",
    "USERNAME": "kim",
}
posix = pytest.mark.skipif(os.name != "posix", reason="the workers are forked")


def steps(path):
    jobs = yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"].values()
    return [step for job in jobs for step in job["steps"]]


# --------------------------------------------------------------------------- workflows


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_can_do_little_harm(path):
    text = path.read_text(encoding="utf-8")
    workflow = yaml.safe_load(text)
    assert workflow["permissions"] == {"contents": "read"}
    for name, job in workflow["jobs"].items():
        if (path.stem, name) == ("pages", "deploy"):  # it publishes, and runs nothing of ours
            assert job["permissions"] == {"pages": "write", "id-token": "write"}
            assert [step["uses"] for step in job["steps"]] == ["actions/deploy-pages@v4"]
        else:
            assert "permissions" not in job
    assert all(job["timeout-minutes"] <= 60 for job in workflow["jobs"].values())
    assert "pull_request_target" not in text and not re.search(r"\bsecrets\b\.|github\.token", text)
    for step in steps(path):
        assert ("uses" in step) != ("run" in step)
        if "uses" in step:
            assert re.fullmatch(r"actions/[a-z-]+@v\d+", step["uses"])
        if "checkout" in step.get("uses", ""):
            assert step["with"]["persist-credentials"] is False
        assert "${{" not in step.get("run", ""), "what others write may only come as a variable"


@pytest.mark.skipif(not shutil.which("bash"), reason="there is no bash")
@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_bash_can_read_every_step(path):
    for step in steps(path):
        if "run" in step and "Windows" not in step.get("if", "").replace("!= 'Windows'", ""):
            subprocess.run(["bash", "-n", "-c", step["run"]], check=True)


def test_what_a_students_own_copy_says_is_called_feedback():
    (command,) = [step["run"] for step in steps(ROOT / ".github" / "workflows" / "grade.yml")
                  if "course grade" in step.get("run", "")]  # fmt: skip
    assert " --feedback " in command


# -------------------------------------------------------------------------- Classroom 50


def course_elsewhere(folder):
    """A folder that looks like an installed copy of the course."""
    program = folder / ".venv" / "bin" / "course"
    program.parent.mkdir(parents=True)
    start = f"import sys\nsys.path.insert(0, {str(ROOT)!r})\n"
    start += "from course_utils.cli import main\nsys.exit(main())\n"
    program.write_text(f"#!{sys.executable}\n{start}")
    program.chmod(0o755)
    return folder


def autograde(tmp_path, course, *, exercises=("02",), ref="main", **more):
    """Run the autograder, filled in as it asks, in the checkout; return what it left."""
    bundle, checkout = tmp_path / "bundle", tmp_path / "checkout"
    bundle.mkdir()
    text = AUTOGRADER.read_text(encoding="utf-8")
    for name, value in {"COURSE": str(course), "REF": ref, "EXERCISES": [*exercises]}.items():
        text, count = re.subn(rf"^{name} = [^#]*", f"{name} = {value!r}  ", text, flags=re.M)
        assert count == 1
    (bundle / "autograder.py").write_text(text)
    command = [sys.executable, bundle / "autograder.py"]
    environment = {**os.environ, **GIVEN, **more}
    subprocess.run(command, cwd=checkout, env=environment, check=True, capture_output=True)
    return json.loads((checkout / "result.json").read_text(encoding="utf-8"))


def check_result(result):
    """Hold a result against the contract; the runner itself adds owner, type and date."""
    assert result["schema"] == "classroom50/result/v1"
    given = {"classroom": "CLASSROOM", "assignment": "ASSIGNMENT", "submission": "SUBMISSION_TAG"}
    given |= {"commit": "COMMIT_URL", "release": "RELEASE_URL", "review": "REVIEW_URL"}
    assert {key: result[key] for key in given} == {key: GIVEN[name] for key, name in given.items()}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", result["datetime"])
    for test in result["tests"]:
        assert test.keys() == {"test-name", "passed", "score", "max-score"}
        assert type(test["passed"]) is bool and test["test-name"]
        assert type(test["score"]) is type(test["max-score"]) is int
        assert 0 <= test["score"] <= test["max-score"]
    for key in ("score", "max-score"):
        assert result[key] == sum(test[key] for test in result["tests"])
    assert result["max-score"] > 0


def fill(checkout, *names):
    (checkout / "exercises").mkdir(parents=True)
    for name in names:
        shutil.copy(ROOT / "solutions" / name, checkout / "exercises")


@posix
def test_classroom_gets_a_result_and_nothing_else_of_the_students_is_run(tmp_path):
    checkout, secret = tmp_path / "checkout", tmp_path / "secret"
    fill(checkout, "02_sigmoid.ipynb")
    (checkout / "exercises" / "03_tanh.ipynb").symlink_to(ROOT / "solutions" / "03_tanh.ipynb")
    secret.write_text("mine")
    (checkout / "result.json").symlink_to(secret)
    trap = f"open({str(tmp_path / 'trapped')!r}, 'w')\nraise SystemExit('trapped')\n"
    for name in ("sitecustomize", "json", "shutil", "numpy", "course_utils/__init__"):
        (checkout / f"{name}.py").parent.mkdir(exist_ok=True)
        (checkout / f"{name}.py").write_text(trap)
    result = autograde(tmp_path, course_elsewhere(tmp_path / "course"), exercises=["02", "03"])
    check_result(result)
    assert [test["passed"] for test in result["tests"]] == [True] * 7 + [False] * 6
    assert result["tests"][0]["test-name"] == "02_sigmoid: sigmoid"
    assert secret.read_text() == "mine" and not (tmp_path / "trapped").exists()
    assert (checkout / "release-body.md").read_text(encoding="utf-8").startswith("# kim: 14 of 27")


def test_the_autograder_says_which_line_is_to_be_filled_in(tmp_path):
    done = subprocess.run(
        [sys.executable, AUTOGRADER], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert done.stderr == 'autograder.py: fill in the line COURSE = "" near its beginning\n'


@posix
@pytest.mark.parametrize("kind", ["nothing", "a linked folder"])
def test_classroom_gets_a_result_where_nothing_was_handed_in(tmp_path, kind):
    (tmp_path / "checkout").mkdir()
    if kind == "a linked folder":
        (tmp_path / "checkout" / "exercises").symlink_to(ROOT / "solutions")
    result = autograde(tmp_path, course_elsewhere(tmp_path / "course"))
    check_result(result)
    assert result["score"] == 0 and not any(test["passed"] for test in result["tests"])


@posix
@pytest.mark.skipif(not shutil.which("git"), reason="there is no git")
def test_the_course_is_fetched_at_the_ref_and_installed(tmp_path):
    fill(tmp_path / "checkout")
    course = tmp_path / "course"
    (course / "course_utils").mkdir(parents=True)
    program = (
        '#!/bin/sh\nmkdir -p "$4/feedback" && echo page > "$4/feedback/kim.md"\n'
        'printf \'{"said": "%s"}\' "$*" > "$4/result.json"\n'
    )
    (course / "course_utils" / "install.py").write_text(
        "import pathlib\np = pathlib.Path('.venv/bin/course')\np.parent.mkdir(parents=True)\n"
        f"p.write_text({program!r})\np.chmod(0o755)\n"
    )

    def git(*words):
        who = ["-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *who, *words], cwd=course, check=True, capture_output=True)

    git("init")
    git("add", ".")
    git("commit", "-m", "the course")
    git("tag", "v1")
    (course / "course_utils" / "install.py").write_text("raise SystemExit('not this one')")
    git("commit", "-am", "later")
    result = autograde(tmp_path, course.as_uri(), exercises=[], ref="v1")
    assert re.fullmatch(r"grade \S+/class --to \S+/out", result["said"])
    assert Path(tmp_path / "checkout" / "release-body.md").read_text() == "page\n"
