"""A computational graph, stepped forward and backward node by node."""

from __future__ import annotations

import math
import string
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import traitlets
from matplotlib.figure import Figure

from course_utils.explore.base import Explorer, encoded
from course_utils.graph import Graph, Node, short
from course_utils.graph_drawing import Box, Edge, Label, Layout, figure_of, fitted, layout_of

__all__ = ["GraphExplorer", "explore_graph", "numbers_of", "positions", "stages_of"]

MOST_NUMBERS = 16_000
"""So many numbers may travel to the page beforehand; for more, it asks."""
MANY_INPUTS = 4
"""From so many inputs on there is one slider, with a menu of whose it is."""
PIXELS = 100  # an inch, in the page's drawing

Piece = str | list[int]  # a text; [k], the k-th number; [k, 1], that in brackets if negative


class GraphExplorer(Explorer):
    """A graph stepped through, forward and backward; made by `explore_graph`.

    Attributes
    ----------
    stage : int
        How far the walk is: 0 knows the inputs only, and the last stage all gradients.
    inputs : dict
        The inputs' values by name. Set some or all of them; each goes to the nearest
        position of its slider.
    chosen : str
        The input whose slider is shown, where they are too many to show all.
    """

    stage = traitlets.Int().tag(sync=True)
    inputs = traitlets.Dict().tag(sync=True)
    chosen = traitlets.Unicode().tag(sync=True)

    def __init__(self, graph: Graph, output: str, layout: Layout, **state: Any) -> None:
        self._graph, self._output, self._layout = graph, output, layout
        super().__init__(**state)

    def answer(self, inputs: Mapping[str, float]) -> dict[str, Any]:
        """Return all numbers of the graph at some inputs, as the page asks for them."""
        return {"numbers": encoded(self.numbers(inputs))}

    def numbers(self, inputs: Mapping[str, float] | None = None) -> np.ndarray:
        """Return all numbers of the graph (see `numbers_of`), by default at the present inputs."""
        for name, value in (self.inputs if inputs is None else inputs).items():
            self._graph.set(name, value)
        self._graph.forward()
        return numbers_of(self._graph, self._output)

    def words(self) -> str:
        """Return what the present stage shows, the words that stand beside the figure."""
        numbers = self.numbers()
        return "".join(_written(piece, numbers) for piece in self._stage()["words"])

    def figure(self) -> Figure:
        """Return the static figure of the present state; what is not reached yet is left out."""
        numbers, layout, marks = self.numbers(), self._layout, {}
        for mark in self.data["marks"]:
            marks[mark["x"], mark["y"]] = _known(mark, self.stage, numbers, layout)

        def written(label: Label) -> str:
            return marks.get(_pixels(layout, label.x, label.y), label.text)

        boxes, edges = self._stage()["boxes"], self._stage()["edges"]
        marked = [layout.boxes[k] for k in boxes] + [layout.edges[k] for k in edges]
        return figure_of(layout, written=written, marked=marked)

    def alt(self) -> str:
        """Return what the figure shows, in words."""
        last = len(self.data["stages"]) - 1
        return f"{self.data['title']}, step {self.stage} of {last}. {self.words()}".replace(
            "\n", " "
        )

    def _stage(self) -> dict[str, Any]:
        return self.data["stages"][self.stage]

    @traitlets.validate("stage")
    def _check_stage(self, proposal: Mapping[str, Any]) -> int:
        stage, last = proposal["value"], len(self.data["stages"]) - 1
        if not 0 <= stage <= last:
            raise ValueError(f"stage = {stage} is out of range: choose one from 0 to {last}")
        return stage

    @traitlets.validate("inputs")
    def _check_inputs(self, proposal: Mapping[str, Any]) -> dict[str, float]:
        values = {**self.inputs, **proposal["value"]}
        for name, value in values.items():
            at = self.data["positions"].get(name)
            if at is None:
                known = ", ".join(self.data["positions"])
                raise ValueError(f"this graph has no input {name!r}: choose {known}")
            if not isinstance(value, int | float) or not at[0] <= value <= at[-1]:
                raise ValueError(
                    f"{name} = {value} lies outside {at[0]:g} to {at[-1]:g}: choose {name} "
                    f"inside, or another range, ranges={{{name!r}: (low, high)}}"
                )
            values[name] = min(at, key=lambda position, value=value: abs(position - value))
        self.numbers(values)  # an exception says which node cannot be computed
        return values

    @traitlets.validate("chosen")
    def _check_chosen(self, proposal: Mapping[str, Any]) -> str:
        if proposal["value"] not in self.data["positions"]:
            known = ", ".join(self.data["positions"])
            raise ValueError(f"this graph has no input {proposal['value']!r}: choose {known}")
        return proposal["value"]


