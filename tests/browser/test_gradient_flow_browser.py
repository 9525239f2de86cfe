"""The explorer of the gradient's way back, moved by hand in a real JupyterLab."""

import numpy as np
import pytest
from conftest import notebooks_in
from explorers import OnPage, leaves_no_trace, themes, too_faint, wait_for, widths

from course_utils.explore.gradient_flow import FLOWS, flow, schemes

CELLS = (
    "from course_utils.explore import explore_gradient_flow",
    "first = explore_gradient_flow()\nfirst",
    "second = explore_gradient_flow(activation='relu', gain='He', depth=6, width=16, layer=3)\n"
    "second",
)
LEAST_CONTRAST = {
    "path.curve.value": 3,
    "path.weights": 3,
    "path.foretold": 3,
    "text.tag.value": 4.5,
    "text.below": 4.5,
    ".legend span span": 4.5,
    ".numbers .maths": 4.5,
    ".words": 4.5,
}


class Stack(OnPage):
    """One explorer on a page."""

    drawn = ".foretold"

    def __init__(self, notebook, number=0):
        super().__init__(notebook, number)
        self.layer, self.gain, self.depth = (self.root.locator("input").nth(k) for k in range(3))
        menus = [self.root.locator("select").nth(k) for k in range(3)]
        self.activation, self.scheme, self.width = menus
        self.again = self.root.locator("button")

    def numbers(self):
        """Layer, what a step leaves, dead units: as they are written."""
        every = super().numbers()
        return [every[0], every[4], every[6]]


def written(layer, activation="sigmoid", depth=20, width=64, gain=1.0, seed=0):
    """The numbers as the readout should write them."""
    found = flow(FLOWS[activation], depth=depth, width=width, gain=gain, seed=seed)
    left, dead = np.median(found.left()[:, layer - 1]), found.dead[:, layer - 1].mean()
    step = "—" if np.isnan(left) else f"{left:.{3 if left < 0.095 else 2}f}"
    return [f"{layer} of {depth}", step, f"{100 * dead:.0f} %"]


@pytest.fixture(scope="module")
def opened(lab, chromium):
    """One notebook with two explorers, which the tests below take turns with."""
    with notebooks_in(lab, chromium) as open_it:
        notebook = open_it(*CELLS, path="gradient_flow.ipynb")
        notebook.run()
        Stack(notebook, 1)
        yield notebook


def test_the_layer_is_moved_by_keys_and_by_hand(opened):
    hand, other = Stack(opened), Stack(opened, 1)
    assert hand.numbers() == written(1)
    for key in ("ArrowRight", "ArrowUp", "PageUp", "ArrowLeft"):
        hand.layer.press(key)
    assert hand.numbers() == written(7)
    wait_for(lambda: opened.ask("[first.layer, second.layer]"), [7, 3])
    hand.layer.press("End")
    hand.layer.press("ArrowRight")
    assert hand.numbers() == written(20)
    box = hand.picture.bounding_box()
    inner = box["width"] - 70  # between the axes' ends, 54 and 16 px inside
    opened.page.mouse.move(box["x"] + 54 + inner, box["y"] + 100)
    opened.page.mouse.down()
    opened.page.mouse.move(box["x"] + 54 + inner * 9 / 19, box["y"] + 120, steps=6)
    opened.page.mouse.up()
    assert hand.numbers() == written(10)
    assert other.numbers() == written(3, "relu", 6, 16, 2**0.5)
    hand.layer.press("Home")
    assert hand.numbers() == written(1)


def test_what_needs_new_networks_is_asked_of_the_kernel(opened):
    hand = Stack(opened)
    hand.layer.press("Home")
    height = hand.height()
    hand.activation.select_option("tanh")
    wait_for(hand.numbers, written(1, "tanh"))
    hand.scheme.select_option("N(0, 1)")
    wait_for(hand.numbers, written(1, "tanh", gain=8.0))
    hand.width.select_option("16")  # and the gain follows: N(0, 1) is another one there
    wait_for(hand.numbers, written(1, "tanh", width=16, gain=4.0))
    assert hand.scheme.input_value() == "N(0, 1)"
    hand.depth.press("PageUp")
    wait_for(hand.numbers, written(1, "tanh", depth=30, width=16, gain=4.0))
    hand.again.press("Enter")
    wait_for(hand.numbers, written(1, "tanh", depth=30, width=16, gain=4.0, seed=5))
    hand.scheme.select_option("He")
    hand.gain.press("ArrowRight")
    gain = opened.ask("first.data['gains'][first.data['gains'].index(2**0.5) + 1]")
    wait_for(hand.numbers, written(1, "tanh", depth=30, width=16, gain=gain, seed=5))
    assert hand.scheme.input_value() == ""
    wait_for(lambda: opened.ask("first.settings()"), {
        "activation": "tanh", "gain": gain, "depth": 30, "width": 16, "seed": 5})  # fmt: skip
    assert hand.height() == height
    hand.activation.select_option("step")
    tag = hand.root.locator("text.tag").first
    wait_for(tag.text_content, "exactly 0: drawn at the floor")
    assert "every slope on the way is exactly 0" in hand.words()
    assert "NaN" not in hand.root.evaluate("root => root.outerHTML")


def test_the_last_of_many_settings_is_the_one_that_is_shown(opened):
    hand = Stack(opened, 1)
    for _ in range(12):
        hand.depth.press("ArrowRight")
    wait_for(hand.numbers, written(3, "relu", 18, 16, schemes(16)["He"]))
    hand.depth.press("Home")  # the layer that was chosen is not there any more
    wait_for(hand.numbers, written(2, "relu", 2, 16, schemes(16)["He"]))


def test_five_hundred_moves_leave_no_trace(opened):
    hand = Stack(opened, 1)
    hand.depth.press("End")
    wait_for(lambda: hand.numbers()[0], "3 of 50")

    def move(times):
        for k in range(times):
            hand.layer.press("ArrowLeft" if k // 20 % 2 else "ArrowRight")

    leaves_no_trace(opened, move)


def test_everything_is_visible_at_every_width_in_both_themes(opened):
    hand = Stack(opened)
    hand.activation.select_option("sigmoid")
    wait_for(lambda: "exactly 0" in hand.picture.text_content(), False)
    for theme in themes(opened):
        assert too_faint(hand, LEAST_CONTRAST) == {}, theme
    for width in widths(opened):
        heights = set()
        for activation in ("sigmoid", "step", "leaky_relu"):
            hand.activation.select_option(activation)
            for key in ("Home", "End"):
                hand.layer.press(key)
                assert hand.cut_off() == [], (width, activation, key)
                heights.add(hand.height())
        assert len(heights) == 1
