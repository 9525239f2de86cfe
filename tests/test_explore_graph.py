"""The graph explorer without a browser: its numbers against independent ones, its words."""

import base64
import itertools
import json
import math
import re

import mpmath
import numpy as np
import pytest
import sympy as sp
from test_graph import diamond, every_operation, network, neuron

from course_utils.activations import sigmoid
from course_utils.explore import explore_graph
from course_utils.explore.graph import MOST_NUMBERS, numbers_of, positions
from course_utils.graph import Graph, describe, draw, sigmoid_graph
from course_utils.graph_drawing import fitted

GRAPHS = [lambda: sigmoid_graph(1.0), diamond, neuron, network, every_operation]
IDS = ["sigmoid", "diamond", "neuron", "network", "every"]
WIDE = {"z": (0.1, 1.3), "w": (-2.0, -0.3)}  # where every operation can be computed


def explorer_of(make):
    return explore_graph(make(), ranges=WIDE if make is every_operation else None)


def decoded(text):
    return np.frombuffer(base64.b64decode(text), "<f8")


def spoken(data, stage, numbers):
    """What the page makes of a stage's words."""

    def write(piece):
        text = f"{numbers[piece[0]] + 0.0:.4g}"
        return f"({text})" if piece[1:] == [1] and text[0] == "-" else text

    return "".join(p if isinstance(p, str) else write(p) for p in data["stages"][stage]["words"])


def shown(explorer, stage):
    """The marks of a stage as the page writes them: all that stands on edges and below boxes."""
    data, numbers = explorer.data, explorer.numbers()
    texts = []
    for mark in data["marks"]:
        known = [at for since, at in mark["known"] if since <= stage]
        number = None if not known else 1.0 if known[-1] is None else numbers[known[-1]]
        text = "" if number is None else fitted(number, data["digits"], data["room"])
        texts.append(text and mark["before"] + text)
    return texts


# ------------------------------------------------------------------------------- numbers


@pytest.mark.parametrize("make", GRAPHS, ids=IDS)
def test_the_last_sum_of_each_input_is_its_central_difference(make):
    graph = make()
    numbers, steps = numbers_of(graph), graph.steps
    count = len(graph.nodes)
    for name in [node.name for node in graph.nodes if not node.inputs]:
        last = max(k for k, step in enumerate(steps) if step.parent.name == name)
        ends, value, other = [], graph[name].value, graph.copy()
        for side in (1e-6, -1e-6):
            other.set(name, value + side)
            ends.append(other.forward())
        slope = (ends[0] - ends[1]) / 2e-6
        assert numbers[count + 4 * last + 3] == pytest.approx(slope, rel=1e-6, abs=1e-8)


@pytest.mark.parametrize("make", GRAPHS, ids=IDS)
def test_each_step_is_upstream_times_local_and_sums_grow(make):
    graph = make()
    numbers, steps = numbers_of(graph), graph.steps
    values, walked = numbers[: len(graph.nodes)], numbers[len(graph.nodes) :].reshape(-1, 4)
    assert values.tolist() == [node.value for node in graph.nodes]
    assert len(walked) == len(steps)
    for k, (step, (upstream, local, downstream, total)) in enumerate(
        zip(steps, walked, strict=True)
    ):
        assert (upstream, local, downstream) == (step.upstream, step.local, step.downstream)
        before = [s.downstream for s in steps[: k + 1] if s.parent is step.parent]
        assert total == pytest.approx(math.fsum(before), rel=1e-12, abs=1e-15)


def test_values_and_gradients_of_the_sigmoid_are_those_of_sympy_at_every_position():
    explorer = explore_graph(sigmoid_graph(1.0))
    rows = decoded(explorer.data["table"]).reshape(len(explorer.data["positions"]["z"]), -1)
    z, s = sp.symbols("z s")
    values = [z, -z, sp.exp(-z), 1 + sp.exp(-z), 1 / (1 + sp.exp(-z))]
    y = values[-1]
    down = [sp.diff(1 / s, s).subs(s, values[3])] * 2
    down += [down[0] * values[2], sp.diff(y, z)]
    ours = sp.lambdify(z, [*values, *down], "mpmath")
    assert explorer.data["positions"]["z"][::60] == [-6.0, 0.0, 6.0]
    for position, row in zip(explorer.data["positions"]["z"], rows, strict=True):
        with mpmath.workdps(30):
            truth = [float(number) for number in ours(mpmath.mpf(position))]
        np.testing.assert_allclose(row[:5], truth[:5], rtol=1e-12, atol=1e-15)
        np.testing.assert_allclose(row[5:].reshape(4, 4)[:, 2], truth[5:], rtol=1e-12)
        assert row[-1] == pytest.approx(float(sigmoid.derivative(position)), rel=1e-9)


