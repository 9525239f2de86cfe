"""The tasks on choosing: five errors on a page of notes, each refuted and put right; a race."""

from __future__ import annotations

import numpy as np
import sympy as sp

from course_utils.activations import sigmoid
from course_utils.answers import Call
from course_utils.network import softmax
from course_utils.symbolic import a, alpha
from course_utils.tasks.kinds import (
    ExpressionTask,
    FunctionTask,
    Mistake,
    PartsTask,
    WitnessTask,
)

p_i, p_k = sp.symbols("p_i p_k", positive=True)
p, y, n, h, q = sp.symbols("p y n h q", positive=True)


def _is_whole(number: float) -> bool:
    return float(number).is_integer()


# ------------------------------------------------------------------------------- softmax

_PROBABILITIES = np.array([0.5, 0.3, 0.2])


def _jacobian_entry(i: float, k: float) -> float:
    """Return dp_i/dz_k at these probabilities, by a central difference."""
    step = 1e-4 * np.eye(3)[int(k)]
    z = np.log(_PROBABILITIES)
    return float((softmax(z + step) - softmax(z - step))[int(i)] / 2e-4)


_SOFTMAX = PartsTask(
    name="notes_softmax",
    title="Line 1: the slope of softmax",
    points=2,
    hints=(
        "How many logits move one probability? The line speaks of one of them.",
        "Take two different indices. If logit k grows, does p_i grow or fall?",
        "The factors are the probabilities p_i and p_k. Mind the sign: what one class gains, the "
        "others lose.",
    ),
    why="With the whole table, and not its diagonal alone, softmax and cross-entropy join to p "
    "minus y.",
    parts={
        "witness": WitnessTask(
            size=2,
            printed=lambda i, k: _PROBABILITIES[int(i)] * (1 - _PROBABILITIES[int(i)]),
            right=_jacobian_entry,
            rtol=1e-5,
            domain=lambda i, k: (
                ""
                if {i, k} <= {0, 1, 2}
                else "The three classes are 0, 1 and 2: give two of these, as [i, k]."
            ),
            mistakes=tuple(
                Mistake(
                    f"on the diagonal, {k}",
                    f"That is the slope of p_{k} with respect to its own logit: on the diagonal "
                    "the line is right.",
                    [k, k],
                )
                for k in range(3)
            ),
        ),
        "right": ExpressionTask(
            symbols=("p_i", "p_k"),
            expected=lambda: -p_i * p_k,
            domain={"p_i": (0.1, 0.6), "p_k": (0.1, 0.4)},
            mistakes=(
                Mistake(
                    "the sign",
                    "The sign is missing: if one logit grows, the probability of every other class "
                    "falls.",
                    lambda: p_i * p_k,
                ),
                Mistake(
                    "the printed one",
                    "That is the printed formula, the diagonal. Asked is the slope for two "
                    "different indices.",
                    lambda: p_i * (1 - p_i),
                ),
                Mistake(
                    "1 minus the other",
                    "You put 1 - p_k where for two different indices only p_k with a sign is left.",
                    lambda: p_i * (1 - p_k),
                ),
                Mistake(
                    "p_i lost",
                    "The factor p_i is lost: a class of small probability has little to lose.",
                    lambda: -p_k,
                ),
                Mistake("p_k lost", "The factor p_k is lost.", lambda: -p_i),
                Mistake(
                    "the square of p_i",
                    "You squared p_i: the second factor belongs to the logit that moves, k.",
                    lambda: -(p_i**2),
                ),
                Mistake(
                    "the square of p_k",
                    "You squared p_k: one of the two factors belongs to the class i.",
                    lambda: -(p_k**2),
                ),
                Mistake(
                    "the printed one, in k",
                    "That is the printed formula with k for i, the diagonal. Asked is the slope "
                    "for two different indices.",
                    lambda: p_k * (1 - p_k),
                ),
                Mistake(
                    "0",
                    "Zero would mean that the logit k leaves p_i alone. But it stands in the sum "
                    "under every probability.",
                    lambda: sp.Integer(0),
                ),
            ),
        ),
    },
)

# ------------------------------------------------------------------------------ softplus

