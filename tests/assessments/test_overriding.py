"""A person's score over the automatic one: kept beside, taken back, and never lost."""

from statistics import median

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessments import actions
from assessments.models import Answer, Attempt, AuditEntry, Override, Review, Submission
from assessments.rubric import MARGIN
from tests.assessments.conftest import make_report
from tests.assessments.essays import ALL, SOME, essays, written
from tests.orders import tried

pytestmark = pytest.mark.django_db


@pytest.fixture
def robin(make_member):
    return make_member("recruiter", email="robin@acme.example")


@pytest.fixture
def answer(organisation):
    return written(essays(organisation))


def scores(attempt):
    attempt.refresh_from_db()
    return (attempt.score, attempt.automatic)


def test_an_override_counts_and_the_automatic_score_stays_beside_it(answer, robin):
    actions.hand_in_review(answer, robin, SOME)
    made = actions.override_score(answer.attempt, answer.question, 0.8, " Unfair. ", robin)

    answer.refresh_from_db()
    assert (answer.score, answer.automatic) == (0.8, pytest.approx(0.4))
    assert (made.automatic, made.reason) == (pytest.approx(0.4), "Unfair.")
    assert scores(answer.attempt) == (pytest.approx(0.85), pytest.approx(0.55))


def test_an_override_of_the_whole_counts_whatever_the_questions_have(answer, robin):
    actions.override_score(answer.attempt, None, 0.9, "Told by phone.", robin)
    assert scores(answer.attempt) == (0.9, None)
    assert answer.attempt.stage == "graded"

    actions.hand_in_review(answer, robin, ALL)

    assert scores(answer.attempt) == (0.9, 1.0)


def test_an_override_makes_review_needless_and_taking_it_back_asks_for_it_again(answer, robin):
    actions.override_score(answer.attempt, answer.question, 0.5, "Read aloud.", robin)
    with pytest.raises(actions.ReviewClosed):
        actions.hand_in_review(answer, robin, ALL)

    actions.take_back_override(answer.attempt, answer.question, "Mistaken.", robin)

    assert scores(answer.attempt) == (None, None)
    assert answer.attempt.stage == "review"
    with pytest.raises(actions.NothingToTakeBack):
        actions.take_back_override(answer.attempt, answer.question, "Again.", robin)


def test_what_was_not_answered_can_be_given_a_score_too(organisation, robin):
    version = essays(organisation)
    written(version, text="", option=None)
    attempt, question = Attempt.objects.get(), version.questions.get(position=2)

    actions.override_score(attempt, question, 1.0, "The page was broken.", robin)

    assert scores(attempt) == (pytest.approx(0.75), 0.0)


def test_rescoring_keeps_an_override(attempt, coding_question, robin):
    sent = actions.submit_code(attempt, coding_question, "def loss(y): return 0", "submit")
    actions.finish_attempt(attempt)
    actions.override_score(attempt, coding_question, 0.2, "Copied.", robin)

    actions.store_report(str(sent.pk), sent.ticket, make_report(0.6, "partial"))

    stored = Answer.objects.get(question=coding_question)
    assert (stored.score, stored.automatic) == (0.2, 0.6)
    assert scores(attempt) == (pytest.approx(0.15), pytest.approx(0.45))


@pytest.mark.parametrize(
    ("share", "reason", "error"),
    [
        (0.5, " ", actions.ReasonMissing),
        (1.01, "Well.", ValueError),
        (-0.01, "Well.", ValueError),
        (float("nan"), "Well.", ValueError),
    ],
    ids=str,
)
def test_no_override_without_a_reason_and_a_share(answer, robin, share, reason, error):
    with pytest.raises(error):
        actions.override_score(answer.attempt, None, share, reason, robin)

    assert not Override.objects.exists()


def test_nothing_is_overridden_before_the_end_nor_after_erasure(attempt, answer, robin):
    with pytest.raises(actions.AttemptRuns):
        actions.override_score(attempt, None, 0.5, "Early.", robin)
    actions.erase_candidate(answer.attempt.candidate)
    with pytest.raises(actions.WasErased):
        actions.override_score(answer.attempt, None, 0.5, "Late.", robin)


def test_a_question_of_another_assessment_is_refused(answer, choice_question, robin):
    with pytest.raises(ValueError, match="did not ask"):
        actions.override_score(answer.attempt, choice_question, 0.5, "Odd.", robin)


