"""The two-layer network, its losses and the check of its gradients.

The references are written afresh: 50-digit arithmetic for the losses, complex steps through
textbook formulas for the gradients. The gradient check is judged by what it lets through and
what it refuses, on right gradients and on gradients with a mistake planted in them.
"""

import doctest
import warnings
from dataclasses import fields, replace

import mpmath
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from course_utils import network
from course_utils.activations import ACTIVATIONS, elu, leaky_relu, relu, sigmoid, step, tanh
from course_utils.gradient_check import GradientError, check_gradients
from course_utils.network import (
    CROSS_ENTROPY,
    SQUARED_ERROR,
    Forward,
    Parameters,
    backward,
    descend,
    forward,
    log_softmax,
    loss,
    mean_cross_entropy,
    mean_cross_entropy_gradient,
    mean_squared_error,
    mean_squared_error_gradient,
    softmax,
)

NAMES = ("W1", "b1", "W2", "b2")
LOSSES = {"cross-entropy": CROSS_ENTROPY, "squared error": SQUARED_ERROR}
SCALES = [1e-8, 1.0, 1e8]
EPS = np.finfo(float).eps

seeds = st.integers(0, 2**32 - 1)


def setting(seed, loss_name, features=3, hidden=5, outputs=4, batch=6):
    """Return parameters, x and a target that no unit's kink is near to, for most seeds."""
    rng = np.random.default_rng(seed)
    parameters = Parameters(
        rng.normal(size=(features, hidden)),
        rng.normal(size=hidden),
        rng.normal(size=(hidden, outputs)),
        rng.normal(size=outputs),
    )
    x = rng.normal(size=(batch, features))
    if loss_name == "cross-entropy":
        return parameters, x, rng.integers(0, outputs, batch)
    return parameters, x, rng.normal(size=(batch, outputs))


def run_check(parameters, x, target, g, criterion, gradients=None, scale=1.0, **options):
    """Check gradients, the network's own if none are given, with everything times `scale`."""
    if gradients is None:
        gradients = backward(parameters, x, target, forward(parameters, x, g), g, criterion)
    scaled = Parameters(*(scale * getattr(gradients, name) for name in NAMES))
    return check_gradients(
        lambda p: scale * loss(p, x, target, g, criterion), parameters, scaled, **options
    )


# ------------------------------------------------------------------- references, 50 digits


def exact_log_softmax(row):
    """Return log(softmax(row)) as numbers of which 50 digits are right, however small they are."""
    with mpmath.workdps(50):
        top = int(np.argmax(row))
        below = [mpmath.mpf(float(v)) - mpmath.mpf(float(row[top])) for v in row]
        others = mpmath.fsum(mpmath.exp(v) for k, v in enumerate(below) if k != top)
        return [v - mpmath.log1p(others) for v in below]


def relative_error(got, exact):
    with mpmath.workdps(50):
        exact = mpmath.mpf(exact)
        return float(abs(mpmath.mpf(float(got)) / exact - 1)) if exact else abs(float(got))


# ------------------------------------------------------------------- softmax


@pytest.mark.parametrize("scale", [1, 10, 100, 1e3, 1e4])
def test_softmax_and_its_logarithm_keep_their_digits(scale):
    """Rounding z - max(z) costs up to |z - max| units; beyond it, a few units are allowed."""
    rng = np.random.default_rng(int(scale))
    for _ in range(40):
        z = scale * rng.normal(size=rng.integers(1, 8))
        p, log_p = softmax(z), log_softmax(z)
        for k, exact in enumerate(exact_log_softmax(z)):
            allowed = EPS * (8 + abs(z - z.max()).max())
            if exact > -700:
                assert relative_error(p[k], mpmath.exp(exact)) <= allowed
            if abs(exact) > 1e-300:
                assert relative_error(log_p[k], exact) <= allowed


@pytest.mark.parametrize("gap", [5, 20, 36, 40, 100, 700])
@pytest.mark.parametrize("top", [0, 1, 2])
def test_a_probability_near_one_keeps_the_digits_of_its_logarithm(gap, top):
    z = np.roll([gap, 0.0, -3.0], top)
    exact = exact_log_softmax(z)[top]
    allowed = EPS * (8 + gap)
    assert relative_error(log_softmax(z)[top], exact) <= allowed
    assert relative_error(mean_cross_entropy([z], [top]), -exact) <= allowed


