"""The tasks on tanh: a proof, a stretched slope, a lost |z|, a gap, a layer backward, depth."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import sympy

from course_utils.activations import sigmoid, tanh
from course_utils.answers import Call
from course_utils.symbolic import a
from course_utils.tasks.inputs import extremes, ordinary, random_arrays
from course_utils.tasks.kinds import (
    ExpressionTask,
    FunctionTask,
    Mistake,
    OrderTask,
    ValueTask,
    WitnessTask,
)

# ------------------------------------------------------------------------------- the proof


def _proof_orders() -> tuple[str, ...]:
    """Return every right order: E, then C before F and B before D in any mixture, then A."""
    orders = []
    for places in combinations(range(4), 2):
        first, second = iter("CF"), iter("BD")
        middle = (next(first) if place in places else next(second) for place in range(4))
        orders.append(f"E{''.join(middle)}A")
    return tuple(orders)


# ------------------------------------------------------------------------ the stretched tanh

h, k = sympy.symbols("h k", real=True)

_INSIDES = {
    "": (1 - a**2 / h**2, ""),
    "a^2": (1 - a**2, "1 - a^2 is for a tanh without a factor: this a is h times a tanh."),
    "h^2 a^2": (1 - h**2 * a**2, "You multiply a by h. It is the other way back to the tanh."),
    "a^2 / h": (1 - a**2 / h, "In the bracket only a is squared: the h beside it is not."),
    "a / h": (1 - a / h, "In the bracket the square is lost."),
    "1 + a^2 / h^2": (1 + a**2 / h**2, "In the bracket stands a plus where a minus belongs."),
    "a^2 / h^2 alone": (a**2 / h**2, "You have only the square that is subtracted: the 1 is lost."),
    "1 - a": (1 - a, "In the bracket the square is lost, and so is h."),
    "(1 - a / h)^2": ((1 - a / h) ** 2, "You squared the whole bracket: only a / h is squared."),
    "k^2 a^2": (
        1 - k**2 * a**2,
        "There is a k in your bracket. It stands inside the tanh, and does not change its height.",
    ),
    "k in the bracket": (
        1 - a**2 / (h * k) ** 2,
        "You divide a by h k. The k stands inside the tanh: it does not change the height of a.",
    ),
    "the sigmoid's": (a / h * (1 - a / h), "Your bracket is the sigmoid's, not tanh's."),
    "a (1 - a)": (a * (1 - a), "Your bracket is a (1 - a), the sigmoid's."),
    "a constant": (sympy.Integer(1), "The slope depends on a: what you have is the one at a = 0."),
    "the output": (a, "You multiply by the output a. Where is the slope of tanh?"),
    "the tanh taken once more": (
        1 - sympy.tanh(k * a) ** 2,
        "You took a for z and computed tanh once more: a is the output already.",
    ),
    "tanh(a)": (
        1 - sympy.tanh(a) ** 2,
        "You took a for z and computed tanh once more: a is the output already.",
    ),
}
_FACTORS = {
    "": (h * k, ""),
    "h lost": (k, "The factor h in front is lost."),
    "k lost": (h, "The chain rule's inner slope k is lost."),
    "h and k lost": (sympy.Integer(1), "Both factors are lost: h in front, and the inner slope k."),
    "h squared": (h**2 * k, "There is one h too many in front."),
    "h squared, k lost": (h**2, "One h too many stands in front, and the inner slope k is lost."),
    "divided by h": (k / h, "The factor h in front stays a factor: you divide by it."),
    "divided by k": (h / k, "The inner slope k is a factor: you divide by it."),
    "k squared": (h * k**2, "There is one k too many in front."),
}


_OFTEN = ("a^2 / h", "a / h", "1 - a", "a (1 - a)", "tanh(a)", "a constant", "the output")


def _slope_mistakes() -> tuple[Mistake, ...]:
    """Return what comes of a wrong factor, a wrong bracket, or both."""
    found = []
    for inside, (bracket, on_bracket) in _INSIDES.items():
        factors = ("", "h lost", "h and k lost") if inside in _OFTEN else ("",)
        for factor in _FACTORS if inside in ("", "a^2") else factors:
            if inside or factor:
                front, on_front = _FACTORS[factor]
                told = " ".join(filter(None, (on_bracket, on_front)))
                name = ", ".join(filter(None, (inside, factor)))
                found.append(Mistake(name, told, lambda value=front * bracket: value))
    return tuple(found)


_LOST_BRACKET = "A bracket is lost: the factors multiply all of 1 - (...)^2, not one part of it."
_MORE_SLOPES = {
    "a bracket lost": (h * k - a**2, _LOST_BRACKET),
    "a bracket lost, h below": (h * k - a**2 / h**2, _LOST_BRACKET),
    "a bracket lost, one h below": (h * k - a**2 / h, _LOST_BRACKET),
    "a bracket lost, k in front": (h * k - k * a**2 / h**2, _LOST_BRACKET),
    "a bracket lost, h forgotten": (k - a**2, _LOST_BRACKET),
    "h three times": (h**3 * k * (1 - a**2 / h**2), "There are two h too many in front."),
    "h alone": (h, "You have a factor alone: the slope depends on a."),
    "once more, with respect to a": (
        -2 * a * k / h,
        "You differentiated the slope once more, with respect to a. Asked is the slope itself.",
    ),
    "once more, with respect to z": (
        -2 * a * (k / h) ** 2 * (h**2 - a**2),
        "You differentiated twice. Asked is the slope itself.",
    ),
}


# ----------------------------------------------------------------------------- the witness


def _without_bars(z: float) -> float:
    d = np.expm1(-2 * np.float64(z))
    return float(-d / (2 + d))


def _not_to_ask(z: float) -> str:
    if not np.isfinite(z):
        return "Give a finite number."
    if z > 0:
        return (
            "For a positive z the exponent -2z is negative: nothing can overflow there, and the "
            "code is right. Look on the other side."
        )
    if -354 < z < 0:
        return (
            f"This is the side to look at. But there e^(-2z) is about {math.exp(-2 * z):.0e}, "
            "which float64 holds, and the code is right. Go further."
        )
    return ""


# --------------------------------------------------------------------------------- the gap


def _gap(z):
    return 2 * sigmoid(-2 * np.asarray(z, dtype=float))


def _gap_calls() -> list[Call]:
    """Return the usual calls but the empty array, those that cost digits, those far out.

    At 9.848, 11.098 and 14.529 the gap is very nearly an even number of float64's steps
    below 1: nearly every way to subtract rounds to the same there, so that one entry of the
    catalogue knows them all.
    """
    usual = [call for call in ordinary() if np.size(call.arguments[0])]
    near_one = Call(np.array([9.848, 11.098, 14.529]))
    far = extremes(350.0, 1000.0, -350.0, -1000.0)
    return [*usual, Call(20.0, ordinary=False), near_one, *far]


def _random_gaps(rng: np.random.Generator) -> list[Call]:
    far = rng.uniform(20, 350, size=8) * np.repeat([1, -1], 4)
    return [*random_arrays(rng), Call(far, ordinary=False)]


def _printed(z):
    return (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z))


def _first_term(z):
    return 2 * np.exp(-2 * np.asarray(z, dtype=float))


def _clipped(z, most):
    return 2 / (1 + np.exp(np.clip(2 * np.asarray(z), -most, most)))


def _one_number(z):
    return 2 / (1 + math.exp(2 * z))


def _by_if(z):
    e = np.exp(-2 * abs(z))
    if z >= 0:
        return 2 * e / (1 + e)
    return 2 / (1 + e)


def _one_axis(z):
    return np.array([_by_if(v) for v in z])


def _into_a_copy(z):
    result = z.copy()
    result[:] = _gap(z)
    return result


_LOST = "You subtract two nearly equal numbers, and for large z hardly a digit is left."
_CLIPPED = (
    "You clip z, or the exponent: beyond the clip every z gets the same value, and at 1000 it is "
    "not 0."
)

# ----------------------------------------------------------------------------- the backward


def _backward(dL_da, a, W):
    return (dL_da * (1 - a**2)) @ W.T


def _layers() -> list[Call]:
    """Return layers, among them square ones, on which a missing transpose raises nothing."""
    single = np.float32
    return [
        Call(np.array([[2.0]]), np.array([[0.5]]), np.array([[3.0]])),
        Call(np.array([[2.0, 3.0]]), np.array([[0.5, -0.25]]), np.array([[1.0, -2.0], [4.0, 0.5]])),
        Call(
            np.array([[1.0, -2.0], [0.5, 4.0]]),
            np.array([[0.75, -0.5], [0.25, 0.0]]),
            np.array([[2.0, -1.0], [0.5, 3.0]]),
        ),
        Call(
            np.array([[1.0, 0.0, -2.0], [-0.5, 2.0, 1.5]]),
            np.array([[0.1, 0.9, -0.6], [-0.75, 0.4, 0.25]]),
            np.array([[1.0, -1.0, 2.0], [0.5, 3.0, -2.0]]),
        ),
        Call(
            np.array([[-3.0, 1.0], [0.25, 2.0], [1.0, -1.0]]),
            np.array([[0.2, -0.8], [-0.5, 0.6], [0.9, -0.1]]),
            np.array([[1.5], [-0.5], [2.0], [1.0]]) * [1.0, -2.0],
        ),
        Call(
            np.array([[1.5, -0.5]], dtype=single),
            np.array([[-0.3, 0.8]], dtype=single),
            np.array([[2.0, 1.0], [-1.0, 0.5], [0.25, 1.5]], dtype=single),
        ),
    ]


def _random_layers(rng: np.random.Generator) -> list[Call]:
    calls = []
    for batch, features, units in ((3, 3, 3), (4, 2, 3), (2, 5, 4)):
        a = rng.uniform(-0.95, 0.95, (batch, units))
        calls.append(Call(rng.normal(size=a.shape), a, rng.normal(size=(features, units))))
    return calls


_LOCALS = {
    "": (lambda a: 1 - a**2, ""),
    "slope forgotten": (lambda a: 1, "The slope of tanh is not multiplied in."),
    "the sigmoid's slope": (
        lambda a: a * (1 - a),
        "Your slope is a (1 - a), the sigmoid's from its output.",
    ),
    "the output for the slope": (lambda a: a, "You multiply by the output a, not by the slope."),
    "the square lost": (lambda a: 1 - a, "Your slope is 1 - a: the square is lost."),
    "|a| for the square": (lambda a: 1 - np.abs(a), "Your slope is 1 - |a|, not 1 - a^2."),
    "the 1 lost": (lambda a: -(a**2), "Your slope is -a^2: the 1 is lost."),
    "the square alone": (lambda a: a**2, "Your slope is a^2, which is what has to be subtracted."),
    "plus for minus": (lambda a: 1 + a**2, "Your slope is 1 + a^2: a plus for a minus."),
    "the sign": (lambda a: a**2 - 1, "Your slope is a^2 - 1. tanh rises, so its slope is above 0."),
    "the bracket squared": (
        lambda a: (1 - a) ** 2,
        "Your slope is (1 - a)^2: only the a belongs under the square.",
    ),
    "a taken for z": (
        lambda a: 1 - np.tanh(a) ** 2,
        "You took a for z and computed tanh once more: a is the output already.",
    ),
    "a taken for z, tanh for its slope": (
        np.tanh,
        "You multiply by tanh(a): a is the output already, and a slope belongs there.",
    ),
    "ReLU's slope": (lambda a: a > 0, "Your slope is 1 or 0, as for a ReLU."),
    "the root": (lambda a: np.sqrt(1 - a**2), "Your slope is the root of the right one."),
    "the slope twice": (
        lambda a: (1 - a**2) ** 2,
        "You multiply the slope in twice.",
    ),
    "divided": (lambda a: 1 / (1 - a**2), "You divide by the slope: downstream is a product."),
    "a as well": (lambda a: a * (1 - a**2), "You multiply the output a in as well."),
    "1 - 2a": (lambda a: 1 - 2 * a, "Your slope is 1 - 2a: a^2 is no 2a."),
    "the slope's slope": (lambda a: -2 * a, "You took -2a, the slope of 1 - a^2, for the slope."),
}
_UPSTREAM = "What arrives, dL_da, is not multiplied in."
_WEIGHTS = "The weights are missing: this is dL_dz, and the layer below wants dL_dx."
_FROM_THE_LEFT = (
    "You multiply by W from the left. The rows are the examples, so they stay on the left: "
    "(batch, features) = (batch, units) @ (units, features)."
)
_TRANSPOSE = (
    "You multiply by W as it is. Forward, W leads from the features to the units; backward you "
    "need the way back."
)


def _locals_with(name: str, told: str, give, chosen: tuple[str, ...] = tuple(_LOCALS)) -> list:
    """Return a mistake on the way, together with each of the chosen local slopes."""
    found = []
    for local in chosen:
        slope, on_slope = _LOCALS[local]
        if name or local:
            answer = lambda dL_da, a, W, slope=slope: give(dL_da, slope(a), W)  # noqa: E731
            text = " ".join(filter(None, (on_slope, told)))
            found.append(Mistake(", ".join(filter(None, (local, name))), text, answer))
    return found


_USUAL_LOCALS = ("", "slope forgotten", "the sigmoid's slope", "a taken for z", "the square lost")
_BACKWARD_MISTAKES = (
    *_locals_with("", "", lambda upstream, slope, W: (upstream * slope) @ W.T),
    *_locals_with("weights forgotten", _WEIGHTS, lambda upstream, slope, W: upstream * slope),
    *_locals_with(
        "W not transposed",
        _TRANSPOSE,
        lambda upstream, slope, W: (upstream * slope) @ W,
        (*_USUAL_LOCALS, "the output for the slope"),
    ),
    *_locals_with(
        "from the left",
        _FROM_THE_LEFT,
        lambda upstream, slope, W: W @ (upstream * slope),
        ("", "slope forgotten"),
    ),
    *_locals_with(
        "upstream forgotten",
        _UPSTREAM,
        lambda upstream, slope, W: (slope * np.ones_like(upstream)) @ W.T,
        ("", "the sigmoid's slope", "a taken for z", "the square lost"),
    ),
    *_locals_with(
        "added",
        "You add the slope to what arrives: downstream is a product.",
        lambda upstream, slope, W: (upstream + slope) @ W.T,
        ("", "the sigmoid's slope"),
    ),
    Mistake(
        "the local gradient alone",
        "Your values are the slope 1 - a^2 alone: neither dL_da nor the weights are in it.",
        lambda dL_da, a, W: 1 - a**2,
    ),
    Mistake(
        "the slope after the weights",
        "Your order is that of the way forward. Backward you meet the activation first, then the "
        "weights.",
        lambda dL_da, a, W: (dL_da @ W.T) * (1 - a**2),
    ),
    Mistake(
        "the slope before the product with the weights",
        "The order is wrong: brackets round dL_da @ W.T make it come first. Backward you meet "
        "the activation first, then the weights.",
        lambda dL_da, a, W: (1 - a**2) * (dL_da @ W.T),
    ),
    Mistake(
        "the slope after the weights, W not transposed",
        "Backward you meet the activation first, then the weights, and W the other way round.",
        lambda dL_da, a, W: (dL_da @ W) * (1 - a**2),
    ),
    Mistake(
        "W transposed from the left",
        _FROM_THE_LEFT,
        lambda dL_da, a, W: W.T @ (dL_da * (1 - a**2)),
    ),
    Mistake(
        "the result transposed",
        "Your result is transposed: its rows are the features, and they should be the examples.",
        lambda dL_da, a, W: W @ (dL_da * (1 - a**2)).T,
    ),
    Mistake(
        "the gradient of the weights' shape",
        "You lead the gradient through a.T. That is the shape of a gradient of weights; asked is "
        "the one of x.",
        lambda dL_da, a, W: a.T @ (dL_da * (1 - a**2)),
    ),
    Mistake(
        "@ at the activation",
        "At the activation you used @, the product of matrices. It acts entry by entry, so *.",
        lambda dL_da, a, W: (dL_da @ (1 - a**2)) @ W.T,
    ),
    Mistake(
        "@ at the activation, transposed",
        "At the activation you used @, the product of matrices. It acts entry by entry, so *.",
        lambda dL_da, a, W: (dL_da @ (1 - a**2).T) @ W.T,
    ),
    Mistake(
        "* at the weights",
        "At the weights you used *, entry by entry. Each entry of dL_dx is a sum over the units, "
        "so @.",
        lambda dL_da, a, W: dL_da * (1 - a**2) * W,
    ),
    Mistake(
        "* at the weights, transposed",
        "At the weights you used *, entry by entry. Each entry of dL_dx is a sum over the units, "
        "so @.",
        lambda dL_da, a, W: dL_da * (1 - a**2) * W.T,
    ),
    Mistake(
        "the slope of the upstream",
        "You took the slope from dL_da and multiplied by a: the two arguments are swapped.",
        lambda dL_da, a, W: (a * (1 - dL_da**2)) @ W.T,
    ),
    Mistake(
        "upstream squared",
        "You squared more than a: 1 - a^2 comes first, and dL_da multiplies all of it.",
        lambda dL_da, a, W: (1 - (dL_da * a) ** 2) @ W.T,
    ),
    Mistake(
        "the bracket lost",
        "A bracket is lost: dL_da multiplies the whole slope, and you multiply only the 1.",
        lambda dL_da, a, W: (dL_da - a**2) @ W.T,
    ),
    Mistake(
        "only the square multiplied",
        "A bracket is lost: dL_da multiplies the whole slope, and you multiply only a^2.",
        lambda dL_da, a, W: (1 - dL_da * a**2) @ W.T,
    ),
    Mistake(
        "dL_da twice",
        "You multiply dL_da in twice: downstream is upstream times local, once.",
        lambda dL_da, a, W: (dL_da**2 * (1 - a**2)) @ W.T,
    ),
    Mistake(
        "the slope at the input",
        "You took the slope from a @ W.T, and after the weights. It belongs to the output a, "
        "before them.",
        lambda dL_da, a, W: (dL_da @ W.T) * (1 - (a @ W.T) ** 2),
    ),
    Mistake(
        "the slope at the input, tanh taken",
        "You took the slope at a @ W.T, and after the weights. It belongs to the output a, "
        "before them.",
        lambda dL_da, a, W: (dL_da @ W.T) * (1 - np.tanh(a @ W.T) ** 2),
    ),
    Mistake(
        "W reshaped",
        "You used reshape to bring W into another shape: that mixes its entries. The transpose is "
        "wanted.",
        lambda dL_da, a, W: (dL_da * (1 - a**2)) @ W.reshape(W.shape[::-1]),
    ),
    Mistake(
        "the sum over the features",
        "You sum over the features: each example has a gradient for each of its features.",
        lambda dL_da, a, W: _backward(dL_da, a, W).sum(axis=1),
    ),
    Mistake(
        "the sum over everything",
        "You sum over everything: each example has a gradient for each of its features.",
        lambda dL_da, a, W: _backward(dL_da, a, W).sum(),
    ),
    Mistake(
        "the weights' slope",
        "You put the weights through tanh's slope. It acts on the units' outputs alone.",
        lambda dL_da, a, W: dL_da @ (1 - W**2).T,
    ),
    Mistake(
        "divided by the batch",
        "You divide by the number of examples. If the loss is a mean, that is in dL_da already.",
        lambda dL_da, a, W: _backward(dL_da, a, W) / len(a),
    ),
    Mistake(
        "the mean over the batch",
        "You average over the examples: each example keeps a row of its own.",
        lambda dL_da, a, W: _backward(dL_da, a, W).mean(axis=0),
    ),
    Mistake(
        "the sum over the batch",
        "You sum over the examples, as for a bias: each example keeps a row of its own.",
        lambda dL_da, a, W: _backward(dL_da, a, W).sum(axis=0),
    ),
    Mistake(
        "the forward pass",
        "You computed something forward: backward no tanh is taken, and W leads the other way.",
        lambda dL_da, a, W: np.tanh(dL_da @ W.T),
    ),
    Mistake(
        "the inverse of W",
        "You took the inverse of W. Backward it is the transpose that leads from units to "
        "features.",
        lambda dL_da, a, W: (dL_da * (1 - a**2)) @ np.linalg.inv(W),
    ),
)


def _pair(dL_da, a, W):
    dL_dz = dL_da * (1 - a**2)
    return dL_dz, dL_dz @ W.T


TASKS = (
    OrderTask(
        name="tanh_proof",
        title="The slope without the quotient rule",
        points=1,
        orders=_proof_orders(),
        reasons={
            "EC": "r c = 1 can be differentiated only when r has its name.",
            "CF": "r' must stand in an equation before you can solve for it.",
            "EB": "the product needs r, so r must have its name first.",
            "BD": "the product must be written down before it can be differentiated.",
            "FA": "the slope of r is put in there, so it must be known.",
            "DA": "there is nothing to put s' and r' into before the product is differentiated.",
        },
        hints=(
            "One line needs nothing before it: the one that gives a new letter its meaning.",
            "Two strands start from there. One finds the slope of r, the other writes a as a "
            "product and differentiates it.",
            "Within a strand: first the equation, then what comes of it. The line that joins the "
            "two strands is the last one.",
        ),
        why="The product rule alone is enough: the quotient rule only saves you the walk.",
        mistakes=(
            Mistake(
                "read backwards",
                "You have the order backwards: the line with 1 - a^2 is the goal.",
                "ADFBCE",
            ),
            Mistake(
                "as they are printed",
                "That is the order in which they are printed. A puts in what other lines find.",
                "ABCDEF",
            ),
            Mistake(
                "the goal after one strand",
                "A puts in two slopes: the one of r is found, but the product is not yet "
                "differentiated.",
                "ECFABD",
            ),
        ),
    ),
    ExpressionTask(
        name="tanh_slope",
        title="A stretched tanh: the slope from its output",
        points=2,
        expected=lambda: k * (h**2 - a**2) / h,
        symbols=("a", "h", "k"),
        domain={"a": (-1, 1), "h": (1.2, 3), "k": (0.3, 2)},
        without={
            "z": "it still holds z. Express it through a, h and k alone.",
            "tanh": "it still holds a tanh. Express it through a, h and k alone.",
            "atanh": "it goes back to z by the inverse of tanh. There is a way without.",
            "exp": "it still holds an exponential. Express it through a, h and k alone.",
            "log": "it goes back to z by a logarithm. There is a way without.",
            "cosh": "it still holds a cosh. Express it through a, h and k alone.",
            "sinh": "it still holds a sinh. Express it through a, h and k alone.",
            "sech": "it still holds a sech. Express it through a, h and k alone.",
        },
        hints=(
            "First differentiate with respect to z: an outer factor, a known slope, an inner "
            "slope. Then get rid of z.",
            "The slope of tanh is 1 minus the square of what tanh itself gives. What does it give, "
            "expressed by a and h?",
            "The tanh alone is a / h. In front stand the outer factor h and the inner slope k.",
        ),
        why="For h = k = 1 it is 1 - a^2. LeCun's networks of 1998 used h = 1.7159 and k = 2/3.",
        mistakes=(
            *_slope_mistakes(),
            *(Mistake(name, told, lambda v=v: v) for name, (v, told) in _MORE_SLOPES.items()),
        ),
    ),
    WitnessTask(
        name="tanh_witness",
        title="Spot the error: right on paper",
        points=1,
        printed=_without_bars,
        right=lambda z: float(np.tanh(z)),
        domain=_not_to_ask,
        hints=(
            "Nothing is wrong with the mathematics. So look for a number that float64 cannot hold.",
            "`np.expm1` overflows as `np.exp` does: when its argument is above about 709.8. Here "
            "the argument is -2z.",
            "For which z is -2z above 709.8? There d is infinite, and infinity stands above and "
            "below.",
        ),
        why="Two bars are lost, -2z for -2|z|, and no test of a z above -354 can see it.",
        mistakes=(
            Mistake(
                "the special point",
                "At z = 0 both give 0: test where the answer is not special.",
                0.0,
            ),
        ),
    ),
    FunctionTask(
        name="tanh_gap",
        title="What is missing to 1",
        points=3,
        reference=_gap,
        arguments=("z",),
        fixed=_gap_calls,
        random=_random_gaps,
        rtol=1e-10,
        atol=5e-323,  # ten steps between subnormal numbers
        is_quiet=True,
        hints=(
            "`1 - np.tanh(z)` is right on paper. Write tanh as a fraction, put 1 over the same "
            "denominator, and see what cancels.",
            "You get 2 / (1 + e^(2z)): nothing is subtracted any more. Which exponential is safe "
            "for z > 0, and which one for z < 0?",
            "With e = exp(-2|z|), the gap is 2e / (1 + e) at |z| and 2 / (1 + e) at -|z|. np.where "
            "chooses; both sides are safe.",
        ),
        why="The slope 1 - a^2 is the gap at z times the gap at -z: so computed, it keeps its "
        "digits.",
        mistakes=(
            Mistake(
                "subtracted",
                _LOST,
                lambda z: 1 - np.tanh(z),
            ),
            Mistake(
                "subtracted, NaN on both sides",
                f"{_LOST} And far out your exponentials overflow: infinity divided by infinity is "
                "NaN.",
                lambda z: 1 - _printed(z),
            ),
            Mistake(
                "subtracted, NaN on the left",
                f"{_LOST} And far to the left e^(-2z) overflows: infinity divided by infinity is "
                "NaN.",
                lambda z: 1 - (1 - np.exp(-2 * z)) / (1 + np.exp(-2 * z)),
            ),
            Mistake(
                "subtracted, NaN on the right",
                f"{_LOST} And far to the right e^(2z) overflows: infinity divided by infinity is "
                "NaN.",
                lambda z: 1 - (np.exp(2 * z) - 1) / (np.exp(2 * z) + 1),
            ),
            Mistake(
                "1 added to expm1",
                "`np.expm1` keeps the digits of e^x - 1 near 0. Here it is nearly -1, and your 1 + "
                "d is the subtraction that loses the digits.",
                lambda z: (
                    np.where(np.asarray(z) >= 0, 2 * (1 + np.expm1(-2.0 * np.abs(z))), 2)
                    / (2 + np.expm1(-2.0 * np.abs(z)))
                ),
            ),
            Mistake(
                "overflow on the left",
                "Nothing is subtracted any more. But for very negative z an exponential overflows: "
                "infinity divided by infinity is NaN.",
                lambda z: 2 * np.exp(-2 * z) / (1 + np.exp(-2 * z)),
            ),
            Mistake(
                "one term alone",
                "2 e^(-2z) is close for large z only: the denominator 1 + e^(-2z) is missing.",
                _first_term,
            ),
            Mistake(
                "one term from 18 on",
                "For very large z you take 2 e^(-2z), and below that you still subtract: in "
                "between digits are lost.",
                lambda z: np.where(np.asarray(z) > 18, _first_term(z), 1 - np.tanh(z)),
            ),
            Mistake(
                "one term from 10 on",
                "For large z you take 2 e^(-2z), and below that you still subtract: just below, "
                "digits are lost.",
                lambda z: np.where(np.asarray(z) > 10, _first_term(z), 1 - np.tanh(z)),
            ),
            Mistake(
                "one term from 9 on",
                "For large z you take 2 e^(-2z) alone: where you begin with that, it is not right "
                "to ten digits yet.",
                lambda z: np.where(np.asarray(z) > 9, _first_term(z), 1 - np.tanh(z)),
            ),
            *(
                Mistake(
                    f"0 above {least}",
                    "You return 0 where there is still a gap, only small: float64 holds it up to "
                    "z = 350 and beyond.",
                    lambda z, least=least: np.where(np.asarray(z) > least, 0, _gap(z)),
                )
                for least in (19, 20, 300)
            ),
            *(
                Mistake(f"clipped at {most}", _CLIPPED, lambda z, most=most: _clipped(z, most))
                for most in (700, 709, 708, 709.78, 600, 500, 400, 200, 100, 40)
            ),
            Mistake(
                "the sides swapped",
                "Your values are those of 1 + tanh(z), the way from -1. Asked is what is missing "
                "to 1: small on the right. A sign is flipped, or two branches are swapped.",
                lambda z: _gap(-np.asarray(z)),
            ),
            Mistake(
                "one side for both",
                "Your values are right for z >= 0, and the left mirrors them: on the left almost "
                "2 is missing.",
                lambda z: _gap(np.abs(z)),
            ),
            Mistake(
                "the left side for both",
                "Your values are right for z <= 0, and the right mirrors them: on the right almost "
                "nothing is missing.",
                lambda z: _gap(-np.abs(z)),
            ),
            Mistake(
                "to the nearer end",
                "On the left your values are negative: you measure to the end -1. Asked is what is "
                "missing to 1, on both sides.",
                lambda z: np.copysign(_gap(np.abs(z)), z),
            ),
            Mistake(
                "the 2 in the exponent lost",
                "The 2 in the exponent is lost: tanh runs twice as fast as the sigmoid.",
                lambda z: 2 * sigmoid(-np.asarray(z, dtype=float)),
            ),
            Mistake(
                "half of it",
                "Your values are half of the gap: that is a sigmoid's, and tanh is twice as high.",
                lambda z: _gap(z) / 2,
            ),
            Mistake(
                "half of it, the 2 in the exponent lost",
                "Your values are 1 - sigmoid(z): tanh is twice as high, and runs twice as fast.",
                lambda z: sigmoid(-np.asarray(z, dtype=float)),
            ),
            Mistake(
                "four times in the exponent",
                "There is one factor 2 too many in the exponent.",
                lambda z: _gap(2 * np.asarray(z)),
            ),
            Mistake(
                "the sigmoid of 2z",
                "Your values are sigmoid(2z): half of what is asked, and on the wrong side.",
                lambda z: _gap(-np.asarray(z)) / 2,
            ),
            Mistake(
                "tanh",
                "Your values are tanh(z) itself. Asked is what is missing to 1.",
                tanh,
            ),
            Mistake(
                "the sign",
                "Your values are tanh(z) - 1: the sign is flipped, the gap is never negative.",
                lambda z: -_gap(z),
            ),
            Mistake(
                "the slope",
                "Your values are the slope, 1 - tanh(z)^2: the square does not belong here.",
                lambda z: 1 - np.tanh(z) ** 2,
            ),
            Mistake(
                "the slope, stable",
                "Your values are the slope, 1 - tanh(z)^2: the square does not belong here.",
                tanh.derivative,
            ),
            Mistake(
                "one side for both, subtracted",
                "You subtract the size of tanh(z): the left mirrors the right, but on the left "
                "almost 2 is missing.",
                lambda z: 1 - np.abs(np.tanh(z)),
            ),
            Mistake(
                "half of it, subtracted",
                "Your values are 1 - sigmoid(2z), half of the gap: tanh is twice as high. And the "
                "subtraction costs digits.",
                lambda z: (1 - np.tanh(z)) / 2,
            ),
            Mistake(
                "the sign, subtracted",
                "Your values are tanh(z) - 1: the sign is flipped, the gap is never negative.",
                lambda z: np.tanh(z) - 1,
            ),
            Mistake(
                "-tanh",
                "Your values are -tanh(z): the 1 is lost.",
                lambda z: -tanh(z),
            ),
            Mistake(
                "minus for plus",
                "In your denominator stands e^(2z) - 1. A sign is lost where you brought 1 and "
                "tanh over the same denominator.",
                lambda z: 2 / (np.exp(2.0 * z) - 1),
            ),
            Mistake(
                "minus for plus, turned round",
                "In your denominator stands 1 - e^(2z). A sign is lost where you brought 1 and "
                "tanh over the same denominator.",
                lambda z: 2 / (1 - np.exp(2.0 * z)),
            ),
            Mistake(
                "the denominator alone",
                "Your values are 1 + e^(2z): that is a denominator.",
                lambda z: 1 + np.exp(2.0 * z),
            ),
            Mistake(
                "brackets lost",
                "Brackets are lost: `2 / 1 + x` is 2 + x. The whole denominator stands in them.",
                lambda z: 2 / 1 + np.exp(2.0 * z),
            ),
            Mistake(
                "brackets lost, on both sides",
                "Brackets are lost: `2 * e / 1 + e` is 3e. The whole denominator stands in them.",
                lambda z: (
                    np.where(np.asarray(z) >= 0, 3, 1) * np.exp(-2.0 * np.abs(z))
                    + np.where(np.asarray(z) >= 0, 0, 2)
                ),
            ),
            Mistake(
                "1 / cosh",
                "Your values are 1 / cosh(z): one of the two exponentials above is too many.",
                lambda z: 1 / np.cosh(z),
            ),
            Mistake(
                "half on the left",
                "On the left your values are half of the right ones: the 2 belongs to both sides.",
                lambda z: _gap(z) / np.where(np.asarray(z) < 0, 2, 1),
            ),
            Mistake(
                "half on the right",
                "On the right your values are half of the right ones: the 2 belongs to both sides.",
                lambda z: _gap(z) / np.where(np.asarray(z) < 0, 1, 2),
            ),
            Mistake(
                "whole numbers only",
                "Your result loses its fractions: an array made like z holds whole numbers only "
                "where z does. Make it with dtype=float.",
                lambda z: _gap(z).astype(np.asarray(z).dtype),
            ),
            Mistake(
                "math.exp",
                "`math.exp` and `math.tanh` take single numbers alone. `np.exp` and `np.tanh` take "
                "arrays as well.",
                _one_number,
            ),
            Mistake(
                "Python's if",
                "An `if` wants one truth value, and an array has one for each entry: np.where "
                "chooses entry by entry.",
                _by_if,
            ),
            Mistake(
                "one axis only",
                "Your loop runs over one axis: it fails for a number, and for arrays with more "
                "axes. There is a way without a loop.",
                _one_axis,
            ),
            Mistake(
                "arrays alone",
                "Your code works for arrays alone: a number has no entries and no copy(). "
                "np.asarray(z, dtype=float) makes an array of it.",
                _into_a_copy,
            ),
        ),
    ),
    FunctionTask(
        name="tanh_backward",
        title="One layer backward",
        points=3,
        reference=_backward,
        arguments=("dL_da", "a", "W"),
        fixed=_layers,
        random=_random_layers,
        hints=(
            "Two steps, the last one of the forward pass first. Which one is that: the weights or "
            "the tanh?",
            "dL_dz is upstream times local, entry by entry. The local slope comes from a alone.",
            "From (batch, units) to (batch, features), a product with a matrix of shape "
            "(units, features) leads. W has shape (features, units).",
        ),
        why="Repeat it from layer to layer, and you have the backward pass of a deep tanh network.",
        mistakes=(
            *_BACKWARD_MISTAKES,
            Mistake(
                "both gradients",
                "You return two things, dL_dz and dL_dx. Asked is dL_dx alone.",
                _pair,
            ),
        ),
    ),
    ValueTask(
        name="tanh_predict",
        title="Predict: what is left of a gradient",
        points=3,
        expected=lambda: {
            "quarter": math.sqrt(3) / 2,
            "ten": (1 - 0.8**2) ** 10,
            "half": 0.49**5,
            "deeper": 16,
        },
        rtol=0.01,
        hints=(
            "The slope is 1 - a^2, a gradient is multiplied by what it passes, and 'one over the "
            "root' means: twice as many layers leave 1 / sqrt(2) of it.",
            "For the first, solve 1 - a^2 = 1/4. For the second, a slope to the power of 10. For "
            "the third, count the steps between six layers, not the layers.",
            "The slope at an output of 0.8 is 0.36. Between six layers there are five steps. And a "
            "quarter is left when the root of the number of layers is four times as large.",
        ),
        why="Saturated outputs and small weights cost far more than depth alone: lesson 08 puts "
        "all activations to this test.",
        mistakes=(
            Mistake(
                "the root forgotten",
                "'quarter': that is a^2. Asked is a.",
                {"quarter": 0.75},
            ),
            Mistake(
                "a^2 = 1/4",
                "'quarter': at a = 0.5 the slope is 1 - 0.25, and that is not 1/4.",
                {"quarter": 0.5},
            ),
            Mistake(
                "1 - a = 1/4 with a sign",
                "'quarter': asked is the positive one of the two outputs.",
                {"quarter": -math.sqrt(3) / 2},
            ),
            Mistake(
                "z for a",
                "'quarter': that is the z. Asked is the output a there.",
                {"quarter": math.atanh(math.sqrt(3) / 2)},
            ),
            Mistake(
                "the slope itself",
                "'quarter': 1/4 is the slope. Asked is the output a at which it is that.",
                {"quarter": 0.25},
            ),
            Mistake(
                "tanh's slope at 1/4",
                "'quarter': that is the slope where a is 1/4. Asked is where the slope is 1/4.",
                {"quarter": 1 - 0.25**2},
            ),
            Mistake(
                "the square forgotten, ten",
                "'ten': you took the slope 1 - 0.8. It is 1 - a^2.",
                {"ten": 0.2**10},
            ),
            Mistake(
                "the square alone, ten",
                "'ten': you took a^2 for the slope. It is 1 - a^2.",
                {"ten": 0.64**10},
            ),
            Mistake(
                "the sigmoid's slope, ten",
                "'ten': you took a (1 - a), the sigmoid's slope.",
                {"ten": 0.16**10},
            ),
            Mistake(
                "the outputs, ten",
                "'ten': you multiplied the outputs. A gradient is multiplied by the slopes.",
                {"ten": 0.8**10},
            ),
            Mistake(
                "tanh once more, ten",
                "'ten': you took 0.8 for z. It is the output already.",
                {"ten": (1 - math.tanh(0.8) ** 2) ** 10},
            ),
            Mistake(
                "added up, ten",
                "'ten': you multiplied the slope by ten. A walk back multiplies the slopes with "
                "each other.",
                {"ten": 3.6},
            ),
            Mistake(
                "one for ten",
                "'ten': that is one activation. There are ten.",
                {"ten": 0.36},
            ),
            Mistake(
                "nine for ten",
                "'ten': that is nine activations. There are ten.",
                {"ten": 0.36**9},
            ),
            Mistake(
                "eleven for ten",
                "'ten': that is eleven activations. There are ten.",
                {"ten": 0.36**11},
            ),
            Mistake(
                "the largest slope, ten",
                "'ten': you took the largest slope, 1. At an output of 0.8 it is less.",
                {"ten": 1},
            ),
            Mistake(
                "the sigmoid's largest slope, ten",
                "'ten': you took 1/4, the sigmoid's largest slope.",
                {"ten": 0.25**10},
            ),
            Mistake(
                "the signs, ten",
                "'ten': the sign of an output plays no part, since it is squared.",
                {"ten": 1.64**10},
            ),
            Mistake(
                "half of the signs, ten",
                "'ten': the sign of an output plays no part, since it is squared.",
                {"ten": (0.36 * 1.64) ** 5},
            ),
            Mistake(
                "a step for each layer",
                "'half': you counted six steps. From the sixth layer back to the first there are "
                "fewer.",
                {"half": 0.49**6},
            ),
            Mistake(
                "four steps",
                "'half': you counted four steps. Count them on your fingers, from layer 6 to "
                "layer 1.",
                {"half": 0.49**4},
            ),
            Mistake(
                "one step",
                "'half': that is what one step leaves.",
                {"half": 0.49},
            ),
            Mistake(
                "the root, half",
                "'half': that is the law for Xavier weights. With half-sized ones each step "
                "leaves a fixed share.",
                {"half": 1 / math.sqrt(6)},
            ),
            Mistake(
                "what is lost",
                "'half': you took the share that a step takes away. It leaves 0.49.",
                {"half": 0.51**5},
            ),
            Mistake(
                "added up, half",
                "'half': you multiplied 0.49 by the number of steps. It is a power.",
                {"half": 0.49 * 5},
            ),
            Mistake(
                "added up, half, six",
                "'half': you multiplied 0.49 by the number of layers. It is a power, of the steps.",
                {"half": 0.49 * 6},
            ),
            Mistake(
                "divided",
                "'half': you divided 0.49 by a number of layers or steps. It is a power.",
                {"half": 0.49 / 6},
            ),
            Mistake(
                "divided by the steps",
                "'half': you divided 0.49 by a number of layers or steps. It is a power.",
                {"half": 0.49 / 5},
            ),
            Mistake(
                "the inverse, half",
                "'half': you divided the last gradient by the first. Asked is the first, as a "
                "share of the last.",
                {"half": 0.49**-5},
            ),
            Mistake(
                "1 / layers",
                "'deeper': you let the gradient fall like 1 / layers. It falls like one over the "
                "root.",
                {"deeper": 4},
            ),
            Mistake(
                "the wrong way round",
                "'deeper': you took the root where you should undo it: four times as many layers "
                "would leave one half.",
                {"deeper": 2},
            ),
            Mistake(
                "eight times",
                "'deeper': by the law of one over the root, eight times as many layers leave 0.35 "
                "of the share.",
                {"deeper": 8},
            ),
            Mistake(
                "the share of the layers",
                "'deeper': asked is how many times as many, a number above 1.",
                {"deeper": 1 / 16},
            ),
            Mistake(
                "the share of the gradient",
                "'deeper': that is the share that is left. Asked is a number of times, above 1.",
                {"deeper": 1 / 4},
            ),
            Mistake(
                "the root of the share",
                "'deeper': that is the root of the share. Asked is a number of times, above 1.",
                {"deeper": 1 / 2},
            ),
            Mistake(
                "as many more",
                "'deeper': you gave how many times as many more. Asked is how many times as many.",
                {"deeper": 15},
            ),
            Mistake(
                "squared twice",
                "'deeper': you squared once too often: the root of the number of layers is four "
                "times as large.",
                {"deeper": 256},
            ),
            Mistake(
                "1/4 squared",
                "'quarter': you squared 1/4 as well. Set the slope 1 - a^2 equal to 1/4.",
                {"quarter": math.sqrt(1 - 1 / 16)},
            ),
            Mistake(
                "(1 - a)^2, ten",
                "'ten': you squared 1 - a. Only a is squared, and then subtracted.",
                {"ten": 0.04**10},
            ),
            Mistake(
                "five for ten",
                "'ten': you counted five activations. Those with the output -0.8 multiply too.",
                {"ten": 0.36**5},
            ),
            Mistake(
                "one half for 0.49",
                "'half': you took 0.5 for a step. It leaves 0.49, and over the steps that matters.",
                {"half": 0.5**5},
            ),
            Mistake(
                "the root of the steps, half",
                "'half': that is the law for Xavier weights. With half-sized ones each step "
                "leaves a fixed share.",
                {"half": 1 / math.sqrt(5)},
            ),
            Mistake(
                "seven steps",
                "'half': you counted seven steps. Count them on your fingers, from layer 6 to "
                "layer 1.",
                {"half": 0.49**7},
            ),
            Mistake(
                "what is lost on the way",
                "'half': that is the share that is lost. Asked is the one that is left.",
                {"half": 1 - 0.49**5},
            ),
            Mistake(
                "rounded too much, ten",
                "'ten': it is rounded too much. Write it as a power, then nothing is rounded.",
                {"ten": 3.7e-5},
            ),
            Mistake(
                "rounded too much, half",
                "'half': it is rounded too much. Write it as a power, then nothing is rounded.",
                {"half": 0.03},
            ),
            Mistake(
                "rounded too much, quarter",
                "'quarter': it is rounded too much. Write it with `np.sqrt`, then nothing is "
                "rounded.",
                {"quarter": 0.9},
            ),
        ),
    ),
)
