"""Values and slopes against 50-digit references, at every extreme of float64 and float32."""

import doctest
import platform
import sys
from dataclasses import replace

import mpmath
import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from course_utils import activations
from course_utils.activations import ACTIVATIONS, KINKS, elu, leaky_relu, relu, sigmoid, step, tanh

EVERY = list(ACTIVATIONS.values())
FLOATS = [np.float32, np.float64]
EXTREMES = [
    0.0,
    -0.0,
    5e-324,
    2.3e-308,
    1e-300,
    1e-45,
    1e-38,
    1e-12,
    18.99,
    36.7,
    37.5,
    40,
    88,
    104,
]
EXTREMES += [354.9, 372.5, 709, 710, 744.5, 745, 746, 1e5, 1e30, 1e154, 1e300, 1e308, np.inf]
EXTREMES = np.array(EXTREMES + [-x for x in EXTREMES] + [np.nan])

# The definitions, each written afresh for mpmath: value and slope.
EXACT = {
    "step": (lambda z: mpmath.mpf(z > 0), lambda z: mpmath.mpf(0)),
    "sigmoid": (
        lambda z: 1 / (1 + mpmath.exp(-z)),
        lambda z: mpmath.exp(-abs(z)) / (1 + mpmath.exp(-abs(z))) ** 2,
    ),
    "tanh": (mpmath.tanh, lambda z: mpmath.sech(z) ** 2),
    "relu": (lambda z: max(z, mpmath.mpf(0)), lambda z: mpmath.mpf(z > 0)),
    "leaky_relu": (
        lambda z, alpha: z if z > 0 else mpmath.mpf(alpha) * z,
        lambda z, alpha: mpmath.mpf(1) if z > 0 else mpmath.mpf(alpha),
    ),
    "elu": (
        lambda z, alpha: z if z > 0 else mpmath.mpf(alpha) * mpmath.expm1(z),
        lambda z, alpha: mpmath.mpf(1) if z > 0 else mpmath.mpf(alpha) * mpmath.exp(z),
    ),
}


def all_floats(dtype):
    """Some thousand numbers: a dense core, every binade, and the extremes."""
    rng = np.random.default_rng(7)
    core = rng.uniform(-45, 45, 2500)
    wide = rng.uniform(-760, 760, 800)
    binades = 2.0 ** rng.uniform(-1074, 1023.9, 500) * rng.choice([-1, 1], 500)
    with np.errstate(over="ignore"):
        points = np.concatenate([core, wide, binades, EXTREMES]).astype(dtype)
    return points[np.isfinite(points)]


def worst_ulp(points, got, exact, **parameters):
    """The largest error, in units in the last place of the exact answer."""
    worst = mpmath.mpf(0)
    with mpmath.workdps(50):
        for z, y in zip(points.tolist(), got, strict=True):
            answer = exact(mpmath.mpf(z), **parameters)
            with np.errstate(over="ignore"):
                unit = np.spacing(np.abs(got.dtype.type(float(answer))))
            if np.isfinite(unit):
                worst = max(worst, abs(mpmath.mpf(float(y)) - answer) / mpmath.mpf(float(unit)))
    return float(worst)


# What the best known form of each function reaches on x86-64 Linux. The exponentials of
# other systems' mathematics libraries may be off by another unit in the last place.
BOUNDS = {
    ("sigmoid", "value"): 2.05,
    ("sigmoid", "derivative"): 3.3,
    ("tanh", "value"): 1.4,
    ("tanh", "derivative"): 3.8,
    ("elu", "value"): 0.71,
    ("elu", "derivative"): 0.71,
}
FLOAT32_EXTRA = 1.2  # NumPy's float32 exponentials are good to about 2 units themselves
OTHER_SYSTEM = 0.0 if sys.platform == "linux" and platform.machine() == "x86_64" else 1.0


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("what", ["value", "derivative"])
@pytest.mark.parametrize("g", EVERY, ids=lambda g: g.name)
def test_error_in_units_in_the_last_place(g, what, dtype):
    points = all_floats(dtype)
    exact = EXACT[g.name][what == "derivative"]
    bound = BOUNDS.get((g.name, what), 0.51)
    if (g.name, what) in BOUNDS:
        bound += OTHER_SYSTEM + FLOAT32_EXTRA * (dtype is np.float32)
    elif g.name == "leaky_relu":
        bound += 1.0 * (dtype is np.float32)  # alpha itself is rounded to float32
    got = getattr(g, what)(points)
    assert worst_ulp(points, got, exact, **g.parameters) <= bound


