"""The explorers without a browser: their data, read as the page reads it, and their errors."""

import base64
import json
import re

import mpmath
import numpy as np
import pytest

from course_utils.activations import ACTIVATIONS, elu, leaky_relu, relu, sigmoid, tanh
from course_utils.explore import ALPHAS, FROM_OUTPUT, Explorer, explore_activation, page_code
from course_utils.explore.base import PAGE, PARTS

FIVE_DIGITS = 2e-6  # of the value: half a unit of the fifth digit is 5e-6 or more
WIDGET = "application/vnd.jupyter.widget-view+json"


class Reader:
    """The rule by which ``between`` in ``page/numbers.js`` reads between samples, in Python."""

    def __init__(self, data, name, alpha=None):
        self.step, f = data["step"], data["functions"][name]
        flat = np.frombuffer(base64.b64decode(f["curves"]), "<f8")
        at_zero = np.array(f["at_zero"])
        family = flat.reshape(len(at_zero), 3, 2, -1)
        if alpha is None:
            self.curves, self.at_zero = family[0], at_zero[0]
            return
        low, high, _ = f["alphas"]
        at = (alpha - low) / (high - low) * (len(family) - 1)
        k = min(int(at), len(family) - 2)
        self.curves, self.at_zero = (
            below + (at - k) * (above - below)
            for below, above in ((family[k], family[k + 1]), (at_zero[k], at_zero[k + 1]))
        )

    def __call__(self, z):
        u = abs(z) / self.step
        if abs(u - round(u)) < 1e-9:
            u = round(u)
        if u == 0:
            return self.at_zero
        return np.array([self.between(side[int(z > 0)], u) for side in self.curves])

    @staticmethod
    def between(y, u):
        i = min(max(int(np.floor(u)) - 1, 0), len(y) - 4)
        t = u - i - np.arange(4)
        return (
            -y[i] * t[1] * t[2] * t[3] / 6
            + y[i + 1] * t[0] * t[2] * t[3] / 2
            - y[i + 2] * t[0] * t[1] * t[3] / 2
            + y[i + 3] * t[0] * t[1] * t[2] / 6
        )


def settings():
    """Every function, at its own alpha, at the ends of its slider, and off the samples."""
    for name in ACTIVATIONS:
        low, high, step = ALPHAS.get(name, (None, None, None))
        for alpha in [None] if low is None else [low, step, 0.237, high]:
            yield name, alpha


def on_the_slider(span, step):
    return [round(k * step, 9) for k in range(-round(span / step), round(span / step) + 1)]


@pytest.mark.parametrize(("name", "alpha"), list(settings()))
@pytest.mark.parametrize("span", [6, 10, 40])
def test_what_is_read_is_right_to_the_digits_shown(name, alpha, span):
    g = ACTIVATIONS[name]
    parameters = {} if alpha is None else {"alpha": alpha}
    data = explore_activation(g, span=span, **parameters).data
    reader = Reader(data, name, alpha)
    off = np.random.default_rng(7).uniform(-span, span, 400)
    near = [1e-6, -1e-6, data["step"] / 3, -data["step"] / 3, span - 1e-4, 1e-4 - span, 0.0]
    for z in [*off, *near, *on_the_slider(span, data["step"])[::7]]:
        a = g(z, **parameters)
        read = reader(z)
        np.testing.assert_allclose(read[0], a, rtol=FIVE_DIGITS, atol=1e-11)
        slope = g.derivative(z, **parameters)
        np.testing.assert_allclose(read[1], slope, rtol=FIVE_DIGITS, atol=0)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_at_every_position_of_the_slider_the_numbers_are_those_of_python(name):
    g, data = ACTIVATIONS[name], explore_activation(name).data
    reader = Reader(data, name, data["functions"][name]["alpha"])
    for z in on_the_slider(6, 0.01):
        a = g(z)
        expected = [a, g.derivative(z), g.derivative_from_output(a)]
        np.testing.assert_allclose(reader(z), expected, rtol=1e-13, atol=1e-15)


