"""The tasks on ReLU: value, corner, a slope that is wrong, backward, dead units, a step back."""

from __future__ import annotations

import numpy as np
import sympy

from course_utils.activations import sigmoid, tanh
from course_utils.answers import Call
from course_utils.tasks.compare import Between
from course_utils.tasks.inputs import extremes, ordinary, random_arrays
from course_utils.tasks.kinds import (
    ExpressionTask,
    FunctionTask,
    Mistake,
    ValueTask,
    WitnessTask,
)


def _relu(z):
    return np.maximum(np.asarray(z, dtype=float), 0)


def _above(z):
    return (np.asarray(z) > 0).astype(float)


def _below(z):
    return (np.asarray(z) < 0).astype(float)


# ------------------------------------------------------------------------------- the value


def _write_into(z):
    z[z < 0] = 0
    return z


def _one_by_one(z):
    return np.array([max(v, 0) for v in z])


def _value_calls() -> list[Call]:
    """Return the usual calls without the empty array, which tells nothing of a ReLU."""
    usual = [call for call in ordinary() if np.size(call.arguments[0])]
    return [Call(2.0), *usual, *extremes(1e308, -1e308, 5e-324, -np.inf, np.inf, np.nan)]


# ---------------------------------------------------------------------------- the way back


def _downstream(dL_da, z):
    """Return every right value: at z = 0 the slope may be any from 0 to 1."""
    low, high = dL_da * _above(z), dL_da * (1 - _below(z))
    return Between(np.minimum(low, high), np.maximum(low, high))


def _backward_calls() -> list[Call]:
    """Return ordinary calls that avoid the corner, then some that meet it."""
    single = np.float32
    corner = [
        (2.0, 0.0),
        (-3.0, 0.0),
        (np.array([1.0, -2.0, 4.0, 0.5]), np.array([0.0, -0.0, 1.0, -1.0])),
        (np.array([1.0, -2.0, 3.0]), np.array([5e-324, 1e308, -1e308])),
    ]
    return [
        Call(1.0, 2.0),
        Call(3.0, -2.0),
        Call(-2.0, 0.5),
        Call(0.0, 1.5),
        Call(np.array([1.0, -2.0, 0.5, -0.25]), np.array([-1.0, 3.0, 0.25, -4.0])),
        Call(np.array([[2.0, 1.0], [-3.0, -1.0]]), np.array([[0.25, -0.75], [1.5, -0.1]])),
        Call(np.array([3, -2, 1]), np.array([2, 5, -4])),
        Call(np.array([1.5, -0.5], dtype=single), np.array([-0.3, 0.8], dtype=single)),
        *(Call(*arguments, ordinary=False) for arguments in corner),
    ]


def _masked(dL_da, z):
    dL_da[z <= 0] = 0
    return dL_da


# -------------------------------------------------------------------------------- dead units


def _is_dead(x, W, b):
    return np.all(x @ W + b <= 0, axis=0)


def _batches() -> list[Call]:
    """Return batches whose sums are exact in any order; some of the sums are exactly 0."""
    x = np.array([[0.0, 1.0], [1.0, 0.0], [1.0, 2.0]])
    return [
        Call(np.array([[2.0]]), np.array([[-1.5]]), np.array([1.0])),
        Call(np.array([[1.0], [2.0], [4.0]]), np.array([[-1.0, 1.0]]), np.array([0.5, -2.5])),
        Call(x, np.array([[-1.0, 1.0, -2.0], [-1.0, -1.0, 0.5]]), np.array([0.5, 0.0, -0.5])),
        Call(x, np.array([[-1.0, 1.0, -0.5], [-0.5, -1.0, 0.0]]), np.array([0.5, -0.5, 1.0])),
        Call(x[:2], np.array([[1, -3], [-2, 2]]), np.array([-1, -2])),
        Call(
            np.array([[0.0, 1.0], [1.0, 0.0]]),
            np.array([[-1.0, 1.0, 2.0, -2.0, -1.0], [1.0, -1.0, 1.0, -1.0, -2.0]]),
            np.array([0.0, 0.0, -2.0, 1.5, -3.0]),
        ),
        Call(
            np.array([[1.0, -1.0, 0.5], [2.0, 0.0, -1.0], [-1.0, 1.0, 1.0], [0.0, 0.5, 0.0]]),
            np.array([[1.0, -0.5], [0.5, 2.0], [-1.0, 1.0]]),
            np.array([-4.0, 0.5]),
        ),
        Call(
            np.array([[1.5, 0.5], [2.5, 0.0]], dtype=np.float32),
            np.array([[-2.0, 1.0], [1.0, -1.0]], dtype=np.float32),
            np.array([2.5, -1.0], dtype=np.float32),
        ),
        Call(np.array([[0.0], [1.0]]) / 1024, np.array([[1.0, -1.0]]), np.array([0.0, 0.0])),
    ]


