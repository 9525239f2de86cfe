"""SymPy helpers against independent truths: mpmath, and identities known by hand."""

import subprocess
import sys
import warnings

import mpmath
import numpy as np
import pytest
import sympy
from sympy import Abs, Heaviside, Max, Min, Piecewise, Rational, cosh, exp, log, sign

from course_utils.activations import ACTIVATIONS, KINKS, elu, leaky_relu, relu, sigmoid, tanh
from course_utils.symbolic import (
    a,
    alpha,
    derive,
    one_sided_limits,
    one_sided_slopes,
    prove_equal,
    to_numpy,
    z,
)

x, y, w = sympy.symbols("x y w", real=True)
u, v = (sympy.Function(name)(z) for name in "uv")
s, t = sigmoid.formula, tanh.formula
E = exp(-Abs(z))

SMOOTH = {
    "sigmoid' = a (1 - a)": (derive(s), s * (1 - s)),
    "sigmoid' by cosh": (derive(s), 1 / (4 * cosh(z / 2) ** 2)),
    "sigmoid' as printed": (derive(s), exp(-z) / (1 + exp(-z)) ** 2),
    "sigmoid by exp(z)": (s, exp(z) / (exp(z) + 1)),
    "sigmoid(-z)": (s.subs(z, -z), 1 - s),
    "sigmoid by tanh": (s, (1 + sympy.tanh(z / 2)) / 2),
    "tanh as exponentials": (sympy.tanh(z), t),
    "tanh by sigmoid": (t, 2 * s.subs(z, 2 * z) - 1),
    "tanh by sigmoid, SymPy's": (sympy.tanh(z), 2 * s.subs(z, 2 * z) - 1),
    "tanh' = 1 - a^2": (derive(t), 1 - t**2),
    "tanh' by exponentials": (derive(t), 4 / (exp(z) + exp(-z)) ** 2),
    "tanh is odd": (t.subs(z, -z), -t),
    "softplus": (log(1 + exp(z)), z + log(1 + exp(-z))),
    "softplus'": (derive(log(1 + exp(z))), s),
    "cross-entropy' = a - y": (derive(-y * log(s) - (1 - y) * log(1 - s)), s - y),
    "softmax of two": (exp(x) / (exp(x) + exp(w)), 1 / (1 + exp(w - x))),
    "softmax shifted": (exp(x + 5) / (exp(x + 5) + exp(w + 5)), exp(x) / (exp(x) + exp(w))),
    "swish'": (derive(z * s), s + z * s * (1 - s)),
    "ELU's branch": (derive(alpha * (exp(z) - 1)), alpha * (exp(z) - 1) + alpha),
    "square": ((z - a) ** 2, z**2 - 2 * a * z + a**2),
}
KINKED = {
    "ReLU": (Max(0, z), relu.formula),
    "ReLU by |z|": (relu.formula, (z + Abs(z)) / 2),
    "ReLU by Heaviside": (z * Heaviside(z), relu.formula),
    "|z|": (Abs(z), Max(z, -z)),
    "|z| / z, not at 0": (Abs(z) / z, sign(z)),
    "sign": (sign(z) * Abs(z), z),
    "Leaky ReLU": (leaky_relu.formula, Max(0, z) + alpha * Min(0, z)),
    "ELU": (elu.formula, Max(0, z) + alpha * (exp(Min(0, z)) - 1)),
    "ELU' from the output": (
        derive(elu.formula),
        Piecewise((1, z > 0), (elu.formula + alpha, True)),
    ),
    "stable sigmoid": (s, Piecewise((1 / (1 + E), z >= 0), (E / (1 + E), True))),
    "stable sigmoid'": (derive(s), E / (1 + E) ** 2),
    "stable softplus": (log(1 + exp(z)), Max(0, z) + log(1 + E)),
}
TRUE = SMOOTH | KINKED
RULES = {
    "product": (u * v, derive(u) * v + u * derive(v)),
    "quotient": (u / v, (derive(u) * v - u * derive(v)) / v**2),
    "reciprocal": (1 / v, -derive(v) / v**2),
    "chain": (exp(u), exp(u) * derive(u)),
}
FALSE_BY_HAND = {
    "ReLU' is 1 on both sides": (derive(relu.formula), sympy.Integer(1)),
    "tanh without its minus signs": (t, (exp(z) - exp(z)) / (exp(z) + exp(z))),
    "Max' is the branch's": (derive(Max(0, z)), Piecewise((1, z > 0), (0, True))),
    "step: > is not >=": (Piecewise((1, z > 0), (0, True)), Piecewise((1, z >= 0), (0, True))),
    "ELU' with alpha at 0": (
        derive(elu.formula),
        Piecewise((1, z >= 0), (alpha * exp(z), True)),
    ),
    "ELU' forgets alpha": (derive(elu.formula), Piecewise((1, z > 0), (exp(z), True))),
    "Leaky ReLU is a max": (leaky_relu.formula, Max(alpha * z, z)),
    "sign squared": (sign(z) ** 2, sympy.Integer(1)),
    "a kink elsewhere": (
        Piecewise((1, z > Rational(5, 8)), (0, True)),
        Piecewise((1, z >= Rational(5, 8)), (0, True)),
    ),
    "|x - w| where they meet": (sign(x - w) ** 2, sympy.Integer(1)),
    "numbers": (Rational(1, 3), Rational(1, 3) + Rational(1, 10**15)),
    "nearly": (s, s + Rational(1, 10**12)),
}


