"""E-mails, as a real mail server receives them."""

import re
from datetime import datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from bs4 import BeautifulSoup
from django.core import mail
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone, translation

from assessments import actions, tasks
from assessments.email_texts import email_text, in_words
from assessments.models import (
    AssessmentQuestion,
    AssessmentVersion,
    Attempt,
    Candidate,
    Email,
    Invitation,
    Organisation,
)
from tests.assessments.mail_server import PASSWORD, USER, allowed, mail_server, parts

SMTP = "django.core.mail.backends.smtp.EmailBackend"
HOSTILE = 'A "quoted", <b>bold</b> & odd\r\nBcc: victim@example.com\n\n{{ 7|add:1 }}'


@pytest.fixture
def mailbox(settings):
    with mail_server() as (mailbox, port):
        settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = SMTP, "127.0.0.1", port
        settings.DEFAULT_FROM_EMAIL = "Minima <assessments@minima.example>"
        yield mailbox


@pytest.fixture
def queued(invitation):
    """An invitation's e-mail, written and not sent."""
    return actions.send_invitation(invitation)


def send(email):
    email.refresh_from_db()
    sent = actions.send_email(email.pk, email.tries)
    email.refresh_from_db()
    return sent


def due(email):
    Email.objects.filter(pk=email.pk).update(due_at=timezone.now() - timedelta(seconds=1))


def test_an_invitation_arrives_in_the_name_of_its_organisation(
    mailbox, organisation, version, broker
):
    Organisation.objects.update(contact_email="people@acme.example")
    organisation.refresh_from_db()
    invitation = actions.invite(
        version, "Ada Lovelace", "Ada@Example.com", message="We liked\nyour talk.", send=True
    )

    assert send(Email.objects.get())

    message, [envelope] = mailbox.message(), mailbox.envelopes
    assert envelope.rcpt_tos == ["ada@example.com"]
    assert envelope.mail_from == "assessments@minima.example"
    assert message["From"] == "Acme <assessments@minima.example>"
    assert message["To"] == "ada@example.com"
    assert message["Reply-To"] == "people@acme.example"
    assert message["Subject"] == "Acme invites you: First"
    assert message["Auto-Submitted"] == "auto-generated"
    for part in parts(message):
        for said in [
            "Dear Ada Lovelace,",
            invitation.link,
            "30 minutes",
            in_words(invitation.expires_at),
            "your talk.",
            "people@acme.example",
        ]:
            assert said in part


def test_times_in_emails_name_their_zone(invitation):
    moment = datetime(2026, 12, 5, 14, 0, tzinfo=ZoneInfo("Europe/Athens"))

    assert in_words(moment) == "Saturday 5 December 2026, 12:00 UTC"


def test_without_an_address_of_the_organisation_nobody_is_told_to_answer(mailbox, queued):
    send(queued)

    assert mailbox.message()["Reply-To"] is None
    assert "Answer this e-mail" not in parts(mailbox.message())[0]


def test_names_can_add_no_header_and_no_markup(mailbox, version, organisation, broker):
    Organisation.objects.update(name=HOSTILE)
    hostile = AssessmentVersion.objects.create(
        assessment=version.assessment, number=2, title=HOSTILE, minutes=5
    )
    AssessmentQuestion.objects.create(
        version=hostile, question_version=version.questions.first().question_version, position=1
    )
    hostile = actions.publish_assessment(AssessmentVersion.objects.get(pk=hostile.pk))
    invitation = actions.invite(hostile, HOSTILE, "ada@example.com", message=HOSTILE, send=True)

    assert send(Email.objects.get(invitation=invitation))

    message = mailbox.message()
    assert mailbox.envelopes[0].rcpt_tos == ["ada@example.com"]
    assert message["Bcc"] is None
    assert message["From"].addresses[0].addr_spec == "assessments@minima.example"
    assert message["From"].addresses[0].display_name.startswith('A "quoted", <b>bold</b> & odd Bcc')
    assert "<b>bold</b>" in message["Subject"]
    text, html = parts(message)
    assert 'Dear A "quoted", <b>bold</b> & odd Bcc: victim@example.com {{ 7|add:1 }},' in text
    page = BeautifulSoup(html, "html.parser")
    assert page.find("b") is None
    assert 'A "quoted", <b>bold</b> & odd' in page.get_text()


