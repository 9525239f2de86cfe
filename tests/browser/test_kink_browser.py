"""The explorer of a corner, moved by hand in a real JupyterLab."""

import time

import numpy as np
import pytest
from conftest import notebooks_in
from explorers import OnPage, leaves_no_trace, themes, too_faint, wait_for, widths

from course_utils.activations import ACTIVATIONS
from course_utils.explore import secant_slopes

IMPORTS = """from course_utils.activations import *
from course_utils.explore import explore_kink"""
CHOOSE = "first = explore_kink(choices=ACTIVATIONS)\nfirst"
SECOND = "second = explore_kink(elu, h=0.1, zoom=True)\nsecond"
LEAST_CONTRAST = {
    "path.value": 3,
    "path.third": 3,
    "path.slope": 3,
    "text.tag.third": 4.5,
    "text.tag.slope": 4.5,
    "text.below": 4.5,
    "div.fourth": 4.5,
    ".numbers .maths": 4.5,
    ".words": 4.5,
}


def digits(x):
    """A number as ``digits`` in ``page/numbers.js`` writes it."""
    short = float(f"{x:.5g}")
    if abs(short - x) <= 1e-15 * abs(x):
        return np.format_float_positional(short, trim="-")
    if abs(x) >= 1e-4:
        return f"{x:#.5g}"
    mantissa, _, exponent = f"{x:.4e}".partition("e")
    return f"{mantissa}e{int(exponent):+d}"


def written(name, h, share=0.0, **parameters):
    """The numbers as the readout should write them."""
    g = ACTIVATIONS[name].with_parameters(**parameters)
    left, right = (float(slope) for slope in secant_slopes(g, h))
    ends = [float(g.derivative(z)) for z in (-1e-300, 1e-300)]
    at_zero = ends[0] + share * (ends[1] - ends[0])
    h = np.format_float_positional(h, trim="-")
    return [h, *map(digits, (left, right, right - left, at_zero))]


class Hand(OnPage):
    """One explorer on a page, with its controls."""

    drawn = ".secant"

    def __init__(self, notebook, number=0):
        super().__init__(notebook, number)
        self.h = self.root.locator(".drawing > .slider input")
        self.share = self.root.get_by_label("share")
        self.alpha = self.root.locator(".stack .slider:not([hidden]) input")
        self.zoom = self.root.get_by_label("zoom with h")
        self.function = self.root.locator("select")

    def press(self, *keys, on=None):
        for key in keys:
            (on or self.h).press(key)


@pytest.fixture(scope="module")
def opened(chromium, lab):
    """One notebook with two explorers, which the tests below take turns with."""
    with notebooks_in(lab, chromium) as open_it:
        notebook = open_it(IMPORTS, CHOOSE, SECOND, path="kink.ipynb")
        notebook.run()
        yield notebook


def test_keys_close_the_secants_and_python_hears_of_it(opened):
    hand, other = Hand(opened), Hand(opened, 1)
    assert hand.numbers() == written("relu", 1.0)
    hand.press("ArrowLeft", "PageDown", "Shift+ArrowLeft")
    assert hand.numbers() == written("relu", 0.008)
    wait_for(lambda: opened.ask("first.h"), 0.008)
    hand.press("ArrowUp", on=hand.share)
    hand.press("PageUp", on=hand.share)
    assert hand.numbers() == written("relu", 0.008, share=0.3)
    hand.press("Home", "ArrowLeft")
    assert hand.numbers() == written("relu", 1e-6, share=0.3)
    wait_for(lambda: opened.ask("[first.h, first.share, first.slope_at_zero()]"), [1e-6, 0.3, 0.3])
    assert other.numbers() == written("elu", 0.1)
    assert hand.h.get_attribute("aria-valuetext") == "h = 0.000001"
    wait_for(lambda: "from the right 1, slope at 0 in code 0.3" in hand.said(), True)
    assert "ReLU near 0" in hand.picture.get_attribute("aria-label")


def test_a_hand_that_is_faster_than_the_kernel_keeps_what_it_set(opened):
    hand = Hand(opened)
    hand.press("Home")
    hand.root.evaluate(
        """(root) => {
            const menu = root.querySelector('select');
            menu.value = 'elu';
            menu.dispatchEvent(new Event('change'));
            const alpha = root.querySelectorAll('.stack .slider:not([hidden]) input')[0];
            alpha.dispatchEvent(new KeyboardEvent('keydown', { key: 'PageUp', bubbles: true }));
        }"""
    )
    assert hand.numbers() == written("elu", 1e-6, alpha=1.5)
    wait_for(lambda: opened.ask("[first.function, first.alpha]"), ["elu", 1.5])
    assert hand.numbers() == written("elu", 1e-6, alpha=1.5)


