"""A function above its slope, with a point that moves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
import traitlets
from matplotlib.figure import Figure

from course_utils.activations import Activation, sigmoid
from course_utils.explore.base import FunctionExplorer, encoded, find_activation, limits
from course_utils.figures import function_and_derivative

__all__ = ["ALPHAS", "FROM_OUTPUT", "ActivationExplorer", "explore_activation"]

ALPHAS: Mapping[str, tuple[float, float, float]] = MappingProxyType(
    {"leaky_relu": (0.0, 1.0, 0.01), "elu": (0.0, 2.0, 0.05)}
)
"""The alpha slider of each function that has one: lowest, highest, step.

Three values are sampled and the page goes straight from one to the next, which is exact,
because both functions are linear in alpha.
"""

FROM_OUTPUT: Mapping[str, str] = MappingProxyType(
    {
        "step": "0",
        "sigmoid": "a * (1 - a)",
        "tanh": "1 - a**2",
        "relu": "1 if a > 0 else 0",
        "leaky_relu": "1 if a > 0 else alpha",
        "elu": "1 if a > 0 else a + alpha",
    }
)
"""How a slope follows from the output, in Python's words; a test evaluates each."""


class ActivationExplorer(FunctionExplorer):
    """A function above its slope, with a point that moves; made by `explore_activation`.

    Attributes
    ----------
    z : float
        Where the point is; follows the slider, and moves it when set.
    """

    z = traitlets.Float().tag(sync=True)

    def figure(self) -> Figure:
        """Return the static figure of the present state."""
        return function_and_derivative(self.activation(), span=self.data["span"], mark=self.z)

    def alt(self) -> str:
        """Return what the figure shows, in a sentence."""
        g = self.activation()
        a, slope = g(self.z), g.derivative(self.z)
        setting = "" if self.alpha is None else f" with alpha = {self.alpha:g}"
        return (
            f"{g.title}{setting} above its slope: "
            f"at z = {self.z:g}, a = {a:.4g} and the slope is {slope:.4g}"
        )

    @traitlets.validate("z")
    def _check_z(self, proposal: Mapping[str, Any]) -> float:
        z, span = proposal["value"], self.data["span"]
        if not -span <= z <= span:
            raise ValueError(
                f"z = {z:g} lies outside {-span:g} to {span:g}: choose z inside, or a larger span"
            )
        return z


def explore_activation(
    activation: Activation | str = sigmoid,
    *,
    z: float = 1.5,
    span: float = 6.0,
    choices: Iterable[Activation | str] | None = None,
    **parameters: float,
) -> ActivationExplorer:
    """Return an interactive figure: g above g', a point to move, its tangent, its numbers.

    Parameters
    ----------
    activation : Activation or str
        The function to show first.
    z : float
        Where the point stands at first.
    span : float
        Show z from ``-span`` to ``span``; from 1 to 40.
    choices : iterable of Activation or str, optional
        Functions to choose from, such as `ACTIVATIONS`; by default `activation` alone.
    **parameters : float
        The start of the slider of a function that has one: ``alpha=0.2``.

    Raises
    ------
    ValueError
        If a function is unknown, or a number lies outside its slider.
    TypeError
        If `activation` has no such parameter.
    """
    if not 1 <= span <= 40:
        raise ValueError(f"span = {span:g} is out of range: choose one from 1 to 40")
    first = find_activation(activation).with_parameters(**parameters)
    functions = {g.name: g for g in map(find_activation, choices or ())} | {first.name: first}
    step = 0.01 if span <= 10 else 0.02
    state = {"z": float(z), "function": first.name, "alpha": first.parameters.get("alpha")}
    data = {
        "kind": "activation",
        "state": state,
        "span": float(span),
        "step": step,
        "functions": {name: _sampled(g, span, step) for name, g in functions.items()},
    }
    return ActivationExplorer(data=data, **state)


def _sampled(g: Activation, span: float, step: float) -> dict[str, Any]:
    """Return g's curves, sampled from 0 outwards on either side, as the page wants them.

    Each side begins with its own limit at 0, so a corner or a jump there stays sharp, and
    what the code returns at 0 itself travels apart (``at_zero``).
    """
    outwards = np.arange(np.ceil(span / step - 1e-9) + 1) * step
    outwards[0] = np.finfo(float).tiny
    bounds = ALPHAS.get(g.name)
    family = [{}] if bounds is None else [{"alpha": alpha} for alpha in np.linspace(*bounds[:2], 3)]

    def numbers(z: Any, parameters: Mapping[str, float]) -> list:
        a = g(z, **parameters)
        return [a, g.derivative(z, **parameters), g.derivative_from_output(a, **parameters)]

    sides = np.array([-outwards, outwards])
    curves = np.array([numbers(sides, p) for p in family])  # (alphas, quantities, sides, samples)
    return {
        "title": g.title,
        "from_output": FROM_OUTPUT[g.name],
        "why_at_zero": g.kink and g.kink.why,
        "alphas": bounds,
        "alpha": g.parameters.get("alpha"),
        "at_zero": np.array([numbers(0.0, p) for p in family]).tolist(),
        "limits": [limits(curves[:, quantity]) for quantity in (0, 1)],
        "curves": encoded(curves),
    }
