"""The two-layer network, trained before your eyes.

The page pulls: it asks for a frame, draws it, and asks again. Each question lets the network
take a few steps, for `SLICE` seconds at most, so other cells run between two frames, and a
page that is closed trains nothing. How a run is cut into frames changes no number in it.
"""

from __future__ import annotations

import copy
import math
import sys
import time
from collections.abc import Mapping
from dataclasses import astuple
from types import MappingProxyType
from typing import Any

import numpy as np
import traitlets
from contourpy import contour_generator
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

from course_utils.activations import ACTIVATIONS, Activation, sigmoid, tanh
from course_utils.data import moons, xor
from course_utils.explore.base import Explorer, encoded, find_activation
from course_utils.figures import COLOURS, decision_regions, house_style, new_figure
from course_utils.network import (
    CROSS_ENTROPY,
    Parameters,
    backward,
    descend,
    forward,
)

__all__ = [
    "CHOICES",
    "RATES",
    "Run",
    "TrainingExplorer",
    "border",
    "explore_training",
    "extent",
]

EXAMPLES: Mapping[str, str] = MappingProxyType({"xor": "XOR", "moons": "two moons"})
"""What can be learned, and its name on the page: four points, and two hundred."""

CHOICES: Mapping[str, Mapping[Any, str]] = MappingProxyType(
    {
        "examples": EXAMPLES,
        "function": {name: g.title for name, g in ACTIVATIONS.items()},
        "hidden": {count: f"{count} hidden units" for count in (2, 3, 4, 8, 16)},
        "steps": {1: "1 step a frame", 10: "10 steps a frame", 1000: "as many steps as fit"},
    }
)
"""What each menu of the page offers, and how it is written there."""

SETTINGS = ("examples", "function", "hidden", "rate", "seed", "steps")

RATES = tuple(float(f"{digit}e{power}") for power in (-2, -1, 0, 1) for digit in (1, 2, 3, 5))
"""The learning rates on the slider, from 0.01 to 50."""

SLICE = 0.012
"""For how many seconds a question may train before the kernel is free for other cells."""

GRID = 48
"""How many points the plane has along each axis; the recorded run has `RECORDED_GRID`."""

RECORDED_GRID, RECORDED_FRAMES, RECORDED_STEPS = 32, 40, 10
CURVE = 400  # at most so many stretches of the loss curve


