"""The tasks on two layers: forward, the four steps back, a training step.

A backward pass is a chain of independent choices: which factor is turned, what stands in the
slope, what is divided by, which axis is summed. So the wrong answers are made from small
tables of `Slip`, each slip alone and the common ones of different parts in pairs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import combinations, permutations
from typing import Any

import numpy as np

from course_utils.activations import relu, sigmoid, tanh
from course_utils.answers import Call
from course_utils.network import softmax
from course_utils.tasks.kinds import FunctionTask, Mistake, OrderTask


@dataclass(frozen=True)
class Slip:
    """One wrong choice: the part of the code it is made in, how to name it, and the choice.

    Common ones are catalogued in pairs as well.
    """

    part: str
    name: str
    message: str
    choice: Any
    is_common: bool = False


def _catalogue(build: Callable, slips: Sequence[Slip]) -> tuple[Mistake, ...]:
    """Return a mistake for each slip, then for each two common slips of different parts."""
    pairs = combinations([slip for slip in slips if slip.is_common], 2)
    pairs = [(one, other) for one, other in pairs if (one.name, other.name) not in NO_PAIRS]
    return (
        *(Mistake(s.name, s.message, build(**{s.part: s.choice})) for s in slips),
        *(
            Mistake(
                f"{one.name}; {other.name}",
                f"Two slips. {one.message} {other.message}",
                build(**{one.part: one.choice, other.part: other.choice}),
            )
            for one, other in pairs
            if one.part != other.part
        ),
    )


NO_PAIRS = {("b2 forgotten", "softmax over the batch")}
"""Two slips of which one hides the other: what is added to a whole column cancels there."""


@cache
def _numbers(seed: int, *shape: int, room: int = 9, by: float = 10, kind: type = float):
    """Return numbers with few digits, none of them 0: the same ones for the same seed."""
    rng = np.random.default_rng(seed)
    size = rng.integers(1, room + 1, shape)
    return (rng.choice([-1, 1], shape) * size / by).astype(kind)


# ------------------------------------------------------------------------------ forward


def _through(x, W1, b1, W2, b2):
    """Return what is right: a1 and p."""
    a1 = np.tanh(x @ W1 + b1)  # (batch, hidden) = (batch, features) @ (features, hidden)
    return _second_layer(a1, W2, b2)


def _second_layer(a1, W2, b2):
    return a1, softmax(a1 @ W2 + b2)  # (batch, outputs) = (batch, hidden) @ (hidden, outputs)


def _in_order(first: Any, second: Any) -> Any:
    return first @ second


def _forward(
    *,
    product: tuple[Callable, Callable] = (_in_order, _in_order),
    bias: tuple[float, float] = (1, 1),
    activation: Callable = np.tanh,
    second: str = "a1",
    chances: Callable = softmax,
    returned: Callable = lambda a1, p, **others: (a1, p),
) -> Callable:
    """Return a forward pass with other choices in it than the right ones."""

    def forward(x, W1, b1, W2, b2):
        z1 = product[0](x, W1) + bias[0] * b1
        a1 = activation(z1)
        z2 = product[1]({"a1": a1, "z1": z1}[second], W2) + bias[1] * b2
        return returned(z1=z1, a1=a1, z2=z2, p=chances(z2))

    return forward


def _shares(z, below: Callable = lambda z: 0, axis: int | None = -1, keepdims: bool = True):
    """Return exponentials over their sum, as one might write them."""
    e = np.exp(z - below(z))
    return e / e.sum(axis=axis, keepdims=keepdims)


def _top(z):
    return z.max(axis=-1, keepdims=True)


def _tanh_as_printed(z):
    return (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z))


FORWARD_SLIPS = (
    Slip(
        "activation",
        "sigmoid in the hidden layer",
        "Your hidden layer has the sigmoid: this network has tanh.",
        sigmoid,
        is_common=True,
    ),
    Slip(
        "activation",
        "no activation",
        "Your hidden layer has no activation: a1 is z1 as it is.",
        lambda z: z,
        is_common=True,
    ),
    Slip(
        "activation",
        "ReLU in the hidden layer",
        "Your hidden layer has ReLU: this network has tanh.",
        relu,
    ),
    Slip(
        "activation",
        "tanh twice",
        "You apply tanh twice: once is enough.",
        lambda z: np.tanh(np.tanh(z)),
    ),
    Slip(
        "activation",
        "tanh from exponentials",
        "Your tanh is made of exponentials that overflow: NumPy has a tanh that does not.",
        _tanh_as_printed,
    ),
    Slip(
        "activation",
        "the slope for the output",
        "Your a1 is the slope of tanh: forward you need its value.",
        tanh.derivative,
    ),
    Slip(
        "activation",
        "softmax in the hidden layer",
        "Your hidden layer has softmax too: there belongs tanh.",
        softmax,
    ),
    Slip("bias", "b1 forgotten", "b1 is missing in the first layer.", (0, 1), is_common=True),
    Slip("bias", "b2 forgotten", "b2 is missing in the second layer.", (1, 0), is_common=True),
    Slip("bias", "both biases forgotten", "Both biases are missing.", (0, 0)),
    Slip(
        "bias",
        "biases subtracted",
        "You subtract the biases: they are added.",
        (-1, -1),
    ),
    Slip(
        "second",
        "z1 into the second layer",
        "Your second layer gets z1: it must get the output of the first one, a1.",
        "z1",
    ),
    Slip(
        "chances",
        "no softmax",
        "Your second array holds the logits z2: softmax has still to make probabilities of them.",
        lambda z: z,
        is_common=True,
    ),
    Slip(
        "chances",
        "the exponentials overflow",
        "Your softmax takes exponentials of large logits, and they overflow.",
        _shares,
    ),
    Slip(
        "chances",
        "softmax over the batch",
        "Your softmax adds up over the examples: each row, one example, must add up to 1.",
        partial(_shares, below=lambda z: z.max(axis=0), axis=0),
        is_common=True,
    ),
    Slip(
        "chances",
        "softmax over the batch, overflowing",
        "Your softmax adds up over the examples, and its exponentials overflow: each row, one "
        "example, must add up to 1.",
        partial(_shares, axis=0),
    ),
    Slip(
        "chances",
        "sum over the batch alone",
        "The maximum you take of each row, the sum of each column: each row of p must add up to 1.",
        partial(_shares, below=_top, axis=0),
    ),
    Slip(
        "chances",
        "softmax over everything",
        "Your softmax divides by the sum of the whole array: each row must add up to 1.",
        partial(_shares, below=np.max, axis=None),
        is_common=True,
    ),
    Slip(
        "chances",
        "softmax over everything, overflowing",
        "Your softmax divides by the sum of the whole array, and its exponentials overflow: each "
        "row must add up to 1.",
        partial(_shares, axis=None),
    ),
    Slip(
        "chances",
        "the maximum of each row, the sum of everything",
        "Your softmax divides by the sum of the whole array: each row must add up to 1.",
        partial(_shares, below=_top, axis=None),
    ),
    Slip(
        "chances",
        "sigmoid for softmax",
        "Your second layer ends with the sigmoid, entry by entry. Softmax lets the classes of a "
        "row share 1.",
        sigmoid,
        is_common=True,
    ),
    Slip(
        "chances",
        "tanh for softmax",
        "Your second layer ends with tanh: softmax makes probabilities of the logits.",
        np.tanh,
    ),
    Slip(
        "chances",
        "tanh before softmax",
        "You apply tanh to the logits: softmax takes them as they are.",
        lambda z: softmax(np.tanh(z)),
    ),
    Slip(
        "chances",
        "logarithms of the probabilities",
        "Your second array holds logarithms of probabilities: the probabilities are wanted.",
        lambda z: np.log(softmax(z)),
    ),
    Slip(
        "chances",
        "the losses",
        "Your second array holds minus the logarithms: the probabilities themselves are wanted.",
        lambda z: -np.log(softmax(z)),
    ),
    Slip(
        "chances",
        "not divided",
        "Your second array holds exponentials that are not yet divided by their sum.",
        np.exp,
    ),
    Slip(
        "chances",
        "not divided, but shifted",
        "Your second array holds exponentials that are not yet divided by their sum.",
        lambda z: np.exp(z - _top(z)),
    ),
    Slip(
        "chances",
        "no exponentials",
        "You divide the logits by their sum: softmax takes their exponentials first.",
        lambda z: z / z.sum(axis=-1, keepdims=True),
    ),
    Slip(
        "chances",
        "the sign of the exponent",
        "In your exponentials the logits have the wrong sign: the largest logit must get the "
        "largest probability.",
        lambda z: softmax(-z),
    ),
    Slip(
        "chances",
        "softmax twice",
        "You apply softmax twice: the second one takes probabilities for logits.",
        lambda z: softmax(softmax(z)),
    ),
    Slip(
        "chances",
        "only the largest",
        "You return 1 for the largest logit of a row and 0 elsewhere: probabilities are wanted.",
        lambda z: np.eye(z.shape[1])[z.argmax(axis=1)],
    ),
    Slip(
        "chances",
        "the predicted class",
        "You return the class with the largest logit. All the probabilities are wanted.",
        lambda z: z.argmax(axis=1),
    ),
    Slip(
        "chances",
        "keepdims forgotten in the sum",
        "Your sum of each row is no column, so NumPy divides the columns by it, or stops.",
        lambda z: np.exp(z - _top(z)) / np.exp(z - _top(z)).sum(axis=1),
    ),
    Slip(
        "chances",
        "keepdims forgotten in the maximum",
        "Your maximum of each row is no column, so NumPy subtracts it from the columns, or stops.",
        partial(_shares, below=lambda z: z.max(axis=1)),
    ),
    Slip(
        "chances",
        "keepdims forgotten twice",
        "Maximum and sum of each row are no columns, so NumPy takes them for the columns, or "
        "stops.",
        lambda z: _shares(z, lambda z: z.max(axis=1), axis=1, keepdims=False),
    ),
    Slip(
        "chances",
        "keepdims forgotten, and overflow",
        "Your sum of each row is no column, so NumPy divides the columns by it, or stops. And your "
        "exponentials overflow.",
        partial(_shares, axis=1, keepdims=False),
    ),
    Slip(
        "chances",
        "Python's max",
        "Python's `max` compares whole rows, and an array has no one truth value.",
        partial(_shares, below=max),
    ),
    Slip(
        "chances",
        "the maximum of each column",
        "You subtract the maximum of each column. Only a number that is the same for a whole row "
        "cancels.",
        partial(_shares, below=lambda z: z.max(axis=0)),
    ),
    Slip(
        "chances",
        "the maximum of everything",
        "You subtract the maximum of the whole array. A row far below it is left with zeros, and "
        "0 / 0 is NaN: each row needs its own.",
        partial(_shares, below=np.max),
    ),
    Slip(
        "chances",
        "subtracted above alone",
        "You subtract the maximum in the exponentials, but not in those of the sum.",
        lambda z: np.exp(z - _top(z)) / np.exp(z).sum(axis=-1, keepdims=True),
    ),
    Slip(
        "chances",
        "divided by the maximum",
        "You divide the logits by their maximum: to subtract it changes nothing, to divide does.",
        lambda z: softmax(z / _top(z)),
    ),
    Slip(
        "chances",
        "NaN replaced",
        "Your exponentials overflow, and you replace the NaN: the probability is lost all the "
        "same.",
        lambda z: np.nan_to_num(_shares(z)),
    ),
    Slip(
        "chances",
        "large logits cut off at 700",
        "You cut large logits off at 700. Two different ones beyond it then become the same.",
        lambda z: _shares(np.minimum(z, 700)),
    ),
    Slip(
        "chances",
        "the mean subtracted",
        "You subtract the mean of each row. A logit far above it still overflows.",
        partial(_shares, below=lambda z: z.mean(axis=-1, keepdims=True)),
    ),
    Slip(
        "chances",
        "the minimum subtracted",
        "You subtract the smallest logit of each row. One far above it still overflows.",
        partial(_shares, below=lambda z: z.min(axis=-1, keepdims=True)),
    ),
    Slip(
        "chances",
        "logits cut off",
        "You cut large logits off. Two different ones beyond the limit then become the same.",
        lambda z: _shares(np.clip(z, -500, 500)),
    ),
    Slip(
        "chances",
        "logits cut off at 700",
        "You cut large logits off at 700. Two different ones beyond it then become the same.",
        lambda z: _shares(np.clip(z, -700, 700)),
    ),
    Slip(
        "returned",
        "p alone",
        "You return one array, the probabilities: the way back needs a1 too, in front of p.",
        lambda p, **others: p,
        is_common=True,
    ),
    Slip(
        "returned",
        "a1 alone",
        "You return one array, a1: behind it p is wanted, the probabilities.",
        lambda a1, **others: a1,
    ),
    Slip(
        "returned",
        "p and a1 swapped",
        "You return p first: first comes a1, then p.",
        lambda a1, p, **others: (p, a1),
        is_common=True,
    ),
    Slip(
        "returned",
        "z1 for a1",
        "You return z1 and p: the output a1 is wanted, not the pre-activation z1.",
        lambda z1, p, **others: (z1, p),
    ),
    Slip(
        "returned",
        "z2 and p",
        "You return z2 and p: first comes a1, the hidden output.",
        lambda z2, p, **others: (z2, p),
    ),
    Slip(
        "returned",
        "the three arrays of the lesson",
        "You return z1, a1 and z2, as the lesson does. Here two arrays are wanted: a1 and p.",
        lambda z1, a1, z2, **others: (z1, a1, z2),
    ),
    Slip(
        "returned",
        "z1 as well",
        "You return z1 as well: two arrays are wanted, a1 and p.",
        lambda z1, a1, p, **others: (z1, a1, p),
    ),
    Slip(
        "returned",
        "everything",
        "You return all four arrays: two are wanted, a1 and p.",
        lambda z1, a1, z2, p: (z1, a1, z2, p),
    ),
    Slip(
        "returned",
        "z2 as well",
        "You return z2 as well: two arrays are wanted, a1 and p.",
        lambda a1, z2, p, **others: (a1, z2, p),
    ),
    Slip(
        "product",
        "both weights turned",
        "You turn the weights. W1 is (features, hidden): x fits it as it stands.",
        (lambda x, W: x @ W.T, lambda x, W: x @ W.T),
    ),
    Slip(
        "product",
        "W1 turned",
        "You turn W1. It is (features, hidden): x fits it as it stands.",
        (lambda x, W: x @ W.T, _in_order),
    ),
    Slip(
        "product",
        "W2 turned",
        "You turn W2. It is (hidden, outputs): a1 fits it as it stands.",
        (_in_order, lambda x, W: x @ W.T),
    ),
    Slip(
        "product",
        "weights first",
        "You multiply from the left, W1 @ x. Here each row of x is an example.",
        (lambda x, W: W @ x, lambda x, W: W @ x),
    ),
    Slip(
        "product",
        "W1 first",
        "You multiply W1 from the left. Here each row of x is an example.",
        (lambda x, W: W @ x, _in_order),
    ),
    Slip(
        "product",
        "weights first and turned",
        "You multiply from the left, W1.T @ x. Here each row of x is an example.",
        (lambda x, W: W.T @ x, lambda x, W: W.T @ x),
    ),
    Slip(
        "product",
        "columns for examples",
        "You write W1.T @ x.T, as if each column were an example. Here each row is one.",
        (lambda x, W: W.T @ x.T, lambda x, W: W.T @ x),
    ),
    Slip(
        "product",
        "entry by entry",
        "You multiply inputs and weights entry by entry: a layer needs weighted sums.",
        (lambda x, W: x * W, lambda x, W: x * W),
    ),
)


FORWARD_MISTAKES = (
    Mistake(
        "b1 behind tanh",
        "You add b1 behind tanh: it belongs to the pre-activation.",
        lambda x, W1, b1, W2, b2: _second_layer(np.tanh(x @ W1) + b1, W2, b2),
    ),
    Mistake(
        "tanh of the inputs",
        "You apply tanh to x, in front of the weights: it comes behind the weighted sum.",
        lambda x, W1, b1, W2, b2: _second_layer(np.tanh(x) @ W1 + b1, W2, b2),
    ),
    Mistake(
        "x into the second layer",
        "Your second layer gets x: it must get the output of the first one, a1.",
        lambda x, W1, b1, W2, b2: (np.tanh(x @ W1 + b1), softmax(x @ W2 + b2)),
    ),
)


def _network(seed: int, batch: int, features: int, hidden: int, outputs: int, *, x=None, **more):
    """Return a call: a batch, and parameters with few digits."""
    kind = more.pop("kind", float)
    arrays = [
        _numbers(seed, batch, features, by=4) if x is None else x,
        _numbers(seed + 1, features, hidden),
        _numbers(seed + 2, hidden, by=20),
        _numbers(seed + 3, hidden, outputs),
        _numbers(seed + 4, outputs, by=20),
    ]
    return Call(*(array.astype(kind) for array in arrays), **more)


def _forward_calls() -> list[Call]:
    """Return networks with four equal sizes, which hide no transpose, and with different ones.

    The ordinary ones have equal sizes: there a wrong product gives numbers, however it is
    written. With different sizes it raises. Then come large numbers.
    """
    other = {"ordinary": False}
    rows_apart = [[5.0], [-5.0]], [[2.0]], [0.25], [[1000.0, 1001.0, 998.0]], [0.5, -0.25, 1.0]
    far_apart = [[4.0], [1.0], [-3.0]], [[1.0]], [0.0], [[1500.0, -1500.0]], [0.0, 0.0]
    not_so_far = [[3.0], [-3.0]], [[2.0]], [0.0], [[600.0, 601.0, -400.0]], [0.5, -0.5, 0.0]
    saturated = [[1000.0, 0.0], [-2000.0, 500.0], [0.5, -1.0]], [[1.0], [0.5]], [0.25]
    return [
        _network(10, 2, 2, 2, 2),
        _network(20, 3, 3, 3, 3),
        _network(30, 2, 1, 3, 4, **other),
        _network(40, 5, 3, 4, 2, **other),
        _network(50, 1, 3, 2, 4, **other),
        _network(60, 4, 2, 1, 3, **other),
        _network(70, 4, 3, 5, 2, x=_numbers(71, 4, 3, room=2, by=1), **other),
        Call(_numbers(75, 3, 2, room=3, by=1, kind=int), *_network(76, 3, 2, 5, 4).arguments[1:]),
        _network(80, 3, 3, 3, 3, kind=np.float32),
        Call(*map(np.array, rows_apart), ordinary=False),
        Call(*map(np.array, not_so_far), ordinary=False),
        Call(*map(np.array, far_apart), ordinary=False),
        Call(*map(np.array, (*saturated, [[0.5, -0.5, 1.0]], [0.1, 0.2, 0.3])), ordinary=False),
    ]


def _random_networks(rng: np.random.Generator) -> list[Call]:
    calls = []
    for batch, features, hidden, outputs in ((4, 4, 4, 4), (6, 5, 3, 4)):
        shapes = (batch, features), (features, hidden), (hidden,), (hidden, outputs), (outputs,)
        arrays = (rng.normal(0, 0.8, size=shape) for shape in shapes)
        calls.append(Call(*arrays, ordinary=batch == features))
    return calls


# ------------------------------------------------------- back through softmax and the loss


def _onehot(p, labels):
    return np.where(np.arange(p.shape[1]) == labels[:, None], 1.0, 0.0)


def _scores(
    *,
    target: Callable = _onehot,
    sign: float = 1,
    scale: Callable = lambda batch, outputs: 1 / batch,
    slope: Callable = lambda p: 1,
) -> Callable:
    """Return a way from p and the labels to dL_dz2 with other choices than the right ones."""

    def scores(p, labels):
        return sign * (p - target(p, labels)) * slope(p) * scale(*p.shape)

    return scores


def _subtracted(index: Callable) -> Callable:
    """Return a target: 1 wherever an index, made of the labels, writes."""

    def target(p, labels):
        ones = np.zeros_like(p)
        ones[index(labels)] = 1
        return ones

    return target


def _through_the_table(p, labels):
    dL_dp = -_onehot(p, labels) / p / len(p)
    return p * (dL_dp - (dL_dp * p).sum(axis=1, keepdims=True))


def _at_the_label(p, labels):
    return p[np.arange(len(p)), labels]


SCORE_SLIPS = (
    Slip(
        "scale",
        "the mean forgotten",
        "The loss is a mean over the batch: your values are those of its sum.",
        lambda batch, outputs: 1,
        is_common=True,
    ),
    Slip(
        "scale",
        "divided by the classes",
        "You divide by the number of classes: the mean runs over the examples.",
        lambda batch, outputs: 1 / outputs,
        is_common=True,
    ),
    Slip(
        "scale",
        "divided by all entries",
        "You divide by the number of all entries: the mean runs over the examples alone.",
        lambda batch, outputs: 1 / (batch * outputs),
        is_common=True,
    ),
    Slip(
        "scale",
        "divided twice",
        "You divide by the batch twice.",
        lambda batch, outputs: 1 / batch**2,
    ),
    Slip(
        "scale",
        "multiplied by the batch",
        "You multiply by the number of examples: for a mean, divide.",
        lambda batch, outputs: batch,
    ),
    Slip(
        "scale",
        "twice as large",
        "Your values are twice too large: a factor 2 belongs to squared errors.",
        lambda batch, outputs: 2 / batch,
    ),
    Slip(
        "scale",
        "the mean squared error",
        "That is the gradient of the mean squared error. The loss is the cross-entropy.",
        lambda batch, outputs: 2 / (batch * outputs),
    ),
    Slip(
        "sign",
        "the sign",
        "The sign is wrong: a larger logit of a wrong class raises the loss.",
        -1,
        is_common=True,
    ),
    Slip(
        "target",
        "nothing subtracted",
        "Nothing is subtracted: the labels do not come in.",
        lambda p, labels: 0,
        is_common=True,
    ),
    Slip(
        "target",
        "the label itself",
        "You subtract the label itself, the number of a class. It only says where in the row to "
        "subtract.",
        lambda p, labels: labels[:, None],
        is_common=True,
    ),
    Slip(
        "target",
        "the label itself, along the rows",
        "You subtract the labels as they are, and along the wrong axis. A label only says where in "
        "its row to subtract.",
        lambda p, labels: labels,
        is_common=True,
    ),
    Slip(
        "target",
        "the predicted class",
        "You subtract 1 at the largest probability: what counts is the label.",
        lambda p, labels: _onehot(p, p.argmax(axis=1)),
        is_common=True,
    ),
    Slip(
        "target",
        "classes counted from 1",
        "You subtract 1 one place too far to the left: classes are counted from 0.",
        lambda p, labels: _onehot(p, (labels - 1) % p.shape[1]),
        is_common=True,
    ),
    Slip(
        "target",
        "one place to the right",
        "You subtract 1 one place too far to the right: classes are counted from 0.",
        _subtracted(lambda labels: (np.arange(len(labels)), labels + 1)),
    ),
    Slip(
        "target",
        "1 everywhere",
        "You subtract 1 everywhere: only the right class loses it.",
        lambda p, labels: 1,
    ),
    Slip(
        "target",
        "1 added",
        "You add 1 at the right class: there the loss falls as the logit grows.",
        lambda p, labels: -_onehot(p, labels),
    ),
    Slip(
        "target",
        "whole columns",
        "Your index `[:, labels]` takes whole columns: each row has its own right class.",
        _subtracted(lambda labels: (slice(None), labels)),
    ),
    Slip(
        "target",
        "whole rows",
        "Your index `[labels]` picks rows: a label names a column, in its own row.",
        _subtracted(lambda labels: labels),
    ),
    Slip(
        "target",
        "whole columns, one by one",
        "You subtract 1 from whole columns: each row has its own right class.",
        lambda p, labels: np.ones((len(p), 1)) * _onehot(p, labels).sum(axis=0),
    ),
    Slip(
        "target",
        "whole rows, one by one",
        "You subtract 1 from whole rows: a label names a column, in its own row.",
        lambda p, labels: sum(_subtracted(lambda k: k)(p, labels[[n]]) for n in range(len(labels))),
    ),
    Slip(
        "target",
        "rows for columns",
        "Your two indices are swapped: rows are the examples, columns the classes.",
        _subtracted(lambda labels: (labels, np.arange(len(labels)))),
    ),
    Slip(
        "target",
        "classes counted in the labels",
        "You take the number of classes from the labels. A small batch need not hold every class: "
        "p has a column for each.",
        lambda p, labels: np.eye(labels.max() + 1)[labels],
    ),
    Slip(
        "target",
        "different labels counted",
        "You count the different labels for the classes. A small batch need not hold every class: "
        "p has a column for each.",
        lambda p, labels: np.eye(len(np.unique(labels)))[labels],
    ),
    Slip(
        "target",
        "as many classes as examples",
        "Your one-hot rows have as many columns as there are examples: they need one a class.",
        lambda p, labels: np.eye(len(labels))[labels],
    ),
    Slip(
        "target",
        "one-hot array turned",
        "Your one-hot array is turned: a row belongs to an example, a column to a class.",
        lambda p, labels: _onehot(p, labels).T,
    ),
    Slip(
        "slope",
        "softmax's slope again",
        "You multiply by p (1 - p) as well: the slope of softmax is in p - onehot already.",
        lambda p: p * (1 - p),
        is_common=True,
    ),
    Slip(
        "slope",
        "tanh's slope",
        "You multiply by 1 - p^2, a slope of tanh: the last layer has softmax.",
        lambda p: 1 - p**2,
    ),
)

SCORE_MISTAKES = (
    Mistake(
        "divided by a probability",
        "You divide by a probability, and that may be 0. Joined, softmax and loss need no division "
        "by p.",
        _through_the_table,
    ),
    Mistake(
        "the right class alone",
        "You keep the entry of the right class alone: that is the diagonal of softmax's table. The "
        "other logits move the loss too.",
        lambda p, labels: (p - 1) * _onehot(p, labels) / len(p),
    ),
    Mistake(
        "the right class alone; the mean forgotten",
        "You keep the entry of the right class alone, and the mean is forgotten. The other logits "
        "move the loss too.",
        lambda p, labels: (p - 1) * _onehot(p, labels),
    ),
    Mistake(
        "the other classes alone",
        "You set the entry of the right class to 0: there something is left as well.",
        lambda p, labels: p * (1 - _onehot(p, labels)) / len(p),
    ),
    Mistake(
        "the entries of the right class as a list",
        "You return one number an example, at its right class: dL_dz2 has the shape of p.",
        lambda p, labels: (_at_the_label(p, labels) - 1) / len(p),
    ),
    Mistake(
        "the entries of the right class as a list; the mean forgotten",
        "You return one number an example, at its right class: dL_dz2 has the shape of p. And the "
        "mean is forgotten.",
        lambda p, labels: _at_the_label(p, labels) - 1,
    ),
    Mistake(
        "only the 1 divided",
        "You divide the 1 by the batch, but not p: all of the row is divided.",
        lambda p, labels: p - _onehot(p, labels) / len(p),
    ),
    Mistake(
        "only p divided",
        "You divide p by the batch, but not the 1: all of the row is divided.",
        lambda p, labels: p / len(p) - _onehot(p, labels),
    ),
    Mistake(
        "only the right class divided",
        "You divide the entry of the right class alone: all of the row is divided.",
        lambda p, labels: np.where(_onehot(p, labels) == 1, (p - 1) / len(p), p),
    ),
    Mistake(
        "the gradient with respect to p",
        "Your values are -1 / p at the right class: that is dL_dp, which has still to go back "
        "through softmax.",
        lambda p, labels: -_onehot(p, labels) / p / len(p),
    ),
    Mistake(
        "the gradient with respect to p; the mean forgotten",
        "Your values are -1 / p at the right class: that is dL_dp, without the mean, and it has "
        "still to go back through softmax.",
        lambda p, labels: -_onehot(p, labels) / p,
    ),
    Mistake(
        "the slope of softmax alone",
        "Your values are p (1 - p), the diagonal of softmax's table: the loss has not come in.",
        lambda p, labels: p * (1 - p),
    ),
    Mistake(
        "the slope of softmax alone, divided",
        "Your values are p (1 - p) / batch, the diagonal of softmax's table: the labels have not "
        "come in.",
        lambda p, labels: p * (1 - p) / len(p),
    ),
    Mistake(
        "the loss",
        "You return the loss, a number: wanted is its gradient, an array with the shape of p.",
        lambda p, labels: -np.log(_at_the_label(p, labels)).mean(),
    ),
    Mistake(
        "the loss of each example",
        "You return each example's loss: wanted is the gradient, an array with the shape of p.",
        lambda p, labels: -np.log(_at_the_label(p, labels)),
    ),
    Mistake(
        "-onehot * log p",
        "Your values are the terms of the loss: wanted is its gradient.",
        lambda p, labels: -_onehot(p, labels) * np.log(p),
    ),
    Mistake(
        "softmax once more",
        "You apply softmax to p: p holds the probabilities already.",
        lambda p, labels: (softmax(p) - _onehot(p, labels)) / len(p),
    ),
    Mistake(
        "the logarithm of p",
        "You took log p for p: the logarithm is gone when the two slopes are joined.",
        lambda p, labels: (np.log(p) - _onehot(p, labels)) / len(p),
    ),
    Mistake(
        "added up over the batch",
        "You add the rows up: that is the gradient of b2. dL_dz2 has a row for each example.",
        lambda p, labels: (p - _onehot(p, labels)).mean(axis=0),
    ),
    Mistake(
        "all added up",
        "You return one number: dL_dz2 has the shape of p.",
        lambda p, labels: np.mean(p - _onehot(p, labels)),
    ),
    Mistake(
        "the error rate",
        "You compare the predicted class with the label: wanted is the gradient, in which each "
        "probability counts.",
        lambda p, labels: np.mean(p.argmax(axis=1) != labels),
    ),
    Mistake(
        "one-hot labels",
        "You return the one-hot labels: p and the batch have not come in.",
        _onehot,
    ),
    Mistake(
        "squared",
        "You square the difference: its gradient, which is wanted, has no square.",
        lambda p, labels: (p - _onehot(p, labels)) ** 2 / len(p),
    ),
    Mistake(
        "the size of the difference",
        "You take the size of the difference: the sign says in which direction the loss falls.",
        lambda p, labels: np.abs(p - _onehot(p, labels)) / len(p),
    ),
    Mistake(
        "one example alone",
        "You subtract 1 in the last row alone: each row has its right class.",
        lambda p, labels: (
            (p - _onehot(p, labels) * (np.arange(len(p)) == len(p) - 1)[:, None]) / len(p)
        ),
    ),
)


def _score_calls() -> list[Call]:
    """Return probabilities in rows that add up to 1; the last two lie at the edge."""
    tenths = [[2, 7, 1], [5, 1, 4], [1, 3, 6], [8, 1, 1], [3, 3, 4]]
    twentieths = [[1, 9, 6, 4], [7, 3, 8, 2], [5, 2, 2, 11]]
    quarters = [[0.25, 0.5, 0.125, 0.125], [0.125, 0.25, 0.5, 0.125]]
    return [
        Call(np.array([[0.3, 0.1, 0.6], [0.25, 0.7, 0.05]]), np.array([0, 2])),
        Call(np.array(tenths) / 10, np.array([1, 2, 0, 0, 2])),
        Call(np.array([[0.2, 0.1, 0.4, 0.3]]), np.array([2])),
        Call(np.array([[0.2, 0.5, 0.2, 0.1]]), np.array([0])),
        Call(np.array(twentieths) / 20, np.array([1, 1, 0])),
        Call(np.array([[0.6, 0.3, 0.1], [0.2, 0.35, 0.45], [0.5, 0.1, 0.4]]), np.array([1, 2, 1])),
        Call(np.array([[0.4, 0.6], [0.9, 0.1], [0.3, 0.7], [0.2, 0.8]]), np.array([1, 0, 0, 1])),
        Call(np.array(quarters, dtype=np.float32), np.array([3, 1])),
        Call(np.array([[0.0, 1.0, 0.0], [0.0, 0.25, 0.75]]), np.array([0, 1]), ordinary=False),
        Call(np.array([[0.0, 1.0], [1.0, 0.0], [0.5, 0.5]]), np.array([1, 1, 0]), ordinary=False),
    ]


def _random_scores(rng: np.random.Generator) -> list[Call]:
    return [
        Call(softmax(rng.normal(size=(batch, outputs))), rng.integers(0, outputs, batch))
        for batch, outputs in ((6, 4), (4, 5))
    ]


# ------------------------------------------------------ the gradients of weights and biases


def _layer(
    *,
    product: Callable = lambda dz, a: a.T @ dz,
    bias: Callable = lambda dz, a: dz.sum(axis=0),
    scale: Callable = lambda dW, db, batch, columns, rows: (dW, db),
    returned: Callable = lambda dW, db: (dW, db),
) -> Callable:
    """Return a layer's two gradients with other choices in them than the right ones."""

    def gradients(dz, a):
        return returned(*scale(product(dz, a), bias(dz, a), *dz.shape, a.shape[1]))

    return gradients


