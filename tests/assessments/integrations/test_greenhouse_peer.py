"""Greenhouse's side, against partners that answer wrongly, and against ours."""

import http.client
import json
from urllib.parse import urlsplit

import pytest

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
