"""Every number in the lessons' prose is printed by one of their cells."""

from __future__ import annotations

from decimal import Decimal

import nbformat
import pytest
from numbers_in_prose import claims, is_printed, number_of, numbers, printed_numbers, unprinted
from test_formulas import NOTEBOOKS, read

ADVICE = """
A number in prose stands for something measured: print it in a cell of this notebook (prose
may round it), or mend it. If no cell can print it, give the reason in the cell's metadata:
"course": {"given": {"1.7": "the axis in the paper's figure"}}"""


# An exercise's examples are run by test_exercises.py.
@pytest.mark.parametrize("name", [name for name in NOTEBOOKS if name.startswith("notebooks/")])
def test_every_number_is_printed(name):
    missing = unprinted(read(name))
    lines = [f"{name}, cell {m.cell}: {m.number}: {m.why}" for m in missing]
    assert not missing, "\n".join(["", *lines, ADVICE])


# ----------------------------------------------------------------------------- the checker

OUTPUT = """slope 0.2359 at -10: 4.5396e-05
[ 0.1966 -0.7616 ]  1,024 of 4213   share 23.6%   0.5   max 709.78   (1000, 0.99995)"""


def notebook(text: str, *, output: str = OUTPUT, code: str = "", **metadata: object) -> dict:
    return nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_markdown_cell(text, metadata=metadata),
            nbformat.v4.new_code_cell(
                code, outputs=[nbformat.v4.new_output("stream", name="stdout", text=output)]
            ),
        ]
    )


PRINTED = [
    "one layer leaves 0.24 of it",
    "one layer leaves 0.236 of it",
    "about 24 %",
    "a share of 23.6%, or 0.236",
    "it is −0.76 there",
    "it is -0.7616.",
    "slope 4.54e-05",
    "slope 4.5 × 10⁻⁵",
    r"slope $\sigma'(10) \approx 4.5 \times 10^{-5}$",
    "all 1024 of them, or 1,024",
    "about 4,200",
    "one half (0.5)",
    "overflows beyond 709.8",
]


@pytest.mark.parametrize("text", PRINTED)
def test_accepts_a_printed_number_and_refuses_every_changed_digit_and_sign(text):
    assert not unprinted(notebook(text))
    (claimed, *_) = claims(text)
    digits = [i for i, char in enumerate(text) if char.isdecimal()]
    start = min(i for i in digits if text[i] == next(c for c in claimed if c.isdecimal()))
    for i in digits[digits.index(start) :]:
        changed = text[:i] + str((int(text[i]) + 5) % 10) + text[i + 1 :]
        if text[i] not in "10" or i > start:
            assert unprinted(notebook(changed)) or not claims(changed), changed
    flipped = text.replace("−", "").replace("-0", "0") if "0.76" in text else None
    if flipped:
        assert unprinted(notebook(flipped))


@pytest.mark.parametrize(
    "text",
    [
        "it is -0.24",
        "it is 0.76",
        "0.237",
        "0.3",
        "0.0",
        "24.6 %",
        "1025",
        "4,300",
        "4.5e-06",
        r"$r \approx 0.25$",
        "a range of 0.11-0.5",
    ],
)
def test_refuses_what_no_cell_prints(text):
    assert unprinted(notebook(text))


@pytest.mark.parametrize(
    "text",
    [
        "## 3.1 Compute\n\n12. the twelfth\n",
        "See `02_sigmoid`, 02_sigmoid, lesson 07, C15, [tables](a-37.html#s-12), 25 minutes.",
        "NumPy 2.1 and Python 3.11 in float64 with W12",
        "Glorot and Bengio (2010); Higham 2002",
        "**Sources**: Nature 323, 1986.",
        "## Sources\n- A. Author, 3.14, pp. 249-256, 2010\n",
        "```\n0.123\n``` and `0.77`",
        "<details><summary>0.09</summary>no</details>",
        "10 layers, 1,000 steps, 3 seeds",
        r"$\sigma(0) = 0.75$ is for the other test",
    ],
)
def test_leaves_alone_what_nothing_measures(text):
    assert not unprinted(notebook(text))


def test_options_of_a_prediction_are_free_but_its_question_is_not():
    text = "Is the slope at 12 nearer to\n\n- 0.11\n- 0.37?"
    assert claims(text, options=True) == ["12"]
    assert [m.number for m in unprinted(notebook(text, tags=["predict"]))] == ["12"]


def test_the_instructors_notes_are_read_although_they_are_comments():
    note = "<!-- instructor\nMinutes: 12 and 15 more\nAsk: 0.{} of it?\n-->"
    assert not unprinted(notebook(note.format(24), tags=["instructor"]))
    assert [m.number for m in unprinted(notebook(note.format(25), tags=["instructor"]))] == ["0.25"]
    assert not unprinted(notebook(note.format(25)))  # any other comment is one


def test_an_integer_may_be_a_setting():
    assert not unprinted(notebook("128 units", code="width = 128"))
    assert unprinted(notebook("-740 underflows", code="naive(740)"))
    assert unprinted(notebook("a rate of 0.37", code="rate = 0.37"))


def test_a_given_number_needs_a_reason_and_a_place():
    assert not unprinted(notebook("1.7", course={"given": {"1.7": "an axis in a figure"}}))
    assert unprinted(notebook("1.7", course={"given": {"1.7": ""}}))
    assert unprinted(notebook("1.7", course={"given": ["1.7"]}))
    assert unprinted(notebook("", course={"given": {"1.7": "an axis in a figure"}}))


def test_reads_numbers_as_they_are_written():
    assert number_of(r"4.5 \times 10^{-5}") == (Decimal("4.5e-5"), Decimal("1e-6"))
    assert number_of("10^{-4}") == (Decimal("1e-4"), Decimal("1e-4"))
    assert [n.value for n in numbers("[-1.5, 2]; 3-4; 1,000; x2; v1.2.3")] == [
        *(Decimal("-1.5"), Decimal(2), Decimal(3), Decimal(4), Decimal(1000))
    ]


def test_reads_every_kind_of_text_output():
    data = {"text/html": "<style>a {width: 0.77}</style><td>0.25</td>", "text/plain": "-3.5"}
    output = nbformat.v4.new_output("display_data", data=data)
    cells = [nbformat.v4.new_code_cell("", outputs=[output])]
    printed = printed_numbers(nbformat.v4.new_notebook(cells=cells))
    assert is_printed("0.25", printed)
    assert is_printed("-3.5", printed)
    assert not is_printed("0.77", printed)
    assert not is_printed("3.5", printed)
