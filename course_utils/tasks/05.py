"""The tasks on Leaky ReLU: value, alpha moved inside, a quotient, backward, alpha's gradient."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import ceil

import numpy as np
import sympy

from course_utils.activations import leaky_relu
from course_utils.answers import Call
from course_utils.symbolic import alpha, z
from course_utils.tasks.compare import Between
from course_utils.tasks.kinds import (
    ExpressionTask,
    FunctionTask,
    Mistake,
    ValueTask,
    WitnessTask,
)

h = sympy.Symbol("h", real=True)


def _off_zero(rng: np.random.Generator, shape: tuple) -> np.ndarray:
    """Return random pre-activations of both signs, none of them near the corner."""
    return rng.choice([-1, 1], size=shape) * rng.uniform(0.1, 3, shape)


_Side = dict[str, tuple[Callable, str]]


def _two_sides(
    positive: _Side, negative: _Side, better: dict[tuple[str, str], tuple[str, str]]
) -> Iterator[Mistake]:
    """Yield the pairs of a positive and a negative half but the right one; right comes first.

    Each half has a name, a function and a sentence that says what is wrong with it; a pair
    has both sentences, unless `better` has a name and a message for it. Where both halves are
    wrong, only the usual ones are paired, which stand in front.
    """
    right = next(iter(positive)), next(iter(negative))
    usual = list(negative)[:7]
    for above, (f, said_above) in positive.items():
        for below, (g, said_below) in negative.items():
            if (above, below) == right or (above != right[0] and below not in usual):
                continue
            name, message = better.get(
                (above, below),
                (f"{above} and {below}", " ".join(filter(None, (said_above, said_below)))),
            )
            yield Mistake(name, message, _joined(f, g))


def _joined(above: Callable, below: Callable) -> Callable:
    def joined(*arguments):
        inputs = arguments[-2]  # z stands before alpha, in both tasks
        return np.where(inputs > 0, above(*arguments), below(*arguments))

    return joined


# ------------------------------------------------------------------------------- the value


def _value_calls() -> list[Call]:
    """Return arrays without a 0 and alphas between 0 and 1, then what is left out."""
    more = np.array([[-1.5, 0.25], [-0.75, 2.5], [4.0, -3.0]])
    beyond = [
        (np.array([-2.0, 0.0, -0.0, 3.0]), 0.5),
        (np.array([-1.0, 2.0]), 0.0),
        (np.array([-2.0, 3.0]), 1.0),
        (np.array([-2.0, 3.0]), 2.0),
        (more, 1.5),
        (np.array([-2.0, 3.0]), -0.5),
        (more, -2.0),
    ]
    return [
        Call(np.array([-2.0, 3.0]), 0.25),
        Call(np.array([0.5, -4.0, -1.0, 2.0, -0.125]), 0.01),
        Call(more, 0.1),
        Call(np.array([-3.0, -0.5]), 0.4),
        Call(np.array([0.5, 2.0]), 0.4),
        Call((np.arange(12.0) - 5.75).reshape(2, 3, 2), 0.3),
        Call(np.array([-1.25, 0.75], dtype=np.float32), 0.2),
        *(Call(*arguments, ordinary=False) for arguments in beyond),
    ]


def _random_value_calls(rng: np.random.Generator) -> list[Call]:
    inside = [Call(_off_zero(rng, s), float(rng.uniform(0.05, 0.9))) for s in ((6,), (3, 4))]
    outside = [float(rng.uniform(1.2, 4)), float(rng.uniform(-3, -0.2))]
    return [*inside, *(Call(_off_zero(rng, (5,)), v, ordinary=False) for v in outside)]


_VALUE_ABOVE: _Side = {
    "z": (lambda z, alpha: z, ""),
    "alpha * z": (
        lambda z, alpha: alpha * z,
        "Where z is positive you multiply it by alpha: there it passes unchanged.",
    ),
    "1": (lambda z, alpha: 1, "Where z is positive you return 1, the slope: return the value."),
    "0": (lambda z, alpha: 0, "Where z is positive you return 0: there it passes unchanged."),
    "(1 + alpha) * z": (
        lambda z, alpha: (1 + alpha) * z,
        "Where z is positive you return (1 + alpha) * z: the leak belongs to the negative side "
        "alone.",
    ),
    "alpha": (
        lambda z, alpha: alpha,
        "Where z is positive you return alpha: there z passes unchanged.",
    ),
    "z + alpha": (
        lambda z, alpha: z + alpha,
        "Where z is positive you add alpha to it: there it passes unchanged.",
    ),
    "(1 - alpha) * z": (
        lambda z, alpha: (1 - alpha) * z,
        "Where z is positive you multiply it by 1 - alpha: there it passes unchanged.",
    ),
}
_VALUE_BELOW: _Side = {
    "alpha * z": (lambda z, alpha: alpha * z, ""),
    "z": (lambda z, alpha: z, "Where z is negative you return z itself: alpha has no part in it."),
    "alpha": (
        lambda z, alpha: alpha,
        "Where z is negative you return alpha itself, the slope: return the value.",
    ),
    "0": (lambda z, alpha: 0, "Where z is negative you return 0: nothing leaks through."),
    "-alpha * z": (
        lambda z, alpha: -alpha * z,
        "Where z is negative the sign is flipped: alpha multiplies z, not its size |z|.",
    ),
    "z / alpha": (lambda z, alpha: z / alpha, "Where z is negative you divide by alpha."),
    "0.01 * z": (
        lambda z, alpha: 0.01 * z,
        "Where z is negative you multiply by 0.01, whatever alpha is: use the argument.",
    ),
    "-z": (lambda z, alpha: -z, "Where z is negative you return -z: alpha has no part in it."),
    "alpha^2 * z": (
        lambda z, alpha: alpha**2 * z,
        "Where z is negative you multiply by alpha twice.",
    ),
    "alpha * e^z": (
        lambda z, alpha: alpha * np.exp(z),
        "Where z is negative you return alpha e^z: that is ELU's slope, lesson 06.",
    ),
    "alpha * z^2": (
        lambda z, alpha: alpha * z**2,
        "Where z is negative you multiply by z twice.",
    ),
    "(1 - alpha) * z": (
        lambda z, alpha: (1 - alpha) * z,
        "Where z is negative you multiply by 1 - alpha: alpha itself is the slope.",
    ),
    "-alpha": (
        lambda z, alpha: -alpha,
        "Where z is negative you return -alpha: z has no part in it.",
    ),
    "2 * alpha * z": (
        lambda z, alpha: 2 * alpha * z,
        "Where z is negative your values are twice too large: z - |z| is 2 z there.",
    ),
    "alpha * tanh(z)": (
        lambda z, alpha: alpha * np.tanh(z),
        "Where z is negative you bend the line: it is straight.",
    ),
    "0.1 * z": (
        lambda z, alpha: 0.1 * z,
        "Where z is negative you multiply by 0.1, whatever alpha is: use the argument.",
    ),
    "0.2 * z": (
        lambda z, alpha: 0.2 * z,
        "Where z is negative you multiply by 0.2, whatever alpha is: use the argument.",
    ),
    "0.5 * z": (
        lambda z, alpha: 0.5 * z,
        "Where z is negative you multiply by 0.5, whatever alpha is: use the argument.",
    ),
    "0.01": (
        lambda z, alpha: 0.01,
        "Where z is negative you return 0.01: neither z nor alpha has a part in it.",
    ),
    "z + alpha": (lambda z, alpha: z + alpha, "Where z is negative you add alpha to it."),
    "z - alpha": (lambda z, alpha: z - alpha, "Where z is negative you subtract alpha from it."),
    "ELU": (
        lambda z, alpha: alpha * np.expm1(np.minimum(z, 0)),
        "Where z is negative you return alpha (e^z - 1): that is ELU, lesson 06.",
    ),
}
_VALUE_BETTER = {
    ("z", "0"): ("ReLU", "Your values are ReLU's: nothing leaks through where z is negative."),
    ("z", "z"): ("z itself", "Your values are z itself: the negative half is not scaled."),
    ("alpha * z", "z"): (
        "sides swapped",
        "The sides are swapped: you scale the positive half and let the negative one pass.",
    ),
    ("alpha * z", "alpha * z"): (
        "alpha on both sides",
        "You multiply by alpha on both sides: a positive z passes unchanged.",
    ),
    ("alpha * z", "0"): (
        "ReLU times alpha",
        "Your values are alpha times ReLU: alpha scales the half that should pass unchanged, and "
        "nothing leaks through the other.",
    ),
    ("1", "alpha"): ("the slope", "Your values are 1 and alpha, the slopes: return the value."),
}


def _two_axes(z, alpha):
    a = np.zeros(z.shape)
    for i in range(z.shape[0]):
        for j in range(z.shape[1]):
            a[i, j] = _if_else(z[i, j], alpha)
    return a


def _if_else(z, alpha):
    return z if z > 0 else alpha * z


def _one_axis(z, alpha):
    return np.array([_if_else(v, alpha) for v in z])


def _above_threshold(threshold: Callable) -> Callable:
    return lambda z, alpha: np.where(z > threshold(alpha), z, alpha * z)


_VALUE_MISTAKES = (
    Mistake(
        "the form with max",
        "This is the form with max: the larger of two lines is the right one only for some "
        "alphas. Which line lies above when alpha is larger than 1?",
        lambda z, alpha: np.maximum(alpha * z, z),
    ),
    Mistake(
        "the form with min",
        "You take the smaller one of alpha * z and z: for alpha below 1 that is the wrong line on "
        "both sides.",
        lambda z, alpha: np.minimum(alpha * z, z),
    ),
    Mistake(
        "alpha inside the minimum",
        "You add two halves, but alpha stands inside the minimum: there it can change which half "
        "is cut off. Think of a negative alpha.",
        lambda z, alpha: np.maximum(z, 0) + np.minimum(alpha * z, 0),
    ),
    Mistake(
        "|alpha|",
        "You use the size of alpha: for a negative alpha the line on the left falls.",
        lambda z, alpha: np.where(z > 0, z, np.abs(alpha) * z),
    ),
    Mistake(
        "alpha cut off at 0",
        "You take 0 for a negative alpha: the formula holds for every alpha.",
        lambda z, alpha: np.where(z > 0, z, max(alpha, 0) * z),
    ),
    Mistake(
        "alpha cut off at 1",
        "You take 1 for an alpha above 1: the formula holds for every alpha.",
        lambda z, alpha: np.where(z > 0, z, min(alpha, 1) * z),
    ),
    Mistake(
        "alpha forced between 0 and 1",
        "You force alpha between 0 and 1: the formula holds for every alpha.",
        lambda z, alpha: np.where(z > 0, z, np.clip(alpha, 0, 1) * z),
    ),
    Mistake(
        "one truth value",
        "Python's `max` and `if` want one truth value, and an array has one for each entry.",
        _if_else,
    ),
    Mistake(
        "one axis only",
        "Your loop runs over one axis: z may have more. There is a way without a loop.",
        _one_axis,
    ),
    Mistake(
        "two axes only",
        "Your loops run over two axes: z may have one, or three. There is a way without a loop.",
        _two_axes,
    ),
    Mistake(
        "np.max with an axis",
        "`np.max(z, 0)` takes 0 for the axis and looks for the largest entry along it. Another "
        "function compares entry by entry.",
        lambda z, alpha: np.max(z, 0) + alpha * np.min(z, 0),
    ),
    Mistake(
        "one half missing",
        "In the form with |z| both terms are halved: one of your halves is missing.",
        lambda z, alpha: (1 + alpha) / 2 * z + (1 - alpha) * np.abs(z),
    ),
    Mistake(
        "the other half missing",
        "In the form with |z| both terms are halved: one of your halves is missing.",
        lambda z, alpha: (1 + alpha) * z + (1 - alpha) / 2 * np.abs(z),
    ),
    Mistake(
        "the arguments' order",
        "Your function takes alpha for z, and z for alpha: leave its first line as it was.",
        lambda z, alpha: np.where(alpha > 0, alpha, alpha * z),
    ),
    Mistake(
        "the first entry alone",
        "You return the first entry alone: does a `return` stand inside your loop?",
        lambda z, alpha: _if_else(z.flat[0], alpha),
    ),
    Mistake(
        "the last entry alone",
        "You return the last entry alone: your loop overwrites the ones before.",
        lambda z, alpha: _if_else(z.flat[-1], alpha),
    ),
    Mistake(
        "alpha for alpha * z in max",
        "You compare z with alpha itself: where z is negative, alpha multiplies it.",
        lambda z, alpha: np.maximum(alpha, z),
    ),
    Mistake(
        "the corner at alpha",
        "You ask whether z is above alpha: the corner is at 0.",
        _above_threshold(lambda alpha: alpha),
    ),
    Mistake(
        "the corner at 1",
        "You ask whether z is above 1: the corner is at 0.",
        _above_threshold(lambda alpha: 1),
    ),
    Mistake(
        "the corner at -1",
        "You ask whether z is above -1: the corner is at 0.",
        _above_threshold(lambda alpha: -1),
    ),
    Mistake(
        "the corner at -alpha",
        "You ask whether z is above -alpha: the corner is at 0.",
        _above_threshold(lambda alpha: -alpha),
    ),
    Mistake(
        "times alpha",
        "You multiply the finished values by alpha: it belongs to the negative side alone, once.",
        lambda z, alpha: alpha * leaky_relu(z, alpha=alpha),
    ),
    Mistake(
        "plus alpha",
        "You add alpha to the finished values: at z = 0 the value is 0.",
        lambda z, alpha: alpha + leaky_relu(z, alpha=alpha),
    ),
    Mistake(
        "a smooth corner",
        "You add log(1 + e^z), a smooth curve: the corner is wanted.",
        lambda z, alpha: np.logaddexp(0, z) + alpha * z,
    ),
    Mistake(
        "ReLU for a negative alpha",
        "Where alpha is negative you return ReLU: the formula holds for every alpha. Above 1 the "
        "form with max is wrong as well.",
        lambda z, alpha: np.maximum(alpha * z, z) if alpha > 0 else np.maximum(z, 0),
    ),
    Mistake(
        "the largest entry",
        "You ask the whole array at once, by its largest entry: the formula acts entry by entry.",
        lambda z, alpha: z if np.max(z) > 0 else alpha * z,
    ),
    Mistake(
        "the smallest entry",
        "You ask the whole array at once, by its smallest entry: the formula acts entry by entry.",
        lambda z, alpha: z if np.min(z) > 0 else alpha * z,
    ),
    Mistake(
        "the sum's sign",
        "You ask the whole array at once, by its sum: the formula acts entry by entry.",
        lambda z, alpha: z if np.sum(z) > 0 else alpha * z,
    ),
    Mistake(
        "the negative half alone",
        "You return the negative entries alone: the result must have the shape of z.",
        lambda z, alpha: alpha * z[z < 0],
    ),
    Mistake(
        "the positive half alone",
        "You return the positive entries alone: the result must have the shape of z.",
        lambda z, alpha: z[z > 0],
    ),
    *_two_sides(_VALUE_ABOVE, _VALUE_BELOW, _VALUE_BETTER),
    Mistake(
        "the sign of alpha",
        "You ask whether alpha is positive: the sign of z decides which half counts.",
        lambda z, alpha: np.where(alpha > 0, z, alpha * z),
    ),
)

# ------------------------------------------------------------------- alpha moved inside

_EXAMPLE = [1.0, 0.01]


def _no_witness(z: float, alpha: float) -> str:
    """Return why a pair is no witness, for every alpha at which the code is right."""
    if not (np.isfinite(z) and np.isfinite(alpha)):
        return "Give two finite numbers."
    if z == 0:
        return "At z = 0 both halves are 0, whatever alpha is: the code does no wrong there."
    if alpha < 0 or [z, alpha] == _EXAMPLE:
        return ""
    read = f"Your pair says z = {z:g} and alpha = {alpha:g}. "
    if alpha > 1:
        return (
            f"{read}Above 1 the form with max goes wrong, but this code takes no larger line: its "
            "two halves are still right."
        )
    if alpha in (0, 1):
        what = "the straight line a = z" if alpha else "ReLU"
        return f"{read}Both formulas are {what} then: the code is right."
    return f"{read}The code is right for every alpha from 0 to 1: alpha must lie elsewhere."


# ------------------------------------------------------------------------ the way back


def _downstream(dL_da, z, alpha):
    """Return every right value: at z = 0 the slope may be any between alpha and 1."""
    left, right = dL_da * np.where(z > 0, 1, alpha), dL_da * np.where(z < 0, alpha, 1)
    return Between(np.minimum(left, right), np.maximum(left, right))


def _backward_calls() -> list[Call]:
    """Return calls off the corner with alphas between 0 and 1, then what is left out."""
    upstream = np.array([[2.0, 1.0, -0.5], [-3.0, -1.0, 4.0]])
    z = np.array([[0.25, -0.75, 1.5], [1.25, -0.125, -2.0]])
    corner = np.array([0.0, -0.0, 1.0, -1.0])
    beyond = [
        (np.array([1.0, -2.0, 4.0, 0.5]), corner, 0.25),
        (np.array([1.0, -2.0, 4.0, 0.5]), corner, 3.0),
        (upstream, z, 0.0),
        (upstream, z, 1.0),
        (np.array([3.0, -2.0]), np.array([-1.0, 0.5]), 2.0),
        (np.array([3.0, -2.0]), np.array([-1.0, 0.5]), -0.5),
        (upstream, z, -2.0),
    ]
    return [
        Call(np.array([3.0, 3.0, -4.0, -4.0]), np.array([0.5, -0.5, 2.0, -2.0]), 0.25),
        Call(np.array([1.0, -2.0, 0.5, -0.25]), np.array([-1.0, 3.0, 0.75, -4.0]), 0.01),
        Call(upstream, z, 0.1),
        Call(upstream.T.copy(), -z.T, 0.3),
        Call(np.array([1.5, -0.5], dtype=np.float32), np.array([-0.3, 0.8], dtype=np.float32), 0.2),
        *(Call(*arguments, ordinary=False) for arguments in beyond),
    ]


def _random_backward_calls(rng: np.random.Generator) -> list[Call]:
    def arrays(shape):
        return rng.normal(size=shape), _off_zero(rng, shape)

    inside = [Call(*arrays(s), float(rng.uniform(0.05, 0.9))) for s in ((6,), (3, 2))]
    outside = [float(rng.uniform(1.2, 4)), float(rng.uniform(-3, -0.2))]
    return [*inside, *(Call(*arrays((5,)), v, ordinary=False) for v in outside)]


_BACK_ABOVE: _Side = {
    "dL_da": (lambda g, z, alpha: g, ""),
    "1": (
        lambda g, z, alpha: 1,
        "Where z is positive you return 1, the local gradient: what arrives is lost.",
    ),
    "dL_da * z": (
        lambda g, z, alpha: g * z,
        "Where z is positive you multiply by z, the output: the local gradient is the slope.",
    ),
    "z": (
        lambda g, z, alpha: z,
        "Where z is positive you return z, as on the way forward.",
    ),
    "alpha * dL_da": (
        lambda g, z, alpha: alpha * g,
        "Where z is positive you multiply by alpha: the slope there is another one.",
    ),
    "0": (lambda g, z, alpha: 0, "Where z is positive you return 0: nothing of dL_da passes."),
    "(1 + alpha) * dL_da": (
        lambda g, z, alpha: (1 + alpha) * g,
        "Where z is positive your slope is 1 + alpha: alpha belongs to the negative side alone.",
    ),
    "alpha": (
        lambda g, z, alpha: alpha,
        "Where z is positive you return alpha: the slope there is another one, and what arrives "
        "is lost.",
    ),
    "(1 - alpha) * dL_da": (
        lambda g, z, alpha: (1 - alpha) * g,
        "Where z is positive your slope is 1 - alpha: alpha belongs to the negative side alone.",
    ),
    "(1 + alpha * z) * dL_da": (
        lambda g, z, alpha: (1 + alpha * z) * g,
        "Where z is positive your slope holds alpha * z: alpha belongs to the negative side alone.",
    ),
    "dL_da + alpha * z": (
        lambda g, z, alpha: g + alpha * z,
        "Where z is positive you add alpha * z: alpha belongs to the negative side alone.",
    ),
}
_BACK_BELOW: _Side = {
    "alpha * dL_da": (lambda g, z, alpha: alpha * g, ""),
    "dL_da": (
        lambda g, z, alpha: g,
        "Where z is negative you let dL_da pass unchanged: the slope there is another one.",
    ),
    "alpha": (
        lambda g, z, alpha: alpha,
        "Where z is negative you return alpha, the local gradient: what arrives is lost.",
    ),
    "alpha * z": (
        lambda g, z, alpha: alpha * z,
        "Where z is negative you return the output alpha * z, as on the way forward.",
    ),
    "alpha * dL_da * z": (
        lambda g, z, alpha: alpha * g * z,
        "Where z is negative you multiply by the output alpha * z: the local gradient is its "
        "slope with respect to z.",
    ),
    "dL_da * z": (
        lambda g, z, alpha: g * z,
        "Where z is negative you multiply by z: that is the slope with respect to alpha, not to z.",
    ),
    "0": (
        lambda g, z, alpha: 0,
        "Where z is negative nothing of dL_da passes: that is ReLU's slope.",
    ),
    "-alpha * dL_da": (
        lambda g, z, alpha: -alpha * g,
        "Where z is negative your sign is flipped: the slope is alpha, although z is negative.",
    ),
    "dL_da / alpha": (
        lambda g, z, alpha: g / alpha,
        "Where z is negative you divide by alpha.",
    ),
    "0.01 * dL_da": (
        lambda g, z, alpha: 0.01 * g,
        "Where z is negative your slope is 0.01, whatever alpha is: use the argument.",
    ),
    "alpha^2 * dL_da": (
        lambda g, z, alpha: alpha**2 * g,
        "Where z is negative you multiply by alpha twice.",
    ),
    "dL_da - alpha": (lambda g, z, alpha: g - alpha, "Where z is negative you subtract alpha."),
    "(1 + alpha) * dL_da": (
        lambda g, z, alpha: (1 + alpha) * g,
        "Where z is negative your slope is 1 + alpha: it is alpha alone.",
    ),
    "0.1 * dL_da": (
        lambda g, z, alpha: 0.1 * g,
        "Where z is negative your slope is 0.1, whatever alpha is: use the argument.",
    ),
    "-dL_da": (
        lambda g, z, alpha: -g,
        "Where z is negative your slope is -1, the sign of z: the slope there is another one.",
    ),
    "(1 - alpha) * dL_da": (
        lambda g, z, alpha: (1 - alpha) * g,
        "Where z is negative your slope is 1 - alpha: derive it once more.",
    ),
    "alpha * |dL_da|": (
        lambda g, z, alpha: alpha * np.abs(g),
        "Where z is negative you take the size of dL_da: what arrives keeps its sign.",
    ),
    "alpha * e^z * dL_da": (
        lambda g, z, alpha: alpha * np.exp(z) * g,
        "Where z is negative your slope is alpha e^z: that is ELU's, lesson 06.",
    ),
    "dL_da + alpha": (lambda g, z, alpha: g + alpha, "Where z is negative you add alpha."),
}
_BACK_BETTER = {
    ("dL_da", "dL_da"): (
        "upstream as it is",
        "Your values are dL_da itself: nothing is multiplied in.",
    ),
    ("dL_da", "0"): (
        "ReLU's mask",
        "Your mask is ReLU's: where z is negative, some of what arrives leaks through.",
    ),
    ("1", "alpha"): (
        "upstream forgotten",
        "Your values are the local gradient, 1 or alpha: what arrives, dL_da, is not yet "
        "multiplied in.",
    ),
    ("alpha * dL_da", "dL_da"): (
        "sides swapped",
        "The sides are swapped: you scale what arrives where z is positive.",
    ),
    ("alpha * dL_da", "alpha * dL_da"): (
        "alpha on both sides",
        "You multiply by alpha on both sides: where z is positive the slope is another one.",
    ),
    ("dL_da * z", "alpha * dL_da * z"): (
        "multiplied by the output",
        "You multiply by the output. The local gradient is its slope, 1 or alpha.",
    ),
    ("dL_da * z", "dL_da * z"): (
        "multiplied by z",
        "You multiply by z: the local gradient is the slope of Leaky ReLU at z.",
    ),
    ("0", "dL_da * z"): (
        "the gradient of alpha",
        "You multiply by the slope with respect to alpha: that is the last task. Here it is the "
        "slope with respect to z.",
    ),
    ("z", "alpha * z"): ("the output", "Your values are the outputs: that is the way forward."),
}


def _slope(z, alpha):
    return np.where(z > 0, 1, alpha)


def _overwritten_slope(dL_da, z, alpha):
    slope = z.copy()
    slope[slope <= 0] = alpha
    slope[slope > 0] = 1
    return dL_da * slope


_BACKWARD_MISTAKES = (
    Mistake(
        "the larger slope",
        "You take the larger one of two slopes, as the form with max does: that fails for alpha "
        "above 1.",
        lambda dL_da, z, alpha: dL_da * np.maximum(z > 0, alpha),
    ),
    Mistake(
        "the slope of the form with max",
        "This is the slope of the form with max: for alpha above 1 it has its two sides swapped.",
        lambda dL_da, z, alpha: dL_da * np.where(z > alpha * z, 1, alpha),
    ),
    Mistake(
        "the slope from the output",
        "You ask for the sign of the output a. For a negative alpha, a is positive on both sides: "
        "it does not tell where z was.",
        lambda dL_da, z, alpha: dL_da * np.where(leaky_relu(z, alpha=alpha) > 0, 1, alpha),
    ),
    Mistake(
        "alpha cut off at 0",
        "You take 0 for a negative alpha: the slope is alpha, whatever its sign.",
        lambda dL_da, z, alpha: dL_da * np.where(z > 0, 1, max(alpha, 0)),
    ),
    Mistake(
        "|alpha|",
        "You use the size of alpha: the slope is alpha, whatever its sign.",
        lambda dL_da, z, alpha: dL_da * np.where(z > 0, 1, abs(alpha)),
    ),
    Mistake(
        "Leaky ReLU of the upstream",
        "You ask whether dL_da is positive. A gradient may have any sign: z decides the slope.",
        lambda dL_da, z, alpha: dL_da * _slope(dL_da, alpha),
    ),
    Mistake(
        "Leaky ReLU of the product",
        "You apply Leaky ReLU to dL_da * z: multiply dL_da by the slope at z instead.",
        lambda dL_da, z, alpha: leaky_relu(dL_da * z, alpha=alpha),
    ),
    Mistake(
        "arguments swapped",
        "The arguments are swapped: you multiply z by the slope at dL_da.",
        lambda dL_da, z, alpha: z * _slope(dL_da, alpha),
    ),
    Mistake(
        "1 + alpha on both sides",
        "Your slope is 1 + alpha on both sides: each side has a slope of its own.",
        lambda dL_da, z, alpha: (1 + alpha) * dL_da,
    ),
    Mistake(
        "compared with alpha * z",
        "You compare dL_da with alpha * z: the sign of z decides, and the slope multiplies dL_da.",
        lambda dL_da, z, alpha: np.maximum(dL_da, alpha * z),
    ),
    Mistake(
        "the larger one of z and alpha",
        "You multiply by the larger one of z and alpha: where z is positive the slope is not z.",
        lambda dL_da, z, alpha: dL_da * np.maximum(z, alpha),
    ),
    Mistake(
        "the size of the upstream",
        "You take the size of dL_da: what arrives keeps its sign.",
        lambda dL_da, z, alpha: np.abs(dL_da) * _slope(z, alpha),
    ),
    Mistake(
        "the sign of the upstream",
        "You take the sign of dL_da alone: what arrives is multiplied in as it is.",
        lambda dL_da, z, alpha: np.sign(dL_da) * _slope(z, alpha),
    ),
    Mistake(
        "plus alpha",
        "You add alpha to the finished values: multiplying is enough.",
        lambda dL_da, z, alpha: dL_da * _slope(z, alpha) + alpha,
    ),
    Mistake(
        "times alpha",
        "You multiply the finished values by alpha: it belongs to the negative side alone, once.",
        lambda dL_da, z, alpha: dL_da * _slope(z, alpha) * alpha,
    ),
    Mistake(
        "subtracted",
        "You subtract dL_da from the slope: at a node they are multiplied.",
        lambda dL_da, z, alpha: _slope(z, alpha) - dL_da,
    ),
    Mistake(
        "a step of gradient descent",
        "You subtract: downstream is upstream times local, and no step is taken yet.",
        lambda dL_da, z, alpha: dL_da - _slope(z, alpha),
    ),
    Mistake(
        "where one is positive",
        "You ask whether z or dL_da is positive: only the sign of z decides the slope.",
        lambda dL_da, z, alpha: dL_da * np.where((z > 0) | (dL_da > 0), 1, alpha),
    ),
    Mistake(
        "the sign of alpha * z",
        "You ask for the sign of alpha * z: the sign of z alone decides the slope.",
        lambda dL_da, z, alpha: dL_da * np.where(alpha * z > 0, 1, alpha),
    ),
    Mistake(
        "a product with the transpose",
        "You use @, the product of matrices: an activation acts entry by entry, so *.",
        lambda dL_da, z, alpha: dL_da.T @ _slope(z, alpha),
    ),
    Mistake(
        "where both have one sign",
        "You ask for the sign of dL_da * z: only the sign of z decides the slope.",
        lambda dL_da, z, alpha: dL_da * _slope(dL_da * z, alpha),
    ),
    Mistake(
        "where both are positive",
        "You ask whether z and dL_da are both positive: only the sign of z decides the slope.",
        lambda dL_da, z, alpha: dL_da * np.where((z > 0) & (dL_da > 0), 1, alpha),
    ),
    Mistake(
        "added",
        "You add upstream and local gradient: at a node they are multiplied.",
        lambda dL_da, z, alpha: dL_da + _slope(z, alpha),
    ),
    Mistake(
        "the upstream twice",
        "You multiply by dL_da twice: upstream times local is enough.",
        lambda dL_da, z, alpha: np.square(dL_da) * _slope(z, alpha),
    ),
    Mistake(
        "the corner at alpha",
        "You ask whether z is above alpha: the corner is at 0.",
        lambda dL_da, z, alpha: dL_da * np.where(z > alpha, 1, alpha),
    ),
    Mistake(
        "the corner at 1",
        "You ask whether z is above 1: the corner is at 0.",
        lambda dL_da, z, alpha: dL_da * np.where(z > 1, 1, alpha),
    ),
    Mistake(
        "a product of matrices",
        "You use @, the product of matrices: an activation acts entry by entry, so *.",
        lambda dL_da, z, alpha: dL_da @ _slope(z, alpha),
    ),
    Mistake(
        "one truth value",
        "Python's `if` wants one truth value, and an array has one for each entry.",
        lambda dL_da, z, alpha: dL_da if z > 0 else alpha * dL_da,
    ),
    Mistake(
        "one axis only",
        "Your loop runs over one axis: the arrays may have more. There is a way without a loop.",
        lambda dL_da, z, alpha: np.array(
            [g if v > 0 else alpha * g for g, v in zip(dL_da, z, strict=True)]
        ),
    ),
    Mistake(
        "no slope at 0",
        "At z = 0 neither of your two conditions holds, so the slope there is 0.",
        lambda dL_da, z, alpha: dL_da * ((z > 0) + alpha * (z < 0)),
    ),
    Mistake(
        "both slopes at 0",
        "At z = 0 both of your conditions hold, so the two slopes add up there.",
        lambda dL_da, z, alpha: dL_da * ((z >= 0) + alpha * (z <= 0)),
    ),
    Mistake(
        "the negative half alone",
        "You return the negative side alone: the result must have the shape of z.",
        lambda dL_da, z, alpha: alpha * dL_da[z < 0],
    ),
    Mistake(
        "the positive half alone",
        "You return the positive side alone: the result must have the shape of z.",
        lambda dL_da, z, alpha: dL_da[z > 0],
    ),
    Mistake(
        "the slope overwritten",
        "Your second mask asks an array that you have overwritten: where you have just written a "
        "positive alpha, it finds a positive number, and makes it 1.",
        _overwritten_slope,
    ),
    *_two_sides(_BACK_ABOVE, _BACK_BELOW, _BACK_BETTER),
    Mistake(
        "whole slopes only",
        "Your array of slopes holds whole numbers only, so alpha loses its fraction: make it "
        "with dtype=float.",
        lambda dL_da, z, alpha: dL_da * np.where(z < 0, int(alpha), 1),
    ),
)

# -------------------------------------------------------------------------- the way back

_UNIT = {"x": 3, "w": -1, "b": 1.5, "alpha": 0.2, "dL_da": -4, "rate": 0.05}


def _way_back() -> dict[str, float]:
    """Return what happens to the unit in one step, and after how many its z is positive."""
    x, w, b, alpha, dL_da, rate = _UNIT.values()
    dL_dz = dL_da * float(leaky_relu.derivative(w * x + b, alpha=alpha))
    dL_dw, dL_db = dL_dz * x, dL_dz
    rise = -rate * dL_dw * x - rate * dL_db
    return {
        "dL_dz": dL_dz,
        "dL_dw": dL_dw,
        "dL_db": dL_db,
        "rise": rise,
        "steps": ceil(-(w * x + b) / rise),
    }


def _at(entry: str, value: float | str) -> dict[str, float | str]:
    """Return a wrong entry of the table, with all entries before it right."""
    right = _way_back()
    before = list(right)[: list(right).index(entry)]
    return {name: right[name] for name in before} | {entry: value}


# entry, wrong value, name, message
_WAY_BACK_MISTAKES = tuple(
    Mistake(name, message, _at(entry, value))
    for entry, value, name, message in (
        (
            "dL_dz",
            -4,
            "slope 1",
            "You pass dL_da on as it is: z is negative, so the slope is not 1.",
        ),
        ("dL_dz", 0, "slope 0", "A dL_dz of 0 is ReLU's: here something leaks."),
        (
            "dL_dz",
            4 * 0.2,
            "the sign of dL_dz",
            "The slope alpha is positive: dL_dz keeps the sign of dL_da.",
        ),
        (
            "dL_dz",
            -4 * 0.2 * -1.5,
            "times the output",
            "For dL_dz you multiplied by the output alpha * z: the local gradient is the slope.",
        ),
        ("dL_dz", -4 * -1.5, "times z", "For dL_dz you multiplied by z: take the slope."),
        (
            "dL_dz",
            0.2,
            "the slope alone",
            "For dL_dz you have the slope alone: what arrives is not multiplied in.",
        ),
        (
            "dL_dz",
            0.2 * -1.5,
            "the output",
            "That is the output alpha * z: dL_dz is what arrives times the slope.",
        ),
        ("dL_dz", -4 / 0.2, "divided by alpha", "For dL_dz you divided by alpha."),
        (
            "dL_dz",
            -4 * 0.2**2,
            "alpha twice",
            "For dL_dz you multiplied by alpha twice.",
        ),
        (
            "dL_dz",
            -4 * 0.01,
            "alpha of 0.01",
            "For dL_dz you took the usual alpha, 0.01: this unit has another one.",
        ),
        (
            "dL_dz",
            -4 + 0.2,
            "added",
            "For dL_dz you added: upstream and local gradient are multiplied.",
        ),
        (
            "dL_dw",
            -0.8,
            "x left out",
            "dL_dw is not dL_dz: the local gradient of w * x + b with respect to w is missing.",
        ),
        (
            "dL_dw",
            -0.8 * -1,
            "w for x",
            "For dL_dw you multiplied by w: that is the gradient with respect to x.",
        ),
        (
            "dL_dw",
            -4 * 3,
            "dL_da for dL_dz in dL_dw",
            "For dL_dw you multiplied dL_da by x: what arrives at w * x + b is dL_dz.",
        ),
        (
            "dL_dw",
            0.8 * 3,
            "the sign of dL_dw",
            "The sign of dL_dw is flipped: x is positive, so it keeps the sign of dL_dz. The minus "
            "of gradient descent comes later.",
        ),
        ("dL_dw", -0.8 * 3**2, "x twice in dL_dw", "For dL_dw you multiplied by x twice."),
        (
            "dL_dw",
            3,
            "the local gradient of w",
            "For dL_dw you have the local gradient alone: what arrives is not multiplied in.",
        ),
        (
            "dL_dw",
            -0.8 * 0.2 * 3,
            "alpha again in dL_dw",
            "For dL_dw you multiplied by alpha once more: dL_dz holds it already.",
        ),
        (
            "dL_dw",
            -0.8 * -1.5,
            "z for x",
            "For dL_dw you multiplied by z: the local gradient with respect to w is another one.",
        ),
        ("dL_dw", -0.8 / 3, "divided by x", "For dL_dw you divided by x."),
        (
            "dL_db",
            -0.8 * 1.5,
            "dL_db times b",
            "For dL_db you multiplied by b: differentiate w * x + b with respect to b.",
        ),
        (
            "dL_db",
            -0.8 * 3,
            "dL_db times x",
            "For dL_db you multiplied by x: b stands alone in w * x + b.",
        ),
        (
            "dL_db",
            -4,
            "dL_da for dL_dz in dL_db",
            "For dL_db you took dL_da: what arrives at w * x + b is dL_dz.",
        ),
        (
            "dL_db",
            1,
            "the local gradient of b",
            "For dL_db you have the local gradient alone: what arrives is not multiplied in.",
        ),
        ("dL_db", 0, "no gradient for b", "b has a gradient, too."),
        (
            "dL_db",
            0.8,
            "the sign of dL_db",
            "The sign of dL_db is flipped: it keeps that of dL_dz. The minus of gradient descent "
            "comes later.",
        ),
        (
            "dL_db",
            -0.8 * 0.2,
            "alpha again in dL_db",
            "For dL_db you multiplied by alpha once more: dL_dz holds it already.",
        ),
        (
            "rise",
            -0.05 * (2.4 * 3 + 0.8),
            "the sign of the rise",
            "Gradient descent subtracts the gradient, and the gradients are negative: which way "
            "does z go?",
        ),
        (
            "rise",
            0.05 * 2.4 * 3,
            "b left out of the rise",
            "Your rise is that of w * x alone: b moves, too.",
        ),
        (
            "rise",
            0.05 * 0.8,
            "w left out of the rise",
            "Your rise is that of b alone, or rate times dL_dz: w moves, too, and z is no "
            "parameter.",
        ),
        (
            "rise",
            0.05 * (2.4 + 0.8),
            "w's step not times x",
            "You added the steps of w and b: in z, the step of w is multiplied by x.",
        ),
        (
            "rise",
            0.05 * 2.4,
            "w's step alone",
            "That is the step of w: in z it is multiplied by x, and the step of b is added.",
        ),
        (
            "rise",
            0.05 * (2.4 * 3 - 0.8),
            "b's step subtracted",
            "You subtract the step of b: w * x + b adds it.",
        ),
        ("rise", 2.4 * 3 + 0.8, "rate forgotten", "The learning rate is missing in the rise."),
        ("rise", 2.4 + 0.8, "rate and x forgotten", "The learning rate and x are missing."),
        (
            "rise",
            0.05 * (2.4 + 0.8) * 3,
            "b's step times x",
            "In z, only the step of w is multiplied by x: b stands alone.",
        ),
        (
            "rise",
            0.05 * (2.4 * 3**2 + 0.8),
            "x once too often",
            "You multiplied by x once too often: dL_dw holds it once, and z once more.",
        ),
        (
            "rise",
            0.05 * (12 * 3 + 4),
            "alpha forgotten in the rise",
            "Your rise is that of a slope of 1: take your own dL_dw and dL_db.",
        ),
        (
            "rise",
            0.05 * (2.4 * 3 + 0.8) * 0.2,
            "alpha again in the rise, or the output",
            "You multiplied by alpha once more: that is by how much the output a rises, not z.",
        ),
        ("rise", 0.8, "minus dL_dz", "That is minus dL_dz: z moves because w and b move."),
        (
            "rise",
            -1.5 + 0.05 * (2.4 * 3 + 0.8),
            "the new z",
            "That is z after the first step: asked is by how much it rises.",
        ),
        (
            "steps",
            1.5 / 0.4,
            "no whole number",
            "Steps are whole: after which one is z above 0 for the first time?",
        ),
        ("steps", 3, "rounded down", "After that many steps z is still a little below 0."),
        (
            "steps",
            5,
            "one too many",
            "One too many: do not count the start as a step.",
        ),
        (
            "steps",
            1.5 / 0.2,
            "z over alpha",
            "You divided by alpha: divide the way up to 0 by what one step adds to z.",
        ),
        (
            "steps",
            0.9 / 0.2,
            "0.9 over alpha",
            "0.9 / alpha is the number of steps of the lesson's unit: this is another one.",
        ),
        (
            "steps",
            ceil(1.5 / 0.08),
            "alpha once more in the steps",
            "You multiplied your rise by alpha: it is in it already.",
        ),
        (
            "steps",
            1,
            "at once",
            "At once, you say: that would be with a slope of 1, five times as steep.",
        ),
        (
            "steps",
            1.5 * 0.4,
            "multiplied for divided",
            "You multiplied: how often does your rise fit into the way up to 0?",
        ),
        ("steps", "never", "never", "Never is ReLU's answer: here z rises at every step."),
        ("steps", np.inf, "infinity", "Never is ReLU's answer: here z rises at every step."),
        ("steps", 0, "no step", "At the start z is below 0: it takes some steps."),
    )
)

# --------------------------------------------------------------------- alpha's gradient


def _contributions(dL_da, z):
    return dL_da * np.minimum(z, 0)


def _alpha_gradient(dL_da, z):
    return _contributions(dL_da, z).sum(axis=0)


def _layer_calls() -> list[Call]:
    """Return layers of (batch, units) in which no two plausible answers agree."""
    single = np.float32
    return [
        Call(np.array([[3.0, 1.0], [2.0, -4.0]]), np.array([[-0.5, 1.5], [-1.0, -3.0]])),
        Call(
            np.array([[1.0, -2.0, 0.5], [4.0, 3.0, -1.0]]),
            np.array([[-1.0, 3.0, -0.25], [-2.0, -0.75, 4.0]]),
        ),
        Call(
            np.array([[2.0, -1.5], [-0.5, 1.0], [3.0, 0.25]]),
            np.array([[-3.0, -1.0], [2.0, -0.5], [1.25, -2.0]]),
        ),
        Call(
            np.array([[1.5, 2.0], [-0.5, 4.0]], dtype=single),
            np.array([[-0.3, 0.2], [0.8, -0.5]], dtype=single),
        ),
        Call(np.array([[1.0, -2.0]]), np.array([[0.5, 2.0]]), ordinary=False),
        Call(np.array([[1.0], [-2.0], [5.0]]), np.array([[0.0], [-0.0], [-1.0]]), ordinary=False),
    ]


_ARRIVING = {
    "upstream": (lambda g: g, ""),
    "no upstream": (np.ones_like, "What arrives, dL_da, is not multiplied in."),
}
_LOCAL = {
    "min(z, 0)": (lambda z: np.minimum(z, 0), ""),
    "z": (
        lambda z: z,
        "You multiply by z on both sides: where z is positive, alpha does not occur in the output.",
    ),
    "max(z, 0)": (
        lambda z: np.maximum(z, 0),
        "You take the positive side: alpha does not occur in the output there.",
    ),
    "1 for z < 0": (
        lambda z: (z < 0).astype(float),
        "Your local gradient is 1 where z is negative: differentiate alpha * z with respect to "
        "alpha.",
    ),
    "|z| for z < 0": (
        lambda z: np.maximum(-z, 0),
        "Where z is negative your local gradient has the wrong sign: a minus too many, or the size "
        "|z| for z.",
    ),
    "1 for z > 0": (
        lambda z: (z > 0).astype(float),
        "Your local gradient is ReLU's slope with respect to z: differentiate with respect to "
        "alpha.",
    ),
    "1": (
        np.ones_like,
        "Your local gradient is 1 on both sides: differentiate the output with respect to alpha.",
    ),
}
_PUT_TOGETHER = {
    "by unit": (lambda c: c.sum(axis=0), ""),
    "in all": (
        np.sum,
        "You add up the units, too: each of them has an alpha of its own.",
    ),
    "by example": (
        lambda c: c.sum(axis=1),
        "You add up along the wrong axis: each unit has an alpha, and the examples share it.",
    ),
    "mean": (
        lambda c: c.mean(axis=0),
        "You take the mean over the examples: contributions to one alpha add up.",
    ),
    "not at all": (
        lambda c: c,
        "Each example has its own value: all examples share a unit's alpha, so their "
        "contributions add up.",
    ),
    "mean by example": (
        lambda c: c.mean(axis=1),
        "You take the mean, and along the wrong axis: contributions to one alpha add up.",
    ),
    "mean of all": (
        np.mean,
        "You take the mean of all: each unit has an alpha of its own, and contributions add up.",
    ),
    "in all, repeated": (
        lambda c: np.full(c.shape[1], c.sum()),
        "You add up the units, too, and give each the same: each of them has an alpha of its own.",
    ),
    "cumulated": (
        lambda c: np.cumsum(c, axis=0),
        "You keep every partial sum (cumsum): one value for each unit is asked.",
    ),
}


def _other_ways() -> Iterator[Mistake]:
    """Yield the ways to the gradient of alpha with one slip, and the usual ones with more."""
    usual = list(_PUT_TOGETHER)[:6]
    for arriving, (f, said_f) in _ARRIVING.items():
        for local, (g, said_g) in _LOCAL.items():
            for together, (put, said_put) in _PUT_TOGETHER.items():
                said = [text for text in (said_f, said_g, said_put) if text]
                is_usual = together in usual and (len(said) < 3 or local == "z")
                if said and (is_usual or len(said) == 1):
                    name = f"{arriving}, {local}, {together}"
                    yield Mistake(name, " ".join(said), _way(f, g, put))


def _way(arriving: Callable, local: Callable, together: Callable) -> Callable:
    return lambda dL_da, z: together(arriving(dL_da) * local(z))


def _last_negative(dL_da, z):
    last = np.zeros(z.shape[1])
    for k, i in zip(*np.nonzero(z.T < 0), strict=True):
        last[k] = dL_da[i, k] * z[i, k]
    return last


_ALPHA_MISTAKES = (
    *_other_ways(),
    Mistake(
        "the sums multiplied",
        "You multiply two sums: first multiply entry by entry, then add up.",
        lambda dL_da, z: dL_da.sum(axis=0) * np.minimum(z, 0).sum(axis=0),
    ),
    Mistake(
        "the minimum of the product",
        "You take the minimum of dL_da * z and 0: the sign of z alone decides what counts.",
        lambda dL_da, z: np.minimum(dL_da * z, 0).sum(axis=0),
    ),
    Mistake(
        "the minimum of the sum",
        "You add up first and cut off then: each example's z decides whether it counts.",
        lambda dL_da, z: np.minimum((dL_da * z).sum(axis=0), 0),
    ),
    Mistake(
        "the minimum of the upstream",
        "You cut off dL_da, not z: the sign of z decides what counts.",
        lambda dL_da, z: (np.minimum(dL_da, 0) * z).sum(axis=0),
    ),
    Mistake(
        "np.min with an axis",
        "`np.min(z, 0)` takes 0 for the axis and looks for the smallest entry along it. Another "
        "function compares entry by entry.",
        lambda dL_da, z: (dL_da * np.min(z, 0)).sum(axis=0),
    ),
    Mistake(
        "np.min of all",
        "`np.min(z)` is the smallest entry of all: compare entry by entry with 0.",
        lambda dL_da, z: (dL_da * np.min(z)).sum(axis=0),
    ),
    Mistake(
        "added",
        "You add upstream and local gradient: at a node they are multiplied.",
        lambda dL_da, z: (dL_da + np.minimum(z, 0)).sum(axis=0),
    ),
    Mistake(
        "divided by the upstream",
        "You divide by dL_da: downstream is upstream times local.",
        lambda dL_da, z: (np.minimum(z, 0) / dL_da).sum(axis=0),
    ),
    Mistake(
        "multiplied up",
        "You multiply the contributions with each other: contributions to one alpha add up.",
        lambda dL_da, z: _contributions(dL_da, z).prod(axis=0),
    ),
    Mistake(
        "the largest contribution",
        "You keep the largest contribution alone: contributions to one alpha add up.",
        lambda dL_da, z: _contributions(dL_da, z).max(axis=0),
    ),
    Mistake(
        "the smallest contribution",
        "You keep the smallest contribution alone: contributions to one alpha add up.",
        lambda dL_da, z: _contributions(dL_da, z).min(axis=0),
    ),
    Mistake(
        "the last negative one alone",
        "Your loop overwrites the contributions before: they add up.",
        _last_negative,
    ),
    Mistake(
        "times their number",
        "You multiply by the number of negative entries as well: the sum counts each already.",
        lambda dL_da, z: _alpha_gradient(dL_da, z) * np.count_nonzero(z < 0, axis=0),
    ),
    Mistake(
        "a sum cut off",
        "You add up z before you cut it off: each example's z decides whether it counts.",
        lambda dL_da, z: dL_da.sum(axis=0) * np.minimum(z.sum(axis=0), 0),
    ),
    Mistake(
        "both minima",
        "You cut off dL_da as well: the sign of z alone decides what counts.",
        lambda dL_da, z: _alpha_gradient(np.minimum(dL_da, 0), z),
    ),
    Mistake(
        "a hundredth",
        "You multiply by 0.01 as well: the slope with respect to alpha holds no alpha.",
        lambda dL_da, z: 0.01 * _alpha_gradient(dL_da, z),
    ),
    Mistake(
        "the gradient of z, added up",
        "You add up dL_dz, with 0.01 for alpha: differentiate with respect to alpha, not to z.",
        lambda dL_da, z: (dL_da * _slope(z, 0.01)).sum(axis=0),
    ),
    Mistake(
        "the output for its slope",
        "You multiply by the output, with 0.01 for alpha: differentiate it with respect to alpha.",
        lambda dL_da, z: (dL_da * leaky_relu(z)).sum(axis=0),
    ),
    Mistake(
        "z below 0, and 1 above",
        "Where z is positive your local gradient is 1, the slope with respect to z: alpha does "
        "not occur in the output there.",
        lambda dL_da, z: (dL_da * np.where(z > 0, 1, z)).sum(axis=0),
    ),
    Mistake(
        "z below 0, and the upstream above",
        "Where z is positive you add dL_da: alpha does not occur in the output there. And where "
        "it is negative, dL_da is not multiplied in.",
        lambda dL_da, z: np.where(z > 0, dL_da, z).sum(axis=0),
    ),
    Mistake(
        "z below 0, and 0.01 above",
        "Where z is positive your local gradient is 0.01: alpha does not occur in the output "
        "there.",
        lambda dL_da, z: (dL_da * np.where(z > 0, 0.01, z)).sum(axis=0),
    ),
    Mistake(
        "the size of the upstream",
        "You take the size of dL_da: what arrives keeps its sign.",
        lambda dL_da, z: _alpha_gradient(np.abs(dL_da), z),
    ),
    Mistake(
        "cut off at 1",
        "You compare z with 1: the corner is at 0.",
        lambda dL_da, z: (dL_da * np.minimum(z, 1)).sum(axis=0),
    ),
    Mistake(
        "subtracted",
        "You subtract the local gradient: downstream is upstream times local.",
        lambda dL_da, z: (dL_da - np.minimum(z, 0)).sum(axis=0),
    ),
    Mistake(
        "a running total",
        "Each unit's sum goes on from the one before: begin each unit with 0.",
        lambda dL_da, z: np.cumsum(_alpha_gradient(dL_da, z)),
    ),
    Mistake(
        "a norm",
        "You take the norm: contributions to one alpha add up, with their signs.",
        lambda dL_da, z: np.linalg.norm(_contributions(dL_da, z), axis=0),
    ),
    Mistake(
        "the mean of the negative ones",
        "You divide by the number of negative entries: contributions to one alpha add up.",
        lambda dL_da, z: _alpha_gradient(dL_da, z) / np.count_nonzero(z < 0, axis=0),
    ),
    Mistake(
        "divided by the units",
        "You divide by the number of units: contributions to one alpha add up.",
        lambda dL_da, z: _alpha_gradient(dL_da, z) / z.shape[1],
    ),
    Mistake(
        "divided by all entries",
        "You divide by the number of all entries: contributions to one alpha add up.",
        lambda dL_da, z: _alpha_gradient(dL_da, z) / z.size,
    ),
    Mistake(
        "a product of matrices",
        "You use @, which gives a matrix: multiply entry by entry, then add up the examples.",
        lambda dL_da, z: dL_da.T @ np.minimum(z, 0),
    ),
    Mistake(
        "a product of matrices, turned",
        "You use @, which gives a matrix: multiply entry by entry, then add up the examples.",
        lambda dL_da, z: np.minimum(z, 0).T @ dL_da,
    ),
    Mistake(
        "the other product of matrices",
        "You use @, which multiplies rows by columns: multiply entry by entry, then add up.",
        lambda dL_da, z: dL_da @ np.minimum(z, 0),
    ),
    Mistake(
        "a product of matrices, added up",
        "You use @, which multiplies rows by columns: multiply entry by entry, then add up.",
        lambda dL_da, z: (dL_da.T @ np.minimum(z, 0)).sum(axis=0),
    ),
    Mistake(
        "a product of matrices, added up to one number",
        "You use @, which multiplies rows by columns: multiply entry by entry, then add up.",
        lambda dL_da, z: np.sum(dL_da.T @ np.minimum(z, 0)),
    ),
    Mistake(
        "a product of matrices with z",
        "You use @, which gives a matrix, and z is not cut off: multiply entry by entry.",
        lambda dL_da, z: dL_da.T @ z,
    ),
    Mistake(
        "the other product of matrices with z",
        "You use @, which multiplies rows by columns, and z is not cut off: multiply entry by "
        "entry.",
        lambda dL_da, z: dL_da @ z,
    ),
    Mistake(
        "the negative entries one by one",
        "You return the contributions of the negative entries one by one: those of each unit add "
        "up.",
        lambda dL_da, z: (dL_da * z)[z < 0],
    ),
    Mistake(
        "the first example alone",
        "Those are the contributions of the first example: does a `return` stand in your loop?",
        lambda dL_da, z: _contributions(dL_da, z)[0],
    ),
    Mistake(
        "the last example alone",
        "Those are the contributions of the last example: your loop overwrites the ones before.",
        lambda dL_da, z: _contributions(dL_da, z)[-1],
    ),
    Mistake(
        "the upstream twice",
        "You multiply by dL_da twice: upstream times local is enough.",
        lambda dL_da, z: _alpha_gradient(dL_da**2, z),
    ),
    Mistake(
        "z twice",
        "You multiply by z twice: the local gradient holds it once.",
        lambda dL_da, z: (dL_da * np.minimum(z, 0) ** 2).sum(axis=0),
    ),
    Mistake(
        "one truth value",
        "Python's `if` and `min` want one truth value, and an array has one for each entry.",
        lambda dL_da, z: (dL_da * min(z, 0)).sum(axis=0),
    ),
)

TASKS = (
    FunctionTask(
        name="leaky_value",
        title="Write Leaky ReLU, for every alpha",
        points=2,
        reference=lambda z, alpha: leaky_relu(z, alpha=alpha),
        arguments=("z", "alpha"),
        fixed=_value_calls,
        random=_random_value_calls,
        is_pure=True,
        hints=(
            "There are two halves, and the sign of z decides which one counts. Does yours let "
            "anything else decide?",
            "Choose entry by entry with np.where, or add two halves as the lesson does. Either is "
            "right for every alpha.",
            "np.where takes three things: the question whether z is positive, the value if it is, "
            "and the value if it is not.",
        ),
        why="A learned alpha keeps to no range: in the lesson most of them ended below 0.",
        mistakes=_VALUE_MISTAKES,
    ),
    WitnessTask(
        name="leaky_witness",
        title="Spot the error: alpha moved inside",
        points=1,
        size=2,
        rtol=0,
        printed=lambda z, alpha: float(np.maximum(z, 0) + np.minimum(alpha * z, 0)),
        right=lambda z, alpha: float(z if z > 0 else alpha * z),
        domain=_no_witness,
        hints=(
            "np.minimum(alpha * z, 0) shall be the negative half. When is alpha * z negative "
            "although z is not?",
            "The code assumes that alpha * z has the sign of z. For which alphas is that false?",
            "Take an alpha of the kind that most networks in the lesson learned, and any z but 0.",
        ),
        why="The test that everyone writes, with alpha = 0.01, passes here: test where the formula "
        "could break.",
        mistakes=(
            Mistake("the example", "That is the example: the code is right there.", _EXAMPLE),
        ),
    ),
    ExpressionTask(
        name="leaky_quotient",
        title="A gradient check beside the corner",
        points=2,
        expected=lambda: (z + h - alpha * (z - h)) / (2 * h),
        symbols=("z", "h", "alpha"),
        domain={"z": (0.1, 0.9), "h": (1.1, 2.5), "alpha": (0.05, 3)},
        hints=(
            "A central difference is (g(z + h) - g(z - h)) / (2h). On which side of the corner "
            "does each of the two points lie?",
            "z + h is positive, so g(z + h) is z + h. And z - h is negative, because z is smaller "
            "than h.",
            "The lower height is alpha times (z - h). Keep the brackets when you subtract it, and "
            "divide by the whole way, 2h.",
        ),
        why="It is neither 1 nor alpha: a gradient check that straddles a corner fails, and the "
        "gradient is right.",
        mistakes=(
            Mistake(
                "the form with max",
                "You take the larger of two lines: that is Leaky ReLU for alpha up to 1 only, and "
                "here alpha may be larger.",
                lambda: (z + h - sympy.Max(alpha * (z - h), z - h)) / (2 * h),
            ),
            Mistake(
                "the form with max, twice",
                "You take the larger of two lines for both heights: that is Leaky ReLU for alpha "
                "up to 1 only, and here alpha may be larger.",
                lambda: (
                    (sympy.Max(alpha * (z + h), z + h) - sympy.Max(alpha * (z - h), z - h))
                    / (2 * h)
                ),
            ),
            Mistake(
                "both on the right",
                "You take both points to be on the positive side: z - h is not.",
                lambda: sympy.Integer(1),
            ),
            Mistake(
                "both on the left",
                "You take both points to be on the negative side: z + h is not.",
                lambda: alpha,
            ),
            Mistake(
                "at the corner",
                "That is the central difference at the corner itself, at z = 0. Here z is beside "
                "it, so more of the way is on one side.",
                lambda: (1 + alpha) / 2,
            ),
            Mistake(
                "the sides swapped",
                "Alpha multiplies the wrong height: it belongs to the point where z is negative.",
                lambda: (alpha * (z + h) - (z - h)) / (2 * h),
            ),
            Mistake(
                "the heights added",
                "You add the two heights: a quotient takes their difference. Or is it the sign of "
                "z - h?",
                lambda: (z + h + alpha * (z - h)) / (2 * h),
            ),
            Mistake(
                "the bracket",
                "A bracket is lost: alpha multiplies all of z - h, and so does the minus.",
                lambda: (z + h - alpha * z - h) / (2 * h),
            ),
            Mistake(
                "the sign in the bracket",
                "You multiplied out -alpha (z - h), and one sign went wrong: minus times minus.",
                lambda: (z + h - alpha * z - alpha * h) / (2 * h),
            ),
            Mistake(
                "alpha on a part of the bracket",
                "A bracket is lost: alpha multiplies all of z - h, not z alone.",
                lambda: (z + h - (alpha * z - h)) / (2 * h),
            ),
            Mistake(
                "the last bracket",
                "A bracket is lost: all of the difference is divided by 2h, not the last height "
                "alone.",
                lambda: z + h - alpha * (z - h) / (2 * h),
            ),
            Mistake(
                "divided by 2, times h",
                "Write / (2 * h): in Python, / 2 * h divides by 2 and then multiplies by h.",
                lambda: (z + h - alpha * (z - h)) / 2 * h,
            ),
            Mistake(
                "divided by h",
                "From z - h to z + h the way is longer than h.",
                lambda: (z + h - alpha * (z - h)) / h,
            ),
            Mistake(
                "divided by 2",
                "You divide by 2: the way from z - h to z + h depends on h.",
                lambda: (z + h - alpha * (z - h)) / 2,
            ),
            Mistake(
                "the rise alone",
                "That is the rise: divide it by the way from z - h to z + h.",
                lambda: z + h - alpha * (z - h),
            ),
            Mistake(
                "ReLU",
                "That is ReLU's: with Leaky ReLU the height at z - h is not 0.",
                lambda: (z + h) / (2 * h),
            ),
            Mistake(
                "left minus right",
                "You subtract the right height from the left one: your sign is flipped.",
                lambda: (alpha * (z - h) - z - h) / (2 * h),
            ),
            Mistake(
                "backward",
                "That is the quotient from z - h to z: the central one runs from z - h to z + h.",
                lambda: (z - alpha * (z - h)) / h,
            ),
            Mistake(
                "backward, by 2h",
                "The upper height is that at z + h, not at z.",
                lambda: (z - alpha * (z - h)) / (2 * h),
            ),
            Mistake(
                "the upper height is h",
                "Your upper height is h: the upper point is z + h, and its height is as large.",
                lambda: (h - alpha * (z - h)) / (2 * h),
            ),
            Mistake(
                "the lower height is -alpha h",
                "Your lower point is -h: it is z - h, for the middle is at z.",
                lambda: (z + h + alpha * h) / (2 * h),
            ),
            Mistake(
                "both points a step from 0",
                "Your points are -h and h: they are z - h and z + h, for the middle is at z.",
                lambda: (z + alpha * h) / (2 * h),
            ),
            Mistake(
                "the lower point mirrored",
                "Your lower point is -(z + h), the mirror image of the upper one: it is z - h.",
                lambda: (1 + alpha) * (z + h) / (2 * h),
            ),
            Mistake(
                "the heights added, by 2",
                "That is the middle of the two heights: a slope is their difference, divided by "
                "the way.",
                lambda: (z + h + alpha * (z - h)) / 2,
            ),
            Mistake(
                "alpha is 0.01",
                "You put 0.01 for alpha: keep the symbol.",
                lambda: (z + h - (z - h) / 100) / (2 * h),
            ),
            Mistake(
                "the upper half times alpha, the lower 0",
                "Alpha stands at the upper height, and the lower one is lost.",
                lambda: alpha * (z + h) / (2 * h),
            ),
            Mistake(
                "divided by 2z",
                "You divide by 2z: the two points are 2h apart.",
                lambda: (z + h - alpha * (z - h)) / (2 * z),
            ),
            Mistake(
                "divided by z",
                "You divide by z: the two points are 2h apart.",
                lambda: (z + h - alpha * (z - h)) / z,
            ),
            Mistake(
                "divided by z + h",
                "You divide by z + h: the way begins at z - h, not at 0.",
                lambda: (z + h - alpha * (z - h)) / (z + h),
            ),
            Mistake(
                "the first bracket",
                "A bracket is lost: all of the difference is divided by 2h, not the upper height "
                "alone.",
                lambda: (z + h) / (2 * h) - alpha * (z - h),
            ),
            Mistake(
                "the lower point is z",
                "Your lower point is z: it is z - h, on the other side of the corner.",
                lambda: (z + h - alpha * z) / (2 * h),
            ),
            Mistake(
                "divided by alpha",
                "You divide the lower height by alpha: where z is negative, alpha multiplies.",
                lambda: (z + h - (z - h) / alpha) / (2 * h),
            ),
            Mistake(
                "alpha twice",
                "You multiply the lower height by alpha twice.",
                lambda: (z + h - alpha**2 * (z - h)) / (2 * h),
            ),
            Mistake(
                "sides swapped and added",
                "Alpha multiplies the wrong height, and the two are added: a quotient takes their "
                "difference.",
                lambda: (alpha * (z + h) + z - h) / (2 * h),
            ),
            Mistake(
                "shares of h",
                "You weigh the two slopes with shares of h: take those of the whole way, from "
                "z - h to z + h.",
                lambda: 1 - z / h + alpha * z / h,
            ),
            Mistake(
                "the share of z",
                "z / h only says how far beside the corner you are: work out the two heights.",
                lambda: z / h,
            ),
            Mistake(
                "the slope at z",
                "You add alpha to the slope on the right: work out the two heights first.",
                lambda: 1 + alpha,
            ),
            Mistake(
                "the gap of the slopes",
                "You subtract the two slopes: subtract the two heights.",
                lambda: (1 - alpha) / 2,
            ),
        ),
    ),
    FunctionTask(
        name="leaky_backward",
        title="One step backward",
        points=2,
        reference=_downstream,
        arguments=("dL_da", "z", "alpha"),
        fixed=_backward_calls,
        random=_random_backward_calls,
        is_pure=True,
        hints=(
            "Downstream = upstream times local. What is the slope on each side of the corner?",
            "The slope is 1 where z is positive and alpha elsewhere; dL_da has no say in it.",
            "np.where makes the array of slopes from the sign of z. Multiply what arrives by it.",
        ),
        why="Where ReLU's slope is 0, this one is alpha: that is all a silent unit has to come "
        "back with.",
        mistakes=_BACKWARD_MISTAKES,
    ),
    ValueTask(
        name="leaky_way_back",
        title="Predict: how long is the way back?",
        points=3,
        expected=_way_back,
        hints=(
            "z is negative, so what arrives is multiplied by alpha first. Then come the local "
            "gradients of w * x + b with respect to w and to b.",
            "Gradient descent subtracts rate times gradient, from w and from b. The new z is the "
            "new w times x, plus the new b.",
            "z rises by rate * (-dL_dw) times x, plus rate * (-dL_db). How many such rises does "
            "1.5 take, counted in whole steps?",
        ),
        why="A tenth of this alpha takes ten times as many steps, about; with ReLU's 0 there is no "
        "way back.",
        mistakes=_WAY_BACK_MISTAKES,
    ),
    FunctionTask(
        name="leaky_alpha_gradient",
        title="A gradient for every alpha",
        points=3,
        reference=_alpha_gradient,
        arguments=("dL_da", "z"),
        fixed=_layer_calls,
        random=lambda rng: [
            Call(rng.normal(size=shape), _off_zero(rng, shape)) for shape in ((4, 3), (3, 5))
        ],
        hints=(
            "First one entry alone: how does its output change with alpha, where z is negative, "
            "and where it is positive?",
            "Where z is negative the local gradient is z, elsewhere 0. Multiply by what arrives, "
            "entry by entry.",
            "np.minimum(z, 0) is the local gradient on both sides. What arrives times it gives "
            "the contributions; the examples share an alpha, the units do not.",
        ),
        why="What is shared adds up: the biases of a layer, shared by all examples, do so too.",
        mistakes=_ALPHA_MISTAKES,
    ),
)
