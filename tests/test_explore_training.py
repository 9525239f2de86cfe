"""The training explorer without a browser: its runs, what it answers, what it refuses."""

import base64
import json
import re
from types import SimpleNamespace

import numpy as np
import pytest

from course_utils.activations import ACTIVATIONS, relu, sigmoid, tanh
from course_utils.data import xor
from course_utils.explore import explore_training
from course_utils.explore import training as module
from course_utils.explore.training import CHOICES, CURVE, RATES, Run, border, extent
from course_utils.network import (
    Gradients,
    Parameters,
    backward,
    check_gradients,
    descend,
    forward,
    loss,
    softmax,
)


def in_a_loop(run, steps):
    """The same steps with the lesson's functions and nothing else; every loss on the way."""
    g, parameters = run.activation, run.parameters
    losses = [loss(parameters, run.x, run.labels, g)]
    for _ in range(steps):
        cache = forward(parameters, run.x, g)
        gradients = backward(parameters, run.x, run.labels, cache, g)
        parameters = descend(parameters, gradients, run.rate)
        losses.append(loss(parameters, run.x, run.labels, g))
    return parameters, losses


def array(text, kind):
    return np.frombuffer(base64.b64decode(text), kind)


def same(one, other):
    return all(np.array_equal(getattr(one, n), getattr(other, n)) for n in ("W1", "b1", "W2", "b2"))


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("examples", ["xor", "moons"])
def test_however_a_run_is_cut_into_frames_it_is_the_loop_of_the_lesson(name, examples):
    explorer = explore_training(data=examples, activation=name, hidden=4, rate=0.5, seed=3)
    expected, losses = in_a_loop(explorer.run, 120)
    frame = explorer.answer()
    for steps in (1, 10, 1, 60, 7, 1, 40):
        while steps:
            before = frame["step"]
            frame = explorer.answer(steps=steps, seen=[frame["run"], before])
            assert before < frame["step"] <= before + steps
            steps -= frame["step"] - before
    assert frame["step"] == 120
    assert same(explorer.run.parameters, expected)
    assert frame["loss"] == losses[-1]
    assert [low for low, _ in explorer.run.curve] == losses


def test_the_default_learns_xor_and_other_draws_of_it_do_not():
    """So a student who presses "Another draw" a few times sees both."""
    right = []
    explorer = explore_training()
    for seed in range(7):
        explorer.seed = seed
        explorer.run.advance(300)
        right.append(explorer.run.right() == 4)
    assert right == [True, True, True, False, True, False, False]
    explorer.seed = 0
    explorer.run.advance(300)
    assert explorer.run.loss < 0.01


@pytest.mark.parametrize("name", [name for name in ACTIVATIONS if name != "step"])
def test_the_gradient_of_a_step_is_that_of_central_differences(name):
    run = Run("moons", ACTIVATIONS[name], 3, 1.0, 5)
    run.advance(20)
    gradients = run.gradients()

    def loss_of(parameters):
        return loss(parameters, run.x, run.labels, run.activation)

    parts = {n: getattr(gradients, n) for n in ("W1", "b1", "W2", "b2")}
    assert check_gradients(loss_of, run.parameters, Parameters(**parts)).compared > 10
    flat = np.concatenate([part.ravel() for part in parts.values()])
    assert run.norm() == pytest.approx(np.linalg.norm(flat), rel=1e-14)
    assert isinstance(gradients, Gradients)


def test_a_frame_holds_what_the_network_says_on_the_plane():
    run = Run("moons", tanh, 8, 1.0, 0)
    run.advance(200)
    frame = json.loads(json.dumps(run.frame(16)))
    plane = array(frame["plane"], "u1").reshape(16, 16)
    (left, right), (bottom, top) = extent(run.x)
    for row, column in ((0, 0), (3, 11), (15, 2), (8, 8)):
        place = [[left + (right - left) * column / 15, bottom + (top - bottom) * row / 15]]
        p = softmax(forward(run.parameters, place, tanh).z2)[0, 1]
        assert plane[row, column] == pytest.approx(255 * p, abs=0.51)
    ends = array(frame["border"], "<u2").reshape(-1, 2) / 65535
    ends = [left, bottom] + ends * [right - left, top - bottom]
    assert len(ends) > 20
    low, high = run.x.min(axis=0), run.x.max(axis=0)
    inside = ends[((ends > low) & (ends < high)).all(axis=1)]
    assert np.abs(run.probability(inside) - 0.5).max() < 0.2  # a coarse grid: 16 points
    fine = array(run.frame()["border"], "<u2").reshape(-1, 2) / 65535
    fine = [left, bottom] + fine * [right - left, top - bottom]
    inside = fine[((fine > low) & (fine < high)).all(axis=1)]
    assert np.abs(run.probability(inside) - 0.5).max() < 0.02
    assert frame["p"] == [] and frame["right"] == 200 * np.mean(
        (run.probability(run.x) > 0.5) == run.labels
    )
    a1 = forward(run.parameters, run.x, tanh).a1
    outputs = array(frame["outputs"], "<f8").reshape(8, 4)
    means = [a1[run.labels == label].mean(axis=0) for label in (0, 1)]
    np.testing.assert_allclose(outputs.T, [a1.min(0), a1.max(0), *means], rtol=1e-6)


