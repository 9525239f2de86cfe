"""The drawing of a computational graph: where its boxes stand, and how its edges run.

Used by `course_utils.graph.draw`, and by the explorer that steps through a graph. Nothing
here knows what a gradient is; the graph says what to write, `layout_of` finds the places,
as plain data, and `figure_of` draws them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cache

from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch
from matplotlib.path import Path
from matplotlib.textpath import TextPath

from course_utils.figures import COLOURS, house_style
from course_utils.graph import Graph, Node, Step, short

__all__ = ["Box", "Edge", "Label", "Layout", "figure_of", "fitted", "layout_of", "picture_of"]

# All lengths are in inches. A graph is laid out in columns. An edge that passes over a
# column has a free lane there: an item without a node.


# Size of type in points, significant digits, air between things: the first that fits is taken.
_LOOKS = ((11, 4, 1), (10, 4, 1), (9, 4, 1), (9, 3, 1), (9, 3, 0.6), (9, 2, 0.5))


@dataclass(frozen=True)
class Label:
    """A text at a place, and whether it is ``"ink"``, a ``"function"`` or a ``"derivative"``."""

    text: str
    x: float
    y: float
    look: str
    is_bold: bool = False

    @property
    def style(self) -> str:
        """Upright, but for what belongs to a derivative."""
        return "italic" if self.look == "derivative" else "normal"


@dataclass(frozen=True)
class Box:
    """A node's box, from its lower left corner, and all that is written on it and beside it.

    ``total`` is where the sum of a node's gradients stands, for one that is used twice.
    """

    name: str
    is_input: bool
    x: float
    y: float
    width: float
    height: float
    labels: tuple[Label, ...]
    total: Label | None


@dataclass(frozen=True)
class Edge:
    """An edge from a node to its use, which is the ``input``-th of ``target``, or the open end.

    Each of its pieces is straight from point 0 to 1, bends by points 2 and 3 to 4, and is
    straight to point 5; the last one ends in an arrow.
    """

    source: str
    target: str | None
    input: int
    pieces: tuple[tuple[tuple[float, float], ...], ...]
    value: Label
    gradient: Label


@dataclass(frozen=True)
class Layout:
    """Where everything stands, in inches from the lower left corner; type in points.

    No number takes more than ``room`` characters, where it is not 0 (see `fitted`).
    """

    width: float
    height: float
    size: float
    digits: int
    room: int
    boxes: tuple[Box, ...]
    edges: tuple[Edge, ...]
    key: tuple[Label, ...]


def fitted(number: float, digits: int, room: int = 0) -> str:
    """Return a number in so many digits, or in so few that it fits into ``room`` characters.

    >>> fitted(-0.00012345, 4), fitted(-0.00012345, 4, room=7), fitted(-0.00012345, 4, room=6)
    ('−0.0001234', '−0.0001', '−1e-04')
    """
    texts = (short(number, count) for count in range(digits, 0, -1))
    text = next((text for text in texts if not room or len(text) <= room), f"{number:.0e}")
    if room:  # a short minus in the exponent, as the width is scarce
        return "\N{MINUS SIGN}" + text[1:] if text.startswith("-") else text
    return text.replace("-", "\N{MINUS SIGN}")


@dataclass(eq=False)
class _Item:
    """A box, a lane that an edge passes through, or the open end behind the last node."""

    node: Node | None
    column: int
    width: float = 0.0
    above: float = 0.06  # how far it reaches up and down from its centre
    below: float = 0.06
    half: float = 0.0  # half the height of the box
    y: float = 0.0


@dataclass(frozen=True, eq=False)
class _Link:
    """A piece of an edge from one column to the next, with what is written on it."""

    source: _Item
    target: _Item
    rise: float = 0.0  # from the target's centre to the point of arrival
    labels: tuple[str, str] = ("", "")
    use: tuple[Node, Node | None, int] | None = None  # at the last piece: the edge that it ends


def picture_of(graph: Graph, backward: bool) -> Figure:
    """Return the drawing of `course_utils.graph.draw`, as roomy as it fits."""
    return figure_of(layout_of(graph, backward))


def layout_of(
    graph: Graph, backward: bool = True, *, limit: float = 7.6, for_any: bool = False
) -> Layout:
    """Return where everything stands, as roomy as it fits into the limit (in inches).

    Parameters
    ----------
    graph : Graph
        What to lay out; where ``backward``, its gradients must be there.
    backward : bool
        Leave room for gradients, and write them.
    limit : float
        The width that the look has to fit into; none is narrower than 7.6.
    for_any : bool
        Leave room for other numbers than those that are there: for a drawing that changes.
    """
    with house_style():
        for size, digits, air in _LOOKS:
            picture = _Picture(graph, backward, size, digits, air, for_any)
            if picture.natural <= limit:
                break
        else:
            picture = _Picture(graph, backward, *_LOOKS[3], for_any)
        return picture.layout()


class _Picture:
    """One layout of a graph: for one size of type, number of digits, and air between things."""

    def __init__(
        self,
        graph: Graph,
        backward: bool,
        size: float,
        digits: int,
        air: float,
        for_any: bool,
    ) -> None:
        self.graph, self.size, self.digits, self.air = graph, size, digits, air
        self.room = max(len("-0.") + digits, len("-8e-08")) if for_any else 0
        self.line = size * 1.3 / 72
        self.steps: dict[Node, list[Step]] = {}
        for step in graph.steps if backward else ():
            self.steps.setdefault(step.node, []).append(step)
        self.columns: list[list[_Item]] = []
        self.links: list[_Link] = []
        self.items: dict[Node, _Item] = {}
        self.uses = {node: 0 for node in graph.nodes}
        for node in graph.nodes:
            for parent in node.inputs:
                self.uses[parent] += 1
        self._make_items()
        self._place_vertically()
        self._place_horizontally()

    def text(self, number: float) -> str:
        return fitted(number, self.digits, self.room)

    def measure(self, text: str, style: str = "normal", weight: str = "normal") -> float:
        return _width(text, style, weight) * self.size / 72

    def lines(self, node: Node) -> list[str]:
        """Return what stands in a box: the operation, with its local derivatives around it.

        The derivatives of a product's two factors differ: each stands where its edge arrives.
        Those of a sum are all 1, written once.
        """
        lines = [node.operation.label, *dict.fromkeys(node.formulas)]
        if len(lines) == 3:
            lines[:2] = lines[1::-1]
        typeset = {"-": "\N{MINUS SIGN}", "^2": "\N{SUPERSCRIPT TWO}"}
        for plain, nice in typeset.items():
            lines = [line.replace(plain, nice) for line in lines]
        return lines if node.inputs else [node.name]

    def total(self, node: Node) -> str:
        """Return the sum of the gradients of a node that is used more than once, as text."""
        if self.uses[node] < 2 or not self.steps:
            return ""
        return f"\N{GREEK CAPITAL LETTER SIGMA} {self.text(self.graph.gradient(node))}"

    def _widest(self) -> list[str]:
        """Return numbers as wide as any that can come; none, if none other will come."""
        widest = ["\N{MINUS SIGN}0." + "8" * self.digits, "\N{MINUS SIGN}8e-08"]
        return widest if self.room else []

    def _total_width(self, node: Node) -> float:
        total = self.total(node)
        totals = [total, *(f"{total[:2]}{number}" for number in self._widest() if total)]
        return max(self.measure(text, style="italic") for text in totals)

    # What there is to place.

    def _make_items(self) -> None:
        depth: dict[Node, int] = {}
        for node in self.graph.nodes:
            depth[node] = max((depth[parent] + 1 for parent in node.inputs), default=0)
        for node in self.graph.nodes:  # an input stands right before its first use
            later = [depth[user] for user in self.graph.nodes if node in user.inputs]
            if not node.inputs and later:
                depth[node] = min(later) - 1
        self.columns = [[] for _ in range(max(depth.values()) + 2)]
        for node in self.graph.nodes:
            if not self.uses[node]:
                self._add_box(node, depth)
                is_start = self.steps and node is self.graph.steps[0].node
                labels = (self.text(node.value), self.text(1.0) if is_start else "")
                end = self._add(_Item(None, depth[node] + 1, above=self.line, below=self.line))
                self.links.append(_Link(self.items[node], end, labels=labels, use=(node, None, 0)))

    def _add(self, item: _Item) -> _Item:
        self.columns[item.column].append(item)
        return item

    def _add_box(self, node: Node, depth: dict[Node, int]) -> _Item:
        """Add a node and, before it, all that it is computed from, from top to bottom."""
        if node in self.items:
            return self.items[node]
        widths = [self.measure(line, style="italic") for line in self.lines(node)]
        widths.append(self.measure(node.name, weight="bold"))
        pitch = 2 * self.line + 0.08  # between the points at which two edges arrive
        half = max((2 if node.inputs else 1) * self.line + 0.14, pitch * len(node.inputs)) / 2
        item = self.items[node] = _Item(
            node,
            depth[node],
            width=max(*widths, self._total_width(node) - 0.1) + 0.14 * self.air,
            above=half + (self.line + 0.04) * bool(node.inputs) + 0.04,
            below=half + (self.line + 0.04) * bool(self.total(node)) + 0.04,
            half=half,
        )
        for k, parent in enumerate(node.inputs):
            source = self._add_box(parent, depth)
            for column in range(depth[parent] + 1, depth[node]):
                lane = self._add(_Item(None, column))
                self.links.append(_Link(source, lane))
                source = lane
            back = self.steps[node][k].downstream if node in self.steps else None
            labels = (self.text(parent.value), "" if back is None else self.text(back))
            rise = ((len(node.inputs) - 1) / 2 - k) * pitch
            self.links.append(_Link(source, item, rise, labels, (parent, node, k)))
        return self._add(item)

    # Where it goes.

    def _place_vertically(self) -> None:
        """Make the edges as level as the boxes' heights allow, sweeping to and fro."""
        for column in self.columns:
            y = 0.0
            for item in column:
                item.y = y - item.above
                y -= item.above + item.below

        def wish(item: _Item, before: bool, after: bool) -> float:
            ends = [k.source.y - k.rise for k in self.links if before and k.target is item]
            ends += [k.target.y + k.rise for k in self.links if after and k.source is item]
            return sum(ends) / len(ends) if ends else item.y

        for sweep in range(40):
            for column in self.columns[:: -1 if sweep % 2 else 1]:
                _settle(column, [wish(item, before=True, after=True) for item in column])
        for column in self.columns:  # and now level from left to right, as it is read
            _settle(column, [wish(item, before=True, after=False) for item in column])
        used = {link.target for link in self.links}
        for column in reversed(self.columns):  # then the inputs, level with where they go
            _settle(column, [wish(item, False, item not in used) for item in column])
        bottom = min(item.y - item.below for column in self.columns for item in column)
        for item in (item for column in self.columns for item in column):
            item.y += self.line + 0.2 - bottom  # the key stands below
        self.height = max(item.y + item.above for column in self.columns for item in column) + 0.08

    def _place_horizontally(self) -> None:
        widths = [max((i.width for i in column), default=0.0) for column in self.columns]
        self.bends, labels = [], []
        for k in range(len(self.columns) - 1):
            gap = [link for link in self.links if link.source.column == k]
            steepest = max((abs(i.source.y - i.target.y - i.rise) for i in gap), default=0.0)
            self.bends.append(self.air * (0.06 if steepest < 0.02 else 0.2))
            measured = [self.measure(link.labels[0]) for link in gap]
            measured += [self.measure(link.labels[1], style="italic") for link in gap]
            measured += [self.measure(text, style="italic") for text in self._widest() if gap]
            labels.append(max(measured, default=0.0) + 0.04 + 0.12 * self.air)
        natural = sum(widths) + sum(self.bends) + sum(labels) + 0.2
        self.natural, self.width = natural, max(7.6, natural)
        extra = min(max(7.6 - natural, 0.0) / len(labels), 0.7)
        x = (self.width - natural - extra * len(labels)) / 2 + 0.1
        self.left, self.right = [], []
        for k, width in enumerate(widths):
            self.left.append(x)
            self.right.append(x + width)
            if k < len(labels):
                self.bends[k] += extra / 2
                x += width + self.bends[k] + labels[k] + extra / 2

    # The places, as plain data.

    def layout(self) -> Layout:
        edges, pieces = [], []
        for link in self.links:  # the pieces of an edge follow each other
            points, labels = self._run(link)
            pieces.append(points)
            if link.use:
                source, target, k = link.use
                name = target.name if target else None
                edges.append(Edge(source.name, name, k, tuple(pieces), *labels))
                pieces = []
        key = [Label("upright: value, forward \N{RIGHTWARDS ARROW}", 0.1, 0.13, "function")]
        if self.steps:
            start = self.graph.steps[0].node.name
            text = f"italic: gradient of {start}, \N{LEFTWARDS ARROW} backward"
            key.append(Label(text, 0.45 + self.measure(key[0].text), 0.13, "derivative"))
        return Layout(
            self.width,
            self.height,
            self.size,
            self.digits,
            self.room,
            tuple(self._box(item) for item in self.items.values()),
            tuple(edges),
            tuple(key),
        )

    def _box(self, item: _Item) -> Box:
        node, middle = item.node, (self.left[item.column] + self.right[item.column]) / 2
        labels = []
        if node.inputs:
            above = item.y + item.half + self.line / 2 + 0.03
            labels.append(Label(node.name, middle, above, "ink", is_bold=True))
        lines = self.lines(node)
        apart = self.line + 0.02 if len(lines) < 3 else self.line + 0.04
        for k, line in enumerate(lines):
            y = item.y + apart * ((len(lines) - 1) / 2 - k)
            is_operation = not node.inputs or k == (1 if len(lines) == 3 else 0)
            look = "ink" if is_operation else "derivative"
            labels.append(Label(line, middle, y, look, is_bold=not node.inputs))
        below = item.y - item.half - self.line / 2 - 0.03
        total = self.total(node)
        return Box(
            node.name,
            not node.inputs,
            middle - item.width / 2,
            item.y - item.half,
            item.width,
            2 * item.half,
            tuple(labels),
            Label(total, middle, below, "derivative") if total else None,
        )

    def _run(self, link: _Link) -> tuple[tuple[tuple[float, float], ...], tuple[Label, Label]]:
        """Return the points of a link (see `Edge`), and its labels."""
        k = link.source.column
        start = self.right[k] - (self.right[k] - self.left[k] - link.source.width) / 2
        column_width = self.right[k + 1] - self.left[k + 1]
        stop = self.left[k + 1] + (column_width - link.target.width) / 2
        y0, y1 = link.source.y, link.target.y + link.rise
        x1, x2 = self.right[k], self.right[k] + self.bends[k]
        middle = (x1 + x2) / 2
        points = ((start, y0), (x1, y0), (middle, y0), (middle, y1), (x2, y1), (stop, y1))
        at = (x2 + self.left[k + 1]) / 2 - 0.02
        shift = self.line / 2 + 0.02
        return points, (
            Label(link.labels[0], at, y1 + shift, "function"),
            Label(link.labels[1], at, y1 - shift, "derivative"),
        )