@pytest.mark.parametrize(("make", "name"), [(GRAPHS[0], "z"), (diamond, "z")])
def test_the_table_is_the_graph_at_each_position(make, name):
    data = explore_graph(make()).data
    rows = decoded(data["table"]).reshape(len(data["positions"][name]), -1)
    for value, row in zip(data["positions"][name], rows, strict=True):
        graph = make()
        graph.set(name, value)
        graph.forward()
        assert row.tolist() == numbers_of(graph).tolist()
    assert rows.size <= MOST_NUMBERS and len(json.dumps(data)) < 200_000


def test_answers_are_the_graph_at_other_inputs():
    explorer, rng = explore_graph(network()), np.random.default_rng(5)
    assert explorer.data["table"] is None
    for _ in range(20):
        inputs = {name: float(rng.choice(at)) for name, at in explorer.data["positions"].items()}
        graph = network()
        for name, value in inputs.items():
            graph.set(name, value)
        graph.forward()
        answer = json.loads(json.dumps(explorer.answer(inputs=inputs)))
        assert decoded(answer["numbers"]).tolist() == numbers_of(graph).tolist()


def test_a_long_table_is_left_to_the_kernel():
    graph = Graph()
    node = graph.input("z", 0.5)
    for _ in range(40):
        node = graph.multiply(graph.add(node, 1), 0.5)
    data = explore_graph(graph).data
    assert data["table"] is None and len(json.dumps(data)) < 200_000


# -------------------------------------------------------------------------------- stages


@pytest.mark.parametrize("make", GRAPHS, ids=IDS)
def test_a_stage_for_each_node_one_for_the_turn_one_for_each_edge(make):
    explorer, graph = explorer_of(make), make()
    graph.backward()
    computed = [node for node in graph.nodes if node.inputs]
    stages, turn = explorer.data["stages"], len(computed) + 1
    assert len(stages) == 1 + len(computed) + 1 + len(graph.steps)
    numbers = explorer.numbers()
    for k, node in enumerate(computed):
        words = spoken(explorer.data, k + 1, numbers)
        assert words.startswith(f"{node.operation.label}: {node.name} = ")
        assert words.endswith(f" = {node.value + 0.0:.4g}")
        between = words.split(" = ")[2]
        assert eval(
            between, {"exp": math.exp, "log": math.log, "sigmoid": sigmoid, "tanh": math.tanh}
        ) == (pytest.approx(node.value, rel=2e-3, abs=2e-3))
    for k, step in enumerate(graph.steps):
        first, second, *_ = spoken(explorer.data, turn + 1 + k, numbers).split("\n")
        assert first == str(step)
        assert second.startswith(f"local: d{step.node.name}/d{step.parent.name} = {step.formula}")
        [edge] = stages[turn + 1 + k]["edges"]
        found = explorer._layout.edges[edge]
        assert (found.source, found.target) == (step.parent.name, step.node.name)
        assert stages[turn + 1 + k]["back"] and not stages[turn]["back"]
    walked = [stage["edges"][0] for stage in stages[turn + 1 :]]
    assert len(set(walked)) == len(walked), "an edge is walked twice"


def test_the_words_of_the_sigmoid():
    explorer = explore_graph(sigmoid_graph(1.0))
    words = []
    for stage in range(10):
        explorer.stage = stage
        words.append(explorer.words())
    assert words[0] == "The input is known: z = 1.\nEach step forward computes one node."
    assert words[3] == "plus 1: s = q + 1 = 0.3679 + 1 = 1.368"
    assert words[2] == "exp: q = exp(n) = exp(-1) = 0.3679"
    assert words[1] == "times -1: n = -1 * z = -1 * 1 = -1"
    assert (
        words[5] == "Now backward, from y: dy/dy = 1.\nAt each node, upstream x local = downstream."
    )
    exp = "exp: upstream -0.5344 x local 0.3679 = downstream -0.1966"
    assert words[8] == f"{exp}\nlocal: dq/dn = exp(n) = 0.3679"
    assert words[9].endswith("\nlocal: dn/dz = -1\nThe walk is over: dy/dz = 0.1966.")


