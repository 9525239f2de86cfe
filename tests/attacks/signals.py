"""Signals to the parent, to process 1, to all; stops, timers and handlers.

expect: sigmoid correct, ten_layers correct
"""

# %%
import os
import signal

import numpy as np


# %%
def attempt(action, *arguments):
    try:
        action(*arguments)
    except (OSError, ValueError):
        pass


for number in (signal.SIGKILL, signal.SIGSTOP, signal.SIGTERM, signal.SIGSEGV, signal.SIGUSR1):
    for process in (1, 2, 3, os.getppid(), os.getppid() - 1, os.getppid() + 1):
        if process not in (0, os.getpid()):
            attempt(os.kill, process, number)
    attempt(os.killpg, 1, number)
if os.fork() == 0:
    os.setsid()
    attempt(os.kill, -1, 0)
    attempt(os.kill, os.getppid(), signal.SIGCONT)
    os._exit(0)

# %%
for number in range(1, 65):
    attempt(signal.signal, number, signal.SIG_IGN)
signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 64))
signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
signal.setitimer(signal.ITIMER_PROF, 0.001, 0.001)


# %%
def sigmoid(z):
    attempt(os.kill, os.getppid(), signal.SIGKILL)
    return 1 / (1 + np.exp(-z))


ten_layers = 0.25**10
