"""Decision, overrides and comments of one attempt: a page of its own beside the report."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments import actions
from assessments.actions.problems import JudgedMeanwhile
from assessments.models import Attempt, Comment, Member, User
from assessments.recruiter.admission import admitted
from assessments.recruiter.judgement import judgement_of
from assessments.recruiter.judgement_forms import (
    CommentForm,
    CommentTextForm,
    DecisionForm,
    OverrideForm,
)
from assessments.recruiter.sent_once import made_once

# Three forms of one page have fields of the same names.
DECISION, OVERRIDE, COMMENT = "decision-%s", "override-%s", "comment-%s"
# Why a score cannot be set, or not taken back.
REFUSALS = (
    actions.AttemptRuns,
    actions.WasErased,
    actions.NothingToTakeBack,
    JudgedMeanwhile,
)


@require_safe
def judgement(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _page(request, _attempt(request, pk))


@require_POST
def decide(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A person's act: those who invite decide, those who only score do not."""
    attempt = _managed(request, pk)
    form = DecisionForm(request.POST, auto_id=DECISION)
    if not form.is_valid():
        return _page(request, attempt, decision=form)
    data = form.cleaned_data
    try:
        by, seen = _by(request), data["seen"]
        actions.decide([attempt], data["outcome"], data["reason"], by, seen=seen)
    except (actions.AttemptRuns, JudgedMeanwhile) as refused:
        form.add_error(None, str(refused))
        return _page(request, attempt, decision=form)
    messages.success(request, "Your decision is kept. Nothing is sent to the candidate.")
    return redirect("recruiter:judgement", attempt.pk)


@require_POST
def override(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Set a score, or let the automatic one count again."""
    attempt = _managed(request, pk)
    form = OverrideForm(request.POST, auto_id=OVERRIDE, questions=_questions(attempt))
    if not form.is_valid():
        return _page(request, attempt, override=form)
    try:
        said = _set(attempt, form.cleaned_data, request)
    except REFUSALS as refused:
        form.add_error(None, str(refused))
        return _page(request, attempt, override=form)
    messages.success(request, said)
    return redirect("recruiter:judgement", attempt.pk)


def _set(attempt: Attempt, data: dict[str, Any], request: HttpRequest) -> str:
    """Do it, and say what was done."""
    by, question, seen = _by(request), data["question"], data["seen"]
    if data["take_back"]:
        actions.take_back_override(attempt, question, data["reason"], by, seen=seen)
        return "Taken back: the automatic score counts again."
    share = data["percent"] / 100
    actions.override_score(attempt, question, share, data["reason"], by, seen=seen)
    return "Set: it counts, and the automatic score stays beside it."


@require_POST
def comment(request: HttpRequest, pk: UUID) -> HttpResponse:
    attempt = _attempt(request, pk)
    form = CommentForm(request.POST, auto_id=COMMENT, questions=_questions(attempt))
    if not form.is_valid():
        return _page(request, attempt, comment=form)
    data = form.cleaned_data
    made_once(request, lambda: _commented(attempt, data, _by(request)))
    messages.success(request, "Your comment is kept.")
    return redirect("recruiter:judgement", attempt.pk)


def _commented(attempt: Attempt, data: Mapping[str, Any], by: User) -> str:
    return str(actions.add_comment(attempt, data["question"], data["text"], by).pk)


@require_http_methods(["GET", "HEAD", "POST"])
def comment_edit(request: HttpRequest, pk: int) -> HttpResponse:
    found = _own_comment(request, pk)
    sent = request.POST if request.method == "POST" else None
    form = CommentTextForm(sent, initial={"text": found.text})
    if form.is_valid():
        actions.edit_comment(found, form.cleaned_data["text"], _by(request))
        messages.success(request, "Your comment is changed.")
        return redirect("recruiter:judgement", found.attempt_id)
    context = {"comment": found, "attempt": found.attempt, "form": form}
    status = 422 if form.errors else 200
    return render(request, "recruiter/judgement/comment.html", context, status=status)


@require_POST
def comment_delete(request: HttpRequest, pk: int) -> HttpResponse:
    found = _own_comment(request, pk)
    actions.delete_comment(found, _by(request))
    messages.success(request, "Your comment is deleted; that there was one stays in the log.")
    return redirect("recruiter:judgement", found.attempt_id)


def _own_comment(request: HttpRequest, pk: int) -> Comment:
    user = _by(request)
    seen = Attempt.objects.visible_to(user).values("pk")
    found = Comment.objects.filter(author=user, attempt__in=seen)
    return get_object_or_404(found.select_related("attempt__invitation__candidate"), pk=pk)


def _attempt(request: HttpRequest, pk: UUID) -> Attempt:
    return _found(Attempt.objects.visible_to(request.user), pk)


def _managed(request: HttpRequest, pk: UUID) -> Attempt:
    return _found(Attempt.objects.managed_by(request.user), pk)


def _found(attempts: Any, pk: UUID) -> Attempt:
    rows = attempts.with_candidate().select_related("organisation")
    attempt: Attempt = get_object_or_404(rows, pk=pk)
    if attempt.invitation.preview:
        raise Http404
    return attempt


def _questions(attempt: Attempt) -> Any:
    return attempt.questions.select_related("question_version")


def _by(request: HttpRequest) -> Any:
    return admitted(request, Member.SEES_CANDIDATES).user


def _page(
    request: HttpRequest,
    attempt: Attempt,
    decision: Form | None = None,
    override: Form | None = None,
    comment: Form | None = None,
) -> HttpResponse:
    """The page with its three forms, as they were filled in."""
    found = judgement_of(attempt, admitted(request, Member.SEES_CANDIDATES))
    actions.note_look(attempt, by=_by(request), what="report")
    questions = _questions(attempt)
    context = {
        "found": found,
        "attempt": attempt,
        "decision": decision or DecisionForm(auto_id=DECISION),
        "override": override or OverrideForm(auto_id=OVERRIDE, questions=questions),
        "comment": comment or CommentForm(auto_id=COMMENT, questions=questions),
    }
    refused = decision or override or comment
    if refused:
        _focus(refused)
    status = 422 if refused else 200
    return render(request, "recruiter/judgement/page.html", context, status=status)


def _focus(form: Form) -> None:
    """Let the page open where the form says why it was refused, however far down that is."""
    typed = [field for field in form.visible_fields() if field.name != "outcome"]
    field = next((each for each in typed if each.errors), typed[-1])
    field.field.widget.attrs["autofocus"] = True
