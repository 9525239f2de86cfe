"""How a task judges an answer: slips that every formula can suffer, errors, parts, remarks.

The tasks here are made up, so that nothing but the engine is tested; the course's own tasks
are tested in `test_exercises.py`.
"""

import math
import re
import sys
import warnings
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from course_utils import answers
from course_utils import check as student
from course_utils.answers import Call, Raised, Returned, ask
from course_utils.tasks import expressions
from course_utils.tasks.compare import Between, compare, shorten
from course_utils.tasks.inputs import random_arrays
from course_utils.tasks.kinds import (
    ExpressionTask,
    FunctionTask,
    Mistake,
    OrderTask,
    PartsTask,
    ValueTask,
    WitnessTask,
)
from course_utils.tasks.slips import meaning_of

HINTS = ("First.", "Second.", "Third.")
x, y = sp.symbols("x y")  # as a student writes them: without assumptions


def judge(task, answer):
    return student.outcome(task, answer, np.random.default_rng(0))


def function_task(reference, arguments, calls, **more):
    return FunctionTask(
        name="made_up",
        reference=reference,
        arguments=arguments,
        fixed=lambda: calls,
        random=lambda rng: [],
        why="Because.",
        **more,
    )


def cubic(z):
    return np.asarray(z, dtype=float) ** 3 + 2.0


CUBIC = function_task(
    cubic,
    ("z",),
    [
        Call(0.5),
        Call(-1.5),
        Call(np.array([0.25, -2.0, 3.0])),
        Call(np.array([[1.0, 2.5, -0.5], [0.75, -1.25, 4.0]])),
        Call(np.array([2, 3, -1])),
    ],
    mistakes=(Mistake("squared", "You squared z.", lambda z: np.asarray(z, dtype=float) ** 2),),
)


def weights(x, d):
    """A mean over the rows, of shape (columns of x, columns of d)."""
    return x.T @ d / len(x)


def sizes(*shapes):
    rng = np.random.default_rng(1)
    return [Call(rng.normal(size=a), rng.normal(size=b)) for a, b in shapes]


WEIGHTS = function_task(
    weights, ("x", "d"), sizes(((4, 2), (4, 3)), ((5, 3), (5, 2)), ((2, 2), (2, 2)))
)


@pytest.mark.parametrize(
    ("task", "answer", "slip"),
    [
        (CUBIC, lambda z: -cubic(z), "the sign flipped"),
        (CUBIC, lambda z: 3 * cubic(z), "a constant factor"),
        (CUBIC, lambda z: cubic(z) - 2, "a constant added"),
        (CUBIC, lambda z: np.abs(cubic(z)), "a sign lost"),
        (CUBIC, lambda z: 1 / cubic(z), "upside down"),
        (CUBIC, lambda z: cubic(z) ** 2, "squared"),
        (CUBIC, lambda z: 1 - cubic(z), "the wrong way round"),
        (CUBIC, lambda z: np.round(cubic(z), 1), "rounded"),
        (CUBIC, lambda z: np.trunc(cubic(z)), "whole numbers only"),
        (CUBIC, lambda z: np.asarray(z, dtype=float), "an argument returned"),
        (CUBIC, lambda z: 7.0, "one number for all"),
        (CUBIC, lambda z: cubic(z).sum(), "added up"),
        (CUBIC, lambda z: cubic(z).mean(), "averaged"),
        (CUBIC, lambda z: cubic(z)[0] if np.ndim(z) else cubic(z), "the first alone"),
        (CUBIC, lambda z: cubic(z)[-1] if np.ndim(z) else cubic(z), "the last alone"),
        (CUBIC, lambda z: cubic(z)[::-1] if np.ndim(z) else cubic(z), "in reverse order"),
        (CUBIC, lambda z: cubic(z).ravel(), "another shape"),
        (CUBIC, lambda z: np.asarray(z, dtype=float) ** 2, "squared"),
        (CUBIC, lambda z: -(np.asarray(z, dtype=float) ** 2), "squared, the sign flipped"),
        (WEIGHTS, lambda x, d: weights(x, d).T, "transposed"),
        (WEIGHTS, lambda x, d: weights(d, x), "transposed"),
        (WEIGHTS, lambda x, d: x.T @ d, "multiplied by the number of rows of x"),
        (WEIGHTS, lambda x, d: weights(x, d) / len(x), "divided by the number of rows of x"),
        (WEIGHTS, lambda x, d: -weights(x, d), "the sign flipped"),
        (WEIGHTS, lambda x, d: weights(x, d).sum(axis=0), "added up"),
    ],
)
def test_a_slip_is_named(task, answer, slip):
    result = judge(task, answer)
    assert (result.status, result.mistake) == ("wrong", slip), result


def test_an_answer_with_no_simple_slip_is_shown_and_not_explained():
    result = judge(CUBIC, lambda z: np.sin(z))
    assert result.mistake == "" and result.message.startswith("For z = 0.5 your answer is")


