"""Reports on cells that do not exist, in numbers, without end.

expect: ten_layers correct
"""

# %%
import json
import os
import stat
import struct


def frame(message):
    text = json.dumps(message).encode()
    return struct.pack("<I", len(text)) + text


# %%
sockets = []
for number in range(3, 64):
    try:
        if stat.S_ISSOCK(os.fstat(number).st_mode):
            sockets.append(number)
    except OSError:
        pass
for cell in range(1_000, 1_000_000_000):
    for number in sockets:
        os.write(number, frame(["begin", cell, []]) + frame(["begin", cell, ["E" * 300, "\ud800" * 300]]))

# %%
ten_layers = 0.25**10
