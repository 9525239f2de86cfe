"""The `course` command.

A subcommand is a function that takes the parsed options and returns the exit status, and an
`_add` in `build_parser` that gives it its arguments. Each imports what it needs when it runs,
so that `course --help` answers at once.
"""

from __future__ import annotations

import argparse
import difflib
import math
import os
import secrets
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from course_utils.notebooks import Lesson

FIRST = "notebooks/00_start_here.ipynb"


class Refusal(Exception):
    """An argument that the command cannot use; the message says what to do."""


class _Parser(argparse.ArgumentParser):
    """Says in one line what is wrong with the arguments, and leaves with 2."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message} (see `{self.prog} --help`)\n")


def doctor(options: argparse.Namespace) -> int:
    """Say whether this computer has what the course needs."""
    from course_utils.doctor import examine

    findings = examine()
    for finding in findings:
        print(finding)
    return int(any(finding.status == "problem" for finding in findings))


def lab(options: argparse.Namespace) -> int:
    """Open the course in JupyterLab."""
    os.environ.update(lab_environment())
    from jupyter_server.utils import url_path_join
    from jupyterlab.labapp import LabApp
    from tornado.httputil import url_concat

    server = LabApp.initialize_server(argv=lab_arguments(options.extra))
    address = url_path_join(server.connection_url, "lab", "tree", FIRST)
    token = server.identity_provider.token
    address = url_concat(address, {"token": token}) if token else address
    said = f"The course is open at\n\n    {address}\n\nCtrl+C here ends it."
    server.io_loop.add_callback(print, said, flush=True)  # after the one that opens the port
    server.start()
    return 0


def lab_arguments(extra: Sequence[str] = ()) -> list[str]:
    """Return JupyterLab's command line; the extra words come last, so that they win."""
    from course_utils.doctor import has_display
    from course_utils.notebooks import ROOT

    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    return [
        f"--ServerApp.root_dir={ROOT}",
        f"--LabApp.default_url=/lab/tree/{FIRST}",
        "--Application.log_level=ERROR",
        "--ServerApp.answer_yes=True",  # Ctrl+C ends it without a question
        "--LabApp.extension_manager=readonly",  # asks no catalogue of extensions
        "--KernelManager.transport_encryption=auto",  # else each kernel warns in the terminal
        *(["--allow-root"] if is_root else []),
        *([] if has_display() else ["--no-browser"]),
        *extra,
    ]


def lab_environment() -> dict[str, str]:
    """Return the variables under which JupyterLab finds our settings and this kernel first."""
    settings = [str(Path(__file__).parent / "jupyter"), os.environ.get("JUPYTER_CONFIG_PATH")]
    return {
        "JUPYTER_CONFIG_PATH": os.pathsep.join(filter(None, settings)),
        "JUPYTER_PREFER_ENV_PATH": "1",
        "JUPYTER_TOKEN": os.environ.get("JUPYTER_TOKEN") or secrets.token_hex(24),
    }


def execute(options: argparse.Namespace) -> int:
    """Run notebooks in fresh kernels and store their outputs."""
    from course_utils import notebooks

    paths = options.notebooks or [lesson.path for lesson in notebooks.lessons()]
    for path in paths:
        if not path.is_file():
            raise Refusal(f"there is no notebook {path}")
    failed = 0
    for number, path in enumerate(paths, 1):
        name = f"[{number}/{len(paths)}] {path.stem}"
        begin = time.monotonic()
        try:
            notebook = notebooks.execute(path, on_cell=_progress(name))
        except notebooks.ExecutionError as error:
            print(f"{name}: failed, the file is as it was\n{error}", file=sys.stderr)
            failed += 1
            continue
        if options.check:
            stored = notebooks.without_pictures(notebooks.read(path))
            is_same = stored == notebooks.without_pictures(notebook)
            failed += not is_same
            result = "as stored" if is_same else "differs from what is stored"
        else:
            is_written = notebooks.write(path, notebooks.dumps(notebook))
            result = "written" if is_written else "unchanged"
        print(f"{name}: {result} ({time.monotonic() - begin:.1f} s)")
    return int(failed > 0)


