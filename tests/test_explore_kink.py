"""The explorer of a corner without a browser: secants, limits, what the page reads, errors."""

import base64
import json
import re

import mpmath
import numpy as np
import pytest
import sympy as sp

from course_utils.activations import ACTIVATIONS, KINKS, elu, leaky_relu, relu, sigmoid
from course_utils.explore import ALPHAS, explore_kink, secant_slopes
from course_utils.explore.base import position, round_numbers
from course_utils.explore.kink import DISTANCES
from course_utils.figures import fingerprint
from course_utils.symbolic import alpha as symbol
from course_utils.symbolic import one_sided_slopes, z

EXACT = {
    "step": lambda x, _: mpmath.mpf(x > 0),
    "sigmoid": lambda x, _: 1 / (1 + mpmath.exp(-x)),
    "tanh": lambda x, _: mpmath.tanh(x),
    "relu": lambda x, _: max(x, mpmath.mpf(0)),
    "leaky_relu": lambda x, alpha: x if x > 0 else alpha * x,
    "elu": lambda x, alpha: x if x > 0 else alpha * (mpmath.exp(x) - 1),
}


def settings():
    """Every function, at its own alpha, at the ends of its slider, and off the samples."""
    for name in ACTIVATIONS:
        low, high, step = ALPHAS.get(name, (None, None, None))
        for alpha in [None] if low is None else [low, step, 0.237, high]:
            yield name, alpha


def named(name, alpha):
    return ACTIVATIONS[name].with_parameters(**({} if alpha is None else {"alpha": alpha}))


def read(data, name, alpha=None):
    """What ``kinkAt`` in ``page/kink.js`` reads: the slopes at every distance, and their ends."""
    f = data["functions"][name]
    sides = np.array(f["sides"])
    slopes = np.frombuffer(base64.b64decode(f["slopes"]), "<f8").reshape(len(sides), 2, -1)
    if f["alphas"] is None:
        return slopes[0], sides[0]
    low, high, _ = f["alphas"]
    at = (alpha - low) / (high - low) * (len(sides) - 1)
    k = min(int(at), len(sides) - 2)
    return tuple(y[k] + (at - k) * (y[k + 1] - y[k]) for y in (slopes, sides))


def distances(data):
    return np.frombuffer(base64.b64decode(data["distances"]), "<f8")


@pytest.mark.parametrize(("name", "alpha"), list(settings()))
def test_the_slopes_are_those_of_sixty_digits(name, alpha):
    slopes = secant_slopes(named(name, alpha), DISTANCES)
    with mpmath.workdps(60):
        exact, parameter = EXACT[name], mpmath.mpf(alpha or 0)
        start = exact(mpmath.mpf(0), parameter)
        for sign, found in zip((-1, 1), slopes, strict=True):
            for h, slope in zip(DISTANCES.tolist(), found.tolist(), strict=True):
                right = (exact(mpmath.mpf(sign * h), parameter) - start) / (sign * mpmath.mpf(h))
                assert slope == pytest.approx(float(right), rel=1e-15, abs=0), (sign, h)


@pytest.mark.parametrize(("name", "alpha"), list(settings()))
def test_what_the_page_reads_is_right_to_the_digits_shown(name, alpha):
    data = explore_kink(named(name, alpha), choices=ACTIVATIONS).data
    slopes, ends = read(data, name, alpha)
    expected = secant_slopes(named(name, alpha), distances(data))
    np.testing.assert_allclose(slopes, expected, rtol=1e-13, atol=1e-15)
    apart = slopes[1] - slopes[0]  # the difference that is shown, with hardly a digit lost
    np.testing.assert_allclose(apart, expected[1] - expected[0], rtol=1e-8, atol=1e-14)
    if name != "step":
        np.testing.assert_allclose(slopes[:, 0], ends, rtol=0, atol=1.1e-6 * (alpha or 1))


def test_the_difference_that_is_shown_for_elu_is_right_to_five_digits():
    slopes = secant_slopes(elu, DISTANCES)
    with mpmath.workdps(50):
        for h, apart in zip(DISTANCES.tolist(), (slopes[1] - slopes[0]).tolist(), strict=True):
            exact = 1 - (1 - mpmath.exp(-mpmath.mpf(h))) / mpmath.mpf(h)
            assert apart == pytest.approx(float(exact), rel=2e-6)


@pytest.mark.parametrize("name", ["relu", "leaky_relu", "elu", "sigmoid", "tanh"])
def test_the_ends_are_sympys_one_sided_slopes(name):
    g = ACTIVATIONS[name]
    value = g.parameters.get("alpha")
    _, ends = read(explore_kink(g).data, name, value)
    formula = g.formula.subs(symbol, sp.Float(value)) if value else g.formula
    if g.kink:
        left, right = one_sided_slopes(formula)
    else:
        left = right = sp.diff(formula, z).subs(z, 0)
    assert ends.tolist() == pytest.approx([float(left), float(right)], rel=1e-12)


def test_the_graph_that_the_page_draws_is_the_graph():
    data = explore_kink(sigmoid, choices=ACTIVATIONS).data
    d = distances(data)
    for name, g in ACTIVATIONS.items():
        f = data["functions"][name]
        slopes, _ = read(data, name, g.parameters.get("alpha"))
        np.testing.assert_allclose(f["value"] + d * slopes[1], g(d), rtol=1e-14)
        np.testing.assert_allclose(f["value"] - d * slopes[0], g(-d), rtol=1e-12, atol=1e-12)
    assert data["functions"]["step"]["beyond"] == [0.0, 1.0]
    assert all(f["beyond"] == [0, 0] for n, f in data["functions"].items() if n != "step")


