"""What the instructor, the student and other tools get to read after a marking run.

Stops: half a report after an interruption (a temporary file takes each one's place at the
end); text that breaks a format or steers its reader (names and messages of students are
escaped for JSON, CSV, XML and Markdown; halves of characters are replaced, and so are, in
Markdown and on the terminal, nulls, terminal escapes and marks that turn the direction of
writing); names that a spreadsheet takes for formulas; a student's report in another's place
(`submissions.file_names`); a report as long as a student likes (`MOST_PROBLEMS` are shown).
"""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import re
import statistics
import tempfile
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote
from xml.sax.saxutils import quoteattr

from course_utils.check import wrapped
from course_utils.grading.marker import Limits, Mark, Marked
from course_utils.grading.sandbox import NEEDED
from course_utils.grading.submissions import file_names, safe_name

__all__ = ["FILES", "no_mark", "percent", "result_json", "shown", "write_all", "write_feedback"]

FILES = ("grades.csv", "grades.json", "junit.xml", "summary.md", "result.json")
A_MARK = "**A mark,** if the teacher started this run."
MOST_PROBLEMS = 50
UNFINISHED = ".course-grade-"
A_PAGE = re.compile(r"# [^\n]*: \d+ of \d+ points\n")
A_RESULT = re.compile(r'\{\s*"schema": "classroom50/result/v1"')
FAILING_CELL = re.compile(r"\w+: Cell \d+ ")  # as the marker begins a problem
WHAT = {
    "limits": "limits on memory, files and processes",
    "user": "another user, or signals kept in",
    "network": "no network",
    "disk": "a root and a disk of its own",
    "files": "no reading of tasks, solutions or other students",
    "privileges": "no way to gain rights",
}


def write_whole(path: Path, text: str) -> None:
    """Write a file so that it is there whole, or as it was before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=UNFINISHED, suffix=".part")
    try:
        with open(descriptor, "wb") as file:
            file.write(text.encode("utf-8", "replace"))  # half a character is none
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


def _remove(path: Path, beginning: re.Pattern) -> None:
    """Remove a report of an earlier run; what does not begin as one is somebody's own."""
    with contextlib.suppress(OSError, UnicodeDecodeError):
        if beginning.match(path.read_text(encoding="utf-8")):
            path.unlink()


def percent(marked: Marked) -> float:
    """Return a student's points as a share of the most that there are, in per cent."""
    most = sum(mark.max_points for mark in marked.marks)
    return 100 * sum(mark.points for mark in marked.marks) / most if most else 0.0


def no_mark(given: Sequence[str], is_feedback: bool = False) -> str:
    """Return why a result is feedback and no mark; nothing if it is one."""
    missing = [WHAT[name] for name in NEEDED if name not in given]
    said = ["This run was started with --feedback."] if is_feedback else []
    said += [f"This machine did not offer: {'; '.join(missing)}."] if missing else []
    return " ".join(said)


def standing(given: Sequence[str], is_feedback: bool = False) -> str:
    """Return what the result may be called, and what it rests on, in a few sentences."""
    has = "; ".join(WHAT[name] for name in NEEDED if name in given) or "nothing"
    why = no_mark(given, is_feedback)
    called = f"**Feedback, not a mark.** {why}" if why else A_MARK
    return f"{called} The students' code was shut in with: {has}."


# --------------------------------------------------------------------------- all of a class


