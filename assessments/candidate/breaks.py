"""The page of a break, which shows no question, and the way into it and back."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from assessments.actions import AttemptClosed, NoBreakLeft, end_break, take_break
from assessments.candidate.access import with_attempt, with_attempt_on_break
from assessments.candidate.views import frame
from assessments.candidate.whereabouts import Way
from assessments.models import Attempt


@require_GET
@with_attempt_on_break
def page(request: HttpRequest, attempt: Attempt) -> HttpResponse:
    """Before a break what it is, during one how long it lasts; who has none is led on."""
    way = Way(attempt)
    if not attempt.paused and not way.course.break_left:
        return redirect(way.here)
    return render(request, "candidate/break.html", frame(way))


@require_POST
@with_attempt
def start(request: HttpRequest, attempt: Attempt) -> HttpResponse:
    """Stop the clock."""
    try:
        take_break(attempt)
    except (AttemptClosed, NoBreakLeft):
        return redirect("candidate:done", attempt.invitation.token)
    return redirect("candidate:break", attempt.invitation.token)


@require_POST
@with_attempt_on_break
def end(request: HttpRequest, attempt: Attempt) -> HttpResponse:
    """Come back; the clock goes on."""
    end_break(attempt)
    return redirect("candidate:done", attempt.invitation.token)
