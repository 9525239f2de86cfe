"""Right answers of unusual forms, and wrong ones beyond the catalogue, for exercise 09."""

import numpy as np


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def onehot(p, labels):
    return np.eye(p.shape[1])[labels]


# ----------------------------------------------------------------------------- right ones


def forward_by_loops(x, W1, b1, W2, b2):
    a1, p = [], []
    for row in x:
        sums = [sum(row[i] * W1[i, j] for i in range(len(row))) for j in range(len(b1))]
        hidden = [float(np.tanh(s + b)) for s, b in zip(sums, b1, strict=True)]
        sums = [sum(h * W2[i, j] for i, h in enumerate(hidden)) for j in range(len(b2))]
        logits = [s + b for s, b in zip(sums, b2, strict=True)]
        e = [np.exp(u - max(logits)) for u in logits]
        a1.append(hidden)
        p.append([value / sum(e) for value in e])
    return a1, p


def forward_by_columns(x, W1, b1, W2, b2):
    a1 = np.tanh(W1.T @ x.T + b1[:, None])
    z2 = W2.T @ a1 + b2[:, None]
    e = np.exp(z2 - z2.max(axis=0))
    return a1.T, (e / e.sum(axis=0)).T


def forward_by_logarithms(x, W1, b1, W2, b2):
    a1 = np.tanh(np.dot(x, W1) + b1)
    z2 = np.dot(a1, W2) + b2
    return [a1, np.exp(z2 - np.logaddexp.reduce(z2, axis=1, keepdims=True))]


def forward_by_differences(x, W1, b1, W2, b2):
    a1 = 1 - 2 / (np.exp(np.minimum(2 * (x @ W1 + b1), 700)) + 1)
    z2 = a1 @ W2 + b2
    return a1, 1 / np.exp(z2[:, None, :] - z2[:, :, None]).sum(axis=2)


def scores_by_copy(p, labels):
    dL_dz2 = p.copy()
    dL_dz2[np.arange(len(labels)), labels] -= 1
    dL_dz2 /= len(labels)
    return dL_dz2


def scores_by_loops(p, labels):
    return [[(v - (j == k)) / len(p) for j, v in enumerate(row)] for row, k in zip(p, labels)]  # noqa: B905


def scores_by_the_others(p, labels):
    dL_dz2 = np.array(p, dtype=float)
    for n, label in enumerate(labels):
        dL_dz2[n, label] = dL_dz2[n, label] - dL_dz2[n].sum()
    return dL_dz2 / p.shape[0]


def layer_by_loops(dL_dz, a):
    rows, columns = range(a.shape[1]), range(dL_dz.shape[1])
    dW = [[sum(a[:, i] * dL_dz[:, j]) for j in columns] for i in rows]
    return dW, [sum(dL_dz[:, j]) for j in columns]


def layer_by_examples(dL_dz, a):
    dW, db = np.zeros((a.shape[1], dL_dz.shape[1])), np.zeros(dL_dz.shape[1])
    for inputs, arrives in zip(a, dL_dz, strict=True):
        dW += np.outer(inputs, arrives)
        db += arrives
    return dW, db


LAYERS = [
    layer_by_loops,
    layer_by_examples,
    lambda dL_dz, a: [np.dot(a.T, dL_dz), sum(dL_dz)],
    lambda dL_dz, a: ((dL_dz.T @ a).T, dL_dz.T.sum(axis=1)),
    lambda dL_dz, a: (np.einsum("ni,nj->ij", a, dL_dz), np.einsum("nj->j", dL_dz)),
    lambda dL_dz, a: (np.tensordot(a, dL_dz, (0, 0)), np.ones(len(a)) @ dL_dz),
    lambda dL_dz, a: ((a[:, :, None] * dL_dz[:, None]).sum(axis=0), dL_dz.mean(0) * len(a)),
    lambda dL_dz, a: ((a.T @ dL_dz).astype(np.float32), dL_dz.sum(0).astype(np.float32)),
    lambda dL_dz, a: ((a.T @ dL_dz).tolist(), dL_dz.sum(axis=0).tolist()),
]


def hidden_by_loops(dL_dz2, W2, a1):
    dL_dz1 = np.empty_like(a1, dtype=float)
    for n in range(len(a1)):
        for i in range(len(W2)):
            dL_da1 = sum(dL_dz2[n, j] * W2[i, j] for j in range(W2.shape[1]))
            dL_dz1[n, i] = dL_da1 * (1 - a1[n, i] ** 2)
    return dL_dz1


TABLE = {
    "dL_dz2[0, 0]": -1 / 8,
    "dL_dW2[0, 0]": -1 / 4,
    "dL_db2[0]": 1 / 4,
    "dL_dz1[1, 1]": 9 / 16,
    "dL_dW1[0, 1]": -17 / 16,
}