def _per_example(dz, a):
    return a[:, :, None] * dz[:, None, :]


def _layer_slips(number: int, a: str, rows: str, columns: str) -> tuple[Slip, ...]:
    """Return the slips at layer 1 or 2, with the input `a` and weights (rows, columns)."""
    each = {"hidden": "hidden units"}.get(columns, columns)
    dz, dW, db, b = f"dL_dz{number}", f"dL_dW{number}", f"dL_db{number}", f"b{number}"
    return (
        Slip(
            "product",
            "the result turned",
            f"Your {dW} is turned: its shape must be ({rows}, {columns}), that of W{number}.",
            lambda dz, a: dz.T @ a,
            is_common=True,
        ),
        Slip(
            "product",
            "nothing turned",
            f"In {a} @ {dz} nothing is turned, so the sum does not run over the examples.",
            lambda dz, a: a @ dz,
            is_common=True,
        ),
        Slip(
            "product",
            "nothing turned, gradient first",
            f"In {dz} @ {a} nothing is turned, so the sum does not run over the examples.",
            lambda dz, a: dz @ a,
            is_common=True,
        ),
        Slip(
            "product",
            "the wrong factor turned",
            f"In {a} @ {dz}.T the wrong factor is turned: the sum must run over the examples.",
            lambda dz, a: a @ dz.T,
            is_common=True,
        ),
        Slip(
            "product",
            "the wrong order",
            f"In {dz} @ {a}.T the factors stand in the wrong order: the sum must run over the "
            "examples.",
            lambda dz, a: dz @ a.T,
        ),
        Slip(
            "product",
            "both turned",
            f"In {a}.T @ {dz}.T both are turned: the sum must run over the examples, the rows of "
            "both.",
            lambda dz, a: a.T @ dz.T,
        ),
        Slip(
            "product",
            "both turned, gradient first",
            f"In {dz}.T @ {a}.T both are turned: the sum must run over the examples, the rows of "
            "both.",
            lambda dz, a: dz.T @ a.T,
        ),
        Slip(
            "product",
            "entry by entry",
            f"You multiply {a} and {dz} entry by entry: each weight joins one column of {a} to one "
            f"of {dz}.",
            lambda dz, a: a * dz,
        ),
        Slip(
            "product",
            "entry by entry, turned",
            "`*` multiplies entry by entry: the sum over the examples needs a product of matrices.",
            lambda dz, a: a.T * dz,
        ),
        Slip(
            "product",
            "all with all",
            "`np.outer` multiplies everything with everything, different examples too: only "
            "products within an example count.",
            lambda dz, a: np.outer(a, dz),
        ),
        Slip(
            "product",
            "not added up",
            f"You keep a table for each example: {dW} adds them up over the batch.",
            _per_example,
        ),
        Slip(
            "product",
            "the last example alone",
            "Your weights have the last example's share alone: the shares of all are added up.",
            lambda dz, a: np.outer(a[-1], dz[-1]),
            is_common=True,
        ),
        Slip(
            "product",
            "the first example alone",
            "Your weights have the first example's share alone: the shares of all are added up.",
            lambda dz, a: np.outer(a[0], dz[0]),
        ),
        Slip(
            "product",
            "added up before multiplied",
            "You add up over the batch before you multiply: then different examples meet.",
            lambda dz, a: np.outer(a.sum(axis=0), dz.sum(axis=0)),
        ),
        Slip(
            "product",
            "the slope of the input",
            f"You take 1 - {a}**2 for {a}: the local gradient of W{number} is the layer's input as "
            "it is.",
            lambda dz, a: (1 - a**2).T @ dz,
        ),
        Slip(
            "product",
            "tanh of the input",
            f"You apply tanh to {a}: the local gradient of W{number} is the input as it is.",
            lambda dz, a: np.tanh(a).T @ dz,
        ),
        Slip(
            "product",
            "the input forgotten",
            f"Every row of your {dW} is the same: the layer's input, {a}, is not multiplied in.",
            lambda dz, a: np.ones_like(a).T @ dz,
        ),
        Slip(
            "product",
            "the upstream forgotten",
            f"The gradient that arrives, {dz}, is not multiplied into your {dW}.",
            lambda dz, a: a.T @ np.ones_like(dz),
        ),
        Slip(
            "product",
            "the upstream for the input",
            f"You multiply {dz} with itself: the local gradient of W{number} is the layer's input.",
            lambda dz, a: dz.T @ dz,
        ),
        Slip(
            "product",
            "the input with itself",
            f"You multiply {a} with itself: the gradient that arrives, {dz}, is missing.",
            lambda dz, a: a.T @ a,
        ),
        Slip(
            "bias",
            "the mean for the bias",
            f"Your {db} is a mean: the division by the batch is in {dz} already.",
            lambda dz, a: dz.mean(axis=0),
            is_common=True,
        ),
        Slip(
            "bias",
            "the wrong axis for the bias",
            f"Your {db} adds up along axis 1: it needs one entry for each of the {each}.",
            lambda dz, a: dz.sum(axis=1),
            is_common=True,
        ),
        Slip(
            "bias",
            "everything added up for the bias",
            f"Your {db} is one number, the sum of everything: each entry of {b} has its own.",
            lambda dz, a: dz.sum(),
        ),
        Slip(
            "bias",
            "the bias as a row",
            f"Your {db} is an array of shape (1, {columns}): {b} has the shape ({columns},).",
            lambda dz, a: dz.sum(axis=0, keepdims=True),
            is_common=True,
        ),
        Slip(
            "bias",
            "no sum for the bias",
            f"Your {db} still has a row for each example: they share one {b}.",
            lambda dz, a: dz,
            is_common=True,
        ),
        Slip(
            "bias",
            "the wrong axis for the bias, as a column",
            f"Your {db} adds up along axis 1, as a column: it needs one entry for each of the "
            f"{each}.",
            lambda dz, a: dz.sum(axis=1, keepdims=True),
        ),
        Slip(
            "bias",
            "the mean of everything for the bias",
            f"Your {db} is one number, the mean of everything: each entry of {b} has its own.",
            lambda dz, a: dz.mean(),
        ),
        Slip(
            "bias",
            "the mean along the wrong axis",
            f"Your {db} is a mean along axis 1: it needs a sum for each of the {each}.",
            lambda dz, a: dz.mean(axis=1),
        ),
        Slip(
            "bias",
            "the last example for the bias",
            f"Your {db} has the share of the last example alone.",
            lambda dz, a: dz[-1],
        ),
        Slip(
            "bias",
            "the first example for the bias",
            f"Your {db} has the share of the first example alone.",
            lambda dz, a: dz[0],
        ),
        Slip(
            "bias",
            "the input added up for the bias",
            f"Your {db} adds up {a}: the gradient that arrives, {dz}, belongs there.",
            lambda dz, a: a.sum(axis=0),
        ),
        Slip(
            "bias",
            "the weights added up for the bias",
            f"Your {db} adds up {dW}: the bias is not multiplied by {a}.",
            lambda dz, a: (a.T @ dz).sum(axis=0),
        ),
        Slip(
            "bias",
            "ones for the bias",
            f"Your {db} holds ones: that is the local gradient. What arrives, {dz}, comes in too.",
            lambda dz, a: np.ones(dz.shape[1]),
        ),
        Slip(
            "bias",
            "1 for the bias",
            f"Your {db} is the number 1: that is the local gradient. What arrives, {dz}, comes in "
            "too.",
            lambda dz, a: 1.0,
        ),
        Slip(
            "bias",
            "zeros for the bias",
            f"Your {db} holds zeros: each example adds its share.",
            lambda dz, a: np.zeros(dz.shape[1]),
        ),
        Slip(
            "scale",
            "divided by the batch",
            f"You divide by the batch: the mean is in {dz} already.",
            lambda dW, db, batch, columns, rows: (dW / batch, db / batch),
            is_common=True,
        ),
        Slip(
            "scale",
            "the weights divided by the batch",
            f"You divide {dW} by the batch: the mean is in {dz} already.",
            lambda dW, db, batch, columns, rows: (dW / batch, db),
        ),
        Slip(
            "scale",
            "multiplied by the batch",
            f"You multiply by the batch: the loss is a mean, and that is in {dz} already.",
            lambda dW, db, batch, columns, rows: (dW * batch, db * batch),
        ),
        Slip(
            "scale",
            "divided by the columns",
            f"You divide by the number of {each}: the only division is in {dz} already.",
            lambda dW, db, batch, columns, rows: (dW / columns, db / columns),
        ),
        Slip(
            "scale",
            "divided by the rows",
            f"You divide by the number of {rows}: the only division is in {dz} already.",
            lambda dW, db, batch, columns, rows: (dW / rows, db / rows),
        ),
        Slip(
            "scale",
            "the sign",
            "The sign is wrong: the minus of the update comes later.",
            lambda dW, db, batch, columns, rows: (-dW, -db),
            is_common=True,
        ),
        Slip(
            "scale",
            "the sign of the weights",
            f"The sign of your {dW} is wrong: the minus of the update comes later.",
            lambda dW, db, batch, columns, rows: (-dW, db),
        ),
        Slip(
            "scale",
            "the sign of the bias",
            f"The sign of your {db} is wrong: the minus of the update comes later.",
            lambda dW, db, batch, columns, rows: (dW, -db),
        ),
        Slip(
            "scale",
            "twice as large",
            "Your values are twice too large: there is no square in this loss.",
            lambda dW, db, batch, columns, rows: (2 * dW, 2 * db),
        ),
        Slip(
            "returned",
            "swapped",
            f"You return {db} first: first comes {dW}, then {db}.",
            lambda dW, db: (db, dW),
            is_common=True,
        ),
        Slip(
            "returned",
            "the weights alone",
            f"You return {dW} alone: {db} is wanted too, behind it.",
            lambda dW, db: dW,
        ),
        Slip(
            "returned",
            "the bias alone",
            f"You return {db} alone: {dW} is wanted too, in front of it.",
            lambda dW, db: db,
        ),
    )