def build(options: argparse.Namespace) -> int:
    """Make the exercises from their solutions."""
    from course_utils import editions, notebooks

    _need_solutions()
    failed = 0
    wanted = set()
    for path in editions.solutions():
        try:
            place, text = editions.build(path)
        except editions.CutError as error:
            raise Refusal(str(error)) from None
        wanted.add(place.name)
        stored = place.read_bytes() if place.exists() else None
        if stored == text.encode("utf-8"):
            result = "as it should be"
        elif options.check:
            failed += 1
            state = "is missing" if stored is None else "differs from its solution"
            result = f"{state}: edit solutions/{path.name}, then run `course build`"
        elif stored is not None and not editions.is_untouched(place):
            failed += 1
            result = (
                "has been changed by hand, so it is kept. `course reset "
                f"{place.stem[:2]}` puts a fresh one beside it"
            )
        else:
            notebooks.write(place, text)
            result = "written"
        print(f"{place.parent.name}/{place.name}: {result}")
    for stray in sorted((notebooks.ROOT / "exercises").glob("*.ipynb")):
        if options.check and stray.name not in wanted:
            failed += 1
            print(f"exercises/{stray.name}: it has no solution in solutions/")
    return int(failed > 0)


def live(options: argparse.Namespace) -> int:
    """Write the live edition of lessons: what the instructor types is left out."""
    from course_utils import editions, notebooks, run_sheet
    from course_utils.instructor import NoteError

    kept = 0
    for one in _chosen_lessons(options):
        try:
            text = editions.live_text(one.path, instructor=options.instructor)
            made = [(one.path.name, text, editions.is_untouched)]
            if options.instructor:
                made += [(run_sheet.name_of(one), run_sheet.sheet(one), run_sheet.is_untouched)]
        except editions.CutError as error:
            raise Refusal(str(error)) from None
        except NoteError as error:
            raise Refusal(f"{one.path.name}, {error}") from None
        for name, text, is_untouched in made:
            place = options.to / name
            if place.exists() and not is_untouched(place):
                kept += 1
                result = "it has been changed since it was made, so it is kept: move it away"
            else:
                result = "written" if notebooks.write(place, text) else "as it should be"
            print(f"{place}: {result}")
    return int(kept > 0)


def slides(options: argparse.Namespace) -> int:
    """Write lessons as slides, to show from a disk or a server, without a network."""
    from course_utils import notebooks
    from course_utils.instructor import NoteError
    from course_utils.slides import deck, files

    chosen = _chosen_lessons(options)
    try:
        kept = files.write_shared(options.to)
    except ModuleNotFoundError as missing:
        raise Refusal(
            f"{missing.name} is not installed: run `pip install -e .[slides]` or `make slides`"
        ) from None
    for number, one in enumerate(chosen, 1):
        _progress("slides", "lesson")(number, len(chosen))
        place = options.to / f"{one.slug}.html"
        if place.exists() and not deck.is_untouched(place):
            kept.append(place)
            continue
        try:
            text = deck.page(one, deck.explorers_in(one.path))
        except NoteError as error:
            raise Refusal(f"{one.path.name}, {error}") from None
        print(f"{place}: {'written' if notebooks.write(place, text) else 'as it should be'}")
    for place in kept:
        print(f"{place}: it has been changed since it was made, so it is kept: move it away")
    return int(len(kept) > 0)


def _chosen_lessons(options: argparse.Namespace) -> list[Lesson]:
    """Return the lessons that were named, or all, and make the folder that is to hold them."""
    from course_utils import notebooks

    lessons = notebooks.lessons()
    chosen = lessons
    if options.lessons:
        wanted = {Path(name).stem for name in options.lessons}
        chosen = [one for one in lessons if wanted & {one.number, one.slug}]
        strangers = wanted - {name for one in chosen for name in (one.number, one.slug)}
        if strangers:
            numbers = ", ".join(one.number for one in lessons)
            raise Refusal(f"there is no lesson {', '.join(sorted(strangers))}: they are {numbers}")
    if options.to.exists() and not options.to.is_dir():
        raise Refusal(f"{options.to} is a file: name a folder")
    if options.to.resolve() == (notebooks.ROOT / "notebooks").resolve():
        raise Refusal("the lessons themselves are in that folder: name another one")
    options.to.mkdir(parents=True, exist_ok=True)
    return chosen


def site(options: argparse.Namespace) -> int:
    """Make the book of the course: a static site, from the outputs that are stored."""
    from importlib.util import find_spec

    from course_utils.book import make

    if not all(map(find_spec, ("myst_nb", "sphinx_book_theme", "sphinx-mathjax-offline"))):
        raise Refusal(
            "what makes the book is not installed: "
            "run `python3 course_utils/install.py site`, or `make site`"
        )
    _need_solutions()
    if reason := make.refusal(options.to):
        raise Refusal(reason)
    begin = time.monotonic()
    try:
        pages = make.publish(options.to)
    except make.BookError as error:
        print(f"course: the book is not made:\n{error}", file=sys.stderr)
        return 1
    place = options.to / "index.html"
    print(f"{place}: {pages} pages ({time.monotonic() - begin:.0f} s)")
    return 0


