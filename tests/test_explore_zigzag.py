"""The walk in the weight plane without a browser: against the lesson's own code, and mpmath."""

import base64
import json
import re
from pathlib import Path

import mpmath
import nbformat
import numpy as np
import pytest

from course_utils.activations import relu, sigmoid, tanh
from course_utils.explore import explore_zigzag
from course_utils.explore.zigzag import (
    BATCHES,
    FAR,
    GOAL,
    INPUTS,
    RATES,
    STEPS,
    contours,
    hessian,
    measured,
    moments,
    walk,
)

LESSON = Path(__file__).parents[1] / "notebooks" / "07_zero_centering.ipynb"
START = {"rate": 0.5, "batch": 1, "seed": 0}


@pytest.fixture(scope="module")
def lesson():
    """What the lesson's cells define: `walk`, `centred`, `length`, `one_sign_share`."""
    names = {"np": np, "sigmoid": sigmoid, "tanh": tanh}
    for cell in nbformat.read(LESSON, 4).cells:
        if cell.id == "walk":
            exec(cell.source, names)
        if cell.id == "stairs":  # its two functions, not the fifty walks below them
            exec(cell.source.split("\nkinds = ")[0], names)
    return names


def read(text, kind="<f8"):
    return np.frombuffer(base64.b64decode(text), kind)


@pytest.mark.parametrize("inputs", INPUTS)
@pytest.mark.parametrize(("rate", "batch", "seed"), [(0.5, 1, 0), (0.2, 2, 3), (1.0, 64, 7)])
def test_the_walk_is_the_lessons(lesson, inputs, rate, batch, seed):
    function = {"centred": lesson["centred"]}.get(inputs, INPUTS[inputs][1])
    expected = lesson["walk"](function, GOAL[None], batch, rate=rate, steps=150, seed=seed)[:, 0]
    found = walk(inputs, rate=rate, batch=batch, seed=seed, steps=150)
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-13)


def test_the_numbers_at_the_end_are_those_that_the_lesson_prints(lesson):
    path = walk("sigmoid", **START, steps=STEPS + 1)
    numbers = measured(path, "sigmoid")
    whole = path[: STEPS + 1, None]
    straight = np.sqrt(2)  # the goal is reached
    assert numbers["detour"][STEPS] == pytest.approx(lesson["length"](whole)[0] / straight, 1e-3)
    assert numbers["one_sign"][STEPS] == lesson["one_sign_share"](whole) == 1
    middled = walk("centred", **START, steps=STEPS + 1)[: STEPS + 1, None]
    share = measured(walk("centred", **START, steps=STEPS + 1), "centred")["one_sign"][STEPS]
    assert share == lesson["one_sign_share"](middled) < 0.6


@pytest.mark.parametrize("inputs", INPUTS)
def test_the_moments_are_mpmaths(inputs):
    half, e = mpmath.mpf(1) / 2, mpmath.exp
    value = {
        "sigmoid": lambda z: 1 / (1 + e(-z)),
        "centred": lambda z: 1 / (1 + e(-z)) - half,
        "tanh": mpmath.tanh,
        "relu": lambda z: max(z, 0),
    }[inputs]
    with mpmath.workdps(30):
        for power, found in zip((1, 2), moments(inputs), strict=True):
            wanted = mpmath.quad(lambda z, n=power: mpmath.npdf(z) * value(z) ** n, (-14, 0, 14))
            assert found == pytest.approx(float(wanted), rel=1e-13, abs=1e-15)


@pytest.mark.parametrize("inputs", INPUTS)
def test_a_large_batch_comes_near_to_all_inputs(inputs):
    z = np.random.default_rng(1).normal(size=(400_000, 2))
    x = INPUTS[inputs][1](z)
    np.testing.assert_allclose(hessian(inputs), x.T @ x / len(x), atol=6e-3)
    np.testing.assert_allclose(walk(inputs, rate=1, batch="all", seed=0, steps=1)[1],
                               -GOAL + hessian(inputs) @ GOAL, rtol=1e-13)  # fmt: skip


def test_with_all_inputs_the_walk_is_straight_whatever_the_seed():
    first, second = (walk("sigmoid", rate=3, batch="all", seed=seed) for seed in (0, 1))
    np.testing.assert_array_equal(first, second)
    np.testing.assert_array_equal(first[:, 0], -first[:, 1])


@pytest.mark.parametrize("inputs", INPUTS)
def test_each_contour_has_one_loss(inputs):
    before = 0
    for line in contours(inputs):
        loss = np.einsum("ki,ij,kj->k", line - GOAL, hessian(inputs), line - GOAL) / 2
        np.testing.assert_allclose(loss, loss[0], rtol=1e-10)
        assert loss[0] > before
        before = loss[0]


@pytest.mark.parametrize("inputs", ["sigmoid", "relu"])
@pytest.mark.parametrize("seed", range(5))
def test_with_one_example_no_step_leaves_the_shaded_quadrants(inputs, seed):
    moves = np.diff(walk(inputs, rate=0.5, batch=1, seed=seed), axis=0)
    assert np.all(moves[:, 0] * moves[:, 1] >= 0)


