import pytest
from django.utils import timezone

from assessments import actions, tasks
from assessments.models import Fingerprint, Mark, SimilarPair, Submission
from assessments.models.similarity import PATIENCE
from grader.catalogue import get
from tests.assessments.conftest import make_report
from tests.assessments.similarity.disguises import DISGUISES

OWN = """\
import numpy as np


def loss(y_true, y_pred, delta=1.0):
    total, weights = 0.0, []
    for place, (target, guess) in enumerate(zip(y_true.flat, y_pred.flat, strict=True)):
        gap = abs(guess - target)
        weights.append(place % 7 + 1 if gap > delta * 3 else 0.25)
        total += gap * weights[-1] if place > 2 else gap ** 2 / (1.5 + weights[0])
    return total / sum(weights)


def grad(y_true, y_pred, delta=1.0):
    result = np.empty_like(y_pred)
    for index in np.ndindex(*y_pred.shape):
        ahead, behind = y_pred.copy(), y_pred.copy()
        ahead[index] += 1e-6
        behind[index] -= 1e-6
        result[index] = (loss(y_true, ahead) - loss(y_true, behind)) / 2e-6
    return result
"""
OTHER = """\
import numpy as np


def loss(y_true, y_pred, delta=1.0):
    error = np.sort(np.ravel(y_pred) - np.ravel(y_true))[::-1]
    inside = error[np.logical_and(error < delta, error > -delta)]
    return float(inside @ inside / 2 + delta * np.abs(error).sum() - delta * len(inside))


def grad(y_true, y_pred, delta=1.0):
    return np.tanh((y_pred - y_true) / max(delta, 1e-9)) * np.exp2(-3) + np.cbrt(y_pred * 0)
"""


def pairs():
    return list(SimilarPair.objects.all())


def test_copied_code_makes_a_pair_with_the_earlier_one_first(hand_in):
    copied = DISGUISES["all of it"](OWN)
    ada, ben = hand_in(OWN, "Ada"), hand_in(copied, "Ben")
    for attempt in (ben, ada):
        actions.find_similar(attempt.pk)

    [pair] = pairs()

    assert (pair.first.attempt, pair.second.attempt) == (ada, ben)
    assert pair.similarity > 0.8
    assert pair.shared > 100
    assert pair.state == SimilarPair.State.OPEN
    assert pair.organisation == ada.organisation


def test_code_of_different_authors_makes_none(hand_in):
    for source in (OWN, OTHER):
        actions.find_similar(hand_in(source).pk)

    assert Fingerprint.objects.count() == 2
    assert pairs() == []


def test_what_the_catalogue_writes_itself_is_nobodys_own(hand_in):
    for _ in range(2):
        actions.find_similar(hand_in(get("huber").variants[0].source).pk)

    assert set(Fingerprint.objects.values_list("length", flat=True)) == {0}
    assert not Mark.objects.exists()
    assert pairs() == []


def test_a_candidate_is_never_compared_with_an_own_earlier_attempt(
    hand_in, make_version, organisation
):
    again = make_version(organisation, slug="next")
    first = hand_in(OWN, email="ada@example.com")
    second = hand_in(OWN, of=again, email="ada@example.com")
    for attempt in (first, second):
        actions.find_similar(attempt.pk)

    assert Fingerprint.objects.count() == 2
    assert pairs() == []


def test_organisations_are_strictly_apart(hand_in, make_version, stranger):
    elsewhere = make_version(stranger, slug="elsewhere")
    for attempt in (hand_in(OWN), hand_in(OWN, of=elsewhere)):
        actions.find_similar(attempt.pk)

    ours, theirs = (set(each.marks.values_list("value", flat=True)) for each in fingerprints())
    assert ours.isdisjoint(theirs)
    assert len(ours) > 10
    assert pairs() == []


def fingerprints():
    return Fingerprint.objects.order_by("pk")


@pytest.mark.parametrize(
    "left_out",
    [{"preview": True}, {"finish": False}, {"graded": False}],
    ids=["a preview", "an attempt that goes on", "code that is being graded"],
)
def test_some_code_is_not_compared(hand_in, left_out):
    attempt = hand_in(OWN, **left_out)

    assert actions.find_similar(attempt.pk) == actions.find_missed() == 0
    assert not Fingerprint.objects.exists()