def sign_flips(expression):
    """Yield the expression with one sign flipped: of a term, or of an exponent."""
    for part in sympy.preorder_traversal(expression):
        if part.is_Add:
            for term in part.args:
                yield expression.xreplace({part: part - 2 * term})
        elif isinstance(part, exp):
            yield expression.xreplace({part: exp(-part.args[0])})


def largest_gap(left, right):
    """Return how far apart two expressions are at 50 digits, at points of this test's own."""
    symbols = sorted(left.free_symbols | right.free_symbols, key=str)
    functions = [sympy.lambdify(symbols, side, "mpmath") for side in (left, right)]
    random = np.random.default_rng(5)
    gap = mpmath.mpf(0)
    with mpmath.workdps(50):
        for _ in range(12):
            point = [mpmath.mpf(float(number)) for number in random.uniform(0.1, 3, len(symbols))]
            for signs in (1, -1):
                # alpha is positive, whatever the others are
                signed = [
                    p if n == alpha else signs * p for n, p in zip(symbols, point, strict=True)
                ]
                try:
                    values = [function(*signed) for function in functions]
                except ZeroDivisionError:
                    continue
                if all(mpmath.isfinite(value) and not mpmath.im(value) for value in values):
                    gap = max(gap, abs(values[0] - values[1]))
    return gap


@pytest.mark.parametrize("name", TRUE)
def test_true_identities_are_proved(name):
    left, right = TRUE[name]
    assert largest_gap(left, right) < 1e-40, "the test's own list is wrong"
    proof = prove_equal(left, right)
    assert proof.status == "proved" and proof, str(proof)
    cases = " for z < 0, z = 0 and z > 0" if name in KINKED else ""
    assert str(proof) == f"proved: left - right simplifies to 0{cases}"
    assert prove_equal(right, left).status == "proved"


@pytest.mark.parametrize("name", SMOOTH)
def test_each_flipped_sign_is_refuted(name):
    left, right = SMOOTH[name]
    flipped = list(dict.fromkeys(sign_flips(right)))
    verdicts = []
    for wrong in flipped:
        proof = prove_equal(left, wrong)
        really_equal = largest_gap(left, wrong) < 1e-40  # cosh(-z): a flip may change nothing
        assert proof.status == ("proved" if really_equal else "refuted"), f"{wrong}: {proof}"
        assert not proof or really_equal
        verdicts.append(proof.status)
    assert "refuted" in verdicts or name in ("sigmoid' by cosh", "tanh is odd")


@pytest.mark.parametrize("name", RULES)
def test_rules_of_differentiation_hold_for_any_function_and_not_with_a_sign_flipped(name):
    function, rule = RULES[name]
    assert prove_equal(derive(function), rule)
    wrong = list(sign_flips(sympy.expand(rule))) or [-rule]
    for flipped in [*wrong, -rule]:
        proof = prove_equal(derive(function), flipped)
        if sympy.expand(flipped - rule) != 0:
            assert proof.status == "refuted" and ("u(x) = " in str(proof) or "v(x)" in str(proof))


