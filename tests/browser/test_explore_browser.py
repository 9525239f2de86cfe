"""The activation explorer, moved by hand in a real JupyterLab."""

import re
import time

import nbformat
import pytest
from explorers import OnPage, leaves_no_trace, mounted_alone, themes, too_faint, wait_for, widths

from course_utils.activations import elu, relu, sigmoid, tanh

IMPORTS = """from course_utils.activations import *
from course_utils.explore import explore_activation"""
CHOOSE = "first = explore_activation(choices=ACTIVATIONS)\nfirst"
SECOND = "second = explore_activation(elu, z=-1.0, alpha=0.5)\nsecond"
LEAST_CONTRAST = {
    "path.value": 3,
    "path.slope": 3,
    "text.tag.value": 4.5,
    "text.tag.slope": 4.5,
    "text.below": 4.5,
    ".numbers .maths": 4.5,
    ".words": 4.5,
    ".rule": 4.5,
}


class Hand(OnPage):
    """One explorer on a page; its numbers are z, a, the slope from z and the slope from a."""

    drawn = ".tangent"

    def __init__(self, notebook, number=0):
        super().__init__(notebook, number)
        self.slider = self.root.locator(".drawing > .slider input")

    @property
    def alpha(self):
        return self.root.locator(".controls .slider:not([hidden]) input")

    def press(self, *keys, on=None):
        for key in keys:
            (on or self.slider).press(key)

    def pull(self, z, span=6):
        """Press on the picture in the middle and pull the point to z; return what z must be."""
        box = self.picture.bounding_box()
        width = box["width"] - 54 - 16
        x = box["x"] + 54 + width * (z + span) / (2 * span)
        y = box["y"] + 100
        self.page.mouse.move(box["x"] + 54 + width / 2, y)
        self.page.mouse.down()
        self.page.mouse.move(x, y, steps=8)
        self.page.mouse.up()


def written(g, z, **parameters):
    """The numbers as the readout should write them."""

    def digits(x):
        short = float(f"{x:.5g}")
        return f"{short:g}" if abs(short - x) <= 1e-15 * abs(x) else f"{x:#.5g}"

    a = g(z, **parameters)
    slopes = g.derivative(z, **parameters), g.derivative_from_output(a, **parameters)
    return [f"{z:.2f}", *map(digits, (a, *slopes))]


@pytest.fixture
def opened(open_notebook):
    notebook = open_notebook(IMPORTS, CHOOSE, SECOND)
    notebook.run()
    return notebook


def test_keys_move_the_point_and_python_hears_of_it(opened):
    hand = Hand(opened)
    assert hand.numbers() == written(sigmoid, 1.5)
    hand.press("ArrowRight", "ArrowRight", "ArrowUp")
    assert hand.numbers() == written(sigmoid, 1.8)
    hand.press("PageDown", "ArrowLeft", "Shift+ArrowLeft")
    assert hand.numbers() == written(sigmoid, -0.3)
    wait_for(lambda: opened.ask("first.z"), -0.3)
    hand.press("End")
    assert hand.numbers() == written(sigmoid, 6.0)
    hand.press("ArrowRight", "Home", "ArrowLeft")
    assert hand.numbers() == written(sigmoid, -6.0)
    wait_for(lambda: opened.ask("[first.z, second.z]"), [-6.0, -1.0])
    assert hand.slider.get_attribute("aria-valuetext") == "z = -6.00"
    assert "z -6.00, a 0.0024726, slope 0.0024665" in hand.picture.get_attribute("aria-label")
    wait_for(hand.said, "z -6.00, a 0.0024726, slope 0.0024665")
    assert (opened.errors, opened.outside) == ([], [])


def test_a_pull_in_the_picture_moves_the_point(opened):
    hand = Hand(opened)
    hand.pull(-2.0)
    wait_for(lambda: abs(float(hand.numbers()[0]) + 2) <= 0.02, True)
    wait_for(lambda: opened.ask("f'{first.z:.2f}'"), hand.numbers()[0])
    assert hand.slider.evaluate("input => input === document.activeElement")
    hand.pull(40.0)  # far outside: the end of the axis
    assert hand.numbers() == written(sigmoid, 6.0)


