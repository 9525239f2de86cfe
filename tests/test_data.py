"""The data sets have the shapes and the geometry that their docstrings state."""

import numpy as np
import pytest

from course_utils.data import moons, xor


def linear_accuracy(x, labels):
    """The best share that a line can put on its right side: over 360 directions, any offset."""
    best = 0.0
    for angle in np.linspace(0, np.pi, 360, endpoint=False):
        order = np.argsort(x @ [np.cos(angle), np.sin(angle)], kind="stable")
        right = np.concatenate([[0], np.cumsum(2 * labels[order] - 1)]) + np.sum(labels == 0)
        best = max(best, right.max() / len(x), 1 - right.min() / len(x))
    return best


def test_xor_is_exclusive_or():
    x, labels = xor()
    assert [int(a) ^ int(b) for a, b in x] == labels.tolist()
    assert linear_accuracy(x, labels) == 0.75


def test_moons_lie_on_their_circles():
    x, labels = moons(101, 0, np.random.default_rng(0))
    upper, lower = x[labels == 0], x[labels == 1]
    assert (len(upper), len(lower)) == (51, 50)
    np.testing.assert_allclose(np.hypot(*upper.T), 1)
    np.testing.assert_allclose(np.hypot(*(lower - [1, 0.5]).T), 1)
    assert upper[:, 1].min() > -1e-9
    assert lower[:, 1].max() < 0.5 + 1e-9
    np.testing.assert_allclose(moons(100, 0, np.random.default_rng(0))[0].mean(axis=0), [0.5, 0.25])


def test_no_line_separates_the_moons():
    assert 0.5 < linear_accuracy(*moons(200, 0.05, np.random.default_rng(1))) < 0.9


def test_the_noise_is_the_generators():
    clean, labels = moons(20_000, 0, np.random.default_rng(0))
    noisy, same = moons(20_000, 0.1, np.random.default_rng(0))
    again, _ = moons(20_000, 0.1, np.random.default_rng(0))
    assert labels.dtype.kind == "i"
    assert np.array_equal(labels, same) and np.array_equal(noisy, again)
    assert np.std(noisy - clean) == pytest.approx(0.1, rel=0.02)


@pytest.mark.parametrize("arguments", [(1, 0.1), (10, -0.1), (10, float("nan"))])
def test_unusable_arguments_are_refused(arguments):
    with pytest.raises(ValueError, match="expected count >= 2 and noise >= 0"):
        moons(*arguments, np.random.default_rng(0))
