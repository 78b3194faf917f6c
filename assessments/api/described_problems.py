"""The errors of every operation, by their types, as the schema tells of them."""

from collections.abc import Iterator
from typing import Any

from assessments.api.idempotency import HEADER
from assessments.api.problem_kinds import KINDS, Kind
from assessments.api.problems import MEDIA_TYPE

_TEXT = {"type": "string"}
ALWAYS = ("invalid", "unauthenticated", "forbidden", "rate-limited", "internal")
WITH_A_BODY = ("malformed", "too-slow", "too-large", "unsupported-media-type")
WITH_A_KEY = ("in-progress", "idempotency-key-reused")
WITH_A_MATCH = ("stale", "match-missing")
_FIELDS = [{"field": "page_size", "message": "Give a whole number, 1 to 200."}]


def problem_schema() -> dict[str, Any]:
    field = {
        "type": "object",
        "required": ["field", "message"],
        "properties": {"field": _TEXT, "message": _TEXT},
    }
    return {
        "type": "object",
        "description": "Problem details, RFC 9457. Its type is an address that describes it.",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": {**_TEXT, "format": "uri", "enum": [kind.type for kind in KINDS.values()]},
            "title": _TEXT,
            "status": {"type": "integer"},
            "detail": _TEXT,
            "errors": {"type": "array", "items": field},
        },
    }


def problems_of(path: str, method: str, operation: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The answers of an operation that are problems, by their status."""
    by_status: dict[int, list[Kind]] = {}
    for name in _names(path, method, operation):
        by_status.setdefault(KINDS[name].status, []).append(KINDS[name])
    return {str(status): _response(kinds) for status, kinds in sorted(by_status.items())}


def _names(path: str, method: str, operation: dict[str, Any]) -> Iterator[str]:
    needed = {each["name"] for each in operation.get("parameters", ())}
    yield from ALWAYS
    if "{" in path or "cursor" in needed or method == "post":
        yield "not-found"
    if method in ("post", "put", "patch"):
        yield from WITH_A_BODY
    if method != "get":
        yield "conflict"
    if HEADER in needed:
        yield from WITH_A_KEY
    if "If-Match" in needed:
        yield from WITH_A_MATCH


def _response(kinds: list[Kind]) -> dict[str, Any]:
    content = {
        "schema": {
            "allOf": [{"$ref": "#/components/schemas/Problem"}],
            "properties": {"type": {"enum": [kind.type for kind in kinds]}},
        },
        "examples": {kind.name: _example(kind) for kind in kinds},
    }
    return {
        "description": " / ".join(f"`{kind.name}`: {kind.title}" for kind in kinds),
        "content": {MEDIA_TYPE: content},
    }


def _example(kind: Kind) -> dict[str, Any]:
    said = {"type": kind.type, "title": kind.title, "status": kind.status, "detail": kind.when}
    if kind.name == "invalid":
        [first] = _FIELDS
        said |= {"detail": f"{first['field']}: {first['message']}", "errors": _FIELDS}
    return {"summary": kind.title, "value": said}