@pytest.mark.parametrize("alpha", [0.1, 1.7, 3.0])
@pytest.mark.parametrize("g", [leaky_relu, elu], ids=lambda g: g.name)
def test_parameters_reach_value_and_slope(g, alpha):
    points = all_floats(np.float64)[::5]
    points = points[np.abs(points) < 1e300]
    changed = g.with_parameters(alpha=alpha)
    for what in ("value", "derivative"):
        got = getattr(g, what)(points, alpha=alpha)
        np.testing.assert_array_equal(got, getattr(changed, what)(points))
        assert worst_ulp(points, got, EXACT[g.name][what == "derivative"], alpha=alpha) <= 1.6
    assert changed.parameters == {"alpha": alpha}
    assert g.parameters != changed.parameters, "the original must stay as it was"


@pytest.mark.parametrize("g", EVERY, ids=lambda g: g.name)
def test_slope_from_output_agrees_where_the_output_still_tells(g):
    z = np.concatenate([np.linspace(-5, 5, 1001), [0.0, -0.0, 1e-8, -1e-8]])
    np.testing.assert_allclose(
        g.derivative_from_output(g(z)), g.derivative(z), rtol=3e-12, atol=1e-13
    )


def test_slope_from_output_with_alpha():
    z = np.linspace(-4, 4, 801)
    for alpha in (0.25, 0.5, 2.0):
        for g in (elu, leaky_relu):
            np.testing.assert_allclose(
                g.derivative_from_output(g(z, alpha=alpha), alpha=alpha),
                g.derivative(z, alpha=alpha),
                rtol=1e-13,
            )


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("g", EVERY, ids=lambda g: g.name)
def test_no_warning_on_any_input(g, dtype):
    with np.errstate(over="ignore", under="ignore"):
        z = EXTREMES.astype(dtype)
    with np.errstate(all="raise", under="ignore"):
        a = g.value(z)
        slope = g.derivative(z)
        from_output = g.derivative_from_output(a)
    nan = np.isnan(z)
    for result in (a, slope, from_output):
        np.testing.assert_array_equal(np.isnan(result), nan)


@pytest.mark.parametrize("dtype", FLOATS)
def test_special_values(dtype):
    inf = dtype(np.inf)
    for g, at_zero, below, above in (
        (step, 0, 0, 1),
        (sigmoid, 0.5, 0, 1),
        (tanh, 0, -1, 1),
        (relu, 0, 0, inf),
        (leaky_relu, 0, -inf, inf),
        (elu, 0, -1, inf),
    ):
        assert [g(dtype(0.0)), g(dtype(-0.0)), g(-inf), g(inf)] == [at_zero, at_zero, below, above]
    for g, at_zero, below, above in (
        (step, 0, 0, 0),
        (sigmoid, 0.25, 0, 0),
        (tanh, 1, 0, 0),
        (relu, 0, 0, 1),
        (leaky_relu, dtype(0.01), dtype(0.01), 1),
        (elu, 1, 0, 1),
    ):
        slopes = [g.derivative(x) for x in (dtype(0.0), dtype(-0.0), -inf, inf)]
        assert slopes == [at_zero, at_zero, below, above]


@given(
    z=hnp.arrays(
        st.sampled_from([np.float16, np.float32, np.float64]),
        hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4),
        elements={"min_value": -100, "max_value": 100},
    )
)
def test_shape_and_precision_are_kept(z):
    before = z.copy()
    for g in EVERY:
        for result in (g(z), g.derivative(z), g.derivative_from_output(g(z))):
            assert np.shape(result) == z.shape
            assert result.dtype == z.dtype
    np.testing.assert_array_equal(z, before)


@pytest.mark.parametrize("g", EVERY, ids=lambda g: g.name)
def test_integers_lists_and_scalars(g):
    numbers = np.array([-3, -1, 0, 1, 2])
    expected = g(numbers.astype(float))
    for integers in (numbers, numbers.astype(np.int8), numbers.tolist(), tuple(numbers.tolist())):
        result = g(integers)
        assert result.dtype == np.float64
        np.testing.assert_array_equal(result, expected)
    np.testing.assert_array_equal(
        g(np.array([0, 1, 200], np.uint8)), g(np.array([0.0, 1.0, 200.0]))
    )
    assert isinstance(g(1), np.float64)
    assert isinstance(g(np.float32(1)), np.float32)
    assert isinstance(g.derivative(1.5), np.float64)


@given(st.floats(-700, 700))
def test_sigmoid_is_symmetric_and_increasing(z):
    assert sigmoid(z) + sigmoid(-z) == pytest.approx(1, abs=5e-16)
    assert sigmoid.derivative(z) == sigmoid.derivative(-z)
    assert sigmoid(z) <= sigmoid(z + abs(z) * 1e-3 + 1e-3)
    assert 0 <= sigmoid.derivative(z) <= 0.25


# ------------------------------------------------------------------------ SymPy and kinks


