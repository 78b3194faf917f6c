"""One's own account: the name, the organisations that one belongs to, and how one signs in."""

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from assessments import actions
from assessments.models import User
from assessments.recruiter.member_forms import NameForm
from assessments.workplace import leave_workplace


@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    user = _user(request)
    form = NameForm(request.POST or None, initial={"name": user.name})
    # A provider of one organisation has no say in what all of them read.
    if form.is_valid() and not user.stays:
        actions.rename_user(user, form.cleaned_data["name"])
        messages.success(request, "Your name is saved.")
        return redirect("recruiter:account")
    factors = Authenticator.objects.filter(user=user).values_list("type", flat=True)
    context = {
        "form": form,
        "memberships": user.in_organisations,
        "has_app": Authenticator.Type.TOTP in factors,
        "passkeys": list(factors).count(Authenticator.Type.WEBAUTHN),
    }
    return render(request, "recruiter/account.html", context, status=422 if form.errors else 200)


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Leave an organisation; the last owner can't."""
    user = _user(request)
    slug = request.POST.get("organisation", "")
    member = next((each for each in user.in_organisations if each.organisation.slug == slug), None)
    if member is None:
        raise Http404
    try:
        actions.remove_member(member, by=user)
    except actions.LastOwner as last:
        messages.error(request, str(last))
        return redirect("recruiter:account")
    leave_workplace(request)
    messages.success(request, f"You have left {member.organisation.name}.")
    return redirect("recruiter:dashboard")


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
