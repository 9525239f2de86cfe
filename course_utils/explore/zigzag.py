"""The walk of gradient descent in the plane of two weights, for inputs of one sign or of both."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

import numpy as np
import traitlets
from matplotlib.figure import Figure

from course_utils.activations import relu, sigmoid, tanh
from course_utils.explore.base import Explorer, encoded
from course_utils.figures import COLOURS, house_style, new_figure

__all__ = ["BATCHES", "INPUTS", "RATES", "ZigzagExplorer", "explore_zigzag", "moments", "walk"]

GOAL = np.array([1.0, -1.0])
STEPS = 400
FAR = 1000.0
"""A walk ends where it is so far from the goal: it has flown off."""

RATES = (
    *(0.05, 0.07, 0.1, 0.15, 0.2, 0.3, 0.5, 0.7, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 5.0),
    *(7.0, 10.0, 15.0, 20.0, 30.0, 50.0),
)
"""The positions of the slider of the learning rate."""

BATCHES = (1, 2, 4, 8, 16, 32, 64, "all")
"""The batch sizes; "all" is the mean over all inputs that there can be."""

LEVELS = np.array([0.02, 0.1, 0.25, 0.5, 0.8, 1.2, 1.7, 2.3]) ** 2
"""Where contours lie, as shares of half the highest loss in the lesson's window."""


def centred(z: np.ndarray) -> np.ndarray:
    """Return the sigmoid minus one half."""
    return sigmoid(z) - 0.5


INPUTS: Mapping[str, tuple[str, Callable]] = MappingProxyType(
    {
        "sigmoid": ("sigmoid", sigmoid),
        "centred": ("centred sigmoid", centred),
        "tanh": ("tanh", tanh),
        "relu": ("ReLU", relu),
    }
)
"""What makes the inputs: its title, and the function that a normal number goes through."""


@cache
def moments(inputs: str) -> tuple[float, float]:
    """Return the mean of an input and the mean of its square, for z from N(0, 1).

    Either side of 0 is integrated by itself (Gauss and Legendre), because ReLU has a corner
    there; beyond 12 the density is below 1e-31.
    """
    nodes, weights = np.polynomial.legendre.leggauss(120)
    z = np.concatenate([6 * nodes - 6, 6 * nodes + 6])
    density = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi) * np.tile(6 * weights, 2)
    x = INPUTS[inputs][1](z)
    return float(density @ x), float(density @ x**2)


def hessian(inputs: str) -> np.ndarray:
    """Return the means of the products ``x[i] * x[j]``, shape (2, 2); half of d.T @ it @ d is L."""
    mean, square = moments(inputs)
    return np.array([[square, mean**2], [mean**2, square]])


def walk(
    inputs: str,
    *,
    rate: float,
    batch: int | str,
    seed: int,
    steps: int = STEPS,
) -> np.ndarray:
    """Return the walk of lesson 07, as the difference d between the weights and the goal.

    The weights start at 0. A step shows the neuron fresh examples, with the goal's answers as
    targets: ``d - rate * mean(dL_dz * x)`` with ``dL_dz = x @ d``. The random numbers are those
    of the lesson's ``walk`` for one goal.

    Parameters
    ----------
    inputs : str
        A key of `INPUTS`.
    rate : float
        The learning rate.
    batch : int or "all"
        Examples in a step; "all" takes the mean over all inputs that there can be.
    seed : int
        Of the examples.
    steps : int
        Their number.

    Returns
    -------
    ndarray, shape (steps + 1, 2)
        Fewer rows if the walk has left for more than `FAR`: the last row is the first so far.
    """
    d = -GOAL  # (weights,): our weights, which start at 0, minus the goal's
    path = [d]
    if batch == "all":
        table = hessian(inputs)
    else:
        z = np.random.default_rng(seed).normal(size=(steps, batch, 2))
        x = INPUTS[inputs][1](z)  # (steps, batch, weights)
    for t in range(steps):
        if batch == "all":
            # Products first, then sums: so start and goal stay exactly on one axis of the valley.
            dL_dw = (table * d).sum(axis=1)  # (weights,) = (weights, weights) @ (weights,)
        else:
            dL_dz = x[t] @ d  # (batch,) = (batch, weights) @ (weights,)
            dL_dw = x[t].T @ dL_dz / batch  # (weights,) = (weights, batch) @ (batch,)
        d = d - rate * dL_dw
        path.append(d)
        if not d @ d < FAR**2:
            break
    return np.array(path)


