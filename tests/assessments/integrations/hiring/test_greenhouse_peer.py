"""Greenhouse's side, against partners that answer wrongly, and against ours."""

import http.client
import json
from urllib.parse import urlsplit

import pytest

from assessments.actions.hiring_sending import tell_round
from assessments.integrations import outbound
from assessments.models import Email, HiringError, HiringOrder
from tests.assessments.integrations.receiver import receiving
from tests.peers.greenhouse import Unacceptable, basic, greenhouse

KEY = "key-of-the-customer"
TEST = {"partner_test_id": "12345", "partner_test_name": "My First Test"}
COMPLETE = {
    "partner_status": "complete",
    "partner_profile_url": "https://partner.example/reports/1",
    "partner_score": 81,
    "metadata": {"Started At": "2026-11-21", "Notes": None, "Passed": True, "Points": 1.5},
}


@pytest.fixture(scope="module")
def partner():
    """A partner that answers whatever a test says."""
    with receiving() as made:
        made.answers["/response_error"] = answer({"status": 200})
        yield made


@pytest.fixture(scope="module")
def peer(partner):
    with greenhouse(partner.url(""), KEY) as made:
        yield made


def answer(body, status=200, kind="application/json; charset=utf-8"):
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    return (status, {"Content-Type": kind}, text)


def without(name, found):
    return {key: value for key, value in found.items() if key != name}


def test_the_answers_of_the_description_are_taken(partner, peer):
    partner.answers |= {"/list_tests": answer([TEST]), "/send_test": answer(
        {"partner_interview_id": "98765"}
    ), "/test_status?partner_interview_id=98765": answer(COMPLETE)}  # fmt: skip

    assert peer.list_tests() == [TEST]
    order = peer.send_test("12345")
    assert peer.test_status(order) == COMPLETE

    [(headers, body)] = partner.to("/send_test")
    assert headers["Authorization"] == "Basic a2V5LW9mLXRoZS1jdXN0b21lcjo="
    assert json.loads(body)["candidate"]["email"] == "harry@hogwarts.example"


WRONG_LISTS = [
    {"partner_test_ids": [TEST]},
    [TEST | {"partner_test_id": 12345}],
    [without("partner_test_name", TEST)],
    [TEST | {"partner_test_name": None}],
    [TEST, TEST],
    ["12345"],
    b"[",
]
WRONG_ORDERS = [{"partner_interview_id": 98765}, {"partner_interview_id": ""}, ["98765"], {}]
WRONG_STATUSES = [
    without("partner_status", COMPLETE),
    without("partner_profile_url", COMPLETE),
    COMPLETE | {"partner_profile_url": None},
    COMPLETE | {"partner_profile_url": "/reports/1"},
    COMPLETE | {"partner_score": "81"},
    COMPLETE | {"partner_score": True},
    COMPLETE | {"metadata": {"Sections": {"One": 1}}},
    COMPLETE | {"metadata": {"Sections": [1]}},
    COMPLETE | {"partner_status": 3},
    COMPLETE | {"score": 3},
    b'{"partner_status": "sent", "partner_score": NaN}',
]


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        *(("list_tests", each) for each in WRONG_LISTS),
        *(("send_test", each) for each in WRONG_ORDERS),
        *(("test_status", each) for each in WRONG_STATUSES),
    ],
)
def test_what_is_not_as_described_is_refused_and_reported(partner, peer, name, wrong):
    path = "/test_status?partner_interview_id=1" if name == "test_status" else f"/{name}"
    partner.answers[path] = answer(wrong)
    calls = {
        "list_tests": peer.list_tests,
        "send_test": lambda: peer.send_test("12345"),
        "test_status": lambda: peer.test_status("1"),
    }
    before = len(peer.reported)

    with pytest.raises(Unacceptable):
        calls[name]()

    [told] = peer.reported[before:]
    assert told["api_call"] == name
    assert told["errors"]
    assert json.loads(partner.to("/response_error")[-1][1]) == told


@pytest.mark.parametrize(
    "wrong", [answer([TEST], 500), answer([TEST], 302), answer([TEST], kind="text/html")]
)
def test_a_failure_and_what_is_not_said_to_be_json_are_refused(partner, peer, wrong):
    partner.answers["/list_tests"] = wrong

    with pytest.raises(Unacceptable):
        peer.list_tests()


