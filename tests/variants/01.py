"""Right answers of unusual forms, and wrong ones beyond the catalogue, for exercise 01."""

import numpy as np
import sympy as sp

k, q, p = sp.symbols("k q p")  # a student's own symbols, without assumptions
positive_k, positive_q = sp.symbols("k q", positive=True)


def neuron_by_loops(x, w, b):
    outputs = []
    for row in x:
        z = b
        for value, weight in zip(row, w, strict=True):
            z += value * weight
        outputs.append(1 if z > 0 else 0)
    return outputs


def neuron_in_place(x, w, b):
    z = np.dot(x, w) + b
    z[z <= 0] = 0
    z[z > 0] = 1
    return z


def neuron_by_pieces(x, w, b):
    z = np.einsum("ij,j->i", x, w) + b
    return np.piecewise(z.astype(float), [z > 0], [1.0, 0.0])


def step(z):
    return np.where(z > 0, 1, 0)


def xor_by_matrices(x):
    first, biases = np.array([[2.0, -2.0], [2.0, -2.0]]), np.array([-1.0, 3.0])
    h = np.heaviside(x @ first + biases, 0)
    return np.c_[h, np.heaviside(h @ np.array([1, 1]) - 1.75, 0)]


def xor_by_loop(x):
    rows = []
    for x1, x2 in x:
        h1, h2 = int(x1 + x2 > 0), int(x1 + x2 < 2)
        rows.append([h1, h2, int(h1 + h2 == 2)])
    return rows


def xor_in_place(x):
    result = np.zeros((len(x), 3), dtype=int)
    result[:, 0] = step(x.sum(axis=1) - 0.5)
    result[:, 1] = 1 - step(x.sum(axis=1) - 1.5)
    result[:, 2] = result[:, 0] * result[:, 1]
    return result


def xor_in_two(x):
    rows = xor_by_matrices(x)
    return rows[:, :2], rows[:, 2]


def xor_as_dictionary(x):
    h, a = xor_in_two(x)
    return {"h": h, "a": a}


TABLE = {"dL_da": -1, "dL_dz": -0.5, "dL_dw1": -1.5, "dL_dw2": 0.5, "step": 0}

RIGHT = {
    "step_neuron": [
        neuron_by_loops,
        neuron_in_place,
        neuron_by_pieces,
        lambda x, w, b: x @ w + b > 0,
        lambda x, w, b: np.heaviside(np.sum(x * w, axis=1) + b, 0),
        lambda x, w, b: (np.sign(x @ w + b) > 0).astype(np.float32),
        lambda x, w, b: np.where((w * x).sum(axis=-1) > -b, 1, 0),
        lambda x, w, b: (w @ x.T + b > 0).astype(int).tolist(),
        lambda x, w, b: np.array([float(np.inner(row, w) + b > 0) for row in x]),
        lambda x, w, b: np.clip(np.sign(x @ w + b), 0, 1),
        lambda x, w, b: (np.c_[x, np.ones(len(x))] @ np.r_[w, b] > 0).astype(int),
    ],
    "step_witness": [[1, 0], (1, 0), np.array([1.0, 0.0]), [True * 1, 0], np.array([[1], [0]])],
    "step_proof": [
        "CFEBAD",
        "ECFBAD",
        "C, E, B, A, F, D",
        list("CEFBAD"),
        "e c b f a d",
        tuple("ECBAFD"),
        "C → E → B → F → A → D",
        "ECBFAD",
        "CEBFAD",
    ],
    "step_xor": [
        xor_by_matrices,
        xor_by_loop,
        xor_in_place,
        lambda x: xor_by_matrices(x).astype(bool),
        lambda x: xor_by_matrices(x).astype(np.float32),
        lambda x: tuple(map(tuple, xor_by_loop(x))),
        lambda x: np.stack(
            [np.logical_or(*x.T), ~np.logical_and(*x.T), x[:, 0] != x[:, 1]], axis=1
        ),
    ],
    "step_distance": [
        sp.log((1 - q) / q) / k,
        -sp.log(q / (1 - q)) / k,
        (sp.log(1 - q) - sp.log(q)) / k,
        2 * sp.atanh(1 - 2 * q) / k,
        sp.log((1 / positive_q - 1) ** (1 / positive_k)),
        sp.solve(1 / (1 + sp.exp(positive_k * p)) - positive_q, p)[0],
        1.0 * sp.log(1 / q - 1) / k,
    ],
    "step_gradients": [
        {**TABLE, "step": -0.0},
        {name: sp.Rational(value) for name, value in TABLE.items()},
        {name: np.float32(value) for name, value in TABLE.items()},
        {**TABLE, "z": 0, "a": 0.5},
        {name: np.array(value) for name, value in TABLE.items()},
    ],
}

