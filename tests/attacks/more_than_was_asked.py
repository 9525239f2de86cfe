"""Answers one question twice, and others for a task that is yet to come: no other task pays.

expect: sigmoid wrong, stable_sigmoid correct, sigmoid_backward wrong, ten_layers correct, slope_from_output not_attempted
"""

# %%
import json
import os
import socket
import stat
import struct

import numpy as np


def is_socket(number):
    try:
        return stat.S_ISSOCK(os.fstat(number).st_mode)
    except OSError:
        return False


channel, bell = (socket.socket(fileno=number) for number in range(3, 64) if is_socket(number))


def say(message):
    text = json.dumps(message).encode()
    os.write(channel.fileno(), struct.pack("<I", len(text)) + text)


# %%
def sigmoid(z):
    say(["value", "sigmoid", ["float", "0x1p0"]])
    return 1 / (1 + np.exp(-z))


def stable_sigmoid(z):
    t = np.exp(-np.abs(z))
    return np.where(z >= 0, 1 / (1 + t), t / (1 + t))


def sigmoid_backward(dL_da, a):
    say(["value", "sigmoid_backward", ["other", "set"]])
    say(["missing", "ten_layers"])
    return dL_da * a * (1 - a)


# %%
slope_from_output = ...
ten_layers = 0.25**10
