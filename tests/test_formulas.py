"""Every formula in the lessons' prose is right, and a flipped sign in it would be seen.

The first half checks the notebooks, the second half checks the checker in `formulas.py`.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import nbformat
import pytest
from formulas import (
    BY_HAND,
    Problem,
    Span,
    check,
    check_spans,
    claims_nothing,
    lesson_spans,
    mutants,
    spans,
    unguarded,
)

ROOT = Path(__file__).parents[1]
NOTEBOOKS = {
    f"{folder}/{path.stem}": path
    for folder in ("notebooks", "solutions")
    for path in sorted((ROOT / folder).glob("*.ipynb"))
}

ADVICE = r"""
What to do, in this order:
- false: mend the formula, or say when it holds, in the formula or right after it:
  $...$ for $z > 0$, $...$ as $z \to \infty$, $...$ with $a = \sigma(z)$.
- a name means something new in this lesson: put it into the cell's metadata,
  "course": {"redefines": ["a"]}.
- unread, unconfirmed, or nobody would notice: say it as an equation whose two sides differ
  ($\sigma'(-10) \approx 4.5 \times 10^{-5}$ rather than "at $z = -10$ ..."), or in plain text.
- only then, or when it is wrong on purpose: BY_HAND in tests/formulas.py, with how often the
  notebook has it, and the reason if it claims something:
"""


def report(name: str, problems: list[Problem]) -> str:
    lines = [f"{name}, cell {p.cell}:\n    ${p.formula}$\n    {p.why}" for p in problems]
    counts = Counter(s.text for s in lesson_spans(read(name))) if name in NOTEBOOKS else Counter()
    entries = []
    for formula in dict.fromkeys(p.formula for p in problems):
        count = counts[formula] or 1
        value = count if claims_nothing(formula) else f'({count}, "the reason")'
        entries.append(f'        r"{formula}": {value},')
    return "\n".join(["", *lines, ADVICE + f'    "{name}": {{', *entries, "    },"])


def read(name: str) -> dict:
    return nbformat.read(NOTEBOOKS[name], as_version=4)


# ---------------------------------------------------------------------------- the notebooks


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_every_formula_is_right_and_a_flipped_sign_would_be_seen(name):
    notebook, by_hand = read(name), BY_HAND.get(name)
    problems = check(notebook, by_hand)
    known = {p.formula for p in problems}
    problems += [p for p in unguarded(notebook, by_hand) if p.formula not in known]
    assert not problems, report(name, problems)


def test_by_hand_speaks_of_notebooks_that_exist_and_gives_reasons():
    assert BY_HAND.keys() <= NOTEBOOKS.keys()
    for entries in BY_HAND.values():
        for formula, entry in entries.items():
            count, reason = (entry, "") if isinstance(entry, int) else entry
            assert count > 0, formula
            assert claims_nothing(formula) or len(reason.split()) > 1, f"{formula}: say why"


# ------------------------------------------------------------------------------ the checker


def problems_in(*cells: str, by_hand=None) -> list[Problem]:
    found = [s for i, cell in enumerate(cells) for s in spans(cell, f"cell {i}")]
    return check_spans(found, by_hand)


TRUE = r"""
\sigma(z) = \frac{1}{1 + e^{-z}}
\sigma(z) = \frac{e^z}{e^z + 1}
\sigma'(z) = \sigma(z)\,(1 - \sigma(z))
\sigma'(z) = \dfrac{e^{-z}}{\left(1 + e^{-z}\right)^2}
\sigma''(z) = \sigma'(z)(1 - 2\sigma(z))
\sigma(-z) = 1 - \sigma(z)
\sigma'(-z) = \sigma'(z)
\sigma(0) = \tfrac12, \quad \sigma'(0) = \tfrac14
\sigma^{-1}(p) = \ln\frac{p}{1 - p}
\sigma(z) = \tfrac12 \left(1 + \tanh\frac{z}{2}\right)
\frac{d}{dz}\left(\frac{1}{1 + e^{-z}}\right) = \frac{e^{-z}}{(1 + e^{-z})^2}
\left.\frac{d\sigma}{dz}\right|_{z=0} = \frac14
\max_z \sigma'(z) = \frac14
0 < \sigma(z) < 1
\sigma(z) \in (0, 1)
0 < \sigma'(z) \le \frac{1}{4}
\lim_{z \to -\infty} \sigma(z) = 0
\lim_{z \to -\infty} \sigma(z) = 0 \quad\text{and}\quad \lim_{z \to \infty} \sigma(z) = 1
\sigma(z) \to 0 \text{ as } z \to -\infty
\lim_{k \to \infty} \sigma(kz) = H(z) \text{ for } z \ne 0
\sigma'(10) \approx 4.5 \times 10^{-5}
\sigma(2) = \frac{1}{1 + e^{-2}} \approx 0.881
\left(\tfrac14\right)^{10} \approx 9.5 \times 10^{-7}
\tanh(z) = \frac{e^z - e^{-z}}{e^z + e^{-z}}
\tanh(z) = 2\sigma(2z) - 1
\tanh'(z) = 1 - \tanh^2 z
\tanh(-z) = -\tanh(z)
|\tanh(z)| < 1
\operatorname{ReLU}(z) = \max(0, z)
\operatorname{ReLU}(z) = \begin{cases} z & \text{if } z > 0 \\ 0 & \text{otherwise} \end{cases}
\operatorname{ReLU}'(z) = \begin{cases} 1 & z > 0 \\ 0 & z \le 0 \end{cases}
\operatorname{ReLU}'(z) = 0 \text{ for } z < 0
\operatorname{ReLU}(z) - \operatorname{ReLU}(-z) = z
\frac{\operatorname{ReLU}(h) - \operatorname{ReLU}(-h)}{2h} = \tfrac12
\operatorname{LeakyReLU}(z) = \max(\alpha z, z) \text{ for } \alpha \le 1
\operatorname{LeakyReLU}(z) = \max(0, z) + \alpha \min(0, z)
\operatorname{ELU}(z) = \begin{cases} z & z > 0 \\ \alpha (e^z - 1) & z \le 0 \end{cases}
\operatorname{ELU}'(z) = \operatorname{ELU}(z) + \alpha \text{ for } z < 0
\lim_{z \to -\infty} \operatorname{ELU}(z) = -\alpha
\operatorname{softplus}'(z) = \sigma(z)
\frac{d}{dz} f(g(z)) = f'(g(z))\, g'(z)
\left(\frac{u}{v}\right)' = \frac{u'v - uv'}{v^2}
(fg)' = f'g + fg'
g'(z) = \lim_{h \to 0} \frac{g(z + h) - g(z - h)}{2h}
\frac{dL}{dz} = \frac{dL}{da} \cdot \frac{da}{dz}
\frac{dL}{dw} = \frac{dL}{da}\, g'(z)\, x
\frac{da}{dz} = a(1 - a) \text{ with } a = \sigma(z)
\frac{1}{\sqrt{2\pi}} \approx 0.399
2^{10} = 1{,}024
""".strip().splitlines()

TRUE_TOGETHER = [
    r"""Write $u = 1 + e^{-z}$, so that $a = u^{-1}$.
    $$\begin{aligned}
    \frac{da}{dz} &= \frac{da}{du} \cdot \frac{du}{dz} && \text{(chain rule)} \\
    &= -\frac{1}{u^2} \cdot \left(-e^{-z}\right) \\
    &= \frac{1}{1 + e^{-z}} \cdot \frac{e^{-z}}{1 + e^{-z}} = a\,(1 - a)
    \end{aligned}$$""",
    r"""| value | local gradient |
    |---|---|
    | $p = -z$ | $\frac{dp}{dz} = -1$ |
    | $q = e^p$ | $\frac{dq}{dp} = q$ |
    | $r = q + 1$ | $\frac{dr}{dq} = 1$ |
    | $y = \frac{1}{r}$ | $\frac{dy}{dr} = -y^2$ |
    and so $\frac{dy}{dz} = (-y^2) \cdot 1 \cdot q \cdot (-1) = y(1 - y)$, $y = \sigma(z)$.""",
    r"""$z_1 = x w_1 + b_1$ and $a_1 = \tanh(z_1)$; $z_2 = a_1 w_2 + b_2$ and $a_2 = \sigma(z_2)$;
    $E = -\left(y \ln a_2 + (1 - y) \ln(1 - a_2)\right)$, $x = 3$, $w_1 = 2$, $b_1 = -5.5$ give
    $z_1 = \tfrac12$, and with $w_2 = 3$, $b_2 = -1$ we get $z_2 \approx 0.3864$; then
    $\frac{\partial E}{\partial z_2} = a_2 - y$,
    $\frac{\partial E}{\partial w_2} = a_1 \frac{\partial E}{\partial z_2}$,
    $\frac{\partial E}{\partial z_1} = (1 - a_1^2)\, w_2 \frac{\partial E}{\partial z_2}$.""",
    r"""For $z < 0$, $\operatorname{ReLU}'(z) = 0$. The slope is $\frac12 - x$ where
    $\frac{d}{dx} \frac{x(1 - x)}{2} = \frac12 - x$. A price of \$3, code `$a = 1$`, and
    <details>$\sigma(z) \to 1$ as $z \to \infty$.</details>""",
]


@pytest.mark.parametrize("formula", TRUE)
def test_accepts_a_true_formula_and_refuses_every_mutant(formula):
    assert not check_spans([Span(formula, "")])
    survivors = [m for m in mutants(formula) if not check_spans([Span(m, "")])]
    assert not survivors


@pytest.mark.parametrize("text", TRUE_TOGETHER)
def test_accepts_formulas_that_build_on_each_other_and_refuses_every_mutant(text):
    formulas = spans(text)
    assert not check_spans(formulas)
    for i, span in enumerate(formulas):
        for mutant in mutants(span.text):
            changed = [*formulas[:i], Span(mutant, ""), *formulas[i + 1 :]]
            assert check_spans(changed), f"{mutant} in the place of {span.text}"


WRONG = {
    "the reciprocal is missing": r"\sigma(z) = 1 + e^{-z}",
    "wrong sign below": r"\sigma(z) = \frac{1}{1 - e^{-z}}",
    "a factor is lost": r"\sigma'(z) = 1 - \sigma(z)",
    "z for the output": r"\sigma'(z) = z(1 - z)",
    "both signs lost": r"\tanh(z) = \frac{e^z - e^z}{e^z + e^z}",
    "sigmoid's rule for tanh": r"\tanh'(z) = \tanh(z)(1 - \tanh(z))",
    "the other side of the kink": r"\operatorname{ReLU}'(z) = 1 \text{ for } z < 0",
    "one in one place, zero in another": r"\operatorname{ReLU}'(0) = 1",
    "the central difference's value": r"\operatorname{ReLU}'(0) = \tfrac12",
    "another convention": r"\operatorname{ReLU}'(z) = "
    r"\begin{cases} 1 & z \ge 0 \\ 0 & z < 0 \end{cases}",
    "alpha taken as 1": r"\operatorname{ELU}'(z) = \operatorname{ELU}(z) + 1 \text{ for } z < 0",
    "alpha forgotten": r"\operatorname{ELU}(z) = "
    r"\begin{cases} z & z > 0 \\ e^z - 1 & z \le 0 \end{cases}",
    "not smooth": r"\lim_{z \to 0^-} \operatorname{ELU}'(z) = "
    r"\lim_{z \to 0^+} \operatorname{ELU}'(z)",
    "ELU saturates too": r"\lim_{z \to -\infty} \operatorname{ELU}'(z) = \alpha",
    "only for alpha up to 1": r"\operatorname{LeakyReLU}(z) = \max(\alpha z, z)",
    "the diagonal only": r"\frac{d}{dz_2} \frac{e^{z_1}}{e^{z_1} + e^{z_2}} = p(1 - p) "
    r"\text{ with } p = \frac{e^{z_1}}{e^{z_1} + e^{z_2}}",
    "closed interval": r"\sigma(z) \in [0, 1]",
    "too wide": r"\sigma(z) \in (-1, 1)",
    "true but not sharp": r"\sigma(z) < 2",
    "rounded wrongly": r"\sigma'(10) \approx 4.6 \times 10^{-5}",
    "equal only nearly": r"\sigma(40) = 1",
    "the limit elsewhere": r"\lim_{z \to \infty} \sigma(z) = 0",
    "no limit named": r"\sigma(z) \to 1",
    "a rule with the wrong sign": r"\left(\frac{u}{v}\right)' = \frac{u'v + uv'}{v^2}",
    "inner slope forgotten": r"\frac{d}{dz} f(g(z)) = f'(g(z))",
    "a link of the chain lost": r"\frac{dL}{dw} = \frac{dL}{da} \frac{dz}{dw}",
    "says nothing": r"\sigma'(z) = \sigma'(z)",
    "rows overlap": r"\operatorname{ReLU}(z) = \begin{cases} z & z > 0 \\ 0 & z \le 1 \end{cases}",
    "never used": r"u = 1 + e^{-z}",
    "equal to nothing": r"1 - a",
    "a point alone": r"z = -10",
    "cannot be read": r"p_i = \frac{e^{z_i}}{\sum_j e^{z_j}}",
    "a bracket too few": r"\sigma'(z) = \sigma(z)(1 - \sigma(z)",
}


@pytest.mark.parametrize("formula", WRONG.values(), ids=WRONG.keys())
def test_refuses_a_wrong_formula(formula):
    assert check_spans([Span(formula, "")])


def test_refuses_the_pre_activation_in_the_place_of_the_output():
    network = r"$z_1 = x w_1$, $a_1 = \tanh(z_1)$, $z_2 = a_1 w_2$: "
    slope = r"$\frac{\partial L}{\partial w_2} = %s \frac{\partial L}{\partial z_2}$"
    chain = r", $\frac{\partial z_2}{\partial w_1} = w_2 (1 - a_1^2) x$"
    assert not problems_in(network + slope % "a_1" + chain)
    assert problems_in(network + slope % "z_1" + chain)


def test_a_registry_formula_needs_no_other_confirmation():
    assert not problems_in(r"$g(z) = \max(0, z)$")
    assert problems_in(r"$g(z) = \max(0, -z)$")
    assert problems_in(r"$g(z) = \max(1, z)$")


def test_a_new_meaning_must_be_announced():
    first, second = (
        r"$a = \sigma(z)$, $\frac{da}{dz} = a(1 - a)$",
        (r"$a = \tanh(z)$, $\frac{da}{dz} = 1 - a^2$"),
    )
    assert problems_in(first, second)
    assert not check_spans(spans(first, "1") + spans(second, "2", ("a",)))


def test_a_number_holds_in_its_own_cell():
    assert not problems_in(r"$w = 2$, $x = 3$, $b = -1$: $w x + b = 5$")
    assert problems_in(r"$w = 2$, $x = 3$, $b = 1$: $w x + b = 5$")
    assert problems_in(r"$w = 2$, $x = 3$, $b = -1$", r"$w x + b = 5$")


def test_what_is_decided_by_hand_is_counted():
    text = r"$w \leftarrow w - \eta g$ and again $w \leftarrow w - \eta g$"
    table = {r"w \leftarrow w - \eta g": (2, "an assignment")}
    assert problems_in(text)
    assert not problems_in(text, by_hand=table)
    assert problems_in(text.replace("w - ", "w + ", 1), by_hand=table)
    assert problems_in(text, by_hand={r"w \leftarrow w - \eta g": (3, "an assignment")})
    assert problems_in("nothing", by_hand=table)


def test_finds_formulas_where_markdown_has_them():
    text = "`$a$` $b$ \\$5\n```\n$c$\n```\n| $|d|$ | $$e$$ |\n<!-- $f$ --> $$\ng\n$$ ``$h``"
    assert [s.text for s in spans(text)] == ["b", "|d|", "e", "g"]
    assert problems_in("one $ too many")


def test_reads_a_condition_beside_its_claim():
    assert [s.text for s in spans(r"$a = 0$ for all $z < 0$")] == [r"a = 0 \text{for} z < 0"]
    assert [s.text for s in spans(r"For $z < 0$, $a = 0$")] == [r"a = 0 \text{for} z < 0"]
    assert len(spans(r"$a = 0$ and for $z < 0$")) == 2


def notebook(*texts: str, output: str = "") -> dict:
    cells = [nbformat.v4.new_markdown_cell(text) for text in texts]
    stream = nbformat.v4.new_output("stream", name="stdout", text=output)
    return nbformat.v4.new_notebook(cells=[*cells, nbformat.v4.new_code_cell(outputs=[stream])])


def test_finds_signs_that_nobody_would_miss():
    sound = notebook(r"$\tanh(-z) = -\tanh(z)$", r"The slope is $-1$; $p = -z$, so $p' = -1$.")
    assert not check(sound)
    assert not unguarded(sound)
    loose = notebook(r"$c = w x + b$ gives $\frac{dc}{dw} = x$")
    assert not check(loose)
    assert [p.formula for p in unguarded(loose)] == ["c = w x + b"]


def test_a_measured_number_is_printed_by_a_cell():
    assert check(notebook(r"$r \approx -0.24$"))
    assert check(notebook(r"$r \approx -0.24$", output="0.2359"))
    assert not check(notebook(r"$r \approx -0.24$", output="-0.2359"))


def test_the_report_tells_an_author_what_to_do():
    text = report("notebooks/02_sigmoid", problems_in(r"$\sigma(z) = 1 + e^{-z}$"))
    assert "cell 0" in text
    assert r'r"\sigma(z) = 1 + e^{-z}": (1,' in text
