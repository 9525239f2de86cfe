"""The wire: what is encoded comes back, and nothing that a stranger sends does any harm."""

import contextlib
import json
import math
import socket
import struct
import threading
import time
import tracemalloc

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from course_utils.answers import Formula, Other, Raised, Returned, copied, formula, plain
from course_utils.grading import wire
from course_utils.symbolic import a, z
from course_utils.tasks import EXERCISES, tasks_of

# ------------------------------------------------------------------------- there and back

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=50)
NUMBERS = st.one_of(
    st.floats(), st.booleans(), st.none(), st.just(...), st.integers(-(2**63), 2**63)
)
ARRAYS = st.builds(
    lambda values, shape, kind: np.resize(np.array(values, dtype=float), shape).astype(kind),
    st.lists(st.floats(-1e30, 1e30), min_size=1, max_size=20),
    st.lists(st.integers(0, 4), max_size=4),
    st.sampled_from(["f8", "f4", "?"]),
)
VALUES = st.recursive(
    st.one_of(NUMBERS, TEXT, ARRAYS),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=4).map(tuple),
        st.dictionaries(TEXT, inner, max_size=4),
    ),
    max_leaves=20,
)


def equal(one, other):
    if type(one) is not type(other):
        return False
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and np.array_equal(one, other, equal_nan=True)
    if isinstance(one, dict):
        return list(one) == list(other) and all(equal(one[k], other[k]) for k in one)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(equal, one, other))
    if isinstance(one, float):
        return one.hex() == other.hex()
    return one == other


def over_the_wire(message):
    return json.loads(json.dumps(message, allow_nan=False))


@given(VALUES)
def test_a_value_comes_back(value):
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value.reshape(1)
    assert equal(wire.decode(over_the_wire(wire.encode(value))), value)


def kinds(value):
    if isinstance(value, np.ndarray):
        return type(value), value.dtype, value.shape
    if isinstance(value, list | tuple):
        return type(value), [kinds(item) for item in value]
    if isinstance(value, dict):
        return dict, {key: kinds(item) for key, item in value.items()}
    return type(value)


@pytest.mark.parametrize("exercise", EXERCISES)
def test_a_worker_is_asked_what_check_asks(exercise):
    for task in tasks_of(exercise):
        for call in task.calls(np.random.default_rng(1)) if task.takes_function else []:
            arguments = wire.decode(over_the_wire(wire.encode(call.arguments)))
            assert kinds(arguments) == kinds(call.arguments), task.name


@given(VALUES, st.lists(TEXT, max_size=3), st.lists(st.integers(0, 9), max_size=3))
def test_a_reply_comes_back(value, warnings, overwritten):
    got = wire.decode_reply(
        over_the_wire(wire.encode_reply(Returned(value, tuple(warnings), tuple(overwritten))))
    )
    assert equal(got.value, value)
    assert got.overwritten == tuple(overwritten)
    assert len(got.warnings) == len(warnings)


@pytest.mark.parametrize("expression", [a * (1 - a), sympy.exp(-z) / (1 + sympy.exp(-z)) ** 2])
def test_a_formula_comes_back(expression):
    got = wire.decode(over_the_wire(wire.encode(plain(expression))))
    assert formula(got.tree) == expression


@pytest.mark.parametrize("value", [1j, {1}, object(), np.array([1j]), np.array(["a"])])
def test_what_is_not_plain_does_not_travel(value):
    with pytest.raises(TypeError):
        wire.encode(value)


def test_the_largest_plain_answer_fits():
    for answer in (
        [[-1 / 3] * 9_990] * 2,
        np.full(19_000, -1 / 3),
        ["\U0001f600" * 3_000] * 13,
        [[]] * 9_990,
    ):
        value = plain(answer)
        assert not isinstance(value, Other)
        text = json.dumps(wire.encode(value), separators=(",", ":"))
        assert len(text) < wire.LONGEST
        assert sum(map(text.count, ",[{")) < wire.MOST_PARTS
    assert isinstance(plain(np.ones(30_000)), Other)
    assert isinstance(plain([[1.0] * 1_000] * 1_000), Other)
    assert isinstance(plain(["x" * 10_000] * 100), Other)


# ---------------------------------------------------------------------------- bad values

JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=5), st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=25,
)
KINDS = "none dots bool int text float array list tuple dict formula other raised returned".split()
NEARLY = st.recursive(
    st.one_of(JSON, st.sampled_from([*KINDS, "<f8", "Add", "Pow", "Symbol", "0x1p0", "a"])),
    lambda inner: st.builds(
        lambda kind, parts: [kind, *parts], st.sampled_from(KINDS), st.lists(inner, max_size=4)
    ),
    max_leaves=20,
)


@given(NEARLY)
def test_only_broken_comes_out(message):
    for reader in (wire.decode, wire.decode_reply):
        try:
            value = reader(message)
        except wire.Broken:
            continue
        if isinstance(value, Formula):
            formula_or_nothing(value)


def formula_or_nothing(value):
    try:
        return formula(value.tree)
    except ValueError:
        return None


ARRAY = "AAAAAAAA8D8="  # 1.0


@pytest.mark.parametrize(
    "message",
    [
        ["array", "<f8", [2], ARRAY],
        ["array", "<f8", [-1], ARRAY],
        ["array", "<f8", [True], ARRAY],
        ["array", "<f8", [1.0], ARRAY],
        ["array", "<f8", [1] * 17, ARRAY],
        ["array", "<f8", [1 << 39, 1 << 39], ARRAY],
        ["array", "<f8", [0, 1 << 41], ""],
        ["array", "<f8", [1], "AAAAAAAA8D8"],
        ["array", "<f8", [1], "AAAA AAAA8D8="],
        ["array", "<f8", [1], "é" * 12],
        ["array", "|O", [1], ARRAY],
        ["array", "O", [1], ARRAY],
        ["array", "<c16", [1], ARRAY * 2],
        ["array", "V8", [1], ARRAY],
        ["array", ["<f8"], [1], ARRAY],
        ["array", "<f8", "1", ARRAY],
        ["array", "<f8", [1]],
        ["array", "<f8", [1], ARRAY, 0],
        ["int", "9" * 399],
        ["int", str(2**64)],
        ["int", 3],
        ["int", "1" * 41],
        ["float", 1.0],
        ["float", "0x1p99999"],
        ["float", "__import__('os')"],
        ["bool", 1],
        ["text", "x" * 20_001],
        ["text"],
        ["text", "a", "b"],
        ["dict", ["a"]],
        ["dict", "ab"],
        ["dict", [1, ["none"]]],
        ["dict", {"a": 1, "b": 2}],
        ["other", 3],
        ["pickle", "gASVAAAA"],
        [["none"]],
        [None],
        [],
        {},
        None,
        "none",
        3,
    ],
)
def test_what_is_no_value_is_broken(message):
    with pytest.raises(wire.Broken):
        wire.decode(message)


def nested(depth, inner, *front):
    for _ in range(depth):
        inner = [*front, inner]
    return inner


@pytest.mark.parametrize("depth", [100, 900])
def test_depth_is_bounded(depth):
    for kind in ("list", "tuple"):
        with pytest.raises(wire.Broken):
            wire.decode(nested(depth, ["none"], kind))
    with pytest.raises(wire.Broken):
        wire.decode(["formula", nested(depth, ["Symbol", "a"], "exp")])


@pytest.mark.parametrize(
    "reply",
    [
        ["returned", ["none"], [], {}],
        ["returned", ["none"], "ab", []],
        ["returned", ["none"], [1], []],
        ["returned", ["none"], ["w"] * 101, []],
        ["returned", ["none"], [], [1] * 101],
        ["returned", ["none"]],
        ["raised", "ValueError"],
        ["raised", 1, 2],
        ["raised", "x" * 20_001, ""],
        {"returned": 1},
        [],
        None,
        7,
    ],
)
def test_what_is_no_reply_is_broken(reply):
    with pytest.raises(wire.Broken):
        wire.decode_reply(reply)


def test_duplicate_keys_leave_one():
    assert wire.decode(["dict", ["a", ["float", "0x1p0"]], ["a", ["none"]]]) == {"a": None}


def test_what_is_shown_is_one_line_without_tricks():
    reply = wire.decode_reply(["raised", "E: \x1b[2J\u202e\x00\nx\ud800", "line 1: y\r\n✓ z"])
    assert reply == Raised("E: \ufffd[2J\ufffd\ufffd x?", "line 1: y ✓ z")
    assert wire.decode(["other", "a\nb\u200f"]) == Other("a b\ufffd")
    for strange in (["Symbol", "a\n✓ sigmoid"], ["a\n✓ sigmoid", ["Symbol", "a"]]):
        found = wire.decode(["formula", strange])
        assert isinstance(found, Other) and found.kind.isprintable()


