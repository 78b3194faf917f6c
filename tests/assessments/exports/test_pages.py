"""Exports at the desk: who may have which file, what is noted, and what a page says."""

import pytest
from django.urls import reverse

from assessments.actions import exporting
from assessments.models import AuditEntry, Export, Member
from tests.assessments.conftest import words
from tests.assessments.exports.conftest import bytes_of, made, rows_of
from tests.assessments.recruiter.conftest import PARTIAL, signed_in

pytestmark = pytest.mark.django_db

LIST, NEW = reverse("recruiter:export_list"), reverse("recruiter:export_new")


def address(export, name="detail"):
    return reverse(f"recruiter:export_{name}", args=[export.pk])


def test_an_export_of_what_the_table_shows_is_asked_for_followed_and_fetched(
    boss, make_attempt, version
):
    for name in ("Ada", "Abel", "Ben"):
        make_attempt(name, PARTIAL)
    page = signed_in(boss)
    asked = {"kind": "answers", "format": "jsonl", "names": "on", "with_codebook": "on"}

    form = page.get(NEW, {"q": "ab", "sort": "candidate", "page": 3})
    assert "1 attempt: what the filters of the table choose" in words(form)
    assert "3 attempts: all of them" in words(page.get(NEW))
    by_assessment = page.get(NEW, {"assessment": version.assessment_id})
    assert "3 attempts: what the filters" in words(by_assessment)
    answer = page.post(f"{NEW}?q=ab&sort=candidate", asked, follow=True)
    assert "Waits" in words(answer)
    export = made(Export.objects.get())
    live = page.get(LIST, {"seen": "other"})
    assert "Ready" in words(live)
    assert f'href="{address(export, "file")}"' in live.content.decode()

    detail = words(page.get(address(export)))
    assert "JSON lines with its codebook, in a ZIP, with names and e-mail addresses" in detail
    assert "set_by_person yes or no Whether somebody overrode the score" in detail
    file = page.get(address(export, "file"))
    assert file["Content-Disposition"].endswith(f'filename="{export.file_name}"')
    assert b"".join(file.streaming_content) == bytes_of(export)
    markdown = page.get(address(export, "codebook")).content.decode()
    assert "| `saved_after` | number | minutes | From the start" in markdown

    page.post(address(export, "delete"))
    noted = AuditEntry.objects.filter(target_kind="export").order_by("id")
    assert [entry.verb for entry in noted] == [
        "export.asked_for", "export.downloaded", "export.deleted",
    ]  # fmt: skip
    assert {entry.actor for entry in noted} == {"boss@acme.example"}
    assert not Export.objects.exists()
    assert "No export yet" in words(page.get(LIST))


def test_those_that_were_ticked_lead_to_an_export_of_them_alone(boss, make_attempt):
    ada, _, cleo = (make_attempt(name, source=None) for name in ("Ada", "Ben", "Cleo"))
    page = signed_in(boss)

    form = page.post(
        reverse("recruiter:attempt_bulk"),
        {"do": "export", "attempt": [ada.pk, cleo.pk]}, follow=True,
    )  # fmt: skip
    assert "2 attempts: those that were ticked" in words(form)
    page.post(form.redirect_chain[-1][0], {"kind": "attempts", "format": "jsonl"})

    export = made(Export.objects.get())
    assert {row["attempt"] for row in rows_of(export)} == {str(ada.pk), str(cleo.pk)}
    # Without the box nobody is named.
    assert {"candidate", "email"} & set(rows_of(export)[0]) == {"candidate"}
    assert b"Ada" not in bytes_of(export)


def test_who_may_not_see_a_name_gets_no_file_with_one(
    boss, make_member, make_attempt, organisation
):
    make_attempt("Zebulon", PARTIAL)
    reviewer = signed_in(make_member("reviewer", email="reviewer@acme.example"))
    named, nameless = (
        made(
            exporting.ask_for_export(
                organisation, by=boss, kind="attempts", form="csv",
                tells_all=True, shows_names=shows,
            )
        )
        for shows in (True, False)
    )  # fmt: skip

    # A box that is not there can be sent all the same.
    asked = {"kind": "attempts", "format": "csv", "names": "on"}
    reviewer.post(f"{NEW}?q=zebulon", asked)
    reviewer.post(NEW, asked)
    by_name, own = (made(each) for each in Export.objects.filter(asked_by__email__startswith="rev")
                    .order_by("created_at"))  # fmt: skip
    assert (by_name.total, own.total) == (0, 1)
    [row] = rows_of(own)
    assert row["candidate"].startswith("Candidate ")
    assert not {"email", "finished"} & set(row)
    shown = reviewer.get(LIST).content.decode()
    assert address(own) in shown
    for theirs in (named, nameless):  # they tell when somebody ended
        assert address(theirs) not in shown
        assert reviewer.get(address(theirs, "file")).status_code == 404
    # Who hides names from themselves sees those files that have none.
    Member.objects.filter(user=boss).update(hides_names=True)
    page = signed_in(boss)
    assert page.get(address(named, "file")).status_code == 404
    assert page.get(address(nameless, "file")).status_code == 200


def test_a_failure_and_a_stop_are_told(boss, organisation, make_attempt):
    make_attempt("Ada", source=None)
    page = signed_in(boss)
    page.post(NEW, {"kind": "attempts", "format": "csv"})
    export = Export.objects.get()
    assert "Stop" in words(page.get(LIST))
    exporting.fail_export(export, exporting.FAULT)

    assert exporting.FAULT in words(page.get(address(export)))
    assert page.get(address(export, "file")).status_code == 404
    assert page.post(NEW, {"kind": "novels", "format": "csv"}).status_code == 422
