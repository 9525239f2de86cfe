"""What a corner is: two secants that close on 0, and the fan of slopes between them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import traitlets
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

from course_utils.activations import Activation, relu
from course_utils.explore.activation import ALPHAS
from course_utils.explore.base import (
    FunctionExplorer,
    encoded,
    find_activation,
    position,
    round_numbers,
)
from course_utils.figures import COLOURS, LOOKS, house_style, new_figure

__all__ = ["DISTANCES", "KinkExplorer", "explore_kink", "secant_slopes"]

DISTANCES = round_numbers(1e-6, 2)
"""The positions of the slider of h."""

_SAMPLED = round_numbers(1e-6, 10)  # h, and on to the end of the widest window
_TALL = 5.0  # slopes beyond that are left to leave the axis: those of a jump


def secant_slopes(activation: Activation, h: ArrayLike, **parameters: float) -> NDArray:
    """Return the slopes of the secants from (0, g(0)) to (-h, g(-h)) and to (h, g(h)).

    Exact to a few units in the last place however small h is: g(0) is 0 for all functions but
    the sigmoid, so nothing cancels, and for the sigmoid the difference
    sigmoid(z) - sigmoid(0) is written as tanh(z / 2) / 2.

    Parameters
    ----------
    activation : Activation
        The function g.
    h : array_like, shape (...)
        Positive distances.
    **parameters : float
        Parameters of the activation, such as ``alpha=0.2``.

    Returns
    -------
    ndarray, shape (2, ...)
        The slopes from the left and from the right.

    Raises
    ------
    ValueError
        If a distance is not positive.
    """
    h = np.asarray(h, dtype=float)
    if not (h > 0).all():
        raise ValueError("a secant needs two points: choose h larger than 0")
    z = np.stack([-h, h])
    if activation.name == "sigmoid":
        return np.tanh(z / 2) / 2 / z
    return (activation(z, **parameters) - activation(0.0, **parameters)) / z + 0.0  # no -0


class KinkExplorer(FunctionExplorer):
    """Two secants that close on 0; made by `explore_kink`.

    Attributes
    ----------
    h : float
        How far the secants reach; one of `DISTANCES`.
    share : float
        The slope that a program would return at 0, as a share of the way from the slope on
        the left to that on the right: 0 takes the left one, 1 the right one.
    zoom : bool
        Whether the window shrinks with h.
    """

    h = traitlets.Float().tag(sync=True)
    share = traitlets.Float().tag(sync=True)
    zoom = traitlets.Bool().tag(sync=True)

    _restarting = ("alpha", "share")

    def slope_at_zero(self) -> float:
        """Return the slope that a program with this share would return at 0."""
        left, right = _one_sided(self.activation())
        return left + self.share * (right - left)

    def figure(self) -> Figure:
        """Return the static figure of the present state."""
        g = self.activation()
        figure, (upper, lower) = new_figure(2, height=5.4, height_ratios=(2.3, 1))
        with house_style():
            self._draw_graph(upper, g)
            self._draw_slopes(lower, g)
        return figure

    def _draw_graph(self, ax: Any, g: Activation) -> None:
        """Draw g near 0, its secants, its fan, in units of 1 or of h."""
        unit, base = (self.h, 0.0) if self.zoom else (1.0, float(g(0.0)))
        ends = np.array([-4.6, 4.6])
        left, right = _one_sided(g)
        if not _jumps(g):
            if left != right:
                low, high = base + left * ends, base + right * ends
                ax.fill_between(ends, low, high, color=COLOURS["faint"], alpha=0.2, linewidth=0)
            line = base + self.slope_at_zero() * ends
            ax.plot(ends, line, color=COLOURS["fourth"], linewidth=4.5)
        for sign in (-1, 1):
            z = sign * np.geomspace(1e-9, ends[1], 400)
            rise = np.abs(z) * secant_slopes(g, np.abs(z) * unit)[int(sign > 0)]
            ax.plot(z, base + sign * rise, **LOOKS["function"])
        for sign, slope, look in zip((-1, 1), secant_slopes(g, self.h), _SIDES, strict=True):
            ax.axline((0, base), slope=slope, **look, linewidth=1.8)
            point = sign * self.h / unit
            ax.plot(point, base + slope * point, "o", color=look["color"])
        if _jumps(g):
            top = base + (g(1e-12) - g(0.0)) / unit
            ax.plot(0, top, "o", color=COLOURS["function"], markerfacecolor="white")
        ax.plot(0, base, "o", color=COLOURS["function"])
        times = f", magnified {1 / self.h:.4g} times" if self.zoom else ""
        ax.set_title(f"{g.title} near 0{times}", color=COLOURS["function"])
        ax.set(xlim=ends, ylim=(base - 1.7, base + 2.2), aspect="equal")
        if self.zoom:
            ax.xaxis.set_major_formatter(_in_h)
            ax.yaxis.set_major_formatter(_in_h)
        ax.set(xlabel="$z$", ylabel="$a - g(0)$" if self.zoom else "$a$")

    def _draw_slopes(self, ax: Any, g: Activation) -> None:
        """Draw the slopes of the secants against h."""
        curves, present = secant_slopes(g, DISTANCES), secant_slopes(g, self.h)
        low, high = self.shown()["axis"]
        ends = (*_one_sided(g)[:1], None if _jumps(g) else _one_sided(g)[1])
        for side in (0, 1):
            look, name = _SIDES[side], ("left", "right")[side]
            ax.semilogx(DISTANCES, np.minimum(curves[side], 2 * high), **look)
            at = min(present[side], high)
            ax.plot(self.h, at, "o", color=look["color"], clip_on=False)
            if ends[side] is not None:
                ax.axhline(ends[side], color=COLOURS["faint"], linewidth=0.8, linestyle=":")
            far = np.ptp(np.minimum(present, high)) > 0.25 * (high - low)
            above = far or side == int(present[1] >= present[0])
            ax.annotate(
                f"{name} {present[side]:.5g}",
                (self.h, max(at, min(ends[side] or at, high)) if above else at),
                xytext=(-6 if ends[side] is not None else 6, 5 if above else -13),
                textcoords="offset points",
                ha="right" if ends[side] is not None else "left",
                color=look["color"],
            )
        ax.set_title("the slopes of the two secants", color=COLOURS["derivative"])
        ax.set(xlabel="$h$", ylabel="slope", ylim=(low, high))
        ax.set_xlim(DISTANCES[0], DISTANCES[-1])

    def alt(self) -> str:
        """Return what the figure shows, in a sentence."""
        g = self.activation()
        left, right = secant_slopes(g, self.h)
        settings = "" if self.alpha is None else f" with alpha = {self.alpha:g}"
        return (
            f"{g.title}{settings} near 0 with two secants: at h = {self.h:g} the slope is "
            f"{left:.5g} from the left and {right:.5g} from the right"
        )

    @traitlets.validate("h")
    def _check_h(self, proposal: Mapping[str, Any]) -> float:
        return float(DISTANCES[position("h", proposal["value"], DISTANCES)])

    @traitlets.validate("share")
    def _check_share(self, proposal: Mapping[str, Any]) -> float:
        share = proposal["value"]
        if not 0 <= share <= 1:
            raise ValueError(f"share = {share:g} lies outside 0 to 1: 0 is the slope on the left")
        return share


_SIDES = ({"color": COLOURS["third"], "linestyle": "-."}, LOOKS["derivative"])


def _in_h(value: float, _position: object) -> str:
    """Write a number of an axis whose unit is h."""
    number = {1: "", -1: "\N{MINUS SIGN}"}.get(round(value, 6), f"{value:g}")
    return "0" if value == 0 else f"${number}h$".replace("-", "\N{MINUS SIGN}")


def _jumps(g: Activation) -> bool:
    return bool(g(1e-12) - g(0.0) > 0.5)


def _one_sided(g: Activation) -> list[float]:
    """Return the limits of g'(z) from the left and from the right of 0."""
    tiny = np.finfo(float).tiny
    return [float(g.derivative(z)) for z in (-tiny, tiny)]


