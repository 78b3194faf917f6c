"""What the link shows before the start: the invitation, why it is closed, or the way back in."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from assessments.actions import InvitationClosed, start_attempt
from assessments.candidate.access import attempt_of, goes_on, with_invitation
from assessments.candidate.allowance import allowance_of
from assessments.candidate.forms import StartForm
from assessments.candidate.notice import digest_of, notice
from assessments.candidate.outline import outline_of
from assessments.candidate.whereabouts import Way
from assessments.models import Attempt, Invitation

CHANGED = _(
    "What is recorded, or a rule, has changed since you opened this page. Please read again."
)


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
    words = notice(_shown(invitation))
    if attempt is None and not form.is_about(digest_of(words)):
        form.add_error(None, CHANGED)
        return _welcome(request, invitation, form, None, status=409)
    try:
        attempt = start_attempt(invitation, consented=True, consented_to=words)
    except InvitationClosed as closed:
        form.add_error(None, str(closed))
        return _welcome(request, invitation, form, None, status=409)
    attempt.invitation = invitation
    return redirect(Way(attempt).here)


def _shown(invitation: Invitation) -> dict[str, Any]:
    """What the page says of the assessment, and with it the notice."""
    version, allowance = invitation.assessment_version, allowance_of(invitation)
    return {
        "invitation": invitation,
        "version": version,
        "allowance": allowance,
        "outline": outline_of(version, allowance.accommodation.extra_percent),
    }


def _welcome(
    request: HttpRequest,
    invitation: Invitation,
    form: StartForm,
    attempt: Attempt | None,
    status: int = 200,
) -> HttpResponse:
    shown = _shown(invitation)
    context = {
        **shown,
        "attempt": attempt,
        "form": form,
        "asked": invitation.requests.last(),
        "notice": digest_of(notice(shown)),
        "now": timezone.now(),
    }
    return render(request, "candidate/welcome.html", context, status=status)
