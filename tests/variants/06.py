"""Right answers of unusual forms, and wrong ones beyond the catalogue, for exercise 06."""

import math

import numpy as np
import sympy as sp

a, alpha, beta, s, z = sp.symbols("a alpha beta s z")  # a student's own, without assumptions


def elu_by_loop(z, alpha):
    flat = [v if v > 0 else alpha * math.expm1(v) for v in z.ravel().tolist()]
    return np.array(flat, dtype=float).reshape(z.shape)


def elu_by_mask(z, alpha):
    result = np.empty(z.shape)
    result[z > 0] = z[z > 0]
    result[z <= 0] = alpha * np.expm1(z[z <= 0])
    return result


def elu_by_copy(z, alpha):
    result = z.astype(np.float64)
    result[z < 0] = alpha * np.expm1(result[z < 0])
    return result


def elu_by_pieces(z, alpha):
    z = z.astype(float)
    return np.piecewise(z, [z > 0], [lambda v: v, lambda v: alpha * np.expm1(v)])


def elu_by_tanh(z, alpha):
    t = np.tanh(np.minimum(z, 0) / 2)
    return np.maximum(z, 0) + 2 * alpha * t / (1 - t)


def elu_by_series(z, alpha):
    below = np.minimum(z, 0.0)
    small = np.maximum(below, -1e-4)
    near = small * (1 + small / 2 * (1 + small / 3 * (1 + small / 4)))
    return np.maximum(z, 0) + alpha * np.where(below > -1e-4, near, np.exp(below) - 1)


def elu_as_z_near_0(limit):
    def elu(z, alpha):
        below = np.minimum(z, 0.0)
        near = np.where(below > -limit, below, np.exp(below) - 1)
        return np.maximum(z, 0) + alpha * near

    return elu


def elu_in_silence(z, alpha):
    with np.errstate(over="ignore"):
        return np.where(z > 0, z, alpha * np.expm1(z))


def elu_in_place(z, alpha):
    z[z < 0] = alpha * np.expm1(z[z < 0])
    return z


def elu_over_the_argument(z, alpha):
    result = np.maximum(z, 0) + alpha * np.expm1(np.minimum(z, 0))
    z[:] = result
    return result


def elu_row_by_row(z, alpha):
    result = np.zeros(len(z))
    for i in range(len(z)):
        result[i] = z[i] if z[i] > 0 else alpha * (np.exp(z[i]) - 1)
    return result


def elu_of_zeros_like(z, alpha):
    result = np.zeros_like(z)
    result[z > 0] = z[z > 0]
    result[z <= 0] = alpha * np.expm1(z[z <= 0])
    return result


def backward_by_loop(dL_da, a, alpha):
    result = np.empty(a.shape)
    for k in np.ndindex(a.shape):
        result[k] = dL_da[k] if a[k] > 0 else dL_da[k] * (a[k] + alpha)
    return result


def backward_by_copy(dL_da, a, alpha):
    dL_dz = np.array(dL_da)
    dL_dz[a < 0] *= a[a < 0] + alpha
    return dL_dz


def backward_through_z(dL_da, a, alpha):
    z = np.where(a > 0, a, np.log1p(np.minimum(a, 0) / alpha))
    return dL_da * np.where(z > 0, 1, alpha * np.exp(np.minimum(z, 0)))


def backward_in_place(dL_da, a, alpha):
    dL_da[a < 0] *= a[a < 0] + alpha
    return dL_da


def slopes_of_whole_numbers(dL_da, a, alpha):
    local = np.ones(a.shape, dtype=int)
    local[a < 0] = (a + alpha)[a < 0]
    return dL_da * local


def backward_by_one_mask(dL_da, a, alpha):
    local = np.ones_like(a)
    local[a < 0] = a + alpha
    return dL_da * local


CORNER = {"elu_slope": 2, "elu_second": 2, "wide_slope": 1, "wide_second": 0.5, "wide_floor": -2}
_wide = 2 * (sp.exp(z / 2) - 1)