def test_far_out_the_slopes_read_are_those_of_fifty_digits():
    data = explore_activation(sigmoid, choices=[sigmoid, tanh], span=40).data
    with mpmath.workdps(50):
        for z in (-39.987, -12.3456, 25.00001, 38.3):
            slope = mpmath.exp(-abs(z)) / (1 + mpmath.exp(-abs(z))) ** 2
            assert Reader(data, "sigmoid")(z)[1] == pytest.approx(float(slope), rel=FIVE_DIGITS)
            slope = mpmath.sech(z) ** 2
            assert Reader(data, "tanh")(z)[1] == pytest.approx(float(slope), rel=FIVE_DIGITS)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_each_side_begins_with_its_own_limit_and_zero_has_the_kink_tables(name):
    data = explore_activation(name).data
    reader = Reader(data, name, data["functions"][name]["alpha"])
    kink = ACTIVATIONS[name].kink
    if kink:
        assert reader.curves[1, :, 0].tolist() == pytest.approx([kink.left, kink.right])
        assert reader.at_zero.tolist() == [kink.value, kink.at_zero, kink.at_zero]
        assert data["functions"][name]["why_at_zero"] == kink.why
    else:
        assert np.ptp(reader.curves[:, :, 0], axis=1) == pytest.approx(0, abs=1e-15)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_rule_that_is_shown_gives_the_slope_from_the_output(name):
    g = ACTIVATIONS[name]
    for z in (-3.0, -0.5, 0.0, 0.5, 3.0):
        a = float(g(z))
        shown = eval(FROM_OUTPUT[name], {"a": a, **g.parameters})
        assert shown == pytest.approx(float(g.derivative_from_output(a)), rel=1e-15)


@pytest.mark.parametrize(("name", "alpha"), list(settings()))
def test_the_axes_hold_every_curve_of_the_family(name, alpha):
    data = explore_activation(name).data
    reader = Reader(data, name, alpha)
    for quantity, (low, high) in enumerate(data["functions"][name]["limits"]):
        assert low < reader.curves[quantity].min() <= reader.curves[quantity].max() < high


def test_data_survives_json_and_is_the_same_every_time():
    first, second = (explore_activation(elu, choices=ACTIVATIONS, alpha=0.5) for _ in range(2))
    assert json.dumps(first.data) == json.dumps(second.data)
    again = json.loads(json.dumps(first.data))
    assert Reader(again, "elu", 0.5)(-1.0)[0] == pytest.approx(0.5 * np.expm1(-1), rel=1e-14)
    assert again["state"] == {"z": 1.5, "function": "elu", "alpha": 0.5}
    assert list(again["functions"]) == list(ACTIVATIONS)


def test_the_output_is_the_same_every_time_but_for_the_views_number():
    bundles = []
    for _ in range(2):
        bundle, metadata = explore_activation(sigmoid)._repr_mimebundle_()
        assert bundle.pop(WIDGET)["model_id"]
        bundles.append((bundle, metadata))
    assert bundles[0] == bundles[1]
    bundle, metadata = bundles[0]
    alt = "sigmoid above its slope: at z = 1.5, a = 0.8176 and the slope is 0.1491"
    assert bundle["text/plain"] == f"[explorer] {alt}"
    assert bundle["text/html"].startswith(f'<img alt="{alt}"')
    assert metadata["text/html"] == {"alt": alt}


def test_the_static_picture_follows_the_state():
    explorer = explore_activation(relu, choices=[relu, elu], z=-2)
    explorer.function, explorer.z, explorer.alpha = "elu", -1.0, 0.5
    assert repr(explorer) == (
        "[explorer] ELU with alpha = 0.5 above its slope: "
        "at z = -1, a = -0.3161 and the slope is 0.1839"
    )


def test_an_alpha_that_the_page_sends_with_a_new_function_is_kept():
    explorer = explore_activation(choices=ACTIVATIONS)
    explorer.set_state({"function": "elu", "alpha": 1.5, "z": 2.0})
    assert (explorer.function, explorer.alpha, explorer.z) == ("elu", 1.5, 2.0)
    explorer.set_state({"function": "tanh"})
    assert explorer.alpha is None


