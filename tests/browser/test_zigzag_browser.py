"""The explorer of the walk in the weight plane, moved by hand in a real JupyterLab."""

import time

import numpy as np
import pytest
from conftest import notebooks_in
from explorers import OnPage, leaves_no_trace, themes, too_faint, wait_for, widths

from course_utils.explore.zigzag import STEPS, measured, walk

CELLS = (
    "from course_utils.explore import explore_zigzag",
    "first = explore_zigzag()\nfirst",
    "second = explore_zigzag(inputs='tanh', rate=2.0, batch=4, step=0)\nsecond",
)
LEAST_CONTRAST = {
    "path.track": 3,
    "text.tag.slope": 4.5,
    "text.below": 4.5,
    ".legend span span": 4.5,
    ".numbers .maths": 4.5,
    ".words": 4.5,
}


class Walker(OnPage):
    """One explorer on a page; its numbers are loss, next step, angle, detour and share."""

    drawn = ".picture .track"

    def __init__(self, notebook, number=0):
        super().__init__(notebook, number)
        self.step, self.rate = (self.root.locator("input").nth(k) for k in (0, 1))
        self.inputs, self.batch = (self.root.locator("select").nth(k) for k in (0, 1))
        self.play, self.again = (self.root.locator("button").nth(k) for k in (0, 1))


def written(step, inputs="sigmoid", rate=0.5, batch=1, seed=0):
    """The last three numbers as the readout should write them."""
    path = walk(inputs, rate=rate, batch=batch, seed=seed, steps=STEPS + 1)
    at = {name: values[step] for name, values in measured(path, inputs).items()}
    known = np.isfinite(at["detour"])
    tail = [f"{at['detour']:.2f}", f"{100 * at['one_sign']:.0f} %"] if known else ["—", "—"]
    return [f"{at['angle']:.0f}°", *tail]


@pytest.fixture(scope="module")
def opened(lab, chromium):
    """One notebook with two explorers, which the tests below take turns with."""
    with notebooks_in(lab, chromium) as open_it:
        notebook = open_it(*CELLS, path="zigzag.ipynb")
        notebook.run()
        Walker(notebook, 1)
        yield notebook


def test_the_step_is_moved_by_keys_and_python_hears_of_it(opened):
    hand, other = Walker(opened), Walker(opened, 1)
    assert hand.numbers()[2:] == written(60)
    for key in ("ArrowRight", "ArrowUp", "PageUp", "ArrowLeft"):
        hand.step.press(key)
    assert hand.numbers()[2:] == written(81)
    wait_for(lambda: opened.ask("[first.step, second.step]"), [81, 0])
    hand.step.press("End")
    hand.step.press("ArrowRight")
    assert hand.numbers()[2:] == written(400)
    hand.step.press("Home")
    assert hand.numbers()[2:] == written(0)
    assert other.numbers()[2:] == written(0, "tanh", 2.0, 4)
    label = hand.picture.get_attribute("aria-label")
    assert label.startswith("The plane of two weights, sigmoid inputs, one example a step, rate")


def test_what_needs_a_new_walk_is_asked_of_the_kernel(opened):
    hand = Walker(opened)
    hand.step.press("Home")
    for _ in range(3):
        hand.step.press("PageUp")
    height = hand.height()
    hand.batch.select_option("8")
    wait_for(lambda: hand.numbers()[2:], written(60, batch=8))
    hand.again.press("Enter")
    wait_for(lambda: hand.numbers()[2:], written(60, batch=8, seed=1))
    hand.inputs.select_option("relu")
    wait_for(lambda: hand.numbers()[2:], written(60, "relu", batch=8, seed=1))
    hand.rate.press("ArrowLeft")
    wait_for(lambda: hand.numbers()[2:], written(60, "relu", rate=0.3, batch=8, seed=1))
    wait_for(lambda: opened.ask("first.settings()"), {
        "inputs": "relu", "rate": 0.3, "batch": 8, "seed": 1})  # fmt: skip
    assert hand.height() == height
    opened.ask(
        "[setattr(first, 'batch', 1), setattr(first, 'seed', 0), setattr(first, 'rate', .5)]"
    )
    wait_for(lambda: hand.numbers()[2:], written(60, "relu"))
    hand.inputs.select_option("sigmoid")
    wait_for(lambda: hand.numbers()[2:], written(60))


def test_a_rate_that_is_too_large_is_shown_to_the_end_and_no_further(opened):
    hand = Walker(opened)
    opened.ask("first.set_trait('rate', 5.0)")
    wait_for(lambda: "left the picture" in hand.words(), True)
    hand.step.press("End")
    hand.step.press("ArrowRight")
    last = len(walk("sigmoid", rate=5.0, batch=1, seed=0)) - 2
    wait_for(lambda: opened.ask("first.step"), last)
    assert hand.numbers()[2:] == written(last, rate=5.0)
    assert "NaN" not in hand.root.evaluate("root => root.outerHTML")
    opened.ask("first.set_trait('rate', 0.5)")
    wait_for(lambda: hand.numbers()[2:], written(last))


def test_play_walks_on_and_ends_at_the_last_step(opened):
    hand = Walker(opened)
    hand.step.press("End")
    for _ in range(2):
        hand.step.press("PageDown")
    hand.play.click()
    time.sleep(0.6)
    hand.play.click()
    paused = opened.ask("first.step"), hand.numbers()
    wait_for(lambda: 362 < opened.ask("first.step") < 400, True)
    assert hand.numbers() == paused[1]
    hand.play.click()
    wait_for(lambda: opened.ask("first.step"), 400)
    assert hand.numbers()[2:] == written(400)
    wait_for(hand.play.text_content, "▶ Play")


def test_a_frame_that_began_before_the_click_does_not_walk_back(opened):
    hand = Walker(opened)
    hand.step.press("Home")
    opened.page.evaluate(
        """() => {
            const frame = window.requestAnimationFrame;
            window.requestAnimationFrame = (f) => {
                window.requestAnimationFrame = frame;
                return frame(() => f(performance.now() - 1000));
            };
        }"""
    )
    hand.play.click()
    wait_for(lambda: opened.ask("first.step") > 2, True)
    hand.play.click()
    assert opened.errors == []


def test_five_hundred_moves_leave_no_trace(opened):
    hand = Walker(opened)

    def move(times):
        for k in range(times):
            hand.step.press("ArrowRight" if k // 20 % 2 else "ArrowLeft")

    leaves_no_trace(opened, move)


def test_everything_is_visible_at_every_width_in_both_themes(opened):
    hand = Walker(opened)
    for theme in themes(opened):
        assert too_faint(hand, LEAST_CONTRAST) == {}, theme
    for width in widths(opened):
        heights = set()
        for inputs in ("sigmoid", "centred"):
            hand.inputs.select_option(inputs)
            for key in ("Home", "End"):
                hand.step.press(key)
                assert hand.cut_off() == [], (width, inputs, key)
                heights.add(hand.height())
        assert len(heights) == 1
