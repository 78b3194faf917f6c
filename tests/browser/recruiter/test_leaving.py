"""Similar code, shared links, PDF files and scorecards, in a browser."""

import re

import pytest
from playwright.sync_api import expect

from assessments import actions
from assessments.actions import scorecards
from assessments.models import Candidate, Scorecard, SimilarPair, User
from assessments.recruiter.scorecard_views import proposed_for
from tests.browser import scene
from tests.browser.conftest import DESKTOP, PHONE, overflow, violations

LOOKS = [
    pytest.param(DESKTOP, "light", id="desktop, light"),
    pytest.param(PHONE, "dark", id="phone, dark"),
]


@pytest.fixture
def left(played):
    """The scene, after somebody copied Priya's code; a link, and two scorecards of Tomás."""
    version = played["Priya Raman"].version
    copied = scene.NEARLY.replace("error", "gap").replace("small", "near")
    role = scene.Role("Lena Vogt", "a", copied, 0.05, 12)
    report = played["Priya Raman"].submissions.filter(purpose="submit").get().report
    played["Lena Vogt"] = scene.perform(version, role, lambda _: report)
    actions.find_missed()
    user, colleague = User.objects.get(), User.objects.create_user("c@example.com", name="Cleo")
    _, secret = actions.share([played["Tomás Herrera"]], by=user, days=7, name="Ms Doe")
    asked = proposed_for(played["Tomás Herrera"])
    card = scorecards.begin_scorecard(played["Tomás Herrera"], asked[:3], colleague)
    rated = {item["key"]: rating for item, rating in zip(card.items, (3, 2, 4), strict=False)}
    marks = scorecards.Marks(rated, {}, {}, "Explains well.", "yes")
    scorecards.hand_in_scorecard(card, marks)
    mine = scorecards.begin_scorecard(played["Priya Raman"], asked[:3], user)
    return played, f"/share/{secret}/", mine


def addresses(played, shared, mine):
    tomas = played["Tomás Herrera"].pk
    pair = SimilarPair.objects.get()
    return [
        "/desk/similar/", f"/desk/similar/{pair.pk}/", played["Priya Raman"].get_absolute_url(),
        f"/desk/share/{tomas}/", "/desk/shared/", shared,
        f"/desk/attempts/{tomas}/scorecards/", f"/desk/scorecards/{mine.pk}/",
    ]  # fmt: skip


@pytest.mark.sandbox
@pytest.mark.parametrize(("viewport", "theme"), LOOKS)
def test_every_page_is_accessible_and_fits(signed_in, left, viewport, theme):
    page = signed_in(viewport=viewport, theme=theme)

    for address in addresses(*left):
        page.goto(address)
        assert violations(page) == [], address
        assert overflow(page) <= 0, address


@pytest.mark.sandbox
def test_a_pair_is_read_and_resolved_by_keyboard(signed_in, left):
    page = signed_in()
    page.goto(f"/desk/similar/{SimilarPair.objects.get().pk}/")

    page.get_by_role("link", name="Part 1: first line").press("Enter")
    number = page.get_by_role("link", name="Part 1: go to it in the other code").first
    expect(number).to_be_in_viewport()
    number.press("Enter")
    expect(page.locator("#second-1")).to_be_in_viewport()
    page.get_by_label("Alike by nature").press("Space")
    page.get_by_label("Why").press_sequentially("The usual way.")
    page.get_by_role("button", name="Note it").press("Enter")

    expect(page.get_by_text("Alike by nature, says Robin Recruiter")).to_be_visible()


@pytest.mark.sandbox
def test_a_scorecard_is_kept_while_it_is_typed_and_handed_in(signed_in, left):
    _, _, mine = left
    page = signed_in()
    page.goto(f"/desk/scorecards/{mine.pk}/")

    page.get_by_label("3 Right").first.check()
    page.get_by_label("Notes on question 1").fill("Derived it without help.")
    expect(page.locator("[data-save-text]")).to_contain_text("Saved")
    page.reload()
    expect(page.get_by_label("Notes on question 1")).to_have_value("Derived it without help.")
    expect(page.get_by_label("3 Right").first).to_be_checked()
    page.get_by_role("button", name="A question of my own").click()
    page.get_by_label("The question").fill("Which loss would you try next?")
    page.get_by_role("button", name="Remove question 2").click()
    expect(page.get_by_role("button", name="Remove question")).to_have_count(3)
    expect(page.get_by_label("The question")).to_have_value("Which loss would you try next?")
    page.get_by_label("Strong yes").check()
    page.get_by_role("button", name="Hand in").click()

    expect(page.get_by_text("Handed in. You can read what the others found now.")).to_be_visible()
    card = Scorecard.objects.get(pk=mine.pk)
    assert [item["rating"] for item in card.items] == [3, None, None]
    assert card.items[-1]["question"] == "Which loss would you try next?"


@pytest.mark.sandbox
def test_a_link_is_made_once_however_often_its_page_is_loaded(signed_in, left):
    played, _, _ = left
    names = ["W" * 62, "محمد الخوارزمي"]
    attempts = [played["Priya Raman"], played["Jonas Lindqvist"]]
    for attempt, name in zip(attempts, names, strict=True):
        Candidate.objects.filter(pk=attempt.candidate.pk).update(name=name)
    keys = [str(attempt.pk) for attempt in attempts]
    page = signed_in(viewport=PHONE)
    page.goto(f"/desk/share/{','.join(keys)}/")
    page.get_by_label("For whom").fill("Hiring manager")
    page.get_by_label("For whom").press("Enter")
    link = page.get_by_label("Link", exact=True)

    expect(link).to_have_value(re.compile("/share/.{40,}/$"))
    page.reload()
    expect(page.get_by_role("heading", name="The link is ready")).to_have_count(0)
    expect(page.get_by_role("link", name="Hiring manager")).to_have_count(1)
    assert overflow(page) <= 0


@pytest.mark.sandbox
def test_a_comparison_is_downloaded_as_a_pdf(signed_in, left):
    played, _, _ = left
    page = signed_in()
    keys = [played[name].pk for name in ("Priya Raman", "Tomás Herrera")]
    page.goto(f"/desk/compare/?attempt={keys[0]}&attempt={keys[1]}")

    with page.expect_download() as download:
        page.get_by_role("button", name="PDF").click()

    assert download.value.suggested_filename.startswith("comparison-")
    assert download.value.path().read_bytes().startswith(b"%PDF")
