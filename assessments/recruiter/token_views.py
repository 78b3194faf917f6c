"""The tokens by which other systems reach an organisation, for its owners."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from assessments import actions
from assessments.models import ApiToken, Organisation, User
from assessments.recruiter import shown_once
from assessments.recruiter.sent_once import made_once
from assessments.recruiter.token_forms import TokenForm


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def token_list(request: HttpRequest) -> HttpResponse:
    """List tokens; a POST issues one, whose text is on the page after it and nowhere else."""
    organisation = get_object_or_404(Organisation.objects.run_by(request.user))
    form = TokenForm(request.POST or None)
    if form.is_valid():
        issued = made_once(request, lambda: _issued(organisation, form, _user(request)))
        return shown_once.lead_to(request.path, issued)
    return _list_page(request, organisation, form)


def _issued(organisation: Organisation, form: TokenForm, by: User) -> str:
    """The key of a new token, and its text."""
    name, scopes = form.cleaned_data["name"], form.cleaned_data["scopes"]
    token, text = actions.issue_token(organisation, name, scopes, form.expires_at, by=by)
    return f"{token.pk} {text}"


def _list_page(request: HttpRequest, organisation: Organisation, form: TokenForm) -> HttpResponse:
    key, _, text = shown_once.brought(request).partition(" ")
    tokens = ApiToken.objects.run_by(request.user).order_by("-created_at", "-pk")
    issued = next((token for token in tokens if str(token.pk) == key), None)
    context = {
        "organisation": organisation,
        "form": form,
        "issued": (issued, text) if issued else None,
        "tokens": tokens,
    }
    status = 422 if form.errors else 200
    response = render(request, "recruiter/tokens/list.html", context, status=status)
    return shown_once.forgotten(request, response) if key else response


@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    token = get_object_or_404(ApiToken.objects.run_by(request.user), pk=pk)
    actions.revoke_token(token, by=_user(request))
    messages.success(request, f"{token.name} is revoked: nothing opens with it any more.")
    return redirect("recruiter:token_list")


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
