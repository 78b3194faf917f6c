"""How members get in: nobody signs up by themselves, and what they are told goes to their mail."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as allauth_context
from django.contrib.sites.shortcuts import get_current_site
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from assessments import actions
from assessments.email_texts import letter, one_line
from assessments.models import User
from assessments.single_sign_on import enter

# Names of what allauth gives its templates, and what the button for it says.
_LINKS = {"password_reset_url": "Choose a new password"}
# What the ways to say once more who one is are called.
_AGAIN = {
    "mfa_reauthenticate": "Use a code of your app, or a recovery code",
    "mfa_reauthenticate:webauthn": "Use a passkey",
}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Each way to say once more who one is, in the words of the other pages."""
        ways = super().get_reauthentication_methods(user)
        return [way | {"description": _AGAIN.get(way["id"], way["description"])} for way in ways]

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write the e-mail into the outbox, in the name of the first organisation of its reader.

        Who belongs to none has nothing to sign in to, and gets no e-mail.
        """
        user = User.objects.filter(email=email.lower()).first()
        if user is None or not user.in_organisations:
            return
        request = allauth_context.request
        facts = {**context, "email": email, "current_site": get_current_site(request)}
        subject = one_line(render_to_string(f"{template_prefix}_subject.txt", facts))
        body = render_to_string(f"{template_prefix}_message.txt", facts, request)
        link, button = next(
            ((facts[name], says) for name, says in _LINKS.items() if name in facts), ("", "")
        )
        organisation = user.in_organisations[0].organisation
        sent = letter(f"{subject}\n{body}", organisation, link, button)
        actions.queue_letter(sent, organisation, email)

    def post_login(
        self, request: HttpRequest, user: User, *, signal_kwargs: Any = None, **how: Any
    ) -> HttpResponse:
        """Let who came from a provider work where it may speak for them."""
        sociallogin = (signal_kwargs or {}).get("sociallogin")
        if sociallogin is not None:
            enter(request, user, sociallogin)
        answer: HttpResponse = super().post_login(request, user, signal_kwargs=signal_kwargs, **how)
        return answer
