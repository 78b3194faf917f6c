"""The table as CSV rows and as an XLSX file, in which no cell is ever a formula."""

import tempfile
from collections.abc import Iterator
from typing import IO, Any

from django.utils import timezone

from assessments.exports.texts import csv_cells
from assessments.exports.workbook import write_workbook
from assessments.recruiter.table.sheet import Sheet


def csv_rows(sheet: Sheet) -> Iterator[list[Any]]:
    """Yield the head, and then the rows as they are read."""
    yield [entry.title for entry in sheet.entries]
    for row in sheet.rows:
        yield csv_cells(row)


def xlsx_file(sheet: Sheet, title: str) -> IO[bytes]:
    """Return the workbook: the table, what its columns mean, and what it was made of."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it
    versions = ", ".join(f"{version.title} v{version.number}" for version in sheet.versions)
    about = {
        "shows": title,
        "made": f"{timezone.now():%Y-%m-%d %H:%M} UTC",
        "candidates": str(len(sheet.keys)),
        "assessments": versions,
    }
    heads = [entry.title for entry in sheet.entries]
    write_workbook(file, "Candidates", sheet.entries, sheet.rows, about, heads=heads)
    file.seek(0)
    return file
