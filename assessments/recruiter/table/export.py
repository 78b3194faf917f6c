"""The answers that carry the table as a file."""

from collections.abc import Sequence
from itertools import chain
from uuid import UUID

from django.http import FileResponse, HttpResponseBase, QueryDict, StreamingHttpResponse
from django.utils import timezone

from assessments.actions import exporting
from assessments.exports.texts import BOM
from assessments.exports.workbook import MOST_ROWS
from assessments.models import Export, Member
from assessments.recruiter.plain_csv import csv_lines
from assessments.recruiter.table.files import csv_rows, xlsx_file
from assessments.recruiter.table.sheet import sheet_of
from assessments.recruiter.table.table import Table, without

FORMATS = {
    "csv": "CSV",
    "csv-excel": "CSV for Excel",
    "xlsx": "Excel (XLSX)",
}
# More rows take a thread of the web process for more than a second: a worker makes such a file.
MOST_AT_ONCE = 5_000
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def ask_for_file(table: Table, member: Member, form: str) -> Export:
    """Have a worker make the file that `exported` would be of all that the table shows.

    Raises TooManyExports.
    """
    query = QueryDict(without(table.query, "page", "seen", "view", "column"), mutable=True)
    query["format"] = form
    return exporting.ask_for_export(
        member.organisation,
        by=member.user,
        kind=Export.Kind.ATTEMPTS,
        form="xlsx" if form == "xlsx" and table.found.count() <= MOST_ROWS else "csv",
        query=query.urlencode(),
        shows_names=table.viewer.sees_all_names,
        tells_all=table.manages,
    )


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