@pytest.mark.parametrize("name", FALSE_BY_HAND)
def test_false_claims_are_refuted(name):
    left, right = FALSE_BY_HAND[name]
    for proof in (prove_equal(left, right), prove_equal(right, left)):
        assert proof.status == "refuted" and not proof, str(proof)
        assert "\n" not in str(proof) and " the left side is " in str(proof)


def test_what_the_lines_say():
    assert str(prove_equal(s, 1 - s)) == (
        "refuted: at z = 1/2 the left side is 0.62246, the right side 0.37754"
    )
    assert str(prove_equal(derive(s), s * (1 - s))) == "proved: left - right simplifies to 0"
    assert str(prove_equal(Max(0, z), relu.formula)) == (
        "proved: left - right simplifies to 0 for z < 0, z = 0 and z > 0"
    )
    nearly = str(prove_equal(s, s + Rational(1, 10**12)))
    left, right = nearly.split("left side is ")[1].split(", the right side ")
    assert left != right, "the printed numbers must show the difference"


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (Max(x, w), (x + w + Abs(x - w)) / 2),  # true, and beyond this prover
        (s, s + Rational(1, 10**25)),  # false, and beyond 20 digits
        (log(z), log(-z)),  # nowhere real together
        (sympy.nan, z),
    ],
)
def test_what_cannot_be_decided_is_not_claimed(left, right):
    proof = prove_equal(left, right)
    assert proof.status == "not proved" and not proof


@pytest.mark.parametrize("where", [z < 0, sympy.Eq(z, 0), z > 0], ids=str)
def test_every_side_of_a_kink_has_to_be_proved(where):
    """A difference too small to be seen in 20 digits must stop the proof on each side."""
    tiny = Piecewise((Rational(1, 10**25), where), (0, True))
    assert prove_equal(Abs(z) + tiny, Max(z, -z)).status == "not proved"


def test_zero_in_disguise_is_not_refuted_by_its_rounding():
    huge = exp(exp(z)) * 1000
    assert prove_equal((huge + 1) ** 2 - huge**2 - 2 * huge, 1).status != "refuted"
    assert prove_equal(sympy.cosh(9 * z) ** 2 - sympy.sinh(9 * z) ** 2, 1)


def test_decimals_are_read_as_written():
    assert prove_equal(0.01 * z, z / 100)
    third = str(prove_equal((1 / 3) * z, z / 3))
    assert third == "not proved: equal to 12 digits at 22 points"
    nowhere = "not proved: found no point at which both sides are real numbers"
    assert str(prove_equal(log(z), log(-z))) == nowhere
    assert "equal to 30 digits at" in str(prove_equal(s, s + Rational(1, 10**25)))
    assert prove_equal(0.02 * z, z / 100).status == "refuted"


def test_symbols_count_by_name_and_assumptions_are_kept():
    plain = sympy.Symbol("z")
    assert prove_equal(1 / (1 + exp(-plain)), s)
    assert prove_equal(sympy.sqrt(plain**2), Abs(z))
    assert derive(1 / (1 + exp(-plain))).free_symbols == {plain}
    assert prove_equal(derive(1 / (1 + exp(-plain))), derive(s))
    assert prove_equal(Max(0, alpha * z), alpha * Max(0, z))  # true for alpha > 0 alone
    assert prove_equal(Max(0, a * z), a * Max(0, z)).status == "refuted"
    positive = sympy.Symbol("p", positive=True)
    assert prove_equal(sympy.sqrt(positive**2) - positive, 0)


@pytest.mark.parametrize("text", ["z", None, [1, 2], sympy.true, "__import__('os')"])
def test_what_is_no_expression_is_refused(text):
    with pytest.raises(TypeError, match="expected a SymPy expression"):
        prove_equal(text, z)


# ------------------------------------------------------------------ both sides of a kink


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_one_sided_slopes_are_those_of_the_kink_table_for_every_alpha(name):
    left, right = one_sided_slopes(ACTIVATIONS[name].formula)
    if name in KINKS:
        by_name = {"alpha": alpha}
        expected = [by_name.get(side, side) for side in (KINKS[name].left, KINKS[name].right)]
    else:
        expected = [{"sigmoid": Rational(1, 4), "tanh": 1}[name]] * 2
    assert [sympy.simplify(side - e) for side, e in zip((left, right), expected, strict=True)] == [
        0,
        0,
    ]


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_one_sided_limits_of_the_registry(name):
    expected = {"step": (0, 1), "sigmoid": (Rational(1, 2),) * 2}.get(name, (0, 0))
    assert one_sided_limits(ACTIVATIONS[name].formula) == expected


