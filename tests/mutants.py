"""Flip one sign at a time, and list the flips that no test notices (`make mutants`).

Not part of `make test`: it runs the tests once for each sign. Flipped are the signs and
comparisons in the code of `course_utils` and in the code cells of the lessons. The outputs
and the formulas in the text have mutation tests of their own, which run every time.

A lesson is run once from top to bottom. Before each cell the process forks, once for each
sign in that cell: the child runs the cell with the sign flipped and then the rest of the
lesson, until an output differs from that of the untouched run, as nbval would see it.

    python tests/mutants.py activations network      only these modules
    python tests/mutants.py 02_sigmoid               only this lesson
"""

import argparse
import concurrent.futures
import io
import os
import pickle
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import tokenize
from pathlib import Path
from typing import ClassVar

import nbformat
from IPython.core.displayhook import DisplayHook
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from traitlets import Type

ROOT = Path(__file__).parent.parent
TESTED_BY = {"gradient_check": "network", "graph_drawing": "graph", "notebooks": "cli"}
OTHER = {"+": "-", "-": "+", "+=": "-=", "-=": "+=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}


def flips(source):
    """Yield (line number, line, source with one sign flipped) for each sign in the code."""
    lines = source.splitlines(keepends=True)
    in_annotation = False
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.OP and token.string == "->":
            in_annotation = True
        elif token.string == ":":
            in_annotation = False
        if token.type == tokenize.OP and token.string in OTHER and not in_annotation:
            row, start, end = token.start[0] - 1, token.start[1], token.end[1]
            line = lines[row][:start] + OTHER[token.string] + lines[row][end:]
            yield row + 1, line.strip(), "".join([*lines[:row], line, *lines[row + 1 :]])


def mutants_of_module(path):
    for row, line, source in flips(path.read_text()):
        yield f"{path.relative_to(ROOT)}:{row}: {line}", path.relative_to(ROOT), source


class Recorder(DisplayHook):
    """Keeps what a cell shows as its result, in every form but pictures and widgets."""

    shown: ClassVar[list] = []

    def write_output_prompt(self):
        """Write no prompt."""

    def write_format_data(self, format_dict, md_dict=None):
        """Keep the forms that nbval compares."""
        Recorder.shown.append(compared(format_dict))


class Shell(InteractiveShell):
    """An IPython that records."""

    displayhook_class = Type(Recorder)


def compared(data):
    return {kind: text for kind, text in data.items() if not re.match(r"image/p|.*widget", kind)}


def run_cell(shell, cell, source=None):
    """Return what a cell prints and shows, or None if it raises."""
    Recorder.shown = []
    signal.signal(signal.SIGALRM, lambda *_: os._exit(1))
    signal.alarm(100)  # a flipped sign may make a loop endless
    with capture_output() as captured:
        result = shell.run_cell(cell.source if source is None else source)
    signal.alarm(0)
    if not result.success:
        return None
    if "nbval-ignore-output" in cell.metadata.get("tags", []):
        return ""
    pictures = [compared(output.data) for output in captured.outputs]
    return captured.stdout, captured.stderr, pictures, Recorder.shown


def in_a_child(work):
    """Fork, and return the number of the child; it exits with 1 if `work` finds a difference."""
    sys.stdout.flush()
    child = os.fork()
    if child:
        return child
    try:
        os._exit(bool(work()))
    except BaseException as error:
        print(error, file=sys.__stderr__, flush=True)
    finally:
        os._exit(1)


def survivors_of_lesson(path):
    """Print and return the flips in a lesson that change no output, and how many there were."""
    os.chdir(path.parent)
    cells = [c for c in nbformat.read(path, as_version=4).cells if c.cell_type == "code"]
    shell = Shell.instance()
    shell.run_cell("import matplotlib\nmatplotlib.use('agg')")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "outputs")

        def untouched():
            file.write_bytes(pickle.dumps([run_cell(shell, cell) for cell in cells]))

        status = os.waitstatus_to_exitcode(os.waitpid(in_a_child(untouched), 0)[1])
        expected = pickle.loads(file.read_bytes()) if status == 0 else [None]
    if None in expected:
        sys.exit(f"{path.stem}: cell {expected.index(None)} fails before anything is flipped")
    count, running, survivors = 0, {}, []

    def wait():
        child, status = os.wait()
        text = running.pop(child)
        if status == 0:
            survivors.append(text)
            print(f"survives: {text}", flush=True)

    for k, cell in enumerate(cells):
        for _, line, source in flips(cell.source):

            def differs(source=source, k=k):
                first = run_cell(shell, cells[k], source)
                return first != expected[k] or any(
                    run_cell(shell, cells[i]) != expected[i] for i in range(k + 1, len(cells))
                )

            while len(running) >= (os.cpu_count() or 1):
                wait()
            running[in_a_child(differs)] = f"{path.stem}, cell {cell.id}: {line}"
            count += 1
        if run_cell(shell, cell) != expected[k]:
            sys.exit(f"{path.stem}, cell {cell.id}: its output is not the same twice")
    while running:
        wait()
    print(f"{path.stem}: {count} flipped signs, {len(survivors)} unnoticed", flush=True)
    return survivors


def tests_of(path):
    return Path("tests", f"test_{TESTED_BY.get(path.stem, path.stem)}.py")


def is_noticed(mutant):
    """Run the tests that belong to a mutant in a copy of the project."""
    _, path, source = mutant
    with tempfile.TemporaryDirectory() as folder:
        for name in ("course_utils", "tests", "notebooks", "pyproject.toml"):
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
            copy(ROOT / name, Path(folder, name))
        Path(folder, path).write_text(source)
        run = subprocess.run(
            [sys.executable, "-m", "pytest", "-x", "-q", "-o", "addopts=", tests_of(path)],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": folder, "OMP_NUM_THREADS": "1"},
            capture_output=True,
            check=False,
        )
    return run.returncode != 0


def main():
    """Flip, test, and print what survived; exit with 1 if anything did."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="modules or lessons; all that have tests if none")
    names = parser.parse_args().names
    mutants = []
    for path in sorted((ROOT / "course_utils").glob("*.py")):
        if path.stem in names or (not names and (ROOT / tests_of(path)).exists()):
            mutants += mutants_of_module(path)
    lessons = sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))
    lessons = [path for path in lessons if path.stem in names or not names]
    untouched = {("untouched", path, (ROOT / path).read_text()) for _, path, _ in mutants}
    for mutant in sorted(untouched):
        if is_noticed(mutant):
            sys.exit(f"{mutant[1]}: the tests fail before anything is flipped; mend that first")
    survivors = []
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for i, (mutant, noticed) in enumerate(
            zip(mutants, pool.map(is_noticed, mutants), strict=True), 1
        ):
            if not noticed:
                survivors.append(mutant[0])
                print(f"survives: {mutant[0]}", flush=True)
            if sys.stdout.isatty():
                print(f"{i} of {len(mutants)}", end="\r", flush=True)
    if mutants:
        print(f"modules: {len(mutants)} flipped signs, {len(survivors)} unnoticed", flush=True)
    unnoticed = len(survivors)
    for path in lessons:  # each in a process of its own, which never comes back
        child = in_a_child(lambda path=path: survivors_of_lesson(path))
        unnoticed += os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    sys.exit(bool(unnoticed))


if __name__ == "__main__":
    main()