def test_values_that_are_nearly_right_have_lost_digits():
    result = judge(CUBIC, lambda z: cubic(z) * (1 + 4e-6))
    assert (result.status, result.mistake) == ("wrong", "digits lost"), result
    near = judge(CUBIC, lambda z: np.asarray(z, dtype=float) ** 2 * (1 + 4e-6))
    assert "1 times" not in near.message, near


def test_infinity_must_be_infinity():
    calls = [Call(np.array([1.0, 2.0])), Call(np.array([4.0, np.inf]))]
    task = function_task(lambda z: 2 * z, ("z",), calls)
    for wrong in (np.nan, 1e9, -np.inf):
        answer = judge(task, lambda z, w=wrong: np.where(np.isinf(z), w, 2 * z))
        assert answer.status == "wrong" and answer.mistake == "", answer


def test_a_witness_that_is_hardly_one_shows_all_digits():
    task = WitnessTask(
        name="made_up", why="Because.", printed=lambda z: 1.0, right=lambda z: 1.0000001, rtol=1e-9
    )
    assert "1.0000001" in judge(task, 3).message


def test_what_is_not_understood_is_named():
    assert "KroneckerDelta" in judge(expression_task(x), 2 * x * sp.KroneckerDelta(x, y)).message


def test_a_sum_is_known_where_a_result_has_one_entry():
    task = function_task(
        lambda z: 2 * z, ("z",), [Call(np.array([3.0])), Call(np.array([1.0, 2.5]))]
    )
    assert judge(task, lambda z: np.sum(2 * z)).mistake == "added up"


def test_a_slip_that_is_not_defined_for_the_right_values_is_not_told():
    task = function_task(
        lambda z: np.sign(z), ("z",), [Call(np.array([1.0, 0.0])), Call(np.array([-1.0, 0.0, 1.0]))]
    )
    ones = judge(task, lambda z: np.where(np.asarray(z) == 0, 1.0, np.sign(z)))
    assert "Where z is 0 your values are wrong" in ones.message and ones.mistake == ""
    assert "logarithm" not in judge(task, lambda z: 0 * z).message


def test_a_function_of_z_whose_result_has_another_shape():
    task = function_task(
        lambda z: np.sum(z, axis=0), ("z",), [Call(np.ones((2, 3))), Call(np.eye(3)[:2])]
    )
    assert judge(task, lambda z: z).message
    assert judge(task, lambda z: np.sum(z, axis=0)).status == "correct"


def test_a_mistake_in_one_result_alone_has_the_better_name():
    calls = sizes(((4, 2), (4, 3)), ((5, 3), (5, 2)))
    task = function_task(
        lambda x, d: (x.sum(axis=0), d.sum(axis=0)),
        ("x", "d"),
        calls,
        mistakes=(
            Mistake("both", "Both.", lambda x, d: (x.mean(axis=0), d.mean(axis=0))),
            Mistake("x alone", "x.", lambda x, d: (x.mean(axis=0), d.sum(axis=0))),
        ),
    )
    assert judge(task, lambda x, d: (x.mean(axis=0), d.max(axis=0))).mistake == "x alone"


def test_a_random_table_has_two_entries_at_least():
    for seed in range(100):
        number, row, table = random_arrays(np.random.default_rng(seed))
        ranks = [np.ndim(call.arguments[0]) for call in (number, row, table)]
        assert ranks == [0, 1, 2] and min(row.arguments[0].size, table.arguments[0].size) > 1


def test_a_list_is_remarked_on_only_where_an_array_was_meant():
    calls = [Call(np.array([1.0, -2.0])), Call(np.array([3.0, 4.0, 5.0]))]
    array = function_task(lambda z: 2 * z, ("z",), calls)
    assert "an array would" in judge(array, lambda z: [2 * v for v in z]).message
    listed = function_task(lambda z: [2 * v for v in z], ("z",), calls)
    assert judge(listed, lambda z: [2 * v for v in z]).message == "Because."


def test_one_call_does_not_take_the_output_from_the_next():
    def closes(z):
        print("a line")
        sys.stdout.close()
        return z

    before = sys.stdout, sys.stderr
    replies = ask(closes, [Call(1.0), Call(2.0)])
    assert [reply.value for reply in replies] == [1.0, 2.0]
    assert (sys.stdout, sys.stderr) == before


def test_a_warning_belongs_to_the_call_that_gave_it():
    replies = ask(np.exp, [Call(np.array([1e4])), Call(np.array([1.0]))])
    assert [len(reply.warnings) for reply in replies] == [1, 0]


class Unspeakable(RuntimeWarning):
    def __str__(self):
        raise SystemExit


