"""The forkserver: has imported NumPy once behind the walls, forks one child per run.

It never runs a byte of a candidate's. Messages on the control socket:

    FORK  with the four descriptors of the next child, which says itself that it is ready
    REAP  answered by REAPED: the child has been killed if it was alive, and waited for
"""

import gc
import os
import resource
import signal
import socket
import sys
import traceback
from os import _exit
from typing import Any, NoReturn

from grader.sandbox.inside import harness, lockdown
from grader.sandbox.inside.protocol import BROKEN, FORK, OUT_OF_MEMORY, READY, REAP, REAPED

# Where a child finds its descriptors: the run's socket, inputs, results, and for a moment stdout.
RUN, INPUTS, RESULTS, STDOUT = 3, 4, 5, 6


def serve(control: socket.socket, configuration: dict[str, Any]) -> NoReturn:
    walls = lockdown.Lockdown(
        configuration["syscalls"],
        bytes.fromhex(configuration["program"]),
        configuration["readable"],
        configuration["namespaces"],
    )
    lockdown.prctl(lockdown.PR_SET_DUMPABLE, 0)
    harness.warm_up()
    hide_project(configuration["harness"])
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    gc.collect()
    # Collecting would write to every object, and so copy pages that a child shares.
    gc.freeze()
    # A run is short, and its memory is limited: look for cycles a tenth as often.
    gc.set_threshold(7_000, 10, 10)
    server = Server(control, walls)
    control.send(READY)
    while True:
        server.answer()


def hide_project(directory: str) -> None:
    """Leave a candidate nothing of ours to import by name: it would only confuse."""
    sys.path.remove(directory)
    for name in [name for name in sys.modules if name.partition(".")[0] == "grader"]:
        del sys.modules[name]


class Server:
    """One child at a time."""

    def __init__(self, control: socket.socket, walls: lockdown.Lockdown) -> None:
        self._control = control
        self._walls = walls
        self._pid = 0

    def answer(self) -> None:
        message, descriptors, _, _ = socket.recv_fds(self._control, 64, 4)
        if not message:
            _exit(0)
        if message[:1] == b"F":
            self._fork(FORK.unpack(message), descriptors)
        else:
            self._reap(REAP.unpack(message)[1])

    def _fork(self, request: tuple[Any, ...], descriptors: list[int]) -> None:
        if descriptors != [RUN, INPUTS, RESULTS, STDOUT] or self._pid:
            _exit(71)
        self._pid = self._walls.fork()
        if self._pid == 0:
            self._become_child(*request[2:])
        for descriptor in descriptors:
            os.close(descriptor)

    def _become_child(self, space: int, seconds: int, files: int) -> NoReturn:
        try:
            # First: kill(0) in the template's process group would reach the template.
            os.setsid()
            os.dup2(STDOUT, 1)
            os.dup2(STDOUT, 2)
            lockdown.limit(
                {
                    resource.RLIMIT_AS: space,
                    resource.RLIMIT_CPU: seconds,
                    resource.RLIMIT_NOFILE: files,
                }
            )
            harness.reseed()
            self._walls.close_up(STDOUT)
            harness.run(RUN, INPUTS, RESULTS)
        except MemoryError:
            _exit(OUT_OF_MEMORY)
        except BaseException:  # before the child has said ready, stdout is still ours
            traceback.print_exc()
        finally:
            _exit(BROKEN)

    def _reap(self, run: int) -> None:
        os.kill(self._pid, signal.SIGKILL)
        _, status, usage = os.wait4(self._pid, 0)
        self._pid = 0
        free = os.dup(0)
        os.close(free)
        seconds = usage.ru_utime + usage.ru_stime
        self._control.send(REAPED.pack(run, status, seconds, usage.ru_maxrss / 1024, free))
