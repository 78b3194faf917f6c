"""The template's process from outside: started behind the walls, asked for children, ended."""

import contextlib
import json
import math
import os
import signal
import socket
import subprocess
import time
from dataclasses import dataclass

from grader.sandbox import filters, inspection, walls
from grader.sandbox.child import CREDENTIALS, Child, wait_for
from grader.sandbox.inside.protocol import FORK, READY, REAP, REAPED
from grader.sandbox.outcome import Limits, SandboxFault

START_SECONDS = 20.0
REPLY_SECONDS = 5.0
# The kernel's own limit stands behind the clock that the worker watches.
SPARE_CPU_SECONDS = 3
MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Reaped:
    """What the template says of a dead child."""

    status: int
    cpu_seconds: float
    peak_mib: float
    lowest_descriptor: int


class Forkserver:
    """A template behind its walls. Made at once, ready after `wait_until_ready`.

    Raises:
        SandboxFault: from every method, whenever something is not as it must be.
    """

    def __init__(self, layers: walls.Walls) -> None:
        self._layers = layers
        self.started = time.monotonic()
        self.runs = 0
        self.pid = 0
        self._reaping = 0
        self._pidfd = -1
        self._space = 0
        self._ready = False
        # Files in memory: bubblewrap's words when it fails, and what it says of the namespaces.
        self._words = os.memfd_create("words", os.MFD_CLOEXEC)
        self._facts = os.memfd_create("facts", os.MFD_CLOEXEC)
        self._control, end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        try:
            with end:
                self._process = self._spawn(end.fileno())
        except BaseException:
            self.release()
            raise
        self._configure()

    def _spawn(self, control: int) -> subprocess.Popen[bytes]:
        program = os.memfd_create("program", os.MFD_CLOEXEC)
        try:
            os.write(program, filters.template_program())
            os.lseek(program, 0, os.SEEK_SET)
            return subprocess.Popen(
                walls.command(self._layers, control, program, self._facts),
                stdin=subprocess.DEVNULL,
                stdout=self._words,
                stderr=self._words,
                pass_fds=(control, program, self._facts),
                env=walls.environment(self._layers),
                # Ctrl-C in a terminal is for the worker, which may want to finish a run.
                start_new_session=True,
            )
        except OSError as error:
            raise SandboxFault(f"The forkserver can't be started: {error}") from error
        finally:
            os.close(program)

    def _configure(self) -> None:
        child_program = filters.child_program() if self._layers.filters else b""
        configuration = {
            **walls.configuration(self._layers),
            "syscalls": filters.numbers(),
            "program": child_program.hex(),
        }
        with contextlib.suppress(OSError):  # its death is noticed where its answer is awaited
            self._control.send(json.dumps(configuration).encode())

    def wait_until_ready(self) -> None:
        """Wait for the template, learn its process id, and look at its walls from outside."""
        if self._ready:
            return
        self._control.settimeout(START_SECONDS)
        message, ancillary = self._receive(socket.CMSG_SPACE(CREDENTIALS.size))
        if message != READY:
            raise SandboxFault(f"The forkserver did not start: {self.words()}")
        self.pid = CREDENTIALS.unpack(ancillary[0][2])[0]
        self._control.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 0)
        self._control.settimeout(REPLY_SECONDS)
        self._pidfd = os.pidfd_open(self.pid)
        self._space = inspection.address_space(self.pid)
        if self._layers.namespaces:
            inspection.verify_namespaces(os.pread(self._facts, 1 << 16, 0))
        self._ready = True

    def words(self) -> str:
        """What bubblewrap or the template had to say."""
        return os.pread(self._words, 1 << 16, 0).decode("utf-8", "replace").strip()[-2000:]

    def _receive(self, ancillary_bytes: int = 0) -> tuple[bytes, list[tuple[int, int, bytes]]]:
        try:
            message, ancillary, _, _ = self._control.recvmsg(256, ancillary_bytes)
        except OSError as error:
            raise SandboxFault(f"The forkserver does not answer: {error} {self.words()}") from error
        return message, ancillary

    def _send(self, message: bytes, descriptors: list[int]) -> None:
        try:
            socket.send_fds(self._control, [message], descriptors)
        except OSError as error:
            raise SandboxFault(f"The forkserver has died: {error} {self.words()}") from error

    def is_alive(self) -> bool:
        return self._process.poll() is None

    def is_ready(self) -> bool:
        """Return whether `wait_until_ready` would not wait (or fail at once)."""
        return self._ready or wait_for(self._control.fileno(), 0)

    def fork(self, limits: Limits) -> Child:
        """Ask for the next child, without waiting for it."""
        child = Child(limits)
        seconds = math.ceil(limits.cpu_seconds + limits.timed_cpu_seconds) + SPARE_CPU_SECONDS
        space = self._space + limits.memory_mib * MIB
        try:
            self.runs += 1
            message = FORK.pack(b"F", self.runs, space, seconds, limits.open_files)
            self._send(message, child.ends)
        except SandboxFault:
            child.close()
            raise
        child.release_ends()
        return child

    def wait_for(self, child: Child) -> None:
        """Wait for a child's readiness, and look at its walls from outside."""
        child.wait_until_ready()
        if self._layers == walls.Walls():
            inspection.verify_child(child.pid, depth=3)

    def reap(self) -> None:
        """Ask for the end of the current child, without waiting for it."""
        self._reaping = self.runs
        self._send(REAP.pack(b"W", self._reaping), [])

    def reaped(self) -> Reaped:
        """Return what became of the child that `reap` was called for."""
        message, _ = self._receive()
        if len(message) != REAPED.size:
            raise SandboxFault(f"The forkserver has died: {self.words()}")
        run, *facts = REAPED.unpack(message)
        if run != self._reaping:
            raise SandboxFault(f"The forkserver answers for run {run}, not {self._reaping}.")
        return Reaped(*facts)

    def close(self) -> None:
        """End the template and with it everything inside."""
        if self._pidfd >= 0:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
        else:
            self._process.kill()
        try:  # bubblewrap ends by itself when it has reaped the template
            self._process.wait(REPLY_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self.release()

    def abandon(self) -> None:
        """Let go, in a forked copy of the process that owns this: the template is not its own."""
        self.release()
        # Or its collection would warn of a child that is still running.
        self._process.returncode = 0

    def release(self) -> None:
        """Close the descriptors."""
        self._control.close()
        for descriptor in (self._pidfd, self._words, self._facts):
            if descriptor >= 0:
                os.close(descriptor)
        self._pidfd = self._words = self._facts = -1
