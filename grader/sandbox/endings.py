"""Names how a run ended, and says it in a sentence that its author can act on."""

import dataclasses
import os
import signal
from collections.abc import Sequence

from grader.sandbox.call import Call
from grader.sandbox.decoding import NOT_RUN, Reading
from grader.sandbox.forkserver import Reaped
from grader.sandbox.inside.failures import REPORT
from grader.sandbox.inside.frames import MAX_MESSAGE, Failure
from grader.sandbox.inside.protocol import OUT_OF_MEMORY
from grader.sandbox.outcome import Ending, Limits, NotRun, Outcome, Returned, SandboxFault
from grader.sandbox.run import Stop, Trace
from grader.sandbox.text import printable

Verdict = tuple[Ending, str]

ONLY_NUMPY = "only NumPy and the standard library are there"
TOLD = {
    Failure.SYNTAX: (Ending.SYNTAX_ERROR, "{at}{message}."),
    Failure.NESTING: (Ending.SYNTAX_ERROR, "The code is nested too deeply to be compiled."),
    Failure.IMPORT: (Ending.IMPORT_ERROR, "{at}{message}: " + ONLY_NUMPY + "."),
    Failure.MISSING: (Ending.MISSING_FUNCTION, "The module must define {message}."),
    Failure.RAISED: (Ending.EXCEPTION, "{at}Loading the module raised {message}"),
    Failure.MEMORY: (Ending.MEMORY_LIMIT, "{at}Loading the module took more memory than allowed."),
}


def unusable_source(source: bytes, limits: Limits) -> Verdict | None:
    """Return the ending of source that is not even handed to a child, or None.

    Only bytes are looked at: parsing is for the child, because a parser can be attacked.
    """
    if len(source) > limits.source_bytes:
        return Ending.TOO_LARGE, (
            f"The source has {len(source):,} bytes; at most {limits.source_bytes:,} are accepted."
        )
    try:
        text = source.decode("utf-8")
    except UnicodeDecodeError as error:
        return Ending.SYNTAX_ERROR, (
            f"The source is not UTF-8 text: byte {error.start} is 0x{source[error.start]:02x}. "
            "Save the file as UTF-8."
        )
    if "\0" in text:
        return Ending.SYNTAX_ERROR, (
            f"The source has a null byte at position {source.index(0)}: remove it."
        )
    if not text.strip():
        return Ending.SYNTAX_ERROR, "The source is empty: define the functions that are asked for."
    return None


def conclude(
    trace: Trace, reading: Reading, reaped: Reaped | None, calls: Sequence[Call], limits: Limits
) -> Outcome:
    """Return the outcome of a run that a child was used for.

    Args:
        reaped: how the child died; only needed where `needs_status` says so.

    Raises:
        SandboxFault: when somebody else killed the child.
    """
    ending, detail = name(trace, reading, reaped, calls, limits)
    add_clock(trace, reading, calls)
    # Another signature is a missing function: what other functions had returned before the first
    # call of this one is chance, for the order of the calls is shuffled.
    missing = ending is Ending.MISSING_FUNCTION
    return Outcome(
        ending,
        detail,
        (NOT_RUN,) * len(calls) if missing else tuple(reading.results),
        printable(bytes(trace.stdout), limits.stdout_bytes),
        trace.cpu_seconds,
        trace.wall_seconds,
    )


def is_complete(trace: Trace, reading: Reading) -> bool:
    """Return whether the harness came to its end, so that how the child died means nothing."""
    ended = trace.stop is Stop.FINISHED or trace.stop is Stop.CLOSED
    return ended and reading.finished and not reading.garbled


