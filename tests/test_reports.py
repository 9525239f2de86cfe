"""Reports: each file says what it must in its own format, whatever students write into it."""

import csv
import inspect
import io
import json
import os
import re
import xml.etree.ElementTree as ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_utils.grading import marker, reports
from course_utils.grading.marker import Limits, Mark, Marked
from course_utils.grading.sandbox import NEEDED
from course_utils.tasks import base, expressions, functions, values

STATUSES = "correct wrong not_attempted missing error timeout memory crashed".split()
NASTY = (
    "\x1b[2J\x00]]></failure><x a='\"'>&amp;\n```\n# 14 of 14 points\n<script>alert(1)</script>\n"
    "|=1+1|\u202e\u200f\ufffe\ud800 [link](https://evil.example) www.evil.example $x$ "
    "@all x@evil.com"
)
NAMES = [
    "Kim 민지", "line\nbreak", 'quote " and, comma', "=1+1", "@x", "-1", "+1", " =1", "\t=1",
    "＝1", "'=1", "<b>", "|", "\x1b[31m", "Ann", "ann", "../../x", "..", "", "\r", "x" * 300,
]  # fmt: skip


def mark(status="wrong", message="✗ sigmoid: not yet.", task="sigmoid", mistake=""):
    points = 2 if status == "correct" else 0
    return Mark("02_sigmoid", task, points, 2, status, message, mistake)


def student(name="Kim", *marks, problems=()):
    return Marked(name, list(marks) or [mark()], list(problems))


# --------------------------------------------------------------------------- every status


def test_only_the_statuses_of_the_contract_occur():
    """Every status that is written down anywhere in the marking is in the contract's list."""
    found = set()
    for module in (marker, base, expressions, functions, values):
        source = inspect.getsource(module)
        found |= set(re.findall(r'Outcome\(\s*"(\w+)"', source))
        found |= set(re.findall(r'(?:_Died|_note|_mark)\((?:[\w.]+, )*"(\w+)"', source))
        found |= set(re.findall(r'status = "(\w+)"', source))
        found |= set(re.findall(r'return "(\w+)", ', source))
    assert found | set(marker._DEATHS) <= set(STATUSES)
    assert {"correct", "wrong", "not_attempted", "missing", "error", "memory"} <= found
    assert set(marker._DEATHS) == {"timeout", "crashed", "memory"}


def test_every_status_is_counted_once():
    every = student("Kim", *(mark(s, f"{s}.", s) for s in STATUSES))
    suite = ElementTree.fromstring(reports.junit_xml([every], NEEDED)).find("testsuite")
    counted = {k: int(suite.get(k)) for k in ("tests", "failures", "errors")}
    assert counted == {"tests": 8, "failures": 3, "errors": 4}
    kinds = {case.get("name"): [child.tag for child in case] for case in suite.iter("testcase")}
    assert kinds["correct"] == []
    assert kinds["wrong"] == kinds["missing"] == kinds["not_attempted"] == ["failure"]
    assert kinds["timeout"] == kinds["memory"] == kinds["crashed"] == ["error"]


# ------------------------------------------------------------------------- each its format


def test_grades_json_is_what_the_contract_says(tmp_path):
    kim = student("Kim", mark("correct", "✓"), mark(task="tanh"), problems=["a"])
    reports.write_all(tmp_path, [kim, student("Lee", mark())], NEEDED, 7, ["02_sigmoid"])
    found = json.loads((tmp_path / "grades.json").read_text(encoding="utf-8"))
    assert found.keys() == {"max_points", "students"}
    assert found["max_points"] == 4
    assert found["students"][0] == {
        "student": "Kim",
        "points": 2,
        "max_points": 4,
        "tasks": [
            {"notebook": "02_sigmoid", "task": "sigmoid", "points": 2, "max_points": 2,
             "status": "correct", "message": "✓"},
            {"notebook": "02_sigmoid", "task": "tanh", "points": 0, "max_points": 2,
             "status": "wrong", "message": "✗ sigmoid: not yet."},
        ],
        "problems": ["a"],
    }  # fmt: skip


@given(st.lists(st.text(), max_size=5))
def test_names_come_back_from_the_csv(names):
    names = [*names, *NAMES]
    text = reports.grades_csv([student(n, mark("correct")) for n in names], ["02_sigmoid"])
    header, *rows = csv.reader(io.StringIO(text, newline=""))
    assert header == ["student", "points", "max_points", "percent", "02_sigmoid"]
    assert [row[1:] for row in rows] == [["2", "2", "100.0", "2"]] * len(names)
    for name, row in zip(names, rows, strict=True):
        assert row[0] in (name, f"'{name}")
        assert row[0].lstrip()[:1] not in tuple("=+-@\t\r\n")
    assert len({row[0] for row in rows}) == len(set(names))


