"""Reads what a child left in its results memory, believing none of it.

Every length is checked before a byte is read; what does not fit raises Garbled. Nothing is
evaluated: the worst that a forged frame can hold is a wrong number.
"""

import builtins
import dataclasses
import math
import struct
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from grader.sandbox.call import Array, Call
from grader.sandbox.inside.frames import (
    ARRAY,
    AXIS,
    DTYPES,
    FIRST,
    FORMS,
    FRAME,
    HEADER,
    MAX_ARRAYS,
    MAX_AXES,
    MAX_MESSAGE,
    PROBLEM,
    Tag,
    padded,
)
from grader.sandbox.outcome import NotRun, Raised, Result, Returned, Unusable
from grader.sandbox.text import printable

SHAPES = tuple(struct.Struct(f"<{axes}Q") for axes in range(MAX_AXES + 1))
KINDS = tuple(np.dtype(char) for char in DTYPES)
EXCEPTIONS = frozenset(
    name
    for name, value in vars(builtins).items()
    if isinstance(value, type) and issubclass(value, BaseException)
)
MAX_UNUSABLE = 200
FLOAT64 = struct.Struct("<d")
# How an array of one float64 without axes begins.
NUMBER_HEAD = ARRAY.pack(DTYPES.index("d"), 0, FLOAT64.size)
NOT_RUN, RUNNING = NotRun(), NotRun(running=True)


class Garbled(Exception):
    """The memory does not hold what the harness writes: somebody else wrote there."""


@dataclasses.dataclass(slots=True)
class Reading:
    """What the results memory held.

    Attributes:
        results: one per call.
        finished: the harness came to its end.
        mismatch: the call whose function has another signature, where that ended the run.
        garbled: what did not fit, if anything; `results` has what came before it.
        at: where in the memory the next frame begins; what is before it is not looked at again.
    """

    results: list[Result]
    at: int = FIRST
    finished: bool = False
    mismatch: int | None = None
    garbled: str = ""


def nothing_yet(calls: Sequence[Call]) -> Reading:
    return Reading([NOT_RUN] * len(calls))


def read_on(reading: Reading, calls: Sequence[Call], header: bytes, data: bytes) -> None:
    """Enter the frames in `data`, the used part of the memory from `reading.at` on; never raise."""
    used, _, _ = HEADER.unpack(header)
    if reading.garbled or (used == 0 and reading.at == FIRST):
        return
    try:
        there = reading.at + len(data)
        if used != there:
            raise Garbled(f"{used} bytes are announced and {there} are there")
        for frame in frames(data):
            if not take_number(reading, data, frame):
                take(reading, calls, data, frame)
    except Garbled as problem:
        reading.garbled = str(problem)
    reading.at = used


def read_end(reading: Reading, header: bytes) -> None:
    """Enter how far the harness came, which has ended; never raise."""
    used, running, finished = HEADER.unpack(header)
    if used == 0:
        return
    reading.finished = finished == 1
    missing = any(result is NOT_RUN for result in reading.results)
    if reading.finished and reading.mismatch is None and missing:
        reading.garbled = "the end is announced before all results are there"
    if 0 < running <= len(reading.results) and reading.results[running - 1] is NOT_RUN:
        reading.results[running - 1] = RUNNING


class Frame(NamedTuple):
    """A frame's header, and where its payload is: inside the data, that much is certain."""

    call: int
    tag: int
    form: int
    arrays: int
    start: int
    end: int


def frames(data: bytes) -> Iterator[Frame]:
    at, used, head = 0, len(data), FRAME.size
    while at < used:
        if used - at < head:
            raise Garbled("a frame's header is cut off")
        call, tag, form, arrays, size = FRAME.unpack_from(data, at)
        start = at + head
        if size > used - start:
            raise Garbled("a frame is longer than the memory")
        yield Frame(call, tag, form, arrays, start, start + size)
        at = start + padded(size)


def take_number(reading: Reading, data: bytes, frame: Frame) -> bool:
    """Enter a frame that holds one float64 without axes; return False for any other, untouched.

    Nearly all losses come this way: the shortcut saves a good part of reading them.
    """
    call, tag, form, _, start, end = frame
    if tag != Tag.RETURNED or form > 1 or end - start != len(NUMBER_HEAD) + 16:
        return False
    if not data.startswith(NUMBER_HEAD, start) or frame.arrays != 1:
        return False
    if call >= len(reading.results) or reading.results[call] is not NOT_RUN:
        return False
    value = np.array(FLOAT64.unpack_from(data, start + len(NUMBER_HEAD))[0])
    reading.results[call] = Returned((value,), FORMS[form])
    return True


