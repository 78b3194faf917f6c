"""The files of an export: every format is made of the same batches, a batch in memory at a time."""

import json
import shutil
import tempfile
import zipfile
from collections.abc import Iterable
from typing import IO, Any, cast

from assessments.exports.arrow import rows_in, write_parquet
from assessments.exports.codebook import codebook
from assessments.exports.columns import Entry
from assessments.exports.pulse import BeatingFile, Pulse
from assessments.exports.texts import heads_of, texts
from assessments.exports.workbook import MOST_ROWS, write_workbook
from assessments.models import Export


class TooManyRows(Exception):
    """More than a file of that format holds; the message is for who asked for it."""


def refuse_too_many(export: Export, rows: int) -> None:
    if export.format == Export.Format.XLSX and rows > MOST_ROWS:
        raise TooManyRows(
            f"An Excel file holds {MOST_ROWS:,} rows, and these are more. Choose another format."
        )


def write(export: Export, batches: Iterable[Any], file: IO[bytes], pulse: Pulse) -> None:
    """Write the file from its start to its end, without a way back."""
    entries = [Entry.of(each) for each in export.columns]
    if export.format == Export.Format.PARQUET:
        write_parquet(file, entries, batches, codebook(export))
    elif export.format == Export.Format.XLSX:
        # Its library needs a way back, and leaves its own files behind where writing fails.
        with tempfile.TemporaryFile() as book:
            beating = cast(IO[bytes], BeatingFile(book, pulse))
            write_workbook(
                beating, _title(export), entries, rows_in(batches), _about(export),
                heads=heads_of(export, entries),
            )  # fmt: skip
            book.seek(0)
            shutil.copyfileobj(book, file)
    elif export.is_zip:
        _write_zip(file, export, texts(export, rows_in(batches)))
    else:
        for text in texts(export, rows_in(batches)):
            file.write(text.encode())


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


def _write_zip(file: IO[bytes], export: Export, lines: Iterable[str]) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        with packed.open(f"{export.kind}.{export.format}", "w", force_zip64=True) as inside:
            for text in lines:
                inside.write(text.encode())
        packed.writestr("codebook.json", json.dumps(codebook(export), indent=2))
