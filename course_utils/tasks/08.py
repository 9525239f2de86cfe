"""The tasks on gradient flow: a chain by hand, norms on the way back, steps, scale, a bound."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import sympy

from course_utils.activations import relu, sigmoid, tanh
from course_utils.answers import Call
from course_utils.tasks.kinds import (
    ExpressionTask,
    FunctionTask,
    Mistake,
    ValueTask,
    WitnessTask,
)

# ------------------------------------------------------------------------ a chain, by hand


def _chain() -> dict[str, float]:
    """Return the gradients of four ReLU neurons in a row: x = 32, weights 1/2, dL_dz4 = 3."""
    x, w, dL_dz = 32.0, 0.5, 3.0
    inputs, zs = [x], []
    for _ in range(4):
        zs.append(w * inputs[-1])
        inputs.append(float(relu(zs[-1])))
    found = {}
    for k in (4, 3, 2, 1):
        found |= {f"dL_dz{k}": dL_dz, f"dL_dw{k}": inputs[k - 1] * dL_dz}
        if k > 1:
            dL_dz = dL_dz * w * float(relu.derivative(zs[k - 2]))
    return {name: found[name] for name in ("dL_dz3", "dL_dz2", "dL_dz1", "dL_dw4", "dL_dw1")}


# ------------------------------------------------------------------- norms on the way back


def _through(dL_dz, W):
    return dL_dz @ W.T


def _walk(
    dL_dz,
    weights,
    zs,
    *,
    slope: Callable = tanh.derivative,
    back: Callable = _through,
    join: Callable = np.multiply,
    size: Callable = np.linalg.norm,
    shift: int = 0,
    matrices: slice = slice(None, 0, -1),
) -> list:
    """Return the size of dL_dz at each layer, first layer first; a mistake changes a part.

    `shift` = 1 takes the slopes of the layer after, `matrices` other weights on the way.
    """
    sizes = [size(dL_dz)]
    for W, z in zip(weights[matrices], zs[len(zs) - 2 + shift :: -1], strict=False):
        dL_dz = join(back(dL_dz, W), slope(z))
        sizes.append(size(dL_dz))
    return sizes[::-1]


def _norms(dL_dz, weights, zs):
    return np.array(_walk(dL_dz, weights, zs))


def _with(**parts) -> Callable:
    """Return the walk with other parts."""
    return lambda dL_dz, weights, zs: _walk(dL_dz, weights, zs, **parts)


def _arrived_as_dL_da(dL_dz, weights, zs):
    return _norms(dL_dz * tanh.derivative(zs[-1]), weights, zs)


def _steps(dL_dz, weights, zs):
    """Yield dL_da and dL_dz of each step, the last layer's first."""
    for W, z in zip(weights[:0:-1], zs[-2::-1], strict=True):
        dL_da = dL_dz @ W.T
        dL_dz = dL_da * tanh.derivative(z)
        yield dL_da, dL_dz


def _of_outputs(dL_dz, weights, zs):
    steps = _steps(dL_dz, weights, zs)
    return [np.linalg.norm(d) for d in (dL_dz, *(dL_da for dL_da, _ in steps))][::-1]


def _of_weights(dL_dz, weights, zs, g: Callable = tanh):
    """Return the norms of dL_dW where the input is known: without that of the first layer."""
    arrived = [dL_dz, *(d for _, d in _steps(dL_dz, weights, zs))]
    pairs = zip(zs[-2::-1], arrived, strict=False)
    return [np.linalg.norm(g(z).T @ d) for z, d in pairs][::-1]


def _slope_before_matrix(dL_dz, weights, zs):
    sizes = [np.linalg.norm(dL_dz)]
    for W, z in zip(weights[:0:-1], zs[:0:-1], strict=True):
        dL_dz = (dL_dz * tanh.derivative(z)) @ W.T
        sizes.append(np.linalg.norm(dL_dz))
    return sizes[::-1]


def _one_step_too_far(dL_dz, weights, zs):
    first = _walk(dL_dz, weights, zs, size=lambda d: d)[0]
    return [np.linalg.norm(first @ weights[0].T), *_walk(dL_dz, weights, zs)]


def _around_the_end(dL_dz, weights, zs):
    first = _walk(dL_dz, weights, zs, size=lambda d: d)[0]
    last = (first @ weights[0].T) * tanh.derivative(zs[-1])  # zs[k - 1] at k = 0
    return [np.linalg.norm(last), *_walk(dL_dz, weights, zs)]


def _own_matrix(dL_dz, weights, zs):
    """Return L + 1 numbers, the last one for what arrives."""
    sizes = [np.linalg.norm(dL_dz)]
    for W, z in zip(weights[::-1], zs[::-1], strict=True):
        dL_dz = (dL_dz @ W.T) * tanh.derivative(z)
        sizes.append(np.linalg.norm(dL_dz))
    return sizes[::-1]


def _slopes_not_carried_on(dL_dz, weights, zs):
    sizes = [np.linalg.norm(dL_dz)]
    for W, z in zip(weights[:0:-1], zs[-2::-1], strict=True):
        dL_dz = dL_dz @ W.T
        sizes.append(np.linalg.norm(dL_dz * tanh.derivative(z)))
    return sizes[::-1]


def _slopes_of_dL_da(dL_dz, weights, zs):
    return _walk(dL_dz, weights, zs, join=lambda dL_da, slope: dL_da * tanh.derivative(dL_da))


def _forward(dL_dz, weights, zs):
    """Return the norms of a walk in the order of the way forward, with L + 1 numbers."""
    sizes = [np.linalg.norm(dL_dz)]
    for W, z in zip(weights, zs, strict=True):
        dL_dz = (dL_dz @ W.T) * tanh.derivative(z)
        sizes.append(np.linalg.norm(dL_dz))
    return sizes


def _not_reversed(dL_dz, weights, zs):
    sizes = [np.linalg.norm(dL_dz)]
    for W, z in zip(weights[1:], zs[:-1], strict=True):
        dL_dz = (dL_dz @ W.T) * tanh.derivative(z)
        sizes.append(np.linalg.norm(dL_dz))
    return sizes


def _not_carried_on(dL_dz, weights, zs):
    sizes = [np.linalg.norm(dL_dz)]
    for W, z in zip(weights[:0:-1], zs[-2::-1], strict=True):
        sizes.append(np.linalg.norm((dL_dz @ W.T) * tanh.derivative(z)))
    return sizes[::-1]


def _product_of_norms(dL_dz, weights, zs):
    size = np.linalg.norm(dL_dz)
    sizes = [size]
    for W, z in zip(weights[:0:-1], zs[-2::-1], strict=True):
        size = size * np.linalg.norm(W) * np.linalg.norm(tanh.derivative(z))
        sizes.append(size)
    return sizes[::-1]


def _added_up(dL_dz, weights, zs):
    sizes = [np.linalg.norm(dL_dz)]
    for W, z in zip(weights[:0:-1], zs[-2::-1], strict=True):
        dL_dz = dL_dz + (dL_dz @ W.T) * tanh.derivative(z)
        sizes.append(np.linalg.norm(dL_dz))
    return sizes[::-1]


def _slopes_first(dL_dz, weights, zs):
    sizes = [np.linalg.norm(dL_dz)]
    for W, z in zip(weights[:0:-1], zs[-2::-1], strict=True):
        dL_dz = (dL_dz * tanh.derivative(z)) @ W.T
        sizes.append(np.linalg.norm(dL_dz))
    return sizes[::-1]


def _slopes_at_the_matrix(dL_dz, weights, zs):
    sizes = [np.linalg.norm(dL_dz)]
    for W, z in zip(weights[:0:-1], zs[-2::-1], strict=True):
        dL_dz = dL_dz @ (W.T * tanh.derivative(z))
        sizes.append(np.linalg.norm(dL_dz))
    return sizes[::-1]


def _bounds(dL_dz, weights, zs):
    bounds = [np.linalg.norm(dL_dz)]
    for W in weights[:0:-1]:
        bounds.append(bounds[-1] * np.linalg.norm(W, 2))
    return bounds[::-1]


