"""What all explorers share: the page's code, the static picture, questions from the page."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import anywidget
import numpy as np
import traitlets
from matplotlib.figure import Figure

from course_utils.activations import ACTIVATIONS, Activation
from course_utils.figures import picture

__all__ = [
    "Explorer",
    "FunctionExplorer",
    "encoded",
    "find_activation",
    "limits",
    "page_code",
    "page_style",
    "position",
    "round_numbers",
]

PAGE = Path(__file__).with_name("page")
PARTS = (
    "numbers",
    "pieces",
    "plane",
    "activation",
    "graph",
    "kink",
    "step_limit",
    "zigzag",
    "gradient_flow",
    "training",
    "doors",
)
"""The modules in ``page/``, each after those that it imports from."""

MANTISSAS = """
    1 1.05 1.1 1.2 1.25 1.3 1.4 1.5 1.6 1.7 1.8 1.9 2 2.1 2.2 2.4 2.5 2.6 2.8 3
    3.2 3.4 3.6 3.8 4 4.2 4.5 4.8 5 5.3 5.6 6 6.4 6.7 7.1 7.5 8 8.5 9 9.5
""".split()
"""Forty steps of about 6 % from 1 to 10 in round numbers: those of ISO 3, but for 6.4."""


def page_code() -> str:
    """Return the modules of ``page/`` as one, which is what a notebook's widget needs."""
    *parts, last = [(PAGE / f"{part}.js").read_text(encoding="utf-8") for part in PARTS]
    inner = [re.sub(r"^export (?=\w)", "", part, flags=re.MULTILINE) for part in parts]
    whole = "\n".join([*inner, last])
    return re.sub(r"^import [^;]*;\n", "", whole, flags=re.MULTILINE)


def page_style() -> str:
    """Return the style sheets of ``page/`` as one: what is common first, then each kind's own."""
    sheets = [PAGE / "explorer.css", *(PAGE / f"{part}.css" for part in PARTS)]
    return "\n".join(sheet.read_text(encoding="utf-8") for sheet in sheets if sheet.exists())


class Explorer(anywidget.AnyWidget):
    """An interactive figure; each kind is a subclass here and a module in ``page/``.

    A subclass adds its state as traitlets that are synchronised (tag ``sync=True``), and says
    what stands in its place where nothing can move: `figure` and `alt`. Where the page needs
    numbers that cannot be sampled beforehand, it asks, and the subclass has an `answer`.

    Attributes
    ----------
    data : dict
        What the page draws, ready for JSON: ``kind``, ``state`` at the start, and curves.
    """

    _esm = page_code()
    _css = page_style()
    data = traitlets.Dict().tag(sync=True)

    def __init__(self, **state: Any) -> None:
        super().__init__(**state)
        self.on_msg(self._hear)

    def figure(self) -> Figure:
        """Return the static figure of the present state."""
        raise NotImplementedError

    def alt(self) -> str:
        """Return what the figure shows, in a sentence."""
        raise NotImplementedError

    def answer(self, **question: Any) -> dict[str, Any]:
        """Return what the page asks for, ready for JSON; an exception's words are shown there."""
        raise NotImplementedError

    def _hear(self, _explorer: Explorer, message: Mapping[str, Any], _buffers: object) -> None:
        try:
            answer = self.answer(**message["question"])
        except Exception as error:  # whatever it is, the page must not wait for ever
            answer = {"problem": f"{error}"}
        self.send({**answer, "answer": message["ask"]})

    def __repr__(self) -> str:
        return f"[explorer] {self.alt()}"

    def _repr_mimebundle_(self, **options: Any) -> tuple[dict, dict]:
        """Return the live view, and beside it the picture for readers without a kernel."""
        bundle, metadata = super()._repr_mimebundle_(**options)
        alt = self.alt()
        bundle |= {"text/html": picture(self.figure(), alt=alt), "text/plain": repr(self)}
        return bundle, metadata | {"text/html": {"alt": alt}}


