"""Inviting, and what a recruiter does with an invitation until it is followed."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from assessments import actions
from assessments.models import Assessment, Email, Invitation, User
from assessments.recruiter.accommodation_forms import AccommodationForm
from assessments.recruiter.invitation_forms import ExtendForm, InviteForm
from assessments.recruiter.report.source import plain
from assessments.recruiter.views import assessment_page


@require_POST
def invite(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Invite one candidate; who may look but not invite gets a 404 here."""
    assessment = get_object_or_404(Assessment.objects.managed_by(request.user).published(), pk=pk)
    form, granting = InviteForm(request.POST), AccommodationForm(request.POST)
    if not (form.is_valid() and granting.is_valid()):
        return assessment_page(request, pk, form, granting)
    try:
        invitation = _invited_with(request, assessment, form, granting)
    except actions.NotPublished as problem:
        form.add_error(None, str(problem))
        return assessment_page(request, pk, form, granting)
    messages.success(request, _invited(invitation, form.cleaned_data["send"]))
    return redirect(assessment)


@transaction.atomic
def _invited_with(
    request: HttpRequest, assessment: Assessment, form: InviteForm, granting: AccommodationForm
) -> Invitation:
    fields = form.invitation()
    send = fields.pop("send")
    invitation = actions.invite(assessment.current_version, **fields)
    if granting.grants:
        member = request.user if isinstance(request.user, User) else None
        actions.grant_accommodation(invitation, made_by=member, **granting.granted)
    if send:  # last, for the e-mail tells the time that was granted
        actions.send_invitation(invitation)
    return invitation


def _invited(invitation: Invitation, sent: bool) -> str:
    name = plain(invitation.candidate.name)
    if sent:
        return f"{name} is invited, and the e-mail is on its way."
    return f"{name} is invited. Copy the link from the list and send it."


@require_POST
def send(request: HttpRequest, pk: UUID) -> HttpResponse:
    """E-mail the link, also where it was sent before."""
    return _changed(request, pk, actions.send_invitation, "The invitation is on its way to {}.")


@require_POST
def extend(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Let the link work for some days from now on."""
    form = ExtendForm(request.POST)
    if not form.is_valid():
        messages.error(request, "The link can be extended by 1 to 365 days.")
        return redirect(_invitation(request, pk).assessment_version.assessment)

    def extended(invitation: Invitation) -> Invitation:
        return actions.extend_invitation(invitation, form.expires_at)

    return _changed(request, pk, extended, "The link of {} works longer.")


@require_POST
def revoke(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _changed(request, pk, actions.revoke_invitation, "The invitation of {} is revoked.")


@require_POST
def send_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Try an e-mail again that was not delivered."""
    found = Email.objects.managed_by(request.user)
    email = get_object_or_404(found.select_related("invitation__candidate"), pk=pk)
    name = plain(email.invitation.candidate.name)
    if actions.send_again(email):
        messages.success(request, f"The e-mail to {name} is tried again.")
    else:
        messages.success(request, f"The e-mail to {name} has gone out meanwhile.")
    return redirect(email.invitation.assessment_version.assessment)


def _invitation(request: HttpRequest, pk: UUID) -> Invitation:
    found = Invitation.objects.managed_by(request.user)
    invitation: Invitation = get_object_or_404(found.with_attempt(), pk=pk)
    return invitation


def _changed(
    request: HttpRequest, pk: UUID, action: Callable[[Invitation], object], sentence: str
) -> HttpResponse:
    """Do `action`, and say so, or why it could not be done."""
    invitation = _invitation(request, pk)
    try:
        action(invitation)
    except actions.InvitationClosed as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, sentence.format(plain(invitation.candidate.name)))
    return redirect(invitation.assessment_version.assessment)
