"""The schema and its readable form, both open to everyone and served from our own files."""

from collections.abc import Iterator
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.permissions import AllowAny

from assessments.api.authentication import TokenAuthentication
from assessments.api.problems import MEDIA_TYPE, TITLES, kind_of

_TEXT = {"type": "string"}
PROBLEM = {
    "type": "object",
    "description": "Problem details, RFC 9457.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {**_TEXT, "enum": [f"urn:minima:problem:{kind}" for kind in TITLES]},
        "title": _TEXT,
        "status": {"type": "integer"},
        "detail": _TEXT,
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {"field": _TEXT, "message": _TEXT},
            },
        },
    },
}
ALWAYS = (400, 401, 403, 429, 500)
WITH_AN_ID = (404,)
WITH_A_BODY = (404, 409, 413, 415, 422)
WITH_A_MATCH = (412, 428)
# Two ways to say the same: a body has one of them.
NOT_BOTH = ("expires_in_days", "expires_at")


def add_problems(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Tell of the errors of every operation: a hook of drf-spectacular."""
    schemas = result["components"]["schemas"]
    schemas["Problem"] = PROBLEM
    for path, operations in result["paths"].items():
        for method, operation in operations.items():
            _close(operation.get("requestBody", {}), schemas)
            statuses = _statuses(path, method, operation)
            operation["responses"] |= {str(status): _response(status) for status in statuses}
    return result


def _statuses(path: str, method: str, operation: dict[str, Any]) -> Iterator[int]:
    yield from ALWAYS
    needed = [each["name"] for each in operation.get("parameters", ())]
    yield from WITH_AN_ID if "{" in path or "cursor" in needed else ()
    yield from WITH_A_BODY if method not in ("get", "delete") else ()
    yield from (409,) if method == "delete" else ()
    yield from WITH_A_MATCH if "If-Match" in needed else ()


def _close(said: Any, schemas: dict[str, Any]) -> None:
    """Say of what is sent that it has no other fields, as StrictSerializer has it."""
    for each in said.values() if isinstance(said, dict) else said:
        if isinstance(each, dict | list):
            _close(each, schemas)
    name = said.get("$ref", "").rpartition("/")[2] if isinstance(said, dict) else ""
    if name and schemas[name].get("type") == "object":
        schemas[name]["additionalProperties"] = False
        if set(NOT_BOTH) <= set(schemas[name]["properties"]):
            schemas[name]["not"] = {"required": [*NOT_BOTH]}
        _close(schemas[name], schemas)


def _response(status: int) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": TITLES[kind_of(status)], "content": {MEDIA_TYPE: {"schema": schema}}}


class Schema(SpectacularAPIView):
    authentication_classes = []
    permission_classes = [AllowAny]
    throttle_classes = []
    content_negotiation_class = DefaultContentNegotiation


class Documentation(SpectacularSwaggerSplitView):
    authentication_classes = []
    permission_classes = [AllowAny]
    throttle_classes = []
    content_negotiation_class = DefaultContentNegotiation
    url_name = "api:schema"
    template_name = "api/documentation.html"


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "mnm_…"}
