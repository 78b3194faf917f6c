"""Grading in bulk: sent once, followed as a whole, read page by page."""

import pytest

from assessments import actions
from assessments.models import Batch, Submission, TokenDay
from tests.assessments.api.endpoint_table import type_of
from tests.assessments.conftest import make_report

pytestmark = pytest.mark.django_db

URL = "/api/v1/batches/"
CODE = {"task": "huber", "source": "x = 1"}


@pytest.fixture
def api(make_api, organisation):
    return make_api(organisation, "grade")


def send(api, items, **headers):
    return api.post(URL, {"items": items}, headers=headers)


def test_a_batch_is_followed_to_its_results(api):
    accepted = send(api, [CODE | {"id": f"s{n}"} for n in range(3)])
    url = accepted["Location"]

    assert accepted.status_code == 202
    assert url == f"http://testserver{URL}{accepted.json()['id']}/"
    assert {"total": 3, "graded": 0, "finished_at": None}.items() <= accepted.json().items()
    for number, submission in enumerate(Submission.objects.all(), start=1):
        actions.store_report(str(submission.pk), submission.ticket, make_report())
        progress = api.get(url).json()
        assert progress["graded"] == number
        assert (progress["finished_at"] is not None) == (number == 3)

    first = api.get(f"{url}results/?page_size=2").json()
    rest = api.get(first["next"]).json()
    lines = first["results"] + rest["results"]
    assert [(line["position"], line["id"]) for line in lines] == [(1, "s0"), (2, "s1"), (3, "s2")]
    assert rest["next"] is None
    assert {line["submission"]["report"]["verdict"] for line in lines} == {"passed"}


def test_a_thousand_fit_and_one_more_does_not(api, django_assert_max_num_queries):
    assert send(api, [CODE] * 1001).status_code == 400
    assert not Submission.objects.exists()

    with django_assert_max_num_queries(1200):
        assert send(api, [CODE] * 1000).status_code == 202
    assert Submission.objects.count() == Batch.objects.get().total == 1000


def test_one_bad_item_is_named_and_nothing_is_graded(api):
    response = send(api, [CODE, CODE | {"task": "hubert"}, CODE | {"name": "x"}])

    assert response.status_code == 400
    assert [each["field"] for each in response.json()["errors"]] == ["items.1.task", "items.2.name"]
    assert not Submission.objects.exists()


def test_the_same_key_has_it_graded_once(api):
    first = send(api, [CODE], **{"Idempotency-Key": "k"})
    again = send(api, [CODE], **{"Idempotency-Key": "k"})
    other = send(api, [CODE] * 2, **{"Idempotency-Key": "k"})

    assert (again.json(), again["Idempotent-Replayed"]) == (first.json(), "true")
    assert other.status_code == 422
    assert Submission.objects.count() == 1


def test_a_token_sends_as_much_in_a_day_as_it_may(api, make_api, organisation, settings, clock):
    settings.API_SUBMISSIONS_PER_DAY = 3
    assert send(api, [CODE] * 2).status_code == 202

    refused = send(api, [CODE] * 2)
    assert (refused.status_code, refused.json()["type"]) == (429, type_of("rate-limited"))
    assert 0 < int(refused["Retry-After"]) <= 86_401
    assert Submission.objects.count() == 2
    # Singly, it may send one more; another token has a day of its own.
    sent = [api.post("/api/v1/submissions/", CODE).status_code for _ in range(2)]
    assert sent == [202, 429]
    assert send(make_api(organisation, "grade"), [CODE] * 3).status_code == 202
    clock.forward(days=1)
    assert send(api, [CODE] * 3).status_code == 202


def test_without_a_quota_nothing_is_counted(api):
    send(api, [CODE] * 2)

    assert not TokenDay.objects.exists()
