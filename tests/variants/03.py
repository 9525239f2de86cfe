"""Right answers of unusual forms, and wrong ones beyond the catalogue, for exercise 03."""

import math

import numpy as np
import sympy as sp

a, h, k, z = sp.symbols("a h k z")  # a student's own symbols, without assumptions


def gap_by_loop(z):
    flat = []
    for v in np.ravel(z):
        e = math.exp(-2 * abs(v))
        flat.append(2 * e / (1 + e) if v > 0 else 2 / (1 + e))
    return np.array(flat).reshape(np.shape(z))


def gap_by_mask(z):
    z = np.asarray(z, dtype=float)
    e, result = np.exp(-2 * np.abs(z)), np.empty(z.shape)
    result[z < 0] = 2 / (1 + e[z < 0])
    result[z >= 0] = 2 * e[z >= 0] / (1 + e[z >= 0])
    return result


def gap_by_pieces(z):
    z = np.asarray(z, dtype=float)
    left, right = (lambda v: 1 - np.tanh(v)), (lambda v: 2 * np.exp(-2 * v) / (1 + np.exp(-2 * v)))
    return np.piecewise(z, [z < 0, z >= 0], [left, right])


def gap_by_select(z):
    z = np.asarray(z, dtype=float)
    small = 2 * np.exp(-2 * np.abs(z)) / (1 + np.exp(-2 * np.abs(z)))
    return np.select([z > 0, z == 0, z < 0], [small, 1, 2 - small])


def gap_by_expm1(z):
    d = np.expm1(-2 * np.abs(z))  # 1 + d rounds e to the steps near 1
    return np.where(np.asarray(z) >= 0, 2 * (1 + d), 2) / (2 + d)


def gap_in_place(z):
    z *= -2
    np.exp(z, out=z)
    return 2 * z / (1 + z)


def gap_by_if(z):
    return 2 / (1 + np.exp(2 * z)) if z < 300 else 0.0


def gap_with_a_hole(z):
    z = np.asarray(z, dtype=float)
    e = np.exp(-2 * np.abs(z))
    return np.where(z > 0, 2 * e / (1 + e), np.where(z < 0, 2 / (1 + e), 0))


def backward_by_loops(dL_da, a, W):
    dL_dx = np.zeros((len(a), len(W)))
    for i in range(len(a)):
        for j in range(len(W)):
            for unit in range(W.shape[1]):
                dL_dx[i, j] += dL_da[i, unit] * (1 - a[i, unit] ** 2) * W[j, unit]
    return dL_dx


def backward_in_place(dL_da, a, W):
    dL_da *= 1 - a * a
    return np.dot(dL_da, W.T)


def backward_by_rows(dL_da, a, W):
    return [[float(sum(g * (1 - v * v) * w)) for w in W] for g, v in zip(dL_da, a, strict=True)]


def backward_from_z(dL_da, a, W):
    return (dL_da / np.cosh(np.arctanh(a)) ** 2) @ W.T


def backward_returning_early(dL_da, a, W):
    for g, v in zip(dL_da, a, strict=True):
        return W @ (g * (1 - v**2))


RIGHT = {
    "tanh_proof": [
        "ECFBDA",
        "EBDCFA",
        "ebcdfa",
        "E, C, B, F, D, A",
        list("ECBDFA"),
        tuple("EBCFDA"),
    ],
    "tanh_slope": [
        k * (h**2 - a**2) / h,
        h * k - k * a**2 / h,
        k * (h - a) * (h + a) / h,
        h * k * (1 - a / h) * (1 + a / h),
        h * k * (1 - (a / h) ** 2.0),
        4 * h * k * ((1 + a / h) / 2) * (1 - (1 + a / h) / 2),  # by the sigmoid
        sp.diff(h * sp.tanh(k * z), z).subs(sp.tanh(k * z), a / h),
    ],
    "tanh_witness": [-400, -355.0, -1e308, np.float32(-1000), [-500], sp.Integer(-360), -354.9],
    "tanh_gap": [
        gap_by_loop,
        gap_by_mask,
        gap_by_pieces,
        gap_by_select,
        np.vectorize(lambda v: float(gap_by_loop(v))),
        lambda z: gap_by_loop(z).tolist(),
        lambda z: 2 * np.exp(-np.logaddexp(0, 2 * np.asarray(z, dtype=float))),
        lambda z: 2 * np.exp(np.minimum(-2.0 * z, 0)) / (1 + np.exp(-2 * np.abs(z))),
    ],
    "tanh_backward": [
        backward_by_loops,
        backward_in_place,
        backward_by_rows,
        backward_from_z,
        lambda dL_da, a, W: dL_da * (1 - a**2) @ W.T,
        lambda dL_da, a, W: (W @ (dL_da * (1 - a**2)).T).T,
        lambda dL_da, a, W: np.einsum("bu,bu,fu->bf", dL_da, 1 - a**2, W),
        lambda dL_da, a, W: np.sum((dL_da * (1 - a) * (1 + a))[:, None, :] * W, axis=2),
        lambda dL_da, a, W: np.stack([W @ (g * (1 - v**2)) for g, v in zip(dL_da, a, strict=True)]),
        lambda dL_da, a, W: ((dL_da - dL_da * a * a) @ W.T).astype(np.float64),
    ],
    "tanh_predict": [
        {"quarter": math.sqrt(3) / 2, "ten": 0.36**10, "half": 0.49**5, "deeper": 16},
        {"quarter": 0.87, "ten": 3.66e-5, "half": 0.0282, "deeper": 16.0},
        {
            "quarter": sp.sqrt(3) / 2,
            "ten": sp.Rational(36, 100) ** 10,
            "half": np.float32(0.49) ** 5,
            "deeper": np.array(16),
        },
    ],
}