def test_the_audit_log_has_both_numbers(answer, robin):
    actions.hand_in_review(answer, robin, SOME)
    actions.override_score(answer.attempt, answer.question, 0.8, "Unfair.", robin)

    entry = AuditEntry.objects.get(verb="score.overridden")
    assert (entry.detail["automatic"], entry.detail["score"]) == (pytest.approx(0.4), 0.8)
    assert entry.member == robin


# Any order ---------------------------------------------------------------------------------------

SHARE = st.sampled_from([0.0, 0.25, 0.5, 1.0])
STEP = st.one_of(
    st.tuples(st.just("review"), st.integers(0, 2), SHARE),
    st.tuples(st.just("take back"), st.integers(0, 2), st.none()),
    st.tuples(st.just("override"), st.integers(0, 3), SHARE | st.none()),
    st.tuples(st.just("grade"), st.just(0), SHARE),
)


class World:
    """An attempt of a choice (1, right), an open answer (3) and code (4), and what happened."""

    def __init__(self, organisation, coding, people):
        self.people, self.reviews, self.overrides, self.code = people, {}, {}, None
        version = essays(organisation, also=[coding], reviewers=2)
        self.choice, self.open, self.coding = version.questions.order_by("position")
        self.attempt = actions.start_attempt(actions.invite(version, "Ada", "ada@example.com"))
        actions.save_answer(self.attempt, self.choice, {"option": "a"}, 0)
        actions.save_answer(self.attempt, self.open, {"text": "Since."}, 0)
        self.sent = actions.submit_code(self.attempt, self.coding, "loss = 1", "submit")
        actions.finish_attempt(self.attempt)

    def do(self, what, which, share):
        {
            "review": self.review,
            "take back": self.take_back,
            "override": self.override,
            "grade": self.grade,
        }[what](which, share)

    def review(self, which, share):
        """Stored as handed in: the rubric has no points that make every share."""
        if which in self.reviews:
            return
        self.reviews[which] = share
        Review.objects.create(
            attempt=self.attempt,
            question=self.open,
            reviewer=self.people[which],
            score=share,
            submitted_at=timezone.now(),
        )
        actions.rescore_attempt(self.attempt)

    def take_back(self, which, _):
        if self.reviews.pop(which, None) is not None:
            answer = Answer.objects.get(attempt=self.attempt, question=self.open)
            actions.take_back_review(answer, self.people[which])
            Review.objects.drafts().delete()

    def override(self, which, share):
        question = [self.choice, self.open, self.coding, None][which]
        if share is not None:
            actions.override_score(self.attempt, question, share, "So.", self.people[0])
            self.overrides[which] = share
        elif which in self.overrides:
            actions.take_back_override(self.attempt, question, "No.", self.people[0])
            del self.overrides[which]

    def grade(self, _, share):
        """First by the grader, and after that again, as a new grading replaces a report."""
        report = make_report(share, "passed" if share == 1 else "partial")
        if self.code is None:
            actions.store_report(str(self.sent.pk), self.sent.ticket, report)
        Submission.objects.filter(pk=self.sent.pk).update(report=report, score=share)
        self.code = share
        actions.rescore_attempt(self.attempt)

    @property
    def reviewed(self):
        shares = list(self.reviews.values())
        if len(shares) == 2 and abs(shares[0] - shares[1]) <= MARGIN:
            return sum(shares) / 2
        return median(shares) if len(shares) == 3 else None

    def expected(self, overrides):
        shares = {0: 1.0, 1: self.reviewed, 2: self.code} | overrides
        if 3 in shares:
            return shares[3]
        if None in shares.values():
            return None
        return (shares[0] + 3 * shares[1] + 4 * shares[2]) / 8


def same(one, other):
    return one == other or (None not in (one, other) and abs(one - other) < 1e-9)


@settings(
    max_examples=tried(40),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=st.lists(STEP, max_size=10))
def test_in_any_order_the_newest_facts_count_and_the_automatic_score_is_kept(
    organisation, coding, people, steps
):
    with transaction.atomic():
        play(World(organisation, coding, people), steps)
        transaction.set_rollback(True)


def play(world, steps):
    for step in steps:
        world.do(*step)

        score, automatic = scores(world.attempt)
        assert same(score, world.expected(world.overrides)), step
        assert same(automatic, world.expected({})), step
        waits = score is None and (world.code is not None or 2 in world.overrides)
        assert world.attempt.awaits_review == waits, step


@pytest.fixture
def people(make_member):
    return [make_member("reviewer", email=f"p{number}@acme.example") for number in range(3)]
