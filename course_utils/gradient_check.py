"""A gradient check that can fail, and that says which mistake was made.

`check_gradients` compares given gradients with central differences. It judges relative to
the size of each parameter's gradient and to the rounding of the differences, so the verdict
stays when the loss is multiplied by a number; it leaves out, and counts, the entries whose
difference crosses a kink; and it refuses to pass where nothing could be compared.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from course_utils.network import Parameters

__all__ = ["MOST_AT_A_KINK", "GradientCheck", "GradientError", "check_gradients"]

MOST_AT_A_KINK = 1 / 4
"""A gradient check does not judge when more than this share of the entries is at a kink."""


class GradientError(AssertionError):
    """A gradient disagrees with the central difference.

    Attributes
    ----------
    parameter, index : str, tuple of int
        The entry that is furthest off, in the wrong parameter nearest to the loss.
    given, expected : float
        The gradient given there, and the central difference.
    """

    def __init__(
        self, message: str, parameter: str, index: tuple[int, ...], given: float, expected: float
    ) -> None:
        super().__init__(message)
        self.parameter, self.index, self.given, self.expected = parameter, index, given, expected


@dataclass(frozen=True)
class GradientCheck:
    """What a check that found no mistake has seen.

    Attributes
    ----------
    worst : float
        The largest difference, relative to the largest entry of the same parameter's gradient.
    compared, crossed_kink, unresolved : int
        How many entries agreed; how many were left out, because the loss has a corner or a jump
        within the step; and how many, because their whole parameter's gradient is smaller than
        what rounding does to the central difference.
    evaluations : int
        How often the loss was computed: 1 + 2 for each entry + 2 for each closer look.
    """

    worst: float
    compared: int
    crossed_kink: int
    unresolved: int
    evaluations: int


def check_gradients(
    loss_of: Callable[[Parameters], float],
    parameters: Parameters,
    gradients: Parameters,
    step: float = 1e-5,
    tolerance: float = 1e-6,
) -> GradientCheck:
    """Compare gradients with central differences (L(p + step) - L(p - step)) / (2 step).

    Parameters
    ----------
    loss_of : callable
        ``loss_of(parameters)`` returns L: ``lambda p: loss(p, x, labels, tanh)``.
    parameters, gradients : Parameters
        Where to compare, and what to judge: arrays of the same names and shapes.
    tolerance : float
        The error allowed, relative to the largest entry of the same parameter's gradient.

    Raises
    ------
    GradientError
        If a gradient is wrong. The message names the mistake where the numbers show it.
    ValueError
        If there is no judging: shapes that do not fit, a loss that is not finite or does not
        change, too many entries at a kink, nothing but gradients smaller than rounding.
    """
    point = {f.name: np.array(getattr(parameters, f.name), float) for f in fields(parameters)}
    given = {name: np.array(getattr(gradients, name), float) for name in point}
    for name in point:
        if given[name].shape != point[name].shape:
            raise ValueError(
                f"expected a gradient of {name} of the shape {point[name].shape}, got "
                f"{given[name].shape}: is a transpose or a sum over the batch missing?"
            )
    here, evaluations = float(loss_of(replace(parameters, **point))), 1
    if not np.isfinite(here):
        raise ValueError(f"expected a finite loss, got {here}: nothing can be compared with it")

    def loss_near(name: str, index: tuple[int, ...], change: float) -> float:
        nonlocal evaluations
        evaluations += 1
        moved = point[name].copy()
        moved[index] += change
        return float(loss_of(replace(parameters, **(point | {name: moved}))))

    # Rounding in the forward pass acts as if L and each parameter p were off by about one unit
    # in the last place. So a difference of two L is off by eps (|L| + sum |dL_dp p|), and the
    # quotient by that over step. In 480 networks it stayed below 2 times this bound; 10 times
    # are allowed. Bound and gradients grow alike when the loss is multiplied.
    finite = {name: np.where(np.isfinite(g), g, 0) for name, g in given.items()}
    sensitivity = sum(np.abs(finite[name] * point[name]).sum() for name in point)
    rounding = 10 * np.finfo(float).eps * (abs(here) + sensitivity) / step

    comparisons = []
    for name, g in finite.items():
        allowed = tolerance * np.abs(g).max() + rounding
        expected, crossed = np.zeros_like(g), np.zeros(g.shape, bool)
        for index in np.ndindex(g.shape):
            up, down = loss_near(name, index, step), loss_near(name, index, -step)
            expected[index] = (up - down) / (2 * step)
            if abs(expected[index] - g[index]) > allowed:
                # A closer look: the slopes to the right and to the left, by formulas exact for
                # a parabola. Where L is smooth the three slopes agree, and the true one lies
                # between them; where they disagree, L has a corner or a jump within the step.
                half_up, half_down = (loss_near(name, index, s / 2) for s in (step, -step))
                right = (4 * half_up - 3 * here - up) / step
                left = (3 * here - 4 * half_down + down) / step
                low, _, high = sorted([left, expected[index], right])
                crossed[index] = high - low > 4 * allowed
                between = np.clip(g[index], low, high)
                if abs(between - g[index]) <= allowed:
                    expected[index] = between
        comparisons.append(_Comparison(name, given[name], expected, crossed, allowed))

    if any(c.wrong.any() for c in comparisons):
        raise _error(comparisons)
    return _report(comparisons, rounding, evaluations)


@dataclass(frozen=True, eq=False)
class _Comparison:
    """One parameter's gradient beside its central differences, all of the parameter's shape."""

    name: str
    given: NDArray
    expected: NDArray
    crossed: NDArray
    allowed: float

    @property
    def off(self) -> NDArray:
        return np.where(self.crossed, 0, np.abs(self.given - self.expected))

    @property
    def wrong(self) -> NDArray:
        return ~(self.off <= self.allowed)  # NaN is wrong too

    @property
    def size(self) -> float:
        return float(np.abs(np.where(self.crossed, 0, [self.given, self.expected])).max())

    def mistake(self) -> str:
        """Name the mistake that leaves less than a thousandth of the difference unexplained."""
        given, expected = self.given, np.where(self.crossed, self.given, self.expected)

        def explained_by(guess: NDArray) -> bool:
            return bool(np.abs(given - guess).max() <= 1e-3 * self.off.max())

        def factors(axis: int | None = None) -> NDArray:  # by least squares
            squares = (expected**2).sum(axis)
            return (given * expected).sum(axis) / np.where(squares > 0, squares, 1)

        if not np.isfinite(given).all():
            return "not every entry is finite"
        if not given.any():
            return "every entry is 0"
        if not expected.any():
            return "every entry should be 0: does loss_of use the parameters it is called with?"
        if given.shape == given.T.shape and explained_by(expected.T):
            return "this is the transpose of the gradient"
        if explained_by(factors() * expected):
            return _in_words(float(factors()), np.count_nonzero(expected))
        if given.ndim == 2 and len(given) > 1 and explained_by(factors(axis=0) * expected):
            return "each column is off by its own factor: is g'(z) of each unit there, and once?"
        return ""


def _in_words(factor: float, entries: int) -> str:
    for times, unit in ((factor, "times too large"), (1 / factor, "times too small")):
        if round(times) > 1 and abs(times / round(times) - 1) < 1e-4:
            return f"{round(times)} {unit}: check sums, means, and 1 / the batch or the outputs"
    if abs(factor + 1) < 1e-4:
        return "the sign is flipped"
    return f"every entry is {factor:.6g} times the right one" if entries > 1 else ""


def _error(comparisons: list[_Comparison]) -> GradientError:
    """Say where the gradient is furthest off, in the wrong parameter nearest to the loss."""
    wrong = [c for c in reversed(comparisons) if c.wrong.any()]
    nearest = wrong[0]
    index = tuple(int(i) for i in np.unravel_index(nearest.off.argmax(), nearest.off.shape))
    given, expected = float(nearest.given[index]), float(nearest.expected[index])
    lines = [
        f"{nearest.name}[{', '.join(map(str, index))}]: the gradient given is {given:.9g}, "
        f"the central difference {expected:.9g}."
    ]
    for c in wrong:
        lines.append(f"{c.name}: {c.wrong.sum()} of {c.wrong.size} entries disagree")
        lines[-1] += f"; {c.mistake()}" if c.mistake() else ""
    right = [c.name for c in comparisons if not c.wrong.any()]
    lines += [f"No mistake found in {', '.join(right)}."] * bool(right)
    return GradientError("\n".join(lines), nearest.name, index, given, expected)


def _report(comparisons: list[_Comparison], rounding: float, evaluations: int) -> GradientCheck:
    """Count what was compared, and refuse where that is too little to judge by."""
    entries = sum(c.given.size for c in comparisons)
    crossed = sum(int(c.crossed.sum()) for c in comparisons)
    if crossed > MOST_AT_A_KINK * entries or any(c.crossed.all() for c in comparisons):
        where = ", ".join(f"{c.crossed.sum()} of {c.name}" for c in comparisons if c.crossed.any())
        raise ValueError(
            f"{crossed} of {entries} entries ({where}) are within the step of a corner or a jump, "
            "too many to judge: take other data, biases other than 0, or a smaller step"
        )
    if not any(c.expected.any() for c in comparisons):
        raise ValueError(
            "the loss changes with no parameter, so there is nothing to compare: does loss_of "
            "use the parameters it is called with?"
        )
    resolved = [c for c in comparisons if c.size == 0 or c.size > rounding]
    if not any(c.size for c in resolved):
        raise ValueError(
            f"no gradient is larger than {rounding:.1g}, what rounding does to a central "
            "difference, so there is nothing to compare: take parameters where the loss is steeper"
        )
    compared = sum(int((~c.crossed).sum()) for c in resolved)
    worst = max(float(c.off.max()) / (c.size or 1) for c in resolved)
    return GradientCheck(worst, compared, crossed, entries - compared - crossed, evaluations)