def bundle(options: argparse.Namespace) -> int:
    """Write the course as one zip for students: no solutions, no notes for the instructor."""
    from course_utils import bundle, notebooks

    place = options.to
    if place.suffix != ".zip" or place.is_dir():
        raise Refusal(f"{place} is no name for the bundle: name a file that ends in .zip")
    if not place.parent.is_dir():
        raise Refusal(f"there is no folder {place.parent}: make it first")
    try:
        data = bundle.packed(bundle.files())
        changed = bundle.uncommitted()
    except bundle.BundleError as error:
        raise Refusal(str(error)) from None
    is_there = os.path.lexists(place)
    if is_there and not (place.is_file() and bundle.is_ours(place)):
        raise Refusal(f"{place} is not a bundle as it was made, so it is kept: move it away")
    if changed:
        print(f"{len(changed)} changed files, as {changed[0]}, are taken as last committed")
    result = "written" if notebooks.write(place, data) else "as it should be"
    print(f"{place}: {result} ({len(data) / 1e6:.1f} MB)")
    return 0


def reset(options: argparse.Namespace) -> int:
    """Put a fresh exercise beside your own, which is kept."""
    from course_utils import editions

    try:
        fresh = editions.fresh_copy(options.exercise)
    except ValueError as error:
        raise Refusal(str(error)) from None
    print(f"exercises/{fresh.name} is fresh; what you had is as it was.")
    return 0


def progress(options: argparse.Namespace) -> int:
    """Show how far the exercises are done, by running and checking them."""
    from course_utils.progress import report

    print(report(on_done=_progress("checking", "exercise")))
    return 0


def grade(options: argparse.Namespace) -> int:
    """Mark notebooks: one, a student's folder of them, or a class's folder of such folders."""
    from course_utils.grading import reports, submissions
    from course_utils.grading.marker import UNMARKED
    from course_utils.notebooks import ROOT

    _need_solutions()
    names = [path.stem for path in sorted((ROOT / "solutions").glob("[0-9][0-9]_*.ipynb"))]
    exercises = _chosen_exercises(options.exercises, names)
    folder = options.to
    if os.path.exists(folder) and not os.path.isdir(folder):
        raise Refusal(f"{folder} is a file: name a folder for the reports")
    given, reports_to = (Path(os.path.realpath(p)) for p in (options.submissions, folder))
    if given == reports_to or given in reports_to.parents:
        raise Refusal("the reports need a folder of their own, outside that of the submissions")
    if given.is_relative_to(reports_to / "feedback"):
        raise Refusal(f"{options.submissions} holds reports, not submissions")
    try:
        students = submissions.find(options.submissions, exercises, names)
    except submissions.Unusable as error:
        raise Refusal(str(error)) from None
    if students[0].passed_over:
        print(f"course: {options.submissions}: {students[0].passed_over}", file=sys.stderr)
    if options.submissions.is_file():
        exercises = [options.submissions.stem]
    _make_reports_folder(folder)
    results, measures = _mark_and_report(students, exercises, options)
    least = min(map(reports.percent, results))
    _clear_line()
    why = reports.no_mark(measures, options.feedback)
    print(f"{len(results)} {'checked' if why else 'marked'}: {folder / 'summary.md'}")
    if why:
        print(f"Feedback, not a mark. {why}")
    if stuck := [result.student for result in results if UNMARKED in result.problems]:
        names = ", ".join(map(reports.shown, stuck[:5]))
        print(f"{len(stuck)} could not be marked: {names}", file=sys.stderr)
    if options.fail_under is not None and least < options.fail_under:
        digits = next(n for n in range(20) if float(f"{least:.{n}f}") < options.fail_under)
        print(f"{least:.{digits}f} % is under {options.fail_under:.15g} %")
        return 1
    return 0


def _mark_and_report(
    students: Sequence, exercises: list[str], options: argparse.Namespace
) -> tuple[list, tuple[str, ...]]:
    """Mark students, write the reports, and say of a run that stops how it goes on."""
    from course_utils.grading import reports, run
    from course_utils.grading.marker import Limits

    folder = options.to
    show, so_far = _progress("marking", "student"), ""

    def on_done(done: int, total: int) -> None:
        nonlocal so_far
        so_far = f"{done} of {total} are done, and the same command goes on from there"
        show(done, total)

    def report(results: list, measures: tuple[str, ...], seed: int) -> None:
        reports.write_all(folder, results, measures, seed, exercises, options.feedback, limits)

    limits = Limits(options.time_limit, 6 * options.time_limit, options.memory_limit)
    try:
        results, measures, _ = run.grade(
            students,
            exercises,
            folder,
            limits=limits,
            jobs=options.jobs,
            seed=options.seed,
            on_done=on_done,
            report=report,
        )
    except KeyboardInterrupt:
        raise KeyboardInterrupt(*filter(None, [so_far])) from None
    except run.Taken as error:
        raise Refusal(str(error)) from None
    except OSError as error:
        if not error.strerror:  # it says itself what to do
            raise
        raise Refusal(
            f"the run stopped ({error.strerror}): see to it, and the same command goes on from "
            f"there; if {folder} cannot be written to, choose another folder"
        ) from None
    return results, measures


