"""Where a candidate's requests come from."""

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """Return the address that a request comes from, as whoever knows it best wrote it.

    Behind a proxy that is the last one in X-Forwarded-For, which the proxy itself added: those
    before it are what the client says.
    """
    forwarded = request.headers.get("X-Forwarded-For", "") if settings.BEHIND_PROXY else ""
    return forwarded.rpartition(",")[2].strip() or str(request.META.get("REMOTE_ADDR", ""))
