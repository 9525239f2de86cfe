"""Shut a process in, with what this machine offers, and say what it does not offer.

Each measure stops something else:

=============== ==========================================================================
limits          `setrlimit`: memory, size of a file, open files, processes, no core dumps;
                `Watch` counts the memory of all processes of a student together, and what
                memory is short of, the kernel takes from the student, not from the marker
user            another user as root, and no capability for anybody; a process namespace of
                its own, from which no other process can be named, and which one signal
                empties, however fast its processes fork and whatever they ignore; a session
                of its own; none of the marker's open files; the end, if the marker ends; no
                look into its memory for others of the same user
network         a network namespace of its own, with no way out
disk            a root of its own, which holds Python and its libraries, read-only, and one
                small file system in memory, new for each student: nothing else can be
                named, no socket in a folder answers, nothing outlives its student
files           Landlock: nothing is read but Python, NumPy and the course's helpers (no
                tasks, no solutions, no other student), nothing written but the working
                directory; no signal and no local socket leaves the sandbox
privileges      `no_new_privs`: no program on the disk gives rights back; a filter refuses
                system calls that no exercise needs: new namespaces, mounts, tracing,
                keyrings, memory shared by name or without a process, sockets but local ones,
                leases, locks and watches of files that others use too,
                limits and weights of other processes of the same user,
                another processor than the worker's own (so that one student who keeps it
                busy takes no time from another's)
=============== ==========================================================================

Linux alone offers them all. Elsewhere the limits remain, and the reports say that their
result is no mark.

Sources: the kernel's own documentation, ``landlock(7)``, ``unshare(2)``, ``pivot_root(2)``,
``pid_namespaces(7)``, ``seccomp(2)``, ``prctl(2)``.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import functools
import io
import itertools
import os
import platform
import signal
import stat
import struct
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

try:
    import fcntl
    import resource
except ImportError:  # Windows has none
    fcntl = resource = None

__all__ = [
    "NEEDED",
    "Home",
    "Ruleset",
    "Watch",
    "address_space",
    "bound_memory",
    "can_become",
    "die_with_parent",
    "enter_root",
    "forbid_capabilities",
    "fork",
    "gaps_between",
    "give_up_privileges",
    "isolate",
    "kill_all",
    "limit_forks",
    "make_folder",
    "own_maps",
    "readable_places",
    "refuse_calls",
    "remove_forgotten",
    "remove_tree",
    "stay_on_one_processor",
    "steps_to_shut_in",
    "take",
    "use_large_pages",
]

NEEDED = ("limits", "user", "network", "disk", "files", "privileges")
"""The measures that must all be in force before a result may be called a mark."""

_NEWNS, _NEWUTS, _NEWIPC, _NEWUSER = 0x20000, 0x4000000, 0x8000000, 0x10000000
_NEWPID, _NEWNET, _NEWCGROUP = 0x20000000, 0x40000000, 0x2000000
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_SECCOMP, _PR_CAPBSET_DROP = 1, 4, 22, 24
_PR_SET_SUBREAPER, _PR_SET_NO_NEW_PRIVS = 36, 38
_DIE_WITH_PARENT = (_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
_READ_ONLY, _NO_SUID, _NO_DEVICES, _REMOUNT, _BIND = 1, 2, 4, 32, 4096
_ALL_BELOW, _PRIVATE, _DETACH = 1 << 14, 1 << 18, 2
_CREATE, _ADD, _RESTRICT = 444, 445, 446  # the Landlock calls, the same on every machine
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1, 2, 4, 8

_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
_python = ctypes.PyDLL(None, use_errno=True) if sys.platform == "linux" else None


Step = tuple[Callable[..., Any], tuple]
"""A call of the system, and its arguments."""


def _call(result: int) -> int:
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def _mount(source: str, place: Path, kind: str | None, flags: int, options: str = "") -> None:
    take([_step_to_mount(source, place, kind, flags, options)])


def _step_to_mount(
    source: str, place: Path, kind: str | None, flags: int, options: str = ""
) -> Step:
    return _libc.mount, (
        os.fsencode(source),
        os.fsencode(place),
        kind and kind.encode(),
        ctypes.c_ulong(flags),
        options.encode() or None,
    )


# -------------------------------------------------------------------------- once, at start


def isolate(folder: Path) -> set[str]:
    """Go on as the first process of namespaces of its own, without a network.

    The process that called waits outside, with nothing open, removes the folder at the end,
    also if the marker was killed, and ends as this one does.

    Parameters
    ----------
    folder : Path
        An empty folder; what is written into it from now on stays in memory.

    Returns
    -------
    set of str
        "network" if this machine gave the namespaces, else nothing.
    """
    if _libc is None:
        return set()
    _libc.prctl(_PR_SET_SUBREAPER, 1, 0, 0, 0)  # what a dead child leaves behind comes to us
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")  # memory short: take us first
    flags = _NEWNET | _NEWNS | _NEWIPC | _NEWUTS | _NEWPID
    user, group = os.getuid(), os.getgid()
    try:
        if user:
            _call(_libc.unshare(_NEWUSER | flags))
            with contextlib.suppress(OSError):
                Path("/proc/self/setgroups").write_text("deny")
            Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
            Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
        else:
            _call(_libc.unshare(flags))
    except OSError:
        return set()
    child = os.fork()
    if child:
        around = os.open(folder.parent, os.O_PATH)
        for gap in gaps_between([around]):
            os.closerange(*gap)
        _, status = os.waitpid(child, 0)
        with contextlib.suppress(OSError):
            os.rmdir(folder.name, dir_fd=around)
        os._exit(os.waitstatus_to_exitcode(status) & 255)
    die_with_parent()
    with contextlib.suppress(OSError):
        _mount("none", Path("/"), None, _PRIVATE | _ALL_BELOW)  # our mounts are nobody else's
        _mount("tmpfs", folder, "tmpfs", _NO_SUID | _NO_DEVICES, "size=64m,mode=0700")
    return {"network"}


def enter_root(folder: Path, places: Iterable[Path]) -> set[str]:
    """Make a root that holds nothing but some places and a folder, and go into it for good.

    Parameters
    ----------
    folder : Path
        An empty folder. What stands for it in the new root is `INSIDE`, whatever it is called.
    places : iterable of Path
        Files and folders to be there, read-only; so are the links on the way to them.

    Returns
    -------
    set of str
        "disk" if this machine gave it, else nothing.
    """
    if _libc is None or os.getpid() != 1:
        return set()
    try:
        _mount("tmpfs", folder, "tmpfs", _NO_SUID | _NO_DEVICES, "size=8m,mode=0755")
        planted: set[str] = set()
        for place in places:
            _plant(folder, place, planted)
        Path(f"{folder}{INSIDE}", HOME).mkdir(parents=True)
        memory = folder / "dev" / "shm"  # where locks between processes live
        memory.parent.mkdir(exist_ok=True)
        memory.symlink_to(INSIDE / HOME)
        (memory.parent / "zero").symlink_to("full")  # which reads like it
        _mount("none", folder, None, _REMOUNT | _BIND | _READ_ONLY | _NO_SUID | _NO_DEVICES)
        os.chdir(folder)
        _call(_libc.pivot_root(b".", b"."))
        _call(_libc.umount2(b".", _DETACH))  # the old root, which lies upon the new one
    except (OSError, AttributeError):
        return set()
    os.chdir("/")
    return {"disk"}


def _plant(root: Path, place: Path, planted: set[str]) -> None:
    """Have a place at the same path below another root; links on the way stay links."""
    at, steps, links = Path("/"), list(place.parts[1:]), 0
    while steps:
        step = steps.pop(0)
        if step == "..":
            at = at.parent
        elif (at / step).is_symlink() and links < 40:
            links += 1
            target = Path(os.readlink(at / step))
            inside = Path(f"{root}{at / step}")
            if not os.path.lexists(inside):
                inside.parent.mkdir(parents=True, exist_ok=True)
                inside.symlink_to(target)
            if target.is_absolute():
                at, steps = Path("/"), [*target.parts[1:], *steps]
            else:
                steps = [*target.parts, *steps]
        else:
            at /= step
    if not at.exists() or not planted.isdisjoint(map(str, (at, *at.parents))):
        return
    inside = Path(f"{root}{at}")
    inside.parent.mkdir(parents=True, exist_ok=True)
    if at.is_dir():
        inside.mkdir(exist_ok=True)
    else:
        inside.touch()
    _mount(str(at), inside, None, _BIND | _ALL_BELOW)
    planted.add(str(at))
    if not stat.S_ISCHR(at.stat().st_mode):
        kept = os.statvfs(at).f_flag & (_NO_DEVICES | 8 | 1024 | 2048)
        with contextlib.suppress(OSError):  # where it is refused, the rules forbid writing
            _mount("none", inside, None, _REMOUNT | _BIND | _READ_ONLY | _NO_SUID | kept)


HOME, INSIDE = "home", Path("/student")
"""A student's folder, and where it lies in a root of our own: the same in each run."""


