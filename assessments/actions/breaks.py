"""Breaks that stop the clock, for candidates to whom they were granted."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.actions.closing import catch_up
from assessments.actions.locking import locked, refuse_when_closed
from assessments.actions.pausing import come_back, pause
from assessments.actions.problems import AttemptClosed, NoBreakLeft
from assessments.course import Course
from assessments.models import Attempt


@transaction.atomic
def take_break(attempt: Attempt) -> Attempt:
    """Stop the clock for as long as is left of the breaks; taking one twice is taking it once.

    Every deadline is moved at once by the whole of it, so that nothing has to happen for the clock
    to go on. Raises AttemptClosed or NoBreakLeft.
    """
    attempt, now = catch_up(attempt), timezone.now()
    refuse_when_closed(attempt)
    if attempt.paused:
        return attempt
    course = Course.of(attempt)
    # A clock that has run out stops no more, though saves are still on their way.
    if now > course.next_end:
        raise AttemptClosed(_("The time is up."))
    if not course.break_left:
        raise NoBreakLeft(_("There is no time left for breaks."))
    pause(attempt, course.break_left, now)
    return attempt


@transaction.atomic
def end_break(attempt: Attempt) -> Attempt:
    """Let the clock go on; what is left of the break is kept for another one."""
    attempt = locked(attempt)
    come_back(attempt, timezone.now())
    return attempt
