"""A sitting that is over goes on: after a breakdown of ours, say, or one of the candidate's."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from assessments.actions.announcing import announce
from assessments.actions.auditing import Actor, record
from assessments.actions.locking import locked
from assessments.actions.problems import NotReopened
from assessments.actions.receipts import send_extension
from assessments.actions.scoring import rescore_attempt
from assessments.course import Course
from assessments.feedback import told_of
from assessments.models import Attempt, EventType, Invitation, Review


@transaction.atomic
def reopen_attempt(attempt: Attempt, minutes: int, *, reason: str, by: Actor) -> Attempt:
    """Let the candidate go on for so many minutes from now, and tell them by e-mail.

    Answers, runs and submissions are kept; the score is made anew when it is over again. Where
    sections have minutes of their own, it is the one sat last that goes on. Raises NotReopened,
    which says why, where the sitting goes on anyway, or where more answers would be unfair or lost.
    """
    attempt = locked(attempt)
    _refuse_what_is_settled(attempt)
    now = timezone.now()
    ended, end = attempt.finished_at or now, now + timedelta(minutes=minutes)
    attempt.state, attempt.finished_at, attempt.deadline = Attempt.State.IN_PROGRESS, None, end
    attempt.save(update_fields=["state", "finished_at", "deadline"])
    _reopen_sections(attempt, ended, end)
    Invitation.objects.filter(pk=attempt.invitation_id).update(state=Invitation.State.STARTED)
    rescore_attempt(attempt)
    record("attempt.reopened", attempt, by=by, minutes=minutes, reason=reason)
    send_extension(attempt)
    attempt.refresh_from_db()
    announce(EventType.ATTEMPT_REOPENED, attempt)
    return attempt


def _refuse_what_is_settled(attempt: Attempt) -> None:
    if attempt.finished_at is None:
        raise NotReopened("This sitting goes on: give it more time instead.")
    if attempt.invitation.erased_at:
        raise NotReopened("What the candidate wrote was erased.")
    if told_of(attempt).answers:
        raise NotReopened("The candidate was shown the official answers: send a new invitation.")
    if attempt.decisions.exists():
        raise NotReopened("This candidate was decided on: send a new invitation.")
    if Review.objects.filter(attempt=attempt, submitted_at__isnull=False).exists():
        raise NotReopened(
            "Answers were reviewed already, and would change: take the reviews back first."
        )


def _reopen_sections(attempt: Attempt, ended: datetime, end: datetime) -> None:
    """Open again what was closed with the attempt, and with clocks what was sat last."""
    course = Course.of(attempt)
    if not course.timed:
        attempt.sittings.filter(finished_at__gte=ended).update(finished_at=None)
        return
    last = attempt.sittings.order_by("section__position").last()
    if last is None:
        return
    last.finished_at, last.deadline = None, None if course.untimed else end
    last.save(update_fields=["finished_at", "deadline"])
    if not course.untimed:
        attempt.deadline = Course.of(attempt).end
        attempt.save(update_fields=["deadline"])
