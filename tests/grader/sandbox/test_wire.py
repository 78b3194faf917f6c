"""The wire in one process, without a sandbox: properties of both directions."""

import fcntl
import os
import struct

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.sandbox import Call, Limits, NotRun, Raised, Returned, Unusable, decoding, wire
from grader.sandbox.child import F_SEAL_FUTURE_WRITE, Child
from grader.sandbox.inside import frames
from grader.sandbox.inside.calls import Inputs
from grader.sandbox.inside.results import AN_ARRAY, NotPlain, Writer, plain
from grader.sandbox.text import printable

QUICK = settings(max_examples=60, deadline=None, derandomize=True)
KINDS = hnp.floating_dtypes(endianness="=") | hnp.integer_dtypes(endianness="=")
KINDS |= hnp.unsigned_integer_dtypes(endianness="=")
ARRAYS = hnp.arrays(KINDS, hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=5))


def spread(array, order):
    """The same numbers in another layout."""
    if order == "F":
        return np.asfortranarray(array)
    if order == "reversed" and array.ndim:
        return array[tuple([slice(None, None, -1)] * array.ndim)]
    if order == "strided" and array.ndim:
        return np.repeat(array, 2, axis=-1)[..., ::2]
    return array


def through_inputs(*arrays):
    """Encode arrays as arguments, and read them as a child does."""
    request = wire.encode([Call("loss", arrays)], ["loss"])
    file = os.memfd_create("inputs")
    try:
        request.write(file)
        inputs = Inputs(file)
        return [inputs.fresh[number]() for number in inputs.calls[0][1]]
    finally:
        os.close(file)


def memory(size=1 << 20):
    file = os.memfd_create("results")
    os.ftruncate(file, size)
    return file


def written(write, calls=1):
    """Return what `write` puts into a results memory, as bytes."""
    file = memory()
    try:
        writer = Writer(file)
        for index in range(calls):
            writer.start(index)
            write(writer, index)
        writer.finish()
        used = frames.HEADER.unpack(os.pread(file, frames.HEADER.size, 0))[0]
        return os.pread(file, used, 0)
    finally:
        os.close(file)


def decoded(data, calls, *looks):
    """Read a memory once its writer has ended, and before that when it was used up to `looks`."""
    header = data[: frames.HEADER.size].ljust(frames.HEADER.size, b"\0")
    reading = decoding.nothing_yet(calls)
    for used in looks:
        so_far = frames.HEADER.pack(used, 0, 0)
        decoding.read_on(reading, calls, so_far, data[reading.at : used])
    used = frames.HEADER.unpack(header)[0]
    decoding.read_on(reading, calls, header, data[reading.at : max(used, reading.at)])
    decoding.read_end(reading, header)
    return reading


def same(one, other):
    return (one.dtype, one.shape, one.tobytes()) == (other.dtype, other.shape, other.tobytes())


@QUICK
@given(ARRAYS, st.sampled_from(["C", "F", "reversed", "strided"]), st.booleans())
def test_an_argument_keeps_numbers_kind_layout_and_rights(array, order, writeable):
    array = spread(array, order).view()
    array.flags.writeable = writeable

    fresh = through_inputs(array)[0]

    assert same(fresh, array)
    assert fresh.flags.writeable == array.flags.writeable
    assert type(fresh) is np.ndarray
    if array.size > 1:
        assert fresh.strides == array.strides


@QUICK
@given(st.lists(ARRAYS, min_size=1, max_size=8))
def test_arguments_do_not_share_memory(arrays):
    fresh = through_inputs(*arrays, *arrays)

    assert all(same(*pair) for pair in zip(fresh, arrays + arrays, strict=True))
    for number, array in enumerate(fresh):
        assert not any(np.shares_memory(array, other) for other in fresh[number + 1 :])


def test_an_array_that_is_used_often_is_sent_once():
    array = np.zeros(100_000)
    calls = [Call("loss", (array, array)) for _ in range(10)]

    assert wire.encode(calls, ["loss"]).inputs_bytes < 2 * array.nbytes


def test_more_buffers_than_one_write_takes_arrive():
    arrays = [np.array([float(number), 1.0]) for number in range(3000)]

    fresh = through_inputs(*arrays)

    assert [array[0] for array in fresh] == list(range(3000))


@QUICK
@given(st.lists(ARRAYS, min_size=1, max_size=6), st.sampled_from(["C", "F", "reversed"]))
def test_results_come_back_bit_by_bit(arrays, order):
    arrays = [spread(array, order) for array in arrays]
    calls = [Call("loss", ())] * len(arrays)

    data = written(
        lambda writer, index: writer.arrays(index, 1, *plain(arrays[index]), 1 << 16), len(arrays)
    )
    reading = decoded(data, calls)

    assert reading.finished
    assert reading.garbled == ""
    for array, result in zip(arrays, reading.results, strict=True):
        assert result.form == "array"
        assert same(result.values[0], array)


