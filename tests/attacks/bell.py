"""The marker's bell: rung too early and without end, then hung up; filled while a cell hangs.

expect: sigmoid correct, stable_sigmoid timeout, sigmoid_backward correct, ten_layers correct
"""

# %%
import contextlib
import os
import socket
import stat
import time

import numpy as np


def is_socket(number):
    try:
        return stat.S_ISSOCK(os.fstat(number).st_mode)
    except OSError:
        return False


channel, bell = (socket.socket(fileno=number) for number in range(3, 64) if is_socket(number))


def ring():
    with contextlib.suppress(OSError):
        while True:
            bell.send(b"!" * 1000, socket.MSG_DONTWAIT)


ring()

# %%
ring()
while True:
    time.sleep(0.5)
    ring()


# %%
def sigmoid(z):
    ring()
    time.sleep(0.05)
    return 1 / (1 + np.exp(-np.clip(z, -700, None)))


def stable_sigmoid(z):
    ring()
    time.sleep(100)


def sigmoid_backward(dL_da, a):
    with contextlib.suppress(OSError):
        bell.shutdown(socket.SHUT_RDWR)
        bell.close()
    return dL_da * a * (1 - a)


# %%
ten_layers = 0.25**10
