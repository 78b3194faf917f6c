"""The wire in one process, without a sandbox: properties of both directions."""

import os
import struct

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.sandbox import Call, NotRun, Raised, Returned, Unusable, decoding, wire
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

    assert sum(map(len, wire.encode(calls, ["loss"]).buffers)) < 2 * array.nbytes


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
    reading = decoding.decode(data, calls)

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

    first, second = decoding.decode(data, calls).results

    assert struct.pack("d", float(first.values[0])) == struct.pack("d", number)
    assert isinstance(second, Unusable)
    assert second == Unusable(printable(text.encode("utf-8", "replace"), 200))


@pytest.mark.parametrize("cut", range(0, 400, 7))
def test_a_memory_that_is_cut_off_is_garbled_or_incomplete(cut):
    arrays = [np.arange(6.0).reshape(2, 3), np.arange(3)]
    whole = written(lambda writer, index: writer.arrays(index, 1, *plain(arrays[index]), 9999), 2)

    reading = decoding.decode(whole[:cut], [Call("loss", ())] * 2)

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
    all_sound(decoding.decode(data, ECHOING).results)


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

    all_sound(decoding.decode(header.ljust(frames.FIRST, b"\0") + body, ECHOING).results)


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

    all_sound(decoding.decode(header.ljust(frames.FIRST, b"\0") + body, ECHOING).results)


@settings(QUICK, max_examples=300)
@given(st.data())
def test_flipped_bytes_are_read_without_harm(data):
    arrays = [np.arange(6.0).reshape(2, 3), np.arange(3, dtype=np.float32), np.array(1.0)]
    whole = bytearray(
        written(lambda writer, index: writer.arrays(index, 1, *plain(arrays[index]), 9999), 3)
    )
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))

    all_sound(decoding.decode(bytes(whole), ECHOING).results)


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