@QUICK
@given(st.floats(), st.text(max_size=300))
def test_numbers_and_sentences_come_back(number, text):
    calls = [Call("loss", ())] * 2
    data = written(
        lambda writer, index: (
            writer.text(1, frames.Tag.UNUSABLE, text.encode("utf-8", "replace"))
            if index
            else writer.number(0, 0, number)
        ),
        2,
    )

    first, second = decoded(data, calls).results

    assert struct.pack("d", float(first.values[0])) == struct.pack("d", number)
    assert isinstance(second, Unusable)
    assert second == Unusable(printable(text.encode("utf-8", "replace"), 200))


@pytest.mark.parametrize("cut", range(0, 400, 7))
def test_a_memory_that_is_cut_off_is_garbled_or_incomplete(cut):
    arrays = [np.arange(6.0).reshape(2, 3), np.arange(3)]
    whole = written(lambda writer, index: writer.arrays(index, 1, *plain(arrays[index]), 9999), 2)

    reading = decoded(whole[:cut], [Call("loss", ())] * 2)

    assert reading.garbled or cut < frames.FIRST or cut >= len(whole)
    assert len(reading.results) == 2


def all_sound(results):
    """Every array can be read to its last byte, and every text is text."""
    for result in results:
        assert isinstance(result, Returned | Raised | Unusable | NotRun)
        if isinstance(result, Returned):
            for array in (*result.values, *(result.echoed or ()), *(result.later or ())):
                assert array.dtype.char in frames.DTYPES
                assert len(array.tobytes()) == array.nbytes
        if isinstance(result, Raised):
            assert set(result.bases) <= decoding.EXCEPTIONS
            assert len(result.message) <= 6 * frames.MAX_MESSAGE


ECHOING = [Call("loss", (), echo=True, hold=True)] * 3


@settings(QUICK, max_examples=400, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=600))
def test_any_bytes_are_read_without_harm(data):
    all_sound(decoded(data, ECHOING).results)


@settings(QUICK, max_examples=400)
@given(
    st.lists(
        st.tuples(st.integers(0, 4), st.integers(0, 8), st.integers(0, 5), st.integers(0, 17),
                  st.integers(0, 2**64 - 1) | st.integers(0, 200), st.binary(max_size=120)),
        max_size=5,
    ),
    st.integers(0, 2**64 - 1) | st.none(),
    st.integers(0, 5),
    st.integers(0, 2),
)  # fmt: skip
def test_forged_frames_are_read_without_harm(forged, used, running, finished):
    body = b"".join(
        frames.FRAME.pack(call, tag, form, count, size) + payload
        for call, tag, form, count, size, payload in forged
    )
    length = frames.FIRST + len(body)
    header = frames.HEADER.pack(length if used is None else used, running, finished)

    all_sound(decoded(header.ljust(frames.FIRST, b"\0") + body, ECHOING).results)


@settings(QUICK, max_examples=400)
@given(
    st.integers(0, 20), st.integers(0, 40), st.integers(0, 2**64 - 1) | st.integers(0, 64),
    st.lists(st.integers(0, 2**64 - 1) | st.integers(0, 4), max_size=6), st.binary(max_size=64),
)  # fmt: skip
def test_forged_arrays_are_read_without_harm(kind, axes, size, shape, rest):
    payload = frames.ARRAY.pack(kind, axes, size)
    payload += b"".join(map(frames.AXIS.pack, shape)) + rest
    payload = payload.ljust(frames.padded(len(payload)), b"\0")
    body = frames.FRAME.pack(0, frames.Tag.RETURNED, 2, 1, len(payload)) + payload
    header = frames.HEADER.pack(frames.FIRST + len(body), 0, 0)

    all_sound(decoded(header.ljust(frames.FIRST, b"\0") + body, ECHOING).results)


@settings(QUICK, max_examples=300)
@given(st.data())
def test_flipped_bytes_are_read_without_harm(data):
    arrays = [np.arange(6.0).reshape(2, 3), np.arange(3, dtype=np.float32), np.array(1.0)]
    whole = bytearray(
        written(lambda writer, index: writer.arrays(index, 1, *plain(arrays[index]), 9999), 3)
    )
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))

    all_sound(decoded(bytes(whole), ECHOING).results)


def forged(payload, *, tag=frames.Tag.RETURNED, form=2, count=1, size=None, used=None):
    """A memory with one frame, whose announced lengths may lie."""
    size = len(payload) if size is None else size
    body = frames.FRAME.pack(0, tag, form, count, size) + payload
    header = frames.HEADER.pack(frames.FIRST + len(body) if used is None else used, 0, 0)
    return header.ljust(frames.FIRST, b"\0") + body