# answer, and what the message must say
WRONG = {
    "tanh_proof": [
        ("ECAFBD", "A"),
        ("ECFDBA", "B must stand before D"),
        ("CEFBDA", "E must stand before C"),
        ("EFCBDA", "C must stand before F"),
        ("BECFDA", "E must stand before B"),
        ("ECFBA", "D is not placed"),
        ("ECFBDAG", "G is no line"),
        ("EECFBDA", "E stands twice"),
        (123456, "letters"),
    ],
    "tanh_slope": [
        (h * k * (1 - sp.tanh(k * z) ** 2), "still holds z"),
        (k * (h - a * sp.tanh(k * z)), "still holds z"),
        (h * k * (1 - sp.tanh(sp.log((h + a) / (h - a)) / 2) ** 2), "equal to the right one, but"),
        (2 * h * k * (1 - (a / h) ** 2), "2 times"),
        (-h * k * (1 - (a / h) ** 2), "sign"),
        (1 / (h * k * (1 - (a / h) ** 2)), "reciprocal"),
        (k * (h**2 - a**2), "one h too many"),
        (4 * k * a * (1 - a / h), "sigmoid"),
        (sp.Symbol("c") * k * (1 - a**2), "symbol c"),
        (0.64, "expected"),
        ("h * k * (1 - (a / h) ** 2)", "SymPy expression"),
        (sp.Derivative(h * sp.tanh(k * z), z), "doit"),
    ],
    "tanh_witness": [
        (1000, "other side"),
        (1e-12, "other side"),
        (-300, "Go further"),
        (-0.5, "Go further"),
        (-354.5, "Both the printed formula and the right one"),
        (-np.inf, "finite"),
        (float("nan"), "finite"),
        ([-400, -500], "got 2"),
        ("z < -355", "a number"),
    ],
    "tanh_gap": [
        (lambda z: np.where(z > 300, 0, 2 / (1 + np.exp(2 * np.minimum(z, 300)))), "still a gap"),
        (lambda z: 1 - np.sinh(z) / np.cosh(z), "nearly equal"),
        (lambda z: 1 - (2 / (1 + np.exp(-2 * np.asarray(z))) - 1), "nearly equal"),
        (lambda z: np.nan_to_num(1 - np.tanh(z)), "nearly equal"),
        (gap_by_expm1, "loses the digits"),
        (lambda z: np.maximum(1 - np.tanh(z), 1e-17), "nearly equal"),
        (lambda z: 2 / (1 + np.exp(2 * np.asarray(z))), "NumPy warns: overflow"),
        (lambda z: np.exp(-z) / np.cosh(z), "infinity divided by infinity"),
        (gap_in_place, "arrays|number"),
        (gap_by_if, "one truth value"),
        (gap_with_a_hole, "Where z is 0"),
        (lambda z: 2 * gap_by_loop(z), "2 times"),
        (lambda z: 1 / gap_by_loop(z), "reciprocals"),
        (lambda z: np.log(gap_by_loop(z)), "logarithms"),
        (lambda z: gap_by_loop(z).mean(), "shape|means"),
        (lambda z: print(gap_by_loop(z)), "return"),
        (1.0, "Expected a function"),
    ],
    "tanh_backward": [
        (lambda dL_da, a, W: (dL_da * (1 - a**2)) @ W.T / a.shape[1], "columns"),
        (lambda dL_da, a, W: 2 * (dL_da * (1 - a**2)) @ W.T, "2 times"),
        (lambda dL_da, a, W: -(dL_da * (1 - a**2)) @ W.T, "above 0|sign"),
        (lambda dL_da, a, W: np.dot(W, dL_da * (1 - a**2)), "matrix product"),
        (lambda dL_da, a, W: (dL_da * a * (1 - a)) @ W, "sigmoid's.*W as it is"),
        (lambda dL_da, a, W: (dL_da * (1 - a**2) @ W).T, "W as it is.*transpose"),
        (backward_returning_early, "first"),
        (lambda dL_da, a, W: [dL_da * (1 - a**2)], "weights are missing|shape"),
        (lambda dL_da, a, W: (dL_da * (1 - a**3)) @ W.T, "expected"),
        (lambda dL_da, a, W: dL_dz @ W.T, "misspelt"),  # noqa: F821
        (lambda dL_da, a: dL_da * (1 - a**2), "arguments"),
        (lambda dL_da, a, W: None, "return"),
        (lambda dL_da, a, W: np.outer(dL_da, W), "expected"),
    ],
    "tanh_predict": [
        ({"quarter": 0.75, "ten": 0.36**10, "half": 0.49**5, "deeper": 16}, "that is a\\^2"),
        ({"quarter": 0.866, "ten": 0.2**10, "half": 0.49**5, "deeper": 16}, "1 - 0.8"),
        ({"quarter": 0.866, "ten": 0.36**10, "half": 0.49**6, "deeper": 16}, "six steps"),
        ({"quarter": 0.866, "ten": 0.36**10, "half": 0.49**5, "deeper": 4}, "1 / layers"),
        ({"quarter": 0.9, "ten": 0.5, "half": 0.5, "deeper": 10}, "0 of 4"),
        ({"quarter": 0.866}, "1 of 4"),
        (0.866, "dictionary"),
    ],
}
