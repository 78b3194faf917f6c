"""Run and Submit, and their results as they come."""

import json
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event

from assessments import doorbell
from assessments.actions import (
    AttemptClosed,
    HeldElsewhere,
    InvalidAnswer,
    TooManySubmissions,
    submit_code,
)
from assessments.candidate.access import with_attempt, with_invitation
from assessments.candidate.bodies import name_from
from assessments.candidate.forms import answer_from, by_htmx
from assessments.candidate.practice import as_practised, saved_code
from assessments.candidate.steps import Step, step_at, steps_of
from assessments.candidate.views import save_form
from assessments.models import Answer, Attempt, Invitation, Submission

POLL_SECONDS = 20


@require_POST
@with_attempt
def run(request: HttpRequest, attempt: Attempt, position: int) -> HttpResponse:
    """Try the code on the sample checks."""
    return _send(request, attempt, position, Submission.Purpose.RUN)


@require_POST
@with_attempt
def submit(request: HttpRequest, attempt: Attempt, position: int) -> HttpResponse:
    """Hand the code in for the hidden checks."""
    return _send(request, attempt, position, Submission.Purpose.SUBMIT)


def _send(request: HttpRequest, attempt: Attempt, position: int, purpose: str) -> HttpResponse:
    steps = steps_of(attempt)
    step = step_at(steps, position)
    # Scripts save before they run; a form that is shown again must not lose what was typed.
    running = purpose == Submission.Purpose.RUN
    if running and not by_htmx(request) and (unsaved := save_form(request, steps, step)):
        return unsaved
    source = answer_from("coding", request.POST).get("source", "")
    tab = name_from(request.POST.get("tab"))
    try:
        submission = submit_code(attempt, step.question, source, purpose, tab)
    except HeldElsewhere as held:
        return trigger_client_event(_refused(request, step, str(held)), "tab:elsewhere")
    except AttemptClosed:
        return _closed(request, attempt)
    except (InvalidAnswer, TooManySubmissions) as refused:
        return _refused(request, step, str(refused))
    if not by_htmx(request):
        return redirect(f"{step.url}#results")
    return _with_revision(panel(request, attempt.invitation, submission), step, purpose)


def _with_revision(response: HttpResponse, step: Step, purpose: str) -> HttpResponse:
    """Tell the page which revision of the answer a Submit has made."""
    if purpose == Submission.Purpose.SUBMIT:
        answer = Answer.objects.get(attempt=step.attempt, question=step.question)
        saved = {"revision": answer.revision, "content": answer.content}
        response["HX-Trigger"] = json.dumps({"answer:saved": saved})
    return response


def _closed(request: HttpRequest, attempt: Attempt) -> HttpResponse:
    url = f"{attempt.invitation.get_absolute_url()}done/"
    return HttpResponseClientRedirect(url) if by_htmx(request) else redirect(url)


def _refused(request: HttpRequest, step: Step, sentence: str) -> HttpResponse:
    whole = not by_htmx(request)
    context = {"problem": sentence, "step": step, "whole": whole}
    # htmx shows only answers that went well; to a browser without scripts it is what it is.
    return render(request, "candidate/parts/refused.html", context, status=422 if whole else 200)


@require_GET
@with_invitation
def submission_detail(request: HttpRequest, invitation: Invitation, pk: str) -> HttpResponse:
    """A run or a submission as it stands; with ?wait, as soon as it is graded."""
    own = Q(attempt__invitation=invitation) | Q(practice__invitation=invitation)
    submission = get_object_or_404(Submission.objects.select_related("practice"), own, pk=pk)
    if "wait" in request.GET and not submission.is_graded:
        doorbell.wait(submission.pk, POLL_SECONDS)
        submission.refresh_from_db()
    return panel(request, invitation, submission)


def panel(request: HttpRequest, invitation: Invitation, submission: Submission) -> HttpResponse:
    """Show a run or a submission, of a practice too, as it stands."""
    context = {
        "submission": submission,
        "invitation": as_practised(invitation) if submission.practice else invitation,
        "content": _saved(submission),
    }
    tried = submission.sample or submission.purpose == Submission.Purpose.RUN
    name = "run" if tried else "submission"
    return render(request, f"candidate/parts/{name}.html", context)


def _saved(submission: Submission) -> dict[str, Any]:
    """The answer as it stands by now, which the code of `submission` may be older than."""
    if submission.practice:
        return saved_code(submission.practice)
    answers = Answer.objects.filter(attempt=submission.attempt, question=submission.question)
    answer = answers.first()
    return answer.content if answer else {}
