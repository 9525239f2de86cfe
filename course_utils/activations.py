"""The activation functions of the course, each written down once.

Every lesson, figure, exercise and test takes its functions from here. An
`Activation` holds what the course needs to know of one function: its value, its
derivative, its derivative recovered from the output, its SymPy formula, and,
where the graph has a corner or a jump, its row of the kink table.

>>> from course_utils.activations import relu, sigmoid
>>> float(sigmoid(0.0)), float(sigmoid.derivative(0.0))
(0.5, 0.25)
>>> relu.kink.left, relu.kink.right, relu.kink.at_zero
(0.0, 1.0, 0.0)

The NumPy code keeps every digit that float64 and float32 can hold, and warns on
no input, because it never takes the exponential of a positive number. How far it
is from 50-digit values, measured in units in the last place, is in
``tests/test_activations.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

if TYPE_CHECKING:
    import sympy

__all__ = [
    "ACTIVATIONS",
    "KINKS",
    "Activation",
    "Kink",
    "as_floats",
    "elu",
    "leaky_relu",
    "relu",
    "sigmoid",
    "step",
    "tanh",
]

# --------------------------------------------------------------------------- kinks


@dataclass(frozen=True)
class Kink:
    """What happens at z = 0, where the graph of a function has a corner or a jump.

    Attributes
    ----------
    value : float
        g(0).
    left, right : float
        The limits of g'(z) as z approaches 0 from the left and from the right. In `KINKS`
        a parameter's name may stand for its value: ``"alpha"``.
    share : float
        Which slope our code returns at 0, as a share of the way from `left` to `right`:
        0 takes the left one, 1 the right one. Every share in [0, 1] gives a subgradient.
    why : str
        The reason for that choice.
    """

    value: float
    left: float | str
    right: float | str
    share: float
    why: str

    @property
    def at_zero(self) -> float:
        """The slope that our code returns at 0."""
        return self.left + self.share * (self.right - self.left)

    def with_values(self, parameters: Mapping[str, float]) -> Kink:
        """Return the same kink with numbers in the place of parameters' names."""
        left, right = (parameters.get(slope, slope) for slope in (self.left, self.right))
        return replace(self, left=float(left), right=float(right))


KINKS: Mapping[str, Kink] = MappingProxyType(
    {
        "step": Kink(0.0, 0.0, 0.0, 0.0, "a jump has no slope; 0 is the limit from both sides"),
        "relu": Kink(0.0, 0.0, 1.0, 0.0, "the branch z <= 0, as PyTorch and JAX have it"),
        "leaky_relu": Kink(
            0.0, "alpha", 1.0, 0.0, "the branch z <= 0, as PyTorch has it; JAX takes 1"
        ),
        "elu": Kink(0.0, "alpha", 1.0, 0.0, "the branch z <= 0; for alpha = 1 both sides agree"),
    }
)
"""The kink table: the one place that says which slope is returned at 0."""

# --------------------------------------------------------------- arrays in, arrays out


def as_floats(z: ArrayLike) -> NDArray[np.floating]:
    """Return z as a floating-point array; integers and booleans become float64.

    Parameters
    ----------
    z : array_like, any shape
        Numbers; a float32 array stays float32.

    Raises
    ------
    TypeError
        If z holds anything but real numbers.
    """
    array = np.asarray(z)
    if array.dtype.kind in "biu":
        return array.astype(np.float64)
    if array.dtype.kind != "f":
        raise TypeError(
            f"expected real numbers, got {array.dtype} ({z!r:.60}): pass a number, a list "
            "of numbers of one shape, or a NumPy array of floats"
        )
    return array


def _right_of_kink(z: NDArray, name: str) -> NDArray:
    """Return 1 where z > 0, 0 where z < 0, and at 0 the share that the kink table names.

    With h for the result, ``(1 - h) * left + h * right`` is one slope on each side.
    """
    return np.heaviside(z, KINKS[name].share)


