"""The training explorer, run by hand in a real JupyterLab."""

import time

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

from course_utils.activations import relu, tanh
from course_utils.explore import Explorer, explore_training, page_code
from course_utils.explore.training import Run

IMPORT = "from course_utils.explore import explore_training"
FIRST = "first = explore_training()\nfirst"
SECOND = "second = explore_training(data='moons', hidden=16, seed=3)\nsecond"
LEAST_CONTRAST = {
    "path.border": 3,
    "path.loss": 3,
    "text.title": 4.5,
    "text.key.value": 4.5,
    "text.key.slope": 4.5,
    "text.below": 4.5,
    ".numbers .maths": 4.5,
    ".words": 4.5,
}


class Trainer(OnPage):
    """One training explorer on a page; its numbers are step, loss, right, dead, gradient, draw."""

    drawn = ".border"

    def __init__(self, notebook, number=0):
        super().__init__(notebook, number)
        self.buttons = self.root.locator("button")
        self.rate = self.root.locator(".controls .slider input")

    def press(self, name):
        self.root.get_by_role("button", name=name).press("Enter")

    def play(self):
        self.buttons.first.press("Enter")

    def menu(self, name):
        return self.root.get_by_role("combobox", name=name)

    def step(self):
        return int(self.numbers()[0])

    def train_until(self, step, seconds=60):
        """Play until so many steps are taken; pause, and wait for the last answer."""
        self.play()
        end = time.monotonic() + seconds
        while self.step() < step and time.monotonic() < end:
            time.sleep(0.02)
        self.play()
        assert self.step() >= step
        time.sleep(0.3)
        return self.step()


def written(run, seed):
    """The numbers of a run as the readout should write them."""

    def digits(x):
        short = float(f"{x:.3g}")
        return f"{short:g}" if short == x else f"{x:.2e}" if x < 1e-4 else f"{x:#.3g}"

    dead, hidden = len(run.dead()), len(run.parameters.b1)
    right = f"{run.right()} / {len(run.x)}"
    return [
        str(run.step), digits(run.loss), right, f"{dead} / {hidden}", digits(run.norm()), str(seed)
    ]  # fmt: skip


def after(steps, examples="xor", g=tanh, hidden=2, rate=1.0, seed=0):
    run = Run(examples, g, hidden, rate, seed)
    run.advance(steps)
    return written(run, seed)


@pytest.fixture(scope="module")
def opened(lab, chromium):
    with notebooks_in(lab, chromium) as open_notebook:
        notebook = open_notebook(IMPORT, FIRST, SECOND, "first")
        notebook.run()
        Trainer(notebook, 2)
        yield notebook


def test_it_learns_pauses_steps_and_goes_back_to_the_start(opened):
    trainer = Trainer(opened)
    height = trainer.height()
    start = trainer.numbers()
    assert start == after(0)
    trainer.play()
    wait_for(lambda: trainer.step() > 0, True)
    assert opened.ask("6 * 7") == 42, "a cell runs while the network trains"
    trainer.play()
    step = trainer.train_until(250)
    assert trainer.numbers() == after(step)
    assert float(trainer.numbers()[1]) < 0.02
    assert trainer.root.locator("text.tag").all_text_contents() == ["0.01", "0.99", "0.99", "0.01"]
    assert opened.ask("first.run.step") == step
    time.sleep(0.3)
    assert opened.ask("first.run.step") == trainer.step() == step, "paused is paused"
    trainer.press("Step")
    wait_for(trainer.numbers, after(step + 1))
    assert "4 of 4 examples are right" in trainer.words()
    wait_for(lambda: trainer.said().startswith(f"Step {step + 1}, loss 0.0"), True)
    trainer.press("Reset")
    wait_for(trainer.numbers, start)
    assert trainer.height() == height
    assert (opened.errors, opened.outside) == ([], [])


def test_settings_are_chosen_by_keyboard_and_python_hears_of_them(opened):
    trainer = Trainer(opened)
    trainer.press("Another draw")
    wait_for(trainer.numbers, after(0, seed=1))
    trainer.menu("activation").press("ArrowDown")  # from tanh to ReLU
    trainer.menu("hidden units").press("End")
    trainer.menu("data").press("End")
    wait_for(trainer.numbers, after(0, "moons", relu, 16, seed=1))
    trainer.menu("speed").press("Home")
    trainer.rate.press("ArrowRight")
    trainer.rate.press("ArrowLeft")
    trainer.rate.press("ArrowLeft")
    step = trainer.train_until(7)
    assert trainer.numbers() == after(step, "moons", relu, 16, 0.5, 1)
    settings = "[first.examples, first.function, first.hidden, first.rate, first.seed, first.steps]"
    wait_for(lambda: opened.ask(settings), ["moons", "relu", 16, 0.5, 1, 1])
    assert trainer.rate.get_attribute("aria-valuetext") == "learning rate η = 0.5"
    opened.ask("[setattr(first, 'examples', 'xor'), setattr(first, 'steps', 10)]")
    wait_for(trainer.numbers, after(0, "xor", relu, 16, 0.5, 1))
    assert trainer.menu("data").input_value() == "xor"
    assert opened.errors == []


