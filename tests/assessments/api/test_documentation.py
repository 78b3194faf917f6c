"""The schema says what is served, and both forms of it are open to everyone."""

import json
from uuid import UUID

import pytest
from django.urls import reverse
from jsonschema import Draft202012Validator

from assessments.api.examples import FALLBACK
from assessments.integrations.events import body_of, data_of
from assessments.models import (
    ApiToken,
    Decision,
    EventType,
    Invitation,
    Review,
    WebhookEndpoint,
    WebhookEvent,
)
from tests.assessments.api.endpoint_table import TABLE

URL = "/api/v1/schema/"
NUMBERED = {"question", "review", "decision", "member", "delivery"}


@pytest.fixture
def schema(client):
    return client.get(URL, headers={"Accept": "application/vnd.oai.openapi+json"}).json()


def path_of(row):
    """An address as the schema writes it."""
    if not row.of:
        return reverse(f"api:{row.name}")
    given = {"task": "slug"}.get(row.of, "id")
    stand_in = {"task": "slug"}.get(row.of) or ("7" * 9 if row.of in NUMBERED else str(UUID(int=7)))
    return reverse(f"api:{row.name}", args=[stand_in]).replace(stand_in, f"{{{given}}}")


def test_the_schema_is_openapi_3_1_and_tells_of_every_address(schema):
    assert schema["openapi"].startswith("3.1")
    assert {path: set(ways) for path, ways in schema["paths"].items()} == {
        path_of(row): set(row.ways) for row in TABLE
    }
    assert schema["components"]["securitySchemes"]["token"]["scheme"] == "bearer"


def test_the_schema_tells_what_is_refused(schema):
    listing = schema["paths"]["/api/v1/submissions/"]["get"]["parameters"]
    (page_size,) = [each["schema"] for each in listing if each["name"] == "page_size"]

    assert schema["components"]["schemas"]["NewSubmission"]["additionalProperties"] is False
    assert (page_size["minimum"], page_size["maximum"]) == (1, 200)


def operations(schema):
    for path, ways in schema["paths"].items():
        for method, operation in ways.items():
            yield f"{method} {path}", operation


def bodies(operation):
    """What is sent and what is answered, each with its media type."""
    sent = [("request", operation.get("requestBody", {}))]
    for name, each in [*sent, *operation["responses"].items()]:
        for media_type, content in each.get("content", {}).items():
            if content["schema"].get("format") != "binary":
                yield f"{name} {media_type}", content


def test_every_operation_is_described_with_its_scopes(schema):
    for label, operation in operations(schema):
        assert operation["summary"], label
        assert not operation["summary"].endswith("."), label
        assert "Open to tokens with the scope" in operation["description"], label
        scopes = [scope for each in operation["security"] for scope in each["token"]]
        assert set(scopes) <= set(ApiToken.Scope.values), label
        assert scopes, label


def test_every_body_and_every_answer_has_an_example_that_fits(schema):
    wrong = []
    for label, operation in [*operations(schema), *events(schema)]:
        for name, content in bodies(operation):
            shown = [each["value"] for each in content.get("examples", {}).values()]
            shown += [content["example"]] if "example" in content else []
            said = Draft202012Validator(content["schema"] | {"components": schema["components"]})
            found = [error.message for each in shown for error in said.iter_errors(each)]
            if not shown or found:
                wrong.append((label, name, found or "none"))
            wrong += [(label, name, "an empty word")] * (f'"{FALLBACK}"' in json.dumps(shown))

    assert wrong == []


def test_every_operation_tells_which_problems_it_may_answer(schema):
    told = {}
    for label, operation in operations(schema):
        for status, answer in operation["responses"].items():
            content = answer.get("content", {}).get("application/problem+json")
            if content:
                types = content["schema"]["properties"]["type"]["enum"]
                assert [each["value"]["type"] for each in content["examples"].values()] == types
                assert {each["value"]["status"] for each in content["examples"].values()} == {
                    int(status)
                }
                told.setdefault(label, []).extend(each.split("/")[-2] for each in types)

    always = {"invalid", "unauthenticated", "forbidden", "rate-limited", "internal"}
    assert all(always <= set(kinds) for kinds in told.values())
    assert {"in-progress", "idempotency-key-reused"} <= set(told["post /api/v1/invitations/"])
    assert {"stale", "match-missing"} <= set(told["patch /api/v1/invitations/{id}/"])
    assert "not-found" in told["get /api/v1/members/{id}/"]
    assert "too-large" not in told["get /api/v1/members/"]


def events(schema):
    for name, ways in schema["webhooks"].items():
        yield name, ways["post"]


@pytest.mark.django_db
def test_every_event_is_told_of_with_what_it_has(schema, world, organisation):
    """The schema's data, against what is made of real rows."""
    rows = {
        "InvitationEvent": Invitation.objects.get(pk=world.invitation),
        "AttemptEvent": world.over,
        "ReviewEvent": Review.objects.get(pk=world.review),
        "DecisionEvent": Decision.objects.get(pk=world.decision),
        "CandidateEvent": world.over.candidate,
        "EndpointEvent": WebhookEndpoint.objects.get(pk=world.webhook),
    }
    assert set(schema["webhooks"]) == {*EventType.values, "webhook.test"}
    for name, operation in events(schema):
        said = operation["requestBody"]["content"]["application/json"]["schema"]
        about = said["properties"]["data"]["$ref"].rpartition("/")[2]
        event = WebhookEvent(organisation=organisation, type=name, data=data_of(rows[about]))
        strict = {**schema["components"]["schemas"][about], "additionalProperties": False}

        Draft202012Validator(said | {"components": schema["components"]}).validate(
            json.loads(body_of(event))
        )
        Draft202012Validator(strict).validate(event.data)


@pytest.mark.django_db
def test_what_is_served_is_what_the_schema_says(api, schema, world):
    for row in TABLE:
        if "get" not in row.ways:
            continue
        response = schema["paths"][path_of(row)]["get"]["responses"]["200"]
        if "application/json" not in response["content"]:
            continue  # a file
        said = {
            **response["content"]["application/json"]["schema"],
            "components": schema["components"],
        }
        url = reverse(f"api:{row.name}", args=[getattr(world, row.of)] if row.of else [])
        Draft202012Validator(said).validate(json.loads(api.get(url).content))


def test_the_documentation_needs_no_inline_script_and_no_other_host(client):
    page = client.get("/api/v1/docs/try/")
    text = page.content.decode()

    assert page.status_code == 200
    assert "script-src 'self'" in page["Content-Security-Policy"]
    assert "<style" not in text
    assert "https://" not in text
    assert text.count("<script src=") == text.count("<script") == 3


def test_its_script_is_a_script(client):
    script = client.get("/api/v1/docs/try/?script=")

    assert script["Content-Type"].startswith("application/javascript")
    assert URL in script.content.decode()