@pytest.mark.parametrize("way", ["raise", "warn"])
def test_an_error_that_cannot_be_read_is_an_error(way):
    def function(z):
        if way == "raise":
            raise Unspeakable
        warnings.warn(Unspeakable(), stacklevel=1)

    (reply,) = ask(function, [Call(1.0)])
    assert reply.message == ("Unspeakable" if way == "raise" else "SystemExit:")


def test_an_argument_is_overwritten_if_it_has_other_values_not_other_zeros():
    def add_nothing(z):
        z += 0

    def flip(z):
        z *= -1

    def reshape(z):
        z.shape = (2, 1)

    values = np.array([-0.0, np.nan])
    for function, places in ((add_nothing, ()), (np.negative, ()), (reshape, (0,))):
        assert ask(function, [Call(values)])[0].overwritten == places
    assert ask(flip, [Call(np.array([1.0, np.nan]))])[0].overwritten == (0,)


def test_putting_something_else_into_a_list_that_came_in():
    (reply,) = ask(lambda w: w.__setitem__(0, None), [Call([np.ones(2), np.ones(3)])])
    assert reply.overwritten == (0,)


def test_a_witness_too_large_for_pythons_numbers_is_wrong_and_raises_nothing():
    task = WitnessTask(
        name="made_up", printed=lambda z: z**2, right=lambda z: np.square(z), why="Because."
    )
    found = judge(task, 1e200)
    assert found.status == "wrong" and "take smaller numbers" in found.message


def test_a_nested_list_is_a_witness_too():
    task = WitnessTask(
        name="made_up", why="Because.", size=4, printed=lambda *w: 0.0, right=lambda *w: sum(w)
    )
    assert judge(task, [[1, 1], [1, 3]]).status == "correct"
    assert "4 numbers" in judge(task, [[1, 1], [1]]).message


@pytest.mark.parametrize("half", [Fraction(1, 2), Decimal("0.5"), sp.S.Half, 0.5, np.float32(0.5)])
def test_numbers_of_many_kinds(half):
    task = ValueTask(name="made_up", expected=lambda: {"u": 0.5, "v": [0.5, 1]}, why="Because.")
    assert judge(task, {"u": half, "v": [half, 1]}).status == "correct"
    witness = WitnessTask(
        name="made_up", why="Because.", size=2, printed=lambda *w: 0.0, right=lambda *w: sum(w)
    )
    assert judge(witness, [half, sp.sqrt(2)]).status == "correct"


@pytest.mark.parametrize(
    ("entry", "words"),
    [("1/2", "is '1/2', expected a number"), (np.nan, "is NaN"), (-sp.oo, "Look again at 'u'")],
)
def test_an_entry_of_another_kind_is_told(entry, words):
    task = ValueTask(name="made_up", expected=lambda: {"u": 0.5, "v": 1.0}, why="Because.")
    told = judge(task, {"u": entry, "v": 1}).message
    assert told.startswith("1 of 2 entries is right.") and words in told


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("x*(1-x)", "leave out the quotes"),
        ([x * (1 - x)], r"take its entry, \[0\]"),
        (0.25, "Your answer is a number"),
        (sp.Function("f")(x), "expected|Expected"),
        (10**400, "too large"),
        (sp.Symbol("p") ^ sp.Symbol("q"), r"in Python \^ is no power, write \*\*"),
        (sp.solveset(x**2 - 4, x), "take its entry"),
        (sp.Eq(y, x * (1 - x) + 1), "of this equation, its right-hand side"),
        (sp.Eq(x * (1 - x), y, evaluate=False), "of this equation, its left-hand side"),
        (sp.Eq(x**2, y**2), "solve the equation for what is asked"),
    ],
)
def test_what_is_no_expression_hears_what_it_is(answer, words):
    result = judge(expression_task(x * (1 - x)), answer)
    assert result.status == "wrong" and re.search(words, result.message), result


def test_exact_powers_do_not_stop_the_check(monkeypatch):
    """With exact numbers put in, SymPy factorises integers of hundreds of digits."""
    k, q = sp.symbols("k q", positive=True)

    def slow(*arguments, **named):
        raise AssertionError("exact numbers were put into the answer")

    monkeypatch.setattr(sp.Rational, "factors", slow)
    answer = sp.log(((1 - q) / q) ** (1 / k))
    task = ExpressionTask(
        name="made_up",
        expected=lambda: sp.log((1 - q) / q) / k,
        symbols=("k", "q"),
        domain={"k": (0.5, 4), "q": (0.05, 0.45)},
        why="Because.",
    )
    assert judge(task, answer).status == "correct"