def test_of_xor_each_example_is_shown():
    run = Run("xor", tanh, 2, 1.0, 0)
    run.advance(300)
    frame = run.frame()
    x, labels = xor()
    p = softmax(forward(run.parameters, x, tanh).z2)[:, 1]
    assert frame["p"] == pytest.approx(p.tolist(), rel=1e-13)
    assert [round(value) for value in frame["p"]] == labels.tolist()
    outputs = array(frame["outputs"], "<f8").reshape(2, 6)
    np.testing.assert_allclose(outputs[:, 2:].T, forward(run.parameters, x, tanh).a1, rtol=1e-6)


def test_the_border_of_a_line_and_of_a_circle_lies_where_it_should():
    x1, x2 = np.linspace(-1, 1, 33), np.linspace(-2, 2, 50)
    grid = np.meshgrid(x1, x2)
    pieces = border(x1, x2, 2 * grid[0] + grid[1] - 0.3)
    assert np.abs(2 * pieces[:, ::2] + pieces[:, 1::2] - 0.3).max() < 1e-12
    length = np.hypot(pieces[:, 2] - pieces[:, 0], pieces[:, 3] - pieces[:, 1]).sum()
    assert length == pytest.approx(np.hypot(1.85, 3.7), 1e-9)
    pieces = border(x1, x2, np.hypot(*grid) - 0.7)
    assert np.hypot(pieces[:, ::2], pieces[:, 1::2]) == pytest.approx(0.7, abs=2e-3)
    length = np.hypot(pieces[:, 2] - pieces[:, 0], pieces[:, 3] - pieces[:, 1]).sum()
    assert length == pytest.approx(2 * np.pi * 0.7, rel=2e-3)
    assert border(x1, x2, np.ones((50, 33))).shape == (0, 4)
    assert border(x1, x2, np.zeros((50, 33))).shape == (0, 4)


def test_a_unit_that_no_example_reaches_is_dead():
    run = Run("xor", relu, 3, 1.0, 0)
    weights = run.parameters
    b1 = np.array([0.5, -9.0, 0.5])
    run.parameters = Parameters(np.abs(weights.W1), b1, weights.W2, weights.b2)
    run._passed = forward(run.parameters, run.x, relu)
    assert run.dead() == [2]
    assert "Dead, with slope 0 for every example: unit 2." in run.words()
    run = Run("xor", ACTIVATIONS["step"], 2, 1.0, 0)
    assert run.dead() == [1, 2]
    assert "only the last layer learns" in run.words()
    assert Run("xor", sigmoid, 16, 1.0, 0).dead() == []


def test_a_long_run_keeps_a_short_curve_and_no_peak_is_lost():
    run = Run("xor", tanh, 4, 3.0, 1)
    _, losses = in_a_loop(run, 2 * CURVE + 37)
    run.advance(2 * CURVE + 37)
    assert len(run.curve) <= CURVE and run.stretch == 4
    stretches = [losses[k : k + 4] for k in range(0, len(losses), 4)]
    assert run.curve == [(min(part), max(part)) for part in stretches]


def test_too_large_a_rate_is_shown_as_it_is():
    run = Run("xor", tanh, 4, 10.0, 0)
    run.advance(20)
    assert run.loss > run.curve[0][0]
    assert "higher than at the start" in run.words() and not run.broken


def test_a_run_that_breaks_stops_at_the_last_finite_numbers_and_says_so():
    explorer = explore_training(activation=relu, data="moons", hidden=16, rate=1e4)
    explorer.run.rate = 1e200
    explorer.run.advance(50)
    frame = explorer.answer(steps=10, seen=[1, explorer.run.step])
    assert frame["broken"] and frame["step"] < 50
    assert np.isfinite(frame["loss"])
    json.dumps(frame, allow_nan=False)  # the page reads no NaN
    assert f"Step {frame['step'] + 1} would lead to numbers that are not finite" in frame["words"]
    assert explorer.answer(steps=10, seen=[1, frame["step"]])["step"] == frame["step"]
    frame = explorer.answer(changes={"rate": 0.1}, reset=True)
    assert not frame["broken"] and frame["step"] == 0


def test_the_hand_changes_settings_and_only_the_rate_keeps_the_run():
    explorer = explore_training()
    first = explorer.run
    frame = explorer.answer(steps=1, seen=[1, 0])
    frame = explorer.answer(changes={"rate": 3.0}, steps=1, seen=[frame["run"], frame["step"]])
    assert explorer.run is first and first.rate == 3.0 and frame["step"] == 2
    for name, value in {"function": "relu", "hidden": 8, "examples": "moons", "seed": 7}.items():
        frame = explorer.answer(changes={name: value})
        assert frame["state"][name] == getattr(explorer, name) == value
        assert frame["step"] == 0
    assert frame["run"] == 5
    again = Run("moons", relu, 8, 3.0, 7)
    assert same(explorer.run.parameters, again.parameters)


