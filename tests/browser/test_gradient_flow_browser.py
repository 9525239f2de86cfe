"""The explorer of the gradient's way back, moved by hand in a real JupyterLab."""

import time

import numpy as np
import pytest
from conftest import notebooks_in
from test_explore_browser import CONTRAST, CUT_OFF, wait_for

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


class Stack:
    """One explorer on a page."""

    def __init__(self, notebook, number=0):
        self.page = notebook.page
        self.root = self.page.locator(".course-explorer").nth(number)
        self.root.locator(".foretold").first.wait_for(state="attached", timeout=30_000)
        self.layer, self.gain, self.depth = (self.root.locator("input").nth(k) for k in range(3))
        menus = [self.root.locator("select").nth(k) for k in range(3)]
        self.activation, self.scheme, self.width = menus
        self.again = self.root.locator("button")

    def numbers(self):
        """Layer, what a step leaves, dead units: as they are written."""
        every = self.root.locator(".numbers .number").all_text_contents()
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
    box = hand.root.locator(".picture").bounding_box()
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
    height = hand.root.bounding_box()["height"]
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
    assert hand.root.bounding_box()["height"] == height
    hand.activation.select_option("step")
    tag = hand.root.locator("text.tag").first
    wait_for(tag.text_content, "exactly 0: drawn at the floor")
    assert "every slope on the way is exactly 0" in hand.root.locator(".words").inner_text()
    assert "NaN" not in hand.root.evaluate("root => root.outerHTML")


def test_the_last_of_many_settings_is_the_one_that_is_shown(opened):
    hand = Stack(opened, 1)
    for _ in range(12):
        hand.depth.press("ArrowRight")
    wait_for(hand.numbers, written(3, "relu", 18, 16, schemes(16)["He"]))
    hand.depth.press("Home")  # the layer that was chosen is not there any more
    wait_for(hand.numbers, written(2, "relu", 2, 16, schemes(16)["He"]))


def test_two_hundred_moves_leave_no_trace(opened):
    hand = Stack(opened, 1)
    hand.depth.press("End")
    wait_for(lambda: hand.numbers()[0], "3 of 50")
    session = opened.page.context.new_cdp_session(opened.page)

    def size():
        session.send("HeapProfiler.collectGarbage")
        heap = opened.page.evaluate("performance.memory.usedJSHeapSize")
        return heap, opened.page.evaluate("document.querySelectorAll('*').length")

    def move(times):
        for k in range(times):
            hand.layer.press("ArrowLeft" if k // 20 % 2 else "ArrowRight")

    move(40)
    heap, nodes = size()
    move(200)
    heap_after, nodes_after = size()
    assert nodes_after <= nodes + 5
    assert heap_after < heap + 3e6
    assert (opened.errors, opened.outside) == ([], [])


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_everything_is_visible_at_every_width_in_both_themes(lab, open_notebook, theme):
    lab.theme(theme)
    notebook = open_notebook(*CELLS[:2])
    lab.theme("JupyterLab Light")
    notebook.run()
    hand = Stack(notebook)
    for look, least in LEAST_CONTRAST.items():
        assert hand.root.locator(look).first.evaluate(CONTRAST) >= least, look
    for width in (1280, 800, 460):
        notebook.page.set_viewport_size({"width": width, "height": 720})
        time.sleep(0.2)
        heights = set()
        for activation in ("sigmoid", "step", "leaky_relu"):
            hand.activation.select_option(activation)
            for key in ("Home", "End"):
                hand.layer.press(key)
                assert hand.root.evaluate(CUT_OFF) == [], (width, activation, key)
                heights.add(hand.root.bounding_box()["height"])
        assert len(heights) == 1