@pytest.mark.parametrize(
    "answer",
    [
        x**300 / (1 + x) ** 300,  # to expand it takes hours
        sp.Piecewise((x, sp.log(-x) < 1), (x * (1 - x) + 1, True)),  # true or false of what?
        sp.Max(x, sp.Mul(x, sp.oo, evaluate=False), evaluate=False),
    ],
)
def test_formulas_that_are_hard_to_evaluate_are_wrong_and_do_no_harm(answer):
    right = ExpressionTask(
        name="made_up",
        expected=lambda: x * (1 - x),
        symbols=("x",),
        domain={"x": (0.1, 0.9)},
        why="Because.",
    )
    assert judge(right, answer).status == "wrong"


def test_a_formula_that_cannot_be_built_is_a_wrong_number():
    task = ValueTask(name="made_up", expected=lambda: 0.25, why="Because.")
    assert judge(task, sp.Max(sp.I, 2, evaluate=False)).status == "wrong"


def test_letters_in_every_form_are_an_order():
    task = OrderTask(name="made_up", orders=("BA",), why="Because.")
    for answer in ("BA", "b a", ["B", "A"], ("b", "a"), np.array(["B", "A"]), np.str_("BA")):
        assert judge(task, answer).status == "correct", answer
    assert judge(task, FULL_WIDTH["BA"]).status == "correct"


FULL_WIDTH = {"BA": "\uff22\uff21", " Left": "\u3000\uff2c\uff45\uff46\uff54"}


def test_a_word_in_full_width_letters_is_that_word():
    task = ValueTask(name="made_up", expected=lambda: {"u": "left"}, why="Because.")
    assert judge(task, {"u": FULL_WIDTH[" Left"]}).status == "correct"


@pytest.mark.parametrize(
    "way",
    [
        lambda z: np.frompyfunc(lambda v: float(v) ** 3 + 2, 1, 1)(z),
        lambda z: cubic(z).astype(object),
        lambda z: np.array(cubic(z), dtype=object),
        lambda z: np.frompyfunc(lambda v: np.float64(v) ** 3 + 2, 1, 1)(z),
    ],
)
def test_an_object_array_of_numbers_is_an_array_of_numbers(way):
    assert judge(CUBIC, way).status == "correct"


def test_an_object_array_of_anything_else_is_none():
    class Own(float):
        def __float__(self):
            raise AssertionError("asked")

    for entry in (Own(1), None, 1j, "1", [1], np.complex128(1), np.datetime64("2020"), 10**400):
        array = np.empty(2, dtype=object)
        array[:] = [1.0, 1.0]
        array[0] = entry
        assert answers.plain(array) == answers.Other("object array"), entry
    mixed = np.array([True, 2, np.float32(0.5), np.int8(3), np.bool_(0)], dtype=object)
    assert answers.plain(mixed).tolist() == [1.0, 2.0, 0.5, 3.0, 0.0]
    assert answers.plain(mixed).dtype == np.float64
    assert isinstance(answers.plain(np.full(answers.LARGEST + 1, 1, dtype=object)), answers.Other)


def test_large_whole_numbers_are_numbers():
    task = WitnessTask(name="made_up", why="Because.", printed=lambda z: 0.0, right=lambda z: z)
    assert judge(task, -(10**20)).status == "correct"


def test_a_number_that_is_rounded_too_much():
    task = ValueTask(name="made_up", expected=lambda: {"u": -4 / 9}, why="Because.")
    assert judge(task, {"u": -0.44}).mistake == "rounded"