def explore_graph(
    graph: Graph,
    *,
    output: str | None = None,
    stage: int = 0,
    ranges: Mapping[str, tuple[float, ...]] | None = None,
) -> GraphExplorer:
    """Return an interactive figure: the graph of `course_utils.graph.draw`, step by step.

    Each step forward computes a node; then each step backward walks an edge. The sliders
    change the inputs, and all that is known follows. The graph that you give is copied, so
    it stays as it is.

    Parameters
    ----------
    graph : Graph
        What to step through; up to about 25 nodes are legible.
    output : str, optional
        The node that the walk back starts from; may be left out if the graph has one end.
    stage : int
        Where to begin; 0 knows the inputs only.
    ranges : mapping, optional
        The slider of an input, by name: ``{"z": (-4, 4)}``, or with its step
        ``{"z": (-4, 4, 0.5)}``. By default from -6 to 6, or further if the input is. The
        positions are counted from the value that the input has in the graph.

    Raises
    ------
    ValueError
        If the graph has nothing to compute or several ends, if a range does not fit, or if
        the graph of one input cannot be computed in its whole range.

    Notes
    -----
    For a graph of one input all numbers are computed beforehand, so that its slider needs no
    kernel (unless there are more than `MOST_NUMBERS`). For others the page asks.
    """
    graph = graph.copy()
    graph.backward(output)  # says what to do if the graph has several ends
    if not graph.steps:
        raise ValueError("nothing to step through: the output is computed from no other node")
    start = graph.steps[0].node.name
    values = {node.name: node.value for node in graph.nodes if not node.inputs}
    unknown = set(ranges or {}) - set(values)
    if unknown:
        raise ValueError(
            f"ranges: this graph has no input {min(unknown)!r}: choose {', '.join(values)}"
        )
    at = {name: positions(name, value, (ranges or {}).get(name)) for name, value in values.items()}
    layout = layout_of(graph, limit=9.4, for_any=True)
    state = {"stage": stage, "inputs": values, "chosen": next(iter(values))}
    data = {
        "kind": "graph",
        "state": state,
        "title": f"Computational graph of {len(graph.nodes)} nodes",
        "positions": at,
        "many": len(values) >= MANY_INPUTS,
        "stages": stages_of(graph, layout),
        "numbers": encoded(numbers_of(graph, start)),
        "table": _table(graph, start, at),
        **_drawing(graph, layout),
    }
    return GraphExplorer(graph, start, layout, data=data, **state)


# ------------------------------------------------------------------- numbers and words


def numbers_of(graph: Graph, output: str | Node | None = None) -> np.ndarray:
    """Walk the graph back, and return all numbers that a walk through it shows.

    First the nodes' values, in the order in which they were made. Then four for each step
    back, in the order of `Graph.backward`: upstream, local, downstream, and what has
    arrived so far at the node that it leads to.
    """
    arrived: dict[Node, float] = {}
    numbers = [node.value for node in graph.nodes]
    for step in graph.backward(output):
        arrived[step.parent] = arrived.get(step.parent, 0.0) + step.downstream
        numbers += [step.upstream, step.local, step.downstream, arrived[step.parent]]
    return np.array(numbers)


def positions(name: str, value: float, bounds: tuple[float, ...] | None = None) -> list[float]:
    """Return the positions of an input's slider, of which its value is one.

    Parameters
    ----------
    name, value : str, float
        The input.
    bounds : tuple, optional
        (low, high) or (low, high, step); the default step makes 100 positions or more.

    Raises
    ------
    ValueError
        If the value lies outside the bounds, or the step does not fit them.
    """
    reach = max(6.0, 2 * math.ceil(abs(value)))
    low, high, *step = (-reach, reach) if bounds is None else map(float, bounds)
    if not (math.isfinite(low) and math.isfinite(high) and low <= value <= high and low < high):
        raise ValueError(
            f"{name} = {value:g} does not lie in its range, {low:g} to {high:g}: choose a range "
            "around it"
        )
    fine = 10.0 ** math.floor(math.log10((high - low) / 100))
    fine *= max(m for m in (1, 2, 5) if m * fine <= (high - low) / 100 * (1 + 1e-9))
    step = step[0] if step else fine
    if not (high - low) / 1000 <= step <= high - low:
        raise ValueError(
            f"{name}: the step {step:g} does not fit {low:g} to {high:g}: choose one that makes "
            "1 to 1000 steps"
        )
    first, last = math.ceil((low - value) / step - 1e-9), math.floor((high - value) / step + 1e-9)
    return [round(value + k * step, 9) + 0.0 if k else value for k in range(first, last + 1)]


