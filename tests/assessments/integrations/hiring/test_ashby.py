"""What Ashby orders and cancels, and what it is told of it."""

import copy
import json
from datetime import timedelta
from uuid import uuid4

import pytest

from assessments import actions
from assessments.actions import announcing
from assessments.integrations.hiring.ashby import update
from assessments.integrations.hiring.registry import adapter_of
from assessments.integrations.hiring.results import Part, Result, result_of
from assessments.integrations.parcels import Outcome
from assessments.models import Email, HiringError, HiringOrder, Invitation

pytestmark = pytest.mark.django_db
APPLICATION = "2f2d0b5e-8e5c-4b76-b60c-0e9c6e8b3b39"
BODY = {
    "candidate": {
        "ashby_id": "7d7c1c5d-5f7e-4f4e-8a3b-1df1f1f4d4a4",
        "first_name": "Hermione",
        "last_name": "Granger",
        "email": "Hermione@x.example",
        "ashby_profile_url": "https://app.ashbyhq.com/candidates/7d7c",
    },
    "application": {"ashby_id": APPLICATION, "status": "Active"},
    "job": {
        "ashby_id": "5d7e",
        "name": "Engineer",
        "req_id": None,
        "ashby_job_url": "https://app.ashbyhq.com/jobs/5d7e",
        "hiringTeam": [],
    },
    "additional_fields": {},
}


@pytest.fixture
def ashby(connect):
    return connect("ashby", their_key="theirs")


@pytest.fixture
def order(ashby, version):
    ashby("POST", "assessment.start", started(version))
    return fresh()


def fresh(**found):
    return HiringOrder.objects.with_invitation().get(**found)


def started(version, **changes):
    body = {"assessment_type_id": str(version.assessment_id)} | copy.deepcopy(BODY)
    for path, value in changes.items():
        part, _, name = path.partition("__")
        if name:
            body[part][name] = value
        else:
            body[part] = value
    return body


def value(found):
    """Of a field its value alone; its shape is looked at elsewhere."""
    return found and found["value"]


def test_it_lists_what_may_be_started(ashby, version, make_version, stranger):
    make_version(stranger)

    assert ashby("POST", "assessment.list", {}) == (
        200,
        {
            "success": True,
            "results": [
                {
                    "assessment_type_id": str(version.assessment_id),
                    "name": "First",
                    "description": "30 minutes",
                }
            ],
        },
    )


def test_a_start_invites_by_e_mail_and_says_how_it_stands(ashby, version, order):
    status, answer = ashby("POST", "assessment.start", started(version))

    results = answer["results"]
    assert (status, answer["success"], results["assessment_id"]) == (200, True, str(order.pk))
    told = results["update_request"]
    assert told["timestamp"] == int(order.changed_at.timestamp() * 1000)
    assert (value(told["assessment_status"]), told["cancelled_reason"]) == ("Invited", None)
    assert not {"assessment_result", "assessment_profile_url"} & set(told)
    assert (order.name, order.profile_url) == (
        "Hermione Granger", "https://app.ashbyhq.com/candidates/7d7c",
    )  # fmt: skip
    assert order.reference == {
        "candidate": BODY["candidate"]["ashby_id"], "application": APPLICATION, "job": "5d7e",
    }  # fmt: skip
    assert [each.to for each in Email.objects.all()] == ["hermione@x.example"]


def test_a_page_over_there_that_is_no_address_is_not_led_to(ashby, version):
    body = started(version, candidate__ashby_profile_url="javascript:alert(1)//https://x")

    assert ashby("POST", "assessment.start", body)[0] == 200
    assert fresh().profile_url == ""


def test_a_start_that_is_repeated_is_the_same_until_somebody_has_begun(ashby, version, order):
    body = started(version)
    assert ashby("POST", "assessment.start", body)[1]["results"]["assessment_id"] == str(order.pk)
    actions.start_attempt(order.invitation)

    status, answer = ashby("POST", "assessment.start", body)

    assert (status, list(answer)) == (409, ["message"])
    assert Invitation.objects.count() == 1