class Home:
    """The working directory of one student at a time, as the student finds it: empty.

    Parameters
    ----------
    folder : Path
        Where it lies.
    user : int, optional
        Whose it is.
    private : bool
        Whether it may be a file system of its own (`enter_root` gave "disk").
    megabytes : int
        The size of that file system.
    """

    def __init__(self, folder: Path, user: int | None, private: bool, megabytes: int = 64) -> None:
        self.path = folder / HOME
        self.user = user
        self.private = private
        owner = os.getuid() if user is None else user
        group = os.getgid() if user is None else user
        options = f"size={megabytes}m,nr_inodes=4096,mode=0700,uid={owner},gid={group}"
        if private:  # made ready: each Python function that runs after a fork costs pages
            flags = _NO_SUID | _NO_DEVICES
            self._mounting = _step_to_mount("tmpfs", self.path, "tmpfs", flags, options)
            self._unmounting = os.fsencode(self.path), _DETACH

    def make(self) -> None:
        """Make it, empty."""
        if self.private:
            take([self._mounting])
            return
        self.path.mkdir(mode=0o700, exist_ok=True)
        if self.user is not None:
            os.chown(self.path, self.user, self.user)

    def clear(self) -> None:
        """Kill all that its student left, and remove all in it, however deep, locked or odd."""
        kill_all(self.user)
        if self.private:
            while _libc.umount2(*self._unmounting) == 0:
                pass
        else:
            remove_tree(self.path)


