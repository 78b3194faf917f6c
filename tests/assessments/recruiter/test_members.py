"""Members: invited by e-mail, with a role that owners change; the last owner stays."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments import actions
from assessments.models import AuditEntry, Email, Member, MemberInvitation, Organisation, User
from tests.assessments.conftest import words
from tests.assessments.recruiter.conftest import signed_in

DESK = reverse("recruiter:dashboard")
MEMBERS = reverse("recruiter:member_list", args=["acme"])
ACCOUNT = reverse("recruiter:account")
NIA = {"email": "Nia@Acme.example", "role": "reviewer"}
NEWCOMER = {"name": "  Nia   Okoye ", "password": "correct horse battery"}


@pytest.fixture
def owner(make_member):
    return make_member("owner", email="olu@acme.example")


@pytest.fixture
def client(owner):
    return signed_in(owner)


@pytest.fixture
def invited(organisation, owner):
    """An invitation of Nia as a reviewer, and the address of its page."""
    invitation = actions.invite_member(organisation, **NIA, by=owner)
    return invitation, way_in(invitation)


def way_in(invitation):
    [text] = invitation.emails.filter(sent_at=None).values_list("text", flat=True)
    return re.search(r"/desk/welcome/[\w-]+/", text)[0]


def verbs():
    return list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True))


# Inviting ------------------------------------------------------------------------------------


def test_an_owner_invites_by_email(client, owner, broker, committed):
    with committed():
        page = client.post(MEMBERS, NIA, follow=True)

    assert "The invitation is on its way to nia@acme.example." in words(page)
    invitation, email = MemberInvitation.objects.get(), Email.objects.get()
    assert (invitation.email, invitation.role) == ("nia@acme.example", "reviewer")
    assert (email.to, email.kind) == ("nia@acme.example", "member")
    assert "olu@acme.example invites you to join Acme as reviewer." in email.text
    assert '">Join</a>' in email.html
    assert way_in(invitation).strip("/").split("/")[-1] not in str(invitation.__dict__)
    assert [head["task"] for head in broker.headers("default")] == ["assessments.tasks.send_email"]
    assert AuditEntry.objects.get().member == owner


def test_what_was_sent_is_forgotten_with_its_secret(invited):
    email = Email.objects.get()

    assert actions.send_email(email.pk, 0)

    email.refresh_from_db()
    assert email.sent_at
    assert (email.text, email.html) == ("", "")


def test_who_is_a_member_is_not_invited(client, owner):
    page = client.post(MEMBERS, {"email": "OLU@acme.example", "role": "author"})

    assert page.status_code == 422
    assert "is a member already" in words(page)
    assert not MemberInvitation.objects.exists()


def test_a_second_invitation_replaces_the_first(client, invited):
    _, address = invited

    client.post(MEMBERS, NIA | {"role": "author"})

    assert Client().get(address).status_code == 410
    newest = MemberInvitation.objects.get(revoked_at=None)
    assert newest.role == "author"
    assert "as author" in words(Client().get(way_in(newest)))


def test_an_email_that_is_not_delivered_is_shown(client, invited):
    Email.objects.update(last_error="550 no such person", due_at=None)

    assert "E-mail not delivered: 550 no such person" in words(client.get(MEMBERS))


# Accepting -----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_somebody_new_chooses_a_name_and_a_password(invited, organisation):
    _, address = invited
    browser = Client()
    assert "olu@acme.example invites you as reviewer." in words(browser.get(address))

    page = browser.post(address, NEWCOMER, follow=True)

    assert page.redirect_chain == [(DESK, 302)]
    assert "Welcome to Acme." in words(page)
    user = User.objects.get(email="nia@acme.example")
    assert (user.name, user.check_password(NEWCOMER["password"])) == ("Nia Okoye", True)
    assert Member.objects.get(user=user).role == "reviewer"
    assert verbs() == ["member_invitation.sent", "member.joined"]


@pytest.mark.parametrize(
    ("change", "field"),
    [({"name": " "}, "name"), ({"password": "nia"}, "password"), ({"password": ""}, "password")],
    ids=str,
)
def test_a_mistake_of_somebody_new_makes_no_account(invited, change, field):
    page = Client().post(invited[1], NEWCOMER | change)

    assert page.status_code == 422
    assert list(page.context["form"].errors) == [field]
    assert not User.objects.filter(email="nia@acme.example").exists()
    assert MemberInvitation.objects.get().is_open


def test_who_has_an_account_signs_in_and_joins(invited, stranger, make_member):
    _, address = invited
    make_member("owner", organisation=stranger, email="nia@acme.example")
    browser = Client()
    page = browser.get(address)
    assert "has an account here already" in words(page)
    assert f"{reverse('account_login')}?next={address}" in page.text

    login = {"login": "nia@acme.example", "password": "a long password", "next": address}
    browser.post(reverse("account_login"), login)
    page = browser.post(address, follow=True)

    assert "Welcome to Acme." in words(page)
    assert "Reviewer of Acme" in words(page)
    assert "Work in Other" in words(page)


def test_nobody_joins_with_somebody_elses_invitation(invited, stranger, make_member):
    _, address = invited
    browser = signed_in(make_member("owner", organisation=stranger, email="eve@example.com"))

    page = browser.post(address)

    assert "you are signed in as eve@example.com" in words(page)
    assert Member.objects.filter(user__email="eve@example.com").count() == 1


@pytest.mark.parametrize(
    ("close", "sentence"),
    [
        ({"accepted_at": timezone.now()}, "A link works once: from now on, sign in."),
        ({"revoked_at": timezone.now()}, "Please ask olu@acme.example for another one."),
        ({"expires_at": timezone.now() - timedelta(days=1)}, "It was open until"),
    ],
    ids=["used", "revoked", "expired"],
)
def test_a_closed_link_says_so_and_what_to_do(invited, close, sentence):
    MemberInvitation.objects.update(**close)

    page = Client().post(invited[1], NEWCOMER)

    assert page.status_code == 410
    assert sentence in words(page)
    assert not User.objects.filter(email="nia@acme.example").exists()


def test_a_guessed_link_is_not_there(invited):
    assert Client().get(reverse("recruiter:welcome", args=["x" * 43])).status_code == 404


def test_sent_again_the_old_link_works_no_more(client, invited):
    invitation, old = invited
    MemberInvitation.objects.update(expires_at=timezone.now() - timedelta(days=1))

    client.post(reverse("recruiter:member_send", args=[invitation.pk]))

    assert Client().get(old).status_code == 404
    new = way_in(invitation)
    assert Client().get(new).status_code == 200
    assert Email.objects.count() == 1


def test_a_revoked_invitation_is_over(client, invited):
    invitation, address = invited

    page = client.post(reverse("recruiter:member_revoke", args=[invitation.pk]), follow=True)

    assert "The invitation of nia@acme.example is revoked." in words(page)
    assert Client().get(address).status_code == 410
    assert not Email.objects.exists()


def test_what_was_accepted_meanwhile_is_neither_sent_nor_revoked(client, invited):
    invitation, address = invited
    Client().post(address, NEWCOMER)

    for name in ("member_send", "member_revoke"):
        page = client.post(reverse(f"recruiter:{name}", args=[invitation.pk]), follow=True)
        assert "was accepted or revoked meanwhile" in words(page)
    assert MemberInvitation.objects.get().revoked_at is None


# Roles and leaving ---------------------------------------------------------------------------


def member_of(user):
    return Member.objects.get(user=user)


def post(client, name, member, **data):
    return client.post(reverse(f"recruiter:{name}", args=[member.pk]), data, follow=True)


def test_an_owner_changes_a_role(client, make_member):
    nia = member_of(make_member("reviewer", email="nia@acme.example"))

    page = post(client, "member_role", nia, role="recruiter")

    assert "nia@acme.example is recruiter now." in words(page)
    nia.refresh_from_db()
    assert nia.role == "recruiter"
    assert AuditEntry.objects.get().detail == {"before": "reviewer", "role": "recruiter"}


def test_the_last_owner_is_neither_demoted_nor_removed_nor_leaves(client, owner):
    mine = member_of(owner)
    for page in (
        post(client, "member_role", mine, role="author"),
        post(client, "member_remove", mine),
        client.post(reverse("recruiter:leave"), {"organisation": "acme"}, follow=True),
    ):
        assert "Acme would have no owner then." in words(page)
    assert member_of(owner).role == "owner"


def test_of_two_owners_one_may_go(client, owner, make_member):
    make_member("owner", email="nia@acme.example")

    page = client.post(reverse("recruiter:leave"), {"organisation": "acme"}, follow=True)

    assert "You have left Acme." in words(page)
    assert "You belong to no organisation yet" in words(page)
    assert [each.user.email for each in Member.objects.all()] == ["nia@acme.example"]
    assert verbs() == ["member.left"]


def test_a_removed_member_is_signed_out_and_what_they_did_stays(client, make_member):
    nia = make_member("recruiter", email="nia@acme.example")
    browser = signed_in(nia)
    assert browser.get(DESK).status_code == 200

    page = post(client, "member_remove", member_of(nia))

    assert "nia@acme.example is no longer a member." in words(page)
    assert "You are no longer a member" in words(browser.get(DESK, follow=True))
    assert User.objects.filter(email="nia@acme.example").exists()


def test_members_of_another_organisation_are_nobodys_business(client, stranger, make_member):
    other = member_of(make_member("reviewer", organisation=stranger, email="x@other.example"))

    assert "x@other.example" not in words(client.get(MEMBERS))
    assert post(client, "member_remove", other).status_code == 404
    assert post(client, "member_role", other, role="author").status_code == 404


def test_the_list_says_when_somebody_was_here_and_whether_they_have_a_second_factor(
    client, make_member, django_assert_num_queries
):
    for number in range(4):
        make_member("reviewer", email=f"m{number}@acme.example")
    client.get(MEMBERS)

    # Session, user, member; the organisation, members, invitations; requests in the frame.
    with django_assert_num_queries(7):
        page = client.get(MEMBERS)

    assert words(page).count("never") == 4
    assert words(page).count("No") >= 5


def test_a_role_that_there_is_not_is_refused(client, owner):
    page = post(client, "member_role", member_of(owner), role="king")

    assert "There is no such role." in words(page)


# One's own account ---------------------------------------------------------------------------


def test_everybody_changes_their_own_name(client, owner):
    client.post(ACCOUNT, {"name": " Olu\u202e  Adeyemi "})

    owner.refresh_from_db()
    assert owner.name == "Olu Adeyemi"
    assert client.post(ACCOUNT, {"name": ""}).status_code == 422


def test_the_rules_for_signing_in_are_the_owners(client, organisation):
    rules = reverse("recruiter:sign_in_rules", args=["acme"])

    client.post(rules, {"needs_second_factor": "on"})
    assert Organisation.objects.get().needs_second_factor
    entry = AuditEntry.objects.get()
    assert (entry.verb, list(entry.detail)) == ("organisation.changed", ["needs_second_factor"])


def test_a_hostile_name_is_only_ever_text(client, owner):
    User.objects.filter(pk=owner.pk).update(name="<img src=x>{{ 7|add:1 }}")

    for address in (MEMBERS, ACCOUNT):
        page = client.get(address)
        assert "<img src=x>" not in page.text
        assert "{{ 7|add:1 }}" in page.text
