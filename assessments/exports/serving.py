"""A file on its way out, piece by piece."""

from collections.abc import Iterator, Mapping
from uuid import UUID

from django.http import StreamingHttpResponse

from assessments.models import Export, ExportPiece

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TYPES: Mapping[str, str] = {
    Export.Format.CSV: "text/csv; charset=utf-8",
    Export.Format.XLSX: _XLSX,
    Export.Format.PARQUET: "application/vnd.apache.parquet",
    Export.Format.JSONL: "application/jsonl",
}
ZIP = "application/zip"


def type_of(export: Export) -> str:
    return ZIP if export.is_zip else TYPES[export.format]


def file_answer(export: Export) -> StreamingHttpResponse | None:
    """Answer with the file; None where there is none, or where it holds somebody erased since."""
    if not export.is_ready or Export.objects.with_erased().filter(pk=export.pk).exists():
        return None
    return StreamingHttpResponse(
        _pieces(export.pk),
        content_type=type_of(export),
        headers={
            "Content-Disposition": f'attachment; filename="{export.file_name}"',
            "Content-Length": str(export.size),
            "Cache-Control": "private, no-store",
        },
    )


def _pieces(pk: UUID) -> Iterator[bytes]:
    """One in memory at a time; nothing follows once the file is deleted."""
    places = ExportPiece.objects.filter(export=pk, of_file=True).order_by("position")
    for piece in list(places.values_list("pk", flat=True)):
        found = ExportPiece.objects.filter(pk=piece).values_list("data", flat=True).first()
        if found is None:
            return
        yield bytes(found)
