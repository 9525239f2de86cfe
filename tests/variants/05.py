"""Right answers of unusual forms, and wrong ones beyond the catalogue, for exercise 05."""

import math

import numpy as np
import sympy as sp

from course_utils.activations import leaky_relu

z, h, alpha = sp.symbols("z h alpha")  # a student's own symbols, without assumptions


def value_by_loop(z, alpha):
    flat = [v if v > 0 else alpha * v for v in z.ravel()]
    return np.array(flat).reshape(z.shape)


def value_by_mask(z, alpha):
    result = z.copy()
    result[z < 0] *= alpha
    return result


def value_by_index(z, alpha):
    result = np.zeros(z.shape)
    for place in np.ndindex(z.shape):
        result[place] = max(z[place], 0) + alpha * min(z[place], 0)
    return result


def value_by_case(z, alpha):
    return np.maximum(alpha * z, z) if alpha <= 1 else np.minimum(alpha * z, z)


def value_in_lists(z, alpha):
    if z.ndim == 0:
        return float(z) if z > 0 else alpha * float(z)
    return [value_in_lists(row, alpha) for row in z]


def slopes_of_whole_numbers(dL_da, z, alpha):
    slope = np.full(z.shape, 1)
    slope[z < 0] = alpha
    return dL_da * slope


def backward_by_loop(dL_da, z, alpha):
    result = np.empty_like(dL_da)
    for place, value in np.ndenumerate(z):
        result[place] = dL_da[place] * (1 if value >= 0 else alpha)
    return result


def backward_by_copy(dL_da, z, alpha):
    dL_dz = dL_da.copy()
    dL_dz[z <= 0] *= alpha
    return dL_dz


def gradient_by_loops(dL_da, z):
    batch, units = z.shape
    total = [0.0] * units
    for i in range(batch):
        for k in range(units):
            if z[i, k] < 0:
                total[k] += dL_da[i, k] * z[i, k]
    return total


def gradient_by_difference(dL_da, z):
    high, low = (dL_da * leaky_relu(z, alpha=value) for value in (1.5, 0.5))
    return (high - low).sum(axis=0)


leaky = sp.Piecewise((z, z > 0), (alpha * z, True))
central = (leaky.subs(z, z + h) - leaky.subs(z, z - h)) / (2 * h)
_right = {"dL_dz": -0.8, "dL_dw": -2.4, "dL_db": -0.8, "rise": 0.4, "steps": 4}