# ------------------------------------------------------------------- the six functions
#
# z is the pre-activation, a = g(z) the output. Each exponential is taken of a number
# that is at most 0, so it lies between 0 and 1 and cannot overflow.


def _step(z: NDArray) -> NDArray:
    return np.heaviside(z, KINKS["step"].value)


def _step_slope(z: NDArray) -> NDArray:
    return 0 * _right_of_kink(z, "step")


def _sigmoid(z: NDArray) -> NDArray:
    e = np.exp(-np.abs(z))
    p = e / (1 + e)  # sigmoid(-|z|); and sigmoid(|z|) = 1 - p
    return np.where(z >= 0, 1 - p, e - e * p)  # e - e p is p again, rounded less


def _sigmoid_slope(z: NDArray) -> NDArray:
    e = np.exp(-np.abs(z))
    return e / (1 + e * (2 + e))  # (1 + e)^2, multiplied out: rounded less


def _sigmoid_slope_from_output(a: NDArray) -> NDArray:
    return a * (1 - a)


def _tanh_slope(z: NDArray) -> NDArray:
    e = np.exp(-2 * np.minimum(np.abs(z), 400))  # exp(-800) is 0, and 2 |z| cannot overflow
    return 4 * e / (1 + e * (2 + e))


def _tanh_slope_from_output(a: NDArray) -> NDArray:
    return 1 - a**2


def _relu(z: NDArray) -> NDArray:
    return np.maximum(z, 0)


def _relu_slope(z: NDArray) -> NDArray:
    return _right_of_kink(z, "relu")


def _leaky_relu(z: NDArray, alpha: float) -> NDArray:
    return np.maximum(z, 0) + alpha * np.minimum(z, 0)


def _leaky_relu_slope(z: NDArray, alpha: float) -> NDArray:
    h = _right_of_kink(z, "leaky_relu")
    return (1 - h) * alpha + h


def _elu(z: NDArray, alpha: float) -> NDArray:
    return np.maximum(z, 0) + alpha * np.expm1(np.minimum(z, 0))


def _elu_slope(z: NDArray, alpha: float) -> NDArray:
    h = _right_of_kink(z, "elu")
    return (1 - h) * (alpha * np.exp(np.minimum(z, 0))) + h


def _elu_slope_from_output(a: NDArray, alpha: float) -> NDArray:
    h = _right_of_kink(a, "elu")
    return (1 - h) * (alpha + np.minimum(a, 0)) + h


# ------------------------------------------------------------------------ the registry