@pytest.mark.parametrize(
    ("expression", "limits", "slopes"),
    [
        (Piecewise((z, z > 0), (alpha * z, True)), (0, 0), (alpha, 1)),
        (Piecewise((z, z >= 0), (alpha * z, True)), (0, 0), (alpha, 1)),
        (Piecewise((alpha * z, z < 0), (z, True)), (0, 0), (alpha, 1)),
        (Piecewise((alpha * z, z <= 0), (z, True)), (0, 0), (alpha, 1)),
        (Piecewise((alpha * z, z < 0), (5, sympy.Eq(z, 0)), (z, True)), (0, 0), (alpha, 1)),
        (Max(0, z), (0, 0), (0, 1)),
        (Min(0, z), (0, 0), (1, 0)),
        (Abs(z), (0, 0), (-1, 1)),
        (z * Heaviside(z), (0, 0), (0, 1)),
        (Heaviside(z), (0, 1), (0, 0)),
        (sign(z), (-1, 1), (0, 0)),
        (exp(-Abs(z)), (1, 1), (1, -1)),
        (Abs(sympy.sin(z)), (0, 0), (-1, 1)),
        (Max(0, z**2 - z), (0, 0), (-1, 0)),
        (1 / z, (-sympy.oo, sympy.oo), (-sympy.oo, -sympy.oo)),
        (z**2, (0, 0), (0, 0)),
    ],
)
def test_one_sided_values_whichever_way_the_kink_is_spelled(expression, limits, slopes):
    assert one_sided_limits(expression) == limits
    assert one_sided_slopes(expression) == slopes


def test_kinks_elsewhere_and_kinks_that_depend_on_a_parameter():
    assert one_sided_slopes(Abs(z - 1), 1) == (-1, 1)
    assert one_sided_slopes(Min(1, Max(-1, z)), 1) == (1, 0)
    assert one_sided_limits(Heaviside(1 - z), 1) == (1, 0)
    assert one_sided_limits(Piecewise((z, z < 1), (7, True)), 1) == (1, 7)
    assert one_sided_slopes(Abs(z - alpha), alpha) == (-1, 1)
    assert one_sided_slopes(Abs(x), 0, x) == (-1, 1)
    assert one_sided_slopes(Abs(sympy.Symbol("z"))) == (-1, 1)
    for value, expected in ((Rational(1, 100), (Rational(1, 100), 1)), (3, (1, 3))):
        sides = one_sided_slopes(Max(alpha * z, z))  # as a max, Leaky ReLU only for alpha <= 1
        assert tuple(side.subs(alpha, value) for side in sides) == expected


def test_limits_keep_the_branches_that_a_parameter_decides():
    """SymPy's limit takes one branch and forgets the other."""
    left, right = one_sided_limits(z * Piecewise((1 / z, alpha > 1), (2, True)))
    for side in (left, right):
        assert [side.subs(alpha, value) for value in (2, Rational(1, 2))] == [1, 0]


# ---------------------------------------------------------------------------- to NumPy

GRID = np.concatenate([np.linspace(-30, 30, 241), [-300.0, -1e-9, 1e-9, 300.0]])


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("value", [0.3, 2.0])
def test_formulas_and_their_derivatives_agree_with_the_numpy_code(name, value):
    g = ACTIVATIONS[name]
    setting = {"alpha": value} if "alpha" in g.parameters else {}
    away = GRID[GRID != 0]
    for formula, code in ((g.formula, g.value), (derive(g.formula), g.derivative)):
        computed = to_numpy(formula, z, alpha)(away, value)
        np.testing.assert_allclose(computed, code(away, **setting), rtol=1e-12, atol=1e-13)
    exact = to_numpy(derive(g.formula), z, alpha)(0.0, value)
    np.testing.assert_allclose(exact, g.derivative(0.0, **setting), rtol=1e-14)