RIGHT = {
    "elu_value": [
        elu_by_loop,
        elu_by_mask,
        elu_by_copy,
        elu_by_pieces,
        elu_by_tanh,
        elu_by_series,
        elu_in_silence,
        np.vectorize(lambda v, k: v if v > 0 else k * math.expm1(v), otypes=[float]),
        lambda z, alpha: np.where(z > 0, z, alpha * np.expm1(np.minimum(z, 0))),
        lambda z, alpha: np.where(z < 0, alpha * np.expm1(np.where(z < 0, z, 0)), z),
        lambda z, alpha: np.maximum(z, 0) + alpha * np.expm1(z * (z < 0)),
        lambda z, alpha: np.maximum(z, 0) + alpha * np.expm1(-np.maximum(-z, 0)),
        lambda z, alpha: (np.maximum(z, 0) + alpha * np.expm1(np.clip(z, None, 0))).tolist(),
        lambda z, alpha: np.select([z > 0, z <= 0], [z, alpha * np.expm1(np.fmin(z, 0))]),
    ],
    "elu_witness": [
        [2, -1],
        (3.0, -0.5),
        np.array([1.5, -0.25]),
        [sp.Integer(2), sp.Rational(-3, 2)],
        [100, -90],
        [1.0001, -1e-5],
        [2.0, -1.59],
        [2.0, -1e-12],
        [np.float32(1.25), np.float64(-0.125)],
    ],
    "elu_corner": [
        CORNER,
        {name: float(value) for name, value in reversed(CORNER.items())},
        {name: sp.nsimplify(value) for name, value in CORNER.items()},
        {name: np.float32(value) for name, value in CORNER.items()},
        CORNER | {"wide_second": sp.diff(_wide, z, 2).subs(z, 0), "more": "words"},
        CORNER | {"wide_floor": sp.limit(_wide, z, -sp.oo), "wide_slope": np.array(1.0)},
    ],
    "elu_scaled_slope": [
        s * (a / s + alpha),
        s * alpha * (1 + a / (s * alpha)),
        sp.exp(sp.log(a + alpha * s)),
        (a**2 - (s * alpha) ** 2) / (a - s * alpha),
        1.0 * a + alpha * s,
        sp.Piecewise((s, a > 0), (a + s * alpha, True)),
        sp.solve(sp.Eq(a, z - s * alpha), z)[0],
        sp.diff(s * alpha * (sp.exp(z) - 1), z).subs(z, sp.log(1 + a / (s * alpha))),
        -(-a - s * alpha),
    ],
    "elu_backward": [
        backward_by_loop,
        backward_by_copy,
        backward_through_z,
        lambda dL_da, a, alpha: dL_da * np.where(a >= 0, 1, a + alpha),
        lambda dL_da, a, alpha: np.where(a > 0, dL_da, dL_da * (a + alpha)),
        lambda dL_da, a, alpha: (dL_da * np.where(a < 0, a + alpha, 1)).tolist(),
        lambda dL_da, a, alpha: (dL_da * np.where(a > 0, 1, a + alpha)).astype(np.float32),
        lambda dL_da, a, alpha: dL_da * ((a > 0) + (a <= 0) * (a + alpha)),
        lambda dL_da, a, alpha: dL_da * (1 - (a < 0) * (1 - a - alpha)),
        lambda dL_da, a, alpha: dL_da * (a + alpha + (1 - a - alpha) * np.heaviside(a, 0)),
        lambda dL_da, a, alpha: dL_da * np.piecewise(a, [a > 0], [1, lambda v: v + alpha]),
        lambda dL_da, a, alpha: dL_da * np.select([a > 0, a < 0], [1, a + alpha], (1 + alpha) / 2),
        np.vectorize(lambda g, v, k: g if v > 0 else g * (v + k), otypes=[float]),
    ],
    "elu_crossing": [
        sp.log(beta) - sp.log(alpha),
        -sp.log(alpha / beta),
        sp.solve(alpha * sp.exp(z) - beta, z)[0],
        sp.log((beta / alpha) ** 2) / 2,
        sp.log(beta / alpha, 10) * sp.log(10),
        sp.log(beta**3) / 3 - sp.log(alpha),
        sp.asinh((beta**2 - alpha**2) / (2 * alpha * beta)),
        sp.log(sp.solve(alpha * z - beta, z)[0]),
    ],
}

