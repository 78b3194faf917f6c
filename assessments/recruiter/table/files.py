"""The table as CSV rows and as an XLSX file, in which no cell is ever a formula."""

import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import IO, Any

import xlsxwriter
from django.utils import timezone
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from assessments.recruiter.table.sheet import Kind, Sheet

MOST_ROWS = 1_048_575
_LONGEST = 32_767
_WIDTHS = {Kind.TEXT: 24, Kind.SHARE: 12, Kind.NUMBER: 10, Kind.MOMENT: 18}


def csv_rows(sheet: Sheet) -> Iterator[list[Any]]:
    """Yield the head, and then the lines as they are read."""
    yield [field.title for field in sheet.fields]
    for line in sheet.lines:
        yield [_rounded(field.value(line)) for field in sheet.fields]


def _rounded(value: Any) -> Any:
    return round(value, 6) if isinstance(value, float) else value


def xlsx_file(sheet: Sheet, title: str) -> IO[bytes]:
    """Return the workbook: the table, what its columns mean, and what it was made of."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it
    options = {
        "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
        "strings_to_numbers": False, "remove_timezone": True,
    }  # fmt: skip
    with xlsxwriter.Workbook(file, options) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        formats = {
            Kind.SHARE: book.add_format({"num_format": "0.0%"}),
            Kind.MOMENT: book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
            Kind.NUMBER: book.add_format({"num_format": "0.##"}),
        }
        _write_table(book.add_worksheet("Candidates"), sheet, bold, formats)
        _write_codebook(book.add_worksheet("Codebook"), sheet, bold)
        _write_about(book.add_worksheet("About"), sheet, title, bold)
    file.seek(0)
    return file


def _write_table(page: Worksheet, sheet: Sheet, bold: Format, formats: dict[Kind, Format]) -> None:
    page.freeze_panes(1, 1)
    for place, field in enumerate(sheet.fields):
        page.set_column(place, place, _WIDTHS[field.kind])
        page.write_string(0, place, field.title, bold)
    page.autofilter(0, 0, max(1, len(sheet.keys)), len(sheet.fields) - 1)
    for row, line in enumerate(sheet.lines, start=1):
        for place, field in enumerate(sheet.fields):
            _write(page, row, place, field.value(line), formats.get(field.kind))


def _write(page: Worksheet, row: int, place: int, value: Any, looks: Format | None) -> None:
    if value is None or value == "":
        return
    if isinstance(value, str):
        page.write_string(row, place, value[:_LONGEST])
    elif isinstance(value, datetime):
        page.write_datetime(row, place, value.astimezone(UTC), looks)
    else:
        page.write_number(row, place, value, looks)


def _write_codebook(page: Worksheet, sheet: Sheet, bold: Format) -> None:
    page.freeze_panes(1, 0)
    for place, width in enumerate((32, 20, 80)):
        page.set_column(place, place, width)
    for place, title in enumerate(("column", "holds", "meaning")):
        page.write_string(0, place, title, bold)
    for row, field in enumerate(sheet.fields, start=1):
        for place, text in enumerate((field.title, field.kind.value, field.meaning)):
            page.write_string(row, place, text)


def _write_about(page: Worksheet, sheet: Sheet, title: str, bold: Format) -> None:
    page.set_column(0, 0, 24)
    page.set_column(1, 1, 80)
    versions = ", ".join(f"{version.title} v{version.number}" for version in sheet.versions)
    rows = [
        ("shows", title),
        ("made", f"{timezone.now():%Y-%m-%d %H:%M} UTC"),
        ("candidates", str(len(sheet.keys))),
        ("assessments", versions),
    ]
    for row, (name, text) in enumerate(rows):
        page.write_string(row, 0, name, bold)
        page.write_string(row, 1, text[:_LONGEST])
