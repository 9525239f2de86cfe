"""What marker and worker say to each other: frames of JSON, bounded and strictly decoded.

A frame is four bytes of length and as many bytes of JSON. A value travels as a list whose
first entry says what it is, so that nothing has to be guessed and nothing is evaluated:

====================== ============================================================
``["none"]``           None; ``["dots"]`` for ``...``
``["bool", true]``     also ``["int", 3]`` and ``["text", "abc"]``
``["float", "0x1p0"]`` a float as `float.hex` writes it, exact
``["array", ...]``     dtype, shape, base64 of the bytes; ``["scalar", ...]`` the same
``["list", ...]``      its entries; ``["tuple", ...]`` too
``["dict", ...]``      pairs of a text and a value
``["formula", tree]``  a tree of `course_utils.answers.tree`
``["other", "set"]``   no answer to any task: the name of its type
====================== ============================================================

Stops: pickles and code in an answer (nothing is unpickled or evaluated); answers that eat
the marker's memory (`LONGEST` bytes a frame, checked before they are read, and `MOST_PARTS`
in it, counted before they are taken apart: an empty list is two bytes of JSON and sixty of
memory); frames that come a byte at a time (they are put together in one place); a marker
that waits for ever (each read has a deadline, and formulas that would take ages to
evaluate are measured before anything is built); objects with an ``==`` or a `dtype` of
their own (what is decoded here was built here).
"""

from __future__ import annotations

import binascii
import json
import math
import select
import socket
import struct
import time
from typing import Any

import numpy as np

from course_utils.answers import Formula, Other, Raised, Returned, settled

__all__ = [
    "LONGEST",
    "Broken",
    "Reader",
    "Writer",
    "as_text",
    "decode",
    "decode_reply",
    "encode",
    "encode_reply",
    "framed",
    "line",
    "parsed",
    "write",
]

LONGEST = 2_000_000
"""The most bytes of an answer's frame; the largest that `answers.plain` lets through fits."""
LONGEST_QUESTION = 12_000_000
"""The most bytes of what the marker says; a notebook's code fits (see `submissions`)."""
AT_ONCE = 1 << 16
LULL = 0.1
"""After how many seconds one who waits for the bell looks whether something has come."""
MOST_PARTS = 200_000
LONGEST_TEXT = 20_000
LARGEST_INTEGER = 1 << 63
DEEPEST = 60
_ARRAYS = np.ndarray, np.generic
DTYPES = {name: np.dtype(name) for name in ("<f8", "<f4", "<i8", "|b1")}


class Broken(Exception):
    """The other side is gone, or what it said is no frame or no value."""


# ------------------------------------------------------------------------------- frames


def write(channel: socket.socket, *messages: Any) -> None:
    """Send messages, in one piece where they are small: each piece wakes the other side.

    Raises
    ------
    Broken
        If the other side is gone or does not read.
    """
    Writer(channel).write(*messages)


def as_text(message: Any) -> bytes:
    """Return the JSON of a message, or raise `Broken` if it has none."""
    try:
        return _to_json(message).encode("ascii")
    except (TypeError, ValueError, RecursionError) as error:
        raise Broken(f"no message: {error}") from None


def framed(text: bytes) -> bytes:
    """Return the frame of a message, as it goes over the socket."""
    if len(text) > LONGEST_QUESTION:
        raise Broken("the message is too long")
    return struct.pack("<I", len(text)) + text


class Writer:
    """One end of a socket: puts frames into it.

    Parameters
    ----------
    channel : socket
        The end of the one who writes.
    bell : socket, optional
        Where to `ring`; see `Reader`.
    """

    def __init__(self, channel: socket.socket, bell: socket.socket | None = None) -> None:
        self._channel = channel
        self._bell = bell

    def write(self, *messages: Any) -> None:
        """Send messages, in one piece where they are small, or raise what `wire.write` raises."""
        waiting = bytearray()
        for message in messages:
            waiting += framed(as_text(message))
            if len(waiting) > AT_ONCE or message is messages[-1]:
                self._send(waiting)
                waiting.clear()

    def _send(self, piece: bytearray) -> None:
        try:
            if self._bell:
                try:
                    sent = self._channel.send(piece, socket.MSG_DONTWAIT)
                except BlockingIOError:
                    sent = 0
                if sent == len(piece):
                    return
                del piece[:sent]
                self.ring()  # or we wait for each other
            self._channel.sendall(piece)
        except OSError as error:
            raise Broken(f"the other side is gone: {error}") from None

    def ring(self) -> None:
        """Wake the other side: there is something to be read."""
        if self._bell:
            try:
                self._bell.send(b"!", socket.MSG_DONTWAIT)
            except OSError:
                pass  # it has not been heard yet, or nobody listens


