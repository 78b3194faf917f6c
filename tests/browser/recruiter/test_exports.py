"""Exports in a real browser: asked for and followed, at both widths and in both themes."""

import os

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from assessments import actions
from assessments.actions import exporting
from assessments.exports import making
from assessments.models import (
    Assessment,
    AssessmentQuestion,
    AssessmentVersion,
    Export,
    Member,
    Organisation,
    User,
)
from tests.assessments.conftest import CHOICE, make_question
from tests.browser.conftest import DESKTOP, PHONE, overflow, violations

EMAIL, PASSWORD = "olu@acme.example", "correct horse battery"


@pytest.fixture
def exports(live_server):
    """A file that is ready, and others on their way, failed and waiting."""
    acme = Organisation.objects.create(name="Acme", slug="acme")
    user = User.objects.create_user(EMAIL, PASSWORD, name="Olu Adeyemi")
    Member.objects.create(user=user, organisation=acme, role="owner")
    assessment = Assessment.objects.create(organisation=acme, slug="first")
    version = AssessmentVersion.objects.create(
        assessment=assessment, number=1, title="Machine learning engineer, junior", minutes=30
    )
    question = make_question("which-reduction-is-it", "single_choice", CHOICE)
    AssessmentQuestion.objects.create(version=version, question_version=question, position=1)
    actions.publish_assessment(version)
    for name in ("Ada", "Ben"):
        invitation = actions.invite(version, name, f"{name}@example.com".lower())
        actions.finish_attempt(actions.start_attempt(invitation))
    made = [
        exporting.ask_for_export(acme, by=user, kind=kind, form=form, tells_all=True, **fields)
        for kind, form, fields in [
            ("attempts", "parquet", {"shows_names": True}),
            ("answers", "csv", {"with_codebook": True}),
            ("checks", "xlsx", {}),
            ("attempts", "jsonl", {}),
        ]
    ]
    for export in made[:2]:
        while making.work_on(export.pk):
            pass
    Export.objects.filter(pk=made[2].pk).update(
        state="failed",
        failure="An Excel file holds 1,048,575 rows, and these are more. Choose another format.",
    )
    Export.objects.filter(pk=made[3].pk).update(
        state="reading", total=100_000, done=43_000, rows=43_000
    )
    exporting.ask_for_export(acme, by=user, kind="checks", form="parquet", tells_all=True)
    return made


@pytest.mark.parametrize(
    ("viewport", "theme"),
    [
        pytest.param(DESKTOP, "light", id="desktop, light"),
        pytest.param(PHONE, "dark", id="phone, dark"),
    ],
)
def test_an_export_is_followed_on_pages_that_are_whole_at_both_widths(
    visit, exports, viewport, theme
):
    page = visit(viewport, theme).page()
    page.goto("/accounts/login/")
    page.get_by_label("E-mail address").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/desk/")
    addresses = [
        exports[0].get_absolute_url(), reverse("recruiter:export_new"),
        reverse("recruiter:export_list"),
    ]  # fmt: skip
    for number, address in enumerate(addresses):
        page.goto(address)
        assert overflow(page) <= 0, address
        assert violations(page) == [], address
        if folder := os.environ.get("PICTURES"):
            page.screenshot(path=f"{folder}/{number}-{theme}.png", full_page=True)
    # The list follows by itself.
    expect(page.get_by_text("43,000 of 100,000 attempts")).to_be_visible()
    Export.objects.filter(state="reading").update(done=86_000)
    expect(page.get_by_text("86,000 of 100,000 attempts")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name=f"Download {exports[0].file_name}").click()
    assert download.value.suggested_filename == exports[0].file_name