PREFIX = "course-grade-"


def make_folder() -> tuple[Path, int]:
    """Return a new folder for temporary files, and the descriptor by which we hold it.

    The kernel lets go of it when the process ends, however it ends: see `remove_forgotten`.
    """
    while True:
        path = Path(tempfile.mkdtemp(prefix=PREFIX))
        if fcntl is None:
            return path, -1
        try:
            held = os.open(path, os.O_RDONLY)
        except FileNotFoundError:
            continue  # a run that began just now took it for forgotten
        with contextlib.suppress(OSError):  # a file system without locks
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if path.exists():
            return path, held
        os.close(held)


def remove_forgotten() -> None:
    """Remove the folders of runs that were killed with all their processes."""
    if fcntl is None:
        return
    for path in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):  # held, not ours, or gone
            held = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                if os.fstat(held).st_uid == os.getuid():
                    fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    remove_tree(path)
            finally:
                os.close(held)


def remove_tree(path: Path) -> None:
    """Remove a folder, even one too deep for `shutil.rmtree` or locked by its owner.

    What lies deeper is moved up first, so that no path grows long.
    """
    numbers = itertools.count()
    try:
        while _open_entries(path):
            for entry in _open_entries(path):
                if not entry.is_dir(follow_symlinks=False):
                    os.unlink(entry.path)
                    continue
                for inner in _open_entries(entry.path):
                    if inner.is_dir(follow_symlinks=False):
                        os.chmod(inner.path, 0o700)
                        os.rename(inner.path, f"{path}/{next(numbers)}-{os.getpid()}")
                    else:
                        os.unlink(inner.path)
                os.rmdir(entry.path)
        os.rmdir(path)
    except OSError:
        return  # it is not there, or not ours to remove


def _open_entries(path: str | Path) -> list[os.DirEntry]:
    os.chmod(path, 0o700)
    with os.scandir(path) as entries:
        return list(entries)


