"""The gradient through a stack without a browser: against lesson 08's code and its theory."""

import base64
import json
import re
from pathlib import Path

import mpmath
import nbformat
import numpy as np
import pytest

from course_utils.activations import ACTIVATIONS, elu, relu, sigmoid, tanh
from course_utils.explore import explore_gradient_flow
from course_utils.explore.gradient_flow import (
    DEAD,
    FLOWS,
    GAINS,
    NETWORKS,
    WIDTHS,
    Flow,
    _draws,
    _limits,
    _middle,
    flow,
    foretold,
    schemes,
)

LESSON = Path(__file__).parents[1] / "notebooks" / "08_gradient_flow.ipynb"


@pytest.fixture(scope="module")
def lesson():
    """What the lesson's cells define: `gradient_norms`, `scales`, `predicted_step` and others."""
    names = {"np": np}
    cells = {cell.id: cell.source for cell in nbformat.read(LESSON, 4).cells}
    exec(cells["flow"], names)
    exec(cells["scales"][cells["scales"].index("def scales") :], names)
    exec(cells["one-step"], names)
    exec(cells["predicted"], names)
    return names


def read(text):
    return np.frombuffer(base64.b64decode(text), "<f8")


@pytest.mark.parametrize("name", FLOWS)
@pytest.mark.parametrize(
    ("depth", "width", "gain", "seed"), [(20, 64, 1.0, 0), (2, 16, 4.0, 3), (50, 32, 2**0.5, 7)]
)
def test_the_norms_are_the_lessons(lesson, name, depth, width, gain, seed):
    g, scale = FLOWS[name], gain / np.sqrt(width)
    found = flow(g, depth=depth, width=width, gain=gain, seed=seed)
    for k in range(NETWORKS):
        of_z = lesson["gradient_norms"](g, depth, width, scale, seed + k)
        of_weights = lesson["gradient_norms"](g, depth, width, scale, seed + k, of_weights=True)
        np.testing.assert_allclose(found.of_z[k], of_z, rtol=1e-8)
        np.testing.assert_allclose(found.of_weights[k], of_weights, rtol=1e-8)


def test_a_number_drawn_before_serves_a_deeper_net_and_another_gain():
    _draws.cache_clear()
    shallow = flow(tanh, depth=3, width=16, gain=1.0, seed=11).of_z
    deep = flow(tanh, depth=40, width=16, gain=2.0, seed=11).of_z
    again = flow(tanh, depth=3, width=16, gain=1.0, seed=11).of_z
    np.testing.assert_array_equal(shallow, again)
    _draws.cache_clear()
    np.testing.assert_array_equal(deep, flow(tanh, depth=40, width=16, gain=2.0, seed=11).of_z)


def test_what_a_step_leaves_is_the_lessons_measure(lesson):
    scale = 1 / np.sqrt(64)
    expected = lesson["one_step"](relu, 20, 64, scale, range(NETWORKS))
    found = flow(relu, depth=20, width=64, gain=1.0).left()
    assert np.median(found[:, 0]) == pytest.approx(expected, rel=1e-10)
    assert np.isnan(found[:, -1]).all()  # no step from the last layer to itself


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "relu", "elu", "linear"])
@pytest.mark.parametrize("gain", [0.3, 1.0, 2**0.5, 8.0])
def test_the_prediction_is_the_lessons_at_the_first_layer(lesson, name, gain):
    predicted = foretold(FLOWS[name], depth=20, width=64, gain=gain)
    step = (predicted[0] / predicted[-1]) ** (1 / 19)
    assert step == pytest.approx(lesson["predicted_step"](FLOWS[name], gain, 20), rel=1e-12)


def test_the_prediction_is_close_to_wide_networks():
    for g, gain in ((relu, 2**0.5), (tanh, 1.0), (sigmoid, 1.0), (elu, 1.0)):
        found = np.median(flow(g, depth=8, width=128, gain=gain).of_z, axis=0)
        np.testing.assert_allclose(found, foretold(g, depth=8, width=128, gain=gain), rtol=0.15)


def test_the_mean_squared_slope_of_the_prediction_is_mpmaths():
    """Two layers: the first meets one matrix and the slopes for z from N(0, gain^2)."""
    gain = 1.7
    predicted = foretold(tanh, depth=2, width=64, gain=gain)
    slope = mpmath.quad(lambda u: mpmath.npdf(u) * mpmath.sech(gain * u) ** 4, (-12, -1, 0, 1, 12))
    assert (predicted[0] / predicted[1]) ** 2 == pytest.approx(gain**2 * float(slope), rel=1e-8)


def test_dead_units_are_counted_as_in_the_lesson():
    found = flow(relu, depth=6, width=16, gain=2**0.5, seed=0)
    rng = np.random.default_rng(0)
    weights = rng.normal(0, np.sqrt(2 / 16), (6, 16, 16))
    a = rng.normal(size=(32, 16))
    for layer, W in enumerate(weights):
        dead = (relu.derivative(a @ W) < DEAD).all(axis=0).mean()
        assert found.dead[0, layer] == dead
        a = relu(a @ W)
    assert np.all(flow(FLOWS["step"], depth=3, width=16, gain=1.0).dead == 1)


@pytest.mark.parametrize("name", FLOWS)
@pytest.mark.parametrize("gain", [GAINS[0], GAINS[-1]])
@pytest.mark.parametrize("width", WIDTHS[:2])
def test_at_the_ends_of_the_slider_nothing_overflows_and_the_axis_holds_all(name, gain, width):
    answer = explore_gradient_flow(width=width).answer(name, gain, 50, width, 0)
    low, high = answer["limits"]
    for array in ("of_z", "of_weights", "predicted"):
        norms = read(answer[array])
        assert np.isfinite(norms).all()
        assert np.all((norms == 0) | ((low <= norms) & (norms <= high)))