def measured(path: np.ndarray, inputs: str) -> dict[str, np.ndarray]:
    """Return what is read off a walk before each of its steps, arrays of shape (steps,).

    ``loss``, the mean over all inputs; ``move``, the length of the next step; ``angle``, between
    it and the way to the goal, in degrees (NaN if one of them has no length); and of the steps
    so far ``detour``, their length over that of the straight line from the start, and
    ``one_sign``, the share that moved both weights in one direction (NaN before the first).
    """
    moves, d = np.diff(path, axis=0), path[:-1]
    lengths, left = np.linalg.norm(moves, axis=1), np.linalg.norm(d, axis=1)
    one = np.all(moves >= 0, axis=1) | np.all(moves <= 0, axis=1)
    so_far = np.arange(len(d))
    with np.errstate(divide="ignore", invalid="ignore"):
        cosine = -(moves * d).sum(1) / (lengths * left)
        straight = np.linalg.norm(d - d[0], axis=1)
        return {
            "loss": np.einsum("ti,ij,tj->t", d, hessian(inputs), d) / 2,
            "move": lengths,
            "angle": np.degrees(np.arccos(np.clip(cosine, -1, 1))),
            "detour": np.concatenate([[0], lengths.cumsum()[:-1]]) / straight,
            "one_sign": np.concatenate([[0], one.cumsum()[:-1]]) / so_far,
        }


def contours(inputs: str, points: int = 73) -> np.ndarray:
    """Return lines of equal loss in the plane of the weights, shape (levels, points, 2)."""
    curvature, axes = np.linalg.eigh(hessian(inputs))  # the columns of axes: directions
    corners = np.array([[x, y] for x in (-1.9, 0.9) for y in (-0.9, 1.9)])
    highest = np.einsum("ki,ij,kj->k", corners, hessian(inputs), corners).max()
    turn = np.linspace(0, 2 * np.pi, points)
    # Along an axis of curvature c, c s^2 reaches a level at the distance sqrt(level / c).
    circle = np.stack([np.cos(turn), np.sin(turn)], axis=1) / np.sqrt(curvature)
    sizes = np.sqrt(LEVELS * highest / 2)
    return GOAL + sizes[:, None, None] * (circle @ axes.T)


def examples(batch: int | str) -> str:
    """Say the batch size in words."""
    words = {1: "one example a step", "all": "all inputs in each step"}
    return words.get(batch, f"{batch} examples a step")


class ZigzagExplorer(Explorer):
    """The walk in the plane of two weights; made by `explore_zigzag`.

    Attributes
    ----------
    inputs : str
        What makes the inputs, a key of `INPUTS`.
    rate : float
        The learning rate.
    batch : int or "all"
        Examples in a step, one of `BATCHES`.
    seed : int
        Of the examples: another seed is another draw.
    step : int
        How many steps have been walked; a walk that has flown off is shown at its end.
    """

    inputs = traitlets.Unicode().tag(sync=True)
    rate = traitlets.Float().tag(sync=True)
    batch = traitlets.Union([traitlets.Int(), traitlets.Unicode()]).tag(sync=True)
    seed = traitlets.Int().tag(sync=True)
    step = traitlets.Int().tag(sync=True)

    def settings(self) -> dict[str, Any]:
        """Return what a walk depends on."""
        return {name: getattr(self, name) for name in ("inputs", "rate", "batch", "seed")}

    def answer(self, inputs: str, rate: float, batch: int | str, seed: int) -> dict[str, Any]:
        """Return a walk, its numbers before each step, and the contours below it."""
        path = walk(_known_inputs(inputs), rate=rate, batch=batch, seed=seed, steps=STEPS + 1)
        # The last step is only ever the next one: its arrow is drawn, and it is not walked.
        numbers = measured(path, inputs)
        return {
            "title": f"{INPUTS[inputs][0]} inputs",
            "examples": examples(batch),
            "alone": batch == 1,
            "rate": rate,
            "one_sided": inputs in ("sigmoid", "relu"),
            "flown": bool(path[-1] @ path[-1] >= FAR**2),
            "path": encoded(path + GOAL, "<f4"),
            "contours": [encoded(line, "<f4") for line in contours(inputs)],
            **{name: encoded(values) for name, values in numbers.items()},
        }

    def figure(self) -> Figure:
        """Return the static figure of the present state."""
        path = self._path()
        step = min(self.step, len(path) - 2)
        return _drawn(self.inputs, path + GOAL, step, self.batch, self.rate)

    def alt(self) -> str:
        """Return what the figure shows, in a sentence."""
        path = self._path()
        numbers = measured(path, self.inputs)
        n = min(self.step, len(path) - 2)
        at = (
            f"The plane of two weights, start (0, 0), goal (1, -1); {INPUTS[self.inputs][0]} "
            f"inputs, {examples(self.batch)}, learning rate {self.rate:g}: after {n} steps "
        )
        if n < self.step:
            return f"{at}the walk flies off, {np.linalg.norm(path[-1]):.0f} from the goal"
        told = f"{at}the loss is {numbers['loss'][n]:.2g}"
        if n == 0:
            return told
        return (
            f"{told}, the path {numbers['detour'][n]:.2f} times the straight line so far, "
            f"and {numbers['one_sign'][n]:.0%} of the steps moved both weights in one direction"
        )

    def _path(self) -> np.ndarray:
        return walk(**self.settings(), steps=STEPS + 1)

    @traitlets.validate("inputs")
    def _check_inputs(self, proposal: Mapping[str, Any]) -> str:
        return _known_inputs(proposal["value"])

    @traitlets.validate("rate")
    def _check_rate(self, proposal: Mapping[str, Any]) -> float:
        rate = proposal["value"]
        if not 0.001 <= rate <= 100:
            raise ValueError(f"rate = {rate:g} is out of range: choose one from 0.001 to 100")
        return rate

    @traitlets.validate("batch")
    def _check_batch(self, proposal: Mapping[str, Any]) -> int | str:
        batch = proposal["value"]
        if batch not in BATCHES:
            known = ", ".join(map(repr, BATCHES))
            raise ValueError(f"no batch size {batch!r} here: choose one of {known}")
        return batch

    @traitlets.validate("seed")
    def _check_seed(self, proposal: Mapping[str, Any]) -> int:
        if proposal["value"] < 0:
            raise ValueError(f"seed = {proposal['value']} is negative: choose 0 or more")
        return proposal["value"]

    @traitlets.validate("step")
    def _check_step(self, proposal: Mapping[str, Any]) -> int:
        step = proposal["value"]
        if not 0 <= step <= STEPS:
            raise ValueError(f"step = {step} lies outside 0 to {STEPS}: choose one inside")
        return step