def forged_array(kind, shape, size, elements=b""):
    head = frames.ARRAY.pack(kind, len(shape), size) + b"".join(map(frames.AXIS.pack, shape))
    return head.ljust(frames.padded(len(head)), b"\0") + elements


FLOAT64 = frames.DTYPES.index("d")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (forged(b"", used=63), "63 bytes are announced"),
        (forged(b"", used=1 << 60), "bytes are announced"),
        (forged(bytes(16), used=frames.FIRST + 8), "a frame's header is cut off"),
        (forged(bytes(16), size=17), "a frame is longer than the memory"),
        (forged(bytes(16), size=1 << 63), "a frame is longer than the memory"),
        (forged(bytes(16), tag=0), "a frame of kind 0"),
        (forged(bytes(16), form=9), "a result of form 9"),
        (forged(bytes(16), form=0, count=2), "2 arrays where one belongs"),
        (forged(bytes(16), form=3, count=200), "200 arrays"),
        (forged(bytes(8)), "an array's header is cut off"),
        (forged(forged_array(99, (), 8, bytes(16))), "an array's header makes no sense"),
        (forged(frames.ARRAY.pack(0, 200, 8)), "an array's header makes no sense"),
        (forged(frames.ARRAY.pack(0, 3, 8)), "an array's header makes no sense"),
        (forged(forged_array(FLOAT64, (), 8)), "an array is longer than its frame"),
        (forged(forged_array(FLOAT64, (64,), 512, bytes(16))), "longer than its frame"),
        (forged(forged_array(FLOAT64, (2**61,), 2**64 - 1, bytes(16))), "longer than its frame"),
        (forged(forged_array(FLOAT64, (1,), 16, bytes(16))), "longer than its frame"),
        (forged(forged_array(FLOAT64, (2**63, 2**63, 0), 0)), "shape makes no sense"),
        (forged(forged_array(FLOAT64, (1,), 8, bytes(32))), "bytes are left over"),
        (forged(forged_array(FLOAT64, (1,), 8, bytes(16)), form=0), "a number with axes"),
        (forged(bytes(4), tag=frames.Tag.RAISED), "an exception's frame is cut off"),
        (forged(frames.PROBLEM.pack(1, 99), tag=frames.Tag.RAISED), "names are cut off"),
        (forged(bytes(16), tag=frames.Tag.ECHO), "an addition to a result that has none"),
    ],
)
def test_each_lie_about_a_length_is_noticed(data, says):
    reading = decoded(data, ECHOING)

    assert says in reading.garbled
    assert reading.results == [NotRun()] * 3


def test_both_memory_files_are_sealed_before_the_child_may_use_them():
    child = Child(Limits())
    child.hand_over(wire.encode([Call("loss", (np.ones(3),))], ["loss"]))
    inputs, results = (fcntl.fcntl(end, fcntl.F_GET_SEALS) for end in child.ends[1:3])
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.pwrite(child.ends[1], b"x", 0)
    with pytest.raises(PermissionError):
        os.pwrite(child._inputs, b"x", 0)
    with pytest.raises(PermissionError):
        os.ftruncate(child.ends[2], 1 << 30)
    child.close()

    fixed = fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_SEAL
    assert (inputs, results) == (fixed | F_SEAL_FUTURE_WRITE, fixed)


def test_an_array_beyond_its_space_is_refused_by_its_announced_size():
    file = memory()
    writer = Writer(file)
    huge = np.broadcast_to(np.zeros(1), 1 << 28)

    with pytest.raises(NotPlain, match=r"an array of 2\.0 GiB"):
        writer.arrays(0, frames.Tag.RETURNED, AN_ARRAY, (huge,), 1 << 20)

    os.close(file)


def test_the_results_memory_has_room_for_what_a_call_may_return():
    array = np.zeros((3, 4), np.float16)
    request = wire.encode([Call("loss", (array,), echo=True, hold=True)], ["loss"])
    space = request.results_bytes

    def write(writer, index):
        limit = Inputs(file).calls[0][-1]
        biggest = np.zeros((limit - 48) // 8)
        for tag in (frames.Tag.RETURNED, frames.Tag.ECHO, frames.Tag.LATER):
            writer.arrays(index, tag, AN_ARRAY, (biggest,), limit)

    file = os.memfd_create("inputs")
    request.write(file)
    results = memory(space)
    writer = Writer(results)
    writer.start(0)
    write(writer, 0)  # a memory too small would raise
    os.close(file)
    os.close(results)