def test_two_explorers_do_not_know_of_each_other(opened):
    first, second = Hand(opened), Hand(opened, 1)
    second.press("ArrowRight")
    assert first.numbers() == written(sigmoid, 1.5)
    assert second.numbers() == written(elu, -0.9, alpha=0.5)
    second.press("ArrowRight", on=second.alpha)
    assert second.numbers() == written(elu, -0.9, alpha=0.55)
    wait_for(lambda: opened.ask("[second.z, second.alpha, first.alpha]"), [-0.9, 0.55, None])


def test_a_function_is_chosen_with_its_own_alpha(opened):
    hand = Hand(opened)
    height = hand.height()
    for name, g in (("tanh", tanh), ("relu", relu), ("elu", elu)):
        hand.root.locator("select").select_option(name)
        assert hand.numbers() == written(g, 1.5)
        wait_for(lambda: opened.ask("first.function"), name)
        assert hand.height() == height
    assert hand.alpha.count() == 1
    hand.press("PageUp", on=hand.alpha)
    wait_for(lambda: opened.ask("first.alpha"), 1.5)
    hand.press("Home")
    assert hand.numbers() == written(elu, -6.0, alpha=1.5)


def test_at_the_corner_the_words_name_both_slopes_and_the_choice(opened):
    hand = Hand(opened)
    hand.root.locator("select").select_option("relu")
    opened.ask("first.set_trait('z', 0.0)")
    wait_for(hand.numbers, ["0.00", "0", "0", "0"])
    words = hand.words()
    assert "corner at 0: slope 0 from the left, 1 from the right" in words
    assert relu.kink.why in words
    assert hand.root.locator("circle.ring").count() == 2


def test_what_python_sets_is_drawn(opened):
    hand = Hand(opened)
    opened.ask("[setattr(first, 'function', 'elu'), setattr(first, 'alpha', 0.25)]")
    opened.ask("first.set_trait('z', -2.345)")
    wait_for(hand.numbers, ["-2.345", *written(elu, -2.345, alpha=0.25)[1:]])


def test_play_sweeps_to_the_right_and_can_be_paused(opened):
    hand = Hand(opened)
    play = hand.root.locator("button")
    play.click()
    time.sleep(0.7)
    play.click()
    z = float(hand.numbers()[0])
    assert 1.8 < z < 5
    time.sleep(0.3)
    assert float(hand.numbers()[0]) == z
    # The page writes six decimals; a number rounded twice is not what one rounded once is.
    wait_for(lambda: opened.ask(f"abs(first.z - {z}) < 1e-6"), True)


def test_play_goes_in_steps_for_readers_who_want_no_motion(open_notebook):
    notebook = open_notebook(IMPORTS, CHOOSE, reduced_motion="reduce")
    notebook.run()
    hand = Hand(notebook)
    hand.root.locator("button").click()
    assert hand.numbers()[0] == "1.50"
    wait_for(lambda: hand.numbers()[0], "2.00")
    wait_for(lambda: hand.numbers()[0], "3.00")


