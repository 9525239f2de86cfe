"""The tasks on zero-centring: a mean, gradients and their signs, a witness, kappa, new inputs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

import numpy as np
import sympy

from course_utils.answers import Call
from course_utils.symbolic import alpha
from course_utils.tasks.kinds import (
    ExpressionTask,
    FunctionTask,
    Mistake,
    ValueTask,
    WitnessTask,
)

# --------------------------------------------------------------------- the mean of Leaky ReLU

s = sympy.Symbol("s", positive=True)

_HALVES = {
    "": (1 - alpha, ""),
    "the negative half forgotten": (1, "That is ReLU's mean: what leaks through for z < 0 counts."),
    "the halves added": (
        1 + alpha,
        "You add the two halves. Which sign has the output where z is negative?",
    ),
    "the sign": (
        alpha - 1,
        "The sign is flipped: the positive half is the larger one, if alpha is below 1.",
    ),
    "the negative half alone": (alpha, "That is the negative half alone, and without its sign."),
}

_POWERS = {
    "": (s, ""),
    "s forgotten": (1, "The spread s is missing: with twice the spread, all outputs are doubled."),
    "s squared": (
        s**2,
        "The mean grows with s, not with its square: with twice the spread, all outputs are "
        "doubled.",
    ),
    "divided by s": (1 / s, "You divide by s: a larger spread makes the outputs larger."),
    "the root of s": (
        sympy.sqrt(s),
        "You took s for the variance. Here s is the standard deviation.",
    ),
}

_CONSTANTS = {
    "": (1, ""),
    "twice": (
        2,
        "You have twice what is right: the density covers both halves, and each z has its own "
        "half alone.",
    ),
    "half": (
        sympy.Rational(1, 2),
        "You halve once more: that only half of the draws are positive is in the integral already.",
    ),
    "no root": (
        1 / sympy.sqrt(2 * sympy.pi),
        "You divide by 2 pi: the density has its square root.",
    ),
    "no 2": (sympy.sqrt(2), "Below the root only pi is left: the density has 2 pi there."),
    "no pi": (sympy.sqrt(sympy.pi), "Below the root only 2 is left: the density has 2 pi there."),
    "the factor of the density": (
        sympy.sqrt(2 * sympy.pi),
        "The factor in front of the density is missing.",
    ),
    "the root over 2 alone": (
        1 / sympy.sqrt(sympy.pi),
        "Your root goes over the 2 alone: in the density it goes over 2 pi.",
    ),
    "the root over 2 alone, times pi": (
        sympy.pi ** sympy.Rational(3, 2),
        "You divide by the root of 2 and multiply by pi: divide by the root of 2 pi as a whole.",
    ),
    "the factor upside down": (2 * sympy.pi, "You multiply by the root of 2 pi: divide by it."),
}


def _leaky_mistakes() -> Iterator[Mistake]:
    """Return every slip alone, and those in a half together with those in s."""
    for half, (factor, first) in _HALVES.items():
        for power, (scale, second) in _POWERS.items():
            for constant, (number, third) in _CONSTANTS.items():
                slips = [slip for slip in (half, power, constant) if slip]
                if len(slips) == 1 or (len(slips) == 2 and not constant and half != "the sign"):
                    answer = factor * scale * number / sympy.sqrt(2 * sympy.pi)
                    said = " ".join(filter(None, (first, second, third)))
                    yield Mistake(", ".join(slips), said, lambda answer=answer: answer)


# ----------------------------------------------------------------- gradients of each example


def _rows(dL_dz, x):
    return np.asarray(dL_dz)[:, None] * np.asarray(x)


def _with_bias(dL_dz, x):
    return np.column_stack([_rows(dL_dz, x), dL_dz])


_TABLES: dict[str, tuple[Callable, str]] = {
    "": (_rows, ""),
    "upstream forgotten": (
        lambda dL_dz, x: x,
        "For the weights you return the local gradients, the inputs: what arrives is not yet "
        "multiplied in.",
    ),
    "added": (
        lambda dL_dz, x: np.asarray(dL_dz)[:, None] + x,
        "For the weights you add upstream and local gradient: they are multiplied.",
    ),
    "divided by the batch": (
        lambda dL_dz, x: _rows(dL_dz, x) / len(x),
        "You divide the weights' gradients by the number of examples. That belongs to the mean "
        "over a batch.",
    ),
    "upside down": (
        lambda dL_dz, x: np.asarray(dL_dz)[:, None] / x,
        "You divide by the inputs: upstream and local gradient are multiplied.",
    ),
    "the inputs squared": (
        lambda dL_dz, x: np.square(x),
        "For the weights you multiply the inputs by themselves. What arrives is `dL_dz`.",
    ),
    "the last weight forgotten": (
        lambda dL_dz, x: np.column_stack([_rows(dL_dz, x)[:, :-1], np.zeros(len(x))]),
        "The column of the last weight holds 0: where does your loop end?",
    ),
    "the mean error": (
        lambda dL_dz, x: np.mean(dL_dz) * x,
        "You multiply all rows by the mean of `dL_dz`. Each example has its own error.",
    ),
    "the mean input": (
        lambda dL_dz, x: _rows(dL_dz, [np.mean(x, axis=0)] * len(x)),
        "You multiply each error by the mean inputs. Each example has its own inputs.",
    ),
    "upstream twice": (
        lambda dL_dz, x: _rows(np.square(dL_dz), x),
        "You multiply the weights' gradients by `dL_dz` twice.",
    ),
}

_BIASES: dict[str, tuple[Callable, str]] = {
    "": (lambda table, dL_dz: np.column_stack([table, dL_dz]), ""),
    "bias missing": (
        lambda table, dL_dz: table,
        "The last column is missing: the gradient of the bias.",
    ),
    "the bias is 1": (
        lambda table, dL_dz: np.column_stack([table, np.ones(len(dL_dz))]),
        "In the last column stands 1, the local gradient of the bias: what arrives is not yet "
        "multiplied in.",
    ),
    "the bias is 0": (
        lambda table, dL_dz: np.column_stack([table, np.zeros(len(dL_dz))]),
        "In the last column stands 0. The bias moves z too, so its gradient is not 0.",
    ),
    "bias first": (
        lambda table, dL_dz: np.column_stack([dL_dz, table]),
        "The gradient of the bias stands in the first column: it belongs in the last.",
    ),
    "the bias averaged": (
        lambda table, dL_dz: np.column_stack([table, np.full(len(dL_dz), np.mean(dL_dz))]),
        "In the last column stands the mean over the batch: there too, each example has its own.",
    ),
    "the bias summed": (
        lambda table, dL_dz: np.column_stack([table, np.full(len(dL_dz), np.sum(dL_dz))]),
        "In the last column stands the sum over the batch: there too, each example has its own.",
    ),
    "the bias divided": (
        lambda table, dL_dz: np.column_stack([table, np.divide(dL_dz, len(dL_dz))]),
        "You divide the gradient of the bias by the number of examples.",
    ),
    "the bias with the other sign": (
        lambda table, dL_dz: np.column_stack([table, -np.asarray(dL_dz)]),
        "The gradient of the bias has the wrong sign.",
    ),
    "the bias squared": (
        lambda table, dL_dz: np.column_stack([table, np.square(dL_dz)]),
        "You multiply the gradient of the bias by `dL_dz` twice.",
    ),
}


_ALSO_WRONG = {
    "divided by the batch": ("bias missing", "the bias averaged", "the bias is 1"),
    "upstream twice": ("the bias is 1",),
    "upstream forgotten": ("bias missing", "the bias is 1", "the bias is 0"),
    "added": ("bias missing", "the bias is 1"),
    "the mean error": ("bias missing", "the bias is 1", "the bias averaged"),
    "the mean input": ("bias missing", "the bias is 1"),
}
"""The slips in the weights' columns that go together with slips in the bias's."""


def _gradient_mistakes() -> Iterator[Mistake]:
    """Return every slip in the columns of the weights or the bias, and some pairs."""
    for first, (table, words) in _TABLES.items():
        for second, (beside, more) in _BIASES.items():
            if (not first) != (not second) or second in _ALSO_WRONG.get(first, ()):
                yield Mistake(
                    ", ".join(filter(None, (first, second))),
                    " ".join(filter(None, (words, more))),
                    lambda dL_dz, x, table=table, beside=beside: beside(table(dL_dz, x), dL_dz),
                )


_COLUMNS = (
    "NumPy sets the entries of `dL_dz` against the columns of x: the shapes clash, or you "
    "multiply a weight's inputs by another example's error. Each row of x has one error."
)
_COLLECTED = (
    "You collect over the batch: one number for each weight is left. Asked is a row for each "
    "example."
)
_AS_COLUMN = (
    "To stand beside the table, the gradients of the bias must be a table too, with a single "
    "column."
)


def _gradient_calls() -> list[Call]:
    single = np.float32
    return [
        Call(np.array([2.0, -1.0]), np.array([[1.0, 3.0, 0.5], [4.0, 0.0, 2.0]])),
        Call(np.array([1.0, -2.0, 0.5]), np.array([[2.0, 0.5], [1.0, -3.0], [3.0, 4.0]])),
        Call(np.array([3.0, -2.0]), np.array([[1.0, 2.0], [5.0, 7.0]])),
        Call(np.array([-0.5]), np.array([[2.0, 3.0]])),
        Call(np.array([1.5, 0.0, -4.0]), np.array([[2.0], [1.0], [3.0]])),
        Call(np.array([1, -2, 3]), np.array([[1, 0], [2, 5], [4, 3]])),
        Call(
            np.array([0.25, -1.5, 2.0], dtype=single),
            np.array([[1, 2, -3], [0.5, 4, 2], [-1, 0, 6]], dtype=single),
        ),
    ]


# ----------------------------------------------------------------------- up, down, or both


def _direction(dL_dw):
    up, down = np.all(np.asarray(dL_dw) <= 0, axis=1), np.all(np.asarray(dL_dw) >= 0, axis=1)
    return up.astype(float) - down


def _by_kind(dL_dw, up, down, both, none, is_strict):
    """Return a value for each row by its kind; with `is_strict`, a 0 makes a row a mixed one."""
    raises, lowers = np.any(np.less(dL_dw, 0), axis=1), np.any(np.greater(dL_dw, 0), axis=1)
    moves = raises | lowers
    mixed = (raises & lowers) | (is_strict & moves & np.any(np.equal(dL_dw, 0), axis=1))
    return np.select([~moves, mixed, raises], [none, both, up], down).astype(float)


def _half_strict(dL_dw, up, down, none, way):
    """Return a value for each row, where a 0 spoils the rows that go one way, but not the other."""
    strict = np.all(np.less(dL_dw, 0) if up > 0 else np.greater(dL_dw, 0), axis=1)
    loose = np.all(np.greater_equal(dL_dw, 0) if up > 0 else np.less_equal(dL_dw, 0), axis=1)
    moves = np.any(dL_dw, axis=1)
    return way * np.select([~moves, strict, loose], [none, up, down], 0).astype(float)


_AGAINST = "a step goes against the gradient."

# what one gives to the rows that go up and to those that go down; how it is called; a message
_WAYS = (
    (1, -1, "", ""),
    (-1, 1, "the gradient's sign", f"Your signs are those of the gradients, and {_AGAINST}"),
    (
        1,
        1,
        "one sign or not",
        "You report whether a row has one sign. Asked is which way: 1 for up, -1 for down.",
    ),
    (1, 0, "only up", "You report the rows that go up. Those that go down get -1."),
    (0, -1, "only down", "You report the rows that go down. Those that go up get 1."),
    (
        0,
        1,
        "only positive ones",
        f"You report the rows of positive gradients with 1. But {_AGAINST}",
    ),
    (0, 0, "neither", "You give 0 to the rows that go up or down: they get 1 or -1."),
)


def _kind_mistakes() -> Iterator[Mistake]:
    """Return the answers by kind of row: the way, mixed rows, rows of zeros, a single 0."""
    for up, down, name, words in _WAYS:
        for is_strict in (False, True):
            for both in (0, 1, -1):
                if is_strict and up == down == both:
                    continue  # a 0 makes no difference then
                for none in (both,) if is_strict else (0, 1, -1):
                    slips, said = [name], [words]
                    if is_strict:
                        slips.append("a 0 spoils the row")
                        said.append("A single 0 spoils the row for you: it moves nothing.")
                    if both:
                        slips.append(f"{both} for a mixed row")
                        said.append("A row that raises and lowers gets 0.")
                    if none and not is_strict:
                        slips.append(f"{none} for no move")
                        said.append("A row of zeros alone moves nothing: it gets 0.")
                    if any(slips):
                        kind = (up, down, both, none, is_strict)
                        yield Mistake(
                            ", ".join(filter(None, slips)),
                            " ".join(filter(None, said)),
                            lambda dL_dw, kind=kind: _by_kind(dL_dw, *kind),
                        )


_MIXED = "A single entry of the other sign is enough for 0."
_EACH_ROW = "Asked is one value for each row."

_DIRECTIONS: dict[str, tuple[Callable, str]] = {
    "the sum decides": (
        lambda dL_dw: -np.sign(np.sum(dL_dw, axis=1)),
        f"You look at the sum or the mean of a row. {_MIXED}",
    ),
    "the majority decides": (
        lambda dL_dw: -np.sign(np.sum(np.sign(dL_dw), axis=1)),
        f"You let the majority of a row decide. {_MIXED}",
    ),
    "the largest size decides": (
        lambda dL_dw: -np.sign([row[np.argmax(np.abs(row))] for row in np.asarray(dL_dw)]),
        f"You let the entry of the largest size decide. {_MIXED}",
    ),
    "the largest decides": (
        lambda dL_dw: -np.sign(np.max(dL_dw, axis=1)),
        "You look at the largest entry of a row alone. The smallest counts as well.",
    ),
    "the smallest decides": (
        lambda dL_dw: -np.sign(np.min(dL_dw, axis=1)),
        "You look at the smallest entry of a row alone. The largest counts as well.",
    ),
    "largest and smallest added": (
        lambda dL_dw: -(np.sign(np.max(dL_dw, axis=1)) + np.sign(np.min(dL_dw, axis=1))),
        "You add the signs of the largest and the smallest entry: asked is 1, -1 or 0.",
    ),
    "the first weight": (
        lambda dL_dw: -np.sign(np.asarray(dL_dw)[:, 0]),
        "You look at the first weight alone.",
    ),
    "the last weight": (
        lambda dL_dw: -np.sign(np.asarray(dL_dw)[:, -1]),
        "You look at the last weight alone.",
    ),
    "the first weight of a row of one sign": (
        lambda dL_dw: np.abs(_direction(dL_dw)) * -np.sign(np.asarray(dL_dw)[:, 0]),
        "Where no signs are opposite, you look at the first weight alone: its gradient may be 0.",
    ),
    "the median decides": (
        lambda dL_dw: -np.sign(np.median(dL_dw, axis=1)),
        f"You look at the median of a row. {_MIXED}",
    ),
    "the product": (
        lambda dL_dw: -np.sign(np.prod(dL_dw, axis=1)),
        "You look at the product of a row. Two negative entries have a positive product, and so "
        "do two positive ones.",
    ),
    "columns": (
        lambda dL_dw: _direction(np.transpose(dL_dw)),
        f"You report one value for each weight, from a column. {_EACH_ROW}",
    ),
    "columns, a 0 spoils them": (
        lambda dL_dw: _by_kind(np.transpose(dL_dw), 1, -1, 0, 0, True),
        f"You report one value for each weight, from a column. {_EACH_ROW} And a 0 spoils nothing.",
    ),
    "the whole table": (
        lambda dL_dw: _direction(np.reshape(dL_dw, (1, -1)))[0],
        f"You report one value for the whole table. {_EACH_ROW}",
    ),
    "the sum of the whole table": (
        lambda dL_dw: -np.sign(np.sum(dL_dw)),
        f"You look at the sum of the whole table. {_EACH_ROW}",
    ),
    "entry by entry, two answers": (
        lambda dL_dw: np.where(np.less(dL_dw, 0), 1.0, -1.0),
        "You report one value for each entry: put the weights of a row together.",
    ),
    "entry by entry, in one row": (
        lambda dL_dw: -np.sign(np.ravel(dL_dw)),
        "You report one value for each entry: put the weights of a row together.",
    ),
    "entry by entry": (
        lambda dL_dw: -np.sign(dL_dw),
        "You report one value for each entry: put the weights of a row together.",
    ),
    "the step": (
        lambda dL_dw: -np.asarray(dL_dw),
        "You return the step, a number for each weight. Asked is 1, -1 or 0 for each row.",
    ),
    "the signs added up": (
        lambda dL_dw: -np.sum(np.sign(dL_dw), axis=1),
        "You add up the signs of a row. Asked is 1, -1 or 0.",
    ),
    "the mean sign": (
        lambda dL_dw: -np.mean(np.sign(dL_dw), axis=1),
        "You return the mean of the signs of a row. Asked is 1, -1 or 0.",
    ),
    "the sum": (
        lambda dL_dw: -np.sum(dL_dw, axis=1),
        "You return the sum of a row. Asked is 1, -1 or 0.",
    ),
    "the mean": (
        lambda dL_dw: -np.mean(dL_dw, axis=1),
        "You return the mean of a row. Asked is 1, -1 or 0.",
    ),
    "the mean gradient": (
        lambda dL_dw: -np.sign(np.mean(dL_dw, axis=0)),
        f"You take the mean over the examples first. {_EACH_ROW}",
    ),
    "rows left out": (
        lambda dL_dw: [way for way in _direction(dL_dw).tolist() if way],
        "You leave rows out. Each row gets a value: 0 where the step does both, or moves nothing.",
    ),
    "the answers added up": (
        lambda dL_dw: np.sum(_direction(dL_dw)),
        f"You add up the answers of all rows. {_EACH_ROW}",
    ),
    "the mean answer": (
        lambda dL_dw: np.mean(_direction(dL_dw)),
        f"You return the mean over all rows. {_EACH_ROW}",
    ),
    "the first row alone": (
        lambda dL_dw: _direction(dL_dw)[:1],
        "You return the answer for the first row alone: does `return` stand inside the loop?",
    ),
}


def _direction_mistakes() -> Iterator[Mistake]:
    """Return the ways to read a row, each for the step and for the gradient itself."""
    yield from _kind_mistakes()
    for name, (function, words) in _DIRECTIONS.items():
        yield Mistake(name, words, function)
        if name not in ("rows left out", "the first row alone", "the answers added up", "the step"):
            yield Mistake(
                f"{name}, the gradient's sign",
                f"{words} And {_AGAINST}",
                lambda dL_dw, function=function: -np.asarray(function(dL_dw)),
            )
    for name, up, down in (("up", 1, -1), ("down", -1, 1)):
        words = "A single 0 spoils the row for you in one of the two directions: it moves nothing."
        for none in (0, -up):
            for way, more in ((1, ""), (-1, f" And {_AGAINST}")):
                yield Mistake(
                    f"a 0 spoils the rows that go {name}, {none}, {way}",
                    words + more,
                    lambda dL_dw, kind=(up, down, none, way): _half_strict(dL_dw, *kind),
                )
    for both in (0, 1, -1):
        yield Mistake(
            f"rows of zeros left out, {both} for a mixed row",
            "You leave out the rows of zeros alone: each row gets a value."
            + (" And a row that raises and lowers gets 0." if both else ""),
            lambda dL_dw, both=both: _by_kind(dL_dw, 1, -1, both, 9, False)[np.any(dL_dw, axis=1)],
        )
    yield Mistake(
        "true minus false",
        "NumPy does not subtract true and false: make numbers of them first.",
        lambda dL_dw: np.all(dL_dw <= 0, axis=1) - np.all(dL_dw >= 0, axis=1),
    )
    yield Mistake(
        "the sum decides, 0 left out",
        f"You look at the sum or the mean of a row, and know two answers only. {_MIXED}",
        lambda dL_dw: np.where(np.sum(dL_dw, axis=1) < 0, 1.0, -1.0),
    )
    yield Mistake(
        "small gradients left out",
        "You take small gradients for 0. Any gradient moves its weight, however little.",
        lambda dL_dw: _direction(np.where(np.abs(dL_dw) < 1e-9, 0, dL_dw)),
    )


def _direction_calls() -> list[Call]:
    single = np.float32
    return [
        Call(np.array([[-1.0, -2.0], [3.0, 0.5], [-4.0, 1.0]])),
        Call(np.array([[2.0, -1.0], [-0.5, -0.25], [1.0, 3.0], [-1.0, 2.0]])),
        Call(np.array([[0.0, -2.0], [1.0, 0.0], [0.0, 0.0], [-3.0, -1.0]])),
        Call(np.array([[-5.0, 1.0, 2.0], [6.0, -2.0, -1.0], [1.0, 2.0, 4.0], [-1.0, -1.0, -3.0]])),
        Call(np.array([[1.0, 0.0, -1.0], [-2.0, -0.0, 0.0], [0.0, 3.0, 0.5], [0.0, 0.0, -0.0]])),
        Call(np.array([[3.0], [-2.0], [0.0]])),
        Call(np.array([[-1.0, -2.0, -0.5, -4.0]])),
        Call(np.array([[2, 1, 3], [-1, -1, 0], [4, -2, 1]])),
        Call(np.array([[1.5, 0.5], [-0.25, -2.0], [-1.0, 0.75]], dtype=single)),
        Call(np.array([[1e-300, 1e-300], [-1e-300, 3e-300], [-1e-200, -1e-200]]), ordinary=False),
        Call(np.array([[1e308, 1e308], [-1e308, -1e308], [1e-12, -1.0]]), ordinary=False),
    ]


def _random_directions(rng: np.random.Generator) -> list[Call]:
    calls = []
    for rows, weights in ((8, 2), (8, 3)):
        signs = rng.choice([-1.0, 0.0, 1.0], size=(rows, weights), p=[0.45, 0.1, 0.45])
        calls.append(Call(signs * rng.uniform(0.1, 3, size=signs.shape)))
    return calls


# --------------------------------------------------------------------------- a batch of two


_EXAMPLE_OF_TWO = [1, 1, 1, 1]


def _gradients_of_two(first_1, first_2, second_1, second_2) -> tuple[Fraction, Fraction]:
    """Return the two gradients for the errors 2 and -1, without any rounding."""
    pairs = ((first_1, second_1), (first_2, second_2))
    return tuple(Fraction(2 * Fraction(p) - Fraction(q)) / 2 for p, q in pairs)


def _both_of_two(*inputs) -> str:
    one, other = _gradients_of_two(*inputs)
    return f"{float(one):.4g} and {float(other):.4g}"


def _signs_of_two(*inputs) -> str:
    one, other = _gradients_of_two(*inputs)
    words = "one sign" if one * other > 0 else "opposite signs"
    return f"{_both_of_two(*inputs)}: {words}"


def _claim_of_two(*inputs) -> str:
    """Return what is right where the claim holds, else the claim."""
    one, other = _gradients_of_two(*inputs)
    return _signs_of_two(*inputs) if one * other > 0 else "gradients of one sign"


def _complaint_of_two(*inputs) -> str:
    """Return why four inputs are no witness, for all but the example and true witnesses."""
    if not all(np.isfinite(inputs)):
        return "Give finite numbers."
    if min(inputs) <= 0:
        return "All four inputs must be above 0: the claim speaks of positive inputs alone."
    one, other = _gradients_of_two(*inputs)
    there = f"There the two gradients are {_both_of_two(*inputs)}"
    if one * other == 0:
        return f"{there}. A 0 has neither sign, so they are not opposite."
    if one * other < 0 or list(inputs) == _EXAMPLE_OF_TWO:
        return ""
    if inputs[:2] == inputs[2:]:
        return (
            f"{there}. Both examples have the same inputs, so each gradient is the mean error "
            "times its input: one sign."
        )
    winner, loser = ("first", "second") if one > 0 else ("second", "first")
    return (
        f"{there}: one sign. The {winner} example wins for both weights. Let the {loser} win for "
        "one of them."
    )


# ---------------------------------------------------------------------- condition numbers

_N, _M, _V = 10, 1 / 2, 1 / 12


def _curvatures(mean: float, variance: float, bias: bool = False) -> tuple[float, float]:
    """Return the smallest and the largest curvature of ten independent inputs."""
    table = variance * np.eye(_N) + mean**2
    if bias:
        edge = np.full((_N, 1), mean)
        table = np.block([[table, edge], [edge.T, np.ones((1, 1))]])
    curvatures = np.linalg.eigvalsh(table)
    return float(curvatures[0]), float(curvatures[-1])


def _condition(mean: float, variance: float, bias: bool = False) -> float:
    smallest, largest = _curvatures(mean, variance, bias)
    return largest / smallest


def _condition_answers() -> dict[str, float]:
    raw, doubled = _curvatures(_M, _V), _curvatures(2 * _M, 4 * _V)
    return {
        "raw": _condition(_M, _V),
        "raw rate": 2 / sum(raw),
        "doubled": _condition(2 * _M, 4 * _V),
        "doubled rate": 2 / sum(doubled),
        "centred": _condition(0, _V),
        "bias": _condition(0, _V, bias=True),
    }


_SMALL, _LARGE = _curvatures(_M, _V)

# the entry, what stands in it, two words, the message
_CONDITION_SLIPS = (
    (
        "raw",
        1 + _N * _M / _V,
        "the mean not squared",
        "raw: the mean enters with its square, `n * m**2`.",
    ),
    ("raw", _N * _M**2 / _V, "the 1 forgotten", "raw: the variance in the numerator is forgotten."),
    (
        "raw",
        1 + _N * _M**2 / _V**0.5,
        "the spread for the variance",
        "raw: you took the standard deviation for the variance.",
    ),
    (
        "raw",
        1 + _M**2 / _V,
        "one weight",
        "raw: there are ten weights, and in the steep direction all ten means add up.",
    ),
    ("raw", 1 + 2 * _M**2 / _V, "two weights", "raw: that is the number for two weights."),
    ("raw", 1 / (1 + _N * _M**2 / _V), "upside down", "raw: divide the largest by the smallest."),
    (
        "raw",
        _LARGE,
        "the largest curvature",
        "raw: that is a curvature, not yet a ratio.",
    ),
    ("raw", 1 + _N**2 * _M**2 / _V, "n squared", "raw: the number of weights is squared."),
    ("raw", 1 + _N * _M**2 / _V**2, "v squared", "raw: you divide by the variance twice."),
    ("raw", 1 + _N * _M**2 * _V, "times v", "raw: you multiply by the variance: divide by it."),
    ("raw", _N * _M**2, "n m squared alone", "raw: compare it with the flattest curvature, `v`."),
    (
        "raw",
        _N * (_V + _M**2) / _V,
        "n times v too",
        "raw: only the means add up over the weights. The variance is counted once.",
    ),
    ("raw", 1.0, "no mean", "raw: the inputs are not centred, so the bowl is not round."),
    (
        "raw",
        (_LARGE + _SMALL) / _SMALL,
        "2 for 1",
        "raw: the variance is counted twice in the numerator.",
    ),
    (
        "raw",
        _condition(_M, _V, bias=True),
        "a bias",
        "raw: that is the number with a trainable bias. Here there is none.",
    ),
    (
        "doubled",
        1 + _N * (2 * _M) ** 2 / _V,
        "the variance not scaled",
        "doubled: the mean is doubled, and so is the spread. The variance grows as well.",
    ),
    (
        "doubled",
        1 + _N * (2 * _M) ** 2 / (2 * _V),
        "the variance doubled",
        "doubled: the variance is the square of the spread, so it does not just double.",
    ),
    (
        "doubled",
        1 + _N * _M**2 / (4 * _V),
        "the mean not doubled",
        "doubled: the variance grows, but so does the mean.",
    ),
    (
        "doubled",
        1 + _N * _M**2 / (2 * _V),
        "the mean not doubled, v twice",
        "doubled: the mean is doubled too, and the variance grows with the square.",
    ),
    (
        "doubled",
        2 * (_LARGE / _SMALL),
        "twice",
        "doubled: every curvature grows. What of their ratio?",
    ),
    (
        "doubled",
        4 * (_LARGE / _SMALL),
        "four times",
        "doubled: every curvature grows four times. What of their ratio?",
    ),
    (
        "doubled",
        (_LARGE / _SMALL) / 2,
        "one half",
        "doubled: a scale changes all curvatures alike. What of their ratio?",
    ),
    (
        "doubled",
        (_LARGE / _SMALL) / 4,
        "one quarter",
        "doubled: a scale changes all curvatures alike. What of their ratio?",
    ),
    ("centred", 0.0, "0", "centred: all curvatures are equal. What is the ratio of equal numbers?"),
    (
        "centred",
        _V,
        "the curvature",
        "centred: that is the curvature, the same in every direction. Asked is a ratio.",
    ),
    (
        "centred",
        1 / _V,
        "1 / v",
        "centred: without a bias, all curvatures are `v`. Nothing has the curvature 1.",
    ),
    (
        "centred",
        _LARGE / _SMALL,
        "as raw",
        "centred: that is the raw number. Put in the mean that is left.",
    ),
    ("centred", _N, "n", "centred: the number of weights plays no part when the mean is 0."),
    (
        "bias",
        1.0,
        "the bias left out",
        "bias: that is the number without the bias. Its input is 1: what is its curvature?",
    ),
    ("bias", _V, "upside down", "bias: divide the largest curvature by the smallest."),
    ("bias", 0.0, "0", "bias: a ratio of curvatures is at least 1."),
    (
        "bias",
        1 + 1 / _V,
        "the bias as a mean",
        "bias: you put the bias's 1 into the formula as a mean. The weights have `v`, the bias "
        "has a curvature of its own.",
    ),
    (
        "bias",
        1 + _N / _V,
        "the bias as ten means",
        "bias: you put the bias's 1 into the formula as the mean of all inputs. The weights have "
        "`v`, the bias has a curvature of its own.",
    ),
    (
        "bias",
        (1 + _N) / _V,
        "the bias as eleven",
        "bias: there is one bias, and its curvature is the mean of 1 times 1.",
    ),
    (
        "bias",
        1 / _V**0.5,
        "the spread",
        "bias: the weights' curvature is the variance, not the spread.",
    ),
    ("bias", 1 / _V**2, "v squared", "bias: you divide by the variance twice."),
    (
        "bias",
        _condition(_M, _V, bias=True),
        "raw inputs",
        "bias: that is the number for raw inputs with a bias. Here the inputs are centred.",
    ),
    (
        "bias",
        _LARGE / _SMALL,
        "raw inputs, no bias",
        "bias: that is the raw number. Here the inputs are centred, and there is a bias.",
    ),
    (
        "bias",
        1 + (_N + 1) * _M**2 / _V,
        "one more weight",
        "bias: the inputs are centred, so no mean of one half is left.",
    ),
    (
        "bias",
        24.0,
        "the lesson's number",
        "bias: that is about the lesson's number, for the sigmoid's variance. Here it is 1/12.",
    ),
    (
        "bias",
        1 + _N,
        "1 + n",
        "bias: write down the curvature of a weight and that of the bias. Only those two count.",
    ),
    (
        "raw rate",
        2 / _LARGE,
        "the limit",
        "raw rate: with that rate the steepest direction just does not fly off. The best rate "
        "has both curvatures in the denominator.",
    ),
    (
        "raw rate",
        1 / _LARGE,
        "one step for the steepest",
        "raw rate: that serves the steepest direction alone. The best rate has both curvatures in "
        "the denominator.",
    ),
    (
        "raw rate",
        1 / (_SMALL + _LARGE),
        "1 for 2",
        "raw rate: the numerator is 2, not 1. Or are your curvatures twice too large? The loss is "
        "half the squared error.",
    ),
    (
        "raw rate",
        2 / (_LARGE - _SMALL),
        "the difference",
        "raw rate: the variance is lost: it is in both curvatures, and they are added.",
    ),
    (
        "raw rate",
        2 / (_LARGE / _SMALL),
        "2 / kappa",
        "raw rate: you divided by the condition number. The curvatures themselves are wanted.",
    ),
    (
        "raw rate",
        2 / (1 + _LARGE / _SMALL),
        "2 / (1 + kappa)",
        "raw rate: you took 1 and the condition number for the two curvatures.",
    ),
    (
        "raw rate",
        2 / _SMALL,
        "the flattest alone",
        "raw rate: that serves the flattest direction alone, and the steepest flies off.",
    ),
    (
        "raw rate",
        1 / _SMALL,
        "one step for the flattest",
        "raw rate: that serves the flattest direction alone, and the steepest flies off.",
    ),
    (
        "raw rate",
        (_SMALL + _LARGE) / 2,
        "upside down",
        "raw rate: that is the mean of the two curvatures. A steeper valley needs a smaller rate.",
    ),
    (
        "raw rate",
        _SMALL + _LARGE,
        "the sum",
        "raw rate: that is the sum of the two curvatures. It belongs in the denominator.",
    ),
    (
        "raw rate",
        2 / (2 * _V + _M**2),
        "one weight",
        "raw rate: the largest curvature has the means of all ten weights in it.",
    ),
    (
        "raw rate",
        (_LARGE - _SMALL) / (_LARGE + _SMALL),
        "the factor",
        "raw rate: that is what a step leaves of the distance, not the rate.",
    ),
    (
        "doubled rate",
        2 / (_SMALL + _LARGE),
        "the same rate",
        "doubled rate: twice the inputs make a steeper valley, so the same rate is too large.",
    ),
    (
        "doubled rate",
        1 / (_SMALL + _LARGE),
        "one half",
        "doubled rate: a scale c acts like a learning rate c**2 times as large, not c times.",
    ),
    (
        "doubled rate",
        4 / (_SMALL + _LARGE),
        "twice",
        "doubled rate: larger inputs make a steeper valley. It needs a smaller rate.",
    ),
    (
        "doubled rate",
        8 / (_SMALL + _LARGE),
        "four times",
        "doubled rate: the factor is right, but larger inputs make a steeper valley.",
    ),
    (
        "doubled rate",
        0.5 / _LARGE,
        "the limit",
        "doubled rate: with that rate the steepest direction just does not fly off. The best rate "
        "has both curvatures in the denominator.",
    ),
    (
        "doubled rate",
        2 / (_V + _V + _N * (2 * _M) ** 2),
        "the variance not scaled",
        "doubled rate: the variance grows too, in both curvatures.",
    ),
    (
        "doubled rate",
        2 / (4 * _V + 2 * _V + _N * (2 * _M) ** 2),
        "the variance not the same",
        "doubled rate: the variance grows four times, in both curvatures.",
    ),
    (
        "doubled rate",
        0.25 / (_SMALL + _LARGE),
        "one eighth",
        "doubled rate: a scale c acts like a learning rate c**2 times as large, not c**3.",
    ),
)


# --------------------------------------------------------------------- inputs standardised


def _standardised(x, new, spread_of_none=1.0):
    """Return new, centred and scaled by the columns of x; a spread of 0 is replaced."""
    x = np.asarray(x, dtype=float)
    spread = x.std(axis=0)
    return (new - x.mean(axis=0)) / np.where(spread == 0, spread_of_none, spread)


_CENTRES: dict[str, tuple[Callable, str]] = {
    "": (lambda x, new: x.mean(axis=0), ""),
    "new's own mean": (
        lambda x, new: new.mean(axis=0),
        "You subtract the means of `new`. The network was trained with those of x.",
    ),
    "the mean of the whole table": (
        lambda x, new: x.mean(),
        "You subtract one mean of the whole table. Each column has its own.",
    ),
    "the mean of all of new": (
        lambda x, new: new.mean(),
        "You subtract one mean of the whole of `new`. Each column has its own, and x has them.",
    ),
    "the mean of both": (
        lambda x, new: np.concatenate([x, new]).mean(axis=0),
        "You put x and `new` together for the mean. The network has seen x alone.",
    ),
    "not centred": (lambda x, new: 0.0, "The mean is not subtracted."),
    "the median": (lambda x, new: np.median(x, axis=0), "You subtract the medians of x."),
    "the smallest": (
        lambda x, new: x.min(axis=0),
        "You subtract the smallest entry of each column: its mean is asked.",
    ),
    "the sum": (lambda x, new: x.sum(axis=0), "You subtract the sums of the columns."),
}

_SPREADS: dict[str, tuple[Callable, str]] = {
    "": (lambda x, new: x.std(axis=0), ""),
    "new's own spread": (
        lambda x, new: new.std(axis=0),
        "You divide by the spread of `new`. The network was trained with that of x.",
    ),
    "the spread of the whole table": (
        lambda x, new: x.std(),
        "You divide by one spread of the whole table. Each column has its own.",
    ),
    "the spread of all of new": (
        lambda x, new: new.std(),
        "You divide by one spread of the whole of `new`. Each column has its own, and x has them.",
    ),
    "the spread of both": (
        lambda x, new: np.concatenate([x, new]).std(axis=0),
        "You put x and `new` together for the spread. The network has seen x alone.",
    ),
    "not scaled": (lambda x, new: 1.0, "The division by the spread is missing."),
    "the variance": (
        lambda x, new: x.var(axis=0),
        "You divide by the variance. The standard deviation is its root.",
    ),
    "n - 1": (
        lambda x, new: x.std(axis=0, ddof=1),
        "Your spread is the one that divides by the number of rows minus 1. Asked is `np.std`'s "
        "own.",
    ),
    "the range": (
        lambda x, new: np.ptp(x, axis=0),
        "You divide by the range from the smallest to the largest entry.",
    ),
    "the largest": (
        lambda x, new: np.abs(x).max(axis=0),
        "You divide by the largest entry of each column.",
    ),
    "the root mean square": (
        lambda x, new: np.sqrt(np.mean(x**2, axis=0)),
        "You divide by the root of the mean square, taken before the mean was subtracted.",
    ),
    "the mean square": (
        lambda x, new: np.mean(x**2, axis=0),
        "You divide by the mean square. The spread is the root of the mean square of what is left "
        "after the mean is subtracted.",
    ),
    "the norm": (
        lambda x, new: np.linalg.norm(x - x.mean(axis=0), axis=0),
        "You divide by the root of the sum of squares: the mean of the squares is wanted.",
    ),
    "the mean": (lambda x, new: x.mean(axis=0), "You divide by the mean."),
    "the root of the spread": (
        lambda x, new: np.sqrt(x.std(axis=0)),
        "You divide by the root of the spread: `np.std` has taken the root already.",
    ),
    "the mean distance": (
        lambda x, new: np.abs(x - x.mean(axis=0)).mean(axis=0),
        "You divide by the mean distance from the mean. The standard deviation squares first.",
    ),
}


_TOGETHER = {
    "new's own mean": (
        "new's own spread",
        "the spread of the whole table",
        "not scaled",
        "the variance",
        "n - 1",
    ),
    "the mean of the whole table": ("the spread of the whole table", "not scaled"),
    "the mean of all of new": ("the spread of all of new", "not scaled"),
    "the mean of both": ("the spread of both", "not scaled"),
    "not centred": (
        "new's own spread",
        "the spread of the whole table",
        "the variance",
        "n - 1",
        "the range",
        "the largest",
        "the mean",
    ),
    "the smallest": ("the range", "the largest"),
}
"""The slips in the mean that go together with slips in the spread."""


def _input_mistakes() -> Iterator[Mistake]:
    """Return every slip in the mean or the spread, and the pairs that go together."""
    for first, (centre, words) in _CENTRES.items():
        for second, (spread, more) in _SPREADS.items():
            if (not first) == (not second) and second not in _TOGETHER.get(first, ()):
                continue

            def answer(x, new, centre=centre, spread=spread):
                x, new = np.asarray(x, dtype=float), np.asarray(new, dtype=float)
                return (new - centre(x, new)) / spread(x, new)

            name = ", ".join(filter(None, (first, second)))
            yield Mistake(name, " ".join(filter(None, (words, more))), answer)


_ROWS = (
    "You take means or spreads along the rows. A column is one input, and its mean goes over the "
    "examples."
)
_TINY = (
    "You add a small number to the spread, or put it in its place. So a column of x that does "
    "not vary is blown up: there, divide by nothing."
)


def _along(axis, keepdims=False):
    """Return functions for means and spreads, over the examples or along the rows."""
    options = {"axis": axis, "keepdims": keepdims}
    return lambda table: np.mean(table, **options), lambda table: np.std(table, **options)


def _row_mistakes() -> Iterator[Mistake]:
    over, spread_over = _along(0)
    for kept, keepdims in (("", False), (", keepdims", True)):
        mean, spread = _along(1, keepdims)
        for name, answer in {
            "both of x": lambda x, new, m=mean, s=spread: (new - m(x)) / s(x),
            "both of new": lambda x, new, m=mean, s=spread: (new - m(new)) / s(new),
            "the mean of x": lambda x, new, m=mean: (new - m(x)) / spread_over(x),
            "the mean of new": lambda x, new, m=mean: (new - m(new)) / spread_over(x),
            "the spread of x": lambda x, new, s=spread: (new - over(x)) / s(x),
            "the spread of new": lambda x, new, s=spread: (new - over(x)) / s(new),
            "the mean of new, not scaled": lambda x, new, m=mean: new - m(new),
        }.items():
            yield Mistake(f"along the rows: {name}{kept}", _ROWS, answer)


def _tiny_mistakes() -> Iterator[Mistake]:
    for digits in (3, 5, 6, 7, 8, 9, 10, 12, 15, 16):
        tiny = 10.0**-digits
        yield Mistake(
            f"a spread of 1e-{digits}",
            _TINY,
            lambda x, new, tiny=tiny: (new - np.mean(x, axis=0)) / (np.std(x, axis=0) + tiny),
        )
        if digits in (7, 8, 9, 10):
            yield Mistake(
                f"1e-{digits} for 0",
                _TINY,
                lambda x, new, tiny=tiny: _standardised(x, new, tiny),
            )
        if digits in (5, 6, 8):
            yield Mistake(
                f"a variance of 1e-{digits}",
                _TINY,
                lambda x, new, tiny=tiny: (
                    (new - np.mean(x, axis=0)) / np.sqrt(np.var(x, axis=0) + tiny)
                ),
            )


def _input_calls() -> list[Call]:
    """Return tables whose columns vary; then, as extreme ones, some that do not."""
    single = np.float32
    whole = np.array([[1.0, 10.0], [3.0, 20.0], [8.0, 60.0]])
    flat = np.array([[2.0, 1.0, -0.5], [2.0, 3.0, -0.5]])
    return [
        Call(whole, np.array([[4.0, 30.0], [7.0, 5.0]])),
        Call(
            np.array([[1.0, -2.0, 0.5], [4.0, 3.0, 1.0], [2.5, 1.0, -3.0]]),
            np.array([[0.0, 1.0, 2.0], [3.0, -1.0, 0.5], [1.0, 5.0, -2.0]]),
        ),
        Call(
            np.array([[0.1, 0.9, 4.0], [0.4, 0.6, 2.5], [0.2, 0.3, 8.0], [0.9, 0.7, 1.0]]),
            np.array([[0.5, 0.2, 3.0], [0.1, 0.8, 7.5], [0.6, 0.5, 2.0], [0.3, 0.1, 4.5]]),
        ),
        Call(np.array([[1, 5], [2, 7], [6, 0], [3, 4]]), np.array([[2, 3], [9, -1], [4, 8]])),
        Call(
            np.array([[1, 2, 8], [4, 3, 2]], dtype=single),
            np.array([[0.5, 1.5, 3], [2, -1, 6]], dtype=single),
        ),
        Call(whole, np.array([[2.0, 15.0]]), ordinary=False),
        Call(np.array([[1.0], [5.0]]), np.array([[2.0], [4.0], [8.0]]), ordinary=False),
        Call(flat, np.array([[2.5, 4.0, 0.5], [2.0, 0.0, -0.5], [1.0, 2.0, 1.5]]), ordinary=False),
        Call(np.array([[3.0, -1.0]]), np.array([[3.0, 0.0], [5.0, -1.0]]), ordinary=False),
        Call(
            np.array([[1e-6, 0.0], [3e-6, 0.0], [4e-6, 0.0]]),
            np.array([[2e-6, 0.25], [5e-6, 0.0]]),
            ordinary=False,
        ),
    ]


def _random_inputs(rng: np.random.Generator) -> list[Call]:
    calls = []
    for rows, features, more in ((6, 2, 4), (5, 3, 5)):
        middle, spread = rng.uniform(1, 4, features), rng.uniform(0.5, 3, features)
        tables = (rng.normal(middle, spread, (count, features)) for count in (rows, more))
        calls.append(Call(*tables))
    return calls


TASKS = (
    ExpressionTask(
        name="centre_leaky_mean",
        title="The mean of Leaky ReLU",
        points=2,
        expected=lambda: (1 - alpha) * s / sympy.sqrt(2 * sympy.pi),
        symbols=("alpha", "s"),
        without={"z": "it still holds z. A mean is taken over all z, so none is left in it."},
        domain={"alpha": (0.05, 0.95), "s": (0.2, 3)},
        hints=(
            "Split the mean at 0, into what z > 0 contributes and what z < 0 does. Which of the "
            "two parts has the factor alpha?",
            "Write z = s * u, with u from N(0, 1). A factor s comes out of both parts, and what is "
            "left are the lesson's integral and its mirror image.",
            "The part from z > 0 is ReLU's mean: s divided by the square root of 2 pi. The other "
            "part is alpha times as large. Has it the same sign?",
        ),
        why="It is 0 for alpha = 1 alone, and there Leaky ReLU is a straight line: every other "
        "slope pays with a mean.",
        mistakes=(
            *_leaky_mistakes(),
            Mistake(
                "the mean of z",
                "That is the mean of z itself. The two halves of Leaky ReLU do not cancel.",
                lambda: sympy.Integer(0),
            ),
            Mistake(
                "the mean slope",
                "You took the mean of the two slopes: the mean of the outputs is asked.",
                lambda: (1 + alpha) / 2,
            ),
            Mistake(
                "the mean slope times s",
                "You multiplied the mean of the two slopes by s. The two halves have outputs of "
                "opposite signs.",
                lambda: s * (1 + alpha) / 2,
            ),
            Mistake(
                "half of the difference",
                "You took s for the mean size of z in each half. Half of the draws lie nearer to 0 "
                "than that: integrate.",
                lambda: s * (1 - alpha) / 2,
            ),
            Mistake(
                "spread evenly",
                "That is the mean for z spread evenly between -s and s. Here z is from N(0, s^2).",
                lambda: s * (1 - alpha) / 4,
            ),
            Mistake(
                "a bracket lost",
                "A bracket is lost: you divide the negative half alone by the root of 2 pi.",
                lambda: s - alpha * s / sympy.sqrt(2 * sympy.pi),
            ),
            Mistake(
                "a bracket lost, and s",
                "A bracket is lost: s and the root of 2 pi stand at the negative half alone.",
                lambda: 1 - alpha * s / sympy.sqrt(2 * sympy.pi),
            ),
            Mistake(
                "alpha is 0.01",
                "You put 0.01 for alpha: keep the symbol.",
                lambda: sympy.Rational(99, 100) * s / sympy.sqrt(2 * sympy.pi),
            ),
            *(
                Mistake(
                    f"rounded to {number}",
                    f"You took {number} for the lesson's mean: asked is the exact number, with a "
                    "root and pi.",
                    lambda number=number: sympy.Rational(number) * s * (1 - alpha),
                )
                for number in ("0.4", "0.399", "0.3989", "0.39894")
            ),
            Mistake(
                "alpha alone subtracted",
                "The negative half contributes alpha times a mean, not alpha alone.",
                lambda: s / sympy.sqrt(2 * sympy.pi) - alpha,
            ),
            Mistake(
                "alpha alone added",
                "The negative half contributes alpha times a mean, not alpha alone, and with "
                "another sign.",
                lambda: s / sympy.sqrt(2 * sympy.pi) + alpha,
            ),
            Mistake(
                "s in one half alone",
                "The spread s stands in one half alone: both halves grow with it.",
                lambda: (s - alpha) / sympy.sqrt(2 * sympy.pi),
            ),
            Mistake(
                "s in the other half alone",
                "The spread s stands in one half alone: both halves grow with it.",
                lambda: (1 - alpha * s) / sympy.sqrt(2 * sympy.pi),
            ),
            Mistake(
                "s in one half alone, added",
                "The spread s stands in one half alone: both halves grow with it. And which sign "
                "has the output where z is negative?",
                lambda: (s + alpha) / sympy.sqrt(2 * sympy.pi),
            ),
            Mistake(
                "the difference squared",
                "You squared the difference of the two slopes: each enters once.",
                lambda: s * (1 - alpha) ** 2 / sympy.sqrt(2 * sympy.pi),
            ),
            Mistake(
                "divided by alpha",
                "You divide by alpha. A slope multiplies the outputs of its half.",
                lambda: s * (1 - 1 / alpha) / sympy.sqrt(2 * sympy.pi),
            ),
            Mistake(
                "the root mean square",
                "That is the root of the mean square of the outputs: their mean is asked.",
                lambda: s * sympy.sqrt((1 + alpha**2) / 2),
            ),
            Mistake(
                "the mean square",
                "That is the mean square of the outputs: their mean is asked.",
                lambda: s**2 * (1 + alpha**2) / 2,
            ),
            Mistake(
                "alpha squared",
                "The slope alpha enters once, not with its square.",
                lambda: s * (1 - alpha**2) / sympy.sqrt(2 * sympy.pi),
            ),
        ),
    ),
    FunctionTask(
        name="centre_weight_gradients",
        title="What each example asks for",
        points=2,
        reference=_with_bias,
        arguments=("dL_dz", "x"),
        fixed=_gradient_calls,
        random=lambda rng: [
            Call(rng.normal(size=rows), rng.normal(size=(rows, weights)))
            for rows, weights in ((5, 3), (4, 4), (3, 5))
        ],
        hints=(
            "Downstream = upstream times local. What is the local gradient of a weight, and what "
            "is that of the bias?",
            "Row by row: all inputs of an example are multiplied by its own error. NumPy sets "
            "(batch,) against the columns; as (batch, 1) it would stand against the rows.",
            "Give `dL_dz` a second axis and multiply: those are the columns of the weights. A bias "
            "is a weight whose input is 1, and `np.column_stack` puts columns side by side.",
        ),
        why="The mean of these rows is the gradient of the batch. Where all inputs are positive, "
        "each row has one sign; the mean need not.",
        mistakes=(
            *_gradient_mistakes(),
            *(
                Mistake(f"against the columns, {number}", _COLUMNS, answer)
                for number, answer in enumerate(
                    (
                        lambda dL_dz, x: dL_dz * x,
                        lambda dL_dz, x: x * dL_dz,
                        lambda dL_dz, x: np.column_stack([dL_dz * x, dL_dz]),
                        lambda dL_dz, x: np.column_stack([x * dL_dz, dL_dz]),
                        lambda dL_dz, x: np.column_stack([dL_dz * x, np.ones(len(x))]),
                        lambda dL_dz, x: np.column_stack([x * dL_dz, np.ones(len(x))]),
                        lambda dL_dz, x: dL_dz * np.column_stack([x, np.ones(len(x))]),
                        lambda dL_dz, x: np.column_stack([x, np.ones(len(x))]) * dL_dz,
                    ),
                    1,
                )
            ),
            *(
                Mistake(f"collected, {number}", _COLLECTED, answer)
                for number, answer in enumerate(
                    (
                        lambda dL_dz, x: x.T @ dL_dz,
                        lambda dL_dz, x: x.T @ dL_dz / len(x),
                        lambda dL_dz, x: np.sum(_with_bias(dL_dz, x), axis=0),
                        lambda dL_dz, x: np.mean(_with_bias(dL_dz, x), axis=0),
                        lambda dL_dz, x: np.append(x.T @ dL_dz, np.mean(dL_dz)),
                        lambda dL_dz, x: np.append(x.T @ dL_dz / len(x), np.sum(dL_dz)),
                        lambda dL_dz, x: np.append(x.T @ dL_dz, 1),
                        lambda dL_dz, x: np.append(x.T @ dL_dz / len(x), 1),
                    ),
                    1,
                )
            ),
            Mistake(
                "all divided by the batch",
                "You divide by the number of examples. That belongs to the mean over a batch, and "
                "here each example speaks for itself.",
                lambda dL_dz, x: _with_bias(dL_dz, x) / len(x),
            ),
            Mistake(
                "the step",
                "Your signs are those of a step, which goes against the gradient. Asked are the "
                "gradients.",
                lambda dL_dz, x: -_with_bias(dL_dz, x),
            ),
            Mistake(
                "rows summed",
                "You add up the weights' gradients of each example: one number a row is left. "
                "Each weight has its own.",
                lambda dL_dz, x: np.sum(_rows(dL_dz, x), axis=1),
            ),
            Mistake(
                "rows summed, with the bias",
                "You add up the gradients of each example. Each weight has its own.",
                lambda dL_dz, x: np.sum(_with_bias(dL_dz, x), axis=1),
            ),
            Mistake(
                "transposed",
                "Your table is transposed: a row belongs to one example, a column to one weight.",
                lambda dL_dz, x: _with_bias(dL_dz, x).T,
            ),
            Mistake(
                "transposed, bias missing",
                "Your table is transposed, and the gradient of the bias is missing.",
                lambda dL_dz, x: _rows(dL_dz, x).T,
            ),
            Mistake(
                "all pairs",
                "`np.outer` multiplies each error by the inputs of every example. Each example has "
                "its own error.",
                lambda dL_dz, x: np.outer(dL_dz, x),
            ),
            Mistake(
                "flat",
                "Without an axis, `np.append` makes one long row of everything.",
                lambda dL_dz, x: np.append(_rows(dL_dz, x), dL_dz),
            ),
            Mistake(
                "flat, from x",
                "Without an axis, `np.append` makes one long row of everything.",
                lambda dL_dz, x: np.append(x, np.ones(len(x))) * dL_dz,
            ),
            Mistake(
                "one axis too few",
                _AS_COLUMN,
                lambda dL_dz, x: np.hstack([_rows(dL_dz, x), dL_dz]),
            ),
            Mistake(
                "below the table",
                "You put the gradients of the bias below the table: they are its last column.",
                lambda dL_dz, x: np.vstack([_rows(dL_dz, x), dL_dz]),
            ),
            Mistake(
                "two results",
                "You return the weights' gradients and those of the bias apart. Asked is one "
                "table, with the bias in the last column.",
                lambda dL_dz, x: (_rows(dL_dz, x), dL_dz),
            ),
            Mistake(
                "two results, the bias as a column",
                "You return the weights' gradients and those of the bias apart. Asked is one "
                "table, with the bias in the last column.",
                lambda dL_dz, x: (_rows(dL_dz, x), np.asarray(dL_dz)[:, None]),
            ),
            Mistake(
                "two results, the mean bias",
                "You return the weights' gradients, and the mean for the bias, apart. Asked is one "
                "table; in its last column each example has its own.",
                lambda dL_dz, x: (_rows(dL_dz, x), np.mean(dL_dz)),
            ),
            Mistake(
                "the first example alone",
                "You return the first row alone: does `return` stand inside the loop?",
                lambda dL_dz, x: _with_bias(dL_dz, x)[:1],
            ),
            Mistake(
                "in reverse order",
                "Your columns are in reverse order: the weights in their order, then the bias.",
                lambda dL_dz, x: _with_bias(dL_dz, x)[:, ::-1],
            ),
            Mistake(
                "two results of the batch",
                "You return two gradients of the whole batch. Asked is one table with a row for "
                "each example.",
                lambda dL_dz, x: (x.T @ dL_dz / len(x), np.mean(dL_dz)),
            ),
            Mistake(
                "the wrong order of @",
                "`@` adds up over an axis. Each example keeps its own row here, so *.",
                lambda dL_dz, x: x @ dL_dz,
            ),
            Mistake(
                "the bias added to each",
                "You added the gradient of the bias to those of the weights. It gets a column of "
                "its own.",
                lambda dL_dz, x: _rows(dL_dz, x) + np.asarray(dL_dz)[:, None],
            ),
            Mistake(
                "the bias with the sum of the row",
                "In the last column stands the sum of the row. The input of the bias is 1.",
                lambda dL_dz, x: np.column_stack([_rows(dL_dz, x), _rows(dL_dz, x).sum(axis=1)]),
            ),
            Mistake(
                "whole numbers only",
                "Your table loses its fractions: an array made from whole numbers holds whole "
                "numbers only. Make it with dtype=float.",
                lambda dL_dz, x: np.trunc(_with_bias(dL_dz, x)),
            ),
        ),
    ),
    FunctionTask(
        name="centre_step_direction",
        title="Up, down, or both",
        points=3,
        reference=_direction,
        arguments=("dL_dw",),
        fixed=_direction_calls,
        random=_random_directions,
        atol=0,
        hints=(
            "Which sign must a gradient have for the step to raise its weight?",
            "A row raises and lowers nothing against it if none of its entries is positive. Ask "
            "that of every row with one line, and the mirror image with another.",
            "`np.all(dL_dw <= 0, axis=1)` is true for the rows that lower no weight. Take the "
            "other question, and think of a row for which both are true.",
        ),
        why="With positive inputs and one example a step, the answer is never 0 unless nothing "
        "moves: that is the staircase.",
        mistakes=tuple(_direction_mistakes()),
    ),
    WitnessTask(
        name="centre_witness",
        title="Spot the error: one sign for a batch",
        points=1,
        size=4,
        printed=_claim_of_two,
        right=_signs_of_two,
        domain=_complaint_of_two,
        hints=(
            "Write down the gradient of the first weight: the mean of 2 times its input in the "
            "first example and -1 times its input in the second.",
            "The first gradient is positive if the first example wins for this weight. Let the "
            "second example win for the other weight.",
            "The second example wins where its input is more than twice that of the first. Make "
            "it so for one weight, and not for the other.",
        ),
        why="The mean of two rows of one sign each can have both signs, when their errors do: so "
        "a batch washes the staircase out.",
        mistakes=(
            Mistake(
                "the example",
                "That is the example: both gradients are 0.5. Look for inputs with which one "
                "example wins for one weight, and the other for the other.",
                _EXAMPLE_OF_TWO,
            ),
        ),
    ),
    ValueTask(
        name="centre_condition",
        title="Predict: what each change does to the valley",
        points=3,
        expected=_condition_answers,
        rtol=0.015,
        hints=(
            "Write down two curvatures for each case, the flattest and the steepest: `v` and "
            "`v + n * m**2`. What are n, m and v?",
            "Doubling the inputs doubles m and multiplies v by 4. Centring sets m to 0. The bias "
            "has an input that is 1 in every example, and its curvature is the mean of 1 * 1.",
            "The raw curvatures are 1/12 and 1/12 + 10/4. Their ratio is kappa, and 2 divided by "
            "their sum is the rate. For the bias, compare 1 with 1/12.",
        ),
        why="Scale moves the rate and leaves kappa alone; centring moves kappa. Lesson 10 compares "
        "every activation at its own best rate for this reason.",
        mistakes=tuple(
            Mistake(f"{entry}: {name}", message, {entry: value})
            for wanted in _condition_answers()
            for entry, value, name, message in _CONDITION_SLIPS
            if entry == wanted
        ),
    ),
    FunctionTask(
        name="centre_inputs",
        title="Standardise new inputs",
        points=3,
        reference=_standardised,
        arguments=("x", "new"),
        fixed=_input_calls,
        random=_random_inputs,
        is_pure=True,
        hints=(
            "Which of the two tables has the means and the spreads that the network knows? And "
            "along which axis does one of its columns run?",
            "Two rows of numbers, one for each column of x: the means, and the standard "
            "deviations. Broadcasting applies them to each row of `new`.",
            "Only a spread of 0 is in the way. `np.where(spread == 0, ..., spread)` replaces it: "
            "by which number can you divide without changing anything?",
        ),
        why="If the inputs are independent, all curvatures are 1 now, that of the bias too: one "
        "learning rate serves them all.",
        mistakes=(
            *_input_mistakes(),
            *_row_mistakes(),
            Mistake(
                "0 divided by 0",
                "Where a column of x does not vary, you divide by a spread of 0. There, only the "
                "mean is to be subtracted.",
                lambda x, new: (new - np.mean(x, axis=0)) / np.std(x, axis=0),
            ),
            Mistake(
                "NaN made 0",
                "Where a column of x does not vary, you divide by 0 and turn NaN into 0 "
                "afterwards. There, only the mean is to be subtracted.",
                lambda x, new: np.nan_to_num((new - np.mean(x, axis=0)) / np.std(x, axis=0)),
            ),
            Mistake(
                "a flat column made 0",
                "Where a column of x does not vary, you return 0. `new` may differ from the mean "
                "there: subtract it.",
                lambda x, new: _standardised(x, new, np.inf),
            ),
            Mistake(
                "a flat column left as it is",
                "Where a column of x does not vary, you leave `new` as it is. Its mean is to be "
                "subtracted there as well.",
                lambda x, new: np.where(np.std(x, axis=0) == 0, new, _standardised(x, new)),
            ),
            *_tiny_mistakes(),
            Mistake(
                "x for new",
                "You standardise x itself. Asked is `new`, with the means and spreads of x.",
                lambda x, new: _standardised(x, x),
            ),
            Mistake(
                "x for new, by new",
                "The two tables are swapped: `new` is to be moved by the means and spreads of x.",
                lambda x, new: _standardised(new, x),
            ),
            Mistake(
                "both",
                "You return both tables. Asked is `new` alone, standardised.",
                lambda x, new: (_standardised(x, x), _standardised(x, new)),
            ),
            Mistake(
                "divided first",
                "You divide first and subtract then. Subtract the mean before you divide.",
                lambda x, new: new / np.std(x, axis=0) - np.mean(x, axis=0),
            ),
            Mistake(
                "no brackets",
                "You divide the mean alone by the spread: a difference needs brackets.",
                lambda x, new: new - np.mean(x, axis=0) / np.std(x, axis=0),
            ),
            Mistake(
                "no brackets, new's own",
                "You divide the mean alone by the spread, and take both of `new`. A difference "
                "needs brackets, and the network was trained with x.",
                lambda x, new: new - np.mean(new, axis=0) / np.std(new, axis=0),
            ),
            Mistake(
                "one more",
                "You add 1 to every spread, not only where it is 0.",
                lambda x, new: (new - np.mean(x, axis=0)) / (np.std(x, axis=0) + 1),
            ),
            Mistake(
                "undone",
                "You multiply by the spread and add the mean: that undoes what is asked.",
                lambda x, new: new * np.std(x, axis=0) + np.mean(x, axis=0),
            ),
            Mistake(
                "the range of new",
                "You scale `new` to the range from 0 to 1 by itself. Asked are the means and "
                "standard deviations of x.",
                lambda x, new: (new - np.min(new, axis=0)) / np.ptp(new, axis=0),
            ),
            Mistake(
                "a flat column made 1",
                "Where a column of x does not vary, you return 1. There, the mean is to be "
                "subtracted from `new`.",
                lambda x, new: np.where(np.std(x, axis=0) == 0, 1, _standardised(x, new)),
            ),
            Mistake(
                "one below the other",
                "You return both tables, one below the other. Asked is `new` alone, standardised.",
                lambda x, new: np.vstack([_standardised(x, x), _standardised(x, new)]),
            ),
            Mistake(
                "no column divided",
                "If one column of x does not vary, you divide no column at all. The others have "
                "their spread as ever.",
                lambda x, new: (
                    (new - np.mean(x, axis=0))
                    / (np.std(x, axis=0) if np.std(x, axis=0).all() else 1)
                ),
            ),
            Mistake(
                "the first column alone",
                "You return the first column alone: does `return` stand inside your loop?",
                lambda x, new: _standardised(x, new)[:, 0],
            ),
            Mistake(
                "flat columns left out",
                "You leave out the columns that do not vary. The result has the shape of `new`.",
                lambda x, new: _standardised(x, new)[:, np.std(x, axis=0) > 0],
            ),
            Mistake(
                "times the spread",
                "You multiply by the spread: divide by it.",
                lambda x, new: (new - np.mean(x, axis=0)) * np.std(x, axis=0),
            ),
            Mistake(
                "mean added",
                "You add the mean: subtract it.",
                lambda x, new: (new + np.mean(x, axis=0)) / np.std(x, axis=0),
            ),
            Mistake(
                "turned round",
                "You subtract `new` from the mean: the other way round.",
                lambda x, new: (np.mean(x, axis=0) - new) / np.std(x, axis=0),
            ),
            Mistake(
                "whole numbers only",
                "Your result loses its fractions: an array made from whole numbers holds whole "
                "numbers only. Make it with dtype=float.",
                lambda x, new: np.trunc(_standardised(x, new)),
            ),
            Mistake(
                "whole numbers from whole numbers",
                "Where whole numbers come in, your result loses its fractions: `new` itself, a "
                "copy or a `zeros_like` of it holds whole numbers only. Make an array with "
                "dtype=float.",
                lambda x, new: _standardised(x, new).astype(new.dtype),
            ),
        ),
    ),
)
