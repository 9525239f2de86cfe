"""Right answers of unusual forms, and wrong ones beyond the catalogue, for exercise 07."""

import numpy as np
import sympy as sp

alpha, s = sp.symbols("alpha s")  # a student's own symbols, without assumptions
u = sp.Symbol("u", real=True)
scale = sp.Symbol("s", positive=True)
density = sp.exp(-(u**2) / (2 * scale**2)) / (scale * sp.sqrt(2 * sp.pi))


def gradients_by_loop(dL_dz, x):
    return [[e * v for v in row] + [e] for e, row in zip(dL_dz, x, strict=True)]


def gradients_in_place(dL_dz, x):
    table = np.empty((len(x), x.shape[1] + 1))
    for i, row in enumerate(x):
        table[i, :-1] = dL_dz[i] * row
        table[i, -1] = dL_dz[i]
    return table


def first_row_only(dL_dz, x):
    for e, row in zip(dL_dz, x, strict=True):
        return np.append(e * row, e)


def direction_by_loop(dL_dw):
    ways = []
    for row in dL_dw:
        raises, lowers = any(v < 0 for v in row), any(v > 0 for v in row)
        ways.append(0 if raises == lowers else 1 if raises else -1)
    return ways


def direction_by_ends(dL_dw):
    high, low = dL_dw.max(axis=1), dL_dw.min(axis=1)
    return np.select([(high <= 0) & (low < 0), (low >= 0) & (high > 0)], [1, -1], 0)


def standardised_by_loops(x, new):
    result = np.array(new, dtype=float)
    for j in range(x.shape[1]):
        mean = sum(x[:, j]) / len(x)
        spread = (sum((v - mean) ** 2 for v in x[:, j]) / len(x)) ** 0.5
        for i in range(len(new)):
            result[i, j] = (new[i, j] - mean) / spread if spread else new[i, j] - mean
    return result


def standardised_with_a_warning(x, new):
    centred, spread = new - x.mean(axis=0), x.std(axis=0)
    return np.where(spread > 0, centred / spread, centred)


def standardised_in_place(x, new):
    new -= x.mean(axis=0)
    new /= np.where(x.std(axis=0) == 0, 1, x.std(axis=0))
    return new


def in_place_of_a_copy(x, new):
    return standardised_in_place(x, new) if new.dtype == float else standardised_by_loops(x, new)


def table(**changed):
    right = {"raw": 31, "raw rate": 3 / 4, "doubled": 31, "doubled rate": 3 / 16}
    right |= {"centred": 1, "bias": 12}
    return right | {name.replace("_", " "): value for name, value in changed.items()}


RIGHT = {
    "centre_leaky_mean": [
        s / sp.sqrt(2 * sp.pi) - alpha * s / sp.sqrt(2 * sp.pi),
        sp.integrate(u * density, (u, 0, sp.oo))
        + alpha * sp.integrate(u * density, (u, -sp.oo, 0)),
        sp.sqrt(2 / sp.pi) * s * (1 - alpha) / 2,
        (s - alpha * s) * (2 * sp.pi) ** -0.5,
        (1 - alpha) * sp.sqrt(s**2 / (2 * sp.pi)),
        s * (1 - alpha**2) / ((1 + alpha) * sp.sqrt(2 * sp.pi)),
        0.3989422804014327 * s * (1 - alpha),
    ],
    "centre_weight_gradients": [
        gradients_by_loop,
        gradients_in_place,
        lambda dL_dz, x: np.diag(dL_dz) @ np.c_[x, np.ones(len(x))],
        lambda dL_dz, x: np.einsum(
            "i,ij->ij", dL_dz, np.pad(x, ((0, 0), (0, 1)), constant_values=1)
        ),
        lambda dL_dz, x: (dL_dz * np.vstack([x.T, np.ones(len(x))])).T,
        lambda dL_dz, x: np.insert(dL_dz[:, None] * x, x.shape[1], dL_dz, axis=1),
        lambda dL_dz, x: np.array([np.append(e * r, e) for e, r in zip(dL_dz, x, strict=True)]),
        lambda dL_dz, x: np.asmatrix(np.column_stack([dL_dz[:, None] * x, dL_dz])),
    ],
    "centre_step_direction": [
        direction_by_loop,
        direction_by_ends,
        lambda dL_dw: tuple(direction_by_loop(dL_dw)),
        lambda dL_dw: -np.sign(dL_dw.sum(1)) * (abs(dL_dw.sum(1)) == abs(dL_dw).sum(1)),
        lambda dL_dw: np.any(dL_dw < 0, axis=1) * 1.0 - np.any(dL_dw > 0, axis=1),
        lambda dL_dw: -np.clip(np.sign(dL_dw.min(axis=1)) + np.sign(dL_dw.max(axis=1)), -1, 1),
        lambda dL_dw: (np.all(dL_dw <= 0, 1).astype("f4") - np.all(dL_dw >= 0, 1)).astype("f4"),
        lambda dL_dw: [(max(row) <= 0) - (min(row) >= 0) for row in dL_dw.tolist()],
        lambda dL_dw: np.apply_along_axis(lambda row: direction_by_loop([row])[0], 1, dL_dw),
    ],
    "centre_witness": [
        [1, 1, 1, 3],
        (1.0, 2.0, 3, 1),
        np.array([[1, 1], [1, 3]]),
        [sp.Rational(1, 2), 1, 2, 1],
        [1e300, 1e-300, 1e-300, 1e300],
        [0.3, 0.1, 0.7, 0.1],
    ],
    "centre_condition": [
        table(),
        {name: sp.nsimplify(value) for name, value in table().items()},
        table(doubled_rate=0.19, raw=np.float32(31), bias=np.array(12.0)),
        table(raw_rate=2 / (1 / 12 + 31 / 12), more="words"),
    ],
    "centre_inputs": [
        standardised_by_loops,
        standardised_with_a_warning,
        lambda x, new: standardised_by_loops(x, new).tolist(),
        lambda x, new: (new - x.mean(0)) / (x.std(0) + (x.std(0) == 0)),
        lambda x, new: (new - x.mean(0)) / np.sqrt(np.where(np.ptp(x, axis=0), x.var(0), 1)),
        lambda x, new: (new - x.mean(0)) @ np.diag(1 / np.where(x.std(0) == 0, 1, x.std(0))),
        lambda x, new: np.divide(
            new - x.mean(0), x.std(0), out=np.asarray(new - x.mean(0)), where=x.std(0) > 1e-12
        ),
        lambda x, new: np.column_stack(
            [(n - c.mean()) / (c.std() or 1) for c, n in zip(x.T, new.T, strict=True)]
        ),
    ],
}

