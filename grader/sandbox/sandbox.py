"""Runs a candidate's source in a fresh process behind walls, and says what came of it."""

import threading
from collections.abc import Callable, Iterator, Sequence
from types import TracebackType
from typing import Self

from grader.sandbox import decoding, endings
from grader.sandbox.call import Call
from grader.sandbox.forkserver import Reaped
from grader.sandbox.keeper import Keeper
from grader.sandbox.meanwhile import Meanwhile
from grader.sandbox.outcome import Ending, Limits, NotRun, Outcome, SandboxFault
from grader.sandbox.run import Run
from grader.sandbox.walls import Walls

DEFAULT_LIMITS = Limits()
# Endings after which the template, though out of reach, is replaced all the same.
SUSPICIOUS = frozenset({Ending.CRASHED, Ending.FORBIDDEN})
NOTHING = Meanwhile()
Calls = Sequence[Call] | Callable[[], Sequence[Call]]


class Sandbox:
    """Runs sources one at a time, each in a fresh process behind walls of its own.

    Make it in the worker's main thread: the forkserver dies with the thread that started it.
    A forked copy of the process gets a forkserver of its own with its first run.

    Args:
        limits: of every run that names no others.
        patient: have the next child forked only when `renew` is called (or the next run needs it):
            who called `run` may have more urgent things to do with its result.

    Raises:
        SandboxFault: when the walls can't be put up.
    """

    # Only subclasses in tests and benchmarks take walls away: no setting reaches this.
    _walls = Walls()

    def __init__(self, limits: Limits = DEFAULT_LIMITS, *, patient: bool = False) -> None:
        self._limits = limits
        self._patient = patient
        self._lock = threading.Lock()
        self._keeper = Keeper(self._walls, limits)
        self._keeper.start()

    def run(
        self,
        source: str | bytes,
        calls: Calls,
        functions: Sequence[str] = ("loss", "grad"),
        limits: Limits | None = None,
        meanwhile: Meanwhile = NOTHING,
    ) -> Outcome:
        """Load `source` as a module and make `calls` of its functions.

        Args:
            source: anything; what can't be source is an ending too.
            calls: in this order, the timed ones last; or what makes them, while the module loads.
            functions: names that the module must define.
            limits: in place of the sandbox's own.
            meanwhile: what to do while the child works.

        Raises:
            SandboxFault: when the run could not be carried out; it says nothing about `source`.
            TypeError, ValueError: for calls that can't be sent.
        """
        limits = limits or self._limits
        data = source.encode("utf-8", "surrogatepass") if isinstance(source, str) else source
        refused = endings.unusable_source(data, limits)
        if refused is not None:
            return Outcome(*refused, (NotRun(),) * len(made(calls)), "", 0.0, 0.0)
        with self._lock:
            try:
                return self._run(data, calls, functions, limits, meanwhile)
            except OSError as error:
                self._keeper.discard()
                raise SandboxFault(f"The machine refused the sandbox something: {error}") from error
            except BaseException:
                self._keeper.discard()
                raise

    def _run(
        self,
        source: bytes,
        calls: Calls,
        functions: Sequence[str],
        limits: Limits,
        meanwhile: Meanwhile,
    ) -> Outcome:
        child = self._keeper.take(limits)
        if not child.is_ready():
            # Rather while it is being forked than while the module loads.
            calls = made(calls)
        self._keeper.admit()
        run = Run(child, limits, functions)
        run.start(source)
        calls = made(calls)
        reading = decoding.nothing_yet(calls)

        def beside_timed() -> Iterator[None]:
            decoding.read_on(reading, calls, *child.read_results(reading.at))
            return meanwhile.beside_timed(tuple(reading.results))

        trace = run.follow(calls, meanwhile.beside_calls, beside_timed)
        header, data = child.read_results(reading.at)
        self._keeper.spend()
        if not self._patient:
            self._keeper.renew()
        decoding.read_on(reading, calls, header, data)
        decoding.read_end(reading, header)
        reaped = None if endings.is_complete(trace, reading) else self._how_it_died()
        outcome = endings.conclude(trace, reading, reaped, calls, limits)
        if outcome.ending in SUSPICIOUS:
            self._keeper.retire()
        return outcome

    def _how_it_died(self) -> Reaped | None:
        self._keeper.renew()
        return self._keeper.reaped()

    def renew(self) -> None:
        """Have a child forked in place of the spent one; the next run meets what fails here."""
        with self._lock:
            try:
                self._keeper.renew()
            except (SandboxFault, OSError):
                self._keeper.discard()

    @property
    def process_ids(self) -> tuple[int, ...]:
        """Of the forkserver and of the child that waits, for tests and for operators."""
        return self._keeper.process_ids

    def close(self) -> None:
        """End the forkserver and everything in it. A later run starts a new one."""
        with self._lock:
            self._keeper.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def made(calls: Calls) -> Sequence[Call]:
    return calls() if callable(calls) else calls
