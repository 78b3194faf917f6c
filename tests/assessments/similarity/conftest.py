"""Candidates who hand in code that is graded, and finish."""

import pytest

from assessments import actions
from assessments.models import Attempt, Submission
from tests.assessments.conftest import make_report


@pytest.fixture
def hand_in(version, committed):
    """Somebody hands in `source`, which is graded, and finishes; what waits for it is not done."""

    def hand(source, name="Ada", of=version, email=None, preview=False, finish=True, graded=True):
        email = email or f"c{Attempt.objects.count()}@example.com"
        invitation = actions.invite(of, name, email)
        if preview:
            type(invitation).objects.filter(pk=invitation.pk).update(preview=True)
            invitation.refresh_from_db()
        attempt = actions.start_attempt(invitation)
        coding = of.questions.get(position=2)
        submission = actions.submit_code(attempt, coding, source, Submission.Purpose.SUBMIT)
        if graded:
            actions.store_report(str(submission.pk), submission.ticket, make_report())
        if finish:
            actions.finish_attempt(attempt)
        return Attempt.objects.get(pk=attempt.pk)

    return hand