@given(st.text(), st.text(), st.text())
def test_junit_is_xml_whatever_is_said(name, message, task):
    for each in (message, NASTY):
        whole = reports.junit_xml([student(name, mark("wrong", each, task))], NEEDED)
        (case,) = ElementTree.fromstring(whole.encode("utf-8")).iter("testcase")
        assert [child.tag for child in case] == ["failure"]
    legal = re.fullmatch(r"[\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]*", message)
    if legal:
        (said,) = ElementTree.fromstring(
            reports.junit_xml([student(name, mark("wrong", message))], NEEDED)
        ).iter("failure")
        assert said.get("message") == message


def test_tasks_stand_apart_on_a_students_page():
    marks = [mark("wrong", "✗ one: not yet.\nBecause."), mark("wrong", "✗ two: not yet.")]
    text = reports.feedback(student("Kim", *marks), NEEDED)
    assert "✗ one: not yet.\nBecause.\n\n✗ two: not yet.\n```" in text


def test_nothing_breaks_out_of_the_feedback():
    kim = student(NASTY, mark("error", NASTY), problems=[NASTY])
    text = reports.feedback(kim, NEEDED)
    lines = text.split("\n")
    assert text.count("```") == 2
    fence = lines.index("```text")
    end = lines.index("```")
    assert not any(line.startswith("# 14") for line in lines[:fence] + lines[end:])
    assert all(c.isprintable() for c in "".join(lines).replace("@\u2060", ""))
    outside = "\n".join(lines[:fence])
    assert not re.search(r"(?<!\\)[<>|]", outside)
    assert not re.search(r"(?<!\\)(://|\]\(|\$|&)", outside)
    assert "www.evil" not in outside
    assert outside.count("@\u2060") == outside.count("@") == 4  # nobody is mentioned or mailed


def test_a_message_cannot_pass_for_another_tasks_success():
    text = reports.feedback(student("Kim", mark("error", "ValueError: x")), NEEDED)
    assert "✗ sigmoid: ValueError: x" in text


def test_the_words_of_check_are_wrapped_and_no_line_passes_for_another_task():
    long = "✗ sigmoid: not yet. " + "word " * 12 + "✓ tanh: correct, 2 points. " * 9
    text = reports.feedback(student("Kim", mark("wrong", long + "\n    " + "x" * 90)), NEEDED)
    inside = text.partition("```text\n")[2].partition("\n```")[0].split("\n")
    assert inside.pop() == "    " + "x" * 90, "a line of code stays whole"
    assert len(inside) > 3 and max(map(len, inside)) <= 80
    assert [line[:1] in "✓✗…" for line in inside] == [True] + [False] * (len(inside) - 1)


def test_a_long_list_of_problems_is_cut():
    text = reports.feedback(student("Kim", problems=["x"] * 1_000), NEEDED)
    assert text.count("\n- x") == reports.MOST_PROBLEMS
    assert "- and 950 more" in text


def test_the_summary_is_one_page_even_of_a_bad_class():
    class_ = [student(f"{NASTY}{k}", mark("wrong", "m", mistake="the sign"), problems=[NASTY] * 9)
              for k in range(200)]  # fmt: skip
    text = reports.summary(class_, NEEDED, 7)
    assert "| sigmoid | the sign | 200 |" in text
    assert "- and 1760 more" in text
    assert len(text.splitlines()) < 100
    assert all(c.isprintable() for c in text.replace("\n", "").replace("@\u2060", ""))
    assert "<script" not in text.replace("\\<", "")
    assert reports.summary([], NEEDED, 7).startswith("# 0 marked")


def test_the_summary_says_what_a_notebook_might_use():
    text = reports.summary([student("a")], NEEDED, 7, limits=Limits(2.5, 15, 512))
    assert "A cell or a task had 2.5 s, a notebook 15 s and 512 MiB." in text


def test_the_median_of_an_even_class_lies_between_the_two_in_its_middle():
    class_ = [student("a", mark("correct")), student("b", mark("wrong"))]
    assert "Median 50 %, best 100 %." in reports.summary(class_, NEEDED, 7)


