"""Every way to end the process: os._exit, SIGKILL, SIGSTOP, sys.exit, at the top and in calls.

expect: sigmoid error, stable_sigmoid crashed, sigmoid_backward timeout, ten_layers correct, derivation crashed
"""

# %%
import os, signal, sys


# %%
def sigmoid(z):
    sys.exit(3)


# %%
def stable_sigmoid(z):
    os._exit(0)


# %%
def sigmoid_backward(dL_da, a):
    os.kill(os.getpid(), signal.SIGSTOP)


# %%
derivation = "x"
os.kill(os.getpid(), signal.SIGKILL)

# %%
ten_layers = 0.25**10
sys.exit(0)
