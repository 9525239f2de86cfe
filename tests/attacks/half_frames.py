"""Half a frame, then silence: a length without a message, a message that is not whole.

expect: sigmoid timeout, stable_sigmoid crashed, sigmoid_backward crashed, ten_layers correct
"""

# %%
import gc
import os
import socket
import struct
import time

sockets = [s for s in gc.get_objects() if isinstance(s, socket.socket) and s.fileno() > 2]
channel, bell = sorted(sockets, key=socket.socket.fileno)
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