# ----------------------------------------------------------------------- time bombs

R, A = (lambda p, q=1: ["Rational", str(p), str(q)]), ["Symbol", "a"]
HUGE = "1" + "0" * 299


def cancels(small):
    return ["Mul", A, ["Pow", ["Mul", A, small], R(-1)]]


NINE = ["Mul", R(1, 400), cancels(R(1, 400 * 900))]  # hundred, measured as 1
BOMBS = {
    "a tower": ["Pow", R(10), ["Pow", R(10), R(10)]],
    "a high power of a": ["Pow", A, R(10**9)],
    "powers of powers": ["Pow", ["Pow", ["Pow", A, R(999)], R(999)], R(999)],
    "a power that grows": ["Pow", A, ["Mul", R(HUGE), A]],
    "a power of a root": ["Pow", ["sqrt", R(2)], R(10**9)],
    "e to a logarithm": ["exp", ["Mul", ["log", R(5)], R(10**9)]],
    "exponentials of exponentials": ["exp", ["exp", ["exp", ["exp", A]]]],
    "the sine of an exponential": ["sin", ["exp", ["exp", R(20)]]],
    "a float's exponent": ["Float", "1e999999999"],
    "a float's digits": ["Float", "1." + "1" * 4000],
    "an integer's digits": ["Rational", "9" * 400, "7"],
    "no denominator": ["Rational", "1", "0"],
    "roots in roots": nested(60, A, "sqrt"),
    "maxima in maxima": nested(8, A, "Max", A),
    "infinity less infinity": [
        "Pow",
        R(3),
        ["Add", ["Pow", R(20), R(1000)], ["Mul", R(-1), ["Pow", R(20), R(1000)]], R(10**9)],
    ],
    "too small, then too large": [
        "Pow",
        R(3),
        ["Mul", *[R(1, HUGE)] * 3, R(10**97), ["Pow", R(10), R(1000)]],
    ],
    "what cancels": ["Pow", R(3), cancels(R(1, 10**9))],
    "what cancels, in a sum": [
        "Mul",
        ["Pow", R(3), ["Add", A, cancels(R(1, 10**9))]],
        ["Pow", R(3), ["Mul", R(-1), A]],
    ],
    "what cancels, times a logarithm": ["exp", ["Mul", ["log", R(5)], cancels(R(1, 10**9))]],
    "what cancels, in floats": ["Pow", R(2), cancels(["Float", "1e-300"])],
    "what cancels, in exponentials": ["exp", ["exp", cancels(["Float", "1e-9"])]],
    "what cancels, in powers of powers": ["Pow", ["Pow", ["Pow", R(3), NINE], NINE], NINE],
    "many maxima": ["Max", *[["Symbol", f"x{k}"] for k in range(100)]],
    "many terms": ["Add", *[["Mul", R(k), A] for k in range(5_000)]],
    "wide and deep": ["Mul", *[["Add", A, *[["sin", A]] * 50]] * 50],
    "a truth as a term": ["Add", ["BooleanTrue"], A],
    "a case alone": ["ExprCondPair", A, ["BooleanTrue"]],
    "a case without a condition": ["Piecewise", ["ExprCondPair", A, A]],
    "derivatives of an impulse": ["DiracDelta", A, R(10**6)],
    "no such function": ["Nonsense", A],
    "Python": ["lambdify", A],
    "no name": ["Symbol"],
    "no argument": ["exp"],
}


@pytest.mark.parametrize("nodes", BOMBS.values(), ids=BOMBS)
def test_a_time_bomb_is_not_built(nodes):
    start = time.process_time()
    if len(nodes) > 1_000:  # more than a worker sends
        with pytest.raises(wire.Broken):
            wire.decode(["formula", nodes])
    else:
        assert isinstance(wire.decode(["formula", nodes]), Other)
    with pytest.raises(ValueError, match="no formula"):
        formula(tuple(nodes))
    assert time.process_time() - start < 1


def unfolded(*numbers):
    power = sympy.Integer(numbers[-1])
    for number in numbers[-2::-1]:
        power = sympy.Pow(number, power, evaluate=False)
    return power


