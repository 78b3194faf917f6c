"""Greenhouse's own examples, and what it does beyond them."""

import json

import pytest

from assessments import actions
from assessments.models import Email, HiringError, HiringOrder, Invitation

pytestmark = pytest.mark.django_db
HOOK = "https://app.greenhouse.io/integrations/testing_partners/take_home_tests/12345"
PROFILE = "https://app.greenhouse.io/people/17681532?application_id=26234709"


@pytest.fixture
def greenhouse(connect):
    return connect(settings={"hosts": ["greenhouse.io"]})


def sent(version, **changes):
    """The example of Greenhouse's own pages, with what it sends beyond them."""
    candidate = {
        "first_name": "Harry",
        "last_name": "Potter",
        "preferred_name": None,
        "resume_url": "https://hogwarts.example/resume",
        "phone_number": "123-456-7890",
        "email": "h@x.example",
        "greenhouse_profile_url": PROFILE,
        "id": 7,
    }
    body = {
        "partner_test_id": str(version.assessment_id),
        "candidate": candidate | changes.pop("candidate", {}),
        "sent_by": "test_sender@example.org",
        "url": HOOK,
        "application": {"id": 8},
    }
    return body | changes


def test_it_lists_what_may_be_sent_as_a_bare_array(greenhouse, version):
    assert greenhouse("GET", "list_tests") == (
        200,
        [{"partner_test_id": str(version.assessment_id), "partner_test_name": "First"}],
    )


def test_a_test_is_sent_by_e_mail_once_however_often_it_is_asked_for(greenhouse, version):
    status, answer = greenhouse("POST", "send_test", sent(version))
    again = greenhouse("POST", "send_test", sent(version))

    assert (status, list(answer)) == (200, ["partner_interview_id"])
    assert again == (200, answer)
    order = HiringOrder.objects.get(pk=answer["partner_interview_id"])
    assert order.invitation.candidate.name == "Harry Potter"
    assert (order.email, order.profile_url, order.callback_url) == ("h@x.example", PROFILE, HOOK)
    assert [each.to for each in Email.objects.all()] == ["h@x.example"]


def test_status_and_score_are_told_as_it_asks(greenhouse, version, sit, settings):
    _, answer = greenhouse("POST", "send_test", sent(version))
    asked = f"test_status?partner_interview_id={answer['partner_interview_id']}"
    nothing = dict.fromkeys(["partner_profile_url", "partner_score", "metadata"])
    assert greenhouse("GET", asked) == (200, {"partner_status": "invited"} | nothing)

    order = sit(HiringOrder.objects.with_invitation().get(), 0.5)

    _, told = greenhouse("GET", asked)
    attempt = order.invitation.attempt
    assert told == {
        "partner_status": "complete",
        "partner_profile_url": f"{settings.BASE_URL}/desk/attempts/{attempt.pk}/",
        "partner_score": 62.5,
        "metadata": {
            "Passed": "yes",
            "Pass mark": 60,
            "Completed At": attempt.finished_at.isoformat().replace("+00:00", "Z"),
        },
    }


def test_whoever_lacks_the_key_is_sent_away(greenhouse, version):
    greenhouse.authorization = "Basic bm9ib2R5Og=="

    assert greenhouse("GET", "list_tests")[0] == 401
    assert greenhouse.answer["WWW-Authenticate"].startswith("Basic ")


BROKEN = {
    "not JSON": ("{", 400),
    "a list": ("[]", 400),
    "NaN": ('{"url": NaN}', 400),
    "not UTF-8": (b"\xff\xfe", 400),
    "nested deep": ("[" * 100_000, 400),
    "too large": ('{"a": "' + "x" * 300_000 + '"}', 413),
}


@pytest.mark.parametrize("body", BROKEN)
def test_a_body_that_is_none_is_refused_and_noted(greenhouse, body):
    text, status = BROKEN[body]

    said, answer = greenhouse("POST", "send_test", text)

    assert (said, list(answer)) == (status, ["error"])
    assert HiringError.objects.get().called == "send_test"


WRONG = [
    ({"partner_test_id": "12345"}, 404),
    ({"partner_test_id": None}, 400),
    ({"candidate": {"email": "nobody"}}, 400),
    ({"candidate": {"email": None}}, 400),
    ({"candidate": {"first_name": "a\x00b"}}, 400),
    ({"candidate": {"first_name": "\ud800"}}, 400),
    ({"candidate": {"first_name": ["Harry"]}}, 400),
    ({"candidate": {"first_name": None, "last_name": ""}}, 400),
    ({"url": "https://greenhouse.io.example.com/x"}, 400),
    ({"url": "https://evilgreenhouse.io/x"}, 400),
    ({"url": "http://app.greenhouse.io/x"}, 400),
    ({"url": "https://10.0.0.1/x"}, 400),
    ({"url": None}, 400),
]


def test_what_can_not_be_sent_is_refused_and_invites_nobody(greenhouse, version):
    said = [greenhouse("POST", "send_test", sent(version, **each))[0] for each, _ in WRONG]

    assert said == [status for _, status in WRONG]
    assert not Invitation.objects.exists()
    assert not HiringOrder.objects.exists()


def test_an_error_it_reports_is_kept_without_the_address(greenhouse, version):
    _, answer = greenhouse("POST", "send_test", sent(version))
    told = {
        "api_call": "test_status",
        "errors": ["h@x.example has no score"],
        "candidate_email": "h@x.example",
    } | answer

    assert greenhouse("POST", "response_error", told) == (200, {"status": 200})
    assert greenhouse("POST", "response_error", told) == (200, {"status": 200})

    error = HiringError.objects.get()
    assert (error.called, error.answer, error.times) == ("test_status", "(address) has no score", 2)
    assert str(error.order_id) == answer["partner_interview_id"]


def test_one_key_reaches_the_orders_of_its_own_connection_alone(
    greenhouse, connect, stranger, version
):
    _, answer = greenhouse("POST", "send_test", sent(version))
    other = connect(organisation=stranger)

    assert other("GET", "list_tests") == (200, [])
    asked = f"test_status?partner_interview_id={answer['partner_interview_id']}"
    assert other("GET", asked)[0] == 404
    assert other("POST", "send_test", sent(version))[0] == 404
    assert greenhouse("GET", "test_status?partner_interview_id=12%00")[0] == 404


def test_a_test_that_was_withdrawn_can_be_sent_again(greenhouse, version):
    _, first = greenhouse("POST", "send_test", sent(version))
    actions.revoke_invitation(Invitation.objects.get())
    asked = f"test_status?partner_interview_id={first['partner_interview_id']}"
    assert greenhouse("GET", asked)[1]["partner_status"] == "cancelled"

    _, second = greenhouse("POST", "send_test", sent(version))

    assert first != second


def test_after_erasure_nothing_leads_to_the_person(greenhouse, version, sit):
    _, answer = greenhouse("POST", "send_test", sent(version))
    order = sit(HiringOrder.objects.with_invitation().get())
    actions.erase_candidate(order.invitation.candidate)

    asked = f"test_status?partner_interview_id={answer['partner_interview_id']}"
    assert greenhouse("GET", asked)[1]["partner_status"] == "erased"
    kept = json.dumps(HiringOrder.objects.values().get(), default=str)
    assert [each for each in ("Harry", "h@x", "greenhouse.io") if each in kept] == []
