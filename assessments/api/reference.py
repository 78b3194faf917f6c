"""The schema as a page for people: what there is, by resource."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator

from assessments.api.problem_kinds import PLACE

ROOT = "/api/v1/"
# What comes with every one of them is said once, at the top of the page.
_EVERYWHERE = {"invalid", "unauthenticated", "forbidden", "rate-limited", "internal"}


@require_safe
@login_not_required
def documentation(request: HttpRequest) -> HttpResponse:
    return render(request, "api/documentation.html", pages())


@cache
def pages() -> dict[str, Any]:
    """All that the page shows; the schema is made once a process."""
    schema = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    schemas, groups = schema["components"]["schemas"], dict[str, list[dict[str, Any]]]()
    for path, ways in schema["paths"].items():
        shown = path.removeprefix(ROOT)
        for method, operation in ways.items():
            told = _operation(method, shown, operation, schemas)
            groups.setdefault(shown.partition("/")[0], []).append(told)
    events = [_event(name, ways["post"]) for name, ways in schema["webhooks"].items()]
    return {"groups": sorted(groups.items()), "events": events, "root": ROOT}


def _operation(
    method: str, path: str, operation: dict[str, Any], schemas: dict[str, Any]
) -> dict[str, Any]:
    return {
        "id": operation["operationId"],
        "method": method.upper(),
        "path": path,
        "summary": operation["summary"],
        "description": operation["description"],
        "parameters": [_parameter(each) for each in operation.get("parameters", ())],
        "fields": list(_fields(operation, schemas)),
        "sent": _example(operation.get("requestBody", {})),
        "answers": [
            {"status": status, "example": _example(answer)}
            for status, answer in operation["responses"].items()
            if status < "4"
        ],
        "problems": list(_problems(operation)),
    }


def _parameter(said: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": said["name"],
        "place": said["in"],
        "type": _type(said["schema"]),
        "text": said.get("description", ""),
        "required": said.get("required", False),
    }


def _fields(operation: dict[str, Any], schemas: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The fields of what is sent."""
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if not content:
        return
    schema = schemas[content["schema"]["$ref"].rpartition("/")[2]]
    for name, said in schema.get("properties", {}).items():
        text = said.get("description", "")
        required = name in schema.get("required", ())
        yield {"name": name, "type": _type(said), "text": text, "required": required}


def _type(said: dict[str, Any]) -> str:
    """In few words what a value is."""
    if "enum" in said:
        words = [str(each) for each in said["enum"] if each is not None]
        return "one of " + ", ".join(words) if len(words) <= 6 else "one of a list"
    if "$ref" in said:
        return said["$ref"].rpartition("/")[2].removesuffix("Enum")  # type: ignore[no-any-return]
    for several in ("allOf", "anyOf", "oneOf"):
        if several in said:
            return _type(said[several][0])
    kinds = said.get("type", "any")
    named = " or ".join(kinds if isinstance(kinds, list) else [kinds])
    return named + (f", {said['format']}" if "format" in said else "")


def _example(body: dict[str, Any]) -> str:
    found = body.get("content", {}).get("application/json", {}).get("example")
    return "" if found is None else json.dumps(found, indent=2, ensure_ascii=False)


def _problems(operation: dict[str, Any]) -> Iterator[dict[str, str]]:
    for status, answer in operation["responses"].items():
        content = answer.get("content", {}).get("application/problem+json", {})
        for name in content.get("examples", {}):
            if name not in _EVERYWHERE:
                yield {"name": name, "status": status, "url": f"{PLACE}{name}/"}


def _event(name: str, told: dict[str, Any]) -> dict[str, str]:
    return {"name": name, "summary": told["summary"], "example": _example(told["requestBody"])}
