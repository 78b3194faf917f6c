"""Writes what the calls returned into the results memory, in the layout of frames.py."""

import functools
import struct
from typing import Any

from numpy import asarray, dtype, ndarray

from grader.sandbox.inside import failures
from grader.sandbox.inside.frames import (
    ARRAY,
    AXIS,
    DTYPES,
    FIRST,
    FORMS,
    FRAME,
    FRAME_BYTES,
    HEADER,
    MAX_ARRAYS,
    MAX_AXES,
    PROBLEM,
    Tag,
    padded,
)
from grader.sandbox.inside.memory import mapped

Array = ndarray[Any, Any]
# A frame with one float64 that has no axes, in one piece.
NUMBER = struct.Struct(f"{FRAME.format}{ARRAY.format[1:]}d8x")
NUMBER_BYTES, FLOAT64 = NUMBER.size - FRAME.size, DTYPES.index("d")
NATIVE = {char: (code, dtype(char)) for code, char in enumerate(DTYPES)}
SCALARS = frozenset(kind.type for _, kind in NATIVE.values())
UNITS = ("KiB", "MiB", "GiB", "TiB", "PiB", "EiB")
A_NUMBER, A_SCALAR, AN_ARRAY, A_TUPLE = range(len(FORMS))
# Modules whose classes may be called by their names; others are the candidate's own.
KNOWN_MODULES = (
    "builtins",
    "numpy",
    "numpy.ma",
    "numpy.matrixlib.defmatrix",
    "decimal",
    "fractions",
)


class NotPlain(Exception):
    """A result that is not plain real numbers, or too many of them; says what it is."""


def plain(value: object) -> tuple[int, tuple[Array, ...]]:
    """Return the form of a result and its arrays; raise NotPlain.

    Exact types only: a subclass may lie about everything that is asked of it.
    """
    kind = type(value)
    if kind is ndarray:
        return AN_ARRAY, (real(value),)
    if kind is float or kind in SCALARS:
        return A_NUMBER if kind is float else A_SCALAR, (asarray(value),)
    if kind is int:
        return A_NUMBER, (integer(value),)  # type: ignore[arg-type]
    if kind is tuple and 0 < len(value) <= MAX_ARRAYS:  # type: ignore[arg-type]
        return A_TUPLE, tuple(part(element) for element in value)  # type: ignore[attr-defined]
    raise NotPlain(describe(value))


def part(element: object) -> Array:
    """Return one element of a returned tuple as an array; raise NotPlain."""
    if type(element) is tuple:
        raise NotPlain("a tuple that holds a tuple")
    try:
        return plain(element)[1][0]
    except NotPlain as problem:
        raise NotPlain(f"a tuple that holds {problem}") from None


def integer(value: int) -> Array:
    try:
        array = asarray(value)
        return array if array.dtype.char in NATIVE else asarray(float(value))
    except OverflowError:
        raise NotPlain("an integer beyond the range of float64") from None


def real(array: Any) -> Array:
    if array.dtype.char not in NATIVE or array.ndim > MAX_AXES:
        raise NotPlain(describe(array))
    return array  # type: ignore[no-any-return]


def describe(value: object) -> str:
    """Name what was returned, with an article: "a list", "a complex128 array"."""
    kind = type(value)
    if kind is ndarray:
        array: Any = value
        if array.dtype.kind in "SUV":
            return "an array of text" if array.dtype.kind in "SU" else "a structured array"
        return with_article(f"{array.dtype.name} array")
    if value is None:
        return "nothing (None)"
    if kind is tuple:
        return f"a tuple of {len(value)}"  # type: ignore[arg-type]
    if kind.__module__ not in KNOWN_MODULES:
        return "an object of a class of its own"
    return with_article(kind.__name__)


def with_article(name: str) -> str:
    return f"{'an' if name[:1] in 'aeio' else 'a'} {name}"


def size_of(number: int) -> str:
    """Return a size for a person: "2.0 GiB"."""
    if number < 1024:
        return f"{number} bytes"
    # Integers may exceed what float() takes: the view of an array can claim any size.
    power = min((number.bit_length() - 1) // 10, len(UNITS))
    return f"{min(number / 1024**power, 9999.0):.1f} {UNITS[power - 1]}"


@functools.cache
def array_head(axes: int) -> struct.Struct:
    """Return the layout of everything before the elements of an array."""
    return struct.Struct(f"{ARRAY.format}{axes}Q{8 * (axes % 2)}x")


class Writer:
    """Appends frames. The header counts the bytes of whole frames only."""

    def __init__(self, descriptor: int) -> None:
        self._region = mapped(descriptor, writing=True)
        self._end = FIRST

    def start(self, index: int) -> None:
        """Note that call `index` runs now. Only this, and the end, makes earlier frames count."""
        HEADER.pack_into(self._region, 0, self._end, index + 1, 0)

    def finish(self) -> None:
        HEADER.pack_into(self._region, 0, self._end, 0, 1)

    def arrays(
        self, index: int, tag: Tag, form: int, arrays: tuple[Array, ...], space: int
    ) -> None:
        """Append a frame of arrays; raise NotPlain where they need more than `space` bytes."""
        size = 0
        for array in arrays:
            size += ARRAY.size + padded(AXIS.size * array.ndim) + padded(array.nbytes)
        if size > space:
            raise NotPlain(f"an array of {size_of(max(array.nbytes for array in arrays))}")
        at = self._end + FRAME.size
        for array in arrays:
            at = self._array(at, array)
        FRAME.pack_into(self._region, self._end, index, tag, form, len(arrays), size)
        self._end = at

    def number(self, index: int, form: int, value: float) -> None:
        """Append what `arrays` would for one float64: nearly all losses come this way."""
        NUMBER.pack_into(
            self._region,
            self._end,
            index,
            Tag.RETURNED,
            form,
            1,
            NUMBER_BYTES,
            FLOAT64,
            0,
            8,
            value,
        )
        self._end += NUMBER.size

    def _array(self, at: int, array: Array) -> int:
        code, kind = NATIVE[array.dtype.char]
        shape, size = array.shape, array.nbytes
        head = array_head(len(shape))
        head.pack_into(self._region, at, code, len(shape), size, *shape)
        at += head.size
        ndarray(shape, kind, self._region, at)[...] = array
        return at + padded(size)

    def text(self, index: int, tag: Tag, payload: bytes) -> None:
        payload = payload[:FRAME_BYTES]
        start = self._end + FRAME.size
        self._region[start : start + len(payload)] = payload
        FRAME.pack_into(self._region, self._end, index, tag, 0, 0, len(payload))
        self._end = start + padded(len(payload))

    def raised(self, index: int, error: BaseException) -> None:
        names = ",".join(failures.bases_of(error)).encode("ascii", "replace")
        line = failures.line_of(error) or 0
        message = failures.message_of(error)
        self.text(index, Tag.RAISED, PROBLEM.pack(line, len(names)) + names + message)