def test_where_paths_meet_the_words_add_up():
    explorer = explore_graph(diamond())
    explorer.stage = len(explorer.data["stages"]) - 2
    total = "z is used 2 times: dy/dz = "
    first = explorer.words().split("\n")[2]
    assert first.startswith(total) and first.endswith(" + what is still to come")
    explorer.stage += 1
    last = explorer.words().split("\n")[2]
    one, two, result = re.fullmatch(rf"{total}(\S+) \+ (\S+) = (\S+)", last).groups()
    assert float(one) + float(two.strip("()")) == pytest.approx(float(result), abs=2e-4)
    assert float(result) == pytest.approx(1 - math.tanh(0.5) ** 2, abs=1e-4)


@pytest.mark.parametrize("make", GRAPHS, ids=IDS)
def test_each_step_reveals_something_and_hides_nothing(make):
    explorer = explorer_of(make)
    stages = [shown(explorer, k) for k in range(len(explorer.data["stages"]))]
    for before, after in itertools.pairwise(stages):
        assert before != after
        assert all(later for earlier, later in zip(before, after, strict=True) if earlier)
    assert all(stages[-1])
    assert all(len(text.removeprefix("Σ ")) <= explorer.data["room"] for text in stages[-1])


# --------------------------------------------------------------------- picture and words


def test_the_figure_is_the_static_drawing_of_what_is_known():
    explorer, graph = explore_graph(sigmoid_graph(1.0)), sigmoid_graph(1.0)

    def texts(figure):
        return [text.get_text() for text in figure.axes[0].texts]

    full = texts(draw(graph))
    explorer.stage = 9
    assert texts(explorer.figure()) == full
    for stage, unknown in ((0, 9), (3, 6), (5, 4), (8, 1)):
        explorer.stage = stage
        few = texts(explorer.figure())
        assert len(few) == len(full) - unknown
        rest = iter(full)
        assert all(text in rest for text in few), "in the same order, nothing else"


@pytest.mark.parametrize("make", GRAPHS, ids=IDS)
def test_the_page_draws_what_the_layout_has(make):
    explorer = explorer_of(make)
    data, layout = explorer.data, explorer._layout
    assert [box["name"] for box in data["boxes"]] == [box.name for box in layout.boxes]
    assert sorted(box.name for box in layout.boxes) == sorted(n.name for n in make().nodes)
    width, height = data["size"]
    for part in [*data["marks"], *(label for box in data["boxes"] for label in box["labels"])]:
        assert 0 < part["x"] < width and 0 < part["y"] < height
    places = [(mark["x"], mark["y"]) for mark in data["marks"]]
    assert len(set(places)) == len(places)
    for edge, drawn in zip(layout.edges, data["edges"], strict=True):
        assert drawn["path"].count("M") == len(edge.pieces)
    assert all(stage["boxes"] or stage["edges"] for stage in data["stages"])
    if make is not every_operation:
        assert width <= 940, "it fits the widest page without scrolling"


def test_alt_says_what_is_seen():
    explorer = explore_graph(sigmoid_graph(1.0), stage=3)
    alt = "Computational graph of 5 nodes, step 3 of 9. plus 1: s = q + 1 = 0.3679 + 1 = 1.368"
    assert repr(explorer) == f"[explorer] {alt}"
    assert explorer._repr_mimebundle_()[0]["text/html"].startswith(f'<img alt="{alt}"')


def test_data_survives_json_and_is_the_same_every_time():
    first, second = (json.dumps(explore_graph(network()).data) for _ in range(2))
    assert first == second and len(first) < 200_000
    data = json.loads(first)
    assert data["many"] and data["state"]["stage"] == 0
    assert decoded(data["numbers"]).tolist() == numbers_of(network()).tolist()


# ----------------------------------------------------------------------- states, mistakes


def test_the_callers_graph_stays_as_it_is():
    graph = sigmoid_graph(1.0)
    explorer = explore_graph(graph)
    explorer.inputs = {"z": -3.0}
    assert graph.steps == () and graph["z"].value == 1.0
    assert describe(graph) == describe(sigmoid_graph(1.0))
    graph.set("z", 5.0)
    graph.forward()
    assert explorer.numbers()[0] == -3.0


