"""Anonymous mode: scoring and comparing without names."""

from assessments.models import Member


def hide_names(member: Member, hides: bool) -> Member:
    """Let `member` see candidates without their names, or with them again.

    For a reviewer the organisation's own rule stands above this choice.
    """
    member.hides_names = hides
    member.save(update_fields=["hides_names"])
    return member