RIGHT = {
    "backprop_forward": [
        forward_by_loops,
        forward_by_columns,
        forward_by_logarithms,
        forward_by_differences,
        lambda x, W1, b1, W2, b2: (
            np.tanh(np.einsum("ni,ij->nj", x, W1) + b1),
            softmax(np.matmul(np.tanh(x @ W1 + b1), W2) + b2).astype(np.float32),
        ),
        lambda x, W1, b1, W2, b2: (
            np.sinh(np.clip(x @ W1 + b1, -20, 20)) / np.cosh(np.clip(x @ W1 + b1, -20, 20)),
            softmax(np.tanh(x @ W1 + b1) @ W2 + b2).tolist(),
        ),
    ],
    "backprop_scores": [
        scores_by_copy,
        scores_by_loops,
        scores_by_the_others,
        lambda p, labels: (p - (labels[:, None] == np.arange(p.shape[1]))) / labels.size,
        lambda p, labels: p / len(p) - onehot(p, labels) / len(p),
        lambda p, labels: np.subtract(p, np.identity(p.shape[-1])[list(labels)]) * (1 / len(p)),
        lambda p, labels: -(onehot(p, labels) - p) / np.shape(p)[0],
        lambda p, labels: ((p - onehot(p, labels)) / len(p)).astype(np.float32),
    ],
    "backprop_W2": LAYERS,
    "backprop_hidden": [
        hidden_by_loops,
        lambda dL_dz2, W2, a1: (W2 @ dL_dz2.T).T * (1 - a1 * a1),
        lambda dL_dz2, W2, a1: np.dot(dL_dz2, W2.T) * (1 - a1) * (1 + a1),
        lambda dL_dz2, W2, a1: dL_dz2 @ W2.T - dL_dz2 @ W2.T * a1**2,
        lambda dL_dz2, W2, a1: dL_dz2 @ W2.T / np.cosh(np.arctanh(a1)) ** 2,
        lambda dL_dz2, W2, a1: np.einsum("nj,ij,ni->ni", dL_dz2, W2, 1 - a1**2),
        lambda dL_dz2, W2, a1: np.inner(dL_dz2, W2) * (1 - np.square(a1)),
        lambda dL_dz2, W2, a1: [
            ((W2 @ row) * (1 - a**2)).tolist() for row, a in zip(dL_dz2, a1, strict=True)
        ],
        lambda dL_dz2, W2, a1: (dL_dz2 @ W2.T * (1 - a1**2)).astype(np.float32),
    ],
    "backprop_W1": LAYERS,
    "backprop_order": [
        "EDBFCA",
        "ebfadc",
        "E D B C F A",
        "E, B, D, F, A, C",
        ["E", "B", "F", "D", "C", "A"],
    ],
}


# ----------------------------------------------------------------------------- wrong ones


def forward_with(chances, a1=lambda x, W1, b1: np.tanh(x @ W1 + b1)):
    def forward(x, W1, b1, W2, b2):
        hidden = a1(x, W1, b1)
        return hidden, chances(hidden @ W2 + b2)

    return forward


def scores_in_place(p, labels):
    p[np.arange(len(p)), labels] -= 1
    return p / len(p)


def scores_without_the_sign(p, labels):
    dL_dz2 = p.copy()
    for n, label in enumerate(labels):
        dL_dz2[n, label] = 1 - dL_dz2[n, label]
    return dL_dz2 / len(p)


def scores_one_column_for_all(p, labels):
    dL_dz2 = p.copy()
    dL_dz2[:, labels] -= 1
    return dL_dz2 / len(p)


def layer_overwritten(dL_dz, a):
    for inputs, arrives in zip(a, dL_dz, strict=True):
        dW, db = np.outer(inputs, arrives), arrives
    return dW, db


def layer_turned_by_loops(dL_dz, a):
    dW = np.zeros((dL_dz.shape[1], a.shape[1]))
    for inputs, arrives in zip(a, dL_dz, strict=True):
        dW += np.outer(arrives, inputs)
    return dW, dL_dz.sum(axis=0)


def wrong_layers(dW, db, a):
    return [
        (lambda d, a: (np.dot(d.T, a), d.mean(axis=0)), f"Two slips.*{dW}.*turned.*{db} is a mean"),
        (lambda d, a: (np.dot(a, d), d.sum(axis=0)), f"{a} @ dL_dz. nothing is turned"),
        (lambda d, a: (a @ d.T, d.sum(axis=0)), "wrong factor is turned"),
        (lambda d, a: (a.T @ d / len(a), d.sum(axis=0) / len(a)), "divide by the batch"),
        (lambda d, a: (a.T @ d / len(a), d.sum(axis=0)), f"{dW} by the batch"),
        (lambda d, a: (a.T @ d, d.mean(axis=0)), f"{db} is a mean"),
        (lambda d, a: (a.T @ d, np.sum(d)), f"{db} is one number"),
        (lambda d, a: (a.T @ d, d.sum(axis=1)), f"{db} adds up along axis 1"),
        (lambda d, a: (a.T @ d, d.sum(axis=0, keepdims=True)), r"\(1, (outputs|hidden)\)"),
        (lambda d, a: (a.T @ d, d.sum(axis=0)[:, None]), "another shape"),
        (lambda d, a: (a.T @ d, -d.sum(axis=0)), f"sign of your {db} is wrong"),
        (lambda d, a: a.T @ d, f"{dW} alone"),
        (lambda d, a: {"W": a.T @ d, "b": d.sum(axis=0)}, "expected 2 values"),
        (layer_overwritten, "last example's share alone"),
        (layer_turned_by_loops, "turned"),
        (lambda d: d, "TypeError"),
        (lambda d, a: None, "return"),
    ]


