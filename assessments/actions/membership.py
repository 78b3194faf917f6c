"""How people become members, change their role, and leave: the last owner always stays."""

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from assessments.actions.auditing import record
from assessments.actions.emailing import queue_letter
from assessments.actions.problems import AlreadyMember, LastOwner, MemberInvitationClosed
from assessments.email_texts import in_words, letter, one_line
from assessments.models import Email, Member, MemberInvitation, Organisation, User

# Whoever is invited on a Friday may be on holiday for the next week.
LIFETIME = timedelta(days=10)


@transaction.atomic
def invite_member(
    organisation: Organisation, email: str, role: str, *, by: User | None
) -> MemberInvitation:
    """Invite whoever reads the mail of that address; an earlier invitation of it is replaced.

    Raises AlreadyMember.
    """
    email = email.strip().lower()
    _lock(organisation)
    if Member.objects.filter(organisation=organisation, user__email=email).exists():
        raise AlreadyMember(f"{email} is a member already.")
    earlier = MemberInvitation.objects.of(organisation).filter(email=email)
    for each in earlier.filter(accepted_at=None, revoked_at=None):
        _close(each)
    invitation = MemberInvitation(
        organisation=organisation, email=email, role=Member.Role(role), invited_by=by
    )
    _send(invitation)
    record("member_invitation.sent", invitation, by=by, role=role)
    return invitation


@transaction.atomic
def resend_member_invitation(invitation: MemberInvitation, *, by: User | None) -> MemberInvitation:
    """Send another link, from now on the only one; raise MemberInvitationClosed."""
    invitation = _waiting(invitation)
    invitation.emails.filter(sent_at=None).delete()
    _send(invitation)
    record("member_invitation.resent", invitation, by=by)
    return invitation


@transaction.atomic
def revoke_member_invitation(invitation: MemberInvitation, *, by: User | None) -> None:
    """Raise MemberInvitationClosed where it was accepted meanwhile."""
    invitation = _waiting(invitation)
    _close(invitation)
    record("member_invitation.revoked", invitation, by=by)


def member_invitation_of(secret: str) -> MemberInvitation | None:
    """Return the invitation whose link has that secret, whatever became of it."""
    found = MemberInvitation.objects.select_related("organisation", "invited_by")
    return found.filter(digest=_digest(secret)).first()


@transaction.atomic
def accept_member_invitation(invitation: MemberInvitation, user: User) -> Member:
    """Make `user`, whose address it is, a member; raise MemberInvitationClosed."""
    _lock(invitation.organisation)
    invitation = _waiting(invitation)
    if not invitation.is_open or invitation.email != user.email:
        raise MemberInvitationClosed("This invitation is not open for you.")
    invitation.accepted_at = timezone.now()
    invitation.save(update_fields=["accepted_at"])
    return _joined(invitation.organisation, user, invitation.role, via="invitation")


@transaction.atomic
def join_with_password(invitation: MemberInvitation, name: str, password: str) -> Member:
    """Make an account for who is invited, and a member of it.

    Raises MemberInvitationClosed, and ValidationError where the password is too weak.
    """
    user = User(email=invitation.email, name=one_line(name))
    validate_password(password, user)
    user = User.objects.create_user(invitation.email, password, name=user.name)
    return accept_member_invitation(invitation, user)


@transaction.atomic
def join_by_sign_in(organisation: Organisation, user: User, role: str) -> Member:
    """Make who signed in at the organisation's own provider a member, with the role set there."""
    _lock(organisation)
    return _joined(organisation, user, role, via="sign-in")


@transaction.atomic
def add_owner(organisation: Organisation, user: User) -> Member:
    """Make `user` an owner: what the installation does for an organisation that has none."""
    _lock(organisation)
    member = _joined(organisation, user, Member.Role.OWNER, via="command")
    return member if member.role == Member.Role.OWNER else _with_role(member, "owner", by=None)


@transaction.atomic
def change_role(member: Member, role: str, *, by: User | None) -> Member:
    """Raise LastOwner where nobody else owns the organisation."""
    _lock(member.organisation)
    member = Member.objects.select_related("organisation").get(pk=member.pk)
    if role == member.role:
        return member
    if member.role == Member.Role.OWNER:
        _keep_an_owner(member)
    return _with_role(member, role, by=by)


@transaction.atomic
def remove_member(member: Member, *, by: User | None) -> None:
    """Take somebody out, oneself too; their sessions end at the next request. Raise LastOwner."""
    _lock(member.organisation)
    member = Member.objects.select_related("organisation", "user").get(pk=member.pk)
    _keep_an_owner(member)
    verb = "member.left" if by == member.user else "member.removed"
    record(verb, member, by=by, user=member.user_id, role=member.role)
    member.delete()


@transaction.atomic
def rename_user(user: User, name: str) -> User:
    """Change how a person is called in every organisation that they belong to."""
    user.name = one_line(name)
    user.full_clean(exclude=["password"])
    user.save(update_fields=["name"])
    return user


def _joined(organisation: Organisation, user: User, role: str, *, via: str) -> Member:
    """Who is a member already keeps their role."""
    member, created = Member.objects.get_or_create(
        organisation=organisation, user=user, defaults={"role": Member.Role(role)}
    )
    if created:
        record("member.joined", member, by=user, role=member.role, via=via)
    return member


def _with_role(member: Member, role: str, *, by: User | None) -> Member:
    before, member.role = member.role, Member.Role(role)
    member.save(update_fields=["role"])
    record("member.role_changed", member, by=by, before=before, role=member.role)
    return member


def _keep_an_owner(member: Member) -> None:
    others = Member.objects.filter(organisation=member.organisation, role__in=Member.RUNS)
    if member.role in Member.RUNS and not others.exclude(pk=member.pk).exists():
        raise LastOwner(
            f"{member.organisation} would have no owner then. Make somebody else an owner first."
        )


def _lock(organisation: Organisation) -> None:
    """Two owners who demote each other at once must not both get through."""
    Organisation.objects.select_for_update().get(pk=organisation.pk)


def _waiting(invitation: MemberInvitation) -> MemberInvitation:
    rows: Any = MemberInvitation.objects.select_for_update(of=("self",))
    found: MemberInvitation = rows.select_related("organisation").get(pk=invitation.pk)
    if found.accepted_at or found.revoked_at:
        raise MemberInvitationClosed("This invitation was accepted or revoked meanwhile.")
    return found


def _close(invitation: MemberInvitation) -> None:
    invitation.revoked_at = timezone.now()
    invitation.save(update_fields=["revoked_at"])
    invitation.emails.filter(sent_at=None).delete()


def _send(invitation: MemberInvitation) -> Email:
    """Give the invitation a link of which only the e-mail knows."""
    secret = secrets.token_urlsafe(32)
    invitation.digest = _digest(secret)
    invitation.expires_at = timezone.now() + LIFETIME
    invitation.save()
    organisation, link = invitation.organisation, f"{settings.BASE_URL}/desk/welcome/{secret}/"
    invitation.link = link
    inviter = invitation.invited_by
    facts = {
        "organisation": one_line(organisation.name),
        "inviter": one_line(inviter.get_short_name()) if inviter else "",
        "role": invitation.get_role_display().lower(),
        "expires_at": in_words(invitation.expires_at),
        "link": link,
    }
    written = render_to_string("email/member.txt", facts)
    sent = letter(written, organisation, link, button="Join")
    return queue_letter(sent, organisation, invitation.email, invitation)


def _digest(secret: str) -> str:
    # The secret is random and long, so that no slow hash is needed.
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