DEVICES = tuple(Path("/dev", name) for name in ("null", "full", "random", "urandom"))
"""Without zero: what is mapped of it and shared is memory that no process owns."""


class Ruleset:
    """Landlock rules: what a process that enters them may still reach.

    Attributes
    ----------
    given : bool
        Whether this kernel has Landlock, with its rules on signals (version 6 or newer).
    """

    def __init__(
        self, readable: Iterable[Path], writable: Iterable[Path], listable: Iterable[Path] = ()
    ) -> None:
        self.descriptor = -1
        self.given = False
        if _libc is None:
            return
        version = _libc.syscall(_CREATE, None, ctypes.c_size_t(0), ctypes.c_uint32(1))
        if version < 1:
            return
        rights = (1 << 13) - 1 | (version >= 2) << 13 | (version >= 3) << 14 | (version >= 5) << 15
        network, scopes = 3 * (version >= 4), 3 * (version >= 6)
        attributes = struct.pack("<QQQ", rights, network, scopes)
        size = 24 if version >= 6 else 16 if version >= 4 else 8
        try:
            self.descriptor = _call(
                _libc.syscall(_CREATE, attributes, ctypes.c_size_t(size), ctypes.c_uint32(0))
            )
        except OSError:
            return
        for place in readable:
            self._allow(place, _EXECUTE | _READ_FILE | _READ_DIR)
        for place in writable:
            self._allow(place, rights)
        for place in listable:
            self._allow(place, _READ_DIR)
        for device in DEVICES:
            self._allow(device, _READ_FILE | _WRITE_FILE)
        self.given = version >= 6

    def _allow(self, place: Path, rights: int) -> None:
        try:
            opened = os.open(place, os.O_PATH | os.O_CLOEXEC)
        except OSError:
            return  # it does not exist here
        try:
            if not os.path.isdir(place):
                rights &= _EXECUTE | _WRITE_FILE | _READ_FILE | 1 << 14
            rule = struct.pack("<Qi", rights, opened)
            _call(_libc.syscall(_ADD, self.descriptor, 1, rule, ctypes.c_uint32(0)))
        finally:
            os.close(opened)

    def steps(self) -> list[Step]:
        """Return the steps that put a process under the rules, for good."""
        if self.descriptor < 0:
            return []
        restrict = _libc.syscall, (_RESTRICT, self.descriptor, ctypes.c_uint32(0))
        return [restrict, (os.close, (self.descriptor,))]


