"""Marks one submission for Classroom 50, which calls it in the student's checkout.

Copy this file to ``CLASSROOM/autograders/ASSIGNMENT/autograder.py`` in your ``classroom50``
repository, and fill in the three lines below. From the checkout it takes the notebooks in
``exercises`` and nothing else; the course that marks them comes from COURSE. It leaves
``result.json`` in the checkout, and the student's page as ``release-body.md``.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

COURSE = ""  # the address of your copy of the course, or a folder in which it is installed
REF = "main"  # its branch, tag or commit; where students cannot push
EXERCISES = []  # ["02", "03"], say; all if empty

PASSED_ON = ("CLASSROOM", "ASSIGNMENT", "SUBMISSION_TAG", "COMMIT_URL", "RELEASE_URL", "REVIEW_URL")


def run(*command, where):
    """Run a command in a folder that is not the student's; stop here if it fails."""
    subprocess.run([*map(str, command)], cwd=where, check=True, stdout=sys.stderr)


def installed(folder):
    """Return the folder of the course, fetched and installed if COURSE is an address."""
    if Path(COURSE, ".venv").is_dir():
        return Path(COURSE)
    run("git", "init", "--quiet", where=folder)
    run("git", "fetch", "--quiet", "--depth=1", COURSE, REF, where=folder)
    run("git", "checkout", "--quiet", "FETCH_HEAD", where=folder)
    run(sys.executable, "course_utils/install.py", where=folder)
    return folder


def as_root():
    """Return what makes a command root's, who shuts the code in best; nothing where it cannot."""
    if not os.geteuid() or not shutil.which("sudo"):
        return []
    if subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode:
        return []
    kept = [f"{name}={os.environ[name]}" for name in PASSED_ON if name in os.environ]
    return ["sudo", "-n", "env", *kept]


def main():
    """Mark the notebooks of the checkout, and leave the result in it."""
    if not COURSE:
        sys.exit(f'{Path(__file__).name}: fill in the line COURSE = "" near its beginning')
    checkout = Path.cwd()
    result, page = checkout / "result.json", checkout / "release-body.md"
    result.unlink(missing_ok=True)  # the student's own, perhaps, or a link to somewhere
    page.unlink(missing_ok=True)
    name = os.environ.get("USERNAME") or os.environ.get("OWNER") or "student"
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        os.chmod(folder, 0o755)  # the student's code runs as another user, who reads the course
        student, report, course = (
            Path(folder, part) for part in ("class/" + name, "out", "course")
        )
        student.mkdir(parents=True)
        course.mkdir()
        if not (checkout / "exercises").is_symlink():
            for path in (checkout / "exercises").glob("*.ipynb"):
                if path.is_file() and not path.is_symlink():
                    shutil.copy(path, student)
        command = [installed(course) / ".venv/bin/course", "grade", student.parent, "--to", report]
        command += ["--exercises", *EXERCISES] if EXERCISES else []
        run(*as_root(), *command, where=folder)
        shutil.copyfile(report / "result.json", result)
        shutil.copyfile(next((report / "feedback").glob("*.md")), page)


if __name__ == "__main__":
    main()
