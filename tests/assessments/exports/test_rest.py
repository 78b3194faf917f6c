"""Exports by the REST interface: asked for once, followed, fetched, deleted."""

import json

import pytest

from assessments.models import AuditEntry, Export
from tests.assessments.conftest import words
from tests.assessments.exports.conftest import bytes_of, made
from tests.assessments.recruiter.conftest import PARTIAL, signed_in

pytestmark = pytest.mark.django_db

URL = "/api/v1/exports/"
KEY = {"Idempotency-Key": "k"}


def test_an_export_is_asked_for_once_followed_fetched_and_deleted(make_api, organisation, two):
    api = make_api(organisation, "read")
    body = {"kind": "attempts", "format": "jsonl", "names": True, "filters": {"score_min": 0.5}}

    first = api.post(URL, body, format="json", headers=KEY)
    again = api.post(URL, body, format="json", headers=KEY)
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json() == again.json()
    told = first.json()
    assert (told["state"], told["attempts"], told["file"]) == ("queued", None, None)
    assert api.get(f"{URL}{told['id']}/file/").status_code == 409

    export = made(Export.objects.get())
    found = api.get(first["Location"])
    assert (found.json()["state"], found.json()["attempts_read"], found.json()["rows"]) == (
        "ready", 1, 1,
    )  # fmt: skip
    file = api.get(found.json()["file"])
    data = b"".join(file.streaming_content)
    assert (file["Content-Type"], len(data)) == ("application/jsonl", found.json()["size"])
    row = json.loads(data)
    assert (row["candidate"], row["email"]) == ("Ada", "c0@example.com")
    codebook = api.get(f"{URL}{export.pk}/codebook/").json()
    assert [entry["name"] for entry in codebook["columns"]] == list(row)
    assert [entry["id"] for entry in api.get(URL, {"kind": "attempts"}).json()["results"]] == [
        told["id"]
    ]

    assert api.delete(f"{URL}{export.pk}/").status_code == 204
    assert api.get(f"{URL}{export.pk}/").status_code == 404
    noted = AuditEntry.objects.filter(target_kind="export").order_by("id")
    assert [(entry.verb, entry.actor) for entry in noted] == [
        ("export.asked_for", "test"), ("export.downloaded", "test"), ("export.deleted", "test"),
    ]  # fmt: skip


def test_without_asking_for_names_there_are_none(api, make_attempt):
    make_attempt("Zebulon", PARTIAL)
    api.post(URL, {"kind": "checks", "format": "csv"}, format="json")

    assert b"Zebulon" not in bytes_of(made(Export.objects.get()))


def test_so_many_are_made_at_a_time_and_no_more(api, boss, organisation, stranger, monkeypatch):
    monkeypatch.setattr(Export, "MOST_OPEN", 2)
    body = {"kind": "attempts", "format": "csv"}
    answers = [api.post(URL, body, format="json") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [202, 202, 409]
    refused = signed_in(boss).post("/desk/exports/new/", body)
    assert "2 files are being made." in words(refused)
    made(Export.objects.first())
    assert api.post(URL, body, format="json").status_code == 202


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"kind": "novels"}, "kind"),
        ({"format": "pdf"}, "format"),
        ({"name": True}, "name"),
        ({"names": "yes"}, "names"),
        ({"filters": {"scoremin": 1}}, "filters.scoremin"),
        ({"filters": {"score_min": 2}}, "filters.score_min"),
        ({"filters": {"finished_after": "today"}}, "filters.finished_after"),
        ({"filters": []}, "filters"),
    ],
)
def test_what_nobody_understands_is_refused_by_its_field(api, changed, field):
    body = {"kind": "attempts", "format": "csv"} | changed

    answer = api.post(URL, body, format="json")

    assert answer.status_code == 400
    assert [each["field"] for each in answer.json()["errors"]] == [field]
    assert not Export.objects.exists()
