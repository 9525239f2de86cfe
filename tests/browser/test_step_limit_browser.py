"""The explorer of the step as a limit, moved by hand in a real JupyterLab."""

import time

import pytest
from conftest import notebooks_in
from explorers import OnPage, leaves_no_trace, themes, too_faint, wait_for, widths
from test_kink_browser import digits

from course_utils.activations import sigmoid
from course_utils.explore.step_limit import gap, spike

IMPORTS = "from course_utils.explore import explore_step_limit"
FIRST = "first = explore_step_limit()\nfirst"
SECOND = "second = explore_step_limit(k=16, z=-0.1, keep=False)\nsecond"
LEAST_CONTRAST = {
    "path.value": 3,
    "path.slope.curve": 3,
    "text.tag.third": 4.5,
    "text.tag.slope": 4.5,
    "text.measure": 4.5,
    "text.below": 4.5,
    "div.third": 4.5,
    ".numbers .maths": 4.5,
    ".words": 4.5,
}


def written(k, z):
    """The numbers as the readout should write them."""
    numbers = spike(k)
    values = [sigmoid(k * z), gap(z, k), *(numbers[n] for n in ("height", "width", "area"))]
    z = f"{z:.2f}" if round(z, 2) == z else f"{z:g}"
    return [f"{k:g}", z, *(digits(float(value)) for value in values)]


class Hand(OnPage):
    """One explorer on a page, with its controls."""

    drawn = ".lens"

    def __init__(self, notebook, number=0):
        super().__init__(notebook, number)
        self.z = self.root.locator(".drawing > .slider input")
        self.k = self.root.locator(".controls .slider input")
        self.keep = self.root.get_by_label("keep the slope’s axis")

    def press(self, *keys, on):
        for key in keys:
            on.press(key)


@pytest.fixture(scope="module")
def opened(chromium, lab):
    """One notebook with two explorers, which the tests below take turns with."""
    with notebooks_in(lab, chromium) as open_it:
        notebook = open_it(IMPORTS, FIRST, SECOND, path="step_limit.ipynb")
        notebook.run()
        yield notebook


def test_keys_move_k_and_z_and_python_hears_of_it(opened):
    hand, other = Hand(opened), Hand(opened, 1)
    height = hand.height()
    assert hand.numbers() == written(1, 0.5)
    hand.press("ArrowRight", "ArrowRight", on=hand.k)
    assert hand.numbers() == written(1.6, 0.5)
    hand.press("PageUp", on=hand.k)
    hand.press("ArrowLeft", on=hand.z)
    assert hand.numbers() == written(16, 0.4)
    wait_for(lambda: opened.ask("[first.k, first.z, second.k, second.z]"), [16, 0.4, 16, -0.1])
    assert other.numbers() == written(16, -0.1)
    hand.press("End", on=hand.k)
    hand.press("End", on=hand.z)
    assert hand.numbers() == written(200, 3.0)  # a gap of 1e-261
    assert "at z = 3.00 the gap is 2.65e-261" in hand.words().lower()
    hand.press("Home", on=hand.z)
    assert hand.numbers() == written(200, -3.0)
    wait_for(lambda: opened.ask("first.z"), -3.0)
    opened.ask("first.set_trait('z', 0.0)")
    wait_for(hand.numbers, written(200, 0.0))
    assert hand.numbers()[3] == "0.5"
    assert "At 0 the curve is at one half for every k" in hand.words()
    hand.press("Home", on=hand.k)
    assert hand.numbers() == written(0.5, 0.0)
    wait_for(lambda: hand.said().startswith("k 0.5, z 0.00, sigmoid of k z 0.5,"), True)
    assert hand.k.get_attribute("aria-valuetext") == "k = 0.5"
    assert hand.height() == height


def test_the_axis_is_kept_or_follows_the_spike(opened):
    hand = Hand(opened)
    top = hand.root.locator("text.tag.slope")
    opened.ask("[setattr(first, 'k', 16.0), setattr(first, 'keep', True)]")
    wait_for(lambda: top.text_content(), "height 4")
    hand.press("End", on=hand.k)
    assert top.text_content() == "height 50 ↑"
    hand.keep.press("Space")
    assert top.text_content() == "height 50"
    wait_for(lambda: opened.ask("first.keep"), False)
    ends = hand.root.locator(".panel").nth(1).locator("text.beside")
    assert ends.all_text_contents() == ["0", "50"]
    hand.keep.press("Space")
    assert top.text_content() == "height 50 ↑"


def test_pulls_and_play_end_at_a_position(opened):
    hand = Hand(opened)
    opened.ask("first.set_trait('k', 160.0)")
    hand.picture.scroll_into_view_if_needed()
    box = hand.picture.bounding_box()
    width = box["width"] - 54 - 16
    opened.page.mouse.move(box["x"] + 54 + width / 2, box["y"] + 120)
    opened.page.mouse.down()
    opened.page.mouse.move(box["x"] + 54 + width * (0.75 + 3) / 6, box["y"] + 120, steps=6)
    opened.page.mouse.up()
    wait_for(lambda: abs(float(hand.numbers()[1]) - 0.75) <= 0.03, True)
    z = float(hand.numbers()[1])
    assert hand.numbers() == written(160, z)
    wait_for(lambda: opened.ask("first.z"), z)
    assert hand.z.evaluate("input => input === document.activeElement")
    play = hand.root.locator("button")
    play.click()
    wait_for(lambda: play.inner_text(), "▶ Play")
    assert hand.numbers() == written(200, z)
    play.click()  # from the start again
    time.sleep(0.5)
    play.click()
    assert 0.5 < float(hand.numbers()[0]) < 10


def test_five_hundred_moves_leave_no_trace(opened):
    hand = Hand(opened)

    def move(times):
        for n in range(times):
            key = "ArrowRight" if n // 20 % 2 else "ArrowLeft"
            hand.press(key, on=hand.k if n % 2 else hand.z)

    leaves_no_trace(opened, move)


def test_everything_is_visible_at_every_width_in_both_themes(opened):
    hand = Hand(opened)
    opened.ask("[setattr(first, 'k', 1.0), setattr(first, 'z', 0.5), setattr(first, 'keep', True)]")
    wait_for(hand.numbers, written(1, 0.5))
    for theme in themes(opened):
        assert too_faint(hand, LEAST_CONTRAST) == {}, theme
    for width in widths(opened):
        for k, z in (("Home", "End"), ("End", "Home"), ("End", "End")):
            hand.press(k, on=hand.k)
            hand.press(z, on=hand.z)
            time.sleep(0.1)
            assert hand.cut_off() == [], (width, k, z)
    assert opened.errors == []
