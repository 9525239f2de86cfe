"""A computational graph small enough to teach with: built by hand, walked backwards, drawn.

>>> from course_utils.graph import sigmoid_graph
>>> graph = sigmoid_graph(1.0)
>>> for step in graph.backward():
...     print(step)
reciprocal: upstream 1 x local -0.5344 = downstream -0.5344
plus 1: upstream -0.5344 x local 1 = downstream -0.5344
exp: upstream -0.5344 x local 0.3679 = downstream -0.1966
times -1: upstream -0.1966 x local -1 = downstream 0.1966
>>> print(f"{graph.gradient('z'):.4g}")  # sigmoid'(1) = y (1 - y)
0.1966

Each node holds one number. Its operation knows its value and, in the same line of this
file, its local derivatives. A node can only take nodes that are there already, so that the
order in which the nodes were made is an order in which they can be computed, and no
cycle can arise.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from numbers import Real
from typing import TYPE_CHECKING

from course_utils.activations import Activation

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Graph", "Node", "Operation", "Step", "describe", "draw", "sigmoid_graph"]


def short(number: float, digits: int = 4) -> str:
    """Return a number with 4 significant digits, the same on every machine; no ``-0``."""
    return f"{number + 0.0:.{digits}g}"


# ---------------------------------------------------------------- operations, nodes, steps


@dataclass(frozen=True)
class Operation:
    """What a node does to its inputs p, q, ... to get its output y, and the slopes of that.

    Attributes
    ----------
    label : str
        ``"times -1"``, ``"exp"``.
    compute : function
        From the inputs' values to the output's.
    slopes : tuple of functions
        One for each input: the local derivative, from (output, inputs' values).
    expression : str
        What is computed, as text with {0}, {1} for the inputs: ``"1/{0}"``.
    formulas, formulas_from_output : tuples of str
        The same as text, with {p}, {q} for the names of the inputs and {y} for the output's:
        ``"-1/{p}^2"``, and written by means of the output where that is cheaper: ``"-{y}^2"``.
    """

    label: str
    compute: Callable[..., float]
    expression: str = ""
    slopes: tuple[Callable[..., float], ...] = ()
    formulas: tuple[str, ...] = ()
    formulas_from_output: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False, repr=False)
class Node:
    """One number of a graph: an input, or the result of an operation on other nodes."""

    graph: Graph
    name: str
    operation: Operation
    inputs: tuple[Node, ...] = ()

    @property
    def value(self) -> float:
        """The number that the last forward pass gave."""
        return self.graph._values[self.name]

    @property
    def local_derivatives(self) -> tuple[float, ...]:
        """dy/dp for each input p, as numbers."""
        values = [node.value for node in self.inputs]
        return tuple(float(slope(self.value, *values)) for slope in self.operation.slopes)

    @property
    def formulas(self) -> tuple[str, ...]:
        """dy/dp for each input p as text, from the inputs: ``("-1/s^2",)``."""
        return self._fill(self.operation.formulas)

    @property
    def formulas_from_output(self) -> tuple[str, ...]:
        """dy/dp for each input p as text, from the output where it helps: ``("-y^2",)``."""
        return self._fill(self.operation.formulas_from_output or self.operation.formulas)

    def _fill(self, templates: tuple[str, ...]) -> tuple[str, ...]:
        names = dict(zip("pq", (node.name for node in self.inputs), strict=False), y=self.name)
        return tuple(template.format(**names) for template in templates)

    def __repr__(self) -> str:
        return f"<node {self.name} = {short(self.value)} ({self.operation.label})>"


@dataclass(frozen=True)
class Step:
    """One edge, walked backwards: from a node to one of its inputs, its parent.

    ``downstream == upstream * local``: the gradient that reaches the parent along this
    edge is the one that reached the node, times the node's local derivative.
    """

    node: Node
    parent: Node
    formula: str
    upstream: float
    local: float
    downstream: float

    def __str__(self) -> str:
        towards = f" (to {self.parent.name})" if len(self.node.inputs) > 1 else ""
        return (
            f"{self.node.operation.label}{towards}: upstream {short(self.upstream)} "
            f"x local {short(self.local)} = downstream {short(self.downstream)}"
        )


# ------------------------------------------------------------------------------ the graph


class Graph:
    """A graph of numbers: make inputs, combine them, run it forward and backward.

    An operand is a node of this graph or, beside a node, a plain number. Every operation
    returns the new `Node`; ``name=`` names it, else it is called v1, v2...

    >>> graph = Graph()
    >>> w, x = graph.input("w", 3.0), graph.input("x", 2.0)
    >>> loss = graph.multiply(w, x, name="L")
    >>> steps = graph.backward()
    >>> loss.value, graph.gradient("w"), graph.gradient(x)
    (6.0, 2.0, 3.0)
    """

    def __init__(self) -> None:
        self._nodes: dict[str, Node] = {}
        self._values: dict[str, float] = {}
        self._steps: list[Step] = []
        self._gradients: dict[str, float] | None = None
        self._is_stale = False

    @property
    def nodes(self) -> tuple[Node, ...]:
        """Every node, in the order in which they were made."""
        return tuple(self._nodes.values())

    @property
    def steps(self) -> tuple[Step, ...]:
        """What the last `backward` walked; empty before it, and after `set`."""
        return tuple(self._steps)

    def __getitem__(self, name: str | Node) -> Node:
        node = self._nodes.get(name.name if isinstance(name, Node) else name)
        if node is None or (isinstance(name, Node) and name is not node):
            what = f"{name.name} belongs to another graph" if isinstance(name, Node) else ""
            known = ", ".join(self._nodes) or "none yet"
            raise KeyError(f"{what or f'no node is called {name!r}'}; this graph has: {known}")
        return node

    # Making nodes. Each line below says what an operation does and what its slopes are.

    def input(self, name: str, value: float) -> Node:
        """Add an input; its value can be changed by `set`."""
        value = _number(value)
        return self._make(Operation("input", lambda: value), (), name, value)

    def add(self, p: Node | float, q: Node | float, *more: Node, name: str | None = None) -> Node:
        """Return the sum p + q; of nodes there may be more than two."""
        p, q, number = _split(p, q)
        if number is None:
            count = 2 + len(more)
            text = " + ".join(f"{{{k}}}" for k in range(count))
            slopes, formulas = (lambda *_: 1.0,) * count, ("1",) * count
            plus = Operation("plus", lambda *v: sum(v), text, slopes, formulas)
            return self._make(plus, (p, q, *more), name)
        if more:
            raise TypeError("add takes one node and one number, or any number of nodes")
        label = f"plus {short(number)}" if number >= 0 else f"minus {short(-number)}"
        text = f"{{0}} {'+' if number >= 0 else '-'} {short(abs(number))}"
        plus = Operation(label, lambda p: p + number, text, (lambda y, p: 1.0,), ("1",))
        return self._make(plus, (p,), name)

    def multiply(self, p: Node | float, q: Node | float, *, name: str | None = None) -> Node:
        """Return the product p q."""
        p, q, number = _split(p, q)
        if number is None:
            slopes = (lambda y, p, q: q, lambda y, p, q: p)
            times = Operation("times", lambda p, q: p * q, "{0} * {1}", slopes, ("{q}", "{p}"))
            return self._make(times, (p, q), name)
        text = short(number)
        slopes, label = (lambda y, p: number,), f"times {text}"
        times = Operation(label, lambda p: p * number, f"{text} * {{0}}", slopes, (text,))
        return self._make(times, (p,), name)

    def negate(self, p: Node, *, name: str | None = None) -> Node:
        """Return -p, the product with -1."""
        return self.multiply(p, -1, name=name)

    def subtract(self, p: Node | float, q: Node | float, *, name: str | None = None) -> Node:
        """Return the difference p - q."""
        if isinstance(q, Real):
            return self.add(p, -q, name=name)
        p, q, number = _split(p, q)
        if number is None:
            slopes = (lambda y, p, q: 1.0, lambda y, p, q: -1.0)
            minus = Operation("minus", lambda p, q: p - q, "{0} - {1}", slopes, ("1", "-1"))
            return self._make(minus, (p, q), name)
        label, text = f"{short(number)} minus", f"{short(number)} - {{0}}"
        minus = Operation(label, lambda p: number - p, text, (lambda y, p: -1.0,), ("-1",))
        return self._make(minus, (q,), name)

    def exp(self, p: Node, *, name: str | None = None) -> Node:
        """Return e to the power p."""
        slopes = (lambda y, p: y,)
        exp = Operation("exp", math.exp, "exp({0})", slopes, ("exp({p})",), ("{y}",))
        return self._make(exp, (p,), name)

    def log(self, p: Node, *, name: str | None = None) -> Node:
        """Return the natural logarithm of p, which must be positive."""
        slopes = (lambda y, p: 1 / p,)
        log = Operation("log", math.log, "log({0})", slopes, ("1/{p}",))
        return self._make(log, (p,), name)

    def reciprocal(self, p: Node, *, name: str | None = None) -> Node:
        """Return 1 / p."""
        slopes, formulas = (lambda y, p: -y * y,), ("-1/{p}^2",)
        invert = Operation("reciprocal", lambda p: 1 / p, "1/{0}", slopes, formulas, ("-{y}^2",))
        return self._make(invert, (p,), name)

    def apply(self, activation: Activation, p: Node, *, name: str | None = None) -> Node:
        """Return g(p) for an activation of the course, in one node."""
        slopes = (lambda y, p: activation.derivative(p),)
        label, text = activation.title, f"{activation.title}({{0}})"
        return self._make(Operation(label, activation, text, slopes, ("g'({p})",)), (p,), name)

    def _make(
        self,
        operation: Operation,
        inputs: tuple[Node, ...],
        name: str | None,
        value: float | None = None,
    ) -> Node:
        for operand in inputs:
            if not isinstance(operand, Node):
                raise TypeError(
                    f"{operation.label}: expected a node, got {operand!r:.60}; "
                    "make one with graph.input(name, value)"
                )
            if operand.graph is not self:
                raise ValueError(
                    f"node {operand.name} belongs to another graph; make all nodes of an "
                    "operation by methods of one graph"
                )
        if name is None:
            name = next(v for k in range(len(self._nodes) + 1) if (v := f"v{k + 1}") not in self)
        if not isinstance(name, str) or not name:
            raise TypeError(f"a node's name is text that is not empty, got {name!r:.60}")
        if name in self:
            raise ValueError(f"the name {name!r} is taken in this graph: choose another")
        if self._is_stale:
            self.forward()
        node = Node(self, name, operation, inputs)
        values = (operand.value for operand in inputs)
        self._values[name] = _compute(node, *values) if value is None else value
        self._nodes[name] = node
        self._forget_gradients()
        return node

    def __contains__(self, name: object) -> bool:
        return name in self._nodes

    def copy(self) -> Graph:
        """Return a graph of the same nodes and values, which can be set and run apart."""
        self._require_forward()
        other = Graph()
        for node in self.nodes:
            inputs = tuple(other[parent.name] for parent in node.inputs)
            other._make(node.operation, inputs, node.name, node.value)
        return other

    # Running it.

    def set(self, name: str | Node, value: float) -> None:
        """Give an input another value; `forward` then brings it through the graph."""
        node = self[name]
        if node.inputs:
            inputs = ", ".join(n.name for n in self.nodes if not n.inputs)
            raise ValueError(f"{node.name} is computed; only inputs can be set: {inputs}")
        self._values[node.name] = _number(value)
        self._is_stale = True
        self._forget_gradients()

    def forward(self) -> float:
        """Compute every node anew and return the value of the last one."""
        if not self._nodes:
            raise ValueError("the graph is empty: start with graph.input(name, value)")
        values = {n.name: n.value for n in self.nodes if not n.inputs}
        for node in self.nodes:
            if node.inputs:
                values[node.name] = _compute(node, *(values[p.name] for p in node.inputs))
        self._values, self._is_stale = values, False
        return values[self.nodes[-1].name]

    def backward(self, output: str | Node | None = None) -> list[Step]:
        """Walk from the output back to the inputs: downstream = upstream x local.

        Parameters
        ----------
        output : str or Node, optional
            Where to start, with the gradient 1. May be left out if only one node is used by
            no other.

        Returns
        -------
        list of Step
            One for each edge, in the order walked: a node's turn comes when all that flows
            back to it has arrived, and been summed.
        """
        self._require_forward()
        node = self[output] if output is not None else self._only_end()
        gradients = dict.fromkeys(self._nodes, 0.0)
        gradients[node.name] = 1.0
        reached, steps = {node}, []
        for node in reversed(self.nodes):
            if node not in reached:
                continue
            upstream = gradients[node.name]
            edges = zip(node.inputs, node.formulas, node.local_derivatives, strict=True)
            for parent, formula, local in edges:
                steps.append(Step(node, parent, formula, upstream, local, upstream * local))
                gradients[parent.name] += upstream * local
                reached.add(parent)
        self._gradients, self._steps = gradients, steps
        return list(steps)

    def gradient(self, name: str | Node) -> float:
        """Return d(output)/d(node), the sum over all edges that leave the node."""
        node = self[name]
        if self._gradients is None:
            raise RuntimeError("there are no gradients yet (or no longer): call backward()")
        return self._gradients[node.name]

    def _only_end(self) -> Node:
        used = {parent for node in self.nodes for parent in node.inputs}
        ends = [node for node in self.nodes if node not in used]
        if len(ends) != 1:
            names = ", ".join(node.name for node in ends) or "no node at all"
            raise ValueError(f"the graph ends in {names}: say where to start, backward(name)")
        return ends[0]

    def _require_forward(self) -> None:
        if self._is_stale:
            raise RuntimeError("an input has changed since the last forward pass: call forward()")

    def _forget_gradients(self) -> None:
        self._gradients, self._steps = None, []


def _number(value: object) -> float:
    if not isinstance(value, Real) or not math.isfinite(value):
        raise TypeError(f"expected one finite number, got {value!r:.60}")
    return float(value)


def _split(p: object, q: object) -> tuple:
    """Return (p, q, None) for two nodes, and (node, node, number) where one is a number."""
    if isinstance(p, Real) and isinstance(q, Real):
        raise TypeError(
            f"one operand has to be a node, got the numbers {p} and {q}; "
            "make a node with graph.input(name, value)"
        )
    if isinstance(q, Real):
        return p, p, _number(q)
    if isinstance(p, Real):
        return q, q, _number(p)
    return p, q, None


def _compute(node: Node, *values: float) -> float:
    operation = node.operation.label
    given = ", ".join(f"{p.name} = {short(v)}" for p, v in zip(node.inputs, values, strict=True))
    problem = "the result is too large for float64; exp needs an input below 709.78"
    try:
        result = float(node.operation.compute(*values))
        if math.isfinite(result):
            return result
    except ZeroDivisionError:
        problem = "division by zero; choose inputs that keep it away from 0"
    except OverflowError:
        pass
    except ValueError:
        problem = "the logarithm needs a positive number; choose other inputs"
    raise ValueError(f"{operation} at node {node.name}, where {given}: {problem}")


def sigmoid_graph(z: float) -> Graph:
    """Return sigmoid(z) node by node: n = -z, q = exp(n), s = q + 1, y = 1/s."""
    graph = Graph()
    n = graph.multiply(graph.input("z", z), -1, name="n")
    s = graph.add(graph.exp(n, name="q"), 1, name="s")
    graph.reciprocal(s, name="y")
    return graph


def describe(graph: Graph) -> str:
    """Return the graph in words, values and gradients included: alt text for `draw`."""
    values = []
    for node in graph.nodes:
        origin = ""
        if node.inputs:
            origin = f"{node.operation.label} of {' and '.join(p.name for p in node.inputs)} = "
        values.append(f"{node.name} = {origin}{short(node.value)}")
    graph._require_forward()
    text = f"Computational graph of {len(values)} nodes. Forward: {', '.join(values)}."
    if graph.steps:
        start = graph.steps[0].node.name
        reached = {s.node for s in graph.steps} | {s.parent for s in graph.steps}
        slopes = [
            f"d{start}/d{node.name} = {short(graph.gradient(node))}"
            for node in reversed(graph.nodes)
            if node in reached
        ]
        text += f" Backward: {', '.join(slopes)}."
    return text


def draw(graph: Graph, *, backward: bool = True) -> Figure:
    """Draw the graph from left to right.

    On each edge stands the value that flows forward, upright and above the line, and the
    gradient that flows back along it, in italics and below. A node used more than once has
    the sum of its gradients below its box.

    Parameters
    ----------
    graph : Graph
    backward : bool
        Show the gradients of the last `Graph.backward`, which is called if need be.

    Returns
    -------
    matplotlib.figure.Figure
        7.6 inches wide. Large graphs get smaller type (never under 9 points), then three or
        two digits in place of four and less air, and at last more width. Words for it:
        `describe`.
    """
    from course_utils.graph_drawing import picture_of

    if not graph.nodes:
        raise ValueError("nothing to draw: start with graph.input(name, value)")
    graph._require_forward()
    if backward and graph._gradients is None:
        graph.backward()
    return picture_of(graph, backward)
