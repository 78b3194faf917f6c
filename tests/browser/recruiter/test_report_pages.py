"""The report's pictures and the playback: accessible, and worked by keyboard alone."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from assessments.models import Attempt, Candidate, CodeSnapshot, Invitation
from assessments.playback import difference
from tests.browser.conftest import DESKTOP, PHONE, overflow, violations

LOOKS = [
    pytest.param(DESKTOP, "light", id="desktop, light"),
    pytest.param(PHONE, "dark", id="phone, dark"),
]


def grow(attempt, coding):
    """Snapshots that type the code that was handed in, line by line, with a long pause."""
    source = attempt.submissions.filter(purpose="submit").get().source
    version = coding.question_version
    before, at = version.rules.starter(version.content), attempt.started_at
    lines = source.split("\n")
    attempt.snapshots.all().delete()
    for number in range(1, len(lines) + 1):
        after = "\n".join(lines[:number])
        at += timedelta(minutes=9) if number == 12 else timedelta(seconds=9)
        CodeSnapshot.objects.create(
            attempt=attempt,
            question=coding,
            number=number,
            at=at,
            changes=difference(before, after),
        )
        before = after


def see(attempt, coding):
    for number, (kind, minutes, fields) in enumerate(
        [
            ("address", 0, {"detail": {"address": "192.0.2.7"}}),
            ("focus_lost", 11, {"seconds": 480.0, "question": coding}),
            ("paste", 12, {"size": 212, "question": coding}),
            ("paste", 13, {"size": 40, "detail": {"own": 1}, "question": coding}),
            ("copy", 13, {"size": 40, "question": coding}),
        ]
    ):
        at = attempt.started_at + timedelta(minutes=minutes)
        attempt.events.create(kind=kind, at=at, key=str(number), **fields)


def join(attempt, count):
    """Others who finished the same version."""
    version, owner = attempt.version, attempt.organisation
    for number in range(count):
        mail = f"other{number}@example.org"
        person = Candidate.objects.create(organisation=owner, name=f"Other {number}", email=mail)
        invitation = Invitation.objects.create(
            organisation=owner,
            assessment_version=version,
            candidate=person,
            state=Invitation.State.FINISHED,
            expires_at=timezone.now(),
        )
        ended = timezone.now() - timedelta(days=number)
        Attempt.objects.create(
            organisation=owner,
            invitation=invitation,
            state=Attempt.State.FINISHED,
            started_at=ended - timedelta(minutes=30),
            deadline=ended,
            finished_at=ended,
            score=(number % 10) / 10,
        )


@pytest.fixture
def full(played):
    """A report with all that one can have."""
    attempt = played["Elin Sørensen"]
    coding = attempt.version.questions.order_by("position").last()
    grow(attempt, coding)
    see(attempt, coding)
    join(attempt, 30)
    by = attempt.organisation.members.first().user
    attempt.decisions.create(outcome="hold", reason="Let us ask about the sign.", made_by=by)
    graded = attempt.submissions.get(purpose="submit")
    older = graded.report | {"grader": "0.9 numpy-2"}
    graded.past_gradings.create(
        graded_at=graded.created_at, verdict="failed", score=0.1, report=older
    )
    return attempt, f"{attempt.get_absolute_url()}questions/{coding.pk}/playback/"


@pytest.mark.sandbox
@pytest.mark.parametrize(("viewport", "theme"), LOOKS)
def test_the_report_and_its_playback_are_accessible_and_fit(signed_in, full, viewport, theme):
    page = signed_in(viewport=viewport, theme=theme)
    attempt, playback = full

    page.goto(attempt.get_absolute_url())
    page.locator("#standing").scroll_into_view_if_needed()
    expect(page.locator("#standing")).to_contain_text("Percentile")
    for address in (attempt.get_absolute_url(), playback):
        if address == playback:
            page.goto(playback)
            expect(page.get_by_role("button", name="Play")).to_be_visible()
        page.evaluate("document.querySelectorAll('details.m-fold').forEach(e => e.open = true)")
        assert violations(page) == [], address
        assert overflow(page) <= 0, address


@pytest.mark.sandbox
def test_code_is_played_back_by_keyboard_alone(signed_in, full):
    attempt, _ = full
    page = signed_in()
    page.goto(attempt.get_absolute_url())
    page.get_by_role("link", name="Play back").press("Enter")
    player = page.locator("[data-player]")
    said = player.get_by_role("status")
    steps = CodeSnapshot.objects.filter(attempt=attempt).count()
    expect(player.get_by_role("button", name="Play")).to_be_visible()
    expect(said).to_contain_text(f"Step {steps} of {steps}")

    player.get_by_label("Step", exact=True).press("Home")
    expect(said).to_contain_text(f"Step 0 of {steps}")
    expect(said).to_contain_text("0 lines added, 0 removed")
    player.get_by_role("button", name="Step on").press("Enter")
    expect(said).to_contain_text(f"Step 1 of {steps}")
    player.get_by_label("Speed").select_option("32")
    player.get_by_role("button", name="Play").press("Enter")
    # Half an hour in less than the ten seconds that the test waits: the pause is skipped.
    expect(said).to_contain_text(f"Step {steps} of {steps}")
    assert player.locator("li[data-mark=added]").count() > 5

    player.get_by_label("Show what differs from the starter").uncheck()
    expect(player.locator("li[data-mark=added]")).to_have_count(0)
    # At 12 minutes: eleven steps of 9 s, one of 9 min, and nine more.
    player.locator("li[data-kind=paste] a").first.press("Enter")
    expect(said).to_contain_text("Step 21 of")


@pytest.mark.sandbox
def test_without_scripts_every_step_is_a_page(signed_in, full):
    _, playback = full
    page = signed_in(java_script_enabled=False)
    page.goto(f"{playback}?at=20")

    expect(page.get_by_role("status").first).to_contain_text("Step 2 of")
    page.get_by_text("All steps").click()
    page.get_by_role("link", name="step 5", exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text("Step 5 of")
    expect(page.locator("li[data-mark=removed]").first).to_be_visible()
    expect(page.get_by_role("button", name="Play")).to_have_count(0)
