"""What the desk says of a score that another version made: weights, questions, range."""

import pytest
from django.urls import reverse

from assessments import actions
from assessments.models import Attempt
from tests.assessments.conftest import CHOICE, words
from tests.assessments.recruiter.conftest import PARTIAL
from tests.assessments.regrading.regrades import corrected

# The other option is right, and no longer stands for a misconception.
MENDED = [
    {key: value for key, value in each.items() if key != "misconception"}
    | ({"right": True} if each["key"] == "b" else {"right": False, "misconception": "Another."})
    for each in CHOICE["options"]
]


def score_again(attempt, newer):
    """What taking over a regrade does to one attempt."""
    Attempt.objects.filter(pk=attempt.pk).update(scored_by=newer)
    attempt.refresh_from_db()
    actions.rescore_attempt(attempt)
    return attempt


@pytest.fixture
def wrong_once(make_attempt):
    """Makes an attempt with the option that was wrong when it was asked."""
    return lambda: make_attempt("Ada", PARTIAL, option="b")


def test_the_report_weighs_and_reads_as_the_version_that_made_the_score(
    recruiter, version, wrong_once
):
    newer = corrected(version, weights=(9, 1), options=MENDED)
    attempt = score_again(wrong_once(), newer)

    text = words(recruiter.get(attempt.get_absolute_url()))

    assert "100 % counts for 90 %" in text
    # Of weights 9 and 1 with shares 1 and 0.769231: Wilson's interval with n = 100/82.
    assert "lie between 29 % and 99 %" in text
    assert "below as version 2 of the assessment does, by which it was scored again." in text
    assert "by the questions and weights of version 2; Mended, version 2." in text
    assert "What the choice suggests" not in text


def test_what_that_version_asks_no_more_counts_no_more(recruiter, version, make_attempt):
    attempt = score_again(make_attempt("Ada", PARTIAL), corrected(version, drop=[1]))

    text = words(recruiter.get(attempt.get_absolute_url()))

    assert "counts no more" in text
    assert "The score weighs 1 of the 2 questions below" in text
    assert "1 question can tell only so much" in text


def test_compared_each_side_is_weighed_as_its_score_was_and_the_page_says_so(
    recruiter, version, wrong_once
):
    first, second = wrong_once(), wrong_once()
    score_again(second, corrected(version, right="b", weights=(9, 1)))

    page = recruiter.get(reverse("recruiter:compare"), {"attempt": [first.pk, second.pk]})

    text = words(page)
    assert "Different versions made their scores." in text
    assert "likely 29 % to 99 %" in text
    # Of weights 1 and 3 with shares 0 and 0.769231: Wilson's interval with n = 1.6.
    assert "likely 13 % to 92 %" in text