class Reader:
    """One end of a socket: takes the frames out of what comes there.

    Parameters
    ----------
    channel : socket
        The end of the one who reads, without a timeout.
    bell : socket, optional
        Who waits for this one is not woken by each frame, only when the other side rings or
        hangs up, or after a `LULL`: to be woken for each of some thirty takes both sides
        together 2 ms a notebook, a tenth of all.
    trusts : bool
        Whether the other side is the marker, from whom a worker takes longer messages.
    """

    def __init__(
        self, channel: socket.socket, bell: socket.socket | None = None, trusts: bool = False
    ) -> None:
        self._channel = channel
        self._bell = bell
        self._is_quiet = True  # the bell has not rung
        self._trusts = trusts
        self._waiting = bytearray()

    def expect(self) -> None:
        """Wait for the bell from now on: the other side has been asked for something."""
        self._is_quiet = True

    def read(self, seconds: float | None = None) -> Any:
        """Return the next message, or raise what `text` and `parsed` raise.

        Parameters
        ----------
        seconds : float, optional
            How long to wait for the whole of it; a worker may wait for ever.
        """
        return parsed(self.text(None if seconds is None else time.monotonic() + seconds))

    def text(self, end: float | None = None) -> bytes:
        """Return the JSON of the next message.

        Parameters
        ----------
        end : float, optional
            The moment of the monotonic clock until which to wait for the whole of it.

        Raises
        ------
        TimeoutError
            If it is not there by then; what is there is kept for another try.
        Broken
            If the other side is gone, or the message is too long or has too many parts.
        """
        self._fill(4, end)
        (length,) = struct.unpack_from("<I", self._waiting)
        if length > (LONGEST_QUESTION if self._trusts else LONGEST):
            raise Broken("the message is too long")
        self._fill(4 + length, end)
        text = bytes(self._waiting[4 : 4 + length])
        del self._waiting[: 4 + length]
        if not self._trusts and sum(map(text.count, (b",", b"[", b"{"))) > MOST_PARTS:
            raise Broken("the message has too many parts")
        return text

    def _fill(self, count: int, end: float | None) -> None:
        """Wait until so many bytes are there; what has come already is taken at any time."""
        while len(self._waiting) < count:
            try:
                received = self._channel.recv(AT_ONCE, socket.MSG_DONTWAIT)
            except BlockingIOError:
                self._wait(end)
                continue
            except OSError as error:
                raise Broken(f"the other side is gone: {error}") from None
            if not received:
                raise Broken("the other side is gone")
            self._waiting += received

    def _wait(self, end: float | None) -> None:
        """Wait until there may be more, or raise TimeoutError."""
        left = None if end is None else end - time.monotonic()
        if left is not None and left <= 0:
            raise TimeoutError
        if self._bell is None or not self._is_quiet:
            select.select([self._channel], [], [], left)
        elif select.select([self._bell], [], [], LULL if left is None else min(left, LULL))[0]:
            self._is_quiet = False
            try:
                self._bell.recv(AT_ONCE, socket.MSG_DONTWAIT)
            except OSError:
                pass


def parsed(text: bytes) -> Any:
    """Return the message that a frame holds.

    Raises
    ------
    Broken
        If it is no JSON.
    """
    try:
        return _from_json(text.decode("utf-8"))
    except (ValueError, RecursionError):
        raise Broken("the message is no JSON") from None


def _no_constant(name: str) -> None:
    raise ValueError(name)


_to_json = json.JSONEncoder(allow_nan=False, separators=(",", ":")).encode
_from_json = json.JSONDecoder(parse_constant=_no_constant).decode


# ------------------------------------------------------------------------------- values


def encode(value: Any) -> list:
    """Return a plain value (or an argument of a call) as it travels.

    Raises
    ------
    TypeError
        If it is not plain.
    """
    if value is None:
        return ["none"]
    if value is Ellipsis:
        return ["dots"]
    if type(value) is bool:
        return ["bool", value]
    if type(value) is int:
        return ["int", str(value)]
    if type(value) is float:
        return ["float", value.hex()]
    if isinstance(value, _ARRAYS):
        array = np.ascontiguousarray(value)
        name = array.dtype.newbyteorder("<").str
        if name not in DTYPES:
            raise TypeError(f"an array of {array.dtype}")
        text = binascii.b2a_base64(array.astype(name, copy=False), newline=False).decode("ascii")
        kind = "array" if isinstance(value, np.ndarray) else "scalar"
        return [kind, name, list(np.shape(value)), text]
    if type(value) is str:
        return ["text", value]
    if type(value) in (list, tuple):
        return [type(value).__name__, *(encode(item) for item in value)]
    if type(value) is dict:
        return ["dict", *([str(key), encode(item)] for key, item in value.items())]
    if isinstance(value, Formula):
        return ["formula", _listed(value.tree)]
    if isinstance(value, Other):
        return ["other", value.kind]
    raise TypeError(f"a {type(value).__name__} does not travel")


