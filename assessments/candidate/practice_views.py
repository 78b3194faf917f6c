"""The practice's pages: the very same as those of a sitting, over answers that never count."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from assessments.actions import (
    TooManySubmissions,
    keep_practised,
    practice_of,
    run_practice,
    save_practice,
    start_practice_over,
)
from assessments.candidate import language
from assessments.candidate.access import View, with_invitation
from assessments.candidate.bodies import Unreadable
from assessments.candidate.code_views import panel, refusal
from assessments.candidate.drafts import draft_from
from assessments.candidate.forms import answer_from, by_htmx, revision_from
from assessments.candidate.practice import PracticeStep, as_practised, step_at, steps_of
from assessments.models import Invitation, Submission


def with_practice(view: View) -> Callable[..., HttpResponse]:
    """Pass the invitation, as long as the sitting can be started and was not; else lead there."""

    @with_invitation
    @wraps(view)
    def wrapped(request: HttpRequest, invitation: Invitation, **kwargs: Any) -> HttpResponse:
        if invitation.is_open:
            return view(request, invitation, **kwargs)
        url = invitation.get_absolute_url()
        return HttpResponseClientRedirect(url) if by_htmx(request) else redirect(url)

    return wrapped


def with_step(view: View) -> Callable[..., HttpResponse]:
    """Pass the step at the position, an unknown one is a 404."""

    @with_practice
    @wraps(view)
    def wrapped(request: HttpRequest, invitation: Invitation, position: int) -> HttpResponse:
        return view(request, step_at(invitation, position))

    return wrapped


@require_GET
@with_practice
def practice(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """What can be practised, how far it went, and the ways on."""
    return render(request, "candidate/practice/home.html", _frame(invitation))


@require_POST
@with_practice
def start_over(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    start_practice_over(invitation)
    return redirect("candidate:practice", invitation.token)


@require_http_methods(["GET", "POST"])
@with_step
def question(request: HttpRequest, step: PracticeStep) -> HttpResponse:
    if request.method == "GET":
        return _question(request, step)
    content = answer_from(step.kind, request.POST)
    if fault := _fault(step, content):
        return _question(request, step, typed=content, problem=fault, status=422)
    stored, taken = save_practice(
        step.invitation, step.number, content, revision_from(request.POST)
    )
    if not taken:
        return _question(request, step, typed=content, theirs=stored, status=409)
    if language.FIELD in request.GET:
        return language.keep(request, redirect(step.url))
    return redirect(step.after_url)


@csrf_exempt
@require_http_methods(["PUT"])
@with_step
def save_draft(request: HttpRequest, step: PracticeStep) -> JsonResponse:
    """Save as sitting.js asks for it, with the answers of a sitting's draft."""
    try:
        draft = draft_from(request)
    except Unreadable as unreadable:
        return JsonResponse({"detail": str(unreadable)}, status=422)
    if fault := _fault(step, draft.content):
        return JsonResponse({"detail": fault}, status=422)
    stored, taken = save_practice(step.invitation, step.number, draft.content, draft.revision)
    described = {
        **stored,
        "answered": step.exercise.rules.is_answered(step.exercise.content, stored["content"]),
        "said": step.says(stored["content"]),
    }
    return JsonResponse(described, status=200 if taken else 409)


@require_POST
@with_step
def run(request: HttpRequest, step: PracticeStep) -> HttpResponse:
    return _send(request, step, sample=True)


@require_POST
@with_step
def submit(request: HttpRequest, step: PracticeStep) -> HttpResponse:
    return _send(request, step, sample=False)


@require_GET
@with_step
def feedback(request: HttpRequest, step: PracticeStep) -> HttpResponse:
    """Whether the choice was right, and what there is to say of each option."""
    if step.kind != "single_choice":
        return redirect(step.url)
    reviewed = step.exercise.rules.review(step.exercise.content, step.content, 0)
    score = step.exercise.rules.score(step.exercise.content, step.content, [], 0)
    steps = steps_of(step.invitation)
    context = {
        **_frame(step.invitation),
        "step": step,
        "next": steps[step.number] if step.number < len(steps) else None,
        "reviewed": reviewed,
        "right": score == 1,
    }
    return render(request, "candidate/practice/feedback.html", context)


def _fault(step: PracticeStep, content: dict[str, Any]) -> str:
    """What is wrong with the shape of an answer, in a sentence."""
    try:
        step.exercise.rules.check_answer(step.exercise.content, content, 0)
    except ValueError as error:
        return str(error)
    return ""


def _send(request: HttpRequest, step: PracticeStep, *, sample: bool) -> HttpResponse:
    content = answer_from(step.kind, request.POST)
    try:
        submission = _queued(step, content, sample)
    except (ValueError, TooManySubmissions) as refused:
        return _refused(request, step, refused)
    # A form without scripts saves with whatever it sends.
    answer = None
    if not (sample and by_htmx(request)):
        answer = keep_practised(step.invitation, step.number, content)
    if not by_htmx(request):
        return redirect(f"{step.url}#results")
    response = panel(request, step.invitation, submission)
    if answer:
        response["HX-Trigger"] = json.dumps({"answer:saved": answer})
    return response


def _queued(step: PracticeStep, content: dict[str, Any], sample: bool) -> Submission:
    """Send the code off; raise ValueError, as InvalidAnswer is one, or TooManySubmissions."""
    rules = step.exercise.rules
    inputs = rules.inputs(step.exercise.content, content) if sample else None
    practice = practice_of(step.invitation)
    return run_practice(practice, step.task, content.get("source", ""), inputs, sample=sample)


def _refused(request: HttpRequest, step: PracticeStep, problem: Exception) -> HttpResponse:
    return refusal(request, step, as_practised(step.invitation), problem)


def _question(
    request: HttpRequest,
    step: PracticeStep,
    *,
    typed: dict[str, Any] | None = None,
    theirs: dict[str, Any] | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    steps = steps_of(step.invitation)
    context = {
        **_frame(step.invitation),
        **step.context,
        "frame": "candidate/practice/frame.html",
        "speaks": get_language(),
        "step": step,
        "previous": steps[step.number - 2] if step.number > 1 else None,
        "onward": {"url": step.after_url, "label": _("Save and go on")},
        "content": step.content if typed is None else typed,
        "revision": theirs["revision"] if theirs else step.revision,
        "theirs": theirs,
        "theirs_said": step.says(theirs["content"]) if theirs else "",
        "problem": problem,
        "run": step.newest(sample=True),
        "submission": step.newest(sample=False),
    }
    return render(request, f"candidate/kinds/{step.kind}.html", context, status=status)


def _frame(invitation: Invitation) -> dict[str, Any]:
    shown = as_practised(invitation)
    return {
        "invitation": shown,
        "attempt": shown.attempt,
        "real": invitation,
        "steps": steps_of(invitation),
        "now": timezone.now(),
    }
