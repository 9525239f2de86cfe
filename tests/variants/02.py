"""Right answers of unusual forms, and wrong ones beyond the catalogue, for exercise 02."""

import math

import numpy as np
import sympy as sp

z, a = sp.symbols("z a")  # a student's own symbols, without assumptions


def by_loop(z):
    flat = [1 / (1 + math.exp(-float(v))) for v in np.ravel(z)]
    return np.array(flat).reshape(np.shape(z))


def as_list(z):
    return (1 / (1 + np.exp(-np.asarray(z, dtype=float)))).tolist()


def by_pieces(z):
    z = np.asarray(z, dtype=float)
    positive = z >= 0
    result = np.empty_like(z)
    result[positive] = 1 / (1 + np.exp(-z[positive]))
    e = np.exp(z[~positive])
    result[~positive] = e / (1 + e)
    return result


def backward_by_loop(dL_da, a):
    upstream, outputs = np.broadcast_arrays(dL_da, a)
    pairs = zip(upstream.ravel(), outputs.ravel(), strict=True)
    return np.array([g * (s - s * s) for g, s in pairs]).reshape(outputs.shape)


def stops(z):
    raise ZeroDivisionError("ouch")


RIGHT = {
    "sigmoid": [
        by_loop,
        as_list,
        by_pieces,
        np.vectorize(lambda v: 1 / (1 + math.exp(-v)), otypes=[float]),
        np.vectorize(lambda v: 1 / (1 + math.exp(-v))),
        lambda z: 0.5 * (1 + np.tanh(np.asarray(z) / 2)),
        lambda z: np.exp(-np.logaddexp(0, -np.asarray(z, dtype=float))),
        lambda z: (1 / (1 + np.exp(-z))).astype(np.float32),
        lambda z: 1 - 1 / (1 + np.exp(z)),
    ],
    "slope_from_output": [a - a**2, -a * (a - 1), a * (1 - a) * 1.0, (1 - a) / (1 / a)],
    "derivation": ["dbeac", "D, B, E, A, C", list("DBEAC"), tuple("DBEAC"), "D B E A C"],
    "gradients": [
        {"s": -0.4444, "q": -0.4444, "n": -0.2222, "z": 0.2222},
        {"z": sp.Rational(2, 9), "s": sp.Rational(-4, 9), "q": -4 / 9, "n": np.float64(-2 / 9)},
        {"y": 1, "s": -4 / 9, "q": -4 / 9, "n": -2 / 9, "z": 2 / 9},
    ],
    "sigmoid_backward": [
        backward_by_loop,
        lambda dL_da, a: np.multiply(dL_da, np.multiply(a, np.subtract(1, a))),
        lambda dL_da, a: (dL_da * (a - a**2)).tolist() if np.ndim(a) else dL_da * (a - a**2),
    ],
    "stable_sigmoid": [
        by_pieces,
        lambda z: np.where(z >= 0, 1.0, np.exp(-np.abs(z))) / (1.0 + np.exp(-np.abs(z))),
        lambda z: np.exp(-np.logaddexp(0, -np.asarray(z, dtype=float))),
        lambda z: np.exp(np.minimum(z, 0)) / (1 + np.exp(-np.abs(z))),
    ],
    "ten_layers": [0.25**10, 9.5e-7, 1 / 4**10, sp.Rational(1, 4) ** 10, np.float32(0.25) ** 10],
}

# answer, and what the message must say
WRONG = {
    "sigmoid": [
        (lambda z: 1 / (1 + np.exp(-z)) + 1e-4, "off by 0.0001"),
        (lambda z: 1 / (1 + np.exp(-2 * z)), "twice as large"),
        (lambda z: (1 + np.tanh(z)) / 2, "twice as large"),
        (lambda z: 1 / np.exp(-z), "the 1 in the denominator"),
        (lambda z: 1 / 1 + np.exp(-z), "the bracket around"),
        (stops, "ZeroDivisionError: ouch"),
        (lambda z: 1 / (1 + math.exp(-z)), r"For z = \[-2, 0, 3\].*TypeError"),
        (lambda z: float(np.mean(1 / (1 + np.exp(-z)))), "expected an array|shape"),
        (lambda z: "one half", "expected a number"),
        (lambda: 1, "TypeError"),
        (0.5, "Expected a function"),
        (lambda z: np.round(1 / (1 + np.exp(-z)), 4), "rounded"),
        (lambda z: print(1 / (1 + np.exp(-z))), "return"),
    ],
    "slope_from_output": [
        (a * (1 - a) ** 2, "Yours minus the right one|expected"),
        (z * (1 - z), "symbol z|still holds z"),
        ("a (1 - a)", "Expected a SymPy expression"),
        (0.25, "expected"),
        (a**2, "both fractions for a"),
        (sp.exp(-z) / (1 + sp.exp(-z)) ** 2, "still holds z|symbol z"),
        (sp.Derivative(a, a), "doit"),
        (lambda a: a * (1 - a), "function"),
    ],
    "derivation": [
        ("DBE", "A is not placed"),
        ("DBEAA", "twice"),
        ("DBEAX", "no line"),
        ("BDEAC", "D must stand before B"),
        (3, "letters"),
    ],
    "gradients": [
        ({"s": -4 / 9, "q": -4 / 9, "n": -2 / 9, "z": 7}, "3 of 4"),
        ({"s": -4 / 9}, "1 of 4"),
        (2 / 9, "dictionary"),
        ({"s": -0.44, "q": -0.44, "n": -0.22, "z": 0.22}, "rounded to two digits"),
        ({"s": 1.5, "q": 0.5, "n": -0.6931, "z": 0.6931}, "values at the nodes"),
        ({"s": np.log(1.5), "q": np.log(1.5), "n": 0.2, "z": -0.2}, "you took ln s"),
    ],
    "sigmoid_backward": [
        (lambda dL_da, a: dL_da * a * (1 - a) / len(np.atleast_1d(a)), "shape|For dL_da"),
        (lambda dL_da, a: np.sum(dL_da * a * (1 - a)), "shape"),
        (lambda dL_da, a: np.dot(dL_da, a - a**2), "np.dot"),
        (lambda dL_da, a: dL_da * a - a**2, "bracket is lost"),
    ],
    "stable_sigmoid": [
        (lambda z: 1 / (1 + np.exp(-np.clip(z, -700, 700))), "clip z"),
        (lambda z: 1 / (1 + np.exp(np.minimum(-z, 709))), "clip z, or the exponent"),
        (lambda z: np.where(z < -700, 0, 1 / (1 + np.exp(-np.maximum(z, -700)))), "you return 0"),
        (lambda z: np.where(z >= 0, 1 / (1 + np.exp(-z)), np.exp(z) / (1 + np.exp(z))), "warns"),
    ],
    "ten_layers": [
        (1e-3, "not it"),
        (1e-6, "power of ten"),
        (0.25, "one activation"),
        ("a millionth", "number"),
        ([1, 2], "shape|number"),
    ],
}
