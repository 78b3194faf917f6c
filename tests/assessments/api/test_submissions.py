"""Grading as other systems use it: post code, follow it, read the report."""

import json

import pytest

from assessments import actions, doorbell
from assessments.models import ApiToken, Submission
from tests.assessments.api.endpoint_table import type_of

pytestmark = pytest.mark.django_db

URL = "/api/v1/submissions/"
BODY = {"task": "huber", "source": "def loss(y_true, y_pred, delta=1.0):\n    return 0.0\n"}
READ, GRADE = ApiToken.Scope.READ, ApiToken.Scope.GRADE
REPORT = {
    "task": "huber",
    "verdict": "passed",
    "score": 1.0,
    "families": {},
    "checks": [],
    "error": None,
    "diagnosis": [],
    "seconds": {"wall": 0.01, "cpu": 0.01},
}


def test_posted_code_is_accepted_and_followed_to_its_report(api):
    accepted = api.post(URL, BODY)

    assert accepted.status_code == 202
    body = accepted.json()
    assert list(body) == ["id", "task", "status", "created_at", "graded_at", "report"]
    assert (body["task"], body["status"], body["report"]) == ("huber", "queued", None)
    assert accepted["Location"] == f"http://testserver{URL}{body['id']}/"

    submission = Submission.objects.get()
    actions.store_report(str(submission.pk), submission.ticket, REPORT)
    graded = api.get(accepted["Location"]).json()
    assert graded["status"] == "graded"
    assert graded["report"]["verdict"] == "passed"
    assert graded["graded_at"].endswith("Z")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        pytest.param({"source": "x"}, "task", id="no task"),
        pytest.param(BODY | {"task": "hubert"}, "task", id="unknown task"),
        pytest.param(BODY | {"task": None}, "task", id="null for a task"),
        pytest.param(BODY | {"task": ["huber"]}, "task", id="a list for a task"),
        pytest.param({"task": "huber"}, "source", id="no source"),
        pytest.param(BODY | {"source": ""}, "source", id="empty source"),
        pytest.param(BODY | {"source": " \n"}, "source", id="blank source"),
        pytest.param(BODY | {"source": 7}, "source", id="a number for a source"),
        pytest.param(BODY | {"source": None}, "source", id="null for a source"),
        pytest.param(BODY | {"source": ["x"]}, "source", id="a list for a source"),
        pytest.param(BODY | {"source": "a\x00b"}, "source", id="null character"),
        pytest.param(BODY | {"source": "\ud800"}, "source", id="half a surrogate pair"),
        pytest.param(BODY | {"source": "é" * 32_769}, "source", id="over 64 KiB"),
        pytest.param(BODY | {"sauce": "x"}, "sauce", id="unknown field"),
    ],
)
def test_an_unusable_body_is_refused_with_its_field(api, body, field):
    response = api.post(URL, json.dumps(body), content_type="application/json")

    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    problem = response.json()
    assert problem["type"] == type_of("invalid")
    assert [error["field"] for error in problem["errors"]] == [field]
    assert not Submission.objects.exists()


def test_source_is_kept_as_it_was_typed(api):
    source = "\n\tx = '\u00e9\u2028'  \r\n"

    assert api.post(URL, BODY | {"source": source}).status_code == 202
    assert Submission.objects.get().source == source


def test_64_kib_of_escaped_source_fit(api):
    body = json.dumps(BODY | {"source": "\x01" * 65_536})

    assert api.post(URL, body, content_type="application/json").status_code == 202


# Waiting ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("seconds", ["-1", "1.5", "soon", "", "99999", "²"])
def test_a_wait_that_is_no_number_of_seconds_is_refused(api, seconds):
    pk = api.post(URL, BODY).json()["id"]

    response = api.get(f"{URL}{pk}/", {"wait": seconds})

    assert response.status_code == 400
    assert [error["field"] for error in response.json()["errors"]] == ["wait"]


