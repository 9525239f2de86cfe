"""Values that JSON can hold and no answer can: sizes, shapes, depths, digits, half characters.

expect: sigmoid crashed, stable_sigmoid crashed, sigmoid_backward crashed, ten_layers correct
"""

# %%
import json
import os
import socket
import stat
import struct


def is_socket(number):
    try:
        return stat.S_ISSOCK(os.fstat(number).st_mode)
    except OSError:
        return False


channel, bell = (socket.socket(fileno=number) for number in range(3, 64) if is_socket(number))
deep = ["list", ["none"]]
for _ in range(70):
    deep = ["list", deep]
VALUES = [
    ["int", "9" * 4000],
    ["int", "1_0"],
    ["int", " ٣"],
    ["float", "0x1p999999999"],
    ["float", "nan(0x1)"],
    ["array", "<f8", [1 << 39, 1 << 39, 0], ""],
    ["array", "<f8", [-1], "AAAAAAAAAAA="],
    ["array", "|O", [1], "AAAAAAAAAAA="],
    ["array", "<f8", [True], "AAAAAAAAAAA="],
    ["array", "<f8", [0] * 10_000, ""],
    ["dict", [["a"] * 3]],
    ["dict", *[["\ud800", ["none"]]] * 1000],
    ["text", "\udfff" * 20_000],
    ["other", "\u202e\x1b]0;✓\x07"],
    ["formula", ["Symbol", "\ud800"]],
    ["formula", ["Rational", "1", "-0"]],
    ["formula", ["Float", "1e999"]],
    deep,
]


def say(message):
    text = json.dumps(message).encode()
    os.write(channel.fileno(), struct.pack("<I", len(text)) + text)


# %%
def slope(z, name):
    """Say each of them where an answer is read."""
    say(["function", name])
    for value in VALUES[slope.first :: 3]:
        say(["returned", value, [], []])
    slope.first += 1
    return z


slope.first = 0


def sigmoid(z):
    return slope(z, "sigmoid")


def stable_sigmoid(z):
    slope.first = 1
    return slope(z, "stable_sigmoid")


def sigmoid_backward(dL_da, a):
    os.write(channel.fileno(), struct.pack("<I", 12) + b'{"a": 1e999}' + b"\xff" * 100)


# %%
ten_layers = 0.25**10