_SOFTPLUS = PartsTask(
    name="notes_softplus",
    title="Line 2: softplus from its output",
    points=2,
    hints=(
        "The slope of softplus at z is sigmoid(z). What does the line put into the sigmoid?",
        "From a = log(1 + e^z) get e^z first, then put it into sigmoid(z) = e^z / (1 + e^z).",
        "1 + e^z is e^a, so e^z is e^a - 1. Divide the one by the other.",
    ),
    why="So softplus too can forget z after the forward pass and keep its output alone.",
    parts={
        "witness": WitnessTask(
            printed=lambda z: float(sigmoid(np.logaddexp(0, z))),
            right=lambda z: float(sigmoid(z)),
            rtol=1e-15,
            domain=lambda z: "" if np.isfinite(z) else "Give a finite number.",
            mistakes=tuple(
                Mistake(
                    f"far to the right, {far}",
                    "So far to the right the two slopes differ by less than a computer's numbers "
                    "show: go to the left.",
                    far,
                )
                for far in (20, 25, 30, 40, 50, 100, 500, 1000)
            ),
        ),
        "right": ExpressionTask(
            symbols=("a",),
            expected=lambda: 1 - sp.exp(-a),
            domain={"a": (0.1, 3)},
            without={"z": "it still holds z: express it through the output a alone."},
            mistakes=(
                Mistake(
                    "the printed one",
                    "That is the printed formula: it puts the output a into the sigmoid, where z "
                    "belongs.",
                    lambda: 1 / (1 + sp.exp(-a)),
                ),
                Mistake(
                    "the sign of the exponent",
                    "The sign of the exponent is flipped: a is positive, and the slope must lie "
                    "between 0 and 1.",
                    lambda: 1 - sp.exp(a),
                ),
                Mistake(
                    "the sigmoid's slope",
                    "a (1 - a) is the slope of the sigmoid from its own output. Here a is the "
                    "output of softplus.",
                    lambda: a * (1 - a),
                ),
                Mistake(
                    "e^z alone",
                    "That is e^z, expressed through a: it must still be divided by 1 + e^z.",
                    lambda: sp.exp(a) - 1,
                ),
                Mistake(
                    "the denominator alone",
                    "That is 1 / (1 + e^z), expressed through a: the numerator e^z is lost.",
                    lambda: sp.exp(-a),
                ),
                Mistake(
                    "1 added",
                    "1 + e^z is e^a, so e^z is e^a - 1: you added the 1.",
                    lambda: 1 + sp.exp(-a),
                ),
                Mistake(
                    "1 added, a new denominator",
                    "1 + e^z is e^a, so e^z is e^a - 1: you added the 1.",
                    lambda: (sp.exp(a) + 1) / (sp.exp(a) + 2),
                ),
                Mistake(
                    "a for z below",
                    "Below the line you put a for z: 1 + e^z is e^a, and not 1 + e^a.",
                    lambda: (sp.exp(a) - 1) / (sp.exp(a) + 1),
                ),
                Mistake(
                    "divided by a",
                    "You divide by a: 1 + e^z is e^a.",
                    lambda: (sp.exp(a) - 1) / a,
                ),
                Mistake(
                    "the inverse",
                    "That is z, expressed through a: put it into the sigmoid.",
                    lambda: sp.log(sp.exp(a) - 1),
                ),
                Mistake(
                    "the slope of tanh",
                    "1 - a^2 is the slope of tanh from its own output.",
                    lambda: 1 - a**2,
                ),
            ),
        ),
    },
)

# ------------------------------------------------------------------------------ the loss

