"""Single sign-on: an organisation's own provider, and the way to it before signing in."""

from typing import Any

from allauth.socialaccount.models import SocialApp
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments import actions
from assessments.actions.admitting_by_saml import saml_provider_of
from assessments.integrations.outbound import Refused, check_url
from assessments.models import Member, Organisation, User

NEW_ROLES = [
    ("", "Nobody: a member has to be invited first"),
    (Member.Role.REVIEWER, "Everybody whom it knows, as reviewer"),
    (Member.Role.AUTHOR, "Everybody whom it knows, as author"),
    (Member.Role.RECRUITER, "Everybody whom it knows, as recruiter"),
]


class ProviderForm(forms.Form):
    name = forms.CharField(
        help_text="What the button for it says: “Sign in at …”.",
        max_length=40,
        widget=forms.TextInput({"class": "form-control"}),
    )
    server_url = forms.URLField(
        label="Address of the issuer",
        help_text="Below it is /.well-known/openid-configuration.",
        assume_scheme="https",
        widget=forms.URLInput({"class": "form-control"}),
    )
    client_id = forms.CharField(
        label="Client ID", max_length=191, widget=forms.TextInput({"class": "form-control"})
    )
    secret = forms.CharField(
        label="Client secret",
        help_text="It is not shown again. Left empty, the one that was entered before stays.",
        max_length=191,
        required=False,
        strip=False,
        widget=forms.PasswordInput({"class": "form-control", "autocomplete": "off"}),
    )
    role = forms.ChoiceField(
        label="Who becomes a member by signing in there",
        choices=NEW_ROLES,
        required=False,
        widget=forms.Select({"class": "form-select"}),
    )
    verified_email = forms.CharField(
        label="Domains of addresses to trust",
        help_text=(
            "Only for a provider that does not say which addresses it has checked, as Microsoft "
            "Entra does not: your own domains, with commas between them."
        ),
        required=False,
        widget=forms.TextInput({"class": "form-control", "placeholder": "example.com"}),
    )

    def __init__(self, data: Any, app: SocialApp | None) -> None:
        kept = app.settings if app else {}
        domains = ", ".join(kept.get("verified_email", []))
        own = {"name": app.name, "client_id": app.client_id} if app else {}
        super().__init__(data, initial={**kept, **own, "verified_email": domains})
        self.fields["secret"].required = app is None

    def clean_server_url(self) -> str:
        url: str = self.cleaned_data["server_url"].rstrip("/")
        try:
            check_url(url)
        except Refused as refused:
            raise forms.ValidationError(str(refused)) from refused
        return url

    def clean_verified_email(self) -> list[str]:
        parts = self.cleaned_data["verified_email"].split(",")
        return [part.strip().lower().removeprefix("@") for part in parts if part.strip()]


@require_http_methods(["GET", "HEAD", "POST"])
def single_sign_on(request: HttpRequest, slug: str) -> HttpResponse:
    """Say at which provider members may sign in."""
    organisation = get_object_or_404(Organisation.objects.run_by(request.user), slug=slug)
    app = actions.provider_of(organisation)
    form = ProviderForm(request.POST or None, app)
    if form.is_valid():
        actions.set_provider(organisation, by=_user(request), **form.cleaned_data)
        messages.success(request, "Single sign-on is saved. Try the link below in another browser.")
        return redirect("recruiter:single_sign_on", slug)
    own = {"provider_id": actions.provider_id(organisation)}
    context = {
        "organisation": organisation,
        "form": form,
        "app": app,
        "saml": settings.SAML,
        "callback": settings.BASE_URL + reverse("openid_connect_callback", kwargs=own),
        "link": settings.BASE_URL + reverse("openid_connect_login", kwargs=own),
        "remove": reverse("recruiter:single_sign_on_remove", args=[slug]),
    }
    status = 422 if form.errors else 200
    return render(request, "recruiter/single_sign_on.html", context, status=status)


@require_POST
def remove(request: HttpRequest, slug: str) -> HttpResponse:
    organisation = get_object_or_404(Organisation.objects.run_by(request.user), slug=slug)
    actions.remove_provider(organisation, by=_user(request))
    messages.success(request, "Nobody signs in at the provider any more.")
    return redirect("recruiter:single_sign_on", slug)


@require_safe
@login_not_required
def start(request: HttpRequest) -> HttpResponse:
    """Lead to the provider of the organisation whose short name is entered."""
    slug = request.GET.get("organisation", "").strip().lower()
    organisation = Organisation.objects.filter(slug=slug).first()
    app, way = _way_of(organisation) if organisation else (None, "")
    context = {"slug": slug, "app": app, "way": way, "next": request.GET.get("next", "")}
    return render(request, "recruiter/sign_on.html", context)


def _way_of(organisation: Organisation) -> tuple[SocialApp | None, str]:
    """Return an organisation's provider and where signing in there begins."""
    if app := actions.provider_of(organisation):
        return app, reverse("openid_connect_login", args=[app.provider_id])
    app = saml_provider_of(organisation) if settings.SAML else None
    return app, reverse("saml_login", args=[organisation.slug]) if app else ""


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
