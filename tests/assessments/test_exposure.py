"""How often a question was asked is counted as it happens."""

from importlib import import_module

import pytest
from django.apps import apps

from assessments.actions import invite, publish_assessment, start_attempt
from assessments.actions.problems import NotPublished
from assessments.models import Assessment, AssessmentQuestion, AssessmentVersion
from questions.models import Exposure, Question, Withdrawal


def counted(organisation):
    rows = Exposure.objects.filter(organisation=organisation).order_by("question__slug")
    return list(rows.values_list("question__slug", "assessments", "candidates"))


def second_version(first):
    again = AssessmentVersion.objects.create(
        assessment=first.assessment, number=first.number + 1, title="Again", minutes=30
    )
    for place in first.questions.all():
        AssessmentQuestion.objects.create(
            version=again, question_version=place.question_version, position=place.position
        )
    return again


def test_each_published_assessment_and_each_candidate_counts(version, make_version, organisation):
    make_version(organisation, slug="second")
    for name in ("ada", "bo"):
        start_attempt(invite(version, name, f"{name}@example.com"))

    assert counted(organisation) == [("code-huber", 2, 2), ("which-one", 2, 2)]


def test_a_second_version_of_an_assessment_is_the_same_assessment(version, organisation):
    publish_assessment(second_version(version))

    assert counted(organisation) == [("code-huber", 1, 0), ("which-one", 1, 0)]


def test_a_draft_counts_for_nothing(version, organisation):
    assessment = Assessment.objects.create(organisation=organisation, slug="draft")
    draft = AssessmentVersion.objects.create(
        assessment=assessment, number=1, title="Draft", minutes=5
    )
    place = version.questions.first()
    AssessmentQuestion.objects.create(
        version=draft, question_version=place.question_version, position=1
    )
    publish_assessment(second_version(version))

    assert counted(organisation) == [("code-huber", 1, 0), ("which-one", 1, 0)]


def test_other_organisations_count_for_themselves(version, make_version, organisation, stranger):
    start_attempt(invite(make_version(stranger), "Ada", "ada@example.com"))

    assert counted(organisation) == [("code-huber", 1, 0), ("which-one", 1, 0)]
    assert counted(stranger) == [("code-huber", 1, 1), ("which-one", 1, 1)]


def test_what_was_asked_before_is_counted_once(version, make_version, organisation):
    make_version(organisation, slug="second")
    start_attempt(invite(version, "Ada", "ada@example.com"))
    before = counted(organisation)
    Exposure.objects.all().delete()

    import_module("assessments.migrations.0003_count_exposure").count_exposure(apps, None)

    assert before == [("code-huber", 2, 1), ("which-one", 2, 1)]
    assert counted(organisation) == before


def test_nobody_asks_a_question_of_another_organisation(make_version, stranger, organisation):
    Question.objects.filter(slug="which-one").update(organisation=stranger)
    version = make_version(stranger)

    Question.objects.filter(slug="which-one").update(organisation=organisation)
    with pytest.raises(NotPublished, match="another organisation"):
        publish_assessment(second_version(version))


def test_what_one_organisation_withdrew_another_still_asks(
    version, make_version, organisation, stranger
):
    question = Question.objects.get(slug="which-one")
    Withdrawal.objects.create(
        question=question, organisation=organisation, status="leaked", reason="It is on a forum."
    )

    other = make_version(stranger)

    assert [each.question_version.question.slug for each in version.questions.askable()] == [
        "code-huber"
    ]
    assert other.questions.askable().count() == 2