def _random_batches(rng: np.random.Generator) -> list[Call]:
    """Return layers of whole and half numbers, with units enough for every case to occur."""
    calls = []
    for rows, features in ((2, 3), (3, 2), (4, 3)):
        x = rng.integers(-2, 4, (rows, features)) / 2
        W = rng.integers(-2, 3, (features, 20)).astype(float)
        calls.append(Call(x, W, rng.integers(-3, 4, 20) / 2))
    return calls


n, q, s = sympy.symbols("n q s", real=True)

TASKS = (
    FunctionTask(
        name="relu",
        title="Write ReLU",
        points=2,
        reference=_relu,
        arguments=("z",),
        fixed=_value_calls,
        random=random_arrays,
        atol=0,
        is_pure=True,
        hints=(
            "ReLU is the larger one of two numbers: 0 and z.",
            "Python's own `max` takes no arrays entry by entry. NumPy has two functions with "
            "nearly that name; one of them does.",
            "`np.maximum` compares two arguments entry by entry, hands NaN on, and never "
            "multiplies.",
        ),
        why="It returns one of its two inputs as it is, so it never rounds and never overflows.",
        mistakes=(
            Mistake(
                "infinity times 0",
                "You multiply z by 0 where it is negative. For minus infinity that product is NaN.",
                lambda z: z * (np.asarray(z) > 0),
            ),
            Mistake(
                "half of z + |z|",
                "You compute half of z + |z|. At minus infinity the sum is NaN, and for huge z it "
                "overflows before it is halved.",
                lambda z: (z + np.abs(z)) / 2,
            ),
            Mistake(
                "NaN hidden",
                "NaN comes out as 0: every comparison with NaN is false, and `np.fmax` prefers the "
                "number. What has gone wrong before must stay visible.",
                lambda z: np.where(np.asarray(z) > 0, z, 0),
            ),
            Mistake(
                "Python's max",
                "Python's `max` and `if` want one truth value, and an array has one for each "
                "entry.",
                lambda z: max(0.0, z),
            ),
            Mistake(
                "arrays alone",
                "Your code works for arrays alone: a number has no entries. And if you write into "
                "z itself, the caller's array changes: make a new one.",
                _write_into,
            ),
            Mistake(
                "one axis only",
                "Your loop runs over one axis: it fails for a number, and for arrays with more "
                "axes. There is a way without a loop.",
                _one_by_one,
            ),
            Mistake(
                "the largest entry",
                "`np.max` looks for the largest entry of the array. You want the larger one of 0 "
                "and each entry.",
                lambda z: np.maximum(np.max(z), 0),
            ),
            Mistake(
                "np.max with an axis",
                "`np.max(z, 0)` takes the 0 for an axis, and looks for the largest entry along it. "
                "Another function compares two arguments entry by entry.",
                lambda z: np.max(z, 0),
            ),
            Mistake(
                "np.max of a list",
                "`np.max([0, z])` makes one array of a number and an array. Another function "
                "compares two arguments entry by entry.",
                lambda z: np.max([0, z]),
            ),
            Mistake(
                "the first type for all",
                "`np.vectorize` takes the type of its first result for all of them: a whole 0 in "
                "front cuts the fractions off the others. `otypes=[float]` prevents it.",
                np.vectorize(lambda z: z if z > 0 else 0),
            ),
            Mistake(
                "the slope",
                "Your values are 0 and 1: that is the slope, or the step. The task asks for the "
                "value.",
                _above,
            ),
            Mistake(
                "nothing cut off",
                "Your values are z itself: the negative half is not cut off.",
                lambda z: np.asarray(z, dtype=float),
            ),
            Mistake(
                "the absolute value",
                "Your values are |z|: a negative z gives 0, not its size.",
                np.abs,
            ),
            Mistake(
                "the smaller one",
                "Your values are the smaller one of 0 and z: the positive half is cut off.",
                lambda z: np.minimum(z, 0),
            ),
            Mistake(
                "mirrored",
                "Your values are max(0, -z): the wrong half passes, and with its sign flipped.",
                lambda z: np.maximum(-np.asarray(z, dtype=float), 0),
            ),
            Mistake(
                "the sign flipped",
                "Your values are -max(0, z): the positive half passes with its sign flipped.",
                lambda z: -_relu(z),
            ),
            Mistake(
                "at least 1",
                "Your values never fall below 1: the larger one of 0 and z is wanted.",
                lambda z: np.maximum(z, 1.0),
            ),
            Mistake(
                "cut off above 1",
                "You cut off at 1 as well: a positive z passes unchanged, however large.",
                lambda z: np.clip(z, 0, 1),
            ),
            Mistake(
                "cut off above 6",
                "You cut off at 6 as well: a positive z passes unchanged, however large.",
                lambda z: np.clip(z, 0, 6),
            ),
            Mistake(
                "two halves",
                "You add half of z and half of |z|. At minus infinity the sum is NaN, and the half "
                "of the smallest number is 0.",
                lambda z: z / 2 + np.abs(z) / 2,
            ),
            Mistake(
                "squared",
                "Where z is positive you return its square: it passes unchanged.",
                lambda z: z * _relu(z),
            ),
            Mistake(
                "rounded",
                "Your values are rounded: a positive z passes unchanged, with all its digits.",
                lambda z: np.round(_relu(z)),
            ),
            Mistake(
                "ELU",
                "Where z is negative you return e^z - 1: that is ELU, lesson 06.",
                lambda z: np.where(np.asarray(z) > 0, z, np.expm1(np.minimum(z, 0))),
            ),
            Mistake(
                "z times the sigmoid",
                "Your values are z times its sigmoid: a smooth curve near ReLU. The corner is "
                "wanted.",
                lambda z: z * sigmoid(z),
            ),
            Mistake(
                "the largest entry alone",
                "`np.max` looks for the largest entry of the array, and your 0 is not compared "
                "with it entry by entry.",
                lambda z: np.max(z),
            ),
            Mistake(
                "Leaky ReLU",
                "A hundredth of the negative half comes through: that is Leaky ReLU, lesson 05.",
                lambda z: np.maximum(z, 0.01 * np.asarray(z)),
            ),
            Mistake(
                "a smooth corner",
                "Your values are log(1 + e^z), a smooth curve near ReLU: the corner is wanted.",
                lambda z: np.logaddexp(0, z),
            ),
            Mistake(
                "whole numbers only",
                "Your values are whole numbers: the fractions are cut away. Make the result with "
                "dtype=float.",
                lambda z: np.trunc(_relu(z)),
            ),
            Mistake("sigmoid", "Your values are those of the sigmoid.", sigmoid),
            Mistake("tanh cut off", "Your values are max(0, tanh(z)).", lambda z: _relu(tanh(z))),
            Mistake(
                "negative entries left out",
                "You leave the negative entries out: the result must have the shape of z, with 0 "
                "in their place.",
                lambda z: np.asarray(z)[np.asarray(z) > 0],
            ),
            Mistake(
                "1 where positive, z elsewhere",
                "You return 1 where z is positive, and z elsewhere: the two branches are mixed up.",
                lambda z: np.where(np.asarray(z) > 0, 1.0, z),
            ),
        ),
    ),
    ValueTask(
        name="relu_corner",
        title="Four slopes at one corner",
        points=2,
        expected=lambda: {"right": 1, "left": 0, "central": 0.5, "lopsided": 0.75},
        hints=(
            "A quotient is rise over run: the difference of two heights, divided by the "
            "difference of their places.",
            "Both steps of the central one count for its run, so it is 2 * 0.5. On the negative "
            "side all heights are 0.",
            "The lopsided one rises from relu(-1) = 0 to relu(3) = 3. Its run is the whole way "
            "from -1 to 3.",
        ),
        why="Steps of unequal lengths give any number from 0 to 1, and each is a subgradient at 0.",
        mistakes=(
            Mistake(
                "left and right swapped",
                "Left and right are swapped: to the right the graph climbs.",
                {"right": 0, "left": 1},
            ),
            Mistake(
                "relu(-h) is -h",
                "You took relu(-0.5) to be -0.5: negative numbers give 0.",
                {"left": 1},
            ),
            Mistake(
                "the sign on the left",
                "The height at -0.5 is 0, not 0.5: no rise at all, whatever the sign.",
                {"left": -1},
            ),
            Mistake(
                "divided by h",
                "You divided the central one by one step: from -0.5 to 0.5 there are two.",
                {"right": 1, "central": 1},
            ),
            Mistake(
                "the rise alone",
                "3 is the rise of the lopsided one: divide each rise by its run.",
                {"lopsided": 3},
            ),
            Mistake(
                "divided by twice the step",
                "On the right you give the rise alone, or divide by two steps: the run is one "
                "step, from 0 to 0.5.",
                {"right": 0.5},
            ),
            Mistake(
                "the run from 0",
                "The lopsided run begins at -1, not at 0.",
                {"lopsided": 1},
            ),
            Mistake(
                "the run 3 - 1",
                "The lopsided run is from -1 to 3: subtracting -1 adds.",
                {"lopsided": 1.5},
            ),
            Mistake(
                "the middle",
                "The lopsided one is not the middle: its two steps have unequal lengths.",
                {"lopsided": 0.5},
            ),
            Mistake(
                "the other length",
                "One quarter is the share of the flat step: how much of the way does the graph "
                "climb?",
                {"lopsided": 0.25},
            ),
            Mistake(
                "one slope for all",
                "You took the slope 0 for the central one: it looks at both sides.",
                {"central": 0},
            ),
        ),
    ),
    WitnessTask(
        name="relu_witness",
        title="Spot the error: the slope from the output",
        points=1,
        printed=lambda z: float(max(z, 0.0) >= 0),
        right=lambda z: float(z > 0),
        domain=lambda z: (
            "Give a finite number."
            if not np.isfinite(z)
            else "At 0 there is no derivative, and 1 is a subgradient: there the code does no "
            "wrong. Take another z."
            if z == 0
            else ""
        ),
        hints=(
            "Which outputs a can ReLU have? For which of them is a >= 0 false?",
            "a is never negative, so the code gives the same slope for every z. Where is that "
            "slope wrong?",
            "It always gives 1. Take a z on the side where ReLU is flat.",
        ),
        why="One character, >= for >, and the backward pass acts as if there were no ReLU at all.",
        mistakes=(
            Mistake(
                "the active side",
                "At z = 1 the output is 1, and the slope is 1: the code is right there.",
                1.0,
            ),
            Mistake(
                "a small positive number",
                "However small a positive z is, its slope is 1, as the code says.",
                1e-6,
            ),
        ),
    ),
    FunctionTask(
        name="relu_backward",
        title="One step backward",
        points=3,
        reference=_downstream,
        arguments=("dL_da", "z"),
        fixed=_backward_calls,
        random=lambda rng: [
            Call(
                rng.normal(size=shape), rng.choice([-1, 1], size=shape) * rng.uniform(0.1, 3, shape)
            )
            for shape in ((5,), (3, 2))
        ],
        is_pure=True,
        hints=(
            "Downstream = upstream times local. The local gradient depends on z alone.",
            "The local gradient is 1 where z is positive and 0 where it is negative: a mask.",
            "`z > 0` is that mask. What arrives passes where it is true, whatever the sign of "
            "dL_da.",
        ),
        why="The mask is all that ReLU does on the way back: where it is 0 for every example, the "
        "unit is dead.",
        mistakes=(
            Mistake(
                "slope 1 for z < 0",
                "Your values are dL_da itself: the slope would be 1 on both sides, as some notes "
                "misprint it. To the left of 0 it is not.",
                lambda dL_da, z: dL_da + 0.0 * z,
            ),
            Mistake(
                "upstream forgotten",
                "Your values are the local gradient, 0 or 1: what arrives, dL_da, is not yet "
                "multiplied in.",
                lambda dL_da, z: _above(z),
            ),
            Mistake(
                "ReLU of the upstream",
                "You cut off dL_da where it is negative. A gradient may have any sign: z decides "
                "what passes.",
                lambda dL_da, z: _relu(dL_da),
            ),
            Mistake(
                "both cut off",
                "You cut off negative gradients as well. Only z decides what passes.",
                lambda dL_da, z: _relu(dL_da) * _above(z),
            ),
            Mistake(
                "multiplied by the output",
                "You multiply by the output, max(0, z). The local gradient is its slope, 0 or 1.",
                lambda dL_da, z: dL_da * _relu(z),
            ),
            Mistake(
                "multiplied by z",
                "You multiply by z: the local gradient is the slope of ReLU at z.",
                lambda dL_da, z: dL_da * z,
            ),
            Mistake(
                "the output",
                "Your values are the outputs max(0, z): that is the way forward.",
                lambda dL_da, z: _relu(z),
            ),
            Mistake(
                "ReLU of the product",
                "Your values are max(0, dL_da * z): multiply by the slope, and cut nothing off.",
                lambda dL_da, z: _relu(dL_da * z),
            ),
            Mistake(
                "the other side",
                "Your mask is the wrong way round: you let through what arrives where z is "
                "negative.",
                lambda dL_da, z: dL_da * _below(z),
            ),
            Mistake(
                "arguments swapped",
                "The arguments are swapped: you let z through where dL_da is positive.",
                lambda dL_da, z: z * _above(dL_da),
            ),
            Mistake(
                "the larger one",
                "You return dL_da, or 0, from a comparison of dL_da with z. The mask asks whether "
                "z is above 0.",
                lambda dL_da, z: dL_da * (np.asarray(dL_da) > z),
            ),
            Mistake(
                "the larger of the two",
                "You return the larger one of dL_da and z: here z only decides whether dL_da "
                "passes.",
                lambda dL_da, z: np.maximum(dL_da, z),
            ),
            Mistake(
                "the smaller of the two",
                "You return the smaller one of dL_da and z: here z only decides whether dL_da "
                "passes.",
                lambda dL_da, z: np.minimum(dL_da, z),
            ),
            Mistake(
                "the upstream twice",
                "You multiplied by dL_da twice: upstream times local is enough.",
                lambda dL_da, z: np.square(dL_da) * _above(z),
            ),
            Mistake(
                "ReLU of the upstream, times z",
                "You cut off dL_da and multiply by z. Turn it round: dL_da passes as it is, and z "
                "decides where.",
                lambda dL_da, z: _relu(dL_da) * z,
            ),
            Mistake(
                "where both have one sign",
                "You let dL_da through where it has the sign of z. Only z decides what passes.",
                lambda dL_da, z: dL_da * _above(dL_da * z),
            ),
            Mistake(
                "the other side, the sign flipped",
                "Your mask is the wrong way round, and the sign is flipped.",
                lambda dL_da, z: -dL_da * _below(z),
            ),
            Mistake(
                "one half where it is negative",
                "Where z is negative you let one half through: there the slope is 0.",
                lambda dL_da, z: dL_da * np.where(np.asarray(z) > 0, 1, 0.5),
            ),
            Mistake(
                "a tenth where it is negative",
                "Where z is negative you let a tenth through: there the slope is 0.",
                lambda dL_da, z: dL_da * np.where(np.asarray(z) > 0, 1, 0.1),
            ),
            Mistake(
                "the output cut off at 1",
                "You multiply by z between 0 and 1. The local gradient is 0 or 1, and nothing in "
                "between.",
                lambda dL_da, z: dL_da * np.clip(z, 0, 1),
            ),
            Mistake(
                "entries left out",
                "You leave out the entries that do not pass: the result must have the shape of z, "
                "with 0 in their place.",
                lambda dL_da, z: np.asarray(dL_da)[np.asarray(z) > 0],
            ),
            Mistake(
                "subtracted",
                "You subtracted the local gradient: at a node it is multiplied.",
                lambda dL_da, z: dL_da - _above(z),
            ),
            Mistake(
                "the slope of tanh",
                "Your local gradient is tanh's, 1 - tanh(z)^2.",
                lambda dL_da, z: dL_da * (1 - tanh(z) ** 2),
            ),
            Mistake(
                "an if, upstream forgotten",
                "An `if` wants one truth value, and an array has one for each entry. And what "
                "arrives, dL_da, must be multiplied in.",
                lambda dL_da, z: 1.0 if z > 0 else 0.0,
            ),
            Mistake(
                "a dot product",
                "`np.dot` multiplies and adds up, like @: an activation acts entry by entry, so *.",
                lambda dL_da, z: np.dot(dL_da, _above(z)),
            ),
            Mistake(
                "the sign of z",
                "Your local gradient is -1 where z is negative: that is the sign of z, the slope "
                "of |z|.",
                lambda dL_da, z: dL_da * np.sign(z),
            ),
            Mistake(
                "the sign flipped",
                "Your values have the wrong sign: the local gradient is 0 or 1, never negative.",
                lambda dL_da, z: -dL_da * _above(z),
            ),
            Mistake(
                "added",
                "You added upstream and local gradient: at a node they are multiplied.",
                lambda dL_da, z: dL_da + _above(z),
            ),
            Mistake(
                "Leaky ReLU",
                "A hundredth comes through where z is negative: that is Leaky ReLU's slope.",
                lambda dL_da, z: dL_da * np.where(np.asarray(z) > 0, 1, 0.01),
            ),
            Mistake(
                "z where it is negative",
                "Where z is negative you return z: nothing comes through there.",
                lambda dL_da, z: np.where(np.asarray(z) > 0, dL_da, z),
            ),
            Mistake(
                "1 where it is negative",
                "Where z is negative you return 1: nothing comes through there.",
                lambda dL_da, z: np.where(np.asarray(z) > 0, dL_da, 1.0),
            ),
            Mistake(
                "the sigmoid's slope",
                "Your local gradient is the sigmoid's, a (1 - a).",
                lambda dL_da, z: dL_da * sigmoid.derivative(z),
            ),
            Mistake(
                "the slope of the sigmoid from z",
                "Your local gradient is z (1 - z): that belongs to the sigmoid, and to its output.",
                lambda dL_da, z: dL_da * z * (1 - z),
            ),
            Mistake(
                "a product of matrices",
                "You used @, the product of matrices: an activation acts entry by entry, so *.",
                lambda dL_da, z: dL_da @ _above(z),
            ),
            Mistake(
                "added up",
                "You added the entries up: each entry of dL_dz has its own value.",
                lambda dL_da, z: np.sum(dL_da * _above(z)),
            ),
            Mistake(
                "divided by the batch",
                "You divided by the number of examples. If the loss is a mean, that is in dL_da "
                "already.",
                lambda dL_da, z: dL_da * _above(z) / len(np.atleast_1d(z)),
            ),
            Mistake(
                "compared with 1",
                "Your mask asks whether z is above 1: the corner is at 0.",
                lambda dL_da, z: dL_da * (np.asarray(z) > 1),
            ),
            Mistake(
                "an if",
                "An `if` wants one truth value, and an array has one for each entry.",
                lambda dL_da, z: dL_da if z > 0 else 0.0,
            ),
            Mistake(
                "arrays alone",
                "Your code works for arrays alone: a number has no entries. And if you write into "
                "an argument, the caller's array changes: make a new one.",
                _masked,
            ),
        ),
    ),
    FunctionTask(
        name="relu_dead_units",
        title="Which units are dead?",
        points=3,
        reference=_is_dead,
        arguments=("x", "W", "b"),
        fixed=_batches,
        random=_random_batches,
        hints=(
            "First all pre-activations at once: z = x @ W + b has a row for each example and a "
            "column for each unit.",
            "Where does a unit give 0, and for how many of the examples must it do so?",
            "Compare z with 0, and let `np.all` look down each column: axis=0 runs over the "
            "examples.",
        ),
        why="Lesson 08 counts dead units in this way, for each activation and learning rate.",
        mistakes=(
            Mistake(
                "any for all",
                "You report a unit that is off for any example. It is dead when it is off for all "
                "of them.",
                lambda x, W, b: np.any(x @ W + b <= 0, axis=0),
            ),
            Mistake(
                "below 0 for not above",
                "You ask for z < 0. At z exactly 0 our slope is 0 too, so such a unit does not "
                "learn either.",
                lambda x, W, b: np.all(x @ W + b < 0, axis=0),
            ),
            Mistake(
                "alive for dead",
                "You report the units that are active for some example: those are alive.",
                lambda x, W, b: np.any(x @ W + b > 0, axis=0),
            ),
            Mistake(
                "any for all, below 0",
                "You report a unit that is below 0 for any example. It is dead when z is not above "
                "0 for all of them.",
                lambda x, W, b: np.any(x @ W + b < 0, axis=0),
            ),
            Mistake(
                "for how many it is active",
                "You count the examples for which each unit is active. Asked is whether there are "
                "none.",
                lambda x, W, b: np.sum(x @ W + b > 0, axis=0),
            ),
            Mistake(
                "most for all",
                "You report a unit that is off for more than half of the examples. It is dead when "
                "it is off for all of them.",
                lambda x, W, b: np.mean(x @ W + b <= 0, axis=0) > 0.5,
            ),
            Mistake(
                "the sum of z",
                "You look at the mean or the sum of z, and ask whether it is below 0. A single "
                "example above 0 keeps a unit alive.",
                lambda x, W, b: np.sum(x @ W + b, axis=0) < 0,
            ),
            Mistake(
                "negative biases",
                "You look at the biases alone. Whether a unit is off depends on the inputs and the "
                "weights too.",
                lambda x, W, b: np.asarray(b) <= 0,
            ),
            Mistake(
                "the biases in the weights",
                "You add the biases to the weights. They belong to the sums: z is x @ W + b.",
                lambda x, W, b: np.all(x @ (W + b) <= 0, axis=0),
            ),
            Mistake(
                "a row for a list",
                "Your result has the shape (1, units): it needs (units,). Leave keepdims away.",
                lambda x, W, b: np.all(x @ W + b <= 0, axis=0, keepdims=True),
            ),
            Mistake(
                "one dead unit is enough",
                "You report whether any unit is dead. Asked is true or false for each unit.",
                lambda x, W, b: np.any(_is_dead(x, W, b)),
            ),
            Mistake(
                "the share of dead units",
                "You return the share of the units that are dead. Asked is true or false for each "
                "unit.",
                lambda x, W, b: np.mean(_is_dead(x, W, b)),
            ),
            Mistake(
                "-1 and 1",
                "You return -1 and 1. Asked is true (or 1) for each dead unit, else false (or 0).",
                lambda x, W, b: np.where(_is_dead(x, W, b), -1, 1),
            ),
            Mistake(
                "z",
                "You return z itself, a value for each example and unit: compare it with 0, and "
                "put the examples together.",
                lambda x, W, b: x @ W + b,
            ),
            Mistake(
                "only the last example",
                "You look at the last example alone.",
                lambda x, W, b: (x @ W + b)[-1] <= 0,
            ),
            Mistake(
                "the examples, below 0",
                "You report one value for each example. Asked is one for each unit, and z = 0 "
                "counts as off.",
                lambda x, W, b: np.all(x @ W + b < 0, axis=1),
            ),
            Mistake(
                "the order of the product",
                "You multiplied from the left: the shapes fit as x @ W, (batch, features) @ "
                "(features, units).",
                lambda x, W, b: np.all(W @ x + b <= 0, axis=0),
            ),
            Mistake(
                "entry by entry with *",
                "You used * for x and W: each z is a sum over the features, so @.",
                lambda x, W, b: np.all(x * W + b <= 0, axis=0),
            ),
            Mistake(
                "always active",
                "You report the units that are active for every example.",
                lambda x, W, b: np.all(x @ W + b > 0, axis=0),
            ),
            Mistake(
                "never below 0",
                "You report the units whose z is at least 0 for every example: the comparison is "
                "the wrong way round.",
                lambda x, W, b: np.all(x @ W + b >= 0, axis=0),
            ),
            Mistake(
                "bias forgotten",
                "The biases b are missing in z.",
                lambda x, W, b: np.all(x @ W <= 0, axis=0),
            ),
            Mistake(
                "bias subtracted",
                "You subtract the biases: z is x @ W + b.",
                lambda x, W, b: np.all(x @ W - b <= 0, axis=0),
            ),
            Mistake(
                "the examples",
                "You report one value for each example: whether it switches off all units. Asked "
                "is one for each unit.",
                lambda x, W, b: np.all(x @ W + b <= 0, axis=1),
            ),
            Mistake(
                "the whole layer",
                "You report one value for the whole layer: `np.all` without an axis takes all "
                "entries together.",
                lambda x, W, b: np.all(x @ W + b <= 0),
            ),
            Mistake(
                "entry by entry",
                "You report one value for each example and unit: put the examples together.",
                lambda x, W, b: x @ W + b <= 0,
            ),
            Mistake(
                "the numbers of the units",
                "You return the numbers of the dead units. Asked is true or false for each unit.",
                lambda x, W, b: np.flatnonzero(_is_dead(x, W, b)),
            ),
            Mistake(
                "how many",
                "You return how many units are dead. Asked is true or false for each unit.",
                lambda x, W, b: np.sum(_is_dead(x, W, b)),
            ),
            Mistake(
                "for how many examples",
                "You return for how many examples each unit is off. Asked is whether it is for "
                "all.",
                lambda x, W, b: np.sum(x @ W + b <= 0, axis=0),
            ),
            Mistake(
                "the share of the examples",
                "You return for which share of the examples each unit is off. Asked is whether it "
                "is for all.",
                lambda x, W, b: np.mean(x @ W + b <= 0, axis=0),
            ),
            Mistake(
                "the mean of z",
                "You look at the mean or the sum of z over the examples. A single example above 0 "
                "keeps a unit alive.",
                lambda x, W, b: np.mean(x @ W + b, axis=0) <= 0,
            ),
            Mistake(
                "exactly 0",
                "You ask whether z is 0: it is the output a that is 0 there.",
                lambda x, W, b: np.all(x @ W + b == 0, axis=0),
            ),
            Mistake(
                "negative weights",
                "You look at the weights. Whether a unit is off depends on the inputs and its bias "
                "too.",
                lambda x, W, b: np.all(np.asarray(W) <= 0, axis=0),
            ),
            Mistake(
                "only the first example",
                "You look at the first example alone.",
                lambda x, W, b: (x @ W + b)[0] <= 0,
            ),
            Mistake(
                "x transposed",
                "You transposed x. A row of x is one example already: (batch, units) = (batch, "
                "features) @ (features, units).",
                lambda x, W, b: np.all(x.T @ W + b <= 0, axis=0),
            ),
            Mistake(
                "W transposed",
                "You transposed W. Its columns are the units already: (batch, units) = (batch, "
                "features) @ (features, units).",
                lambda x, W, b: np.all(x @ W.T + b <= 0, axis=0),
            ),
            Mistake(
                "the highest z",
                "You return the highest z of each unit: compare it with 0.",
                lambda x, W, b: np.max(x @ W + b, axis=0),
            ),
            Mistake(
                "Python's all",
                "Python's `all`, `any` and `not` want one truth value for each row, and a row has "
                "one for each unit. `np.all` takes an axis, and for `not` NumPy has `~`.",
                lambda x, W, b: all(x @ W + b <= 0),
            ),
        ),
    ),
    ExpressionTask(
        name="relu_step_back",
        title="What a step back leaves",
        points=2,
        expected=lambda: s * sympy.sqrt(n * q),
        symbols=("n", "s", "q"),
        domain={"n": (2, 200), "s": (0.05, 2), "q": (0.1, 0.9)},
        hints=(
            "Work with the mean square first, and take the root at the end.",
            "The slopes leave a share of the mean square. Which, if a share q of them is 1 and "
            "the others are 0?",
            "The weights multiply the mean square by n s^2. So together it is q n s^2, and that "
            "is not yet the norm.",
        ),
        why="Set it to 1 and solve for s: for q = 1/2 that is He's scale.",
        mistakes=(
            Mistake(
                "no root",
                "That is the factor of the mean square. The norm is its root.",
                lambda: n * q * s**2,
            ),
            Mistake(
                "the mean square without the slopes",
                "That is the factor of the mean square, and without the slopes that are 0.",
                lambda: n * s**2,
            ),
            Mistake(
                "slopes forgotten",
                "You took every unit to be active: a share q of the slopes is 1, the others are 0.",
                lambda: s * sympy.sqrt(n),
            ),
            Mistake(
                "one half for q",
                "You took one half of the units to be active: here it is a share q.",
                lambda: s * sympy.sqrt(n / 2),
            ),
            Mistake(
                "q without the root",
                "The share q is that of the mean square, so it belongs under the root.",
                lambda: q * s * sympy.sqrt(n),
            ),
            Mistake(
                "n without the root",
                "You multiply the norm by n. The terms neither help nor hinder each other, so it "
                "is the mean square that grows n times.",
                lambda: n * s * sympy.sqrt(q),
            ),
            Mistake(
                "everything without the root",
                "You multiplied the three as they are: n and q count for the mean square, s for "
                "the norm.",
                lambda: n * q * s,
            ),
            Mistake(
                "s under the root",
                "The standard deviation s stands under the root without its square.",
                lambda: sympy.sqrt(n * q * s),
            ),
            Mistake(
                "n forgotten",
                "Each entry of dL_dz @ W.T is a sum of n terms: n is missing.",
                lambda: s * sympy.sqrt(q),
            ),
            Mistake(
                "s forgotten",
                "The weights' standard deviation s is missing.",
                lambda: sympy.sqrt(n * q),
            ),
            Mistake(
                "the inactive share",
                "You let through the inactive units: q is the share that is active.",
                lambda: s * sympy.sqrt(n * (1 - q)),
            ),
            Mistake(
                "divided by q",
                "You divide by q: the slopes that are 0 leave less of the gradient, not more.",
                lambda: s * sympy.sqrt(n / q),
            ),
            Mistake(
                "divided by n",
                "You divide by n: each entry is a sum of n terms, not their mean.",
                lambda: s * sympy.sqrt(q / n),
            ),
            Mistake(
                "s to the square",
                "You took the root of n q alone: s squared stands under it as well.",
                lambda: s**2 * sympy.sqrt(n * q),
            ),
            Mistake(
                "one half and q",
                "You counted the inactive units twice: q is there already, in the place of one "
                "half.",
                lambda: s * sympy.sqrt(n * q / 2),
            ),
            Mistake(
                "the mean square with one half",
                "That is the factor of the mean square, and for one half of the units active.",
                lambda: n * s**2 / 2,
            ),
            Mistake(
                "the mean square of the inactive",
                "That is the factor of the mean square, and for the units that are inactive.",
                lambda: n * s**2 * (1 - q),
            ),
            Mistake(
                "the slopes alone",
                "That is what the slopes leave. Then come the weights.",
                lambda: sympy.sqrt(q),
            ),
            Mistake(
                "the mean square, n forgotten",
                "Each entry of dL_dz @ W.T is a sum of n terms: n is missing, and so is the root.",
                lambda: q * s**2,
            ),
            Mistake(
                "q and s alone",
                "You multiplied share and standard deviation: q belongs under the root, and n is "
                "missing.",
                lambda: q * s,
            ),
            Mistake(
                "n and s alone",
                "The slopes are forgotten, and n belongs under the root.",
                lambda: n * s,
            ),
            Mistake(
                "the inverse",
                "That is one divided by the factor: what you would have to multiply by to undo it.",
                lambda: 1 / (s * sympy.sqrt(n * q)),
            ),
            Mistake(
                "1 - q without the root",
                "You let through the inactive units, and their share belongs under the root.",
                lambda: s * sympy.sqrt(n) * (1 - q),
            ),
            Mistake(
                "s under the root, q outside",
                "It is the other way round: q belongs under the root, and s squared does, so s "
                "stands outside.",
                lambda: q * sympy.sqrt(n * s),
            ),
            Mistake(
                "the scale",
                "That is the scale for which a step leaves all of the gradient. Asked is the "
                "factor for any s.",
                lambda: 1 / sympy.sqrt(n * q),
            ),
            Mistake(
                "He's scale",
                "That is He's scale, sqrt(2 / n). Asked is the factor for any s.",
                lambda: sympy.sqrt(2 / n),
            ),
        ),
    ),
)
