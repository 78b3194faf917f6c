"""The first page of an assessment, which follows what happens, and the page of its questions."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from assessments.models import Attempt
from assessments.recruiter.assessment_frame import assessment_of, framed
from assessments.recruiter.live import render_live, wait_for
from assessments.recruiter.overview import (
    Scores,
    chosen_line,
    chosen_scoring,
    lines_of,
    waiting_in,
)
from assessments.recruiter.ratings import ratings_of
from assessments.recruiter.report.page import fingerprint


@require_safe
def assessment_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """How far candidates are, how the scores of a version lie, and what waits for somebody."""
    assessment = assessment_of(request, pk)
    graded_next = Attempt.objects.filter(
        organisation=assessment.organisation_id,
        invitation__assessment_version__assessment=assessment,
        finished_at__isnull=False,
        score=None,
    ).first_queued()
    wait_for(request, graded_next)
    context = framed(request, assessment, "overview")
    lines = lines_of(assessment)
    line = chosen_line(lines, request.GET.get("version", ""))
    scoring = chosen_scoring(line, request.GET.get("scored", ""))
    waiting = waiting_in(assessment, line, may_invite=context["may_invite"])
    seen = [each.told for each in lines]
    context |= {
        "lines": lines,
        "line": line,
        "scores": Scores(line.version, scoring),
        "todo": waiting,
        "ratings": lambda: ratings_of(assessment) if context["may_invite"] else None,
        "last_activity": max((e.last_activity for e in lines if e.last_activity), default=None),
    }
    return render_live(
        request,
        "recruiter/overview/page.html",
        context,
        seen=fingerprint([line.version.number, scoring.key, *seen, waiting]),
        waiting=graded_next is not None,
    )


@require_safe
def questions(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What the newest version asks, and what candidates are told of the result."""
    assessment = assessment_of(request, pk)
    context = framed(request, assessment, "questions")
    asked = context["version"].questions.select_related("question_version", "section", "pool")
    return render(request, "recruiter/overview/questions.html", context | {"questions": asked})
