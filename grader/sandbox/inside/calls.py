"""Makes the calls one after the other, each with arguments of its own."""

from collections.abc import Callable
from functools import partial
from marshal import loads
from os import _exit, read, write
from typing import Any

from numpy import asarray, dtype, empty, float64, ndarray, uint8, zeros

from grader.sandbox.inside import failures, signatures
from grader.sandbox.inside.frames import Flag, Signal, Tag, arrays_start
from grader.sandbox.inside.memory import mapped
from grader.sandbox.inside.results import (
    A_NUMBER,
    A_SCALAR,
    AN_ARRAY,
    NotPlain,
    Writer,
    describe,
    plain,
)

Array = ndarray[Any, Any]
Function = Callable[..., Any]
NOTHING_LEFT: tuple[Array, ...] = (empty(0),)
# What overwrites the arguments of a held call; any number that no task computes with.
OVERWRITTEN = {"f": -98765.4321, "i": -77, "u": 77}


class Inputs:
    """The arguments, read from the sealed memory file that the trusted side has filled.

    Attributes:
        calls: the entries of the calls, as wire.py makes them.
        views: the arrays as they lie in that memory.
        fresh: for each array a function that returns a new one with its numbers, layout and
            writeability.
    """

    def __init__(self, descriptor: int) -> None:
        region = mapped(descriptor)
        length = int.from_bytes(region[:8], "little")
        arrays, self.calls = loads(region[8 : 8 + length])
        start = arrays_start(length)
        kinds = {kind: dtype(kind) for kind in {entry[0] for entry in arrays}}
        self.views: list[Array] = []
        self.fresh: list[Callable[[], Array]] = []
        for kind, shape, offset, order, spread, writeable in arrays:
            view: Array = ndarray(shape, kinds[kind], region, start + offset, None, order)
            self.views.append(view)
            plain_one = order == "C" and spread is None and writeable
            self.fresh.append(view.copy if plain_one else maker(view, order, spread, writeable))


def maker(
    view: Array, order: Any, spread: tuple[int, int, tuple[int, ...]] | None, writeable: bool
) -> Callable[[], Array]:
    """Return a function that makes a copy of `view` with its layout and writeability."""
    if spread is None and writeable:
        return partial(view.copy, order)

    def make() -> Array:
        array = view.copy(order) if spread is None else spread_out(view, *spread)
        array.flags.writeable = writeable
        return array

    return make


def spread_out(view: Array, extent: int, start: int, strides: tuple[int, ...]) -> Array:
    """Return the numbers of `view` at the given strides in a ground of `extent` bytes."""
    array: Array = ndarray(view.shape, view.dtype, zeros(extent, uint8), start, strides)
    array[...] = view
    return array


class Held:
    """A result that is read a second time, when its arguments are no longer what they were."""

    def __init__(self, index: int, value: object, arguments: list[Array], space: int) -> None:
        self._index, self._value, self._arguments, self._space = index, value, arguments, space

    def read_again(self, writer: Writer) -> None:
        try:
            for array in self._arguments:
                array.flags.writeable = True
                array[...] = OVERWRITTEN[array.dtype.kind]
            form, arrays = plain(self._value)
            writer.arrays(self._index, Tag.LATER, form, arrays, self._space)
        except Exception:  # it was plain once: what it is now differs from that
            writer.arrays(self._index, Tag.LATER, AN_ARRAY, NOTHING_LEFT, self._space)