def test_what_is_measured_before_each_step():
    path = np.array([[-1.0, 1.0], [-1.0, 0.0], [0.0, 0.0], [0.0, 0.0]])
    numbers = measured(path, "tanh")
    _, square = moments("tanh")
    np.testing.assert_allclose(numbers["loss"], [square, square / 2, 0], rtol=1e-12)
    np.testing.assert_allclose(numbers["move"], [1, 1, 0])
    np.testing.assert_allclose(numbers["angle"], [45, 0, np.nan])
    np.testing.assert_allclose(numbers["detour"], [np.nan, 1, np.sqrt(2)])
    np.testing.assert_allclose(numbers["one_sign"], [np.nan, 1, 1])


def test_a_walk_that_flies_off_ends_and_every_number_is_finite():
    for rate in (5.0, 50.0):
        answer = explore_zigzag().answer("sigmoid", rate, 1, 0)
        assert answer["flown"]
        path = read(answer["path"], "<f4").reshape(-1, 2)
        assert np.isfinite(path).all() and 2 < len(path) < 100
        far = np.linalg.norm(path - GOAL, axis=1)
        assert np.all(far[:-1] < FAR) and far[-1] >= FAR
        assert np.isfinite(read(answer["loss"])).all()
    assert not explore_zigzag().answer("sigmoid", 0.5, 1, 0)["flown"]


def test_what_the_page_reads_is_what_python_measures():
    explorer = explore_zigzag(inputs="tanh", rate=0.25, batch=4, seed=3, step=17)
    data = json.loads(json.dumps(explorer.data))
    assert data["state"] == {"inputs": "tanh", "rate": 0.25, "batch": 4, "seed": 3, "step": 17}
    assert 0.25 in data["rates"] and data["rates"] == sorted(data["rates"])
    assert set(RATES) < set(data["rates"])
    for inputs in INPUTS:
        answer = data["answers"][inputs]
        path = walk(inputs, rate=0.25, batch=4, seed=3, steps=STEPS + 1)
        np.testing.assert_allclose(
            read(answer["path"], "<f4").reshape(-1, 2), path + GOAL, atol=1e-6
        )
        for name, values in measured(path, inputs).items():
            np.testing.assert_array_equal(read(answer[name]), values)
            assert len(values) == STEPS + 1  # the slider's positions
        assert len(answer["contours"]) == len(contours(inputs))


def test_data_is_small_and_the_same_every_time():
    first, second = (json.dumps(explore_zigzag().data) for _ in range(2))
    assert first == second
    assert len(first) < 150_000
    for batch in BATCHES:
        answers = [json.dumps(explore_zigzag().answer("relu", 0.3, batch, 5)) for _ in range(2)]
        assert answers[0] == answers[1]


def test_the_static_picture_follows_the_state():
    explorer = explore_zigzag()
    assert "after 60 steps the loss is 0.005, the path 3.62 times" in explorer.alt()
    explorer.rate, explorer.step = 5.0, 400
    assert re.search(r"after \d\d steps the walk flies off", repr(explorer))
    assert explorer.figure().axes[0].get_title(loc="left").startswith("sigmoid inputs, one example")
    explorer.set_trait("step", 0)
    explorer.batch = "all"
    assert "all inputs in each step" in explorer.alt()
    assert "straight line so far" not in explorer.alt()
    for inputs in INPUTS:
        explorer.inputs = inputs
        assert INPUTS[inputs][0] in explorer.alt()
        assert explorer.figure().axes


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"inputs": "elu"}, "no inputs 'elu': choose one of sigmoid, centred, tanh, relu"),
        ({"rate": 0.0}, "rate = 0 is out of range: choose one from 0.001 to 100"),
        ({"rate": float("nan")}, "rate = nan is out of range"),
        ({"rate": 101}, "rate = 101 is out of range"),
        ({"batch": 3}, "no batch size 3 here: choose one of 1, 2, 4, 8, 16, 32, 64, 'all'"),
        ({"batch": "some"}, "no batch size 'some'"),
        ({"seed": -1}, "seed = -1 is negative: choose 0 or more"),
        ({"step": 401}, "step = 401 lies outside 0 to 400"),
        ({"step": -1}, "step = -1 lies outside"),
    ],
)
def test_unusable_settings_are_refused_with_a_way_out(arguments, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        explore_zigzag(**arguments)
    explorer = explore_zigzag()
    before = explorer.settings() | {"step": explorer.step}
    ((name, value),) = arguments.items()
    with pytest.raises(ValueError, match=re.escape(words)):
        setattr(explorer, name, value)
    assert explorer.settings() | {"step": explorer.step} == before


def test_an_activation_may_stand_for_its_name():
    assert explore_zigzag(inputs=relu).inputs == "relu"
    with pytest.raises(ValueError, match="no inputs 'swish'"):
        explore_zigzag().answer("swish", 0.5, 1, 0)
