"""The computational graph against central differences at 60 digits, and its drawing."""

import dataclasses
import itertools
import math
import subprocess
import sys
import warnings

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch
from matplotlib.transforms import Bbox

from course_utils.activations import elu, leaky_relu, relu, sigmoid, tanh
from course_utils.graph import Graph, describe, draw, sigmoid_graph

# ------------------------------------------------------------ the sigmoid, node by node


def test_sigmoid_graph_is_the_one_of_the_lesson():
    graph = sigmoid_graph(1.0)
    assert [n.name for n in graph.nodes] == ["z", "n", "q", "s", "y"]
    labels = ["input", "times -1", "exp", "plus 1", "reciprocal"]
    assert [n.operation.label for n in graph.nodes] == labels
    assert [n.formulas for n in graph.nodes[1:]] == [("-1",), ("exp(n)",), ("1",), ("-1/s^2",)]
    assert [n.formulas_from_output for n in graph.nodes[1:]] == [("-1",), ("q",), ("1",), ("-y^2",)]
    assert [str(step) for step in graph.backward()] == [
        "reciprocal: upstream 1 x local -0.5344 = downstream -0.5344",
        "plus 1: upstream -0.5344 x local 1 = downstream -0.5344",
        "exp: upstream -0.5344 x local 0.3679 = downstream -0.1966",
        "times -1: upstream -0.1966 x local -1 = downstream 0.1966",
    ]


def test_formulas_as_text_give_the_local_derivatives():
    graph = every_operation()
    names = {node.name: node.value for node in graph.nodes} | {"exp": math.exp}
    for node in graph.nodes:
        if node.operation.label in ("sigmoid", "tanh"):
            continue
        for texts in (node.formulas, node.formulas_from_output):
            values = [eval(text.replace("^", "**"), {}, names) for text in texts]
            np.testing.assert_allclose(values, node.local_derivatives, rtol=1e-13)
            assert len(values) == len(node.inputs)


@given(st.floats(-340, 700))  # below, y^2 is subnormal
def test_gradient_of_the_sigmoid_is_its_slope(z):
    graph = sigmoid_graph(z)
    graph.backward()
    y = graph["y"].value
    with mpmath.workdps(40):
        e = mpmath.exp(-mpmath.mpf(z))
        slope = float(e / (1 + e) ** 2)
    np.testing.assert_allclose(graph.gradient("z"), slope, rtol=1e-12, atol=1e-300)
    np.testing.assert_allclose(graph.gradient("z"), y * (1 - y), rtol=1e-6, atol=1e-15)
    np.testing.assert_allclose(y, sigmoid(z), rtol=1e-13)


# ----------------------------------------------------------------------- random graphs

H = mpmath.mpf(10) ** -20
APPLIED = {
    "sigmoid": (sigmoid, lambda p: 1 / (1 + mpmath.exp(-p))),
    "tanh": (tanh, mpmath.tanh),
    "relu": (relu, lambda p: p if p > 0 else mpmath.mpf(0)),
    "leaky_relu": (leaky_relu, lambda p: p if p > 0 else mpmath.mpf(0.01) * p),
    "elu": (elu, lambda p: p if p > 0 else mpmath.expm1(p)),
}
TRUTH = {
    "add": lambda p, q: p + q,
    "subtract": lambda p, q: p - q,
    "multiply": lambda p, q: p * q,
    "negate": lambda p: -p,
    "exp": mpmath.exp,
    "log": mpmath.log,
    "reciprocal": lambda p: 1 / p,
} | {name: truth for name, (_, truth) in APPLIED.items()}
BINARY = ("add", "subtract", "multiply")
OPERATIONS = st.tuples(
    st.sampled_from(sorted(TRUTH)),
    st.integers(0, 99),
    st.one_of(st.integers(0, 99), st.sampled_from([-2.5, -1.0, 0.5, 3.0])),
    st.booleans(),
)


def run(program, inputs):
    """Compute a program of (operation, indexes or numbers) at high precision."""
    values = [mpmath.mpf(value) for value in inputs]
    for name, operands in program:
        numbers = [values[o] if isinstance(o, int) else mpmath.mpf(o) for o in operands]
        values.append(TRUTH[name](*numbers))
    return values


