"""What who was invited to become a member finds behind the link of the e-mail."""

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from assessments import actions
from assessments.models import Member, MemberInvitation, User
from assessments.recruiter.member_forms import WelcomeForm
from assessments.workplace import work_in

BACKEND = "django.contrib.auth.backends.ModelBackend"
GONE = 410


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
@never_cache
def welcome(request: HttpRequest, secret: str) -> HttpResponse:
    """Join: with the account of that address, or with a new one."""
    invitation = actions.member_invitation_of(secret)
    if invitation is None:
        raise Http404
    if not invitation.is_open:
        return _page(request, invitation, status=GONE)
    if isinstance(request.user, User):
        return _for_user(request, request.user, invitation)
    if User.objects.filter(email=invitation.email).exists():
        return _page(request, invitation, has_account=True)
    return _for_nobody_yet(request, invitation)


def _for_user(request: HttpRequest, user: User, invitation: MemberInvitation) -> HttpResponse:
    if request.method != "POST" or user.email != invitation.email:
        return _page(request, invitation)
    try:
        member = actions.accept_member_invitation(invitation, user)
    except actions.MemberInvitationClosed:
        return redirect(request.path)
    return _at_work(request, member)


def _for_nobody_yet(request: HttpRequest, invitation: MemberInvitation) -> HttpResponse:
    form = WelcomeForm(request.POST or None)
    if not form.is_valid():
        return _page(request, invitation, form)
    try:
        member = actions.join_with_password(invitation, **form.cleaned_data)
    except actions.MemberInvitationClosed:
        return redirect(request.path)
    except ValidationError as weak:
        form.add_error("password", weak)
        return _page(request, invitation, form)
    login(request, member.user, BACKEND)
    return _at_work(request, member)


def _at_work(request: HttpRequest, member: Member) -> HttpResponse:
    work_in(request, member)
    messages.success(request, f"Welcome to {member.organisation.name}.")
    return redirect("recruiter:dashboard")


def _page(
    request: HttpRequest,
    invitation: MemberInvitation,
    form: WelcomeForm | None = None,
    *,
    has_account: bool = False,
    status: int = 200,
) -> HttpResponse:
    context = {
        "invitation": invitation,
        "form": form,
        "has_account": has_account,
        "address": request.get_full_path(),
    }
    status = 422 if form is not None and form.errors else status
    return render(request, "recruiter/welcome.html", context, status=status)