def _in_one_array(dL_dz, weights, zs):
    return _norms(dL_dz, np.array(weights), zs)


def _network(seed: int, batch: int, widths: tuple[int, ...], *, is_ordinary: bool = True) -> Call:
    """Return a question on a network that was sent forward; its numbers have two decimals."""
    rng = np.random.default_rng(seed)
    a, weights, zs = np.round(rng.normal(size=(batch, widths[0])), 2), [], []
    for n, m in pairwise(widths):
        weights.append(np.round(rng.normal(0, 1.2 / np.sqrt(n), (n, m)), 2))
        zs.append(a @ weights[-1])
        a = tanh(zs[-1])
    dL_dz = np.round(rng.normal(size=(batch, widths[-1])), 2)
    return Call(dL_dz, weights, zs, ordinary=is_ordinary)


def _networks() -> list[Call]:
    """Return networks as wide as the batch, then others.

    In the first ones every product of matrices has a value, so a mistake in their order is
    recognised by it; in the others the shapes do not fit.
    """
    W1, W2, z1 = np.array([[0.5]]), np.array([[3.0]]), np.array([[0.5]])
    return [
        Call(np.array([[2.0]]), [W1, W2], [z1, tanh(z1) @ W2]),
        _network(1, 2, (2, 2, 2)),
        _network(2, 2, (2, 2, 2, 2)),
        _network(3, 3, (3, 3, 3, 3, 3)),
        _network(4, 2, (3, 4, 2), is_ordinary=False),
        _network(5, 5, (2, 3, 1, 4), is_ordinary=False),
        _network(6, 1, (4, 3, 2, 3, 2), is_ordinary=False),
        _network(7, 4, (3, 3, 3), is_ordinary=False),
    ]


def _random_networks(rng: np.random.Generator) -> list[Call]:
    seeds = rng.integers(10**6, size=3).tolist()
    widths = tuple(rng.integers(1, 6, 4).tolist())
    return [
        _network(seeds[0], 3, (3, 3, 3, 3)),
        _network(seeds[1], 4, (4,) * 6),
        _network(seeds[2], 2, widths, is_ordinary=False),
    ]


# ------------------------------------------------------------------- the scale that keeps it

# For each choice of the formula: a message, and what a mistake takes.
_COUNT = {
    "the layer's own units": (
        "You count the units of this layer. An entry of dL_dz2 @ W2.T is a sum: over which units?",
        lambda z, m: z.shape[1],
    ),
    "the examples": (
        "You count the examples. An entry of dL_dz2 @ W2.T is a sum, but it does not run over "
        "them.",
        lambda z, m: z.shape[0],
    ),
    "the mean of both layers": (
        "You count half of both layers' units together. For the way back alone, one of the two "
        "layers counts.",
        lambda z, m: (z.shape[1] + m) / 2,
    ),
    "the number of units forgotten": (
        "The number of units is missing: an entry of dL_dz2 @ W2.T is a sum of many terms.",
        lambda z, m: 1,
    ),
    "both layers multiplied": (
        "You multiply the numbers of units of both layers: each sum runs over the units of one.",
        lambda z, m: z.shape[1] * m,
    ),
    "units and examples": (
        "You count units and examples together: an entry of dL_dz2 @ W2.T is a sum, "
        "and it does not run over the examples.",
        lambda z, m: z.shape[0] * m,
    ),
    "the entries of z1": (
        "You count the entries of z1. An entry of dL_dz2 @ W2.T is a sum: over which units?",
        lambda z, m: z.size,
    ),
    "the quotient of both layers": (
        "You divide the numbers of units of both layers by each other: each sum runs "
        "over the units of one.",
        lambda z, m: z.shape[1] / m,
    ),
}
_MEAN = {
    "the mean slope": (
        "You average the slopes as they are. The mean square is multiplied by the average of "
        "their squares.",
        lambda z: np.mean(sigmoid.derivative(z)),
    ),
    "the square of the mean slope": (
        "You average first and square then. Square each slope, then average.",
        lambda z: np.mean(sigmoid.derivative(z)) ** 2,
    ),
    "the outputs": (
        "You average the squared outputs: that is the way forward. On the way back the slopes "
        "count.",
        lambda z: np.mean(sigmoid(z) ** 2),
    ),
    "z for the output": (
        "Your slope is z (1 - z): that rule wants the output a, and you passed z.",
        lambda z: np.mean((z * (1 - z)) ** 2),
    ),
    "the squares of z": (
        "You average the squares of z: the squares of the slopes at z are wanted.",
        lambda z: np.mean(np.square(z, dtype=float)),
    ),
    "slopes forgotten": (
        "The slopes are forgotten: that is Xavier's scale.",
        lambda z: 1,
    ),
    "He's scale": (
        "You take one half for the slopes: that is He's scale, made for ReLU.",
        lambda z: 1 / 2,
    ),
    "the largest slope": (
        "You take a quarter for every slope. That is the largest one; most are smaller.",
        lambda z: 1 / 16,
    ),
    "a quarter for the square": (
        "You take a quarter for the mean squared slope. A quarter is the largest slope, and it is "
        "not squared.",
        lambda z: 1 / 4,
    ),
    "the squares added up": (
        "You add up the squared slopes: their average is wanted.",
        lambda z: np.sum(sigmoid.derivative(z) ** 2),
    ),
    "the slope at the mean z": (
        "You take the slope at the average z. Take the slope at each z, and average their squares.",
        lambda z: sigmoid.derivative(np.mean(z)) ** 2,
    ),
    "the slopes of tanh": (
        "Your slopes are tanh's: this layer has the sigmoid.",
        lambda z: np.mean(tanh.derivative(z) ** 2),
    ),
    "the slopes of ReLU": (
        "Your slopes are ReLU's, 0 or 1: this layer has the sigmoid.",
        lambda z: np.mean(relu.derivative(z) ** 2),
    ),
    "the spread of the slopes": (
        "You take the variance of the slopes, so their mean is subtracted. Average the squares of "
        "the slopes as they are.",
        lambda z: np.var(sigmoid.derivative(z)),
    ),
    "the fourth power": (
        "You square the slopes twice.",
        lambda z: np.mean(sigmoid.derivative(z) ** 4),
    ),
    "the steepest slope": (
        "You take the steepest slope that occurs: every unit and example counts, so average.",
        lambda z: np.max(sigmoid.derivative(z)) ** 2,
    ),
    "the slopes at the output": (
        "You applied the sigmoid before you took the slope: `sigmoid.derivative` takes z.",
        lambda z: np.mean(sigmoid.derivative(sigmoid(z)) ** 2),
    ),
    "the rule of tanh": (
        "Your slope is 1 - a^2: that is the rule of tanh, and this layer has the sigmoid.",
        lambda z: np.mean((1 - sigmoid(z) ** 2) ** 2),
    ),
    "a factor lost": (
        "Your slope is 1 - a: the factor a is lost.",
        lambda z: np.mean((1 - sigmoid(z)) ** 2),
    ),
    "the standard deviation of the slopes": (
        "You take the standard deviation of the slopes, so their mean is subtracted. "
        "Average the squares of the slopes as they are.",
        lambda z: np.std(sigmoid.derivative(z)),
    ),
    "the slope at the mean z, not squared": (
        "You take the slope at the average z. Take the slope at each z, and average their squares.",
        lambda z: sigmoid.derivative(np.mean(z)),
    ),
    "the mean output": (
        "You average the outputs: that is the way forward. On the way back the slopes"
        " count, squared.",
        lambda z: np.mean(sigmoid(z)),
    ),
    "the spread of z": (
        "You take the standard deviation of z1: the squares of the slopes at z1 are wanted.",
        lambda z: np.std(z),
    ),
    "the variance of z": (
        "You take the variance of z1: the squares of the slopes at z1 are wanted.",
        lambda z: np.var(z),
    ),
    "the norm of the slopes": (
        "You take the norm of the slopes, a root of a sum: the mean of their squares is wanted.",
        lambda z: np.linalg.norm(sigmoid.derivative(z)),
    ),
    "the median": (
        "You take the median: the theory averages.",
        lambda z: np.median(sigmoid.derivative(z) ** 2),
    ),
    "the slopes of tanh, not squared": (
        "Your slopes are tanh's, and this layer has the sigmoid. And each is to be squared.",
        lambda z: np.mean(tanh.derivative(z)),
    ),
    "the flattest slope": (
        "You take the flattest slope that occurs: every unit and example counts, so average.",
        lambda z: np.min(sigmoid.derivative(z)) ** 2,
    ),
    "the mean size of z": (
        "You average the sizes of z1: the squares of the slopes at z1 are wanted.",
        lambda z: np.mean(np.abs(z)),
    ),
}
_FORM = {
    "the variance": (
        "That is the variance of the weights: the standard deviation is its root.",
        lambda count, mean: 1 / (count * mean),
    ),
    "upside down": (
        "That is upside down: it is what a step leaves of the norm if the standard deviation is 1.",
        lambda count, mean: np.sqrt(count * mean),
    ),
    "the factor itself": (
        "That is what a step does to the mean square if the standard deviation is 1: which one "
        "makes up for it?",
        lambda count, mean: count * mean,
    ),
    "multiplied by the slopes": (
        "You divide by the units alone, and multiply by the slopes: the smaller the slopes, the "
        "larger the weights must be.",
        lambda count, mean: np.sqrt(mean / count),
    ),
    "the units divided by the slopes": (
        "You divide by the slopes alone, and multiply by the units: the more terms a sum has, the "
        "smaller the weights must be.",
        lambda count, mean: np.sqrt(count / mean),
    ),
    "the root of the slopes alone": (
        "The root covers the mean squared slope alone: the number of units belongs under it too.",
        lambda count, mean: 1 / (count * np.sqrt(mean)),
    ),
    "the root of the units alone": (
        "The root covers the number of units alone: the mean squared slope belongs under it too.",
        lambda count, mean: 1 / (np.sqrt(count) * mean),
    ),
    "the root twice": (
        "You took the root twice.",
        lambda count, mean: (count * mean) ** -0.25,
    ),
    "multiplied by the slopes, no root": (
        "You divide by the units alone, multiply by the slopes, and take no root: the"
        " smaller the slopes, the larger the weights must be.",
        lambda count, mean: mean / count,
    ),
    "multiplied by the slopes, a root too few": (
        "You divide by the units alone, and multiply by the slopes: the smaller the "
        "slopes, the larger the weights must be.",
        lambda count, mean: mean / np.sqrt(count),
    ),
    "multiplied by the units, a root too few": (
        "You divide by the slopes alone, and multiply by the units: the more terms a "
        "sum has, the smaller the weights must be.",
        lambda count, mean: count / np.sqrt(mean),
    ),
    "squared for the root": (
        "You square where a root is to be taken.",
        lambda count, mean: 1 / (count * mean) ** 2,
    ),
}