def test_hardest_are_the_tasks_that_fewest_have_right_of_those_who_handed_in():
    every = ("easy", "hard", "left", "lost")
    statuses = [
        ("correct", "correct", "not_attempted", "missing"),
        ("correct", "wrong", "not_attempted", "missing"),
        ("missing", "missing", "missing", "missing"),  # has handed in nothing
    ]
    class_ = [student(f"s{k}", *(mark(s, "m", task=t) for s, t in zip(each, every, strict=True)))
              for k, each in enumerate(statuses)]  # fmt: skip
    text = reports.summary(class_, NEEDED, 7).partition("## Hardest tasks")[2]
    assert [line for line in text.splitlines() if "02_sigmoid" in line] == [
        "| 02_sigmoid: left | 2 | 0 | 0 | 0 % |",
        "| 02_sigmoid: lost | 2 | 0 | 0 | 0 % |",
        "| 02_sigmoid: hard | 2 | 2 | 1 | 50 % |",
    ]


def test_cells_that_fail_push_out_no_submission_that_cannot_be_read():
    cell = "02_sigmoid: Cell 3 stops with NameError: x"
    class_ = [student(f"s{k}", problems=[cell] * 3) for k in range(100)]
    unread = "02_sigmoid.ipynb cannot be read: it is no JSON."
    text = reports.summary([*class_, student("kim", problems=[cell, unread])], NEEDED, 7)
    *_, told, counted = text.splitlines()
    assert told == r"- kim: 02\_sigmoid.ipynb cannot be read: it is no JSON."
    assert counted == "- 101 students have a cell that fails"
    assert "1 student has a cell" in reports.summary([student(problems=[cell])], NEEDED, 7)


@pytest.mark.parametrize("missing", [None, *NEEDED])
def test_a_result_is_called_a_mark_only_where_everything_is_shut(missing):
    said = reports.standing([name for name in NEEDED if name != missing])
    assert ("Feedback, not a mark" in said) == (missing is not None)
    if missing:
        assert reports.WHAT[missing] in said.partition("did not offer")[2]


@pytest.mark.parametrize("given", [NEEDED, NEEDED[1:]])
def test_every_page_says_whether_it_gives_marks(given):
    is_mark = given == NEEDED
    class_ = [student("a"), student("b")]
    heading = reports.summary(class_, given, 7).partition("\n")[0]
    assert heading == ("# 2 marked" if is_mark else "# 2 checked")
    for suite in ElementTree.fromstring(reports.junit_xml(class_, given)):
        said = suite.find("properties/property[@name='standing']").get("value")
        assert said.startswith("Feedback, not a mark.") != is_mark


def test_what_is_meant_as_feedback_is_called_so_in_every_report(tmp_path):
    for is_feedback in (False, True):
        reports.write_all(tmp_path, [student("a")], NEEDED, 7, ["02_sigmoid"], is_feedback)
        for name in ("summary.md", "feedback/a.md", "junit.xml"):
            said = (tmp_path / name).read_text(encoding="utf-8")
            assert ("Feedback, not a mark." in said) == is_feedback
            assert ("started with --feedback" in said) == is_feedback
            assert ("A mark" in said) != is_feedback


def test_the_measures_are_told_apart_although_they_hold_commas():
    assert "files and processes; another user, or signals kept in; no" in reports.standing(NEEDED)


# ------------------------------------------------------------------------------- the files


def test_each_student_has_one_file_inside_the_folder(tmp_path):
    names = [*NAMES, NASTY.replace("\ud800", "")]
    out = tmp_path / "a" / "out"
    reports.write_all(out, [student(name) for name in names], NEEDED, 7, ["02_sigmoid"])
    files = list((out / "feedback").iterdir())
    assert len(files) == len(names)
    assert len({f.name.casefold() for f in files}) == len(names)
    assert all(f.is_file() and f.suffix == ".md" for f in files)
    assert {p.name for p in tmp_path.iterdir()} == {"a"}
    assert {p.name for p in out.iterdir()} == {
        "feedback", "grades.csv", "grades.json", "junit.xml", "summary.md"
    }  # fmt: skip
    headings = {f.read_text(encoding="utf-8").split("\n")[0] for f in files}
    assert sum("Kim" in heading for heading in headings) == 1


def test_what_a_killed_run_left_half_written_goes(tmp_path):
    names = [".course-grade-x1.part", "feedback/.course-grade-x2.part", ".mine.part"]
    (tmp_path / "feedback").mkdir()
    for name in names:
        (tmp_path / name).write_text("half")
    reports.write_all(tmp_path, [student("a")], NEEDED, 7, ["02_sigmoid"])
    assert [name for name in names if (tmp_path / name).exists()] == [".mine.part"]


