"""What a candidate needs otherwise: asked for before the start, answered by a recruiter."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from assessments.actions import InvitationClosed, RequestOpen, ask_accommodation
from assessments.candidate.access import attempt_of, with_invitation
from assessments.candidate.allowance import allowance_of
from assessments.candidate.forms import RequestForm
from assessments.models import AccommodationRequest, Invitation


@require_http_methods(["GET", "POST"])
@with_invitation
def accommodation(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """The form, and what was asked and answered so far."""
    form = RequestForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            ask_accommodation(invitation, form.cleaned_data["text"])
        except (InvitationClosed, RequestOpen) as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("candidate:accommodation", invitation.token)
    return _page(request, invitation, form)


def _page(request: HttpRequest, invitation: Invitation, form: RequestForm) -> HttpResponse:
    asked = list(invitation.requests.all())
    waiting = any(each.state == AccommodationRequest.State.OPEN for each in asked)
    attempt = attempt_of(invitation)
    context = {
        "invitation": invitation,
        "attempt": attempt,
        "allowance": allowance_of(invitation),
        "asked": asked,
        "form": form,
        "may_ask": invitation.is_open and attempt is None and not waiting,
    }
    status = 422 if form.errors else 200
    return render(request, "candidate/accommodation.html", context, status=status)
