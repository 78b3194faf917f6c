"""Open answers: who scores which, and what comes of two people's points."""

import pytest

from assessments import actions
from assessments.models import AuditEntry, Review
from assessments.review_queue import done_by, drafts_of, waiting_for
from assessments.rubric import MARGIN, settled, share_of
from tests.assessments.essays import (
    ALL,
    FULL,
    HALF,
    MOST,
    NONE,
    NOTHING,
    RUBRIC,
    SOME,
    essays,
    points,
    written,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(make_member):
    return [make_member("reviewer", email=f"p{number}@acme.example") for number in range(4)]


@pytest.fixture
def alone(organisation):
    return essays(organisation)


@pytest.fixture
def twice(organisation):
    return essays(organisation, slug="twice", reviewers=2)


def fresh(answer):
    answer.refresh_from_db()
    answer.attempt.refresh_from_db()
    return answer


@pytest.mark.parametrize(
    ("levels", "share"),
    [
        ((FULL, FULL, FULL), 1.0),
        ((FULL, HALF, NOTHING), 0.6),
        ((NOTHING, NOTHING, HALF), 0.1),
        ((NOTHING,), 0.0),
    ],
    ids=str,
)
def test_points_of_the_rubric_make_a_share(levels, share):
    assert share_of(points(*levels).levels, RUBRIC) == pytest.approx(share)


@pytest.mark.parametrize("odd", [{"3": 1.0}, {"0": 0.7}, {"-1": 1.0}, {"a": 1.0}], ids=str)
def test_points_that_the_rubric_does_not_have_are_refused(odd):
    with pytest.raises(ValueError, match="not those of the question"):
        share_of(odd, RUBRIC)


@pytest.mark.parametrize(
    ("shares", "reviewers", "score"),
    [
        ([], 1, None),
        ([0.4], 1, 0.4),
        ([0.4], 2, None),
        ([0.4, 0.6], 2, 0.5),
        ([0.8, 0.8 - MARGIN], 2, 0.7),
        ([0.4, 0.7], 2, None),
        ([0.4, 0.7, 0.6], 2, 0.6),
        ([0.4, 0.7, 0.9], 2, 0.7),
        ([0.0, 1.0, 0.0], 2, 0.0),
    ],
    ids=str,
)
def test_what_shares_make_together(shares, reviewers, score):
    found = settled(shares, reviewers)

    assert found == (None if score is None else pytest.approx(score))


def test_an_attempt_waits_for_review_and_then_has_its_score(alone, people):
    answer = written(alone)
    assert answer.attempt.score is None
    assert answer.attempt.stage == "review"

    actions.hand_in_review(answer, people[0], SOME)

    assert fresh(answer).score == answer.automatic == pytest.approx(0.4)
    # Of the weights 1 and 3: (1 + 3 * 0.4) / 4.
    assert answer.attempt.score == answer.attempt.automatic == pytest.approx(0.55)
    assert answer.attempt.stage == "graded"


def test_code_that_is_graded_comes_before_people(attempt, coding_question):
    actions.submit_code(attempt, coding_question, "def loss(y): return 0", "submit")

    assert actions.finish_attempt(attempt).stage == "grading"


def test_what_nobody_wrote_waits_for_nobody(alone, people):
    assert written(alone, text="") is None

    assert not waiting_for(people[0]).exists()
    assert alone.invitations.get().attempt.score == pytest.approx(0.25)


def test_two_who_agree_make_the_mean(twice, people):
    answer = written(twice)
    actions.hand_in_review(answer, people[0], ALL)
    assert fresh(answer).score is None
    assert answer.attempt.stage == "review"

    actions.hand_in_review(answer, people[1], MOST)

    assert fresh(answer).score == pytest.approx(0.9)
    assert not waiting_for(people[2]).exists()


def test_a_third_who_has_not_scored_it_decides_between_two_who_differ(twice, people):
    answer = written(twice)
    actions.hand_in_review(answer, people[0], ALL)
    actions.hand_in_review(answer, people[1], NONE)

    assert fresh(answer).score is None
    assert not waiting_for(people[0]).exists()
    assert not waiting_for(people[1]).exists()
    assert waiting_for(people[2]).get().needed == 3
    actions.hand_in_review(answer, people[2], SOME)

    assert fresh(answer).score == pytest.approx(0.4)
    assert not waiting_for(people[3]).exists()


def test_nobody_scores_the_same_answer_twice(twice, people):
    answer = written(twice)
    actions.hand_in_review(answer, people[0], ALL)

    assert actions.claim_next(people[0]) is None
    with pytest.raises(actions.ReviewClosed, match="already"):
        actions.hand_in_review(answer, people[0], NONE)
    assert Review.objects.get().score == 1.0


def test_oldest_first_and_nobody_gets_what_another_has_while_others_wait(alone, people):
    first, second, third = (written(alone, name=name) for name in "ABC")

    assert actions.claim_next(people[0]) == first
    assert actions.claim_next(people[1]) == second
    assert actions.claim_next(people[2]) == third
    # All are with somebody: better twice than waiting.
    assert actions.claim_next(people[3]) == first


def test_an_answer_for_two_is_put_before_two(twice, people):
    answer, other = written(twice), written(twice)

    found = [actions.claim_next(person) for person in people]

    assert found == [answer, answer, other, other]


def test_what_somebody_left_open_comes_back_after_half_an_hour(alone, people, clock):
    answer = written(alone)
    clock.forward(seconds=1)
    other = written(alone)
    assert actions.claim_next(people[0]) == answer
    assert actions.claim_next(people[1], but=other.pk) == answer  # nothing else is free

    clock.forward(minutes=31)

    assert actions.claim_next(people[2]) == answer


def test_going_on_leads_through_all_of_them_and_back_to_what_was_left(alone, people):
    answers = [written(alone, name=name) for name in "ABC"]
    met = [actions.claim_next(people[0])]
    for _ in range(3):
        met.append(actions.claim_next(people[0], but=met[-1].pk))
    assert met == [*answers, answers[0]]

    actions.leave_review(answers[0], people[0])
    assert actions.claim_next(people[0]) == answers[1]
    assert actions.claim_next(people[1]) == answers[0]


def test_one_question_can_be_scored_for_all_before_the_next(organisation, alone, people):
    written(alone)
    other = essays(organisation, slug="others")
    wanted = written(other)

    assert actions.claim_next(people[0], question=wanted.question_id) == wanted
    assert actions.claim_next(people[0], question=wanted.question_id, but=wanted.pk) is None


def test_another_organisations_answers_are_not_there(stranger, make_member, alone):
    answer = written(alone)
    foreigner = make_member("owner", organisation=stranger, email="f@other.example")

    assert actions.claim_next(foreigner) is None
    with pytest.raises(actions.ReviewClosed):
        actions.hand_in_review(answer, foreigner, ALL)


# Drafts -----------------------------------------------------------------------------------------


def test_a_draft_is_kept_and_counts_for_nothing(alone, people):
    answer = written(alone)
    kept = actions.save_review(answer, people[0], points(FULL, comment="Hm."), 0)

    assert (kept.revision, kept.points, kept.comment, kept.score) == (1, {"0": 1.0}, "Hm.", None)
    assert fresh(answer).score is None
    assert drafts_of(people[0]).get().answer == answer.pk
    assert not drafts_of(people[1]).exists()


def test_the_same_save_twice_is_one_and_an_older_one_is_refused(alone, people):
    answer = written(alone)
    actions.save_review(answer, people[0], SOME, 0)
    assert actions.save_review(answer, people[0], SOME, 0).revision == 1
    actions.save_review(answer, people[0], MOST, 1)

    with pytest.raises(actions.StaleReview) as refused:
        actions.save_review(answer, people[0], NONE, 1)

    assert refused.value.review.points == MOST.levels
    assert Review.objects.get().revision == 2


def test_a_draft_outlives_that_others_were_quicker(alone, people):
    answer = written(alone)
    actions.save_review(answer, people[0], SOME, 0)
    actions.hand_in_review(answer, people[1], ALL)

    with pytest.raises(actions.ReviewClosed, match="has its score"):
        actions.hand_in_review(answer, people[0], SOME)

    assert fresh(answer).score == 1.0
    assert Review.objects.get(reviewer=people[0]).points == SOME.levels


def test_every_point_is_decided_before_it_is_handed_in(alone, people):
    answer = written(alone)

    with pytest.raises(ValueError, match="2 points more"):
        actions.hand_in_review(answer, people[0], points(FULL))

    assert not Review.objects.exists()


# Taking back ------------------------------------------------------------------------------------


def test_what_was_handed_in_can_be_taken_back_and_the_score_with_it(alone, people):
    answer = written(alone)
    actions.hand_in_review(answer, people[0], SOME)
    actions.take_back_review(answer, people[0])

    assert fresh(answer).score is None
    assert answer.attempt.stage == "review"
    draft = drafts_of(people[0]).get()
    assert draft.points == SOME.levels
    actions.hand_in_review(answer, people[0], MOST)
    assert fresh(answer).score == pytest.approx(0.8)
    said = AuditEntry.objects.filter(target_kind="review").order_by("id")
    assert [entry.verb for entry in said] == [
        "review.handed_in", "review.taken_back", "review.handed_in"
    ]  # fmt: skip
    assert said[1].detail["share"] == pytest.approx(0.4)


def test_after_a_decision_nothing_is_taken_back(alone, people, make_member):
    answer = written(alone)
    actions.hand_in_review(answer, people[0], SOME)
    actions.decide([answer.attempt], "decline", "No.", make_member("owner"))

    with pytest.raises(actions.AlreadyDecided):
        actions.take_back_review(answer, people[0])

    assert fresh(answer).score == pytest.approx(0.4)
    assert done_by(people[0]).get().answer == answer.pk


def test_only_ones_own_is_taken_back(alone, people):
    answer = written(alone)
    actions.hand_in_review(answer, people[0], SOME)

    with pytest.raises(actions.ReviewClosed, match="nothing to take back"):
        actions.take_back_review(answer, people[1])


@pytest.mark.parametrize("count", [1, 3])
def test_the_queue_takes_the_same_queries_for_any_number_of_rows(
    twice, people, django_assert_num_queries, count
):
    for _ in range(count):
        actions.hand_in_review(written(twice), people[0], ALL)

    with django_assert_num_queries(1):
        person = people[1]
        person.member  # noqa: B018  read before, as on every page
    with django_assert_num_queries(1):
        assert len(waiting_for(person)) == count


def test_a_comment_of_a_megabyte_is_refused(alone, people):
    answer = written(alone)

    with pytest.raises(ValueError, match="characters"):
        actions.save_review(answer, people[0], points(FULL, comment="a" * 5000), 0)


def test_erased_answers_wait_for_nobody(alone, people):
    answer = written(alone)
    actions.erase_candidate(answer.attempt.candidate)

    assert not waiting_for(people[0]).exists()
