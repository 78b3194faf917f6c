"""What the installation does for an organisation: it makes one, and helps who is locked out."""

from allauth.mfa.models import Authenticator
from django.db import transaction

from assessments.actions.auditing import record
from assessments.actions.membership import add_owner, invite_member
from assessments.models import MemberInvitation, Organisation, User


@transaction.atomic
def found_organisation(slug: str, name: str, owner: str) -> MemberInvitation | None:
    """Make an organisation, or find it by `slug`, and give it the owner of that address.

    Whoever has an account is an owner at once; anybody else is invited, and the invitation is
    returned with its link. Raises ValidationError for what can't be a slug, a name or an address.
    """
    organisation = Organisation.objects.filter(slug=slug).first()
    if organisation is None:
        organisation = Organisation(slug=slug, name=" ".join(name.split()))
        organisation.full_clean()
        organisation.save()
        record("organisation.founded", organisation, by=None)
    user = User.objects.filter(email=owner.strip().lower()).first()
    if user is None:
        return invite_member(organisation, owner, "owner", by=None)
    add_owner(organisation, user)
    return None


@transaction.atomic
def forget_second_factor(user: User) -> int:
    """Let `user` in with the password alone, until they set up another; return what is gone."""
    gone: int = Authenticator.objects.filter(user=user.pk).delete()[0]
    for member in user.in_organisations:
        record("second_factor.forgotten", member, by=None, user=user.pk)
    return gone
