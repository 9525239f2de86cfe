"""The static figures of the course: one house style, and alt text that travels with each.

The style itself is ``house.mplstyle`` beside this file. A lesson sets it once with
``plt.style.use("course_utils.house")``; the functions here draw inside it, return a
`matplotlib.figure.Figure`, and touch no global state. `show` puts a figure into the
notebook, with the words that stand for it.
"""

from __future__ import annotations

import base64
import hashlib
import html
import io
import sys
import textwrap
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import matplotlib.colors
import matplotlib.style
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from course_utils.activations import Activation

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = [
    "COLOURS",
    "LOOKS",
    "course_map",
    "decision_regions",
    "fingerprint",
    "function_and_derivative",
    "house_style",
    "new_figure",
    "picture",
    "show",
]

COLOURS: Mapping[str, str] = MappingProxyType(
    {
        "function": "#0072B2",
        "derivative": "#D55E00",
        "third": "#009E73",
        "fourth": "#CC79A7",
        "ink": "#1a1a1a",
        "faint": "#8a8a8a",
    }
)
"""What a colour means: a function is blue and solid, its derivative vermilion and dashed."""

LOOKS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "function": {"color": COLOURS["function"], "linestyle": "-"},
        "derivative": {"color": COLOURS["derivative"], "linestyle": "--"},
        "step": {"color": "#000000", "linestyle": ":"},
        "sigmoid": {"color": "#0072B2", "linestyle": "-"},
        "tanh": {"color": "#D55E00", "linestyle": "--"},
        "relu": {"color": "#009E73", "linestyle": "-."},
        "leaky_relu": {"color": "#CC79A7", "linestyle": (0, (3, 1))},
        "elu": {"color": "#6B4C9A", "linestyle": (0, (6, 1, 1, 1, 1, 1))},
    }
)
"""Colour and dash of each curve, by role or by activation: ``ax.plot(z, a, **LOOKS["tanh"])``."""


def house_style() -> AbstractContextManager:
    """Return a context in which figures are drawn in the house style."""
    return mpl.style.context("course_utils.house")


def new_figure(
    rows: int = 1, columns: int = 1, *, height: float = 3.4, width: float = 7.6, **options: Any
) -> tuple[Figure, Any]:
    """Return a figure in the house style and its axes, as `matplotlib.pyplot.subplots` does.

    Parameters
    ----------
    rows, columns : int
        Shape of the grid of axes.
    height, width : float
        Size in inches; 7.6 inches fill a notebook's default width.
    **options
        Passed to `matplotlib.figure.Figure.subplots`.
    """
    with house_style():
        figure = Figure(figsize=(width, height))
        return figure, figure.subplots(rows, columns, **options)


def function_and_derivative(
    activation: Activation, *, span: float = 6.0, mark: float | None = None, **parameters: float
) -> Figure:
    """Draw g above g', on one z axis, so that the slope stands below the point it belongs to.

    Parameters
    ----------
    activation : Activation
        The function to draw.
    span : float
        Draw z from ``-span`` to ``span``.
    mark : float, optional
        A value of z at which the point, its tangent and its slope are marked.
    **parameters : float
        Parameters of the activation, such as ``alpha=0.2``.
    """
    # An even count of points leaves out 0, so that a jump is drawn as a break.
    z = np.linspace(-span, span, 1200)
    a, slope = activation(z, **parameters), activation.derivative(z, **parameters)
    figure, (upper, lower) = new_figure(2, height=4.6, sharex=True)
    with house_style():
        for ax, y, look in ((upper, a, "function"), (lower, slope, "derivative")):
            jumps = np.append(np.abs(np.diff(y)) > 0.2, False)
            ax.plot(z, np.where(jumps, np.nan, y), **LOOKS[look])
            ax.axvline(0, color=COLOURS["faint"], linewidth=0.8, zorder=0)
            ax.margins(x=0, y=0.14)
        if np.ptp(slope) == 0:
            lower.set_ylim(-0.25, 1.25)
        upper.set_ylabel("$a = g(z)$")
        lower.set_ylabel("$g'(z)$")
        lower.set_xlabel("$z$")
        upper.set_title(f"{activation.title}: the value", color=COLOURS["function"])
        lower.set_title(f"{activation.title}: its slope", color=COLOURS["derivative"])
        if activation.kink:
            sides = activation.derivative(np.array([-1e-9, 1e-9]), **parameters)
            _mark_kink(lower, sides, activation.derivative(0.0, **parameters), "derivative")
            sides = activation(np.array([-1e-9, 1e-9]), **parameters)
            _mark_kink(upper, sides, activation(0.0, **parameters), "function")
        if mark is not None:
            _mark_tangent(upper, lower, activation, mark, span, parameters)
    return figure


def _mark_kink(ax: Axes, sides: np.ndarray, at_zero: float, look: str) -> None:
    """Where two branches end apart at z = 0, ring both ends and fill the one that is taken."""
    if abs(sides[1] - sides[0]) > 1e-6:
        colour = COLOURS[look]
        ax.plot([0, 0], sides, "o", color=colour, markerfacecolor="white", clip_on=False)
        ax.plot(0, at_zero, "o", color=colour, clip_on=False)


