"""Calls as bytes for the child's sealed memory. Only inputs: nothing here knows what is right."""

import marshal
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.sandbox.call import Array, Call
from grader.sandbox.inside.frames import ARRAY, DTYPES, FIRST, FRAME_BYTES, Flag, padded

# Writev takes at most IOV_MAX (1024) buffers at a time.
BUFFERS = 1000
ALIGNMENT = 64
# Results may be this much larger than the arguments of their call before they are refused.
RESULT_FACTOR = 2
RESULT_BYTES = 65_536
ZEROS = bytes(ALIGNMENT)
# Spread-out views are rebuilt with their strides unless these reach further than this.
MAX_SPREAD = 1 << 28


@dataclass(frozen=True, slots=True)
class Request:
    """The content of the inputs' memory file, and how large the results' one has to be."""

    buffers: list[Any]
    results_bytes: int

    def write(self, file: int) -> None:
        """Write all buffers to `file`, an empty memory file."""
        for start in range(0, len(self.buffers), BUFFERS):
            some = self.buffers[start : start + BUFFERS]
            expected = sum(len(buffer) for buffer in some)
            if os.writev(file, some) != expected:
                raise OSError("short write to a memory file")


class Encoder:
    """Collects the distinct arrays of the calls: one that is used often is sent once."""

    def __init__(self) -> None:
        self._index: dict[int, int] = {}
        # An array must live as long as its id() is used for it.
        self._kept: list[Array] = []
        self._entries: list[tuple[Any, ...]] = []
        self._buffers: list[memoryview] = []
        # Offsets count from the end of the index, which is written last.
        self._end = 0

    def array(self, array: Array) -> int:
        """Return the number of `array` in the request."""
        known = self._index.get(id(array))
        if known is not None:
            return known
        if type(array) is not np.ndarray or array.dtype.char not in DTYPES:
            raise TypeError(f"an argument must be a plain real or integer array: {array!r:.80}")
        self._kept.append(array)
        order, spread, flat = layout(array)
        offset = self._end
        self._buffers.append(memoryview(flat.data).cast("B") if flat.size else memoryview(b""))
        self._end += (flat.nbytes + ALIGNMENT - 1) & -ALIGNMENT
        self._entries.append(
            (array.dtype.str, array.shape, offset, order, spread, array.flags.writeable)
        )
        number = self._index[id(array)] = len(self._entries) - 1
        return number

    def finish(self, calls: list[tuple[Any, ...]], results_bytes: int) -> Request:
        start, index = self._place(calls)
        buffers: list[Any] = [len(index).to_bytes(8, "little"), index]
        buffers.append(bytes(start - 8 - len(index)))
        for buffer in self._buffers:
            buffers.append(buffer)
            if len(buffer) % ALIGNMENT:
                buffers.append(ZEROS[: -len(buffer) % ALIGNMENT])
        return Request(buffers, results_bytes)

    def _place(self, calls: list[tuple[Any, ...]]) -> tuple[int, bytes]:
        """Return where the arrays start, and the index that says so."""
        size = 0
        while True:  # larger offsets may take more bytes: at most a few rounds
            start = (8 + size + ALIGNMENT - 1) & -ALIGNMENT
            entries = [
                (kind, shape, start + offset, *rest) for kind, shape, offset, *rest in self._entries
            ]
            index = marshal.dumps((entries, calls))
            if 8 + len(index) <= start:
                return start, index
            size = len(index)


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
    space = RESULT_BYTES + RESULT_FACTOR * sum(map(room, call.arguments))
    if call.probe is not None:
        elements = np.ascontiguousarray(call.probe.elements, np.int64)
        values = np.ascontiguousarray(call.probe.values, np.float64)
        probe = (call.probe.argument, encoder.array(elements), encoder.array(values))
        space += room(values)
    flags = call.echo * Flag.ECHO | call.hold * Flag.HOLD | call.timed * Flag.TIMED
    entry = (
        functions.index(call.function), arguments, dict(call.parameters), probe, flags, space
    )  # fmt: skip
    return entry, FRAME_BYTES + space * (1 + call.echo + call.hold)


def room(array: Array) -> int:
    """Return the bytes that an array as large as this one takes in a frame, at most."""
    return ARRAY.size + 16 * array.ndim + padded(max(array.nbytes, 8 * array.size))
