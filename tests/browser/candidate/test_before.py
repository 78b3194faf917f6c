"""Before the start in a real browser: the invitation, the practice, the check, a request."""

import pytest
from playwright.sync_api import expect

from assessments import actions
from assessments.models import (
    Assessment,
    AssessmentVersion,
    Attempt,
    Invitation,
    Organisation,
    Practice,
    Submission,
    User,
)
from tests.assessments.conftest import CHOICE, CODING, make_question, make_report
from tests.browser.conftest import DESKTOP, PHONE, overflow, violations

LOOKS = [
    pytest.param(DESKTOP, "light", id="desktop, light"),
    pytest.param(PHONE | {"width": 360}, "dark", id="narrow phone, dark"),
]
PAGES = ["", "accommodation/", "check/", "practice/", "practice/1/", "practice/2/",
         "practice/1/feedback/"]  # fmt: skip


@pytest.fixture
def version(live_server):
    """A choice and a coding question, without the whole bank."""
    organisation = Organisation.objects.create(name="Acme", slug="acme")
    assessment = Assessment.objects.create(organisation=organisation, slug="both")
    found = AssessmentVersion.objects.create(
        assessment=assessment, number=1, title="One of each", minutes=45
    )
    questions = [("which-one", "single_choice", CHOICE), ("code-huber", "coding", CODING)]
    for position, question in enumerate(questions, start=1):
        found.questions.create(question_version=make_question(*question), position=position)
    return actions.publish_assessment(found)


def look(page, address):
    page.goto(address)
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert violations(page) == [], address
    assert overflow(page) <= 0, address


def check_line(page, name):
    return page.locator(f"[data-check={name}]")


def answer_for_the_grader():
    """Grade what waits, as a worker would."""
    for submission in Submission.objects.filter(status=Submission.Status.QUEUED):
        assert actions.store_report(str(submission.pk), submission.ticket, make_report(0.0))


@pytest.mark.parametrize(("viewport", "theme"), LOOKS)
def test_every_page_before_the_start_is_accessible_and_fits(visit, link, viewport, theme):
    page = visit(viewport=viewport, theme=theme).page()

    for rest in PAGES:
        look(page, f"{link}{rest}")
    answer_for_the_grader()


@pytest.mark.parametrize(("viewport", "theme"), LOOKS)
def test_what_was_asked_and_granted_is_accessible_and_fits(
    visit, invitation, link, viewport, theme
):
    page = visit(viewport=viewport, theme=theme).page()
    page.goto(f"{link}accommodation/")
    page.get_by_label("What do you need?").fill("A quarter more time, and breaks.\nThank you.")
    page.get_by_role("button", name="Send the request").click()
    expect(page.get_by_text("Waiting for an answer")).to_be_visible()
    look(page, f"{link}accommodation/")
    look(page, link)

    recruiter = User.objects.create_user("r@acme.example", "a long password")
    actions.answer_request(
        invitation.requests.get(), recruiter, True, "Gladly.", extra_percent=25, break_minutes=10
    )

    look(page, f"{link}accommodation/")
    expect(page.get_by_text("You have 56 minutes: 45 min + 25 %.")).to_be_visible()
    look(page, link)
    expect(page.get_by_text("56 min").first).to_be_visible()


@pytest.mark.parametrize(("viewport", "theme"), LOOKS)
def test_the_declaration_is_accessible_fits_and_keeps_what_is_typed(
    visit, version, viewport, theme
):
    draft = version.assessment.versions.create(
        number=2, title="Declared", minutes=30, assistants="declared"
    )
    question = version.questions.first()
    draft.questions.create(question_version=question.question_version, position=1)
    invitation = actions.invite(actions.publish_assessment(draft), "Ada", "ada3@example.com")
    attempt = actions.start_attempt(invitation, consented=True)
    page = visit(viewport=viewport, theme=theme).page()
    review = f"{invitation.get_absolute_url()}review/"
    look(page, review)

    page.get_by_label("I used one.").check()
    page.get_by_label("If you used one").fill("An assistant, for question 1.")

    expect(page.locator("#declared")).to_contain_text("Saved at")
    look(page, review)
    expect(page.get_by_label("If you used one")).to_have_value("An assistant, for question 1.")
    assert Attempt.objects.get(pk=attempt.pk).assistant_use == "An assistant, for question 1."


def test_on_paper_everything_is_unfolded_and_nothing_is_to_be_pressed(visit, link):
    page = visit().page()
    page.goto(link)
    folded = page.get_by_text("leaving full screen", exact=False)
    expect(folded).not_to_be_visible()

    page.emulate_media(media="print")

    expect(folded).to_be_visible()
    expect(page.get_by_role("button", name="Start")).not_to_be_visible()


