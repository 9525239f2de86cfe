"""The tasks on the step: a neuron, XOR and why one neuron cannot, the limit, the gradient."""

from __future__ import annotations

import numpy as np
import sympy

from course_utils.activations import sigmoid
from course_utils.answers import Call
from course_utils.tasks.kinds import (
    ExpressionTask,
    FunctionTask,
    Mistake,
    OrderTask,
    ValueTask,
    WitnessTask,
)

CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])


def _step(z):
    return np.where(np.asarray(z) > 0, 1.0, 0.0)


def _on_one_number(x, w, b):
    return 1 if x @ w + b > 0 else 0


def _neuron_calls() -> list[Call]:
    """Return batches whose sums are exact in any order; some of the sums are exactly 0."""
    single = np.float32
    return [
        Call(np.array([[2.0]]), np.array([1.5]), -1.0),
        Call(np.array([[2.0, 1.0]]), np.array([1.0, 1.0]), -0.5),
        Call(CORNERS, np.array([1.0, 1.0]), -1.5),
        Call(CORNERS, np.array([-1, -1]), 1.5),
        Call(np.array([[2, 0], [0, 1], [1, 1]]), np.array([1, 2]), -2.0),
        Call(np.array([[-1.0, 3.0], [0.5, -2.0]]), np.array([2.0, 0.5]), 0.5),
        Call(np.array([[-3.0], [1.0], [2.0], [2.5]]), np.array([-2.0]), 4.0),
        Call(np.array([[1.0], [-1.0]]) / 1024, np.array([1.0]), 0.0),
        Call(
            np.array([[1.0, -1.0, 2.0], [3.0, 0.5, -4.0], [-2.0, 1.0, 0.0]]),
            np.array([0.5, 1.0, -1.5]),
            -1.0,
        ),
        Call(
            np.array([[1.5, 2.0], [-0.5, 1.0]], dtype=single), np.array([2, -1], dtype=single), 1.0
        ),
    ]


def _random_neurons(rng: np.random.Generator) -> list[Call]:
    """Return batches of whole and half numbers: no rounding can move a sum across 0."""
    calls = []
    for rows, features in ((6, 2), (5, 4), (9, 3)):
        x, w = rng.integers(-4, 5, (rows, features)), rng.integers(-3, 4, features)
        calls.append(Call(x / 2, w.astype(float), float(rng.integers(-3, 4)) / 2))
    return calls


def _xor(x, first=None, second=None, last=None) -> list:
    """Return rows of h1, h2 and a, with other gates in the place of the right ones."""
    x1, x2 = np.asarray(x, dtype=float).T
    h1, h2 = _step((first or _or)(x1, x2)), _step((second or _nand)(x1, x2))
    return np.column_stack([h1, h2, _step((last or _and)(h1, h2))]).tolist()


def _or(p, q):
    return p + q - 0.5


def _and(p, q):
    return p + q - 1.5


def _nand(p, q):
    return 1.5 - p - q


def _nor(p, q):
    return 0.5 - p - q


def _columns(x, *numbers: int) -> list:
    """Return some columns of what is right; h1 is 0, h2 is 1, a is 2."""
    return [[row[number] for number in numbers] for row in _xor(x)]


def _sums(x) -> np.ndarray:
    """Return the sums of the two hidden neurons."""
    total = np.sum(x, axis=1)
    return np.column_stack([total - 0.5, 1.5 - total])


def _with_answer(h, a) -> list:
    return np.column_stack([h, a]).tolist()


k, q = sympy.symbols("k q", real=True)

