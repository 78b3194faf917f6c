"""A candidate's own data: what is kept and for how long, a copy of it, and having it erased."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from assessments.actions import ask_for_erasure, note_copy
from assessments.candidate.access import attempt_of, with_invitation
from assessments.data_copy import copy_of, file_of
from assessments.models import DataRequest, Invitation


@require_GET
@with_invitation
def data(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    attempt = attempt_of(invitation)
    ended = attempt.finished_at if attempt else invitation.expires_at
    days = invitation.organisation.retention_days
    context = {
        "invitation": invitation,
        "attempt": attempt,
        "days": days,
        "kept_until": ended + timedelta(days=days) if ended else None,
        "now": timezone.now(),
        "requests": invitation.data_requests.all(),
        "erasure": invitation.data_requests.filter(
            kind=DataRequest.Kind.ERASE, done_at=None
        ).first(),
    }
    return render(request, "candidate/data.html", context)


@require_POST
@with_invitation
def copy(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """Everything that is kept of the candidate, as a file."""
    attempt_of(invitation)
    note_copy(invitation)
    return file_of(copy_of(invitation.candidate), f"my-data-{timezone.now():%Y-%m-%d}.json")


@require_POST
@with_invitation
def erase(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """Ask the recruiters to erase everything; they carry it out."""
    if request.POST.get("sure") != "on":
        messages.error(request, _("Please confirm that your data shall be erased."))
        return redirect("candidate:data", invitation.token)
    ask_for_erasure(invitation)
    received = _("%(organisation)s has your request to erase your data.")
    messages.success(request, received % {"organisation": invitation.organisation.name})
    return redirect("candidate:data", invitation.token)
