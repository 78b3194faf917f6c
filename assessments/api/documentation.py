"""The schema and its readable form, both open to everyone and served from our own files."""

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
WITH_A_BODY = (413, 415, 422)


def add_problems(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Tell of the errors of every operation: a hook of drf-spectacular."""
    schemas = result["components"]["schemas"]
    schemas["Problem"] = PROBLEM
    # As StrictSerializer does.
    for strict in ("NewSubmission", "NewAccommodation"):
        schemas[strict]["additionalProperties"] = False
    for path, operations in result["paths"].items():
        for operation in operations.values():
            statuses = [*ALWAYS]
            statuses += (409,) if "put" in operations and "requestBody" in operation else ()
            statuses += WITH_AN_ID if "{" in path else ()
            statuses += WITH_A_BODY if "requestBody" in operation else ()
            operation["responses"] |= {str(status): _response(status) for status in statuses}
    return result


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