finite_rows = st.lists(
    st.floats(allow_nan=False, allow_infinity=False) | st.just(-np.inf), min_size=1, max_size=6
).filter(lambda row: max(row) > -np.inf)


@settings(deadline=None)
@given(finite_rows)
@example([1.7e308, -1.7e308, 0.0])
def test_softmax_takes_every_finite_number_in_silence(row):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        p, log_p = softmax(row), log_softmax(row)
        assert abs(p.sum() - 1) < 1e-14
        assert (p >= 0).all()
        assert (log_p <= 0).all()
        for k in range(len(row)):
            if row[k] > -np.inf and max(row) - row[k] < 1e300:
                assert np.isfinite(mean_cross_entropy([row], [k]))
            assert np.isfinite(mean_cross_entropy_gradient([row], [k])).all()


def test_softmax_of_minus_infinity_is_zero():
    z = [0.0, -np.inf, np.log(3)]
    np.testing.assert_allclose(softmax(z), [0.25, 0, 0.75], rtol=1e-15)
    np.testing.assert_allclose(log_softmax(z), np.log([0.25, 1, 0.75]) - [0, np.inf, 0])
    assert mean_cross_entropy([z], [1]) == np.inf


@settings(deadline=None)
@given(st.lists(st.integers(-1000, 1000), min_size=1, max_size=6), st.integers(-(2**40), 2**40))
def test_softmax_does_not_feel_a_shift(row, shift):
    """Integers, so that the shift itself is exact and equality may be demanded."""
    z = np.array(row, float)
    np.testing.assert_array_equal(softmax(z + shift), softmax(z))
    np.testing.assert_array_equal(log_softmax(z + shift), log_softmax(z))


def test_softmax_works_along_the_last_axis_and_leaves_its_input_alone():
    z = np.random.default_rng(0).normal(size=(2, 3, 4))
    before = z.copy()
    for function in (softmax, log_softmax):
        rows = [[function(row) for row in block] for block in z]
        np.testing.assert_allclose(function(z), rows, rtol=1e-14)
    np.testing.assert_array_equal(z, before)


@settings(deadline=None)
@given(seeds, st.sampled_from([1, 10, 100]))
def test_float32_stays_float32(seed, scale):
    z = (scale * np.random.default_rng(seed).normal(size=(3, 4))).astype(np.float32)
    exact = z.astype(float)
    gap = (exact.max(-1) - exact.min(-1)).max()
    for function in (softmax, log_softmax):
        assert function(z).dtype == np.float32
        np.testing.assert_allclose(function(z), function(exact), rtol=1e-6 + 1e-7 * gap, atol=1e-37)
    assert mean_cross_entropy_gradient(z, [0, 1, 2]).dtype == np.float32
    assert mean_squared_error_gradient(z, z + 1).dtype == np.float32


# ------------------------------------------------------------------- the losses


@pytest.mark.parametrize("scale", [1, 10, 100, 1e3, 1e4])
def test_cross_entropy_and_its_gradient_keep_their_digits(scale):
    rng = np.random.default_rng(int(scale))
    for _ in range(20):
        batch, outputs = rng.integers(1, 6, size=2)
        z2 = scale * rng.normal(size=(batch, outputs))
        labels = rng.integers(0, outputs, batch)
        rows = [exact_log_softmax(row) for row in z2]
        allowed = EPS * (12 + np.ptp(z2, axis=1).max())
        with mpmath.workdps(50):
            exact = -mpmath.fsum(row[k] for row, k in zip(rows, labels, strict=True)) / int(batch)
            assert relative_error(mean_cross_entropy(z2, labels), exact) <= allowed
            gradient = mean_cross_entropy_gradient(z2, labels)
            for i, row in enumerate(rows):
                for k, log_p in enumerate(row):
                    exact = mpmath.expm1(log_p) if k == labels[i] else mpmath.exp(log_p)
                    exact /= int(batch)
                    if abs(exact) > 1e-300:
                        assert relative_error(gradient[i, k], exact) <= allowed


def test_cross_entropy_gradient_is_softmax_minus_one_hot_over_batch():
    z2, labels = np.random.default_rng(1).normal(size=(5, 3)), np.array([0, 2, 1, 1, 0])
    p = np.exp(z2) / np.exp(z2).sum(1, keepdims=True)
    expected = (p - np.eye(3)[labels]) / 5
    np.testing.assert_allclose(mean_cross_entropy_gradient(z2, labels), expected, rtol=1e-13)