_LOSS = PartsTask(
    name="notes_loss",
    title="Line 3: the gradient of the loss",
    points=2,
    hints=(
        "The line says that the loss is a mean. Where has that gone in the gradient?",
        "For which number of examples does a mean not differ from a sum?",
        "Every term of the loss carries the same factor in front, and its gradient carries it too.",
    ),
    why="Forget it, and the learning rate that was right for 10 examples is a hundred times too "
    "large for 1000.",
    parts={
        "witness": WitnessTask(
            printed=lambda n: 0.7 - 1,
            right=lambda n: (0.7 - 1) / n,
            domain=lambda n: (
                "" if _is_whole(n) and n >= 1 else "n counts examples: give a whole number from 1."
            ),
            mistakes=(
                Mistake(
                    "one example",
                    "With one example the mean is the term itself: there the line is right.",
                    1,
                ),
            ),
        ),
        "right": ExpressionTask(
            symbols=("p", "y", "n"),
            expected=lambda: (p - y) / n,
            domain={"p": (0.05, 0.95), "y": (0.0, 1.0), "n": (2, 9)},
            mistakes=(
                Mistake(
                    "the printed one",
                    "That is the printed formula, the gradient of a sum. The loss is a mean.",
                    lambda: p - y,
                ),
                Mistake(
                    "the sign",
                    "The sign is flipped: where p is above y, a larger logit makes the loss "
                    "larger.",
                    lambda: (y - p) / n,
                ),
                Mistake(
                    "multiplied",
                    "You multiply by n. A mean divides.",
                    lambda: (p - y) * n,
                ),
                Mistake(
                    "p alone divided",
                    "You divide p alone: the factor belongs to the whole difference.",
                    lambda: p / n - y,
                ),
                Mistake(
                    "y alone divided",
                    "You divide y alone: the factor belongs to the whole difference.",
                    lambda: p - y / n,
                ),
                Mistake(
                    "divided twice",
                    "You divide by n twice.",
                    lambda: (p - y) / n**2,
                ),
                Mistake(
                    "the slope of the loss in p",
                    "That is the gradient with respect to p. Asked is the one with respect to the "
                    "logit: the way back goes on through the softmax.",
                    lambda: -y / (p * n),
                ),
                Mistake(
                    "the slope of the loss in p, of a sum",
                    "That is the gradient with respect to p. Asked is the one with respect to the "
                    "logit: the way back goes on through the softmax. And the loss is a mean.",
                    lambda: -y / p,
                ),
                Mistake(
                    "1 for y",
                    "You put 1 for y: that is right for the right class alone.",
                    lambda: (p - 1) / n,
                ),
                Mistake(
                    "the right class alone",
                    "That is right where y is 1, and 0 elsewhere: the other logits move the loss "
                    "too.",
                    lambda: y * (p - 1) / n,
                ),
                Mistake(
                    "softmax's slope on top",
                    "You multiplied by p (1 - p) once more: p - y holds the softmax already.",
                    lambda: (p - y) * p * (1 - p) / n,
                ),
                Mistake(
                    "the root of n",
                    "You divide by the root of n: a mean divides by n itself.",
                    lambda: (p - y) / sp.sqrt(n),
                ),
            ),
        ),
    },
)

# ------------------------------------------------------------------------------ the scale

