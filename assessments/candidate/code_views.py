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
from assessments.candidate.forms import answer_from, by_htmx, revision_from
from assessments.candidate.practice import as_practised, saved_code
from assessments.candidate.results import allowance, beside, history
from assessments.candidate.steps import Step, step_at
from assessments.candidate.views import frame, save_form
from assessments.candidate.whereabouts import Way
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
    way = Way(attempt)
    step = step_at(way.steps, position)
    # Scripts save before they send; a form that is shown again must not lose what was typed.
    saves = not by_htmx(request) and "confirmed" not in request.POST
    if saves and (unsaved := save_form(request, way, step)):
        return unsaved
    content = answer_from("coding", request.POST)
    source, inputs = content.get("source", ""), content.get("inputs")
    if purpose == Submission.Purpose.SUBMIT and _is_to_confirm(request, step, source):
        return _confirm(request, step, source)
    tab = name_from(request.POST.get("tab"))
    saved_as = revision_from(request.POST, "saved_as") or None
    try:
        submission = submit_code(attempt, step.question, source, purpose, tab, inputs, saved_as)
    except HeldElsewhere as held:
        return trigger_client_event(_refused(request, step, held), "tab:elsewhere")
    except AttemptClosed:
        return _closed(request, attempt)
    except (InvalidAnswer, TooManySubmissions) as refused:
        return _refused(request, step, refused)
    if not by_htmx(request):
        return redirect(f"{step.url}#results")
    return _with_revision(panel(request, attempt.invitation, submission), step, purpose)


def _is_to_confirm(request: HttpRequest, step: Step, source: str) -> bool:
    """Whether this would use up the last submission, and nobody was asked yet."""
    if "confirmed" in request.POST or not source.strip():
        return False
    if not allowance(step.attempt, step.question).is_last:
        return False
    used = step.attempt.submissions.used().filter(question=step.question)
    last = used.newest_first().values_list("source", flat=True).first()
    return last != source


def _confirm(request: HttpRequest, step: Step, source: str) -> HttpResponse:
    context = {"source": source, "allowance": allowance(step.attempt, step.question)}
    return told(request, step, step.attempt.invitation, "last_submission", context)


def told(
    request: HttpRequest,
    step: Any,
    invitation: Any,
    part: str,
    context: dict[str, Any],
    status: int = 200,
) -> HttpResponse:
    """Answer with a part of the page, or to a browser without scripts with a page around it.

    htmx shows only answers that went well; to a browser without scripts it is what it is.
    """
    whole, name = not by_htmx(request), f"candidate/parts/{part}.html"
    context |= {"step": step, "invitation": invitation, "whole": whole, "part": name}
    if whole:
        return render(request, "candidate/notice.html", context, status=status)
    return render(request, name, context)


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


def _refused(request: HttpRequest, step: Step, problem: Exception) -> HttpResponse:
    return refusal(request, step, step.attempt.invitation, problem)


def refusal(request: HttpRequest, step: Any, invitation: Any, problem: Exception) -> HttpResponse:
    """Say why code was not taken, which field of the inputs it is, and when it is taken again."""
    wait = getattr(problem, "retry_after", None)
    status = 429 if wait else 422
    # What is wrong with an input, the grader says, in English.
    english = bool(getattr(problem, "field", ""))
    context = {"problem": str(problem), "english": english}
    response = told(request, step, invitation, "refused", context, status)
    if wait:
        response["Retry-After"] = str(wait)
    if field := getattr(problem, "field", ""):
        trigger_client_event(response, "inputs:refused", {"field": field})
    return response


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
    context: dict[str, Any] = {
        "submission": submission,
        "invitation": as_practised(invitation) if submission.practice else invitation,
        "content": _saved(submission),
    }
    # What stands beside the panels changes with them.
    attempt = submission.attempt
    if attempt and submission.question and attempt.takes_answers and by_htmx(request):
        context |= {**beside(attempt, submission.question), "changed": True}
    tried = submission.sample or submission.purpose == Submission.Purpose.RUN
    name = "run" if tried else "submission"
    return render(request, f"candidate/parts/{name}.html", context)


@require_GET
@with_attempt
def history_list(request: HttpRequest, attempt: Attempt, position: int) -> HttpResponse:
    """All runs and submissions of a question."""
    way = Way(attempt)
    step = step_at(way.steps, position)
    if not step.open:
        return redirect(way.here)
    context = {**frame(way), "step": step, "history": history(attempt, step.question)}
    return render(request, "candidate/history.html", context)


def _saved(submission: Submission) -> dict[str, Any]:
    """The answer as it stands by now, which the code of `submission` may be older than."""
    if submission.practice:
        return saved_code(submission.practice)
    answers = Answer.objects.filter(attempt=submission.attempt, question=submission.question)
    answer = answers.first()
    return answer.content if answer else {}
