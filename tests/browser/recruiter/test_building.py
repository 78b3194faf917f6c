"""Making an assessment: by keyboard, saved as one types, two at once, and sat as a preview."""

import pytest
from playwright.sync_api import expect

from assessments import actions
from assessments.actions import pooling
from assessments.models import AssessmentVersion, Attempt, Organisation, User
from questions import role_templates
from tests.browser.conftest import DESKTOP, PHONE, overflow, violations
from tests.browser.recruiter.test_template_pages import PASSWORD, open_desk


def begin():
    """A draft of a template, with a pool, in the demo organisation."""
    user = User.objects.get(email=open_desk())
    template = role_templates.shipped()["ai-engineer-senior-short"]
    draft = actions.draft_from(template, Organisation.objects.get(), by=user)
    pooling.make_pool(draft, "Survival", 1, criteria={"topics": ["survival"]})
    return draft.pk


@pytest.fixture
def draft(live_server, memory):
    return AssessmentVersion.objects.get(pk=memory.scene("a draft", begin))


@pytest.fixture
def desk(draft, visit):
    def sign_in(**context):
        visitor = visit(**context)
        # A browser notes what a page is told of a wrong field as a failed request.
        visitor.forgive_lost_connections()
        page = visitor.page()
        page.goto("/desk/")
        page.get_by_label("E-mail address").fill("recruiter@example.com")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url("**/desk/")
        return page

    return sign_in


def base_of(version):
    return f"/desk/assessments/{version.assessment_id}/versions/{version.number}/"


def saved(page, part):
    expect(page.locator(f"#{part}-state")).to_contain_text("Saved")


@pytest.mark.parametrize(
    ("viewport", "theme"),
    [
        pytest.param(DESKTOP, "light", id="desktop, light"),
        pytest.param(PHONE, "dark", id="phone, dark"),
    ],
)
def test_every_page_of_making_one_is_accessible_and_fits(desk, draft, viewport, theme):
    page = desk(viewport=viewport, theme=theme)
    base = base_of(draft)
    asked = draft.questions.first().question_version_id

    for address in [
        "/desk/assessments/",
        "/desk/assessments/new/",
        *(base + part for part in ("", "edit/", "edit/pick/", "edit/pool/", "publish/")),
        f"{base}look/{asked}/",
    ]:
        page.goto(address)
        page.evaluate("document.querySelectorAll('main details').forEach(each => each.open = true)")
        assert violations(page) == [], address
        assert overflow(page) <= 0, address


def test_a_draft_is_written_by_keyboard_and_saved_as_one_types(desk, draft):
    page = desk()
    page.goto(f"{base_of(draft)}edit/")

    title = page.get_by_label("Title", exact=True)
    title.press("ControlOrMeta+a")
    page.keyboard.type("Losses, in earnest")
    saved(page, "texts")
    expect(title).to_be_focused()
    expect(title).to_have_value("Losses, in earnest")

    minutes = page.get_by_label("Minutes", exact=True)
    minutes.fill("0")
    expect(page.locator("#told-minutes")).to_contain_text("greater than or equal to 1")
    minutes.fill("55")
    saved(page, "settings")
    expect(page.locator("#told-minutes")).to_be_empty()
    expect(page.locator("#summary")).to_contain_text("of 55 minutes")

    first, second = draft.questions.order_by("position")[:2]
    page.locator(f"#down-{first.pk}").press("Enter")
    place = page.locator(f"#question-{first.pk}")
    expect(page.locator(".m-place").nth(1)).to_have_id(f"question-{first.pk}")
    expect(page.locator(f"#down-{first.pk}")).to_be_focused()
    place.get_by_label("Weight").fill("8")
    page.keyboard.press("Tab")
    saved(page, "questions")

    first.refresh_from_db()
    second.refresh_from_db()
    draft.refresh_from_db()
    assert (draft.title, draft.minutes) == ("Losses, in earnest", 55)
    assert (first.position, first.weight, second.position) == (2, 8.0, 1)


def test_what_is_ticked_is_taken_along_to_other_searches_by_keyboard(desk, draft):
    page = desk()
    page.goto(f"{base_of(draft)}edit/")
    page.get_by_placeholder("Title of a new section").press_sequentially("Last\n")
    expect(page.get_by_label("Title of the section").last).to_have_value("Last")
    before = draft.questions.count()
    page.goto(f"{base_of(draft)}edit/pick/?to=section:{draft.sections.last().pk}")
    page.evaluate("document.documentElement.style.scrollBehavior = 'auto'")
    for box in page.get_by_role("checkbox").all()[:12]:
        box.focus()
        under = "box => box.getBoundingClientRect().bottom"
        bar = page.locator(".m-picked").bounding_box()["y"]
        assert page.evaluate(f"({under})(document.activeElement)") <= bar
    page.keyboard.press("Space")
    page.get_by_label("Search").fill("hinge")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=hinge**")
    page.get_by_role("checkbox").first.press("Space")
    expect(page.get_by_role("group", name="Ticked as well").get_by_role("checkbox")).to_be_checked()
    assert (violations(page), overflow(page)) == ([], 0)
    page.get_by_role("button", name="Add what is ticked").press("Enter")

    expect(page.get_by_text("2 questions added.")).to_be_visible()
    assert draft.questions.count() == before + 2


def test_two_who_type_the_same_are_told_and_lose_nothing(desk, draft):
    mine, theirs = desk(), desk()
    for page in (mine, theirs):
        page.goto(f"{base_of(draft)}edit/")
    mine.get_by_label("Title", exact=True).fill("Mine")
    saved(mine, "texts")

    title = theirs.get_by_label("Title", exact=True)
    title.fill("Theirs")
    told = theirs.locator("#told-title")
    expect(told).to_contain_text("now it says “Mine”")
    expect(title).to_have_value("Theirs")
    told.get_by_role("button", name="Keep mine").press("Enter")
    saved(theirs, "texts")
    expect(told).to_be_empty()

    draft.refresh_from_db()
    assert draft.title == "Theirs"


def test_a_preview_is_sat_and_the_draft_goes_on(desk, draft):
    page = desk(viewport=PHONE)
    page.goto(base_of(draft))
    page.get_by_role("button", name="Sit it as a preview").click()
    expect(page.get_by_text("This is a preview.")).to_be_visible()
    assert violations(page) == []
    page.get_by_label("I have read this").check()
    page.get_by_role("button", name="Start", exact=True).click()
    page.get_by_role("link", name="Go to question 1").click()
    expect(page.get_by_text("This is a preview.")).to_be_visible()
    assert overflow(page) <= 0
    page.get_by_role("link", name="Back to the desk").click()
    expect(page.get_by_role("link", name="Edit the draft")).to_be_visible()
    assert Attempt.objects.count() == 1

    page.get_by_role("link", name="Edit the draft").click()
    first = draft.questions.order_by("position").first()
    page.locator(f"#remove-{first.pk}").click()
    expect(page.locator(f"#question-{first.pk}")).to_have_count(0)
    assert not Attempt.objects.exists()
