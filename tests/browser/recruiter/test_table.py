"""The table of candidates: by keyboard, on a phone, without scripts, on paper."""

import re

import pytest
from playwright.sync_api import expect

from assessments import actions
from assessments.models import Decision, Label, User
from tests.browser.conftest import DESKTOP, PHONE, overflow, violations

LOOKS = [
    pytest.param(DESKTOP, "light", id="desktop, light"),
    pytest.param(PHONE, "dark", id="phone, dark"),
]
COLUMNS = "column=score&column=family.values&column=labels&column=decision&column=assessment"


@pytest.fixture
def arranged(played):
    """Labels, decisions and a view that is shared, made by the recruiter."""
    user = User.objects.get(email="recruiter@example.com")
    attempts = list(played.values())
    organisation = attempts[0].organisation
    for start, name in enumerate(["shortlist", "ask again", "second round"]):
        label = actions.make_label(organisation, name, by=user)
        actions.put_on(label, [attempt.pk for attempt in attempts[start : start + 3]], by=user)
    over = [attempt for attempt in attempts if attempt.finished_at]
    actions.decide(over[:2], "advance", "Good.", user)
    actions.save_view(organisation, "Best first", "sort=-score", shared=True, by=user)
    return played


@pytest.mark.sandbox
@pytest.mark.parametrize(("viewport", "theme"), LOOKS)
def test_table_labels_and_comparison_are_accessible_and_fit(signed_in, arranged, viewport, theme):
    page = signed_in(viewport=viewport, theme=theme)
    page.goto(f"/desk/attempts/?{COLUMNS}&part=family.values&part_min=0&part_max=")
    page.evaluate("document.querySelectorAll('.m-fold').forEach(each => each.open = true)")
    assert (violations(page), overflow(page)) == ([], 0)
    # Closed again, so that nothing lies under the bar at the top.
    page.evaluate("document.querySelectorAll('.m-fold').forEach(each => each.open = false)")
    for name in ("Save view", "Manage views", "Export"):
        page.locator("summary", has_text=name).click()
        assert (violations(page), overflow(page)) == ([], 0), name
    for box in page.locator("[data-pick]").all()[:3]:
        box.check()
    assert (violations(page), overflow(page)) == ([], 0)

    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Compare")
    assert (violations(page), overflow(page)) == ([], 0)
    page.goto("/desk/labels/")
    assert (violations(page), overflow(page)) == ([], 0)


@pytest.mark.sandbox
def test_filters_work_as_one_types_and_ticks_stay(signed_in, arranged):
    page = signed_in()
    page.goto("/desk/attempts/")
    table = page.get_by_role("region", name="Attempts, as a table")
    assert table.evaluate("each => each.scrollWidth <= each.clientWidth"), "no column is cut off"
    page.evaluate("window.stayed = true")
    page.get_by_label("Search").fill("an")
    status = page.get_by_role("status").first
    expect(status).to_contain_text(re.compile(r"^[1-9] attempts?, "))
    expect(page).to_have_url(re.compile(r"\?q=an$"))
    page.get_by_role("checkbox", name="Priya Raman").check()
    expect(page.get_by_text("With the one ticked candidate")).to_be_visible()

    page.get_by_role("combobox", name="State").select_option("graded")
    expect(page).to_have_url(re.compile("stage=graded"))
    expect(page.get_by_role("checkbox", name="Priya Raman")).to_be_checked()
    assert page.evaluate("window.stayed")
    page.get_by_role("checkbox", name="Tick everybody on this page").check()
    rows = page.locator("[data-pick]").count()
    expect(page.get_by_text(f"With the {rows} ticked candidates")).to_be_visible()


@pytest.mark.sandbox
def test_a_label_and_a_decision_by_keyboard_alone(signed_in, played):
    page = signed_in()
    page.goto("/desk/attempts/?sort=-score")
    page.get_by_role("checkbox", name="Jonas Lindqvist").press("Space")
    label = page.get_by_placeholder("Label")
    label.focus()
    page.keyboard.type("shortlist")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Put on")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 candidate has the label “shortlist” now")).to_be_visible()
    assert Label.objects.get().attempts.get() == played["Jonas Lindqvist"]

    page.get_by_role("checkbox", name="Jonas Lindqvist").press("Space")
    page.get_by_role("combobox", name="Decision").last.select_option("advance")
    page.get_by_label("Reason").press_sequentially("Everything passed.\n")
    expect(page.get_by_text("Decided for 1: advance.")).to_be_visible()
    assert Decision.objects.get().reason == "Everything passed."


@pytest.mark.sandbox
def test_all_of_it_works_without_scripts_and_names_stay_hidden(signed_in, arranged):
    page = signed_in(java_script_enabled=False)
    page.goto("/desk/attempts/")
    page.get_by_role("button", name="Hide names").click()
    expect(page.get_by_text("Priya Raman")).to_have_count(0)
    page.get_by_role("combobox", name="State").select_option("graded")
    page.get_by_role("button", name="Show").click()
    boxes = page.get_by_role("checkbox", name=re.compile("^Candidate "))
    for box in boxes.all()[:2]:
        box.check()
    page.get_by_role("button", name="Compare").click()

    heads = page.get_by_role("columnheader").filter(has_text=re.compile("Candidate [0-9A-Z]{4}-"))
    expect(heads).to_have_count(2)
    page.emulate_media(media="print")
    expect(page.get_by_role("row", name=re.compile("^Values"))).to_be_visible()
    expect(page.get_by_role("navigation", name="Desk")).to_be_hidden()
