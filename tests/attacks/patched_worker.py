"""Patches all that the worker itself uses: may end the process, may not earn a point.

expect: sigmoid error, ten_layers wrong
"""

# %%
import base64
import builtins
import collections
import json
import math
import os
import socket
import struct
import sys
import time

import numpy as np
import numpy.testing


# %%
class Yes:
    def __eq__(self, other):
        return True

    __ne__ = __lt__ = __gt__ = __le__ = __ge__ = __eq__

    def __hash__(self):
        return 0


# %%
for name in ("assert_allclose", "assert_array_equal", "assert_equal", "assert_almost_equal"):
    setattr(np.testing, name, lambda *arguments, **named: None)
for name in ("allclose", "isclose", "array_equal", "array_equiv", "all", "any"):
    setattr(np, name, lambda *arguments, **named: True)

# %%
builtins.all = builtins.any = lambda *arguments: True
builtins.abs = math.isclose = lambda *arguments, **named: 0
builtins.exit = builtins.quit = lambda *arguments: None
time.monotonic = time.time = lambda: 0.0
os._exit = os.kill = lambda *arguments: None

# %%
builtins.isinstance = lambda *arguments: True

# %%
base64.b64encode = lambda *arguments: b"AAAAAAAA4D8="

# %%
json.dumps = lambda *arguments, **named: '["correct", 100]'

# %%
struct.pack = lambda *arguments: bytes(4)

# %%
import course_utils.answers as answers

for name in ("_is_unchanged", "is_missing"):
    setattr(answers, name, lambda *arguments: True)
answers.plain = answers.copied = lambda *arguments: Yes()
for module in list(sys.modules.values()):
    if getattr(module, "__name__", "").startswith("course_utils"):
        for name in ("judge", "judge_value", "outcome", "correct"):
            try:
                setattr(module, name, lambda *arguments, **named: "correct")
            except (AttributeError, TypeError):
                pass


# %%
def sigmoid(z):
    return Yes()


ten_layers = Yes()