@pytest.mark.parametrize("g", EVERY, ids=lambda g: g.name)
def test_formula_gives_the_values(g):
    formula = g.formula
    assert {symbol.name for symbol in formula.free_symbols} == {"z", *g.parameters}
    for value in (-7.25, -1.0, -0.125, 0.0, 0.375, 1.0, 6.5):
        numbers = {"z": value, **g.parameters}
        exact = formula.xreplace(
            {s: sympy.Rational(*numbers[s.name].as_integer_ratio()) for s in formula.free_symbols}
        )
        assert float(exact.evalf(30)) == pytest.approx(float(g(value)), rel=1e-15, abs=1e-300)


@pytest.mark.parametrize("g", EVERY, ids=lambda g: g.name)
def test_slope_is_the_derivative_of_the_value(g):
    value = EXACT[g.name][0]
    with mpmath.workdps(40):
        for z in (-9.5, -2.0, -0.5, -1e-3, 1e-3, 0.25, 3.0, 8.0):
            slope = mpmath.diff(lambda t: value(t, **g.parameters), mpmath.mpf(z), h=1e-15)
            assert float(g.derivative(z)) == pytest.approx(float(slope), rel=1e-12, abs=1e-25)


@pytest.mark.parametrize("name", KINKS)
def test_kink_table_tells_the_truth(name):
    for alpha in (None, 0.3, 1.0):
        g = ACTIVATIONS[name]
        if alpha and g.parameters:
            g = g.with_parameters(alpha=alpha)
        value = EXACT[name][0]
        tiny = mpmath.mpf("1e-25")
        with mpmath.workdps(60):
            left, right = (
                (value(s + tiny, **g.parameters) - value(s, **g.parameters)) / tiny
                for s in (-2 * tiny, tiny)
            )
        assert float(left) == pytest.approx(g.kink.left)
        assert float(right) == pytest.approx(g.kink.right)
        assert g.kink.value == g(0.0)
        assert g.kink.at_zero in (g.kink.left, g.kink.right)
        assert g.derivative(0.0) == g.derivative(-0.0) == g.kink.at_zero
        assert g.derivative_from_output(g(0.0)) == g.kink.at_zero


@pytest.mark.parametrize("g", EVERY, ids=lambda g: g.name)
def test_functions_without_a_row_have_no_kink(g):
    h = 1e-9
    smooth = abs(g.derivative(h) - g.derivative(-h)) < 1e-6 and abs(g(h) - g(-h)) < 1e-6
    assert smooth == (g.kink is None) or g.name == "elu", "ELU is smooth for alpha = 1 only"


@pytest.mark.parametrize("name", [name for name in KINKS if name != "step"])
def test_slope_at_zero_is_written_only_in_the_kink_table(name, monkeypatch):
    """Another choice in the table is another choice everywhere."""
    g = ACTIVATIONS[name]
    if g.parameters:
        g = g.with_parameters(alpha=0.5)
    for share in (0.0, 0.25, 1.0):
        changed = dict(KINKS) | {name: replace(KINKS[name], share=share)}
        monkeypatch.setattr(activations, "KINKS", changed)
        slope = (1 - share) * g.kink.left + share * g.kink.right
        assert g.kink.at_zero == g.derivative(0.0) == g.derivative_from_output(0.0) == slope


# ------------------------------------------------------------------------------- errors


@pytest.mark.parametrize("bad", [1j, "1", None, [1, "a"], np.array([1 + 2j])])
def test_what_is_not_a_real_number_is_refused(bad):
    with pytest.raises(TypeError, match="expected real numbers"):
        sigmoid(bad)


def test_unknown_parameters_are_named():
    with pytest.raises(TypeError, match=r"sigmoid has no parameter alpha \(it has: none\)"):
        sigmoid(1.0, alpha=2)
    with pytest.raises(TypeError, match=r"elu has no parameter beta \(it has: alpha\)"):
        elu.with_parameters(beta=2)


def test_output_of_a_falling_branch_does_not_tell_the_slope():
    with pytest.raises(ValueError, match="use derivative"):
        leaky_relu.derivative_from_output(1.0, alpha=-0.5)


def test_registry_is_frozen_and_named():
    assert [g.name for g in EVERY] == ["step", "sigmoid", "tanh", "relu", "leaky_relu", "elu"]
    with pytest.raises(AttributeError):
        sigmoid.name = "other"
    with pytest.raises(TypeError):
        ACTIVATIONS["sigmoid"] = tanh
    with pytest.raises(TypeError):
        elu.parameters["alpha"] = 2.0
    assert repr(leaky_relu) == "<activation leaky_relu, alpha=0.01>"


def test_examples_in_docstrings():
    assert doctest.testmod(activations).failed == 0
    assert doctest.testmod(activations).attempted > 0
