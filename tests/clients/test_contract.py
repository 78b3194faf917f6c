"""The client knows what the server serves: each address, each field, and no more than that."""

import dataclasses
import types
from datetime import datetime
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints, is_typeddict
from uuid import UUID

import pytest
from django.test import Client

import minima_client
from minima_client.operations import Operation, Shape
from minima_client.problems import KINDS, kind_in
from minima_client.resources import Resource
from minima_client.rows import Accommodation

ROOT = "/api/v1/"
OPERATIONS = [
    operation
    for resource in Resource.__subclasses__()
    for operation in vars(resource).values()
    if isinstance(operation, Operation)
]
each_operation = pytest.mark.parametrize(
    "operation", OPERATIONS, ids=lambda each: f"{each.method} {each.path}"
)
# The client follows pages by itself, and rows with fields left out would not be of their type.
NOT_SAID = {"cursor", "fields"}
WORDS = {str: "string", int: "integer", float: "number", bool: "boolean", UUID: "string"}
# Addresses for people.
NOT_ROWS = {f"{ROOT}schema/", f"{ROOT}docs/"}


@pytest.fixture(scope="module")
def schema():
    accept = {"Accept": "application/vnd.oai.openapi+json"}
    return Client().get(f"{ROOT}schema/", headers=accept).json()


def said_of(schema, operation):
    return schema["paths"][ROOT + operation.path][operation.method.lower()]


def named(said, place):
    return {each["name"]: each for each in said.get("parameters", ()) if each["in"] == place}


def alternatives(schema, said):
    """What a value may be: references followed, and null as {'type': 'null'}."""
    if "$ref" in said:
        name = said["$ref"].rpartition("/")[2]
        return alternatives(schema, schema["components"]["schemas"][name])
    for word in ("allOf", "oneOf", "anyOf"):
        if word in said:
            return [found for each in said[word] for found in alternatives(schema, each)]
    kinds = said.get("type", "string" if "enum" in said else None)
    kinds = kinds if isinstance(kinds, list) else [kinds]
    if None in said.get("enum", ()):
        kinds = [*kinds, "null"]
    return [{**said, "type": kind} for kind in dict.fromkeys(kinds)]


def differences(schema, kind, said, where="it", absent=False):
    """Where `kind` and what the schema says differ, a line each."""
    kinds = get_args(kind) if get_origin(kind) in (Union, types.UnionType) else (kind,)
    options = alternatives(schema, said)
    null = any(option["type"] == "null" for option in options)
    if null != (types.NoneType in kinds) and not absent:
        yield f"{where}: {kind} and null is {null} in the schema"
    options = [option for option in options if option["type"] != "null"]
    for each in (one for one in kinds if one is not types.NoneType):
        yield from differing(schema, each, options, where)


def differing(schema, kind, options, where):
    if kind is Any:
        return
    first, origin = options[0], get_origin(kind)
    words = {option["type"] for option in options}
    if origin is Literal:
        listed = {word for option in options for word in option.get("enum", ())}
        if listed != set(get_args(kind)):
            yield f"{where}: {kind} and {listed}"
    elif dataclasses.is_dataclass(kind) or is_typeddict(kind):
        yield from differing_fields(schema, kind, first, where)
    elif origin is list:
        yield from differences(schema, get_args(kind)[0], first["items"], f"{where}[]")
    elif origin is dict:
        if words != {"object"}:
            yield f"{where}: {kind} and {words}"
        if get_args(kind)[1] is not Any and isinstance(first.get("additionalProperties"), dict):
            of = first["additionalProperties"]
            yield from differences(schema, get_args(kind)[1], of, f"{where}{{}}")
    elif kind is datetime:
        if first.get("format") != "date-time":
            yield f"{where}: {kind} and {first}"
    elif words != {WORDS[kind]}:
        yield f"{where}: {kind} and {words}"


def differing_fields(schema, kind, said, where):
    known = names_of(kind)
    served, required = said.get("properties", {}), set(said.get("required", ()))
    if set(known) != set(served):
        yield f"{where}: {sorted(set(known) ^ set(served))} on one side alone"
    if lacking := needed(kind) - required:
        yield f"{where}: {lacking} may be missing"
    if is_typeddict(kind) and (more := required - needed(kind)):
        yield f"{where}: {more} has to be sent"
    hints = get_type_hints(kind)
    for name in set(known) & set(served):
        absent = name not in required and name not in needed(kind)
        yield from differences(schema, hints[name], served[name], f"{where}.{name}", absent)


def names_of(kind):
    """The fields that come from the body, or go into it."""
    if is_typeddict(kind):
        return list(kind.__annotations__)
    return [field.name for field in dataclasses.fields(kind) if field.compare]


def needed(kind):
    if is_typeddict(kind):
        return set(kind.__required_keys__)
    if kind is Accommodation:  # served as a whole; that fields may be left out is said of changes
        return {"made_at", "deadline"}
    missing = dataclasses.MISSING
    return {
        field.name
        for field in dataclasses.fields(kind)
        if field.default is missing and field.default_factory is missing
    }


@each_operation
def test_what_comes_back_is_what_the_schema_says(schema, operation):
    answers = said_of(schema, operation)["responses"]
    status = min(status for status in answers if status.startswith("2"))
    content = answers[status].get("content", {})

    if operation.shape is Shape.NOTHING:
        assert content == {}
        return
    if operation.shape is Shape.FILE:
        assert {each["schema"]["format"] for each in content.values()} == {"binary"}
        return
    said = content["application/json"]["schema"]
    if operation.shape is Shape.PAGES:
        (said,) = alternatives(schema, said)
        said = said["properties"]["results"]
    row = operation.row if operation.shape is Shape.ONE else list[operation.row]
    assert list(differences(schema, row, said)) == []


@each_operation
def test_what_is_sent_is_what_the_schema_takes(schema, operation):
    said = said_of(schema, operation)
    headers, query = named(said, "header"), named(said, "query")
    body = said.get("requestBody", {}).get("content", {}).get("application/json")

    assert operation.matched == headers.get("If-Match", {}).get("required", False)
    assert operation.method != "POST" or "Idempotency-Key" in headers
    if operation.method == "GET":
        assert set(query) - NOT_SAID == set(names_of(operation.takes) if operation.takes else ())
        hints = get_type_hints(operation.takes) if operation.takes else {}
        told = [
            line
            for name, hint in hints.items()
            if get_origin(hint) is Literal
            for line in differences(schema, hint, query[name]["schema"], name)
        ]
        assert told == []
    elif operation.takes is None:
        assert body is None
    else:
        assert list(differences(schema, operation.takes, body["schema"])) == []


def test_the_client_can_ask_for_everything_there_is(schema):
    served = {
        (method.upper(), path)
        for path, methods in schema["paths"].items()
        if path not in NOT_ROWS
        for method in methods
    }

    assert {(each.method, ROOT + each.path) for each in OPERATIONS} == served


def test_every_kind_of_problem_has_its_class(schema):
    told = schema["components"]["schemas"]["Problem"]["properties"]["type"]["enum"]

    assert set(KINDS) == set(map(kind_in, told))
    assert all(issubclass(kind, minima_client.MinimaError) for kind in KINDS.values())