def _chosen_exercises(given: Sequence[str] | None, names: list[str]) -> list[str]:
    """Return the exercises that were named, as 2, 02 or 02_sigmoid, or all."""
    if not given:
        return names
    wanted = {Path(name).stem.zfill(2) for name in given}
    strangers = wanted - {*names, *(name[:2] for name in names)}
    if strangers:
        they = ", ".join(names)
        raise Refusal(f"there is no exercise {', '.join(sorted(strangers))}: they are {they}")
    return [name for name in names if wanted & {name, name[:2]}]


def _make_reports_folder(folder: Path) -> None:
    """Make the folder of the reports, or refuse one that cannot hold them."""
    import tempfile

    from course_utils.grading import reports, run

    try:
        for place in (folder, folder / "feedback"):
            place.mkdir(parents=True, exist_ok=True)
            tempfile.TemporaryFile(dir=place).close()
    except OSError as error:
        exists = isinstance(error, FileExistsError)
        why = f"{error.filename} is no folder" if exists else error.strerror
        raise Refusal(f"{folder} cannot hold the reports ({why}): choose another folder") from None
    for name in (*reports.FILES, run.JOURNAL):
        if (folder / name).is_dir():
            raise Refusal(f"{folder / name} is a folder: choose another folder for the reports")


def _need_solutions() -> None:
    """Refuse where the course is a student's copy."""
    from course_utils import editions

    if not editions.solutions():
        raise Refusal("this copy of the course has no solutions/: use a clone of its repository")


def _number(kind: type, lowest: float, highest: float = math.inf) -> Callable[[str], float]:
    """Return a reader of a number that is neither too small nor too large."""
    span = f"from {lowest} " + ("on" if highest == math.inf else f"to {highest}")

    def read(text: str) -> float:
        try:
            value = kind(text)
        except ValueError:
            value = lowest - 1
        if not lowest <= value <= highest:
            raise argparse.ArgumentTypeError(f"a number {span}, not {text!r}")
        return value

    return read


def _place(text: str) -> Path:
    """Read a path; an empty one would be the folder in which the command runs."""
    if not text:
        raise argparse.ArgumentTypeError("it is empty: name a place")
    return Path(text)


def _progress(name: str, unit: str = "cell") -> Callable[[int, int], None]:
    """Return a function that shows, on a terminal, how many of the cells are done."""

    def show(done: int, total: int) -> None:
        if sys.stdout.isatty():
            print(f"{name}: {unit} {done} of {total}", end="\x1b[K\r", flush=True)

    return show


def _clear_line() -> None:
    """Take away, on a terminal, what `_progress` showed."""
    if sys.stdout.isatty():
        print(end="\r\x1b[K", flush=True)


def _version(options: argparse.Namespace) -> int:
    from importlib.metadata import version

    print(f"course {version('activation-course')}")
    return 0


def _add(
    commands: argparse._SubParsersAction,
    function: Callable[[argparse.Namespace], int],
    example: str,
) -> argparse.ArgumentParser:
    """Register a subcommand under its function's name; its docstring begins with its help."""
    summary = function.__doc__.partition("\n")[0]
    parser = commands.add_parser(
        function.__name__,
        help=summary[0].lower() + summary.rstrip(".")[1:],
        description=summary,
        epilog=f"For instance: {example}",
    )
    parser.set_defaults(function=function, parser=parser)
    return parser