def test_what_is_completed_is_not_started_again_for_the_application(ashby, version, order, sit):
    sit(order)

    status, answer = ashby("POST", "assessment.start", started(version))

    assert (status, "completed" in answer["message"]) == (422, True)


def test_whoever_is_being_assessed_by_any_other_way_is_a_conflict(ashby, version, organisation):
    invitation = actions.invite(version, "Hermione", "hermione@x.example")
    assert ashby("POST", "assessment.start", started(version))[0] == 409

    actions.revoke_invitation(invitation)
    assert ashby("POST", "assessment.start", started(version))[0] == 200
    other = started(version, application__ashby_id=str(uuid4()))
    assert ashby("POST", "assessment.start", other)[0] == 409
    actions.start_attempt(fresh().invitation)
    assert ashby("POST", "assessment.start", other)[0] == 409


def test_whoever_has_used_up_the_attempts_is_said_in_words(ashby, version, order, sit):
    sit(order)

    status, answer = ashby(
        "POST", "assessment.start", started(version, application__ashby_id="another")
    )

    assert (status, "1 is the most" in answer["message"]) == (422, True)


REFUSED = {
    "no JSON": (b"{", "JSON"),
    "an array": (b"[]", "object"),
    "no assessment": ({"assessment_type_id": str(uuid4())}, "no such assessment"),
    "no key of one": ({"assessment_type_id": "huber"}, "no such assessment"),
    "no e-mail address": ({"candidate__email": "hermione"}, "e-mail"),
    "no application": ({"application": {}}, "application.ashby_id is missing"),
    "no candidate": ({"candidate": "Hermione"}, "candidate.first_name is missing"),
    "another type": ({"candidate__first_name": ["H"]}, "has to be a text"),
    "a null character": ({"candidate__last_name": "G\x00"}, "no text has"),
}


def test_what_can_not_be_started_is_a_sentence_for_whoever_pressed_the_button(ashby, version):
    for case, (sent, words) in REFUSED.items():
        body = sent if isinstance(sent, bytes) else started(version, **sent)

        status, answer = ashby("POST", "assessment.start", body)

        assert (case, status, list(answer)) == (case, 422, ["message"])
        assert words in answer["message"], case
    assert not HiringOrder.objects.exists()
    assert set(HiringError.objects.values_list("status", flat=True)) == {422}


def test_what_an_archived_assessment_or_another_organisation_has_is_not_started(
    ashby, version, make_version, stranger
):
    foreign = make_version(stranger)
    actions.archive(version.assessment, by=None)

    for each in (version, foreign):
        assert ashby("POST", "assessment.start", started(each))[0] == 422


def test_without_its_key_nothing_is_told(ashby, connect, version):
    greenhouse = connect("greenhouse")
    for wrong in ("Basic bm9ib2R5Og==", "Bearer x", "", greenhouse.authorization):
        for verb in ("list", "start", "cancel"):
            status, answer = ashby("POST", f"assessment.{verb}", {}, authorization=wrong)
            assert (status, list(answer)) == (401, ["message"])
            assert ashby.answer["WWW-Authenticate"].startswith("Basic ")
    assert ashby("GET", "assessment.list")[0] == 405


def test_a_cancelled_one_is_withdrawn_and_can_be_started_anew(ashby, version, order):
    status, answer = ashby("POST", "assessment.cancel", {"assessment_id": str(order.pk)})
    again = ashby("POST", "assessment.cancel", {"assessment_id": str(order.pk)})

    told = answer["results"]["update_request"]
    assert (status, answer["results"]["assessment_id"]) == (200, str(order.pk))
    assert value(told["cancelled_reason"]) == "The invitation was withdrawn."
    assert again == (200, answer)
    assert fresh().invitation.state == Invitation.State.REVOKED
    assert fresh().telling == HiringOrder.Telling.DELIVERED  # the answer has said so
    _, anew = ashby("POST", "assessment.start", started(version))
    assert anew["results"]["assessment_id"] != str(order.pk)


def test_what_has_begun_is_not_cancelled(ashby, order):
    actions.start_attempt(order.invitation)

    status, answer = ashby("POST", "assessment.cancel", {"assessment_id": str(order.pk)})

    assert (status, "has started" in answer["message"]) == (422, True)
    assert fresh().invitation.state == Invitation.State.STARTED


