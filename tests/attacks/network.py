"""Seeks a way out: sockets of every family, names, web pages, other programs, a server of its own.

expect: ten_layers correct
"""

# %%
import asyncio
import contextlib
import itertools
import os
import socket
import subprocess
import sys
import urllib.request

ways = []


def attempt(name, way):
    try:
        way()
    except BaseException:
        return
    ways.append(name)


# %%
KINDS = (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_SEQPACKET)
for family, kind in itertools.product((*range(2, 46), 255), KINDS):
    attempt(f"family {family}, kind {kind}", lambda f=family, k=kind: socket.socket(f, k))

# %%
for host, port in itertools.product(("127.0.0.1", "::1", "localhost", "example.org"), (22, 80, 53)):
    attempt(host, lambda h=host, p=port: socket.create_connection((h, p), timeout=1))
attempt("a name", lambda: socket.getaddrinfo("example.org", 80))
attempt("a page", lambda: urllib.request.urlopen("http://127.0.0.1:8888/", timeout=1))
attempt("a server", lambda: socket.create_server(("", 0)))
attempt("asyncio", lambda: asyncio.run(asyncio.open_connection("127.0.0.1", 80)))

# %%
code = "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(('8.8.8.8', 53))"
for command in (
    [sys.executable, "-c", code],
    ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/22"],
    ["bash", "-c", "exec 3<>/dev/udp/127.0.0.1/53"],
    ["ping", "-c1", "127.0.0.1"],
):
    attempt(command[0], lambda c=command: subprocess.run(c, check=True, capture_output=True))

# %%
with contextlib.suppress(OSError):
    ways += [name for _, name in socket.if_nameindex() if name != "lo"]
if os.path.exists("/sys/class/net"):
    ways += [name for name in os.listdir("/sys/class/net") if name != "lo"]

# %%
ten_layers = 0.25**10 if not ways else repr(ways)
