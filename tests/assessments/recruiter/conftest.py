"""Members who are signed in, and candidates who have come as far as a test needs them."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from assessments import actions
from assessments.models import Attempt, Submission
from tests.assessments.oidc_provider import oidc_provider, use

SOURCE = """\
import numpy as np


def loss(y_true, y_pred, delta=1.0):
    return float(np.mean(np.abs(y_pred - y_true)))


def grad(y_true, y_pred, delta=1.0):
    return np.clip(y_pred - y_true, -delta, delta)
"""

# Values weigh 0.35 and gradients 0.30; a task without others gives them 7 and 6 parts of 13.
PARTIAL = {
    "task": "huber",
    "verdict": "partial",
    "score": 0.769231,
    "families": {
        "values": {"passed": 4, "total": 4, "score": 1.0},
        "gradients": {"passed": 1, "total": 2, "score": 0.5},
        "stability": {"passed": 0, "total": 0, "score": 0.0},
    },
    "checks": [
        {"family": "gradients", "name": "a vector", "passed": True, "detail": ""},
        {
            "family": "gradients",
            "name": "grad against differences",
            "passed": False,
            "expected": "[0.5, 0]",
            "got": "[2, nan]",
            "detail": "`grad` is 2 at [0], expected 0.5 (ratio 4), see line 9.",
            "gradient": [
                {"index": "[0]", "got": 2.0, "expected": 0.5, "numeric": 0.5, "ratio": 4.0},
                {"index": "[1]", "got": "nan", "expected": 0.0, "numeric": 0.0, "ratio": None},
            ],
        },
        {"family": "values", "name": "the usual shape", "passed": True, "detail": ""},
    ],
    "error": None,
    "diagnosis": ["Its gradient is that of the sum."],
    "seconds": {"wall": 0.02, "cpu": 0.0123},
    "seed": 42,
    "grader": "1.0+abc numpy-2",
}


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def recruiter(make_member):
    """A browser in which a recruiter of the organisation is signed in."""
    return signed_in(make_member("recruiter"))


@pytest.fixture
def sign_in(make_member):
    """Makes a member with a role of an organisation, and a browser signed in as them."""

    def sign(role, **changes):
        return signed_in(make_member(role, **changes))

    return sign


@pytest.fixture
def make_attempt(version):
    """An attempt of somebody new: finished, and graded where there is a report."""

    def make(name="Ada", report=None, source=SOURCE, minutes=20, finish=True, option="a"):
        email = f"c{Attempt.objects.count()}@example.com"
        attempt = actions.start_attempt(actions.invite(version, name, email))
        choice, coding = version.questions.order_by("position")
        if option:
            actions.save_answer(attempt, choice, {"option": option}, 0)
        if source:
            submission = actions.submit_code(attempt, coding, source, Submission.Purpose.SUBMIT)
            if report:
                assert actions.store_report(str(submission.pk), submission.ticket, report)
        if finish:
            actions.finish_attempt(attempt)
            ended = attempt.started_at + timedelta(minutes=minutes)
            Attempt.objects.filter(pk=attempt.pk).update(finished_at=ended)
        return Attempt.objects.get(pk=attempt.pk)

    return make


@pytest.fixture
def queued_for(make_attempt):
    """Makes an attempt whose submission waits for as long as that."""

    def make(age):
        attempt = make_attempt()
        attempt.submissions.update(created_at=timezone.now() - age)
        return attempt

    return make


@pytest.fixture
def provider(settings):
    settings.WEBHOOKS_ALLOW_PRIVATE = True  # it listens on this machine
    with oidc_provider() as running:
        yield running


@pytest.fixture
def own(provider, organisation):
    """Acme's own provider: it speaks for members and for who is invited."""
    return use(organisation, provider)