# answer, and what the message must say
WRONG = {
    "step_neuron": [
        (lambda x, w, b: [step(row @ w + b) for row in x.T], "stops with|expected|transposed"),
        (lambda x, w, b: np.ones(len(x)), "expected 0"),
        (lambda x, w, b: step(x @ w + b)[:, None], r"shape \(4, 1\), expected \(4,\)"),
        (lambda x, w, b: bool(np.any(x @ w + b > 0)), "shape|expected"),
        (lambda x, w, b: max(x @ w + b), "shape|expected"),
        (lambda x, w, b: step(w @ x + b), "from the left"),
        (lambda x, w, b: w @ x + b, "off by|ValueError"),
        (lambda x, w, b: "yes", "expected an array"),
        (lambda x, w: step(x @ w), "TypeError"),
        (lambda x, w, b: print(step(x @ w + b)), "return"),
        (lambda x, w, b: x * w + b > 0, "not added up"),
        (lambda x, w, b: x @ w - b > 0, "subtract"),
        (lambda x, w, b: 1 / (1 + np.exp(-(x @ w + b))), "sigmoid"),
        (1, "Expected a function"),
        (lambda x, w, b: x @ w + b > 0.1, "expected 1"),
    ],
    "step_witness": [
        ([0, 1], "XOR wants 1"),
        ([1, 1], "exactly 0"),
        ([2, 0], "0 or 1"),
        ([0.5, 0.5], "0 or 1"),
        (1, "list of 2 numbers"),
        ("10", "list of 2 numbers"),
        ([1, 0, 1], "got 3"),
    ],
    "step_proof": [
        ("CFEBA", "D is not placed"),
        ("CFEABD", "B must stand before A"),
        ("FCEBAD", "C must stand before F"),
        ("CFBEAD", "E must stand before B"),
        ("CEBADF", "F must stand before D"),
        ("CFEBADG", "no line"),
        ("CCFEBA", "twice"),
        (3, "letters"),
    ],
    "step_xor": [
        (xor_as_dictionary, "expected an array"),
        (xor_in_two, r"expected an array of shape \(4, 3\)"),
        (lambda x: x[:, 0] != x[:, 1], "a alone"),
        (lambda x: np.c_[x, x[:, 0] != x[:, 1]], r"entry \[0, 1\] is 0, expected 1"),
        (lambda x: np.c_[xor_by_matrices(x)[:, :2], np.ones(len(x))], "OR"),
        (lambda x: xor_by_matrices(x)[:, :, None], r"shape \(4, 3, 1\)"),
        (lambda x: None, "return"),
        (lambda h, a: (h, a), "TypeError"),
        (lambda x: np.c_[xor_by_matrices(x)[:, :2], np.zeros(len(x))], "never says 1"),
        (lambda x: np.c_[xor_by_matrices(x)[:, :2], x.min(axis=1)], "column is AND of x1 and x2"),
        (lambda x: xor_by_matrices(x) @ np.eye(3)[::-1], "Your|expected"),
    ],
    "step_distance": [
        (sp.log(99) / k, "expected"),
        (sp.log(1 / q - 1) / k + 1, "Yours minus the right one is 1"),
        (p, "still holds p"),
        (sp.Eq(p, sp.log(1 / q - 1) / k), "SymPy expression|holds"),
        ([sp.log(1 / q - 1) / k], "SymPy expression"),
        ("log(1/q - 1)/k", "SymPy expression"),
        (sp.log(1 / q - 1) / (2 * k), "expected"),
        (2.2, "expected"),
        (sp.log(q) / k, "1 in the denominator is lost.*sign is flipped"),
        (k * sp.log(q / (1 - q)), "multiply by k.*sign is flipped"),
        (sp.log(1 - q) / sp.log(q) / k, "no quotient of logarithms"),
        (sp.log(1 - q) / q / k, "closes too early"),
        (lambda q: sp.log(1 / q - 1), "function"),
    ],
    "step_gradients": [
        ({**TABLE, "dL_dw1": 1.5}, "4 of 5 entries"),
        ({"dL_da": -1}, "1 of 5"),
        ({**TABLE, "step": None}, "'step'"),
        ({**TABLE, "step": float("inf")}, "4 of 5"),
        ({**TABLE, "dL_dz": -2}, "multiplied by k alone"),
        (-1.5, "dictionary"),
        ({**TABLE, "dL_dw1": -3, "dL_dw2": 1}, "inputs by dL_da"),
        ({**TABLE, "dL_dw1": 3, "dL_dw2": -1}, "the inputs alone"),
        ({**TABLE, "dL_da": 1, "dL_dz": 0.5, "dL_dw1": 1.5, "dL_dw2": -0.5}, "wrong sign"),
    ],
}
