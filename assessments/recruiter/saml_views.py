"""Single sign-on at a provider that speaks SAML 2.0, where the extra for it is installed."""

from typing import Any

from allauth.socialaccount.models import SocialApp
from cryptography import x509
from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from assessments.actions.admitting_by_saml import (
    remove_saml_provider,
    saml_provider_of,
    set_saml_provider,
)
from assessments.models import Organisation, User
from assessments.recruiter.sign_on_views import NEW_ROLES

_BEGIN, _END = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"


class SamlForm(forms.Form):
    name = forms.CharField(
        help_text="What the button for it says: “Go on to …”.",
        max_length=40,
        widget=forms.TextInput({"class": "form-control"}),
    )
    entity_id = forms.CharField(
        label="Entity ID of the provider",
        max_length=500,
        widget=forms.TextInput({"class": "form-control", "autocomplete": "off"}),
    )
    sso_url = forms.URLField(
        label="Address to sign in at",
        help_text="Its single sign-on service with the redirect binding.",
        assume_scheme="https",
        widget=forms.URLInput({"class": "form-control"}),
    )
    certificate = forms.CharField(
        help_text="With which the provider signs, as PEM: it is no secret.",
        max_length=20_000,
        widget=forms.Textarea({"class": "form-control m-mono", "rows": 5, "spellcheck": "false"}),
    )
    role = forms.ChoiceField(
        label="Who becomes a member by signing in there",
        choices=NEW_ROLES,
        required=False,
        widget=forms.Select({"class": "form-select"}),
    )
    verified_email = forms.CharField(
        label="Domains of addresses to trust",
        help_text="Your own domains, with commas between them: only addresses of these get in.",
        widget=forms.TextInput({"class": "form-control", "placeholder": "example.com"}),
    )

    def __init__(self, data: Any, app: SocialApp | None) -> None:
        kept = app.settings if app else {}
        idp = kept.get("idp", {})
        initial = {
            "name": app.name if app else "",
            "entity_id": idp.get("entity_id", ""),
            "sso_url": idp.get("sso_url", ""),
            "certificate": idp.get("x509cert", ""),
            "role": kept.get("role", ""),
            "verified_email": ", ".join(kept.get("verified_email", [])),
        }
        super().__init__(data, initial=initial)

    def clean_sso_url(self) -> str:
        url: str = self.cleaned_data["sso_url"]
        if settings.SECURE and not url.startswith("https://"):
            raise forms.ValidationError("It has to begin with https://.")
        return url

    def clean_certificate(self) -> str:
        """Providers show it with and without its first and last line."""
        text = self.cleaned_data["certificate"].replace(_BEGIN, "").replace(_END, "")
        pem = f"{_BEGIN}\n{text.strip()}\n{_END}\n"
        try:
            x509.load_pem_x509_certificate(pem.encode())
        except ValueError as error:
            raise forms.ValidationError("This is no certificate.") from error
        return pem

    def clean_verified_email(self) -> list[str]:
        parts = self.cleaned_data["verified_email"].split(",")
        return [part.strip().lower().removeprefix("@") for part in parts if part.strip()]


@require_http_methods(["GET", "HEAD", "POST"])
def saml(request: HttpRequest, slug: str) -> HttpResponse:
    """Say at which provider members may sign in by SAML."""
    organisation = get_object_or_404(Organisation.objects.run_by(request.user), slug=slug)
    app = saml_provider_of(organisation)
    form = SamlForm(request.POST or None, app)
    if form.is_valid():
        set_saml_provider(organisation, by=_user(request), **form.cleaned_data)
        messages.success(request, "Single sign-on is saved. Try the link below in another browser.")
        return redirect("recruiter:sign_on_by_saml", slug)
    remove = reverse("recruiter:sign_on_by_saml_remove", args=[slug])
    own = {"organisation": organisation, "form": form, "app": app, "remove": remove}
    status = 422 if form.errors else 200
    return render(request, "recruiter/saml.html", own | _addresses(slug), status=status)


def _addresses(slug: str) -> dict[str, str]:
    names = {"link": "saml_login", "callback": "saml_acs", "entity": "saml_metadata"}
    return {key: settings.BASE_URL + reverse(name, args=[slug]) for key, name in names.items()}


@require_POST
def remove(request: HttpRequest, slug: str) -> HttpResponse:
    organisation = get_object_or_404(Organisation.objects.run_by(request.user), slug=slug)
    remove_saml_provider(organisation, by=_user(request))
    messages.success(request, "Nobody signs in at the provider any more.")
    return redirect("recruiter:sign_on_by_saml", slug)


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