class Run:
    """A network in training: the steps that it has taken, and where they have led.

    Attributes
    ----------
    x, labels : ndarray, shapes (count, 2) and (count,)
        The examples, all of which take part in every step.
    activation : Activation
        That of the hidden units.
    rate : float
        The learning rate of the next steps.
    parameters : Parameters
        Those after `step` steps, and the last finite ones if the run has broken.
    loss : float
        The cross-entropy of `parameters`.
    broken : bool
        Whether the next step leads to numbers that are not finite; then the run stands.
    """

    def __init__(self, examples: str, activation: Activation, hidden: int, rate: float, seed: int):
        self.x, self.labels = _examples(examples)
        self.activation, self.rate = activation, rate
        self.parameters = Parameters.initialise(2, hidden, 2, np.random.default_rng(seed))
        self.step, self.broken = 0, False
        self._passed = forward(self.parameters, self.x, activation)
        self.loss = CROSS_ENTROPY.value(self._passed.z2, self.labels)
        self.curve = [(self.loss, self.loss)]  # lowest and highest loss of each stretch
        self.stretch = 1  # how many steps a stretch has

    def advance(self, steps: int, seconds: float = np.inf) -> None:
        """Take so many steps, or at least one and as many as fit into the time."""
        end = time.perf_counter() + seconds
        with np.errstate(all="ignore"):
            for _ in range(steps):
                if self.broken:
                    return
                self._take_step()
                if time.perf_counter() >= end:
                    return

    def _take_step(self) -> None:
        parameters = descend(self.parameters, self.gradients(), self.rate)
        passed = forward(parameters, self.x, self.activation)
        loss = CROSS_ENTROPY.value(passed.z2, self.labels)
        if not all(np.isfinite(array).all() for array in (loss, *astuple(parameters))):
            self.broken = True
            return
        self.parameters, self._passed, self.loss = parameters, passed, loss
        self.step += 1
        if self.step % self.stretch:
            low, high = self.curve[-1]
            self.curve[-1] = min(low, loss), max(high, loss)
            return
        if len(self.curve) == CURVE:
            pairs = zip(self.curve[::2], self.curve[1::2], strict=True)
            self.curve = [(min(a[0], b[0]), max(a[1], b[1])) for a, b in pairs]
            self.stretch *= 2
        self.curve.append((loss, loss))

    def gradients(self) -> Parameters:
        """Return the gradients of the loss at the present parameters."""
        return backward(self.parameters, self.x, self.labels, self._passed, self.activation)

    def norm(self) -> float:
        """Return the length of the gradient, over all parameters."""
        with np.errstate(all="ignore"):
            gradients = self.gradients()
        parts = (gradients.W1, gradients.b1, gradients.W2, gradients.b2)
        length = math.hypot(*np.concatenate([part.ravel() for part in parts]))  # no overflow
        return length if math.isfinite(length) else sys.float_info.max

    def right(self) -> int:
        """Return how many examples get their own class."""
        return int((self._passed.z2.argmax(axis=1) == self.labels).sum())

    def dead(self) -> list[int]:
        """Return the hidden units, counted from 1, whose slope is 0 for every example."""
        slopes = self.activation.derivative(self._passed.z1)  # (count, hidden)
        return (1 + np.flatnonzero(~slopes.any(axis=0))).tolist()

    def outputs(self) -> NDArray:
        """Return what each hidden unit makes of the examples: lowest, highest, and marks.

        The marks are its outputs for the examples where these are few, else its mean outputs
        for the two classes; shape (hidden, 2 + marks).
        """
        a1 = self._passed.a1  # (count, hidden)
        means = [a1[self.labels == label].mean(axis=0) for label in (0, 1)]
        return np.array([a1.min(axis=0), a1.max(axis=0), *(a1 if _few(self.x) else means)]).T

    def margin(self, points: ArrayLike) -> NDArray:
        """Return the logit of class 1 minus that of class 0 at points, shape (count, 2)."""
        with np.errstate(all="ignore"):  # far out, a run that breaks may overflow
            z2 = forward(self.parameters, points, self.activation).z2
            return np.nan_to_num(z2[:, 1] - z2[:, 0])

    def probability(self, points: ArrayLike) -> NDArray:
        """Return the probability of class 1 at points, shape (count, 2).

        With two classes the softmax is the sigmoid of the difference of the logits.
        """
        return sigmoid(self.margin(points))

    def words(self) -> str:
        """Say what is to be seen."""
        if self.broken:
            return (
                f"Step {self.step + 1} would lead to numbers that are not finite, so the run "
                "stops here. Choose a smaller learning rate and reset."
            )
        dead, hidden = self.dead(), len(self.parameters.b1)
        parts = [f"{self.right()} of {len(self.x)} examples are right."]
        if self.step == 0:
            parts.append("Nothing is trained yet: press Play.")
        elif self.loss > self.curve[0][0]:
            parts.append("The loss is higher than at the start: the steps are too large.")
        if len(dead) == hidden:
            parts.append("Every hidden unit is dead (slope 0): only the last layer learns.")
        elif dead:
            which = ("unit " if len(dead) == 1 else "units ") + ", ".join(map(str, dead))
            parts.append(f"Dead, with slope 0 for every example: {which}.")
        return " ".join(parts)

    def frame(self, size: int = GRID) -> dict[str, Any]:
        """Return what the page draws, ready for JSON, with a plane of size x size points.

        ``plane`` holds the probabilities of class 1, row by row from the lowest x2, in
        255ths; ``border`` pieces of the line at 1/2, in 65535ths of the plane's width and
        height; ``curve`` the lowest and the highest loss of each `stretch` of steps.
        """
        ends = extent(self.x)
        x1, x2 = (np.linspace(*pair, size) for pair in ends)
        plane = np.stack(np.meshgrid(x1, x2), axis=-1).reshape(-1, 2)
        margin = self.margin(plane)
        pieces = border(x1, x2, margin.reshape(size, size))
        low, high = np.transpose([*ends, *ends])
        return {
            "step": self.step,
            "loss": self.loss,
            "right": self.right(),
            "dead": self.dead(),
            "norm": self.norm(),
            "words": self.words(),
            "broken": self.broken,
            "size": size,
            "plane": encoded(np.rint(255 * sigmoid(margin)), "u1"),
            "border": encoded(np.rint(65535 * (pieces - low) / (high - low)), "<u2"),
            "stretch": self.stretch,
            "curve": encoded(np.minimum(self.curve, 3e38), "<f4"),
            "hidden": len(self.parameters.b1),
            "outputs": encoded(self.outputs()),
            "p": self.probability(self.x).tolist() if _few(self.x) else [],
        }


