"""Hiring systems in a real browser: every page at both widths and in both themes."""

import json
import os

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from assessments import actions
from assessments.actions.hiring_connections import Terms, add_connection, pause_connection
from assessments.actions.hiring_errors import Trouble, note_call, note_error
from assessments.actions.ordering import Wanted, place_order
from assessments.models import (
    Assessment,
    AssessmentQuestion,
    AssessmentVersion,
    HiringConnection,
    HiringError,
    HiringOrder,
    Member,
    Organisation,
    User,
)
from tests.assessments.conftest import CHOICE, make_question
from tests.browser.conftest import DESKTOP, PHONE, overflow, violations

EMAIL, PASSWORD = "olu@acme.example", "correct horse battery"
SAMPLE = {
    "data": {
        "application": {"id": 4711, "stage": "Take-home"},
        "person": {"name": "Ada Lovelace", "emails": [{"value": "ada@example.com"}]},
    }
}
FIELDS = {
    "name": "data.person.name",
    "email": "data.person.emails.0.value",
    "key": "data.application.id",
    "stage": "data.application.stage",
}


@pytest.fixture
def version(live_server):
    acme = Organisation.objects.create(name="Acme", slug="acme")
    user = User.objects.create_user(EMAIL, PASSWORD, name="Olu Adeyemi")
    Member.objects.create(user=user, organisation=acme, role="owner")
    assessment = Assessment.objects.create(organisation=acme, slug="ml")
    made = AssessmentVersion.objects.create(
        assessment=assessment, number=1, title="Machine learning engineer, senior", minutes=60
    )
    question = make_question("which-one", "single_choice", CHOICE)
    AssessmentQuestion.objects.create(version=made, question_version=question, position=1)
    return actions.publish_assessment(made)


@pytest.fixture
def connections(version):
    """One with orders in every state, that fails; a paused one, and one of another system."""
    acme, hosts = version.assessment.organisation, {"hosts": ["greenhouse.io"]}
    failing, _ = add_connection(
        acme, "greenhouse", Terms("Greenhouse, research and engineering", hosts), by=None
    )
    people = ["Ada Lovelace", "Grace Hopper", "Emmy Noether", "Sofja Kowalewskaja"]
    for number, (name, telling) in enumerate(zip(people, HiringOrder.Telling, strict=True)):
        order, _ = place_order(
            failing,
            Wanted(version.assessment, str(number), name, f"p{number}@example.com",
                   profile_url="https://app.greenhouse.io/people/1"),
        )  # fmt: skip
        if telling != HiringOrder.Telling.NOTHING:
            actions.finish_attempt(actions.start_attempt(order.invitation))
        HiringOrder.objects.filter(pk=order.pk).update(telling=telling, tries=2)
    said = '{"error": "' + "0f" * 90 + '"}'
    for _ in range(3):
        note_error(
            failing,
            Trouble(HiringError.Side.OURS, "tell “has a score”", 401, said,
                    "Check the key: it may have been replaced or revoked over there.", order),
        )  # fmt: skip
    note_error(failing, Trouble(HiringError.Side.THEIRS, "send_test", 400, "url is missing."))
    note_call(failing)
    HiringConnection.objects.filter(pk=failing.pk).update(failing_since=order.created_at)
    stages = [{"stage": "Take-home", "assessment": str(version.assessment_id)}]
    other, _ = add_connection(
        acme,
        "stage",
        Terms("Lever", {"proof": "standard", "fields": FIELDS, "stages": stages}),
        by=None,
    )
    paused, _ = add_connection(acme, "ashby", Terms("Ashby", their_key="x"), by=None)
    pause_connection(paused, by=None)
    return failing, other, paused


def sign_in(page):
    page.goto("/accounts/login/")
    page.get_by_label("E-mail address").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/desk/")


@pytest.mark.parametrize(
    ("viewport", "theme"),
    [
        pytest.param(DESKTOP, "light", id="desktop, light"),
        pytest.param(PHONE, "dark", id="phone, dark"),
    ],
)
def test_every_page_of_hiring_systems_is_whole_at_both_widths(visit, connections, viewport, theme):
    page = visit(viewport, theme).page()
    sign_in(page)
    failing, other, paused = connections
    addresses = [
        reverse("recruiter:hiring_list"), failing.get_absolute_url(), paused.get_absolute_url(),
        reverse("recruiter:hiring_orders", args=[failing.pk]),
        reverse("recruiter:hiring_errors", args=[failing.pk]),
        reverse("recruiter:hiring_add", args=["ashby"]),
        reverse("recruiter:hiring_change", args=[other.pk]),
        reverse("recruiter:hiring_try", args=[other.pk]),
    ]  # fmt: skip
    for address in addresses:
        page.goto(address)
        look(page, address, theme)
    page.get_by_label("A message of the other system").fill(json.dumps(SAMPLE))
    page.get_by_role("button", name="Show what it would do").click()
    expect(page.get_by_text("An invitation would be sent.")).to_be_visible()
    look(page, "tried", theme)


def test_a_system_is_connected_and_its_key_copied_by_keyboard(visit, version):
    page = visit().page()
    sign_in(page)
    page.goto(reverse("recruiter:hiring_list"))

    page.get_by_role("link", name="Connect Greenhouse").press("Enter")
    page.get_by_label("Name").fill("Greenhouse")
    page.get_by_label("Name").press("Enter")

    assert page.get_by_role("textbox", name="API key").input_value().startswith("mnh_")
    look(page, "key", "light")
    page.get_by_role("link", name="To the connection").press("Enter")
    expect(page.get_by_text("Waits for its first call")).to_be_visible()


def look(page, address, theme):
    assert overflow(page) <= 0, address
    assert violations(page) == [], address
    if folder := os.environ.get("PICTURES"):
        name = address.strip("/").replace("/", "-")
        page.screenshot(path=f"{folder}/{name}-{theme}.png", full_page=True)
