"""The sigmoid that becomes the step: sigmoid(k z), and its slope, a spike of area 1."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import traitlets
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

from course_utils.activations import sigmoid, step
from course_utils.explore.base import Explorer, encoded, position, round_numbers
from course_utils.figures import COLOURS, LOOKS, house_style, new_figure

__all__ = [
    "FACTORS",
    "POINTS",
    "SPAN",
    "StepLimitExplorer",
    "explore_step_limit",
    "gap",
    "spike",
]

SPAN = 3.0
"""The window: z from ``-SPAN`` to ``SPAN``."""
FACTORS = round_numbers(0.5, 200)
"""The positions of the slider of k."""
POINTS = np.round(np.arange(-120, 121) * 0.025, 3)
"""The positions of the slider of z."""

_AXIS = 4.5  # the top of the axis that is kept: the spike of k = 16 is 4 high
# Where the curves are drawn through, in units of 1 / k: densest where they bend.
_SHAPE = np.concatenate([np.arange(0, 6, 0.2), np.arange(6, 10, 0.5), [10, 12, 15, 20]])


def gap(z: ArrayLike, k: ArrayLike) -> NDArray:
    """Return how far sigmoid(k z) is from step(z); shapes broadcast.

    On both sides of 0 it is sigmoid(-k |z|), which is computed without subtracting from 1, so
    it keeps its digits where the two are close.
    """
    return sigmoid(-np.abs(np.asarray(k, dtype=float) * np.asarray(z, dtype=float)))


def spike(k: ArrayLike) -> dict[str, NDArray]:
    """Return what describes the slope of sigmoid(k z) over z, each in the shape of k.

    Returns
    -------
    dict
        ``height``, the slope at 0, k / 4. ``width``, between the two points where it is half
        as high: the slope is k / 4 times 1 / cosh(k z / 2)**2, so these are at
        z = ±2 arcsinh(1) / k. ``area``, below the slope from ``-SPAN`` to ``SPAN``: the climb
        of sigmoid(k z) there, tanh(k SPAN / 2).
    """
    k = np.asarray(k, dtype=float)
    return {
        "height": k * sigmoid.derivative(0.0),
        "width": 4 * np.arcsinh(1.0) / k,
        "area": np.tanh(k * SPAN / 2),
    }


class StepLimitExplorer(Explorer):
    """sigmoid(k z) beside the step; made by `explore_step_limit`.

    Attributes
    ----------
    k : float
        How steep it is; one of `FACTORS`.
    z : float
        Where the gap is read; one of `POINTS`.
    keep : bool
        Whether the axis of the slope stays as it is, so that the spike may leave it; otherwise
        it follows the height of the spike.
    """

    k = traitlets.Float().tag(sync=True)
    z = traitlets.Float().tag(sync=True)
    keep = traitlets.Bool().tag(sync=True)

    def figure(self) -> Figure:
        """Return the static figure of the present state."""
        near = np.linspace(-20, 20, 801) / self.k
        z = np.unique(np.append(near[np.abs(near) < SPAN], np.linspace(-SPAN, SPAN, 241)))
        figure, (upper, lower) = new_figure(2, height=4.8, sharex=True, height_ratios=(1.5, 1))
        with house_style():
            self._draw_gap(upper, z)
            self._draw_spike(lower, z)
        return figure

    def _draw_gap(self, ax: Any, z: NDArray) -> None:
        """Draw sigmoid(k z), the step behind it, and what is between them."""
        curve, green = sigmoid(self.k * z), COLOURS["third"]
        for side in (z[z < 0], z[z > 0]):
            ends = np.append(side, 0.0)
            ends.sort()
            level = step(side[0])
            ax.fill_between(ends, level, sigmoid(self.k * ends), color=green, alpha=0.18, lw=0)
            ax.plot(ends, np.full(ends.size, level), **LOOKS["step"], linewidth=1.8)
        ax.plot([0, 0], [0, 1], "o", color="black", markerfacecolor="white")
        ax.plot(0, 0, "o", color="black")
        ax.plot(z, curve, **LOOKS["function"])
        ax.plot(0, 0.5, "D", color=green, markersize=6)
        a = float(sigmoid(self.k * self.z))
        ax.plot([self.z, self.z], [a, step(self.z)], color=green, linewidth=4)
        ax.plot(self.z, a, "o", color=COLOURS["function"])
        words, level = f"gap {gap(self.z, self.k):.4g}", step(self.z)
        place = {"ha": "left" if self.z >= 0 else "right", "va": "center", "color": green}
        ax.text(self.z + 0.05 * (1 if self.z >= 0 else -1), 1.18 * level - 0.09, words, **place)
        ax.set_title(
            rf"$\sigma(kz)$ with $k$ = {self.k:g}, and the step", color=COLOURS["function"]
        )
        ax.set(xlim=(-SPAN, SPAN), ylim=(-0.16, 1.16), ylabel="$a$")

    def _draw_spike(self, ax: Any, z: NDArray) -> None:
        """Draw the slope of sigmoid(k z), its area, its height, its width."""
        curve, numbers = self.k * sigmoid.derivative(self.k * z), spike(self.k)
        colour = COLOURS["derivative"]
        ax.fill_between(z, curve, color=colour, alpha=0.2, linewidth=0)
        ax.plot(z, curve, **LOOKS["derivative"])
        half, height = float(numbers["width"]) / 2, float(numbers["height"])
        top = _AXIS if self.keep else 1.16 * height
        if height / 2 < top:
            ax.plot([-half, half], [height / 2] * 2, "-", color=COLOURS["ink"], linewidth=1.4)
        ax.plot(self.z, min(self.k * sigmoid.derivative(self.k * self.z), top), "o", color=colour)
        words = f"height {height:.4g}\nwidth {2 * half:.4g}\narea {numbers['area']:.5g}"
        ax.text(0.99, 0.93, words, transform=ax.transAxes, ha="right", va="top")
        ax.set_title(r"the slope of $\sigma(kz)$", color=colour)
        ax.set(xlabel="$z$", ylabel="slope", ylim=(0, top))

    def alt(self) -> str:
        """Return what the figure shows, in a sentence."""
        numbers = spike(self.k)
        return (
            f"sigmoid(kz) with k = {self.k:g} over the step: at z = {self.z:g} the gap is "
            f"{gap(self.z, self.k):.4g}; below, its slope, a spike {numbers['height']:.4g} high "
            f"and {numbers['width']:.4g} wide, with the area {numbers['area']:.5g}"
        )

    @traitlets.validate("k")
    def _check_k(self, proposal: Mapping[str, Any]) -> float:
        return float(FACTORS[position("k", proposal["value"], FACTORS)])

    @traitlets.validate("z")
    def _check_z(self, proposal: Mapping[str, Any]) -> float:
        # The page's slider rounds its positions in another way than POINTS.
        return float(POINTS[position("z", round(proposal["value"], 6) + 0.0, POINTS)])


def explore_step_limit(*, k: float = 1.0, z: float = 0.5, keep: bool = True) -> StepLimitExplorer:
    """Return an interactive figure: sigmoid(k z) becomes the step, its slope a spike.

    Parameters
    ----------
    k : float
        How steep the sigmoid is at first; one of `FACTORS`, from 0.5 to 200.
    z : float
        Where the gap is read at first; a multiple of 0.025, from -3 to 3.
    keep : bool
        Whether the axis of the slope stays as it is at first, or follows the spike.

    Raises
    ------
    ValueError
        If k or z is no position of its slider.
    """
    state = {"k": float(k), "z": float(z), "keep": bool(keep)}
    nodes = _SHAPE / FACTORS[:, None]
    nodes[:, -1] = np.maximum(nodes[:, -1], SPAN)  # beyond, both curves are as good as level
    data = {
        "kind": "step_limit",
        "state": state,
        "span": SPAN,
        "step": 0.025,
        "axis": _AXIS,
        "ks": FACTORS.tolist(),
        "levels": [float(step(-1.0)), float(step(0.0)), float(step(1.0))],
        "numbers": {name: numbers.tolist() for name, numbers in spike(FACTORS).items()},
        "gaps": encoded(gap(POINTS[120:], FACTORS[:, None])),  # (ks, positions from 0 on)
        "nodes": encoded(nodes, "<f4"),  # (ks, nodes): where the curves are drawn through
        "heights": [sigmoid(sign * _SHAPE).tolist() for sign in (-1, 1)],  # there, for every k
        "shares": (sigmoid.derivative(_SHAPE) / sigmoid.derivative(0.0)).tolist(),  # of the top
    }
    return StepLimitExplorer(data=data, **state)
