"""Right answers of unusual forms, and wrong ones beyond the catalogue, for exercise 08."""

import math

import numpy as np
import sympy as sp

from course_utils.activations import sigmoid, tanh

p, r = sp.symbols("p r")  # a student's own symbols, without assumptions
positive_p, positive_r, t = sp.symbols("p r t", positive=True)

CHAIN = {"dL_dz3": 1.5, "dL_dz2": 0.75, "dL_dz1": 0.375, "dL_dw4": 12, "dL_dw1": 12}


def slope(z):
    return 1 - np.tanh(z) ** 2


def norms_by_recursion(dL_dz, weights, zs):
    if len(zs) == 1:
        return [np.linalg.norm(dL_dz)]
    before = (dL_dz @ weights[-1].T) * slope(zs[-2])
    return [*norms_by_recursion(before, weights[:-1], zs[:-1]), np.linalg.norm(dL_dz)]


def norms_by_loops(dL_dz, weights, zs):
    rows, norms = dL_dz.tolist(), []
    for k in range(len(zs) - 1, -1, -1):
        norms.insert(0, math.sqrt(sum(v * v for row in rows for v in row)))
        if k:
            rows = [
                [
                    sum(d * w for d, w in zip(row, weights[k][i], strict=True))
                    / math.cosh(zs[k - 1][b, i]) ** 2
                    for i in range(len(weights[k]))
                ]
                for b, row in enumerate(rows)
            ]
    return norms


def norms_in_float32(dL_dz, weights, zs):
    norms, d = [], dL_dz.astype(np.float32)
    for W, z in zip(weights[::-1], [*zs[-2::-1], None], strict=True):
        norms.append(np.linalg.norm(d))
        if z is not None:
            d = d @ W.T.astype(np.float32) * tanh.derivative(z.astype(np.float32))
    return norms[::-1]


def norms_by_einsum(dL_dz, weights, zs):
    result = np.zeros(len(zs))
    result[-1] = np.sqrt(np.vdot(dL_dz, dL_dz))
    for k in range(len(zs) - 2, -1, -1):
        dL_dz = np.einsum("bm,nm->bn", dL_dz, weights[k + 1]) * slope(zs[k])
        result[k] = np.sqrt(np.sum(dL_dz**2))
    return result


def norms_from_the_other_side(dL_dz, weights, zs):
    norms, transposed = (np.linalg.norm(dL_dz),), dL_dz.T
    for W, z in list(zip(weights[1:], zs[:-1], strict=True))[::-1]:
        a = np.tanh(z)
        transposed = (W @ transposed) * ((a - 1) * (a + 1)).T  # a norm has no sign
        norms = (np.linalg.norm(transposed, "fro"), *norms)
    return norms


def norms_from_copies(dL_dz, weights, zs):
    weights, zs, d = list(weights), list(zs), dL_dz.copy()
    norms = [np.linalg.norm(d)]
    zs.pop()
    while zs:
        d = d.dot(weights.pop().T)
        d *= slope(zs.pop())
        norms.append(np.linalg.norm(d))
    return np.array(norms)[::-1]


def walk(step, norm=np.linalg.norm):
    """Return a walk that is right, but for its step or its norm."""

    def norms(dL_dz, weights, zs):
        found = [norm(dL_dz)]
        for k in reversed(range(1, len(weights))):
            dL_dz = step(dL_dz, weights[k], zs[k - 1])
            found.append(norm(dL_dz))
        return found[::-1]

    return norms


def as_in_the_lesson(dL_da, weights, zs):
    norms = []
    for W, z in zip(weights[::-1], zs[::-1], strict=True):
        dL_dz = dL_da * tanh.derivative(z)
        dL_da = dL_dz @ W.T
        norms.append(np.linalg.norm(dL_dz))
    return norms[::-1]