def _mark_tangent(
    upper: Axes,
    lower: Axes,
    activation: Activation,
    z: float,
    span: float,
    parameters: Mapping[str, float],
) -> None:
    """Mark the point at z, the tangent through it, and the slope below it."""
    a = float(activation(z, **parameters))
    slope = float(activation.derivative(z, **parameters))
    reach = span / 4 / np.hypot(1, slope)
    limits = upper.get_ylim()
    upper.plot(
        [z - reach, z + reach],
        [a - slope * reach, a + slope * reach],
        color=COLOURS["derivative"],
        linewidth=1.6,
        linestyle="--",
    )
    upper.set_ylim(limits)
    upper.plot(z, a, "o", color=COLOURS["function"])
    lower.plot(z, slope, "o", color=COLOURS["derivative"])
    lower.annotate(
        f"slope {slope:.4g} at z = {z:g}",
        (z, slope),
        xytext=(10, 6),
        textcoords="offset points",
        bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 1},
    )


def decision_regions(
    ax: Axes,
    predict: Callable[[NDArray], ArrayLike],
    x: ArrayLike,
    labels: ArrayLike,
    *,
    margin: float = 0.5,
) -> None:
    """Draw what a classifier of two classes says at each place of the plane, and the data.

    Class 0 is blue discs, class 1 vermilion squares. A place is the deeper in a class's
    colour the nearer its probability is to 1; the line stands where it is 1/2.

    Parameters
    ----------
    ax : Axes
        Where to draw; its limits and its aspect are set.
    predict : callable
        From points, shape (count, 2), to the probabilities of class 1, shape (count,).
    x : array_like, shape (count, 2)
        The data.
    labels : array_like, shape (count,)
        Their classes, 0 or 1.
    margin : float
        How far the plane reaches beyond the data, in their units.

    Raises
    ------
    ValueError
        If the shapes do not fit.
    """
    x, labels = np.asarray(x, dtype=float), np.asarray(labels)
    if x.ndim != 2 or x.shape[1] != 2 or labels.shape != x.shape[:1]:
        raise ValueError(
            f"expected x (count, 2) and labels (count,), got {x.shape} and {labels.shape}"
        )
    left, bottom = x.min(axis=0) - margin
    right, top = x.max(axis=0) + margin
    grid = np.meshgrid(np.linspace(left, right, 161), np.linspace(bottom, top, 161))
    probability = np.asarray(predict(np.column_stack([axis.ravel() for axis in grid])))
    if probability.shape != (grid[0].size,):
        raise ValueError(
            f"expected one probability a point, shape ({grid[0].size},), from predict, "
            f"got {probability.shape}: take the column of class 1"
        )
    probability = probability.reshape(grid[0].shape)
    colours = [COLOURS["function"], "#ffffff", COLOURS["derivative"]]
    shades = mpl.colors.LinearSegmentedColormap.from_list("classes", colours)
    ax.pcolormesh(*grid, probability, cmap=shades, vmin=0, vmax=1, alpha=0.45, rasterized=True)
    if probability.min() < 0.5 < probability.max():
        ax.contour(*grid, probability, levels=[0.5], colors=COLOURS["ink"], linewidths=1.4)
    for label, marker, colour in ((0, "o", colours[0]), (1, "s", colours[2])):
        ax.plot(*x[labels == label].T, marker, color=colour, markeredgecolor="white", markersize=6)
    ax.set(xlim=(left, right), ylim=(bottom, top), aspect="equal", xlabel="$x_1$", ylabel="$x_2$")
    ax.grid(False)


def course_map(lessons: Sequence[Any]) -> Figure:
    """Draw the lessons as boxes, each with arrows from the lessons that it needs.

    Parameters
    ----------
    lessons : sequence
        Rows with ``number``, ``slug``, ``title``, ``minutes`` and ``needs``, as
        `course_utils.notebooks.lessons` gives them. A lesson stands one column to the
        right of the last lesson it needs, in the first row or in one of its own; an arrow that
        follows from two others is left out.
    """
    place: dict[str, tuple[int, int]] = {}
    rows = 1
    below: dict[str, set[str]] = {}  # all that a lesson builds on, directly or not
    for lesson in lessons:
        direct = place.keys() & set(lesson.needs)
        below[lesson.slug] = direct.union(*(below[need] for need in direct))
        column = max((place[need][0] + 1 for need in direct), default=0)
        is_taken = (column, 0) in place.values()
        place[lesson.slug] = (column, -rows if is_taken else 0)
        rows += is_taken
    columns = 1 + max((column for column, _ in place.values()), default=0)
    figure, ax = new_figure(height=0.5 + 1.1 * rows)
    with house_style():
        boxes = {}
        for lesson in lessons:
            words = textwrap.fill(lesson.title.partition(":")[0], 9)
            boxes[lesson.slug] = ax.text(
                *place[lesson.slug],
                f"{lesson.number}\n{words}\n{lesson.minutes} min",
                ha="center",
                va="center",
                fontsize=8.5,
                bbox={"boxstyle": "round,pad=0.3", "fc": "white", "ec": COLOURS["function"]},
            ).get_bbox_patch()
        for lesson in lessons:
            direct = boxes.keys() & set(lesson.needs)
            for need in sorted(direct - set().union(*(below[other] for other in direct))):
                arrow = {"arrowstyle": "->", "color": COLOURS["faint"]}
                arrow |= {"patchA": boxes[need], "patchB": boxes[lesson.slug]}
                ax.annotate("", place[lesson.slug], place[need], arrowprops=arrow, zorder=2)
        ax.set(xlim=(-0.6, columns - 0.4), ylim=(0.5 - rows, 0.5))
        ax.set_axis_off()
    return figure