def _examples(name: str) -> tuple[NDArray, NDArray]:
    return xor() if name == "xor" else moons(200, 0.15, np.random.default_rng(0))


def _few(x: NDArray) -> bool:
    return len(x) <= 8


def extent(x: NDArray) -> list[list[float]]:
    """Return the ends of both axes: a square about the examples, with a margin of 1/2."""
    low, high = x.min(axis=0), x.max(axis=0)
    reach = (high - low).max() / 2 + 0.5
    return [[float(middle - reach), float(middle + reach)] for middle in (low + high) / 2]


def border(x1: NDArray, x2: NDArray, values: NDArray) -> NDArray:
    """Return the line where sampled values change their sign, in pieces.

    Drawn by contourpy, which draws Matplotlib's contours: in each quarter of a square of the
    grid, a triangle, the line is straight. A value of 0 counts as negative, as a tie goes to
    class 0.

    Parameters
    ----------
    x1, x2 : ndarray, shapes (columns,) and (rows,)
        Where the samples are.
    values : ndarray, shape (rows, columns)
        Such as the difference of two logits.

    Returns
    -------
    ndarray, shape (pieces, 4)
        The two ends of each piece: x1, x2, x1, x2.
    """
    lines = contour_generator(x1, x2, values, quad_as_tri=True).lines(0.0)
    return np.concatenate([np.empty((0, 4)), *(np.hstack([a[:-1], a[1:]]) for a in lines)])


class TrainingExplorer(Explorer):
    """The two-layer network in training; made by `explore_training`.

    A change of the learning rate holds from the next step on; every other setting begins a
    new run. Two views of one explorer show one run: a view that has not seen the last step
    is shown it before it may ask for more, so two that play are no faster than one.

    Attributes
    ----------
    examples : str
        What is learned, a key of `EXAMPLES`.
    function : str
        The hidden units' activation, a key of `ACTIVATIONS`.
    hidden, rate, seed : int, float, int
        The number of hidden units, the learning rate, the draw of the first weights.
    steps : int
        How many steps a frame has at most; not more than fit into `SLICE`.
    begun : bool
        Whether the page has ever asked: then what it would show without asking is old.
    run : Run
        The run that is shown.
    """

    examples = traitlets.Unicode().tag(sync=True)
    function = traitlets.Unicode().tag(sync=True)
    hidden = traitlets.Int().tag(sync=True)
    rate = traitlets.Float().tag(sync=True)
    seed = traitlets.Int().tag(sync=True)
    steps = traitlets.Int(RECORDED_STEPS).tag(sync=True)
    begun = traitlets.Bool(False).tag(sync=True)

    def __init__(self, **state: Any) -> None:
        super().__init__(**state)
        self._runs, self._trainer = 0, 0.0  # the view that took the last step
        self.reset()
        self.observe(self.reset, ["examples", "function", "hidden", "seed"])
        self.observe(self._change_rate, "rate")

    def reset(self, _change: object = None) -> None:
        """Begin a new run of the present settings."""
        g = ACTIVATIONS[self.function]
        self.run = Run(self.examples, g, self.hidden, self.rate, self.seed)
        self._runs += 1

    def _change_rate(self, _change: object) -> None:
        self.run.rate = self.rate

    def answer(
        self,
        *,
        changes: Mapping[str, Any] | None = None,
        reset: bool = False,
        steps: int = 0,
        seen: list[int] | None = None,
        view: float | None = None,
    ) -> dict[str, Any]:
        """Return the next frame.

        Parameters
        ----------
        changes : mapping, optional
            Settings that the hand has just changed.
        reset : bool
            Whether to begin the run anew.
        steps : int, optional
            How many steps to take first, within `SLICE`.
        seen : list of two int, optional
            The run and the step that the page has drawn. No step is taken from another run,
            nor from another step, unless it was this view that took it: a view may ask twice
            before it draws.
        view : float, optional
            Which view asks.
        """
        for name, value in (changes or {}).items():
            self.set_trait(name, value)
        if reset:
            self.reset()
        now = [self._runs, self.run.step]
        if steps and seen and (seen == now or (seen[0] == now[0] and view == self._trainer)):
            self._trainer = view or 0.0
            self.run.advance(steps, SLICE)
        self.begun = True
        state = {name: getattr(self, name) for name in SETTINGS}
        return self.run.frame() | {"run": self._runs, "state": state}

    def figure(self) -> Figure:
        """Return the static figure: the plane now, the plane later, and the loss between."""
        now, later = self.run, self._later()
        figure, axes = new_figure(1, 3, height=2.9, width_ratios=[1, 1, 1.15])
        with house_style():
            for ax, run in zip(axes, (now, later), strict=False):
                decision_regions(ax, run.probability, run.x, run.labels)
                ax.set_title(f"step {run.step}")
            axes[1].set(ylabel="")
            middle = np.arange(len(later.curve)) * later.stretch
            low, high = np.transpose(later.curve)
            axes[2].fill_between(middle, low, high, color=COLOURS["ink"], linewidth=1.4)
            axes[2].set(yscale="log", title="loss $L$ by step")
            axes[2].set_xlabel("step", fontsize=axes[0].xaxis.label.get_fontsize())
        return figure

    def _later(self) -> Run:
        later = copy.copy(self.run)
        later.curve = list(self.run.curve)
        later.advance(RECORDED_STEPS * (RECORDED_FRAMES - 1))
        return later

    def alt(self) -> str:
        """Return what the figure shows, in a sentence."""
        later = self._later()
        stages = ", and ".join(
            f"at step {run.step} the loss is {run.loss:.3g} and {run.right()} of "
            f"{len(run.x)} examples are right"
            for run in (self.run, later)
        )
        title = ACTIVATIONS[self.function].title
        return (
            f"A network of {self.hidden} {title} units learns {EXAMPLES[self.examples]} "
            f"at rate {self.rate:g}, draw {self.seed}: {stages}"
        )

    @traitlets.validate(*SETTINGS)
    def _check(self, proposal: Mapping[str, Any]) -> Any:
        return _checked(proposal["trait"].name, proposal["value"])