def test_0_for_a_small_number_is_not_called_rounded():
    task = ValueTask(name="made_up", expected=lambda: 0.25**10, rtol=0.02, why="Because.")
    for answer in ((1 // 4) ** 10, 0.0, -0.0):
        result = judge(task, answer)
        assert result.mistake == "0 for a small number" and "//" in result.message
        assert "digits" not in result.message
    large = ValueTask(name="made_up", expected=lambda: 0.3, why="Because.")
    assert judge(large, 0).mistake == ""


def test_a_rounded_constant_in_a_formula():
    result = judge(expression_task(x * sp.sqrt(2)), 1.41421 * x)
    assert result.mistake == "rounded" and "expected" in result.message


def test_a_mistake_is_known_though_it_takes_another_value_where_there_is_room():
    calls = [Call(np.array([1.0, 0.0, -2.0])), Call(np.array([0.0, 3.0]))]

    def room(z):
        return Between(np.where(z == 0, 0, z), np.where(z == 0, 1, z))

    task = function_task(
        room, ("z",), calls, mistakes=(Mistake("abs", "The size.", lambda z: np.abs(z)),)
    )
    assert judge(task, lambda z: np.where(z == 0, 0.5, np.abs(z))).mistake == "abs"
    assert judge(task, lambda z: np.where(z == 0, 7, np.abs(z))).mistake != "abs"


def test_an_entry_that_is_still_empty_is_named():
    task = ValueTask(name="made_up", expected=lambda: {"u": 1.0, "v": 2.0}, why="Because.")
    assert judge(task, {"u": 1, "v": None}).message.endswith("There is nothing yet for 'v'.")
    odd = judge(task, {"u": 1, "V": 2}).message
    assert odd.endswith(
        "nothing yet for 'v': 'V' is no entry of this task, keep the names as they were given."
    )
    quoted = judge(task, {"u": 1, "v": "4/2"}).message
    assert quoted.endswith("'v' is '4/2', expected a number: leave out the quotes.")


def test_text_for_a_number_hears_of_the_quotes():
    task = ValueTask(name="made_up", expected=lambda: 0.5, why="Because.")
    assert "is text, expected a number, without quotes" in judge(task, "1/2").message


@pytest.mark.parametrize(
    "unevaluated",
    [sp.Derivative(x**2, x), sp.Integral(x, (x, 0, y)), x + 2 * sp.Integral(x, (x, 0, y))],
)
def test_what_is_not_evaluated_hears_of_doit(unevaluated):
    assert "call .doit() on it" in judge(expression_task(2 * x), unevaluated).message


def test_two_arguments_swapped():
    task = function_task(
        lambda u, v: u - 2 * v, ("u", "v"), [Call(1.0, 3.0), Call(2.0, -1.0), Call(0.5, 4.0)]
    )
    assert judge(task, lambda u, v: v - 2 * u).mistake == "arguments swapped"


def test_no_factor_is_told_where_all_right_values_are_alike():
    task = function_task(lambda z: np.sign(z), ("z",), [Call(1.0), Call(-2.0), Call(3.0)])
    assert judge(task, lambda z: 2 * np.sign(z)).mistake == ""


def test_the_one_result_of_several_that_is_wrong():
    task = function_task(
        lambda x, d: (weights(x, d), d.sum(axis=0)),
        ("x", "d"),
        sizes(((4, 2), (4, 3)), ((5, 3), (5, 2))),
        results=("dL_dW", "dL_db"),
        mistakes=(
            Mistake("the mean", "You averaged.", lambda x, d: (weights(x, d), d.mean(axis=0))),
        ),
    )
    good = judge(task, lambda x, d: [weights(x, d), d.sum(axis=0)])
    assert good.status == "correct", good
    turned = judge(task, lambda x, d: (weights(x, d).T, d.sum(axis=0)))
    assert turned.mistake == "transposed" and turned.message.startswith("dL_dW: ")
    assert "\nFor x = " in turned.message and "dL_dW has shape" in turned.message
    both = judge(task, lambda x, d: (weights(x, d), -d.sum(axis=0)))
    assert both.message.startswith("dL_db: ")
    assert judge(task, lambda x, d: (d.sum(axis=0), weights(x, d))).mistake == "results swapped"
    # the known mistake is found in its own result, whatever the other one holds
    mixed = judge(task, lambda x, d: (weights(x, d), d.mean(axis=0)))
    assert mixed.mistake == "the mean"


def test_which_calls_fail():
    calls = [
        Call(-1.0),
        Call(2.0),
        Call(0.0),
        Call(np.array([1.0, -2.0, 0.0])),
        Call(np.array([1, -2])),
        Call(np.array([1.5, -2.0], dtype=np.float32)),
    ]
    task = function_task(lambda z: np.maximum(z, 0) * 1.0, ("z",), calls)

    def leaky(z):
        return np.where(np.asarray(z) > 0, z, 0.3 * np.asarray(z) ** 2)

    assert "Where z is negative your values are wrong" in judge(task, leaky).message
    odd = judge(task, lambda z: np.where(np.asarray(z) < 0, 0, np.sin(z)))
    assert "Where z is positive your values are wrong" in odd.message
    constant = judge(task, lambda z: 2.0 + 0 * np.asarray(z))  # right at z = 2 alone
    assert "z is positive" not in constant.message
    assert (
        "Only where z is positive are your values right."
        in judge(task, lambda z: np.where(np.asarray(z) > 0, z, np.asarray(z) ** 2 + 1)).message
    )
    stops = judge(task, lambda z: np.maximum(z, 0) if z.any() else z)
    assert "z is" not in stops.message.partition("For z")[0]
    assert "Only arrays go wrong" in judge(task, lambda z: max(z, 0)).message
    none = judge(task, lambda z: np.maximum(z, 0)[...] if np.shape(z) else z.shape)
    assert "Only single numbers go wrong" in none.message
    whole = judge(task, lambda z: np.maximum(z, 0) + 0.1 * (getattr(z, "dtype", "") == "int64"))
    assert "Only whole numbers go wrong" in whole.message


@pytest.mark.parametrize(
    "code",
    [
        lambda z: 1 if z > 0 else 0,
        lambda z: math.exp(z),
        lambda z: float(z),
        lambda z: z[0] @ 2.0,
        lambda z: z @ np.ones((7, 7)),
        lambda z: z + np.ones(7),
        lambda z: (2.0).shape,
        lambda z: [v for v in 2.0],
        lambda z: np.exp(sp.Symbol("z")),
        lambda z: math.exp(sp.Symbol("z")),
        lambda z: undefined_name,  # noqa: F821
        lambda z: (lambda u, v: u)(z),
        lambda z: None + 1,
        lambda z: ... + 1,
        lambda z: len(2.0),
        lambda z: np.multiply(np.ones(2, int), 0.5, out=np.ones(2, int)),
        lambda z: np.zeros((2, 2))[1, 1, 1],
    ],
)
def test_what_pythons_errors_mean(code):
    assert meaning_of(error_of(code))


def error_of(code):
    """What a function that gets an array, or else a number, stops with."""
    (reply,) = ask(code, [Call(np.array([1.0, 2.0, 3.0]))])
    if isinstance(reply, Returned):
        (reply,) = ask(code, [Call(2.0)])
    assert isinstance(reply, Raised)
    return reply.message


def fills(out, mask, values):
    out[mask] = values


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (lambda z: 1 - z ^ 2, "^ is no power"),
        (lambda z: 2.0 ^ 3, "^ is no power"),
        (lambda z: fills(np.zeros(3), z > 1, z), "choose on both sides"),
        (lambda z: z[np.array([True, False])], "choose on both sides"),
        (lambda z: np.exp[-z], "round brackets"),
        (lambda z: math.exp[2], "round brackets"),
        (lambda z: z + 1 if len(z) else 0, "no length"),
        (lambda z: z[z > 0] + 1, "np.where takes numbers and arrays"),
        (lambda z: fills(z * 1, 0, 1.0), "np.where takes numbers and arrays"),
        (lambda z: z.any(), "only an array has that"),
        (lambda z: sp.Max(0, z), "SymPy"),
        (lambda z: 1 - sp.tanh(z), "SymPy"),
        (lambda z: np.max(0, z), "np.maximum"),
        (lambda z: np.maximum(z), "A function in it is called with"),
        (lambda z: [None][0][0], "still None"),
        (lambda z: len(None), "still None"),
        (lambda z: list(sp.Symbol("z")), "SymPy"),
        (lambda: 1, "do not change that line"),
        (lambda z: undefined_name, "All that the function is given is u, v and z."),  # noqa: F821
    ],
)
def test_one_of_pythons_errors_is_not_taken_for_another(code, words):
    slip = meaning_of(error_of(code), "made_up", ("u", "v", "z"))
    assert slip and words in slip.message, (error_of(code), slip)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (lambda z: x(1 - x), "Between two factors stands *"),
        (lambda z: (1 + x)(1 - x), "Between two factors stands *"),
        (lambda z: (2 * x)(1 - x), "Between two factors stands *"),
        (lambda z: (x**2)(1 - x), "Between two factors stands *"),
        (lambda z: z(1 - z), "Between two factors stands *"),
        (lambda z: len("ab")(1 - z), "Between two factors stands *"),
        (lambda z: float(2)(1 - z), "Between two factors stands *"),
        (lambda z: sp.S.Half(x), "Between two factors stands *"),
        (lambda z: x[0], "SymPy expression has no entries"),
        (lambda z: sp.tanh(x)[0], "SymPy expression has no entries"),
        (lambda z: fills(x, 0, 1), "SymPy expression has no entries"),
        (lambda z: x + "1", "in quotes"),
        (lambda z: "1" + x, "in quotes"),
        (lambda z: 1.0 - "z", "in quotes"),
        (lambda z: x + (lambda: 1), None),
        (lambda z: "1" * x, None),
        (lambda z: math(z), None),
    ],
)
def test_sympy_and_numpy_are_not_blamed_for_another_error(code, words):
    slip = meaning_of(error_of(code))
    assert (words in slip.message) if words else slip is None, (error_of(code), slip)


