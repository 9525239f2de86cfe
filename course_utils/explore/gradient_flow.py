"""The gradient on its way back through a plain stack: its norm at each layer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import numpy as np
import traitlets
from matplotlib.figure import Figure

from course_utils.activations import ACTIVATIONS, Activation, leaky_relu
from course_utils.explore.base import Explorer, encoded
from course_utils.figures import COLOURS, house_style, new_figure

__all__ = [
    "FLOWS",
    "GAINS",
    "NETWORKS",
    "WIDTHS",
    "Flow",
    "GradientFlowExplorer",
    "explore_gradient_flow",
    "flow",
    "foretold",
    "schemes",
]

BATCH = 32
NETWORKS = 5
"""Networks that are measured at once, from as many seeds in a row."""

WIDTHS = (16, 32, 64, 128)
DEPTHS = (2, 50)
DEAD = 1e-3
"""A unit counts as dead if its slope is below this for every example, as in lesson 08."""

LINEAR = replace(leaky_relu.with_parameters(alpha=1.0), name="linear", title="linear")
FLOWS: Mapping[str, Activation] = MappingProxyType({**ACTIVATIONS, "linear": LINEAR})
"""The course's six functions, and one that does nothing: the yardstick of lesson 08."""

PYTORCH = 1 / np.sqrt(3)
GAINS = tuple(sorted({PYTORCH, *(2 ** (k / 8) for k in range(-24, 41) if k != -6)}))
"""The positions of the gain's slider: eighths of a doubling, and PyTorch's own."""

DECADES = (2, 4, 8, 16, 32, 48, 64, 80, 100)
"""How many powers of ten the axis may show to either side of 1: it seldom changes."""

_U = np.linspace(-8, 8, 1000)  # an even count leaves out 0, ReLU's corner
_BELL = np.exp(-(_U**2) / 2) / np.exp(-(_U**2) / 2).sum()


def schemes(width: int) -> dict[str, float]:
    """Return the gain of each initialisation in use: its scale times the root of the width."""
    return {
        "PyTorch": float(PYTORCH),
        "Xavier": 1.0,
        "He": float(2**0.5),
        "N(0, 1)": float(width**0.5),
    }


class _Draws:
    """Standard normal numbers of five seeds in a row, one row a seed, as many as are wanted."""

    def __init__(self, seed: int) -> None:
        self.generators = [np.random.default_rng(seed + k) for k in range(NETWORKS)]
        self.numbers = np.empty((NETWORKS, 0))

    def first(self, count: int) -> np.ndarray:
        """Return the first `count` numbers of each seed, shape (networks, count)."""
        lacking = count - self.numbers.shape[1]
        if lacking > 0:
            more = [generator.standard_normal(lacking) for generator in self.generators]
            self.numbers = np.hstack([self.numbers, more])
        return self.numbers[:, :count]


@lru_cache(maxsize=4)
def _draws(seed: int, width: int) -> _Draws:
    return _Draws(seed)


