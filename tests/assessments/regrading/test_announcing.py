"""Other systems are told of the reports that grading again changed, if they are to be told."""

import pytest

from assessments import actions
from assessments.actions import webhooks
from assessments.models import WebhookEvent
from tests.assessments.regrading.regrades import graded, worked

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def endpoint(organisation):
    return webhooks.add_webhook(
        organisation, "https://hooks.example.com/minima", ["report.updated"], by=None
    )[0]


def told():
    return {event.data["attempt"]: event.data["score"] for event in WebhookEvent.objects.all()}


def test_of_each_report_that_changed_its_new_score_is_told(sat, start, robin):
    changed, same = sat("a", 0.2), sat("b", 1.0)
    regrade = graded(start(), 1.0)
    assert told() == {}  # a dry run counts for nothing

    worked(actions.commit_regrade(regrade, robin))

    assert told() == {str(changed.pk): 1.0}
    assert str(same.pk) not in told()


def test_where_systems_are_not_to_be_told_nothing_is(sat, start, robin):
    sat("a", 0.2)

    worked(actions.commit_regrade(graded(start(tells_systems=False), 1.0), robin))

    assert told() == {}