def test_the_arguments_of_the_function_asked_for_are_known_by_its_name():
    error = "TypeError: {}() missing 1 required positional argument: 'z'"
    assert "do not change" in meaning_of(error.format("made_up"), "made_up").message
    assert "do not change" not in meaning_of(error.format("helper"), "made_up").message


@pytest.mark.parametrize(
    ("code", "slip"),
    [
        (lambda z: 1 / (1 + sp.exp(-z)), "SymPy and NumPy mixed"),
        (lambda z: z * sp.Symbol("alpha"), "SymPy and NumPy mixed"),
        (lambda z: np.array([z, None], dtype=object), "an array of other things than numbers"),
        (lambda z: (cubic(z), z), "two values"),
    ],
)
def test_what_is_returned_is_of_another_kind(code, slip):
    assert judge(CUBIC, code).mistake == slip


def test_two_errors_are_the_same_mistake_only_if_they_say_the_same():
    calls = [Call(np.array([1.0, 2.0])), Call(np.array([3.0, 5.0]))]
    task = function_task(
        cubic, ("z",), calls, mistakes=(Mistake("an if", "An if.", lambda z: 1 if z > 0 else 0),)
    )
    assert judge(task, lambda z: 0 if z < 1 else 2).mistake == "an if"
    assert judge(task, lambda z: z @ np.ones(7)).mistake.startswith("shapes that do not fit")