def test_reset_goes_back_to_the_same_start():
    explorer = explore_training()
    start = explorer.answer()
    explorer.answer(steps=10, seen=[1, 0])
    again = explorer.answer(reset=True)
    assert again | {"run": 1} == start


def test_a_view_that_has_not_seen_the_last_step_gets_it_and_trains_nothing():
    explorer = explore_training()
    one = explorer.answer(steps=1, seen=[1, 0])
    other = explorer.answer(steps=1, seen=[1, 0])
    assert one == other and one["step"] == 1
    assert explorer.answer(steps=1, seen=[1, 1], view=0.25)["step"] == 2
    assert explorer.answer(steps=1, seen=[1, 1], view=0.25)["step"] == 3, "its own step, on its way"
    assert explorer.answer(steps=1, seen=[1, 1], view=0.75)["step"] == 3
    explorer.reset()
    assert explorer.answer(steps=1, seen=[1, 1], view=0.25)["step"] == 0


def test_a_question_takes_no_longer_than_its_slice_whatever_it_asks(monkeypatch):
    explorer = explore_training()
    looks = iter(np.arange(0, 1, 0.005))  # 5 ms from look to look
    monkeypatch.setattr(module, "time", SimpleNamespace(perf_counter=lambda: next(looks)))
    assert explorer.answer(steps=1000, seen=[1, 0])["step"] == 3  # after 15 ms
    monkeypatch.setattr(module, "SLICE", 0.0)
    assert explorer.answer(steps=1000, seen=[1, 3])["step"] == 4, "one step at least"


def test_two_explorers_do_not_know_of_each_other():
    one, other = explore_training(), explore_training(seed=1)
    one.answer(steps=1, seen=[1, 0])
    assert (one.run.step, other.run.step) == (1, 0)
    assert not same(one.run.parameters, other.run.parameters)


def test_the_record_is_the_run_itself_and_the_data_are_small_and_the_same_every_time():
    first, second = (json.dumps(explore_training().data) for _ in range(2))
    assert first == second
    data = json.loads(first)
    for settings in ({"data": "moons", "hidden": 16}, {"data": "moons", "activation": "step"}):
        assert len(json.dumps(explore_training(**settings).data)) < 200_000
    assert len(first) < 200_000
    record = data["record"]
    run = Run("xor", tanh, 2, 1.0, 0)
    losses = in_a_loop(run, 390)[1]
    assert [frame["step"] for frame in record["frames"]] == list(range(0, 391, 10))
    assert [frame["loss"] for frame in record["frames"]] == losses[::10]
    curve = array(record["curve"], "<f4").reshape(-1, 2)
    np.testing.assert_allclose(curve, np.transpose([losses, losses]), rtol=1e-6)
    assert data["state"] == {
        "examples": "xor", "function": "tanh", "hidden": 2, "rate": 1.0, "seed": 0,
        "steps": 10, "begun": False,
    }  # fmt: skip
    assert data["choices"]["hidden"]["16"] == "16 hidden units"


def test_the_picture_and_its_words_show_the_run_and_where_it_leads():
    explorer = explore_training()
    assert repr(explorer) == (
        "[explorer] A network of 2 tanh units learns XOR at rate 1, draw 0: at step 0 the loss "
        "is 0.697 and 3 of 4 examples are right, and at step 390 the loss is 0.00544 and 4 of 4 "
        "examples are right"
    )
    titles = [ax.get_title(loc="left") or ax.get_title() for ax in explorer.figure().axes]
    assert titles[:2] == ["step 0", "step 390"]
    assert explorer.run.step == 0, "looking ahead takes no step"
    assert len(explorer.run.curve) == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"data": "circles"}, "examples = 'circles' is out of range: choose one of xor, moons"),
        ({"activation": "softplus"}, "no activation 'softplus': choose one of step,"),
        ({"hidden": 5}, "hidden = 5 is out of range: choose one of 2, 3, 4, 8, 16"),
        ({"rate": 0}, "rate = 0.0 is out of range: choose one from 0.0001 to 10000"),
        ({"rate": float("nan")}, "rate = nan is out of range"),
        ({"seed": -1}, "seed = -1 is out of range: choose 0 or a positive integer"),
    ],
)
def test_unusable_arguments_are_refused_with_a_way_out(arguments, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        explore_training(**arguments)


def test_unusable_states_are_refused_and_change_nothing():
    explorer = explore_training()
    run = explorer.run
    for name, value in (("hidden", 5), ("rate", -1.0), ("function", "swish"), ("steps", 7)):
        before = getattr(explorer, name)
        with pytest.raises(ValueError, match=r"out of range|no activation"):
            setattr(explorer, name, value)
        assert getattr(explorer, name) == before
    assert explorer.run is run
    assert list(RATES) == sorted(RATES) and set(CHOICES) == {
        "examples", "function", "hidden", "steps",
    }  # fmt: skip
