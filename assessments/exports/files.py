"""The files of an export: every format is made of the same batches, a batch in memory at a time."""

import json
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import IO, Any

from assessments.exports.arrow import rows_in, write_parquet
from assessments.exports.codebook import codebook
from assessments.exports.columns import Entry
from assessments.exports.workbook import MOST_ROWS, write_workbook
from assessments.models import Export
from assessments.recruiter.plain_csv import csv_lines

_DIGITS = 6
# Texts that are put together before they are written.
_BLOCK = 500


class TooManyRows(Exception):
    """More than a file of that format holds; the message is for who asked for it."""


def csv_cells(values: Iterable[Any]) -> list[Any]:
    """The cells of a row as a CSV file has them, in the table's files too."""
    return [_said(value) for value in values]


def _said(value: Any) -> Any:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return round(value, _DIGITS) if isinstance(value, float) else value


def refuse_too_many(export: Export, rows: int) -> None:
    if export.format == Export.Format.XLSX and rows > MOST_ROWS:
        raise TooManyRows(
            f"An Excel file holds {MOST_ROWS:,} rows, and these are more. Choose another format."
        )


def written(export: Export, batches: Iterable[Any]) -> IO[bytes]:
    """Return the file, to be read from its start; whoever closes it deletes it."""
    entries = [Entry.of(each) for each in export.columns]
    file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
    if export.format == Export.Format.PARQUET:
        write_parquet(file, entries, batches, codebook(export))
    elif export.format == Export.Format.XLSX:
        write_workbook(file, _title(export), entries, rows_in(batches), _about(export))
    elif export.is_zip:
        _write_zip(file, export, _texts(export, entries, batches))
    else:
        for text in _texts(export, entries, batches):
            file.write(text.encode())
    file.seek(0)
    return file


def _title(export: Export) -> str:
    return Export.Kind(export.kind).value.capitalize()


def _about(export: Export) -> dict[str, str]:
    told = codebook(export)
    return {
        "rows": told["row"],
        "made": f"{export.created_at:%Y-%m-%d %H:%M} UTC",
        "attempts": str(export.total),
        "names": "of candidates" if export.shows_names else "hidden",
    }


def _texts(export: Export, entries: Sequence[Entry], batches: Iterable[Any]) -> Iterator[str]:
    rows = rows_in(batches)
    if export.format == Export.Format.CSV:
        return csv_lines(_table(entries, rows))
    return _blocks(_json_lines(entries, rows))


def _table(entries: Sequence[Entry], rows: Iterable[Sequence[Any]]) -> Iterator[list[Any]]:
    yield [each.name for each in entries]
    for row in rows:
        yield csv_cells(row)


def _json_lines(entries: Sequence[Entry], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    names = [each.name for each in entries]
    for row in rows:
        told = dict(zip(names, map(_json, row), strict=True))
        yield f"{json.dumps(told, ensure_ascii=False, allow_nan=False)}\n"


def _json(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value


def _blocks(texts: Iterable[str]) -> Iterator[str]:
    block: list[str] = []
    for text in texts:
        block.append(text)
        if len(block) == _BLOCK:
            yield "".join(block)
            block.clear()
    yield "".join(block)


def _write_zip(file: IO[bytes], export: Export, texts: Iterable[str]) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        with packed.open(f"{export.kind}.{export.format}", "w", force_zip64=True) as inside:
            for text in texts:
                inside.write(text.encode())
        packed.writestr("codebook.json", json.dumps(codebook(export), indent=2))
