"""The schema says what is served, and both forms of it are open to everyone."""

import json

import pytest
from jsonschema import Draft202012Validator

URL = "/api/v1/schema/"
ACCOMMODATION = "/api/v1/invitations/{id}/accommodation/"


@pytest.fixture
def schema(client):
    return client.get(URL, headers={"Accept": "application/vnd.oai.openapi+json"}).json()


def test_the_schema_is_openapi_3_1_and_open_to_everyone(schema):
    assert schema["openapi"].startswith("3.1")
    assert set(schema["paths"]) == {
        "/api/v1/tasks/",
        "/api/v1/tasks/{slug}/",
        "/api/v1/submissions/",
        "/api/v1/submissions/{id}/",
        "/api/v1/attempts/",
        "/api/v1/attempts/{id}/",
        ACCOMMODATION,
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
def test_what_is_served_is_what_the_schema_says(api, schema, attempt):
    pk = api.post("/api/v1/submissions/", {"task": "huber", "source": "x"}).json()["id"]
    served = {
        "/api/v1/tasks/": "/api/v1/tasks/",
        "/api/v1/tasks/{slug}/": "/api/v1/tasks/huber/",
        "/api/v1/submissions/": "/api/v1/submissions/",
        "/api/v1/submissions/{id}/": f"/api/v1/submissions/{pk}/",
        "/api/v1/attempts/": "/api/v1/attempts/",
        "/api/v1/attempts/{id}/": f"/api/v1/attempts/{attempt.pk}/",
        ACCOMMODATION: f"/api/v1/invitations/{attempt.invitation.pk}/accommodation/",
    }
    assert set(served) == set(schema["paths"])
    for path, url in served.items():
        response = schema["paths"][path]["get"]["responses"]["200"]
        said = {
            **response["content"]["application/json"]["schema"],
            "components": schema["components"],
        }
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