class FunctionExplorer(Explorer):
    """An explorer of one activation, of several to choose from.

    Its ``data["functions"]`` holds what is sampled of each, with ``alphas``, the bounds of its
    parameter, and ``alpha``, where that starts; None for a function that has none.

    Attributes
    ----------
    function : str
        The name of the function that is shown, a key of `ACTIVATIONS`.
    alpha : float or None
        Its parameter; None for a function that has none.
    """

    function = traitlets.Unicode().tag(sync=True)
    alpha = traitlets.Float(None, allow_none=True).tag(sync=True)

    _restarting: tuple[str, ...] = ("alpha",)
    """What begins anew with each function; its starts stand in ``data["functions"]``."""
    _sent: frozenset[str] = frozenset()

    def set_state(self, sync_data: Mapping[str, Any]) -> None:
        """Take what the page sends: a new function, and where its alpha has got to since."""
        self._sent = frozenset(sync_data)
        try:
            super().set_state(sync_data)
        finally:
            self._sent = frozenset()

    def shown(self) -> Mapping[str, Any]:
        """Return the data of the function that is shown."""
        return self.data["functions"][self.function]

    def activation(self) -> Activation:
        """Return the function that is shown, with its alpha."""
        parameters = {} if self.alpha is None else {"alpha": self.alpha}
        return ACTIVATIONS[self.function].with_parameters(**parameters)

    @traitlets.validate("function")
    def _check_function(self, proposal: Mapping[str, Any]) -> str:
        name, known = proposal["value"], self.data["functions"]
        if name not in known:
            raise ValueError(f"no function {name!r} in this explorer: choose {', '.join(known)}")
        return name

    @traitlets.validate("alpha")
    def _check_alpha(self, proposal: Mapping[str, Any]) -> float | None:
        alpha, bounds = proposal["value"], self.shown()["alphas"]
        if bounds is None and alpha is not None:
            raise ValueError(f"{self.function} has no alpha")
        if bounds is not None and (alpha is None or not bounds[0] <= alpha <= bounds[1]):
            raise ValueError(f"alpha = {alpha} lies outside {bounds[0]:g} to {bounds[1]:g}")
        return alpha

    @traitlets.observe("function")
    def _restart(self, change: Mapping[str, Any]) -> None:
        """Begin anew with each function, but for what is given: at the start, or by the page."""
        if change["old"]:
            for name in self._restarting:
                if name not in self._sent:
                    setattr(self, name, self.shown()[name])


def encoded(numbers: Any, kind: str = "<f8") -> str:
    """Return an array in base64, as the page's ``decode`` reads it; ``"<f4"`` and ``"u1"`` too."""
    return base64.b64encode(np.asarray(numbers).astype(kind).tobytes()).decode()


def find_activation(activation: Activation | str) -> Activation:
    """Return the activation of that name; one that is an `Activation` already stays as it is.

    Raises
    ------
    ValueError
        If the course has no such function.
    """
    name = getattr(activation, "name", activation)
    if name not in ACTIVATIONS:
        raise ValueError(f"no activation {name!r}: choose one of {', '.join(ACTIVATIONS)}")
    return ACTIVATIONS[name] if isinstance(activation, str) else activation


def limits(y: np.ndarray) -> list[float]:
    """Return the ends of an axis that shows all of y, with the margins of the static figure."""
    lowest, highest = float(y.min()), float(y.max())
    margin = 0.14 * (highest - lowest)
    return [lowest - margin, highest + margin] if margin else [lowest - 0.25, lowest + 1.25]


def round_numbers(low: float, high: float) -> np.ndarray:
    """Return the round numbers from low to high, forty for each factor of ten.

    A logarithmic slider has them as its positions: four positions on, a number is about
    1.25 times as large, and forty positions on it is exactly ten times as large.
    """
    decades = range(int(np.floor(np.log10(low))), int(np.floor(np.log10(high))) + 1)
    every = np.array([float(f"{m}e{n}") for n in decades for m in MANTISSAS])
    return every[(every >= low) & (every <= high)]


def position(name: str, value: float, positions: np.ndarray) -> int:
    """Return where in the rising `positions` of a slider a value is.

    Raises
    ------
    ValueError
        If it is none of them; the words name the nearest.
    """
    at = np.flatnonzero(np.isclose(positions, value, rtol=1e-9, atol=0))
    if at.size:
        return int(at[0])
    if not positions[0] <= value <= positions[-1]:
        raise ValueError(
            f"{name} = {value:g} lies outside {positions[0]:g} to {positions[-1]:g}: "
            "choose one inside"
        )
    k = int(np.searchsorted(positions, value))
    near = " or ".join(f"{x:g}" for x in positions[k - 1 : k + 1])
    raise ValueError(f"{name} = {value:g} is no position of its slider: choose {near}")