def write_all(
    folder: Path,
    students: Sequence[Marked],
    given: Sequence[str],
    seed: int,
    exercises: Sequence[str],
    is_feedback: bool = False,
    limits: Limits | None = None,
) -> None:
    """Write every report of a class into a folder, and remove those of others.

    Parameters
    ----------
    folder : Path
        Where to; it is made.
    students : sequence of Marked
        The results, in the order in which they are to stand.
    given : sequence of str
        The measures of `sandbox` that were in force.
    seed : int
        The seed of the random inputs, with which the run can be repeated.
    exercises : sequence of str
        The exercises that were marked.
    is_feedback : bool
        Whether the results are meant as feedback, whatever was in force.
    limits : Limits, optional
        What a student's code might use.
    """
    for place in (folder, folder / "feedback"):
        for path in place.glob(f"{UNFINISHED}*.part"):  # of a run that was killed
            path.unlink(missing_ok=True)
    write_whole(folder / "grades.csv", grades_csv(students, exercises))
    write_whole(folder / "grades.json", grades_json(students))
    write_whole(folder / "junit.xml", junit_xml(students, given, is_feedback))
    write_whole(folder / "summary.md", summary(students, given, seed, is_feedback, limits))
    names = file_names([student.student for student in students])
    written = {f"{name}.md" for name in names.values()}
    for path in (folder / "feedback").glob("*.md"):
        if path.name not in written:
            _remove(path, A_PAGE)
    for student in students:
        write_feedback(folder, student, given, names[student.student], is_feedback)
    if len(students) == 1:
        write_whole(folder / "result.json", result_json(students[0]))
    else:
        _remove(folder / "result.json", A_RESULT)


def grades_json(students: Sequence[Marked]) -> str:
    """Return the results in the format that `design.md` and other tools know, a student a line."""
    most = max((sum(m.max_points for m in s.marks) for s in students), default=0)
    rows = [
        {
            "student": s.student,
            "points": sum(m.points for m in s.marks),
            "max_points": sum(m.max_points for m in s.marks),
            "tasks": [
                {
                    "notebook": m.notebook,
                    "task": m.task,
                    "points": m.points,
                    "max_points": m.max_points,
                    "status": m.status,
                    "message": m.message,
                }
                for m in s.marks
            ],
            "problems": s.problems,
        }
        for s in students
    ]
    lines = ",\n".join(map(json.JSONEncoder(ensure_ascii=False).encode, rows))
    return f'{{"max_points": {most}, "students": [\n{lines}\n]}}\n'


def grades_csv(students: Sequence[Marked], exercises: Sequence[str]) -> str:
    """Return one line a student: points, and points by exercise."""
    file = io.StringIO()
    writer = csv.writer(file)  # lines end in \r\n, so that a \r in a name is quoted
    quoting = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow(["student", "points", "max_points", "percent", *exercises])
    for s in students:
        by_exercise = Counter()
        for mark in s.marks:
            by_exercise[mark.notebook] += mark.points
        points, most = sum(m.points for m in s.marks), sum(m.max_points for m in s.marks)
        row = [_harmless(s.student), points, most, round(percent(s), 1)]
        is_odd = any(c in s.student for c in ";\t")  # what stands between cells in other places
        (quoting if is_odd else writer).writerow([*row, *(by_exercise[name] for name in exercises)])
    return file.getvalue()


def _harmless(name: str) -> str:
    """Return a name that no spreadsheet takes for a formula; an apostrophe says it is text."""
    is_odd = name[:1] in ("\t", "\r", "\n", "'") or name.lstrip()[:1] in tuple("=+-@＝＋－＠")
    return f"'{name}" if is_odd else name


def junit_xml(students: Sequence[Marked], given: Sequence[str], is_feedback: bool = False) -> str:
    """Return the results as JUnit's XML: a suite a student, a case a task."""
    said = _attribute(standing(given, is_feedback).replace("**", ""))
    properties = f'<properties><property name="standing" value={said}/></properties>'
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', "<testsuites>"]
    for s in students:
        failed = sum(m.status in ("wrong", "not_attempted", "missing") for m in s.marks)
        errors = sum(m.status in ("error", "timeout", "memory", "crashed") for m in s.marks)
        lines.append(
            f"<testsuite name={_attribute(s.student)} tests={_attribute(len(s.marks))} "
            f"failures={_attribute(failed)} errors={_attribute(errors)}>"
        )
        lines.append(properties)
        for m in s.marks:
            case = f"<testcase classname={_attribute(m.notebook)} name={_attribute(m.task)}"
            if m.status == "correct":
                lines.append(case + "/>")
                continue
            kind = "failure" if m.status in ("wrong", "not_attempted", "missing") else "error"
            said = f"<{kind} type={_attribute(m.status)} message={_attribute(m.message)}/>"
            lines.append(f"{case}>{said}</testcase>")
        lines.append("</testsuite>")
    return "\n".join([*lines, "</testsuites>"]) + "\n"


