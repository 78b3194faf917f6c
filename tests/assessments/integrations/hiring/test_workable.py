"""What Workable orders, and what is put to its callback."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest

from assessments import actions
from assessments.actions import announcing
from assessments.integrations.hiring.registry import adapter_of
from assessments.integrations.hiring.results import Part, Result, result_of
from assessments.integrations.hiring.workable import told
from assessments.models import Email, HiringError, HiringOrder, Invitation

pytestmark = pytest.mark.django_db
CALLBACK = "https://acme.workable.com/assessments/8823119"
COMPLETED = HiringOrder.State.COMPLETED


@pytest.fixture
def workable(connect):
    made = connect("workable", settings={"hosts": ["workable.com"]}, their_key="theirs")
    made.authorization = f"Bearer {made.key}"
    return made


def ordered(version, **changes):
    candidate = {
        "first_name": "Lakita", "last_name": "Marrero", "email": "lakita@x.example", "phone": None,
    }  # fmt: skip
    return {
        "test_id": str(version.assessment_id),
        "job_shortcode": "GROOV005",
        "job_title": "Engineer",
        "callback_url": CALLBACK,
        "candidate": candidate | changes.pop("candidate", {}),
    } | changes


@pytest.fixture
def order(workable, version):
    workable("POST", "assessments", ordered(version))
    return fresh()


def fresh():
    return HiringOrder.objects.with_invitation().get()


def put(workable, order):
    return adapter_of(workable.connection).parcel(result_of(order), "theirs")


def test_it_lists_the_tests(workable, version, make_version, stranger):
    make_version(stranger)

    assert workable("GET", "tests") == (
        200,
        {"tests": [{"id": str(version.assessment_id), "name": "First"}]},
    )


def test_an_order_invites_once_however_often_it_comes(workable, version):
    first = workable("POST", "assessments", ordered(version))
    again = workable("POST", "assessments", ordered(version, unknown={"key": 1}))

    order = fresh()
    assert first == again == (201, {"assessment_id": str(order.pk)})
    assert (order.name, order.callback_url, order.reference) == (
        "Lakita Marrero", CALLBACK, {"job": "GROOV005"},
    )  # fmt: skip
    assert [each.to for each in Email.objects.all()] == ["lakita@x.example"]


def test_whoever_is_being_assessed_already_is_a_conflict(workable, version, order, sit):
    def conflict():
        other = ordered(version, callback_url=f"{CALLBACK}0")
        status, answer = workable("POST", "assessments", other)
        return (status, answer["status"], list(answer)) == (409, 409, ["status", "message"])

    assert conflict()
    sit(order)
    assert conflict()  # once is the most
    assert Invitation.objects.count() == 1


REFUSED = {
    "no JSON": (b"[", 400),
    "no test": ({"test_id": None}, 422),
    "an unknown test": ({"test_id": str(uuid4())}, 422),
    "a test by a number": ({"test_id": 1}, 422),
    "no callback": ({"callback_url": ""}, 422),
    "another host": ({"callback_url": "https://workable.com.evil.example/1"}, 422),
    "no TLS": ({"callback_url": "http://acme.workable.com/1"}, 422),
    "no e-mail address": ({"candidate": {"email": "lakita"}}, 422),
    "no name": ({"candidate": {"first_name": "", "last_name": None}}, 422),
}


def test_what_can_not_be_ordered_says_why_and_changes_nothing(workable, version):
    for case, (sent, expected) in REFUSED.items():
        body = sent if isinstance(sent, bytes) else ordered(version, **sent)

        status, answer = workable("POST", "assessments", body)

        assert (case, status, answer["status"]) == (case, expected, expected)
        assert answer["message"]
    assert not Invitation.objects.exists()
    assert HiringError.objects.exists()


def test_without_its_token_nothing_is_told(workable, order):
    for wrong in (f"Basic {workable.key}", "Bearer x", "Bearer", ""):
        for method, path in (
            ("GET", "tests"),
            ("POST", "assessments"),
            ("GET", f"assessments/{order.pk}/shared-link"),
        ):
            status, answer = workable(method, path, authorization=wrong)
            assert (status, answer["status"]) == (401, 401)
            assert workable.answer["WWW-Authenticate"].startswith("Bearer ")


def test_the_link_is_handed_out_while_it_can_be_followed(workable, connect, order, stranger, clock):
    address = f"assessments/{order.pk}/shared-link"
    clock.to(order.invitation.expires_at - timedelta(minutes=120))

    assert workable("GET", address) == (
        200,
        {"url": order.invitation.link, "ttl": "120", "ttl_units": "minutes"},
    )
    other = connect("workable", organisation=stranger)
    other.authorization = f"Bearer {other.key}"
    assert other("GET", address)[0] == 404
    assert workable("GET", f"assessments/{uuid4()}/shared-link")[0] == 404
    actions.start_attempt(order.invitation)
    assert workable("GET", address)[0] == 409


def test_the_result_is_put_to_the_callback(workable, order, sit, settings):
    sat = sit(order)

    assert (sat.state, sat.telling) == ("completed", "pending")
    parcel = put(workable, sat)
    assert (parcel.method, parcel.url) == ("PUT", CALLBACK)
    assert parcel.headers == {"Authorization": "Bearer theirs", "Content-Type": "application/json"}
    found = json.loads(parcel.body)
    assert found["results_url"] == f"{settings.BASE_URL}/desk/attempts/{sat.invitation.attempt.pk}/"
    assert found["assessment"].pop("duration").startswith("00:00:")
    assert (found["status"], found["assessment"]) == (
        "completed",
        {
            "score": "62.5",
            "grade": "passed",
            "summary": "Passed: 62.5 % of all points; 60 % are needed.",
            "details": {},
        },
    )


@pytest.mark.parametrize(
    ("passed", "percent", "grade"),
    [
        (False, 59.9, "failed"),
        (False, 95, "failed"),
        (True, 89.9, "passed"),
        (True, 90, "excelled"),
    ],
)
def test_a_grade_is_made_of_pass_mark_and_score(order, passed, percent, grade):
    result = Result(
        order, COMPLETED, percent, passed, 60, "https://x/", taken=timedelta(seconds=2477),
        parts=(Part("section-1", "Code", 70),),
    )  # fmt: skip

    found = told(result)["assessment"]

    assert (found["grade"], found["score"]) == (grade, f"{percent}")
    assert (found["duration"], found["details"]) == ("00:41:17", {"Code": "70 %"})


def test_what_is_over_without_a_result_is_said_to_be(workable, order, clock):
    clock.to(order.invitation.expires_at, seconds=1)
    announcing.announce_expired()
    assert json.loads(put(workable, fresh()).body) == {"status": "expired"}

    workable("POST", "assessments", ordered(order.version))
    assert json.loads(put(workable, fresh()).body) == {"status": "pending"}

    actions.revoke_invitation(fresh().invitation)
    assert fresh().telling == HiringOrder.Telling.PENDING
    assert json.loads(put(workable, fresh()).body) == {"status": "rejected"}


def test_of_an_erased_candidate_nothing_is_told_any_more(workable, order):
    actions.erase_candidate(order.invitation.candidate)

    erased = fresh()
    assert (erased.state, erased.telling) == ("erased", "nothing")
    assert put(workable, erased) is None
