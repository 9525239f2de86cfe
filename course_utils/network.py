"""A network of two layers, its losses, its backward pass, and a check of its gradients.

One hidden layer and an output layer, as lesson 09 derives them, with the same names:

    z1 = x @ W1 + b1     a1 = g(z1)     z2 = a1 @ W2 + b2     L = loss(z2, target)

The loss reads z2, so the softmax that turns z2 into probabilities is part of the
cross-entropy. ``dL_dz2`` is the gradient of L with respect to z2, and has its shape. The
check has a file of its own, `course_utils.gradient_check`.

>>> import numpy as np
>>> from course_utils.activations import tanh
>>> rng = np.random.default_rng(0)
>>> x, labels = rng.normal(size=(5, 2)), np.array([0, 1, 2, 1, 0])
>>> parameters = Parameters.initialise(features=2, hidden=4, outputs=3, rng=rng)
>>> gradients = backward(parameters, x, labels, forward(parameters, x, tanh), tanh)
>>> check_gradients(lambda p: loss(p, x, labels, tanh), parameters, gradients).compared
27
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from course_utils.activations import Activation, as_floats
from course_utils.gradient_check import GradientCheck, GradientError, check_gradients

__all__ = [
    "CROSS_ENTROPY",
    "SQUARED_ERROR",
    "Forward",
    "GradientCheck",
    "GradientError",
    "Gradients",
    "Loss",
    "Parameters",
    "backward",
    "check_gradients",
    "descend",
    "forward",
    "log_softmax",
    "loss",
    "mean_cross_entropy",
    "mean_cross_entropy_gradient",
    "mean_squared_error",
    "mean_squared_error_gradient",
    "softmax",
]

# --------------------------------------------------------------------------- the losses


def _below_maximum(z: ArrayLike) -> NDArray:
    """Return z minus the maximum of its row, so that exp() of it lies between 0 and 1."""
    z = as_floats(z)
    with np.errstate(over="ignore"):  # 1e308 below -1e308 is -inf, and its exp() is 0
        return z - z.max(axis=-1, keepdims=True)


def softmax(z: ArrayLike) -> NDArray:
    """Return the probabilities exp(z) / sum(exp(z)) along the last axis; float32 stays float32.

    A logit of -inf has probability 0; a row with +inf, NaN or nothing but -inf gives NaN.
    """
    e = np.exp(_below_maximum(z))
    return e / e.sum(axis=-1, keepdims=True)


def log_softmax(z: ArrayLike) -> NDArray:
    """Return the logarithm of `softmax`, finite where the probability itself underflows to 0.

    Near 0 no digits are lost: `logaddexp` adds the small terms to the 1 by log1p.
    """
    shifted = _below_maximum(z)
    return shifted - np.logaddexp.reduce(shifted, axis=-1, keepdims=True)


def mean_cross_entropy(z2: ArrayLike, labels: ArrayLike) -> float:
    """Return the mean over the batch of -log(softmax(z2)[label]), computed from the logits.

    Parameters
    ----------
    z2 : array_like, shape (batch, outputs)
        The logits.
    labels : array_like of integers, shape (batch,)
        The right class of each example, from 0 to outputs - 1.

    Raises
    ------
    TypeError, ValueError
        If the labels are not integers, do not fit the shape of z2, or name no class.
    """
    z2, labels = _check_labels(z2, labels)
    rows = np.arange(len(labels))
    return float(0 - log_softmax(z2)[rows, labels].mean())  # 0 - 0 is 0, and -(0) is -0


def mean_cross_entropy_gradient(z2: ArrayLike, labels: ArrayLike) -> NDArray:
    """Return dL_dz2 = (softmax(z2) - onehot(labels)) / batch, shape (batch, outputs)."""
    z2, labels = _check_labels(z2, labels)
    rows = np.arange(len(labels))
    dL_dz2 = softmax(z2)  # (batch, outputs)
    dL_dz2[rows, labels] = 0
    dL_dz2[rows, labels] = -dL_dz2.sum(axis=1)  # p - 1, with all the digits when p is near 1
    return dL_dz2 / len(labels)


def mean_squared_error(y: ArrayLike, target: ArrayLike) -> float:
    """Return the mean of (y - target)^2 over all batch x outputs entries (no factor 1/2).

    Both have the shape (batch, outputs): a target of shape (batch,) would be stretched to
    (batch, batch) without a word, so it is an error.
    """
    return float(np.mean(_difference(y, target) ** 2))


def mean_squared_error_gradient(y: ArrayLike, target: ArrayLike) -> NDArray:
    """Return dL_dy = 2 (y - target) / (batch * outputs), shape (batch, outputs)."""
    difference = _difference(y, target)
    return 2 * difference / difference.size


def _check_labels(z2: ArrayLike, labels: ArrayLike) -> tuple[NDArray, NDArray]:
    z2, labels = as_floats(z2), np.asarray(labels)
    if z2.ndim != 2 or z2.size == 0 or labels.shape != z2.shape[:1]:
        raise ValueError(
            "expected logits (batch, outputs) and labels (batch,), at least one of each, got "
            f"{z2.shape} and {labels.shape}: pass one integer an example, not one-hot rows"
        )
    if labels.dtype.kind not in "iu":
        raise TypeError(f"expected integer labels, got {labels.dtype}: use labels.astype(int)")
    if labels.min() < 0 or labels.max() >= z2.shape[1]:
        raise ValueError(
            f"expected labels from 0 to {z2.shape[1] - 1}, one for each column of the logits, "
            f"got {labels.min()} to {labels.max()}: count the classes from 0"
        )
    return z2, labels


def _difference(y: ArrayLike, target: ArrayLike) -> NDArray:
    y, target = as_floats(y), as_floats(target)
    if y.shape != target.shape or y.size == 0:
        raise ValueError(
            f"expected y and target of one shape (batch, outputs), got {y.shape} and "
            f"{target.shape}: reshape the target, for example target[:, None]"
        )
    return y - target


@dataclass(frozen=True)
class Loss:
    """A loss: ``value(z2, target)`` is L, ``gradient(z2, target)`` is dL_dz2."""

    name: str
    value: Callable[[ArrayLike, ArrayLike], float]
    gradient: Callable[[ArrayLike, ArrayLike], NDArray]


CROSS_ENTROPY = Loss("cross-entropy", mean_cross_entropy, mean_cross_entropy_gradient)
SQUARED_ERROR = Loss("squared error", mean_squared_error, mean_squared_error_gradient)

# -------------------------------------------------------------------------- the network


@dataclass(frozen=True, eq=False)
class Parameters:
    """The parameters: W1 (features, hidden), b1 (hidden,), W2 (hidden, outputs), b2 (outputs,)."""

    W1: NDArray
    b1: NDArray
    W2: NDArray
    b2: NDArray

    def __post_init__(self) -> None:
        """Refuse shapes that do not fit: NumPy would stretch some of them without a word."""
        W1, b1, W2, b2 = shapes = [np.shape(a) for a in (self.W1, self.b1, self.W2, self.b2)]
        if not (len(W1) == len(W2) == 2 and b1 == W1[1:] == W2[:1] and b2 == W2[1:]):
            raise ValueError(
                "expected W1 (features, hidden), b1 (hidden,), W2 (hidden, outputs) and b2 "
                f"(outputs,), got {', '.join(map(str, shapes))}"
            )

    @classmethod
    def initialise(
        cls,
        features: int,
        hidden: int,
        outputs: int,
        rng: np.random.Generator,
        scale: float | str = "xavier",
    ) -> Parameters:
        """Return normally distributed weights of mean 0, and biases of 0.

        Parameters
        ----------
        scale : "xavier", "he" or float
            The weights' standard deviation: sqrt(2 / (inputs + outputs of the layer)), Glorot
            and Bengio (2010), eq. 12; sqrt(2 / inputs), He et al. (2015), eq. 10; or a number.
        """

        def weights(inputs: int, outputs: int) -> NDArray:
            known = {
                "xavier": (2 / (inputs + outputs)) ** 0.5,
                "he": (2 / inputs) ** 0.5,
            }
            if isinstance(scale, str) and scale not in known:
                raise ValueError(f"expected 'xavier', 'he' or a number as scale, got {scale!r}")
            return rng.normal(0, known.get(scale, scale), size=(inputs, outputs))

        return cls(
            weights(features, hidden),
            np.zeros(hidden),
            weights(hidden, outputs),
            np.zeros(outputs),
        )


@dataclass(frozen=True, eq=False)
class Gradients(Parameters):
    """The gradients of L: ``gradients.W1`` is dL_dW1, shaped as W1, and so on; ``x`` is dL_dx."""

    x: NDArray


@dataclass(frozen=True, eq=False)
class Forward:
    """What the backward pass needs: z1 and a1 (batch, hidden), z2 (batch, outputs)."""

    z1: NDArray
    a1: NDArray
    z2: NDArray


def forward(parameters: Parameters, x: ArrayLike, activation: Activation) -> Forward:
    """Run the network on x (batch, features) and keep every step.

    Raises
    ------
    ValueError
        If x is not a table with one row an example and one column a feature.
    """
    x = as_floats(x)
    features = len(parameters.W1)
    if x.ndim != 2 or x.shape[1] != features:
        raise ValueError(
            f"expected x of shape (batch, features = {features}), got {x.shape}: "
            "one example alone is x[None, :]"
        )
    z1 = (
        x @ parameters.W1 + parameters.b1
    )  # (batch, hidden) = (batch, features) @ (features, hidden)
    a1 = activation(z1)  # (batch, hidden)
    z2 = (
        a1 @ parameters.W2 + parameters.b2
    )  # (batch, outputs) = (batch, hidden) @ (hidden, outputs)
    return Forward(z1, a1, z2)


def loss(
    parameters: Parameters,
    x: ArrayLike,
    target: ArrayLike,
    activation: Activation,
    loss_function: Loss = CROSS_ENTROPY,
) -> float:
    """Return L, a number: the loss of the network's z2 against the labels or the target."""
    return loss_function.value(forward(parameters, x, activation).z2, target)


