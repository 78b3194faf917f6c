"""After the sitting: what was handed in, how it turned out, and what the candidate has to say."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from assessments import doorbell
from assessments.actions import AttemptRuns, TooManyReports, rate, report_problem
from assessments.candidate.access import attempt_of, goes_on, with_invitation
from assessments.candidate.after_forms import AnyProblemForm, RatingForm
from assessments.candidate.declarations import declaration_of
from assessments.candidate.outcome import outcome_of
from assessments.candidate.steps import steps_of
from assessments.candidate.whereabouts import Way
from assessments.models import Attempt, Invitation, Rating

POLL_SECONDS = 20


@require_GET
@with_invitation
def done(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """What was handed in, and its outcome; with ?wait, as soon as something more is graded."""
    attempt = attempt_of(invitation)
    if attempt is None or goes_on(attempt):
        return _led_on(invitation, attempt)
    if "wait" in request.GET and (waiting := Attempt.objects.filter(pk=attempt.pk).first_queued()):
        doorbell.wait(waiting, POLL_SECONDS)
        attempt.refresh_from_db(fields=["score"])
    return _page(request, attempt)


@require_POST
@with_invitation
def report(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """A problem with a question or with the whole, once the sitting is over."""
    attempt = attempt_of(invitation)
    if attempt is None or goes_on(attempt):
        return _led_on(invitation, attempt)
    form = AnyProblemForm(request.POST, steps=steps_of(attempt))
    if not form.is_valid():
        return _page(request, attempt, problem_form=form)
    try:
        step = form.step
        report_problem(attempt, step.question if step else None, form.cleaned_data["problem"])
    except TooManyReports as refused:
        form.add_error(None, str(refused))
        return _page(request, attempt, problem_form=form)
    thanks = _("Thank you. %(organisation)s has your report and will look at it.")
    messages.success(request, thanks % {"organisation": invitation.organisation.name})
    return redirect("candidate:done", invitation.token)


@require_POST
@with_invitation
def rating(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """What the candidate thinks of the assessment; the last word counts."""
    attempt = attempt_of(invitation)
    if attempt is None or goes_on(attempt):
        return _led_on(invitation, attempt)
    form = RatingForm(request.POST)
    if not form.is_valid():
        return _page(request, attempt, rating_form=form)
    try:
        rate(attempt, **form.cleaned_data)
    except AttemptRuns as runs:
        form.add_error(None, str(runs))
        return _page(request, attempt, rating_form=form)
    messages.success(request, _("Thank you for your rating."))
    return redirect("candidate:done", invitation.token)


def _led_on(invitation: Invitation, attempt: Attempt | None) -> HttpResponse:
    """To where a candidate is whose sitting has not begun, or goes on."""
    if attempt is None:
        return redirect("candidate:welcome", invitation.token)
    return redirect(Way(attempt).here)


def _page(
    request: HttpRequest,
    attempt: Attempt,
    *,
    problem_form: AnyProblemForm | None = None,
    rating_form: RatingForm | None = None,
) -> HttpResponse:
    outcome = outcome_of(attempt)
    rated = Rating.objects.filter(attempt=attempt).first()
    steps = [result.step for result in outcome.results]
    context: dict[str, Any] = {
        "attempt": attempt,
        "invitation": attempt.invitation,
        "outcome": outcome,
        "closing": attempt.finished_at is None,
        "declaration": declaration_of(attempt),
        "problem_form": problem_form or AnyProblemForm(steps=steps),
        "problem_reports": attempt.problem_reports.select_related("question__question_version"),
        "rating_form": rating_form or RatingForm(initial=_as_initial(rated)),
        "rated": rated,
    }
    refused = problem_form or rating_form
    return render(request, "candidate/done.html", context, status=422 if refused else 200)


def _as_initial(rated: Rating | None) -> dict[str, Any]:
    return {"stars": rated.stars, "text": rated.text} if rated else {}