def _pair(seed: int, batch: int, columns: int, rows: int, kind: type = float, **more) -> Call:
    """Return what arrives, and the layer's input."""
    arrives, inputs = _numbers(seed, batch, columns), _numbers(seed + 1, batch, rows)
    return Call(arrives.astype(kind), inputs.astype(kind), **more)


def _layer_calls(seed: int) -> list[Call]:
    """Return different sizes, where a wrong product raises, and equal ones, where it does not."""
    other = {"ordinary": False}
    return [
        _pair(seed, 2, 3, 4, **other),
        _pair(seed + 2, 5, 2, 3, **other),
        _pair(seed + 4, 1, 2, 3, **other),
        _pair(seed + 6, 4, 3, 1, **other),
        _pair(seed + 8, 2, 2, 2),
        _pair(seed + 10, 3, 3, 3),
        _pair(seed + 12, 3, 3, 3, kind=np.float32),
    ]


def _random_layers(rng: np.random.Generator) -> list[Call]:
    """Return a square layer, then one with all sizes different."""
    calls = []
    for batch, columns, rows in ((4, 4, 4), (6, 4, 5)):
        arrays = rng.normal(size=(batch, columns)), rng.uniform(-1, 1, (batch, rows))
        calls.append(Call(*arrays, ordinary=batch == rows))
    return calls


