"""Rows as text: CSV, of the table's files too, and JSON lines."""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from assessments.exports.columns import Entry
from assessments.models import Export
from assessments.recruiter.plain_csv import csv_lines

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
        return _blocks(csv_lines(_table(entries, rows)))
    return _blocks(_json_lines(entries, rows))


def _table(entries: Sequence[Entry], rows: Rows) -> Iterator[list[Any]]:
    yield [each.name for each in entries]
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
