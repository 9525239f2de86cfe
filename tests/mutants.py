"""Flip one sign at a time, and list the flips that no test notices (`make mutants`).

Not part of `make test`: it runs the tests once for each sign. Flipped are the signs and
comparisons in the code of `course_utils` and in the code cells of the lessons. The outputs
and the formulas in the text have mutation tests of their own, which run every time.

    python tests/mutants.py activations network      only these modules
    python tests/mutants.py 02_sigmoid               only this lesson
"""

import argparse
import concurrent.futures
import io
import os
import shutil
import subprocess
import sys
import tempfile
import tokenize
from pathlib import Path

import nbformat

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


def mutants_of_lesson(path):
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            original = cell.source
            for _, line, source in flips(original):
                cell.source = source
                text = nbformat.writes(notebook)
                yield f"{path.stem}, cell {cell.id}: {line}", path.relative_to(ROOT), text
            cell.source = original


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
        target = path if path.suffix == ".ipynb" else tests_of(path)
        options = [
            "--nbval",
            "--nbval-current-env",
            "--nbval-cell-timeout=60",  # a flipped sign may make a loop endless
            "--nbval-sanitize-with=tests/nbval_sanitize.cfg",
        ]
        run = subprocess.run(
            [sys.executable, "-m", "pytest", "-x", "-q", "-o", "addopts=", *options, target],
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
    for path in sorted((ROOT / "notebooks").glob("[0-9]*.ipynb")):
        if path.stem in names or not names:
            mutants += mutants_of_lesson(path)
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
    print(f"{len(mutants)} flipped signs, {len(survivors)} unnoticed")
    sys.exit(bool(survivors))


if __name__ == "__main__":
    main()