def _checked(name: str, value: Any) -> Any:
    """Return a setting that can be used; refuse any other with a way out."""
    if name == "function":
        return find_activation(value).name
    if name in CHOICES:
        usable, way_out = value in CHOICES[name], f"one of {', '.join(map(str, CHOICES[name]))}"
    elif name == "rate":
        usable, way_out = 1e-4 <= value <= 1e4, "one from 0.0001 to 10000"
    else:
        usable, way_out = 0 <= value < 2**53, "0 or a positive integer"
    if not usable:
        raise ValueError(f"{name} = {value!r} is out of range: choose {way_out}")
    return value


def explore_training(
    *,
    data: str = "xor",
    activation: Activation | str = tanh,
    hidden: int = 2,
    rate: float = 1.0,
    seed: int = 0,
) -> TrainingExplorer:
    """Return an interactive figure: the two-layer network learning two classes.

    The network is that of `course_utils.network`, with Xavier weights drawn with the seed,
    biases of 0, the cross-entropy, and gradient descent on all examples at once.

    Parameters
    ----------
    data : "xor" or "moons"
        The four points of XOR, or two hundred points in two half circles.
    activation : Activation or str
        The hidden units' activation, with its own parameters.
    hidden : int
        The number of hidden units: 2, 3, 4, 8 or 16.
    rate : float
        The learning rate.
    seed : int
        The draw of the first weights.

    Raises
    ------
    ValueError
        If there is no such data or activation, or a number is out of range.
    """
    state = {
        "examples": data,
        "function": find_activation(activation).name,
        "hidden": hidden,
        "rate": float(rate),
        "seed": seed,
        "steps": RECORDED_STEPS,
        "begun": False,
    }
    for name in SETTINGS:
        _checked(name, state[name])
    data = {
        "kind": "training",
        "state": state,
        "choices": {name: dict(titles) for name, titles in CHOICES.items()},
        "rates": list(RATES),
        "points": {name: _points(name) for name in EXAMPLES},
        "record": _record(Run(data, ACTIVATIONS[state["function"]], hidden, state["rate"], seed)),
    }
    return TrainingExplorer(data=data, **state)


def _points(examples: str) -> dict[str, Any]:
    x, labels = _examples(examples)
    return {"x": encoded(x, "<f4"), "labels": labels.tolist(), "extent": extent(x)}


def _record(run: Run) -> dict[str, Any]:
    """Return a short run's frames, for pages that have no kernel to ask; the first is the start.

    The frames share one loss curve: each has seen its beginning.
    """
    frames = []
    for _ in range(RECORDED_FRAMES):
        frame = run.frame(RECORDED_GRID)
        curve = frame.pop("curve")
        frames.append(frame)
        run.advance(RECORDED_STEPS)
    return {"curve": curve, "frames": frames}
