"""The graph explorer, stepped through by hand in a real JupyterLab."""

import random

import pytest
from conftest import notebooks_in
from explorers import (
    OnPage,
    leaves_no_trace,
    mounted_alone,
    themes,
    too_faint,
    wait_for,
    widths,
)

from course_utils.explore.base import PAGE
from course_utils.graph import short

CELLS = (
    """from course_utils.activations import sigmoid
from course_utils.explore import explore_graph
from course_utils.graph import Graph, sigmoid_graph
graph = Graph()
z1 = graph.multiply(graph.input("x", 2.0), graph.input("w1", 0.5), name="z1")
a1 = graph.apply(sigmoid, z1, name="a1")
right = graph.multiply(a1, graph.input("w2[0]", -1.0), name="z2[0]")
other = graph.multiply(a1, graph.input("w2[1]", 0.5), name="z2[1]")
s = graph.add(graph.exp(right, name="e0"), graph.exp(other, name="e1"), name="s")
graph.subtract(graph.log(s, name="log s"), right, name="L");""",
    "first = explore_graph(sigmoid_graph(1.0))\nfirst",
    "second = explore_graph(graph, stage=24)\nsecond",
)
LEAST_CONTRAST = {
    f"{look}:not(:empty)": 4.5
    for look in ("text.function", "text.derivative", "text.bold", ".words")
}


class Walk(OnPage):
    """One explorer of a graph on a page."""

    drawn = ".edge"

    def __init__(self, notebook, number=0, name="first"):
        super().__init__(notebook, number)
        self.notebook, self.name = notebook, name
        self.step = self.slider("step")

    def slider(self, label):
        return self.root.locator(f".slider:not([hidden]):has(.maths:text-is('{label}')) input")

    def button(self, text):
        return self.root.locator("button", has_text=text)

    def marks(self):
        """The numbers on the edges and below the boxes, as they are written."""
        texts = self.root.locator("svg > text:not(.key)").all_text_contents()
        return [text for text in texts if text]

    def label(self):
        return self.picture.get_attribute("aria-label")

    def agrees(self):
        """The page says and writes what Python does, which hears of the state in a moment."""
        written = f"sorted(t.get_text() for t in {self.name}.figure().axes[0].texts)"

        def differences():
            texts = self.root.locator("svg text").all_text_contents()
            page = [self.label(), sorted(filter(None, texts))]
            python = self.notebook.ask(f"[{self.name}.alt(), {written}]")
            return [] if page == python else [page, python]

        wait_for(differences, [])


@pytest.fixture(scope="module")
def opened(chromium, lab):
    with notebooks_in(lab, chromium) as open_notebook:
        notebook = open_notebook(*CELLS, path="graphs.ipynb")
        notebook.run()
        Walk(notebook, 1)
        yield notebook
        assert (notebook.errors, notebook.outside) == ([], [])


def test_keys_and_buttons_walk_and_the_numbers_are_pythons(opened):
    hand = Walk(opened)
    assert hand.marks() == ["1"]
    height = hand.height()
    for stage in range(1, 10):
        if stage % 2:
            hand.step.press("ArrowRight")
        else:
            hand.button("Forward").press("Enter")
        wait_for(lambda: opened.ask("first.stage"), stage)
        hand.agrees()
        assert hand.height() == height
    step = "times -1: upstream -0.1966 x local -1 = downstream 0.1966"
    assert step in hand.words()
    wait_for(lambda: step in hand.said(), True)
    assert hand.root.locator(".edge.present.backward").count() == 1
    hand.step.press("ArrowRight")
    assert hand.step.get_attribute("aria-valuetext") == "step = 9 of 9"
    hand.button("Back").click()
    assert hand.step.get_attribute("aria-valuetext") == "step = 8 of 9"
    hand.step.press("Home")
    assert hand.marks() == ["1"]
    hand.button("Play").click()
    wait_for(lambda: hand.step.get_attribute("aria-valuetext"), "step = 1 of 9")
    hand.button("Start again").click()
    wait_for(lambda: opened.ask("first.stage"), 0)


def test_the_input_of_the_sigmoid_moves_all_numbers_at_any_stage(opened):
    hand = Walk(opened)
    hand.step.press("End")
    for keys in (["ArrowRight"], ["Home"], ["PageUp", "ArrowUp", "ArrowUp"], ["End", "ArrowLeft"]):
        for key in keys:
            hand.slider("z").press(key)
        z = hand.slider("z").get_attribute("aria-valuetext").removeprefix("z = ")
        wait_for(lambda z=z: opened.ask("f'{first.inputs[\"z\"]:.2f}'"), z)
        hand.agrees()
    assert z == "5.90"
    hand.step.press("PageDown")
    hand.agrees()
    assert hand.label().endswith("step 4 of 9. reciprocal: y = 1/s = 1/1.003 = 0.9973")