# Ink.


def figure_of(
    layout: Layout,
    *,
    written: Callable[[Label], str] = lambda label: label.text,
    marked: Collection[Box | Edge] = (),
) -> Figure:
    """Draw a layout.

    Parameters
    ----------
    layout : Layout
    written : function
        What to write in place of a label's text; nothing, if that is empty.
    marked : collection of Box and Edge
        What to draw with thicker lines.
    """
    with house_style():
        figure = Figure(figsize=(layout.width, layout.height), layout="none")
        ax = figure.add_axes((0, 0, 1, 1))
        ax.set(xlim=(0, layout.width), ylim=(0, layout.height))
        ax.set_axis_off()

        def write(label: Label, **options: object) -> None:
            text = written(label)
            if not text:
                return
            look = {"ha": "center", "va": "center", "fontsize": layout.size, "parse_math": False}
            look |= {"style": label.style, "weight": "bold" if label.is_bold else "normal"}
            ax.text(label.x, label.y, text, color=COLOURS[label.look], **(look | options))

        for edge in layout.edges:
            for points in edge.pieces:
                is_last = points is edge.pieces[-1]
                ax.add_patch(_line(points, is_last, 2.8 if edge in marked else 1.0))
            write(edge.value, zorder=4)
            write(edge.gradient, zorder=4)
        for box in layout.boxes:
            ax.add_patch(
                FancyBboxPatch(
                    (box.x, box.y),
                    box.width,
                    box.height,
                    boxstyle="round,pad=0,rounding_size=0.07",
                    facecolor="white" if box.is_input else "#f4f4f1",
                    edgecolor="#4d4d4d",
                    linewidth=2.8 if box in marked else 1.0,
                    zorder=3,
                )
            )
            for label in [*box.labels, *([box.total] if box.total else [])]:
                write(label, zorder=4)
        for label in layout.key:
            write(label, ha="left")
        return figure