def _table(graph: Graph, output: str, at: Mapping[str, list[float]]) -> str | None:
    """Return the numbers of a graph of one input at every position; None if it has more."""
    if len(at) > 1:
        return None
    [(name, values)] = at.items()
    if len(values) * numbers_of(graph, output).size > MOST_NUMBERS:
        return None
    graph, rows = graph.copy(), []
    for value in values:
        graph.set(name, value)
        try:
            graph.forward()
        except ValueError as error:
            raise ValueError(
                f"{error}; or give another range, ranges={{{name!r}: (low, high)}}"
            ) from None
        rows.append(numbers_of(graph, output))
    return encoded(rows)


def stages_of(graph: Graph, layout: Layout) -> list[dict[str, Any]]:
    """Return the stages of the walk: words with places for numbers, what to mark, how far it is.

    Each node has its own stage on the way forward; then the output gets its gradient 1; then
    each step of `Graph.backward` has a stage. ``boxes`` and ``edges`` are counted as the
    layout has them, and ``back`` says which way the edges are walked. Words are pieces: texts,
    and numbers of `numbers_of`.
    """
    index = {node.name: k for k, node in enumerate(graph.nodes)}
    box = {box.name: k for k, box in enumerate(layout.boxes)}
    edge = {(e.target or e.source, e.target and e.input): k for k, e in enumerate(layout.edges)}
    inputs = [node for node in graph.nodes if not node.inputs]
    what = "The input is known" if len(inputs) == 1 else f"The {len(inputs)} inputs are known"
    words: list[Piece] = [what]
    if len(inputs) < MANY_INPUTS:
        words += [": ", *_listed([(node.name, index[node.name]) for node in inputs])]
    words.append(".\nEach step forward computes one node.")
    stages = [{"words": words, "boxes": [box[node.name] for node in inputs], "edges": []}]
    for node in (node for node in graph.nodes if node.inputs):
        names = [parent.name for parent in node.inputs]
        words = [f"{node.operation.label}: {node.name} = "]
        words += [*_filled(node.operation.expression, names), " = "]
        words += [*_filled(node.operation.expression, [index[name] for name in names]), " = "]
        words.append([index[node.name]])
        into = [edge[node.name, k] for k in range(len(names))]
        stages.append({"words": words, "boxes": [box[node.name]], "edges": into})
    start = graph.steps[0].node.name
    words = [f"Now backward, from {start}: d{start}/d{start} = 1."]
    words.append("\nAt each node, upstream x local = downstream.")
    out = [edge[start, None]] if (start, None) in edge else []
    stages.append({"words": words, "boxes": [box[start]], "edges": out})
    for k in range(len(graph.steps)):
        walked = (graph.steps[k].node.name, _which(graph, k))
        words = list(_told(graph, k, len(graph.nodes) + 4 * k))
        stages.append({"words": words, "boxes": [], "edges": [edge[walked]]})
    for k, stage in enumerate(stages):
        stage["back"] = k >= len(stages) - len(graph.steps)
    ends = [(f"d{start}/d{n.name}", at) for n in inputs if (at := _last(graph, n)) is not None]
    words = stages[-1]["words"]
    if len(ends) < MANY_INPUTS:
        words += ["\nThe walk is over: ", *_listed(ends), "."]
    else:
        words.append(f"\nThe walk is over: every input has its gradient of {start}.")
    return stages


def _told(graph: Graph, k: int, at: int) -> Iterator[Piece]:
    """Say what step k shows, in the words of `Step`, with its rule and its sum."""
    step, start = graph.steps[k], graph.steps[0].node.name
    towards = f" (to {step.parent.name})" if len(step.node.inputs) > 1 else ""
    yield f"{step.node.operation.label}{towards}: upstream "
    yield from ([at], " x local ", [at + 1], " = downstream ", [at + 2])
    yield f"\nlocal: d{step.node.name}/d{step.parent.name} = {step.formula}"
    if not _is_number(step.formula):
        yield from (" = ", [at + 1])
    same = [i for i, other in enumerate(graph.steps) if other.parent is step.parent]
    if len(same) > 1:
        done = [i for i in same if i <= k]
        yield f"\n{step.parent.name} is used {len(same)} times: d{start}/d{step.parent.name} = "
        for i in done:
            yield " + " if i != done[0] else ""
            yield [len(graph.nodes) + 4 * i + 2, int(i != done[0])]
        yield from [" = ", [at + 3]] if len(done) > 1 else []
        yield "" if done == same else " + what is still to come"


def _which(graph: Graph, k: int) -> int:
    """Return which input of its node step k walks to: the steps of a node follow each other."""
    return k - next(i for i, step in enumerate(graph.steps) if step.node is graph.steps[k].node)


def _last(graph: Graph, node: Node) -> int | None:
    """Return the index of a node's gradient among the numbers, if it gets one."""
    into = [k for k, step in enumerate(graph.steps) if step.parent is node]
    return len(graph.nodes) + 4 * into[-1] + 3 if into else None


