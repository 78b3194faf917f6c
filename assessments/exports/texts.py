"""Rows as text: CSV, of the table's files too, and JSON lines."""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import chain
from typing import Any

from assessments.exports.columns import Entry
from assessments.models import Export
from assessments.recruiter.plain_csv import csv_lines

# With it older spreadsheets see that a file is UTF-8.
BOM = "\ufeff"
_DIGITS = 6
# Texts that are put together before they are written.
_BLOCK = 500
Rows = Iterable[Sequence[Any]]


def csv_cells(values: Iterable[Any]) -> list[Any]:
    """The cells of a row as a CSV file has them, in the table's files too."""
    return [_said(value) for value in values]


def _said(value: Any) -> Any:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return round(value, _DIGITS) if isinstance(value, float) else value


def texts(export: Export, rows: Rows) -> Iterator[str]:
    """Yield the file of an export, some of it at a time."""
    entries = [Entry.of(each) for each in export.columns]
    if export.format == Export.Format.CSV:
        mark = [BOM] if export.table_format == "csv-excel" else []
        return _blocks(chain(mark, csv_lines(_table(heads_of(export, entries), rows))))
    return _blocks(_json_lines(entries, rows))


def heads_of(export: Export, entries: Iterable[Entry]) -> list[str]:
    """What heads the columns: in files of the table words for people, else names for programs."""
    return [each.title if export.table_format else each.name for each in entries]


def _table(heads: list[str], rows: Rows) -> Iterator[list[Any]]:
    yield heads
    for row in rows:
        yield csv_cells(row)


def _json_lines(entries: Sequence[Entry], rows: Rows) -> Iterator[str]:
    names = [each.name for each in entries]
    for row in rows:
        told = dict(zip(names, map(_json, row), strict=True))
        yield f"{json.dumps(told, ensure_ascii=False, allow_nan=False)}\n"


def _json(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value


def _blocks(lines: Iterable[str]) -> Iterator[str]:
    block: list[str] = []
    for text in lines:
        block.append(text)
        if len(block) == _BLOCK:
            yield "".join(block)
            block.clear()
    yield "".join(block)