def test_a_certain_answer_costs_zero_and_not_minus_zero():
    assert str(mean_cross_entropy([[0.0, 2000.0]], [1])) == "0.0"
    assert str(mean_cross_entropy([[5.0]], [0])) == "0.0"


def test_squared_error_is_the_mean_over_batch_and_outputs():
    y, target = [[1.0, 2.0, 3.0], [0.0, 0.0, 0.0]], [[0.0, 2.0, 1.0], [1.0, 0.0, 0.0]]
    assert mean_squared_error(y, target) == (1 + 0 + 4 + 1) / 6
    gradient = mean_squared_error_gradient(y, target)
    np.testing.assert_allclose(gradient, np.array([[2, 0, 4], [-2, 0, 0]]) / 6)


@pytest.mark.parametrize("function", [mean_cross_entropy, mean_cross_entropy_gradient])
@pytest.mark.parametrize(
    ("z2", "labels", "error", "words"),
    [
        ([[1.0, 2.0]], [0.0], TypeError, r"integer labels, got float64.*astype\(int\)"),
        ([[1.0, 2.0]], [True], TypeError, "integer labels, got bool"),
        ([[1.0, 2.0]], [2], ValueError, "from 0 to 1.*got 2 to 2"),
        ([[1.0, 2.0]], [-1], ValueError, "from 0 to 1.*got -1 to -1"),
        ([[1.0, 2.0]], [[1, 0]], ValueError, r"got \(1, 2\) and \(1, 2\).*not one-hot"),
        ([[1.0, 2.0]], [0, 1], ValueError, r"got \(1, 2\) and \(2,\)"),
        ([1.0, 2.0], [0, 1], ValueError, r"got \(2,\) and \(2,\)"),
        (np.zeros((0, 2)), np.zeros(0, int), ValueError, "at least one"),
        (np.zeros((2, 0)), np.zeros(2, int), ValueError, "at least one"),
    ],
)
def test_wrong_labels_are_refused(function, z2, labels, error, words):
    with pytest.raises(error, match=words):
        function(z2, labels)


@pytest.mark.parametrize("function", [mean_squared_error, mean_squared_error_gradient])
def test_a_target_is_never_stretched(function):
    with pytest.raises(ValueError, match=r"got \(4, 1\) and \(4,\): reshape"):
        function(np.zeros((4, 1)), np.zeros(4))
    with pytest.raises(ValueError, match="one shape"):
        function(np.zeros((0, 1)), np.zeros((0, 1)))


# ------------------------------------------------------------------- the network


TEXTBOOK = {  # each for complex z: the imaginary part carries the derivative along
    "step": lambda z: np.where(z.real > 0, 1, 0) + 0 * z,
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "tanh": np.tanh,
    "relu": lambda z: np.where(z.real > 0, z, 0),
    "leaky_relu": lambda z: np.where(z.real > 0, z, 0.01 * z),
    "elu": lambda z: np.where(z.real > 0, z, np.exp(z) - 1),
}


def textbook_loss(arrays, target, g, loss_name):
    z2 = TEXTBOOK[g.name](arrays["x"] @ arrays["W1"] + arrays["b1"]) @ arrays["W2"] + arrays["b2"]
    if loss_name == "squared error":
        return ((z2 - target) ** 2).sum() / z2.size
    p = np.exp(z2) / np.exp(z2).sum(axis=1, keepdims=True)
    return -sum(np.log(p[i, k]) for i, k in enumerate(target)) / len(target)


def complex_step(arrays, target, g, loss_name):
    """Return the gradient of the textbook loss with respect to each array, to 15 digits."""
    gradients = {}
    for name, array in arrays.items():
        gradients[name] = np.zeros(array.shape)
        for index in np.ndindex(array.shape):
            moved = array.astype(complex)
            moved[index] += 1e-30j
            value = textbook_loss({**arrays, name: moved}, target, g, loss_name)
            gradients[name][index] = value.imag / 1e-30
    return gradients


