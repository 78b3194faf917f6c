"""The answers that carry the table as a file."""

from collections.abc import Sequence
from itertools import chain
from uuid import UUID

from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone

from assessments.exports.workbook import MOST_ROWS
from assessments.recruiter.plain_csv import csv_lines
from assessments.recruiter.table.files import csv_rows, xlsx_file
from assessments.recruiter.table.sheet import sheet_of
from assessments.recruiter.table.table import Table, without

FORMATS = {
    "csv": "CSV",
    "csv-excel": "CSV for Excel",
    "xlsx": "Excel (XLSX)",
}
# With it older spreadsheets see that a file is UTF-8.
BOM = "\ufeff"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def exported(table: Table, keys: Sequence[UUID], form: str) -> HttpResponseBase:
    """Return these attempts as a file of the format `form`; its name tells of nobody.

    More than a spreadsheet holds is written as CSV.
    """
    day = f"candidates-{timezone.now():%Y-%m-%d}"
    sheet = sheet_of(table, keys)
    shown = without(table.query, "page", "seen", "view", "format")
    if form == "xlsx" and len(keys) <= MOST_ROWS:
        book = xlsx_file(sheet, f"{table.order_title}; {shown or 'all attempts'}")
        return FileResponse(book, as_attachment=True, filename=f"{day}.xlsx", content_type=_XLSX)
    return StreamingHttpResponse(
        chain([BOM] if form == "csv-excel" else [], csv_lines(csv_rows(sheet))),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{day}.csv"'},
    )
