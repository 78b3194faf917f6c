import pytest

from tests.assessments.integrations.receiver import receiving


@pytest.fixture
def receiver(settings):
    """Somebody who is told of things, on this machine, which is allowed here."""
    settings.WEBHOOKS_ALLOW_PRIVATE = True
    with receiving() as made:
        yield made