def test_writing_into_an_argument():
    def clean(z):
        z[z < 0] = 0
        return z

    def reference(z):
        return np.maximum(z, 0)

    calls = [Call(np.array([1.0, -2.0])), Call(np.array([np.nan, 3.0]))]
    tolerant = function_task(reference, ("z",), calls)
    strict = function_task(reference, ("z",), calls, is_pure=True)
    assert judge(tolerant, clean).status == "correct"
    assert "writes into z" in judge(tolerant, clean).message
    assert judge(strict, clean).mistake == "written into an argument"
    for task in (tolerant, strict):
        assert judge(task, reference).message == "Because."
    (reply,) = ask(lambda p: p["W"].fill(1), [Call({"W": np.zeros(2)})])
    assert reply.overwritten == (0,)


def expression_task(expected, **more):
    symbols = tuple(sorted(s.name for s in expected.free_symbols))
    return ExpressionTask(
        name="made_up", expected=lambda: expected, symbols=symbols, why="Because.", **more
    )


def test_what_is_kept_of_a_formula_fits_its_points():
    """Each generator gives other points: values that were kept at others are of no use."""
    task = expression_task(
        x * (1 - x), mistakes=(Mistake("the derivative", "Once more.", lambda: 1 - 2 * x),)
    )
    for seed in (1, 1, 2, 3):
        for answer, status, name in (
            (x - x**2, "correct", ""),
            (1 - x - x, "wrong", "the derivative"),
        ):
            found = student.outcome(task, answer, np.random.default_rng(seed))
            assert (found.status, found.mistake) == (status, name)


@pytest.mark.parametrize(
    ("expected", "answer", "slip"),
    [
        (x * (1 - x), x * (x - 1), "the sign flipped"),
        (x * (1 - x), 2 * x * (1 - x), "a constant factor"),
        (sp.exp(x) + 2, 1 / (sp.exp(x) + 2), "upside down"),
        (sp.exp(x) + 2, (sp.exp(x) + 2) ** 2, "squared"),
        (sp.exp(x) + 2, sp.sqrt(sp.exp(x) + 2), "a root too many"),
        (sp.exp(x) + 2, -1 - sp.exp(x), "1 minus it"),
        (sp.exp(x) + 2, sp.exp(-x) + 2, "the sign of x"),
        (x - sp.exp(y), y - sp.exp(x), "symbols swapped"),
    ],
)
def test_a_slip_in_a_formula_is_named(expected, answer, slip):
    result = judge(expression_task(expected), answer)
    assert (result.status, result.mistake) == ("wrong", slip), result


@pytest.mark.parametrize("answer", [sp.Eq(x, 1), x > 2, sp.Eq(y, x * (1 - x)), sp.true])
def test_an_equation_is_no_expression(answer):
    result = judge(expression_task(x * (1 - x)), answer)
    assert result.status == "wrong" and result.message, result


def test_a_slip_on_top_of_a_known_mistake():
    task = expression_task(x * (1 - x), mistakes=(Mistake("lost", "x is lost.", lambda: 1 - x),))
    assert judge(task, x - 1).message.startswith("x is lost. And the sign is flipped.")


def test_a_reversed_result_of_a_known_mistake_is_not_called_right():
    double = Mistake("double", "You doubled it.", lambda z: 2 * cubic(z) + z)
    calls = [Call(np.array([1.0, 2.0, 4.0])), Call(np.array([3.0, -1.0, 0.5]))]
    task = function_task(cubic, ("z",), calls, mistakes=(double,))
    told = judge(task, lambda z: double.answer(z)[::-1]).message
    assert told.startswith("You doubled it. And: They stand in the reverse order, too.")


def test_a_difference_that_is_no_number_is_not_told():
    right, wrong = x * (1 - x), x * (1 - x) + sp.nan * x
    assert "nan" not in judge(expression_task(right), wrong).message
    assert expressions._simple_difference(x + sp.oo, x**2 + x + 1) == ""
    assert expressions._simple_difference(x**2 + 1, x**2) == " Yours minus the right one is 1."


@pytest.mark.parametrize("answer", [0, sp.Integer(1), x, x**2, sp.exp(x), x + 5, 0 * x])
def test_the_difference_never_shows_the_right_formula(answer):
    right = x * (1 - x)
    message = judge(expression_task(right), answer).message
    told = message.partition("minus the right one is ")[2].strip(" .")
    if told:
        assert sp.count_ops(sp.sympify(told)) < sp.count_ops(right)
        assert sp.expand(sp.sympify(told)) not in (sp.expand(right), sp.expand(-right))


