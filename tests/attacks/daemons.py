"""Daemons that hold every descriptor, threads, hooks and finalizers that never end.

expect: sigmoid correct, stable_sigmoid correct, ten_layers correct
"""

# %%
import atexit
import faulthandler
import os
import signal
import subprocess
import sys
import threading
import time
import weakref

import numpy as np

# %%
for _ in range(4):
    if os.fork() == 0:
        os.setsid()
        if os.fork():
            os._exit(0)
        for number in range(1, 32):
            try:
                signal.signal(number, signal.SIG_IGN)
            except (OSError, ValueError):
                pass
        try:
            subprocess.run(["sh", "-c", "trap '' TERM HUP INT; sleep 1000; : left-behind"])
        finally:
            time.sleep(1000)
subprocess.Popen(["nohup", "sh", "-c", "sleep 1000; : left-behind"], close_fds=False)
code = "import time; time.sleep(1000)"
subprocess.Popen([sys.executable, "-c", code, "left-behind"], start_new_session=True)


# %%
def for_ever(*arguments):
    while True:
        time.sleep(0.01)


class Reluctant:
    def __del__(self):
        for_ever()


atexit.register(for_ever)
reluctant = Reluctant()
weakref.finalize(reluctant, for_ever)
for _ in range(8):
    threading.Thread(target=for_ever).start()
faulthandler.dump_traceback_later(0.2, repeat=True, file=open("trace", "w"))
signal.signal(signal.SIGALRM, lambda *arguments: None)
signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
sys.setprofile(lambda *arguments: None)
threading.setprofile(lambda *arguments: None)


# %%
def sigmoid(z):
    try:
        threading.Thread(target=for_ever).start()
    except RuntimeError:  # no more of them
        pass
    return 1 / (1 + np.exp(-z))


def stable_sigmoid(z):
    e = np.exp(-np.abs(z))
    return np.where(np.asarray(z) >= 0, 1, e) / (1 + e)


ten_layers = 0.25**10
