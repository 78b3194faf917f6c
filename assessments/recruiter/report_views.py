"""The report of an attempt, where it stands among others, and how its code grew."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from assessments.actions import note_look
from assessments.models import AssessmentQuestion, Attempt, CodeSnapshot, Submission
from assessments.recruiter.live import render_live, wait_for
from assessments.recruiter.report.growth import Film, difference_from, film
from assessments.recruiter.report.page import report_page
from assessments.recruiter.report.reading import with_report
from assessments.recruiter.report.sitting_clock import SittingClock
from assessments.recruiter.report.standing import EVERYBODY, standing
from assessments.recruiter.viewer import viewer_of

# Of the steps of code that a page lists.
STEPS = 100


@require_safe
def attempt_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = Attempt.objects.visible_to(request.user).filter(pk=pk)
    wait_for(request, found.first_queued())
    page = report_page(get_object_or_404(with_report(found)))
    if "seen" not in request.GET:
        note_look(page.attempt, by=viewer_of(request).user, what="report")
    waiting = page.waiting is not None
    return render_live(
        request, "recruiter/attempt.html", {"page": page}, seen=page.seen, waiting=waiting
    )


@require_safe
def attempt_standing(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Where a score stands among others; the report fetches it once it is looked at."""
    attempt = get_object_or_404(Attempt.objects.visible_to(request.user).with_candidate(), pk=pk)
    found = standing(attempt, request.GET.get("group", EVERYBODY))
    context = {"attempt": attempt, "standing": found}
    return render(request, "recruiter/report/standing_page.html", context)


@require_safe
def playback(request: HttpRequest, pk: UUID, question: int) -> HttpResponse:
    """How the code of one answer grew: a player, and without scripts a page for each step."""
    attempt, asked = _asked(request, pk, question)
    grown = _film(attempt, asked)
    note_look(attempt, by=viewer_of(request).user, what="playback")
    step = _step(grown, request.GET)
    listed = Paginator(range(1, grown.last + 1), STEPS)
    context = {
        "attempt": attempt,
        "question": asked,
        "film": grown,
        "step": step,
        "at": grown.at(step),
        "lines": difference_from(grown.starter, grown.text(step)),
        "steps": listed.get_page(request.GET.get("page", (max(step, 1) - 1) // STEPS + 1)),
    }
    return render(request, "recruiter/report/playback_page.html", context)


@require_safe
def playback_steps(request: HttpRequest, pk: UUID, question: int) -> JsonResponse:
    """The steps of the code, for the player."""
    return JsonResponse(_film(*_asked(request, pk, question)).as_dict())


def _asked(request: HttpRequest, pk: UUID, question: int) -> tuple[Attempt, AssessmentQuestion]:
    """The attempt and its coding question; any other is a 404."""
    found = Attempt.objects.visible_to(request.user).with_candidate()
    attempt = get_object_or_404(found.prefetch_related("breaks", "sittings__section"), pk=pk)
    coding = attempt.questions.filter(question_version__kind="coding")
    return attempt, get_object_or_404(coding.select_related("question_version"), pk=question)


def _film(attempt: Attempt, question: AssessmentQuestion) -> Film:
    version, own = question.question_version, {"attempt": attempt, "question": question}
    return film(
        version.rules.starter(version.content),
        CodeSnapshot.objects.filter(**own),
        Submission.objects.filter(**own).defer("report", "source").order_by("created_at", "id"),
        attempt.events.filter(question=question),
        SittingClock.of(attempt),
    )


def _step(grown: Film, asked: Mapping[str, Any]) -> int:
    """Which step is asked for: by its number, by a moment, else the last one."""
    if str(asked.get("step", "")).isdecimal():
        return min(int(asked["step"]), grown.last)
    try:
        return grown.step_at(float(asked["at"]))
    except (KeyError, ValueError):
        return grown.last