def readable_places(package: Path, hidden: Iterable[str]) -> list[Path]:
    """Return what a student's code may read: Python, its libraries, the course's helpers.

    Parameters
    ----------
    package : Path
        The folder of `course_utils`, wherever it is installed.
    hidden : iterable of str
        What in it may not be read: the tasks, the grader.
    """
    places = [Path(p) for p in ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/share")]
    places += [Path(p) for p in ("/bin", "/usr/bin", "/etc/localtime", "/etc/fonts")]
    places += [Path(p) for p in ("/etc/alternatives", "/etc/ld.so.cache")]  # for %%bash
    roots = {Path(p) for p in (sys.prefix, sys.base_prefix, sys.exec_prefix)}
    for root in roots | {root.resolve() for root in roots}:
        places += [root / "lib", root / "lib64", root / "bin", root / "share", root / "etc"]
    places += [Path(p) for p in sys.path if p.endswith(("site-packages", "dist-packages"))]
    places = [p for p in places if p.exists()]
    secrets = {(package / name).resolve() for name in hidden}
    places += [p for p in package.iterdir() if p.resolve() not in secrets]
    return [q for place in places for q in _without(place, secrets)]


def _without(place: Path, secrets: set[Path]) -> list[Path]:
    """Return the place, or its parts where a part of it is secret."""
    real = place.resolve()
    if real in secrets:
        return []
    if not any(real in secret.parents for secret in secrets):
        return [place]
    return [q for part in place.iterdir() for q in _without(part, secrets)]


# -------------------------------------------------------------------------- for each worker


def fork() -> int:
    """Fork as `os.fork` does, for a process that has one thread.

    Python's own also mends in the child what other threads may have held: locks, loggers,
    generators of random numbers. There is nothing to mend, and doing it costs each fork some
    60 pages, which are copied as soon as they are written to.
    """
    if _python is None:
        return os.fork()
    return _call(_python.fork())


def address_space() -> int:
    """Return the bytes of address space that this process has."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return 2**31


def own_maps() -> io.FileIO | None:
    """Return the kernel's list of what memory this process has, for later, if there is one."""
    with contextlib.suppress(OSError):
        return open("/proc/self/maps", "rb", buffering=0)


def use_large_pages(maps: io.FileIO | None) -> None:
    """Put what this process holds into large pages, where it can: a fork is twice as fast.

    A fork copies a table of all pages: one entry for a large one, of 2 MiB, but 512 for one that
    the kernel took apart, as it does when its owner writes to any place in it that a fork has
    too (and gets a copy of 4 kB, as ever). Python writes to all that it uses: it counts users.

    Parameters
    ----------
    maps : file, optional
        What `own_maps` returned in this process; it is closed.
    """
    if maps is None:
        return
    collapse, size = 25, 1 << 21
    with maps:
        lines = maps.readall().decode().splitlines()
    for line in lines:
        place, rights, _, _, inode, *name = line.split()
        if rights == "rw-p" and inode == "0" and name in ([], ["[heap]"]):
            start, end = (int(number, 16) for number in place.split("-"))
            for at in range(-(-start // size) * size, end // size * size, size):
                _libc.madvise(ctypes.c_void_p(at), ctypes.c_size_t(size), collapse)


def bound_memory(megabytes: int) -> None:
    """Bound what this process may still take: a formula that grows is a MemoryError, no more."""
    if sys.platform == "linux":
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        soft = address_space() + megabytes * 2**20
        soft = soft if hard == resource.RLIM_INFINITY else min(soft, hard)
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def limit_forks() -> None:
    """Limit what this process and each fork of it may do with files and signals, for good."""
    take(_lower("RLIMIT_FSIZE", 8 * 2**20))
    take(_lower("RLIMIT_NOFILE", 64))
    take(_lower("RLIMIT_CORE", 0))
    take(_lower("RLIMIT_MSGQUEUE", 0))
    take(_lower("RLIMIT_SIGPENDING", 256))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # a file too large is an OSError


def can_become(user: int) -> bool:
    """Return whether a fork of this process may become another user: not each root may."""
    child = os.fork()
    if child == 0:
        refused = 1
        try:
            take(_steps_to_become(user))
            refused = 0
        finally:
            os._exit(refused)
    return os.waitpid(child, 0)[1] == 0


def _steps_to_become(user: int) -> list[Step]:
    return [(os.setgroups, ([],)), (os.setresgid, (user,) * 3), (os.setresuid, (user,) * 3)]


def steps_to_shut_in(
    folder: Path,
    streams: Iterable[int],
    kept: Iterable[int],
    megabytes: int,
    already: int,
    user: int | None,
    rules: Ruleset,
    processes: int = 32,
) -> list[Step]:
    """Return the steps with which a fork of this process shuts itself in, for good.

    They are made ready before the fork, since each Python function that runs in it costs some
    ten pages, which are copied as soon as they are written to; also one that turns a path or
    the name of a signal into what the system takes. See `take`.

    Parameters
    ----------
    folder : Path
        Where it works.
    streams : iterable of int
        The descriptors that lead nowhere, 0 among them: each gets an opening of its own.
    kept : iterable of int
        The sockets that stay open.
    megabytes : int
        How much memory it may take.
    already : int
        The bytes that it has; see `address_space`.
    user : int, optional
        The user that it becomes, as root. Who is not root cannot change, and relies on
        Landlock and the namespaces.
    rules : Ruleset
        What it may still reach.
    processes : int
        How many processes and threads its user may have.
    """
    steps: list[Step] = [(os.setsid, ()), (os.chdir, (os.fsencode(folder),))]
    # What is open here and in all forks has flags that one could leave for the next.
    steps += [(os.close, (0,)), (os.open, (os.fsencode(os.devnull), os.O_RDWR))]
    steps += [(os.dup2, (0, stream, stream < 3)) for stream in streams if stream]
    kept = [*streams, *kept, rules.descriptor]
    steps += [(os.closerange, gap) for gap in gaps_between(kept)]
    steps += _lower("RLIMIT_AS", already + megabytes * 2**20)
    steps += _lower("RLIMIT_NPROC", processes)
    if user is not None:
        steps += _steps_to_become(user)
    if _libc is not None:
        # In a user namespace of its own every process begins with all capabilities.
        steps.append((_libc.capset, (struct.pack("<Ii", 0x20080522, 0), bytes(24))))
        steps.append((_libc.prctl, (_PR_SET_DUMPABLE, 0, 0, 0, 0)))
        steps.append((_libc.prctl, _DIE_WITH_PARENT))
    return [*steps, *rules.steps(), *_refuse(_LAST)]


def take(steps: Iterable[Step]) -> None:
    """Take steps that were made ready: calls of the system, each with its arguments."""
    for call, arguments in steps:
        if call(*arguments) == -1:
            raise OSError(ctypes.get_errno(), f"{call.__name__}{arguments}")


def _lower(name: str, value: int) -> list[Step]:
    """Return the step that lowers a limit, if this system has it."""
    kind = getattr(resource, name, None)
    if kind is None:
        return []
    _, hard = resource.getrlimit(kind)
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    return [(_set_limit if sys.platform != "linux" else resource.setrlimit, (kind, (value, value)))]


def _set_limit(*limit: Any) -> None:
    with contextlib.suppress(ValueError, OSError):  # macOS has limits that it does not set
        resource.setrlimit(*limit)


def gaps_between(kept: Iterable[int]) -> list[tuple[int, int]]:
    """Return the ranges of all numbers that a file, pipe or socket may have but some."""
    end = min(resource.getrlimit(resource.RLIMIT_NOFILE)[1], 1 << 20)
    gaps, start = [], 0
    for number in [*sorted({n for n in kept if n >= 0}), max(end, 4096)]:
        if start < number:  # of an empty range, Python 3.11 closes all
            gaps.append((start, number))
        start = number + 1
    return gaps


def stay_on_one_processor(number: int) -> None:
    """Keep this process, and all that it forks, on one processor: another for each number."""
    if hasattr(os, "sched_setaffinity"):
        processors = sorted(os.sched_getaffinity(0))
        with contextlib.suppress(OSError):
            os.sched_setaffinity(0, {processors[number % len(processors)]})


def forbid_capabilities() -> None:
    """Make sure that no program which this process or a fork of it starts gets a capability.

    What this process has, it keeps; so once, before all forks, is as good as in each.
    """
    if _libc is not None:
        for capability in range(64):
            if _libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0) < 0:
                break  # there are no more, or there is none to drop


def give_up_privileges() -> None:
    """Make sure that no program on the disk gives this process, or a fork of it, any right."""
    if _libc is not None:
        _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)


def die_with_parent() -> None:
    """Make sure that this process does not outlive the one that started it."""
    if _libc is not None:
        _libc.prctl(*_DIE_WITH_PARENT)


# The numbers of a call on x86_64 and on aarch64; the later calls have one for all machines.
# mount and umount2, which `Home` needs; Landlock's three, which `Ruleset` needs: rules are memory
# that no process owns.
_LAST = ((165, 40), (166, 39), (444, 444), (445, 445), (446, 446))
_REFUSED = (
    # other namespaces, mounts, roots
    (272, 97), (308, 268), (155, 41), (161, 51), (428, 428), (429, 429),
    (430, 430), (431, 431), (432, 432), (433, 433), (442, 442), (304, 265),
    # tracing, other processes' memory and files: ptrace, process_vm_*, kcmp, pidfd_getfd
    (101, 117), (310, 270), (311, 271), (312, 272), (438, 438),
    # keyrings: add_key, request_key, keyctl
    (248, 217), (249, 218), (250, 219),
    # memory that no process owns: shmget, semget, msgget, mq_open, memfd_create, memfd_secret
    (29, 194), (64, 190), (68, 186), (240, 180), (319, 279), (447, 447),
    # what others do with files: inotify_init, inotify_init1, fanotify_init; flock
    (253, None), (294, 26), (300, 262), (73, 32),
    # another processor, another scheduler: sched_setaffinity, _setscheduler, _setattr
    (203, 122), (144, 119), (314, 274),
    # the weight and the memory of other processes of the same user: setpriority, ioprio_set,
    # migrate_pages, move_pages, process_madvise, process_mrelease
    (141, 140), (251, 30), (256, 238), (279, 239), (440, 440), (448, 448),
    # large parts of the kernel: bpf, perf_event_open, userfaultfd, io_uring, personality
    (321, 280), (298, 241), (323, 282), (425, 425), (426, 426), (427, 427), (135, 92),
)  # fmt: skip
_MACHINES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}
_SOCKET, _CLONE, _CLONE3, _FCNTL, _PRLIMIT = (41, 198), (56, 220), 435, (72, 25), (302, 261)
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _ANSWER = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOWED, _NO = 0x7FFF0000, 0x50000 | errno.EPERM
_MMAP, _SHARED, _ANONYMOUS = (9, 222), 1, 32  # together: memory that no process owns
# Leases and locks of files, which make others wait: who closes a file walks through all of its
# locks. Signals of files, which one could leave for the next. F_SETLK, F_SETLKW, F_SETOWN,
# F_SETSIG, F_SETOWN_EX, the three of F_OFD_GETLK, F_SETLEASE, F_NOTIFY
_FILE_CALLS = 6, 7, 8, 10, 15, 36, 37, 38, 1024, 1026