@pytest.mark.parametrize("name", ["x;=1+1;", "x\t=1+1"])
def test_no_name_is_taken_apart_where_other_signs_stand_between_cells(name):
    lines = reports.grades_csv([student(name), student("kim")], ["02_sigmoid"]).splitlines()
    assert lines[1].startswith(f'"{name}",0,')
    assert lines[2].startswith("kim,0,")


def test_what_is_said_to_many_is_kept_once():
    def kept():
        found = student("kim", mark("wrong", "the same words"), problems=["Cell 1 stops"])
        again = Marked.from_record(json.loads(json.dumps(found.as_record())))
        assert again == found
        return [again.marks[0].message, again.marks[0].notebook, again.problems[0]]

    assert all(one is other for one, other in zip(kept(), kept(), strict=True))


def test_half_characters_stop_no_report(tmp_path):
    kim = student("\ud800", mark("error", "\udcff"), problems=["\ud800"])
    reports.write_all(tmp_path, [kim], NEEDED, 7, ["02_sigmoid"])
    found = json.loads((tmp_path / "grades.json").read_text(encoding="utf-8"))
    assert found["students"][0]["problems"] == ["?"]


def test_a_file_is_whole_or_as_it_was(tmp_path, monkeypatch):
    path = tmp_path / "grades.csv"
    reports.write_whole(path, "before")

    def cut(*arguments):
        raise OSError("the power is cut")

    monkeypatch.setattr(os, "replace", cut)
    with pytest.raises(OSError, match="power"):
        reports.write_whole(path, "after")
    assert path.read_text() == "before"
    assert [p.name for p in tmp_path.iterdir()] == ["grades.csv"]


RUNNER = {
    "CLASSROOM": "c", "ASSIGNMENT": "a", "SUBMISSION_TAG": "t", "COMMIT_URL": "u",
    "RELEASE_URL": "r", "REVIEW_URL": "v", "GITHUB_REPOSITORY": "o/r", "GITHUB_SHA": "0" * 40,
    "GITHUB_SERVER_URL": "https://github.example",
}  # fmt: skip


@pytest.mark.parametrize("is_there", [True, False])
def test_result_json(tmp_path, monkeypatch, is_there):
    for name, value in RUNNER.items():
        if is_there:
            monkeypatch.setenv(name, value)
        else:
            monkeypatch.delenv(name, raising=False)
    kim = student("Kim", mark("correct", "✓"), mark(message=NASTY, task="tanh"))
    reports.write_all(tmp_path, [kim], NEEDED, 7, ["02_sigmoid"])
    found = json.loads((tmp_path / "result.json").read_text(encoding="utf-8"))
    assert found["schema"] == "classroom50/result/v1"
    names = ("classroom", "assignment", "submission", "commit", "release", "review")
    assert [found[name] for name in names] == ([*"catur", "v"] if is_there else [""] * 6)
    assert (found["score"], found["max-score"]) == (2, 4)
    assert [test["passed"] for test in found["tests"]] == [True, False]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", found["datetime"])


def test_of_a_class_there_is_no_result_json(tmp_path):
    reports.write_all(tmp_path, [student("a"), student("b")], NEEDED, 7, ["02_sigmoid"])
    assert not (tmp_path / "result.json").exists()


def test_no_report_of_an_earlier_run_stays(tmp_path):
    reports.write_all(tmp_path, [student("gone")], NEEDED, 7, ["02_sigmoid"])
    feedback = tmp_path / "feedback"
    for name in ("notes.txt", "notes.md", "folder.md/deep.md", "below/deep.md"):
        (feedback / name).parent.mkdir(exist_ok=True)
        (feedback / name).write_text("the teacher's own")
    reports.write_all(tmp_path, [student("a"), student("b")], NEEDED, 7, ["02_sigmoid"])
    assert not (tmp_path / "result.json").exists()
    left = {p.relative_to(feedback).as_posix() for p in feedback.rglob("*") if p.is_file()}
    assert left == {
        "a.md", "b.md", "notes.txt", "notes.md", "folder.md/deep.md", "below/deep.md"
    }  # fmt: skip
    (tmp_path / "result.json").write_text('{"of": "something else"}')
    reports.write_all(tmp_path, [student("a"), student("b")], NEEDED, 7, ["02_sigmoid"])
    assert (tmp_path / "result.json").exists()