class Runner:
    def __init__(
        self, socket: int, functions: list[Function], inputs: Inputs, writer: Writer
    ) -> None:
        self._socket = socket
        self._functions = functions
        self._inputs = inputs
        self._writer = writer
        self._held: Held | None = None
        self._checked: set[int] = set()

    def make_all(self) -> None:
        for index, call in enumerate(self._inputs.calls):
            self._writer.start(index)
            self._make(index, *call)
        self._read_held()
        self._writer.finish()

    def _make(
        self,
        index: int,
        function: int,
        arguments: tuple[int, ...],
        parameters: dict[str, Any],
        probe: tuple[int, int, int] | None,
        flags: int,
        space: int,
    ) -> None:
        held = None
        fresh = [self._inputs.fresh[argument] for argument in arguments]
        arrays = [make() for make in fresh] if probe is None else []
        try:
            if probe is not None:
                value: Any = self._probe(self._functions[function], fresh, parameters, probe)
            elif flags & Flag.TIMED:
                value = self._timed(self._functions[function], arrays, parameters)
            else:
                value = self._functions[function](*arrays, **parameters)
            if type(value) is float:
                self._writer.number(index, A_NUMBER, value)
            elif type(value) is float64:
                self._writer.number(index, A_SCALAR, value)
            else:
                self._writer.arrays(index, Tag.RETURNED, *plain(value), space)
            if flags & Flag.ECHO:
                self._echo(index, arrays, space)
            if flags & Flag.HOLD:
                held = Held(index, value, arrays, space)
        except NotPlain as problem:
            self._writer.text(index, Tag.UNUSABLE, str(problem).encode())
        except BaseException as error:
            self._raised(index, function, error)
        self._read_held()
        self._held = held

    def _timed(self, function: Function, arrays: list[Array], parameters: dict[str, Any]) -> object:
        """Make the call between two stops, at which the trusted side reads the CPU clock."""
        write(self._socket, Signal.TIMED)
        read(self._socket, 1)
        try:
            return function(*arrays, **parameters)
        finally:
            write(self._socket, Signal.DONE)
            read(self._socket, 1)

    def _probe(
        self,
        function: Function,
        fresh: list[Callable[[], Array]],
        parameters: dict[str, Any],
        probe: tuple[int, int, int],
    ) -> Array:
        position, elements, values = probe
        views = self._inputs.views
        losses = []
        for element, value in zip(views[elements].tolist(), views[values].tolist(), strict=True):
            arrays = [make() for make in fresh]
            put(arrays[position], element, value)
            loss = function(*arrays, **parameters)
            losses.append(loss if type(loss) is float else one_number(loss))
        return asarray(losses, float64)

    def _echo(self, index: int, arrays: list[Array], space: int) -> None:
        """Send the arguments as they are now; an empty array for one that became unusable."""
        echoed = []
        for array in arrays:
            try:
                echoed.append(plain(array)[1][0])
            except NotPlain:
                echoed.append(empty(0))
        try:
            self._writer.arrays(index, Tag.ECHO, AN_ARRAY, tuple(echoed), space)
        except NotPlain:  # grown in place
            self._writer.arrays(index, Tag.ECHO, AN_ARRAY, NOTHING_LEFT, space)

    def _read_held(self) -> None:
        if self._held is not None:
            self._held.read_again(self._writer)
            self._held = None

    def _raised(self, index: int, function: int, error: BaseException) -> None:
        self._writer.raised(index, error)
        if type(error) is not TypeError or failures.line_of(error) or function in self._checked:
            return
        # The call itself was refused: is there any call of this function that could be made?
        self._checked.add(function)
        calls = [call for call in self._inputs.calls if call[0] == function]
        if not signatures.any_fits(self._functions[function], calls):
            self._writer.text(index, Tag.SIGNATURE, b"")
            self._writer.finish()
            _exit(0)


def put(array: Array, element: int, value: float) -> None:
    """Replace one element, counted in C order, of an array that may be read-only."""
    if array.flags.writeable:
        array.flat[element] = value
    else:
        array.flags.writeable = True
        array.flat[element] = value
        array.flags.writeable = False


def one_number(value: object) -> float:
    """Return a loss as a float; raise NotPlain where it isn't one number."""
    array = plain(value)[1][0]
    if type(value) is tuple or array.ndim:
        raise NotPlain(describe(value))
    return float(array)
