"""One run from the outside: hands over source and inputs, watches the clocks, ends the child."""

import marshal
import select
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from itertools import chain

from grader.sandbox import wire
from grader.sandbox.call import Call
from grader.sandbox.child import Child
from grader.sandbox.inside.frames import MAX_MESSAGE, Signal
from grader.sandbox.outcome import Limits

# From closing its descriptors to its death, which is one call of the kernel's.
EXIT_SECONDS = 1.0
MESSAGE_BYTES = MAX_MESSAGE + 64
# For so long other work goes on before the child is looked at.
LOOK_SECONDS = 0.0003

Begin = Callable[[], Iterator[None]]


class Stop(Enum):
    """Why the trusted side ended a run."""

    FINISHED = auto()  # the child says that all calls are made
    CLOSED = auto()  # the child closed its socket: it died, of whatever
    FAILED = auto()  # the module could not be loaded, says the child
    TIME = auto()
    TIMED_TIME = auto()  # in the timed calls
    OUTPUT = auto()
    GARBLED = auto()  # a message that the harness would not send


@dataclass(slots=True)
class Trace:
    """What was seen of a run from outside.

    Attributes:
        stop: why it was ended.
        failure: the child's report that the module could not be loaded.
        loaded: the inputs were handed over.
        clock: CPU seconds of the child before and after each timed call, in turns.
        stdout: at most the limit, and a byte more when there was more.
        cpu_seconds, wall_seconds: of the whole run.
    """

    stop: Stop | None = None
    failure: bytes = b""
    loaded: bool = False
    clock: list[float] = field(default_factory=list)
    stdout: bytearray = field(default_factory=bytearray)
    cpu_seconds: float = 0.0
    wall_seconds: float = 0.0


def no_work() -> Iterator[None]:
    return iter(())


class Run:
    """Drives a waiting child through one run: `start`, then `follow`, which ends it."""

    def __init__(self, child: Child, limits: Limits, functions: Sequence[str]) -> None:
        self._child = child
        self._limits = limits
        self._functions = list(functions)
        self._trace = Trace()
        self._poller = select.poll()
        self._work: Iterator[None] | None = None

    def start(self, source: bytes) -> None:
        """Have the child load the module."""
        self._cpu_start = self._child.cpu_seconds()
        self._start = time.monotonic()
        self._send(marshal.dumps((self._functions, source)))

    def follow(
        self, calls: Sequence[Call], beside_calls: Begin = no_work, beside_timed: Begin = no_work
    ) -> Trace:
        """Have the child make `calls`, and do meanwhile what these two begin, step by step.

        The child waits while `beside_timed` begins. The time since `start` was ours, and is not
        counted against the limit.
        """
        self._beside_calls, self._beside_timed = beside_calls, beside_timed
        child, trace = self._child, self._trace
        self._cpu_end = self._cpu_start + self._limits.cpu_seconds
        self._wall_end = time.monotonic() + self._limits.wall_seconds
        self._timed = sum(call.timed for call in calls)
        # While the child compiles.
        self._request = wire.encode(calls, self._functions)
        self._watch()
        if trace.stop is Stop.CLOSED and not child.is_dead_within(EXIT_SECONDS):
            trace.stop = Stop.GARBLED  # nobody but itself can have closed its socket
        if trace.stop is Stop.FINISHED:
            child.kill()
        else:
            child.end()
        self._read_stdout()
        trace.cpu_seconds = child.cpu_seconds() - self._cpu_start
        trace.wall_seconds = time.monotonic() - self._start
        return trace

    def _watch(self) -> None:
        socket = self._child.socket.fileno()
        self._poller.register(socket, select.POLLIN)
        self._poller.register(self._child.stdout, select.POLLIN)
        while self._trace.stop is None:
            if self._work is not None:
                self._work_on(self._work)
            waits = self._work is None
            ready = self._poller.poll(max(0.0, self._seconds_left()) * 1000 + 1 if waits else 0)
            for descriptor, _ in ready:
                if descriptor == socket:
                    self._take_message()
                elif not self._read_stdout():
                    self._poller.unregister(descriptor)
            if self._trace.stop is None and self._seconds_left() <= 0:
                self._trace.stop = Stop.TIMED_TIME if self._trace.clock else Stop.TIME

    def _work_on(self, work: Iterator[None]) -> None:
        until = time.monotonic() + LOOK_SECONDS
        for _ in work:
            if time.monotonic() >= until:
                return
        self._work = None

    def _seconds_left(self) -> float:
        """Return for how long neither clock can run out."""
        return min(self._wall_end - time.monotonic(), self._cpu_end - self._child.cpu_seconds())

    def _take_message(self) -> None:
        try:
            message = self._child.socket.recv(MESSAGE_BYTES)
        except ConnectionError:
            message = b""
        trace = self._trace
        if not message:
            trace.stop = Stop.CLOSED
        elif message == Signal.LOADED and not trace.loaded:
            trace.loaded = True
            self._child.hand_over(self._request)
            self._send(Signal.GO)
            self._work = self._beside_calls()
        elif message[:1] == Signal.FAILED and not trace.loaded:
            trace.failure = message
            trace.stop = Stop.FAILED
        elif message == Signal.FINISHED and trace.loaded:
            trace.stop = Stop.FINISHED
        elif message == self._next_clock_signal():
            self._read_clock()
            self._send(Signal.GO)
        else:
            trace.stop = Stop.GARBLED

    def _next_clock_signal(self) -> bytes:
        """Return the only message that a loaded child may send now, b"" where there is none."""
        seen = len(self._trace.clock)
        if not self._trace.loaded or seen >= 2 * self._timed:
            return b""
        return Signal.DONE if seen % 2 else Signal.TIMED

    def _read_clock(self) -> None:
        now = self._child.cpu_seconds()
        if not self._trace.clock:
            self._work = chain(self._work or (), self._beside_timed())
            # From here on the timed calls' own budget counts.
            self._cpu_end = now + self._limits.timed_cpu_seconds
            self._wall_end = time.monotonic() + self._limits.timed_wall_seconds
        self._trace.clock.append(now)

    def _send(self, message: bytes) -> None:
        try:
            self._child.socket.send(message)
        except ConnectionError:
            self._trace.stop = Stop.CLOSED

    def _read_stdout(self) -> bool:
        """Take over what was printed; return whether anything was."""
        some = self._child.read_stdout()
        room = self._limits.stdout_bytes + 1 - len(self._trace.stdout)
        self._trace.stdout += some[: max(0, room)]
        if len(some) >= room:
            self._trace.stop = Stop.OUTPUT
        return bool(some)