def test_the_line_starts_at_the_course_s_choice():
    for name, g in ACTIVATIONS.items():
        explorer = explore_kink(g)
        assert explorer.slope_at_zero() == pytest.approx(float(g.derivative(0.0)), rel=1e-15)
        assert explorer.share == (KINKS[name].share if name in KINKS else 0)
    assert explore_kink(leaky_relu, alpha=0.2, share=0.5).slope_at_zero() == pytest.approx(0.6)


@pytest.mark.parametrize(("name", "alpha"), list(settings()))
def test_the_axis_holds_the_slopes_unless_they_have_no_bound(name, alpha):
    data = explore_kink(named(name, alpha)).data
    slopes, ends = read(data, name, alpha)
    low, high = data["functions"][name]["axis"]
    shown = slopes[0] if name == "step" else slopes
    assert low < min(shown.min(), ends.min()) and max(shown.max(), ends.max()) < high


def test_every_position_is_a_round_number_and_forty_make_a_factor_of_ten():
    assert DISTANCES[0] == 1e-6 and DISTANCES[-1] == 2
    assert all(float(f"{h:.3g}") == h for h in DISTANCES)
    np.testing.assert_allclose(DISTANCES[40:] / DISTANCES[:-40], 10, rtol=1e-12)
    ratios = DISTANCES[1:] / DISTANCES[:-1]
    assert 1.03 < ratios.min() and ratios.max() < 1.1
    data = explore_kink(relu).data
    np.testing.assert_array_equal(distances(data)[: data["positions"]], DISTANCES)
    assert {1, 1.25, 1.6, 2, 2.5, 3.2, 4, 5, 6.4, 8} <= set(round_numbers(1, 9))
    assert position("h", 0.1, DISTANCES) == position("h", 0.01, DISTANCES) + 40


def test_data_is_small_survives_json_and_is_the_same_every_time():
    first, second = (explore_kink(elu, choices=ACTIVATIONS, alpha=0.5) for _ in range(2))
    assert json.dumps(first.data) == json.dumps(second.data)
    assert len(json.dumps(first.data)) < 80_000
    assert json.loads(json.dumps(first.data))["state"] == {
        "function": "elu", "alpha": 0.5, "h": 1.0, "share": 0.0, "zoom": False,
    }  # fmt: skip


def test_what_the_page_sends_with_a_new_function_is_kept():
    explorer = explore_kink(choices=ACTIVATIONS)
    explorer.set_state({"function": "leaky_relu", "alpha": 0.3, "share": 0.7})
    assert (explorer.alpha, explorer.share) == (0.3, 0.7)
    explorer.function = "elu"
    assert (explorer.alpha, explorer.share) == (1.0, 0.0)


def test_alpha_and_share_begin_anew_with_each_function():
    explorer = explore_kink(relu, share=0.5, choices=[relu, elu])
    assert explorer.share == 0.5
    explorer.function = "elu"
    assert (explorer.alpha, explorer.share) == (1.0, 0.0)


@pytest.mark.parametrize("zoom", [False, True])
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_static_picture_follows_the_state(name, zoom):
    explorer = explore_kink(name, h=0.01, zoom=zoom)
    upper, lower = explorer.figure().axes
    left, right = secant_slopes(ACTIVATIONS[name], 0.01)
    assert f"at h = 0.01 the slope is {left:.5g} from the left and {right:.5g}" in repr(explorer)
    assert ("magnified 100 times" in upper.get_title(loc="left")) == zoom
    tags = [text.get_text() for text in lower.texts]
    assert tags == [f"left {left:.5g}", f"right {right:.5g}"]
    again = explore_kink(name, h=0.01, zoom=zoom)
    assert fingerprint(explorer.figure()) == fingerprint(again.figure())


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"activation": "softplus"}, ValueError, "no activation 'softplus': choose one of step,"),
        ({"choices": ["relu", "swish"]}, ValueError, "no activation 'swish'"),
        ({"h": 3}, ValueError, "h = 3 lies outside 1e-06 to 2: choose one inside"),
        ({"h": 0}, ValueError, "h = 0 lies outside"),
        ({"h": float("nan")}, ValueError, "h = nan lies outside"),
        ({"h": 0.33}, ValueError, "h = 0.33 is no position of its slider: choose 0.32 or 0.34"),
        ({"share": 1.5}, ValueError, "share = 1.5 lies outside 0 to 1"),
        ({"alpha": 0.2}, TypeError, "ReLU has no parameter alpha|relu has no parameter alpha"),
        ({"activation": elu, "alpha": 2.5}, ValueError, "alpha = 2.5 lies outside 0 to 2"),
    ],
)
def test_unusable_arguments_are_refused_with_a_way_out(arguments, error, words):
    with pytest.raises(error, match="|".join(map(re.escape, words.split("|")))):
        explore_kink(**arguments)
    with pytest.raises(ValueError, match="choose h larger than 0"):
        secant_slopes(relu, [0.1, 0.0])


def test_unusable_states_are_refused_and_change_nothing():
    explorer = explore_kink(relu)
    for name, value in (("h", 0.33), ("function", "elu"), ("alpha", 0.5), ("share", -0.1)):
        before = getattr(explorer, name)
        with pytest.raises(ValueError, match=r"outside|no function|no alpha|no position"):
            setattr(explorer, name, value)
        assert getattr(explorer, name) == before
