"""The end of a section and of an attempt: by the candidate, or by the clock whoever looks."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from assessments.actions.announcing import announce
from assessments.actions.fingerprinting import ask_for_fingerprints
from assessments.actions.handing_in import hand_in_drafts
from assessments.actions.locking import locked
from assessments.actions.pausing import come_back
from assessments.actions.receipts import send_receipt
from assessments.actions.rounds import each
from assessments.actions.scoring import rescore_attempt
from assessments.course import Course, Part
from assessments.models import Attempt, EventType, Invitation, SectionSitting
from assessments.models.attempt import GRACE

# So many a round at most; the next round is a second away.
ROUND = 200


@transaction.atomic
def finish_attempt(attempt: Attempt) -> Attempt:
    """Hand in: drafts that were never submitted count too. Finishing twice changes nothing.

    Just after the deadline nothing happens: saves may still be on their way, and the clock closes
    it once they had their time.
    """
    attempt = catch_up(attempt)
    now = timezone.now()
    if attempt.state != Attempt.State.IN_PROGRESS or now > attempt.deadline:
        return attempt
    come_back(attempt, now)
    return close(attempt, Attempt.State.FINISHED, now)


def close_overdue() -> int:
    """Close each section and attempt whose deadline and grace are over; return how many attempts.

    Two that run at once share the work: what one has locked the other leaves to it. One that can't
    be closed keeps none of the others open.
    """
    overdue = list(Attempt.objects.overdue().values_list("pk", flat=True)[:ROUND])
    return each(overdue, _close_unless_locked)


@transaction.atomic
def _close_unless_locked(pk: str) -> bool:
    free = Attempt.objects.overdue().select_for_update(skip_locked=True, of=("self",))
    attempt = free.filter(pk=pk).first()
    return attempt is not None and catch_up(attempt).finished_at is not None


@transaction.atomic
def catch_up(attempt: Attempt) -> Attempt:
    """Do what the clock has done since somebody looked: end what is over, start what rested."""
    attempt = locked(attempt)
    while attempt.state == Attempt.State.IN_PROGRESS and _did_one_thing(attempt):
        pass
    return attempt


def _did_one_thing(attempt: Attempt) -> bool:
    now = timezone.now()
    if attempt.deadline + GRACE < now:
        close(attempt, Attempt.State.TIMED_OUT, attempt.deadline)
        return True
    course = Course.of(attempt)
    if not course.timed:
        return False
    for part in course.parts:
        if part.sitting and not part.over and not part.runs(now - GRACE):
            close_section(attempt, part, part.sitting.deadline or now)
            return True
    return _started_by_itself(course, now)


def _started_by_itself(course: Course, now: datetime) -> bool:
    if course.untimed or course.open or not course.ahead or course.rest_ends >= now:
        return False
    start(course, course.ahead[0], course.rest_ends)
    return True


def start(course: Course, part: Part, at: datetime) -> None:
    """Let the clock of a section run from `at` on."""
    if part.section is None:
        raise ValueError("Only a section has a clock of its own.")
    SectionSitting.objects.create(
        attempt=course.attempt,
        section=part.section,
        started_at=at,
        deadline=course.deadline_at_start(part, at),
    )
    keep_end(course.attempt)


def keep_end(attempt: Attempt) -> None:
    """Where sections have clocks: note when the attempt ends if nobody does anything more."""
    attempt.deadline = Course.of(attempt).end
    attempt.save(update_fields=["deadline"])


def close_section(attempt: Attempt, part: Part, at: datetime) -> None:
    """Close a section at `at`, and have the code of its drafts graded."""
    SectionSitting.objects.filter(attempt=attempt, section=part.section).update(finished_at=at)
    hand_in_drafts(attempt, [question.pk for question in part.questions])


def close(attempt: Attempt, state: str, at: datetime) -> Attempt:
    """Close the attempt that is locked, at `at`, and all of its sections with it."""
    attempt.state, attempt.finished_at, attempt.paused_until = state, at, None
    attempt.save(update_fields=["state", "finished_at", "paused_until"])
    for sitting in attempt.sittings.filter(finished_at=None):
        sitting.finished_at = min(sitting.deadline or at, at)
        sitting.save(update_fields=["finished_at"])
    Invitation.objects.filter(pk=attempt.invitation_id).update(state=Invitation.State.FINISHED)
    hand_in_drafts(attempt)
    announce(EventType.ATTEMPT_SUBMITTED, attempt)
    rescore_attempt(attempt)
    attempt.refresh_from_db()
    ask_for_fingerprints(attempt)
    send_receipt(attempt)
    return attempt
