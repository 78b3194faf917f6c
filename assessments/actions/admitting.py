"""Who gets in at a provider, and what an organisation's owners say of theirs."""

from typing import Any

from allauth.socialaccount.models import SocialAccount, SocialApp
from django.db import transaction

from assessments.actions.auditing import record
from assessments.actions.membership import accept_member_invitation, join_by_sign_in
from assessments.actions.problems import NotAdmitted
from assessments.email_texts import one_line
from assessments.models import Member, MemberInvitation, Organisation, User

PROVIDER = "openid_connect"


def provider_id(organisation: Organisation) -> str:
    """Return what stands in the addresses of the organisation's own provider."""
    return f"at-{organisation.slug}"


def provider_of(organisation: Organisation) -> SocialApp | None:
    found = SocialApp.objects.filter(provider=PROVIDER, provider_id=provider_id(organisation))
    app: SocialApp | None = found.first()
    return app


@transaction.atomic
def admit(
    organisation: Organisation | None, user: User | None, *, email: str, name: str, role: str
) -> User:
    """Return the account of whom a provider vouches for, made and made a member where need be.

    `organisation` is the one that the provider speaks for, None where it speaks for all; `user`
    is who has the address already, or signed in there before. Raises NotAdmitted.
    """
    if user is not None and _belongs(user, organisation):
        return user
    invitation = _invitation(organisation, user.email if user else email)
    if invitation is not None:
        return accept_member_invitation(invitation, user or _made(email, name)).user
    if organisation is None or not role:
        where = organisation.name if organisation else "any organisation here"
        raise NotAdmitted(f"{email} is no member of {where}. Ask an owner to invite you.")
    return join_by_sign_in(organisation, user or _made(email, name), role).user


def _belongs(user: User, organisation: Organisation | None) -> bool:
    found = Member.objects.filter(user=user)
    return (found.filter(organisation=organisation) if organisation else found).exists()


def _invitation(organisation: Organisation | None, email: str) -> MemberInvitation | None:
    found = MemberInvitation.objects.filter(email=email, accepted_at=None, revoked_at=None)
    if organisation is not None:
        found = found.filter(organisation=organisation)
    return next((each for each in found if each.is_open), None)


def _made(email: str, name: str) -> User:
    """An account without a password: its owner may have one sent by e-mail."""
    return User.objects.create_user(email, name=one_line(name)[:200])


@transaction.atomic
def set_provider(
    organisation: Organisation, *, by: User | None, secret: str, **fields: Any
) -> SocialApp:
    """Store the organisation's own provider; `fields` are name, client_id, and what it is told.

    An empty secret keeps the one that is there. At another provider the same numbers mean other
    people, so that nobody is known by them any more.
    """
    own = provider_id(organisation)
    app = provider_of(organisation) or SocialApp(provider=PROVIDER, provider_id=own)
    server, client = fields.pop("server_url"), fields.pop("client_id")
    if app.pk and (app.settings.get("server_url"), app.client_id) != (server, client):
        SocialAccount.objects.filter(provider=own).delete()
    app.name, app.client_id = fields.pop("name"), client
    app.secret = secret or app.secret
    app.settings = {**fields, "server_url": server, "organisation": organisation.slug}
    app.save()
    record("single_sign_on.changed", organisation, by=by, server=server, **fields)
    return app


@transaction.atomic
def remove_provider(organisation: Organisation, *, by: User | None) -> None:
    """Let nobody sign in there any more; who came in that way needs a password, or a passkey."""
    own = provider_id(organisation)
    SocialApp.objects.filter(provider=PROVIDER, provider_id=own).delete()
    SocialAccount.objects.filter(provider=own).delete()
    record("single_sign_on.removed", organisation, by=by)