@dataclass(frozen=True, eq=False, repr=False)
class Activation:
    """One activation function g, with everything the course needs to know of it.

    Calling the object computes its value: ``sigmoid(z)`` is ``sigmoid.value(z)``.
    Every method takes numbers, lists or arrays of any shape and returns the same shape
    and precision (float32 stays float32, integers become float64). NaN gives NaN.

    Attributes
    ----------
    name : str
        The key in `ACTIVATIONS`, a Python identifier: ``"leaky_relu"``.
    title : str
        The name in prose and on axes: ``"Leaky ReLU"``.
    formula_text : str
        g(z) in SymPy's syntax, with the parameters by name; `formula` is the expression.
    parameters : mapping of str to float
        The values used when a call names none: ``{"alpha": 0.01}``; empty for most.
    """

    name: str
    title: str
    formula_text: str
    compute_value: Callable[..., NDArray]
    compute_slope: Callable[..., NDArray]
    compute_slope_from_output: Callable[..., NDArray]
    parameters: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))

    def __call__(self, z: ArrayLike, **parameters: float) -> NDArray:
        """Return g(z); see `value`."""
        return self.value(z, **parameters)

    def value(self, z: ArrayLike, **parameters: float) -> NDArray:
        """Return a = g(z).

        Parameters
        ----------
        z : array_like, any shape
            The pre-activation.
        **parameters : float
            A value for a parameter, for this call: ``leaky_relu(z, alpha=0.2)``.

        Returns
        -------
        ndarray or NumPy scalar, same shape and precision as z
        """
        return self.compute_value(as_floats(z), **self._complete(parameters))[()]

    def derivative(self, z: ArrayLike, **parameters: float) -> NDArray:
        """Return the slope g'(z), computed from the pre-activation; shapes as in `value`.

        At 0 it is the slope that the kink table names (`KINKS`).
        """
        return self.compute_slope(as_floats(z), **self._complete(parameters))[()]

    def derivative_from_output(self, a: ArrayLike, **parameters: float) -> NDArray:
        """Return the slope g'(z), computed from the output a = g(z) alone; shapes as in `value`.

        Cheap, because a is there already, and less accurate where the function saturates:
        a holds no trace of how far out z was.

        Raises
        ------
        ValueError
            If alpha is negative: then two different z have the same output.
        """
        complete = self._complete(parameters)
        if complete.get("alpha", 0) < 0:
            raise ValueError(
                f"{self.name} with alpha = {complete['alpha']} has the same output for two "
                "values of z, so the output does not tell the slope: use derivative(z)"
            )
        return self.compute_slope_from_output(as_floats(a), **complete)[()]

    @property
    def formula(self) -> sympy.Expr:
        """g(z) as a SymPy expression in the course's symbols z (real) and alpha (positive)."""
        import sympy

        from course_utils.symbolic import alpha, z

        return sympy.sympify(self.formula_text, locals={"z": z, "alpha": alpha})

    @property
    def kink(self) -> Kink | None:
        """The function's row of the kink table, in numbers; None where it has no kink."""
        row = KINKS.get(self.name)
        return row and row.with_values(self.parameters)

    def with_parameters(self, **parameters: float) -> Activation:
        """Return the same function with other parameters: ``elu.with_parameters(alpha=0.5)``."""
        return replace(self, parameters=MappingProxyType(self._complete(parameters)))

    def _complete(self, parameters: Mapping[str, float]) -> dict[str, float]:
        unknown = parameters.keys() - self.parameters.keys()
        if unknown:
            known = ", ".join(self.parameters) or "none"
            raise TypeError(
                f"{self.name} has no parameter {', '.join(sorted(unknown))} (it has: {known})"
            )
        return {
            name: float(parameters.get(name, self.parameters[name])) for name in self.parameters
        }

    def __repr__(self) -> str:
        """Return the name and the parameters' values."""
        settings = "".join(f", {name}={value:g}" for name, value in self.parameters.items())
        return f"<activation {self.name}{settings}>"


step = Activation(
    "step",
    "step",
    "Piecewise((1, z > 0), (0, True))",
    _step,
    _step_slope,
    _step_slope,
)
sigmoid = Activation(
    "sigmoid",
    "sigmoid",
    "1 / (1 + exp(-z))",
    _sigmoid,
    _sigmoid_slope,
    _sigmoid_slope_from_output,
)
tanh = Activation(
    "tanh",
    "tanh",
    "(exp(z) - exp(-z)) / (exp(z) + exp(-z))",
    np.tanh,
    _tanh_slope,
    _tanh_slope_from_output,
)
relu = Activation(
    "relu",
    "ReLU",
    "Piecewise((z, z > 0), (0, True))",
    _relu,
    _relu_slope,
    _relu_slope,
)
leaky_relu = Activation(
    "leaky_relu",
    "Leaky ReLU",
    "Piecewise((z, z > 0), (alpha * z, True))",
    _leaky_relu,
    _leaky_relu_slope,
    _leaky_relu_slope,
    MappingProxyType({"alpha": 0.01}),
)
elu = Activation(
    "elu",
    "ELU",
    "Piecewise((z, z > 0), (alpha * (exp(z) - 1), True))",
    _elu,
    _elu_slope,
    _elu_slope_from_output,
    MappingProxyType({"alpha": 1.0}),
)

ACTIVATIONS: Mapping[str, Activation] = MappingProxyType(
    {g.name: g for g in (step, sigmoid, tanh, relu, leaky_relu, elu)}
)
"""Every activation of the course by name, in the order of the lessons."""
