"""The candidate's pages during and after the sitting."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from assessments.actions import (
    AttemptClosed,
    InvalidAnswer,
    StaleRevision,
    declare_assistant,
    finish_attempt,
    pass_question,
    save_answer,
)
from assessments.actions.sitting import note_place
from assessments.candidate import language
from assessments.candidate.access import attempt_of, with_attempt, with_invitation
from assessments.candidate.declarations import declaration_of
from assessments.candidate.drafts import answer_draft, clock_of
from assessments.candidate.forms import DeclarationForm, answer_from, revision_from
from assessments.candidate.results import results
from assessments.candidate.steps import Step, question_at, step_at
from assessments.candidate.whereabouts import Way
from assessments.models import Answer, Attempt, Invitation

# So many questions fit into a row above the page.
FEW = 8


@require_http_methods(["GET", "POST"])
@with_attempt
def question(request: HttpRequest, attempt: Attempt, position: int) -> HttpResponse:
    """One question. A POST is a save by its form, for browsers that run no script."""
    way = Way(attempt)
    step = step_at(way.steps, position)
    if not step.open:
        return redirect(way.here)
    if request.method == "GET":
        note_place(attempt, step.question)
        return _question(request, way, step)
    if unsaved := save_form(request, way, step):
        return unsaved
    if language.FIELD in request.GET:
        return language.keep(request, redirect(step.url))
    if "move" in request.POST:  # a button of a list, pressed without scripts
        return redirect(step.url)
    return redirect(way.after(step).url)


@require_POST
@with_attempt
def pass_on(request: HttpRequest, attempt: Attempt, position: int) -> HttpResponse:
    """Save a question of a fixed order and leave it, for good."""
    way = Way(attempt)
    step = step_at(way.steps, position)
    if not step.open:
        return redirect(way.here)
    if unsaved := save_form(request, way, step):
        return unsaved
    pass_question(attempt, step.question)
    return redirect(way.after(step).url)


def save_form(request: HttpRequest, way: Way, step: Step) -> HttpResponse | None:
    """Save what a form without scripts sent; return the page to show where that can't be done."""
    content = answer_from(step.kind, request.POST)
    try:
        save_answer(step.attempt, step.question, content, revision_from(request.POST))
    except StaleRevision as stale:
        return _question(request, way, step, typed=content, theirs=stale.answer, status=409)
    except InvalidAnswer as error:
        return _question(request, way, step, typed=content, problem=str(error), status=422)
    except AttemptClosed:
        return redirect("candidate:done", step.attempt.invitation.token)
    return None


def _question(
    request: HttpRequest,
    way: Way,
    step: Step,
    *,
    typed: dict[str, Any] | None = None,
    theirs: Answer | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    """Show a question, with what was typed where it could not be stored."""
    context = {
        **frame(way),
        **step.context,
        "step": step,
        "previous": way.before(step),
        "onward": way.onward(step),
        "content": step.content if typed is None else typed,
        "revision": theirs.revision if theirs else step.revision,
        "theirs": theirs,
        "theirs_said": step.says(theirs.content) if theirs else "",
        "problem": problem,
        **results(step, request.GET.get("result", "")),
    }
    return render(request, f"candidate/kinds/{step.kind}.html", context, status=status)


def frame(way: Way) -> dict[str, Any]:
    """What the header and the overview of every page of the sitting show."""
    return {
        "attempt": way.attempt,
        "invitation": way.attempt.invitation,
        "steps": way.steps,
        "sections": way.sections,
        "sectioned": way.course.sectioned,
        # A row of more would fill a phone.
        "folds": way.course.sectioned or len(way.steps) > FEW,
        "here": way.here,
        "answered": sum(step.answered for step in way.steps),
        "flagged": sum(step.flagged for step in way.steps),
        "break_left": way.course.break_left,
        "clock": clock_of(way.attempt, way.course),
        "now": way.now,
    }


# The link itself is the secret that a forged request would need; a save must not be lost because
# a cookie was renewed in another tab.
@csrf_exempt
@require_http_methods(["PUT"])
@with_invitation
def save_draft(request: HttpRequest, invitation: Invitation, position: int) -> HttpResponse:
    attempt = getattr(invitation, "attempt", None)
    if attempt is None:
        return JsonResponse({"detail": _("This attempt has not been started.")}, status=410)
    attempt.invitation = invitation
    return answer_draft(request, attempt, question_at(attempt, position))


@require_GET
@with_invitation
def clock(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """The time left; where nothing was started, or everything is over, that it is closed."""
    attempt = attempt_of(invitation)
    if attempt is None:
        return JsonResponse({"closed": True})
    return JsonResponse(clock_of(attempt) | {"tab": attempt.tab})


@require_GET
@with_attempt
def review(request: HttpRequest, attempt: Attempt) -> HttpResponse:
    return _review(request, attempt, declaration_of(attempt))


def _review(
    request: HttpRequest, attempt: Attempt, declaration: DeclarationForm | None, status: int = 200
) -> HttpResponse:
    way = Way(attempt)
    if way.resting:
        return redirect(way.here)
    about = {
        "reviewing": True,
        "finishing": way.finishing,
        "declaration": declaration,
        # Of a fixed order everything may be left behind.
        "goes_back": any(step.open for step in way.steps),
    }
    context = {**frame(way), **about}
    return render(request, "candidate/review.html", context, status=status)


@require_POST
@with_attempt
def finish(request: HttpRequest, attempt: Attempt) -> HttpResponse:
    """Hand everything in; where sections with clocks are still ahead, they come first."""
    if Way(attempt).course.ahead:
        return redirect("candidate:review", attempt.invitation.token)
    declaration = declaration_of(attempt, request.POST)
    if declaration:
        if not declaration.is_valid():
            return _review(request, attempt, declaration, status=422)
        declare_assistant(attempt, declaration.declared)
    finish_attempt(attempt)
    return redirect("candidate:done", attempt.invitation.token)