@pytest.mark.parametrize("loss_name", LOSSES)
@pytest.mark.parametrize("g", ACTIVATIONS.values(), ids=ACTIVATIONS)
@settings(max_examples=12, deadline=None)
@given(
    seed=seeds,
    features=st.integers(1, 4),
    hidden=st.integers(1, 5),
    outputs=st.integers(1, 4),
    batch=st.integers(1, 6),
)
def test_every_gradient_is_right(g, loss_name, seed, features, hidden, outputs, batch):
    parameters, x, target = setting(seed, loss_name, features, hidden, outputs, batch)
    arrays = {name: getattr(parameters, name) for name in NAMES} | {"x": x}
    criterion = LOSSES[loss_name]
    value = loss(parameters, x, target, g, criterion)
    assert isinstance(value, float)
    assert value == pytest.approx(textbook_loss(arrays, target, g, loss_name).real, rel=1e-12)
    cache = forward(parameters, x, g)
    assert isinstance(cache, Forward)
    gradients = backward(parameters, x, target, cache, g, criterion)
    for name, expected in complex_step(arrays, target, g, loss_name).items():
        got = getattr(gradients, name)
        assert got.shape == expected.shape
        np.testing.assert_allclose(got, expected, rtol=1e-9, atol=1e-13)


def test_the_usual_loss_is_the_cross_entropy_and_lists_will_do():
    parameters, x, labels = setting(0, "cross-entropy")
    assert loss(parameters, x.tolist(), labels.tolist(), tanh) == loss(
        parameters, x, labels, tanh, CROSS_ENTROPY
    )
    cache = forward(parameters, x, tanh)
    gradients = backward(parameters, x.tolist(), labels.tolist(), cache, tanh)
    expected = backward(parameters, x, labels, cache, tanh, CROSS_ENTROPY)
    np.testing.assert_array_equal(gradients.W1, expected.W1)


@pytest.mark.parametrize(
    ("scale", "first", "second"),
    [
        ("xavier", (2 / 600) ** 0.5, (2 / 700) ** 0.5),
        ("he", (2 / 200) ** 0.5, (2 / 400) ** 0.5),
        (0.3, 0.3, 0.3),
    ],
)
def test_weights_start_with_the_standard_deviation_asked_for(scale, first, second):
    rng = np.random.default_rng(0)
    parameters = Parameters.initialise(200, 400, 300, rng, scale)
    for weights, deviation in ((parameters.W1, first), (parameters.W2, second)):
        assert weights.std() == pytest.approx(deviation, rel=0.02)
        assert abs(weights.mean()) < 0.02 * deviation
    assert not parameters.b1.any()
    assert not parameters.b2.any()
    assert (parameters.b1.shape, parameters.b2.shape) == ((400,), (300,))


def test_the_same_seed_starts_the_same_network():
    one, two = (Parameters.initialise(2, 3, 1, np.random.default_rng(7)) for _ in range(2))
    np.testing.assert_array_equal(one.W1, two.W1)
    np.testing.assert_array_equal(one.W2, two.W2)


def test_an_unknown_scale_is_refused():
    with pytest.raises(ValueError, match=r"expected 'xavier', 'he' or a number.*'glorot'"):
        Parameters.initialise(2, 3, 1, np.random.default_rng(0), "glorot")


@pytest.mark.parametrize(
    "shapes",
    [
        [(2, 3), (3, 1), (3, 1), (1,)],
        [(2, 3), (3,), (1, 3), (1,)],
        [(2, 3), (1,), (3, 1), (1,)],
        [(2, 3), (3,), (4, 1), (1,)],
        [(2, 3), (3,), (3, 1), ()],
        [(2, 3), (3,), (3,), (1,)],
        [(3,), (3,), (3, 1), (1,)],
        [(), (), (), ()],
    ],
)
def test_parameters_that_do_not_fit_are_refused(shapes):
    with pytest.raises(ValueError, match=r"expected W1 \(features, hidden\)"):
        Parameters(*(np.zeros(shape) for shape in shapes))


@pytest.mark.parametrize("shape", [(3,), (6, 2), (3, 6), (1, 6, 3)])
def test_x_of_another_shape_is_refused(shape):
    parameters, _, _ = setting(0, "cross-entropy", features=3)
    with pytest.raises(ValueError, match=r"\(batch, features = 3\)"):
        forward(parameters, np.zeros(shape), tanh)


def test_descending_lowers_the_loss_and_leaves_the_old_parameters_alone():
    parameters, x, labels = setting(0, "cross-entropy")
    before = {name: getattr(parameters, name).copy() for name in NAMES}
    gradients = backward(parameters, x, labels, forward(parameters, x, tanh), tanh)
    after = descend(parameters, gradients, learning_rate=0.1)
    assert type(after) is Parameters
    for name in NAMES:
        np.testing.assert_array_equal(getattr(parameters, name), before[name])
        expected = before[name] - 0.1 * getattr(gradients, name)
        np.testing.assert_allclose(getattr(after, name), expected, rtol=1e-15)
    assert loss(after, x, labels, tanh) < loss(parameters, x, labels, tanh)