def explore_zigzag(
    *,
    inputs: str = "sigmoid",
    rate: float = 0.5,
    batch: int | str = 1,
    seed: int = 0,
    step: int = 60,
) -> ZigzagExplorer:
    """Return an interactive figure: the walk from (0, 0) to (1, -1) in the plane of two weights.

    The neuron has no bias. The walk is that of lesson 07: LeCun, Bottou, Orr and Müller,
    *Efficient BackProp* (1998), argue why it is a zig-zag when all inputs are positive.

    Parameters
    ----------
    inputs : str
        The activation whose outputs are the inputs: a key of `INPUTS`.
    rate : float
        The learning rate.
    batch : int or "all"
        Examples in a step, one of `BATCHES`.
    seed : int
        Of the examples.
    step : int
        How many steps have been walked at first, 0 to 400.

    Raises
    ------
    ValueError
        If a setting is unknown or out of range.
    """
    inputs = getattr(inputs, "name", inputs)
    start = {"inputs": inputs, "rate": float(rate), "batch": batch, "seed": seed}
    explorer = ZigzagExplorer(**start, step=step)
    explorer.data = {
        "kind": "zigzag",
        "state": {**start, "step": step},
        "steps": STEPS,
        "inputs": {name: title for name, (title, _) in INPUTS.items()},
        "rates": sorted({*RATES, float(rate)}),
        "batches": list(BATCHES),
        "goal": GOAL.tolist(),
        "answers": {name: explorer.answer(**start | {"inputs": name}) for name in INPUTS},
    }
    return explorer


def _known_inputs(inputs: str) -> str:
    if inputs not in INPUTS:
        raise ValueError(f"no inputs {inputs!r}: choose one of {', '.join(INPUTS)}")
    return inputs


def _drawn(inputs: str, w: np.ndarray, step: int, batch: int | str, rate: float) -> Figure:
    """Draw the plane after so many steps of the walk w, shape (steps + 1, 2)."""
    figure, ax = new_figure(height=4.6)
    blue, red, faint = COLOURS["function"], COLOURS["derivative"], COLOURS["faint"]
    here, move = w[step], w[step + 1] - w[step]
    with house_style():
        for line in contours(inputs):
            ax.plot(*line.T, color="#b5b5b5", linewidth=0.8, linestyle="-")
        if inputs in ("sigmoid", "relu"):
            shade = {"color": blue, "alpha": 0.15 if batch == 1 else 0.07, "linewidth": 0}
            ax.fill_between([here[0], here[0] + 9], here[1], here[1] + 9, **shade)
            ax.fill_between([here[0] - 9, here[0]], here[1] - 9, here[1], **shade)
        ax.plot(*w[: step + 1].T, color=blue, linewidth=1.4, linestyle="-")
        ax.plot(*np.array([here, GOAL]).T, color=red, linewidth=1.6, linestyle="--")
        if np.any(move):
            tip = here + move * max(0.4 / np.linalg.norm(move), 1)
            arrow = {"arrowstyle": "-|>", "color": blue, "linewidth": 2}
            ax.annotate("", tip, here, arrowprops={**arrow, "shrinkA": 0, "shrinkB": 0})
        ax.plot(0, 0, "o", color=faint, markersize=6)
        ax.plot(*GOAL, marker="*", color=red, markersize=14, zorder=5)
        ax.plot(*here, "o", color=blue, markersize=7, zorder=6)
        ax.annotate("start", (0, 0), xytext=(-8, 6), textcoords="offset points", ha="right")
        ax.annotate("goal", GOAL, xytext=(9, -12), textcoords="offset points", color=red)
        title = f"{INPUTS[inputs][0]} inputs, {examples(batch)}, rate {rate:g}: {step} steps"
        ax.set_title(title, color=blue)
        ax.set(xlabel="$w_1$", ylabel="$w_2$", aspect="equal", xlim=(-1.9, 2.9), ylim=(-1.9, 0.9))
        ax.grid(False)
    return figure
