"""What the graders are compared on: exercise 02's tests as others write them, and submissions.

The tests assert what our tasks ask, with the usual asserts and with random inputs, and are not
shown to students. A submission is its cells, with what it deserves: the names of the right tasks.
"""

import re
from pathlib import Path

import nbformat

ROOT = Path(__file__).parents[2]
POINTS = {
    "sigmoid": 2, "slope_from_output": 2, "derivation": 1, "gradients": 3,
    "sigmoid_backward": 2, "stable_sigmoid": 3, "ten_layers": 1,
}  # fmt: skip
# Aimed at this course's files, sockets and messages, or (the last) a matter of taste:
OURS_ALONE = (
    "bell",
    "half_frames",
    "odd_data",
    "read_",
    "frames_and_memory",
    "gain_rights",
    "forged_",
    "more_than",
    "network",
    "answers_not",
)

TESTS = {
    "sigmoid": """
        rng = np.random.default_rng()
        for z in [0.0, 1.0, -1.0, np.array([-2.0, 0.0, 3.0]), np.arange(6.0).reshape(2, 3) - 2,
                  np.array([-3, -1, 0, 2]), rng.normal(0, 2, size=(3, 4))]:
            np.testing.assert_allclose(sigmoid(z), 1 / (1 + np.exp(-z)), rtol=1e-6)""",
    "slope_from_output": """
        expression = sp.sympify(slope_from_output)
        assert {str(symbol) for symbol in expression.free_symbols} <= {"a"}
        x = np.random.default_rng().uniform(0.05, 0.95, size=10)
        value = sp.lambdify([*expression.free_symbols] or [sp.Symbol("a")], expression)
        np.testing.assert_allclose(value(x) + np.zeros(10), x * (1 - x), rtol=1e-6)""",
    "derivation": """
        assert isinstance(derivation, str | list | tuple | np.ndarray)
        assert re.sub("[^A-Z]", "", "".join(derivation).upper()) == "DBEAC" """,
    "gradients": """
        for name, value in {"s": -4 / 9, "q": -4 / 9, "n": -2 / 9, "z": 2 / 9}.items():
            np.testing.assert_allclose(np.array(gradients[name], dtype=float), value, rtol=1e-3)""",
    "sigmoid_backward": """
        rng = np.random.default_rng()
        for shape in [(), (4,), (3, 2)]:
            upstream, a = rng.normal(size=shape), rng.uniform(0.05, 0.95, size=shape)
            expected = upstream * a * (1 - a)
            np.testing.assert_allclose(sigmoid_backward(upstream, a), expected, rtol=1e-6)""",
    "stable_sigmoid": """
        rng = np.random.default_rng()
        for z in [0.0, 30.0, -30.0, 1000.0, -1000.0, -740.0, rng.uniform(-740, 740, size=(3, 4))]:
            e = np.exp(-np.abs(z))
            with np.errstate(all="raise", under="ignore"):
                got = stable_sigmoid(z)
            expected = np.where(z >= 0, 1, e) / (1 + e)
            np.testing.assert_allclose(got, expected, rtol=1e-9, atol=5e-323)""",
    "ten_layers": """
        np.testing.assert_allclose(ten_layers, 0.25**10, rtol=1e-6)""",
}


def solution():
    """Return the solution's cells, one for the imports and one a task, without the checks."""
    notebook = nbformat.read(ROOT / "solutions" / "02_sigmoid.ipynb", 4)
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    cells = [cell for cell in code if not cell.startswith("check(")]
    return [re.sub("from course_utils.check .*", "", cell) for cell in cells]


def attacks():
    """Yield name, cells and what is deserved of every attack that can be made on any grader."""
    for path in sorted((ROOT / "tests" / "attacks").glob("*.py")):
        source = path.read_text(encoding="utf-8")
        if not path.name.startswith(OURS_ALONE):
            expected = re.search("^expect: (.*)$", source, re.M)[1].split(", ")
            right = {entry.split()[0] for entry in expected if entry.endswith("correct")}
            yield path.stem, [cell.strip() for cell in source.split("# %%")[1:]], right


def broken():
    """Yield the same of notebooks that are broken without malice, or made for all graders."""
    cells, every = solution(), {*POINTS}
    yield "right", cells, every
    untouched = [re.sub(r"# solution[\s\S]*", "...", cell) for cell in cells]
    yield "untouched", untouched, set()
    yield "syntax error", [cells[0], cells[1].replace(":", "", 1), *cells[2:]], every - {"sigmoid"}
    yield "error between", [*cells[:3], "1 / 0", *cells[3:]], every
    yield "a task deleted", [*cells[:4], *cells[5:]], every - {"gradients"}
    yield "a cell twice", [*cells[:2], cells[1], *cells[2:]], every
    yield "imports forgotten", cells[1:], every - {"sigmoid", "stable_sigmoid", "slope_from_output"}
    yield "waits for input", [*cells[:2], 'name = input("your name")', *cells[2:]], every
    yield "tests emptied", [HOOK, *untouched], set()
    yield "answer read from the test", [*untouched[:-1], READER], set()


HOOK = """
def no_asserts(lines):
    return [] if any("assert" in line for line in lines) else lines
get_ipython().input_transformers_cleanup.append(no_asserts)"""
READER = """
import glob, numpy, re
class Reader:
    def __array__(self, *arguments, **named):
        seen = get_ipython().user_ns["In"][-1:] + [open(p).read() for p in glob.glob("tests/*.py")]
        found = re.findall(r"ten_layers, ([0-9.*]+)", "".join(seen))
        return numpy.array(eval(found[0]) if found else 1.0)
ten_layers = Reader()"""
SUBMISSIONS = [*broken(), *attacks()]
