"""Where a hiring system may have itself called: at hosts that an owner allows, on the internet."""

from assessments.integrations.outbound import Refused, check_url
from assessments.models import HiringConnection


def hosts_of(connection: HiringConnection) -> list[str]:
    found: list[str] = connection.settings.get("hosts", [])
    return found


def check_callback(connection: HiringConnection, url: str) -> None:
    """Raise Refused for an address that this connection's system is not called at."""
    host = (check_url(url).hostname or "").rstrip(".")
    allowed = hosts_of(connection)
    if not any(host == each or host.endswith(f".{each}") for each in allowed):
        named = ", ".join(allowed) or "none"
        raise Refused(f"{host} is not among the hosts that results may be sent to ({named}).")


def check_their_key(connection: HiringConnection, called: str) -> None:
    """Raise Refused where an owner has not entered yet what the system wants to be called with."""
    if not connection.their_key:
        raise Refused(f"Enter “{called}” in the settings of the connection first.")
