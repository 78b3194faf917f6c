"""Sign-in at a provider: of the installation, as its settings say, or of one organisation.

Whom a provider vouches for gets in only as a member, or with an open invitation, or where a role
is set for everybody whom it knows. An organisation's own provider is run by its owners: it speaks
for its own members, and a session that it began stays in that organisation and leaves passwords
and second factors alone. Otherwise an owner could sign in as a person who works elsewhere, too.
"""

from datetime import timedelta
from functools import partial
from typing import Any, NoReturn

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import redirect

from assessments import actions
from assessments.models import Member, Organisation, User
from assessments.provider_calls import ProviderSession
from assessments.workplace import stay_in, work_in

# Who is locked out at the provider is out here on the next day at the latest.
LASTS = timedelta(hours=12)


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """What allauth asks at each sign-in at a provider."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Find the member, or turn the person away with a sentence."""
        if sociallogin.state.get("process", "login") != "login":
            _turn_away(request, "Sign out first, then sign in at your provider.")
        try:
            user = _admitted(sociallogin)
        except actions.NotAdmitted as refused:
            _turn_away(request, str(refused))
        if sociallogin.account.pk is None:
            sociallogin.connect(request, user)
        sociallogin.user = user

    def get_requests_session(self) -> ProviderSession:
        """What allauth asks providers with; each call of it may turn the person away."""
        request = self.request
        return ProviderSession(
            partial(_turn_away, request), is_guarded=not _is_the_operators(request)
        )


def _is_the_operators(request: HttpRequest) -> bool:
    """Tell whether it is about a provider of the settings, not one that owners entered."""
    match = request.resolver_match
    apps = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
    named = {app["provider_id"] for app in apps}
    return match is not None and match.kwargs.get("provider_id") in named


def _admitted(sociallogin: Any) -> User:
    app = sociallogin.provider.app
    email = _verified_email(sociallogin)
    known: User | None = sociallogin.user if sociallogin.is_existing else None
    return actions.admit(
        _organisation(app),
        known or User.objects.filter(email=email).first(),
        email=email,
        name=_name(sociallogin),
        role=app.settings.get("role", ""),
    )


def _name(sociallogin: Any) -> str:
    """What the provider calls the person; with SAML every attribute is a list."""
    found = sociallogin.account.get_provider_account().get_user_data().get("name") or ""
    return str(found[0] if isinstance(found, list) else found)


def _verified_email(sociallogin: Any) -> str:
    """Return the address that the provider has checked; some write "true" and "false" as words."""
    for address in sociallogin.email_addresses:
        if str(address.verified).lower() == "true":
            return str(address.email).lower()
    raise actions.NotAdmitted(
        "Your provider does not say that your e-mail address is yours. Its settings decide on that."
    )


def _organisation(app: Any) -> Organisation | None:
    """Return whose members the provider may sign in; None for those of all."""
    slug = app.settings.get("organisation", "")
    if not slug:
        return None
    found: Organisation | None = Organisation.objects.filter(slug=slug).first()
    if found is None:
        raise actions.NotAdmitted("This provider is for an organisation that is not here.")
    return found


def _turn_away(request: HttpRequest, sentence: str) -> NoReturn:
    messages.error(request, sentence)
    raise ImmediateHttpResponse(redirect("account_login"))


def enter(request: HttpRequest, user: User, sociallogin: Any) -> None:
    """Begin to work where the provider speaks for `user`."""
    app = sociallogin.provider.app
    request.session.set_expiry(LASTS)
    organisation = _organisation(app)
    if organisation is None:
        return
    member = Member.objects.get(user=user, organisation=organisation)
    # What stands in the database was written by an owner, what has no key by the operator.
    (stay_in if app.pk else work_in)(request, member)
