"""A section's own page, its start and its end, and the flags on its questions."""

from contextlib import suppress

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from assessments.actions import (
    AttemptClosed,
    finish_section,
    flag_question,
    start_section,
)
from assessments.candidate.access import with_attempt
from assessments.candidate.forms import by_htmx
from assessments.candidate.steps import Step, step_at
from assessments.candidate.views import frame, save_form
from assessments.candidate.whereabouts import SectionLine, Way
from assessments.models import Attempt, Section


@require_GET
@with_attempt
def section(request: HttpRequest, attempt: Attempt, number: int) -> HttpResponse:
    """What to expect of a section; one whose turn is over or has not come leads on."""
    way = Way(attempt)
    line = _line(way, number)
    if not line.url:
        return redirect(way.here)
    context = {
        **frame(way),
        "line": line,
        "begins": way.course.timed and line.part.sitting is None,
        "length": way.course.length(line.part),
        "untimed": way.course.untimed,
        "after_url": way.after(line.steps[-1]).url,
        "first_open": next((step for step in line.steps if step.open), None),
    }
    return render(request, "candidate/section.html", context)


@require_POST
@with_attempt
def start(request: HttpRequest, attempt: Attempt, number: int) -> HttpResponse:
    """Let its clock run."""
    # Another tab was quicker, or another section comes first: then that is where it leads.
    with suppress(AttemptClosed):
        start_section(attempt, _section(attempt, number))
    return redirect("candidate:done", attempt.invitation.token)


@require_POST
@with_attempt
def finish(request: HttpRequest, attempt: Attempt, number: int) -> HttpResponse:
    """Hand in a section with a clock of its own, for good."""
    with suppress(AttemptClosed):
        finish_section(attempt, _section(attempt, number))
    return redirect("candidate:done", attempt.invitation.token)


@require_POST
@with_attempt
def flag(request: HttpRequest, attempt: Attempt, position: int) -> HttpResponse:
    """Mark a question for review, or no longer. Without scripts what was typed is saved with it."""
    way = Way(attempt)
    step = step_at(way.steps, position)
    if not by_htmx(request) and (unsaved := save_form(request, way, step)):
        return unsaved
    try:
        flag_question(attempt, step.question, flagged=not step.flagged)
    except AttemptClosed:
        return redirect(way.here)
    if not by_htmx(request):
        return redirect(step.url)
    return _flagged(request, attempt, step)


def _flagged(request: HttpRequest, attempt: Attempt, before: Step) -> HttpResponse:
    """The button as it is now, and its question in the overview."""
    attempt.refresh_from_db(fields=["flagged"])
    way = Way(attempt)
    step = step_at(way.steps, before.question.position)
    return render(request, "candidate/parts/flagged.html", {**frame(way), "step": step})


def _line(way: Way, number: int) -> SectionLine:
    for line in way.sections:
        if line.part.number == number and line.part.section:
            return line
    raise Http404


def _section(attempt: Attempt, number: int) -> Section:
    section = _line(Way(attempt), number).part.section
    if section is None:
        raise Http404
    return section