def test_the_submission_that_counts_is_the_one_that_is_compared(hand_in, coding_question):
    attempt = hand_in(OWN, finish=False)
    better = actions.submit_code(attempt, coding_question, OTHER, Submission.Purpose.SUBMIT)
    Submission.objects.exclude(pk=better.pk).update(score=0.4)
    actions.store_report(str(better.pk), better.ticket, make_report())
    actions.finish_attempt(attempt)

    actions.find_similar(attempt.pk)

    assert [each.submission for each in fingerprints()] == [better]


def test_finding_twice_changes_nothing(hand_in):
    ada, ben = hand_in(OWN), hand_in(OWN)

    found = [actions.find_similar(attempt.pk) for attempt in (ada, ben, ada, ben)]

    assert found == [0, 1, 0, 0]
    assert len(pairs()) == 1
    assert Fingerprint.objects.count() == 2


def test_a_resolved_pair_stays_resolved_when_its_code_is_compared_again(hand_in, make_member):
    ada, ben = hand_in(OWN), hand_in(OWN)
    actions.find_similar(ada.pk)
    actions.find_similar(ben.pk)
    actions.resolve_pair(pairs()[0], "unrelated", "They sat side by side.", by=make_member())
    Fingerprint.objects.update(compared_at=None)

    actions.find_similar(ada.pk)

    assert [pair.state for pair in pairs()] == ["unrelated"]


def test_the_last_report_of_a_finished_attempt_has_its_code_compared(hand_in, broker, committed):
    with committed():
        attempt = hand_in(OWN, graded=False)
    broker.clear()
    submission = attempt.submissions.get()
    with committed():
        actions.store_report(str(submission.pk), submission.ticket, make_report())

    [(args, _, _)] = broker.bodies("default")
    [header] = broker.headers("default")
    assert header["task"] == "assessments.tasks.find_similar"
    tasks.find_similar(*args)
    assert [each.submission for each in fingerprints()] == [submission]


def test_an_attempt_that_is_finished_after_its_code_was_graded_is_compared(
    hand_in, broker, committed
):
    with committed():
        attempt = hand_in(OWN)

    sent = [header["task"] for header in broker.headers("default")]
    assert sent.count("assessments.tasks.find_similar") == 1
    assert attempt.score is not None


def test_the_sweep_finds_what_a_lost_message_left(hand_in):
    hand_in(OWN), hand_in(OWN)

    assert actions.find_missed() == 2
    assert len(pairs()) == 1
    assert actions.find_missed() == 0


def test_the_sweep_compares_what_a_dead_worker_only_fingerprinted(hand_in):
    ada, ben = hand_in(OWN), hand_in(OWN)
    actions.find_similar(ada.pk)
    actions.find_similar(ben.pk)
    SimilarPair.objects.all().delete()
    Fingerprint.objects.update(compared_at=None)
    assert actions.find_missed() == 0  # its worker may be at it just now

    Fingerprint.objects.update(made_at=timezone.now() - PATIENCE * 2)

    assert actions.find_missed() == 2
    assert len(pairs()) == 1


def test_what_many_of_a_task_write_is_nobodys_own(hand_in, monkeypatch):
    monkeypatch.setattr("assessments.actions.fingerprinting.ENOUGH", 4)
    for attempt in [hand_in(OWN) for _ in range(4)]:
        actions.find_similar(attempt.pk)
    SimilarPair.objects.all().delete()

    late = hand_in(OWN)
    actions.find_similar(late.pk)

    assert pairs() == []


def test_erased_code_is_in_no_pair(hand_in):
    ada, ben = hand_in(OWN), hand_in(OWN)
    actions.find_similar(ada.pk)
    actions.erase_candidate(ada.candidate)

    assert actions.find_similar(ben.pk) == 0
    assert actions.find_missed() == 0
    assert [each.submission.attempt for each in fingerprints()] == [ben]


@pytest.mark.parametrize("others", [1, 5])
def test_the_queries_are_as_many_however_many_others_there_are(
    hand_in, others, django_assert_num_queries
):
    for attempt in [hand_in(OWN) for _ in range(others)]:
        actions.find_similar(attempt.pk)
    late = hand_in(OWN)
    actions.find_similar(late.pk)
    SimilarPair.objects.all().delete()
    fingerprint = Fingerprint.objects.get(submission__attempt=late)

    with django_assert_num_queries(QUERIES):
        assert actions.fingerprinting.find_pairs(fingerprint) == others


# Marks, how many there are, the submission, who shares marks, their code, and under a savepoint:
# the pairs before, the pairs, the pairs after, that it was compared.
QUERIES = 11