def build_parser() -> tuple[argparse.ArgumentParser, list[str]]:
    """Return the parser and the names of the subcommands."""
    parser = _Parser(
        prog="course",
        description="The course on activation functions, from the command line.",
        epilog="For instance: course doctor",
    )
    parser.add_argument("--version", action="store_true", help="print the version and leave")
    commands = parser.add_subparsers(metavar="COMMAND")

    _add(commands, doctor, "course doctor")

    command = _add(commands, lab, "course lab -- --port 9999")
    command.add_argument("extra", nargs="*", metavar="-- EXTRA", help="arguments for JupyterLab")

    command = _add(commands, execute, "course execute notebooks/02_sigmoid.ipynb")
    command.add_argument(
        "notebooks", nargs="*", type=Path, metavar="NOTEBOOK", help="all lessons if none is named"
    )
    command.add_argument(
        "--check", action="store_true", help="write nothing; fail if the outputs differ"
    )

    command = _add(commands, build, "course build --check")
    command.add_argument(
        "--check", action="store_true", help="write nothing; fail if an exercise differs"
    )

    command = _add(commands, live, "course live 02 03 --to live")
    command.add_argument(
        "lessons", nargs="*", metavar="LESSON", help="02 or 02_sigmoid; all if none is named"
    )
    command.add_argument("--to", type=Path, required=True, metavar="DIR", help="for the notebooks")
    command.add_argument(
        "--instructor", action="store_true", help="keep the code, show the notes, add a run sheet"
    )

    command = _add(commands, slides, "course slides 02 03 --to slides")
    command.add_argument(
        "lessons", nargs="*", metavar="LESSON", help="02 or 02_sigmoid; all if none is named"
    )
    command.add_argument("--to", type=Path, required=True, metavar="DIR", help="for the pages")

    command = _add(commands, site, "course site --to build/site")
    command.add_argument("--to", type=Path, required=True, metavar="DIR", help="for the pages")

    command = _add(commands, reset, "course reset 02")
    command.add_argument("exercise", metavar="NN", help="the exercise's number")

    _add(commands, progress, "course progress")

    command = _add(commands, bundle, "course bundle --to activation-course.zip")
    command.add_argument("--to", type=Path, required=True, metavar="FILE.zip")

    command = _add(commands, grade, "course grade submissions --to report --jobs 2")
    command.epilog += (
        ". Exit status: 0 if all is marked, whatever the points; 1 if a student has less than "
        "--fail-under, or the run ended early; 2 if the arguments cannot be used, or the reports "
        "cannot be written."
    )
    command.add_argument(
        "submissions", type=_place, metavar="SUBMISSIONS",
        help="a notebook, a student's folder of notebooks, or a folder of such folders",
    )  # fmt: skip
    command.add_argument("--to", type=_place, required=True, metavar="DIR", help="for the reports")
    jobs = os.cpu_count() or 1
    command.add_argument(
        "--jobs", type=_number(int, 1), default=jobs, metavar="N",
        help="how many students to mark at the same time (%(default)s: one a processor)",
    )  # fmt: skip
    command.add_argument(
        "--time-limit", type=_number(float, 0.1, 86_400), default=10.0, metavar="SECONDS",
        help="for a task or a cell (10); a notebook has six times as long in all",
    )  # fmt: skip
    command.add_argument(
        "--memory-limit", type=_number(int, 64, 1_048_576), default=1024, metavar="MIB",
        help="for a student's process (1024)",
    )  # fmt: skip
    command.add_argument(
        "--fail-under", type=_number(float, 0, 100), metavar="PERCENT",
        help="leave with 1 if a student has less",
    )  # fmt: skip
    command.add_argument(
        "--feedback", action="store_true",
        help="say that this run is feedback, no mark: for CI in a student's own repository",
    )  # fmt: skip
    command.add_argument(
        "--seed", type=_number(int, 0), help="of the random inputs, to repeat a run"
    )
    command.add_argument(
        "--exercises",
        nargs="+",
        metavar="NN",
        help="mark these alone, 02 or 02_sigmoid; all if none is named",
    )
    return parser, list(commands.choices)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the `course` command and return its exit status."""
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    parser, names = build_parser()
    if arguments and not arguments[0].startswith("-") and arguments[0] not in names:
        near = difflib.get_close_matches(arguments[0], names, n=1)
        hint = f"did you mean `course {near[0]}`?" if near else f"there are {', '.join(names)}"
        parser.error(f"unknown command {arguments[0]!r}: {hint}")
    options = parser.parse_args(arguments)
    if options.version:
        options.function = _version
    if "function" not in options:
        parser.error(f"name a command: {', '.join(names)}")
    try:
        return options.function(options)
    except Refusal as refusal:
        _clear_line()
        options.parser.error(str(refusal))
    except ModuleNotFoundError as error:
        print(f"course: {error.name} is not installed: run `make lab` again", file=sys.stderr)
    except OSError as error:
        _clear_line()
        print(f"course: {error}", file=sys.stderr)
    except KeyboardInterrupt as error:
        _clear_line()
        print(": ".join(["course: stopped", *map(str, error.args)]), file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