RIGHT = {
    "leaky_value": [
        value_by_loop,
        value_by_mask,
        value_by_index,
        value_by_case,
        value_in_lists,
        lambda z, alpha: np.maximum(z, 0) + alpha * np.minimum(z, 0),
        lambda z, alpha: np.piecewise(z, [z > 0, z <= 0], [lambda v: v, lambda v: alpha * v]),
        lambda z, alpha: np.select([z > 0], [z], alpha * z),
        lambda z, alpha: np.vectorize(lambda v: v if v >= 0 else alpha * v)(z),
        lambda z, alpha: (1 + alpha) / 2 * z + (1 - alpha) / 2 * np.abs(z),
        lambda z, alpha: z * np.where(z < 0, alpha, 1),
        lambda z, alpha: z * (z > 0) + alpha * z * (z <= 0),
        lambda z, alpha: np.maximum(z, 0) - alpha * np.maximum(-z, 0),
        lambda z, alpha: np.where(z > 0, z, alpha * z).astype(np.float32),
        lambda z, alpha=0.01: leaky_relu(z, alpha=alpha),
        lambda z, alpha: z + (alpha - 1) * np.clip(z, None, 0),
    ],
    "leaky_witness": [
        [1.0, -0.5],
        (-1, -1),
        np.array([2.0, -0.1]),
        [sp.Rational(1, 2), sp.Integer(-3)],
        [np.float32(-3), -1e-9],
        [1e-9, -1e9],
    ],
    "leaky_quotient": [
        central,
        (1 + alpha) / 2 + (1 - alpha) * z / (2 * h),
        ((h + z) + (h - z) * alpha) / h / 2,
        sp.expand((z + h - alpha * (z - h)) / (2 * h)),
        (sp.Abs(z + h) + alpha * sp.Abs(z - h)) / (2 * h),
        (sp.Max(z + h, 0) - alpha * sp.Min(z - h, 0)) * 0.5 / h,
        alpha + (1 - alpha) * (z + h) / (2 * h),
        sp.Integral(1, (z, 0, z + h)).doit() / (2 * h) - alpha * (z - h) / (2 * h),
    ],
    "leaky_backward": [
        backward_by_loop,
        backward_by_copy,
        lambda dL_da, z, alpha: dL_da * np.where(z >= 0, 1, alpha),
        lambda dL_da, z, alpha: dL_da * leaky_relu.derivative(z, alpha=alpha),
        lambda dL_da, z, alpha: np.where(z > 0, dL_da, alpha * dL_da).tolist(),
        lambda dL_da, z, alpha: dL_da * ((z > 0) + alpha * (z <= 0)),
        lambda dL_da, z, alpha: dL_da * ((1 + alpha) / 2 + (1 - alpha) / 2 * np.sign(z)),
        lambda dL_da, z, alpha: dL_da * (alpha + (1 - alpha) * np.heaviside(z, 1 / 3)),
        lambda dL_da, z, alpha: np.piecewise(z, [z > 0], [1, alpha]) * dL_da,
        lambda dL_da, z, alpha: (dL_da * np.where(z > 0, 1.0, alpha)).astype(np.float32),
        lambda dL_da, z, alpha: np.multiply(np.select([z > 0, z < 0], [1, alpha], alpha), dL_da),
    ],
    "leaky_way_back": [
        _right,
        {name: sp.Rational(str(value)) for name, value in _right.items()},
        {name: np.float32(value) for name, value in reversed(_right.items())},
        _right | {"rise": 0.05 * 2.4 * 3 + 0.05 * 0.8, "steps": math.ceil(1.5 / 0.4), "more": 1},
        _right | {"steps": 4.0, "dL_dw": np.array(-2.4)},
    ],
    "leaky_alpha_gradient": [
        gradient_by_loops,
        gradient_by_difference,
        lambda dL_da, z: np.einsum("ij,ij->j", dL_da, np.minimum(z, 0)),
        lambda dL_da, z: np.diag(dL_da.T @ np.minimum(z, 0)),
        lambda dL_da, z: (dL_da * z * (z < 0)).sum(axis=0),
        lambda dL_da, z: np.ones(len(z)) @ np.where(z > 0, 0, dL_da * z),
        lambda dL_da, z: [float(g[v < 0] @ v[v < 0]) for g, v in zip(dL_da.T, z.T, strict=True)],
        lambda dL_da, z: sum(dL_da * (z - np.abs(z)) / 2),
        lambda dL_da, z: np.sum(dL_da * np.clip(z, None, 0), axis=-2),
        lambda dL_da, z: tuple(np.add.reduce(dL_da * np.minimum(z, 0)).astype(np.float32)),
    ],
}