def backward(
    parameters: Parameters,
    x: ArrayLike,
    target: ArrayLike,
    cache: Forward,
    activation: Activation,
    loss_function: Loss = CROSS_ENTROPY,
) -> Gradients:
    """Return the gradients of L, from what ``cache = forward(parameters, x, activation)`` kept.

    The forward pass is walked backwards; at each step downstream = upstream x local.
    """
    x = as_floats(x)
    dL_dz2 = loss_function.gradient(cache.z2, target)  # (batch, outputs)
    dL_dW2 = cache.a1.T @ dL_dz2  # (hidden, outputs) = (hidden, batch) @ (batch, outputs)
    dL_db2 = dL_dz2.sum(axis=0)  # (outputs,): each example has its share
    dL_da1 = dL_dz2 @ parameters.W2.T  # (batch, hidden) = (batch, outputs) @ (outputs, hidden)
    dL_dz1 = dL_da1 * activation.derivative(cache.z1)  # (batch, hidden), entry by entry
    dL_dW1 = x.T @ dL_dz1  # (features, hidden) = (features, batch) @ (batch, hidden)
    dL_db1 = dL_dz1.sum(axis=0)  # (hidden,): each example has its share
    dL_dx = dL_dz1 @ parameters.W1.T  # (batch, features) = (batch, hidden) @ (hidden, features)
    return Gradients(dL_dW1, dL_db1, dL_dW2, dL_db2, dL_dx)


def descend(parameters: Parameters, gradients: Parameters, learning_rate: float) -> Parameters:
    """Return the parameters after one step of gradient descent; the old ones stay as they are."""
    return Parameters(
        *(
            getattr(parameters, name) - learning_rate * getattr(gradients, name)
            for name in ("W1", "b1", "W2", "b2")
        )
    )