def test_alpha_begins_anew_with_each_function():
    explorer = explore_activation(leaky_relu, choices=ACTIVATIONS, alpha=0.2)
    alphas = {}
    for name in ("elu", "sigmoid", "leaky_relu"):
        explorer.function = name
        alphas[name] = explorer.alpha
    assert alphas == {"elu": 1.0, "sigmoid": None, "leaky_relu": 0.2}


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"activation": "softplus"}, ValueError, "no activation 'softplus': choose one of step,"),
        ({"choices": ["relu", "swish"]}, ValueError, "no activation 'swish'"),
        ({"z": 7}, ValueError, "z = 7 lies outside -6 to 6: choose z inside, or a larger span"),
        ({"z": float("nan")}, ValueError, "z = nan lies outside"),
        ({"span": 0.5}, ValueError, "span = 0.5 is out of range: choose one from 1 to 40"),
        ({"span": 41}, ValueError, "span = 41 is out of range"),
        ({"alpha": 0.2}, TypeError, "sigmoid has no parameter alpha"),
        ({"activation": elu, "alpha": -0.5}, ValueError, "alpha = -0.5 lies outside 0 to 2"),
        ({"activation": elu, "alpha": 2.5}, ValueError, "alpha = 2.5 lies outside 0 to 2"),
        ({"activation": elu, "beta": 1}, TypeError, "elu has no parameter beta"),
    ],
)
def test_unusable_arguments_are_refused_with_a_way_out(arguments, error, words):
    with pytest.raises(error, match=re.escape(words)):
        explore_activation(**arguments)


def test_unusable_states_are_refused_and_change_nothing():
    explorer = explore_activation(sigmoid, choices=[sigmoid, tanh])
    for name, value in (("z", 6.5), ("function", "elu"), ("alpha", 0.5)):
        before = getattr(explorer, name)
        with pytest.raises(ValueError, match=r"outside|no function|no alpha"):
            setattr(explorer, name, value)
        assert getattr(explorer, name) == before


def test_the_page_code_is_one_module_of_all_parts():
    code = page_code()
    assert {path.stem for path in PAGE.glob("*.js")} == set(PARTS)
    assert not re.search(r"^import\b", code, re.MULTILINE)
    exports = re.findall(r"^export .*", code, re.MULTILINE)
    assert len(exports) == 2 and exports[0].startswith("export function mount(")
    names = re.findall(r"^(?:async )?(?:function|const|let|class) (\w+)", code, re.MULTILINE)
    assert len(names) == len(set(names)), "two parts use one name"


@pytest.mark.parametrize("part", PARTS)
def test_each_part_imports_what_it_uses_from_parts_before_it(part):
    text = (PAGE / f"{part}.js").read_text(encoding="utf-8")
    found = re.findall(r"^import \{([^}]*)\} from \"./(\w+)\.js\";$", text, re.MULTILINE)
    assert len(found) == len(re.findall(r"^import", text, re.MULTILINE))
    imported = [name.strip() for names, _ in found for name in names.split(",") if name.strip()]
    assert all(PARTS.index(source) < PARTS.index(part) for _, source in found)
    body = re.sub(r"^import [^;]*;\n", "", text, flags=re.MULTILINE)
    assert [name for name in imported if not re.search(rf"\b{name}\b", body)] == []
    for names, source in found:
        exported = (PAGE / f"{source}.js").read_text(encoding="utf-8")
        for name in filter(None, map(str.strip, names.split(","))):
            assert re.search(rf"^export (?:function|const) {name}\b", exported, re.MULTILINE)


@pytest.mark.parametrize("path", sorted(PAGE.iterdir()), ids=lambda path: path.name)
def test_the_page_code_loads_nothing(path):
    code = path.read_text(encoding="utf-8")
    addresses = re.findall(r"(?:https?:)?//[\w.-]+\.\w[^\s\"'`]*", code)
    assert set(addresses) <= {"http://www.w3.org/2000/svg"}  # a name, never fetched
    assert not re.search(r"@import|url\(|import\(|fetch\(|XMLHttp", code)


def test_every_control_keeps_its_keys_from_jupyterlab():
    controls = re.findall(r'make\("(?:input|button|select)", \{[^}]*', page_code())
    assert len(controls) >= 5
    assert all("...OWN_KEYS" in control for control in controls)


def test_a_question_gets_an_answer_even_if_it_is_an_error(monkeypatch):
    class Doubler(Explorer):
        def answer(self, number):
            return {"twice": 2 * number}

    explorer, sent = Doubler(), []
    monkeypatch.setattr(explorer, "send", sent.append)
    explorer._hear(explorer, {"ask": "a", "question": {"number": 4}}, [])
    explorer._hear(explorer, {"ask": "b", "question": {"number": None}}, [])
    explorer._hear(explorer, {"ask": "c", "question": {"what": 1}}, [])
    assert sent[0] == {"answer": "a", "twice": 8}
    assert [message["answer"] for message in sent] == ["a", "b", "c"]
    assert all(message["problem"] for message in sent[1:])
