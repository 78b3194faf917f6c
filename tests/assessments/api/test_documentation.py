"""The schema says what is served, and both forms of it are open to everyone."""

import json
from uuid import UUID

import pytest
from django.urls import reverse
from jsonschema import Draft202012Validator

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


def test_every_operation_is_described_with_its_errors(schema):
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            assert operation["summary"], (path, method)
            assert not operation["summary"].endswith("."), (path, method)
            assert "401" in operation["responses"], (path, method)


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
    page = client.get("/api/v1/docs/")
    text = page.content.decode()

    assert page.status_code == 200
    assert "script-src 'self'" in page["Content-Security-Policy"]
    assert "<style" not in text
    assert "https://" not in text
    assert text.count("<script src=") == text.count("<script") == 3


def test_its_script_is_a_script(client):
    script = client.get("/api/v1/docs/?script=")

    assert script["Content-Type"].startswith("application/javascript")
    assert URL in script.content.decode()