# --------------------------------------------------------------- back to the hidden layer


def _hidden(
    *,
    product: Callable = lambda dz, W: dz @ W.T,
    slope: Callable = lambda a, da: 1 - a**2,
    join: Callable = lambda da, slope: da * slope,
    scale: Callable = lambda batch, outputs, hidden: 1,
    returned: Callable = lambda dz1: dz1,
) -> Callable:
    """Return a way from dL_dz2 to dL_dz1 with other choices than the right ones."""

    def hidden(dL_dz2, W2, a1):
        da = product(dL_dz2, W2)
        return returned(join(da, slope(a1, da)) * scale(*dL_dz2.shape, a1.shape[1]))

    return hidden


HIDDEN_SLIPS = (
    Slip(
        "product",
        "W2 not turned",
        "You multiply by W2 as it stands: the sum must run over the outputs, the columns of both.",
        lambda dz, W: dz @ W,
        is_common=True,
    ),
    Slip(
        "product",
        "W2 first, dL_dz2 turned",
        "Your W2 @ dL_dz2.T is turned: it has a row for each unit. Each row must be an example.",
        lambda dz, W: W @ dz.T,
        is_common=True,
    ),
    Slip(
        "product",
        "W2 first",
        "In W2 @ dL_dz2 the order is wrong: the outputs of W2 meet the examples of dL_dz2.",
        lambda dz, W: W @ dz,
    ),
    Slip(
        "product",
        "W2 first, turned",
        "In W2.T @ dL_dz2 the order is wrong: the units of W2 meet the examples of dL_dz2.",
        lambda dz, W: W.T @ dz,
    ),
    Slip(
        "product",
        "dL_dz2 turned",
        "You turn dL_dz2: its rows are the examples, and stay so.",
        lambda dz, W: dz.T @ W,
    ),
    Slip(
        "product",
        "both turned",
        "You turn both factors: the rows of dL_dz2 are the examples, and stay so.",
        lambda dz, W: dz.T @ W.T,
    ),
    Slip(
        "product",
        "both turned, W2 first",
        "In W2.T @ dL_dz2.T the sum does not run over the outputs.",
        lambda dz, W: W.T @ dz.T,
    ),
    Slip(
        "product",
        "W2 forgotten",
        "W2 is not in it: the gradient goes back through the weights to a1 first.",
        lambda dz, W: dz,
    ),
    Slip(
        "product",
        "W2 entry by entry",
        "You multiply by W2 entry by entry: each unit adds up what comes from all outputs.",
        lambda dz, W: dz * W,
    ),
    Slip(
        "product",
        "W2 entry by entry, turned",
        "You multiply by W2.T entry by entry: each unit adds up what comes from all outputs.",
        lambda dz, W: dz * W.T,
    ),
    Slip(
        "product",
        "added up too early",
        "You add up over the examples before the slope: dL_dz1 has a row for each example.",
        lambda dz, W: dz.sum(axis=0) @ W.T,
    ),
    Slip(
        "product",
        "the upstream forgotten",
        "dL_dz2 is not in it: you add up the weights of each unit.",
        lambda dz, W: np.ones_like(dz) @ W.T,
    ),
    Slip(
        "product",
        "divided by W2",
        "You solve for a1, or divide by the weights: the gradient is multiplied by them.",
        lambda dz, W: dz @ np.linalg.pinv(W),
    ),
    Slip(
        "slope",
        "the slope forgotten",
        "The slope of tanh is not in it: you stop at dL_da1.",
        lambda a, da: 1,
        is_common=True,
    ),
    Slip(
        "slope",
        "the sigmoid's slope",
        "You take the slope of the sigmoid, a1 (1 - a1): this layer has tanh.",
        lambda a, da: a * (1 - a),
        is_common=True,
    ),
    Slip(
        "slope",
        "tanh of a1 again",
        "You apply tanh to a1 again. a1 is the output already: its formula takes it as it is.",
        lambda a, da: 1 - np.tanh(a) ** 2,
        is_common=True,
    ),
    Slip(
        "slope",
        "the sigmoid's slope, sigmoid of a1",
        "You take the slope of the sigmoid, and apply the sigmoid to a1: the layer has tanh, and "
        "a1 is its output already.",
        lambda a, da: sigmoid(a) * (1 - sigmoid(a)),
    ),
    Slip(
        "slope",
        "the output for the slope",
        "You multiply by the output a1: the local gradient is the slope there.",
        lambda a, da: a,
        is_common=True,
    ),
    Slip(
        "slope",
        "tanh for the slope",
        "You multiply by tanh(a1): the local gradient is the slope, and a1 is an output already.",
        lambda a, da: np.tanh(a),
    ),
    Slip(
        "slope",
        "the square forgotten",
        "Your slope is 1 - a1: the square is missing.",
        lambda a, da: 1 - a,
    ),
    Slip(
        "slope",
        "the square of the whole",
        "Your slope is (1 - a1)**2: only a1 is squared.",
        lambda a, da: (1 - a) ** 2,
    ),
    Slip(
        "slope",
        "the 1 forgotten",
        "Your slope is a1**2: it must be 1 where a1 is 0.",
        lambda a, da: a**2,
    ),
    Slip(
        "slope",
        "the 1 forgotten, with a minus",
        "Your slope is -a1**2: it must be 1 where a1 is 0.",
        lambda a, da: -(a**2),
    ),
    Slip(
        "slope",
        "1 added",
        "Your slope is 1 + a1**2: it must fall to 0 where tanh saturates.",
        lambda a, da: 1 + a**2,
    ),
    Slip(
        "slope",
        "the slope of the slope",
        "You differentiate once too often: -2 a1 belongs to 1 - a1**2.",
        lambda a, da: -2 * a,
    ),
    Slip(
        "slope",
        "2 for the square",
        "Your slope is 1 - 2 a1: a1**2 is a1 times a1.",
        lambda a, da: 1 - 2 * a,
    ),
    Slip(
        "slope",
        "the square root",
        "Your slope is the square root of 1 - a1**2: there is no root in it.",
        lambda a, da: np.sqrt(1 - a**2),
    ),
    Slip(
        "slope",
        "the slope of ReLU",
        "You take the slope of ReLU, 0 or 1: this layer has tanh.",
        lambda a, da: a > 0,
        is_common=True,
    ),
    Slip(
        "slope",
        "the slope of Leaky ReLU",
        "You take the slope of Leaky ReLU: this layer has tanh.",
        lambda a, da: np.where(a > 0, 1, 0.01),
    ),
    Slip(
        "slope",
        "the output and the slope",
        "You multiply by a1 as well as by the slope: the slope alone is the local gradient.",
        lambda a, da: a * (1 - a**2),
    ),
    Slip(
        "slope",
        "the slope of the gradient",
        "You put the gradient into the slope, 1 - dL_da1**2: there belongs the output a1.",
        lambda a, da: 1 - da**2,
    ),
    Slip(
        "slope",
        "z1 in the slope",
        "You go back to z1 and take 1 - z1**2: the square is that of the output, a1.",
        lambda a, da: 1 - np.arctanh(a) ** 2,
    ),
    Slip(
        "slope",
        "the slope twice",
        "You multiply by the slope twice: once is enough.",
        lambda a, da: (1 - a**2) ** 2,
    ),
    Slip(
        "slope",
        "half of the slope",
        "You halve the slope: tanh has the slope 1 at 0.",
        lambda a, da: (1 - a**2) / 2,
    ),
    Slip(
        "join",
        "@ for the slope",
        "You use @ for the slope: an activation acts entry by entry, so *.",
        lambda da, slope: da @ slope,
    ),
    Slip(
        "join",
        "@ for the slope, turned",
        "You use @ and a transpose for the slope: an activation acts entry by entry, so *.",
        lambda da, slope: da @ slope.T,
    ),
    Slip(
        "join",
        "@ for the slope, turned in front",
        "You use @ and a transpose for the slope: an activation acts entry by entry, so *.",
        lambda da, slope: da.T @ slope,
    ),
    Slip(
        "join",
        "the slope added",
        "You add the slope: upstream and local gradient are multiplied.",
        lambda da, slope: da + slope,
    ),
    Slip(
        "join",
        "divided by the slope",
        "You divide by the slope: upstream and local gradient are multiplied.",
        lambda da, slope: da / slope,
    ),
    Slip(
        "join",
        "the slope alone",
        "You return the slope alone: what arrives at a1 is not multiplied in.",
        lambda da, slope: slope,
    ),
    Slip(
        "scale",
        "divided by the batch",
        "You divide by the batch: the mean is in dL_dz2 already.",
        lambda batch, outputs, hidden: 1 / batch,
        is_common=True,
    ),
    Slip(
        "scale",
        "multiplied by the batch",
        "You multiply by the batch: the mean is in dL_dz2 already, and stays.",
        lambda batch, outputs, hidden: batch,
    ),
    Slip(
        "scale",
        "the sign",
        "Your signs are all wrong: tanh rises everywhere, and the minus of the update comes later.",
        lambda batch, outputs, hidden: -1,
    ),
    Slip(
        "scale",
        "divided by the outputs",
        "You divide by the number of outputs: what comes back from them is added up.",
        lambda batch, outputs, hidden: 1 / outputs,
    ),
    Slip(
        "scale",
        "divided by the hidden units",
        "You divide by the number of hidden units: the only division is in dL_dz2 already.",
        lambda batch, outputs, hidden: 1 / hidden,
    ),
    Slip(
        "returned",
        "the result turned",
        "Your dL_dz1 is turned: it must have the shape of a1, one row an example.",
        lambda dz1: dz1.T,
    ),
    Slip(
        "returned",
        "added up over the batch",
        "You add up over the examples: that is the gradient of b1. dL_dz1 has the shape of a1.",
        lambda dz1: dz1.sum(axis=0),
    ),
    Slip(
        "returned",
        "averaged over the batch",
        "You average over the examples: dL_dz1 has the shape of a1.",
        lambda dz1: dz1.mean(axis=0),
    ),
    Slip(
        "returned",
        "added up over the units",
        "You add up over the units: dL_dz1 has the shape of a1.",
        lambda dz1: dz1.sum(axis=1),
    ),
)

