"""What a worker does once it is shut in: run cells as Jupyter would, and answer questions.

Stops: one cell costing another (each is run, whatever became of the ones before); output and
pictures without end (nothing is drawn, see `worker`).
"""

from __future__ import annotations

import asyncio
import linecache
import re
import socket
import sys
import types
from typing import Any

from IPython.core.async_helpers import get_asyncio_loop

from course_utils.answers import Call, Raised, Returned, ask, copied, without_addresses
from course_utils.grading import wire

__all__ = ["serve"]


def serve(shell: Any, channel: socket.socket, bell: socket.socket | None = None) -> None:
    """Run cells and answer questions until the marker has no more; ring when all is said."""
    reader, writer = wire.Reader(channel, trusts=True), wire.Writer(channel, bell)
    while True:
        try:
            question, *parts = reader.read()
        except wire.Broken:
            return
        if question == "run":
            _run_all(writer, shell, parts[0])
        elif question == "ask":
            for name, calls in parts[0]:
                writer.write(*_answers(shell, name, calls))
        writer.ring()


def _run_all(writer: wire.Writer, shell: Any, cells: list) -> None:
    """Run cells, and say of each when it begins and what became of the one before.

    As in a kernel, they run in an event loop, where a notebook may be in want of one.
    """
    is_plain = not any(_needs_history(source) for _, source in cells)
    loop = get_asyncio_loop() if any("asyncio" in source for _, source in cells) else None
    error: list = []
    for number, source in cells:
        writer.write(["begin", number, error])
        error = _run(shell, number, source, is_plain, loop)
    writer.write(["ran", -1, error])


LONG = 5_000
"""From how many letters on a cell is not looked into."""
_NAMES = frozenset("_ __ ___ _i _ii _iii _ih _oh _dh In Out get_ipython".split())
_NUMBERED = re.compile(r"\b_i?[0-9]+\b").search
_MAGICS = re.compile(
    r"^[^\S\n]*%*(hist\w*|rec\w*|rep|rerun|macro|save|edit|notebook|pastebin|log\w*)\b(?!\s*[=(.,:\[])",
    re.M,
).search
_TEXTS = re.compile(
    r"""
    ^[ \t]*[rRuU]?(?P<three>\"{3}|'{3})(?:[^\\]|\\[\s\S])*?(?P=three)  # a docstring
    | \#[^\n]*                                                      # a comment
    | \bfor[ ]_{1,3}\b
    | (?P<kept>
        (?P<quotes>\"{3}|'{3})(?:[^\\]|\\[\s\S])*?(?P=quotes)          # any other text
        | "(?:\\.|[^"\\\n])*"
        | '(?:\\.|[^'\\\n])*'
    )
    """,
    re.M | re.X,
).sub
_WORDS = re.compile(r"\w+").findall


_PLACE = re.compile(r"\(<[^<>]*>, line (\d+)\)").sub
"""Where a cell is no Python: the cell's number is told already."""


def _needs_history(source: str) -> bool:
    """Return whether a cell may ask what IPython keeps of the cells before."""
    if len(source) > LONG:
        return True  # to look would take the longer, the more odd it is; IPython is right too
    if not _may_need_history(source):
        return False
    return _may_need_history(_TEXTS(lambda found: found["kept"] or "", source))


def _may_need_history(source: str) -> bool:
    words = _WORDS(source)
    return not _NAMES.isdisjoint(words) or bool(_NUMBERED(source) or _MAGICS(source))


def _run(
    shell: Any, number: int, source: str, is_plain: bool, loop: asyncio.AbstractEventLoop | None
) -> list:
    """Run one cell as Jupyter would; return the name of its error and its text, or nothing.

    What is plain Python is compiled and run at once, in IPython's namespace and with its
    builtins: a tenth of the time. Magics, shell commands, a top-level ``await`` and what does
    not compile go through IPython; so does all of a notebook that asks for its history, or
    for an event loop.
    """
    error: BaseException | None = None
    try:
        code = _compiled(shell, number, source) if is_plain and not loop else None
        if code is None:
            result = (
                loop.run_until_complete(_in_loop(shell, source))
                if loop
                else shell.run_cell(source, store_history=True)
            )
            error = result.error_before_exec or result.error_in_exec
        else:
            exec(code, shell.user_ns)
    except BaseException as stopped:  # a cell may raise what IPython does not catch
        error = stopped
    try:
        if (pyplot := sys.modules.get("matplotlib.pyplot")) and pyplot.get_fignums():
            pyplot.close("all")
    except BaseException as stopped:
        error = stopped if error is None else error
    if error is None:
        return []
    try:
        text = without_addresses(" ".join(str(error)[:10_000].split()))
        text = _PLACE(r"(line \1)", text)
        return [type(error).__name__, text[:300]]
    except BaseException:
        return [type(error).__name__, ""]


async def _in_loop(shell: Any, source: str) -> Any:
    """Return what `run_cell` does, from within a loop; what waits there has its turn after."""
    try:
        transformed, failed = shell.transform_cell(source), None
    except Exception:
        transformed, failed = source, sys.exc_info()
    result = await shell.run_cell_async(
        source, store_history=True, transformed_cell=transformed, preprocessing_exc_tuple=failed
    )
    await asyncio.sleep(0)
    return result


def _compiled(shell: Any, number: int, source: str) -> types.CodeType | None:
    """Return the code of a cell that needs nothing of IPython, where tracebacks find its lines."""
    words = source.split(None, 1)
    changed = shell.ast_transformers, shell.input_transformers_post, "run_cell" in vars(shell)
    if not words or any(changed) or any(shell.events.callbacks.values()):
        return None
    if "\n" not in source.strip() and words[0] in shell.magics_manager.magics["line"]:
        return None  # `ls` and `pwd` are magics too where nothing else has their name
    name = f"<cell {number + 1}>"
    try:
        code = shell.compile(source, name, "exec")
    except (SyntaxError, ValueError, OverflowError, MemoryError, RecursionError):
        return None
    linecache.cache[name] = len(source), None, source.splitlines(keepends=True), name
    return code


def _look(shell: Any, name: str, is_asked: bool) -> list:
    """Return a word for what a name holds, the name, and a plain value if it holds one."""
    if name not in shell.user_ns:
        return ["missing", name]
    value = shell.user_ns[name]
    try:
        if callable(value) and (is_asked or not hasattr(value, "free_symbols")):
            return ["function", name]
        return ["value", name, wire.encode(copied(value))]
    except BaseException as error:
        return ["unreadable", name, type(error).__name__]


def _answers(shell: Any, name: str, calls: list) -> list[list]:
    """Return what a name holds, and if it is a function, what it answers to calls."""
    found = _look(shell, name, bool(calls))
    if found != ["function", name]:
        return [found]
    try:
        replies = ask(shell.user_ns[name], [Call(*wire.decode(call)) for call in calls], False)
    except BaseException as error:  # a KeyboardInterrupt that nobody's keyboard sent
        replies = [Raised(type(error).__name__, "")] * len(calls)
    return [found, *map(_encoded, replies)]


def _encoded(reply: Returned | Raised) -> list:
    try:
        return wire.encode_reply(reply)
    except BaseException as error:
        return ["raised", f"{type(error).__name__}: the answer cannot be read", ""]
