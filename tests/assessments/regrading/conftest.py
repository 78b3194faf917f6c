"""An assessment that was sat, and somebody who has it graded again."""

import pytest

from assessments import actions
from assessments.models import Attempt
from tests.assessments.regrading.regrades import SOURCE, said


@pytest.fixture
def robin(make_member):
    return make_member("recruiter", email="robin@acme.example")


@pytest.fixture
def sat(version):
    """Makes a finished attempt: which option, and what the grader said of the code (None: none)."""

    def make(option="a", *scores, of=version):
        number = Attempt.objects.count()
        attempt = actions.start_attempt(actions.invite(of, "Ada", f"r{number}@example.com"))
        choice, coding = of.questions.order_by("position")
        actions.save_answer(attempt, choice, {"option": option}, 0)
        for place, score in enumerate(scores):
            sent = actions.submit_code(attempt, coding, f"{SOURCE}# {place}\n", "submit")
            actions.store_report(str(sent.pk), sent.ticket, said(score))
        return actions.finish_attempt(attempt)

    return make


@pytest.fixture
def start(version, robin):
    def begin(**asked):
        return actions.start_regrade(version.assessment, by=robin, reason="It was wrong.", **asked)

    return begin