# ------------------------------------------------------------------- right gradients pass


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("loss_name", LOSSES)
@pytest.mark.parametrize("g", ACTIVATIONS.values(), ids=ACTIVATIONS)
def test_right_gradients_are_accepted(g, loss_name, scale):
    for seed, (hidden, batch) in enumerate([(5, 6), (1, 1), (4, 1), (1, 7), (6, 20)] * 3):
        parameters, x, target = setting(seed, loss_name, hidden=hidden, batch=batch)
        report = run_check(parameters, x, target, g, LOSSES[loss_name], scale=scale)
        entries = sum(getattr(parameters, name).size for name in NAMES)
        assert report.compared + report.crossed_kink + report.unresolved == entries
        assert report.worst < 1e-6


@pytest.mark.parametrize("g", [relu, leaky_relu, elu, step], ids=lambda g: g.name)
def test_units_near_the_kink_raise_no_false_alarm(g):
    """One example puts one unit within two steps of the kink, now and then exactly on it."""
    reports = []
    for seed in range(120):
        loss_name = ("cross-entropy", "squared error")[seed % 2]
        parameters, x, target = setting(seed, loss_name, hidden=6, batch=1 + seed % 12)
        rng = np.random.default_rng(seed)
        distance = rng.uniform(-2e-5, 2e-5) if seed % 5 else 0
        parameters.b1[2] += distance - (x @ parameters.W1 + parameters.b1)[0, 2]
        reports.append(
            run_check(parameters, x, target, g, LOSSES[loss_name], scale=SCALES[seed % 3])
        )
    crossed = sum(report.crossed_kink for report in reports)
    assert crossed > 100 or g is elu  # with alpha = 1, ELU bends at 0 and has no corner


@pytest.mark.parametrize("distance", [0.3, 1 / 3, 0.5, 0.7, -1 / 3, -0.7])
@pytest.mark.parametrize("g", [relu, leaky_relu, step], ids=lambda g: g.name)
def test_the_entries_that_cross_a_kink_are_counted(g, distance):
    """Unit 1 of 8 is `distance` steps from 0 for x = (1, 0): its b and one of its W1 cross."""
    parameters, x, labels = setting(3, "cross-entropy", features=2, hidden=8)
    x[0] = [1, 0]
    parameters.b1[1] = distance * 1e-5 - parameters.W1[0, 1]
    report = run_check(parameters, x, labels, g, CROSS_ENTROPY)
    assert report.crossed_kink == 2
    assert report.compared == 2 * 8 + 8 + 8 * 4 + 4 - 2
    assert report.unresolved == 0
    assert report.evaluations == 1 + 2 * 60 + 2 * 2


def test_the_losses_evaluations_are_counted():
    parameters, x, labels = setting(0, "cross-entropy")
    calls = []

    def counted(p):
        calls.append(p)
        return loss(p, x, labels, tanh)

    gradients = backward(parameters, x, labels, forward(parameters, x, tanh), tanh)
    before = {name: getattr(parameters, name).copy() for name in NAMES}
    report = check_gradients(counted, parameters, gradients)
    entries = 3 * 5 + 5 + 5 * 4 + 4
    assert report.evaluations == len(calls) == 1 + 2 * entries
    assert (report.compared, report.crossed_kink, report.unresolved) == (entries, 0, 0)
    for name in NAMES:
        np.testing.assert_array_equal(getattr(parameters, name), before[name])


@pytest.mark.parametrize("seed", range(10))
def test_rounding_in_a_loss_of_large_parts_raises_no_false_alarm(seed):
    """The outputs are near 100,000 and fit to 0.01: far more rounding than eps times the loss."""
    parameters, x, _ = setting(seed, "squared error")
    parameters = replace(parameters, b2=parameters.b2 + 1e5)
    target = forward(parameters, x, tanh).z2 + 0.01 * np.random.default_rng(seed).normal(
        size=(6, 4)
    )
    run_check(parameters, x, target, tanh, SQUARED_ERROR)


@pytest.mark.parametrize("seed", range(10))
def test_a_network_that_is_sure_raises_no_false_alarm(seed):
    parameters, x, _ = setting(seed, "cross-entropy")
    parameters = replace(parameters, W2=8 * parameters.W2)
    labels = forward(parameters, x, tanh).z2.argmax(axis=1)
    run_check(parameters, x, labels, tanh, CROSS_ENTROPY)