def _attribute(value: object) -> str:
    """Return a quoted attribute without the characters that XML forbids."""
    text = re.sub(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "\ufffd", str(value))
    return quoteattr(text, {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})


def result_json(student: Marked) -> str:
    """Return one student's result as ``classroom50/result/v1``.

    The names of class, assignment and submission come from the environment that its runner
    sets; without it they are empty. The runner itself adds whose it is and when it was sent.

    Source: the wiki of foundation50/classroom50, *Advanced Autograding*.
    """
    server = os.environ.get("GITHUB_SERVER_URL", "https://github.com")
    repository, commit = (os.environ.get(k, "") for k in ("GITHUB_REPOSITORY", "GITHUB_SHA"))
    page = f"{server}/{repository}/commit/{commit}" if repository and commit else ""
    page = os.environ.get("COMMIT_URL") or page
    tag = os.environ.get("SUBMISSION_TAG", "")
    release = f"{server}/{repository}/releases/tag/{quote(tag, safe='')}" if tag else ""
    record = {
        "schema": "classroom50/result/v1",
        "classroom": os.environ.get("CLASSROOM", ""),
        "assignment": os.environ.get("ASSIGNMENT", ""),
        "submission": tag,
        "commit": page,
        "release": os.environ.get("RELEASE_URL") or release,
        "review": os.environ.get("REVIEW_URL") or page,
        "datetime": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "score": sum(m.points for m in student.marks),
        "max-score": sum(m.max_points for m in student.marks),
        "tests": [
            {
                "test-name": f"{m.notebook}: {m.task}",
                "passed": m.status == "correct",
                "score": m.points,
                "max-score": m.max_points,
            }
            for m in student.marks
        ],
    }
    return json.dumps(record, ensure_ascii=False, indent=1) + "\n"


# ------------------------------------------------------------------------ for human readers


def write_feedback(
    folder: Path,
    student: Marked,
    given: Sequence[str],
    name: str | None = None,
    is_feedback: bool = False,
) -> None:
    """Write what a student is told: the words of `check`, task by task."""
    name = safe_name(student.student) if name is None else name
    write_whole(folder / "feedback" / f"{name}.md", feedback(student, given, is_feedback))


def feedback(student: Marked, given: Sequence[str], is_feedback: bool = False) -> str:
    """Return a student's page."""
    points, most = sum(m.points for m in student.marks), sum(m.max_points for m in student.marks)
    lines = [f"# {_line(student.student)}: {points} of {most} points", ""]
    lines += [standing(given, is_feedback), ""]
    if student.problems:
        shown = student.problems[:MOST_PROBLEMS]
        more = len(student.problems) - len(shown)
        lines += ["## To mend first", "", *(f"- {_line(p)}" for p in shown)]
        lines += [f"- and {more} more", ""] if more else [""]
    for notebook in dict.fromkeys(m.notebook for m in student.marks):
        marks = [m for m in student.marks if m.notebook == notebook]
        reached, possible = sum(m.points for m in marks), sum(m.max_points for m in marks)
        lines += [f"## {notebook}: {reached} of {possible}", ""]
        if all(m.status == "missing" for m in marks):
            lines += [_line(marks[0].message), ""]
            continue
        lines += ["```text", "\n\n".join(map(_block, marks)), "```", ""]
    return "\n".join(lines)


def _block(mark: Mark) -> str:
    text = mark.message
    if not text.startswith(("✓", "✗", "…")):
        text = f"✗ {mark.task}: {text}"
    text = wrapped("\n".join(map(shown, text.split("\n")))).replace("```", "'''")
    return re.sub(r"\n(?=[✓✗…])", "\n  ", text)  # begins no other task


