"""The share of each topic, family and section, made with every score of an attempt."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from assessments import actions
from assessments.models import Answer, Attempt, PartScore, Submission
from questions.models import Topic
from tests.assessments.conftest import SOURCE, make_report
from tests.assessments.sectioned import draft_of

PARTIAL = {
    "values": {"passed": 4, "total": 4, "score": 1.0},
    "gradients": {"passed": 1, "total": 2, "score": 0.5},
    "stability": {"passed": 0, "total": 0, "score": 0.0},
}


def parts(attempt, kind):
    found = PartScore.objects.filter(attempt=attempt, kind=kind)
    return {part.key: (part.score, part.weight) for part in found}


def topic(slug, *questions):
    found, _ = Topic.objects.get_or_create(slug=slug, title=slug.capitalize())
    for question in questions:
        question.question.topics.add(found)


@pytest.fixture
def topics(choice, coding):
    """A choice of weight 1 and code of weight 3: one topic has both, one of them the code."""
    topic("robust", choice, coding)
    topic("huber-loss", coding)


def submit(attempt, question, **report):
    submission = actions.submit_code(attempt, question, SOURCE, Submission.Purpose.SUBMIT)
    if report:
        actions.store_report(str(submission.pk), submission.ticket, make_report(**report))
    return submission


@pytest.fixture
def answered(attempt, choice_question, coding_question, topics):
    """The choice is right, the code earns half."""
    actions.save_answer(attempt, choice_question, {"option": "a"}, 0)
    submit(attempt, coding_question, score=0.5, verdict="partial", families=PARTIAL)
    actions.finish_attempt(attempt)
    return attempt


def test_a_topic_is_the_weighted_mean_of_its_questions(answered):
    found = parts(answered, "topic")

    assert found == {
        "robust": (pytest.approx((1 * 1 + 3 * 0.5) / 4), 1.0),
        "huber-loss": (0.5, 0.75),
    }


def test_a_family_has_its_part_of_the_codings_weight(answered):
    # Of the usual 0.35 and 0.30, for the report has no stability; the code weighs 3 of 4.
    assert parts(answered, "family") == {
        "values": (1.0, pytest.approx(0.75 * 0.35 / 0.65)),
        "gradients": (0.5, pytest.approx(0.75 * 0.30 / 0.65)),
    }


def test_code_that_is_missing_earns_nothing_in_every_family(
    attempt, choice_question, coding_question, topics
):
    actions.save_answer(attempt, choice_question, {"option": "a"}, 0)
    actions.finish_attempt(attempt)

    found = parts(attempt, "family")
    assert list(found) == ["edge_cases", "efficiency", "gradients", "stability", "values"]
    assert {score for score, _ in found.values()} == {0.0}
    assert sum(weight for _, weight in found.values()) == pytest.approx(0.75)
    assert parts(attempt, "topic")["robust"] == (0.25, 1.0)


def test_code_that_could_not_be_judged_earns_nothing(attempt, coding_question, topics):
    submit(attempt, coding_question, score=0.0, verdict="error", families={})
    actions.finish_attempt(attempt)

    assert parts(attempt, "family")["values"] == (0.0, pytest.approx(0.75 * 0.35))


def test_nothing_is_said_of_an_attempt_that_goes_on(attempt, coding_question, topics):
    submit(attempt, coding_question)

    assert not PartScore.objects.exists()


def test_a_part_waits_for_its_own_questions_only(attempt, choice, coding_question, topics):
    topic("choices", choice)
    submission = submit(attempt, coding_question)
    actions.finish_attempt(attempt)

    assert Attempt.objects.get().score is None
    assert parts(attempt, "topic") == {"choices": (0.0, 0.25)}
    assert parts(attempt, "family") == {}

    actions.store_report(str(submission.pk), submission.ticket, make_report(1.0))

    assert parts(attempt, "topic")["huber-loss"] == (1.0, 0.75)
    assert parts(attempt, "family")["gradients"][0] == 1.0


def test_scoring_again_replaces_the_parts(answered, choice_question):
    Answer.objects.filter(question=choice_question).update(content={"option": "b"})
    Topic.objects.get(slug="huber-loss").delete()

    actions.rescore_attempt(answered)

    assert parts(answered, "topic") == {"robust": (pytest.approx(1.5 / 4), 1.0)}


def test_scoring_again_leaves_what_did_not_change(answered):
    before = set(PartScore.objects.values_list("pk", flat=True))

    actions.rescore_attempt(answered)

    assert set(PartScore.objects.values_list("pk", flat=True)) == before


def test_each_section_has_its_share(organisation):
    version = draft_of(organisation, {"asks": 2}, {"asks": 1})
    actions.publish_assessment(version)
    attempt = actions.start_attempt(actions.invite(version, "Ada", "ada@example.com"))
    for question in version.questions.filter(position__in=[1, 3]):
        actions.save_answer(attempt, question, {"option": "a"}, 0)
    actions.finish_attempt(attempt)

    assert parts(attempt, "section") == {
        "1": (0.5, pytest.approx(2 / 3)),
        "2": (1.0, pytest.approx(1 / 3)),
    }


def test_the_command_makes_what_older_attempts_lack(answered):
    made = list(PartScore.objects.values_list("kind", "key", "score", "weight"))
    PartScore.objects.all().delete()
    Attempt.objects.update(score=0.123)

    said = []
    for _ in range(2):
        out = StringIO()
        call_command("score_parts", stdout=out)
        said.append(out.getvalue().strip())

    assert list(PartScore.objects.values_list("kind", "key", "score", "weight")) == made
    assert Attempt.objects.get().score == 0.123
    assert said == ["made the parts of 1 attempts", "made the parts of 0 attempts"]


def test_the_command_leaves_out_who_goes_on_and_what_was_erased(attempt, answered):
    PartScore.objects.all().delete()
    answered.invitation.erased_at = timezone.now()
    answered.invitation.save()

    call_command("score_parts", stdout=StringIO())

    assert not PartScore.objects.exists()
