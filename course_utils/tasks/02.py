"""The tasks on the sigmoid: value, slope, graph, backward pass, stability, depth."""

from __future__ import annotations

import numpy as np
import sympy

from course_utils.activations import sigmoid
from course_utils.answers import Call
from course_utils.symbolic import a
from course_utils.tasks.inputs import extremes, ordinary, random_arrays
from course_utils.tasks.kinds import ExpressionTask, FunctionTask, Mistake, OrderTask, ValueTask


def _value_calls() -> list[Call]:
    """Return the usual calls without the empty array, for which `np.vectorize` stops."""
    return [call for call in ordinary() if np.size(call.arguments[0])]


_VALUE_MISTAKES = (
    Mistake(
        "sign of the exponent",
        "Your values are 1 / (1 + e^z): the sign of the exponent is flipped.",
        lambda z: 1 / (1 + np.exp(z)),
    ),
    Mistake(
        "minus in the denominator",
        "Your values are 1 / (1 - e^-z): the denominator has a minus where a plus belongs.",
        lambda z: 1 / (1 - np.exp(-z)),
    ),
    Mistake(
        "only the denominator",
        "Your values are 1 + e^-z: the reciprocal is missing, or the bracket around what it "
        "divides by.",
        lambda z: 1 + np.exp(-z),
    ),
    Mistake(
        "the 1 forgotten",
        "Your values are e^z: the 1 in the denominator is lost.",
        lambda z: 1 / np.exp(-z),
    ),
    Mistake(
        "the sigmoid of 2z",
        "Your values are those of the sigmoid at 2 z: z comes in twice as large.",
        lambda z: sigmoid(2 * np.asarray(z, dtype=float)),
    ),
    Mistake(
        "the slope",
        "Your values are the slope a (1 - a): the task asks for the output a.",
        lambda z: sigmoid.derivative(z),
    ),
    Mistake(
        "tanh",
        "Your values are tanh(z): that is the sigmoid stretched to the range from -1 to 1.",
        np.tanh,
    ),
    Mistake(
        "the step",
        "Your values are those of the step function: 0 or 1, and nothing in between.",
        lambda z: np.where(np.asarray(z) > 0, 1.0, 0.0),
    ),
    Mistake(
        "whole numbers only",
        "Your result loses its fractions: an array made by `zeros_like(z)` from whole numbers "
        "holds whole numbers only. Make it with dtype=float.",
        lambda z: (1 / (1 + np.exp(-z))).astype(np.asarray(z).dtype),
    ),
    Mistake(
        "rounded",
        "Your values are rounded: return the number as it is, and round only when you print.",
        lambda z: np.round(sigmoid(z), 4),
    ),
)

