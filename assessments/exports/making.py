"""How a worker makes an export: which attempts, then their rows some at a time, then the file."""

import logging
from collections.abc import Iterator
from functools import partial
from typing import Any
from uuid import UUID

from django.http import QueryDict

from assessments.actions import exporting
from assessments.exports.arrow import packed, unpacked
from assessments.exports.choosing import NotThere, chosen_by
from assessments.exports.columns import Entry, Scope, codebook_of, entries_of, values_of
from assessments.exports.files import TooManyRows, refuse_too_many, write
from assessments.exports.kinds import KINDS
from assessments.exports.pulse import Pulse
from assessments.exports.sink import Sink
from assessments.models import AssessmentVersion, Export, ExportPiece
from assessments.recruiter.table.table import without

log = logging.getLogger(__name__)

# What in the address of the table names candidates.
NAMES = ("q", "attempt")


def work_on(pk: UUID) -> bool:
    """Do the next step of an export; return whether another one can follow at once."""
    export = Export.objects.select_related("organisation", "asked_by").filter(pk=pk).first()
    if export is None or not export.is_open or not exporting.begin_step(export):
        return False
    try:
        return _STEPS[Export.State(export.state)](export)
    except (NotThere, TooManyRows) as refused:
        exporting.fail_export(export, str(refused))
    except exporting.Overtaken:
        log.info("another worker goes on with export %s", pk)
    return False


def _settle(export: Export) -> bool:
    """Find the attempts, and the columns that they need."""
    found = chosen_by(export)
    wanted = found.order_by().values("invitation__assessment_version")
    versions = list(AssessmentVersion.objects.filter(pk__in=wanted).order_by("title", "number"))
    scope = Scope(export.shows_names, export.tells_all, versions)
    columns = entries_of(KINDS[export.kind].columns(scope))
    return exporting.settle_attempts(
        export,
        found.values_list("pk", flat=True).iterator(2_000),
        columns=[each.as_dict() for each in columns],
        versions=[version.pk for version in versions],
        query=without(QueryDict(export.query), *NAMES),
    )


def _read(export: Export) -> bool:
    """Make the rows of some attempts; the queries are as many for the first as for the last."""
    kind = KINDS[export.kind]
    read = min(kind.at_once, (export.total or 0) - export.done)
    if not read:
        return exporting.begin_writing(export)
    places = export.places.filter(position__gte=export.done, position__lt=export.done + read)
    keys = list(places.order_by("position").values_list("attempt_id", flat=True))
    versions = list(AssessmentVersion.objects.filter(pk__in=export.versions))
    scope = Scope(export.shows_names, export.tells_all, versions)
    entries = [Entry.of(each) for each in export.columns]
    # As the codebook promised them, whatever was tagged otherwise since.
    found = codebook_of(kind.columns(scope))
    columns = [found.get(entry.name) for entry in entries]
    rows = [values_of(columns, line) for line in kind.lines(keys, scope)]
    refuse_too_many(export, export.rows + len(rows))
    data = packed(entries, rows)
    return exporting.keep_rows(export, read=read, rows=len(rows), data=data)


def _write(export: Export) -> bool:
    """Write the file; the first piece that another worker wrote in between is the last of ours."""
    exporting.forget_half_a_file(export)
    sink: Any = Sink(partial(exporting.keep_piece, export))
    pulse = Pulse(partial(exporting.still_busy, export))
    write(export, _batches(export, pulse), sink, pulse)
    sink.end()
    exporting.end_file(export, size=sink.size)
    if export.rows > exporting.LARGE:
        exporting.ring_for_waiting()
    return False


def _batches(export: Export, pulse: Pulse) -> Iterator[Any]:
    """The rows again, piece by piece."""
    places = export.pieces.filter(of_file=False).order_by("position")
    for pk in list(places.values_list("pk", flat=True)):
        yield unpacked(bytes(ExportPiece.objects.values_list("data", flat=True).get(pk=pk)))
        pulse.beat()


_STEPS = {
    Export.State.QUEUED: _settle,
    Export.State.READING: _read,
    Export.State.WRITING: _write,
}