def test_the_invitation_says_how_browser_and_connection_are(visit, link):
    visitor = visit()
    page = visitor.page()
    page.goto(link)
    expect(page.get_by_text("Your browser and connection are fine.")).to_be_visible()

    page.route("**/check/echo/", lambda route: route.abort())
    page.reload()

    expect(page.get_by_text("Something needs your attention:")).to_be_visible()
    visitor.forgive_lost_connections()


def test_each_line_of_the_check_says_what_it_found(visit, link):
    visitor = visit(viewport=DESKTOP)
    page = visitor.page()
    page.goto(f"{link}check/")
    for name, found in {
        "scripts": "Scripts run", "connection": "Fast", "storage": "It works",
        "clock": "It agrees", "window": "side by side", "editor": "It is loaded",
    }.items():  # fmt: skip
        expect(check_line(page, name)).to_contain_text(found)
        expect(check_line(page, name)).to_have_attribute("data-state", "good")
    expect(check_line(page, "sandbox")).to_contain_text("Running a line")

    answer_for_the_grader()

    expect(check_line(page, "sandbox")).to_contain_text("It ran")
    expect(page.get_by_text("Everything is fine.")).to_be_visible()
    page.get_by_role("button", name="Announce something").click()
    expect(page.get_by_text("This is how results are announced.")).to_be_visible()


LATE = """
const now = Date.now;
Date.now = () => now() + 3 * 3600 * 1000;
Storage.prototype.setItem = () => { throw new DOMException("full", "QuotaExceededError"); };
"""


def test_the_check_finds_what_is_limited_and_says_what_to_do(visit, link):
    visitor = visit(viewport=PHONE)
    page = visitor.page()
    page.add_init_script(LATE)
    page.goto(f"{link}check/")

    expect(check_line(page, "clock")).to_contain_text("It is 3 h ahead of the server's clock.")
    expect(check_line(page, "clock")).not_to_contain_text("behind", use_inner_text=True)
    expect(check_line(page, "storage")).to_contain_text("An ordinary window helps.")
    expect(check_line(page, "window")).to_contain_text("At 390 pixels everything works")
    answer_for_the_grader()
    expect(page.get_by_text("You can take part in this browser.")).to_be_visible()

    page.route("**/check/echo/", lambda route: route.abort())
    page.get_by_role("button", name="Check again").click()
    expect(check_line(page, "connection")).to_contain_text("Hardly any save arrives.")
    visitor.forgive_lost_connections()


def test_without_scripts_the_check_says_what_works(visit, link):
    page = visit(java_script_enabled=False).page()

    page.goto(f"{link}check/")

    expect(page.get_by_text("You can take part all the same:")).to_be_visible()
    expect(page.get_by_role("button", name="Check again")).not_to_be_visible()
    assert overflow(page) <= 0


def test_practice_saves_as_one_types_and_survives_a_reload(visit, link):
    visitor = visit()
    page = visitor.page()
    page.goto(f"{link}practice/1/")
    page.get_by_label("Nowhere: there is a button").check()
    expect(page.locator("[data-save-state][data-state=saved]")).to_be_visible()
    page.reload()
    expect(page.get_by_label("Nowhere: there is a button")).to_be_checked()

    page.get_by_role("button", name="Save and go on").click()

    expect(page.get_by_text("That is not right.")).to_be_visible()
    page.get_by_role("link", name="Go on").click()
    page.locator(".cm-content").click()
    page.keyboard.insert_text("# typed")
    page.locator(".m-steps").get_by_role("link", name="Overview").click()
    page.wait_for_url("**/practice/")
    assert "# typed" in Practice.objects.get().answers["2"]["content"]["source"]
    page.get_by_role("button", name="Start over").click()
    expect(page.get_by_text("Choose an answer")).to_be_visible()
    assert Practice.objects.get().answers == {}
    visitor.forgive_lost_connections()


def test_a_practice_that_was_open_at_the_start_leads_back(visit, invitation, link):
    visitor = visit()
    page = visitor.page()
    page.goto(f"{link}practice/2/")
    actions.start_attempt(Invitation.objects.get(pk=invitation.pk), consented=True)

    page.get_by_role("button", name="Run").click()

    page.wait_for_url(f"**{link}")
    expect(page.get_by_text("Your sitting has begun")).to_be_visible()
    visitor.forgive_lost_connections()
