"""Whether it is a question's turn: its section has begun, is open, and leads back to it."""

from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.actions.closing import catch_up
from assessments.actions.locking import locked, refuse_on_break, refuse_when_closed
from assessments.actions.problems import SectionClosed
from assessments.course import Course, Turn
from assessments.models import AssessmentQuestion, Attempt
from assessments.models.attempt import GRACE


def open_for(attempt: Attempt, question: AssessmentQuestion) -> Attempt:
    """Lock an attempt that takes answers to `question` now.

    Raises AttemptClosed, or what says more: SectionClosed, OnBreak.
    """
    sectioned = question.section_id is not None
    attempt = catch_up(attempt) if sectioned else locked(attempt)
    refuse_when_closed(attempt)
    refuse_on_break(attempt)
    if sectioned:
        _refuse_out_of_turn(attempt, question)
    return attempt


def _refuse_out_of_turn(attempt: Attempt, question: AssessmentQuestion) -> None:
    course = Course.of(attempt)
    part = course.part_of(question)
    # What was typed before a section closed may still be on its way.
    moment = timezone.now() - GRACE
    if course.timed and part.turn(moment) != Turn.NOW:
        later = part.turn(moment) == Turn.LATER
        begun = _("The section “%(section)s” is closed.")
        state = _("The section “%(section)s” has not begun.") if later else begun
        raise SectionClosed(state % {"section": part.title})
    if part.turn_of(question) == Turn.OVER:
        raise SectionClosed(_("You have left this question: its section leads one way only."))
    if part.turn_of(question) == Turn.LATER:
        raise SectionClosed(_("This question comes later: its section leads one way only."))
