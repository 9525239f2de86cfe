"""Writes frames of its own, true and broken, on the socket that it answers on.

expect: ten_layers correct
"""

# %%
import gc
import json
import os
import socket
import struct
import time

sockets = [s for s in gc.get_objects() if isinstance(s, socket.socket) and s.fileno() > 2]


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
ten_layers = 0.25**10