@pytest.mark.parametrize("seed", range(10))
def test_inputs_of_the_size_of_pixels_raise_no_false_alarm(seed):
    parameters, x, labels = setting(seed, "cross-entropy")
    parameters = replace(parameters, W1=parameters.W1 / 255)
    run_check(parameters, 255 * x, labels, sigmoid, CROSS_ENTROPY)


# ------------------------------------------------------------------- wrong gradients do not


def one_entry(gradients, relative):
    changed = gradients.W1.copy()
    index = np.unravel_index(np.abs(changed).argmax(), changed.shape)
    changed[index] *= 1 + relative
    return replace(gradients, W1=changed)


def every_entry(gradients, factor):
    return Parameters(*(factor * getattr(gradients, name) for name in NAMES))


def plant(mistake, parameters, x, target, g, criterion):
    """Return the gradients of a backward pass with a mistake; every matrix is square."""
    cache = forward(parameters, x, g)
    right = backward(parameters, x, target, cache, g, criterion)
    batch, outputs = cache.z2.shape
    dL_dz2 = criterion.gradient(cache.z2, target)
    dL_da1 = dL_dz2 @ parameters.W2.T
    dL_dz1 = dL_da1 * g.derivative(cache.z1)

    def first_layer(dL_dz1):
        return replace(right, W1=x.T @ dL_dz1, b1=dL_dz1.sum(axis=0))

    planted = {
        "x without its transpose": lambda: replace(right, W1=x @ dL_dz1),
        "a1 without its transpose": lambda: replace(right, W2=cache.a1 @ dL_dz2),
        "W2 without its transpose": lambda: first_layer(
            (dL_dz2 @ parameters.W2) * g.derivative(cache.z1)
        ),
        "the transpose of W2's gradient": lambda: replace(right, W2=right.W2.T),
        "mean for sum": lambda: replace(right, b1=dL_dz1.mean(axis=0)),
        "1 / batch missing": lambda: every_entry(right, batch),
        "1 / outputs missing": lambda: every_entry(right, outputs),
        "1 / batch twice": lambda: every_entry(right, 1 / batch),
        "g' missing": lambda: first_layer(dL_da1),
        "g' twice": lambda: first_layer(dL_dz1 * g.derivative(cache.z1)),
        "g' of a1": lambda: first_layer(dL_da1 * g.derivative(cache.a1)),
        "z1 for a1": lambda: replace(right, W2=cache.z1.T @ dL_dz2),
        "one entry 0": lambda: one_entry(right, -1),
        "one entry half as large again": lambda: one_entry(right, 0.5),
        "one entry off by 1e-4": lambda: one_entry(right, 1e-4),
        "one entry NaN": lambda: one_entry(right, np.nan),
        "one entry infinite": lambda: one_entry(right, np.inf),
        "all off by 1e-4": lambda: every_entry(right, 1 + 1e-4),
        "sign": lambda: every_entry(right, -1),
        "sign of the second bias": lambda: replace(right, b2=-right.b2),
        "twice": lambda: every_entry(right, 2),
        "nothing": lambda: every_entry(right, 0),
    }
    return planted[mistake](), right


MISTAKES = (
    """x without its transpose|a1 without its transpose|W2 without its transpose|the
transpose of W2's gradient|mean for sum|1 / batch missing|1 / outputs missing|1 / batch twice|g'
missing|g' twice|g' of a1|z1 for a1|one entry 0|one entry half as large again|one entry off by
1e-4|one entry NaN|one entry infinite|all off by 1e-4|sign|sign of the second bias|twice|nothing
""".replace("\n", " ")
    .strip()
    .split("|")
)


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_planted_mistake_is_caught(mistake):
    """In each network, with each activation and loss, at each scale of the loss."""
    planted = 0
    for seed, g in enumerate([tanh, sigmoid, relu, leaky_relu, elu, step]):
        for loss_name, criterion in LOSSES.items():
            parameters, x, target = setting(seed, loss_name, 4, 4, 4, 4)
            with np.errstate(invalid="ignore"):
                wrong, right = plant(mistake, parameters, x, target, g, criterion)
            if all(np.array_equal(getattr(wrong, n), getattr(right, n)) for n in NAMES):
                continue  # for ReLU, g'(a1) is g'(z1): no mistake
            planted += 1
            for scale in SCALES:
                with pytest.raises(GradientError) as caught:
                    run_check(parameters, x, target, g, criterion, wrong, scale)
                error = caught.value
                assert f"{error.parameter}[{', '.join(map(str, error.index))}]" in str(error)
                assert f"{error.given:.9g}" in str(error)
                assert f"{error.expected:.9g}" in str(error)
                given_entry = scale * getattr(wrong, error.parameter)[error.index]
                right_entry = scale * getattr(right, error.parameter)[error.index]
                assert error.given == pytest.approx(given_entry, nan_ok=True)
                size = scale * np.abs(getattr(right, error.parameter)).max()
                assert error.expected == pytest.approx(right_entry, rel=1e-5, abs=1e-6 * size)
    assert planted >= 6


