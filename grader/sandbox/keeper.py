"""Keeps a forkserver and a waiting child, and replaces the forkserver before anybody waits."""

import contextlib
import os
import time

from grader.sandbox import canary, inspection
from grader.sandbox.child import Child
from grader.sandbox.forkserver import Forkserver, Reaped
from grader.sandbox.outcome import Limits, SandboxFault
from grader.sandbox.walls import Walls

MAX_RUNS = 500
MAX_AGE_SECONDS = 30 * 60.0
# The probes run against every new forkserver, and again when they were last run so long ago.
CANARY_SECONDS = 5 * 60.0
INSPECTED_RUNS = 50
MAX_GROWTH_KIB = 16 * 1024


class Keeper:
    """One forkserver at a time, one child at a time.

    Every method raises SandboxFault where something is not as it must be; then call `discard`.
    """

    def __init__(self, layers: Walls, limits: Limits) -> None:
        self._layers = layers
        self._limits = limits
        self._owner = os.getpid()
        self._server: Forkserver | None = None
        self._successor: Forkserver | None = None
        self._child: Child | None = None
        self._spent = False
        self._reaping = False
        self._retiring = False
        self._checked_at = 0.0
        # Of the current forkserver when it was new: lowest free descriptor, resident KiB.
        self._new_descriptor = 0
        self._new_resident = 0

    @property
    def process_ids(self) -> tuple[int, ...]:
        """Of the forkserver and of the waiting child."""
        server = () if self._server is None else (self._server.pid,)
        return server if self._child is None else (*server, self._child.pid)

    def start(self) -> None:
        """Have a forkserver and a waiting child now rather than with the first run."""
        server = self._current()
        self._child = self._child or server.fork(self._limits)

    def take(self, limits: Limits) -> Child:
        """Return a child, under those of `limits` the kernel keeps; `admit` it before it runs."""
        server = self._current()
        self.renew()
        self.reaped()
        if time.monotonic() - self._checked_at > CANARY_SECONDS:
            self._check(server)
        if self._child is not None and not same_limits(self._child.limits, limits):
            self._drop_child(server)
        if self._child is None:
            self._child = server.fork(limits)
        return self._child

    def admit(self) -> None:
        """Wait until the child that was taken is behind its walls."""
        server, child = self._both()
        server.wait_for(child)

    def spend(self) -> None:
        """Take note that the child that was taken has been killed."""
        self._spent = True

    def renew(self) -> None:
        """Where the child is spent, have it reaped and the next one forked, without waiting."""
        if not self._spent or os.getpid() != self._owner:
            return
        server, child = self._both()
        child.close()
        self._child, self._spent = None, False
        server.reap()
        self._reaping = True
        self._child = server.fork(self._limits)

    def _both(self) -> tuple[Forkserver, Child]:
        if self._server is None or self._child is None:
            raise SandboxFault("There is no child.")
        return self._server, self._child

    def reaped(self) -> Reaped | None:
        """Return how the last child that was renewed died; None when that has been said before."""
        if not self._reaping or self._server is None:
            return None
        self._reaping = False
        reaped = self._server.reaped()
        self._inspect(self._server, reaped)
        return reaped

    def retire(self) -> None:
        """Have the forkserver replaced, as soon as another one is ready."""
        self._retiring = True
        if self._successor is None:
            self._successor = Forkserver(self._layers)

    def discard(self) -> None:
        """End the forkserver and whatever runs in it; the next run gets a new one."""
        if self._child is not None:
            self._child.close()
        if self._server is not None:
            self._server.close()
        self._child = self._server = None
        self._spent = self._reaping = self._retiring = False

    def close(self) -> None:
        """End everything, unless this is a forked copy of the process that owns it."""
        if os.getpid() != self._owner:
            self._forget()
            return
        self.discard()
        if self._successor is not None:
            self._successor.close()
            self._successor = None

    def _forget(self) -> None:
        """In a forked copy of the process: leave to the owner what is the owner's."""
        for server in (self._server, self._successor):
            if server is not None:
                server.abandon()
        if self._child is not None:
            self._child.close()
        self._child = self._server = self._successor = None
        self._spent = self._reaping = self._retiring = False
        self._owner = os.getpid()

    def _current(self) -> Forkserver:
        """Return the forkserver, a new one where it is due and ready, or where there is none."""
        if os.getpid() != self._owner:
            self._forget()
        if self._server is not None and not self._server.is_alive():
            self.discard()
        if self._server is not None and self._due(self._server):
            self.retire()
        if self._server is not None and self._successor and self._successor.is_ready():
            self.discard()
        if self._server is None:
            self._server = self._start()
        return self._server

    def _due(self, server: Forkserver) -> bool:
        age = time.monotonic() - server.started
        return self._retiring or server.runs >= MAX_RUNS or age >= MAX_AGE_SECONDS

    def _start(self) -> Forkserver:
        server, self._successor = self._successor or Forkserver(self._layers), None
        try:
            server.wait_until_ready()
            self._check(server)
        except BaseException:
            server.close()
            raise
        return server

    def _check(self, server: Forkserver) -> None:
        """Try the walls from inside, in a child of its own."""
        self._drop_child(server)
        reaped = canary.check(server, self._layers)
        self._new_descriptor = reaped.lowest_descriptor
        self._new_resident = inspection.resident_kib(server.pid)
        self._checked_at = time.monotonic()

    def _drop_child(self, server: Forkserver) -> None:
        if self._child is None:
            return
        self._child.close()
        self._child, self._spent = None, False
        server.reap()
        server.reaped()

    def _inspect(self, server: Forkserver, reaped: Reaped) -> None:
        """Retire a template that is not what it was: threads, descriptors, memory."""
        changed = reaped.lowest_descriptor != self._new_descriptor
        if server.runs % INSPECTED_RUNS == 0:
            grown = inspection.resident_kib(server.pid) - self._new_resident
            changed |= grown > MAX_GROWTH_KIB or inspection.threads(server.pid) != 1
        if changed:
            with contextlib.suppress(SandboxFault):
                self.retire()


def same_limits(one: Limits, other: Limits) -> bool:
    """Return whether a child that was forked under `one` can be used under `other`."""
    return (one.memory_mib, one.open_files, one.cpu_seconds, one.timed_cpu_seconds) == (
        other.memory_mib, other.open_files, other.cpu_seconds, other.timed_cpu_seconds
    )  # fmt: skip
