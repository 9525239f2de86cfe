"""Writes frames of its own, true and broken, on the socket that it answers on.

expect: ten_layers correct
"""

# %%
import json
import os
import socket
import stat
import struct
import time


def is_socket(number):
    try:
        return stat.S_ISSOCK(os.fstat(number).st_mode)
    except OSError:
        return False


sockets = [socket.socket(fileno=number) for number in range(3, 64) if is_socket(number)]


def say(message):
    text = message if isinstance(message, bytes) else json.dumps(message).encode()
    for channel in sockets:
        os.write(channel.fileno(), struct.pack("<I", len(text)) + text)


# %%
for cell in (999, -1, 10**9, True, "x", None):
    say(["begin", cell, []])
    say(["begin", cell, ["SyntaxError", "forged"]])
    say(["begin", cell, [["deep"] * 9, {"a": None}]])

# %%
say(b"[" * 100_000)

# %%
for number in range(1000):
    say(["begin", number, ["Error", "x" * 300]])
time.sleep(0.1)

# %%
for channel in sockets:
    os.write(channel.fileno(), b"\xff\xff\xff\xff" + b"x" * 1000)

# %%
say({"begin": 3})

# %%
ten_layers = 0.25**10 if len(sockets) == 2 else 0