# answer, and what the message must say
WRONG = {
    "backprop_forward": [
        (forward_with(lambda z: np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)), "overflow"),
        (forward_with(lambda z: np.exp(z - z.max()) / np.exp(z - z.max()).sum()), "whole array"),
        (forward_with(lambda z: softmax(z.T).T), "over the examples"),
        (forward_with(lambda z: softmax(z - z.min())[:, ::-1]), "p.*reverse|p entry"),
        (forward_with(lambda z: np.round(softmax(z), 3)), "p: Your values are rounded"),
        (forward_with(lambda z: -softmax(z)), "p: All your values have the wrong sign"),
        (forward_with(softmax, lambda x, W1, b1: np.tanh(x @ W1)), "b1 is missing"),
        (
            forward_with(lambda z: z, lambda x, W1, b1: 1 / (1 + np.exp(-x @ W1 - b1))),
            "Two slips.*sigmoid.*logits",
        ),
        (forward_with(softmax, lambda x, W1, b1: np.tanh(np.dot(W1, x) + b1)), "from the left"),
        (lambda *given: forward_with(softmax)(*given)[::-1], "p first"),
        (lambda *given: forward_with(softmax)(*given)[1], "one array"),
        (lambda *given: np.hstack(forward_with(softmax)(*given)), "expected"),
        (lambda x, W1, b1: x, "TypeError"),
        (forward_with(lambda z: softmax(np.clip(z, -300, 300))), "cut large logits off"),
    ],
    "backprop_scores": [
        (scores_in_place, "writes into p"),
        (scores_without_the_sign, "size of the difference"),
        (scores_one_column_for_all, "whole columns"),
        (lambda p, labels: onehot(p, labels) - p, "Two slips.*mean.*sign"),
        (lambda p, labels: (p - labels) / len(p), "labels as they are"),
        (lambda p, labels: p - labels, "Two slips.*labels as they are"),
        (lambda p, labels: (p - np.eye(labels.max() + 1)[labels]) / len(p), "need not hold every"),
        (lambda p, labels: (p - np.eye(len(p))[labels]) / len(p), "as there are examples"),
        (lambda p, labels: 2 * (p - onehot(p, labels)) / p.size, "mean squared error"),
        (lambda p, labels: 3 * (p - onehot(p, labels)) / len(p), "3 times the right one"),
        (lambda p, labels: (p - onehot(p, labels)).T / len(p), "transpose"),
        (lambda p, labels: (p - 1) * onehot(p, labels) / len(p), "diagonal"),
        (lambda p, labels: p, "p itself|mean.*subtracted"),
        (lambda p, labels: p - onehot(p, labels)[:, ::-1], "For p"),
        (lambda p, labels: (p - onehot(p, labels)) / labels.sum(), "For p|infinit"),
    ],
    "backprop_W2": wrong_layers("dL_dW2", "dL_db2", "a1"),
    "backprop_hidden": [
        (lambda d, W, a: np.dot(d, W) * (1 - a**2), "W2 as it stands"),
        (lambda d, W, a: d @ W * a * (1 - a), "Two slips.*W2.*sigmoid"),
        (lambda d, W, a: d @ W.T / np.cosh(a) ** 2, "tanh to a1 again"),
        (lambda d, W, a: d @ W.T * (1 - np.arctanh(a) ** 2), "back to z1"),
        (lambda d, W, a: d * (1 - a**2) @ W.T, "in front of W2|does not fit|do not fit"),
        (lambda d, W, a: d @ W.T * 1 - a**2, "brackets"),
        (lambda d, W, a: d @ W.T * (1 - a**2) / len(a), "divide by the batch"),
        (lambda d, W, a: 2 * d @ W.T * (1 - a**2), "2 times the right one"),
        (lambda d, W, a: (W @ d.T) * (1 - a.T**2), "turned"),
        (lambda d, W, a: d @ W.T @ (1 - a**2), "entry by entry"),
        (lambda d, W, a: np.sum(d @ W.T * (1 - a**2), axis=0), "gradient of b1"),
        (lambda d, W, a: d @ W.T * (1 - abs(a)), "For dL_dz2"),
        (lambda d, W, a: d @ W.T, "stop at dL_da1"),
        (lambda d, W, a: (d @ W.T * (1 - a**2), d @ W.T), "one array is wanted"),
    ],
    "backprop_W1": wrong_layers("dL_dW1", "dL_db1", "x"),
    "backprop_order": [
        ("EDCBFA", "new W2"),
        ("EBFACD", "D must stand before C"),
        ("EDBAFC", "F must stand before A"),
        ("EDB", "not placed"),
        ("EDBFCAG", "G is no line"),
        ("EEDBFCA", "twice"),
        (123456, "as a text"),
    ],
}
