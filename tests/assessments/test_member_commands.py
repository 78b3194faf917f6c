"""What an operator does for an organisation: makes it, and helps who is locked out."""

from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.test import Client

from assessments.models import AuditEntry, Email, Member, MemberInvitation, Organisation

pytestmark = pytest.mark.django_db


def run(*arguments, **options):
    said = StringIO()
    call_command(*arguments, stdout=said, **options)
    return said.getvalue()


def test_an_organisation_is_made_and_its_owner_follows_the_link():
    said = run("make_organisation", "acme", "Acme  Labs", owner="Olu@acme.example")

    link = said.split()[-1].removeprefix("http://localhost:8000")
    assert Organisation.objects.get().name == "Acme Labs"
    assert Email.objects.get().to == "olu@acme.example"
    page = Client().post(link, {"name": "Olu", "password": "correct horse battery"}, follow=True)
    assert "Welcome to Acme Labs." in page.text
    assert Member.objects.get().role == "owner"


def test_who_has_an_account_owns_it_at_once(make_member, organisation):
    user = make_member("reviewer")

    assert "owns new now" in run("make_organisation", "new", "New", owner=user.email)
    assert "owns acme now" in run("make_organisation", "acme", "Acme", owner=user.email)

    roles = {each.organisation.slug: each.role for each in Member.objects.filter(user=user)}
    assert roles == {"new": "owner", "acme": "owner"}
    assert not MemberInvitation.objects.exists()


@pytest.mark.parametrize(
    ("slug", "name", "owner"),
    [("Not a slug", "Acme", "o@acme.example"), ("acme", " ", "o@acme.example"), ("a", "A", "o")],
)
def test_nonsense_makes_nothing(slug, name, owner):
    with pytest.raises(CommandError):
        run("make_organisation", slug, name, owner=owner)
    assert not Organisation.objects.exists()


def test_who_lost_everything_gets_in_with_the_password(make_member, organisation):
    user = make_member("recruiter")
    for kind in ("totp", "recovery_codes"):
        Authenticator.objects.create(user=user, type=kind, data={})

    assert "2 removed" in run("forget_second_factor", " R@Acme.example ")

    assert not Authenticator.objects.exists()
    assert AuditEntry.objects.get().verb == "second_factor.forgotten"
    with pytest.raises(CommandError, match="Nobody has the address"):
        run("forget_second_factor", "nobody@acme.example")