def test_two_explorers_are_two_runs_and_two_views_of_one_are_one(opened):
    first, second, view = (Trainer(opened, number) for number in range(3))
    opened.ask("first.reset()")
    second.train_until(20)
    assert opened.ask("first.run.step") == 0
    before = second.numbers()
    first.play()
    view.play()
    wait_for(lambda: min(first.step(), view.step()) > 60, True, 30)
    first.play()
    view.play()
    time.sleep(0.3)
    view.press("Step")  # shows the step it had not seen, or takes one
    wait_for(lambda: opened.ask("first.run.step") == view.step(), True)
    first.press("Step")
    wait_for(lambda: opened.ask("first.run.step") == first.step(), True)
    assert second.numbers() == before
    assert opened.errors == []


def test_a_run_that_breaks_says_so_and_two_hundred_frames_leave_no_trace(opened):
    trainer = Trainer(opened, 1)
    opened.ask("[setattr(second, 'function', 'relu'), setattr(second.run, 'rate', 1e200)]")
    trainer.play()
    wait_for(lambda: "not finite" in trainer.words(), True)
    wait_for(lambda: trainer.buttons.first.text_content(), "▶ Play")
    trainer.press("Reset")
    wait_for(trainer.step, 0)
    opened.ask("setattr(second, 'steps', 1)")
    move = lambda frames: trainer.train_until(trainer.step() + frames)  # noqa: E731
    leaves_no_trace(opened, move, moves=200, nodes=15)  # the axes may have other ticks


def test_everything_is_visible_at_every_width_in_both_themes(opened):
    hands = [Trainer(opened), Trainer(opened, 1)]
    for theme in themes(opened):
        assert too_faint(hands[0], LEAST_CONTRAST) == {}, theme
    for width in widths(opened):
        for hand in hands:
            assert hand.cut_off() == [], width


def test_a_closed_output_trains_no_more_and_a_restarted_kernel_is_told(open_notebook):
    notebook = open_notebook(IMPORT, FIRST, path="closed.ipynb")
    notebook.run()
    trainer = Trainer(notebook)
    trainer.play()
    wait_for(lambda: trainer.step() > 0, True)
    notebook.page.evaluate("() => jupyterapp.commands.execute('editmenu:clear-all')")
    wait_for(lambda: notebook.page.locator(".course-explorer").count(), 0)
    time.sleep(0.3)
    step = notebook.ask("first.run.step")
    time.sleep(0.5)
    assert notebook.ask("first.run.step") == step
    notebook.run()
    trainer = Trainer(notebook)
    trainer.play()
    wait_for(lambda: trainer.step() > 0, True)
    notebook.page.evaluate(
        "() => jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()"
    )
    note = trainer.root.locator(".note")
    wait_for(lambda: "run this cell again" in note.text_content(), True, 20)
    for name in ("Step", "Reset", "Another draw"):
        trainer.press(name)
    trainer.menu("data").press("End")
    trainer.play()
    time.sleep(0.3)
    assert (notebook.errors, notebook.outside) == ([], [])


def test_without_a_kernel_the_recorded_run_plays(chromium):
    """What an HTML edition does: the module, the data as JSON, and nothing else."""
    context = chromium.new_context()
    page = mounted_alone(context, explore_training().data, page_code(), Explorer._css)
    page.locator(".border").wait_for(state="attached")
    numbers = page.locator(".numbers .number")
    assert numbers.all_text_contents() == after(0)
    page.get_by_role("button", name="Step").press("Enter")
    assert numbers.all_text_contents() == after(10)
    page.locator("button").first.click()
    wait_for(lambda: numbers.all_text_contents(), after(390), 20)
    wait_for(lambda: page.locator("button").first.text_content(), "▶ Play")
    page.get_by_role("button", name="Reset").press("Enter")
    assert numbers.all_text_contents() == after(0)
    assert "need a running kernel" in page.locator(".note").text_content()
    assert page.locator("select:disabled").count() == 4
    assert page.get_by_role("button", name="Another draw").is_disabled()
    page.evaluate("() => window.takeDown()")
    context.close()