@pytest.mark.parametrize(
    ("query", "headers", "seconds"),
    [
        ({"wait": "3"}, {}, 3),
        ({"wait": "600"}, {}, 25),
        ({}, {"Prefer": "wait=7"}, 7),
        ({}, {"Prefer": "respond-async, wait=7"}, 7),
        ({}, {"Prefer": "wait=never"}, None),
        ({"wait": "0"}, {}, None),
        ({}, {}, None),
    ],
)
def test_a_caller_waits_as_long_as_asked_and_no_longer_than_is_allowed(
    api, monkeypatch, query, headers, seconds
):
    waits = []
    monkeypatch.setattr(doorbell, "wait", lambda pk, seconds: waits.append(seconds))
    pk = api.post(URL, BODY).json()["id"]

    response = api.get(f"{URL}{pk}/", query, headers=headers)

    assert response.json()["status"] == "queued"
    assert waits == ([] if seconds is None else [seconds])


def test_a_graded_submission_is_not_waited_for(api, monkeypatch):
    monkeypatch.setattr(doorbell, "wait", lambda *args: pytest.fail("waited"))
    pk = api.post(URL, BODY).json()["id"]
    actions.store_report(pk, Submission.objects.get().ticket, REPORT)

    assert api.get(f"{URL}{pk}/", {"wait": "20"}).json()["status"] == "graded"


# Lists ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_a_list_takes_three_queries_however_long_it_is(api, count, django_assert_num_queries):
    for _ in range(count):
        api.post(URL, BODY)
    api.get(URL)  # notes that the token was used

    with django_assert_num_queries(3):  # token, its minute, submissions
        response = api.get(URL)

    assert len(response.json()["results"]) == count


def test_pages_hold_every_submission_once_the_newest_first(api):
    sent = [api.post(URL, BODY).json()["id"] for _ in range(5)]

    found, url = [], f"{URL}?page_size=2"
    while url:
        page = api.get(url).json()
        found += [line["id"] for line in page["results"]]
        url = page["next"]

    assert found == sent[::-1]


def test_a_token_to_grade_lists_what_systems_sent_and_not_what_candidates_did(
    make_api, organisation, attempt, coding_question
):
    run = actions.submit_code(attempt, coding_question, BODY["source"], Submission.Purpose.RUN)
    grader, reader = make_api(organisation, GRADE), make_api(organisation, READ)
    own = grader.post(URL, BODY).json()["id"]

    assert [line["id"] for line in grader.get(URL).json()["results"]] == [own]
    assert {line["id"] for line in reader.get(URL).json()["results"]} == {own, str(run.pk)}
    assert grader.get(f"{URL}{run.pk}/").status_code == 404
    assert reader.get(f"{URL}{run.pk}/").status_code == 200


# Sending the same request again -----------------------------------------------------------------


def test_the_same_key_and_body_get_the_same_answer_and_one_submission(api):
    first = api.post(URL, BODY, headers={"Idempotency-Key": "k1"})
    again = api.post(URL, dict(reversed(BODY.items())), headers={"Idempotency-Key": "k1"})

    assert (again.status_code, again.json()) == (202, first.json())
    assert again["Location"] == first["Location"]
    assert again["Idempotent-Replayed"] == "true"
    assert Submission.objects.count() == 1


def test_the_same_key_with_another_body_is_refused(api):
    api.post(URL, BODY, headers={"Idempotency-Key": "k1"})

    response = api.post(URL, BODY | {"task": "hinge"}, headers={"Idempotency-Key": "k1"})

    assert response.status_code == 422
    assert response.json()["type"] == type_of("idempotency-key-reused")
    assert Submission.objects.count() == 1


def test_a_key_belongs_to_its_token(make_api, organisation):
    for client in (make_api(organisation), make_api(organisation)):
        assert client.post(URL, BODY, headers={"Idempotency-Key": "k1"}).status_code == 202

    assert Submission.objects.count() == 2


def test_a_refused_request_does_not_use_up_its_key(api):
    api.post(URL, BODY | {"task": "no"}, headers={"Idempotency-Key": "k1"})

    assert api.post(URL, BODY, headers={"Idempotency-Key": "k1"}).status_code == 202


@pytest.mark.parametrize(
    "key", ["x" * 256, "\u00e9", "a\x7f"], ids=["long", "not ASCII", "control"]
)
def test_a_key_that_is_no_key_is_refused(api, key):
    response = api.post(URL, BODY, headers={"Idempotency-Key": key})

    assert response.status_code == 400
    assert response.json()["errors"][0]["field"] == "Idempotency-Key"