def build(inputs, choices):
    """Return (graph, program); choices that leave the tame region are passed over."""
    graph, program, values = Graph(), [], list(inputs)
    nodes = [graph.input(f"x{k}", value) for k, value in enumerate(inputs)]
    for name, first, second, is_swapped in choices:
        operands = [first % len(nodes)]
        if name in BINARY:
            operands.append(second % len(nodes) if isinstance(second, int) else second)
            operands = operands[::-1] if is_swapped else operands
        given_values = [values[o] if isinstance(o, int) else o for o in operands]
        p = abs(given_values[0])
        if name in ("reciprocal", "log", *APPLIED) and p < 0.01:
            continue
        if name == "log" and given_values[0] < 0:
            continue
        value = float(TRUTH[name](*map(mpmath.mpf, given_values)))
        if abs(value) > 50:
            continue
        arguments = [nodes[o] if isinstance(o, int) else o for o in operands]
        if name in APPLIED:
            nodes.append(graph.apply(APPLIED[name][0], *arguments))
        else:
            nodes.append(getattr(graph, name)(*arguments))
        values.append(value)
        program.append((name, operands))
    return graph, program


graphs = st.builds(
    build,
    st.lists(st.floats(-3, 3).map(lambda x: round(x, 3)), min_size=1, max_size=4),
    st.lists(OPERATIONS, min_size=1, max_size=12),
)


@settings(deadline=None, max_examples=150)
@given(graphs)
def test_values_and_gradients_of_random_graphs(built):
    graph, program = built
    inputs = [n.value for n in graph.nodes if not n.inputs]
    output = graph.nodes[-1]
    steps = graph.backward(output)
    with mpmath.workdps(60):
        truth = run(program, inputs)
        for node, value in zip(graph.nodes, truth, strict=True):
            assert abs(node.value - value) <= 1e-9 * (1 + abs(value))
        flow = sum(abs(step.downstream) for step in steps) + 1
        for k in range(len(inputs)):
            ends = []
            for side in (H, -H):
                moved = [mpmath.mpf(x) + side * (j == k) for j, x in enumerate(inputs)]
                ends.append(run(program, moved)[-1])
            slope = (ends[0] - ends[1]) / (2 * H)
            assert abs(graph.gradient(f"x{k}") - slope) <= 1e-9 * flow


@settings(deadline=None, max_examples=60)
@given(graphs)
def test_each_step_multiplies_and_each_node_sums(built):
    graph, _ = built
    output = graph.nodes[-1]
    steps = graph.backward(output)
    done = set()
    for step in steps:
        assert step.downstream == step.upstream * step.local
        assert step.upstream == graph.gradient(step.node), "its turn came before all had arrived"
        assert step.parent in step.node.inputs
        assert step.parent not in done, "something flowed back to a node whose turn was over"
        done.add(step.node)
    for node in graph.nodes:
        arrived = [step.downstream for step in steps if step.parent is node]
        total = math.fsum(arrived) + (node is output)
        assert graph.gradient(node) == pytest.approx(total, rel=1e-12, abs=1e-12)
    assert len(steps) == sum(len(node.inputs) for node in done)


@settings(deadline=None, max_examples=60)
@given(graphs, st.floats(-0.01, 0.01))
def test_forward_after_set_is_a_graph_built_anew(built, change):
    graph, _ = built
    other = dict(zip((n.name for n in graph.nodes), (n.value for n in graph.nodes), strict=True))
    graph.set("x0", other["x0"] + change)
    try:
        graph.forward()
    except ValueError:
        return
    again = graph["x0"].value
    graph.set("x0", other["x0"])
    graph.forward()
    assert {n.name: n.value for n in graph.nodes} == other
    assert again == other["x0"] + change


# -------------------------------------------------------------------- small known graphs


def diamond():
    graph = Graph()
    z = graph.input("z", 0.5)
    e, f = graph.exp(z, name="e"), graph.exp(graph.negate(z, name="n"), name="f")
    over, under = graph.subtract(e, f, name="u"), graph.add(e, f, name="d")
    graph.multiply(over, graph.reciprocal(under, name="r"), name="y")
    return graph


def neuron():
    graph = Graph()
    w1, x1, w2, x2, b = itertools.starmap(
        graph.input, [("w1", 2.0), ("x1", -1.0), ("w2", -3.0), ("x2", -2.0), ("b", -3.0)]
    )
    total = graph.add(graph.multiply(w1, x1), graph.multiply(w2, x2), b, name="s")
    graph.apply(sigmoid, total, name="y")
    return graph


