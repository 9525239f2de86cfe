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
        Call(np.array([[2.0, 1.0]]), np.array([1.0, 1.0]), -0.5),
        Call(CORNERS, np.array([1.0, 1.0]), -1.5),
        Call(CORNERS, np.array([-1, -1]), 1.5),
        Call(np.array([[2, 0], [0, 1], [1, 1]]), np.array([1, 2]), -2.0),
        Call(np.array([[-1.0, 3.0], [0.5, -2.0]]), np.array([2.0, 0.5]), 0.5),
        Call(np.array([[-3.0], [1.0], [2.0], [2.5]]), np.array([-2.0]), 4.0),
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


def _xor(x: np.ndarray, *, first=None, second=None, last=None) -> tuple:
    """Return the hidden outputs and the output, with other gates in the place of the right."""
    x1, x2 = np.asarray(x, dtype=float).T
    h1 = _step((first or (lambda p, q: p + q - 0.5))(x1, x2))
    h2 = _step((second or (lambda p, q: 1.5 - p - q))(x1, x2))
    a = _step((last or (lambda p, q: p + q - 1.5))(h1, h2))
    return np.column_stack([h1, h2]), a


def _or(p, q):
    return p + q - 0.5


def _and(p, q):
    return p + q - 1.5


def _nand(p, q):
    return 1.5 - p - q


def _nor(p, q):
    return 0.5 - p - q


def _answer_only(x):
    return _xor(x)[1]


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
                "You transposed x. A row of x is one input already: (batch, features) @ "
                "(features,) is (batch,).",
                lambda x, w, b: _step(x.T @ w + b),
            ),
            Mistake(
                "only one number",
                "An `if` wants a single truth value, and the batch has one for each row. A "
                "comparison works on arrays by itself.",
                _on_one_number,
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
            "EB": "from larger outputs B concludes larger sums; which outputs are larger says E.",
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
        why="The step is nowhere in it: the same five lines stop a sigmoid, tanh or ReLU neuron.",
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
            "`np.column_stack([h1, h2])` puts two columns side by side.",
            "OR asks x1 + x2 - 0.5 > 0, and NAND the opposite of x1 + x2 - 1.5 > 0; AND of h1 and "
            "h2 is the last. Return h first, then a.",
        ),
        why="The hidden layer moved the corners until one line was enough: deep networks learn "
        "such moves.",
        mistakes=(
            Mistake(
                "the answer alone",
                "You return a alone. The task wants the hidden outputs too: `return h, a`.",
                _answer_only,
            ),
            Mistake(
                "a before h",
                "You return a first and then h: the order is h, a.",
                lambda x: _xor(x)[::-1],
            ),
            Mistake(
                "columns swapped",
                "The columns of h are swapped: OR is the first, NAND the second.",
                lambda x: _xor(x, first=_nand, second=_or),
            ),
            Mistake(
                "h transposed",
                "Your h has a row for each neuron. It needs a row for each input and a column for "
                "each neuron.",
                lambda x: (_xor(x)[0].T, _xor(x)[1]),
            ),
            Mistake(
                "AND for NAND",
                "Your second hidden neuron is AND: its signs are not flipped.",
                lambda x: _xor(x, second=_and),
            ),
            Mistake(
                "AND for NAND, mended behind",
                "Your a is right, but your second hidden neuron is AND. The task wants NAND there.",
                lambda x: (_xor(x, second=_and)[0], _xor(x)[1]),
            ),
            Mistake(
                "NOR for NAND",
                "Your second hidden neuron is NOR: its bias cuts off the corner (0, 0) instead of "
                "(1, 1).",
                lambda x: _xor(x, second=_nor),
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
                "XOR of the hidden outputs",
                "Your last neuron is 1 where h1 and h2 differ. No single neuron can do that; here "
                "it is 1 where both are.",
                lambda x: (_xor(x)[0], 1 - _xor(x)[1]),
            ),
            Mistake(
                "the last neuron sees x",
                "Your last neuron gets x1 and x2: it must get the hidden outputs h1 and h2.",
                lambda x: (_xor(x)[0], _step(np.sum(x, axis=1) - 1.5)),
            ),
            Mistake(
                "a is the sum",
                "Your a are sums: the last neuron has a step as well.",
                lambda x: (_xor(x)[0], _xor(x)[0].sum(axis=1) - 1.5),
            ),
            Mistake(
                "h are sums",
                "Your h are sums: the hidden neurons have a step as well.",
                lambda x: (
                    np.column_stack([np.sum(x, axis=1) - 0.5, 1.5 - np.sum(x, axis=1)]),
                    _xor(x)[1],
                ),
            ),
            Mistake(
                "no step in the hidden layer",
                "Your hidden neurons have no step. Then the two layers collapse into one neuron.",
                lambda x: (
                    np.column_stack([np.sum(x, axis=1) - 0.5, 1.5 - np.sum(x, axis=1)]),
                    _step(np.full(len(x), -0.5)),
                ),
            ),
            Mistake(
                "a as a column",
                "Your a is a column of shape (batch, 1): it needs one number for each input, in "
                "shape (batch,).",
                lambda x: (_xor(x)[0], _xor(x)[1][:, None]),
            ),
            Mistake(
                "the output in h",
                "Your answer is one array with h and a side by side: return the two apart.",
                lambda x: np.column_stack(_xor(x)),
            ),
            Mistake(
                "three values",
                "You return h1, h2 and a. Put h1 and h2 into one array, side by side: "
                "`return h, a`.",
                lambda x: (_xor(x)[0][:, 0], _xor(x)[0][:, 1], _xor(x)[1]),
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
                "the 1 forgotten, negative",
                "The 1 in the denominator is lost, and your distance is negative.",
                lambda: sympy.log(q) / k,
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
                "the gap itself",
                "You put q in the place of p: that is the gap at the distance q. Solve it the "
                "other way round.",
                lambda: 1 / (1 + sympy.exp(k * q)),
            ),
            Mistake(
                "where the sigmoid is 1 + q",
                "To the right of 0 the gap is 1 minus the sigmoid: your sigmoid has the value "
                "1 + q there.",
                lambda: sympy.log(-1 / q - 1) / k,
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
