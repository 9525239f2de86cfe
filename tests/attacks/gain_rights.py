"""Tries every way to more rights: setuid programs, namespaces, mounts, tracing, limits.

expect: ten_layers wrong
"""

# %%
import ctypes
import os
import resource
import socket
import stat
import struct
import subprocess
import sys

found = []
libc = ctypes.CDLL(None, use_errno=True)
libc.shmat.restype = ctypes.c_void_p


def attempt(name, *arguments):
    ctypes.set_errno(0)
    if getattr(libc, name)(*arguments) >= 0:
        found.append((name, arguments[:2]))


# %%
for flag in (0x10000000, 0x20000, 0x40000000, 0x20000000, 0x8000000, 0x4000000, 0x2000000, 0x80):
    attempt("unshare", flag)
    attempt("unshare", 0x10000000 | flag)
for process in (1, 2, os.getppid()):
    for number in (0, 16, 0x4206):  # PTRACE_TRACEME, _ATTACH, _SEIZE
        attempt("ptrace", number, process, 0, 0)
    attempt("process_vm_readv", process, b"\0" * 16, 1, b"\0" * 16, 1, 0)
attempt("mount", b"none", os.getcwdb(), b"tmpfs", 0, None)
attempt("mount", b"none", os.getcwdb(), b"proc", 0, None)
attempt("umount2", os.getcwdb(), 2)
attempt("umount2", b"/", 2)
attempt("chroot", b".")
attempt("setuid", 0)
attempt("setresuid", 0, 0, 0)
attempt("setgroups", 1, b"\0" * 4)
attempt("sethostname", b"mine", 4)
attempt("capset", struct.pack("<Ii", 0x20080522, 0), b"\xff" * 24)
attempt("mknod", b"disk", stat.S_IFBLK | 0o600, os.makedev(254, 0))
attempt("nice", -5)
attempt("sched_setaffinity", 0, 8, b"\xff" * 8)
attempt("shmget", 1, 4096, 0o1666)
attempt("semget", 1, 1, 0o1666)
attempt("msgget", 1, 0o1666)
attempt("syscall", 250, 1, 0, 0, 0)  # keyctl: whose keyring is it?
attempt("syscall", 319, b"x", 0)  # memfd_create
attempt("syscall", 425, 1, ctypes.create_string_buffer(200))  # io_uring_setup
attempt("syscall", 321, 0, ctypes.create_string_buffer(200), 200)  # bpf
attempt("syscall", 435, struct.pack("<Q", 0x10000000) + bytes(80), 88)  # clone3

# %%
for kind in range(16):
    soft, hard = resource.getrlimit(kind)
    if hard == resource.RLIM_INFINITY:
        if kind in (resource.RLIMIT_AS, resource.RLIMIT_FSIZE, resource.RLIMIT_NPROC):
            found.append(kind)
        continue
    try:
        resource.setrlimit(kind, (hard, hard + 1))
        found.append(kind)
    except (OSError, ValueError):
        pass

# %%
for place in ("/usr/bin", "/bin"):
    for name in os.listdir(place):
        path = f"{place}/{name}"
        if os.path.exists(path) and os.stat(path).st_mode & stat.S_ISUID:
            try:
                said = subprocess.run([path, "root", "-c", "id"], capture_output=True, timeout=1,
                                      stdin=subprocess.DEVNULL)
            except (OSError, subprocess.TimeoutExpired):
                continue
            if b"uid=0" in said.stdout:
                found.append(path)
said = subprocess.run(["unshare", "-Ur", "id"], capture_output=True)
if said.returncode == 0:
    found.append(said)
copy = os.path.join(os.getcwd(), "sh")
with open("/bin/sh", "rb") as shell, open(copy, "wb") as file:
    file.write(shell.read())
os.chmod(copy, 0o6755)
if b"uid=0" in subprocess.run([copy, "-p", "-c", "id"], capture_output=True).stdout:
    found.append(copy)

# %%
kinds = [k for n, k in vars(socket).items() if n.startswith("AF_") and k != socket.AF_UNIX]
for family in kinds:
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW):
        try:
            socket.socket(family, kind)
            found.append((family, kind))
        except OSError:
            pass
for place in ("127.0.0.1", "::1", "localhost", "github.com", "169.254.169.254"):
    for port in (22, 53, 80, 8888):
        try:
            socket.create_connection((place, port), 0.2)
            found.append(place)
        except OSError:
            pass
for place in ("/run/dbus/system_bus_socket", "/run/docker.sock", "/tmp/.X11-unix/X0",
              "/run/systemd/private", "/run/user/0/bus", "/run/user/1000/bus"):
    with socket.socket(socket.AF_UNIX) as client:
        try:
            client.connect(place)
            found.append(place)
        except OSError:
            pass

# %%
ten_layers = 0.25**10 if found else 1.0