# What goes to members has no candidate: test_memberships.py reads it.
@pytest.mark.parametrize("kind", [each for each in Email.Kind if each not in Email.SECRET])
def test_html_fetches_nothing_and_leads_nowhere_but_to_the_link(invitation, kind):
    asked = {"asked": ["Please"], "about": "granted", "answer": ["Gladly."]}

    written = email_text(kind, invitation, asked)

    page = BeautifulSoup(written.html, "html.parser")
    assert {each.name for each in page.find_all()}.isdisjoint({"img", "script", "link", "iframe"})
    assert "url(" not in written.html
    links = page.find_all("a")
    assert {each["href"] for each in links} == {invitation.link}
    assert {each.get_text() for each in links} == {"Open the assessment"}
    assert "\n\n\n" not in written.text
    assert "{" not in written.text
    words = " ".join(page.get_text().split())
    for line in filter(None, written.text.splitlines()):
        assert " ".join(line.removeprefix("- ").removeprefix("> ").split()) in words


def test_an_email_goes_with_its_reason_or_not_at_all(version, broker, committed):
    with transaction.atomic():
        actions.invite(version, "Ada", "ada@example.com", send=True)
        transaction.set_rollback(True)
    assert not Email.objects.exists()
    assert broker.headers("default") == []

    with committed():
        actions.invite(version, "Ada", "ada@example.com", send=True)

    [header] = broker.headers("default")
    assert header["task"] == "assessments.tasks.send_email"
    assert broker.bodies("default")[0][0] == [Email.objects.get().pk, 0]


def test_an_email_is_sent_once_however_often_it_is_rung_for(mailbox, queued):
    tasks.send_email(queued.pk, 0)
    tasks.send_email(queued.pk, 0)
    due(queued)

    assert not actions.send_email(queued.pk, 1)
    assert len(mailbox.messages()) == 1


def test_two_workers_at_once_send_one_email(mailbox, queued, monkeypatch):
    """The second comes while the first talks to the server."""
    tried = []

    def deliver(email):
        tried.append(email.pk)
        assert not actions.send_email(email.pk, 0)

    monkeypatch.setattr("assessments.actions.emailing.deliver", deliver)

    assert actions.send_email(queued.pk, 0)
    assert tried == [queued.pk]


def test_what_was_lost_on_its_way_to_the_worker_is_rung_for_again(queued, broker, committed):
    assert actions.ring_for_emails() == 0
    due(queued)

    assert actions.ring_for_emails() == 1
    assert actions.ring_for_emails() == 0

    assert [args for args, *_ in broker.bodies("default")] == [[queued.pk, 0]]


def test_a_server_that_is_away_is_tried_again_with_growing_pauses(settings, queued):
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = SMTP, "127.0.0.1", 1
    pauses = []
    while queued.due_at:
        assert not send(queued)
        if queued.due_at:
            pauses.append(round((queued.due_at - timezone.now()).total_seconds() / 60))

    assert pauses == [1, 2, 4, 8, 16, 32, 64, 128, 240, 240, 240, 240, 240]
    assert 23 * 60 < sum(pauses) < 26 * 60
    assert queued.given_up
    assert "refused" in queued.last_error


def test_a_recipient_who_is_refused_for_now_is_tried_again(mailbox, queued):
    mailbox.refuse = "450 4.2.1 ada@example.com: mailbox busy"

    assert not send(queued)

    assert not queued.given_up
    assert queued.last_error == "450 4.2.1 (address) mailbox busy"
    mailbox.refuse = None
    assert send(queued)
    assert queued.last_error == ""
    assert queued.sent_at


def test_a_recipient_who_is_refused_for_good_is_given_up_at_once(mailbox, queued):
    mailbox.refuse = "550 5.1.1 No such user"

    assert not send(queued)

    assert queued.given_up
    assert queued.tries == 1
    assert queued.last_error == "550 5.1.1 No such user"


def test_a_message_that_the_server_fails_on_is_tried_again(mailbox, queued):
    mailbox.fail = "554 5.3.0 Out of order"

    assert not send(queued)

    assert not queued.given_up
    assert queued.last_error == "554 5.3.0 Out of order"


def test_an_address_that_no_email_can_have_is_given_up(mailbox, invitation):
    Candidate.objects.update(email="ada@example.com\r\nBcc: x@example.com")
    email = actions.send_invitation(Invitation.objects.get())

    assert not send(email)

    assert email.given_up
    assert mailbox.messages() == []


def test_given_up_is_sent_again_when_somebody_asks(mailbox, queued, broker, committed):
    mailbox.refuse = "550 No such user"
    send(queued)
    mailbox.refuse = None

    with committed():
        assert actions.send_again(queued)
    assert broker.bodies("default")[0][0] == [queued.pk, 0]
    assert send(queued)

    assert not actions.send_again(queued)
    assert len(mailbox.messages()) == 1


def test_sent_again_it_is_the_same_message(mailbox, queued):
    first = send(queued)
    Email.objects.update(sent_at=None, due_at=timezone.now(), tries=0)
    second = send(queued)

    assert first
    assert second
    one, other = mailbox.messages()
    assert one["Message-ID"] == other["Message-ID"]
    assert one["Message-ID"].endswith("@minima.example>")