def test_inputs_go_to_the_nearest_position_and_the_rest_stay():
    explorer = explore_graph(neuron())
    explorer.inputs = {"w1": 1.234}
    assert explorer.inputs == {"w1": 1.2, "x1": -1.0, "w2": -3.0, "x2": -2.0, "b": -3.0}
    odd = explore_graph(sigmoid_graph(1.234))
    assert odd.inputs == {"z": 1.234} and 1.334 in odd.data["positions"]["z"]


@pytest.mark.parametrize(
    ("value", "bounds", "ends", "count"),
    [
        (1.0, None, (-6, 6), 121),
        (0.3, (0, 1), (0, 1), 101),
        (9.5, None, (-19.9, 19.9), 200),
        (2.0, (-4, 4, 0.5), (-4, 4), 17),
    ],
)
def test_positions(value, bounds, ends, count):
    found = positions("z", value, bounds)
    assert (found[0], found[-1]) == pytest.approx(ends, abs=0.5)
    assert value in found and abs(len(found) - count) <= 1
    assert np.ptp(np.diff(found)) < 1e-8


def test_numbers_fit_their_room():
    rng = np.random.default_rng(1)
    for number in rng.normal(size=500) * 10.0 ** rng.integers(-90, 90, 500):
        for digits, room in ((4, 7), (3, 6), (2, 6)):
            text = fitted(number, digits, room)
            assert len(text) <= room
            assert float(text.replace("−", "-")) == pytest.approx(number, rel=0.5)
    assert fitted(-0.5344, 4, 7) == "−0.5344" == fitted(-0.5344, 4)


@pytest.mark.parametrize(
    ("make", "arguments", "words"),
    [
        (GRAPHS[0], {"stage": 10}, "stage = 10 is out of range: choose one from 0 to 9"),
        (GRAPHS[0], {"stage": -1}, "stage = -1 is out of range"),
        (GRAPHS[0], {"ranges": {"w": (0, 1)}}, "this graph has no input 'w': choose z"),
        (GRAPHS[0], {"ranges": {"z": (2, 3)}}, "z = 1 does not lie in its range, 2 to 3"),
        (GRAPHS[0], {"ranges": {"z": (0, 3, 0)}}, "z: the step 0 does not fit 0 to 3"),
        (GRAPHS[0], {"ranges": {"z": (-800, 3)}}, "or give another range, ranges={'z': (low"),
        (GRAPHS[0], {"output": "z"}, "nothing to step through"),
        (Graph, {}, "no node at all"),
    ],
)
def test_unusable_arguments_are_refused_with_a_way_out(make, arguments, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        explore_graph(make(), **arguments)


def test_unusable_states_are_refused_and_change_nothing():
    explorer = explore_graph(every_operation(), ranges={"w": (-2, 2)})
    before = dict(explorer.inputs)
    for inputs, words in (
        ({"z": 9}, "z = 9 lies outside"),
        ({"q": 1}, "this graph has no input 'q': choose z, w"),
        ({"z": "1"}, "z = 1 lies outside"),
        ({"z": math.nan}, "z = nan lies outside"),
        ({"z": -2.0}, "the logarithm needs a positive number"),
    ):
        with pytest.raises(ValueError, match=words):
            explorer.inputs = inputs
        assert explorer.inputs == before
    with pytest.raises(ValueError, match="choose one from 0 to"):
        explorer.stage = 99
    with pytest.raises(ValueError, match="no input 'y'"):
        explorer.chosen = "y"
    assert explorer.numbers().tolist() == numbers_of(every_operation()).tolist()


def test_a_question_that_cannot_be_computed_gets_words(monkeypatch):
    explorer, sent = explore_graph(every_operation()), []
    monkeypatch.setattr(explorer, "send", sent.append)
    for z in (-1.0, 0.7):
        question = {"inputs": {"z": z, "w": -1.3}}
        explorer._hear(explorer, {"ask": z, "question": question}, [])
    assert "logarithm needs a positive number" in sent[0]["problem"]
    assert decoded(sent[1]["numbers"]).tolist() == numbers_of(every_operation()).tolist()


def test_another_output_is_walked_from_and_the_rest_has_no_gradient():
    explorer = explore_graph(sigmoid_graph(0.0), output="s")
    explorer.stage = len(explorer.data["stages"]) - 1
    assert explorer.words().endswith("The walk is over: ds/dz = -1.")
    assert "" not in shown(explorer, explorer.stage)
