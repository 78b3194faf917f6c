"""What a candidate needs otherwise: asked, answered, and shown."""

import pytest

from assessments import actions
from assessments.models import Accommodation, AccommodationRequest
from tests.assessments.conftest import words

State = AccommodationRequest.State


@pytest.fixture
def asked(invitation):
    return actions.ask_accommodation(invitation, "A quarter more time, please.")


def test_a_request_is_kept_and_says_that_it_waits(client, sit, invitation):
    response = client.post(sit("accommodation/"), {"text": "Larger <b>type</b>"}, follow=True)

    assert AccommodationRequest.objects.get().text == "Larger <b>type</b>"
    assert "Waiting for an answer" in words(response)
    assert "<b>type" not in response.content.decode()
    assert "You can wait for it" in words(client.get(sit()))


@pytest.mark.parametrize("text", ["", "   \n", "x" * 2001])
def test_a_request_must_say_something_and_be_read_in_a_minute(client, sit, text):
    response = client.post(sit("accommodation/"), {"text": text})

    assert response.status_code == 422
    assert not AccommodationRequest.objects.exists()


def test_one_request_waits_at_a_time(client, sit, asked):
    response = client.post(sit("accommodation/"), {"text": "And breaks."})

    assert response.status_code == 422
    assert "no answer yet" in words(response)
    assert AccommodationRequest.objects.count() == 1


def test_what_is_granted_holds_and_is_shown(client, sit, asked, make_member, invitation):
    member = make_member()

    actions.answer_request(asked, member, True, "Gladly.", extra_percent=25, large_type=True)

    page = words(client.get(sit("accommodation/")))
    for sentence in [
        "Granted",
        "Gladly.",
        "You have 37 minutes: 30 min + 25 %.",
        "larger type",
        "once more",
    ]:
        assert sentence in page
    granted = Accommodation.objects.in_force(invitation)
    assert (granted.extra_percent, granted.large_type, granted.made_by) == (25, True, member)
    assert "Your request" in words(client.get(sit()))


def test_what_is_declined_changes_nothing_and_can_be_asked_again(client, sit, asked, make_member):
    actions.answer_request(asked, make_member(), False, "Breaks are not possible.")

    page = words(client.get(sit("accommodation/")))
    assert "Not granted" in page
    assert "Breaks are not possible." in page
    assert not Accommodation.objects.exists()
    client.post(sit("accommodation/"), {"text": "Then more time."})
    assert [each.state for each in AccommodationRequest.objects.all()] == [
        State.DECLINED,
        State.OPEN,
    ]


def test_a_request_is_answered_once(asked, make_member):
    member = make_member()
    actions.answer_request(asked, member, False)

    with pytest.raises(actions.AlreadyAnswered):
        actions.answer_request(asked, member, True, extra_percent=25)

    assert AccommodationRequest.objects.get().state == State.DECLINED
    assert not Accommodation.objects.exists()


def test_what_cannot_be_granted_leaves_the_request_open(asked, make_member, invitation):
    actions.finish_attempt(actions.start_attempt(invitation))

    with pytest.raises(actions.AttemptClosed):
        actions.answer_request(asked, make_member(), True, extra_percent=25)

    assert AccommodationRequest.objects.get().state == State.OPEN


def test_after_the_start_nothing_more_is_asked_for(client, sit, attempt):
    response = client.post(sit("accommodation/"), {"text": "More time."})

    assert "Your sitting has begun" in words(response)
    assert not AccommodationRequest.objects.exists()


def test_what_others_asked_for_is_not_shown(client, asked, version):
    other = actions.invite(version, "Eve", "eve@example.com")

    page = client.get(f"{other.get_absolute_url()}accommodation/").content.decode()

    assert "A quarter more" not in page.split("<form")[0]