def _units(z, m):
    return m


def _mean_squared_slope(z):
    return np.mean(sigmoid.derivative(z) ** 2)


def _standard_deviation(count, mean):
    return 1 / np.sqrt(count * mean)


def _scale(z, m, *, count=_units, mean=_mean_squared_slope, form=_standard_deviation):
    return form(count(z, m), mean(z))


def _scale_mistakes() -> list[Mistake]:
    """Return each wrong choice alone, then the pairs that go together in practice."""
    choices = {"count": _COUNT, "mean": _MEAN, "form": _FORM}

    def mistake(**names: str) -> Mistake:
        found = {choice: choices[choice][name] for choice, name in names.items()}
        parts = {choice: part for choice, (_, part) in found.items()}
        return Mistake(
            ", ".join(names.values()),
            " ".join(message for message, _ in found.values()),
            lambda z, m: _scale(z, m, **parts),
        )

    own, none = "the layer's own units", "the number of units forgotten"
    means = (
        "the mean slope",
        "the square of the mean slope",
        "the outputs",
        "z for the output",
        "slopes forgotten",
        "He's scale",
        "the slopes of tanh",
        "a quarter for the square",
    )
    forms = ("the variance", "upside down")
    return [
        *(mistake(**{choice: name}) for choice, table in choices.items() for name in table),
        *(mistake(count=own, mean=mean) for mean in means),
        *(mistake(count=own, form=form) for form in (*forms, "the factor itself")),
        *(mistake(count=none, form=form) for form in (*forms, "the factor itself")),
        *(mistake(mean=mean, form=form) for mean in means for form in forms),
        *(mistake(count=own, mean=mean, form="the variance") for mean in means[4:6]),
        mistake(count=own, mean="the mean slope", form="the variance"),
        mistake(count=none, mean="the mean slope"),
        mistake(mean="the mean slope", form="multiplied by the slopes, a root too few"),
        mistake(count="the mean of both layers", mean="slopes forgotten"),
        mistake(count="the examples", mean="the mean slope"),
    ]


def _layers() -> list[Call]:
    """Return pre-activations of a layer, and numbers of units that it feeds: no two alike."""
    single = np.float32
    return [
        Call(np.array([[0.0, 1.0], [-1.0, 2.0], [0.5, -2.5]]), 4),
        Call(np.array([[0.5, -3.0, 1.5]]), 10),
        Call(np.array([[2.0], [-0.5], [4.0], [1.0]]), 6),
        Call(np.array([[1, -2, 3, 0], [4, 0, -1, 2]]), 9),
        Call(np.array([[0.25, -1.5, 2.5], [3.0, 0.75, -0.5]], dtype=single), 7),
        Call(np.linspace(-6, 6, 40).reshape(8, 5), 100),
    ]


def _random_layers(rng: np.random.Generator) -> list[Call]:
    return [
        Call(rng.normal(0.3, 2, (rows, n)), int(m))
        for rows, n, m in ((4, 3, rng.integers(8, 20)), (6, 7, rng.integers(20, 200)))
    ]


# -------------------------------------------------------------------------- a bound that fails


def _step_back(w, z1):
    """Return the size of dL_dz1 if dL_dz2 is 1 and z2 = w * sigmoid(z1)."""
    return abs(w) * float(sigmoid.derivative(z1))


def _complaint(w, z1) -> str:
    if not (np.isfinite(w) and np.isfinite(z1)):
        return "Give two finite numbers."
    if w == 0:
        return "A weight of 0 lets nothing through. (The weight comes first, then z1.)"
    left = _step_back(w, z1)
    if left >= 1:
        return ""
    told = f"There dL_dz1 has the size {left:.3g}, and dL_dz2 is 1: the claim holds."
    if abs(w) > 4:
        slope = float(sigmoid.derivative(z1))
        return f"{told} The weight is large, but the slope at this z1 is only {slope:.3g}."
    return f"{told} No slope is above a quarter: how large must a weight be to make up for it?"


# ----------------------------------------------------------------- formulas for the steps

p, r = sympy.symbols("p r", real=True)

_STEPS = {
    "no logarithm": "The steps multiply each other, so their number stands in an exponent: to get "
    "it out of there takes logarithms.",
    "a power": "You took a power. Sought is the number of steps, and that is an exponent: it takes "
    "logarithms.",
    "the logarithms added": "You added or subtracted logarithms (or took that of a product or a "
    "quotient). A quotient of two logarithms is wanted.",
}
_STEPS_MADE = {
    "no logarithm": (
        r / p,
        r / sympy.sqrt(p),
        r**2 / p,
        r / p**2,
        sympy.sqrt(r) / p,
        sympy.sqrt(r / p),
        2 * r / p,
        p / r,
        sympy.sqrt(p) / r,
        p * r,
        1 / (p * r),
        (1 - r) / p,
        (1 - r) / (1 - sympy.sqrt(p)),
        (1 - r**2) / (1 - p),
    ),
    "a power": (
        p**r,
        sympy.sqrt(p) ** r,
        p ** (1 / r),
        r**p,
        r ** (1 / p),
        r ** (2 / p),
        r ** sympy.sqrt(p),
        r ** (1 / sympy.sqrt(p)),
    ),
    "the logarithms added": (
        sympy.log(r / p),
        2 * sympy.log(r / p),
        sympy.log(r / sympy.sqrt(p)),
        sympy.log(r**2 / p),
        sympy.log(r * p),
        sympy.log(r**2 * p),
        sympy.log(r * sympy.sqrt(p)),
    ),
}

