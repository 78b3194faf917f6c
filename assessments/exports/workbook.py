"""Rows as an XLSX file with real numbers, its codebook beside it; no cell is ever a formula."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import IO, Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from assessments.exports.columns import Entry, Type

MOST_ROWS = 1_048_575
_LONGEST = 32_767
_WIDTHS = {Type.SHARE: 12, Type.NUMBER: 10, Type.WHOLE: 10, Type.YES_NO: 10, Type.MOMENT: 18}
_USUAL_WIDTH = 24
_CODEBOOK: tuple[tuple[str, int, Callable[[Entry], str]], ...] = (
    ("holds", 20, lambda entry: entry.type.value),
    ("meaning", 80, lambda entry: entry.meaning),
    ("unit", 10, lambda entry: entry.unit),
    ("values", 40, lambda entry: ", ".join(entry.allowed)),
    ("empty", 40, lambda entry: entry.missing or "never"),
)


def write_workbook(
    file: IO[bytes],
    title: str,
    entries: Sequence[Entry],
    rows: Iterable[Sequence[Any]],
    about: Mapping[str, str],
    *,
    heads: Sequence[str],
) -> None:
    """Write the rows under `heads`, what the columns mean, and `about`."""
    options = {
        "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
        "strings_to_numbers": False, "remove_timezone": True,
    }  # fmt: skip
    with xlsxwriter.Workbook(file, options) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        formats = {
            Type.SHARE: book.add_format({"num_format": "0.0%"}),
            Type.MOMENT: book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
            Type.NUMBER: book.add_format({"num_format": "0.##"}),
        }
        _write_table(book.add_worksheet(title), heads, entries, rows, bold, formats)
        _write_codebook(book.add_worksheet("Codebook"), heads, entries, bold)
        _write_about(book.add_worksheet("About"), about, bold)


def _write_table(
    page: Worksheet,
    heads: Sequence[str],
    entries: Sequence[Entry],
    rows: Iterable[Sequence[Any]],
    bold: Format,
    formats: Mapping[Type, Format],
) -> None:
    page.freeze_panes(1, 1)
    for place, (head, entry) in enumerate(zip(heads, entries, strict=True)):
        page.set_column(place, place, _WIDTHS.get(entry.type, _USUAL_WIDTH))
        page.write_string(0, place, head, bold)
    looks = [formats.get(entry.type) for entry in entries]
    last = 0
    for last, cells in enumerate(rows, start=1):
        for place, (value, look) in enumerate(zip(cells, looks, strict=True)):
            _write(page, last, place, value, look)
    page.autofilter(0, 0, max(1, last), len(entries) - 1)


def _write(page: Worksheet, row: int, place: int, value: Any, look: Format | None) -> None:
    if value is None or value == "":
        return
    if isinstance(value, str):
        page.write_string(row, place, value[:_LONGEST])
    elif isinstance(value, bool):
        page.write_boolean(row, place, value)
    elif isinstance(value, datetime):
        page.write_datetime(row, place, value.astimezone(UTC), look)
    else:
        page.write_number(row, place, value, look)


def _write_codebook(
    page: Worksheet, heads: Sequence[str], entries: Sequence[Entry], bold: Format
) -> None:
    page.freeze_panes(1, 0)
    page.set_column(0, 0, 32)
    page.write_string(0, 0, "column", bold)
    for place, (title, width, _) in enumerate(_CODEBOOK, start=1):
        page.set_column(place, place, width)
        page.write_string(0, place, title, bold)
    for row, (head, entry) in enumerate(zip(heads, entries, strict=True), start=1):
        page.write_string(row, 0, head)
        for place, (_, _, told) in enumerate(_CODEBOOK, start=1):
            page.write_string(row, place, told(entry))


def _write_about(page: Worksheet, about: Mapping[str, str], bold: Format) -> None:
    page.set_column(0, 0, 24)
    page.set_column(1, 1, 80)
    for row, (name, text) in enumerate(about.items()):
        page.write_string(row, 0, name, bold)
        page.write_string(row, 1, text[:_LONGEST])