def network():
    graph = Graph()
    layer = [graph.input("x1", 1.0), graph.input("x2", -0.5)]
    weights = [((0.3, -1.2), 0.1), ((0.8, 0.45), -0.2)]

    def unit(sources, weights, bias, name, activation):
        products = [
            graph.multiply(graph.input(f"{name}w{k}", weight), source, name=f"{name}p{k}")
            for k, (weight, source) in enumerate(zip(weights, sources, strict=True))
        ]
        total = graph.add(*products, graph.input(f"{name}b", bias), name=f"{name}z")
        return graph.apply(activation, total, name=f"{name}a")

    hidden = [unit(layer, w, b, name, tanh) for (w, b), name in zip(weights, "pq", strict=True)]
    unit(hidden, (-0.7, 1.1), 0.05, "r", sigmoid)
    return graph


def every_operation():
    graph = Graph()
    z, w = graph.input("z", 0.7), graph.input("w", -1.3)
    sums = [graph.add(z, w), graph.add(z, 2), graph.add(-2, z), graph.add(z, w, z)]
    sums += [graph.subtract(z, w), graph.subtract(z, 2), graph.subtract(2, z)]
    rest = [graph.multiply(z, w), graph.multiply(-3, w), graph.multiply(z, z), graph.negate(w)]
    rest += [graph.exp(w), graph.log(z), graph.reciprocal(w), graph.apply(tanh, z)]
    graph.add(*sums, *rest, name="total")
    return graph


def test_a_node_used_twice_gets_the_sum():
    graph = diamond()
    graph.backward()
    assert graph.gradient("z") == pytest.approx(1 - math.tanh(0.5) ** 2, rel=1e-13)
    square = Graph()
    z = square.input("z", 3.0)
    square.multiply(z, z)
    assert [step.downstream for step in square.backward()] == [3.0, 3.0]
    assert square.gradient(z) == 6.0


def test_numbers_as_operands():
    graph = every_operation()
    labels = [node.operation.label for node in graph.nodes[2:9]]
    assert labels == ["plus", "plus 2", "minus 2", "plus", "minus", "minus 2", "2 minus"]
    values = [node.value for node in graph.nodes[2:9]]
    np.testing.assert_allclose(values, [-0.6, 2.7, -1.3, 0.1, 2.0, -1.3, 1.3])
    graph.backward()
    z = 0.7
    of_z = 1 + 1 + 1 + 2 + 1 + 1 - 1 - 1.3 + 2 * z + 1 / z + 1 - math.tanh(z) ** 2
    assert graph.gradient("z") == pytest.approx(of_z, rel=1e-12)
    of_w = 1 + 1 - 1 + z - 3 - 1 + math.exp(-1.3) - 1 / 1.3**2
    assert graph.gradient("w") == pytest.approx(of_w, rel=1e-12)


def test_a_network_trains_by_its_graph():
    graph = network()
    parameters = [n.name for n in graph.nodes if not n.inputs and n.name[0] in "pqr"]
    before = graph["ra"].value
    for _ in range(20):
        graph.backward()
        for name, slope in [(n, graph.gradient(n)) for n in parameters]:
            graph.set(name, graph[name].value + 0.5 * slope)
        graph.forward()
    assert graph["ra"].value > before + 0.3


def test_backward_from_an_inner_node_leaves_the_rest_at_zero():
    graph = sigmoid_graph(0.0)
    steps = graph.backward("s")
    assert len(steps) == 3 and graph.gradient("y") == 0.0 and graph.gradient("z") == -1.0


def test_steps_tell_which_of_several_inputs_they_lead_to():
    lines = [str(step) for step in neuron().backward()]
    assert "times (to w1): upstream 0.1966 x local -1 = downstream -0.1966" in lines
    assert not any("-0 " in line for line in lines)
    step = neuron().backward()[0]
    with pytest.raises(dataclasses.FrozenInstanceError):
        step.local = 2.0
    with pytest.raises(dataclasses.FrozenInstanceError):
        step.node.name = "q"


def test_minus_zero_is_printed_as_zero():
    graph = Graph()
    graph.multiply(graph.input("z", 0.0), -1, name="n")
    assert "n = times -1 of z = 0." in describe(graph)


# ---------------------------------------------------------------------------- mistakes


