"""The way through the sections: start one, leave a question behind, finish one."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.actions.closing import catch_up, close, close_section, keep_end, start
from assessments.actions.locking import locked, refuse_when_closed
from assessments.actions.pausing import come_back
from assessments.actions.problems import OnBreak, SectionClosed
from assessments.actions.turns import open_for
from assessments.course import Course, Part
from assessments.models import AssessmentQuestion, Attempt, Section, SectionSitting


@transaction.atomic
def start_section(attempt: Attempt, section: Section) -> Attempt:
    """Start the clock of a section, which has to be the next one; starting twice is once.

    Raises AttemptClosed, OnBreak, or SectionClosed where another one has to be finished first.
    """
    attempt = catch_up(attempt)
    refuse_when_closed(attempt)
    if attempt.paused:
        raise OnBreak(_("You are on a break: come back from it to start a section."))
    course, now = Course.of(attempt), timezone.now()
    part = _part(course, section)
    if not course.timed or part.sitting:
        return attempt
    if course.running(now) or course.ahead[0] != part:
        later = _("The section “%(section)s” comes later.")
        raise SectionClosed(later % {"section": part.title})
    start(course, part, now)
    return attempt


@transaction.atomic
def finish_section(attempt: Attempt, section: Section) -> Attempt:
    """Close a section with a clock of its own; after the last one the attempt is handed in.

    Just after its deadline nothing happens, for the clock closes it; finishing twice is once.
    Raises AttemptClosed, or SectionClosed where it has not begun.
    """
    attempt = catch_up(attempt)
    if attempt.state != Attempt.State.IN_PROGRESS:
        return attempt
    course, now = Course.of(attempt), timezone.now()
    part = _part(course, section)
    if not course.timed or part.sitting is None:
        waiting = _("The section “%(section)s” has not begun.")
        raise SectionClosed(waiting % {"section": part.title})
    if not part.runs(now):
        return attempt
    come_back(attempt, now)
    if not course.ahead:
        return close(attempt, Attempt.State.FINISHED, now)
    close_section(attempt, part, now)
    keep_end(attempt)
    return attempt


@transaction.atomic
def pass_question(attempt: Attempt, question: AssessmentQuestion) -> Attempt:
    """Leave a question of a fixed order behind, for good; twice is once.

    Raises AttemptClosed, OnBreak, or SectionClosed where it is not this question's turn.
    """
    attempt = locked(attempt)
    part = Course.of(attempt).part_of(question)
    if not part.fixed or part.questions.index(question) < part.passed:
        return attempt
    open_for(attempt, question)
    sitting, _ = SectionSitting.objects.get_or_create(
        attempt=attempt, section=part.section, defaults={"started_at": timezone.now()}
    )
    sitting.passed += 1
    sitting.save(update_fields=["passed"])
    return attempt


def _part(course: Course, section: Section) -> Part:
    """The part of a section of this attempt; raise SectionClosed where it asks nothing of it."""
    found = [part for part in course.parts if part.section == section]
    if not found:
        raise SectionClosed(_("This attempt asks nothing of that section."))
    return found[0]