def refuse_calls() -> bool:
    """Refuse what no exercise needs, to this process and its forks; return whether we can.

    We can where the machine's calls are known. All are refused but what is still needed: that,
    a fork refuses itself. (The longer a filter is, the longer the kernel takes to translate it.)
    """
    steps = _refuse(_REFUSED, _calls_by_their_flags)
    take(steps)
    return bool(steps)


def _refuse(calls: tuple, more: Callable[[int], list] = lambda column: []) -> list[Step]:
    program = call_filter(calls, more)
    return [(_libc.prctl, (_PR_SET_SECCOMP, 2, program[0], 0, 0))] if program else []


@functools.cache
def call_filter(refused: tuple, more: Callable[[int], list]) -> tuple:
    """Return a filter of calls as the kernel wants it, and the bytes it points to.

    Parameters
    ----------
    refused : tuple
        The numbers of calls that are refused.
    more : callable
        Given the column of the numbers, it returns more steps; see `_calls_by_their_flags`.
    """
    if _libc is None or platform.machine() not in _MACHINES or sys.maxsize < 2**32:
        return ()
    architecture, column = _MACHINES[platform.machine()]
    load, equal, at_least, answer = _LOAD, _EQUAL, _AT_LEAST, _ANSWER
    no_such_call, no = 0x50000 | errno.ENOSYS, _NO
    # Each step: what to do, how many steps to skip if it is so and if not, with which number.
    steps = [
        (load, 0, 0, 4),  # the machine whose calls these are
        (equal, 1, 0, architecture),
        (answer, 0, 0, no),  # a 32-bit program's
        (load, 0, 0, 0),  # the number of the call
        (at_least, 0, 1, 0x40000000),
        (answer, 0, 0, no),  # x32
        (equal, 0, 1, _CLONE3),
        (answer, 0, 0, no_such_call),  # its flags cannot be read; glibc then takes clone
    ]
    for number in (numbers[column] for numbers in refused if numbers[column] is not None):
        steps += [(equal, 0, 1, number), (answer, 0, 0, no)]
    steps += [*more(column), (answer, 0, 0, _ALLOWED)]
    program = b"".join(struct.pack("<HBBI", *step) for step in steps)
    text = ctypes.create_string_buffer(program)
    return struct.pack("@HP", len(steps), ctypes.addressof(text)), text


