"""Runs in the child, behind the walls: loads the candidate's module and makes the calls.

What is checked here is for convenience and clear sentences; nothing outside relies on it.
Functions are imported by name here and beside this file: a candidate who patches a module then
hurts their own code, not the harness.
"""

import io
import random
import sys
import types
from collections.abc import Callable
from marshal import loads
from os import _exit, read, write
from typing import Any

import numpy as np
import numpy.fft
import numpy.linalg
import numpy.random

from grader.sandbox.inside import failures
from grader.sandbox.inside.ahead import touch_ahead
from grader.sandbox.inside.calls import Inputs, Runner
from grader.sandbox.inside.frames import Failure, Signal
from grader.sandbox.inside.lockdown import libc
from grader.sandbox.inside.results import Writer

# So that neither a traceback nor a warning has to import anything in the child.
PRELOADED = ("linecache", "traceback", "warnings", "math", "functools", "itertools", "typing")
MODULE = "submission"
# From malloc.h.
M_TRIM_THRESHOLD, M_TOP_PAD, M_MMAP_THRESHOLD = -1, -2, -3
# More than the trusted side ever sends: source and the names of the functions.
FIRST_MESSAGE = 1 << 18


def keep_freed_memory() -> None:
    """Have the C library hand out freed memory again instead of giving it back to the kernel.

    By default each larger array is mapped anew, and every page of it costs a fault.
    """
    libc.mallopt(M_MMAP_THRESHOLD, 64 << 20)
    libc.mallopt(M_TRIM_THRESHOLD, 256 << 20)
    libc.mallopt(M_TOP_PAD, 1 << 20)


def warm_up() -> None:
    """Import and touch, in the template, what nearly every candidate uses."""
    keep_freed_memory()
    for name in PRELOADED:
        __import__(name)
    matrix = np.eye(3)
    np.linalg.solve(matrix, matrix[0])
    np.linalg.norm(np.einsum("ij,j->i", matrix, np.exp(matrix[0])))
    np.random.default_rng(0).normal(size=3)
    sys.stdout = sys.stderr = io.TextIOWrapper(
        io.FileIO(1, "w", closefd=False), encoding="utf-8", errors="replace", write_through=True
    )


def reseed() -> None:
    """Siblings start from one memory image: give each its own random numbers.

    `random` is seeded by its own hook after a fork.
    """
    np.random.seed(random.getrandbits(32))  # noqa: NPY002  the state that candidates share


def run(socket: int, inputs: int, memory: int) -> None:
    """Say ready, load the module, make the calls, and wait for the end."""
    touch_ahead()
    write(socket, Signal.READY)
    functions, source = loads(read(socket, FIRST_MESSAGE))
    loaded = load(socket, functions, source)
    write(socket, Signal.LOADED)
    read(socket, 1)
    Runner(socket, loaded, Inputs(inputs), Writer(memory)).make_all()
    flush()
    try:
        # Giving all memory back takes a millisecond: what was found need not wait for it.
        write(socket, Signal.FINISHED)
        read(socket, 1)
    except OSError:  # the candidate has closed it, and the end of the process tells as much
        pass
    _exit(0)


def load(socket: int, functions: list[str], source: bytes) -> list[Callable[..., Any]]:
    """Return the candidate's functions; report what went wrong and exit where there are none."""
    module = types.ModuleType(MODULE)
    sys.modules[MODULE] = module
    try:
        code = compile(source, failures.FILE, "exec", dont_inherit=True)
    except SyntaxError as error:
        fail(socket, Failure.SYNTAX, error.lineno or 0, str(error.msg))
    except (ValueError, OverflowError) as error:
        fail(socket, Failure.SYNTAX, 0, str(error))
    except (RecursionError, MemoryError):
        fail(socket, Failure.NESTING, 0, "")
    try:
        exec(code, module.__dict__)
    except BaseException as error:
        fail(socket, *failures.of_loading(error))
    found = [module.__dict__.get(name) for name in functions]
    missing = [name for name, value in zip(functions, found, strict=True) if not callable(value)]
    if missing:
        fail(socket, Failure.MISSING, 0, ",".join(missing))
    return found  # type: ignore[return-value]  # all callable


def fail(socket: int, failure: Failure, line: int, message: str) -> None:
    flush()
    write(socket, failures.report(failure, line, message))
    _exit(0)


def flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BaseException:  # a candidate may have put anything there
            continue
