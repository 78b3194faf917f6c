"""The schema and its readable form, both open to everyone and served from our own files."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.permissions import AllowAny

from assessments.api.authentication import TokenAuthentication
from assessments.api.described_problems import problem_schema, problems_of
from assessments.api.event_schemas import webhooks_of
from assessments.api.examples import example_of
from assessments.api.sparse import FIELDS
from assessments.api.summaries import SCHEME

# Two ways to say the same: a body has one of them.
NOT_BOTH = ("expires_in_days", "expires_at")


# What a request that was taken, and not carried out yet, is answered.
QUEUED = {"status": "queued", "graded_at": None, "report": None}


def complete(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Add what no view says by itself: a hook of drf-spectacular."""
    schemas = result["components"]["schemas"]
    schemas["Problem"] = problem_schema()
    result["webhooks"] = webhooks_of(schemas)
    for path, operations in result["paths"].items():
        for method, operation in operations.items():
            _close(operation.get("requestBody", {}), schemas)
            _open_lines(operation, schemas)
            _show(operation, schemas)
            operation["responses"] |= problems_of(path, method, operation)
    for told in result["webhooks"].values():
        _show(told["post"], schemas)
    return result


def _open_lines(operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Of lines that can be asked for with some of their fields, none is sure to be there."""
    if FIELDS not in {each["name"] for each in operation.get("parameters", ())}:
        return
    answer = operation["responses"]["200"]["content"]["application/json"]["schema"]
    page = schemas.get(answer.get("$ref", "").rpartition("/")[2])
    whole = page["properties"]["results"] if page else answer
    name = whole["items"]["$ref"].rpartition("/")[2]
    line = {key: value for key, value in schemas[name].items() if key != "required"}
    schemas[f"{name}Fields"] = line | {"description": "The fields that were asked for."}
    some = {"$ref": f"#/components/schemas/{name}Fields"}
    whole["items"] = {"anyOf": [whole["items"], some]}


def _show(operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Give an example of what is sent and of what comes back."""
    bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
    for content in (each.get("content", {}) for each in bodies):
        if said := content.get("application/json"):
            said["example"] = example_of(said["schema"], schemas)
    if operation.get("operationId") == "submissions_create":
        operation["responses"]["202"]["content"]["application/json"]["example"] |= QUEUED


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


class Schema(SpectacularAPIView):
    authentication_classes = []
    permission_classes = [AllowAny]
    throttle_classes = []
    content_negotiation_class = DefaultContentNegotiation


class Trial(SpectacularSwaggerSplitView):
    """A page to send requests from."""

    authentication_classes = []
    permission_classes = [AllowAny]
    throttle_classes = []
    content_negotiation_class = DefaultContentNegotiation
    url_name = "api:schema"
    template_name = "api/trial.html"


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = TokenAuthentication
    name = SCHEME

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "mnm_…"}
