"""The warm process, seen from our side: it loads NumPy and SymPy once for a whole run.

Stops: a start of seconds for each process that marks, and the memory that each would take;
secrets of the one who marks in a stranger's reach (nothing of ours is handed down but a
socket: no environment, no file).
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

from course_utils.grading import sandbox

__all__ = ["Warm"]


class Warm:
    """A process that forks those who run notebooks, for any number of markers; a context manager.

    It ends as soon as nobody has its socket any more: also if we were killed.
    """

    def __init__(self) -> None:
        sandbox.remove_forgotten()
        self._folder, self._held = sandbox.make_folder()
        self._control, theirs = socket.socketpair()
        environment = {
            "PATH": "/usr/bin:/bin",
            "HOME": str(self._folder),
            "MPLCONFIGDIR": str(self._folder),
            "IPYTHONDIR": str(self._folder),
            "LANG": "C.UTF-8",
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONHASHSEED": "0",
        }
        number = str(theirs.fileno())
        self._process = subprocess.Popen(
            [sys.executable, "-m", "course_utils.grading.worker", number, str(self._folder)],
            pass_fds=[theirs.fileno()],
            env=environment,
            cwd=str(Path(__file__).parents[2]),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        theirs.close()

    def __enter__(self) -> Warm:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def fork(
        self, folder: Path, megabytes: int, number: int, needs_more: bool = False
    ) -> socket.socket:
        """Return the socket to a new process that serves a marker.

        Parameters
        ----------
        folder : Path
            An empty folder for it alone.
        megabytes : int
            The memory that a student may take.
        number : int
            Of the marker, from 0: each works on another processor, as another user.
        needs_more : bool
            Whether it has to have loaded what few notebooks need, such as Matplotlib.

        Raises
        ------
        OSError
            If the warm process is gone.
        """
        ours, theirs = socket.socketpair()
        order = json.dumps([needs_more, str(folder), megabytes, number]).encode("ascii")
        with theirs:
            socket.send_fds(self._control, [order], [theirs.fileno()])
        return ours

    def close(self) -> None:
        """End the process, once those that it forked are in no need of it."""
        self._control.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        sandbox.remove_tree(self._folder)
        if self._held >= 0:
            os.close(self._held)
            self._held = -1
