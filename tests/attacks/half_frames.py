"""Half a frame, then silence: a length without a message, a message that is not whole.

expect: sigmoid timeout, stable_sigmoid crashed, sigmoid_backward crashed, ten_layers correct
"""

# %%
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


channel, bell = (socket.socket(fileno=number) for number in range(3, 64) if is_socket(number))
number = channel.fileno()


# %%
def sigmoid(z):
    os.write(number, struct.pack("<I", 1000) + b'["function"]')
    time.sleep(100)


def stable_sigmoid(z):
    os.write(number, b"\x05\x00")
    os._exit(0)


def sigmoid_backward(dL_da, a):
    """Says that it is no function, after which nobody hears the answers."""
    text = b'["value",["other","set"]]' * 3
    os.write(number, struct.pack("<I", len(text)) + text)


# %%
ten_layers = 0.25**10