def test_each_function_shows_what_it_is(opened):
    hand = Hand(opened)
    height = hand.height()
    for name, h, words, fans in (
        ("step", "Home", "A jump, not a corner", 0),
        ("sigmoid", "Home", "No corner: as h closes on 0, both slopes close on 0.25", 0),
        ("tanh", "End", "No corner", 0),
        ("leaky_relu", "End", "slope 0.01 on the left, 1 on the right. Every line", 1),
        ("elu", "Home", "No corner: as h closes on 0, both slopes close on 1", 0),
    ):
        hand.function.select_option(name)
        hand.press(h)
        assert hand.numbers() == written(name, 1e-6 if h == "Home" else 2.0)
        assert words in hand.words()
        assert hand.root.locator(".fan").count() == fans
        assert hand.share.is_disabled() == (not fans)
        assert hand.height() == height
    hand.press("PageUp", on=hand.alpha)
    assert hand.numbers() == written("elu", 1e-6, alpha=1.5)
    assert "slope 1.5 on the left, 1 on the right. It points upwards" in hand.words()
    wait_for(lambda: opened.ask("[first.function, first.alpha, first.share]"), ["elu", 1.5, 0])
    assert hand.height() == height
    opened.ask("[setattr(first, 'function', 'relu'), setattr(first, 'h', 0.5)]")
    wait_for(hand.numbers, written("relu", 0.5))


def test_with_the_zoom_a_corner_stays_and_elu_becomes_straight(opened):
    hand, other = Hand(opened), Hand(opened, 1)
    opened.ask("[setattr(first, 'function', 'relu'), setattr(first, 'h', 1.0)]")
    wait_for(hand.numbers, written("relu", 1.0))

    def graph(of):
        return of.root.locator("path.curve.value").get_attribute("d")

    far = graph(hand)
    hand.zoom.press("Space")
    wait_for(lambda: opened.ask("first.zoom"), True)
    assert "a − g(0)" in hand.picture.text_content()
    hand.press("PageDown", "PageDown", "PageDown")
    assert "ReLU near 0, magnified 1,000 times" in hand.picture.text_content()
    kept = [x.split()[-1] for x in (far.split("L")[-1], graph(hand).split("L")[-1])]
    ends = {line.split("L")[0] for line in (far, graph(hand))}
    assert len(ends) == 1 and kept[0] == kept[1], "the picture of a corner is the same"
    assert "corner, at every magnification" in hand.words()
    points = other.root.locator("circle.dot.third").first
    other.press("End")
    bent = float(points.get_attribute("cy"))
    other.press("Home")
    straight = float(points.get_attribute("cy"))
    middle = float(other.root.locator("circle.dot.value").get_attribute("cy"))
    right = float(other.root.locator("circle.dot.slope").first.get_attribute("cy"))
    assert straight - middle == pytest.approx(middle - right, abs=0.01)
    assert abs(bent - straight) > 10
    hand.zoom.press("Space")


def test_pulls_and_play_end_at_a_position(opened):
    hand = Hand(opened)
    opened.ask("[setattr(first, 'function', 'tanh'), setattr(first, 'zoom', False)]")
    wait_for(lambda: hand.function.input_value(), "tanh")
    hand.picture.scroll_into_view_if_needed()
    box = hand.picture.bounding_box()
    width = box["width"] - 54 - 16
    x = box["x"] + 54 + width * np.log10(0.01 / 1e-6) / np.log10(2 / 1e-6)
    opened.page.mouse.move(box["x"] + 54 + width, box["y"] + 370)
    opened.page.mouse.down()
    opened.page.mouse.move(x, box["y"] + 370, steps=6)
    opened.page.mouse.up()
    wait_for(lambda: 0.0085 < float(hand.numbers()[0]) < 0.012, True)
    assert hand.h.evaluate("input => input === document.activeElement")
    h = float(hand.numbers()[0])
    assert hand.numbers() == written("tanh", h)
    wait_for(lambda: opened.ask("first.h"), h)
    opened.page.mouse.click(box["x"] + 54 + width, box["y"] + 100)  # in the graph, far right
    assert hand.numbers() == written("tanh", 2.0)
    play = hand.root.locator("button")
    play.click()
    time.sleep(0.6)
    play.click()
    stopped = float(hand.numbers()[0])
    assert 1e-4 < stopped < 2
    wait_for(lambda: opened.ask("first.h"), stopped)
    opened.ask("first.set_trait('h', 1.25e-06)")
    wait_for(lambda: hand.numbers()[0], "0.00000125")
    play.click()
    wait_for(lambda: play.inner_text(), "▶ Play")
    assert hand.numbers() == written("tanh", 1e-6)


def test_five_hundred_moves_leave_no_trace(opened):
    hand = Hand(opened)

    def move(times):
        for k in range(times):
            hand.press("ArrowRight" if k // 20 % 2 else "ArrowLeft")

    hand.zoom.check()
    leaves_no_trace(opened, move)
    hand.zoom.uncheck()


def test_everything_is_visible_at_every_width_in_both_themes(opened):
    hand = Hand(opened)
    opened.ask("[setattr(first, 'function', 'relu'), setattr(first, 'h', 1.0)]")
    wait_for(hand.numbers, written("relu", 1.0))
    for theme in themes(opened):
        assert too_faint(hand, LEAST_CONTRAST) == {}, theme
    for width in widths(opened):
        for name, h in (("step", "Home"), ("elu", "End"), ("sigmoid", "End")):
            hand.function.select_option(name)
            hand.press(h)
            time.sleep(0.1)
            assert hand.cut_off() == [], (width, name, h)
    assert opened.errors == []
