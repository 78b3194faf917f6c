"""Review, finish, and what is shown afterwards."""

import pytest

from assessments.actions import finish_attempt, save_answer, store_report
from assessments.models import Attempt, Submission
from tests.assessments.conftest import SOURCE, make_report


def test_review_says_what_is_unanswered(client, sit, attempt, choice_question):
    save_answer(attempt, choice_question, {"option": "a"}, 0)

    page = client.get(sit("review/")).content.decode()

    assert "1 of 2 questions are answered" in page
    assert "Not answered" in page


def test_an_untouched_starter_is_no_answer(client, sit, save, attempt):
    page = client.get(sit("questions/2/")).content.decode()
    starter = page.split("<textarea")[1].split(">\n", 1)[1].split("</textarea>")[0]
    assert save(2, {"source": starter.replace("&#x27;", "'")}, 0).status_code == 200

    assert "0 of 2 questions are answered" in client.get(sit("review/")).content.decode()


def test_finish_hands_in_drafts_that_were_never_submitted(
    client, sit, attempt, coding_question, broker
):
    save_answer(attempt, coding_question, {"source": SOURCE}, 0)

    response = client.post(sit("finish/"), follow=True)

    assert Submission.objects.get().source == SOURCE
    page = response.content.decode()
    assert "Handed in, thank you" in page
    assert "return" in page


def test_after_the_end_every_page_leads_to_what_was_handed_in(client, sit, attempt):
    finish_attempt(attempt)

    for rest in ["", "questions/1/", "review/"]:
        assert client.get(sit(rest))["Location"] == sit("done/")
    assert client.get(sit("clock/")).json()["closed"] is True


def test_finishing_twice_changes_nothing(client, sit, attempt):
    client.post(sit("finish/"))
    finished_at = Attempt.objects.get().finished_at

    assert client.post(sit("finish/"))["Location"] == sit("done/")
    assert Attempt.objects.get().finished_at == finished_at


def test_an_attempt_that_is_over_is_closed_by_whoever_looks_first(
    client, sit, attempt, past_deadline
):
    past_deadline(attempt, 30)

    page = client.get(sit("questions/1/"), follow=True).content.decode()

    attempt.refresh_from_db()
    assert attempt.state == Attempt.State.TIMED_OUT
    assert attempt.finished_at == attempt.deadline
    assert "Time was up" in page


def test_saves_in_flight_are_waited_for_at_the_deadline(client, sit, attempt, past_deadline):
    past_deadline(attempt, 2)

    page = client.get(sit("done/")).content.decode()

    attempt.refresh_from_db()
    assert attempt.state == Attempt.State.IN_PROGRESS
    assert "are being handed in" in page
    assert 'http-equiv="refresh"' in page


@pytest.mark.parametrize(("feedback", "shown"), [("none", False), ("families", True)])
def test_what_was_handed_in_shows_the_feedback_that_is_allowed(
    client, sit, attempt, coding_question, broker, shown
):
    save_answer(attempt, coding_question, {"source": SOURCE}, 0)
    finish_attempt(attempt)
    submission = Submission.objects.get()
    assert store_report(str(submission.pk), submission.ticket, make_report(0.4, "partial"))

    page = client.get(sit("done/")).content.decode()

    assert ("Partial" in page) is shown
    assert "Submit again" not in page
