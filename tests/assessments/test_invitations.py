"""What becomes of an invitation until it is followed, and what the candidate hears of it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from assessments import actions, tasks
from assessments.actions import invitations
from assessments.email_texts import in_words
from assessments.models import Email, Invitation

DAY = timedelta(days=1)


def written(kind):
    return Email.objects.filter(kind=kind)


def remind_in(invitation, span):
    Invitation.objects.filter(pk=invitation.pk).update(remind_at=timezone.now() + span)


def test_a_link_that_the_recruiter_hands_on_is_not_emailed(invitation):
    assert not Email.objects.exists()


def test_a_reminder_goes_out_once_when_it_is_due(invitation):
    remind_in(invitation, DAY)
    tasks.sweep()
    assert not written("reminder").exists()

    remind_in(invitation, -timedelta(seconds=1))
    tasks.sweep()
    tasks.sweep()

    reminder = written("reminder").get()
    assert invitation.link in reminder.text
    assert in_words(invitation.expires_at) in reminder.text


def test_a_reminder_that_cannot_be_written_keeps_no_other_waiting(
    invitation, version, monkeypatch, caplog
):
    other = actions.invite(version, "Bob", "bob@example.com")
    for each in (invitation, other):
        remind_in(each, -timedelta(seconds=1))
    write = invitations.queue_email

    def queue_email(kind, found):
        if found == invitation:
            raise RuntimeError("no words")
        return write(kind, found)

    monkeypatch.setattr(invitations, "queue_email", queue_email)

    assert actions.send_reminders() == 1

    assert written("reminder").get().invitation == other
    assert "no words" in caplog.text


@pytest.mark.parametrize(
    "happen",
    [
        pytest.param(lambda invitation: actions.start_attempt(invitation), id="started"),
        pytest.param(lambda invitation: actions.revoke_invitation(invitation), id="revoked"),
        pytest.param(
            lambda invitation: Invitation.objects.update(expires_at=timezone.now() - DAY),
            id="expired",
        ),
    ],
)
def test_nobody_is_reminded_of_what_is_over_or_begun(invitation, happen):
    happen(invitation)
    remind_in(invitation, -DAY)

    tasks.sweep()

    assert not written("reminder").exists()


def test_an_expired_invitation_can_be_extended_and_the_candidate_hears_of_it(invitation):
    Invitation.objects.update(expires_at=timezone.now() - DAY)
    later = timezone.now() + 3 * DAY

    extended = actions.extend_invitation(invitation, later)

    assert extended.is_open
    assert in_words(later) in written("extended").get().text


def test_a_shorter_time_is_no_news_of_more_time(invitation):
    actions.extend_invitation(invitation, timezone.now() + DAY)

    assert not Email.objects.exists()


@pytest.mark.parametrize("when", [timedelta(), -DAY], ids=["now", "in the past"])
def test_an_invitation_is_not_extended_into_the_past(invitation, when):
    with pytest.raises(actions.InvitationClosed):
        actions.extend_invitation(invitation, timezone.now() + when)


def test_what_was_started_or_revoked_is_not_extended_nor_sent(invitation, version):
    revoked = actions.invite(version, "Bob", "bob@example.com")
    actions.revoke_invitation(revoked)
    actions.start_attempt(invitation)

    for each in (invitation, revoked):
        with pytest.raises(actions.InvitationClosed):
            actions.extend_invitation(each, timezone.now() + DAY)
        with pytest.raises(actions.InvitationClosed):
            actions.send_invitation(each)
    with pytest.raises(actions.InvitationClosed):
        actions.revoke_invitation(invitation)


def test_a_revoked_invitation_takes_its_waiting_emails_along(invitation):
    sent, waiting = (actions.send_invitation(invitation) for _ in range(2))
    Email.objects.filter(pk=sent.pk).update(sent_at=timezone.now(), due_at=None)

    actions.revoke_invitation(invitation)

    assert Email.objects.get() == sent
    assert not actions.send_email(waiting.pk, 0)
