"""What the link shows before the start: the invitation, why it is closed, or the way back in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from assessments.actions import InvitationClosed, start_attempt
from assessments.candidate.access import attempt_of, goes_on, with_invitation
from assessments.candidate.forms import StartForm
from assessments.candidate.steps import steps_of
from assessments.models import Attempt, Invitation


@require_GET
@with_invitation
def welcome(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    attempt = attempt_of(invitation)
    if attempt and not goes_on(attempt):
        return redirect("candidate:done", invitation.token)
    return _welcome(request, invitation, StartForm(), attempt)


@require_POST
@with_invitation
def start(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    attempt = attempt_of(invitation)
    form = StartForm(request.POST)
    if attempt is None and not form.is_valid():
        return _welcome(request, invitation, form, None, status=422)
    try:
        attempt = start_attempt(invitation, consented=True)
    except InvitationClosed as closed:
        form.add_error(None, str(closed))
        return _welcome(request, invitation, form, None, status=409)
    attempt.invitation = invitation
    return redirect(steps_of(attempt)[0].url)


def _welcome(
    request: HttpRequest,
    invitation: Invitation,
    form: StartForm,
    attempt: Attempt | None,
    status: int = 200,
) -> HttpResponse:
    all_questions = invitation.assessment_version.questions
    questions = (attempt.questions if attempt else all_questions.askable()).select_related(
        "question_version"
    )
    context = {
        "invitation": invitation,
        "attempt": attempt,
        "form": form,
        "kinds": [question.question_version.kind for question in questions],
        "now": timezone.now(),
    }
    return render(request, "candidate/welcome.html", context, status=status)
