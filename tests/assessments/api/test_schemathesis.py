"""The whole interface against requests that its own schema describes, and against wrong ones.

Every check that Schemathesis has is on; what is sent is the same each time.
"""

import pytest
import schemathesis
from django.core import signals
from django.core.handlers.wsgi import WSGIHandler
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.generation import GenerationMode

from assessments import actions
from assessments.models import ApiToken

EXAMPLES = 10
SCHEMA = schemathesis.openapi.from_wsgi("/api/v1/schema/", WSGIHandler())
OPERATIONS = {each.ok().label: each.ok() for each in SCHEMA.get_all_operations()}


@pytest.fixture
def connected():
    """Requests come in from outside, and yet inside the transaction of the test."""
    for signal in (signals.request_started, signals.request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (signals.request_started, signals.request_finished):
        signal.connect(close_old_connections)


@pytest.mark.on_postgresql
@pytest.mark.usefixtures("connected", "world")
@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_every_request_is_answered_as_the_schema_says(mode, organisation):
    _, text = actions.issue_token(organisation, "t", list(ApiToken.Scope))
    wrong = []
    for label, operation in OPERATIONS.items():
        try:
            run(operation, mode, {"Authorization": f"Bearer {text}"})
        except (Exception, BaseExceptionGroup) as found:
            wrong.append("\n".join([label, *told(found)]))
    assert not wrong, "\n\n".join(wrong)


def told(found):
    """The words of a failure, or of each of several."""
    for each in getattr(found, "exceptions", ()) or [found]:
        yield from told(each) if getattr(each, "exceptions", ()) else [str(each)[:900]]


def run(operation, mode, headers):
    @seed(7)
    @settings(
        max_examples=EXAMPLES, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=mode))
    def check(case):
        case.call_and_validate(headers=headers)

    check()