def returns_too_early(dL_dz, weights, zs):
    norms = [np.linalg.norm(dL_dz)]
    for k in reversed(range(1, len(weights))):
        dL_dz = (dL_dz @ weights[k].T) * slope(zs[k - 1])
        norms.append(np.linalg.norm(dL_dz))
        return norms[::-1]


def all_pairs(dL_dz, weights, zs):
    norms = [np.linalg.norm(dL_dz)]
    for W, z in zip(reversed(weights), reversed(zs), strict=True):
        dL_dz = (dL_dz @ W.T) * slope(z)
        norms.append(np.linalg.norm(dL_dz))
    return norms[::-1]


def norms_in_place(dL_dz, weights, zs):
    norms = norms_by_einsum(dL_dz, weights, zs)
    weights.reverse()
    return norms


def one_step(d, W, z):
    return (d @ W.T) * slope(z)


RIGHT = {
    "flow_chain": [
        CHAIN,
        {**CHAIN, "dL_dz3": sp.Rational(3, 2), "dL_dz1": np.float32(0.375), "dL_dw1": np.array(12)},
        {**CHAIN, "dL_dz4": 3, "dL_dw2": 12},
    ],
    "flow_backward": [
        norms_by_recursion,
        norms_by_loops,
        norms_in_float32,
        norms_by_einsum,
        norms_from_the_other_side,
        norms_from_copies,
        lambda *arguments: norms_by_einsum(*arguments).tolist(),
    ],
    "flow_steps": [
        sp.log(r**2) / sp.log(p),  # equal wherever it is asked
        sp.log(r, sp.sqrt(p)),
        2 * sp.log(1 / r) / sp.log(1 / p),
        sp.log(r) / (0.5 * sp.log(p)),
        sp.log(r) / sp.log(p**0.5),
        2 * sp.log(r, 10) / sp.log(p, 10),
        sp.solve(sp.Eq(sp.sqrt(positive_p) ** t, positive_r), t)[0],
    ],
    "flow_scale": [
        lambda z1, m: (m * np.mean(np.square(sigmoid(z1) * (1 - sigmoid(z1))))) ** -0.5,
        lambda z1, m: math.sqrt(z1.size / m) / np.linalg.norm(sigmoid.derivative(z1)),
        lambda z1, m: np.sqrt(1 / m / np.mean(1 / (4 * np.cosh(z1 / 2) ** 2) ** 2)),
        lambda z1, m: np.float32(1 / np.sqrt(m * np.mean(sigmoid.derivative(z1) ** 2))),
        lambda z1, m: [
            1 / math.sqrt(m * sum(v**2 for v in sigmoid.derivative(z1.ravel())) / z1.size)
        ],
        lambda z1, m: np.sqrt(1 / (m * np.average(np.exp(2 * z1) / (1 + np.exp(z1)) ** 4))),
    ],
    "flow_witness": [
        [4.1, 0],
        [-5, 0.1],
        (100, -3),
        np.array([5.0, 0.0]),
        [1e300, 20],
        [sp.Integer(9), 1],
        [4.000001, 0],
    ],
}

