"""Many processes that share the work of eating the memory: no one of them has too much.

expect: derivation memory, ten_layers correct
"""

# %%
import mmap
import os
import time

# %%
ready, done = os.pipe()
for _ in range(8):
    if os.fork() == 0:
        try:
            held = mmap.mmap(-1, 120 << 20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
            for _ in range(120):
                held.write(b"x" * (1 << 20))
            os.write(done, b"x")
            time.sleep(1000)
        finally:
            os._exit(0)
count = 0
while count < 8:
    count += len(os.read(ready, 8))
time.sleep(1.5)
derivation = "all of them held it at once"

# %%
ten_layers = 0.25**10
