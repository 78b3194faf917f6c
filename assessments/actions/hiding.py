"""Anonymous mode: scoring and comparing without names."""

from django.db import transaction

from assessments.actions.auditing import record
from assessments.models import Member


@transaction.atomic
def hide_names(member: Member, hides: bool) -> Member:
    """Let `member` see candidates without their names, or with them again.

    For a reviewer the organisation's own rule stands above this choice.
    """
    if member.hides_names != hides:
        record(f"names.{'hidden' if hides else 'shown'}", member, by=member.user)
    member.hides_names = hides
    member.save(update_fields=["hides_names"])
    return member
