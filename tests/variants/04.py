"""Right answers of unusual forms, and wrong ones beyond the catalogue, for exercise 04."""

import math

import numpy as np
import sympy as sp

n, s, q = sp.symbols("n s q")  # a student's own symbols, without assumptions


def relu_by_loop(z):
    flat = [v if not v <= 0 else 0.0 for v in np.ravel(z)]
    return np.array(flat, dtype=float).reshape(np.shape(z))


def relu_by_mask(z):
    result = np.array(z, dtype=float)
    result[result < 0] = 0
    return result


def relu_by_pieces(z):
    z = np.asarray(z, dtype=float)
    return np.piecewise(z, [z <= 0], [0, lambda v: v])


def relu_in_place(z):
    z[z < 0] = 0
    return z


def backward_by_loop(dL_da, z):
    upstream, inputs = np.broadcast_arrays(dL_da, z)
    pairs = zip(upstream.ravel(), inputs.ravel(), strict=True)
    return np.array([g if v > 0 else 0 for g, v in pairs], dtype=float).reshape(inputs.shape)


def backward_by_copy(dL_da, z):
    dL_dz = np.array(dL_da, dtype=float)
    dL_dz[np.asarray(z) < 0] = 0
    return dL_dz


def backward_in_place(dL_da, z):
    if np.ndim(z) == 0:
        return dL_da * (z > 0)
    dL_da[z <= 0] = 0
    return dL_da


def dead_by_loops(x, W, b):
    dead = []
    for column, bias in zip(W.T, b, strict=True):
        dead.append(all(sum(row * column) + bias <= 0 for row in x))
    return dead


def dead_by_einsum(x, W, b):
    return np.einsum("ij,jk->ik", x, W).max(axis=0) <= -b


RIGHT = {
    "relu": [
        relu_by_loop,
        relu_by_mask,
        relu_by_pieces,
        np.vectorize(lambda v: v if math.isnan(v) else max(v, 0.0), otypes=[float]),
        lambda z: np.maximum(0, z),
        lambda z: np.where(np.asarray(z) <= 0, 0, z),
        lambda z: np.clip(z, 0, None),
        lambda z: np.maximum(np.asarray(z), 0).tolist(),
        lambda z: -np.minimum(-np.asarray(z, dtype=float), 0),
        lambda z: (
            np.where(np.asarray(z) > 0, z, 0 * np.nan_to_num(z, posinf=0, neginf=0))
            + np.where(np.isnan(z), z, 0)
        ),
        lambda z: np.maximum(z, np.zeros_like(z)),
    ],
    "relu_corner": [
        {"right": 1.0, "left": -0.0, "central": 1 / 2, "lopsided": 3 / 4},
        {"right": sp.Integer(1), "left": 0, "central": sp.S.Half, "lopsided": sp.Rational(3, 4)},
        {name: np.float32(v) for name, v in zip(("lopsided", "central"), (0.75, 0.5), strict=True)}
        | {"left": False * 1, "right": np.array(1.0)},
        {"right": 1, "left": 0, "central": 0.5, "lopsided": 0.75, "more": "words"},
    ],
    "relu_witness": [-1.0, -3, np.float32(-0.5), [-2], -5e-324, sp.Rational(-1, 2), -1e300],
    "relu_backward": [
        backward_by_loop,
        backward_by_copy,
        lambda dL_da, z: dL_da * (z >= 0),
        lambda dL_da, z: dL_da * np.heaviside(z, 0.5),
        lambda dL_da, z: dL_da * (np.maximum(z, 0) > 0),
        lambda dL_da, z: np.where(np.asarray(z) > 0, dL_da, 0),
        lambda dL_da, z: np.where(np.asarray(z) < 0, 0, dL_da).tolist(),
        lambda dL_da, z: (dL_da * (np.asarray(z) > 0)).astype(np.float32),
        lambda dL_da, z: np.asarray(dL_da) * (np.sign(z) + 1) / 2,
        lambda dL_da, z: np.multiply(dL_da, np.heaviside(z, 1 / 3)),
    ],
    "relu_dead_units": [
        dead_by_loops,
        dead_by_einsum,
        lambda x, W, b: np.max(x @ W + b, axis=0) <= 0,
        lambda x, W, b: np.maximum(x @ W + b, 0).sum(axis=0) == 0,
        lambda x, W, b: ~np.any(x @ W + b > 0, axis=0),
        lambda x, W, b: (np.count_nonzero(x @ W + b > 0, axis=0) == 0).astype(int),
        lambda x, W, b: (W.T @ x.T + b[:, None] <= 0).all(axis=1).tolist(),
        lambda x, W, b: np.prod(x @ W + b <= 0, axis=0).astype(np.float32),
    ],
    "relu_step_back": [
        sp.sqrt(n * q * s**2),  # no assumptions: s is positive wherever it is asked
        sp.sqrt(n) * s * sp.sqrt(q),
        (n * q) ** 0.5 * s,
        s * n * q / sp.sqrt(n * q),
        sp.exp(sp.log(n * q) / 2) * s,
        s / sp.sqrt(1 / (n * q)),
    ],
}

