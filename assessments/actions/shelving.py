"""What may change of an assessment whatever is published: when it closes, and that it is away."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from assessments.actions.auditing import Actor, record
from assessments.models import Assessment


@transaction.atomic
def close_at(assessment: Assessment, moment: datetime | None, *, by: Actor) -> Assessment:
    """Let nobody start the assessment from `moment` on, or None: whenever an invitation says.

    Who sits then goes on.
    """
    found = _held(assessment)
    if found.closes_at != moment:
        before, found.closes_at = found.closes_at, moment
        found.save(update_fields=["closes_at"])
        record("assessment.closing_changed", found, by=by, before=before, after=moment)
    return found


@transaction.atomic
def archive(assessment: Assessment, *, by: Actor) -> Assessment:
    """Put it away: it invites nobody and is out of the lists; who was invited may go on."""
    found = _held(assessment)
    if found.archived_at is None:
        found.archived_at = timezone.now()
        found.save(update_fields=["archived_at"])
        record("assessment.archived", found, by=by)
    return found


@transaction.atomic
def unarchive(assessment: Assessment, *, by: Actor) -> Assessment:
    found = _held(assessment)
    if found.archived_at:
        found.archived_at = None
        found.save(update_fields=["archived_at"])
        record("assessment.unarchived", found, by=by)
    return found


def _held(assessment: Assessment) -> Assessment:
    found: Assessment = Assessment.objects.select_for_update().get(pk=assessment.pk)
    return found
