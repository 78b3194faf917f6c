import pytest
from django.test import Client

GERMAN = {"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"}


@pytest.fixture
def feedback():
    """What the assessment tells its candidates; a test may name another by a parameter."""
    return "none"


@pytest.fixture
def version(make_version, organisation, feedback):
    return make_version(organisation, feedback=feedback)


@pytest.fixture
def sit(client, invitation):
    """Addresses of the invitation's pages: `sit("questions/1/")`."""
    return lambda rest="": f"{invitation.get_absolute_url()}{rest}"


@pytest.fixture
def save(client, sit):
    """Saves a draft as sitting.js does."""

    def put(position, content, revision):
        body = {"content": content, "revision": revision}
        url = sit(f"questions/{position}/draft/")
        return client.put(url, body, content_type="application/json")

    return put


@pytest.fixture
def german():
    """A browser that asks for German."""
    return Client(headers=GERMAN)
