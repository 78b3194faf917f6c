"""Which assessment is meant: people know slugs, programs ids."""

from uuid import UUID

from minima_client.client import Client
from minima_client.command.endings import Unusable
from minima_client.rows import Assessment


def found_assessment(minima: Client, named: str) -> Assessment:
    """The published assessment of that id or slug."""
    try:
        return minima.assessments.get(UUID(named))
    except ValueError:
        pass
    found = next((each for each in minima.assessments.list() if each.slug == named), None)
    if found is None:
        raise Unusable(f"No assessment is called {named}: see `minima assessments`.")
    return found