TASKS = (
    FunctionTask(
        name="step_neuron",
        title="A neuron with a step",
        points=3,
        reference=lambda x, w, b: _step(x @ w + b),
        arguments=("x", "w", "b"),
        fixed=_neuron_calls,
        random=_random_neurons,
        hints=(
            "A neuron does two things: first it sums, then the activation acts on the sum.",
            "`x @ w` gives one weighted sum for each row, and the bias comes to each of them.",
            "With z = x @ w + b, the comparison z > 0 is true or false row by row; "
            "`.astype(float)` makes numbers of it.",
        ),
        why="Every layer of this course is this line with more columns in w and another "
        "activation.",
        mistakes=(
            Mistake(
                "1 at the sum 0",
                "Where the sum is exactly 0 you return 1. Our step takes the branch of the "
                "negative side there.",
                lambda x, w, b: np.where(x @ w + b >= 0, 1.0, 0.0),
            ),
            Mistake(
                "one half at the sum 0",
                "Where the sum is exactly 0 you return 1/2: that is the limit of the sigmoids. "
                "Our step gives one of its own two values there.",
                lambda x, w, b: np.heaviside(x @ w + b, 0.5),
            ),
            Mistake(
                "bias forgotten",
                "The bias b is missing: your neuron compares x @ w alone with 0.",
                lambda x, w, b: _step(x @ w),
            ),
            Mistake(
                "bias subtracted",
                "You subtract the bias, or compare x @ w with b. A bias is added to the sum.",
                lambda x, w, b: _step(x @ w - b),
            ),
            Mistake(
                "the sum",
                "Your values are the sums z: the step has not acted on them yet.",
                lambda x, w, b: x @ w + b,
            ),
            Mistake(
                "the sum where it is positive",
                "Where the sum is positive you return the sum itself. The step returns 1 there.",
                lambda x, w, b: np.maximum(x @ w + b, 0),
            ),
            Mistake(
                "the sign",
                "Your values are -1, 0 and 1, those of np.sign: the step's are 0 and 1.",
                lambda x, w, b: np.sign(x @ w + b),
            ),
            Mistake(
                "-1 for 0",
                "Where the neuron says no you return -1. The step returns 0 there.",
                lambda x, w, b: np.where(x @ w + b > 0, 1.0, -1.0),
            ),
            Mistake(
                "yes and no swapped",
                "You return 1 where the sum is not above 0, and 0 where it is: yes and no are "
                "swapped.",
                lambda x, w, b: 1 - _step(x @ w + b),
            ),
            Mistake(
                "1 below 0",
                "You return 1 where the sum is below 0: the comparison is the wrong way round.",
                lambda x, w, b: _step(-(x @ w + b)),
            ),
            Mistake(
                "compared with 1/2",
                "You compare the sum with 1/2. The step asks whether it is above 0.",
                lambda x, w, b: _step(x @ w + b - 0.5),
            ),
            Mistake(
                "the sigmoid",
                "Your values are those of a sigmoid: this neuron has a step.",
                lambda x, w, b: sigmoid(x @ w + b),
            ),
            Mistake(
                "not summed",
                "Your result has a column for each input: the products x * w are not added up. "
                "Each row needs one sum.",
                lambda x, w, b: _step(x * w + b),
            ),
            Mistake(
                "summed over everything",
                "You add up the whole batch: each row needs a sum of its own.",
                lambda x, w, b: _step(np.sum(x * w) + b),
            ),
            Mistake(
                "summed over the batch",
                "You add up down the columns. The sum runs along each row, over its features.",
                lambda x, w, b: _step(np.sum(x * w, axis=0) + b),
            ),
            Mistake(
                "weights forgotten",
                "The weights are missing: you add up the inputs as they are.",
                lambda x, w, b: _step(np.sum(x, axis=1) + b),
            ),
            Mistake(
                "the bias in every input",
                "You add the bias to each input before the weights multiply it. It belongs to the "
                "sum, once.",
                lambda x, w, b: _step((x + b) @ w),
            ),
            Mistake(
                "the bias once for each input",
                "You add the bias once for each input. It belongs to the sum, once.",
                lambda x, w, b: _step(np.sum(x * w + b, axis=1)),
            ),
            Mistake(
                "the step before the sum",
                "Your step acts on the inputs, and then you sum. It acts last, on the sum.",
                lambda x, w, b: _step(x) @ w + b,
            ),
            Mistake(
                "x transposed",
                "You transposed x, or multiplied from the left. A row of x is one input already: "
                "(batch, features) @ (features,) is (batch,).",
                lambda x, w, b: _step(x.T @ w + b),
            ),
            Mistake(
                "only one number",
                "An `if` wants a single truth value, and the batch has one for each row. A "
                "comparison works on arrays by itself.",
                _on_one_number,
            ),
            Mistake(
                "int of an array",
                "`int(...)` and `float(...)` take a single number, and the batch has one for each "
                "row: `.astype(float)` takes them all.",
                lambda x, w, b: int(x @ w + b > 0),
            ),
            Mistake(
                "one answer for the batch (any)",
                "You return a single answer for the whole batch: whether any row is above 0. Each "
                "row has its own.",
                lambda x, w, b: np.any(x @ w + b > 0),
            ),
            Mistake(
                "one answer for the batch (all)",
                "You return a single answer for the whole batch: whether all rows are above 0. "
                "Each row has its own.",
                lambda x, w, b: np.all(x @ w + b > 0),
            ),
            Mistake(
                "counted",
                "You count the rows that are above 0: return one output for each of them.",
                lambda x, w, b: np.sum(x @ w + b > 0),
            ),
            Mistake(
                "a column",
                "Your result is a column of shape (batch, 1): it needs the shape (batch,), one "
                "number for each row.",
                lambda x, w, b: _step(x @ w + b)[:, None],
            ),
            Mistake(
                "two inputs only",
                "You add up exactly two products. A neuron has as many as x has columns: "
                "`x @ w` takes any number.",
                lambda x, w, b: _step(x[:, 0] * w[0] + x[:, 1] * w[1] + b),
            ),
            Mistake(
                "the bias after the step",
                "You add the bias to the step's output. It belongs to the sum, before the step.",
                lambda x, w, b: _step(x @ w) + b,
            ),
            Mistake(
                "the bias in every weight",
                "You add the bias to each weight. It belongs to the sum, once.",
                lambda x, w, b: _step(x @ (w + b)),
            ),
            Mistake(
                "the sum subtracted",
                "You subtract the weighted sum from the bias: its sign is flipped.",
                lambda x, w, b: _step(b - x @ w),
            ),
            Mistake(
                "only one side",
                "Where the sum is above 0 you return 1; elsewhere you leave the sum as it is.",
                lambda x, w, b: np.where(x @ w + b > 0, 1.0, x @ w + b),
            ),
            Mistake(
                "tanh",
                "Your values are those of tanh: this neuron has a step.",
                lambda x, w, b: np.tanh(x @ w + b),
            ),
            Mistake(
                "1 wherever the sum is not 0",
                "You return 1 for negative sums too: you ask whether the sum is 0, not whether it "
                "is above 0.",
                lambda x, w, b: (x @ w + b != 0).astype(float),
            ),
            Mistake(
                "only the first row",
                "You return the answer for the first row alone: each row of x is an input.",
                lambda x, w, b: float(_step(x[0] @ w + b)),
            ),
        ),
    ),
    WitnessTask(
        name="step_witness",
        title="Spot the error: one neuron for XOR",
        points=1,
        size=2,
        printed=lambda x1, x2: float(-2 * x1 + 3 * x2 - 1 > 0),
        right=lambda x1, x2: float(x1 != x2),
        domain=lambda x1, x2: (
            "" if {x1, x2} <= {0, 1} else "A gate's inputs are 0 or 1: take one of the four cases."
        ),
        hints=(
            "There are only four cases. Work out the sum for each.",
            "The sums are z = -2 * x1 + 3 * x2 - 1: compare each with 0, and then with what XOR "
            "wants.",
            "XOR wants a 1 in two of the cases. The neuron gives it in one of them.",
        ),
        why="Mend the weights for this case, and another one breaks: the next task shows why.",
        mistakes=(
            Mistake(
                "the case without inputs",
                "At (0, 0) the sum is the bias, -1: the neuron says 0, and XOR wants 0.",
                [0.0, 0.0],
            ),
            Mistake(
                "the case that works",
                "At (0, 1) the sum is 2: the neuron says 1, and XOR wants 1.",
                [0.0, 1.0],
            ),
            Mistake(
                "the sum 0",
                "At (1, 1) the sum is exactly 0. There our step says 0, and XOR wants 0.",
                [1.0, 1.0],
            ),
        ),
    ),
    OrderTask(
        name="step_proof",
        title="Why no single neuron does XOR",
        points=1,
        orders=("CFEBAD", "CEFBAD", "CEBFAD", "CEBAFD", "ECFBAD", "ECBFAD", "ECBAFD"),
        reasons={
            "CF": "the sums must be written down before you can add them.",
            "CB": "B compares sums, and C is where they get their names.",
            "EB": "B goes from larger outputs to larger sums, and E says which outputs are larger.",
            "BA": "there are no inequalities to add before B has found them.",
            "AD": "a contradiction needs both results, and A is one of them.",
            "FD": "a contradiction needs both results, and F is one of them.",
        },
        hints=(
            "Two results must contradict each other at the end: an equation and an inequality.",
            "The equation needs only the four sums. The inequality starts from what XOR wants.",
            "Take the four sums and add them crosswise. Then XOR's wish, what it means for the "
            "sums, and these added.",
        ),
        why="The step is nowhere in it: the same lines stop a neuron with a sigmoid, tanh or ReLU.",
        mistakes=(
            Mistake(
                "the conclusion first",
                "You begin with the conclusion. It is what the other lines are there to reach.",
                "DCFEBA",
            ),
            Mistake(
                "read backwards",
                "You have the order backwards: the line with the contradiction is the goal.",
                "DABEFC",
            ),
        ),
    ),
    FunctionTask(
        name="step_xor",
        title="XOR from three neurons",
        points=3,
        reference=_xor,
        arguments=("x",),
        fixed=lambda: [
            Call(CORNERS),
            Call(CORNERS[[1]]),
            Call(np.array([[1, 1], [0, 0], [1, 0]])),
            Call(np.array([[1, 0], [1, 1]])),
            Call(CORNERS.astype(np.float32)),
        ],
        random=lambda rng: [Call(rng.integers(0, 2, (9, 2)).astype(float))],
        hints=(
            "Three neurons, each with two weights and a bias. The lesson has them all.",
            "The first layer sees x1 and x2, the last neuron sees h1 and h2 and nothing else. "
            "`np.column_stack([h1, h2])` is its batch.",
            "OR asks x1 + x2 - 0.5 > 0, and NAND the opposite of x1 + x2 - 1.5 > 0. The last one "
            "is AND of h1 and h2.",
        ),
        why="The hidden layer moved the corners until one line was enough: deep networks learn "
        "such moves.",
        mistakes=(
            Mistake(
                "the answer alone",
                "You return a alone. The task wants the hidden outputs too: three columns.",
                lambda x: [row[2] for row in _xor(x)],
            ),
            Mistake(
                "the hidden outputs alone",
                "You return the hidden outputs alone: the third column, a, is missing.",
                lambda x: _columns(x, 0, 1),
            ),
            Mistake(
                "the hidden columns swapped",
                "The hidden columns are swapped: OR is the first, NAND the second.",
                lambda x: _columns(x, 1, 0, 2),
            ),
            Mistake(
                "a first",
                "Your a stands in the first column: it is the third, after h1 and h2.",
                lambda x: _columns(x, 2, 0, 1),
            ),
            Mistake(
                "the inputs in front",
                "Your array holds the inputs as well. The task wants the three outputs alone.",
                lambda x: np.column_stack([x, _xor(x)]).tolist(),
            ),
            Mistake(
                "transposed",
                "Your array has a row for each neuron. It needs a row for each input and a column "
                "for each neuron.",
                lambda x: np.transpose(_xor(x)).tolist(),
            ),
            Mistake(
                "AND for NAND",
                "Your second hidden neuron is AND: its signs are not flipped.",
                lambda x: _xor(x, second=_and),
            ),
            Mistake(
                "AND for NAND, mended behind",
                "Your a is right, but your second hidden neuron is AND. The task wants NAND there.",
                lambda x: _with_answer(np.array(_xor(x, second=_and))[:, :2], _columns(x, 2)),
            ),
            Mistake(
                "NOR for NAND",
                "Your second hidden neuron is NOR: its bias cuts off the corner (0, 0) instead of "
                "(1, 1).",
                lambda x: _xor(x, second=_nor),
            ),
            Mistake(
                "weights flipped, bias kept",
                "Your second hidden neuron never says 1: for NAND all three signs of AND are "
                "flipped, the bias's too.",
                lambda x: _xor(x, second=lambda p, q: -p - q - 1.5),
            ),
            Mistake(
                "AND for OR",
                "Your first hidden neuron is AND: with its bias, a single 1 is not enough.",
                lambda x: _xor(x, first=_and),
            ),
            Mistake(
                "OR at the end",
                "Your last neuron is OR: h1 or h2 is always 1. Both of them must be.",
                lambda x: _xor(x, last=_or),
            ),
            Mistake(
                "NAND at the end",
                "Your last neuron is NAND, so your answers are those of XNOR.",
                lambda x: _xor(x, last=_nand),
            ),
            Mistake(
                "the last neuron sees x",
                "Your third column is AND of x1 and x2. The last neuron gets the hidden outputs h1 "
                "and h2, and says 1 where both of them are 1.",
                lambda x: _with_answer(_columns(x, 0, 1), _step(np.sum(x, axis=1) - 1.5)),
            ),
            Mistake(
                "never 1 at the end",
                "Your last neuron never says 1: its bias outweighs both of its weights.",
                lambda x: _with_answer(_columns(x, 0, 1), np.zeros(len(x))),
            ),
            Mistake(
                "a is the sum",
                "Your a are sums: the last neuron has a step as well.",
                lambda x: _with_answer(_columns(x, 0, 1), np.sum(_columns(x, 0, 1), axis=1) - 1.5),
            ),
            Mistake(
                "no steps at all",
                "Your columns are sums: each of the three neurons has a step.",
                lambda x: _with_answer(_sums(x), _sums(x).sum(axis=1) - 1.5),
            ),
            Mistake(
                "no step in the hidden layer",
                "Your hidden neurons have no step. Then the two layers collapse into one neuron.",
                lambda x: _with_answer(_sums(x), _step(_sums(x).sum(axis=1) - 1.5)),
            ),
            Mistake(
                "1 at the sum 0",
                "With your biases a sum is exactly 0 somewhere. Our step says 0 there.",
                lambda x: _xor(x, first=lambda p, q: p + q - 1, second=lambda p, q: 1 - p - q),
            ),
            Mistake(
                "always 1",
                "Your first hidden neuron says 1 for (0, 0) too: its bias has the wrong sign for "
                "OR.",
                lambda x: _xor(x, first=lambda p, q: p + q + 0.5),
            ),
            Mistake(
                "one input without the other",
                "Your hidden neurons are x1 without x2, and x2 without x1. XOR can be built so, "
                "but the task wants OR and NAND.",
                lambda x: np.column_stack(
                    [_step(np.subtract(x[:, 0], x[:, 1])), _step(x[:, 1] - x[:, 0]), _columns(x, 2)]
                ).tolist(),
            ),
            Mistake(
                "the inputs for h",
                "Your first two columns are the inputs as they are: there belong OR and NAND.",
                lambda x: _with_answer(x, _columns(x, 2)),
            ),
            Mistake(
                "the last neuron sees x, with OR",
                "Your third column is OR of x1 and x2. The last neuron gets the hidden outputs h1 "
                "and h2, and says 1 where both of them are 1.",
                lambda x: _with_answer(_columns(x, 0, 1), _step(np.sum(x, axis=1) - 0.5)),
            ),
            Mistake(
                "end to end",
                "Your three outputs stand end to end in one long row: put them side by side, with "
                "`np.column_stack`.",
                lambda x: np.ravel(np.transpose(_xor(x))).tolist(),
            ),
            Mistake(
                "1 and -1",
                "Your array holds -1 where a neuron says no. The step returns 0 there.",
                lambda x: (2 * np.array(_xor(x)) - 1).tolist(),
            ),
        ),
    ),
    ExpressionTask(
        name="step_distance",
        title="How far from 0 is the steep sigmoid a step?",
        points=2,
        expected=lambda: sympy.log(1 / q - 1) / k,
        symbols=("k", "q"),
        domain={"k": (0.5, 20), "q": (0.02, 0.45)},
        without={"p": "it still holds p: that is what you solve for."},
        hints=(
            "Write down the gap at -p: it is the sigmoid there, 1 / (1 + e^(kp)). Set it equal "
            "to q.",
            "Take the reciprocal of both sides: 1 + e^(kp) = 1 / q.",
            "So e^(kp) is 1 / q - 1. A logarithm (`sp.log`) takes the exponential away, and one "
            "division is left.",
        ),
        why="It shrinks like 1 / k but is never 0: that is convergence at every point, and not "
        "uniform.",
        mistakes=(
            Mistake(
                "the other side",
                "Your distance is negative: you solved the equation for the point itself, which "
                "is to the left of 0, or took a fraction upside down.",
                lambda: sympy.log(q / (1 - q)) / k,
            ),
            Mistake(
                "k multiplied",
                "You multiply by k: but a steeper curve is a step from a shorter distance on.",
                lambda: k * sympy.log(1 / q - 1),
            ),
            Mistake(
                "k forgotten",
                "The k is lost: that is the distance for the sigmoid as it is, with k = 1.",
                lambda: sympy.log(1 / q - 1),
            ),
            Mistake(
                "the 1 forgotten",
                "You took e^(kp) to be 1 / q: the 1 in the denominator is lost.",
                lambda: sympy.log(1 / q) / k,
            ),
            Mistake(
                "the 1 on the other side",
                "The 1 came to the other side with its old sign: 1 / q + 1.",
                lambda: sympy.log(1 / q + 1) / k,
            ),
            Mistake(
                "no logarithm",
                "The logarithm is missing: you divide e^(kp) by k, and p is still in the exponent.",
                lambda: (1 / q - 1) / k,
            ),
            Mistake(
                "only the logarithm's argument",
                "That is e^(kp). Asked is p itself.",
                lambda: 1 / q - 1,
            ),
            Mistake(
                "both sides",
                "That is the width of the whole stretch, from -p to p. Asked is p.",
                lambda: 2 * sympy.log(1 / q - 1) / k,
            ),
            Mistake(
                "k in the logarithm",
                "You divided by k inside the logarithm: k p is the exponent, so divide last.",
                lambda: sympy.log((1 / q - 1) / k),
            ),
            Mistake(
                "the denominator lost",
                "You have the logarithm of 1 - q: the q that it is divided by is lost.",
                lambda: sympy.log(1 - q) / k,
            ),
            Mistake(
                "logarithm to the base 2",
                "You took the logarithm to the base 2. `sp.log` with one argument is the natural "
                "one.",
                lambda: sympy.log(1 / q - 1, 2) / k,
            ),
            Mistake(
                "half of it",
                "That is half the distance: where does your 2 come from?",
                lambda: sympy.log(1 / q - 1) / (2 * k),
            ),
            Mistake(
                "a minus split wrongly",
                "The logarithm of a difference is not a difference: log(1 / q - 1) stays whole, "
                "and then all of it is divided by k.",
                lambda: sympy.log(1 / q) - 1 / k,
            ),
            Mistake(
                "the sigmoid at q",
                "You put q in the place of z: that is the height of the curve there. Asked is the "
                "place where the gap has the height q.",
                lambda: 1 / (1 + sympy.exp(-k * q)),
            ),
            Mistake(
                "the gap itself",
                "You put q in the place of p: that is the gap at the distance q. Solve it the "
                "other way round.",
                lambda: 1 / (1 + sympy.exp(k * q)),
            ),
            Mistake(
                "logarithm to the base 10",
                "You took the logarithm to the base 10. `sp.log` is the natural one, the inverse "
                "of e to the power.",
                lambda: sympy.log(1 / q - 1, 10) / k,
            ),
            Mistake(
                "a logarithm split wrongly",
                "The logarithm of a difference is not the difference of logarithms: "
                "log(1 / q - 1) stays whole.",
                lambda: (sympy.log(1 / q) - 1) / k,
            ),
            Mistake(
                "logarithms divided",
                "The logarithm of a quotient is no quotient of logarithms: it is their difference.",
                lambda: sympy.log(1 - q) / sympy.log(q) / k,
            ),
            Mistake(
                "q outside the logarithm",
                "Your logarithm is of 1 - q alone, and you divide by q behind it: the bracket "
                "closes too early.",
                lambda: sympy.log(1 - q) / q / k,
            ),
        ),
    ),
    ValueTask(
        name="step_gradients",
        title="Does the weight hear of the error?",
        points=3,
        expected=lambda: {"dL_da": -1, "dL_dz": -0.5, "dL_dw1": -1.5, "dL_dw2": 0.5, "step": 0},
        hints=(
            "First the sum z, then the output a. Then the chain: each entry is the one before, "
            "times one more slope.",
            "dL_da is 2 (a - t). The slope of the activation at 0 is k / 4. The slope of z with "
            "respect to a weight is that weight's input.",
            "z is 0 and a is 1/2, so dL_da is 2 (1/2 - 1). Times 2 / 4 is dL_dz; times 3 and "
            "times -1 are the weights' gradients. For the step, ask what replaces 2 / 4.",
        ),
        why="One factor 0 in the chain, and no error gets through: so the next lessons look at "
        "slopes.",
        mistakes=(
            Mistake(
                "target minus output",
                "Your dL_da has the wrong sign: it is 2 (a - t), output minus target.",
                {"dL_da": 1},
            ),
            Mistake(
                "the 2 forgotten",
                "Your dL_da is a - t: the square brings a factor 2 down.",
                {"dL_da": -0.5},
            ),
            Mistake(
                "the loss",
                "Your dL_da is the loss itself, (a - t)^2. Asked is its slope.",
                {"dL_da": 0.25},
            ),
            Mistake(
                "the step's output",
                "Your dL_da is the one of the step, whose output here is 0. The sigmoid's is 1/2.",
                {"dL_da": -2},
            ),
            Mistake(
                "k forgotten",
                "Your slope is 1/4, that of the plain sigmoid: the inner slope k is lost.",
                {"dL_da": -1, "dL_dz": -0.25},
            ),
            Mistake(
                "k for the slope",
                "You multiplied by k alone: the sigmoid has its own slope at 0 as well, 1/4.",
                {"dL_da": -1, "dL_dz": -2},
            ),
            Mistake(
                "slope passed by",
                "Your dL_dz is dL_da: the activation's slope is not multiplied in.",
                {"dL_da": -1, "dL_dz": -1},
            ),
            Mistake(
                "upstream forgotten",
                "Your dL_dz is the activation's slope alone: what arrives, dL_da, is not "
                "multiplied in.",
                {"dL_da": -1, "dL_dz": 0.5},
            ),
            Mistake(
                "weights for inputs",
                "You multiplied by the weights. The slope of z with respect to w1 is the input x1.",
                {"dL_dz": -0.5, "dL_dw1": -0.5, "dL_dw2": -1},
            ),
            Mistake(
                "inputs swapped",
                "Your two weights have each other's input: w1 goes with x1, w2 with x2.",
                {"dL_dz": -0.5, "dL_dw1": 0.5, "dL_dw2": -1.5},
            ),
            Mistake(
                "inputs forgotten",
                "Your gradients of the weights are dL_dz, the one of the bias: the inputs are not "
                "multiplied in.",
                {"dL_dz": -0.5, "dL_dw1": -0.5, "dL_dw2": -0.5},
            ),
            Mistake(
                "the sign of the input",
                "x2 is -1, so the gradient of w2 has the other sign than dL_dz.",
                {"dL_dz": -0.5, "dL_dw2": -0.5},
            ),
            Mistake(
                "slope passed by at the weights",
                "You multiplied the inputs by dL_da. What arrives at the sum z is dL_dz.",
                {"dL_dz": -0.5, "dL_dw1": -3, "dL_dw2": 1},
            ),
            Mistake(
                "upstream forgotten at the weights",
                "Your gradients of the weights are the inputs alone: what arrives, dL_dz, is not "
                "multiplied in.",
                {"dL_dz": -0.5, "dL_dw1": 3, "dL_dw2": -1},
            ),
            Mistake(
                "slope 1 for the step",
                "For the step you took the slope 1: that is the perceptron rule. The step's own "
                "slope is another number.",
                {"step": -6},
            ),
            Mistake(
                "slope 1 for the step, the sigmoid's output",
                "For the step you took the slope 1, and the sigmoid's output. The step's own slope "
                "is another number.",
                {"step": -3},
            ),
            Mistake(
                "the sigmoid's gradient for the step",
                "For the step you gave the sigmoid's gradient: it has another slope.",
                {"step": -1.5},
            ),
        ),
    ),
)