def _line(points: tuple[tuple[float, float], ...], is_last: bool, width: float) -> FancyArrowPatch:
    codes = [Path.MOVETO, Path.LINETO, Path.CURVE4, Path.CURVE4, Path.CURVE4, Path.LINETO]
    return FancyArrowPatch(
        path=Path(points, codes),
        arrowstyle="-|>" if is_last else "-",
        mutation_scale=9,
        shrinkA=0,
        shrinkB=0,
        color="#6b6b6b",
        linewidth=width,
        zorder=2,
    )


def _settle(column: list[_Item], wishes: list[float]) -> None:
    """Move the items of a column, in their order, as near to their wishes as they fit.

    Items that would overlap move as one block to the mean of what they wish (isotonic
    regression by pooling neighbours).
    """
    offsets, room = [], 0.0
    for k, item in enumerate(column):
        room += (column[k - 1].below if k else 0.0) + item.above
        offsets.append(room)
    blocks: list[list[float]] = []
    for wish, offset in zip(wishes, offsets, strict=True):
        blocks.append([wish + offset, 1])
        while len(blocks) > 1 and blocks[-1][0] > blocks[-2][0]:
            mean, count = blocks.pop()
            blocks[-1][0] = (blocks[-1][0] * blocks[-1][1] + mean * count) / (blocks[-1][1] + count)
            blocks[-1][1] += count
    tops = [mean for mean, count in blocks for _ in range(int(count))]
    for item, top, offset in zip(column, tops, offsets, strict=True):
        item.y = top - offset


@cache
def _width(text: str, style: str, weight: str) -> float:
    """Return the width of a text in the house's typeface, in units of its size."""
    font = FontProperties(size=100, style=style, weight=weight)
    return TextPath((0, 0), text, prop=font).get_extents().x1 / 100 if text.strip() else 0.0
