"""What a hiring system names by a key of ours, of its own connection alone."""

from uuid import UUID

from assessments.actions.ordering import offered
from assessments.models import Assessment, HiringConnection, HiringOrder


def offered_under(connection: HiringConnection, key: str) -> Assessment | None:
    """Return the assessment with that key, where it can be ordered now."""
    found: Assessment | None = offered(connection).filter(pk=key).first() if _is(key) else None
    return found


def ordered_under(connection: HiringConnection, key: str) -> HiringOrder | None:
    rows = connection.orders.with_invitation()
    found: HiringOrder | None = rows.filter(pk=key).first() if _is(key) else None
    return found


def _is(key: str) -> bool:
    try:
        UUID(key)
    except ValueError:
        return False
    return True