def _listed(pairs: list[tuple[str, int]]) -> Iterator[Piece]:
    for k, (name, at) in enumerate(pairs):
        yield f"{', ' if k else ''}{name} = "
        yield [at]


def _filled(template: str, operands: Sequence[str | int]) -> Iterator[Piece]:
    """Fill in names, or places of numbers: a negative one in brackets, if it has none yet."""
    for text, field, _, _ in string.Formatter().parse(template):
        if text:
            yield text
        if field is not None:
            operand = operands[int(field)]
            yield operand if isinstance(operand, str) else [operand, int(not text.endswith("("))]


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def _written(piece: Piece, numbers: np.ndarray) -> str:
    if isinstance(piece, str):
        return piece
    text = short(numbers[piece[0]])
    return f"({text})" if len(piece) > 1 and piece[1] and text.startswith("-") else text


# ------------------------------------------------------------------------- the drawing


def _pixels(layout: Layout, x: float, y: float) -> tuple[float, float]:
    return round(PIXELS * x, 2), round(PIXELS * (layout.height - y), 2)


def _known(mark: Mapping[str, Any], stage: int, numbers: np.ndarray, layout: Layout) -> str:
    """Return what stands at a mark at some stage: nothing, if its number is not known yet."""
    known = [at for since, at in mark["known"] if since <= stage]
    if not known:
        return ""
    number = 1.0 if known[-1] is None else numbers[known[-1]]
    return mark["before"] + fitted(number, layout.digits, layout.room)


def _drawing(graph: Graph, layout: Layout) -> dict[str, Any]:
    """Return the layout in pixels, and the marks: places of numbers, and since when they show.

    ``known`` holds (stage, index of the number) for each change of a mark; the index is None
    for the 1 that the walk back starts with. ``reached`` is the stage from which on a box or
    an edge is drawn in full.
    """
    index = {node.name: k for k, node in enumerate(graph.nodes)}
    computed = [node.name for node in graph.nodes if node.inputs]
    since = {name: computed.index(name) + 1 if name in computed else 0 for name in index}
    turn = len(computed) + 1  # the stage at which the walk turns round
    walked = {(s.node.name, _which(graph, k)): k for k, s in enumerate(graph.steps)}
    marks = []

    def mark(label: Label, known: list[tuple[int, int | None]], before: str = "") -> None:
        x, y = _pixels(layout, label.x, label.y)
        marks.append({"x": x, "y": y, "look": label.look, "before": before, "known": known})

    for edge in layout.edges:
        mark(edge.value, [(since[edge.source], index[edge.source])])
        k = walked.get((edge.target, edge.input))
        if k is not None:
            mark(edge.gradient, [(turn + 1 + k, len(index) + 4 * k + 2)])
        elif edge.target is None and edge.source == graph.steps[0].node.name:
            mark(edge.gradient, [(turn, None)])
    for box in layout.boxes:
        if box.total:
            into = [k for k, step in enumerate(graph.steps) if step.parent.name == box.name]
            known = [(turn + 1 + k, len(index) + 4 * k + 3) for k in into]
            mark(box.total, known, box.total.text[:2])
    size = [PIXELS * layout.width, PIXELS * layout.height]
    return {
        "size": [round(length, 2) for length in size],
        "type": round(layout.size * PIXELS / 72, 2),
        "digits": layout.digits,
        "room": layout.room,
        "key": [_place(layout, label) for label in layout.key],
        "boxes": [_box(layout, box) | {"reached": since[box.name]} for box in layout.boxes],
        "edges": [_edge(layout, edge) | {"reached": since[edge.source]} for edge in layout.edges],
        "marks": marks,
    }


def _place(layout: Layout, label: Label) -> dict[str, Any]:
    x, y = _pixels(layout, label.x, label.y)
    return {"x": x, "y": y, "text": label.text, "look": label.look, "bold": label.is_bold}


def _box(layout: Layout, box: Box) -> dict[str, Any]:
    x, y = _pixels(layout, box.x, box.y + box.height)
    width, height = round(PIXELS * box.width, 2), round(PIXELS * box.height, 2)
    labels = [_place(layout, label) for label in box.labels]
    place = {"x": x, "y": y, "width": width, "height": height}
    return {"name": box.name, "input": box.is_input, "place": place, "labels": labels}


def _edge(layout: Layout, edge: Edge) -> dict[str, Any]:
    """Return an edge's path; where it begins, and where its arrow ends."""
    path = []
    for points in edge.pieces:
        texts = ["{:g} {:g}".format(*_pixels(layout, x, y)) for x, y in points]
        path.append("M{}L{}C{} {} {}L{}".format(*texts))
    begin, end = edge.pieces[0][0], edge.pieces[-1][-1]
    return {"path": "".join(path), "from": _pixels(layout, *begin), "to": _pixels(layout, *end)}