@pytest.mark.parametrize(
    "expression",
    [unfolded(10, 10, 10), a**10**9, sympy.exp(sympy.exp(sympy.exp(sympy.exp(a)))), a**2_000],
    ids=str,
)
def test_a_student_is_told_what_is_too_large(expression):
    for found in (plain(expression), wire.decode(wire.encode(copied(expression)))):
        assert isinstance(found, Other) and " too " in found.kind


@pytest.mark.parametrize(
    "expression",
    [
        z / (1 + abs(z)),
        sympy.Piecewise((z, z > 0), (a * (sympy.exp(z) - 1), True)),
        sympy.exp(-(z**2) / 2) / sympy.sqrt(2 * sympy.pi),
        z * (1 + sympy.erf(z / sympy.sqrt(2))) / 2,
        z * sympy.tanh(sympy.log(1 + sympy.exp(z))),
        1 / (1 + sympy.exp(-1 / (1 + sympy.exp(-z)))),
        sympy.Max(0, z) - sympy.Max(0, -z),
        (1 - a) ** z,
        sympy.Rational(1, 3) * z**3,
        sympy.exp(z / a) ** 2,
        sympy.Heaviside(z) + sympy.DiracDelta(z),
        sympy.Eq(z, a),
    ],
    ids=str,
)
def test_an_honest_formula_is_none(expression):
    assert formula(plain(expression).tree) == expression


# -------------------------------------------------------------------------------- frames


@pytest.fixture
def ends():
    one, other = socket.socketpair()
    yield one, other
    one.close()
    other.close()


def test_messages_come_in_order(ends):
    reader = wire.Reader(ends[1])
    for message in (["ran"], ["value", wire.encode([1.0, "민지"])], ["x" * 100_000]):
        writer = threading.Thread(target=wire.write, args=(ends[0], message))
        writer.start()
        assert reader.read(5) == message
        writer.join()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe\xfa",
        b'["\xff"]',
        b"NaN",
        b"[Infinity]",
        b"[-Infinity]",
        b"9" * 5_000,
        b"[" * 100_000,
        b'{"a":' * 10_000,
        b"[]" + b"x",
        b'["a\n"]',
        b"\x00" * 100,
    ],
    ids=lambda content: repr(content[:12]),
)
def test_a_frame_that_is_no_json_is_broken(ends, content):
    ends[0].sendall(struct.pack("<I", len(content)) + content)
    with pytest.raises(wire.Broken):
        wire.Reader(ends[1]).read(5)


@given(st.binary(max_size=40))
def test_no_bytes_do_harm(content):
    one, other = socket.socketpair()
    with one, other:
        one.sendall(content)
        one.shutdown(socket.SHUT_WR)
        try:
            wire.Reader(other).read(0.5)
        except (wire.Broken, TimeoutError):
            pass


def test_a_length_without_end_is_not_waited_for(ends):
    ends[0].sendall(b"\xff\xff\xff\xff")
    with pytest.raises(wire.Broken, match="too long"):
        wire.Reader(ends[1]).read(5)


@pytest.mark.parametrize("start", [b"", b"\x05\x00", b"\x05\x00\x00\x00[1"])
def test_half_a_frame_is_waited_for_and_no_longer(ends, start):
    reader = wire.Reader(ends[1])
    ends[0].sendall(start)
    with pytest.raises(TimeoutError):
        reader.read(0.05)
    ends[0].close()
    with pytest.raises(wire.Broken):
        reader.read(5)


def test_what_came_of_a_frame_is_kept_for_another_try(ends):
    reader, frame = wire.Reader(ends[1]), wire.framed(b'["ran"]')
    for number in range(len(frame)):
        with pytest.raises(TimeoutError):
            reader.read(0)
        ends[0].sendall(frame[number : number + 1])
    assert reader.read(0) == ["ran"]


def test_what_is_there_is_taken_however_late_it_is_asked_for(ends):
    """A marker that was held up itself must not take it for a worker that hangs."""
    wire.write(ends[0], ["begin", 0], ["x" * 100_000], ["ran"])
    reader = wire.Reader(ends[1])
    late = time.monotonic() - 100
    assert [wire.parsed(reader.text(late))[0][:5] for _ in range(3)] == ["begin", "xxxxx", "ran"]
    with pytest.raises(TimeoutError):
        reader.text(late)


