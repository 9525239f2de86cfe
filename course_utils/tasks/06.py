"""The tasks on ELU: value, a max that fails, two bends, a scaled slope, backward, crossing."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import sympy

from course_utils.activations import elu
from course_utils.answers import Call
from course_utils.symbolic import a, alpha
from course_utils.tasks.compare import Between
from course_utils.tasks.kinds import (
    ExpressionTask,
    FunctionTask,
    Mistake,
    ValueTask,
    WitnessTask,
)

# ------------------------------------------------------------------------------- the value


def _branches(right, left):
    """Return a function that is `right` for z > 0 and `left` elsewhere, both of (z, alpha)."""

    def function(z, alpha):
        z = np.asarray(z, dtype=float)
        return np.where(z > 0, right(z, alpha), left(z, alpha))

    return function


def _z(z, alpha):
    return z


def _bend(z, alpha):
    return alpha * np.expm1(np.minimum(z, 0))


def _value_calls() -> list[Call]:
    """Return ordinary calls with several alphas, then some with 0, and some far out.

    Left of 0 and at 0 a student's conditions may differ, so no ordinary call holds a 0. Far out
    and near 0, alpha is a power of 2: so alpha (e^z - 1) and alpha e^z - alpha round alike, and
    are recognised alike. The powers of 2 among the z find those who take z itself for e^z - 1.
    """
    far = [(-1e-12, 0.5), (-3e-10, 2.0), (-1e-20, 0.5), (1e-20, 0.5), (50.0, 2.0)]
    far += [(1000.0, 2.0), (-1000.0, 2.0), (1e300, 0.5), (-1e300, 0.5)]
    far += [(-(2.0**-10), 2.0), (-(2.0**-17), 0.5), (-(2.0**-23), 2.0), (-3e-8, 2.0)]
    return [
        Call(np.array([-1.0, 2.0]), 0.5),
        Call(np.array([-1.0, 2.0]), 2.0),
        Call(np.array([-3.0, 0.5]), 1.0),
        Call(np.array([-0.25, 0.75, -6.0]), 3),
        Call(np.array([[-1.5, 0.25], [0.1, 2.5], [4.0, -3.0]]), 2.0),
        Call(np.linspace(-1, 1, 12).reshape(2, 3, 2), 1.5),
        Call(np.array([-3, -1, 2]), 0.5),
        Call(np.array([2, -1, -4]), 3),
        Call(np.array([-1.25, 0.75], dtype=np.float32), 2.0),
        Call(np.array([-1.0, 0.0, 1.0, -0.0]), 2.0, ordinary=False),
        Call(np.array([[0, -2], [3, 0]]), 0.5, ordinary=False),
        *(Call(np.array([value]), k, ordinary=False) for value, k in far),
        Call(np.array([value for value, _ in far]), 2.0, ordinary=False),
    ]


def _random_values(rng: np.random.Generator) -> list[Call]:
    shapes = [(int(rng.integers(2, 9)),), tuple(rng.integers(2, 5, size=2).tolist())]
    return [Call(rng.normal(0, 2, size=shape), float(rng.choice([0.7, 1.6]))) for shape in shapes]


def _by_if(z, alpha):
    return z if z > 0 else alpha * math.expm1(z)


def _by_mask(z, alpha):
    return (z > 0) * z + (z <= 0) * alpha * np.expm1(z)


def _by_mask_printed(z, alpha):
    return (z > 0) * z + (z <= 0) * alpha * (np.exp(z) - 1)


def _one_by_one(z, alpha):
    return np.array([v if v > 0 else alpha * math.expm1(v) for v in z])


def _one_by_one_of_type_z(z, alpha):
    return _one_by_one(z, alpha).astype(z.dtype)


def _of_type_z(z, alpha):
    return elu(z, alpha=alpha).astype(z.dtype)


def _vectorized(z, alpha):
    return np.vectorize(lambda v: v if v > 0 else alpha * np.expm1(v))(z)


def _mask_on_one_side(z, alpha):
    result = z.astype(float)
    result[z < 0] = alpha * np.expm1(z)
    return result


def _mask_on_one_side_with_0(z, alpha):
    result = z.astype(float)
    result[z <= 0] = alpha * np.expm1(z)
    return result


def _clipped(limit):
    return lambda z, alpha: elu(np.clip(z, -limit, limit), alpha=alpha)


def _clipped_printed(limit):
    return lambda z, alpha: _branches(_z, _printed)(np.clip(z, -limit, limit), alpha)


def _printed(z, alpha):
    return alpha * (np.exp(z) - 1)


_CANCELS = (
    "You subtract from an exponential that is close to 1 near z = 0: the digits cancel. And where "
    "np.where computes that exponential for large z too, it overflows and warns."
)
_NAN_MASK = (
    "You multiply the branch that is not wanted by 0. Far right its exponential is infinity, and "
    "infinity times 0 is NaN."
)
_LIMITS = 50, 100, 500, 700, 709
_CLIPPED = "You clip z itself: then every z beyond the clip gets the same value."

_LEFT = {
    "alpha forgotten": (
        "On the left your values are e^z - 1: alpha is not yet in them.",
        lambda z, k: np.expm1(z),
    ),
    "minus 1 forgotten": (
        "On the left your values are alpha e^z: nothing is taken off, so there is a jump at 0.",
        lambda z, k: k * np.exp(z),
    ),
    "the bracket forgotten": (
        "On the left you compute alpha e^z - 1: alpha must multiply the 1 as well.",
        lambda z, k: k * np.exp(z) - 1,
    ),
    "the sign on the left": (
        "On the left your values are positive: in the bracket the two terms are swapped.",
        lambda z, k: k * (1 - np.exp(z)),
    ),
    "Leaky ReLU": (
        "On the left your values are alpha z, a straight line: that is Leaky ReLU.",
        lambda z, k: k * z,
    ),
    "minus 1 and alpha forgotten": (
        "On the left your values are e^z alone: what is taken off is missing, and alpha too.",
        lambda z, k: np.exp(z),
    ),
    "alpha taken off": (
        "On the left you compute e^z - alpha: alpha must multiply the exponential as well.",
        lambda z, k: np.exp(z) - k,
    ),
    "alpha in the place of 1": (
        "On the left you take alpha off inside the bracket: there it is 1.",
        lambda z, k: k * (np.exp(z) - k),
    ),
    "a minus before alpha": (
        "On the left your values are -alpha e^z: the minus belongs to the 1 in the bracket.",
        lambda z, k: -k * np.exp(z),
    ),
    "z in the place of the bracket": (
        "On the left you compute alpha z e^z: in the bracket, something is taken off e^z.",
        lambda z, k: k * z * np.exp(z),
    ),
    "Leaky ReLU with 0.01": (
        "On the left your values are 0.01 z: that is Leaky ReLU.",
        lambda z, k: 0.01 * z,
    ),
    "minus 1 in the exponent": (
        "On the left you subtract 1 in the exponent, e^(z - 1): it belongs behind the exponential.",
        lambda z, k: k * np.exp(z - 1),
    ),
    "minus 1 in the exponent, alpha forgotten": (
        "On the left you subtract 1 in the exponent, and alpha is missing.",
        lambda z, k: np.exp(z - 1),
    ),
    "minus alpha in the exponent": (
        "On the left alpha stands in the exponent: it multiplies the bracket.",
        lambda z, k: np.exp(z - k),
    ),
    "plus for minus": (
        "On the left you add 1 to the exponential: it is taken off.",
        lambda z, k: k * (np.exp(z) + 1),
    ),
    "minus 1 twice": (
        "On the left you take 1 off twice: `np.expm1` has done it already.",
        lambda z, k: k * (np.expm1(z) - 1),
    ),
    "minus 1 twice, outside": (
        "On the left you take 1 off twice, once behind the bracket: `np.expm1` has done it.",
        lambda z, k: k * np.expm1(z) - 1,
    ),
    "the sign of the exponent": (
        "On the left the exponent has the wrong sign: e^-z grows, and there is no floor.",
        lambda z, k: k * np.expm1(-z),
    ),
    "both signs on the left": (
        "On the left you compute alpha (1 - e^-z): the exponent has the wrong sign, and there is "
        "no floor.",
        lambda z, k: -k * np.expm1(-z),
    ),
    "the floor alone": (
        "On the left your values are -alpha: that is the floor, which ELU only tends to.",
        lambda z, k: -k,
    ),
    "nothing on the left": (
        "On the left your values are 0: that is ReLU.",
        lambda z, k: 0,
    ),
    "nothing bent": (
        "On the left your values are z itself: nothing is bent.",
        lambda z, k: z,
    ),
    "alpha added": (
        "On the left you add alpha to z: it multiplies, and it multiplies a bracket with e^z.",
        lambda z, k: z + k,
    ),
    "alpha added to the bracket": (
        "On the left you add alpha to the bracket: it multiplies.",
        lambda z, k: k + np.expm1(z),
    ),
    "divided by alpha": (
        "On the left you divide by alpha: it multiplies.",
        lambda z, k: np.expm1(z) / k,
    ),
    "alpha squared": (
        "On the left alpha stands twice: it multiplies the bracket once.",
        lambda z, k: k**2 * np.expm1(z),
    ),
    "alpha multiplies the exponent": (
        "On the left you multiply the exponent by alpha: it belongs before the bracket.",
        lambda z, k: np.expm1(k * z),
    ),
    "alpha twice, once in the exponent": (
        "On the left alpha stands in the exponent as well: there z stands alone.",
        lambda z, k: k * np.expm1(k * z),
    ),
    "alpha divides the exponent": (
        "On the left you divide the exponent by alpha: in ELU it is z alone.",
        lambda z, k: k * np.expm1(z / k),
    ),
    "z as a factor": (
        "On the left you multiply by z as well: the exponential is all that depends on z.",
        lambda z, k: z * k * np.expm1(z),
    ),
    "the straight line cut off": (
        "On the left your values are z itself, cut off at the floor: the bend is an exponential.",
        lambda z, k: np.maximum(z, -k),
    ),
    "base 2": (
        "On the left your power has the base 2: the base is e.",
        lambda z, k: k * (np.exp2(z) - 1),
    ),
    "tanh on the left": (
        "On the left your values are alpha tanh(z): it has the same floor, but ELU has one "
        "exponential only.",
        lambda z, k: k * np.tanh(z),
    ),
}
_RIGHT = {
    "1 on the right": (
        "On the right you return 1, which is the slope there: the output is z.",
        lambda z, k: 1.0,
    ),
    "alpha z on the right": (
        "On the right you multiply z by alpha: there alpha plays no part.",
        lambda z, k: k * z,
    ),
    "e^z on the right": (
        "On the right your values are e^z: the exponential belongs to the left.",
        lambda z, k: np.exp(z),
    ),
    "0 on the right": (
        "On the right your values are 0: there z itself is wanted.",
        lambda z, k: 0.0,
    ),
}
_BOTH = {
    ("minus 1 forgotten", "1 on the right"): (
        "Your values are the slope: the task asks for the output."
    ),
    ("alpha forgotten", "alpha z on the right"): (
        "You multiply the right side by alpha, and the left one not: it is the other way round."
    ),
    ("nothing on the left", "1 on the right"): (
        "Your values are 0 and 1, a step: the task asks for ELU's output."
    ),
}


def _value_slips() -> Iterator[Mistake]:
    """Yield each slip on one side alone, and the common ones together with one on the other."""
    for left, (said, formula) in _LEFT.items():
        yield Mistake(left, said, _branches(_z, formula))
    for right, (said, formula) in _RIGHT.items():
        yield Mistake(right, said, _branches(formula, _bend))
    common = list(_LEFT)[:5]
    for left in [*common, "nothing on the left"]:
        for right in _RIGHT:
            if (left, right) != ("nothing on the left", "0 on the right"):
                both = f"{_LEFT[left][0]} {_RIGHT[right][0]}"
                answer = _branches(_RIGHT[right][1], _LEFT[left][1])
                yield Mistake(f"{left}, {right}", _BOTH.get((left, right), both), answer)
    for left in common[:4]:
        said = f"{_LEFT[left][0]} And you do the same on the right, where z itself is wanted."
        yield Mistake(f"{left}, on both sides", said.replace("On the left y", "Y"), _LEFT[left][1])


# --------------------------------------------------------------------- a max that fails


def _complaint(alpha: float, z: float) -> str:
    """Return why [alpha, z] is not asked, or why the two branches stand in the right order."""
    if not np.isfinite([alpha, z]).all():
        return "Give two finite numbers."
    if alpha <= 0:
        return (
            "The first number is alpha, and it must be positive. Did you swap the two?"
            if z > 0
            else "The first number is alpha, and it must be positive."
        )
    if z > 0:
        return "For z > 0 the second branch is 0, so the formula gives z: right. Look left of 0."
    if z < 0 and alpha <= 1:
        return (
            "For alpha up to 1 the bend lies on or above the line a = z everywhere on the left, so "
            "the larger one is the right one. Take another alpha."
        )
    if z < 0 and alpha * math.expm1(z) >= z:
        return (
            "This alpha can serve, but so far left the line a = z lies below the bend, which has a "
            "floor: the larger one is the right one. Take a z nearer to 0."
        )
    return ""


# ---------------------------------------------------------------------------- the way back


def _downstream(dL_da, a, alpha):
    """Return every right value: at a = 0 the slope may be any between alpha and 1."""
    bent = dL_da * (a + alpha)
    low, high = np.where(a > 0, dL_da, bent), np.where(a < 0, bent, dL_da)
    return Between(np.minimum(low, high), np.maximum(low, high))


def _backward_calls() -> list[Call]:
    """Return ordinary calls that avoid the corner, then some that meet it, and the floor."""
    single = np.float32
    return [
        Call(np.array([2.0, 3.0]), np.array([-0.25, 1.5]), 0.5),
        Call(np.array([1.0, -2.0, 0.5, -0.25]), np.array([-1.0, 3.0, 0.25, -0.5]), 2.0),
        Call(np.array([[2.0, 1.0], [-3.0, -1.0]]), np.array([[0.25, -0.75], [1.5, -0.1]]), 1.5),
        Call(np.array([[-1.5, 4.0, 0.2]]), np.array([[-0.3, 0.2, -0.05]]), 0.4),
        Call(np.array([0.0, -4.0]), np.array([-2.5, 0.1]), 3),
        Call(
            np.array([1.5, -0.5], dtype=single),
            np.array([-0.3, 0.8], dtype=single),
            0.5,
        ),
        Call(np.array([1.0, -2.0]), np.array([0.0, -0.0]), 0.5, ordinary=False),
        Call(np.array([1.0, -2.0, 3.0]), np.array([0.0, 1.0, -1.0]), 2.0, ordinary=False),
        Call(np.array([1.0, 2.0]), np.array([-0.5, 1000.0]), 0.5, ordinary=False),
    ]


def _random_backward(rng: np.random.Generator) -> list[Call]:
    calls = []
    for shape, value in (((4,), 0.6), ((3, 2), 2.5), ((2, 4), 1.25)):
        below = -value * rng.uniform(0.1, 0.9, shape)
        outputs = np.where(rng.random(shape) < 0.6, below, rng.uniform(0.1, 3, shape))
        calls.append(Call(rng.normal(size=shape), outputs, value))
    return calls


def _slope(a, alpha):
    return a + alpha


def _one(a, alpha):
    return np.ones_like(a)


def _back(right, left):
    """Return a way back with these two slopes, functions of (a, alpha)."""

    def function(dL_da, a, alpha):
        return dL_da * np.where(a > 0, right(a, alpha), left(a, alpha))

    return function


def _local(right, left):
    """Return these two slopes alone: the upstream gradient is forgotten."""
    return lambda dL_da, a, alpha: np.where(a > 0, right(a, alpha), left(a, alpha))


def _half_local(left):
    """Return the same with the slope 1 on the right, and the upstream forgotten on the left."""
    return lambda dL_da, a, alpha: np.where(a > 0, dL_da, left(a, alpha))


def _asks_for_z(dL_da, a, alpha):
    raise NameError("name 'z' is not defined")  # word for word what Python says


def _slope_mask_on_one_side(dL_da, a, alpha):
    slope = np.ones_like(a)
    slope[a < 0] = a + alpha
    return dL_da * slope


def _pair_by_pair(dL_da, a, alpha):
    pairs = zip(dL_da, a, strict=True)
    return np.array([g if v > 0 else g * (v + alpha) for g, v in pairs])


_LEFT_SLOPES = {
    "a + 1": (
        "On the left your slope is a + 1: that is right for alpha = 1 only.",
        lambda a, k: a + 1,
    ),
    "a taken for z": (
        "On the left your slope is alpha e^a: you put the output where the formula wants z.",
        lambda a, k: k * np.exp(a),
    ),
    "the slope of Leaky ReLU": (
        "On the left your slope is alpha everywhere: that is Leaky ReLU's.",
        lambda a, k: k,
    ),
    "alpha missing": (
        "On the left your slope is a alone: it is negative, and ELU rises everywhere.",
        lambda a, k: a,
    ),
    "the slope of ReLU": (
        "On the left nothing comes through: that is ReLU's slope.",
        lambda a, k: 0,
    ),
    "a taken for z, alpha forgotten": (
        "On the left your slope is e^a: you put the output where the formula wants z, and alpha "
        "is missing.",
        lambda a, k: np.exp(a),
    ),
    "the value once more": (
        "On the left you compute ELU of a: a is the output already, and the slope is asked.",
        lambda a, k: k * np.expm1(a),
    ),
    "e^z alone": (
        "On the left your slope is e^z alone: the factor alpha before it is missing.",
        lambda a, k: a / k + 1,
    ),
    "z itself": (
        "On the left you found z from the output, and stopped there: the slope is asked.",
        lambda a, k: np.log1p(a / k),
    ),
    "alpha twice": (
        "On the left your slope is alpha (a + alpha): the output has the factor alpha already.",
        lambda a, k: k * (a + k),
    ),
    "alpha (a + 1)": (
        "On the left your slope is alpha (a + 1): e^z is a + 1 for alpha = 1 only.",
        lambda a, k: k * (a + 1),
    ),
    "alpha times a": (
        "On the left you multiply a by alpha: they belong together in another way.",
        lambda a, k: k * a,
    ),
    "alpha a + 1": (
        "On the left your slope is alpha a + 1: alpha stands at the wrong term.",
        lambda a, k: k * a + 1,
    ),
    "minus for plus": (
        "On the left your slope is a - alpha: a minus stands where a plus belongs.",
        lambda a, k: a - k,
    ),
    "minus 1": (
        "On the left your slope is a - 1: it is negative, and ELU rises everywhere.",
        lambda a, k: a - 1,
    ),
    "the sign of a": (
        "On the left your slope is alpha - a: the sign of the output is flipped.",
        lambda a, k: k - a,
    ),
    "the sign on the left": (
        "On the left your slope is -(a + alpha): it is negative, and ELU rises everywhere.",
        lambda a, k: -a - k,
    ),
    "e^a + alpha": (
        "On the left your slope is e^a + alpha: the output needs no exponential.",
        lambda a, k: np.exp(a) + k,
    ),
    "1 added": (
        "On the left you add 1 to the slope a + alpha: nothing but alpha is added.",
        lambda a, k: a + k + 1,
    ),
    "z for a": (
        "On the left you went back to z, and added alpha to it: the rule takes the output.",
        lambda a, k: np.log1p(a / k) + k,
    ),
    "z as for alpha = 1": (
        "On the left you went back to z by the formula for alpha = 1.",
        lambda a, k: k * np.exp(np.log(a + 1)),
    ),
    "the size of a": (
        "On the left your slope is -a: it grows where the output falls.",
        lambda a, k: -a,
    ),
    "the value once more, alpha forgotten": (
        "On the left you compute e^a - 1: a is the output already, and the slope is asked.",
        lambda a, k: np.expm1(a),
    ),
    "1 taken off": (
        "On the left you take 1 off the slope a + alpha: nothing but alpha is added.",
        lambda a, k: a + k - 1,
    ),
    "alpha added twice": (
        "On the left you add alpha twice.",
        lambda a, k: a + 2 * k,
    ),
    "alpha squared": (
        "On the left you add the square of alpha: it is taken off once in the output.",
        lambda a, k: a + k**2,
    ),
    "squared": (
        "On the left your slope is the square of the right one.",
        lambda a, k: (a + k) ** 2,
    ),
    "the slope of the sigmoid on the left": (
        "On the left your slope is a (1 - a): that is the sigmoid's.",
        lambda a, k: a * (1 - a),
    ),
    "a missing": (
        "On the left your slope is 1 + alpha: it fades as the output falls, so a belongs in it.",
        lambda a, k: 1 + k,
    ),
    "the logarithm": (
        "On the left you take a logarithm of a + alpha: no function undoes anything here.",
        lambda a, k: np.log(a + k),
    ),
    "the slope of tanh on the left": (
        "On the left your slope is 1 - a^2: that is tanh's.",
        lambda a, k: 1 - a**2,
    ),
}
_RIGHT_SLOPES = {
    "the value on the right": (
        "Where a is positive you take the output a: the slope is wanted there.",
        lambda a, k: a,
    ),
    "alpha on the right": (
        "Where a is positive your slope is alpha: there alpha plays no part.",
        lambda a, k: k,
    ),
    "1 + alpha on the right": (
        "Where a is positive you add alpha to the slope 1: there alpha plays no part.",
        lambda a, k: 1 + k,
    ),
    "0 on the right": (
        "Where a is positive nothing comes through: the right half is not flat.",
        lambda a, k: 0,
    ),
    "the left rule on the right": (
        "You use a + alpha where a is positive, too: there another slope holds.",
        lambda a, k: a + k,
    ),
}


def _slope_slips() -> Iterator[Mistake]:
    """Yield each slip in one slope; with the upstream forgotten; the common ones in pairs."""
    lefts = [(name, said, _one, f) for name, (said, f) in _LEFT_SLOPES.items()]
    rights = [(name, said, f, _slope) for name, (said, f) in _RIGHT_SLOPES.items()]
    for name, said, right, left in (*lefts, *rights):
        yield Mistake(name, said, _back(right, left))
        forgotten = f"{said} And what arrives, dL_da, is not yet multiplied in."
        yield Mistake(f"{name}, upstream forgotten", forgotten, _local(right, left))
    for name, said, _, left in lefts:
        if name == "the slope of ReLU":
            continue  # 0 with or without what arrives
        forgotten = f"{said} And there, what arrives is not yet multiplied in."
        yield Mistake(f"{name}, upstream forgotten there", forgotten, _half_local(left))
    for left in list(_LEFT_SLOPES)[:4]:
        for right in _RIGHT_SLOPES:
            said = f"{_LEFT_SLOPES[left][0]} {_RIGHT_SLOPES[right][0]}"
            slopes = _RIGHT_SLOPES[right][1], _LEFT_SLOPES[left][1]
            if (left, right) == ("alpha missing", "the value on the right"):
                said = "You multiply by the output a itself, on both sides: the slope is wanted."
            yield Mistake(f"{left}, {right}", said, _back(*slopes))
    right, left = _RIGHT_SLOPES["the value on the right"][1], _LEFT_SLOPES["the value once more"][1]
    said = "You multiply by ELU of a: a is the output already, and a slope is wanted."
    yield Mistake("the value on both sides", said, _back(right, left))
    for left in ("a + 1", "a taken for z"):
        said, slope = _LEFT_SLOPES[left]
        yield Mistake(
            f"{left}, on both sides",
            f"{said.replace('On the left y', 'Y')} And where a is positive, another slope holds.",
            lambda dL_da, a, k, slope=slope: dL_da * slope(a, k),
        )


s, beta = sympy.symbols("s beta", real=True)


# ------------------------------------------------------------------- a slope as factor a + rest


def _linear_slips() -> Iterator[Mistake]:
    """Yield wrong factors of the output a, then wrong constants, then common pairs of both."""
    factors = {"1 / s": 1 / s, "alpha": alpha, "2": sympy.Integer(2)}
    wholes = {"s": s, "alpha": alpha, "s alpha": s * alpha, "1 / alpha": 1 / alpha}
    rests = {
        "s + alpha": s + alpha,
        "alpha / s": alpha / s,
        "s / alpha": s / alpha,
        "s^2 alpha": s**2 * alpha,
        "s alpha^2": s * alpha**2,
        "-alpha": -alpha,
        "-s": -s,
        "-1": sympy.Integer(-1),
        "alpha - 1": alpha - 1,
        "alpha + s alpha": alpha + s * alpha,
        "s alpha e^a": s * alpha * sympy.exp(a),
        "s alpha a": s * alpha * a,
    }
    for name, factor in factors.items():
        said = f"The output a has the factor {name} in your slope: nothing multiplies it."
        yield Mistake(f"{name} times a", said, lambda factor=factor: factor * a + s * alpha)
    for name, rest in rests.items():
        said = f"You add {name} to a: look again at what was taken off in the output."
        yield Mistake(f"a plus {name}", said, lambda rest=rest: a + rest)
    for name, factor in wholes.items():
        said = f"You multiply the whole sum by {name}: the output has its factors already."
        yield Mistake(f"the sum times {name}", said, lambda factor=factor: factor * (a + s * alpha))
    pairs = {
        "(a + alpha) / s": (a + alpha) / s,
        "a / s + 1": a / s + 1,
        "s a + 1": s * a + 1,
        "alpha a + s": alpha * a + s,
        "alpha a + 1": alpha * a + 1,
        "s alpha a + alpha": s * alpha * a + alpha,
        "s (alpha - a)": s * (alpha - a),
        "s (a - alpha)": s * (a - alpha),
        "alpha - a": alpha - a,
        "1 - a": 1 - a,
        "s + alpha": s + alpha,
        "alpha": alpha,
        "s a": s * a,
        "a / s": a / s,
        "alpha a": alpha * a,
        "s alpha / a": s * alpha / a,
        "s alpha (1 - a)": s * alpha * (1 - a),
        "a (s + alpha)": a * (s + alpha),
        "alpha (a / s + 1)": alpha * (a / s + 1),
        "s (a / alpha + 1)": s * (a / alpha + 1),
        "(a + alpha) (a + s)": (a + alpha) * (a + s),
        "s e^a": s * sympy.exp(a),
        "e^(a / (s alpha))": sympy.exp(a / (s * alpha)),
        "alpha + s alpha": alpha + s * alpha,
        "a / (s alpha)": a / (s * alpha),
    }
    for name, pair in pairs.items():
        said = (
            f"Your slope is {name}. Write down the output as a difference of two terms: the first "
            "one is the slope."
        )
        yield Mistake(name, said, lambda pair=pair: pair)


TASKS = (
    FunctionTask(
        name="elu_value",
        title="Write ELU so that it holds",
        points=3,
        reference=lambda z, alpha: elu(z, alpha=alpha),
        arguments=("z", "alpha"),
        fixed=_value_calls,
        random=_random_values,
        rtol=1e-9,
        atol=0,
        is_quiet=True,
        is_pure=True,
        hints=(
            "Two things break the printed formula: an exponential of a large positive z, and 1 "
            "subtracted from a number close to 1. NumPy has a function against each.",
            "`np.expm1` computes e to the z minus 1 without the subtraction. `np.minimum` keeps "
            "positive numbers out of it.",
            "For every z one of two terms is 0: the larger one of z and 0, and alpha times expm1 "
            "of the smaller one of z and 0. Add them.",
        ),
        why="The output keeps its digits near 0, and nothing overflows, so no gradient turns NaN.",
        mistakes=(
            Mistake("as printed", _CANCELS, _branches(_z, _printed)),
            Mistake("infinity times 0", _NAN_MASK, _by_mask),
            Mistake(
                "infinity times 0, and digits lost",
                f"{_NAN_MASK} Near 0 you lose digits as well: you subtract 1 from a number close "
                "to 1.",
                _by_mask_printed,
            ),
            *(Mistake(f"clipped at {limit}", _CLIPPED, _clipped(limit)) for limit in _LIMITS),
            *(
                Mistake(
                    f"clipped at {limit}, and digits lost",
                    f"{_CLIPPED} Near 0 you lose digits as well: you subtract 1 from a number "
                    "close to 1.",
                    _clipped_printed(limit),
                )
                for limit in _LIMITS
            ),
            Mistake(
                "Python's if or max",
                "Python's `if` and `max` want one truth value, and an array has one for each "
                "entry.",
                _by_if,
            ),
            Mistake(
                "a function of math",
                "The functions of `math` take one number, not an array: NumPy has its own.",
                lambda z, alpha: np.where(z > 0, z, alpha * math.expm1(z)),
            ),
            Mistake(
                "np.min for np.minimum",
                "`np.min` and `np.max` look for one entry in an array, and their second argument "
                "is an axis. You want to compare two numbers, entry by entry.",
                lambda z, alpha: np.max(z, 0) + alpha * np.expm1(np.min(z, 0)),
            ),
            Mistake(
                "np.min alone",
                "`np.min` looks for the smallest entry of the array: you want the smaller one of "
                "0 and each entry.",
                lambda z, alpha: np.maximum(z, 0) + alpha * np.expm1(np.min(z, 0)),
            ),
            Mistake(
                "one axis only",
                "Your loop runs over one axis: it fails for arrays with more. There is a way "
                "without a loop.",
                _one_by_one,
            ),
            Mistake(
                "one axis only, whole numbers",
                "Your loop runs over one axis: it fails for arrays with more. And a result made "
                "after the type of z holds whole numbers only, where z does.",
                _one_by_one_of_type_z,
            ),
            Mistake(
                "whole numbers only",
                "The fractions are lost where z holds whole numbers: a result made after the type "
                "of z can hold no others. Make it with dtype=float.",
                _of_type_z,
            ),
            Mistake(
                "the type of the first result",
                "`np.vectorize` takes the type of the first result for all: if that is a whole "
                "number, the fractions of the others are lost.",
                _vectorized,
            ),
            Mistake(
                "a mask on one side",
                "You choose some entries on the left of the = and take all on its right: use the "
                "same mask on both sides.",
                _slope_mask_on_one_side,
            ),
            Mistake(
                "a mask on one side, with 0",
                "You choose some entries on the left of the = and take all on the right of it: use "
                "one mask on both sides.",
                _mask_on_one_side_with_0,
            ),
            Mistake(
                "return inside the loop",
                "Your loop returns at its first round: only the first entry is looked at.",
                lambda z, k: elu(z.ravel()[0], alpha=k),
            ),
            Mistake(
                "one side for the whole array: any",
                "You ask once whether any entry is positive, and treat all alike: each entry has "
                "its own side.",
                lambda z, k: z if np.any(z > 0) else k * np.expm1(z),
            ),
            Mistake(
                "one side for the whole array: all",
                "You ask once whether all entries are positive, and treat all alike: each entry "
                "has its own side.",
                lambda z, k: z if np.all(z > 0) else k * np.expm1(z),
            ),
            Mistake(
                "the larger branch",
                "You take the larger one of the two branches. For alpha above 1 that is the wrong "
                "one just left of 0.",
                lambda z, k: np.maximum(z, _bend(z, k)),
            ),
            Mistake(
                "the larger branch, on both sides",
                "You take the larger one of the two branches. On the right the exponential soon "
                "lies above z, and for alpha above 1 it is wrong on the left, too.",
                lambda z, k: np.maximum(z, k * np.expm1(z)),
            ),
            Mistake(
                "the smaller branch",
                "You take the smaller one of the two branches: the sign of z must decide.",
                lambda z, k: np.minimum(z, k * np.expm1(z)),
            ),
            Mistake(
                "Leaky ReLU by max",
                "You take the larger one of z and alpha z: that is Leaky ReLU, and for alpha up to "
                "1 only.",
                lambda z, k: np.maximum(z, k * z),
            ),
            *_value_slips(),
            Mistake(
                "the sides swapped",
                "The two sides are swapped: the exponential belongs to the negative z.",
                _branches(lambda z, k: k * np.expm1(z), _z),
            ),
            Mistake(
                "the sides swapped, with minimum",
                "The two sides are swapped: z itself belongs to the right, and the exponential to "
                "the left.",
                _branches(lambda z, k: 0.0, _z),
            ),
            Mistake(
                "the sides swapped, alpha forgotten",
                "The two sides are swapped: the exponential belongs to the negative z. And alpha "
                "is missing.",
                _branches(lambda z, k: np.expm1(z), _z),
            ),
            Mistake(
                "the sides part at alpha",
                "You compare z with alpha: the sides part at 0.",
                lambda z, k: np.where(z > k, z, k * np.expm1(z)),
            ),
            Mistake(
                "the sides part at alpha, with minimum",
                "You compare z with alpha: the two sides part where z is 0.",
                lambda z, k: np.where(z > k, z, _bend(z, k)),
            ),
            Mistake(
                "the sides part at -alpha",
                "You compare z with -alpha: the sides part at 0. The floor is an output, not a z.",
                lambda z, k: np.where(z > -k, z, k * np.expm1(z)),
            ),
            Mistake(
                "the left rule everywhere",
                "You use the left rule on both sides: for z > 0 the value is z itself.",
                lambda z, k: k * np.expm1(z),
            ),
            Mistake(
                "minus 1 forgotten in the sum",
                "Your values are too large by alpha on both sides: from the exponential nothing is "
                "taken off.",
                lambda z, k: np.maximum(z, 0) + k * np.exp(np.minimum(z, 0)),
            ),
            Mistake(
                "the bracket forgotten in the sum",
                "You compute alpha e^z - 1: alpha must multiply the 1 as well. So even on the "
                "right something is left over.",
                lambda z, k: np.maximum(z, 0) + k * np.exp(np.minimum(z, 0)) - 1,
            ),
            Mistake(
                "minimum forgotten",
                "On the right your exponential is added to z: nothing positive may get into it.",
                lambda z, k: np.maximum(z, 0) + k * np.expm1(z),
            ),
            Mistake(
                "minimum forgotten, alpha too",
                "On the right your exponential is added to z: nothing positive may get into it. "
                "And alpha is missing.",
                lambda z, k: np.maximum(z, 0) + np.expm1(z),
            ),
            Mistake(
                "z added on both sides",
                "You add z on both sides: left of 0 the exponential term stands alone.",
                lambda z, k: z + _bend(z, k),
            ),
            Mistake(
                "z added on both sides, minimum forgotten",
                "You add z and the exponential term on both sides: each belongs to one side.",
                lambda z, k: z + k * np.expm1(z),
            ),
            Mistake(
                "the line on the left",
                "Your line z stands on the left, where the exponential term is: it belongs to the "
                "right.",
                lambda z, k: np.minimum(z, 0) + _bend(z, k),
            ),
            Mistake(
                "maximum in the exponential",
                "Into your exponential goes the larger one of z and 0: it must be the smaller one.",
                lambda z, k: np.maximum(z, 0) + k * np.expm1(np.maximum(z, 0)),
            ),
            Mistake(
                "minus the size in the exponential",
                "Into your exponential goes -|z|. That is safe, but on the right it still adds "
                "something.",
                lambda z, k: np.maximum(z, 0) + k * np.expm1(-np.abs(z)),
            ),
            Mistake(
                "SELU",
                "Your values are those of SELU, with its two constants: alpha is given here, and "
                "there is no second factor.",
                lambda z, k: 1.0507 * elu(z, alpha=1.6733),
            ),
            Mistake(
                "negative entries left out",
                "You leave the negative entries out: the result must have the shape of z.",
                lambda z, k: z[z > 0],
            ),
        ),
    ),
    WitnessTask(
        name="elu_witness",
        title="Spot the error: the larger one of two branches",
        points=2,
        size=2,
        printed=lambda alpha, z: max(z, alpha * math.expm1(min(z, 0.0))),
        right=lambda alpha, z: float(elu(z, alpha=alpha)),
        rtol=1e-13,
        domain=_complaint,
        hints=(
            "The formula is right where the branch that is wanted is the larger one. First find "
            "out on which side of 0 that can fail.",
            "Left of 0, compare the line a = z with the bend. The bend leaves 0 with the slope "
            "alpha: for which alpha does it start out below the line?",
            "Alpha must be above 1. The line keeps falling and the bend has a floor, so stay "
            "near 0.",
        ),
        why="The form with max needs alpha up to 1, as for Leaky ReLU; tests with alpha = 1 alone "
        "miss it.",
        mistakes=(
            Mistake(
                "at 0",
                "At 0 both branches are 0, whatever alpha is. Move a little away from it.",
                [2.0, 0.0],
            ),
        ),
    ),
    ValueTask(
        name="elu_corner",
        title="Two bends",
        points=2,
        expected=lambda: {
            "elu_slope": 2,
            "elu_second": 2,
            "wide_slope": 1,
            "wide_second": 0.5,
            "wide_floor": -2,
        },
        hints=(
            "At 0 every exponential is 1, so what counts is the factor before it. Differentiate "
            "first, put in z = 0 afterwards.",
            "The exponential of z / 2 has the inner derivative 1/2: the chain rule multiplies by "
            "it each time that you differentiate.",
            "Before the exponential stand 2 times 1/2 after the first derivative of the wide bend, "
            "and one more 1/2 after the second. For its floor, drop the exponential.",
        ),
        why="The wide bend, known as CELU, has no corner for any alpha: its slope at 0 is 1 from "
        "both sides.",
        mistakes=(
            Mistake(
                "all from alpha = 1",
                "You left alpha out everywhere: it is 2, as a factor and in the exponent.",
                {"elu_slope": 1, "elu_second": 1, "wide_slope": 1, "wide_second": 1},
            ),
            Mistake(
                "no inner derivative at all",
                "The inner derivative is missing both times: the exponent of the wide bend is "
                "z / 2, not z.",
                {"wide_slope": 2, "wide_second": 2},
            ),
            Mistake(
                "the outer factor lost both times",
                "Both times you have the inner derivatives alone: alpha stands before them.",
                {"wide_slope": 0.5, "wide_second": 0.25},
            ),
            Mistake(
                "the inner derivative upside down",
                "You multiply by 2 each time: the inner derivative of z / 2 is no 2.",
                {"wide_slope": 4, "wide_second": 8},
            ),
            Mistake(
                "the values at 0",
                "Your slopes are 0: that is the value of both bends at 0, or the slope of ReLU.",
                {"elu_slope": 0, "wide_slope": 0},
            ),
            Mistake(
                "from the right",
                "1 and 0 are slope and second derivative of ELU from the right. Asked is the left.",
                {"elu_slope": 1, "elu_second": 0},
            ),
            Mistake(
                "ELU with alpha = 1",
                "You left alpha out of the slope of ELU: as a constant factor it stays.",
                {"elu_slope": 1},
            ),
            Mistake(
                "the slope of ELU halved",
                "The exponent of ELU is z alone: there is no inner derivative but 1.",
                {"elu_slope": 0.5},
            ),
            Mistake(
                "the second from the right",
                "The second derivative of ELU is 0 from the right. From the left the exponential "
                "stays what it is.",
                {"elu_second": 0},
            ),
            Mistake(
                "alpha lost in the second",
                "You left alpha out of the second derivative of ELU: as a constant factor it "
                "stays, however often you differentiate.",
                {"elu_second": 1},
            ),
            Mistake(
                "alpha twice in the second",
                "The second derivative of ELU has alpha once: it is a factor from the start, and "
                "differentiating e^z brings no other.",
                {"elu_second": 4},
            ),
            Mistake(
                "no inner derivative",
                "In the slope of the wide bend the inner derivative is missing: the exponent is "
                "z / 2, not z.",
                {"wide_slope": 2},
            ),
            Mistake(
                "the outer factor lost",
                "In the slope of the wide bend you have the inner derivative alone: alpha stands "
                "before it.",
                {"wide_slope": 0.5},
            ),
            Mistake(
                "multiplied by 2",
                "In the slope of the wide bend you multiply by 2 once more: the inner derivative "
                "of z / 2 is no 2.",
                {"wide_slope": 4},
            ),
            Mistake(
                "the inner derivative once",
                "In the second derivative of the wide bend the inner derivative stands once only: "
                "each step brings it again.",
                {"wide_second": 1},
            ),
            Mistake(
                "no inner derivative in the second",
                "In the second derivative of the wide bend there is no inner derivative yet: the "
                "exponent is z / 2.",
                {"wide_second": 2},
            ),
            Mistake(
                "the outer factor lost in the second",
                "In the second derivative of the wide bend you have the inner derivatives alone: "
                "alpha stands before them.",
                {"wide_second": 0.25},
            ),
            Mistake(
                "multiplied by 2 in the second",
                "In the second derivative of the wide bend you multiply by 2: the inner derivative "
                "of z / 2 is no 2.",
                {"wide_second": 4},
            ),
            Mistake(
                "multiplied by 2 twice in the second",
                "In the second derivative of the wide bend you multiply by 2 twice: the inner "
                "derivative of z / 2 is no 2.",
                {"wide_second": 8},
            ),
            Mistake(
                "the value of ELU at 0",
                "Your first slope is 0: that is ELU's value at 0, or the slope of ReLU.",
                {"elu_slope": 0},
            ),
            Mistake(
                "the value of the wide bend at 0",
                "The slope of the wide bend is not 0: that is its value at 0.",
                {"wide_slope": 0},
            ),
            Mistake(
                "the wide second from the right",
                "The second derivative of the wide bend is 0 from the right: asked is the left.",
                {"wide_second": 0},
            ),
            Mistake(
                "the floor for alpha = 1",
                "Your floor is that for alpha = 1: the bracket tends to -1, and alpha stands "
                "before it.",
                {"wide_floor": -1},
            ),
            Mistake(
                "the sign of the floor",
                "The floor lies below 0: look at the sign of the bracket where the exponential is "
                "gone.",
                {"wide_floor": 2},
            ),
            Mistake(
                "the floor of the exponential",
                "The exponential tends to 0, but something is taken off it.",
                {"wide_floor": 0},
            ),
            Mistake(
                "the floor stretched",
                "The 2 in the exponent stretches the bend sideways: the floor does not move.",
                {"wide_floor": -4},
            ),
            Mistake(
                "the floor shrunk",
                "You divided in the floor by 2: far left only the factor before the bracket "
                "counts.",
                {"wide_floor": -0.5},
            ),
            Mistake(
                "no floor",
                "The bend levels off: far left its exponential tends to 0, and a number is left.",
                {"wide_floor": -math.inf},
            ),
        ),
    ),
    ExpressionTask(
        name="elu_scaled_slope",
        title="A scaled ELU: the slope from the output",
        points=2,
        expected=lambda: a + alpha * s,
        symbols=("a", "alpha", "s"),
        domain={"a": (-0.2, -0.01), "alpha": (0.5, 3), "s": (0.5, 2)},
        without={"z": "it still holds z: express it through the output a."},
        hints=(
            "Write down the slope as you would from z, with both constant factors. Then look for "
            "it in the formula of the output.",
            "The output is s alpha e^z minus something. The first term is the slope.",
            "Solve the formula of the output for s alpha e^z: what was taken off there must be "
            "added to a.",
        ),
        why="One addition in the place of an exponential, and the constant is not the 1 that much "
        "code has.",
        mistakes=(
            Mistake(
                "the rule of ELU",
                "Your slope is a + alpha: that is the rule for s = 1. Here something larger or "
                "smaller was taken off.",
                lambda: a + alpha,
            ),
            Mistake(
                "scaled twice",
                "Your slope is s (a + alpha): a is the scaled output already, and you scale it "
                "once more.",
                lambda: s * (a + alpha),
            ),
            Mistake(
                "alpha and s taken to be 1",
                "Your slope is a + 1: that is the rule for alpha = 1 and s = 1.",
                lambda: a + 1,
            ),
            Mistake(
                "alpha forgotten",
                "Your slope is a + s: alpha is missing in what you add.",
                lambda: a + s,
            ),
            Mistake(
                "the slope of the unscaled one",
                "You went back to the output of the plain ELU, a / s, and took its slope. The "
                "scaled one is s times as steep.",
                lambda: a / s + alpha,
            ),
            Mistake(
                "s at the wrong term",
                "Your slope is s a + alpha: s stands at the wrong one of the two terms.",
                lambda: s * a + alpha,
            ),
            Mistake(
                "minus for plus",
                "Your slope is a - s alpha: the sign of the constant is flipped. It was taken off "
                "in the output, so it comes back.",
                lambda: a - s * alpha,
            ),
            Mistake(
                "the sign of a",
                "Your slope is s alpha - a: it grows where the output falls. The sign of a is "
                "flipped.",
                lambda: s * alpha - a,
            ),
            Mistake(
                "all signs",
                "Your slope is negative: the function rises everywhere.",
                lambda: -a - s * alpha,
            ),
            Mistake(
                "the output alone",
                "Your slope is a: what was taken off in the output is missing.",
                lambda: a,
            ),
            Mistake(
                "the slope at 0",
                "Your slope is s alpha, the same everywhere on the left: that is its limit at 0.",
                lambda: s * alpha,
            ),
            Mistake(
                "a taken for z",
                "You put a where the formula wants z: a is the output already, and needs no "
                "exponential.",
                lambda: s * alpha * sympy.exp(a),
            ),
            Mistake(
                "a taken for z, s forgotten",
                "You put a where the formula wants z, and s is missing: a is the output already.",
                lambda: alpha * sympy.exp(a),
            ),
            Mistake(
                "a taken for z, alone",
                "You put a where the formula wants z, and both factors are missing.",
                lambda: sympy.exp(a),
            ),
            Mistake(
                "the exponential alone",
                "Your expression is e^z through a, well done: the two constant factors before it "
                "are still missing.",
                lambda: 1 + a / (s * alpha),
            ),
            Mistake(
                "e^z for s = alpha = 1",
                "You took e^z to be a + 1, then multiplied: it is so for s = alpha = 1 only.",
                lambda: s * alpha * (a + 1),
            ),
            Mistake(
                "e^z for alpha = 1, s left out",
                "Your slope is alpha (a + 1): e^z is a + 1 for s = alpha = 1 only, and s is "
                "missing.",
                lambda: alpha * (a + 1),
            ),
            Mistake(
                "e^z for alpha = 1, alpha left out",
                "Your slope is s (a + 1): e^z is a + 1 for s = alpha = 1 only, and alpha is "
                "missing.",
                lambda: s * (a + 1),
            ),
            Mistake(
                "multiplied for added",
                "You multiplied a by s alpha: the constant was taken off, not divided away.",
                lambda: a * s * alpha,
            ),
            Mistake(
                "the slope on the right",
                "Your slope is s, that of the straight right half: asked is z < 0.",
                lambda: s,
            ),
            Mistake(
                "the slope of plain ELU on the right",
                "Your slope is 1, that of the plain ELU on the right: asked is z < 0.",
                lambda: sympy.Integer(1),
            ),
            Mistake(
                "the value once more",
                "You put a into the formula of the output: a is the output already.",
                lambda: s * alpha * (sympy.exp(a) - 1),
            ),
            Mistake(
                "a / s taken for z",
                "You put a / s where the formula wants z: that is the output of the plain ELU.",
                lambda: s * alpha * sympy.exp(a / s),
            ),
            Mistake(
                "z itself",
                "You found z from the output, and stopped there: the slope is asked.",
                lambda: sympy.log(1 + a / (s * alpha)),
            ),
            Mistake(
                "a logarithm",
                "You took a logarithm: that is on the way to z. The exponential itself is wanted.",
                lambda: sympy.log(a + s * alpha),
            ),
            Mistake(
                "the slope of the sigmoid",
                "Your slope is a (1 - a): that is the sigmoid's.",
                lambda: a * (1 - a),
            ),
            Mistake(
                "the slope of tanh",
                "Your slope is 1 - a^2: that is tanh's.",
                lambda: 1 - a**2,
            ),
            *_linear_slips(),
        ),
    ),
    FunctionTask(
        name="elu_backward",
        title="One step backward, from the output",
        points=3,
        reference=_downstream,
        arguments=("dL_da", "a", "alpha"),
        fixed=_backward_calls,
        random=_random_backward,
        is_pure=True,
        hints=(
            "Downstream = upstream times local. The sign of a tells on which side z was.",
            "For a positive output the local gradient is a constant. For a negative one the lesson "
            "has a rule that needs no exponential.",
            "np.where chooses between two slopes: 1, and the sum of the output and alpha. Multiply "
            "by what arrives.",
        ),
        why="The forward pass keeps a and may forget z: lesson 09 goes back from the output as "
        "well, through sigmoid and tanh.",
        mistakes=(
            Mistake(
                "upstream forgotten",
                "Your values are the local gradient: what arrives, dL_da, is not yet multiplied "
                "in.",
                _local(_one, _slope),
            ),
            Mistake(
                "upstream forgotten on the left",
                "Where a is negative, what arrives is not yet multiplied in.",
                lambda dL_da, a, k: np.where(a > 0, dL_da, a + k),
            ),
            Mistake(
                "upstream forgotten on the right",
                "Where a is positive you return 1: that is the local gradient, and what arrives is "
                "not yet multiplied in.",
                lambda dL_da, a, k: np.where(a > 0, 1.0, dL_da * (a + k)),
            ),
            Mistake(
                "the output returned on the right",
                "Where a is positive you return the output a: what arrives must pass there.",
                lambda dL_da, a, k: np.where(a > 0, a, dL_da * (a + k)),
            ),
            Mistake(
                "1 on both sides",
                "Your values are dL_da: your slope is 1 everywhere. The sides part where a is 0, "
                "not where it is -alpha.",
                lambda dL_da, a, k: dL_da,
            ),
            *_slope_slips(),
            Mistake(
                "whole slopes only",
                "Your array of slopes holds whole numbers only, so a + alpha loses its fraction: "
                "make it with dtype=float.",
                lambda dL_da, a, k: dL_da * np.where(a < 0, np.trunc(a + k), 1),
            ),
            Mistake(
                "alpha on the wrong side",
                "Your slope is alpha on the right and 1 on the left: the sides are swapped, and "
                "the left one is not constant.",
                _back(lambda a, k: k, _one),
            ),
            Mistake(
                "the sides swapped",
                "The two sides are swapped: the bend is where the output is negative.",
                _back(_slope, _one),
            ),
            Mistake(
                "the smaller one",
                "Your slope is the smaller one of a + alpha and 1: that is right for alpha = 1 "
                "only. The sign of a must decide.",
                lambda dL_da, a, k: dL_da * np.minimum(a + k, 1),
            ),
            Mistake(
                "the larger one",
                "Your slope is the larger one of a + alpha and 1: the sign of a must decide.",
                lambda dL_da, a, k: dL_da * np.maximum(a + k, 1),
            ),
            Mistake(
                "the sign of the upstream",
                "You choose the side by the sign of dL_da: the output a tells it.",
                lambda dL_da, a, k: dL_da * np.where(dL_da > 0, 1, a + k),
            ),
            Mistake(
                "upstream twice on the right",
                "Where a is positive you multiply by dL_da twice.",
                lambda dL_da, a, k: dL_da * np.where(a > 0, dL_da, a + k),
            ),
            Mistake(
                "np.outer",
                "You multiplied every entry with every other: an activation acts entry by entry.",
                lambda dL_da, a, k: np.outer(dL_da, np.where(a > 0, 1, a + k)),
            ),
            Mistake(
                "dL_da in the place of a",
                "You use dL_da in the place of a, in the condition and in the slope.",
                lambda dL_da, a, k: dL_da * np.where(dL_da > 0, 1, dL_da + k),
            ),
            Mistake(
                "the slope of dL_da",
                "You took dL_da for the output and returned the slope there: a is not used.",
                lambda dL_da, a, k: np.where(dL_da > 0, 1, dL_da + k),
            ),
            Mistake(
                "alpha over both sides",
                "You multiply everything by alpha: the slope on the right is 1, and on the left "
                "alpha is added only.",
                lambda dL_da, a, k: dL_da * k * np.where(a > 0, 1, a + k),
            ),
            Mistake(
                "the sides part at alpha",
                "You compare a with alpha: the sides part at 0.",
                lambda dL_da, a, k: dL_da * np.where(a > k, 1, a + k),
            ),
            Mistake(
                "the sides part at 1",
                "You compare a with 1: the sides part at 0.",
                lambda dL_da, a, k: dL_da * np.where(a > 1, 1, a + k),
            ),
            Mistake(
                "upstream and output swapped",
                "You took the slope from dL_da and multiplied by a: the arguments are swapped.",
                lambda dL_da, a, k: a * np.where(dL_da > 0, 1, dL_da + k),
            ),
            Mistake(
                "ELU of the upstream",
                "You apply ELU to what arrives: on the way back it is multiplied by a slope.",
                lambda dL_da, a, k: elu(dL_da, alpha=k),
            ),
            Mistake(
                "the output for the upstream",
                "You multiply the local gradient by the output a: what arrives is dL_da.",
                lambda dL_da, a, k: a * np.where(a > 0, 1, a + k),
            ),
            Mistake(
                "the output as one more factor",
                "You multiply by the output a as well: upstream times local, no more.",
                lambda dL_da, a, k: dL_da * a * np.where(a > 0, 1, a + k),
            ),
            Mistake(
                "added",
                "You added upstream and local gradient: at a node they are multiplied.",
                lambda dL_da, a, k: dL_da + np.where(a > 0, 1, a + k),
            ),
            Mistake(
                "added on the left",
                "On the left you add the slope to what arrives: at a node they are multiplied.",
                lambda dL_da, a, k: np.where(a > 0, dL_da, dL_da + a + k),
            ),
            Mistake(
                "subtracted",
                "You subtract the local gradient from what arrives: at a node they are multiplied.",
                lambda dL_da, a, k: dL_da - np.where(a > 0, 1, a + k),
            ),
            Mistake(
                "the bracket round dL_da",
                "On the left you add alpha to dL_da and multiply by a: alpha belongs to a.",
                lambda dL_da, a, k: np.where(a > 0, dL_da, (dL_da + k) * a),
            ),
            Mistake(
                "divided by the number of entries",
                "You divide by the number of entries: no mean is taken here.",
                lambda dL_da, a, k: dL_da * np.where(a > 0, 1, a + k) / a.size,
            ),
            Mistake(
                "divided",
                "You divided by the local gradient: the walk back multiplies.",
                lambda dL_da, a, k: dL_da / np.where(a > 0, 1, a + k),
            ),
            Mistake(
                "one bracket less",
                "On the left you compute dL_da * a + alpha: without a bracket the product goes "
                "first.",
                lambda dL_da, a, k: np.where(a > 0, dL_da, dL_da * a + k),
            ),
            Mistake(
                "both slopes on the right",
                "Where a is positive both slopes add up: a + alpha must be switched off there.",
                lambda dL_da, a, k: dL_da * ((a > 0) + a + k),
            ),
            Mistake(
                "the left slope added everywhere",
                "You add a + alpha on both sides: it must be switched off where a is positive, and "
                "multiplied by what arrives where it is not.",
                lambda dL_da, a, k: dL_da * (a > 0) + a + k,
            ),
            Mistake(
                "the slope of tanh",
                "Your local gradient is 1 - a^2: that is tanh's.",
                lambda dL_da, a, k: dL_da * (1 - a**2),
            ),
            Mistake(
                "the slope of the sigmoid",
                "Your local gradient is a (1 - a): that is the sigmoid's.",
                lambda dL_da, a, k: dL_da * a * (1 - a),
            ),
            Mistake(
                "no slope at 0",
                "At a = 0 neither of your two conditions holds, so the slope there is 0.",
                lambda dL_da, a, k: dL_da * ((a > 0) + (a < 0) * (a + k)),
            ),
            Mistake(
                "both slopes at 0",
                "At a = 0 both of your conditions hold, so the two slopes add up there.",
                lambda dL_da, a, k: dL_da * ((a >= 0) + (a <= 0) * (a + k)),
            ),
            Mistake(
                "Python's if",
                "Python's `if` wants one truth value, and an array has one for each entry.",
                lambda dL_da, a, k: dL_da if a > 0 else dL_da * (a + k),
            ),
            Mistake(
                "there is no z",
                "Your code asks for z: the function gets the output a alone, and needs no more.",
                _asks_for_z,
            ),
            Mistake(
                "a mask on one side",
                "You choose some entries on the left of the = and take all on its right: use the "
                "same mask on both sides.",
                _slope_mask_on_one_side,
            ),
            Mistake(
                "one axis only",
                "Your loop runs over one axis: it fails for arrays with more. There is a way "
                "without a loop.",
                _pair_by_pair,
            ),
            Mistake(
                "entries left out",
                "You leave entries out: the result must have the shape of a.",
                lambda dL_da, a, k: dL_da[a > 0],
            ),
            Mistake(
                "a product of matrices",
                "You used @ or np.dot, the product of matrices: an activation acts entry by entry, "
                "so *.",
                lambda dL_da, a, k: dL_da @ np.where(a > 0, 1, a + k),
            ),
            Mistake(
                "np.dot",
                "You used np.dot, the product of matrices: an activation acts entry by entry, so "
                "*.",
                lambda dL_da, a, k: np.dot(dL_da, np.where(a > 0, 1, a + k)),
            ),
            Mistake(
                "a product of matrices, the other order",
                "You used @, the product of matrices: an activation acts entry by entry, so *.",
                lambda dL_da, a, k: np.where(a > 0, 1, a + k) @ dL_da,
            ),
            Mistake(
                "a product of matrices, transposed",
                "You multiplied as matrices, with a transpose: an activation acts entry by entry, "
                "so *.",
                lambda dL_da, a, k: dL_da.T @ np.where(a > 0, 1, a + k),
            ),
        ),
    ),
    ExpressionTask(
        name="elu_crossing",
        title="Where Leaky ReLU overtakes",
        points=2,
        expected=lambda: sympy.log(beta / alpha),
        symbols=("alpha", "beta"),
        domain={"alpha": (0.5, 3), "beta": (0.05, 0.4)},
        without={"z": "it still holds z: solve for it."},
        hints=(
            "Write down both slopes on the left. Only one of them depends on z.",
            "Set the two slopes equal, and get the exponential alone on one side.",
            "The exponential is then beta divided by alpha. The logarithm undoes it.",
        ),
        why="A slope below beta from there on: a larger alpha moves the place left, but only as "
        "its logarithm.",
        mistakes=(
            Mistake(
                "alpha forgotten",
                "Your place is log(beta): that is for alpha = 1 only.",
                lambda: sympy.log(beta),
            ),
            Mistake(
                "upside down",
                "Your place is right of 0, where both slopes are 1: the quotient in the logarithm "
                "is upside down, or a sign is flipped.",
                lambda: sympy.log(alpha / beta),
            ),
            Mistake(
                "the exponential not undone",
                "Your expression is what the exponential is there: it is not yet undone.",
                lambda: beta / alpha,
            ),
            Mistake(
                "exponential for logarithm",
                "You applied the exponential once more: its inverse is wanted.",
                lambda: sympy.exp(beta / alpha),
            ),
            Mistake(
                "divided outside",
                "You divide the logarithm by alpha: alpha is a factor before the exponential, so "
                "divide before you take the logarithm.",
                lambda: sympy.log(beta) / alpha,
            ),
            Mistake(
                "two logarithms divided",
                "You divide two logarithms: the logarithm of a quotient is a difference.",
                lambda: sympy.log(beta) / sympy.log(alpha),
            ),
            Mistake(
                "a product in the logarithm",
                "You multiply by alpha in the logarithm: to get the exponential alone, divide.",
                lambda: sympy.log(alpha * beta),
            ),
            Mistake(
                "alpha taken off outside",
                "You subtract alpha from the logarithm: alpha is a factor before the exponential.",
                lambda: sympy.log(beta) - alpha,
            ),
            Mistake(
                "alpha taken off inside",
                "You take alpha and beta apart by a difference: alpha is a factor before the "
                "exponential, not a summand.",
                lambda: sympy.log(alpha - beta),
            ),
            Mistake(
                "alpha added inside",
                "You add alpha in the logarithm. Does the slope of ELU have a constant term?",
                lambda: sympy.log(alpha + beta),
            ),
            Mistake(
                "the output for the slope",
                "You set ELU's output equal to beta: asked is the slope, from which the constant "
                "has dropped out.",
                lambda: sympy.log(1 + beta / alpha),
            ),
            Mistake(
                "the output at minus beta",
                "You set ELU's output equal to -beta: asked is the slope, from which the constant "
                "has dropped out.",
                lambda: sympy.log(1 - beta / alpha),
            ),
            Mistake(
                "minus the place, alpha forgotten",
                "Your place is -log(beta): it lies right of 0, and alpha is missing.",
                lambda: -sympy.log(beta),
            ),
            Mistake(
                "alpha before the logarithm",
                "You multiply the logarithm by alpha: alpha is a factor before the exponential, so "
                "it must go first.",
                lambda: alpha * sympy.log(beta),
            ),
            Mistake(
                "alpha in the exponent",
                "You divide by alpha twice: it is a factor before the exponential, and the "
                "exponent is z alone.",
                lambda: sympy.log(beta / alpha) / alpha,
            ),
            Mistake(
                "a factor alpha too many",
                "You multiply the logarithm by alpha at the end: the exponent is z alone.",
                lambda: alpha * sympy.log(beta / alpha),
            ),
            Mistake(
                "the slope 1",
                "That is where ELU's slope is 1: it shall be as large as Leaky ReLU's on the left.",
                lambda: -sympy.log(alpha),
            ),
            Mistake(
                "base 10",
                "You took the logarithm to base 10: the exponential has the base e.",
                lambda: sympy.log(beta / alpha) / sympy.log(10),
            ),
            *(
                Mistake(
                    f"the lesson's place, {number}",
                    "That is the lesson's place, for alpha = 1 and beta = 0.01: asked is any.",
                    lambda number=number: sympy.Rational(number),
                )
                for number in ("-4.61", "-4.605", "-4.6", "-4.6052")
            ),
            Mistake(
                "base 10, alpha forgotten",
                "You took the logarithm to base 10, and alpha is missing: the exponential has the "
                "base e.",
                lambda: sympy.log(beta) / sympy.log(10),
            ),
            Mistake(
                "base 2",
                "You took the logarithm to base 2: the exponential has the base e.",
                lambda: sympy.log(beta / alpha) / sympy.log(2),
            ),
            Mistake(
                "the exponential not undone, upside down",
                "The exponential is not yet undone, and the quotient is upside down.",
                lambda: alpha / beta,
            ),
            Mistake(
                "the sign for the logarithm",
                "A minus sign does not undo the exponential: its inverse does.",
                lambda: -beta / alpha,
            ),
            Mistake(
                "the difference upside down",
                "Your place is alpha - beta: the exponential is not undone, and alpha is a factor "
                "before it.",
                lambda: alpha - beta,
            ),
            Mistake(
                "log(alpha)",
                "Your place is log(alpha): beta is missing, and alpha divides.",
                lambda: sympy.log(alpha),
            ),
            Mistake(
                "alpha divided away twice",
                "You divide by alpha twice in the logarithm: it is a factor before the exponential "
                "once.",
                lambda: sympy.log(beta / alpha**2),
            ),
            Mistake(
                "exponential of beta",
                "You took the exponential of beta: its inverse is wanted, and of the quotient.",
                lambda: sympy.exp(beta) / alpha,
            ),
            Mistake(
                "exponential of minus the quotient",
                "You applied the exponential once more: its inverse is wanted.",
                lambda: sympy.exp(-beta / alpha),
            ),
            Mistake(
                "at 0",
                "At 0 the slope of ELU still is alpha, which is larger than beta.",
                lambda: sympy.Integer(0),
            ),
            Mistake(
                "beta itself",
                "Your place is beta: that is one of the two slopes, and no z.",
                lambda: beta,
            ),
            Mistake(
                "beta in the place of z",
                "You put beta into the slope of ELU, where z belongs: beta is what the slope shall "
                "be.",
                lambda: alpha * sympy.exp(beta),
            ),
            Mistake(
                "divided by beta",
                "You divide the logarithm by beta: alpha is what divides, and before the logarithm "
                "is taken.",
                lambda: sympy.log(beta) / beta,
            ),
            Mistake(
                "the product",
                "Your place is alpha beta: the exponential is not undone, and alpha divides.",
                lambda: alpha * beta,
            ),
            Mistake(
                "the quotient minus 1",
                "You kept the 1 of the bracket, which has dropped out of the slope, and the "
                "exponential is not undone.",
                lambda: beta / alpha - 1,
            ),
            Mistake(
                "1 minus the quotient",
                "You kept the 1 of the bracket, which has dropped out of the slope, and the "
                "exponential is not undone, either.",
                lambda: 1 - beta / alpha,
            ),
            Mistake(
                "1 kept before the division",
                "You set alpha e^z - 1 equal to beta: nothing is taken off in the slope.",
                lambda: sympy.log((beta + 1) / alpha),
            ),
            Mistake(
                "two logarithms divided, upside down",
                "You divide two logarithms: the logarithm of a quotient is a difference. And yours "
                "is upside down.",
                lambda: sympy.log(alpha) / sympy.log(beta),
            ),
            Mistake(
                "divided outside, upside down",
                "You divide alpha by the logarithm: alpha is a factor before the exponential, so "
                "it goes before the logarithm is taken.",
                lambda: alpha / sympy.log(beta),
            ),
            Mistake(
                "a product, then divided",
                "You multiply by alpha in the logarithm, and divide by it outside: it is a factor "
                "before the exponential, once.",
                lambda: sympy.log(alpha * beta) / alpha,
            ),
            Mistake(
                "a root",
                "You took a root: it undoes a square. The inverse of the exponential is wanted.",
                lambda: sympy.sqrt(beta / alpha),
            ),
            Mistake(
                "1 off for the division",
                "You subtract 1 from the logarithm of beta: alpha divides beta before it is taken.",
                lambda: sympy.log(beta) - 1,
            ),
            Mistake(
                "beta divided by the exponential of alpha",
                "You move alpha across as if it were an exponent: it is a factor.",
                lambda: beta * sympy.exp(-alpha),
            ),
            Mistake(
                "1 kept on the wrong side",
                "Your logarithm has a summand that does not belong: from the slope, the 1 of the "
                "bracket has dropped out.",
                lambda: sympy.log(beta + 1),
            ),
            Mistake(
                "the lesson's number",
                "You put in 1/100 for beta: any leak shall be allowed.",
                lambda: sympy.log(sympy.Rational(1, 100) / alpha),
            ),
            Mistake(
                "the lesson's place",
                "That is the lesson's place, for alpha = 1 and beta = 0.01: asked is any.",
                lambda: -sympy.log(100),
            ),
            Mistake(
                "a difference for a quotient",
                "Your place is beta - alpha: the exponential is not undone, and alpha is a factor "
                "before it.",
                lambda: beta - alpha,
            ),
        ),
    ),
)
