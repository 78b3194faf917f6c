"""Accommodations at the desk: set, extended in a hurry, kept, and hidden from those who score."""

from datetime import timedelta

import pytest
from django.urls import reverse

from assessments import actions
from assessments.models import Accommodation, Invitation
from tests.assessments.sectioned import fresh

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
SECRET = "a letter of her doctor"


def page_of(invitation):
    return reverse("recruiter:accommodations", args=[invitation.pk])


def more_time(invitation):
    return reverse("recruiter:more_time", args=[invitation.pk])


@pytest.fixture
def reviewer(make_member, client):
    client.force_login(make_member("reviewer", email="reviewer@acme.example"))
    return client


def test_what_is_granted_holds_and_says_who_set_it(recruiter, invitation):
    fields = {"extra_percent": 25, "break_minutes": 15, "large_type": "on", "note": SECRET}

    response = recruiter.post(page_of(invitation), fields, follow=True)

    row = Accommodation.objects.get()
    assert (row.extra_percent, row.extra_minutes, row.break_minutes) == (25, 0, 15)
    assert (row.large_type, row.untimed, row.made_by.email) == (True, False, "r@acme.example")
    assert "This holds for Ada from now on." in response.text
    assert SECRET in response.text
    assert "r@acme.example" in response.text


def test_the_form_shows_what_holds_and_not_the_old_note(recruiter, invitation):
    actions.grant_accommodation(invitation, made_by=None, extra_percent=33, note=SECRET)

    form = recruiter.get(page_of(invitation)).context["form"]

    assert form["extra_percent"].value() == 33
    assert not form["note"].value()


def test_inviting_can_grant_at_once(recruiter, version):
    url = reverse("recruiter:invite", args=[version.assessment.pk])
    person = {"name": "Bo", "email": "bo@example.com", "days": 14}

    recruiter.post(url, person | {"extra_percent": 50})
    recruiter.post(url, person | {"email": "cy@example.com", "extra_percent": ""})

    assert Accommodation.objects.get().invitation.candidate.email == "bo@example.com"
    assert Invitation.objects.count() == 2


def test_an_invitation_is_not_sent_where_its_accommodation_is_nonsense(recruiter, version):
    url = reverse("recruiter:invite", args=[version.assessment.pk])
    person = {"name": "Bo", "email": "bo@example.com", "days": 14}

    response = recruiter.post(url, person | {"extra_percent": 5000})

    assert response.status_code == 422
    assert not Invitation.objects.exists()


def test_ten_minutes_more_are_one_button_in_the_list(recruiter, attempt):
    listed = recruiter.get(
        reverse("recruiter:invitation_list", args=[attempt.version.assessment.pk])
    ).text
    assert more_time(attempt.invitation) in listed

    response = recruiter.post(
        more_time(attempt.invitation), {"minutes": 10, "from_list": "yes"}, follow=True
    )

    assert fresh(attempt).deadline == attempt.deadline + 10 * MINUTE
    assert "Ada has 10 minutes more." in response.text


@pytest.mark.parametrize("minutes", ["0", "-5", "241", "soon", ""])
def test_nonsense_gives_no_minutes(recruiter, attempt, minutes):
    response = recruiter.post(more_time(attempt.invitation), {"minutes": minutes}, follow=True)

    assert "Give 1 to 240 minutes at a time." in response.text
    assert not Accommodation.objects.exists()


def test_what_would_end_the_sitting_is_refused_in_words(recruiter, attempt, clock):
    actions.extend_time(attempt.invitation, 60, made_by=None)
    clock.to(attempt.deadline, minutes=5)

    response = recruiter.post(page_of(attempt.invitation), {"extra_minutes": 0})

    assert response.status_code == 422
    assert "would end the sitting at once" in response.text
    assert Accommodation.objects.count() == 1


def test_after_the_end_there_is_nothing_to_grant(recruiter, attempt):
    actions.finish_attempt(attempt)

    assert "The sitting is over, since" in recruiter.get(page_of(attempt.invitation)).text
    response = recruiter.post(more_time(attempt.invitation), {"minutes": 10}, follow=True)
    assert "This sitting is over." in response.text
    assert not Accommodation.objects.exists()


@pytest.mark.parametrize("role", ["reviewer", "author"])
def test_who_does_not_invite_finds_no_such_page(client, make_member, attempt, role):
    client.force_login(make_member(role, email=f"{role}@acme.example"))

    assert client.get(page_of(attempt.invitation)).status_code == 404
    assert client.post(page_of(attempt.invitation), {}).status_code == 404
    assert client.post(more_time(attempt.invitation), {"minutes": 10}).status_code == 404
    assert not Accommodation.objects.exists()


def test_another_organisation_finds_no_such_page(client, make_member, attempt, stranger):
    client.force_login(make_member("owner", stranger, email="o@other.example"))

    assert client.get(page_of(attempt.invitation)).status_code == 404
    assert client.post(more_time(attempt.invitation), {"minutes": 10}).status_code == 404


def seen(client, api, attempt):
    """All that a reviewer, or a system that reads results, sees of an attempt."""
    pages = [
        client.get(attempt.get_absolute_url()).text,
        client.get(reverse("recruiter:attempt_list")).text,
        client.get(reverse("recruiter:dashboard")).text,
        client.get(attempt.version.assessment.get_absolute_url()).text,
        api.get(f"/api/v1/attempts/{attempt.pk}/").content.decode(),
        api.get("/api/v1/attempts/").content.decode(),
    ]
    return "\n".join(pages)


@pytest.mark.parametrize("finished", [False, True], ids=["going on", "finished"])
def test_those_who_score_see_nothing_of_it(
    reviewer, make_api, organisation, attempt, clock, finished
):
    actions.grant_accommodation(
        attempt.invitation, made_by=None, extra_percent=50, break_minutes=7, note=SECRET
    )
    clock.forward(minutes=41)
    actions.take_break(attempt)
    clock.forward(minutes=1)
    actions.end_break(attempt)
    if finished:
        actions.finish_attempt(attempt)

    text = seen(reviewer, make_api(organisation, "read"), attempt)

    assert SECRET not in text
    assert fresh(attempt).deadline.strftime("%H:%M") not in text
    for word in ("ccommodation", "deadline", "extra_", "break_", "42 min", "paused"):
        assert word not in text, word
    if finished:
        assert "30 min" in reviewer.get(attempt.get_absolute_url()).text