def shown(text: str) -> str:
    """Return text without what only steers: escapes, nulls, marks of direction."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else "\ufffd" for c in text)


def _line(text: str) -> str:
    """Return text for one line of Markdown: no line breaks, no markup of a student's."""
    text = shown(" ".join(text.split()))
    text = re.sub(r"([\\`*_\[\]<>#|!~&$])", r"\\\1", text)
    text = re.sub(r":(?=//)|(?<=www)\.", r"\\\g<0>", text, flags=re.I)  # no links either
    return text.replace("@", "@\u2060")  # nobody is mentioned or mailed; it joins, unseen


def summary(
    students: Sequence[Marked],
    given: Sequence[str],
    seed: int,
    is_feedback: bool = False,
    limits: Limits | None = None,
) -> str:
    """Return the instructor's page: distribution, hardest tasks, most frequent mistakes."""
    shares = sorted(percent(s) for s in students)
    done = "checked" if no_mark(given, is_feedback) else "marked"
    lines = [f"# {len(students)} {done}", "", standing(given, is_feedback), ""]
    lines += [f"Seed of the random inputs: `{seed}` (repeat the run with `--seed`).", ""]
    if limits:
        lines += [
            f"A cell or a task had {limits.seconds:g} s, a notebook {limits.notebook_seconds:g} s "
            f"and {limits.megabytes} MiB.",
            "",
        ]
    lines += ["## Distribution", "", "| per cent | students |", "|---|---|"]
    for low in range(0, 100, 10):
        count = sum(low <= share < low + 10 or (low == 90 and share == 100) for share in shares)
        lines.append(
            f"| {low} to {low + 10} | {count} {'█' * round(40 * count / max(len(shares), 1))} |"
        )
    middle, best = (statistics.median(shares), shares[-1]) if shares else (0, 0)
    lines += ["", f"Median {middle:.0f} %, best {best:.0f} %.", ""]
    lines += ["## Hardest tasks", "", "| task | handed in | tried | right | share |"]
    lines += ["|---|---:|---:|---:|---:|", *_hardest(students)]
    mistakes = Counter((m.task, m.mistake) for s in students for m in s.marks if m.mistake)
    lines += [
        "",
        "## Most frequent mistakes",
        "",
        "| task | mistake | how often |",
        "|---|---|---:|",
    ]
    lines += [f"| {task} | {_line(name)} | {n} |" for (task, name), n in mistakes.most_common(12)]
    return "\n".join([*lines, *_ill(students)]) + "\n"


def _hardest(students: Sequence[Marked]) -> list[str]:
    """Return the rows of the tasks that fewest have right, of those who handed them in."""
    handed_in, tried, right = Counter(), Counter(), Counter()
    for student in students:
        there = {mark.notebook for mark in student.marks if mark.status != "missing"}
        for mark in (mark for mark in student.marks if mark.notebook in there):
            key = mark.notebook, mark.task
            handed_in[key] += 1
            tried[key] += mark.status not in ("missing", "not_attempted")
            right[key] += mark.status == "correct"
    hard = [key for key in handed_in if right[key] < handed_in[key]]
    hard.sort(key=lambda key: (right[key] / handed_in[key], key))
    return [
        f"| {': '.join(key)} | {handed_in[key]} | {tried[key]} | {right[key]} "
        f"| {100 * right[key] / handed_in[key]:.0f} % |"
        for key in hard[:8]
    ]


def _ill(students: Sequence[Marked]) -> list[str]:
    """Return what could not be read or found, by student; cells that fail are only counted."""
    ill = [(s.student, p) for s in students for p in s.problems if not FAILING_CELL.match(p)]
    failing = sum(any(map(FAILING_CELL.match, s.problems)) for s in students)
    lines = [f"- {_line(student)}: {_line(problem)}" for student, problem in ill[:40]]
    lines += [f"- and {len(ill) - 40} more"] if len(ill) > 40 else []
    who = "1 student has" if failing == 1 else f"{failing} students have"
    lines += [f"- {who} a cell that fails"] if failing else []
    return ["", "## Submissions with a problem", "", *lines] if lines else []