def test_mistakes_say_what_to_do():
    graph, other = sigmoid_graph(1.0), sigmoid_graph(2.0)
    with pytest.raises(KeyError, match="no node is called 'w'; this graph has: z, n, q, s, y"):
        graph["w"]
    with pytest.raises(KeyError, match="z belongs to another graph"):
        graph.gradient(other["z"])
    with pytest.raises(ValueError, match="q belongs to another graph; make all nodes"):
        graph.add(graph["z"], other["q"])
    with pytest.raises(ValueError, match="the name 'z' is taken"):
        graph.input("z", 1.0)
    with pytest.raises(ValueError, match="n is computed; only inputs can be set: z"):
        graph.set("n", 1.0)
    for value in (math.nan, math.inf, "1", None, [1.0], 1j):
        with pytest.raises(TypeError, match="one finite number"):
            graph.set("z", value)
    with pytest.raises(TypeError, match="one operand has to be a node"):
        graph.multiply(2, 3)
    for operate in (graph.exp, graph.negate, lambda p: graph.add(graph["z"], p)):
        with pytest.raises(TypeError):
            operate("z")
    with pytest.raises(TypeError, match="exp: expected a node, got 2"):
        graph.exp(2)
    with pytest.raises(TypeError, match="text that is not empty"):
        graph.exp(graph["z"], name="")
    with pytest.raises(ValueError, match="empty"):
        Graph().forward()
    with pytest.raises(ValueError, match="nothing to draw"):
        draw(Graph())


def test_failed_operations_name_the_node_and_leave_the_graph_as_it_was():
    graph = Graph()
    z = graph.input("z", 0.0)
    with pytest.raises(ValueError, match=r"reciprocal at node v1, where z = 0: division by zero"):
        graph.reciprocal(z)
    with pytest.raises(ValueError, match="logarithm needs a positive number"):
        graph.log(z)
    with pytest.raises(ValueError, match=r"too large for float64; exp needs .* below 709\.78"):
        sigmoid_graph(-710.0)
    with pytest.raises(ValueError, match="too large"):
        graph.multiply(graph.add(z, 1e200), 1e200)
    graph = sigmoid_graph(1.0)
    before = graph["y"].value
    graph.set("z", -800.0)
    with pytest.raises(ValueError, match="exp at node q, where n = 800"):
        graph.forward()
    graph.set("z", 1.0)
    graph.forward()
    assert graph["y"].value == before


def test_stale_values_and_gradients_are_refused():
    graph = sigmoid_graph(1.0)
    with pytest.raises(RuntimeError, match=r"call backward\(\)"):
        graph.gradient("z")
    graph.backward()
    graph.set("z", 2.0)
    for use in (graph.backward, lambda: draw(graph), lambda: describe(graph)):
        with pytest.raises(RuntimeError, match=r"call forward\(\)"):
            use()
    with pytest.raises(RuntimeError, match=r"call backward\(\)"):
        graph.gradient("z")
    assert graph.forward() == pytest.approx(float(sigmoid(2.0)))
    graph.exp(graph["z"])
    with pytest.raises(ValueError, match=r"ends in y, v1: say where to start"):
        graph.backward()