# ------------------------------------------------------------------- into the notebook


def show(figure: Figure, *, alt: str) -> None:
    """Display a figure in the notebook together with the words that stand for it.

    The output is an ``<img>`` with `alt`, sharp on dense screens and never wider than the
    page. It also carries the picture's `fingerprint`, so that a notebook test sees when
    what is drawn changes, although no pixel is ever compared.

    Parameters
    ----------
    figure : Figure
        What to show. A figure made by pyplot is closed, so that it does not appear twice.
    alt : str
        What the figure shows, in a sentence: not "a plot of sigmoid" but "the slope of
        sigmoid peaks at 1/4 at z = 0 and is below 1e-4 beyond |z| = 10".

    Raises
    ------
    ValueError
        If `alt` is empty.
    """
    from IPython.display import display

    bundle = {"text/html": picture(figure, alt=alt), "text/plain": f"[figure] {alt}"}
    display(bundle, raw=True, metadata={"text/html": {"alt": alt}})


def picture(figure: Figure, *, alt: str) -> str:
    """Return the ``<img>`` that `show` puts into the notebook; the parameters are the same."""
    if not alt.strip():
        raise ValueError("alt is empty: say in a sentence what the figure shows")
    encoded = base64.b64encode(_png(figure)).decode()
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close(figure)
    width = round(figure.get_figwidth() * 100)
    return (
        f'<img alt="{html.escape(alt)}" width="{width}" data-drawn="{fingerprint(figure)}" '
        f'style="max-width: 100%; height: auto; border-radius: 4px" '
        f'src="data:image/png;base64,{encoded}">'
    )


def _png(figure: Figure) -> bytes:
    """Return the figure as a PNG of at most 256 colours: a third of the size, no eye sees it."""
    buffer = io.BytesIO()
    with house_style():
        figure.savefig(buffer, format="png")
    pixels = Image.open(buffer).convert("RGB").quantize(256, dither=Image.Dither.NONE)
    buffer = io.BytesIO()
    pixels.save(buffer, format="png", optimize=True)
    return buffer.getvalue()


def fingerprint(figure: Figure) -> str:
    """Return eight characters that change when the drawn data or texts change.

    Every curve, marker, image and text counts, to a thousandth of its axis, which is finer
    than the eye and far coarser than the last digits in which two machines may differ.
    """
    digest = hashlib.sha256()
    for ax in figure.axes:
        ax.get_xlim(), ax.get_ylim()  # settles the limits of axes that were not drawn yet
        to_axes = ax.transScale + ax.transLimits  # data -> fractions of the axes
        points = [line.get_xydata() for line in ax.get_lines()]
        points += [getattr(text, "xy", text.get_position()) for text in ax.texts]
        colours = [image.get_array() for image in ax.images]
        for patch in ax.patches:
            points.append(patch.get_patch_transform().transform(patch.get_path().vertices))
        for collection in ax.collections:
            points.append(np.ma.filled(collection.get_offsets(), np.nan))
            if hasattr(collection, "get_coordinates"):  # a mesh: its corners, not each cell
                points.append(np.reshape(collection.get_coordinates(), (-1, 2)))
            else:
                points += [path.vertices for path in collection.get_paths()]
            colours += [collection.get_array(), *(getattr(collection, c, None) for c in "UV")]
        for vertices in points:
            _digest_numbers(digest, to_axes.transform(np.atleast_2d(vertices)))
        for values in colours:
            _digest_numbers(digest, _scaled(values))
        texts = [*ax.texts, ax.title, ax._left_title, ax.xaxis.label, ax.yaxis.label]
        digest.update("\n".join(text.get_text() for text in texts).encode())
    return digest.hexdigest()[:8]


def _scaled(values: np.ndarray | None) -> np.ndarray:
    """Colour values or arrow lengths, as fractions of the largest."""
    if values is None:
        return np.zeros(0)
    values = np.ma.filled(np.ma.asarray(values, dtype=float), np.nan)
    return values / (np.nanmax(np.abs(values), initial=0) or 1.0)


def _digest_numbers(digest: hashlib._Hash, fractions: np.ndarray) -> None:
    # The odd offset keeps round fractions away from the borders of the rounding.
    steps = np.floor(np.nan_to_num(fractions, nan=-9, posinf=9, neginf=-8) * 1000 + 0.3217)
    digest.update(np.clip(steps, -1e6, 1e6).astype("<i8").tobytes())