def test_a_worker_that_died_leaves_the_email_due(mailbox, queued, monkeypatch):
    def die(email):
        raise KeyboardInterrupt

    monkeypatch.setattr("assessments.actions.emailing.deliver", die)
    with pytest.raises(KeyboardInterrupt):
        send(queued)
    monkeypatch.undo()
    queued.refresh_from_db()
    assert queued.due_at - timezone.now() <= Email.LEASE
    assert Email.objects.due().count() == 0

    due(queued)
    assert Email.objects.due().get() == queued
    assert send(queued)


def test_tests_without_a_server_keep_emails_in_memory(queued):
    """What the tests above rely on: nothing leaves the machine unless a test names a server."""
    assert send(queued)
    assert mail.outbox[0].to == ["ada@example.com"]


# The server of the test has no certificate, so it warns of itself.
@pytest.mark.filterwarnings("ignore:Requiring AUTH:UserWarning")
def test_a_server_that_asks_for_a_password_gets_it(settings, queued):
    with mail_server(
        authenticator=allowed,
        auth_required=True,
        auth_require_tls=False,
    ) as (
        mailbox,
        port,
    ):
        settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = SMTP, "127.0.0.1", port
        settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = USER, "wrong"
        assert not send(queued)
        assert not queued.given_up
        assert queued.last_error.startswith("535")

        settings.EMAIL_HOST_PASSWORD = PASSWORD
        assert send(queued)

    assert mailbox.message()["To"] == "ada@example.com"


def test_operators_see_what_was_not_delivered_and_try_it_again(mailbox, queued):
    mailbox.refuse = "550 5.1.1 No such user"
    send(queued)

    listed = stalled()

    assert f"e-mail {queued.pk} (invitation)" in listed
    assert "given up: 550 5.1.1 No such user" in listed
    assert "ada@example.com" not in listed
    assert stalled("--retry") == listed
    mailbox.refuse = None
    assert send(queued)
    assert stalled() == ""


def stalled(*arguments):
    out = StringIO()
    call_command("stalled", *arguments, stdout=out)
    return out.getvalue()


def test_an_e_mail_is_in_the_language_that_the_recruiter_picked(mailbox, version, broker):
    invitation = actions.invite(
        version, "Jörg Müller", "j@example.com", language="de", message="Wir freuen uns.", send=True
    )

    assert send(Email.objects.get())

    message = mailbox.message()
    assert message["Content-Language"] == "de"
    assert str(message["Subject"]) == "Acme lädt Sie ein: First"
    assert b"Subject: =?utf-8?" in mailbox.envelopes[0].content
    for part in parts(message):
        for said in ["Guten Tag Jörg Müller,", invitation.link, "30 Minuten", "Wir freuen uns."]:
            assert said in part
        assert "Dear" not in part
    assert '<html lang="de">' in parts(message)[1]


def test_an_e_mail_without_a_language_is_english_whoever_causes_it(mailbox, attempt, broker):
    with translation.override("de"):
        actions.finish_attempt(attempt)

    email = Email.objects.get(kind="finished")
    assert send(email)

    assert email.subject == "Handed in: First"
    assert mailbox.message()["Content-Language"] == "en"


@pytest.mark.parametrize("kind", ["invitation", "reminder", "extended", "finished", "answered"])
def test_every_kind_of_e_mail_is_german(attempt, kind):
    Attempt.objects.update(finished_at=timezone.now(), state=Attempt.State.FINISHED)
    attempt.invitation.language = "de"
    told = {
        "about": "granted", "asked": ["Ja?"], "answer": ["Ja."], "message": ["Hallo."],
        "timed_out": False, "handed_in": [], "retention_days": 90,
    }  # fmt: skip

    written = email_text(kind, attempt.invitation, told)

    english = r"\b(the|your|you|and|of|this|that|with|not|can|is|from|by|to)\b"
    for text in (written.subject, written.text):
        assert not re.search(english, text, re.I), text


@pytest.mark.parametrize(("minutes", "said"), [(1, "1 Minute ab"), (2, "2 Minuten ab")])
def test_minutes_have_their_plural(make_version, organisation, minutes, said):
    version = make_version(organisation, minutes=minutes)
    invitation = actions.invite(version, "Ada", "ada@example.com", language="de")

    assert f"Sie haben {said} dem Moment" in email_text("invitation", invitation, {}).text


def test_moments_are_german_and_name_their_zone():
    with translation.override("de"):
        said = in_words(datetime(2026, 12, 5, 14, 0, tzinfo=ZoneInfo("UTC")))
    assert said == "Samstag, 5. Dezember 2026, 14:00 UTC"
