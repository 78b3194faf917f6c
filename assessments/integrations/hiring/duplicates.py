"""Whether somebody sits an assessment already, by whichever way they came to it."""

from assessments.models import Assessment, Attempt, HiringConnection, Invitation


def is_being_assessed(
    connection: HiringConnection, assessment: Assessment, email: str, natural_key: str
) -> bool:
    """Whether the candidate could follow another invitation than the order's, or is about it."""
    going_on = (Invitation.State.SENT, Invitation.State.STARTED)
    found = Invitation.objects.filter(
        organisation=connection.organisation,
        candidate__email=email.strip().lower(),
        assessment_version__assessment=assessment,
        state__in=going_on,
        preview=False,
    ).exclude(order__connection=connection, order__natural_key=natural_key)
    return any(_goes_on(each) for each in found.with_attempt())


def _goes_on(invitation: Invitation) -> bool:
    attempt: Attempt | None = getattr(invitation, "attempt", None)
    return invitation.is_open if attempt is None else attempt.finished_at is None
