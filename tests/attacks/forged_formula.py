"""Writes formulas by hand into the socket that leads to the marker, with what none can hold.

expect: ten_layers crashed, sigmoid wrong, stable_sigmoid crashed, slope_from_output crashed, derivation crashed, gradients crashed, sigmoid_backward crashed
"""

# %%
import json
import os
import stat
import struct


def say(message):
    text = json.dumps(message).encode()
    for number in range(3, 64):
        try:
            if stat.S_ISSOCK(os.fstat(number).st_mode):
                os.write(number, struct.pack("<I", len(text)) + text)
        except OSError:
            pass


# %%
say(["ran", -1, []])
say(["value", "sigmoid", ["formula", ["Nonsense", ["Rational", "1", "0"]]]])
os._exit(0)