@pytest.mark.parametrize("factor", [2, -1, 0, 0.5, 1.01])
@pytest.mark.parametrize("loss_name", LOSSES)
def test_small_gradients_are_judged_by_their_own_size(loss_name, factor):
    """W1's gradient is near 1e-5, where a fixed tolerance of 1e-5 sees little."""
    for seed in range(10):
        parameters, x, target = setting(seed, loss_name)
        x = 3e-5 * x
        cache = forward(parameters, x, tanh)
        gradients = backward(parameters, x, target, cache, tanh, LOSSES[loss_name])
        assert 1e-6 < np.abs(gradients.W1).max() < 1e-3
        run_check(parameters, x, target, tanh, LOSSES[loss_name], gradients)
        wrong = replace(gradients, W1=factor * gradients.W1)
        with pytest.raises(GradientError) as caught:
            run_check(parameters, x, target, tanh, LOSSES[loss_name], wrong)
        assert caught.value.parameter == "W1"


def test_a_mistake_is_caught_beside_a_kink():
    for seed in range(40):
        parameters, x, labels = setting(seed, "cross-entropy", hidden=6)
        parameters.b1[2] -= (x @ parameters.W1 + parameters.b1)[0, 2]
        cache = forward(parameters, x, relu)
        right = backward(parameters, x, labels, cache, relu)
        wrong = replace(right, b1=right.b1 * np.where(np.arange(6) == 2, 1, 1.001))
        if np.array_equal(wrong.b1, right.b1):
            continue
        with pytest.raises(GradientError):
            run_check(parameters, x, labels, relu, CROSS_ENTROPY, wrong)


# ------------------------------------------------------------------- what the message says


def message(mistake, seed=0, g=tanh, loss_name="cross-entropy", shape=(4, 4, 4, 4)):
    parameters, x, target = setting(seed, loss_name, *shape)
    wrong, _ = plant(mistake, parameters, x, target, g, LOSSES[loss_name])
    with pytest.raises(GradientError) as caught:
        run_check(parameters, x, target, g, LOSSES[loss_name], wrong)
    return str(caught.value)


def test_the_message_names_the_mistake():
    assert "W2: 12 of 16 entries disagree; this is the transpose" in message(
        "the transpose of W2's gradient"
    )
    assert "b1: 4 of 4 entries disagree; 4 times too small" in message("mean for sum")
    for name, entries in zip(NAMES, (16, 4, 16, 4), strict=True):
        disagree = f"{name}: {entries} of {entries} entries disagree; "
        assert disagree + "4 times too large" in message("1 / batch missing")
        assert disagree + "the sign is flipped" in message("sign")
        assert disagree + "every entry is 0" in message("nothing")
    assert "W2: 16 of 16 entries disagree; every entry is 1.0001 times" in message(
        "all off by 1e-4"
    )
    assert "W1: 1 of 16 entries disagree; not every entry is finite" in message("one entry NaN")
    assert "b2: 4 of 4 entries disagree; the sign is flipped" in message("sign of the second bias")


def test_the_message_says_what_is_right():
    assert "No mistake found in W2, b2." in message("g' missing")
    assert "No mistake found in b1, W2, b2." in message("x without its transpose")
    assert "No mistake" not in message("sign")


def test_one_example_shows_that_the_slope_is_missing():
    text = message("g' missing", shape=(4, 4, 4, 1))
    assert "W1: 16 of 16 entries disagree; each column is off by its own factor: is g'(z)" in text


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize(
    "mistake", ["x without its transpose", "one entry half as large again", "g' of a1"]
)
def test_no_mistake_is_named_without_evidence(mistake, seed):
    text = message(mistake, seed=seed)
    for words in ("transpose of", "times", "sign", "factor", "every entry"):
        assert words not in text