HIDDEN_MISTAKES = (
    Mistake(
        "the slope before W2",
        "You apply the slope of tanh to dL_dz2, in front of W2: the way back meets W2 first, then "
        "tanh.",
        lambda dL_dz2, W2, a1: (dL_dz2 * (1 - a1**2)) @ W2.T,
    ),
    Mistake(
        "the slope of dL_dz2",
        "You make a slope of dL_dz2: the output in the slope is a1.",
        lambda dL_dz2, W2, a1: dL_dz2 * (1 - dL_dz2**2) @ W2.T,
    ),
    Mistake(
        "the product first, then the minus",
        "Without brackets the product takes only the 1: your slope is not multiplied as a whole.",
        lambda dL_dz2, W2, a1: dL_dz2 @ W2.T * 1 - a1**2,
    ),
    Mistake(
        "the gradient of W2",
        "You return the gradient of W2: here the way back goes on to the hidden layer.",
        lambda dL_dz2, W2, a1: a1.T @ dL_dz2,
    ),
    Mistake(
        "both gradients",
        "You return dL_da1 as well: one array is wanted, dL_dz1.",
        lambda dL_dz2, W2, a1: (dL_dz2 @ W2.T, dL_dz2 @ W2.T * (1 - a1**2)),
    ),
    Mistake(
        "both gradients, the other order",
        "You return dL_da1 as well: one array is wanted, dL_dz1.",
        lambda dL_dz2, W2, a1: (dL_dz2 @ W2.T * (1 - a1**2), dL_dz2 @ W2.T),
    ),
    Mistake(
        "W2 with the slope first",
        "You multiply W2 by a slope before the gradient arrives: the slope belongs to each example "
        "and unit, so it comes last.",
        lambda dL_dz2, W2, a1: dL_dz2 @ (W2.T * (1 - a1**2)),
    ),
    Mistake(
        "the forward pass",
        "You multiply a1 by W2: that is the way forward.",
        lambda dL_dz2, W2, a1: a1 @ W2,
    ),
)