# answer, and what the message must say
WRONG = {
    "elu_value": [
        (lambda z, alpha: np.where(z > 0, z, alpha * np.exp(z) - alpha), "cancel.*overflows"),
        (lambda z, alpha: np.where(z > 0, z, alpha * (np.e**z - 1)), "digits cancel"),
        (lambda z, alpha: np.where(z > 0, z, alpha * np.expm1(z)), "NumPy warns: overflow"),
        (lambda z, alpha: z * (z > 0) + alpha * np.expm1(z) * (z < 0), "infinity times 0 is NaN"),
        (lambda z, alpha: np.maximum(z, 0) + np.minimum(0, alpha * np.expm1(z)), "NumPy warns"),
        (elu_as_z_near_0(1e-3), "ordinary inputs are right"),
        (elu_as_z_near_0(1e-6), "ordinary inputs are right"),
        (elu_as_z_near_0(1e-8), "ordinary inputs are right"),
        (elu_in_place, "whole numbers"),
        (elu_over_the_argument, "writes into z"),
        (elu_row_by_row, "one axis"),
        (elu_of_zeros_like, "fractions are lost"),
        (lambda z, alpha: max(z, 0) + alpha * np.expm1(min(z, 0)), "one truth value"),
        (lambda z, alpha: [v if v > 0 else alpha * np.exp(v) for v in z], "z is positive"),
        (lambda z, alpha: np.maximum(z, alpha * np.expm1(np.minimum(z, 0))), "larger one"),
        (lambda z, alpha: np.maximum(z, 0) + np.exp(np.minimum(z, 0)) - 1, "alpha is not yet"),
        (lambda z, alpha: -elu_by_mask(z, alpha), "wrong sign"),
        (lambda z, alpha: 2 * np.where(z > 0, z, alpha * np.exp(z)), "nothing is taken off.*2 tim"),
        (lambda z, alpha: elu_by_mask(z, alpha).round(3), "rounded"),
        (lambda z, alpha: elu_by_mask(z, alpha).T, "transpose"),
        (lambda z, alpha: elu_by_mask(z, alpha).sum(), "added up"),
        (lambda z, alpha: np.where(z > 0, z, alpha * np.sin(z)), "z is positive"),
        (lambda z: np.where(z > 0, z, np.expm1(z)), "TypeError"),
        (lambda z, alpha: print(elu_by_mask(z, alpha)), "return"),
    ],
    "elu_witness": [
        ([0.5, 1.0], "z > 0"),
        ([1, -2], "alpha up to 1"),
        ([0.5, -2], "alpha up to 1"),
        ([2, -5], "nearer to 0"),
        ([1.0, 0.0], "no witness"),
        ([-1, 2], "swap"),
        ([-2, -1], "positive"),
        ([2, -math.inf], "finite"),
        (2.0, "list of 2"),
        ([2, -1, 0], "got 3"),
        ({"alpha": 2, "z": -1}, "list of 2"),
    ],
    "elu_corner": [
        (CORNER | {"wide_slope": 2, "wide_second": 2}, "missing both times"),
        (CORNER | {"wide_second": 1}, "once only"),
        (CORNER | {"wide_second": -0.5}, "sign is flipped"),
        (CORNER | {"elu_slope": 1, "elu_second": 1}, "alpha out of the slope"),
        (CORNER | {"elu_second": 0, "elu_slope": 1}, "from the right"),
        (CORNER | {"wide_floor": -1}, "alpha = 1"),
        (CORNER | {"wide_slope": 0.7}, "4 of 5.*wide_slope"),
        ({"elu_slope": 2, "elu_second": 2}, "2 of 5"),
        ([2, 2, 1, 0.5, -2], "dictionary"),
    ],
    "elu_scaled_slope": [
        (a + alpha, "s = 1"),
        (s * a + s * alpha, "scaled output already"),
        (alpha * s * sp.exp(z), "holds z"),
        (s * alpha * sp.exp(a), "a where the formula wants z"),
        (sp.expand((a + alpha * s) / s), "plain ELU"),
        (-(a + alpha), "s = 1.*sign"),
        (a + s * alpha + 1, "is 1"),
        (3 * (a + s * alpha), "3 times"),
        (sp.sin(a), "expected"),
        (0.7, "expected"),
        ("a + s * alpha", "SymPy expression"),
        (a + sp.Symbol("lam") * alpha, "symbol lam"),
    ],
    "elu_backward": [
        (lambda dL_da, a, alpha: dL_da * np.where(a > 0, 1, a + 1), "alpha = 1 only"),
        (lambda dL_da, a, alpha: dL_da * np.where(a > 0, 1, alpha * np.exp(a)), "output where"),
        (lambda dL_da, a, alpha: np.where(a < 0, a + 1, 1), "alpha = 1 only.*not yet multiplied"),
        (lambda dL_da, a, alpha: dL_da * np.where(z > 0, 1, alpha), "relational|truth|SymPy"),
        (lambda dL_da, a, alpha: dL_da * np.minimum(1, a + alpha), "smaller one"),
        (lambda dL_da, a, alpha: dL_da * (a + alpha), "where a is positive"),
        (lambda dL_da, a, alpha: dL_da * np.where(a > 0, alpha, a + 1), "alpha = 1 only.*no part"),
        (lambda dL_da, a, alpha: dL_da * (a > 0) + dL_da * (a < 0) * (a + alpha), "At a = 0"),
        (lambda dL_da, a, alpha: -dL_da * np.where(a > 0, 1, a + alpha), "wrong sign"),
        (lambda dL_da, a, alpha: dL_da * np.where(a > 0, 1, a + alpha) / len(a), "number of"),
        (lambda dL_da, a, alpha: dL_da.T @ np.where(a > 0, 1, a + alpha), "as matrices"),
        (lambda dL_da, a, alpha: dL_da * np.where(a > 1e-3, 1, np.cos(a)), "expected"),
        (lambda dL_da, a: dL_da * np.where(a > 0, 1, a + 1), "TypeError"),
        (backward_in_place, "writes into dL_da"),
        (backward_by_one_mask, "same mask on both sides"),
    ],
    "elu_crossing": [
        (sp.log(beta), "alpha = 1 only"),
        (sp.log(alpha) - sp.log(beta), "right of 0"),
        (sp.log(beta) / alpha, "before you take the logarithm"),
        (sp.log(1 + beta / alpha), "output equal to beta"),
        (beta / alpha, "not yet undone"),
        (sp.log(beta - alpha), "no finite real value"),
        (2 * sp.log(beta / alpha), "2 times"),
        (-sp.log(beta) / alpha, "before you take.*sign"),
        (alpha * sp.exp(z) - beta, "solve for it"),
        (sp.solve(alpha * sp.exp(z) - beta, z), "SymPy expression"),
        (sp.Eq(z, sp.log(beta / alpha)), "right-hand side|solve for it"),
        (-4.605, "the lesson's place"),
    ],
}
