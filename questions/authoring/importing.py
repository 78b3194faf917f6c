"""Files of other programs in the browser: uploaded, read by a worker, looked at, then stored.

The web process reads nothing of a file: a large one takes a minute, and is believed nothing.
"""

import json
import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from celery import signature
from django.db import IntegrityError, transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from questions.authoring.house import Author
from questions.files import ABOUT
from questions.interchange import FORMATS, converting, drafting, drafts, handing_on, planning
from questions.interchange.planning import Drafted, Planned
from questions.interchange.remarks import Broken, Found, Reading, Remark
from questions.models import Import, ImportedQuestion
from questions.models.importing import PATIENCE, ImportQuerySet

log = logging.getLogger(__name__)
Outcome = ImportedQuestion.Outcome
OUTCOMES = {
    Drafted.NEW: Outcome.NEW,
    Drafted.VERSION: Outcome.VERSION,
    Drafted.UNCHANGED: Outcome.UNCHANGED,
}
# What authors call the formats; QTI says itself of which version it is.
TITLES = {"moodle": "Moodle XML", "gift": "GIFT", "qti": "QTI"}
BATCH = 500
OURS = "It could not be read, and that is a mistake of ours. It is in the log of the worker."
_UNKEPT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class NotStored(Exception):
    """Nothing was stored; says why."""


def of(author: Author) -> ImportQuerySet:
    """The files that were uploaded for the author's organisation."""
    return Import.objects.filter(organisation=author.organisation.pk).defer("data")


@transaction.atomic
def upload(author: Author, name: str, form: str, data: bytes) -> Import:
    """Keep a file, and have it read once the transaction has committed."""
    kept = Import.objects.create(
        organisation=author.organisation,
        by=author.user,
        name=_kept(name, 200),
        format=form or _guessed(data),
        data=data,
    )
    transaction.on_commit(partial(_send, kept.pk))
    return kept


@transaction.atomic
def ask_again(author: Author, pk: int) -> None:
    """Have a file read that nobody read for long."""
    found = of(author).select_for_update().get(pk=pk)
    if found.is_late:
        Import.objects.filter(pk=pk).update(asked_at=timezone.now())
        transaction.on_commit(partial(_send, pk))


def read(pk: int) -> None:
    """Read an uploaded file, and keep what would become of each of its questions.

    Whoever comes second changes nothing.
    """
    found = Import.objects.unread().filter(pk=pk).select_related("organisation").first()
    if found is None or found.data is None:
        return
    problem, rows = "", list[ImportedQuestion]()
    try:
        reading = converting.read(_format(found.format), bytes(found.data))
        rows = _rows(found, planning.plan(reading, found.organisation))
    except Broken as broken:
        problem = f"{broken}"
    except Exception:  # whatever it is, the author waits for a word
        log.exception("the import %s was not read", pk)
        problem = OURS
    _keep(found, rows, problem)


@transaction.atomic
def store(author: Author, pk: int) -> int:
    """Make drafts of all that can be kept; return of how many it is otherwise than foretold.

    All of it or nothing. The bank may have changed since the file was read, so it is planned anew.
    A second time nothing happens. Raises NotStored.
    """
    found = of(author).select_for_update().get(pk=pk)
    if found.stored_at:
        return 0
    if found.read_at is None or found.problem:
        raise NotStored("It was not read.")
    rows = list(found.questions.exclude(outcome=Outcome.REFUSED))
    plan = planning.plan(Reading([_found(row) for row in rows]), found.organisation, lock=True)
    try:
        with transaction.atomic():
            drafting.write(plan.planned, found.organisation, author.user)
    except IntegrityError:
        raise NotStored(
            "Somebody made a question of the same name this moment, so nothing was imported. "
            "Try again."
        ) from None
    changed = list(_otherwise(rows, plan))
    ImportedQuestion.objects.bulk_update(changed, ["outcome", "slug", "notes", "reason"], BATCH)
    Import.objects.filter(pk=pk).update(stored_at=timezone.now())
    return len(changed)


def discard(author: Author, pk: int) -> None:
    of(author).filter(pk=pk).delete()


