"""Starts processes, starts again those that die, and stops them all with nothing left behind."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from types import FrameType
from typing import IO

from script.product.processes import Process

# A process that dies this often within this time will not be helped by another start.
MOST_ENDS, WITHIN_SECONDS = 5, 60.0
RESTART_SECONDS = 1.0
# What a process may take for what it is doing; its work is safe when it is killed after that.
GRACE_SECONDS = 6.0
LAST_WORDS_SECONDS = 1.0
TICK_SECONDS = 0.1
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class GaveUp(Exception):
    """A process can't be kept alive: one line for the operator."""


def show(name: str, line: str) -> None:
    sys.stdout.write(f"{name:<10} | {line}\n")
    sys.stdout.flush()


def copy_lines(name: str, stream: IO[bytes]) -> None:
    with stream:
        for line in stream:
            show(name, line.decode(errors="replace").rstrip("\n"))


def kill_group(pid: int) -> None:
    """Kill a process, and what it left behind in its group."""
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


def ended(status: int) -> str:
    if status < 0:
        return f"was ended by {signal.Signals(-status).name}"
    return f"ended with status {status}"


class Kept:
    """One process of the product, through all its starts."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self.child: subprocess.Popen[bytes] | None = None
        self.copying: threading.Thread | None = None
        self.ends: deque[float] = deque(maxlen=MOST_ENDS)
        self.start_at = 0.0

    def start(self) -> None:
        self.child = subprocess.Popen(
            # The kernel ends the child when this process is killed without a chance to.
            ["setpriv", "--pdeathsig", "TERM", "--", *self.process.command],
            env=self.process.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            # Ctrl-C goes to the whole terminal: only this process may act on it.
            start_new_session=True,
        )
        arguments = (self.process.name, self.child.stdout)
        self.copying = threading.Thread(target=copy_lines, args=arguments, daemon=True)
        self.copying.start()

    def ending(self) -> str | None:
        """How the child ended, told once; None as long as it runs."""
        if self.child is None or (status := self.child.poll()) is None:
            return None
        kill_group(self.child.pid)
        if self.copying:  # its last words are why it ended; who holds on to its output may keep it
            self.copying.join(LAST_WORDS_SECONDS)
        self.child = None
        self.ends.append(time.monotonic())
        self.start_at = time.monotonic() + RESTART_SECONDS
        return ended(status)

    def is_hopeless(self) -> bool:
        return len(self.ends) == MOST_ENDS and self.ends[-1] - self.ends[0] < WITHIN_SECONDS

    def is_due(self) -> bool:
        return self.child is None and time.monotonic() >= self.start_at

    def terminate(self) -> None:
        if self.child:
            self.child.terminate()

    def kill(self) -> None:
        if self.child:
            kill_group(self.child.pid)


class Supervisor:
    """Keeps `processes` running until a signal, or until one of them can't be kept alive.

    Until `is_ready` has said yes, the end of any process ends them all: a product that doesn't
    come up is a mistake to be read, not to be repeated. Later a process that ends is started again.
    """

    def __init__(
        self,
        processes: Sequence[Process],
        is_ready: Callable[[], bool],
        when_ready: Callable[[], None],
    ) -> None:
        self.kept = [Kept(process) for process in processes]
        self.is_ready, self.when_ready = is_ready, when_ready
        self.was_ready = False
        self.signals = 0
        self.wake = threading.Event()

    def run(self) -> None:
        """Return when everything has ended after a signal; raise GaveUp when it ended itself."""
        for number in STOPPING:
            signal.signal(number, self.on_signal)
        try:
            while not self.signals:
                self.look_after()
                self.wake.wait(TICK_SECONDS)
        finally:
            self.stop()

    def on_signal(self, number: int, frame: FrameType | None) -> None:
        self.signals += 1
        self.wake.set()

    def look_after(self) -> None:
        for kept in self.kept:
            if ending := kept.ending():
                self.answer(kept, ending)
            if kept.is_due():
                kept.start()
        if not self.was_ready and self.is_ready():
            self.was_ready = True
            self.when_ready()

    def answer(self, kept: Kept, ending: str) -> None:
        """Decide what the end of a process means."""
        if not self.was_ready:
            raise GaveUp(f"{kept.process.name} {ending} while the product was starting")
        if kept.is_hopeless():
            raise GaveUp(f"{kept.process.name} {ending}, {MOST_ENDS} times in a row")
        show(kept.process.name, f"{ending}; starting it again")

    def stop(self) -> None:
        """End everything: politely, and after GRACE_SECONDS or a second signal at once."""
        asked, deadline = self.signals, time.monotonic() + GRACE_SECONDS
        for kept in self.kept:
            kept.terminate()
        while any(kept.child for kept in self.kept):
            if time.monotonic() > deadline or self.signals > max(asked, 1):
                for kept in self.kept:
                    kept.kill()
            time.sleep(0.02)
            for kept in self.kept:
                kept.ending()