def _triple(seed: int, batch: int, hidden: int, outputs: int, kind: type = float, **more) -> Call:
    arrays = (
        _numbers(seed, batch, outputs),
        _numbers(seed + 1, hidden, outputs, room=15),
        _numbers(seed + 2, batch, hidden),
    )
    return Call(*(array.astype(kind) for array in arrays), **more)


def _hidden_calls() -> list[Call]:
    other = {"ordinary": False}
    return [
        _triple(310, 2, 4, 3, **other),
        _triple(320, 5, 3, 2, **other),
        _triple(330, 1, 2, 3, **other),
        _triple(340, 4, 1, 3, **other),
        _triple(350, 3, 5, 1, **other),
        _triple(360, 2, 2, 2),
        _triple(370, 3, 3, 3),
        _triple(380, 3, 3, 3, kind=np.float32),
    ]


def _random_hidden(rng: np.random.Generator) -> list[Call]:
    calls = []
    for batch, hidden, outputs in ((4, 4, 4), (6, 5, 4)):
        arrays = (
            rng.normal(size=(batch, outputs)),
            rng.normal(size=(hidden, outputs)),
            rng.uniform(-0.95, 0.95, (batch, hidden)),
        )
        calls.append(Call(*arrays, ordinary=batch == hidden))
    return calls


