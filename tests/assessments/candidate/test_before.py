"""The invitation page, and the start."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from assessments.actions import grant_accommodation, invite
from assessments.candidate.notice import digest_of
from assessments.models import Attempt, Invitation, Organisation
from questions.models import QuestionVersion
from tests.assessments.conftest import words


def test_the_invitation_says_what_to_expect(client, sit):
    page = client.get(sit()).content.decode()

    for sentence in [
        "Acme invites Ada", "30 min", "cannot be paused", "no AI assistant",
        "What is recorded, and who sees it", "last saved draft is handed in",
        "1</strong> Single choice", "1</strong> Coding",
    ]:  # fmt: skip
        assert sentence in page


@pytest.mark.parametrize(
    ("fields", "said", "not_said"),
    [
        pytest.param({"purpose": "Why *we* ask."}, "Why <em>we</em> ask.", "*we*", id="purpose"),
        pytest.param({"assistants": "allowed"}, "AI assistants are allowed.", "declare", id="AI"),
        pytest.param({"assistants": "declared"}, "allowed if you declare", "no AI", id="declared"),
        pytest.param({"notes_allowed": False}, "without notes", "are welcome", id="no notes"),
        pytest.param({"records_events": False}, "Your work.", "Leaving the page", id="no events"),
        pytest.param({}, "Leaving the page", "without notes", id="events"),
        pytest.param({"max_submissions": 3}, "up to 3 times", "as you like;", id="three submits"),
        pytest.param({"max_submissions": 1}, "once for each question", "Your best", id="one"),
        pytest.param({"counts": "last"}, "Your last submission counts", "Your best", id="last"),
        pytest.param({"feedback": "verdict"}, "The pass mark is 60 %", "arrived", id="told"),
        pytest.param({"feedback": "none"}, "your answers arrived", "pass mark", id="not told"),
    ],
)
def test_the_invitation_says_the_rules_of_its_version(
    client, make_version, organisation, fields, said, not_said
):
    invitation = invite(make_version(organisation, **fields), "Ada", "ada@example.com")

    page = client.get(invitation.get_absolute_url()).content.decode()
    shown = page[page.index('<div class="m-narrow') : page.index('id="needs"')]
    shown += page[page.index('id="recorded"') : page.index('id="ready"')]

    assert said in " ".join(shown.split())
    assert not_said not in " ".join(shown.split())


def test_the_invitation_says_who_is_behind_it_and_for_how_long(client, sit, organisation):
    Organisation.objects.update(contact_email="people@acme.example", retention_days=90)

    page = client.get(sit()).content.decode()

    assert 'href="mailto:people@acme.example"' in page
    assert "kept for 90 days after the end" in page


def test_time_says_what_was_granted_and_how_it_adds_up(client, sit, invitation):
    grant_accommodation(invitation, made_by=None, extra_percent=25, break_minutes=10)

    page = words(client.get(sit()))

    assert "37 min 30 min + 25 %" in page
    assert "breaks of 10 minutes in all" in page
    assert "cannot be paused" not in page


def test_without_a_limit_no_minutes_are_promised(client, sit, invitation):
    grant_accommodation(invitation, made_by=None, untimed=True)

    page = words(client.get(sit()))

    assert "No limit" in page
    assert "30 min" not in page


def test_opening_the_link_does_not_start_the_clock(client, sit):
    client.get(sit())

    assert not Attempt.objects.exists()


def test_start_needs_consent(client, sit):
    response = client.post(sit("start/"))

    assert response.status_code == 422
    assert "Please agree to what is recorded" in response.content.decode()
    assert not Attempt.objects.exists()


def test_start_records_the_consent_and_shows_the_first_question(client, sit):
    response = client.post(sit("start/"), {"consent": "on"})

    assert response["Location"] == sit("questions/1/")
    assert Attempt.objects.get().consented_at is not None


def test_what_was_agreed_to_is_kept_word_for_word(client, sit, organisation):
    Organisation.objects.update(retention_days=90)

    client.post(sit("start/"), {"consent": "on"})

    kept = Attempt.objects.get().consented_to
    assert "Please use no AI assistant: Acme wants to see what you can do without one." in kept
    assert "It is kept for 90 days after the end." in kept
    assert "<" not in kept
    shown = words(client.get(sit()))
    assert [line for line in kept.splitlines() if line not in shown] == []


def test_a_consent_to_other_words_is_asked_for_again(client, sit, organisation):
    page = client.get(sit())
    agreed = {"consent": "on", "notice": page.context["notice"]}
    Organisation.objects.update(retention_days=1000)

    response = client.post(sit("start/"), agreed)

    assert response.status_code == 409
    assert "has changed since you opened this page" in response.content.decode()
    assert not Attempt.objects.exists()
    again = {"consent": "on", "notice": response.context["notice"]}
    assert client.post(sit("start/"), again).status_code == 302
    assert digest_of(Attempt.objects.get().consented_to) == again["notice"]


def test_starting_twice_is_one_attempt_with_one_deadline(client, sit):
    client.post(sit("start/"), {"consent": "on"})
    deadline = Attempt.objects.get().deadline

    response = client.post(sit("start/"), {"consent": "on"})

    assert response["Location"] == sit("questions/1/")
    assert Attempt.objects.get().deadline == deadline


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        pytest.param({"state": Invitation.State.REVOKED}, "was withdrawn", id="revoked"),
        pytest.param({"expires_at": timezone.now() - timedelta(days=1)}, "expired", id="expired"),
    ],
)
def test_an_invitation_that_is_not_open_says_why_and_starts_nothing(
    client, sit, invitation, changes, sentence
):
    Invitation.objects.filter(pk=invitation.pk).update(**changes)

    response = client.post(sit("start/"), {"consent": "on"}, follow=True)

    assert sentence in response.content.decode()
    assert not Attempt.objects.exists()


@pytest.mark.parametrize("contact", ["people@acme.example", ""])
def test_a_closed_invitation_says_what_to_do_next(client, sit, invitation, contact):
    Organisation.objects.update(contact_email=contact)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(days=1))

    page = words(client.get(sit()))

    assert "you can ask for a new invitation" in page
    assert f"Please write to {contact or 'the person who sent you this link'}." in page
    assert "Start" not in page


def test_an_invitation_without_questions_is_no_fault_of_the_candidate(client, sit, invitation):
    QuestionVersion.objects.update(status=QuestionVersion.Status.RETIRED)

    page = words(client.get(sit()))

    assert "no fault of yours" in page
    assert "Start" not in page


def test_a_sitting_that_began_says_the_way_back(client, sit, attempt):
    page = words(client.get(sit()))

    assert "Your sitting has begun" in page
    assert "nothing that was saved there gets lost" in page
    assert "Practise" not in page


def test_another_device_goes_on_at_the_question_that_was_open_last(client, sit, attempt):
    for rest in ("questions/2/", "review/"):
        client.get(sit(rest))

    back = Client().post(sit("start/"))

    assert back["Location"] == sit("questions/2/")


def test_a_started_attempt_goes_on_though_the_invitation_has_expired(client, sit, attempt):
    Invitation.objects.update(expires_at=timezone.now() - timedelta(days=1))

    assert "Your sitting has begun" in client.get(sit()).content.decode()
    assert client.get(sit("questions/1/")).status_code == 200


@pytest.mark.parametrize("rest", ["", "questions/1/", "review/", "done/", "clock/"])
def test_an_unknown_link_is_not_found(client, db, rest):
    assert client.get(f"/sit/no-such-token/{rest}").status_code == 404


@pytest.mark.parametrize("rest", ["questions/1/", "review/", "done/"])
def test_pages_of_the_sitting_lead_to_the_invitation_before_the_start(client, sit, rest):
    assert client.get(sit(rest))["Location"] == sit()


def test_pages_are_neither_kept_by_caches_nor_found_by_search(client, sit):
    response = client.get(sit())

    assert "no-store" in response["Cache-Control"]
    assert '<meta name="robots" content="noindex, nofollow">' in response.content.decode()


def test_another_candidates_submission_is_not_found(client, version, attempt, coding_question):
    other = invite(version, "Eve", "eve@example.com")
    submission = attempt.submissions.create(
        organisation=attempt.organisation, question=coding_question, task="huber",
        source="x = 1", purpose="run",
    )  # fmt: skip

    assert client.get(f"{other.get_absolute_url()}submissions/{submission.pk}/").status_code == 404
    own = f"{attempt.invitation.get_absolute_url()}submissions/{submission.pk}/"
    assert client.get(own).status_code == 200