def test_the_same_order_that_becomes_another_test_is_refused(partner, peer):
    partner.answers["/send_test"] = answer({"partner_interview_id": "1"})
    order = peer.send_test("12345")
    partner.answers["/send_test"] = answer({"partner_interview_id": "2"})

    with pytest.raises(Unacceptable, match="another test"):
        peer.repeat(order)


def test_a_completion_needs_the_key_no_body_and_an_order(partner, peer):
    partner.answers["/send_test"] = answer({"partner_interview_id": "7"})
    order = peer.send_test("12345")
    path = urlsplit(order.url).path

    def said(path=path, key=KEY, body=None, method="PATCH"):
        made = http.client.HTTPConnection("127.0.0.1", peer.port, timeout=5)
        made.request(method, path, body, {"Authorization": basic(key)})
        status = made.getresponse().status
        made.close()
        return status

    assert said() == 200
    assert peer.waiting == [order]
    assert [said(key="another"), said(path="/nowhere"), said(body=b"{}"), said(method="POST")] == [
        401, 404, 400, 405,
    ]  # fmt: skip
    assert len(peer.wrong) == 4
    order.answers = [503]
    assert (said(), said()) == (503, 200)
    assert order.patched == 3


# Against ours, over HTTP --------------------------------------------------------------------------


@pytest.fixture
def ours(live_server, connect, settings):
    """Greenhouse, connected with us as an owner does it."""
    settings.WEBHOOKS_ALLOW_PRIVATE = True
    system = connect("greenhouse", settings={"hosts": ["127.0.0.1"]})
    with greenhouse(f"{live_server.url}/integrations/greenhouse/v1", system.key) as made:
        yield made


def ordered(order):
    return HiringOrder.objects.with_invitation().get(pk=order.partner_interview_id)


def test_greenhouse_gets_on_with_ours(ours, version, sit, clock, broker, monkeypatch):
    [test] = ours.list_tests()
    assert test == {
        "partner_test_id": str(version.assessment_id),
        "partner_test_name": version.title,
    }
    harry = ours.send_test(test["partner_test_id"])
    ron = ours.send_test(
        test["partner_test_id"], extras=False, first_name="Ron", last_name="Weasley",
        preferred_name=None, resume_url=None, phone_number=None, email="ron@hogwarts.example",
    )  # fmt: skip
    assert ours.repeat(harry) is harry
    assert sorted(Email.objects.values_list("to", flat=True)) == [
        "harry@hogwarts.example", "ron@hogwarts.example",
    ]  # fmt: skip
    assert ours.test_status(harry)["partner_status"] != "complete"

    tell_round()
    assert ours.waiting == []  # there is nothing to ask for yet
    sit(ordered(harry), 0.5)
    assert tell_round() == 1
    [told] = ours.follow_up()
    assert (told["partner_status"], told["partner_score"]) == ("complete", 62.5)
    assert ours.test_status(harry) == told  # whoever polls hears the same

    monkeypatch.setitem(outbound.call.__kwdefaults__, "seconds", 0.3)
    ron.answers = [500, "drop", "hang", 429, "twice"]
    sit(ordered(ron), 1.0)
    for _ in range(20):
        if ordered(ron).telling == HiringOrder.Telling.DELIVERED:
            break
        clock.forward(days=1)
        tell_round()
    assert ron.patched == 5
    # Said twice, for one answer was lost; and heard the same both times.
    assert [each["partner_score"] for each in ours.follow_up()] == [100, 100]
    assert tell_round() == 0
    assert (ours.wrong, ours.reported) == ([], [])

    with pytest.raises(Unacceptable, match="404"):
        ours.send_test("12345")
    with pytest.raises(Unacceptable, match="404"):
        ours.test_status("98765")
    errors = HiringError.objects.filter(side=HiringError.Side.TOLD)
    assert {each.called for each in errors} == {"send_test", "test_status"}
    assert not any("@" in each.answer for each in errors)

    for method, name in (("GET", "list_tests"), ("POST", "send_test"), ("GET", "test_status")):
        status, headers, _ = ours.raw(method, name, harry.body, key="another")
        assert (status, headers["WWW-Authenticate"].split()[0]) == (401, "Basic")
