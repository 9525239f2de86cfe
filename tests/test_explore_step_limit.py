"""The explorer of the step as a limit, without a browser: gap, spike, what the page reads."""

import base64
import json
import re

import mpmath
import numpy as np
import pytest
import sympy as sp

from course_utils.activations import sigmoid, step
from course_utils.explore import explore_step_limit
from course_utils.explore.step_limit import FACTORS, POINTS, SPAN, gap, spike
from course_utils.figures import fingerprint
from course_utils.symbolic import z


def decoded(data, name, kind="<f8"):
    return np.frombuffer(base64.b64decode(data[name]), kind).reshape(len(FACTORS), -1)


def test_the_gap_is_that_of_fifty_digits():
    with mpmath.workdps(300):
        for k in FACTORS[::8].tolist():
            for point in (-3.0, -0.5, -0.025, 0.0, 0.025, 0.1, 2.975):
                curve = 1 / (1 + mpmath.exp(-mpmath.mpf(k) * mpmath.mpf(point)))
                exact = abs(curve - (1 if point > 0 else 0))
                assert gap(point, k) == pytest.approx(float(exact), rel=3e-15 * (1 + 4 * k))


def test_the_gap_is_what_the_lesson_measures():
    points = POINTS[::7]
    for k in (1, 4, 16, 64):
        naive = np.abs(sigmoid(k * points) - step(points))
        np.testing.assert_allclose(gap(points, k), naive, rtol=1e-12, atol=1e-15)
    assert (gap(0.0, FACTORS) == 0.5).all()


def test_the_largest_gap_is_one_half_for_every_k():
    fine = np.geomspace(1e-9, SPAN, 400)
    gaps = gap(fine, FACTORS[:, None])
    assert (gaps < 0.5).all() and (np.diff(gaps) <= 0).all()
    assert gaps[:, 0] == pytest.approx(0.5, abs=1e-7)


def test_height_width_and_area_are_sympys():
    factor = sp.Symbol("k", positive=True)
    slope = sp.diff(sigmoid.formula.subs(z, factor * z), z)
    numbers = spike(FACTORS)
    for at in (0, 12, 52, len(FACTORS) - 1):
        k = sp.nsimplify(FACTORS[at])
        assert float(slope.subs({factor: k, z: 0})) == pytest.approx(numbers["height"][at])
        half = sp.Float(float(numbers["width"][at]) / 2, 30)
        value = float(slope.subs({factor: k, z: half}))
        assert value == pytest.approx(numbers["height"][at] / 2, rel=1e-12)
        climb = (sigmoid.formula.subs(z, k * SPAN) - sigmoid.formula.subs(z, -k * SPAN)).evalf(40)
        assert float(climb) == pytest.approx(numbers["area"][at], rel=1e-14)


def test_the_area_is_that_of_a_quadrature():
    with mpmath.workdps(30):
        for at in (0, 40, 80):
            k = mpmath.mpf(FACTORS[at])
            ends = [-SPAN, -1 / k, 0, 1 / k, SPAN]
            area = mpmath.quad(lambda x, k=k: k / 4 * mpmath.sech(k * x / 2) ** 2, ends)
            assert float(area) == pytest.approx(float(spike(FACTORS)["area"][at]), rel=1e-12)


def test_the_page_reads_pythons_numbers_at_every_position():
    data = explore_step_limit().data
    gaps, levels = decoded(data, "gaps"), data["levels"]
    assert levels == [0.0, 0.0, 1.0]
    for at, k in enumerate(data["ks"]):
        for point in POINTS[::5].tolist():
            found = gaps[at, round(abs(point) / data["step"])]
            assert found == gap(point, k)
            level = levels[1 + int(np.sign(point))]
            a = level - found if point > 0 else level + found
            assert a == pytest.approx(float(sigmoid(k * point)), rel=1e-14)


def test_the_curves_are_drawn_through_points_of_the_curves():
    data = explore_step_limit().data
    nodes = decoded(data, "nodes", "<f4").astype(float)
    left, right = np.array(data["heights"])
    shares, height = np.array(data["shares"]), np.array(data["numbers"]["height"])
    assert (np.diff(nodes) > 0).all() and (nodes[:, -1] >= SPAN).all() and not nodes[:, 0].any()
    for at, k in enumerate(data["ks"]):
        np.testing.assert_allclose(right, sigmoid(k * nodes[at]), atol=3e-7)
        np.testing.assert_allclose(left, sigmoid(-k * nodes[at]), atol=3e-7)
        slope = k * sigmoid.derivative(k * nodes[at])
        np.testing.assert_allclose(shares * height[at], slope, atol=3e-7 * k)
        # between two of them a straight line is as good as the curve: 1 px is 0.007
        middle = (nodes[at, 1:] + nodes[at, :-1]) / 2
        middle = middle[middle < SPAN]
        drawn, top = np.interp(middle, nodes[at], right), np.interp(middle, nodes[at], shares)
        assert np.abs(drawn - sigmoid(k * middle)).max() < 0.004
        assert np.abs(top - 4 * sigmoid.derivative(k * middle)).max() < 0.006


def test_the_positions_are_round_and_hold_the_lessons_k():
    assert {0.5, 1, 4, 16, 64, 200} <= set(FACTORS.tolist())
    assert {0.0, 0.1, -0.5, 3.0, -3.0} <= set(POINTS.tolist())


def test_data_is_small_survives_json_and_is_the_same_every_time():
    first, second = (explore_step_limit(k=4, z=-0.3) for _ in range(2))
    assert json.dumps(first.data) == json.dumps(second.data)
    assert len(json.dumps(first.data)) < 200_000
    state = json.loads(json.dumps(first.data))["state"]
    assert state == {"k": 4.0, "z": -0.3, "keep": True}
    assert first.z == -0.3


@pytest.mark.parametrize(("k", "z", "keep"), [(0.5, 3, True), (4, -0.3, False), (200, 0, True)])
def test_the_static_picture_follows_the_state(k, z, keep):
    explorer = explore_step_limit(k=k, z=z, keep=keep)
    upper, lower = explorer.figure().axes
    height = float(spike(k)["height"])
    assert upper.texts[0].get_text() == f"gap {gap(z, k):.4g}"
    assert lower.get_ylim()[1] == pytest.approx(4.5 if keep else 1.16 * height)
    assert f"k = {k:g} over the step: at z = {z:g} the gap is {gap(z, k):.4g}" in repr(explorer)
    again = explore_step_limit(k=k, z=z, keep=keep)
    assert fingerprint(explorer.figure()) == fingerprint(again.figure())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"k": 0.1}, "k = 0.1 lies outside 0.5 to 200: choose one inside"),
        ({"k": 300}, "k = 300 lies outside"),
        ({"k": 65}, "k = 65 is no position of its slider: choose 64 or 67"),
        ({"k": float("nan")}, "k = nan lies outside"),
        ({"z": 4}, "z = 4 lies outside -3 to 3"),
        ({"z": 0.33}, "z = 0.33 is no position of its slider: choose 0.325 or 0.35"),
    ],
)
def test_unusable_arguments_are_refused_with_a_way_out(arguments, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        explore_step_limit(**arguments)
    explorer = explore_step_limit()
    ((name, value),) = arguments.items()
    before = getattr(explorer, name)
    with pytest.raises(ValueError, match=re.escape(words)):
        setattr(explorer, name, value)
    assert getattr(explorer, name) == before
