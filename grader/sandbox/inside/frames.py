"""The layout of the memory through which results come back, for the child and for its reader.

    0   HEADER   bytes used, index of the running call + 1, finished
    64  frame    FRAME header, payload; payloads are padded to a multiple of 16 bytes
        frame    ...

A frame of arrays has one entry per array: ARRAY header, `ndim` axes as AXIS, padding to 16 bytes,
the elements in C order, padding to 16 bytes. The reader trusts none of it.
"""

import struct
from enum import IntEnum

HEADER = struct.Struct("<QII")
FIRST = 64
FRAME = struct.Struct("<IBBHQ")  # call, tag, form, number of arrays, payload bytes
ARRAY = struct.Struct("<BB6xQ")  # index into DTYPES, number of axes, bytes of the elements
AXIS = struct.Struct("<Q")
PROBLEM = struct.Struct("<iH")  # line, bytes of the comma-separated names of exception classes

# numpy.dtype(...).char of everything that is a plain real or an integer, without bool.
DTYPES = "efdgbhilqBHILQ"
FORMS = ("number", "scalar", "array", "tuple")
MAX_AXES = 32
MAX_ARRAYS = 16
MAX_MESSAGE = 2048
# Of the arrays among the inputs.
ALIGNMENT = 64
# What a frame without large arrays may take: headers, exceptions, small results.
FRAME_BYTES = 8192


class Tag(IntEnum):
    RETURNED = 1
    ECHO = 2
    LATER = 3
    RAISED = 4
    UNUSABLE = 5
    # No call of this function can be made: its signature is another one.
    SIGNATURE = 6


class Flag:
    """How a call is to be made, as bits. Plain integers: an IntFlag costs a microsecond a use."""

    ECHO = 1
    HOLD = 2
    TIMED = 4


class Signal:
    """The one-byte messages on the run's socket."""

    READY = b"R"  # child: the walls stand
    LOADED = b"L"  # child: the module is loaded, send the inputs
    FAILED = b"E"  # child, with a report after it: the module could not be loaded
    TIMED = b"T"  # child: a timed call is about to start; waits for GO
    DONE = b"D"  # child: the timed call has returned; waits for GO
    FINISHED = b"F"  # child: all calls are made and told; waits for its end
    GO = b"G"  # trusted side


class Failure(IntEnum):
    """Why a module could not be loaded, as the child tells it."""

    SYNTAX = 1
    NESTING = 2
    IMPORT = 3
    MISSING = 4
    RAISED = 5
    MEMORY = 6


def padded(size: int) -> int:
    """Return the smallest multiple of 16 that is at least `size`."""
    return (size + 15) & ~15


def arrays_start(index: int) -> int:
    """Return where the inputs' arrays start, behind an index of so many bytes and its length."""
    return (8 + index + ALIGNMENT - 1) & -ALIGNMENT