def test_the_network_asks_the_kernel_and_ends_at_the_last_input(opened):
    hand = Walk(opened, 1, "second")
    first = Walk(opened).marks()
    hand.agrees()
    hand.root.locator("select").select_option("w2[1]")
    for _ in range(30):
        hand.slider("w2[1]").press("ArrowRight")
    wait_for(lambda: opened.ask("second.inputs['w2[1]']"), 3.5)
    hand.agrees()
    opened.ask("second.set_trait('inputs', {'x': -2.0, 'w2[1]': 0.5})")
    wait_for(lambda: hand.marks()[0], "−2")
    hand.agrees()
    opened.ask("second.set_trait('stage', 17)")
    wait_for(lambda: hand.step.get_attribute("aria-valuetext"), "step = 17 of 24")
    hand.agrees()
    assert "z2[0] is used 2 times" in hand.label()
    assert Walk(opened).marks() == first
    assert opened.ask("[graph['x'].value, len(graph.steps)]") == [2.0, 0]
    opened.ask("second.set_trait('inputs', {'x': 2.0})")


def test_all_is_visible_at_every_width_in_both_themes(opened):
    for number, last in ((0, 9), (1, 24)):
        hand = Walk(opened, number)
        hand.step.press("End")
        for theme in themes(opened):
            assert too_faint(hand, LEAST_CONTRAST) == {}, theme
        for width in widths(opened):
            type_size = hand.picture.evaluate(
                "svg => parseFloat(getComputedStyle(svg.querySelector('text')).fontSize) "
                "* svg.clientWidth / svg.viewBox.baseVal.width"
            )
            assert type_size >= (11.9 if width == 1280 else 11.1), width
            heights = set()
            for key in ["Home", *["ArrowRight"] * last]:
                hand.step.press(key)
                heights.add(hand.height())
            assert [part for part in hand.cut_off() if not part.startswith("<text")] == [], width
            assert len(heights) == 1, (width, heights)
            assert hand.root.locator(".scrolled").evaluate(
                """frame => {
                    const [outer, part] = [frame, frame.querySelector('.present')]
                        .map((node) => node.getBoundingClientRect());
                    return part.left >= outer.left - 1 && part.right <= outer.right + 1;
                }"""
            ), "the present edge is out of sight"


def test_five_hundred_moves_leave_no_trace(opened):
    hand = Walk(opened)

    def move(times):
        for k in range(times // 2):
            hand.step.press("ArrowRight" if k // 9 % 2 else "ArrowLeft")
            hand.slider("z").press("ArrowRight" if k // 40 % 2 else "ArrowLeft")

    leaves_no_trace(opened, move)


def test_without_a_kernel_the_stages_work(opened):
    alone = mounted_alone(
        opened.page.context, *opened.ask("[second.data, second._esm, second._css]")
    )
    alone.locator("input").first.press("Home")
    assert "inputs are known" in alone.locator(".words").text_content()
    alone.locator("input").first.press("End")
    assert "every input has its gradient of L" in alone.locator(".words").text_content()
    assert alone.locator("input:disabled").count() == 4
    assert "need a running kernel" in alone.locator(".note").text_content()
    alone.evaluate("() => window.takeDown()")
    alone.close()


def test_the_page_writes_numbers_as_python_does(chromium):
    """Ties go to even, however they fall, and exponents come where Python has them."""
    rng = random.Random(1)
    numbers = [rng.uniform(-1, 1) * 10.0 ** rng.randint(-12, 12) for _ in range(500)]
    numbers += [k / 2**m for k in range(-99, 99, 3) for m in (1, 3, 5, 8)]
    numbers += [0.0, -0.0, 999.95, 99995.0, 1e5, 1e-5, 1e-4, 0.99999, 1e300, 5e-324]
    page = chromium.new_page()
    written = page.evaluate(
        """async ([code, numbers]) => {
            const url = URL.createObjectURL(new Blob([code], { type: 'text/javascript' }));
            const { general } = await import(url);
            return numbers.map((x) => [1, 2, 3, 4].map((count) => general(x, count)));
        }""",
        [(PAGE / "numbers.js").read_text(encoding="utf-8"), numbers],
    )
    page.close()
    assert written == [[short(x, count) for count in (1, 2, 3, 4)] for x in numbers]
