"""Things that must fail behind the walls. Run as a candidate's module by canary.py.

`probe` returns 1 for each attempt that got through, in the order of ATTEMPTS.
"""

import ctypes
import mmap
import os
import resource
import signal
import socket
import threading
from collections.abc import Callable
from typing import Any

import numpy as np

libc = ctypes.CDLL(None, use_errno=True)
FAILURES = (OSError, MemoryError, RuntimeError, ValueError)


def loss(y_true: Any, y_pred: Any) -> float:
    return float(np.mean((y_pred - y_true) ** 2))


def call(name: str, *arguments: int | None) -> Callable[[], None]:
    """Return an attempt to call a function of the C library."""

    def attempt() -> None:
        if getattr(libc, name)(*arguments) < 0:
            raise OSError(ctypes.get_errno())

    return attempt


def reading(path: str) -> Callable[[], object]:
    return lambda: os.read(os.open(path, os.O_RDONLY), 1)


def writing(path: str) -> Callable[[], object]:
    return lambda: os.open(path, os.O_WRONLY | os.O_CREAT)


def fork() -> None:
    if os.fork() == 0:
        os._exit(0)


def machine_code() -> None:
    mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_EXEC)


ATTEMPTS: dict[str, Callable[[], object]] = {
    "read /etc/passwd": reading("/etc/passwd"),
    "read the harness": reading("/harness/grader/sandbox/inside/server.py"),
    "list /": lambda: os.listdir("/"),
    "list /proc": lambda: os.listdir("/proc"),
    "write /": writing("/x"),
    "write the library": writing(os.__file__),
    "write /dev/null": writing("/dev/null"),
    "socket": socket.socket,
    "socketpair": socket.socketpair,
    "fork": fork,
    "clone": call("clone", None, None, signal.SIGCHLD, None),
    "exec": lambda: os.execv("/python/bin/python3", ["python3"]),
    "kill the parent": lambda: os.kill(os.getppid() or 1, signal.SIGKILL),
    "kill all": lambda: os.kill(-1, signal.SIGKILL),
    "stop the group": lambda: os.kill(0, signal.SIGSTOP),
    "memory file": lambda: os.memfd_create("x"),
    "pipe": os.pipe,
    "remove a file": lambda: os.unlink(os.__file__),
    "make a directory": lambda: os.mkdir("/x"),
    "make a link": lambda: os.symlink("/etc", "/x"),
    "change a mode": lambda: os.chmod(os.__file__, 0o777),
    "raise a limit": lambda: resource.setrlimit(resource.RLIMIT_NPROC, (10, 10)),
    "shared memory": call("shmget", 1, 4096, 0o1600),
    "semaphore": call("semget", 1, 1, 0o1600),
    "message queue": call("msgget", 1, 0o1600),
    "machine code": machine_code,
    "thread": lambda: threading.Thread(target=int).start(),
    "duplicate a descriptor": lambda: os.dup(0),
    "become root": lambda: os.setuid(0),
    "four gigabytes": lambda: np.ones(1 << 29),
}


def probe(_: Any) -> Any:
    through = np.zeros(len(ATTEMPTS))
    for number, attempt in enumerate(ATTEMPTS.values()):
        try:
            attempt()
        except FAILURES:
            continue
        through[number] = 1.0
    return through