@pytest.fixture
def with_bell(monkeypatch):
    """A reader and a writer with a bell; who waits for it never looks without it."""
    monkeypatch.setattr(wire, "LULL", 1000)
    (ours, theirs), (bell, rope) = socket.socketpair(), socket.socketpair()
    with ours, theirs, bell, rope:
        yield wire.Reader(ours, bell), wire.Writer(theirs, rope), rope


def later(action):
    thread = threading.Timer(0.1, action)
    thread.start()
    return thread


def test_who_waits_for_the_bell_is_woken_by_nothing_else(with_bell, monkeypatch):
    reader, writer, _ = with_bell
    woken = []
    select = wire.select.select
    monkeypatch.setattr(wire.select, "select", lambda *on: woken.append(on[0]) or select(*on))
    for question in range(1, 4):
        reader.expect()
        thread = later(lambda: [writer.write([k]) for k in range(50)] and writer.ring())
        assert [reader.read(20)[0] for _ in range(50)] == list(range(50))
        assert woken == [[reader._bell]] * question
        thread.join()


def test_what_came_without_a_bell_is_taken_at_the_end(with_bell):
    reader, writer, _ = with_bell
    thread = later(lambda: writer.write([1]))
    assert reader.read(0.3) == [1]
    with pytest.raises(TimeoutError):
        reader.read(0.1)
    thread.join()


def test_what_came_without_a_bell_is_seen_soon(with_bell, monkeypatch):
    reader, writer, _ = with_bell
    monkeypatch.setattr(wire, "LULL", 0.05)
    thread = later(lambda: writer.write([1]))
    assert reader.read(1000) == [1]
    thread.join()


def test_who_hangs_up_has_rung(with_bell):
    reader, writer, rope = with_bell
    rope.close()
    writer.write([1])
    assert reader.read(20) == [1]
    with pytest.raises(TimeoutError):
        reader.read(0.1)


def test_a_long_answer_does_not_wait_for_the_bell(with_bell):
    """The socket is full before the end of it, and nobody would ring."""
    reader, writer, _ = with_bell
    thread = later(lambda: writer.write(["x" * 1_900_000], ["y"] * 10))
    assert [len(reader.read(20)) for _ in range(2)] == [1, 10]
    thread.join()


def test_a_bell_that_nobody_hears_is_rung_all_the_same(with_bell):
    _, writer, _ = with_bell
    for _ in range(10_000):
        writer.ring()


def _written(channel, message):
    with contextlib.suppress(wire.Broken):
        wire.write(channel, message)


def test_only_the_marker_may_say_more(ends):
    message = ["x" * (wire.LONGEST + 1)]
    for trusts in (True, False):
        writer = threading.Thread(target=_written, args=(ends[0], message))
        writer.start()
        if trusts:
            assert wire.Reader(ends[1], trusts=True).read(20) == message
        else:
            with pytest.raises(wire.Broken, match="too long"):
                wire.Reader(ends[1]).read(20)
            ends[1].close()
        writer.join()


def test_a_byte_at_a_time_does_not_move_the_deadline(ends):
    stop = threading.Event()

    def drip():
        ends[0].sendall(struct.pack("<I", 1_000))
        while not stop.wait(0.01):
            ends[0].send(b" ")

    writer = threading.Thread(target=drip)
    writer.start()
    try:
        with pytest.raises(TimeoutError):
            wire.Reader(ends[1]).read(0.3)
    finally:
        stop.set()
        writer.join()


@pytest.mark.parametrize(
    "content", [b"[" + b"[]," * 600_000 + b"[]]", b"[" + b"{}," * 600_000 + b"{}]"]
)
def test_two_bytes_do_not_become_sixty(ends, content):
    assert len(content) < wire.LONGEST
    writer = threading.Thread(
        target=ends[0].sendall, args=(struct.pack("<I", len(content)) + content,)
    )
    writer.start()
    tracemalloc.start()
    with pytest.raises(wire.Broken, match="parts"):
        wire.Reader(ends[1]).read(20)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    writer.join()
    assert peak < 3 * wire.LONGEST


def test_who_does_not_read_stops_nobody(ends):
    ends[0].settimeout(0.1)
    with pytest.raises(wire.Broken):
        wire.write(ends[0], ["x" * 5_000_000])


@pytest.mark.parametrize(
    "message", [[math.nan], [object()], ["x" * 12_000_001]], ids=["nan", "object", "long"]
)
def test_what_is_no_message_is_not_sent(ends, message):
    with pytest.raises(wire.Broken):
        wire.write(ends[0], message)