# answer, and what the message must say
WRONG = {
    "leaky_value": [
        (lambda z, alpha: np.where(z > alpha * z, z, alpha * z), "form with max"),
        (lambda z, alpha: max(alpha * z, z), "one truth value"),
        (lambda z, alpha: np.array([max(v, alpha * v) for v in z]), "one axis"),
        (lambda z, alpha: leaky_relu(z), "by 0.01, whatever alpha"),
        (lambda z, alpha: np.maximum(z, 0) + alpha * z, "the leak belongs to the negative side"),
        (lambda z, alpha: np.maximum(z, 0) - alpha * np.minimum(z, 0), "sign is flipped"),
        (lambda z, alpha: leaky_relu.derivative(z, alpha=alpha), "the slopes"),
        (lambda z, alpha: np.maximum(z, 0) * alpha, "alpha times ReLU"),
        (lambda z, alpha: np.where(z < 0, z, alpha * z), "sides are swapped"),
        (lambda z, alpha: np.where(z > 0, z, -alpha * np.abs(z)) + alpha, "For z ="),
        (lambda z, alpha: (1 - alpha) * z / 2 + (1 + alpha) * np.abs(z) / 2, "sign is flipped"),
        (lambda z, alpha: z if (z > 0).all() else alpha * z, "the whole array at once"),
        (lambda z, alpha: z if (z > 0).any() else alpha * z, "the whole array at once"),
        (lambda z, alpha: z if z.all() > 0 else alpha * z, "z itself"),
        (lambda z, alpha: print(z), "return"),
        (lambda z: z, "TypeError"),
        (np.array([-0.5, 3.0]), "Expected a function"),
    ],
    "leaky_witness": [
        ([1.0, 2.0], "no larger line"),
        ([-1.0, 0.3], "every alpha from 0 to 1"),
        ([0.0, -1.0], "both halves are 0"),
        ([-2.0, 0.0], "ReLU"),
        ([3, 1], "straight line"),
        ([-2, 0.01], "every alpha from 0 to 1"),
        ([1e-200, -1e-200], "Both"),
        ([-0.5, 3.0], "z = -0.5 and alpha = 3"),
        ([np.inf, -1], "finite"),
        (-1, "list of 2 numbers"),
        ([1, -1, 0], "got 3"),
        ({"z": 1, "alpha": -1}, "list of 2 numbers"),
    ],
    "leaky_quotient": [
        ((z + h - alpha * (h - z)) / (2 * h), "add the two heights"),
        ((z + h - z + h) / (2 * h), "both points to be on the positive"),
        (0.5 * (1 + alpha), "at the corner itself"),
        ((z + h - alpha * (z - h)) / (2 * h) + sp.Symbol("x"), "symbol x"),
        ((z + h - 0.01 * (z - h)) / (2 * h), "expected"),
        ((z + h - alpha * (z - h)) / (2 * z), "expected"),
        (sp.Derivative(leaky, z), "doit"),
        ("(z + h) / h", "SymPy expression"),
        (0.7, "expected"),
    ],
    "leaky_backward": [
        (lambda dL_da, z, alpha: dL_da * (z > 0), "mask is ReLU's"),
        (lambda dL_da, z, alpha: dL_da * np.maximum(alpha, z > 0), "alpha above 1"),
        (lambda dL_da, z, alpha: np.maximum(dL_da, alpha * dL_da), "whether dL_da is positive"),
        (lambda dL_da, z, alpha: dL_da * leaky_relu(z, alpha=alpha), "multiply by the output"),
        (lambda dL_da, z, alpha: dL_da * np.minimum(z, 0), "last task"),
        (lambda dL_da, z, alpha: dL_da * leaky_relu.derivative(z), "0.01, whatever alpha"),
        (lambda dL_da, z, alpha: dL_da * ((z > 0) + alpha), "slope is 1 . alpha"),
        (lambda dL_da, z, alpha: dL_da * np.where(z > 0, 1, -alpha), "sign is flipped"),
        (lambda dL_da, z, alpha: dL_da * (alpha + (1 - alpha) * np.heaviside(z, 2.0)), "anything"),
        (lambda dL_da, z, alpha: dL_da * (z > 0) + alpha * dL_da * (z < 0), "neither of your two"),
        (lambda dL_da, z, alpha: dL_da * (z >= 0) + alpha * dL_da * (z <= 0), "add up there"),
        (slopes_of_whole_numbers, "whole numbers only"),
        (lambda dL_da, z, alpha: dL_da * (leaky_relu(z, alpha=alpha) > 0), "mask is ReLU's"),
        (lambda dL_da, z, alpha: np.where(z > 0, dL_da, alpha), "what arrives is lost"),
        (lambda dL_da, z, alpha: np.where(z > 0, 1, alpha * dL_da), "what arrives is lost"),
        (lambda dL_da, z, alpha: dL_da if z.all() > 0 else alpha * dL_da, "expected"),
        (lambda dL_da, z: dL_da * (z > 0), "TypeError"),
    ],
    "leaky_way_back": [
        (_right | {"dL_dz": -4, "dL_dw": -12, "dL_db": -4, "rise": 2, "steps": 1}, "not 1"),
        (_right | {"dL_dz": 0, "dL_dw": 0, "dL_db": 0, "rise": 0, "steps": None}, "ReLU"),
        (_right | {"rise": 0.36, "steps": 5}, "b moves, too"),
        (_right | {"rise": 0.16, "steps": 10}, "step of w is multiplied by x"),
        (_right | {"steps": 3}, "a little below"),
        (_right | {"steps": "never"}, "ReLU.s answer"),
        (_right | {"dL_dw": -1.5, "steps": 3}, "again at .dL_dw"),
        ([-0.8, -2.4, -0.8, 0.4, 4], "dictionary"),
        ({"dL_dz": -0.8}, "1 of 5"),
    ],
    "leaky_alpha_gradient": [
        (lambda dL_da, z: np.sum(dL_da * np.minimum(z, 0)), "alpha of its own"),
        (lambda dL_da, z: (dL_da * np.minimum(z, 0)).mean(axis=0), "mean over the examples"),
        (lambda dL_da, z: (dL_da * z).sum(axis=0), "on both sides"),
        (lambda dL_da, z: np.minimum(z, 0).sum(axis=0), "not multiplied in"),
        (lambda dL_da, z: np.where(z < 0, dL_da, 0).sum(axis=0), "differentiate"),
        (lambda dL_da, z: dL_da * np.minimum(z, 0), "Each example has its own value"),
        (lambda dL_da, z: np.minimum(dL_da * z, 0).sum(axis=0), "sign of z alone"),
        (lambda dL_da, z: dL_da.T @ np.minimum(z, 0), "gives a matrix"),
        (lambda dL_da, z: -np.sum(dL_da * np.minimum(z, 0), axis=0), "a minus too many"),
        (lambda dL_da, z: (dL_da * np.minimum(z, 0)).sum(axis=1), "wrong axis"),
        (lambda dL_da, z, alpha: dL_da * z, "TypeError"),
    ],
}
