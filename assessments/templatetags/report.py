"""Filters of the report: moments on the sitting's clock, and places in a picture."""

from datetime import datetime, timedelta

from django import template

from assessments.models import Attempt, Submission
from assessments.recruiter.report.sitting_clock import SittingClock
from assessments.recruiter.report.spans import span

register = template.Library()


@register.filter
def after(moment: datetime, clock: SittingClock) -> str:
    """How long after the start, on the clock that stands still on breaks."""
    return span(clock.after(moment))


@register.filter
def by_itself(submission: Submission, attempt: Attempt) -> bool:
    """Whether what was saved was handed in at the end of its time, and nobody had submitted it.

    The attempt was read with its sittings and questions.
    """
    asked = {each.pk: each.section_id for each in attempt.version.questions.all()}
    section = asked.get(submission.question_id or 0)
    ends = [each.finished_at for each in attempt.sittings.all() if each.section_id == section]
    return any(end and submission.created_at >= end for end in (*ends, attempt.finished_at))


@register.filter
def seconds_span(seconds: float) -> str:
    return span(timedelta(seconds=seconds))


@register.filter
def hundred(share: float) -> float:
    """0.605 → 60.5: a place in a picture that is 100 wide."""
    return round(100 * share, 2)


@register.filter
def words(text: str) -> list[str]:
    return text.split()