# answer, and what the message must say
WRONG = {
    "flow_chain": [
        ({**CHAIN, "dL_dw1": 7}, "4 of 5"),
        ({**CHAIN, "dL_dz3": 3, "dL_dz2": 1.5, "dL_dz1": 0.75, "dL_dw1": 24}, "on that step too"),
        ({"dL_dz3": 1.5}, "1 of 5"),
        ({name: 3 * v for name, v in CHAIN.items()}, "0 of 5"),
        ({**CHAIN, "dL_dz2": 1.5, "dL_dz1": 1.5}, "carry on"),
        ({**CHAIN, "dL_dw4": 3, "dL_dw1": 0.375}, "what comes into the neuron is missing"),
        ([1.5, 0.75, 0.375, 12, 12], "dictionary"),
    ],
    "flow_backward": [
        (as_in_the_lesson, "It is dL_dz already"),
        (returns_too_early, "inside the loop"),
        (all_pairs, "its own layer's matrix"),
        (lambda *arguments: norms_by_einsum(*arguments)[::-1], "first layer's norm comes first"),
        (lambda *arguments: reversed(norms_by_loops(*arguments)), "no list yet"),
        (lambda *arguments: norms_by_loops(*arguments).reverse(), "return"),
        (lambda *arguments: norms_by_einsum(*arguments) ** 2 / 2, "squares of the norms"),
        (walk(lambda d, W, z: (d @ W) * slope(z)), "stands transposed"),
        (walk(lambda d, W, z: d @ W.T), "slopes are missing"),
        (walk(lambda d, W, z: (d @ W.T) * (1 - z**2)), "you passed z"),
        (walk(lambda d, W, z: (W.T @ d) * slope(z)), "to the left"),
        (walk(lambda d, W, z: (d @ W) @ slope(z)), "For dL_dz"),
        (walk(one_step, lambda d: np.linalg.norm(d, axis=1)), "for each example"),
        (walk(one_step, lambda d: np.linalg.norm(d, 2)), "operator norm"),
        (walk(one_step, lambda d: np.round(np.linalg.norm(d), 2)), "rounded"),
        (lambda dL_dz, weights, zs: norms_by_einsum(dL_dz, np.stack(weights), zs), "one array"),
        (norms_in_place, "writes into weights"),
        (lambda dL_dz, weights: 0, "TypeError"),
        ([6.0, 2.0], "Expected a function"),
    ],
    "flow_steps": [
        (sp.log(r) / sp.log(p), "for the mean square"),
        (2 * sp.log(p) / sp.log(r), "upside down"),
        (r / sp.sqrt(p), "takes logarithms"),
        (3 * sp.log(r) / sp.log(p), "expected"),
        (sp.log(r) / sp.log(p) + t, "symbol t"),
        (sp.Eq(p**t, r**2), "solve the equation"),
        (3, "expected"),
        ("2 * log(r) / log(p)", "SymPy expression"),
    ],
    "flow_scale": [
        (
            lambda z1, m: 1 / np.sqrt(z1.shape[1] * np.mean(sigmoid.derivative(z1) ** 2)),
            "which units",
        ),
        (lambda z1, m: 1 / (z1.shape[1] * np.mean(sigmoid.derivative(z1))), "For z1"),
        (lambda z1, m: 1 / (m * np.mean(sigmoid.derivative(z1) ** 2)), "the variance"),
        (lambda z1, m: np.sqrt(2 / m), "He's scale"),
        (lambda z1, m: np.sqrt(2 / (m + z1.shape[1])), "half of both.*Xavier"),
        (lambda z1, m: np.sqrt(1 / (3 * m)), "Xavier.*0.577"),
        (lambda z1, m: 1 / np.sqrt(m * np.mean(sigmoid.derivative(z1)) ** 2), "average first"),
        (lambda z1, m: 1 / np.sqrt(m * sigmoid.derivative(z1) ** 2), "for each entry"),
        (lambda z1, m: math.sqrt(1 / (m * sigmoid.derivative(z1) ** 2)), "single numbers"),
        (lambda z1, m: 2 / np.sqrt(m * np.mean(sigmoid.derivative(z1) ** 2)), "2 times the right"),
        (lambda z1, m: np.random.default_rng(0).normal(0, 1 / m, (z1.shape[1], m)), "shape"),
        (lambda z1, m: None, "return"),
        (2.0, "Expected a function"),
    ],
    "flow_witness": [
        ([4, 0], "exactly as large"),
        ([0, 5], "weight comes first"),
        ([2, 0], "size 0.5.*how large"),
        ([5, 3], "large, but the slope"),
        ([-4.0, 0.0], "exactly as large"),
        ([np.inf, 0], "finite"),
        (5, "got 1"),
        ([5, 0, 1], "got 3"),
        ("w > 4", "a list of 2 numbers"),
    ],
}
