"""Candidates side by side."""

from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from assessments import actions
from assessments.models import AssessmentVersion, Attempt, AuditEntry, User
from assessments.recruiter.compare.sides import comparison_of
from assessments.recruiter.viewer import alias_of
from questions.models import QuestionVersion
from tests.assessments.conftest import words
from tests.assessments.recruiter.conftest import PARTIAL

COMPARE = reverse("recruiter:compare")


def compare(client, *attempts):
    return client.get(COMPARE, {"attempt": [attempt.pk for attempt in attempts]})


def lines(page, kind):
    found = getattr(page.context["comparison"], kind)
    return {line.title: [value.share for value in line.values] for line in found}


def test_sides_stand_in_the_order_in_which_they_were_asked_for(recruiter, make_attempt):
    ada, ben = make_attempt("Ada", PARTIAL), make_attempt("Ben", PARTIAL, option="b", minutes=10)

    page = compare(recruiter, ben, ada)

    assert [attempt.candidate.name for attempt in page.context["comparison"].attempts] == [
        "Ben", "Ada",
    ]  # fmt: skip
    assert lines(page, "questions") == {
        "Which-one": [0.0, 1.0],
        "Code-huber": [0.769231, 0.769231],
    }
    assert lines(page, "families") == {"Values": [1.0, 1.0], "Gradients": [0.5, 0.5]}
    told = words(page)
    assert "10 min of 30 min" in told
    assert "57.6 %" in told
    assert "82.6 %" in told
    assert "Partial" in told
    assert "different versions" not in told
    # Of weights 1 and 3 with shares 1 and 0.769231: Wilson's interval with n = 1.6.
    assert "likely 25 % to 98 %" in told


@pytest.mark.parametrize("whole", [True, False], ids=["the whole", "a question"])
def test_the_likely_range_is_left_out_where_a_person_set_the_whole_score(
    recruiter, make_attempt, whole
):
    ada = make_attempt("Ada", PARTIAL)
    question = None if whole else ada.version.questions.first()
    actions.override_score(ada, question, 0.9, "Told by phone.", User.objects.first())

    told = words(compare(recruiter, ada)).replace("Where the likely", "")
    assert ("likely" not in told) == whole


def test_versions_that_differ_are_said_and_not_mixed(
    recruiter, make_attempt, version, choice, coding
):
    ada = make_attempt("Ada", PARTIAL)
    newer = AssessmentVersion.objects.create(
        assessment=version.assessment, number=2, title="Second", minutes=20
    )
    changed = QuestionVersion.objects.create(
        question=choice.question, number=2, kind=choice.kind, title="Which-one",
        content=choice.content, status="published", published_at=timezone.now(),
    )  # fmt: skip
    for position, question in enumerate([changed, coding], start=1):
        newer.questions.create(question_version=question, position=position)
    actions.publish_assessment(newer)
    ben = actions.start_attempt(actions.invite(newer, "Ben", "ben@example.com"))

    page = compare(recruiter, ada, ben)

    told = words(page)
    assert "They sat different versions." in told
    assert "First, version 1: Ada" in told
    assert "Second, version 2: Ben" in told
    shown = page.context["comparison"].questions
    assert [(line.note, [value.asked for value in line.values]) for line in shown] == [
        ("single choice, version 1", [True, False]),
        ("coding, version 1", [True, True]),
        ("single choice, version 2", [False, True]),
    ]


def test_questions_that_were_drawn_for_some_are_said(recruiter, make_attempt, version):
    ada, ben = make_attempt("Ada", source=None), make_attempt("Ben", source=None)
    coding = version.questions.get(position=2)
    Attempt.objects.filter(pk=ben.pk).update(left_out=[coding.pk])

    told = words(compare(recruiter, ada, ben))

    assert "Not everybody was asked the same" in told
    assert "not asked" in told


def test_who_has_no_score_yet_is_not_scored_with_nothing(recruiter, make_attempt):
    page = compare(recruiter, make_attempt("Ada"), make_attempt("Ben", finish=False))

    assert lines(page, "questions") == {"Which-one": [1.0, None], "Code-huber": [None, None]}
    assert "not scored yet" in words(page)


def test_more_than_six_are_refused_in_a_sentence(recruiter, make_attempt):
    page = recruiter.get(COMPARE, {"attempt": [uuid4() for _ in range(7)]})

    assert page.status_code == 422
    assert "At most 6 candidates are compared at once, and these are 7" in words(page)


def test_the_same_candidate_twice_is_one_side(recruiter, make_attempt):
    ada = make_attempt("Ada", PARTIAL)

    assert len(compare(recruiter, *[ada] * 8).context["comparison"].attempts) == 1


def test_nonsense_and_other_organisations_rows_are_left_out(
    sign_in, recruiter, make_attempt, stranger
):
    ada = make_attempt("Ada", PARTIAL)
    other = sign_in("owner", organisation=stranger, email="s@other.example")

    page = recruiter.get(COMPARE, {"attempt": ["nonsense", uuid4(), ada.pk]})
    assert len(page.context["comparison"].attempts) == 1
    assert "Nobody to compare" in compare(other, ada).text
    assert AuditEntry.objects.looks().count() == 1


def test_a_reviewer_compares_without_names(sign_in, make_attempt):
    ada, ben = make_attempt("Zebulon", PARTIAL), make_attempt("Quirke", PARTIAL)

    page = compare(sign_in("reviewer"), ada, ben)

    for attempt in (ada, ben):
        assert alias_of(attempt) in page.text
    assert "Zebulon" not in page.text
    assert "Quirke" not in page.text
    assert "c0@example.com" not in page.text


def test_each_side_is_noted_as_a_look(recruiter, make_attempt):
    sides = [make_attempt(name, PARTIAL) for name in ("Ada", "Ben")]

    compare(recruiter, *sides)

    looks = AuditEntry.objects.looks().filter(detail={"what": "comparison"})
    assert {look.target_id for look in looks} == {str(attempt.pk) for attempt in sides}


@pytest.mark.parametrize("count", [1, 3])
def test_any_number_of_sides_is_read_in_the_same_queries(
    recruiter, make_attempt, django_assert_num_queries, count
):
    sides = [make_attempt(report=PARTIAL) for _ in range(count)]
    found = Attempt.objects.visible_to(User.objects.get(email="r@acme.example"))

    # Sides, labels, code, parts, answers, overrides, questions, sections, topics.
    with django_assert_num_queries(9):
        comparison_of(found, [attempt.pk for attempt in sides])