def test_to_numpy_against_mpmath():
    with mpmath.workdps(40):
        for point in (-300, -2.5, 0.125, 40):
            e = mpmath.exp(-mpmath.mpf(point))
            np.testing.assert_allclose(to_numpy(s)(point), float(1 / (1 + e)), rtol=1e-14)
            slope = float(e / (1 + e) ** 2)
            np.testing.assert_allclose(to_numpy(derive(s))(point), slope, rtol=1e-13)
            np.testing.assert_allclose(to_numpy(t)(point), float(mpmath.tanh(point)), rtol=1e-14)


def test_what_the_printed_formula_gives_where_it_overflows():
    slope = to_numpy(derive(s))
    assert slope(-354.0) > 0 and slope(-356.0) == 0 and np.isnan(slope(-710.0))
    assert to_numpy(s)(-709.0) > 0 and to_numpy(s)(-1000.0) == 0
    assert np.isnan(to_numpy(t)(710.0)) and to_numpy(t)(709.0) == 1
    single = to_numpy(derive(s))
    assert single(np.float32(-44)) > 0 and np.isnan(single(np.float32(-89)))


@pytest.mark.parametrize(
    "expression",
    [s, derive(s), t, elu.formula, relu.formula, derive(elu.formula), Max(0, z), sympy.Integer(3)],
    ids=str,
)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_shapes_precision_and_no_warnings(expression, dtype):
    function = to_numpy(expression, z, alpha)
    inputs = np.array([-1e4, -1000, -1, 0, 1, 1000, 1e4, np.inf, -np.inf, np.nan], dtype)
    with warnings.catch_warnings(), np.errstate(all="raise", under="ignore"):
        warnings.simplefilter("error")
        for shape in ((10,), (2, 5), (5, 1, 2)):
            result = function(inputs.reshape(shape), 2.0)
            assert result.shape == shape and result.dtype == dtype
            assert np.isnan(result.ravel()[-1])
        assert function(np.zeros((0, 3), dtype), 1.0).shape == (0, 3)
        assert function(dtype(0.5), 1.0).dtype == dtype
        assert np.ndim(function(0.5, 1.0)) == 0


def test_scalars_lists_integers_and_constants():
    assert to_numpy(z**2)(3) == 9.0 and to_numpy(z**2)(3).dtype == np.float64
    np.testing.assert_array_equal(to_numpy(-z)(np.array([1], np.uint8)), [-1.0])
    np.testing.assert_array_equal(to_numpy(derive(3 * z))([[1, 2], [3, 4]]), np.full((2, 2), 3.0))
    np.testing.assert_array_equal(to_numpy(relu.formula)([-1, 0, 2]), [0, 0, 2])
    columns = to_numpy(z * a, z, a)(np.ones((3, 1)), np.arange(4.0))
    np.testing.assert_array_equal(columns, np.tile(np.arange(4.0), (3, 1)))
    result = to_numpy(derive(3 * z))(np.zeros(2))
    result[0] = 1.0  # its own memory, writable
    assert to_numpy(z * a, z, a)(np.ones(2, np.float32), 2).dtype == np.float32
    assert to_numpy(z * a, z, a)(np.ones(2, np.float32), np.ones(2)).dtype == np.float64


def test_the_branch_not_taken_leaves_no_trace():
    guarded = Piecewise((log(z), z > 0), (1 / (z - 5), z < 0), (0, True))
    np.testing.assert_allclose(to_numpy(guarded)([1.0, -1.0, 0.0, 5.0]), [0, -1 / 6, 0, np.log(5)])
    np.testing.assert_array_equal(to_numpy(elu.formula, z, alpha)([1000.0, 1e308], 1), [1e3, 1e308])


def test_what_to_numpy_refuses():
    with pytest.raises(ValueError, match="also holds alpha"):
        to_numpy(leaky_relu.formula)
    with pytest.raises(ValueError, match="has no values"):
        to_numpy(derive(z * Heaviside(z)))
    with pytest.raises(ValueError, match="has no values"):
        to_numpy(derive(u))
    with pytest.raises(TypeError, match="expected 1 arguments"):
        to_numpy(s)(1.0, 2.0)
    with pytest.raises(TypeError, match="real numbers"):
        to_numpy(s)(["a"])


def test_numpy_code_alone_does_not_wait_for_sympy():
    code = "import sys, course_utils.activations; assert 'sympy' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
