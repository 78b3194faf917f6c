"""What the audit log says about a person: of them, of their invitations and of their attempts."""

from typing import Any

from django.db.models import Q

from assessments.models import Attempt, AuditEntry, Candidate, Invitation
from assessments.models.audit import AuditEntryQuerySet


def about(candidates: Any) -> Q:
    """Entries about `candidates`, a queryset of a few."""
    people = list(candidates.values_list("pk", flat=True))
    invitations = Invitation.objects.filter(candidate__in=people)
    attempts = Attempt.objects.filter(invitation__candidate__in=people)
    return (
        Q(target_kind="candidate", target_id__in=[str(key) for key in people])
        | Q(target_kind="invitation", target_id__in=_keys(invitations))
        | Q(target_kind="attempt", target_id__in=_keys(attempts))
    )


def looks_at(candidate: Candidate) -> AuditEntryQuerySet:
    """Who looked at the candidate's data, newest first.

    Who looked at a whole table or took an export is in the log of the organisation.
    """
    found: AuditEntryQuerySet = AuditEntry.objects.looks().filter(
        about(Candidate.objects.filter(pk=candidate.pk)), organisation=candidate.organisation_id
    )
    return found


def _keys(rows: Any) -> list[str]:
    # As the log holds them; a person has a handful.
    return [str(key) for key in rows.values_list("pk", flat=True)]