def test_an_expression_that_is_nowhere_finite_is_neither_right_nor_every_mistake():
    broken = Mistake("broken", "Broken.", lambda: sp.sqrt(-1 - x**2))
    task = expression_task(x**2 + 1, mistakes=(broken,))
    assert judge(task, x**2 + 3).mistake != "broken"
    assert judge(expression_task(sp.sqrt(-1 - x**2)), x).status == "wrong"


def test_a_number_that_is_nearly_right():
    task = ValueTask(name="made_up", expected=lambda: 0.25, why="Because.")
    assert judge(task, -0.25).mistake == "the sign flipped"
    assert judge(task, 4).mistake == "upside down"
    assert judge(task, 25).mistake == "per cent"
    assert judge(task, 0.3).mistake == ""
    table = ValueTask(name="made_up", expected=lambda: {"u": 1.0, "v": 0.5}, why="Because.")
    assert judge(table, {"u": 1, "v": -0.5}).message.startswith("'v': The sign is flipped.")


PARTS = PartsTask(
    name="made_up",
    why="Because.",
    parts={
        "witness": WitnessTask(printed=lambda z: z, right=lambda z: abs(z)),
        "right": ExpressionTask(
            expected=lambda: x**2,
            symbols=("x",),
            mistakes=(Mistake("cubed", "One x too many.", lambda: x**3),),
        ),
    },
)


@pytest.mark.parametrize(
    ("answer", "status", "words"),
    [
        ({"witness": -1, "right": x * x}, "correct", "gives -1, the right one 1. Because."),
        ({"witness": None, "right": ...}, "not_attempted", ""),
        (None, "not_attempted", ""),
        ({"witness": -1, "right": None}, "wrong", "'witness' is right. There is nothing yet"),
        ({"witness": 1, "right": x * x}, "wrong", "'right' is right. 'witness': Both"),
        ({"witness": -1, "right": x**3}, "wrong", "'right': One x too many."),
        ({"right": x * x}, "wrong", "nothing yet for 'witness'"),
        (-1, "wrong", "a dictionary with 'witness', 'right'"),
    ],
)
def test_a_task_of_parts(answer, status, words):
    result = judge(PARTS, answer)
    assert result.status == status and words in result.message, result
    assert result.mistake == ("cubed" if "One x" in words else "")


def test_room_is_respected_when_a_slip_is_looked_for():
    calls = [Call(np.array([1.0, 0.0, -2.0, 4.0])), Call(np.array([2.0, 0.0, 1.0, 0.5]))]
    task = function_task(
        lambda z: Between(np.where(z == 0, 0, 2 * z), np.where(z == 0, 1, 2 * z)), ("z",), calls
    )
    assert judge(task, lambda z: 2 * z + 0.5 * (z == 0)).status == "correct"
    assert judge(task, lambda z: -2 * z + 0.5 * (z == 0)).mistake == "the sign flipped"


def test_small_arrays_are_shown_whole():
    assert shorten(np.array([[1.0, 2.5], [0.0, -3.0]])) == "[[1, 2.5], [0, -3]]"
    assert shorten(np.array([[1, 2]])) == "[[1, 2]]"
    assert shorten(np.zeros((3, 5))) == "an array of shape (3, 5)"
    assert shorten(np.array([])) == "an array of shape (0,)"


# ------------------------------------------------------------------ one number, one formula

FACTORS = st.sampled_from([1, 1 + 1e-9, 1 + 5e-7, 1 - 2e-6, 1.1, -1, 0, math.inf, math.nan])


@given(st.floats(), FACTORS, st.sampled_from([float, np.float64, np.float32]))
def test_a_number_is_compared_as_an_array_of_one_is(expected, factor, kind):
    """What is most often compared has a way of its own, and must be told the same."""
    with np.errstate(all="ignore"):
        got, expected = float(expected) * factor, kind(expected)
    assert compare(got, expected) == compare(got, np.asarray(expected))


@pytest.mark.parametrize(
    "answer",
    [sp.DiracDelta(0) * x, sp.Min(1, sp.Piecewise((x, x > 2), (sp.nan, True))), sp.zoo * x],
    ids=str,
)
def test_what_sympy_cannot_work_with_is_wrong_and_raises_nothing(answer):
    task = ExpressionTask(name="made_up", expected=lambda: x + 1, symbols=("x",), why="Because.")
    assert judge(task, answer).status == "wrong"


def test_a_formula_is_built_once(monkeypatch):
    """From what a student hands in to what is said of it."""
    build, built = answers.formula, []
    monkeypatch.setattr(answers, "formula", lambda tree: built.append(tree) or build(tree))
    task = ExpressionTask(name="made_up", expected=lambda: x + 1, symbols=("x",), why="Because.")
    assert judge(task, 1 + x).status == "correct"
    assert judge(task, 2 - x).status == "wrong"
    assert len(built) == 2
