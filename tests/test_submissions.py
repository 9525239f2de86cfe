"""Submissions: whatever lies in a folder, its students are found and nothing stops the marking."""

import json
import os
import time

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_utils.grading import submissions
from course_utils.grading.submissions import Unusable, file_names, find, safe_name

EXERCISES = ["01_step_function", "02_sigmoid", "03_tanh"]
posix = pytest.mark.skipif(os.name != "posix", reason="links, pipes and odd names")


def notebook_of(*cells):
    return nbformat.writes(
        nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
    )


def hand_in(folder, name="02_sigmoid.ipynb", content=None):
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    content = notebook_of("x = 1") if content is None else content
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def only(place, exercise="02_sigmoid"):
    (student,) = find(place, EXERCISES)
    return student.notebook(exercise)


# ------------------------------------------------------------------------ what is a notebook


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "no JSON"),
        ("{", "no JSON"),
        (b"\xff\xfe\x00", "no JSON"),
        ("[" * 100_000, "no JSON"),
        ('{"cells": ' + "9" * 10_000 + "}", "no JSON"),
        ("3", "no notebook"),
        ("[]", "no notebook"),
        ("null", "no notebook"),
        ("{}", "no cells"),
        ('{"cells": null}', "no cells"),
        ('{"cells": {"a": 1}}', "no cells"),
        ('{"cells": "code"}', "no cells"),
        ('{"worksheets": 3}', "no cells"),
        ("[" + "0," * 1_000_001 + "0]", "parts"),
        ('{"cells": [' + "{}," * 20_001 + "{}]}", "cells"),
        (" " * 20_000_001, "larger than 20 MB"),
        (notebook_of("#" + "민" * 1_400_000), "longer than 8 MB"),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_what_is_no_notebook_becomes_a_sentence(tmp_path, content, said):
    hand_in(tmp_path / "kim", content=content)
    notebook = only(tmp_path / "kim")
    assert notebook.cells == ()
    assert notebook.problem.startswith("02_sigmoid.ipynb cannot be read: ")
    assert said in notebook.problem
    assert str(tmp_path) not in notebook.problem


@pytest.mark.parametrize(
    ("cells", "sources"),
    [
        ([{"cell_type": "code", "source": "a\nb"}], ["a\nb"]),
        ([{"cell_type": "code", "source": ["a\n", 7, None, ["c"], "b"]}], ["a\nb"]),
        ([{"cell_type": "code", "source": 7}, {"cell_type": "code", "source": None}], []),
        ([{"cell_type": "code"}], [""]),
        ([{"cell_type": "markdown", "source": "a"}, {"source": "b"}], []),
        ([{"cell_type": ["code"], "source": "a"}, 3, None, "code", ["code"], {}], []),
        ([{"cell_type": "code", "source": "'\ud800'"}], ["'?'"]),
        ([{"cell_type": "code", "source": "x\x00y"}], ["x\x00y"]),
        ([{"cell_type": "code", "source": "a"}] * 2, ["a", "a"]),
    ],
)
def test_of_odd_cells_the_code_is_taken(tmp_path, cells, sources):
    hand_in(tmp_path, content="\ufeff" + json.dumps({"cells": cells, "x": float("nan")}))
    notebook = only(tmp_path)
    assert notebook.problem == ""
    assert list(notebook.cells) == sources


def test_format_3_is_read(tmp_path):
    sheets = [{"cells": [{"cell_type": "code", "input": ["a = 1\n", "b"]}]}, 3, {"cells": 4}]
    hand_in(tmp_path, content=json.dumps({"nbformat": 3, "worksheets": sheets}))
    assert only(tmp_path).cells == ("a = 1\nb",)


def test_ten_thousand_cells_are_all_read(tmp_path):
    cells = [{"cell_type": "code", "source": f"x{k}"} for k in range(10_000)]
    hand_in(tmp_path, content=json.dumps({"cells": cells}))
    assert only(tmp_path).cells[-1] == "x9999"


# ------------------------------------------------------------------------- who is a student


def test_a_single_notebook(tmp_path):
    path = hand_in(tmp_path / "kim")
    (student,) = find(path, EXERCISES)
    assert student.name == "kim"
    assert student.notebook("02_sigmoid").cells == ("x = 1",)
    assert student.notebook("03_tanh") is None
    with pytest.raises(Unusable, match="no exercise"):
        find(hand_in(tmp_path, "other.ipynb"), EXERCISES)


