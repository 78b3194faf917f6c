"""Addresses that hiring systems call: let in by a key, read, answered in their own words."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from assessments.actions.hiring_errors import Trouble, note_call, note_error
from assessments.integrations.hiring.adapters import Adapter, Wrong
from assessments.integrations.hiring.bodies import Body, parsed, raw
from assessments.integrations.hiring.keys import connection_by
from assessments.integrations.hiring.registry import ADAPTERS
from assessments.models import HiringConnection, HiringError

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Called:
    """A call of a system that was let in.

    Attributes:
        body: an empty one where the method has none.
        parts: what the address names, by its name in the route.
    """

    request: HttpRequest
    connection: HiringConnection
    body: Body
    parts: dict[str, Any]


Handler = Callable[[Called], Any]


def takes(
    method: str, system: HiringConnection.System, *, status: int = 200
) -> Callable[[Handler], Callable[..., HttpResponse]]:
    """Make a view of `handler`, which returns what is answered as JSON.

    It may raise Wrong, Malformed, and whatever the adapter has a status for in `refusals`; each
    is answered in the words of the system, and written to the connection's log of errors.
    """

    def made(handler: Handler) -> Callable[..., HttpResponse]:
        def view(request: HttpRequest, **parts: Any) -> HttpResponse:
            adapter = ADAPTERS[system]
            if request.method != method:
                return _refused(adapter, 405, f"This address takes {method} alone.", Allow=method)
            connection = connection_by(
                adapter.key_in(request.headers.get("Authorization", "")), system
            )
            if connection is None:
                return _refused(adapter, 401, "This key is unknown, or was replaced.")
            return answered(request, connection, handler, parts, status)

        view.__name__, view.__doc__ = handler.__name__, handler.__doc__
        return csrf_exempt(login_not_required(never_cache(view)))

    return made


def answered(
    request: HttpRequest,
    connection: HiringConnection,
    handler: Handler,
    parts: dict[str, Any],
    status: int = 200,
) -> HttpResponse:
    """Return what `handler` says to somebody who was let in, or why it could not be done."""
    adapter = ADAPTERS[connection.system]
    note_call(connection)
    try:
        if connection.paused_at:
            raise Wrong(403, "This connection is paused.")
        body = parsed(raw(request)) if request.method not in ("GET", "HEAD") else Body({})
        return JsonResponse(
            handler(Called(request, connection, body, parts)), status=status, safe=False
        )
    except Exception as problem:
        code = adapter.status_of(problem)
        if code is None:
            log.exception("%s could not be answered", request.path)
        sentence = str(problem) if code else "This could not be done, through a fault of ours."
        note_error(
            connection,
            Trouble(HiringError.Side.THEIRS, handler.__name__, code or 500, sentence),
        )
        return _refused(adapter, code or 500, sentence)


def _refused(adapter: Adapter, status: int, sentence: str, **headers: str) -> JsonResponse:
    if status == 401 and adapter.realm:
        headers["WWW-Authenticate"] = adapter.realm
    return JsonResponse(adapter.error(status, sentence), status=status, headers=headers, safe=False)