def name(
    trace: Trace, reading: Reading, reaped: Reaped | None, calls: Sequence[Call], limits: Limits
) -> Verdict:
    """Return the name of the ending, and the sentence about it."""
    where = place(trace, reading, calls)
    match trace.stop:
        case Stop.OUTPUT:
            return Ending.OUTPUT_LIMIT, (
                f"The code printed more than {limits.stdout_bytes:,} bytes: print less."
            )
        case Stop.TIME:
            return Ending.TIMEOUT, (
                f"The code was stopped {where}, after {trace.cpu_seconds:.1f} s of CPU time and "
                f"{trace.wall_seconds:.1f} s by the clock."
            )
        case Stop.TIMED_TIME:
            return Ending.TIMEOUT, "The code was stopped in the calls that measure its speed."
        case Stop.FAILED:
            return of_report(trace.failure)
    announced = trace.stop is Stop.FINISHED and not reading.finished
    if trace.stop is Stop.GARBLED or reading.garbled or announced:
        return Ending.FORBIDDEN, "The code interfered with the channel that carries its results."
    if reading.mismatch is not None:
        call = calls[reading.mismatch]
        return Ending.MISSING_FUNCTION, (
            f"`{call.function}` can't be called as {spelled(call)}: "
            "define it with the signature that is asked for."
        )
    if is_complete(trace, reading):
        return Ending.FINISHED, ""
    if reaped is None:
        raise SandboxFault("How the child died is not known.")
    return of_death(reaped, where, limits)


def place(trace: Trace, reading: Reading, calls: Sequence[Call]) -> str:
    """Say where in the run it ended: "while `grad` was running"."""
    if not trace.loaded:
        return "while the module was being loaded"
    for call, result in zip(calls, reading.results, strict=True):
        if isinstance(result, NotRun) and result.running:
            return f"while `{call.function}` was running"
    return "between two calls"


def spelled(call: Call) -> str:
    """Return the call as it would be written: "loss(y_true, y_pred, delta=...)"."""
    parts = [f"<array {position}>" for position in range(1, len(call.arguments) + 1)]
    return f"`{call.function}({', '.join([*parts, *(f'{key}=...' for key in call.parameters)])})`"


def of_report(report: bytes) -> Verdict:
    """Return the ending that a child's own report of a failed load stands for."""
    start = 1 + REPORT.size
    if len(report) < start:
        return Ending.EXCEPTION, "Loading the module failed."
    failure, line = REPORT.unpack_from(report, 1)
    ending, sentence = TOLD.get(failure, (Ending.EXCEPTION, "Loading the module failed."))
    message = printable(report[start:], MAX_MESSAGE)
    if failure == Failure.MISSING:
        message = " and ".join(f"`{function}`" for function in message.split(","))
    at = f"Line {line}: " if line > 0 else ""
    return ending, sentence.format(at=at, message=message)


def of_death(reaped: Reaped, where: str, limits: Limits) -> Verdict:
    """Return the ending of a child that died before the harness came to its end."""
    if os.WIFEXITED(reaped.status):
        code = os.WEXITSTATUS(reaped.status)
        if code == OUT_OF_MEMORY:
            return Ending.MEMORY_LIMIT, f"The code ran out of memory {where}."
        return Ending.CRASHED, f"The process ended itself with exit status {code} {where}."
    number = os.WTERMSIG(reaped.status)
    if number == signal.SIGSYS:
        return Ending.FORBIDDEN, f"The code made a system call that is not allowed, {where}."
    if number == signal.SIGKILL and reaped.cpu_seconds < limits.cpu_seconds:
        raise SandboxFault("The child was killed from outside.")
    if number == signal.SIGKILL:
        return Ending.TIMEOUT, f"The code was stopped {where}: it ran out of CPU time."
    return Ending.CRASHED, f"The process died {where}: {signal.strsignal(number)}."


def add_clock(trace: Trace, reading: Reading, calls: Sequence[Call]) -> None:
    """Enter the CPU seconds of the timed calls."""
    timed = [index for index, call in enumerate(calls) if call.timed]
    for index, before, after in zip(timed, trace.clock[::2], trace.clock[1::2], strict=False):
        result = reading.results[index]
        if isinstance(result, Returned):
            reading.results[index] = dataclasses.replace(result, cpu_seconds=after - before)
