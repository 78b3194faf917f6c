"""The whole interface against requests that its own schema describes, and against wrong ones.

Every check that Schemathesis has is on; what is sent is the same each time.
"""

from itertools import count

import pytest
import schemathesis
from django.core import signals
from django.core.handlers.wsgi import WSGIHandler
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.generation import GenerationMode

from assessments import actions
from assessments.models import ApiToken

EXAMPLES = 6
KEYS = count()
SCHEMA = schemathesis.openapi.from_wsgi("/api/v1/schema/", WSGIHandler())
# Wrong and too long is refused for its length: nobody reads on.
SCHEMA.config.checks.negative_data_rejection.expected_statuses.append("413")
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
@pytest.mark.timeout(400)
@pytest.mark.usefixtures("connected", "world")
@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_every_request_is_answered_as_the_schema_says(mode, organisation):
    _, text = actions.issue_token(organisation, "t", list(ApiToken.Scope))
    wrong = []
    for label, operation in OPERATIONS.items():
        try:
            run(operation, mode, {"Authorization": f"Bearer {text}"})
        except (Exception, BaseExceptionGroup) as found:
            wrong.append(f"{label}\n{found}")
    assert not wrong, "\n\n".join(wrong)


def run(operation, mode, headers):
    @seed(7)
    @settings(
        max_examples=EXAMPLES, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=mode))
    def check(case):
        # Of a key that came before with another body the schema can't know.
        fresh = {"Idempotency-Key": str(next(KEYS))} if mode is GenerationMode.POSITIVE else {}
        case.call_and_validate(headers=headers | fresh)

    check()
