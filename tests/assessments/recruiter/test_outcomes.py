"""Outcomes: how many pass and how people decide, without who it was."""

import csv
from io import StringIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assessments import actions
from assessments.models import Attempt, Decision, Override
from tests.assessments.conftest import words

PAGE, EXPORT = reverse("recruiter:outcomes"), reverse("recruiter:outcomes_export")


@pytest.fixture
def sat(version):
    """Makes a finished attempt with a score, and with decisions, the newest last."""

    def sit(name, score, *outcomes):
        attempt = actions.start_attempt(actions.invite(version, name, f"{name}@example.com"))
        Attempt.objects.filter(pk=attempt.pk).update(
            state="finished", finished_at=timezone.now(), score=score
        )
        for outcome in outcomes:
            Decision.objects.create(attempt=attempt, outcome=outcome, reason="Because.")
        return attempt

    return sit


def rows(response):
    text = b"".join(response.streaming_content).decode()
    return list(csv.DictReader(StringIO(text)))


def test_rates_are_of_those_with_a_score_and_of_those_decided(sign_in, sat):
    sat("ada", 0.9, "hold", "advance")
    sat("bob", 0.6, "decline")
    sat("eve", 0.2)
    sat("kim", None)

    [row] = sign_in("recruiter").get(PAGE).context["rows"]

    assert (row.finished, row.graded, row.passed) == (4, 3, 2)
    assert (row.advance, row.hold, row.decline) == (1, 0, 1)
    assert (row.pass_rate, row.selection_rate) == (pytest.approx(2 / 3), 0.5)


def test_an_attempt_that_goes_on_and_anothers_are_not_counted(
    sign_in, attempt, stranger, make_version
):
    theirs = actions.invite(make_version(stranger), "Bob", "b@example.com")
    actions.finish_attempt(actions.start_attempt(theirs))

    page = sign_in("recruiter").get(PAGE)

    assert page.context["rows"] == []
    assert "Nobody has finished yet" in words(page)


def test_the_file_says_who_passed_and_how_it_was_decided_and_not_who_it_was(sign_in, sat):
    ada, bob = sat("ada", 0.9, "advance"), sat("bob", 0.2)
    Override.objects.create(attempt=bob, score=0.2, reason="x")

    response = sign_in("recruiter").get(EXPORT)
    first, second = rows(response)

    month = f"{timezone.now():%Y-%m}"
    assert first == {
        "assessment": "First", "version": "1", "month": month, "score": "0.2000",
        "pass_mark": "0.6000", "passed": "no", "decision": "", "score_was_overridden": "yes",
    }  # fmt: skip
    assert (second["passed"], second["decision"]) == ("yes", "advance")
    text = str([first, second]).lower()
    for trace in ("ada", "bob", str(ada.pk), f"{timezone.now():%Y-%m-%d}"):
        assert trace not in text


def test_the_number_of_queries_is_always_the_same(sign_in, sat):
    client = sign_in("recruiter")

    def queries(address):
        with CaptureQueriesContext(connection) as taken:
            response = client.get(address)
            _ = b"".join(response.streaming_content) if response.streaming else response.content
        return len(taken)

    sat("ada", 0.5)
    few = queries(PAGE), queries(EXPORT)
    for name in ("bob", "eve", "kim"):
        sat(name, 0.7, "hold")

    assert (queries(PAGE), queries(EXPORT)) == few
