"""From a role template to an assessment: by keyboard, on a phone, and as candidates see it."""

import pytest
from playwright.sync_api import expect

from assessments.actions.demonstrating import make_demo
from assessments.models import Assessment, User
from questions import role_templates
from tests.browser.conftest import DESKTOP, PHONE, overflow, violations
from tests.browser.memory import load_bank

PASSWORD = "a long password"
TEMPLATE = "/desk/templates/ai-engineer-junior-long/"
# A page for each kind of question looks as the candidate's page of it.
PREVIEWS = [
    "one-loss-for-every-problem",
    "loss-for-each-task",
    "generator-loss-curves",
    "iou-of-shifted-boxes",
    "from-loss-to-update",
    "code-reward-model",
]


def open_desk():
    load_bank()
    user = User.objects.get(email=make_demo().email)
    user.set_password(PASSWORD)
    user.save()
    return user.email


@pytest.fixture
def desk(live_server, visit, memory):
    """Makes a recruiter who stands at the desk of the demo organisation."""
    email = memory.scene("the whole bank", open_desk)

    def sign_in(**context):
        page = visit(**context).page()
        page.goto("/desk/")
        page.get_by_label("E-mail address").fill(email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url("**/desk/")
        return page

    return sign_in


@pytest.mark.parametrize(
    ("viewport", "theme"),
    [
        pytest.param(DESKTOP, "light", id="desktop, light"),
        pytest.param(PHONE, "dark", id="phone, dark"),
    ],
)
def test_every_page_of_the_templates_is_accessible_and_fits(desk, viewport, theme):
    page = desk(viewport=viewport, theme=theme)

    for address in [
        "/desk/templates/",
        TEMPLATE,
        *(f"{TEMPLATE}questions/{slug}/" for slug in PREVIEWS),
    ]:
        page.goto(address)
        page.evaluate(
            "document.querySelectorAll('details:not(.m-menu)').forEach(each => each.open = true)"
        )
        assert violations(page) == [], address
        assert overflow(page) <= 0, address


def test_an_assessment_is_made_of_a_template_by_keyboard_alone(desk):
    page = desk()
    page.keyboard.press("Tab")
    expect(page.get_by_text("Skip to the content")).to_be_focused()
    page.get_by_role("link", name="Templates", exact=True).press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Templates")
    page.get_by_role("link", name="Senior, 40 minutes for AI Engineer").press("Enter")

    page.get_by_role("link", name="Changes that a reward model's loss does not see").press("Enter")
    expect(page.get_by_text("Question 1 of 7")).to_be_visible()
    page.get_by_role("checkbox").first.press("Space")
    page.get_by_role("link", name="Next").press("Enter")
    expect(page.get_by_text("Question 2 of 7")).to_be_visible()
    page.get_by_role("link", name="AI Engineer, senior").press("Enter")
    page.get_by_role("button", name="Create assessment").press("Enter")

    template = role_templates.shipped()["ai-engineer-senior-short"]
    expect(page.get_by_role("heading", level=1)).to_have_text(template.title)
    expect(page.get_by_role("status").first).to_contain_text("is ready")
    expect(page.get_by_role("link", name="Invite", exact=True).first).to_be_visible()
    made = Assessment.objects.get(slug=template.slug)
    assert made.current_version.questions.count() == len(template.items)


def test_in_a_preview_enter_sends_nothing(desk):
    page = desk()
    page.goto(f"{TEMPLATE}questions/iou-of-shifted-boxes/")
    sent = []
    page.on("request", lambda request: request.is_navigation_request() and sent.append(request))
    page.get_by_label("Your answer").fill("0.5")
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)

    assert sent == []
    expect(page.get_by_label("Your answer")).to_have_value("0.5")
