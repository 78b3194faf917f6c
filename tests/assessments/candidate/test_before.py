"""The invitation page, and the start."""

from datetime import timedelta

import pytest
from django.utils import timezone

from assessments.actions import invite
from assessments.models import Attempt, Invitation


def test_the_invitation_says_what_to_expect(client, sit):
    page = client.get(sit()).content.decode()

    for sentence in [
        "Acme invites Ada", "30 min", "cannot be paused", "no AI assistant",
        "What is recorded, and who sees it", "last saved draft is handed in",
    ]:  # fmt: skip
        assert sentence in page


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