TASKS = (
    FunctionTask(
        name="sigmoid",
        title="Write the sigmoid",
        points=2,
        reference=sigmoid,
        arguments=("z",),
        fixed=lambda: [*_value_calls(), Call(np.array([-30.0, 30.0]))],
        random=random_arrays,
        hints=(
            "Translate the formula 1 / (1 + e^-z) from left to right; np.exp takes arrays.",
            "`np.exp(-z)` is e^-z for every entry. Add 1, then take the reciprocal.",
            "In full it is 1, divided by a bracket; in the bracket stand 1 and np.exp(-z).",
        ),
        why="This form is what the notes print; two tasks further down you find where it breaks.",
        mistakes=_VALUE_MISTAKES,
    ),
    ExpressionTask(
        name="slope_from_output",
        title="The slope, from the output alone",
        points=2,
        expected=lambda: a * (1 - a),
        symbols=("a",),
        domain={"a": (0.05, 0.95)},
        without={"z": "it still holds z: express it through the output a alone."},
        hints=(
            "The slope is e^-z / (1 + e^-z)^2. Split it into two fractions.",
            "One fraction is the sigmoid, so it is a. The other one is e^-z / (1 + e^-z).",
            "e^-z / (1 + e^-z) is ((1 + e^-z) - 1) / (1 + e^-z): one minus something.",
        ),
        why="On the way back through a network a is there already, so the slope costs two "
        "operations and no exponential.",
        mistakes=(
            Mistake(
                "a factor lost",
                "Your slope is 1 - a: the factor a is lost.",
                lambda: 1 - a,
            ),
            Mistake(
                "the sign",
                "Your slope is a (a - 1): the sign is flipped. The sigmoid rises everywhere, so "
                "its slope is positive.",
                lambda: a * (a - 1),
            ),
            Mistake(
                "plus for minus",
                "Your slope is a (1 + a): a plus stands where a minus belongs.",
                lambda: a * (1 + a),
            ),
            Mistake(
                "the slope of tanh",
                "Your slope is 1 - a^2: that is the slope of tanh from its output.",
                lambda: 1 - a**2,
            ),
            Mistake(
                "a taken for z",
                "You put a where the formula wants z: a is the output already, so no exponential "
                "is left in the answer.",
                lambda: sympy.exp(-a) / (1 + sympy.exp(-a)) ** 2,
            ),
            Mistake(
                "only the output",
                "Your slope is a alone: that is the first of the two fractions.",
                lambda: a,
            ),
            Mistake(
                "both fractions a",
                "You took both fractions for a. The second one has e^-z above the line, not 1.",
                lambda: a**2,
            ),
            Mistake(
                "once more, with respect to a",
                "You differentiated the slope once more, with respect to a. Asked is the slope "
                "itself.",
                lambda: 1 - 2 * a,
            ),
        ),
    ),
    OrderTask(
        name="derivation",
        title="Put the derivation in order",
        points=1,
        orders=("DBEAC",),
        reasons={
            "DB": "first name the inside, then differentiate it.",
            "BE": "the chain rule needs both derivatives before it multiplies them.",
            "EA": "there is no fraction to split before outer and inner derivative are multiplied.",
            "AC": "the two factors must stand apart before you can recognise them.",
        },
        hints=(
            "Begin with a name for what stands in the denominator.",
            "After the name come the two derivatives, then the chain rule that multiplies them.",
            "The last line is the one in which only a is left, and the one before it splits.",
        ),
        why="Name, differentiate, multiply, split, recognise: tanh is derived in the same five "
        "moves.",
        mistakes=(
            Mistake(
                "the chain rule first",
                "E multiplies the two derivatives, so B, where they are found, must come before.",
                "DEBAC",
            ),
            Mistake(
                "read backwards",
                "You have the order backwards: the line in which only a is left is the goal.",
                "CAEBD",
            ),
        ),
    ),
    ValueTask(
        name="gradients",
        title="Walk the graph backward",
        points=3,
        expected=lambda: {"s": -4 / 9, "q": -4 / 9, "n": -2 / 9, "z": 2 / 9},
        hints=(
            "Begin at the right with dy/dy = 1. At each node multiply what arrives by the local "
            "gradient.",
            "The local gradients are -y^2 at the reciprocal, 1 at plus 1, q at exp, and -1 at "
            "times -1.",
            "With q = 1/2 and s = 3/2, y is 2/3. So the first one is -(2/3)^2; go on from there.",
        ),
        why="The last number is the slope of the whole sigmoid at this z: the same walk works for "
        "every network.",
        mistakes=(
            Mistake(
                "local for downstream",
                "Your entries are the local gradients. What is asked is downstream: upstream times "
                "local, carried on from node to node.",
                {"s": -4 / 9, "q": 1.0, "n": 0.5, "z": -1.0},
            ),
            Mistake(
                "the sign at the reciprocal",
                "All your signs are flipped: the reciprocal's local gradient has a minus, -y^2.",
                {"s": 4 / 9, "q": 4 / 9, "n": 2 / 9, "z": -2 / 9},
            ),
            Mistake(
                "the last sign",
                "The last node is times -1: it flips the sign once more.",
                {"s": -4 / 9, "q": -4 / 9, "n": -2 / 9, "z": -2 / 9},
            ),
            Mistake(
                "exp passed by",
                "The exp node multiplies by q, its own output: you passed it with a factor 1.",
                {"s": -4 / 9, "q": -4 / 9, "n": -4 / 9},
            ),
            Mistake(
                "e^n at n = z",
                "At the exp node you multiplied by e^z = 2. The node computes e^n with n = -z, "
                "so its local gradient is q = 1/2.",
                {"s": -4 / 9, "q": -4 / 9, "n": -8 / 9},
            ),
            Mistake(
                "-s^2 for -y^2",
                "At the reciprocal you took -s^2. Its slope is -1 / s^2, which is -y^2.",
                {"s": -9 / 4},
            ),
            Mistake(
                "-y for -y^2",
                "At the reciprocal you took -y. Its slope is -1 / s^2, which is -y^2.",
                {"s": -2 / 3},
            ),
            Mistake(
                "y for -y^2",
                "At the reciprocal you took y, its output. Its slope is -1 / s^2, which is -y^2.",
                {"s": 2 / 3},
            ),
            Mistake(
                "values for gradients",
                "Your entries are the values at the nodes. Asked is how fast y changes with each.",
                {"s": 1.5, "q": 0.5},
            ),
            Mistake(
                "the logarithm",
                "At the reciprocal you took ln s: that is what 1 / s is the slope of. Asked is the "
                "slope of 1 / s.",
                {"s": np.log(1.5)},
            ),
            Mistake(
                "rounded",
                "Your first entry is rounded to two digits: give a fraction, or four of them.",
                {"s": -0.44},
            ),
        ),
    ),
    FunctionTask(
        name="sigmoid_backward",
        title="One step backward",
        points=2,
        reference=lambda dL_da, a: dL_da * a * (1 - a),
        arguments=("dL_da", "a"),
        fixed=lambda: [
            Call(1.0, 0.5),
            Call(2.0, 0.9),
            Call(-3.0, 0.2),
            Call(0.0, 0.3),
            Call(np.array([1.0, -2.0, 0.5]), np.array([0.1, 0.5, 0.99])),
            Call(np.array([[2.0, 1.0], [0.0, -1.0]]), np.array([[0.25, 0.75], [0.5, 0.1]])),
            Call(np.array([3, -2]), np.array([0.4, 0.6])),
            Call(np.array([1.5, -0.5], dtype=np.float32), np.array([0.3, 0.8], dtype=np.float32)),
            Call(np.array([1.0, 1.0]), np.array([0.0, 1.0]), ordinary=False),
        ],
        random=lambda rng: [
            Call(rng.normal(size=shape), rng.uniform(0.05, 0.95, size=shape))
            for shape in ((4,), (3, 2))
        ],
        hints=(
            "Downstream = upstream times local. Which of the two arguments is upstream?",
            "The local gradient is the slope at this unit, and you have it from a alone.",
            "Three factors: dL_da, then a, then one minus a, entry by entry with *.",
        ),
        why="This line stands in the backward pass of every sigmoid layer, lesson 09's too.",
        mistakes=(
            Mistake(
                "upstream forgotten",
                "Your values are a (1 - a), the local gradient: what arrives, dL_da, is not yet "
                "multiplied in.",
                lambda dL_da, a: a * (1 - a),
            ),
            Mistake(
                "a taken for z",
                "You took a for z and computed its sigmoid once more. It is the output already.",
                lambda dL_da, a: dL_da * sigmoid.derivative(a),
            ),
            Mistake(
                "a factor lost",
                "Your local gradient is 1 - a: the factor a is lost.",
                lambda dL_da, a: dL_da * (1 - a),
            ),
            Mistake(
                "only a",
                "Your local gradient is a: the factor 1 - a is lost.",
                lambda dL_da, a: dL_da * a,
            ),
            Mistake(
                "plus for minus",
                "Your local gradient is a (1 + a): a plus stands where a minus belongs.",
                lambda dL_da, a: dL_da * a * (1 + a),
            ),
            Mistake(
                "the sign",
                "Your values have the wrong sign: the local gradient is a (1 - a), not a (a - 1).",
                lambda dL_da, a: dL_da * a * (a - 1),
            ),
            Mistake(
                "added",
                "You added upstream and local gradient: at a node they are multiplied.",
                lambda dL_da, a: dL_da + a * (1 - a),
            ),
            Mistake(
                "the slope of the upstream",
                "You took the slope from dL_da and multiplied by a: the arguments are swapped.",
                lambda dL_da, a: a * dL_da * (1 - dL_da),
            ),
            Mistake(
                "a product of matrices",
                "You used @, the product of matrices: an activation acts entry by entry, so *.",
                lambda dL_da, a: dL_da @ (a * (1 - a)),
            ),
            Mistake(
                "a dot product",
                "`np.dot` multiplies and adds up, like @: an activation acts entry by entry, so *.",
                lambda dL_da, a: np.dot(dL_da, a * (1 - a)),
            ),
            Mistake(
                "the bracket lost",
                "A bracket is lost: dL_da multiplies the whole slope a - a^2, and you multiply "
                "only the a.",
                lambda dL_da, a: dL_da * a - a**2,
            ),
            Mistake(
                "the slope of tanh",
                "Your local gradient is 1 - a^2: that is tanh's.",
                lambda dL_da, a: dL_da * (1 - a**2),
            ),
        ),
    ),
    FunctionTask(
        name="stable_sigmoid",
        title="A sigmoid that does not overflow",
        points=3,
        reference=sigmoid,
        arguments=("z",),
        fixed=lambda: [*_value_calls(), *extremes(30, -30, 1000, -1000, -700, -740)],
        random=lambda rng: [
            *random_arrays(rng),
            Call(rng.uniform(-740, 740, size=6), ordinary=False),
        ],
        rtol=1e-9,
        atol=5e-323,  # ten steps between subnormal numbers
        is_quiet=True,
        hints=(
            "An exponential of a negative number cannot overflow. Which one is safe for z < 0?",
            "With e = exp(-|z|), sigmoid(|z|) is 1 / (1 + e), and sigmoid(-|z|) is e / (1 + e).",
            "np.where(z >= 0, ..., ...) chooses between the two; both are computed, and both are "
            "safe.",
        ),
        why="Tested libraries guard their exponentials this way; ELU and softmax need the same "
        "care.",
        mistakes=(
            Mistake(
                "overflow",
                "Between -745 and -710 you return 0, where a float64 could hold the answer. So "
                "does the printed formula, since its exponential overflows for very negative z.",
                lambda z: 1 / (1 + np.exp(-z)),
            ),
            Mistake(
                "e^z / (1 + e^z) everywhere",
                "e^z / (1 + e^z) is safe for negative z only: for large z it is infinity divided "
                "by infinity.",
                lambda z: np.exp(z) / (1 + np.exp(z)),
            ),
            *(
                Mistake(
                    f"clipped at {most}",
                    "You clip z, or the exponent: every z beyond the clip gets the same value, and "
                    "at -1000 it is not 0.",
                    lambda z, most=most: 1 / (1 + np.exp(-np.clip(z, -most, most))),
                )
                for most in (500, 700, 709)
            ),
            Mistake(
                "through tanh",
                "(1 + tanh(z / 2)) / 2 never overflows, but it loses its digits on the left: "
                "1 + tanh is a difference of nearly equal numbers there.",
                lambda z: 0.5 * (1 + np.tanh(np.asarray(z) / 2)),
            ),
            Mistake(
                "1 - e / (1 + e) on both sides",
                "For z < 0 you compute 1 minus a number close to 1: the small answer loses its "
                "digits.",
                lambda z: np.where(
                    np.asarray(z) >= 0,
                    1 / (1 + np.exp(-np.abs(z))),
                    1 - 1 / (1 + np.exp(-np.abs(z))),
                ),
            ),
            Mistake(
                "one side for both",
                "You take |z| and forget which side you came from: your values are those of "
                "sigmoid(|z|).",
                lambda z: 1 / (1 + np.exp(-np.abs(z))),
            ),
            Mistake(
                "the two sides swapped",
                "The two sides are swapped: e / (1 + e) is the small one, for z < 0.",
                lambda z: sigmoid(-np.asarray(z, dtype=float)),
            ),
            *_VALUE_MISTAKES[1:],
        ),
    ),
    ValueTask(
        name="ten_layers",
        title="Predict: ten activations back",
        points=1,
        expected=lambda: 0.25**10,
        rtol=0.02,
        hints=(
            "How large is the slope of a sigmoid at most?",
            "A walk back multiplies. Ten slopes, each at most that large.",
            "The largest slope is 1/4, and there are ten of them: a power.",
        ),
        why="A millionth: so a deep sigmoid network needs weights that make up for it, or another "
        "activation.",
        mistakes=(
            Mistake(
                "added up",
                "You multiplied the slope by ten. A walk back multiplies the slopes with each "
                "other.",
                2.5,
            ),
            Mistake(
                "one half for a quarter",
                "You took 1/2, the output at 0. The slope at 0 is half of that.",
                0.5**10,
            ),
            Mistake("nine for ten", "That is nine activations: count again.", 0.25**9),
            Mistake("one for ten", "That is one activation. There are ten.", 0.25),
            Mistake(
                "divided",
                "You divided the slope by ten. A walk back multiplies the slopes with each other.",
                0.025,
            ),
            Mistake(
                "rounded",
                "That is near, but rounded to a power of ten: asked is the number itself.",
                1e-6,
            ),
            Mistake("one", "You took a slope of 1: that is tanh's at 0, or ReLU's.", 1.0),
            Mistake("the inverse", "That is by what it is divided: asked is the factor.", 4.0**10),
        ),
    ),
)
