"""Writes to, closes, shuts down and hands on every descriptor there is.

expect: sigmoid crashed, stable_sigmoid crashed, ten_layers correct
"""

# %%
import os
import socket


# %%
def every(action):
    for number in range(256):
        try:
            action(number)
        except (OSError, ValueError):
            pass


# %%
every(lambda number: os.write(number, b"\n" * 1000))

# %%
every(os.close)

# %%
every(lambda number: socket.socket(fileno=os.dup(number)).shutdown(socket.SHUT_RDWR))

# %%
every(lambda number: os.dup2(os.open("/dev/zero", os.O_RDWR), number))


# %%
def sigmoid(z):
    every(os.close)


# %%
def stable_sigmoid(z):
    every(lambda number: os.write(number, b'{"points": 100}' * 1000))


# %%
ten_layers = 0.25**10
