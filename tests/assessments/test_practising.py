"""Trying editor and sandbox before the sitting: graded like a sitting's code, and never counted."""

import pytest

from assessments import actions
from assessments.models import Practice, Submission
from tests.assessments.conftest import SOURCE, make_report

INPUTS = {"arguments": [], "parameters": {}}


@pytest.fixture
def practice(invitation):
    return Practice.objects.create(invitation=invitation)


@pytest.mark.parametrize("sample", [True, False])
def test_practised_code_goes_ahead_of_gradings(broker, committed, practice, sample):
    with committed():
        submission = actions.run_practice(practice, "huber", SOURCE, INPUTS, sample=sample)

    assert [args for args, _, _ in broker.bodies("run")] == [
        ["huber", SOURCE, submission.seed, sample]
    ]
    assert broker.messages("grading") == []


def test_practised_code_belongs_to_the_organisation_and_counts_nowhere(practice, invitation):
    submission = actions.run_practice(practice, "huber", SOURCE)
    stored = actions.store_report(str(submission.pk), submission.ticket, make_report())

    submission.refresh_from_db()
    assert stored
    assert (submission.verdict, submission.organisation) == ("passed", invitation.organisation)
    assert not Submission.objects.counted().exists()


def test_practised_code_waits_for_what_was_sent_before(practice):
    for number in range(2):
        actions.run_practice(practice, "huber", f"x = {number}")

    with pytest.raises(actions.TooManySubmissions):
        actions.run_practice(practice, "huber", SOURCE)


@pytest.mark.parametrize("source", ["", " \n", "x\x00", "#" * 65_537])
def test_practised_code_must_be_code(practice, source):
    with pytest.raises(actions.InvalidAnswer):
        actions.run_practice(practice, "huber", source)

    assert not practice.submissions.exists()