def test_the_steps_gradient_is_exactly_0_and_the_answer_says_so():
    answer = explore_gradient_flow().answer("step", 1.0, 20, 64, 0)
    assert answer["silent"] == NETWORKS
    assert not read(answer["of_z"]).any() and not read(answer["predicted"]).any()
    assert np.isnan(read(answer["left"])).all()
    assert answer["limits"] == [1e-2, 1e2]
    assert _limits(np.array([3e-7, 0.0]), np.array([2e5])) == [1e-8, 1e8]


def test_networks_that_pass_nothing_on_are_left_out_of_the_ratios():
    of_z = np.array([[0.0, 0.0], [1.0, 4.0], [1.0, 2.0]])  # a dead network, and two that live
    found = Flow(of_z, of_z, 0 * of_z)
    np.testing.assert_array_equal(_middle(found.ratio()), [0.375, 1])
    np.testing.assert_array_equal(_middle(found.left()), [0.375, np.nan])


def test_the_sliders_positions_hold_every_initialisation_once():
    data = explore_gradient_flow(gain=0.77).data
    gains = np.array(data["gains"])
    assert np.all(np.diff(np.log(gains)) > 1e-6)
    assert 0.77 in data["gains"]
    for width in WIDTHS:
        assert data["schemes"][str(width)] == schemes(width)
        assert set(schemes(width).values()) <= set(data["gains"])


def test_the_gains_are_the_lessons_scales(lesson):
    for width in WIDTHS:
        scales = lesson["scales"](width)
        for name, gain in schemes(width).items():
            assert gain / np.sqrt(width) == pytest.approx(scales[name], rel=1e-14)


def test_what_the_page_reads_is_what_python_computes():
    explorer = explore_gradient_flow(activation=elu, gain="He", depth=7, width=32, seed=5, layer=3)
    data = json.loads(json.dumps(explorer.data))
    start = {"activation": "elu", "gain": 2**0.5, "depth": 7, "width": 32, "seed": 5}
    assert data["state"] == start | {"layer": 3}
    answers = {(of, gain): answer for of, gain, answer in data["answers"]}
    assert {of for of, _ in answers} == set(FLOWS)
    assert {gain for _, gain in answers} == set(schemes(32).values())
    found = flow(elu, depth=7, width=32, gain=2**0.5, seed=5)
    answer = answers["elu", 2**0.5]
    np.testing.assert_array_equal(read(answer["of_z"]), np.median(found.of_z, axis=0))
    np.testing.assert_array_equal([read(each) for each in answer["each"]], found.of_z)
    np.testing.assert_array_equal(read(answer["ratio"]), np.median(found.ratio(), axis=0))
    np.testing.assert_array_equal(read(answer["dead"]), found.dead.mean(axis=0))


def test_data_is_small_and_the_same_every_time():
    first, second = (json.dumps(explore_gradient_flow(depth=50).data) for _ in range(2))
    assert first == second
    assert len(first) < 200_000


def test_the_static_picture_follows_the_state():
    explorer = explore_gradient_flow()
    assert repr(explorer) == (
        "[explorer] Gradient norm by layer, sigmoid, Xavier weights, 20 layers of 64 units, "
        "5 networks: a step back leaves 0.23 of the norm, "
        "and the first layer has 1.1e-12 times that of the last"
    )
    explorer.gain, explorer.depth, explorer.layer = 3.0, 5, 30  # a layer that is not there
    assert "gain 3, 5 layers" in explorer.alt()
    assert explorer.figure().axes[0].get_xlim() == (1, 5)
    for name in ACTIVATIONS:
        explorer.activation = name
        assert explorer.figure().axes and ACTIVATIONS[name].title in explorer.alt()
    explorer.activation = "step"
    assert explorer.alt().endswith("it is exactly 0 at the first layer")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"activation": "swish"}, "no activation 'swish': choose one of step, sigmoid"),
        ({"gain": 0.01}, "gain = 0.01 lies outside 0.125 to 32"),
        ({"gain": float("nan")}, "gain = nan lies outside"),
        ({"depth": 1}, "depth = 1 lies outside 2 to 50: choose one inside"),
        ({"depth": 51}, "depth = 51 lies outside"),
        ({"width": 100}, "no width 100 here: choose one of 16, 32, 64, 128"),
        ({"seed": -1}, "seed = -1 is negative: choose 0 or more"),
        ({"layer": 0}, "layer = 0 lies outside 1 to 50: the first layer is 1"),
    ],
)
def test_unusable_settings_are_refused_with_a_way_out(arguments, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        explore_gradient_flow(**arguments)
    explorer = explore_gradient_flow(depth=2, width=16)
    before = explorer.settings() | {"layer": explorer.layer}
    ((name, value),) = arguments.items()
    with pytest.raises(ValueError, match=re.escape(words)):
        setattr(explorer, name, value)
    assert explorer.settings() | {"layer": explorer.layer} == before


def test_an_unknown_initialisation_is_refused_with_the_known_ones():
    words = "no initialisation 'Glorot': choose one of PyTorch, Xavier, He, N(0, 1), or a number"
    with pytest.raises(ValueError, match=re.escape(words)):
        explore_gradient_flow(gain="Glorot")
    with pytest.raises(ValueError, match="no activation 'swish'"):
        explore_gradient_flow(depth=2, width=16).answer("swish", 1.0, 2, 16, 0)
