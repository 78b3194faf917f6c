"""The trusted side's hold on one child: its descriptors, its clock, its end."""

import contextlib
import fcntl
import os
import select
import signal
import socket
import struct
import time

from grader.sandbox.inside.frames import HEADER, Signal
from grader.sandbox.outcome import Limits, SandboxFault
from grader.sandbox.wire import Request

CREDENTIALS = struct.Struct("3i")
# Refuses writing and new mappings to write. F_SEAL_WRITE would also wait for pages that the kernel
# just holds, and fail after a while: a program that maps them, to read only, can have it hold them.
F_SEAL_FUTURE_WRITE = 0x0010
FIXED = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL
READY_SECONDS = 10.0
DEATH_SECONDS = 5.0
PIPE_BYTES = 65_536


class Child:
    """One forked child: walling itself in, waiting, running, or dead.

    Attributes:
        ends: the child's descriptors, to be sent to the template: the run's socket, the two memory
            files, the pipe that takes stdout.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.socket, run_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        self.stdout, stdout_end = os.pipe()
        os.set_blocking(self.stdout, False)
        self._inputs = os.memfd_create("inputs", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        self._results = os.memfd_create("results", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        self._results_bytes = 0
        self.ends = [run_end.detach(), read_only(self._inputs), self._results, stdout_end]
        self.pid = 0
        self._pidfd = -1

    def release_ends(self) -> None:
        """Close what only the child may hold, now that the template has it."""
        for position in (0, 1, 3):
            os.close(self.ends[position])
        self.ends = []

    def is_ready(self) -> bool:
        """Return whether `wait_until_ready` would not wait (or fail at once)."""
        return self._pidfd >= 0 or wait_for(self.socket.fileno(), 0)

    def wait_until_ready(self) -> None:
        """Wait until the walls stand, and learn the process id from the kernel itself."""
        if self._pidfd >= 0:
            return
        if not wait_for(self.socket.fileno(), READY_SECONDS):
            raise SandboxFault("A child of the forkserver was not ready in time.")
        message, ancillary, _, _ = self.socket.recvmsg(16, socket.CMSG_SPACE(CREDENTIALS.size))
        if message != Signal.READY or not ancillary:
            raise SandboxFault(f"A child could not wall itself in: {self._last_words()}")
        self.pid = CREDENTIALS.unpack(ancillary[0][2])[0]
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 0)
        try:
            self._pidfd = os.pidfd_open(self.pid)
        except OSError as error:
            raise SandboxFault("A waiting child has died.") from error

    def _last_words(self) -> str:
        """What a child that was never ready has said: our words, not a candidate's."""
        return self.read_stdout().decode("utf-8", "replace")[-2000:].strip() or "no word"

    def read_stdout(self) -> bytes:
        """Return what is there, b"" when there is nothing (more)."""
        try:
            return os.read(self.stdout, PIPE_BYTES)
        except BlockingIOError:
            return b""

    def hand_over(self, request: Request) -> None:
        """Fill and seal the memory for the inputs, size and seal the one for the results."""
        request.write(self._inputs)
        fcntl.fcntl(self._inputs, fcntl.F_ADD_SEALS, FIXED | F_SEAL_FUTURE_WRITE)
        os.ftruncate(self._results, request.results_bytes)
        fcntl.fcntl(self._results, fcntl.F_ADD_SEALS, FIXED)
        self._results_bytes = request.results_bytes

    def read_results(self, start: int) -> tuple[bytes, bytes]:
        """Return the header of the results memory, and what is used of it from `start` on.

        Only of a child that was killed or waits for a word: it holds still.
        """
        header = os.pread(self._results, HEADER.size, 0).ljust(HEADER.size, b"\0")
        end = min(HEADER.unpack(header)[0], self._results_bytes)
        return header, os.pread(self._results, max(0, end - start), start)

    def cpu_seconds(self) -> float:
        """CPU time used so far, from outside; also of a dead child that is not yet reaped."""
        return time.clock_gettime(~self.pid << 3 | 2)

    def is_dead_within(self, seconds: float) -> bool:
        return wait_for(self._pidfd, seconds)

    def kill(self) -> None:
        """Have the child die, however alive it is."""
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)

    def end(self) -> None:
        """Kill the child and wait for its death."""
        self.kill()
        if not wait_for(self._pidfd, DEATH_SECONDS):
            raise SandboxFault("A killed child did not die.")

    def close(self) -> None:
        self.socket.close()
        for descriptor in (self.stdout, self._inputs, self._results, self._pidfd):
            if descriptor >= 0:
                os.close(descriptor)
        if self.ends:
            self.release_ends()
        self.stdout = self._inputs = self._results = self._pidfd = -1


def read_only(file: int) -> int:
    """Open a memory file again: who has mapped it for writing before it is sealed could write."""
    return os.open(f"/proc/self/fd/{file}", os.O_RDONLY | os.O_CLOEXEC)


def wait_for(descriptor: int, seconds: float) -> bool:
    """Return whether `descriptor` became readable, or lost its other end, in time."""
    poller = select.poll()
    poller.register(descriptor, select.POLLIN)
    return bool(poller.poll(seconds * 1000))
