"""What a worker does once it is shut in: run cells as Jupyter would, and answer questions.

Stops: one cell costing another (each is run, whatever became of the ones before); output and
pictures without end (nothing is drawn, see `worker`).
"""

from __future__ import annotations

import ast
import socket
import sys
import types
from typing import Any

from course_utils.answers import Call, ask, plain
from course_utils.grading import wire

__all__ = ["serve"]


def serve(channel: socket.socket, shell: Any) -> None:
    """Run cells and answer questions until the marker has no more."""
    while True:
        try:
            question, *parts = wire.read(channel)
        except wire.Broken:
            return
        if question == "run":
            ended = []
            for number, source in parts[0]:
                wire.write(channel, *ended, ["begin", number])
                ended = [["end", number, _run(shell, source)]]
            wire.write(channel, *ended, ["ran"])
        elif question == "look":
            wire.write(channel, _look(shell, parts[0]))
        elif question == "call":
            found = _look(shell, parts[0])
            function = shell.user_ns.get(parts[0])
            calls = parts[1] if found == ["function"] else []
            wire.write(channel, found, *(_answer(function, wire.decode(call)) for call in calls))


def _run(shell: Any, source: str) -> list:
    """Run one cell as Jupyter would; return the name of its error and its text, or nothing.

    What is plain Python is compiled and run at once, in IPython's namespace and with its
    builtins: a tenth of the time. Magics, shell commands, a top-level ``await`` and what does
    not compile go through IPython.
    """
    try:
        code = _plain_python(shell, source)
        if code is None:
            _remember(shell)
            result = shell.run_cell(source, store_history=True)
            error = result.error_before_exec or result.error_in_exec
        else:
            error = None
            _run_plain(shell, source, *code)
        if (pyplot := sys.modules.get("matplotlib.pyplot")) and pyplot.get_fignums():
            pyplot.close("all")
    except BaseException as stopped:  # a cell may raise what IPython does not catch
        error = stopped
    if error is None:
        return []
    try:
        return [type(error).__name__, " ".join(str(error).split())[:300]]
    except BaseException:
        return [type(error).__name__, ""]


def _plain_python(shell: Any, source: str) -> tuple | None:
    """Return the code of a cell that needs nothing of IPython, and that of its last line."""
    words = source.split(None, 1)
    if not words or shell.ast_transformers or shell.input_transformers_post:
        return None
    if "\n" not in source.strip() and words[0] in shell.magics_manager.magics["line"]:
        return None  # `ls` and `pwd` are magics too where nothing else has their name
    try:
        tree, last = shell.compile.ast_parse(source), None
        name = shell.compile.cache(source, shell.execution_count)
        if tree.body and isinstance(tree.body[-1], ast.Expr):
            last = ast.Expression(tree.body.pop().value)
        return shell.compile(tree, name, "exec"), last and shell.compile(last, name, "eval")
    except (SyntaxError, ValueError, OverflowError, MemoryError, RecursionError):
        return None


def _run_plain(shell: Any, source: str, code: types.CodeType, last: types.CodeType | None) -> None:
    """Run the code of a cell, and keep what its last line gives for `_` and `Out`."""
    history, names = shell.history_manager, shell.user_ns
    before = history.input_hist_raw[:0:-1][:3]
    names.update(zip(("_i", "_ii", "_iii"), [*before, "", "", ""], strict=False))
    names[f"_i{shell.execution_count}"] = source
    history.input_hist_parsed.append(source)
    history.input_hist_raw.append(source)
    try:
        with shell.builtin_trap:
            exec(code, names)
            value = None if last is None else eval(last, names)
        if value is not None and not source.rstrip().endswith(";"):
            shell.displayhook.update_user_ns(value)
    finally:
        shell.execution_count += 1


def _remember(shell: Any) -> None:
    """Tell IPython of the last inputs that it did not see; to store each its way is slow."""
    history = shell.history_manager
    last = [*history.input_hist_raw[:0:-1][:3], "", "", ""]
    history._i00, history._i, history._ii = last[:3]


def _look(shell: Any, name: str) -> list:
    """Return what a name holds: nothing, a function, or a plain value."""
    if name not in shell.user_ns:
        return ["missing"]
    value = shell.user_ns[name]
    try:
        if callable(value) and not hasattr(value, "free_symbols"):
            return ["function"]
        return ["value", wire.encode(plain(value))]
    except BaseException as error:
        return ["unreadable", type(error).__name__]


def _answer(function: Any, arguments: tuple) -> list:
    try:
        (reply,) = ask(function, [Call(*arguments)])
        return wire.encode_reply(reply)
    except BaseException as error:
        return ["raised", f"{type(error).__name__}: the answer cannot be read", ""]
