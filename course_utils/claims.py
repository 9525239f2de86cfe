"""The claims that lecture notes make about activation functions, and the verdict on each.

The course was made from five sets of Korean lecture notes and posts (2021-2024). What they
claim stands here once, restated; the lessons put it to the test. The cell that does so
carries the tag ``claim:C05`` and ends in a call to `verdict`, which refuses to print a
verdict whose evidence does not hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

__all__ = ["CLAIMS", "FINDINGS", "Claim", "ClaimError", "verdict"]

FINDINGS = ("true", "true, with a condition", "false as printed")
"""What a verdict can be."""


@dataclass(frozen=True)
class Claim:
    """One claim: its number, what is claimed, and the lessons that judge it."""

    number: str
    statement: str
    lessons: tuple[str, ...]


class ClaimError(AssertionError):
    """The evidence for a verdict does not hold."""


def _claim(number: str, lessons: str, statement: str) -> Claim:
    return Claim(number, statement, tuple(lessons.split()))


CLAIMS: Mapping[str, Claim] = MappingProxyType(
    {
        claim.number: claim
        for claim in (
            _claim(
                "C01",
                "01_step_function",
                "An activation turns a neuron's weighted sum b + w1 x1 + w2 x2 into its output.",
            ),
            _claim("C02", "01_step_function", "The step function cannot solve XOR."),
            _claim(
                "C03",
                "01_step_function",
                "The step function cannot be trained by gradient descent.",
            ),
            _claim(
                "C04",
                "01_step_function 02_sigmoid",
                "Sigmoid keeps what is good in the step and removes its defect.",
            ),
            _claim("C05", "02_sigmoid", "sigmoid'(z) = sigmoid(z) (1 - sigmoid(z))."),
            _claim(
                "C06",
                "02_sigmoid",
                "The slope is about 0 at z = 10 and z = -10, and exactly 1/4, its maximum, at 0.",
            ),
            _claim("C07", "02_sigmoid", "Once a = sigmoid(z) is known, a (1 - a) is free."),
            _claim("C08", "02_sigmoid", "Sigmoid's output lies in [0, 1]."),
            _claim("C09", "02_sigmoid", "1 / (1 + np.exp(-x)) computes sigmoid."),
            _claim("C10", "02_sigmoid 08_gradient_flow", "Sigmoid makes gradients vanish."),
            _claim(
                "C11",
                "02_sigmoid",
                "Sigmoid's four nodes have local gradients -1, e^-z, 1, -y^2; together y (1 - y).",
            ),
            _claim(
                "C12",
                "07_zero_centering",
                "All-positive inputs give a neuron's weights gradients of one sign: a zig-zag.",
            ),
            _claim("C13", "03_tanh", "tanh(z) = (e^z - e^z) / (e^z + e^z)."),
            _claim(
                "C14",
                "03_tanh",
                "tanh'(z) = 1 - tanh(z)^2, by the quotient rule, itself from the product rule.",
            ),
            _claim(
                "C15",
                "03_tanh",
                "tanh lies in (-1, 1), is zero-centred, has slope 1 at 0, about 0 at 10 and -10.",
            ),
            _claim("C16", "03_tanh 08_gradient_flow", "tanh still makes gradients vanish."),
            _claim("C17", "04_relu", "ReLU'(z) is 1 for z < 0 and 1 for z > 0."),
            _claim(
                "C18",
                "04_relu",
                "At 0 ReLU has no derivative; whether software takes 0 or 1 does not matter.",
            ),
            _claim("C19", "04_relu", "z is exactly 0 so rarely that the choice never matters."),
            _claim("C20", "04_relu 08_gradient_flow", "ReLU has no vanishing-gradient problem."),
            _claim("C21", "04_relu", "ReLU is cheap to compute."),
            _claim("C22", "04_relu 07_zero_centering", "ReLU is not zero-centred."),
            _claim(
                "C23",
                "04_relu",
                "A ReLU whose input is never positive stops learning: it is dead.",
            ),
            _claim(
                "C24",
                "05_leaky_relu",
                "Leaky ReLU max(0.01 z, z) has slope 0.01 below 0, 1 above, either at 0.",
            ),
            _claim("C25", "05_leaky_relu", "Leaky ReLU solves the dead ReLU."),
            _claim("C26", "05_leaky_relu", "Leaky ReLU costs a hyper-parameter, alpha."),
            _claim("C27", "06_elu", "ELU has a non-zero gradient for negative input."),
            _claim("C28", "06_elu", "ELU costs more, for its exponential."),
            _claim("C29", "06_elu", "np.where(x > 0, x, alpha * (np.exp(x) - 1)) computes ELU."),
            _claim("C30", "06_elu", "ELU's slope can be had from its output."),
            _claim(
                "C31", "09_two_layer_backprop", "The update w <- w - eta dL/dw lowers the loss."
            ),
            _claim(
                "C32",
                "09_two_layer_backprop",
                "At every node, downstream gradient = upstream gradient times local gradient.",
            ),
            _claim(
                "C33",
                "09_two_layer_backprop",
                "A network is a1 = x W1 + b1, z1 = sigmoid(a1), a2 = z1 W2 + b2, y = softmax(a2).",
            ),
            _claim(
                "C34",
                "09_two_layer_backprop",
                "Back-propagation finds every weight's effect on the loss in one pass.",
            ),
        )
    }
)
"""Every claim by its number, in order."""


def verdict(number: str, finding: str, *, because: str, holds: Any) -> None:
    """Print the verdict on a claim, if its evidence holds.

    Parameters
    ----------
    number : str
        The claim: ``"C05"``.
    finding : str
        One of `FINDINGS`.
    because : str
        The reason in one line, as the cell above has shown it.
    holds : bool or anything with a truth value
        The evidence, computed.

    Raises
    ------
    ClaimError
        If `holds` is false: then the verdict is not what the code shows.
    KeyError, ValueError
        If there is no such claim or finding.
    """
    if number not in CLAIMS:
        raise KeyError(f"there is no claim {number}: they run from C01 to C{len(CLAIMS):02}")
    if finding not in FINDINGS:
        raise ValueError(f"a finding is one of {', '.join(map(repr, FINDINGS))}, not {finding!r}")
    if not holds:
        raise ClaimError(f"{number} is not shown to be {finding!r}: its evidence does not hold")
    print(f"The notes: {CLAIMS[number].statement}\n{number} {finding}: {because}")
