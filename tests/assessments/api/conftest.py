"""A world with a row of every resource of the interface."""

import pytest

from assessments import actions
from tests.assessments.api.endpoint_table import TABLE, World
from tests.assessments.conftest import make_report


@pytest.fixture
def graded(version, coding_question):
    """Makes an attempt of somebody, over and graded."""

    def make(name, score=0.5):
        attempt = actions.start_attempt(
            actions.invite(version, name, f"{name}@example.com".lower())
        )
        sent = actions.submit_code(attempt, coding_question, "x = 1", "submit")
        actions.store_report(str(sent.pk), sent.ticket, make_report(score, "partial"))
        attempt = actions.finish_attempt(attempt)
        attempt.refresh_from_db()
        return attempt

    return make


@pytest.fixture
def world(version, make_member, graded):
    made = World(version, make_member, graded)
    for row in TABLE:
        if row.of:
            getattr(made, row.of)
    return made
