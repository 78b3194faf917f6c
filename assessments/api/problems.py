"""Errors as problem details (RFC 9457), the same for every one of them."""

import logging
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.views import defaults
from rest_framework.exceptions import (
    APIException,
    ErrorDetail,
    NotAuthenticated,
    UnsupportedMediaType,
    ValidationError,
)
from rest_framework.response import Response
from rest_framework.views import exception_handler

from assessments.api.problem_kinds import KINDS, kind_of

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
PREFIX = "/api/"


def problem(status: int, detail: str, *, kind: str = "", errors: Any = None) -> dict[str, Any]:
    """Return the members of a problem of that status; `errors` is a list of field and message."""
    named = KINDS[kind] if kind else kind_of(status)
    found = {
        "type": named.type,
        "title": named.title,
        "status": status,
        "detail": detail,
    }
    return found if errors is None else {**found, "errors": errors}


def handle(error: Exception, context: dict[str, Any]) -> Response:
    """DRF's hook: turn any exception of a view into a problem."""
    response = exception_handler(error, context)
    if response is None:
        log.exception("unhandled error in the API", exc_info=error)
        response = Response(status=500)
        response.data = problem(500, "Something went wrong on our side; it has been logged.")
    elif isinstance(error, ValidationError):
        errors = list(_fields(error.detail))
        response.data = problem(400, _summary(errors), kind="invalid", errors=errors)
    else:
        response.data = problem(response.status_code, _detail(error), kind=_own_kind(error))
    response.content_type = MEDIA_TYPE
    return response


class Conflict(APIException):
    status_code = 409
    default_code = "conflict"


def _own_kind(error: Exception) -> str:
    """The type that an exception names itself; "" for that of its status."""
    code = str(getattr(error, "default_code", ""))
    return code if code in KINDS else ""


def _detail(error: Exception) -> str:
    if isinstance(error, NotAuthenticated):
        return "Send your token in a header: `Authorization: Bearer mnm_…`."
    if isinstance(error, UnsupportedMediaType):
        return "Send JSON, with the header `Content-Type: application/json`."
    if isinstance(error, Http404):
        return "There is no such thing, or it is not yours."
    if isinstance(error, PermissionDenied):
        return "You may not do that."
    return str(error.detail) if isinstance(error, APIException) else str(error)


def _summary(errors: list[dict[str, str]]) -> str:
    return " ".join(f"{e['field']}: {e['message']}" if e["field"] else e["message"] for e in errors)


def _fields(detail: Any, field: str = "") -> Iterator[dict[str, str]]:
    """Flatten DRF's nested errors to one {field, message} each."""
    if isinstance(detail, dict):
        for key, value in detail.items():
            own = "" if key == "non_field_errors" else str(key)
            yield from _fields(value, ".".join(filter(None, [field, own])))
    elif isinstance(detail, list):
        for index, value in enumerate(detail):
            leaf = isinstance(value, ErrorDetail | str)
            yield from _fields(value, field if leaf else f"{field}.{index}".strip("."))
    else:
        yield {"field": field, "message": str(detail)}


def _answer(status: int, detail: str) -> JsonResponse:
    return JsonResponse(problem(status, detail), status=status, content_type=MEDIA_TYPE)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    if request.path.startswith(PREFIX):
        return _answer(400, "The request can't be understood.")
    return defaults.bad_request(request, exception)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    if request.path.startswith(PREFIX):
        return _answer(403, "You may not do that.")
    return defaults.permission_denied(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    if request.path.startswith(PREFIX):
        return _answer(404, "There is no such thing, or it is not yours.")
    return defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    if request.path.startswith(PREFIX):
        return _answer(500, "Something went wrong on our side; it has been logged.")
    return defaults.server_error(request)