_SCALE = PartsTask(
    name="notes_scale",
    title="Line 4: initial weights for Leaky ReLU",
    points=2,
    hints=(
        "The line averages the slopes and squares afterwards. What must be averaged?",
        "One half of the units have the slope 1, the other half alpha. Take the mean of the "
        "squares.",
        "n times the variance times that mean shall be 1. Solve for the variance; the scale is its "
        "root.",
    ),
    why="For alpha = 0 it is He's scale, for alpha = 1 Xavier's: one formula for both.",
    parts={
        "witness": WitnessTask(
            size=2,
            printed=lambda n, alpha: 2 / (np.sqrt(n) * (1 + alpha)),
            right=lambda n, alpha: np.sqrt(2 / (n * (1 + alpha**2))),
            rtol=1e-14,
            domain=lambda n, alpha: (
                "n counts units: give a whole number from 1 first, then alpha."
                if not (_is_whole(n) and n >= 1)
                else ""
                if 0 <= alpha < np.inf
                else "Take an alpha that is finite and not negative."
            ),
            mistakes=tuple(
                Mistake(
                    f"the straight line, {n}",
                    "For alpha = 1 all slopes are 1, and then the order of averaging and squaring "
                    "does not matter: there the line is right.",
                    [n, 1],
                )
                for n in (1, 2, 4, 10, 50, 64, 100, 128, 200)
            ),
        ),
        "right": ExpressionTask(
            symbols=("n", "alpha"),
            expected=lambda: sp.sqrt(2 / (n * (1 + alpha**2))),
            domain={"n": (2, 200), "alpha": (0.05, 2)},
            mistakes=(
                Mistake(
                    "the printed one",
                    "That is the printed formula: it squares the mean of the slopes, instead of "
                    "averaging their squares.",
                    lambda: 2 / (sp.sqrt(n) * (1 + alpha)),
                ),
                Mistake(
                    "the variance",
                    "That is the variance. Asked is the standard deviation, its root.",
                    lambda: 2 / (n * (1 + alpha**2)),
                ),
                Mistake(
                    "alpha forgotten",
                    "That is He's scale: alpha does not occur in it.",
                    lambda: sp.sqrt(2 / n),
                ),
                Mistake(
                    "Xavier's scale",
                    "That is Xavier's scale, right for alpha = 1 alone: alpha does not occur.",
                    lambda: 1 / sp.sqrt(n),
                ),
                Mistake(
                    "alpha squared in the printed one",
                    "You squared alpha in the printed formula. The root belongs to the whole mean "
                    "of the squares.",
                    lambda: 2 / (sp.sqrt(n) * (1 + alpha**2)),
                ),
                Mistake(
                    "the 2 outside the root",
                    "The 2 must stand under the root: it comes from the mean of the squares.",
                    lambda: 2 / sp.sqrt(n * (1 + alpha**2)),
                ),
                Mistake(
                    "multiplied by the squares",
                    "You multiply by 1 + alpha^2: it divides. Are brackets missing?",
                    lambda: sp.sqrt(2 / n * (1 + alpha**2)),
                ),
                Mistake(
                    "alpha not squared",
                    "You average the slopes themselves: it is their squares that count.",
                    lambda: sp.sqrt(2 / (n * (1 + alpha))),
                ),
                Mistake(
                    "one half forgotten",
                    "The mean of the squares is half of 1 + alpha^2: only half of the units have "
                    "each slope.",
                    lambda: sp.sqrt(1 / (n * (1 + alpha**2))),
                ),
                Mistake(
                    "n forgotten",
                    "n does not occur: a unit adds up n terms.",
                    lambda: sp.sqrt(2 / (1 + alpha**2)),
                ),
                Mistake(
                    "n outside the root",
                    "n must stand under the root: it divides the variance, not the standard "
                    "deviation.",
                    lambda: sp.sqrt(2 / (1 + alpha**2)) / n,
                ),
                Mistake(
                    "minus for plus",
                    "The squares of both slopes are added: a minus stands where a plus belongs.",
                    lambda: sp.sqrt(2 / (n * (1 - alpha**2))),
                ),
                Mistake(
                    "what a step leaves",
                    "That is the mean of the squares or its root, the factor of one step back. "
                    "Set n times variance times it to 1, and solve.",
                    lambda: sp.sqrt(n * (1 + alpha**2) / 2),
                ),
            ),
        ),
    },
)

# --------------------------------------------------------------------------- dead at first


def _some_dead(h: float, q: float) -> float:
    """Return 1 - (1 - q)^h, exact for a small q too."""
    return 1.0 if q == 1 else -np.expm1(h * np.log1p(-q))


_DEAD = PartsTask(
    name="notes_dead",
    title="Line 5: a dead unit at the start",
    points=2,
    hints=(
        "Can a chance be larger than 1? Look for numbers at which the line says so.",
        "Turn it round: what is the chance that none of the units starts dead?",
        "One unit is alive with the chance 1 - q. All h of them are so with the product of h such "
        "factors.",
    ),
    why="A wide layer nearly always starts with dead units and can spare them; one of two cannot.",
    parts={
        "witness": WitnessTask(
            size=2,
            printed=lambda h, q: h * q,
            right=_some_dead,
            rtol=1e-14,
            domain=lambda h, q: (
                "h counts units: give a whole number from 1 first, then the chance q."
                if not (_is_whole(h) and h >= 1)
                else "q is a chance: it lies between 0 and 1."
                if not 0 <= q <= 1
                else "With one unit there is nothing to add: there the line is right."
                if h == 1
                else ""
            ),
            mistakes=tuple(
                Mistake(
                    f"chance 0, {h} units",
                    "If no unit can start dead, the chance is 0 by either formula.",
                    [h, 0],
                )
                for h in (2, 3, 4, 5, 8, 10)
            ),
        ),
        "right": ExpressionTask(
            symbols=("h", "q"),
            expected=lambda: 1 - (1 - q) ** h,
            domain={"h": (2, 5), "q": (0.1, 0.6)},
            mistakes=(
                Mistake(
                    "the printed one",
                    "That is the printed formula: it counts a network with two dead units twice.",
                    lambda: h * q,
                ),
                Mistake(
                    "none is dead",
                    "That is the chance that no unit starts dead: the opposite of what is asked.",
                    lambda: (1 - q) ** h,
                ),
                Mistake(
                    "all are dead",
                    "That is the chance that all units start dead. Asked is: at least one.",
                    lambda: q**h,
                ),
                Mistake(
                    "not all are dead",
                    "That is the chance that some unit is alive. Asked is: at least one is dead.",
                    lambda: 1 - q**h,
                ),
                Mistake(
                    "exactly one",
                    "That is the chance of exactly one dead unit: two or more count as well.",
                    lambda: h * q * (1 - q) ** (h - 1),
                ),
                Mistake(
                    "multiplied for a power",
                    "You multiply by h where h chances are multiplied with each other: a power.",
                    lambda: 1 - h * (1 - q),
                ),
                Mistake(
                    "all dead subtracted",
                    "You subtract the networks in which all are dead. With more than two units "
                    "there are other ways to be counted twice.",
                    lambda: h * q - q**h,
                ),
                Mistake(
                    "a quarter for q",
                    "You put 1/4 for q: q may be any chance.",
                    lambda: 1 - sp.Rational(3, 4) ** h,
                ),
                Mistake(
                    "for two units",
                    "That is right for two units. h may be any number.",
                    lambda: 1 - (1 - q) ** 2,
                ),
            ),
        ),
    },
)