def forget_outdated() -> None:
    Import.objects.outdated().delete()


def fields_of(row: ImportedQuestion) -> dict[str, Any]:
    """Return the fields of a question as its file said them; none of what is left out."""
    found: dict[str, Any] = json.loads(row.fields or "{}")
    return found


def beside(written: Mapping[str, Any], fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a version would say that is made of `fields` beside a `written` one.

    It stays sorted as it is here.
    """
    kept = {name: written[name] for name in written if name in ABOUT}
    return kept | {name: fields[name] for name in fields if name not in ABOUT or name == "title"}


def _send(pk: int) -> None:
    try:
        signature("questions.tasks.read_import", (pk,)).apply_async(queue="default")
    except (OperationalError, OSError):
        log.exception("the import %s was not sent", pk)
        # The page says at once that one may ask again.
        Import.objects.filter(pk=pk).update(asked_at=timezone.now() - 2 * PATIENCE)


def _guessed(data: bytes) -> str:
    form = handing_on.guessed(data)
    return form if form in TITLES else "qti"


def _format(name: str) -> converting.Format:
    return FORMATS["qti3" if name == "qti" else name]


@transaction.atomic
def _keep(found: Import, rows: Sequence[ImportedQuestion], problem: str) -> None:
    unread = Import.objects.unread().filter(pk=found.pk)
    if unread.update(read_at=timezone.now(), problem=_kept(problem, 2_000), data=None):
        ImportedQuestion.objects.bulk_create(rows, BATCH)


def _rows(found: Import, plan: planning.Plan) -> list[ImportedQuestion]:
    rows = [_refused(remark) for remark in plan.refused]
    # What changes nothing comes last: of a large file it is often nearly all.
    planned = sorted(plan.planned, key=lambda each: each.outcome is Drafted.UNCHANGED)
    rows += [_row(each) for each in planned]
    for number, row in enumerate(rows, start=1):
        row.source, row.number = found, number
    return rows


def _refused(remark: Remark) -> ImportedQuestion:
    return ImportedQuestion(
        outcome=Outcome.REFUSED,
        title=_kept(remark.question, 200),
        place=_kept(remark.place, 300),
        reason=_kept(remark.sentence, 2_000),
    )


def _row(planned: Planned) -> ImportedQuestion:
    found = planned.found
    fields = dict(found.fields)
    unfinished = [] if planned.outcome is Drafted.UNCHANGED else drafts.unfinished(fields)
    return ImportedQuestion(
        outcome=OUTCOMES[planned.outcome],
        title=fields["title"],
        slug=planned.entry.slug,
        kind=fields["kind"],
        place=_kept(found.place, 300),
        fields=json.dumps(fields, ensure_ascii=False),
        stated=found.stated,
        unkept=[_kept(remark, 500) for remark in found.remarks],
        notes=list(planned.remarks),
        unfinished=[_kept(sentence, 500) for sentence in unfinished],
    )


def _found(row: ImportedQuestion) -> Found:
    return Found(fields_of(row), row.place, tuple(row.unkept), row.stated)


def _otherwise(rows: Sequence[ImportedQuestion], plan: planning.Plan) -> Iterator[ImportedQuestion]:
    """Yield the rows of which something else became than they foretold, with what became."""
    planned = {each.found.slug: each for each in plan.planned}
    refused = {remark.question: remark.sentence for remark in plan.refused}
    for row in rows:
        slug = fields_of(row)["slug"]
        before = (row.outcome, row.slug)
        if slug in refused:
            row.outcome, row.reason = Outcome.REFUSED, refused[slug]
        else:
            row.outcome, row.slug = OUTCOMES[planned[slug].outcome], planned[slug].entry.slug
            row.notes = list(planned[slug].remarks)
        if (row.outcome, row.slug) != before:
            yield row


def _kept(text: str, most: int) -> str:
    """Return a text of a file as every database keeps it, cut where it is endless."""
    clean = _UNKEPT.sub("\ufffd", text)
    return clean if len(clean) <= most else f"{clean[: most - 1]}…"