def _calls_by_their_flags(column: int) -> list:
    """Return the steps that refuse some kinds of a call, and allow the others."""
    load, equal, any_bit, answer, allowed, no = _LOAD, _EQUAL, _ANY_BIT, _ANSWER, _ALLOWED, _NO
    namespaces = _NEWNS | _NEWUTS | _NEWIPC | _NEWUSER | _NEWPID | _NEWNET | _NEWCGROUP
    return [
        (equal, 0, 2 * len(_FILE_CALLS) + 2, _FCNTL[column]),
        (load, 0, 0, 24),  # what is to be done
        *(step for n in _FILE_CALLS for step in ((equal, 0, 1, n), (answer, 0, 0, no))),
        (answer, 0, 0, allowed),
        (equal, 0, 5, _MMAP[column]),
        (load, 0, 0, 40),  # its flags
        (any_bit, 0, 2, _ANONYMOUS),
        (any_bit, 0, 1, _SHARED),
        (answer, 0, 0, no),
        (answer, 0, 0, allowed),
        (equal, 0, 4, _SOCKET[column]),
        (load, 0, 0, 16),  # its family
        (equal, 1, 0, 1),  # AF_UNIX
        (answer, 0, 0, no),
        (answer, 0, 0, allowed),
        (equal, 0, 4, _PRLIMIT[column]),
        (load, 0, 0, 16),  # whose limits
        (equal, 1, 0, 0),  # its own
        (answer, 0, 0, no),
        (answer, 0, 0, allowed),
        (equal, 0, 3, _CLONE[column]),
        (load, 0, 0, 16),  # its flags
        (any_bit, 0, 1, namespaces),
        (answer, 0, 0, no),
    ]


