"""What is made easier for a candidate, set by another system."""

from datetime import timedelta

import pytest

from assessments import actions
from assessments.models import Accommodation
from tests.assessments.api.endpoint_table import type_of
from tests.assessments.sectioned import fresh

pytestmark = pytest.mark.django_db

NOTHING = {
    "extra_percent": 0,
    "extra_minutes": 0,
    "untimed": False,
    "break_minutes": 0,
    "large_type": False,
    "note": "",
}


@pytest.fixture
def api(make_api, organisation):
    return make_api(organisation, "invite")


def put(api, invitation, body):
    """Put it instead of whatever holds."""
    return api.put(url_of(invitation), body, headers={"If-Match": "*"})


def url_of(invitation):
    return f"/api/v1/invitations/{invitation.pk}/accommodation/"


def test_before_anything_was_granted_nothing_holds(api, invitation):
    found = api.get(url_of(invitation)).json()

    assert found == NOTHING | {"made_at": None, "deadline": None}


def test_what_is_put_holds_and_what_is_left_out_does_not(api, invitation):
    first = put(api, invitation, {"extra_percent": 25, "note": "By letter."})
    second = put(api, invitation, {"break_minutes": 15, "large_type": True})

    assert first.status_code == second.status_code == 200
    assert first.json()["extra_percent"] == 25
    held = api.get(url_of(invitation)).json()
    assert {name: held[name] for name in NOTHING} == NOTHING | {
        "break_minutes": 15,
        "large_type": True,
    }
    assert list(Accommodation.objects.values_list("extra_percent", "made_by")) == [
        (25, None),
        (0, None),
    ]


def test_during_the_sitting_the_deadline_moves(api, attempt):
    found = put(api, attempt.invitation, {"extra_minutes": 10}).json()

    moved = fresh(attempt).deadline
    assert moved == attempt.deadline + timedelta(minutes=10)
    assert found["deadline"] == moved.isoformat().replace("+00:00", "Z")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"extra_percent": 401}, "extra_percent"),
        ({"extra_minutes": -1}, "extra_minutes"),
        ({"break_minutes": "long"}, "break_minutes"),
        ({"untimed": "perhaps"}, "untimed"),
        ({"minutes": 5}, "minutes"),
    ],
)
def test_nonsense_is_refused_by_field(api, invitation, body, field):
    response = put(api, invitation, body)

    assert response.status_code == 400
    assert response.json()["type"] == type_of("invalid")
    assert [each["field"] for each in response.json()["errors"]] == [field]
    assert not Accommodation.objects.exists()


def test_what_can_not_be_done_any_more_is_a_conflict(api, attempt):
    actions.finish_attempt(attempt)

    response = put(api, attempt.invitation, {"extra_minutes": 10})

    assert response.status_code == 409
    assert response.json()["type"] == type_of("conflict")
    assert response.json()["detail"] == "This sitting is over."


@pytest.mark.parametrize("method", ["get", "put"])
def test_it_takes_the_scope_to_invite_and_an_own_invitation(
    make_api, organisation, stranger, invitation, method
):
    reading = make_api(organisation, "read", "grade")
    foreign = make_api(stranger, "invite")

    assert getattr(reading, method)(url_of(invitation)).status_code == 403
    assert getattr(foreign, method)(url_of(invitation)).status_code == 404
    assert not Accommodation.objects.exists()


def test_who_has_not_read_what_holds_now_changes_nothing(api, invitation):
    read = api.get(url_of(invitation))["ETag"]
    changed = api.put(url_of(invitation), {"untimed": True}, headers={"If-Match": read})
    late = api.put(url_of(invitation), {"large_type": True}, headers={"If-Match": read})
    blind = api.put(url_of(invitation), {"large_type": True})

    assert changed.status_code == 200
    assert changed["ETag"] == api.get(url_of(invitation))["ETag"] != read
    assert (late.status_code, late.json()["type"]) == (412, type_of("stale"))
    assert (blind.status_code, blind.json()["type"]) == (428, type_of("match-missing"))
    assert api.get(url_of(invitation)).json()["large_type"] is False


def test_a_tag_that_a_proxy_made_weak_still_names_its_state(api, invitation):
    read = api.get(url_of(invitation))["ETag"]

    response = api.put(url_of(invitation), {"untimed": True}, headers={"If-Match": f"W/{read}"})

    assert response.status_code == 200