def test_the_graph_alone_waits_for_neither_sympy_nor_matplotlib():
    code = (
        "import sys, course_utils.graph; "
        "assert not {'sympy', 'matplotlib', 'course_utils.figures'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


# ------------------------------------------------------------------------- the drawing


def check_drawing(figure, dpi, width=760):
    """Assert that all is legible: inside the canvas, at 9 points or more, nothing crossed out."""
    figure.set_dpi(dpi)
    canvas = FigureCanvasAgg(figure)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        canvas.draw()
    renderer = canvas.get_renderer()
    axes = figure.axes[0]
    page = Bbox([[0, 0], canvas.get_width_height()])
    if width:
        assert page.width <= width * dpi / 100 + 1
    texts = [text for text in axes.texts if text.get_text()]
    boxes = [text.get_window_extent(renderer) for text in texts]
    frames = [p for p in axes.patches if isinstance(p, FancyBboxPatch)]
    frames = [p.get_window_extent(renderer) for p in frames]
    arrows = [p for p in axes.patches if isinstance(p, FancyArrowPatch)]
    lines = [p.get_path().transformed(p.get_transform()) for p in arrows]
    lines = [line for path in lines for line in path.to_polygons(closed_only=False)]
    ink = np.concatenate([np.linspace(p, q, 50) for e in lines for p, q in itertools.pairwise(e)])
    for frame in frames:
        inked = (ink > [frame.x0 + 2, frame.y0 + 2]) & (ink < [frame.x1 - 2, frame.y1 - 2])
        assert not inked.all(axis=1).any(), f"an edge crosses a box at {dpi} dpi"
    for text, box in zip(texts, boxes, strict=True):
        what = f"{text.get_text()!r} at {dpi} dpi"
        assert text.get_fontsize() >= 9, what
        assert page.x0 <= box.x0 and box.x1 <= page.x1, f"{what} is cut off at the side"
        assert page.y0 <= box.y0 and box.y1 <= page.y1, f"{what} is cut off"
        core = Bbox.from_extents(box.x0 + 1, box.y0 + 2, box.x1 - 1, box.y1 - 2)
        for frame in frames:
            is_inside = frame.x0 <= box.x0 and box.x1 <= frame.x1
            assert is_inside or not frame.overlaps(core), f"{what} leaves a box"
        inked = (ink > [core.x0, core.y0]) & (ink < [core.x1, core.y1])
        assert not inked.all(axis=1).any(), f"an edge crosses {what}"
    for (one, first), (two, second) in itertools.combinations(zip(texts, boxes, strict=True), 2):
        overlap = Bbox.intersection(first, second)
        if overlap is not None:
            assert min(overlap.width, overlap.height) < 1.5, (
                f"{one.get_text()!r} and {two.get_text()!r} overlap"
            )
    return [text.get_text() for text in texts]


@pytest.mark.parametrize("dpi", [100, 200])
@pytest.mark.parametrize(
    "make", [lambda: sigmoid_graph(1.0), diamond, neuron, network], ids=["s", "d", "neuron", "net"]
)
def test_drawings_are_legible(make, dpi):
    graph = make()
    figure = draw(graph)
    assert isinstance(figure, Figure)
    texts = check_drawing(figure, dpi)
    for node in graph.nodes:
        assert node.name in texts
    boxes = [p for p in figure.axes[0].patches if isinstance(p, FancyBboxPatch)]
    assert len(boxes) == len(graph.nodes)


def test_the_drawing_shows_the_numbers_and_the_formulas():
    texts = check_drawing(draw(sigmoid_graph(1.0)), 100)
    for text in ("0.3679", "1.368", "0.7311", "−0.5344", "−0.1966", "0.1966", "−1/s²", "exp(n)"):
        assert text in texts, text
    assert texts.count("−0.5344") == 2 and "times −1" in texts
    graph = sigmoid_graph(1.0)
    for _ in range(2):
        forward_only = check_drawing(draw(graph, backward=False), 100)
        assert "0.3679" in forward_only and "−0.5344" not in forward_only
        assert not any("italic" in text for text in forward_only)
        graph.backward()
    untouched = sigmoid_graph(1.0)
    draw(untouched, backward=False)
    assert untouched.steps == ()
    assert "Σ 0.786" in check_drawing(draw(diamond()), 100)


def test_values_stand_above_the_line_upright_and_gradients_below_in_italics():
    figure = draw(sigmoid_graph(1.0))
    look = {
        t.get_text(): (t.get_position(), t.get_style(), t.get_color()) for t in figure.axes[0].texts
    }
    value, gradient = look["0.3679"], look["−0.1966"]
    assert value[0][1] > look["−0.5344"][0][1]
    assert value[1:] == ("normal", "#0072B2") and gradient[1:] == ("italic", "#D55E00")


def test_only_what_was_asked_for_is_drawn_backward():
    graph = sigmoid_graph(1.0)
    graph.backward("s")
    texts = check_drawing(draw(graph), 100)
    assert "1" in texts and "−0.5344" not in texts and "0.7311" in texts
    labels = [t for t in draw(graph).axes[0].texts if t.get_style() == "italic"]
    rightmost = max(labels, key=lambda t: t.get_position()[0])
    assert rightmost.get_text() == "−1/s²", "the open end carries a gradient it was not given"


@settings(deadline=None, max_examples=25)
@given(graphs)
def test_random_graphs_are_drawn_legibly(built):
    graph, _ = built
    graph.backward(graph.nodes[-1])
    check_drawing(draw(graph), 100, width=None)


def test_describe_says_the_numbers():
    graph = sigmoid_graph(1.0)
    forward = (
        "Computational graph of 5 nodes. Forward: z = 1, n = times -1 of z = -1, "
        "q = exp of n = 0.3679, s = plus 1 of q = 1.368, y = reciprocal of s = 0.7311."
    )
    assert describe(graph) == forward
    graph.backward()
    backward = " Backward: dy/dy = 1, dy/ds = -0.5344, dy/dq = -0.5344, dy/dn = -0.1966, "
    assert describe(graph) == forward + backward + "dy/dz = 0.1966."
