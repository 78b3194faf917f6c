"""What was retired or has leaked is asked in no new attempt; those that go on keep it."""

import pytest
from django.urls import reverse

from assessments import actions
from assessments.candidate.steps import steps_of
from questions.actions import withdraw
from questions.models import QuestionVersion

WITHDRAWN = ["retired", "leaked"]


def asked(attempt):
    return [step.question.question_version.question.slug for step in steps_of(attempt)]


@pytest.mark.parametrize("status", WITHDRAWN)
def test_a_new_attempt_asks_nothing_that_was_withdrawn(invitation, choice, status):
    withdraw(choice.question, status)

    assert asked(actions.start_attempt(invitation)) == ["code-huber"]


@pytest.mark.parametrize("status", WITHDRAWN)
def test_an_attempt_that_goes_on_keeps_its_questions(attempt, choice, choice_question, status):
    withdraw(choice.question, status)

    assert asked(attempt) == ["which-one", "code-huber"]
    actions.save_answer(attempt, choice_question, {"option": "a"}, 0)
    # The choice weighs 1 of 4, and no code was written.
    assert actions.finish_attempt(attempt).score == 0.25


def test_an_attempt_asks_the_same_when_a_question_comes_back(invitation, choice):
    withdraw(choice.question, "retired")
    attempt = actions.start_attempt(invitation)
    QuestionVersion.objects.update(status="published")

    assert asked(attempt) == ["code-huber"]


def test_a_question_that_is_left_out_weighs_nothing(invitation, coding, choice_question):
    withdraw(coding.question, "leaked")
    attempt = actions.start_attempt(invitation)
    actions.save_answer(attempt, choice_question, {"option": "a"}, 0)

    assert actions.finish_attempt(attempt).score == 1.0


def test_reports_show_what_was_asked(invitation, choice, api, client, make_member):
    withdraw(choice.question, "leaked")
    attempt = actions.finish_attempt(actions.start_attempt(invitation))
    client.force_login(make_member())

    page = client.get(attempt.get_absolute_url()).content.decode()
    detail = api.get(f"/api/v1/attempts/{attempt.pk}/").json()

    assert "Code-huber" in page
    assert "Which-one" not in page
    assert [question["question"] for question in detail["questions"]] == ["code-huber"]


def test_a_candidate_is_told_of_what_will_be_asked(client, invitation, coding):
    withdraw(coding.question, "leaked")

    response = client.get(invitation.get_absolute_url())

    counted = response.context["outline"].counts
    assert [(each.kind, each.number) for each in counted] == [("single_choice", 1)]


def test_where_nothing_is_left_no_clock_starts_and_the_candidate_reads_why(
    client, invitation, choice, coding
):
    for version in (choice, coding):
        withdraw(version.question, "leaked")

    response = client.post(f"{invitation.get_absolute_url()}start/", {"consent": "on"})

    assert response.status_code == 409
    assert "no longer in use" in response.content.decode()
    invitation.refresh_from_db()
    assert invitation.is_open


def test_nobody_is_invited_to_an_assessment_of_which_nothing_is_left(
    client, version, choice, coding, make_member
):
    for each in (choice, coding):
        withdraw(each.question, "retired")
    client.force_login(make_member())
    url = f"{version.assessment.get_absolute_url()}invite/"

    response = client.post(url, {"name": "Ada", "email": "ada@example.com", "days": 14})

    assert response.status_code == 422
    assert "was retired, or has leaked" in response.content.decode()
    assert not version.invitations.exists()


def test_no_assessment_is_published_with_what_was_withdrawn(make_version, organisation, choice):
    withdraw(choice.question, "leaked")

    with pytest.raises(actions.NotPublished, match="has leaked"):
        make_version(organisation)


def test_a_recruiter_sees_which_questions_are_asked_no_more(client, version, choice, make_member):
    withdraw(choice.question, "leaked")
    client.force_login(make_member())

    address = reverse("recruiter:assessment_questions", args=[version.assessment.pk])
    page = client.get(address).content.decode()

    assert "leaked, so that no new attempt asks it" in page
