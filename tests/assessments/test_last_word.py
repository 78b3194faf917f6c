"""Who asked to be erased is told that it is done, and nothing keeps where that went."""

import smtplib
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from assessments import actions, delivery, tasks
from assessments.models import Attempt, Candidate, DataRequest, Email, Invitation, Organisation
from tests.assessments.test_email import SMTP

ADDRESS = "ada@example.com"


@pytest.fixture
def asked(attempt):
    """A candidate whose sitting is over wants to be erased."""
    Attempt.objects.update(finished_at=timezone.now(), state=Attempt.State.FINISHED)
    return actions.ask_for_erasure(attempt.invitation)


def erased():
    """Erase; return the e-mail about it."""
    actions.erase_candidate(Candidate.objects.get())
    return Email.objects.get()


def test_who_asked_is_told_in_their_language_and_forgotten(asked):
    Invitation.objects.update(language="de")
    Organisation.objects.update(contact_email="people@acme.example")
    email = erased()
    assert email.invitation is None
    assert ADDRESS not in str(list(Candidate.objects.values()))

    assert actions.send_email(email.pk, 0)

    [message] = mail.outbox
    assert message.to == [ADDRESS]
    assert message.subject == "Ihre Daten bei Acme sind gelöscht"
    assert "Guten Tag Ada," in message.body
    assert "people@acme.example" in message.body
    assert "your" not in message.body
    assert message.extra_headers["Content-Language"] == "de"
    assert f"{asked.created_at:%H:%M} UTC" in message.body
    assert "/sit/" not in message.body + message.alternatives[0].content
    assert not Email.objects.exists()


def test_an_address_that_takes_no_e_mail_is_forgotten_too(asked, monkeypatch):
    def refuse(message):
        raise smtplib.SMTPRecipientsRefused({ADDRESS: (550, b"nobody here")})

    monkeypatch.setattr(delivery, "_send", refuse)
    email = erased()

    assert not actions.send_email(email.pk, 0)

    assert not Email.objects.exists()


def test_while_the_server_is_away_it_waits(asked, settings):
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = SMTP, "127.0.0.1", 1
    email = erased()

    assert not actions.send_email(email.pk, 0)

    assert Email.objects.get().due_at


def test_who_did_not_ask_gets_none(asked):
    DataRequest.objects.all().delete()
    actions.erase_candidate(Candidate.objects.get())
    assert not Email.objects.exists()


def test_a_request_stays_open_until_the_name_is_gone(asked, version):
    younger = actions.invite(version, "Ada", ADDRESS, one_more=True)
    Organisation.objects.update(retention_days=30)
    Attempt.objects.update(finished_at=timezone.now() - timedelta(40))

    tasks.erase_outlived()

    asked.refresh_from_db()
    assert asked.done_at is None
    assert not Email.objects.exists()
    Invitation.objects.filter(pk=younger.pk).update(expires_at=timezone.now() - timedelta(40))
    tasks.erase_outlived()
    asked.refresh_from_db()
    assert asked.done_at
    assert Email.objects.get().to == ADDRESS