# ------------------------------------------------------------------- while it runs, and after


class Watch:
    """The memory of all processes of a student together, looked at while they run.

    Each process may be as large as the limit, but thirty of them would be more than a
    machine has. To be made in the process that `isolate` returned in, before `enter_root`.
    """

    SECONDS = 0.1

    def __init__(self, folder: Path, megabytes: int) -> None:
        self._most = megabytes * 2**20 * 5 // 4 + 2**26  # one alone never gets there
        self._own = 0
        self._list = -1
        if _libc is None or os.getpid() != 1:
            return
        with contextlib.suppress(OSError):  # refused where a part of /proc is hidden
            _mount("proc", folder, "proc", 2 | 4 | 8)
            self._list = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            _call(_libc.umount2(os.fsencode(folder), _DETACH))
            self._own = self._resident("self")

    @property
    def sees(self) -> bool:
        """Whether this system shows what memory the processes have."""
        return self._list >= 0

    def _resident(self, process: str) -> int:
        try:
            number = os.open(f"{process}/statm", os.O_RDONLY, dir_fd=self._list)
        except OSError:
            return 0
        try:
            return int(os.read(number, 200).split()[1]) * os.sysconf("SC_PAGE_SIZE")
        except (OSError, IndexError):
            return 0
        finally:
            os.close(number)

    def look(self) -> bool:
        """Kill all processes of the student if they have clearly more memory than one may.

        Returns
        -------
        bool
            Whether they had.
        """
        if not self.sees:
            return False
        others = (name for name in os.listdir(self._list) if name.isdigit() and name != "1")
        if sum(max(0, self._resident(name) - self._own) for name in others) <= self._most:
            return False
        with contextlib.suppress(OSError):
            os.kill(-1, signal.SIGKILL)
        return True


def kill_all(user: int | None) -> None:
    """Kill every child of this process, and what they leave to it, until none is left.

    Parameters
    ----------
    user : int, optional
        The number of the user that the children became. If this is not the first process
        of a namespace, and some fork faster than they can be killed, a process of that
        user kills all that is its own at once.
    """
    if os.getpid() == 1:  # nobody else is in this namespace: one signal reaches all at once
        _libc.kill(-1, 9)
        while _libc.waitpid(-1, None, 0) > 0:
            pass
        return
    for attempt in itertools.count():
        if user is not None and attempt % 8 == 7 and os.fork() == 0:
            try:
                os.setgroups([])
                os.setresgid(user, user, user)
                os.setresuid(user, user, user)
                os.kill(-1, signal.SIGKILL)
            finally:
                os._exit(0)
        for child in _children():
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(child, signal.SIGKILL)
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        time.sleep(0.0005)


def _children() -> list[int]:
    try:
        text = Path(f"/proc/self/task/{os.getpid()}/children").read_text()
    except OSError:
        return []
    return [int(word) for word in text.split()]
