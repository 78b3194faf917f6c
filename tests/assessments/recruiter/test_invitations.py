"""Inviting by e-mail, and what the desk does with an invitation and its e-mails."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from assessments import actions
from assessments.models import Email, Invitation, Member

PERSON = {"name": "Grace", "email": "Grace@Example.com", "days": 14}
DAY = timedelta(days=1)


@pytest.fixture
def invite(recruiter, version):
    """Fills in the form on the assessment's page."""
    address = reverse("recruiter:invite", args=[version.assessment.pk])
    return lambda **fields: recruiter.post(address, PERSON | fields, follow=True)


def at(name, row):
    return reverse(f"recruiter:{name}", args=[row.pk])


def listed(invitation):
    return at("invitation_list", invitation.assessment_version.assessment)


def undelivered(invitation, **fields):
    email = actions.send_invitation(invitation)
    Email.objects.filter(pk=email.pk).update(
        **{"tries": 1, "due_at": None, "last_error": "550 No such user"} | fields
    )
    return email


def test_with_the_box_checked_the_candidate_gets_an_email(invite):
    page = invite(send="on", message="We liked\nyour talk.")

    email = Email.objects.get()
    assert (email.kind, email.to) == ("invitation", "grace@example.com")
    assert "> We liked\n> your talk." in email.text
    assert "the e-mail is on its way" in page.text
    assert "E-mail on its way" in page.text


def test_the_email_tells_the_time_that_was_granted_along_with_it(invite, version):
    invite(send="on", extra_percent="100", extra_minutes="7")

    assert f"You have {2 * version.minutes + 7} minutes" in Email.objects.get().text


def test_without_it_the_link_is_there_to_copy_and_nothing_is_sent(invite):
    page = invite()

    assert not Email.objects.exists()
    assert f'data-copy="{Invitation.objects.get().link}"' in page.text


def test_who_holds_an_open_link_is_invited_again_on_purpose_only(invite):
    invite(name="Grace")

    refused = invite(name="Someone else", email="GRACE@example.com")
    assert "Invited already, and that link is open" in refused.text
    [first] = Invitation.objects.all()
    assert first.candidate.name == "Grace", "what was refused renames nobody"
    invite(although="on")
    assert Invitation.objects.count() == 2

    Invitation.objects.update(expires_at=timezone.now() - DAY)
    invite()
    assert Invitation.objects.count() == 3


def test_the_page_offers_the_box_checked(recruiter, version):
    page = recruiter.get(reverse("recruiter:invite", args=[version.assessment.pk]))

    assert page.context["form"]["send"].value() is True
    assert 'name="send"' in page.text


def test_a_reminder_is_set_for_the_morning_of_a_day(invite):
    day = (timezone.now() + 5 * DAY).date()

    page = invite(remind_on=day.isoformat())

    remind_at = Invitation.objects.get().remind_at
    assert (remind_at.date(), remind_at.hour) == (day, 8)
    assert "reminder on" in page.text


@pytest.mark.parametrize("days", [-1, -30, 15, 40])
def test_a_reminder_is_for_a_day_between_now_and_the_end(invite, days):
    page = invite(remind_on=(timezone.now() + days * DAY).date().isoformat())

    assert list(page.context["form"].errors) == ["remind_on"]
    assert not Invitation.objects.exists()


def test_an_invitation_is_sent_again(recruiter, invitation):
    page = recruiter.post(at("send", invitation), follow=True)

    assert Email.objects.get().kind == "invitation"
    assert "The invitation is on its way to Ada." in page.text


def test_an_expired_link_is_extended(recruiter, invitation):
    Invitation.objects.update(expires_at=timezone.now() - DAY)

    recruiter.post(at("extend", invitation), {"days": 3})

    left = Invitation.objects.get().expires_at - timezone.now()
    assert 2 * DAY < left <= 3 * DAY
    assert Email.objects.get().kind == "extended"


@pytest.mark.parametrize("days", ["", "0", "366", "soon"])
def test_nonsense_extends_nothing(recruiter, invitation, days):
    page = recruiter.post(at("extend", invitation), {"days": days}, follow=True)

    assert "1 to 365 days" in page.text
    assert Invitation.objects.get().expires_at == invitation.expires_at


def test_an_invitation_is_revoked(recruiter, invitation):
    page = recruiter.post(at("revoke", invitation), follow=True)

    assert Invitation.objects.get().state == "revoked"
    assert invitation.token not in page.text


def test_what_was_started_meanwhile_is_not_revoked_and_the_recruiter_is_told(recruiter, attempt):
    page = recruiter.post(at("revoke", attempt.invitation), follow=True)

    assert Invitation.objects.get().state == "started"
    assert "The candidate has started" in page.text


def test_an_email_that_was_not_delivered_is_shown_with_the_reason_and_sent_again(
    recruiter, invitation
):
    email = undelivered(invitation, last_error="550 <b>No such user</b>")
    page = recruiter.get(listed(invitation))
    assert "E-mail not delivered: 550 &lt;b&gt;No such user&lt;/b&gt;" in page.text

    page = recruiter.post(at("send_again", email), follow=True)

    assert "is tried again" in page.text
    assert "E-mail on its way" in page.text
    assert Email.objects.get().due_at


@pytest.mark.parametrize("role", sorted(set(Member.Role) - set(Member.INVITES)))
def test_who_may_not_invite_does_nothing_of_it(sign_in, invitation, role):
    email, client = undelivered(invitation), sign_in(role)

    for name, row in [
        ("send", invitation),
        ("extend", invitation),
        ("revoke", invitation),
        ("send_again", email),
    ]:
        assert client.post(at(name, row), {"days": 3}).status_code == 404
    page = client.get(invitation.assessment_version.assessment.get_absolute_url())
    assert "No such user" not in page.text
    assert "Revoke" not in page.text
    assert (Invitation.objects.get().state, Email.objects.count()) == ("sent", 1)


def test_another_organisations_invitations_are_not_there(sign_in, stranger, invitation):
    email, client = undelivered(invitation), sign_in("owner", organisation=stranger)

    for name, row in [("send", invitation), ("revoke", invitation), ("send_again", email)]:
        assert client.post(at(name, row)).status_code == 404
