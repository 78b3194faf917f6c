"""Grading again: begin, follow, compare, take over or discard."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments import actions
from assessments.models import Assessment, AssessmentQuestion, Member, Regrade, User
from assessments.recruiter.admission import admitted
from assessments.recruiter.assessment_frame import framed, managed_assessment
from assessments.recruiter.live import render_live
from assessments.recruiter.plain_csv import csv_file
from assessments.recruiter.regrade_forms import RegradeForm
from assessments.recruiter.report.page import fingerprint
from assessments.recruiter.viewer import Viewer, viewer_of
from assessments.regraded import blocked_by, largest_first, progress_of, summary_of

PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
def regrade_start(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The form, and the assessment's regrades so far."""
    assessment = managed_assessment(request, pk)
    sent = request.POST if request.method == "POST" else None
    form = RegradeForm(sent, assessment=assessment)
    if form.is_valid():
        try:
            regrade = actions.start_regrade(assessment, by=_by(request), **form.asked)
            return redirect(regrade.get_absolute_url())
        except (actions.RegradeOpen, actions.NothingToRegrade) as refused:
            form.add_error(None, str(refused))
    earlier = assessment.regrades.select_related("created_by", "by_version").order_by("-created_at")
    context = framed(request, assessment, "regrade") | {"form": form, "earlier": earlier}
    status = 422 if form.errors else 200
    return render(request, "recruiter/regrade/start.html", context, status=status)


@require_safe
def regrade_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """How far it is, and then what would change; the page follows by itself."""
    regrade = _regrade(request, pk)
    progress = progress_of(regrade)
    rows = Paginator(largest_first(regrade), PAGE).get_page(request.GET.get("page"))
    context = {
        "regrade": regrade,
        "progress": progress,
        "summary": summary_of(regrade),
        "blocked": blocked_by(regrade) if regrade.state == Regrade.State.READY else [],
        "given_up": regrade.submissions.given_up().count(),
        "page": rows,
        "titles": _titles(regrade),
        "title": Assessment.objects.with_title().get(pk=regrade.assessment_id).title,
    }
    trying = regrade.state == Regrade.State.TRYING
    seen = fingerprint([regrade.state, progress, rows.number])
    return render_live(request, "recruiter/regrade/detail.html", context, seen=seen, waiting=trying)


@require_safe
def regrade_export(request: HttpRequest, pk: UUID) -> StreamingHttpResponse:
    """Every attempt that would change, as CSV."""
    regrade = _regrade(request, pk)
    actions.note_look(regrade, by=_by(request), what="export")
    return csv_file("regrade", _lines(regrade, viewer_of(request)))


def _lines(regrade: Regrade, viewer: Viewer) -> Iterator[list[Any]]:
    crossed = {1: "passes now", -1: "fails now", 0: ""}
    yield ["candidate", "attempt", "before", "after", "difference", "pass mark"]
    found: Iterable[Any] = largest_first(regrade)
    for row in found:
        said = [row.before, row.after, row.delta, crossed[row.crosses]]
        yield [viewer.name_of(row.attempt), str(row.attempt_id), *said]


@require_POST
def regrade_commit(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _done(request, pk, actions.commit_regrade, "Taken over: the new scores count.")


@require_POST
def regrade_discard(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _done(request, pk, actions.discard_regrade, "Discarded: no score has changed.")


@require_POST
def regrade_refresh(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _done(request, pk, actions.refresh_regrade, "All attempts are compared again.")


@require_POST
def regrade_retry(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _done(request, pk, actions.retry_regrade, "What could not be graded is tried again.")


def _done(
    request: HttpRequest, pk: UUID, action: Callable[[Regrade, User], Any], sentence: str
) -> HttpResponse:
    regrade = _regrade(request, pk)
    try:
        action(regrade, _by(request))
        messages.success(request, sentence)
    except (actions.RegradeClosed, actions.RegradeBlocked, actions.RegradeOutdated) as refused:
        messages.error(request, str(refused))
    return redirect(regrade.get_absolute_url())


def _regrade(request: HttpRequest, pk: UUID) -> Regrade:
    found = Regrade.objects.managed_by(request.user).select_related(
        "assessment", "by_version", "created_by", "ended_by"
    )
    regrade: Regrade = get_object_or_404(found, pk=pk)
    return regrade


def _by(request: HttpRequest) -> User:
    return admitted(request, Member.INVITES).user


def _titles(regrade: Regrade) -> dict[str, str]:
    """What each question is called, by its key as the differences name it."""
    asked = AssessmentQuestion.objects.filter(version__assessment=regrade.assessment)
    rows = asked.values_list("pk", "question_version__title")
    return {str(pk): title for pk, title in rows}