# answer, and what the message must say
WRONG = {
    "centre_leaky_mean": [
        (-alpha * s / sp.sqrt(2 * sp.pi), "negative half alone"),
        (s / 2, "ReLU's mean"),
        (2 * s * (1 + alpha) / sp.sqrt(2 * sp.pi), "add the two halves.*2 times"),
        ((1 - alpha) * s * u, "symbol u"),
        ((1 - alpha) * sp.Symbol("z") / sp.sqrt(2 * sp.pi), "still holds z"),
        (alpha * (1 - s) / sp.sqrt(2 * sp.pi), "took alpha for s"),
        (0.3989 * (1 - alpha) * s, "exact number"),
        (0.42 * (1 - alpha) * s, "times the right one"),
        ((1 - alpha) * s / (sp.sqrt(2) * sp.pi), "over the 2 alone"),
        ((1 - alpha) * s / sp.sqrt(2) * sp.pi, "as a whole"),
        (1 - alpha * s / sp.sqrt(2 * sp.pi), "bracket is lost"),
        (s - alpha * s / sp.sqrt(2 * sp.pi), "bracket is lost"),
        (0.99 * s / sp.sqrt(2 * sp.pi), "keep the symbol"),
        (0.3989, "expected"),
        (sp.Integral(u * density, (u, 0, sp.oo)), "Integral"),
        ("(1 - alpha) * s / sqrt(2 * pi)", "SymPy expression"),
    ],
    "centre_weight_gradients": [
        (lambda dL_dz, x: dL_dz * x, "against the columns"),
        (lambda dL_dz, x: np.multiply(x, dL_dz), "against the columns"),
        (lambda dL_dz, x: np.c_[x, np.ones(len(x))] * dL_dz, "against the columns"),
        (lambda dL_dz, x: dL_dz @ x, "collect over the batch"),
        (lambda dL_dz, x: np.c_[x, np.ones(len(x))].T @ dL_dz / len(x), "collect over the batch"),
        (lambda dL_dz, x: np.append(dL_dz[:, None] * x, dL_dz, axis=1), "single column"),
        (lambda dL_dz, x: np.vstack([dL_dz * x.T, dL_dz]), "transposed"),
        (lambda dL_dz, x: np.column_stack([dL_dz[:, None] * x, dL_dz]).ravel(), "another shape"),
        (lambda dL_dz, x: 2 * np.column_stack([dL_dz[:, None] * x, dL_dz]), "2 times"),
        (lambda dL_dz, x: -dL_dz[:, None] * x, "last column is missing.*wrong sign"),
        (first_row_only, "shape"),
        (lambda dL_dz, x: {"w": dL_dz[:, None] * x, "b": dL_dz}, "dict"),
        (lambda x, dL_dz: np.column_stack([dL_dz[:, None] * x, dL_dz]), "do not fit"),
        (lambda dL_dz, x: None, "return"),
    ],
    "centre_step_direction": [
        (lambda g: np.where((g < 0).all(1), 1, np.where((g > 0).all(1), -1, 0)), "single 0 spoils"),
        (lambda g: np.where((g <= 0).all(1), 1, np.where((g >= 0).all(1), -1, 0)), "zeros alone"),
        (
            lambda g: np.where((g >= 0).all(1), 1, np.where((g <= 0).all(1), -1, 0)),
            "against.*zeros",
        ),
        (lambda g: np.all(g >= 0, axis=1) | np.all(g <= 0, axis=1), "whether a row has one sign"),
        (lambda g: np.where((g < 0).any(1), 1, -1), "raises and lowers gets 0"),
        (lambda g: -np.sign(g.mean(axis=1)), "sum or the mean"),
        (lambda g: np.sign(g[:, 0]), "first weight alone.*against the gradient"),
        (lambda g: -np.array(direction_by_loop(g.T)), "one value for each weight"),
        (lambda g: 1 if g <= 0 else -1, "truth value"),
        (lambda g: all(g <= 0) * 1 - all(g >= 0) * 1, "truth value"),
        (lambda g: np.array(direction_by_loop(g))[:, None], "another shape"),
        (
            lambda g: [float(-np.sign(v)) for row in g for v in row],
            "weights of a row together.\nFor",
        ),
        (lambda g: ["up" if (row <= 0).all() else "down" for row in g], "expected"),
        (lambda g: np.where(np.abs(g) > 1e-6, g, 0).sum(1) * 0, "they get 1 or -1"),
        (lambda g: direction_by_ends(np.round(g, 9)), "small gradients"),
    ],
    "centre_witness": [
        ([1, 2, 3, 4], "A 0 has neither sign"),
        ([3, 3, 1, 1], "2.5 and 2.5: one sign. The first example wins for both"),
        ([1, 3, 1, 1], "0.5 and 2.5: one sign. The first example wins for both"),
        ([1, 1, 5, 7], "-1.5 and -2.5: one sign. The second example wins for both"),
        ([2, 7, 2, 7], "the same inputs"),
        ([0.1, 0.1, 0.2, 0.3], "A 0 has neither sign"),
        ([1, 0, 0, 1], "above 0"),
        ([1, -1, 1, 1], "above 0"),
        ([np.inf, 1, 1, 3], "finite"),
        ([1, 1, 3], "got 3"),
        ("1, 1, 1, 3", "list of 4"),
    ],
    "centre_condition": [
        (table(raw=61, doubled=121), "square"),
        (table(raw=30, doubled=30), "variance in the numerator"),
        (table(doubled=124), "What of their ratio"),
        (table(doubled_rate=0.375), r"c\*\*2"),
        (table(doubled_rate=0.75), "same rate is too large"),
        (table(raw_rate=2 / 31), "condition number"),
        (table(centred=0), "ratio of equal numbers"),
        (table(bias=1), "without the bias"),
        (table(bias=121), "the bias's 1"),
        (table(bias=-12), "sign is flipped"),
        (table(raw=17), "5 of 6.*'raw'"),
        (table(bias=None), "5 of 6"),
        ([31, 0.75, 31, 0.1875, 1, 12], "dictionary"),
    ],
    "centre_inputs": [
        (lambda x, new: (new - new.mean(0)) / new.std(0), "means of `new`.*spread of `new`"),
        (lambda x, new: (new - x.mean(1)) / x.std(1), "along the rows"),
        (
            lambda x, new: (new - new.mean(1, keepdims=True)) / new.std(1, keepdims=True),
            "along the rows",
        ),
        (lambda x, new: (new - x.mean(0)) / x.std(0), "spread of 0"),
        (lambda x, new: (new - x.mean(0)) / (x.std(0) + 1e-8), "blown up"),
        (lambda x, new: (new - x.mean(0)) / np.maximum(x.std(0), 1e-8), "blown up"),
        (lambda x, new: (new - x.mean(0)) / np.std(x, 0, ddof=1), "number of rows minus 1"),
        (lambda x, new: new - x.mean(0) / x.std(0), "brackets"),
        (lambda x, new: ((new - x.mean(0)) / np.where(x.std(0), x.std(0), 1)).T, "transpose"),
        (in_place_of_a_copy, "writes into new"),
        (standardised_in_place, "whole numbers go wrong"),
        (lambda x, new: new, "new itself"),
        (lambda x, new: (new[:, 0] - x[:, 0].mean()) / (x[:, 0].std() or 1), "first column alone"),
        (lambda x, new: (new - x.mean(0)) / x.std(0) if x.std(0) else new, "truth value"),
        (lambda x: (x - x.mean(0)) / x.std(0), "first line"),
    ],
}
