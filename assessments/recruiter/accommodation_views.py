"""What is made easier for a candidate: for those who invite, and never for those who only score."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from assessments import actions
from assessments.course import Course
from assessments.models import Attempt, Invitation, User
from assessments.recruiter.accommodation_forms import AccommodationForm, MoreTimeForm, ReopenForm
from assessments.recruiter.report.source import plain


@require_http_methods(["GET", "POST"])
def accommodations(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What holds now, a form to change it, and what held before."""
    invitation = _invitation(request, pk)
    if request.method == "GET":
        return _page(request, invitation, AccommodationForm.of(invitation.accommodation))
    form = AccommodationForm(request.POST)
    if not form.is_valid():
        return _page(request, invitation, form)
    try:
        actions.grant_accommodation(invitation, made_by=_member(request), **form.granted)
    except (actions.AttemptClosed, actions.TooLittleTime) as refused:
        form.add_error(None, str(refused))
        return _page(request, invitation, form)
    messages.success(request, f"This holds for {plain(invitation.candidate.name)} from now on.")
    return redirect("recruiter:accommodations", invitation.pk)


@require_POST
def more_time(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Give minutes at once; the candidate's open page shows them by itself."""
    invitation = _invitation(request, pk)
    form = MoreTimeForm(request.POST)
    name = plain(invitation.candidate.name)
    if not form.is_valid():
        messages.error(request, "Give 1 to 240 minutes at a time.")
        return _back(request, invitation)
    minutes = form.cleaned_data["minutes"]
    try:
        actions.extend_time(invitation, minutes, made_by=_member(request))
    except actions.AttemptClosed as closed:
        messages.error(request, str(closed))
    except ValidationError:
        messages.error(request, f"{name} has all the time already that can be given.")
    else:
        messages.success(request, f"{name} has {minutes} minutes more.")
    return _back(request, invitation)


@require_POST
def reopen(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Let a sitting that is over go on."""
    attempt = get_object_or_404(Attempt.objects.managed_by(request.user), pk=pk)
    invitation = _invitation(request, attempt.invitation_id)
    form, held = ReopenForm(request.POST), AccommodationForm.of(invitation.accommodation)
    if not form.is_valid():
        return _page(request, invitation, held, form)
    try:
        actions.reopen_attempt(attempt, **form.cleaned_data, by=_member(request))
    except actions.NotReopened as refused:
        messages.error(request, str(refused))
    else:
        name = plain(invitation.candidate.name)
        messages.success(request, f"{name} can go on, and is told by e-mail.")
    return redirect("recruiter:accommodations", invitation.pk)


def _page(
    request: HttpRequest,
    invitation: Invitation,
    form: AccommodationForm,
    reopening: ReopenForm | None = None,
) -> HttpResponse:
    attempt: Attempt | None = getattr(invitation, "attempt", None)
    going_on = attempt is not None and attempt.finished_at is None
    context = {
        "invitation": invitation,
        "assessment": invitation.assessment_version.assessment,
        "version": invitation.assessment_version,
        "attempt": attempt,
        "course": Course.of(attempt) if attempt and going_on else None,
        "form": form,
        "more_time": MoreTimeForm(),
        "reopening": reopening or ReopenForm(),
        "history": invitation.accommodations.select_related("made_by").order_by("-made_at", "-id"),
    }
    status = 422 if form.errors or (reopening and reopening.errors) else 200
    return render(request, "recruiter/accommodations.html", context, status=status)


def _back(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """To the page whose button was pressed: the list of candidates, or this invitation's own."""
    if "from_list" in request.POST:
        return redirect("recruiter:invitation_list", invitation.assessment_version.assessment_id)
    return redirect("recruiter:accommodations", invitation.pk)


def _invitation(request: HttpRequest, pk: UUID) -> Invitation:
    found = Invitation.objects.managed_by(request.user)
    invitation: Invitation = get_object_or_404(found.with_attempt(), pk=pk)
    return invitation


def _member(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None
