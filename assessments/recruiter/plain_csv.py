"""CSV files, line by line. No cell of them is ever a formula."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from django.http import StreamingHttpResponse
from django.utils import timezone

# What makes a spreadsheet calculate, or open something; the wide ones are read as the narrow.
_ACTIVE = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


def csv_file(name: str, rows: Iterable[Sequence[Any]]) -> StreamingHttpResponse:
    """Answer with `rows` as a file that is called `name` and the day."""
    file = f"{name}-{timezone.now():%Y-%m-%d}.csv"
    return StreamingHttpResponse(
        csv_lines(rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{file}"'},
    )


def csv_lines(rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    for row in rows:
        yield writer.writerow([_cell(value) for value in row])


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return _quiet(value) if isinstance(value, str) else str(value)


def _quiet(text: str) -> str:
    """Return `text` so that a spreadsheet takes it for text: behind an apostrophe."""
    return f"'{text}" if text.lstrip().startswith(_ACTIVE) or text[:1].isspace() else text