# -------------------------------------------------------------------------------- the race


def _race(steps):
    steps = np.asarray(steps, dtype=float)
    return np.isfinite(steps).mean(), np.median(steps)


def _solved(steps):
    steps = np.asarray(steps, dtype=float)
    return steps[np.isfinite(steps)]


_A_NUMBER = (
    "You put a number where a run was not solved. Leave infinity as it is: the median can be "
    "infinite."
)


def _races() -> list[Call]:
    """Return races in which the median of all runs and that of the solved ones differ."""
    inf = np.inf
    runs = [
        [30.0, 10.0, inf],
        [12.0, 40.0, inf, 25.0, 90.0],
        [50.0, inf, inf],
        [7.0, 21.0, 14.0, inf, 300.0, inf, 35.0],
        [40.0, 10.0, 20.0, 70.0],
        [inf, 80.0, 20.0, 60.0, inf, 45.0],
        [100.0, inf, 200.0, 400.0, inf, 800.0, 300.0, 500.0, 600.0, 700.0],
        [1500.0, 30.0, inf, 2500.0, 800.0, 40_000.0],  # no limit of 1000 steps here
        [13.0, 20.0, 7.0, 31.0],  # the median is no whole number
    ]
    edges = [[12.0, inf], [inf, inf, inf], [5.0], [3.0, inf, inf, 4.0]]
    return [
        *(Call(np.array(run)) for run in runs),
        Call(np.array([12, 7, 31])),
        Call(np.array([8.0, inf, 16.0, 64.0, 96.0], dtype=np.float32)),
        *(Call(np.array(run), ordinary=False) for run in edges),
    ]