class Flow:
    """What `flow` measured; the arrays' last axis is the layer, first layer first.

    Attributes
    ----------
    of_z, of_weights : ndarray, shape (networks, depth)
        The norm of ``dL_dz`` and of ``dL_dW`` at each layer.
    dead : ndarray, shape (networks, depth)
        The share of the layer's units whose slope is below `DEAD` for every example.
    """

    def __init__(self, of_z: np.ndarray, of_weights: np.ndarray, dead: np.ndarray) -> None:
        self.of_z, self.of_weights, self.dead = of_z, of_weights, dead

    def ratio(self) -> np.ndarray:
        """Return norm at each layer over norm at the last, (networks, depth); 0 / 0 is NaN."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return self.of_z / self.of_z[:, -1:]

    def left(self) -> np.ndarray:
        """Return what a step back leaves, from the last layer to each, (networks, depth).

        The root of the ratio; as many steps as there are layers between. NaN at the last.
        """
        return _root(self.ratio())


def _root(ratio: np.ndarray) -> np.ndarray:
    steps = np.arange(ratio.shape[-1])[::-1]
    return np.where(steps > 0, ratio ** (1 / np.maximum(steps, 1)), np.nan)


def flow(g: Activation, *, depth: int, width: int, gain: float, seed: int = 0) -> Flow:
    """Send noise back through networks of one shape and measure it at each layer.

    What lesson 08's ``gradient_norms`` computes for one seed, for five seeds in a row: a batch of
    32 inputs from N(0, 1) goes forward, a gradient from N(0, 1) comes back. The random numbers
    are the same, in the same order. The weights are drawn once for a seed and a width: another
    gain scales what they give, and a deeper network goes on where the last one ended.

    Parameters
    ----------
    g : Activation
        The activation of every layer.
    depth, width : int
        Layers, and units in each.
    gain : float
        The weights' standard deviation is ``gain / sqrt(width)``.
    seed : int
        The first of the five.
    """
    size, count = width * width, BATCH * width
    numbers = _draws(seed, width).first(depth * size + 2 * count)
    weights = numbers[:, : depth * size].reshape(NETWORKS, depth, width, width)
    a, dL_da = (
        numbers[:, depth * size + k * count :][:, :count].reshape(NETWORKS, BATCH, width)
        for k in (0, 1)
    )
    scale = gain / np.sqrt(width)
    inputs, slopes = [], []
    for layer in range(depth):
        inputs.append(a)
        z = scale * _product(a, weights[:, layer])  # (networks, batch, width)
        slopes.append(g.derivative(z))
        a = g(z)
    of_z, of_weights, dead = np.empty((3, NETWORKS, depth))
    for layer in reversed(range(depth)):
        dL_dz = dL_da * slopes[layer]  # (networks, batch, width)
        dL_da = scale * _product(dL_dz, weights[:, layer].mT)  # (networks, batch, width)
        # (networks, width, width) = (networks, width, batch) @ (networks, batch, width)
        dL_dW = _product(inputs[layer].mT, dL_dz)
        of_z[:, layer] = _norm(dL_dz)
        of_weights[:, layer] = _norm(dL_dW)
        dead[:, layer] = (slopes[layer] < DEAD).all(axis=1).mean(axis=1)
    return Flow(of_z, of_weights, dead)


def _product(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return a @ b, a block of columns at a time.

    Blocks of at most 2^18 multiplications stay on one core in OpenBLAS. Two cores that wait for
    each other are hardly faster here, and far slower on a busy computer.
    """
    columns = max(2**18 // (a.shape[-2] * a.shape[-1]), 1)
    if columns >= b.shape[-1]:
        return a @ b
    blocks = [a @ b[..., k : k + columns] for k in range(0, b.shape[-1], columns)]
    return np.concatenate(blocks, axis=-1)


def _norm(tables: np.ndarray) -> np.ndarray:
    flat = tables.reshape(len(tables), -1)
    return np.sqrt(np.einsum("nk,nk->n", flat, flat))


def foretold(g: Activation, *, depth: int, width: int, gain: float) -> np.ndarray:
    """Return the norm of ``dL_dz`` that the mean squares predict, shape (depth,).

    One step back multiplies the mean square by ``gain**2 * E[g'(z)**2]``; forward, the mean
    square of z becomes ``gain**2 * E[g(z)**2]``; both averages are over a bell curve. Lesson 08
    derives it; Poole and others (2016) and Schoenholz and others (2017) have it for any depth.
    """
    mean_square, kept = gain**2, np.empty(depth)  # of z in layer 1: inputs from N(0, 1)
    for layer in range(depth):
        z = np.sqrt(mean_square) * _U
        kept[layer] = _BELL @ g.derivative(z) ** 2
        mean_square = gain**2 * (_BELL @ g(z) ** 2)
    back = gain**2 * np.append(kept[:-1], kept[-1] / gain**2)  # the last meets no matrix
    return np.sqrt(BATCH * width * np.cumprod(back[::-1])[::-1])


def _limits(*norms: np.ndarray) -> list[float]:
    """Return the ends of a logarithmic axis that holds all norms but those that are 0."""
    logs = np.log10(np.concatenate([n[n > 0] for n in map(np.ravel, norms)] + [[1.0]]))
    reach = [next(d for d in DECADES if d >= far) for far in (-logs.min(), logs.max())]
    return [10.0 ** -reach[0], 10.0 ** reach[1]]


def _middle(values: np.ndarray) -> np.ndarray:
    """Return the median over the networks, leaving out NaN; NaN where nothing is left."""
    known = ~np.isnan(values)
    alone = np.where(known.any(axis=0), values, 0)
    return np.where(known.any(axis=0), np.nanmedian(alone, axis=0), np.nan)


class GradientFlowExplorer(Explorer):
    """The norm of a gradient at each layer; made by `explore_gradient_flow`.

    Attributes
    ----------
    activation : str
        The activation of every layer, a key of `FLOWS`.
    gain : float
        The weights' standard deviation times the root of the width.
    depth, width : int
        Layers, and units in each.
    seed : int
        The first of five: another one is another draw.
    layer : int
        The layer whose numbers are read out, the first is 1.
    """

    activation = traitlets.Unicode().tag(sync=True)
    gain = traitlets.Float().tag(sync=True)
    depth = traitlets.Int().tag(sync=True)
    width = traitlets.Int().tag(sync=True)
    seed = traitlets.Int().tag(sync=True)
    layer = traitlets.Int().tag(sync=True)

    def settings(self) -> dict[str, Any]:
        """Return what the networks depend on."""
        names = ("activation", "gain", "depth", "width", "seed")
        return {name: getattr(self, name) for name in names}

    def answer(
        self, activation: str, gain: float, depth: int, width: int, seed: int
    ) -> dict[str, Any]:
        """Return the norms of five networks at each layer, their medians, and the prediction."""
        g = FLOWS[_known_activation(activation)]
        found = flow(g, depth=depth, width=width, gain=gain, seed=seed)
        predicted = foretold(g, depth=depth, width=width, gain=gain)
        with np.errstate(divide="ignore", invalid="ignore"):
            predicted_left = _root(predicted / predicted[-1])
        return {
            "activation": g.title,
            "gain": gain,
            "depth": depth,
            "width": width,
            "silent": int((found.of_z[:, 0] == 0).sum()),
            "limits": _limits(found.of_z, found.of_weights, predicted),
            "each": [encoded(norms) for norms in found.of_z],
            "of_z": encoded(np.median(found.of_z, axis=0)),
            "of_weights": encoded(np.median(found.of_weights, axis=0)),
            "predicted": encoded(predicted),
            "ratio": encoded(_middle(found.ratio())),
            "left": encoded(_middle(found.left())),
            "predicted_left": encoded(predicted_left),
            "dead": encoded(found.dead.mean(axis=0)),
        }

    def _found(self) -> tuple[Flow, np.ndarray]:
        shape = {"depth": self.depth, "width": self.width, "gain": self.gain}
        g = FLOWS[self.activation]
        return flow(g, **shape, seed=self.seed), foretold(g, **shape)

    def figure(self) -> Figure:
        """Return the static figure of the present state."""
        found, predicted = self._found()
        title = f"{FLOWS[self.activation].title}, {_written_gain(self.gain, self.width)}, "
        title += f"{self.depth} layers of {self.width} units"
        return _drawn(found, predicted, min(self.layer, self.depth), title)

    def alt(self) -> str:
        """Return what the figure shows, in a sentence."""
        found, _ = self._found()
        left, ratio = _middle(found.left())[0], _middle(found.ratio())[0]
        at = (
            f"Gradient norm by layer, {FLOWS[self.activation].title}, "
            f"{_written_gain(self.gain, self.width)}, {self.depth} layers of {self.width} units, "
            f"{NETWORKS} networks: "
        )
        if not np.any(found.of_z[:, 0]):
            return f"{at}it is exactly 0 at the first layer"
        return (
            f"{at}a step back leaves {left:.2f} of the norm, "
            f"and the first layer has {ratio:.1e} times that of the last"
        )

    @traitlets.validate("activation")
    def _check_activation(self, proposal: Mapping[str, Any]) -> str:
        return _known_activation(proposal["value"])

    @traitlets.validate("gain")
    def _check_gain(self, proposal: Mapping[str, Any]) -> float:
        gain, (low, *_, high) = proposal["value"], GAINS
        if not low <= gain <= high:
            raise ValueError(f"gain = {gain:g} lies outside {low:g} to {high:g}: choose one inside")
        return gain

    @traitlets.validate("depth")
    def _check_depth(self, proposal: Mapping[str, Any]) -> int:
        depth, (low, high) = proposal["value"], DEPTHS
        if not low <= depth <= high:
            raise ValueError(f"depth = {depth} lies outside {low} to {high}: choose one inside")
        return depth

    @traitlets.validate("width")
    def _check_width(self, proposal: Mapping[str, Any]) -> int:
        if proposal["value"] not in WIDTHS:
            known = ", ".join(map(str, WIDTHS))
            raise ValueError(f"no width {proposal['value']} here: choose one of {known}")
        return proposal["value"]

    @traitlets.validate("seed")
    def _check_seed(self, proposal: Mapping[str, Any]) -> int:
        if proposal["value"] < 0:
            raise ValueError(f"seed = {proposal['value']} is negative: choose 0 or more")
        return proposal["value"]

    @traitlets.validate("layer")
    def _check_layer(self, proposal: Mapping[str, Any]) -> int:
        if not 1 <= proposal["value"] <= DEPTHS[1]:
            raise ValueError(
                f"layer = {proposal['value']} lies outside 1 to {DEPTHS[1]}: the first layer is 1"
            )
        return proposal["value"]


def explore_gradient_flow(
    *,
    activation: Activation | str = "sigmoid",
    depth: int = 20,
    gain: float | str = "Xavier",
    width: int = 64,
    seed: int = 0,
    layer: int = 1,
) -> GradientFlowExplorer:
    """Return an interactive figure: the norm of a gradient at each layer of a plain stack.

    Parameters
    ----------
    activation : Activation or str
        The activation of every layer: one of the six, or "linear".
    depth : int
        Layers, 2 to 50.
    gain : float or str
        The weights' standard deviation times the root of the width, or the name of an
        initialisation: "PyTorch", "Xavier", "He" or "N(0, 1)".
    width : int
        Units in a layer, one of `WIDTHS`.
    seed : int
        The first of the five seeds.
    layer : int
        The layer whose numbers are read out.

    Raises
    ------
    ValueError
        If a setting is unknown or out of range.
    """
    name = getattr(activation, "name", activation)
    if isinstance(gain, str):
        if gain not in schemes(width):
            known = ", ".join(schemes(width))
            raise ValueError(f"no initialisation {gain!r}: choose one of {known}, or a number")
        gain = schemes(width)[gain]
    start = {"activation": name, "gain": float(gain), "depth": depth, "width": width, "seed": seed}
    explorer = GradientFlowExplorer(**start, layer=layer)
    gains = {"": float(gain), **schemes(width)}
    explorer.data = {
        "kind": "gradient_flow",
        "state": {**start, "layer": layer},
        "depths": list(DEPTHS),
        "networks": NETWORKS,
        "titles": {g.name: g.title for g in FLOWS.values()},
        "gains": _positions(float(gain)),
        "schemes": {str(w): schemes(w) for w in WIDTHS},
        "answers": [
            [of, at, explorer.answer(**start | {"activation": of, "gain": at})]
            for of in FLOWS
            for at in sorted(set(gains.values()))
        ],
    }
    return explorer


def _positions(gain: float) -> list[float]:
    """Return the slider's gains: those of every scheme, this one, and `GAINS` between them."""
    exact = {gain, *(named for width in WIDTHS for named in schemes(width).values())}
    between = (g for g in GAINS if not np.isclose(g, sorted(exact), rtol=1e-9).any())
    return sorted({*exact, *map(float, between)})


def _known_activation(name: str) -> str:
    if name not in FLOWS:
        raise ValueError(f"no activation {name!r}: choose one of {', '.join(FLOWS)}")
    return name


def _written_gain(gain: float, width: int) -> str:
    named = {value: scheme for scheme, value in schemes(width).items()}
    return f"{named[gain]} weights" if gain in named else f"gain {gain:.3g}"


def _drawn(found: Flow, predicted: np.ndarray, layer: int, title: str) -> Figure:
    """Draw the norms of a flow over the layers, and mark one layer."""
    figure, ax = new_figure(height=4.0)
    depth = len(predicted)
    layers = np.arange(1, depth + 1)
    low, high = _limits(found.of_z, found.of_weights, predicted)
    blue, green = COLOURS["function"], COLOURS["third"]
    of_z, of_weights = np.median(found.of_z, axis=0), np.median(found.of_weights, axis=0)
    with house_style():
        for norms in found.of_z:
            line = np.maximum(norms, low)
            ax.semilogy(layers, line, color=blue, linewidth=0.8, linestyle="-", alpha=0.5)
        ax.semilogy(layers, np.maximum(of_weights, low), color=green, linestyle="-.")
        ax.semilogy(layers, np.maximum(of_z, low), color=blue, linestyle="-", linewidth=2.6)
        prediction = {"color": COLOURS["ink"], "linestyle": "--", "linewidth": 1.4}
        ax.semilogy(layers, np.maximum(predicted, low), **prediction)
        ax.axvline(layer, color=COLOURS["faint"], linewidth=0.8, linestyle=":")
        for norms, colour in ((of_weights, green), (of_z, blue)):
            ax.semilogy(layer, max(norms[layer - 1], low), "o", color=colour, clip_on=False)
        ax.xaxis.get_major_locator().set_params(integer=True)
        ax.set(
            xlabel="layer: the gradient comes from the right",
            ylabel="norm",
            xlim=(1, depth),
            ylim=(low, high),
        )
        ax.set_title(title, color=blue)
        names = {"$dL/dz$, median of five networks": (blue, "-")}
        names |= {"$dL/dW$": (green, "-."), "predicted": (COLOURS["ink"], "--")}
        for text, (colour, dash) in names.items():
            ax.plot([], [], color=colour, linestyle=dash, label=text)
        ax.legend(loc="best")
    return figure
