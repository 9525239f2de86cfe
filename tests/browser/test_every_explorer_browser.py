"""All kinds of explorer at once: in one notebook, after a restart, saved, with calm motion."""

import time

import pytest
from explorers import wait_for

IMPORTS = "from course_utils.explore import *\nfrom course_utils.graph import sigmoid_graph"
CALLS = {
    "activation": "explore_activation()",
    "kink": "explore_kink()",
    "step_limit": "explore_step_limit()",
    "graph": "explore_graph(sigmoid_graph(1.0))",
    "zigzag": "explore_zigzag()",
    "gradient_flow": "explore_gradient_flow()",
    "training": "explore_training()",
}
PLAYED = [kind for kind in CALLS if kind != "gradient_flow"]  # those with a Play button
STATE = "() => jupyterapp.shell.currentWidget.sessionContext"


class Hands:
    """The explorers of a notebook, by their kinds."""

    def __init__(self, notebook):
        self.page = notebook.page
        wait_for(
            lambda: self.page.locator(".course-explorer .picture").count() >= len(CALLS), True, 30
        )

    def root(self, kind):
        return self.page.locator(f".course-explorer.of-{kind}")

    def look(self, kind):
        """Return all that is drawn and written, as text; what is only spoken comes later."""
        return self.root(kind).first.evaluate(
            """root => {
                const copy = root.cloneNode(true);
                copy.querySelectorAll('[aria-live]').forEach((part) => part.remove());
                return copy.outerHTML;
            }"""
        )

    def move(self, kind):
        """Go to the start of the first slider that can be moved; return whether one step shows."""
        slider = self.root(kind).locator("input[type=range]:enabled").first
        slider.press("End")
        slider.press("Home")
        before = self.look(kind)
        slider.press("ArrowRight")
        end = time.monotonic() + 5
        while (same := self.look(kind) == before) and time.monotonic() < end:
            time.sleep(0.02)
        return not same

    def play(self, kind):
        self.root(kind).get_by_role("button", name="Play").first.click()


@pytest.fixture(scope="module")
def every(lab, chromium):
    from conftest import notebooks_in

    with notebooks_in(lab, chromium) as open_it:
        notebook = open_it(IMPORTS, *CALLS.values(), path="every.ipynb", height=4000)
        notebook.run()
        yield notebook


def test_all_kinds_live_in_one_notebook(every):
    hands = Hands(every)
    assert {kind: hands.move(kind) for kind in CALLS} == dict.fromkeys(CALLS, True)
    assert (every.errors, every.outside) == ([], [])


def test_a_restarted_kernel_breaks_none_and_running_again_mends_all(every):
    hands = Hands(every)
    every.page.evaluate(f"async () => {{ await ({STATE})().session.kernel.restart() }}")
    for kind in CALLS:
        hands.move(kind)
        if kind in PLAYED:
            hands.play(kind)
    time.sleep(1)
    assert every.errors == []
    assert hands.move("activation") and hands.move("kink") and hands.move("step_limit")
    every.run()
    hands = Hands(every)
    wait_for(lambda: {kind: hands.move(kind) for kind in CALLS}, dict.fromkeys(CALLS, True), 10)
    assert (every.errors, every.outside) == ([], [])


def test_saved_with_their_state_all_live_on_without_a_kernel(lab, open_notebook):
    plugin = "@jupyter-widgets/jupyterlab-manager/plugin"
    lab.write(plugin, {"saveState": True})
    notebook = open_notebook(IMPORTS, *CALLS.values(), path="kept.ipynb", height=4000)
    lab.write(plugin, {"saveState": False})
    notebook.run()
    Hands(notebook)
    notebook.save()
    notebook.page.evaluate(f"async () => {{ await ({STATE})().shutdown() }}")

    reader = open_notebook(path="kept.ipynb", height=4000)
    hands = Hands(reader)
    assert {kind: hands.move(kind) for kind in CALLS} == dict.fromkeys(CALLS, True)
    time.sleep(0.3)  # what the page would tell a kernel is not an error without one
    assert reader.errors == []


def test_play_moves_in_steps_for_readers_who_want_no_motion(open_notebook):
    notebook = open_notebook(
        IMPORTS, *CALLS.values(), path="calm.ipynb", height=4000, reduced_motion="reduce"
    )
    notebook.run()
    hands = Hands(notebook)
    for kind in PLAYED:
        hands.play(kind)
        looks = []
        begin = time.monotonic()
        while (seconds := time.monotonic() - begin) < 2.1:
            if (look := hands.look(kind)) not in looks[-1:]:
                looks.append(look)
            time.sleep(0.02)
        hands.root(kind).get_by_role("button", name="Pause").first.click()
        most = 2 + seconds / 0.8  # a step every 0.8 s at most
        assert 2 <= len(looks) <= most, f"{kind}: {len(looks)} looks in {seconds:.1f} s"
    assert notebook.errors == []
