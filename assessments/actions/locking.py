"""The row lock of an attempt, which each action on it takes, and what is refused under it."""

from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.actions.problems import AttemptClosed, OnBreak
from assessments.models import Attempt, Break
from assessments.models.attempt import GRACE


def locked(attempt: Attempt) -> Attempt:
    found: Attempt = Attempt.objects.select_for_update().get(pk=attempt.pk)
    return found


def refuse_when_closed(attempt: Attempt) -> None:
    if not attempt.takes_answers:
        closed = _("This attempt closed at %(time)s UTC.")
        raise AttemptClosed(closed % {"time": f"{attempt.deadline:%H:%M}"})


def refuse_on_break(attempt: Attempt) -> None:
    """Raise OnBreak, once what was typed before the break had its time to arrive."""
    if attempt.paused and _break_of(attempt).started_at + GRACE < timezone.now():
        raise OnBreak(_("You are on a break: come back from it to go on."))


def _break_of(attempt: Attempt) -> Break:
    return attempt.breaks.latest("ends_at")