TASKS = (
    ValueTask(
        name="flow_chain",
        title="A chain by hand",
        points=3,
        expected=_chain,
        hints=(
            "First go forward, from x to z4, and keep every number. All the slopes are alike: "
            "which are they?",
            "From dL_dz4 to dL_dz3: through the weight between them, then times the slope at z3. "
            "For a weight: what comes into the neuron, times the gradient of its z.",
            "z1 to z4 are 16, 8, 4 and 2, all above 0. So each step back only meets the weight "
            "1/2. Into neuron 4 comes a3, and into neuron 1 comes x.",
        ),
        why="The other two weights have that same gradient: a plot of weight gradients would be a "
        "flat line, while that of z falls to an eighth.",
        mistakes=(
            Mistake(
                "a step too far",
                "You went one step too far: dL_dz3 is one step away from dL_dz4, and not two.",
                {"dL_dz3": 0.75, "dL_dz2": 0.375, "dL_dz1": 0.1875},
            ),
            Mistake(
                "a step behind",
                "You passed on dL_dz4 unchanged as dL_dz3: it meets a weight on that step too.",
                {"dL_dz3": 3, "dL_dz2": 1.5, "dL_dz1": 0.75},
            ),
            Mistake(
                "slope one half",
                "You took a slope of 1/2 at each step. One half is ReLU's average; these four "
                "neurons are all active.",
                {"dL_dz3": 0.75, "dL_dz2": 0.1875},
            ),
            Mistake(
                "first and last turned round",
                "You have dL_dz1 and dL_dz3 the wrong way round: the walk begins at the last "
                "neuron.",
                {"dL_dz3": 0.375, "dL_dz2": 0.75, "dL_dz1": 1.5},
            ),
            Mistake(
                "the slope of the sigmoid",
                "You took a quarter for each slope: these neurons have ReLU.",
                {"dL_dz3": 0.375, "dL_dz2": 0.375 / 8},
            ),
            Mistake(
                "the root of one half",
                "0.71 is what a step leaves on average, with random weights. Here you know the "
                "weight and every z.",
                {"dL_dz3": 3 * 0.5**0.5},
            ),
            Mistake(
                "the weights forgotten",
                "You passed on what arrives unchanged: on its way to z3 it meets a weight.",
                {"dL_dz3": 3, "dL_dz2": 3, "dL_dz1": 3},
            ),
            Mistake(
                "divided by the weights",
                "You divided by the weight: at a product, downstream is upstream times the other "
                "factor.",
                {"dL_dz3": 6, "dL_dz2": 12, "dL_dz1": 24},
            ),
            Mistake(
                "multiplied by z as well",
                "You multiplied by z, or by the output: the local gradient of ReLU is its slope.",
                {"dL_dz3": 6, "dL_dz2": 24, "dL_dz1": 192},
            ),
            Mistake(
                "multiplied by z for the weight",
                "You multiplied by z, or by the output: back from z4 to z3 it meets the weight and "
                "the slope.",
                {"dL_dz3": 12, "dL_dz2": 96},
            ),
            Mistake(
                "always from the last neuron",
                "Each of your steps starts from dL_dz4: carry on from what the step before left.",
                {"dL_dz2": 1.5, "dL_dz1": 1.5},
            ),
            Mistake(
                "begun with 1",
                "You began with 1. What arrives at the last neuron is dL_dz4 = 3.",
                {"dL_dz3": 0.5, "dL_dz2": 0.25, "dL_dz1": 0.125},
            ),
            Mistake(
                "local for downstream",
                "Those are local gradients: multiply each by what arrives.",
                {"dL_dz3": 0.5, "dL_dz2": 0.5, "dL_dz1": 0.5},
            ),
            Mistake(
                "subtracted",
                "You subtracted the weight at each step: it is multiplied.",
                {"dL_dz3": 2.5, "dL_dz2": 2.0, "dL_dz1": 1.5},
            ),
            Mistake(
                "the way forward",
                "Those are the values of z, on the way forward.",
                {"dL_dz3": 4, "dL_dz2": 8, "dL_dz1": 16},
            ),
            Mistake(
                "dead",
                "You took the slopes to be 0: every z here is above 0.",
                {"dL_dz3": 0, "dL_dz2": 0, "dL_dz1": 0},
            ),
            Mistake(
                "the neuron's own output",
                "For the weights you multiplied by the neuron's own z or output. The other factor "
                "of a weight is what comes in.",
                {"dL_dw4": 6, "dL_dw1": 6},
            ),
            Mistake(
                "the input forgotten",
                "For the weights you took dL_dz itself: what comes into the neuron is missing.",
                {"dL_dw4": 3, "dL_dw1": 0.375},
            ),
            Mistake(
                "the weight for the input",
                "For the weights you multiplied dL_dz by the weight. The other factor of a weight "
                "is what comes in.",
                {"dL_dw4": 1.5, "dL_dw1": 0.1875},
            ),
            Mistake(
                "the inputs alone",
                "For the weights you took what comes in alone: multiply it by dL_dz.",
                {"dL_dw4": 4, "dL_dw1": 32},
            ),
            Mistake(
                "the gradient of the last neuron everywhere",
                "For w1 you took dL_dz4: take the gradient that arrives at neuron 1.",
                {"dL_dw1": 96},
            ),
            Mistake(
                "x everywhere",
                "For w4 you took x: into neuron 4 comes the output of neuron 3.",
                {"dL_dw4": 96},
            ),
            Mistake(
                "a2 for a3",
                "For w4 you took a2: into neuron 4 comes the output of neuron 3.",
                {"dL_dw4": 24},
            ),
            Mistake(
                "dL_dz2 for dL_dz1",
                "For w1 you took dL_dz2: take the gradient that arrives at neuron 1.",
                {"dL_dw1": 24},
            ),
            Mistake(
                "a1 for x",
                "For w1 you took the output a1, or multiplied by w1 once more: the other factor is "
                "x, which comes in.",
                {"dL_dw1": 6},
            ),
            Mistake(
                "a step off at w4",
                "For w4 you are one step off: it is what comes into neuron 4, times the gradient "
                "at neuron 4.",
                {"dL_dw4": 6},
            ),
            Mistake(
                "dL_dz4 for dL_dw4",
                "For w4 you took dL_dz4 itself: what comes into the neuron is missing.",
                {"dL_dw4": 3},
            ),
            Mistake(
                "dL_dz1 for dL_dw1",
                "For w1 you took dL_dz1 itself: what comes into the neuron is missing.",
                {"dL_dw1": 0.375},
            ),
            Mistake(
                "the outputs alone",
                "For the weights you took the neuron's own output: multiply what comes in by "
                "dL_dz.",
                {"dL_dw4": 2, "dL_dw1": 16},
            ),
            Mistake(
                "the weights added",
                "You added the weight at each step: it is multiplied.",
                {"dL_dz3": 3.5, "dL_dz2": 4.0, "dL_dz1": 4.5},
            ),
        ),
    ),
    FunctionTask(
        name="flow_backward",
        title="The norm at each layer",
        points=4,
        reference=_norms,
        arguments=("dL_dz", "weights", "zs"),
        fixed=_networks,
        random=_random_networks,
        rtol=1e-5,
        is_pure=True,
        hints=(
            "One step back goes through one matrix, and then through the slopes of one layer. Take "
            "the norm after each step. How many steps are there for L layers?",
            "Between layer k and layer k + 1 stands the matrix of layer k + 1. Behind it come the "
            "slopes at the z of layer k. The first matrix is never met.",
            "Start a list with the norm of dL_dz. Walk back from the last matrix to the second: "
            "@ W.T, times the slopes at the z of the layer before, norm. At the end turn the list "
            "round.",
        ),
        why="Plot these numbers on a logarithmic scale, and a gradient that vanishes or explodes "
        "is a straight line.",
        mistakes=(
            Mistake(
                "the last layer first",
                "The order is turned round: the first layer's norm comes first.",
                lambda *arguments: _norms(*arguments)[::-1],
            ),
            Mistake(
                "no slopes",
                "The slopes are missing: W.T gives dL_da, and from there to dL_dz it is one "
                "more product.",
                _with(slope=np.ones_like),
            ),
            Mistake(
                "the output for the slope",
                "You multiply by tanh(z), the output: the local gradient is its slope.",
                _with(slope=tanh),
            ),
            Mistake(
                "z for the output",
                "Your slope is 1 - z^2: that rule wants the output a, and you passed z.",
                _with(slope=lambda z: 1 - z**2),
            ),
            Mistake(
                "the square forgotten",
                "Your slope is 1 - tanh(z): the square is missing.",
                _with(slope=lambda z: 1 - tanh(z)),
            ),
            Mistake(
                "the square of the bracket",
                "Your slope is (1 - tanh(z))^2: only the output is squared.",
                _with(slope=lambda z: (1 - tanh(z)) ** 2),
            ),
            Mistake(
                "the sigmoid's rule",
                "Your slope is a (1 - a): that is the sigmoid's rule, and these layers have tanh.",
                _with(slope=lambda z: tanh(z) * (1 - tanh(z))),
            ),
            Mistake(
                "the slope of the sigmoid",
                "Your slopes are the sigmoid's: these layers have tanh.",
                _with(slope=sigmoid.derivative),
            ),
            Mistake(
                "the slope of ReLU",
                "Your slopes are ReLU's, 0 or 1: these layers have tanh.",
                _with(slope=relu.derivative),
            ),
            Mistake(
                "tanh twice",
                "You applied tanh to the output once more: a = tanh(z), and the slope is 1 - a^2.",
                _with(slope=lambda z: 1 - tanh(tanh(z)) ** 2),
            ),
            Mistake(
                "plus for minus",
                "Your slope is 1 + a^2: a plus stands where a minus belongs.",
                _with(slope=lambda z: 1 + tanh(z) ** 2),
            ),
            Mistake(
                "the output squared",
                "Your slope is a^2: it is subtracted from 1.",
                _with(slope=lambda z: tanh(z) ** 2),
            ),
            Mistake(
                "multiplied by z",
                "You multiply by z: the local gradient is the slope of tanh at z.",
                _with(slope=lambda z: z),
            ),
            Mistake(
                "the slope squared",
                "You square the slopes. Squares belong to the average over many weights; here "
                "each entry is multiplied by its slope.",
                _with(slope=lambda z: tanh.derivative(z) ** 2),
            ),
            Mistake(
                "divided by the slopes",
                "You divide by the slopes: on the way back they are multiplied.",
                _with(join=np.divide),
            ),
            Mistake(
                "added to the slopes",
                "You add the slopes: on the way back they are multiplied.",
                _with(join=np.add),
            ),
            Mistake(
                "@ for the slopes",
                "You used @ for the slopes: an activation acts entry by entry, so *.",
                _with(join=np.matmul),
            ),
            Mistake(
                "the slopes at dL_da",
                "You take the slopes of tanh at the gradient that arrives: they belong at z.",
                _slopes_of_dL_da,
            ),
            Mistake(
                "the slopes not carried on",
                "You multiply by the slopes for the norm only: the array that goes on to the "
                "next step needs them too.",
                _slopes_not_carried_on,
            ),
            Mistake(
                "the matrix not transposed",
                "You multiply by W as it is. On the way back each matrix stands transposed.",
                _with(back=lambda d, W: d @ W),
            ),
            Mistake(
                "the slopes of the layer after",
                "You take the slopes of the wrong layer. A matrix takes you to the layer before"
                " it: there the slopes belong to that layer's z.",
                _with(shift=1),
            ),
            Mistake(
                "the arrived taken for dL_da",
                "You multiply what arrives by the slopes of the last layer. It is dL_dz "
                "already, so these slopes are in it.",
                _arrived_as_dL_da,
            ),
            Mistake(
                "the slopes before the matrix",
                "You multiply by the slopes of a layer before you leave it, but dL_dz has these"
                " slopes in it already. First the matrix, then the slopes of the layer before.",
                _slope_before_matrix,
            ),
            Mistake(
                "its own matrix",
                "You pair each z with its own layer's matrix, and take one step too many. The "
                "matrix of a layer leads back to the layer before: there the slopes are taken.",
                _own_matrix,
            ),
            Mistake(
                "its own matrix, what arrives left out",
                "You pair each z with its own layer's matrix. The matrix of a layer leads back "
                "to the layer before: there the slopes are taken.",
                lambda *arguments: _own_matrix(*arguments)[:-1],
            ),
            Mistake(
                "the last matrix left out",
                "You leave out the last matrix and use the first: the way back from the last "
                "layer begins with the last matrix.",
                _with(matrices=slice(-2, None, -1)),
            ),
            Mistake(
                "the walk not turned round",
                "You meet the matrices and slopes in the order of the way forward: begin with "
                "those at the end.",
                _not_reversed,
            ),
            Mistake(
                "the walk not turned round, one too many",
                "You meet the matrices and slopes in the order of the way forward: begin with "
                "those at the end.",
                _forward,
            ),
            Mistake(
                "the walk not turned round, all pairs",
                "You meet the matrices and slopes in the order of the way forward: begin with "
                "those at the end.",
                lambda *arguments: _forward(*arguments)[1:],
            ),
            Mistake(
                "the matrices not turned round",
                "You meet the matrices in the order of the way forward: begin with the last one.",
                _with(matrices=slice(1, None)),
            ),
            Mistake(
                "entry by entry",
                "You used * for the matrix: each entry is a sum over units, so @.",
                _with(back=lambda d, W: d * W.T),
            ),
            Mistake(
                "entry by entry, not transposed",
                "You used * for the matrix: each entry is a sum over units, so @, and it is W.T.",
                _with(back=lambda d, W: d * W),
            ),
            Mistake(
                "W.T from the left",
                "You put W.T to the left: the rows of dL_dz are examples, so it stands on the "
                "left.",
                _with(back=lambda d, W: W.T @ d),
            ),
            Mistake(
                "W from the left",
                "You put W to the left: the rows of dL_dz are examples, so dL_dz stands there.",
                _with(back=lambda d, W: W @ d),
            ),
            Mistake(
                "dL_dz transposed",
                "You transposed dL_dz: it is the matrix that is transposed.",
                _with(back=lambda d, W: d.T @ W),
            ),
            Mistake(
                "the inverse",
                "You multiply by the inverse of W. On the way back each matrix stands transposed.",
                _with(back=lambda d, W: d @ np.linalg.inv(W)),
            ),
            Mistake(
                "weights forgotten",
                "The matrices are missing: your gradient meets the slopes alone.",
                _with(back=lambda d, W: d),
            ),
            Mistake(
                "what arrives, times each slope",
                "You multiply what arrives by each layer's slopes: on its way it meets the "
                "matrices, and one layer after the other.",
                lambda dL_dz, weights, zs: [np.linalg.norm(dL_dz * tanh.derivative(z)) for z in zs],
            ),
            Mistake(
                "always from the last layer",
                "Each of your steps starts from the last layer's gradient: it must start from "
                "what the step before it left.",
                _not_carried_on,
            ),
            Mistake(
                "the norm squared",
                "You return the squares of the norms, the sums of the squared entries: the root"
                " is missing.",
                _with(size=lambda d: np.sum(d**2)),
            ),
            Mistake(
                "the root mean square",
                "You divide by the number of entries before the root: the norm is the root of "
                "the sum.",
                _with(size=lambda d: np.sqrt(np.mean(d**2))),
            ),
            Mistake(
                "the mean square",
                "You return mean squares: the norm is the root of the sum of the squares.",
                _with(size=lambda d: np.mean(d**2)),
            ),
            Mistake(
                "the largest entry",
                "You return the largest entries, not the norms.",
                _with(size=lambda d: np.max(np.abs(d))),
            ),
            Mistake(
                "the operator norm",
                "With the 2, `norm` gives the operator norm: the most by which a matrix can "
                "stretch a vector. Here all entries count, the root of the sum of their "
                "squares.",
                _with(size=lambda d: np.linalg.norm(d, 2)),
            ),
            Mistake(
                "the norm with a 1",
                "With the 1, `norm` gives the largest sum of a column. Here all entries count, "
                "the root of the sum of their squares.",
                _with(size=lambda d: np.linalg.norm(d, 1)),
            ),
            Mistake(
                "the sizes of the entries",
                "You add up the sizes of the entries: the norm adds up their squares, and takes"
                " the root.",
                _with(size=lambda d: np.sum(np.abs(d))),
            ),
            Mistake(
                "the mean size of the entries",
                "You average the sizes of the entries: the norm adds up their squares, and "
                "takes the root.",
                _with(size=lambda d: np.mean(np.abs(d))),
            ),
            Mistake(
                "the sum of the entries",
                "You add up the entries, and their signs cancel: the norm adds up their "
                "squares, and takes the root.",
                _with(size=np.sum),
            ),
            Mistake(
                "the mean of the entries",
                "You average the entries, and their signs cancel: the norm adds up their "
                "squares, and takes the root.",
                _with(size=np.mean),
            ),
            Mistake(
                "the spread of the entries",
                "You return standard deviations: the norm is the root of the sum of the squares.",
                _with(size=np.std),
            ),
            Mistake(
                "for each example",
                "You return a norm for each example (axis=1): one for all entries together is "
                "wanted.",
                _with(size=lambda d: np.linalg.norm(d, axis=1)),
            ),
            Mistake(
                "for each unit",
                "You return a norm for each unit (axis=0): one for all entries together is wanted.",
                _with(size=lambda d: np.linalg.norm(d, axis=0)),
            ),
            Mistake(
                "the mean over the examples",
                "You average the norms of the rows: one norm for all entries together is wanted.",
                _with(size=lambda d: np.mean(np.linalg.norm(d, axis=1))),
            ),
            Mistake(
                "the sum over the examples",
                "You add up the norms of the rows: one norm for all entries together is wanted.",
                _with(size=lambda d: np.sum(np.linalg.norm(d, axis=1))),
            ),
            Mistake(
                "divided by the batch",
                "You divide the norms by the number of examples: the norm is that of the array "
                "as it is.",
                _with(size=lambda d: np.linalg.norm(d) / len(d)),
            ),
            Mistake(
                "the gradients",
                "You return the gradients: take the norm of each.",
                _with(size=lambda d: d),
            ),
            Mistake(
                "the norm of dL_da",
                "You take the norms before the slopes: those are norms of dL_da.",
                _of_outputs,
            ),
            Mistake(
                "of the weights",
                "Those are norms of dL_dW. Asked are those of dL_dz.",
                _of_weights,
            ),
            Mistake(
                "of the weights, from z",
                "You multiplied z and dL_dz, as if for dL_dW. Asked are the norms of dL_dz.",
                lambda *arguments: _of_weights(*arguments, g=np.asarray),
            ),
            Mistake(
                "of z",
                "Those are the norms of z, on the way forward.",
                lambda dL_dz, weights, zs: [np.linalg.norm(z) for z in zs],
            ),
            Mistake(
                "of the outputs",
                "Those are the norms of the outputs, on the way forward.",
                lambda dL_dz, weights, zs: [np.linalg.norm(tanh(z)) for z in zs],
            ),
            Mistake(
                "of the matrices",
                "Those are the norms of the matrices.",
                lambda dL_dz, weights, zs: [np.linalg.norm(W) for W in weights],
            ),
            Mistake(
                "of the slopes",
                "Those are the norms of the slopes: carry dL_dz back through them.",
                lambda dL_dz, weights, zs: [np.linalg.norm(tanh.derivative(z)) for z in zs],
            ),
            Mistake(
                "norms multiplied",
                "You multiply norms. The norm of a product is not the product of the norms: "
                "carry the whole array back, and take its norm.",
                _product_of_norms,
            ),
            Mistake(
                "divided by the last",
                "You divide by the last layer's norm: return the norms as they are.",
                lambda *arguments: _norms(*arguments) / _norms(*arguments)[-1],
            ),
            Mistake(
                "one step too far",
                "You return one number too many: behind the first matrix stands the input x, "
                "and no layer.",
                _one_step_too_far,
            ),
            Mistake(
                "around the end of the list",
                "You return one number too many. At the first layer, `k - 1` is -1, and "
                "`zs[-1]` is the last z: stop a step earlier.",
                _around_the_end,
            ),
            Mistake(
                "the last layer left out",
                "The last layer's norm is missing: it is the norm of what arrives.",
                lambda *arguments: _norms(*arguments)[:-1],
            ),
            Mistake(
                "the first layer left out",
                "The first layer's norm is missing: you stop one step too early.",
                lambda *arguments: _norms(*arguments)[1:],
            ),
            Mistake(
                "one step alone",
                "You return after one step: does `return` stand inside the loop?",
                lambda *arguments: _norms(*arguments)[-2:],
            ),
            Mistake(
                "the first alone",
                "You return one number: asked is the norm at each layer.",
                lambda *arguments: _norms(*arguments)[0],
            ),
            Mistake(
                "the last alone",
                "You return the norm of what arrives alone: asked is the norm at each layer.",
                lambda *arguments: _norms(*arguments)[-1],
            ),
            Mistake(
                "reversed, and no list yet",
                "`reversed` gives no list yet: put `list(...)` round it.",
                lambda *arguments: reversed(_norms(*arguments).tolist()),
            ),
            Mistake(
                "the matrices in one array",
                "You put the matrices into one array: the layers may have different widths, so "
                "it must stay a list.",
                _in_one_array,
            ),
            Mistake(
                "added to what arrived",
                "You add each step to what came before: the gradient of the layer before "
                "takes its place.",
                _added_up,
            ),
            Mistake(
                "the last matrix and layer left out",
                "You leave out the last matrix and use the first. And the last layer's norm "
                "is missing.",
                lambda *arguments: _walk(*arguments, matrices=slice(-2, None, -1))[:-1],
            ),
            Mistake(
                "the matrix not transposed, no slopes",
                "The slopes are missing, and each matrix stands transposed on the way back.",
                _with(slope=np.ones_like, back=lambda d, W: d @ W),
            ),
            Mistake(
                "the matrix not transposed, z for the output",
                "Each matrix stands transposed on the way back. And 1 - z^2 is no slope: that"
                " rule wants the output a.",
                _with(slope=lambda z: 1 - z**2, back=lambda d, W: d @ W),
            ),
            Mistake(
                "W from the left, dL_dz transposed",
                "Your dL_da is transposed: its rows must be examples before it meets the slopes.",
                _with(back=lambda d, W: W @ d.T),
            ),
            Mistake(
                "the slopes first",
                "You multiply by the slopes before the matrix. Back from a layer you first "
                "meet its matrix, then the slopes of the layer before.",
                _slopes_first,
            ),
            Mistake(
                "the output as well",
                "You multiply by the output as well: the slope alone is the local gradient.",
                _with(slope=lambda z: tanh(z) * tanh.derivative(z)),
            ),
            Mistake(
                "both a layer off",
                "You take the matrix and the z of the wrong layers: back from the last layer "
                "leads the last matrix, to the z of the layer before.",
                _with(matrices=slice(-2, None, -1), shift=1),
            ),
            Mistake(
                "multiplied up",
                "You multiply the norms up: each is a result of its own.",
                lambda *arguments: np.cumprod(_norms(*arguments)),
            ),
            Mistake(
                "added up",
                "You add the norms up: each is a result of its own.",
                lambda *arguments: np.cumsum(_norms(*arguments)),
            ),
            Mistake(
                "the norm of the norms",
                "You return one number, the norm of all: asked is the norm at each layer.",
                lambda *arguments: np.linalg.norm(_norms(*arguments)),
            ),
            Mistake(
                "divided by the first",
                "You divide by the first layer's norm: return the norms as they are.",
                lambda *arguments: _norms(*arguments) / _norms(*arguments)[0],
            ),
            Mistake(
                "what each step leaves",
                "You return what each step leaves, the quotient of two norms: return the "
                "norms as they are.",
                lambda *arguments: _norms(*arguments)[:-1] / _norms(*arguments)[1:],
            ),
            Mistake(
                "what all steps leave",
                "You return what all steps together leave, a quotient: asked is the norm at "
                "each layer.",
                lambda *arguments: _norms(*arguments)[0] / _norms(*arguments)[-1],
            ),
            Mistake(
                "the root of what all steps leave",
                "You return what one step leaves on average: asked is the norm at each layer.",
                lambda *arguments: (
                    (_norms(*arguments)[0] / _norms(*arguments)[-1])
                    ** (1 / (len(arguments[2]) - 1))
                ),
            ),
            Mistake(
                "logarithms to base 10",
                "You return logarithms: return the norms as they are.",
                lambda *arguments: np.log10(_norms(*arguments)),
            ),
            Mistake(
                "sorted",
                "You sort the norms by their size: their order is that of the layers.",
                lambda *arguments: np.sort(_norms(*arguments)),
            ),
            Mistake(
                "sorted, the largest first",
                "You sort the norms by their size: their order is that of the layers.",
                lambda *arguments: np.sort(_norms(*arguments))[::-1],
            ),
            Mistake(
                "divided by the root of the batch",
                "You divide by the root of the number of examples: the norm is that of the "
                "array as it is.",
                _with(size=lambda d: np.linalg.norm(d) / np.sqrt(len(d))),
            ),
            Mistake(
                "the norm with inf",
                "With inf, `norm` gives the largest sum of a row. Here all entries count, the"
                " root of the sum of their squares.",
                _with(size=lambda d: np.linalg.norm(d, np.inf)),
            ),
            Mistake(
                "operator norms multiplied",
                "You multiply what arrives by operator norms: that is a bound, and no size. "
                "Carry the array itself back.",
                _bounds,
            ),
            Mistake(
                "the last norm left at 0",
                "The last number is still 0: it is the norm of what arrives.",
                lambda *arguments: [*_norms(*arguments)[:-1], 0.0],
            ),
            Mistake(
                "squares, but for the last",
                "Only your last number is a norm. The others are sums of squares: the root is"
                " missing.",
                lambda *arguments: [*_norms(*arguments)[:-1] ** 2, _norms(*arguments)[-1]],
            ),
            Mistake(
                "mean squares, but for the last",
                "Only your last number is a norm. The others are mean squares: the norm is "
                "the root of the sum.",
                lambda *arguments: [
                    *_with(size=lambda d: np.mean(d**2))(*arguments)[:-1],
                    _norms(*arguments)[-1],
                ],
            ),
            Mistake(
                "gradients, but for the last",
                "Only your last number is a norm. The others are the gradients: take the norm"
                " of each.",
                lambda *arguments: [
                    *_with(size=lambda d: d)(*arguments)[:-1],
                    _norms(*arguments)[-1],
                ],
            ),
            Mistake(
                "the slopes at the matrix",
                "You multiply the matrix by the slopes. They belong to dL_da: its shape is "
                "that of the layer's z.",
                _slopes_at_the_matrix,
            ),
            Mistake(
                "the square inside",
                "Your slope is 1 - tanh(z^2): it is the output that is squared.",
                _with(slope=lambda z: 1 - tanh(z**2)),
            ),
            Mistake(
                "the size of the sum",
                "You add up the entries and square the sum: square each entry first.",
                _with(size=lambda d: np.abs(np.sum(d))),
            ),
            Mistake(
                "around the end, the last left out",
                "At the first layer, `k - 1` is -1, and `zs[-1]` is the last z: stop a step "
                "earlier. And the last layer's norm is missing.",
                lambda *arguments: _around_the_end(*arguments)[:-1],
            ),
            Mistake(
                "the first and the last alone",
                "You return the norms of the first and the last layer alone: take one at each"
                " step, inside the loop.",
                lambda *arguments: _norms(*arguments)[:: len(arguments[2]) - 1],
            ),
        ),
    ),
    ExpressionTask(
        name="flow_steps",
        title="How many steps are left?",
        points=2,
        expected=lambda: 2 * sympy.log(r) / sympy.log(p),
        symbols=("p", "r"),
        domain={"p": (0.05, 0.95), "r": (0.01, 0.9)},
        hints=(
            "What does one step do to the norm, if it multiplies the mean square by p?",
            "After t steps the norm is the t-th power of that times what it was. Set it equal to r "
            "and solve for t.",
            "The norm is multiplied by the root of p at each step, so r is p to the power t / 2. "
            "Take logarithms on both sides.",
        ),
        why="For ReLU with Xavier weights p is a half: to a thousandth it is only twenty steps.",
        mistakes=(
            Mistake(
                "mean square for norm",
                "That is the number of steps for the mean square. The norm is its root, so it "
                "falls more slowly.",
                lambda: sympy.log(r) / sympy.log(p),
            ),
            Mistake(
                "the root the wrong way",
                "The root is in the wrong place: the norm falls more slowly than the mean square, "
                "so it takes more steps, not fewer.",
                lambda: sympy.log(r) / (2 * sympy.log(p)),
            ),
            Mistake(
                "upside down",
                "The fraction is upside down: the smaller r is, the more steps it takes.",
                lambda: sympy.log(p) / (2 * sympy.log(r)),
            ),
            Mistake(
                "upside down, mean square",
                "The fraction is upside down: the smaller r is, the more steps it takes. And the "
                "norm is the root of the mean square.",
                lambda: sympy.log(p) / sympy.log(r),
            ),
            Mistake(
                "upside down, the 2 above",
                "The fraction of the logarithms is upside down: the smaller r is, the more steps "
                "it takes.",
                lambda: 2 * sympy.log(p) / sympy.log(r),
            ),
            Mistake(
                "the sign",
                "Your number of steps is negative: both logarithms are, so their minus signs "
                "cancel.",
                lambda: -2 * sympy.log(r) / sympy.log(p),
            ),
            Mistake(
                "the sign, mean square",
                "Your number of steps is negative: both logarithms are, so their minus signs "
                "cancel. And the norm is the root of the mean square.",
                lambda: -sympy.log(r) / sympy.log(p),
            ),
            Mistake(
                "p without its logarithm",
                "You divided by p itself: p needs a logarithm too.",
                lambda: sympy.log(r) / p,
            ),
            Mistake(
                "p without its logarithm, doubled",
                "You divided by p itself: p needs a logarithm too.",
                lambda: 2 * sympy.log(r) / p,
            ),
            Mistake(
                "the root of p without its logarithm",
                "You divided by the root of p itself: it needs a logarithm too.",
                lambda: sympy.log(r) / sympy.sqrt(p),
            ),
            Mistake(
                "the root of the whole",
                "You took the root of the quotient: the root belongs to p, inside the logarithm.",
                lambda: sympy.sqrt(sympy.log(r) / sympy.log(p)),
            ),
            Mistake(
                "four for two",
                "You counted the root twice.",
                lambda: 4 * sympy.log(r) / sympy.log(p),
            ),
            Mistake(
                "what is lost",
                "You took 1 - r, what is lost: r is what is left.",
                lambda: 2 * sympy.log(1 - r) / sympy.log(p),
            ),
            Mistake(
                "layers for steps",
                "You count the layers: that is one more than the steps between them.",
                lambda: 2 * sympy.log(r) / sympy.log(p) + 1,
            ),
            Mistake(
                "one step fewer",
                "You subtract a step. Asked is the number of steps, not of layers or of what lies "
                "between them.",
                lambda: 2 * sympy.log(r) / sympy.log(p) - 1,
            ),
            Mistake(
                "multiplied",
                "You multiplied the logarithms: solve for t once more.",
                lambda: sympy.log(r) * sympy.log(p) / 2,
            ),
            Mistake(
                "the bases mixed",
                "One of your logarithms has base 10 and the other one e: take the same for both.",
                lambda: 2 * sympy.log(r, 10) / sympy.log(p),
            ),
            Mistake(
                "one half for p",
                "You took one half for p: p may be any number between 0 and 1.",
                lambda: 2 * sympy.log(r) / sympy.log(sympy.Rational(1, 2)),
            ),
            Mistake(
                "the same loss at each step",
                "You share out what is lost, 1 - r, as if each step took away the same "
                "amount. Each step multiplies.",
                lambda: (1 - r) / (1 - p),
            ),
            Mistake(
                "half of p",
                "You halved p: the norm is multiplied by the root of p.",
                lambda: sympy.log(r) / sympy.log(p / 2),
            ),
            Mistake(
                "what is lost, twice",
                "You took what is lost, 1 - r and 1 - p: p and r are what is left.",
                lambda: sympy.log(1 - r) / sympy.log(1 - p),
            ),
            Mistake(
                "what is lost, twice, doubled",
                "You took what is lost, 1 - r and 1 - p: p and r are what is left.",
                lambda: 2 * sympy.log(1 - r) / sympy.log(1 - p),
            ),
            Mistake(
                "what a step loses",
                "You took 1 - p, what a step loses: p is what it leaves.",
                lambda: sympy.log(r) / sympy.log(1 - p),
            ),
            Mistake(
                "what a step loses, doubled",
                "You took 1 - p, what a step loses: p is what it leaves.",
                lambda: 2 * sympy.log(r) / sympy.log(1 - p),
            ),
            Mistake(
                "what is lost, mean square",
                "You took 1 - r, what is lost: r is what is left. And the norm is the root of"
                " the mean square.",
                lambda: sympy.log(1 - r) / sympy.log(p),
            ),
            Mistake(
                "a logarithm squared",
                "You squared a logarithm: a root or a square inside a logarithm only puts a "
                "factor before it.",
                lambda: sympy.log(r) / sympy.log(p) ** 2,
            ),
            Mistake(
                "the logarithm of r squared",
                "You squared a logarithm: a root or a square inside a logarithm only puts a "
                "factor before it.",
                lambda: sympy.log(r) ** 2 / sympy.log(p),
            ),
            Mistake(
                "r alone",
                "p is missing: the more a step leaves, the more steps it takes.",
                lambda: 2 * sympy.log(r),
            ),
            Mistake(
                "r alone, once",
                "p is missing: the more a step leaves, the more steps it takes.",
                lambda: sympy.log(r),
            ),
            Mistake(
                "p alone",
                "r is missing: the smaller r is, the more steps it takes.",
                lambda: sympy.log(p),
            ),
            Mistake(
                "multiplied, doubled",
                "You multiplied the logarithms: solve for t once more.",
                lambda: 2 * sympy.log(r) * sympy.log(p),
            ),
            Mistake(
                "multiplied, once",
                "You multiplied the logarithms: solve for t once more.",
                lambda: sympy.log(r) * sympy.log(p),
            ),
            Mistake(
                "layers for steps, mean square",
                "You count layers for steps, one too many. And the norm is the root of the "
                "mean square.",
                lambda: sympy.log(r) / sympy.log(p) + 1,
            ),
            Mistake(
                "one step fewer, mean square",
                "You subtract a step; asked is the number of steps. And the norm is the root "
                "of the mean square.",
                lambda: sympy.log(r) / sympy.log(p) - 1,
            ),
            Mistake(
                "p doubled",
                "You doubled p: a factor 2 inside a logarithm is no root.",
                lambda: sympy.log(r) / sympy.log(2 * p),
            ),
            Mistake(
                "p doubled, and once more",
                "You doubled p: a factor 2 inside a logarithm is no root.",
                lambda: 2 * sympy.log(r) / sympy.log(2 * p),
            ),
            Mistake(
                "r doubled",
                "You doubled r: a 2 before a logarithm is a square inside, not a factor.",
                lambda: sympy.log(2 * r) / sympy.log(p),
            ),
            Mistake(
                "what a step loses of the norm",
                "You took what a step loses. Both logarithms are of what is left.",
                lambda: sympy.log(r) / sympy.log(1 - sympy.sqrt(p)),
            ),
            Mistake(
                "the quotient squared",
                "You squared the quotient: a root or a square inside a logarithm only puts a "
                "factor before it.",
                lambda: (sympy.log(r) / sympy.log(p)) ** 2,
            ),
            *(
                Mistake(f"{what}: {made}", _STEPS[what], lambda made=made: made)
                for what, formulas in _STEPS_MADE.items()
                for made in formulas
            ),
        ),
    ),
    FunctionTask(
        name="flow_scale",
        title="The scale that keeps the size",
        points=3,
        reference=_scale,
        arguments=("z1", "m"),
        fixed=_layers,
        random=_random_layers,
        hints=(
            "One step back multiplies the mean square by a product of three numbers. Which is it, "
            "and what must it be to keep the mean square?",
            "The three are: the number of terms in each sum of dL_dz2 @ W2.T, the variance of the "
            "weights, and the mean of the squared slopes. Their product shall be 1.",
            "W2.T has m rows, so each sum has m terms. Solve m * variance * mean = 1 for the "
            "variance; `np.mean` of the squared slopes is the mean. The last step is a root.",
        ),
        why="The steepest slope is a quarter, so the scale is at least 4 times Xavier's: that is "
        "why the sigmoid's gain in the lesson is about 10, and not 1.",
        mistakes=(
            *_scale_mistakes(),
            Mistake(
                "for each unit",
                "You return a number for each unit (axis=0): one for the whole layer is wanted.",
                lambda z, m: 1 / np.sqrt(m * np.mean(sigmoid.derivative(z) ** 2, axis=0)),
            ),
            Mistake(
                "for each example",
                "You return a number for each example (axis=1): one for the whole layer is wanted.",
                lambda z, m: 1 / np.sqrt(m * np.mean(sigmoid.derivative(z) ** 2, axis=1)),
            ),
            Mistake(
                "for each entry",
                "You return a number for each entry of z: average the squared slopes over all of "
                "them.",
                lambda z, m: 1 / np.sqrt(m * sigmoid.derivative(z) ** 2),
            ),
            Mistake(
                "scales averaged",
                "You average the scales of the entries: average the squared slopes first, "
                "then take the root and the reciprocal.",
                lambda z, m: np.mean(1 / (np.sqrt(m) * sigmoid.derivative(z))),
            ),
            Mistake(
                "scales averaged, unit by unit",
                "You average the scales of the units: average the squared slopes of all of "
                "them first, then take the root and the reciprocal.",
                lambda z, m: np.mean(1 / np.sqrt(m * np.mean(sigmoid.derivative(z) ** 2, axis=0))),
            ),
        ),
    ),
    WitnessTask(
        name="flow_witness",
        title="Spot the error: a quarter at each step",
        points=1,
        printed=lambda w, z1: min(_step_back(w, z1), 1.0),
        right=_step_back,
        domain=_complaint,
        rtol=1e-12,
        size=2,
        hints=(
            "The claim looks at the slope alone. What else does the gradient meet on its way?",
            "dL_dz1 is dL_dz2, times w, times the slope of the sigmoid at z1. Where is that slope "
            "largest?",
            "At z1 = 0 the slope is a quarter. Then w only has to be large enough.",
        ),
        why="So the quarters bound the slopes, not the gradient: with N(0, 1) weights a sigmoid "
        "network can even explode.",
        mistakes=tuple(
            Mistake(
                name,
                "There dL_dz1 is exactly as large as dL_dz2, in size: a little more is needed.",
                [w, 0.0],
            )
            for name, w in (("exactly as large", 4.0), ("exactly as large, negative", -4.0))
        ),
    ),
)