def test_a_single_entry_is_no_evidence_of_a_factor():
    parameters, x, target = setting(0, "squared error", outputs=1)
    gradients = backward(parameters, x, target, forward(parameters, x, tanh), tanh, SQUARED_ERROR)
    for factor, words in ((1.37, None), (3, "3 times too large"), (-1, "the sign is flipped")):
        wrong = replace(gradients, b2=factor * gradients.b2)
        with pytest.raises(GradientError, match="b2: 1 of 1 entries disagree") as caught:
            run_check(parameters, x, target, tanh, SQUARED_ERROR, wrong)
        assert words in str(caught.value) if words else "times" not in str(caught.value)


def test_a_factor_that_holds_only_roughly_is_not_named():
    parameters, x, labels = setting(0, "cross-entropy")
    right = backward(parameters, x, labels, forward(parameters, x, tanh), tanh)
    rough = 2 + 0.02 * np.random.default_rng(0).normal(size=right.W1.shape)
    with pytest.raises(GradientError) as caught:
        run_check(parameters, x, labels, tanh, CROSS_ENTROPY, replace(right, W1=rough * right.W1))
    assert "times" not in str(caught.value)


def test_the_parameter_nearest_to_the_loss_is_named_first():
    assert message("sign").startswith("b2[")
    assert message("g' missing").startswith("b1[")


# ------------------------------------------------------------------- nothing to judge by


def test_a_loss_that_ignores_its_parameters_is_not_checked():
    parameters, x, labels = setting(0, "cross-entropy")
    gradients = backward(parameters, x, labels, forward(parameters, x, tanh), tanh)
    with pytest.raises(GradientError, match="does loss_of use the parameters"):
        check_gradients(lambda _: loss(parameters, x, labels, tanh), parameters, gradients)
    with pytest.raises(ValueError, match="nothing to compare: does loss_of use"):
        check_gradients(lambda _: 1.0, parameters, every_entry(gradients, 0))


def test_gradients_below_rounding_are_not_passed_as_right():
    parameters, x, labels = setting(0, "cross-entropy")
    gradients = backward(parameters, x, labels, forward(parameters, x, tanh), tanh)
    tiny = every_entry(gradients, 2e-10)
    with pytest.raises(ValueError, match="what rounding does to a central difference"):
        check_gradients(lambda p: 1 + 2e-10 * loss(p, x, labels, tanh), parameters, tiny)


def test_a_parameter_below_rounding_is_reported():
    """Saturated units: W1's gradient is near 1e-20, and no difference of float64 can see it."""
    parameters, x, labels = setting(0, "cross-entropy")
    parameters = replace(parameters, b1=np.full(5, 40.0))
    report = run_check(parameters, x, labels, sigmoid, CROSS_ENTROPY)
    assert (report.compared, report.unresolved) == (24, 20)


def test_too_many_kinks_are_not_passed_over():
    parameters, x, labels = setting(0, "cross-entropy")
    x[0], parameters = 0, replace(parameters, b1=np.zeros(5))
    with pytest.raises(ValueError, match=r"5 of 44 entries \(5 of b1\).*biases other than 0"):
        run_check(parameters, x, labels, relu, CROSS_ENTROPY)
    x[0], parameters = 1, replace(parameters, b1=-parameters.W1.sum(axis=0))
    parameters.b1[0] = 1
    with pytest.raises(ValueError, match=r"16 of 44 entries \(12 of W1, 4 of b1\)"):
        run_check(parameters, x, labels, relu, CROSS_ENTROPY)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_loss_that_is_not_finite_is_refused(value):
    parameters, _, _ = setting(0, "cross-entropy")
    with pytest.raises(ValueError, match="expected a finite loss"):
        check_gradients(lambda _: value, parameters, parameters)


def test_gradients_of_other_shapes_are_refused():
    parameters, _, _ = setting(0, "cross-entropy")
    other = Parameters(np.zeros((3, 7)), np.zeros(7), np.zeros((7, 4)), np.zeros(4))
    with pytest.raises(ValueError, match=r"gradient of W1 of the shape \(3, 5\), got \(3, 7\)"):
        check_gradients(lambda _: 1.0, parameters, other)


# ------------------------------------------------------------------- the module itself


def test_the_examples_in_the_docstrings_hold():
    outcome = doctest.testmod(network)
    assert outcome.attempted
    assert not outcome.failed


def test_nothing_can_be_changed_in_place():
    parameters, _, _ = setting(0, "cross-entropy")
    for frozen in (parameters, CROSS_ENTROPY):
        with pytest.raises(AttributeError):
            setattr(frozen, fields(frozen)[0].name, None)
