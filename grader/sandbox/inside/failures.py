"""What is told about an exception: its built-in classes, its line, and a bounded message."""

import builtins
import struct

from grader.sandbox.inside.frames import MAX_MESSAGE, Failure, Signal

# The file name of the candidate's module, in tracebacks and here to recognise its frames.
FILE = "submission.py"
REPORT = struct.Struct("<Bi")  # failure, line
# By identity: a candidate's class may lie about its name, its hash and what it equals.
EXCEPTIONS = {
    id(kind): name
    for name, kind in vars(builtins).items()
    if isinstance(kind, type) and issubclass(kind, BaseException) and kind.__name__ == name
}


def of_loading(error: BaseException) -> tuple[Failure, int, str]:
    """Return kind, line and message of what a module raised while it was loaded."""
    line = line_of(error) or 0
    if isinstance(error, MemoryError):
        return Failure.MEMORY, line, ""
    message = message_of(error).decode("utf-8", "replace")
    if isinstance(error, ImportError):
        return Failure.IMPORT, line, message
    return Failure.RAISED, line, f"{bases_of(error)[0]}: {message}"


def report(failure: Failure, line: int, message: str) -> bytes:
    text = message.encode("utf-8", "replace")[:MAX_MESSAGE]
    return Signal.FAILED + REPORT.pack(failure, line) + text


def bases_of(error: BaseException) -> list[str]:
    """Return the names of the built-in exception classes of `error`, most specific first."""
    return [EXCEPTIONS[id(kind)] for kind in type.mro(type(error)) if id(kind) in EXCEPTIONS]


def line_of(error: BaseException) -> int | None:
    """Return the innermost line of the candidate's module in the traceback, if there is one."""
    line = None
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == FILE:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def message_of(error: BaseException) -> bytes:
    """Return str(error) as UTF-8 of at most 2 KiB; nothing where that raises."""
    try:
        return str.encode(str(error), "utf-8", "replace")[:MAX_MESSAGE]
    except BaseException:
        return b""