# answer, and what the message must say
WRONG = {
    "relu": [
        (relu_in_place, "arrays alone"),
        (lambda z: z * (z > 0), "infinity.*NaN"),
        (lambda z: np.where(z > 0, z, 0), "NaN comes out as 0"),
        (lambda z: max(z, 0), "one truth value"),
        (lambda z: z if z > 0 else 0, "one truth value"),
        (lambda z: np.max(z, 0), "for an axis"),
        (lambda z: np.max([0, z]), "a number and an array"),
        (np.vectorize(lambda v: max(v, 0)), "type of its first result"),
        (lambda z: np.maximum(z, 0, out=z if np.ndim(z) else None), "writes into z"),
        (lambda z: np.nan_to_num(np.maximum(z, 0)), "All ordinary inputs are right"),
        (lambda z: np.maximum(z, 0) + 1e-9, "off by 1e-09"),
        (lambda z: np.maximum(z, 0.1), "For z = 0"),
        (lambda z: np.log1p(np.exp(z)), "smooth"),
        (lambda z: np.maximum(np.asarray(z).astype(int), 0), "whole numbers"),
        (lambda z: print(np.maximum(z, 0)), "return"),
        (lambda: 0, "TypeError"),
        (0.0, "Expected a function"),
    ],
    "relu_corner": [
        ({"right": 1, "left": 0, "central": 0.5, "lopsided": 0.7}, "3 of 4"),
        ({"right": 1, "left": 0}, "2 of 4"),
        ({"right": 1, "left": 1, "central": 1, "lopsided": 1}, "negative numbers give 0"),
        ({"right": 0.5, "left": 0, "central": 0.5, "lopsided": 3}, "each rise by its run"),
        ([1, 0, 0.5, 0.75], "dictionary"),
        ({"right": 1, "left": 1, "central": 0.5, "lopsided": 0.75}, "negative numbers give 0"),
        ({"right": 1, "left": 0, "central": 0.5, "lopsided": 3}, "the rise"),
    ],
    "relu_witness": [
        (0, "no derivative"),
        (2.5, "no witness"),
        (-np.inf, "finite"),
        (float("nan"), "finite"),
        ([-1, -2], "got 2"),
        ("z < 0", "a number"),
    ],
    "relu_backward": [
        (lambda dL_da, z: dL_da, "slope would be 1 on both sides"),
        (lambda dL_da, z: dL_da * np.heaviside(z, 2.0), "All ordinary.*anything from 0 to 2"),
        (lambda dL_da, z: dL_da * np.heaviside(z, -0.5), "All ordinary"),
        (lambda dL_da, z: dL_da * z / np.abs(z), "sign of z"),
        (lambda dL_da, z: dL_da * (1 - (z > 0)), "wrong way round"),
        (lambda dL_da, z: (z > 0) * 1.0, "not yet multiplied"),
        (lambda dL_da, z: dL_da * np.maximum(z, 0), "multiply by the output"),
        (lambda dL_da, z: np.mean(dL_da * (z > 0)), "shape"),
        (lambda dL_da, z: [dL_da, z], "expected"),
        (lambda z: z > 0, "TypeError"),
        (lambda dL_da, z: dL_da * (z > 1e-3), "All ordinary"),
        (lambda dL_da, z: None, "return"),
        (backward_in_place, "writes into dL_da"),
    ],
    "relu_dead_units": [
        (lambda x, W, b: np.all(x @ W + b <= 0, axis=0)[:, None], "shape"),
        (lambda x, W, b: np.maximum(x @ W + b, 0), "shape|expected"),
        (lambda x, W, b: np.zeros(len(b), dtype=bool), "expected 1"),
        (lambda x, W, b: np.min(x @ W + b, axis=0) <= 0, "any example"),
        (lambda x, W, b: np.max(x @ W + b, axis=0) < 0, "z exactly 0"),
        (lambda x, W, b: all(x @ W + b <= 0), "np.all"),
        (lambda x, W, b: np.where(np.all(x @ W + b <= 0, axis=0), "dead", "alive"), "expected"),
        (lambda x, W: x @ W <= 0, "TypeError"),
        (lambda x, W, b: np.all(x @ W + b <= 0.01, axis=0), "expected 0"),
    ],
    "relu_step_back": [
        (sp.sqrt(n * q) * s / 2, "1/2 times the right one"),
        (sp.sqrt(n * s**2 / 2), "one half of the units"),
        (sp.Symbol("width") * s, "symbol width"),
        (0.71, "expected"),
        ("s * sqrt(n * q)", "SymPy expression"),
        (n * s**2 * q, "mean square"),
    ],
}
