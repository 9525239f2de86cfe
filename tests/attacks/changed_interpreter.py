"""Turns every screw of the interpreter: limits, hooks, collector, priority, clock, digits.

expect: sigmoid correct, ten_layers correct, derivation correct
"""

# %%
import builtins
import codecs
import gc
import locale
import os
import resource
import sys
import threading
import time
import warnings

import numpy as np


def attempt(action, *arguments):
    try:
        action(*arguments)
    except Exception:
        pass


# %%
sys.setrecursionlimit(10**9)
sys.setswitchinterval(1e-9)
sys.set_int_max_str_digits(0)
gc.set_threshold(1)
gc.unfreeze()
gc.set_debug(gc.DEBUG_SAVEALL)
np.seterr(all="raise")
np.set_printoptions(threshold=sys.maxsize)
warnings.simplefilter("error")
threading.stack_size(32768)
codecs.register_error("strict", codecs.lookup_error("ignore"))
sys.excepthook = sys.unraisablehook = sys.displayhook = lambda *arguments: 1 / 0
sys.setprofile(lambda *arguments: None)
gc.callbacks.append(lambda *arguments: None)
sys.addaudithook(lambda event, arguments: None)

# %%
attempt(os.nice, 19)
attempt(os.nice, -40)
attempt(os.sched_setscheduler, 0, os.SCHED_FIFO, os.sched_param(99))
attempt(time.clock_settime, time.CLOCK_REALTIME, 0)
attempt(resource.prlimit, os.getppid(), resource.RLIMIT_CPU, (1, 1))
attempt(resource.prlimit, 1, resource.RLIMIT_NOFILE, (0, 0))
attempt(resource.setrlimit, resource.RLIMIT_NOFILE, (3, 64))
attempt(locale.setlocale, locale.LC_ALL, "C")
time.monotonic = time.time = lambda: 0.0

# %%
isinstance_before = builtins.isinstance


def agreeing(value, kinds):
    agreeing.asked = True
    return isinstance_before(value, kinds)


builtins.isinstance = agreeing
builtins.len = lambda value, len=len: len(value)


# %%
def sigmoid(z):
    with np.errstate(all="ignore"):
        return 1 / (1 + np.exp(-np.asarray(z, dtype=float)))


ten_layers = 0.25**10
derivation = "DBEAC"
