"""The row lock of an attempt, which each action on it takes, and what is refused under it."""

from django.utils import timezone

from assessments.actions.problems import AttemptClosed, OnBreak, SectionClosed
from assessments.course import Course, Turn
from assessments.models import AssessmentQuestion, Attempt, Break
from assessments.models.attempt import GRACE


def locked(attempt: Attempt) -> Attempt:
    found: Attempt = Attempt.objects.select_for_update().get(pk=attempt.pk)
    return found


def open_for(attempt: Attempt, question: AssessmentQuestion) -> Attempt:
    """Lock an attempt that takes answers to `question` now.

    Raises AttemptClosed, or what says more: SectionClosed, OnBreak.
    """
    attempt = locked(attempt)
    refuse_when_closed(attempt)
    refuse_on_break(attempt)
    if question.section_id is not None:
        _refuse_out_of_turn(attempt, question)
    return attempt


def refuse_when_closed(attempt: Attempt) -> None:
    if not attempt.takes_answers:
        raise AttemptClosed(f"This attempt closed at {attempt.deadline:%H:%M} UTC.")


def refuse_on_break(attempt: Attempt) -> None:
    """Raise OnBreak, once what was typed before the break had its time to arrive."""
    if attempt.paused and _break_of(attempt).started_at + GRACE < timezone.now():
        raise OnBreak("You are on a break: come back from it to go on.")


def _break_of(attempt: Attempt) -> Break:
    return attempt.breaks.latest("started_at")


def _refuse_out_of_turn(attempt: Attempt, question: AssessmentQuestion) -> None:
    course = Course.of(attempt)
    part = course.part_of(question)
    # What was typed before a section closed may still be on its way.
    moment = timezone.now() - GRACE
    if course.timed and part.turn(moment) != Turn.NOW:
        state = "has not begun" if part.turn(moment) == Turn.LATER else "is closed"
        raise SectionClosed(f"The section “{part.title}” {state}.")
    if part.turn_of(question) == Turn.OVER:
        raise SectionClosed("You have left this question: its section leads one way only.")
    if part.turn_of(question) == Turn.LATER:
        raise SectionClosed("This question comes later: its section leads one way only.")
