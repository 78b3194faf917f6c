"""Who looked at whose personal data: the part of the audit log that candidates may ask for."""

from typing import Any

from django.db.models import Q

from assessments.models import Attempt, AuditEntry, Candidate, Invitation
from assessments.models.audit import AuditEntryQuerySet


def looks_at(candidate: Candidate) -> AuditEntryQuerySet:
    """Those at the person, at an invitation, or at an attempt, newest first.

    Who looked at a whole table or took an export is in the log of the organisation.
    """
    invitations = Invitation.objects.filter(candidate=candidate)
    attempts = Attempt.objects.filter(invitation__candidate=candidate)
    found: AuditEntryQuerySet = AuditEntry.objects.looks().filter(
        Q(target_kind="candidate", target_id=str(candidate.pk))
        | Q(target_kind="invitation", target_id__in=_keys(invitations))
        | Q(target_kind="attempt", target_id__in=_keys(attempts)),
        organisation=candidate.organisation_id,
    )
    return found


def _keys(rows: Any) -> list[str]:
    # As the log holds them; a person has a handful.
    return [str(key) for key in rows.values_list("pk", flat=True)]