def take(reading: Reading, calls: Sequence[Call], data: bytes, frame: Frame) -> None:
    """Enter one frame into the results; raise Garbled where it doesn't belong there."""
    if frame.call >= len(calls):
        raise Garbled(f"a result of call {frame.call} of {len(calls)}")
    match frame.tag:
        case Tag.RETURNED | Tag.RAISED | Tag.UNUSABLE:
            if reading.results[frame.call] is not NOT_RUN:
                raise Garbled("two results of one call")
            reading.results[frame.call] = READERS[frame.tag](data, frame)
        case Tag.ECHO | Tag.LATER:
            add_to_result(reading, calls[frame.call], data, frame)
        case Tag.SIGNATURE:
            reading.mismatch = frame.call
        case _:
            raise Garbled(f"a frame of kind {frame.tag}")


def add_to_result(reading: Reading, call: Call, data: bytes, frame: Frame) -> None:
    """Add the arguments after the call, or the held result, to what the call returned."""
    result = reading.results[frame.call]
    echo = frame.tag == Tag.ECHO
    if not isinstance(result, Returned) or not (call.echo if echo else call.hold):
        raise Garbled("an addition to a result that has none")
    if (result.echoed if echo else result.later) is not None:
        raise Garbled("two additions to one result")
    arrays = read_arrays(data, frame)
    reading.results[frame.call] = (
        dataclasses.replace(result, echoed=arrays)
        if echo
        else dataclasses.replace(result, later=arrays)
    )


def read_returned(data: bytes, frame: Frame) -> Returned:
    if frame.form >= len(FORMS):
        raise Garbled(f"a result of form {frame.form}")
    form = FORMS[frame.form]
    if form != "tuple" and frame.arrays != 1:
        raise Garbled(f"{frame.arrays} arrays where one belongs")
    values = read_arrays(data, frame)
    if form in ("number", "scalar") and values[0].ndim:
        raise Garbled("a number with axes")
    return Returned(values, form)


def read_raised(data: bytes, frame: Frame) -> Raised:
    if frame.end - frame.start < PROBLEM.size:
        raise Garbled("an exception's frame is cut off")
    line, length = PROBLEM.unpack_from(data, frame.start)
    start = frame.start + PROBLEM.size
    if length > frame.end - start:
        raise Garbled("an exception's names are cut off")
    names = data[start : start + length].decode("ascii", "replace").split(",")
    bases = tuple(name for name in names if name in EXCEPTIONS)
    message = printable(data[start + length : frame.end], MAX_MESSAGE)
    return Raised(bases or ("BaseException",), message, line if line > 0 else None)


def read_unusable(data: bytes, frame: Frame) -> Unusable:
    return Unusable(printable(data[frame.start : frame.end], MAX_UNUSABLE))


READERS: dict[int, Callable[[bytes, Frame], Result]] = {
    Tag.RETURNED: read_returned,
    Tag.RAISED: read_raised,
    Tag.UNUSABLE: read_unusable,
}


def read_arrays(data: bytes, frame: Frame) -> tuple[Array, ...]:
    """Return the arrays of a frame, as read-only views of `data`."""
    if frame.arrays > MAX_ARRAYS:
        raise Garbled(f"{frame.arrays} arrays")
    arrays = []
    at = frame.start
    for _ in range(frame.arrays):
        array, at = read_array(data, at, frame.end)
        arrays.append(array)
    if at != frame.end:
        raise Garbled("bytes are left over after the arrays")
    return tuple(arrays)


def read_array(data: bytes, at: int, end: int) -> tuple[Array, int]:
    """Return the array whose header is at `at`, and where the next one would be."""
    if end - at < ARRAY.size:
        raise Garbled("an array's header is cut off")
    kind, axes, size = ARRAY.unpack_from(data, at)
    at += ARRAY.size
    if kind >= len(KINDS) or axes > MAX_AXES or padded(AXIS.size * axes) > end - at:
        raise Garbled("an array's header makes no sense")
    shape = SHAPES[axes].unpack_from(data, at)
    at += padded(AXIS.size * axes)
    dtype = KINDS[kind]
    after = at + padded(size)
    if after > end or math.prod(shape) * dtype.itemsize != size:
        raise Garbled("an array is longer than its frame")
    try:
        return np.ndarray(shape, dtype, data, at), after
    except (ValueError, OverflowError) as error:  # absurd axes, beside one that is 0
        raise Garbled("an array's shape makes no sense") from error