def explore_kink(
    activation: Activation | str = relu,
    *,
    h: float = 1.0,
    share: float | None = None,
    zoom: bool = False,
    choices: Iterable[Activation | str] | None = None,
    **parameters: float,
) -> KinkExplorer:
    """Return an interactive figure: two secants that close on 0, and their slopes.

    Where the slopes on the two sides of 0 differ, the lines between them are shaded as a fan,
    and a slider chooses the one whose slope a program would return at 0. It starts with the
    choice of the kink table (`KINKS`).

    Parameters
    ----------
    activation : Activation or str
        The function to show first.
    h : float
        How far the secants reach at first; one of `DISTANCES`, from 1e-6 to 2.
    share : float, optional
        Where in the fan the line stands at first: 0 takes the left slope, 1 the right one;
        by default the course's choice.
    zoom : bool
        Whether the window shrinks with h at first.
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
    first = find_activation(activation).with_parameters(**parameters)
    functions = {g.name: g for g in map(find_activation, choices or ())} | {first.name: first}
    sampled = {name: _sampled_kink(g) for name, g in functions.items()}
    state = {
        "function": first.name,
        "alpha": first.parameters.get("alpha"),
        "h": float(h),
        "share": float(sampled[first.name]["share"] if share is None else share),
        "zoom": bool(zoom),
    }
    data = {
        "kind": "kink",
        "state": state,
        "distances": encoded(_SAMPLED),
        "positions": len(DISTANCES),
        "functions": sampled,
    }
    return KinkExplorer(data=data, **state)


def _sampled_kink(g: Activation) -> dict[str, Any]:
    """Return the slopes of g's secants, from which the page has the graph as well.

    The graph passes through (h, g(0) + h * slope), so at every magnification the samples are
    as dense as at every other.
    """
    bounds = ALPHAS.get(g.name)
    family = [{}] if bounds is None else [{"alpha": alpha} for alpha in np.linspace(*bounds[:2], 3)]
    slopes = np.array([secant_slopes(g, _SAMPLED, **p) for p in family])
    tallest = min(slopes.max(), _TALL)
    return {
        "title": g.title,
        "why": g.kink and g.kink.why,
        "share": g.kink.share if g.kink else 0.0,
        "alphas": bounds,
        "alpha": g.parameters.get("alpha"),
        "value": float(g(0.0)),
        "beyond": [float(g(z) - g(0.0)) if _jumps(g) else 0.0 for z in (-1e-12, 1e-12)],
        "sides": [_one_sided(g.with_parameters(**p)) for p in family],
        "axis": [-0.16 * tallest, 1.24 * tallest],
        "slopes": encoded(slopes),  # (alphas, sides, distances)
    }