def test_only_what_this_connection_started_is_cancelled(ashby, connect, order, stranger):
    other = connect("ashby", organisation=stranger)

    for key in (str(order.pk), str(uuid4()), "1"):
        if key != str(order.pk):
            assert ashby("POST", "assessment.cancel", {"assessment_id": key})[0] == 422
        assert other("POST", "assessment.cancel", {"assessment_id": key})[0] == 422
    assert fresh().standing == HiringOrder.State.INVITED


def test_an_erased_candidate_can_be_started_again(ashby, version, order):
    actions.erase_candidate(order.invitation.candidate)
    cancelled = ashby("POST", "assessment.cancel", {"assessment_id": str(order.pk)})

    status, anew = ashby("POST", "assessment.start", started(version))

    assert cancelled[0] == status == 200
    assert anew["results"]["assessment_id"] != str(order.pk)


def test_each_change_is_told_to_ashby_by_its_own_key(ashby, version, order, sit, settings):
    sat = sit(order, 0.5)

    assert (sat.state, sat.telling) == ("completed", "pending")
    parcel = adapter_of(ashby.connection).parcel(result_of(sat), "theirs")
    told = json.loads(parcel.body)
    assert (parcel.method, parcel.url) == ("POST", "https://api.ashbyhq.com/assessment.update")
    assert parcel.headers == {
        "Authorization": "Basic dGhlaXJzOg==",
        "Accept": "application/json; version=1",
        "Content-Type": "application/json",
    }
    report = f"{settings.BASE_URL}/desk/attempts/{sat.invitation.attempt.pk}/"
    assert told["assessment_profile_url"] == {
        "identifier": "report", "label": "Report", "type": "url", "value": report,
    }  # fmt: skip
    assert told["assessment_result"] == {
        "identifier": "score", "label": "Score", "type": "numeric_score", "value": 62.5,
    }  # fmt: skip
    assert type(told["timestamp"]) is int
    types = {each["identifier"]: (each["type"], each["value"]) for each in told["metadata"]}
    assert types["max-score"] == ("numeric_score", 100)
    assert types["pass-mark"] == ("numeric_score", 60)
    assert types["passed"] == ("boolean_success", True)
    assert types["minutes"] == ("numeric_duration_minutes", 0)


def test_sections_have_names_that_mean_one_thing_and_topics_have_theirs(order):
    parts = (Part("section-1", "Code", 70), Part("topic-regression", "Regression", 33.3))
    result = Result(order, HiringOrder.State.COMPLETED, percent=50, parts=parts)

    told = [(each["identifier"], each["value"]) for each in update(result)["metadata"]]

    assert told[-2:] == [("first-section-1", 70), ("topic-regression", 33.3)]


def test_what_is_over_without_a_result_is_told_as_cancelled(ashby, order, clock):
    clock.to(order.invitation.expires_at, seconds=1)
    announcing.announce_expired()

    expired = fresh()
    assert (expired.state, expired.telling) == ("expired", "pending")
    reason = update(result_of(expired))["cancelled_reason"]
    assert reason["type"] == "string"
    assert "expired" in reason["value"]


def test_a_start_after_it_expired_lets_the_candidate_come_again(ashby, version, order, clock):
    clock.to(order.invitation.expires_at, seconds=1)
    announcing.announce_expired()

    _, answer = ashby("POST", "assessment.start", started(version))

    assert answer["results"]["assessment_id"] == str(order.pk)
    assert value(answer["results"]["update_request"]["assessment_status"]) == "Invited"
    assert fresh().invitation.expires_at > clock() + timedelta(days=13)


@pytest.mark.parametrize(
    ("status", "answer", "took"),
    [
        (200, '{"success": true, "results": {}}', True),
        (200, '{"success": false, "errors": ["invalid_input"]}', False),
        (200, "", True),
        (200, "[]", True),
        (401, '{"success": true}', False),
    ],
)
def test_a_no_that_comes_as_a_200_is_a_no(ashby, status, answer, took):
    assert adapter_of(ashby.connection).took(Outcome(status, answer)) is took