# ------------------------------------------------------------ by hand, and a training step


NEEDS = {
    "EB": "B needs dL_dz2, and E is where it comes from.",
    "ED": "D needs dL_dz2, and E is where it comes from.",
    "DC": "C needs dL_dW2, and D is where it comes from.",
    "BF": "F needs dL_dz1, and B is where it comes from.",
    "FA": "A needs dL_dW1, and F is where it comes from.",
    "BC": "C writes over W2, and after it some line would compute with the new one.",
}
"""Which line of the training step must stand before which, and why."""


def _orders(needs: dict[str, str]) -> tuple[str, ...]:
    """Return every order of the letters in which each pair stands as it must."""
    everyone = map("".join, permutations(sorted(set("".join(needs)))))
    return tuple(o for o in everyone if all(o.index(a) < o.index(b) for a, b in needs))


TASKS = (
    FunctionTask(
        name="backprop_forward",
        title="The way forward",
        points=3,
        reference=_through,
        arguments=("x", "W1", "b1", "W2", "b2"),
        results=("a1", "p"),
        is_pure=True,
        fixed=_forward_calls,
        random=_random_networks,
        hints=(
            "Write down z1, a1, z2 and p, one line each. A shape in a comment on each line shows "
            "whether it fits.",
            "Softmax: exponentials, divided by the sum of their own row. The largest logit of the "
            "row is subtracted first, so that nothing overflows.",
            "`max` and `sum` run along a row with axis=-1, and keepdims=True keeps their results a "
            "column, which then fits every row.",
        ),
        why="The way back needs what the way forward has kept: a1 for the slopes and the weights, "
        "p for the start.",
        mistakes=(*_catalogue(_forward, FORWARD_SLIPS), *FORWARD_MISTAKES),
    ),
    FunctionTask(
        name="backprop_scores",
        title="Back through softmax and the loss",
        points=3,
        reference=lambda p, labels: (p - _onehot(p, labels)) / len(p),
        arguments=("p", "labels"),
        is_pure=True,
        fixed=_score_calls,
        random=_random_scores,
        hints=(
            "The lesson's table of softmax collapses when the loss's slope is multiplied in. What "
            "is left of p?",
            "In each row 1 is subtracted at the column that the label names. A label is a position "
            "here, not an amount.",
            "Rows of an identity matrix are one-hot: it needs as many columns as p has, and the "
            "labels choose its rows. The mean over the batch divides everything.",
        ),
        why="No logarithm and no division by a probability is left, so nothing can overflow on the "
        "first step back.",
        mistakes=(*_catalogue(_scores, SCORE_SLIPS), *SCORE_MISTAKES),
    ),
    FunctionTask(
        name="backprop_W2",
        title="The second layer's parameters",
        points=2,
        reference=_layer(),
        arguments=("dL_dz2", "a1"),
        results=("dL_dW2", "dL_db2"),
        is_pure=True,
        fixed=lambda: _layer_calls(200),
        random=_random_layers,
        hints=(
            "A gradient has the shape of its parameter. Which sizes does W2 have, and which b2?",
            "Every example has a share in every weight, and the shares add up. So the sum runs "
            "over the examples, which are the rows of both arrays.",
            "A product of matrices sums over the columns of its left factor: turn a1, so that its "
            "columns are the examples. For the bias, sum over axis 0.",
        ),
        why="Input turned, times what arrives: each layer of each network has this line.",
        mistakes=_catalogue(_layer, _layer_slips(2, "a1", "hidden", "outputs")),
    ),
    FunctionTask(
        name="backprop_hidden",
        title="Back to the hidden layer",
        points=3,
        reference=_hidden(),
        arguments=("dL_dz2", "W2", "a1"),
        is_pure=True,
        fixed=_hidden_calls,
        random=_random_hidden,
        hints=(
            "Two nodes lie on the way: first z2 = a1 @ W2 + b2, back to a1; then a1 = tanh(z1), "
            "back to z1.",
            "A unit acts on all outputs, so it adds up what comes back from them: a product of "
            "matrices that sums over the outputs. The slope of tanh then acts entry by entry.",
            "With W2 turned, (batch, outputs) @ (outputs, hidden) fits. The slope follows from a1 "
            "alone: 1 minus its square.",
        ),
        why="Only this line knows the activation: for another network only its slope changes.",
        mistakes=(*HIDDEN_MISTAKES[:3], *_catalogue(_hidden, HIDDEN_SLIPS), *HIDDEN_MISTAKES[3:]),
    ),
    FunctionTask(
        name="backprop_W1",
        title="The first layer's parameters",
        points=1,
        reference=_layer(),
        arguments=("dL_dz1", "x"),
        results=("dL_dW1", "dL_db1"),
        is_pure=True,
        fixed=lambda: [
            *_layer_calls(400),
            Call(_numbers(430, 4, 2), _numbers(431, 4, 3, by=1, kind=int), ordinary=False),
        ],
        random=_random_layers,
        hints=(
            "You have done this in task 3, for the other layer.",
            "What was a1 there is x here: the input of the layer. What arrives is dL_dz1.",
            "The sum over the examples again: x turned in front of what arrives; the bias gets the "
            "sum over axis 0.",
        ),
        why="With it all four gradients are there, and gradient descent can take its step.",
        mistakes=_catalogue(_layer, _layer_slips(1, "x", "features", "hidden")),
    ),
    OrderTask(
        name="backprop_order",
        title="A training step that writes over its weights",
        points=1,
        orders=_orders(NEEDS),
        reasons=NEEDS,
        hints=(
            "Ask of each line which names it reads, and which line makes them.",
            "Two lines write over weights. Does another line still need the old ones?",
            "The walk back goes through W2 on its way to layer 1: it must be past it before W2 "
            "changes.",
        ),
        why="A gradient belongs to one point: change the parameters when you have left it.",
        mistakes=(
            Mistake(
                "W2 changed too early",
                "Each layer's update follows its gradient: but then B goes back through the new "
                "W2, which is not the one the way forward used.",
                "EDCBFA",
            ),
            Mistake(
                "in the order of the way forward",
                "You begin with layer 1. On the way back the last layer comes first.",
                "BFAEDC",
            ),
            Mistake(
                "backwards",
                "You have the order backwards: the updates come last.",
                "ACFDBE",
            ),
        ),
    ),
)
