"""The check of browser and connection: the doors that a page knocks at."""

from uuid import uuid4

import pytest

from assessments.actions import store_report
from assessments.candidate.practice import CHECK_SOURCE
from assessments.models import Practice, Submission
from tests.assessments.conftest import make_report, words


@pytest.fixture
def echo(client, sit):
    return lambda body: client.put(sit("check/echo/"), body, content_type="application/json")


def test_an_echo_was_written_down_and_comes_with_the_servers_clock(echo):
    reply = echo({"text": "abc123"}).json()

    assert reply["text"] == "abc123"
    assert reply["now"][:4].isdecimal()
    assert Practice.objects.get().answers["echo"] == "abc123"


@pytest.mark.parametrize(
    "body", ["no JSON", [], {}, {"text": 1}, {"text": ""}, {"text": "<b>"}, {"text": "x" * 61}]
)
def test_an_echo_holds_a_few_letters_only(echo, body):
    assert echo(body).status_code == 422
    assert not Practice.objects.exists()


def test_an_echo_leaves_a_practice_as_it_is(echo, client, sit):
    client.post(sit("practice/1/"), {"option": "a", "revision": "0"})

    echo({"text": "abc"})

    assert 'value="a" data-answer checked' in client.get(sit("practice/1/")).content.decode()
    assert words(client.get(sit("practice/2/")))


def test_the_sandbox_is_asked_and_its_answer_waited_for(client, sit, broker):
    url = client.post(sit("check/run/")).json()["url"]
    submission = Submission.objects.get()
    assert (submission.source, submission.sample) == (CHECK_SOURCE, True)
    assert store_report(str(submission.pk), submission.ticket, make_report(0.0, "failed"))

    assert client.get(url).json() == {"graded": True}
    assert "Sample checks" not in words(client.get(sit("practice/2/")))


def test_a_check_that_is_made_often_is_told_so(client, sit, broker):
    answers = [client.post(sit("check/run/")).status_code for _ in range(3)]

    assert answers == [202, 202, 429]


def test_no_other_run_is_waited_for(client, sit, broker):
    client.post(sit("practice/2/run/"), {"source": "x = 1"}, headers={"HX-Request": "true"})

    assert client.get(sit(f"check/run/{Submission.objects.get().pk}/")).status_code == 404
    assert client.get(sit(f"check/run/{uuid4()}/")).status_code == 404


def test_the_page_says_what_works_without_scripts(client, sit):
    page = words(client.get(sit("check/")))

    assert "Scripts are switched off" in page
    assert "code can be run and submitted" in page


def test_during_a_sitting_the_check_runs_no_code(client, sit, attempt, echo):
    page = client.get(sit("check/")).content.decode()

    assert "data-run" not in page
    assert "Practise" not in page
    assert echo({"text": "abc"}).status_code == 200
    assert client.post(sit("check/run/"))["Location"] == sit()