def _random_races(rng: np.random.Generator) -> list[Call]:
    calls = []
    for runs in (11, 20):
        steps = rng.integers(20, 900, runs).astype(float)
        steps[rng.permutation(runs)[: int(rng.integers(1, runs // 2))]] = np.inf
        calls.append(Call(steps))
    return calls


_RACE = FunctionTask(
    name="choosing_race",
    title="Score a race",
    points=3,
    reference=_race,
    arguments=("steps",),
    results=("the share", "the median"),
    fixed=_races,
    random=_random_races,
    is_pure=True,
    hints=(
        "`np.isfinite` is true where a run was solved. What is the mean of such an array?",
        "If the runs that failed are left out of the median, an activation that fails often looks "
        "fast. So leave them in.",
        "`np.median` sorts infinity to the end, where it belongs. So two calls of NumPy's "
        "functions are enough, one for each result.",
    ),
    why="A median of the solved runs alone rewards whoever gives up early: lesson 10 counts all.",
    mistakes=(
        Mistake(
            "the median of the solved ones",
            "You take the median of the solved runs alone. An unsolved run counts as infinitely "
            "many steps.",
            lambda steps: (np.isfinite(steps).mean(), np.median(_solved(steps))),
        ),
        Mistake(
            "the share of the failures",
            "Your share is that of the runs that failed.",
            lambda steps: (np.isinf(steps).mean(), np.median(steps)),
        ),
        Mistake(
            "the number, not the share",
            "You return how many runs are solved. The share is that, divided by the number of "
            "runs.",
            lambda steps: (np.isfinite(steps).sum(), np.median(steps)),
        ),
        Mistake(
            "the share in per cent",
            "Your share is in per cent: a share lies between 0 and 1.",
            lambda steps: (100 * np.isfinite(steps).mean(), np.median(steps)),
        ),
        Mistake(
            "the mean",
            "You take the mean: one unsolved run makes it infinite. The median stands in the "
            "middle of the sorted runs.",
            lambda steps: (np.isfinite(steps).mean(), np.mean(steps)),
        ),
        Mistake(
            "the mean of the solved ones",
            "You take the mean of the solved runs. Asked is the median, of all runs.",
            lambda steps: (np.isfinite(steps).mean(), np.mean(_solved(steps))),
        ),
        Mistake(
            "the share of the runs faster than the median",
            "Your share counts runs up to the median: a run is solved if its number is finite.",
            lambda steps: (np.mean(steps <= np.median(steps)), np.median(steps)),
        ),
        Mistake(
            "not sorted",
            "You take the entry in the middle without sorting the runs first.",
            lambda steps: (np.isfinite(steps).mean(), steps[len(steps) // 2]),
        ),
        Mistake(
            "not sorted, halfway",
            "You take the entries in the middle without sorting the runs first.",
            lambda steps: (
                np.isfinite(steps).mean(),
                (steps[(len(steps) - 1) // 2] + steps[len(steps) // 2]) / 2,
            ),
        ),
        Mistake(
            "the upper one of two",
            "For an even number of runs you take the upper one of the two in the middle: the "
            "median lies halfway between them.",
            lambda steps: (np.isfinite(steps).mean(), np.sort(steps)[len(steps) // 2]),
        ),
        Mistake(
            "the lower one of two",
            "For an even number of runs you take the lower one of the two in the middle: the "
            "median lies halfway between them.",
            lambda steps: (np.isfinite(steps).mean(), np.sort(steps)[(len(steps) - 1) // 2]),
        ),
        Mistake(
            "a quantile of infinities",
            "`np.quantile` and `np.percentile` weigh two neighbours, and infinity times 0 is NaN. "
            "There is a function for the median itself.",
            lambda steps: (np.isfinite(steps).mean(), np.quantile(steps, 0.5)),
        ),
        Mistake(
            "infinity as 0",
            "You put 0 where a run was not solved: then failures look like the fastest runs.",
            lambda steps: (
                np.isfinite(steps).mean(),
                np.median(np.where(np.isfinite(steps), steps, 0)),
            ),
        ),
        Mistake(
            "1000 for infinity",
            _A_NUMBER,
            lambda steps: (
                np.isfinite(steps).mean(),
                np.median(np.where(np.isfinite(steps), steps, 1000)),
            ),
        ),
        Mistake(
            "the largest number for infinity",
            _A_NUMBER,
            lambda steps: (np.isfinite(steps).mean(), np.median(np.nan_to_num(steps))),
        ),
        Mistake(
            "the slowest for infinity",
            _A_NUMBER,
            lambda steps: (
                np.isfinite(steps).mean(),
                np.median(np.where(np.isfinite(steps), steps, np.max(_solved(steps)))),
            ),
        ),
        Mistake(
            "a limit of 1000 steps",
            "Your share leaves out runs that took 1000 steps or more: a run is solved if its "
            "number is finite.",
            lambda steps: (np.mean(steps < 1000), np.median(steps)),
        ),
        Mistake(
            "everything solved",
            "By your share every run is solved: count the finite numbers. Infinity is not NaN, "
            "and it is above 0.",
            lambda steps: (1.0, np.median(steps)),
        ),
        Mistake(
            "the mean of true and false forgotten",
            "Your share is still an array of true and false: its mean is the share.",
            lambda steps: (np.isfinite(steps), np.median(steps)),
        ),
        Mistake(
            "the share alone",
            "You return the share alone: two results are asked, the share and the median.",
            lambda steps: np.isfinite(steps).mean(),
        ),
        Mistake(
            "the median alone",
            "You return the median alone: two results are asked, the share and the median.",
            lambda steps: np.median(steps),
        ),
        Mistake(
            "the other order",
            "The two results stand in the other order: first the share, then the median.",
            lambda steps: (np.median(steps), np.isfinite(steps).mean()),
        ),
    ),
)

TASKS = (_SOFTMAX, _SOFTPLUS, _LOSS, _SCALE, _DEAD, _RACE)
