"""What comes back from the sandbox: raw arrays, errors and seconds; never an opinion."""

from dataclasses import dataclass
from enum import StrEnum

from grader.sandbox.call import Array


class Ending(StrEnum):
    """How a run ended. Every one but FINISHED is also an `error.kind` of the report."""

    FINISHED = "finished"
    SYNTAX_ERROR = "syntax_error"
    IMPORT_ERROR = "import_error"
    MISSING_FUNCTION = "missing_function"
    EXCEPTION = "exception"  # while the module was loaded; a call that raises is a `Raised`
    TIMEOUT = "timeout"
    MEMORY_LIMIT = "memory_limit"
    OUTPUT_LIMIT = "output_limit"
    CRASHED = "crashed"
    TOO_LARGE = "too_large"
    FORBIDDEN = "forbidden"


class SandboxFault(Exception):
    """The sandbox itself failed: our fault, so retry, and never mark the submission."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one run may use. Each name carries its unit."""

    cpu_seconds: float = 5.0
    wall_seconds: float = 10.0
    # The timed calls at the end have a budget of their own, so that slow code
    # loses efficiency and nothing else.
    timed_cpu_seconds: float = 3.0
    timed_wall_seconds: float = 6.0
    memory_mib: int = 512
    stdout_bytes: int = 65_536
    source_bytes: int = 65_536
    open_files: int = 64


@dataclass(frozen=True, slots=True)
class Returned:
    """A call that returned plain real numbers.

    Attributes:
        values: the returned array, or the arrays of a returned tuple; a Python number, NumPy scalar
            or 0-d array arrives as a 0-d array. A probe arrives as one array of losses.
        form: "number" (Python int or float), "scalar" (NumPy scalar), "array" or "tuple".
        echoed: the arguments after the call, for calls with `echo`.
        later: the held result read again, for calls with `hold`; None when it was not reached.
        cpu_seconds: CPU time of the call read from outside, for calls with `timed`.
    """

    values: tuple[Array, ...]
    form: str
    echoed: tuple[Array, ...] | None = None
    later: tuple[Array, ...] | None = None
    cpu_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Raised:
    """A call that raised.

    Attributes:
        bases: names of the built-in exception classes that the exception is an instance of, most
            specific first; a candidate's own class appears as its built-in bases only.
        message: at most 2 KiB, control characters escaped; only for the candidate's own sample runs
            and a reviewer, for a message can repeat hidden inputs.
        line: line of the candidate's module that was running, where known.
    """

    bases: tuple[str, ...]
    message: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Unusable:
    """A call that returned something that is not plain real numbers, or too many of them.

    `what` names it for a person: "a list", "a complex128 array", "an array of 2.0 GiB".
    """

    what: str


@dataclass(frozen=True, slots=True)
class NotRun:
    """A call that was not reached, or that was running when the run was ended."""

    running: bool = False


Result = Returned | Raised | Unusable | NotRun


@dataclass(frozen=True, slots=True)
class Outcome:
    """One run: how it ended, and one result per call in the order of the calls.

    Attributes:
        ending: how the run ended; what came back before a kill is in `results` all the same. A run
            that is stopped in its timed calls ends as TIMEOUT, with every other result there.
        detail: one sentence for a person about the ending, "" for FINISHED.
        results: as many as there were calls.
        stdout: what the code printed to stdout and stderr, cut and escaped.
        cpu_seconds, wall_seconds: of the child, read from outside.
    """

    ending: Ending
    detail: str
    results: tuple[Result, ...]
    stdout: str
    cpu_seconds: float
    wall_seconds: float
