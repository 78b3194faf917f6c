"""Decisions: a person's, with a reason, apart from the score."""

import pytest

from assessments import actions
from assessments.models import AuditEntry, Decision

pytestmark = pytest.mark.django_db


@pytest.fixture
def robin(make_member):
    return make_member("recruiter", email="robin@acme.example")


@pytest.fixture
def finished(attempt):
    return actions.finish_attempt(attempt)


def test_a_decision_keeps_who_made_it_why_and_the_score_of_then(finished, robin):
    [made] = actions.decide([finished], "hold", " Talks first. ", robin)

    assert (made.outcome, made.reason, made.made_by) == ("hold", "Talks first.", robin)
    assert made.score == finished.score == 0.0


def test_a_changed_decision_leaves_the_earlier_one_readable(finished, robin):
    for outcome in ["hold", "decline", "advance"]:
        actions.decide([finished], outcome, f"To {outcome}.", robin)

    made = finished.decisions.values_list("outcome", flat=True)
    assert list(made) == ["hold", "decline", "advance"]
    assert Decision.objects.in_force().get().outcome == "advance"
    assert Decision.objects.in_force_one_by_one().get().outcome == "advance"
    assert finished.decisions.count() == AuditEntry.objects.filter(verb="decision.made").count()


@pytest.mark.parametrize("reason", ["", " \n"])
def test_no_decision_without_a_reason(finished, robin, reason):
    with pytest.raises(actions.ReasonMissing):
        actions.decide([finished], "advance", reason, robin)

    assert not Decision.objects.exists()


def test_no_decision_while_the_attempt_goes_on_not_even_of_the_others(attempt, version, robin):
    over = actions.finish_attempt(
        actions.start_attempt(actions.invite(version, "Bob", "bob@example.com"))
    )

    with pytest.raises(actions.AttemptRuns, match="An attempt goes on"):
        actions.decide([over, attempt], "advance", "Both.", robin)

    assert not Decision.objects.exists()


def test_an_unknown_outcome_is_refused(finished, robin):
    with pytest.raises(ValueError, match="perhaps"):
        actions.decide([finished], "perhaps", "Why not.", robin)