@pytest.mark.parametrize("make", [lambda p: p.mkdir(), lambda p: (p / "x").mkdir(parents=True)])
def test_empty_folders(tmp_path, make):
    make(tmp_path / "class")
    try:
        (student,) = find(tmp_path / "class", EXERCISES)
    except Unusable as error:
        assert "neither notebooks nor folders" in str(error)
    else:
        assert student.problems == ["There is no exercise in it."]


@posix
def test_what_is_no_folder_at_all_is_unusable(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    os.symlink("loop", tmp_path / "loop")
    for place in ("nowhere", "pipe", "loop"):
        with pytest.raises(Unusable):
            find(tmp_path / place, EXERCISES)


def test_a_wrong_name_is_told_and_guessed(tmp_path):
    hand_in(tmp_path / "kim", "02_sigmiod.ipynb")
    hand_in(tmp_path / "kim", "02_sigmoid (1).ipynb")
    hand_in(tmp_path / "kim", "zzzzzz.ipynb")
    (student,) = find(tmp_path, EXERCISES)
    first, second, third, last = student.problems
    assert "Should it be called 02_sigmoid.ipynb?" in first
    assert "Should it be called 02_sigmoid.ipynb?" in second
    assert "zzzzzz.ipynb is not the name of an exercise" in third
    assert "Should" not in third
    assert last == "There is no exercise in it."


def test_exercises_that_are_not_marked_now_are_no_problem(tmp_path):
    for name in EXERCISES:
        hand_in(tmp_path / "kim", f"{name}.ipynb")
    (student,) = find(tmp_path, ["02_sigmoid"], EXERCISES)
    assert list(student.paths) == ["02_sigmoid"]
    assert student.problems == []
    (student,) = find(tmp_path / "kim", ["02_sigmoid"], EXERCISES)
    assert student.problems == []


def test_a_notebook_that_strayed_into_a_class_makes_it_no_student(tmp_path):
    for name in ("ann", "bob"):
        hand_in(tmp_path / name)
    hand_in(tmp_path, "notes of the teacher.ipynb")
    (tmp_path / "readme.txt").write_text("a file in the place of a folder")
    assert [s.name for s in find(tmp_path, EXERCISES)] == ["ann", "bob"]


def test_several_students_in_one_folder_are_told_of(tmp_path):
    for name in ("kim_02_sigmoid.ipynb", "lee 02_sigmoid (1).ipynb"):
        hand_in(tmp_path, name)
    (student,) = find(tmp_path, EXERCISES)
    assert "none of the 2 notebooks has the name of an exercise" in student.passed_over
    hand_in(tmp_path)
    assert not find(tmp_path, EXERCISES)[0].passed_over
    (tmp_path / "kim").mkdir()
    hand_in(tmp_path / "kim", "sigmoid.ipynb")
    assert not find(tmp_path / "kim", EXERCISES)[0].passed_over


def test_an_earlier_report_is_no_student(tmp_path):
    hand_in(tmp_path / "ann")
    for name in ("grades.csv", "grades.json", "summary.md"):
        (tmp_path / "report").mkdir(exist_ok=True)
        (tmp_path / "report" / name).touch()
    assert [s.name for s in find(tmp_path, EXERCISES)] == ["ann", "report"]
    (tmp_path / "report" / "feedback").mkdir()
    assert [s.name for s in find(tmp_path, EXERCISES)] == ["ann"]
    hand_in(tmp_path / "report")
    assert [s.name for s in find(tmp_path, EXERCISES)] == ["ann", "report"]


def test_an_exercise_that_strayed_into_a_class_passes_over_no_student_in_silence(tmp_path):
    for name in ("ann", "bob", "__MACOSX"):
        hand_in(tmp_path / name)
    hand_in(tmp_path)
    (tmp_path / "figures").mkdir()
    (student,) = find(tmp_path, EXERCISES)
    assert list(student.paths) == ["02_sigmoid"]
    assert student.problems == [student.passed_over]
    assert student.passed_over.startswith("2 folders were not looked into")
    (student,) = find(hand_in(tmp_path / "kim").parent, EXERCISES)
    assert student.problems == [] and not student.passed_over


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
@pytest.mark.parametrize(
    "plant",
    [os.mkfifo, os.mkdir, lambda place: os.symlink("nowhere", place)],
    ids=["pipe", "folder", "link"],
)
def test_what_has_an_exercises_name_and_is_no_file_makes_a_class_no_student(tmp_path, plant):
    for name in ("ann", "bob"):
        hand_in(tmp_path / name)
    plant(tmp_path / "02_sigmoid.ipynb")
    found = {student.name for student in find(tmp_path, EXERCISES) if student.paths}
    assert {"ann", "bob"} <= found


def test_exercises_a_folder_too_deep_are_found_and_told(tmp_path):
    hand_in(tmp_path / "ann")
    hand_in(tmp_path / "kim" / "exercises")
    (tmp_path / "kim" / "a").mkdir()
    kim = find(tmp_path, EXERCISES)[1]
    assert kim.problems == [
        "There is no exercise in it, but there is one in exercises/: move it up."
    ]


def test_who_hands_in_another_exercise_is_told_which_was_asked_for(tmp_path):
    hand_in(tmp_path / "kim", "03_tanh.ipynb")
    (student,) = find(tmp_path, ["02_sigmoid"], EXERCISES)
    assert student.problems == ["It holds none of: 02_sigmoid."]


def test_folders_of_tools_are_no_students(tmp_path):
    hand_in(tmp_path / "__MACOSX")
    hand_in(tmp_path / "ann")
    hand_in(tmp_path / "ann" / ".ipynb_checkpoints")
    hand_in(tmp_path / ".ipynb_checkpoints")
    (tmp_path / ".git").mkdir()
    (tmp_path / "__pycache__").mkdir()
    hand_in(tmp_path / ".hidden student")
    found = {s.name: list(s.paths) for s in find(tmp_path, EXERCISES)}
    assert found == {"ann": ["02_sigmoid"], ".hidden student": ["02_sigmoid"]}


@posix
def test_nothing_but_regular_files_is_opened(tmp_path):
    secret = hand_in(tmp_path / "secret", content=notebook_of("secret"))
    places = {name: tmp_path / "class" / name for name in "file folder loop pipe device".split()}
    for name in ("file", "loop", "pipe", "device"):
        places[name].mkdir(parents=True)
    os.symlink(secret, places["file"] / "02_sigmoid.ipynb")
    os.symlink(secret.parent, places["folder"])
    os.symlink("02_sigmoid.ipynb", places["loop"] / "02_sigmoid.ipynb")
    os.mkfifo(places["pipe"] / "02_sigmoid.ipynb")
    (places["device"] / "02_sigmoid.ipynb").mkdir()
    start = time.monotonic()
    students = {s.name: s for s in find(tmp_path / "class", EXERCISES)}
    for student in students.values():
        notebook = student.notebook("02_sigmoid")
        assert notebook is None or (notebook.cells == () and "no file" in notebook.problem)
        assert student.fingerprint()
    assert students["file"].problems[0] == "02_sigmoid.ipynb is a link: not followed."
    assert students["folder"].problems == ["It is a link, not a folder: not followed."]
    assert students["loop"].problems[0] == "02_sigmoid.ipynb is a link: not followed."
    assert time.monotonic() - start < 5


@posix
def test_a_link_that_takes_a_files_place_after_the_search_is_not_followed(tmp_path):
    secret = hand_in(tmp_path / "secret", content=notebook_of("secret"))
    path = hand_in(tmp_path / "kim")
    (student,) = find(tmp_path / "kim", EXERCISES)
    path.unlink()
    os.symlink(secret, path)
    assert student.notebook("02_sigmoid").cells == ()
    path.unlink()
    assert "cannot be read" in student.notebook("02_sigmoid").problem


def test_no_descriptor_is_left_open(tmp_path):
    (tmp_path / "02_sigmoid.ipynb").mkdir()
    (student,) = find(tmp_path, EXERCISES)
    first = os.open(os.devnull, os.O_RDONLY)
    os.close(first)
    for _ in range(5):
        assert student.notebook("02_sigmoid").problem
    last = os.open(os.devnull, os.O_RDONLY)
    os.close(last)
    assert last == first


@posix
def test_without_permission_there_is_a_sentence_and_the_others_go_on(tmp_path, monkeypatch):
    hand_in(tmp_path / "ann")
    (tmp_path / "closed").mkdir()
    hand_in(tmp_path / "kim")
    true_scandir, true_open = os.scandir, os.open

    def refuse(place, *more, closed=()):
        if any(name in os.fspath(place) for name in closed):
            raise PermissionError(13, "Permission denied", os.fspath(place))
        return (true_open if more else true_scandir)(place, *more)

    monkeypatch.setattr(os, "scandir", lambda p: refuse(p, closed=["closed"]))
    monkeypatch.setattr(os, "open", lambda p, *more: refuse(p, *more, closed=["kim"]))
    ann, closed, kim = find(tmp_path, EXERCISES)
    assert closed.problems == ["The folder cannot be read: Permission denied."]
    told = "02_sigmoid.ipynb cannot be read: Permission denied."
    assert kim.notebook("02_sigmoid").problem == told
    assert ann.notebook("02_sigmoid").cells == ("x = 1",)
    with pytest.raises(Unusable, match="Permission denied"):
        find(tmp_path / "closed", EXERCISES)


# ------------------------------------------------------------------------------------ names

NAMES = [
    "Kim 민지",
    "a b",
    "line\nbreak",
    'it\'s "quoted", with commas',
    "=HYPERLINK(1)",
    "-rf",
    ".leading dot",
    "..leading dots",
    "🙂",
    "x" * 200,
    "민" * 80,
    "Ann",
    "ann",
    "caf\u00e9",
    "cafe\u0301",
    "\u202efdp",
    "CON",
    "nul.txt",
    "%2E",
    "\x1b[31m",
    "back\\slash",
    "~",
]


@posix
def test_every_name_is_a_student_and_a_file_of_its_own(tmp_path):
    for name in NAMES:
        hand_in(tmp_path / name)
    odd = [b"kim\xff", b"kim\xfe", b"kim?", b"kim\\xff"]
    for name in odd:
        os.makedirs(os.path.join(os.fsencode(tmp_path), name))
    students = find(tmp_path, EXERCISES)
    names = [s.name for s in students]
    assert len(names) == len(set(names)) == len(NAMES) + len(odd)
    assert set(NAMES) <= set(names)
    for name in names:
        name.encode()
    files = file_names(names)
    assert len({f.casefold() for f in files.values()}) == len(names)
    for name, file in files.items():
        assert len(f".{file}.md.part".encode()) < 255
        assert os.path.basename(file) == file
        assert file[0] not in ".-", name
    assert {s.name: list(s.paths) for s in students}["=HYPERLINK(1)"] == ["02_sigmoid"]


def test_two_students_never_get_one_name():
    students = [submissions.Student(name) for name in ["a", "a", "a (2)", "a", "b"]]
    names = [s.name for s in submissions._told_apart(students)]
    assert len(set(names)) == 5
    assert names[0] == "a"
    assert names[2] == "a (2)"


@given(st.lists(st.text(), min_size=1, max_size=6, unique=True))
def test_safe_names_are_safe_and_unlike(names):
    files = file_names(names)
    assert len(set(files.values())) == len(names)
    for file in files.values():
        assert "/" not in file
        assert "\\" not in file
        assert "\x00" not in file
        assert file.strip(". ") == file != ""
        assert len(file.encode()) <= 170
        assert file.isprintable()


def test_what_alike_means():
    for one, other in [("Ann", "ann"), ("caf\u00e9", "cafe\u0301"), ("ﬁ", "fi"), ("ß", "SS")]:
        files = file_names([one, other, "Bob"])
        assert submissions._folded(files[one]) != submissions._folded(files[other])
        assert files["Bob"] == "Bob"
    assert safe_name("Kim, 민지") == "Kim, 민지"


def test_the_fingerprint_knows_a_change(tmp_path):
    hand_in(tmp_path / "kim")
    hand_in(tmp_path / "kim", "wrong name.ipynb")
    prints = set()
    for change in ("a = 1", "a = 2", "a = 1 "):
        hand_in(tmp_path / "kim", content=notebook_of(change))
        prints.add(find(tmp_path, EXERCISES)[0].fingerprint())
    (tmp_path / "kim" / "wrong name.ipynb").unlink()
    prints.add(find(tmp_path, EXERCISES)[0].fingerprint())
    assert len(prints) == 4
