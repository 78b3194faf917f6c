"""One tab saves at a time; another one only when the candidate says so."""

import pytest

from assessments import actions
from assessments.models import IntegrityEvent, Submission

pytestmark = pytest.mark.django_db

A, B = {"option": "a"}, {"option": "b"}
SOURCE = "def loss(y_true, y_pred, delta=1.0):\n    return 0.0\n"


def test_the_first_tab_to_save_holds_the_attempt(attempt, choice_question):
    actions.save_answer(attempt, choice_question, A, 0, tab="one")

    attempt.refresh_from_db()
    assert attempt.tab == "one"
    with pytest.raises(actions.HeldElsewhere):
        actions.save_answer(attempt, choice_question, B, 1, tab="two")
    assert attempt.answers.get().content == A


def test_another_tab_submits_nothing(attempt, coding_question):
    actions.claim(attempt, "one")

    with pytest.raises(actions.HeldElsewhere):
        actions.submit_code(attempt, coding_question, SOURCE, "submit", tab="two")
    assert not Submission.objects.exists()


def test_a_form_without_scripts_names_no_tab_and_is_saved(attempt, choice_question):
    actions.claim(attempt, "one")

    assert actions.save_answer(attempt, choice_question, A, 0).revision == 1
    attempt.refresh_from_db()
    assert attempt.tab == "one"


def test_a_claim_takes_nothing_away(attempt):
    actions.claim(attempt, "one")

    with pytest.raises(actions.HeldElsewhere):
        actions.claim(attempt, "two")
    attempt.refresh_from_db()
    assert attempt.tab == "one"
    assert not IntegrityEvent.objects.exists()


def test_after_a_takeover_the_older_tab_is_the_one_that_is_refused(attempt, choice_question):
    actions.save_answer(attempt, choice_question, A, 0, tab="one")

    actions.take_over(attempt, "two")

    assert actions.save_answer(attempt, choice_question, B, 1, tab="two").revision == 2
    with pytest.raises(actions.HeldElsewhere):
        actions.save_answer(attempt, choice_question, A, 2, tab="one")
    assert attempt.answers.get().content == B


def test_a_takeover_is_noted_once_however_often_it_arrives(attempt):
    actions.claim(attempt, "one")

    for _ in range(3):
        actions.take_over(attempt, "two", same_browser=True)

    event = IntegrityEvent.objects.get()
    assert (event.kind, event.detail) == ("takeover", {"same_browser": True})


def test_going_back_and_forth_is_noted_each_time(attempt):
    for tab in ["one", "two", "one", "two"]:
        actions.take_over(attempt, tab)

    assert IntegrityEvent.objects.count() == 3


def test_where_nothing_is_recorded_a_takeover_is_none(make_version, organisation):
    version = make_version(organisation, slug="quiet", records_events=False)
    attempt = actions.start_attempt(actions.invite(version, "Ada", "ada@example.com"))
    actions.claim(attempt, "one")

    actions.take_over(attempt, "two")

    attempt.refresh_from_db()
    assert attempt.tab == "two"
    assert not IntegrityEvent.objects.exists()


def test_a_closed_attempt_is_taken_over_by_nobody(attempt):
    actions.claim(attempt, "one")
    actions.finish_attempt(attempt)

    for change in (actions.take_over, actions.claim):
        with pytest.raises(actions.AttemptClosed):
            change(attempt, "two")
    attempt.refresh_from_db()
    assert attempt.tab == "one"