def _listed(tree: Any) -> Any:
    return [_listed(part) for part in tree] if isinstance(tree, tuple) else tree


def decode(message: Any, depth: int = 0) -> Any:
    """Return the value that a message holds, built from nothing but its bytes.

    Raises
    ------
    Broken
        If it is no message that `encode` makes.
    """
    if type(message) is not list or not message or depth > DEEPEST:
        raise Broken("no value")
    kind, *parts = message
    try:
        if kind in ("none", "dots") and not parts:
            return None if kind == "none" else ...
        if kind in ("list", "tuple"):
            items = [decode(part, depth + 1) for part in parts]
            return items if kind == "list" else tuple(items)
        if kind == "dict":
            return {_text(key): decode(item, depth + 1) for key, item in parts}
        if kind == "array":
            return _array(*parts)
        if kind == "scalar":
            return _array(*parts)[()]
        (part,) = parts
        if kind == "bool" and type(part) is bool:
            return part
        if kind == "int" and type(part) is str and len(part) < 40:
            return _integer(int(part))
        if kind == "float" and type(part) is str and len(part) < 40:
            return float.fromhex(part)
        if kind == "text":
            return _text(part)
        if kind == "formula":
            found = settled(Formula(_tuples(part, 0)))
            return Other(line(found.kind)) if isinstance(found, Other) else found
        if kind == "other":
            return Other(line(part)[:60])
    except (TypeError, ValueError, OverflowError):
        raise Broken("no value") from None
    raise Broken("no value")


def _integer(number: int) -> int:
    if abs(number) > LARGEST_INTEGER:  # NumPy, which compares it, stops at a larger one
        raise ValueError
    return number


def _text(part: Any) -> str:
    if type(part) is not str or len(part) > LONGEST_TEXT:
        raise ValueError
    return part.encode("utf-8", "replace").decode("utf-8")  # no half of a surrogate pair


def line(part: Any) -> str:
    """Return a text that may be shown: one line, nothing that steers a terminal or a reader."""
    text = " ".join(_text(part).split())
    return "".join(c if c.isprintable() else "\ufffd" for c in text)


def _array(name: Any, shape: Any, text: Any) -> np.ndarray:
    if type(name) is not str or name not in DTYPES or type(shape) is not list or len(shape) > 16:
        raise ValueError
    if not all(type(n) is int and 0 <= n < 1 << 40 for n in shape) or type(text) is not str:
        raise ValueError
    raw, kind = binascii.a2b_base64(text, strict_mode=True), DTYPES[name]
    if len(raw) != math.prod(shape) * kind.itemsize:
        raise ValueError
    return np.frombuffer(raw, kind).reshape(shape).copy()


def _tuples(part: Any, depth: int) -> tuple:
    if type(part) is not list or depth > DEEPEST or not 0 < len(part) <= 1_000:
        raise ValueError
    if not all(type(p) in (str, list) for p in part):
        raise ValueError
    return tuple(_text(p) if type(p) is str else _tuples(p, depth + 1) for p in part)


# ------------------------------------------------------------------- replies to one call


def encode_reply(reply: Returned | Raised) -> list:
    """Return a reply as it travels."""
    if isinstance(reply, Raised):
        return ["raised", reply.message, reply.line]
    return ["returned", encode(reply.value), list(reply.warnings), list(reply.overwritten)]


def decode_reply(message: Any) -> Returned | Raised:
    """Return the reply that a message holds.

    Raises
    ------
    Broken
        If it is no message that `encode_reply` makes.
    """
    if type(message) is not list or not message:
        raise Broken("no reply")
    kind, *parts = message
    try:
        if kind == "raised":
            text, place = parts
            return Raised(line(text)[:300], line(place)[:300])
        if kind == "returned":
            value, warnings, overwritten = parts
            if not type(warnings) is type(overwritten) is list:
                raise ValueError
            if len(warnings) > 100 or len(overwritten) > 100:
                raise ValueError
            places = tuple(k for k in overwritten if type(k) is int and 0 <= k < 100)
            return Returned(decode(value), tuple(line(w)[:300] for w in warnings), places)
    except (TypeError, ValueError):
        pass
    raise Broken("no reply")
