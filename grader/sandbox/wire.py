"""Calls as bytes for the child's sealed memory. Only inputs: nothing here knows what is right."""

import marshal
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.sandbox.call import Array, Call
from grader.sandbox.inside.frames import (
    ALIGNMENT,
    ARRAY,
    DTYPES,
    FIRST,
    FRAME_BYTES,
    Flag,
    arrays_start,
    padded,
)

# Writev takes at most IOV_MAX (1024) buffers at a time.
BUFFERS = 1000
# Results may be this much larger than the arguments of their call before they are refused.
RESULT_FACTOR = 2
RESULT_BYTES = 65_536
ZEROS = bytes(ALIGNMENT)
# Spread-out views are rebuilt with their strides unless these reach further than this.
MAX_SPREAD = 1 << 28


@dataclass(frozen=True, slots=True)
class Request:
    """The content of the inputs' memory file, and how large both files have to be."""

    buffers: list[Any]
    inputs_bytes: int
    results_bytes: int

    def write(self, file: int) -> None:
        """Write all buffers to `file`, an empty memory file."""
        written = 0
        for start in range(0, len(self.buffers), BUFFERS):
            written += os.writev(file, self.buffers[start : start + BUFFERS])
        if written != self.inputs_bytes:
            raise OSError("short write to a memory file")


class Encoder:
    """Collects the distinct arrays of the calls: one that is used often is sent once."""

    def __init__(self) -> None:
        self._index: dict[int, int] = {}
        # An array must live as long as its id() is used for it.
        self._kept: list[Array] = []
        self._entries: list[tuple[Any, ...]] = []
        self._buffers: list[Any] = []
        # How much each array takes in a frame of results, at most.
        self._rooms: list[int] = []
        # Offsets count from the end of the index, which is written last.
        self._end = 0

    def array(self, array: Array) -> int:
        """Return the number of `array` in the request."""
        known = self._index.get(id(array))
        if known is not None:
            return known
        if type(array) is not np.ndarray or array.dtype.char not in DTYPES:
            raise TypeError(f"an argument must be a plain real or integer array: {array!r:.80}")
        dtype, size, flags = array.dtype, array.nbytes, array.flags
        order, spread, flat = ("C", None, array) if flags.c_contiguous else layout(array)
        self._kept.append(array)
        self._entries.append((dtype.str, array.shape, self._end, order, spread, flags.writeable))
        self._rooms.append(ARRAY.size + 16 * array.ndim + padded(max(size, 8 * array.size)))
        if size:
            self._buffers.append(flat)
            self._end += size
            if size % ALIGNMENT:
                self._buffers.append(ZEROS[: -size % ALIGNMENT])
                self._end += -size % ALIGNMENT
        number = self._index[id(array)] = len(self._entries) - 1
        return number

    def room(self, numbers: Iterable[int]) -> int:
        """Return the bytes that arrays as large as these take in a frame, at most."""
        rooms = self._rooms
        return sum([rooms[number] for number in numbers])

    def finish(self, calls: list[tuple[Any, ...]], results_bytes: int) -> Request:
        index = marshal.dumps((self._entries, calls))
        start = arrays_start(len(index))
        head = len(index).to_bytes(8, "little") + index
        buffers = [head.ljust(start, b"\0"), *self._buffers]
        return Request(buffers, start + self._end, results_bytes)


def layout(array: Array) -> tuple[str, tuple[int, int, tuple[int, ...]] | None, Array]:
    """Return order, how a strided array is spread over its ground, and its elements to send.

    The elements are sent in the order that is named: "C" or "F".
    """
    if array.flags.c_contiguous:
        return "C", None, array
    if array.flags.f_contiguous:
        return "F", None, array.T
    low, high = np.lib.array_utils.byte_bounds(array)
    start = array.__array_interface__["data"][0] - low
    spread = (high - low, start, array.strides) if high - low <= MAX_SPREAD else None
    return "C", spread, np.ascontiguousarray(array)


def encode(calls: Sequence[Call], functions: Sequence[str]) -> Request:
    """Return the request for `calls`.

    Raises:
        TypeError, ValueError: for calls that can't be sent, which is our mistake.
    """
    encoder = Encoder()
    entries = []
    results_bytes = FIRST
    for call in calls:
        entry, size = encode_call(encoder, call, functions)
        entries.append(entry)
        results_bytes += size
    return encoder.finish(entries, results_bytes)


def encode_call(
    encoder: Encoder, call: Call, functions: Sequence[str]
) -> tuple[tuple[Any, ...], int]:
    """Return the entry of one call, and the bytes that its results may take in all."""
    arguments = tuple(map(encoder.array, call.arguments))
    probe = None
    space = RESULT_BYTES + RESULT_FACTOR * encoder.room(arguments)
    if call.probe is not None:
        elements = encoder.array(np.ascontiguousarray(call.probe.elements, np.int64))
        values = encoder.array(np.ascontiguousarray(call.probe.values, np.float64))
        probe = (call.probe.argument, elements, values)
        space += encoder.room((values,))
    flags = call.echo * Flag.ECHO | call.hold * Flag.HOLD | call.timed * Flag.TIMED
    entry = (
        functions.index(call.function), arguments, dict(call.parameters), probe, flags, space
    )  # fmt: skip
    return entry, FRAME_BYTES + space * (1 + call.echo + call.hold)
