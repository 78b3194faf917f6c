"""The members of an organisation, for its owners."""

from collections.abc import Callable

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.db.models import Exists, OuterRef, Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from assessments import actions
from assessments.models import Email, Member, MemberInvitation, Organisation, User
from assessments.recruiter.member_forms import InviteMemberForm, RoleForm, SignInRulesForm

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


@require_http_methods(["GET", "HEAD", "POST"])
def member_list(request: HttpRequest, slug: str) -> HttpResponse:
    """List members and open invitations; a POST invites one more."""
    organisation = get_object_or_404(Organisation.objects.run_by(request.user), slug=slug)
    form = InviteMemberForm(request.POST or None)
    if not form.is_valid():
        return _page(request, organisation, form)
    try:
        invitation = actions.invite_member(organisation, **form.cleaned_data, by=_user(request))
    except actions.AlreadyMember as already:
        form.add_error("email", str(already))
        return _page(request, organisation, form)
    messages.success(request, f"The invitation is on its way to {invitation.email}.")
    return redirect("recruiter:member_list", organisation.slug)


def _page(request: HttpRequest, organisation: Organisation, form: InviteMemberForm) -> HttpResponse:
    factors = Authenticator.objects.filter(user=OuterRef("user"), type__in=FACTORS)
    members = organisation.members.select_related("user").annotate(has_factor=Exists(factors))
    mail = Prefetch("emails", Email.objects.without_texts())
    waiting = MemberInvitation.objects.of(organisation).filter(accepted_at=None, revoked_at=None)
    context = {
        "organisation": organisation,
        "form": form,
        "rules": SignInRulesForm(initial={"needs_second_factor": organisation.needs_second_factor}),
        "members": [
            (each, RoleForm.of(each)) for each in members.order_by("user__name", "user__email")
        ],
        "invitations": waiting.prefetch_related(mail),
    }
    status = 422 if form.errors else 200
    return render(request, "recruiter/members.html", context, status=status)


@require_POST
def sign_in_rules(request: HttpRequest, slug: str) -> HttpResponse:
    """Say whether members need a second factor."""
    organisation = get_object_or_404(Organisation.objects.run_by(request.user), slug=slug)
    form = SignInRulesForm(request.POST)
    if form.is_valid():
        actions.change_organisation(organisation, by=_user(request), **form.cleaned_data)
        messages.success(request, "The rules for signing in are saved.")
    return redirect("recruiter:member_list", organisation.slug)


@require_POST
def change_role(request: HttpRequest, pk: int) -> HttpResponse:
    member = _member(request, pk)
    form = RoleForm(request.POST)
    if not form.is_valid():
        messages.error(request, "There is no such role.")
        return _back(member.organisation)
    role = form.cleaned_data["role"]
    sentence = f"{member.user.get_short_name()} is {Member.Role(role).label.lower()} now."
    return _tried(
        request,
        member.organisation,
        lambda: actions.change_role(member, role, by=_user(request)),
        sentence,
    )


@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    member = _member(request, pk)
    return _tried(
        request,
        member.organisation,
        lambda: actions.remove_member(member, by=_user(request)),
        f"{member.user.get_short_name()} is no longer a member.",
    )


@require_POST
def send_invitation(request: HttpRequest, pk: int) -> HttpResponse:
    """E-mail another link; the one sent before works no more."""
    invitation = _invitation(request, pk)
    return _tried(
        request,
        invitation.organisation,
        lambda: actions.resend_member_invitation(invitation, by=_user(request)),
        f"Another link is on its way to {invitation.email}.",
    )


@require_POST
def revoke_invitation(request: HttpRequest, pk: int) -> HttpResponse:
    invitation = _invitation(request, pk)
    return _tried(
        request,
        invitation.organisation,
        lambda: actions.revoke_member_invitation(invitation, by=_user(request)),
        f"The invitation of {invitation.email} is revoked.",
    )


def _tried(
    request: HttpRequest, organisation: Organisation, action: Callable[[], object], sentence: str
) -> HttpResponse:
    """Do `action`, and say so, or why it could not be done."""
    try:
        action()
    except (actions.LastOwner, actions.MemberInvitationClosed) as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, sentence)
    return _back(organisation)


def _back(organisation: Organisation) -> HttpResponse:
    return redirect("recruiter:member_list", organisation.slug)


def _member(request: HttpRequest, pk: int) -> Member:
    rows = Member.objects.run_by(request.user).select_related("organisation", "user")
    member: Member = get_object_or_404(rows, pk=pk)
    return member


def _invitation(request: HttpRequest, pk: int) -> MemberInvitation:
    rows = MemberInvitation.objects.run_by(request.user).select_related("organisation")
    invitation: MemberInvitation = get_object_or_404(rows, pk=pk)
    return invitation


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
