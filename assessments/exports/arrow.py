"""Rows as Arrow batches: typed columns, kept piece by piece, and made into Parquet."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

from assessments.exports.columns import Entry, Type

# Rows of a Parquet row group: enough to compress well, few enough to hold.
GROUP = 20_000
TYPES: Mapping[Type, Any] = {
    Type.TEXT: pa.string(),
    Type.CATEGORY: pa.dictionary(pa.int32(), pa.string()),
    Type.WHOLE: pa.int64(),
    Type.NUMBER: pa.float64(),
    Type.SHARE: pa.float64(),
    Type.YES_NO: pa.bool_(),
    Type.MOMENT: pa.timestamp("us", tz="UTC"),
}
_OPTIONS = pa.ipc.IpcWriteOptions(compression="zstd")


def schema_of(entries: Iterable[Entry], about: Mapping[str, Any] | None = None) -> Any:
    """Return the columns with what each means, and `about` as JSON under "minima"."""
    fields = [
        pa.field(each.name, TYPES[each.type], metadata={"codebook": json.dumps(each.as_dict())})
        for each in entries
    ]
    return pa.schema(fields, metadata={"minima": json.dumps(about)} if about else None)


def packed(entries: Sequence[Entry], rows: Sequence[Sequence[Any]]) -> bytes:
    """Return rows of these columns as bytes."""
    schema = schema_of(entries)
    cells = list(zip(*rows, strict=True)) if rows else [()] * len(entries)
    arrays = [
        pa.array(list(column), field.type) for column, field in zip(cells, schema, strict=True)
    ]
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, schema, options=_OPTIONS) as stream:
        stream.write_batch(pa.record_batch(arrays, schema=schema))
    packed: bytes = sink.getvalue().to_pybytes()
    return packed


def unpacked(data: bytes) -> Any:
    """Return the batch that was packed."""
    with pa.ipc.open_stream(data) as stream:
        return stream.read_next_batch()


def rows_in(batches: Iterable[Any]) -> Iterator[tuple[Any, ...]]:
    """Yield the rows again, one batch in memory at a time."""
    for batch in batches:
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def write_parquet(
    file: IO[bytes], entries: Sequence[Entry], batches: Iterable[Any], about: Mapping[str, Any]
) -> None:
    schema = schema_of(entries, about)
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for group in _groups(batches):
            # Each batch has a list of categories of its own.
            table = pa.Table.from_batches(group).unify_dictionaries()
            writer.write_table(table.cast(schema), row_group_size=GROUP * 2)


def _groups(batches: Iterable[Any]) -> Iterator[list[Any]]:
    group: list[Any] = []
    for batch in batches:
        group.append(batch)
        if sum(each.num_rows for each in group) >= GROUP:
            yield group
            group = []
    if group:
        yield group
