"""Things that must fail behind the walls. Run as a candidate's module by canary.py.

`probe` returns 1 for each attempt that got through, in the order of ATTEMPTS.
"""

import ctypes
import errno
import mmap
import os
import resource
import socket
import threading
from collections.abc import Callable
from typing import Any

import numpy as np

libc = ctypes.CDLL(None, use_errno=True)
REFUSALS = (errno.EPERM, errno.EACCES)


def loss(y_true: Any, y_pred: Any) -> float:
    return float(np.mean((y_pred - y_true) ** 2))


def call(name: str, *arguments: int) -> Callable[[], None]:
    """Return an attempt to call a function of the C library."""

    def attempt() -> None:
        if getattr(libc, name)(*arguments) < 0:
            raise OSError(ctypes.get_errno(), "refused")

    return attempt


def on_file(action: Callable[..., object], path: str, *arguments: int) -> Callable[[], object]:
    """Return an attempt on a file of the host, for which not to be there is a wall as well."""

    def attempt() -> object:
        try:
            return action(path, *arguments)
        except FileNotFoundError:
            raise PermissionError(errno.EPERM, "not there") from None

    return attempt


def fork() -> None:
    if os.fork() == 0:
        os._exit(0)


def machine_code() -> None:
    mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_EXEC)


# Harmless where they get through: signals of number 0, paths that do not exist.
NOWHERE = "/nowhere/x"
ATTEMPTS: dict[str, Callable[[], object]] = {
    "read /etc/passwd": on_file(os.open, "/etc/passwd", os.O_RDONLY),
    "read the harness": on_file(os.open, "/harness/grader/sandbox/inside/server.py", os.O_RDONLY),
    "list /": on_file(os.listdir, "/"),
    "list /proc": on_file(os.listdir, "/proc"),
    "write the library": on_file(os.open, os.__file__, os.O_WRONLY),
    "write /dev/null": on_file(os.open, "/dev/null", os.O_WRONLY),
    "socket": socket.socket,
    "socketpair": socket.socketpair,
    "fork": fork,
    "spawn": lambda: os.posix_spawn(NOWHERE, ["x"], {}),
    "exec": lambda: os.execv(NOWHERE, ["x"]),
    "signal the parent": lambda: os.kill(os.getppid() or 1, 0),
    "signal all": lambda: os.kill(-1, 0),
    "signal the group": lambda: os.kill(0, 0),
    "memory file": lambda: os.memfd_create("x"),
    "pipe": os.pipe,
    "remove a file": lambda: os.unlink(NOWHERE),
    "make a directory": lambda: os.mkdir(NOWHERE),
    "make a link": lambda: os.symlink("x", NOWHERE),
    "change a mode": lambda: os.chmod(NOWHERE, 0o777),
    "set a limit": lambda: resource.setrlimit(resource.RLIMIT_CORE, (0, 0)),
    "shared memory": call("shmget", 1, 4096, 0o600),
    "semaphore": call("semget", 1, 1, 0o600),
    "message queue": call("msgget", 1, 0o600),
    "machine code": machine_code,
    "thread": lambda: threading.Thread(target=int).start(),
    "duplicate a descriptor": lambda: os.dup(0),
    "become root": lambda: os.setuid(0),
    "four gigabytes": lambda: np.empty(1 << 29),
}


def probe(_: Any) -> Any:
    through = np.zeros(len(ATTEMPTS))
    for number, attempt in enumerate(ATTEMPTS.values()):
        try:
            attempt()
        except (MemoryError, RuntimeError, ValueError):  # how threads, arrays, limits say no
            continue
        except OSError as error:
            through[number] = error.errno not in REFUSALS
        else:
            through[number] = True
    return through
