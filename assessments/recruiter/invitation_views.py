"""Inviting one candidate, and what a recruiter does with an invitation until it is followed."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from assessments import actions
from assessments.listed_people import holding_links
from assessments.models import Assessment, Email, Invitation, User
from assessments.recruiter.accommodation_forms import AccommodationForm
from assessments.recruiter.assessment_frame import framed, managed_assessment
from assessments.recruiter.invitation_forms import ExtendForm, InviteForm
from assessments.recruiter.report.source import plain


@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Invite one candidate; who may look but not invite gets a 404 here."""
    assessment = managed_assessment(request, pk)
    if request.method != "POST":
        return _form_page(request, assessment, InviteForm(), AccommodationForm())
    form, granting = InviteForm(request.POST), AccommodationForm(request.POST)
    if not (form.is_valid() and granting.is_valid()):
        return _form_page(request, assessment, form, granting)
    try:
        invitation = _invited_with(request, assessment, form, granting)
    except actions.AttemptsUsedUp as used_up:
        return _asked_again(request, assessment, form, granting, str(used_up))
    except InvitedAlready:
        return _asked_again(
            request, assessment, form, granting,
            "Invited already, and that link is open: under Invitations it can be sent again.",
        )  # fmt: skip
    except actions.NotPublished as problem:
        form.add_error(None, str(problem))
        return _form_page(request, assessment, form, granting)
    messages.success(request, _invited(invitation, form.cleaned_data["send"]))
    return redirect("recruiter:invitation_list", assessment.pk)


class InvitedAlready(Exception):
    """The candidate holds a link that can still be started."""


def _asked_again(
    request: HttpRequest,
    assessment: Assessment,
    form: InviteForm,
    granting: AccommodationForm,
    sentence: str,
) -> HttpResponse:
    form.add_error("email", f"{sentence} You can invite once more on purpose: tick the box.")
    form.offers_although = True
    return _form_page(request, assessment, form, granting)


def _form_page(
    request: HttpRequest, assessment: Assessment, form: InviteForm, granting: AccommodationForm
) -> HttpResponse:
    context = framed(request, assessment, "invite") | {"form": form, "granting": granting}
    status = 422 if form.errors or granting.errors else 200
    return render(request, "recruiter/inviting/one.html", context, status=status)


@transaction.atomic
def _invited_with(
    request: HttpRequest, assessment: Assessment, form: InviteForm, granting: AccommodationForm
) -> Invitation:
    fields = form.invitation()
    send = fields.pop("send")
    member = member_of(request)
    # Of two clicks the later one sees what the first has made.
    Assessment.objects.select_for_update(no_key=True).get(pk=assessment.pk)
    if not fields["one_more"] and holding_links(assessment, [fields["email"]]):
        raise InvitedAlready
    invitation = actions.invite(assessment.current_version, **fields, by=member)
    if granting.grants:
        actions.grant_accommodation(invitation, made_by=member, **granting.granted)
    if send:  # last, for the e-mail tells the time that was granted
        actions.send_invitation(invitation)
    return invitation


def member_of(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


def _invited(invitation: Invitation, sent: bool) -> str:
    name = plain(invitation.candidate.name)
    if sent:
        return f"{name} is invited, and the e-mail is on its way."
    return f"{name} is invited. Copy the link from the list and send it."


@require_POST
def send(request: HttpRequest, pk: UUID) -> HttpResponse:
    """E-mail the link, also where it was sent before."""
    sent = partial(actions.send_invitation, by=member_of(request))
    return _changed(request, pk, sent, "The invitation is on its way to {}.")


@require_POST
def extend(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Let the link work for some days from now on."""
    form = ExtendForm(request.POST)
    if not form.is_valid():
        messages.error(request, "The link can be extended by 1 to 365 days.")
        return _to_list(_invitation(request, pk))

    def extended(invitation: Invitation) -> Invitation:
        by = member_of(request)
        return actions.extend_invitation(invitation, form.expires_at, by=by)

    return _changed(request, pk, extended, "The link of {} works longer.")


@require_POST
def revoke(request: HttpRequest, pk: UUID) -> HttpResponse:
    revoked = partial(actions.revoke_invitation, by=member_of(request))
    return _changed(request, pk, revoked, "The invitation of {} is revoked.")


@require_POST
def send_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Try an e-mail again that was not delivered."""
    found = Email.objects.managed_by(request.user).exclude(invitation=None)
    email = get_object_or_404(found.select_related("invitation__candidate"), pk=pk)
    name = plain(email.invitation.candidate.name)
    if actions.send_again(email):
        messages.success(request, f"The e-mail to {name} is tried again.")
    else:
        messages.success(request, f"The e-mail to {name} has gone out meanwhile.")
    return _to_list(email.invitation)


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
    return _to_list(invitation)


def _to_list(invitation: Invitation) -> HttpResponse:
    return redirect("recruiter:invitation_list", invitation.assessment_version.assessment_id)