def test_five_hundred_moves_leave_no_trace(opened):
    hand = Hand(opened)

    def move(times):
        for k in range(times):
            hand.press("ArrowRight" if k // 40 % 2 else "ArrowLeft")

    leaves_no_trace(opened, move)


def test_everything_is_visible_at_every_width_in_both_themes(opened):
    hand = Hand(opened)
    for theme in themes(opened):
        assert too_faint(hand, LEAST_CONTRAST) == {}, theme
    for width in widths(opened, 1280, 1000, 800, 600, 460):
        for name, z in (("sigmoid", "Home"), ("elu", "End"), ("leaky_relu", "Home")):
            hand.root.locator("select").select_option(name)
            hand.press(z)
            time.sleep(0.1)
            assert hand.cut_off() == [], (width, name, z)


def test_saved_without_its_view_the_picture_stands_in_until_it_is_run(lab, open_notebook):
    notebook = open_notebook(IMPORTS, CHOOSE)
    notebook.run()
    Hand(notebook)
    notebook.save()
    path = lab.root / "scratch.ipynb"
    saved = nbformat.read(path, 4)
    data = saved.cells[1].outputs[0].data
    assert re.match(r"\[explorer\] sigmoid above its slope", data["text/plain"])
    del data["application/vnd.jupyter.widget-view+json"]  # as the committed notebooks have it
    nbformat.write(saved, lab.root / "read.ipynb")

    reader = open_notebook(path="read.ipynb")
    image = reader.page.locator("img[alt^='sigmoid above its slope']")
    image.wait_for()
    assert image.evaluate("image => image.complete && image.naturalWidth") > 1000
    assert reader.page.locator(".course-explorer").count() == 0
    reader.run()
    assert Hand(reader).numbers() == written(sigmoid, 1.5)
    assert image.count() == 0
    assert (reader.errors, reader.outside) == ([], [])


def test_saved_with_the_widgets_state_it_lives_on_without_a_kernel(lab, open_notebook):
    lab.write("@jupyter-widgets/jupyterlab-manager/plugin", {"saveState": True})
    notebook = open_notebook(IMPORTS, CHOOSE)
    lab.write("@jupyter-widgets/jupyterlab-manager/plugin", {"saveState": False})
    notebook.run()
    Hand(notebook).press("PageUp")
    wait_for(lambda: notebook.ask("first.z"), 2.5)
    notebook.save()
    notebook.page.evaluate("() => jupyterapp.shell.currentWidget.sessionContext.shutdown()")

    reader = open_notebook(path="scratch.ipynb")
    hand = Hand(reader)
    hand.press("PageUp")
    hand.root.locator("select").select_option("tanh")
    assert hand.numbers() == written(tanh, 3.5)
    time.sleep(0.3)  # what the page would tell a kernel is not an error without one
    assert reader.errors == []


def test_without_a_kernel_the_same_page_code_mounts_the_same_data(opened):
    """What an HTML edition does: the module, the data as JSON, and nothing else."""
    page = mounted_alone(opened.page.context, *opened.ask("[first.data, first._esm, first._css]"))
    page.locator(".tangent").wait_for(state="attached")
    page.locator(".drawing > .slider input").press("PageUp")
    assert page.locator(".numbers .number").all_inner_texts() == written(sigmoid, 2.5)
    page.locator("select").select_option("elu")
    assert page.locator(".numbers .number").all_inner_texts() == written(elu, 2.5)


def test_an_echo_from_the_kernel_does_not_undo_what_the_hand_did(opened):
    """A slow kernel repeats an older z after the hand has moved on: the hand wins."""
    data, code, style = opened.ask("[first.data, first._esm, first._css]")
    page = opened.page.context.new_page()
    page.set_content(f"<style>{style}</style><main></main>")
    page.evaluate(
        """async ([data, code]) => {
            const url = URL.createObjectURL(new Blob([code], { type: 'text/javascript' }));
            const { default: widget } = await import(url);
            const [state, ears] = [{ ...data.state, data }, {}];
            window.heard = [];
            window.say = (name, value) => {
                state[name] = value;
                (ears[`change:${name}`] ?? []).forEach((f) => f());
            };
            const model = {
                get: (name) => state[name],
                set: (name, value) => window.say(name, value),
                on: (event, f) => (ears[event] ??= []).push(f),
                off: (event, f) => (ears[event] = ears[event].filter((g) => g !== f)),
                save_changes: () => window.heard.push(state.z),
            };
            window.takeDown = widget.render({ model, el: document.querySelector('main') });
        }""",
        [data, code],
    )
    page.locator(".tangent").wait_for(state="attached")
    numbers = page.locator(".numbers .number")
    page.locator(".drawing > .slider input").press("PageUp")
    page.evaluate("() => window.say('z', 0.7)")  # old news
    assert numbers.all_text_contents() == written(sigmoid, 2.5)
    wait_for(lambda: page.evaluate("() => window.heard"), [2.5])
    page.evaluate("() => window.say('z', 0.7)")  # news: Python has moved the point
    assert numbers.all_text_contents() == written(sigmoid, 0.7)
    page.locator(".drawing > .slider input").press("PageUp")
    page.evaluate("() => window.takeDown()")
    assert page.evaluate("() => window.heard") == [2.5, 1.7], "the last state is not lost"
