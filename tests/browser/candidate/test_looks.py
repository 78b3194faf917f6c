"""Every page of the candidate: accessible, and as wide as the window."""

import pytest

from assessments import actions
from assessments.models import Invitation, Submission
from grader.sandbox import Sandbox
from tests.browser import scene
from tests.browser.conftest import DESKTOP, PHONE, overflow, violations

LOOKS = [
    pytest.param(DESKTOP, "light", id="desktop, light"),
    pytest.param(PHONE | {"width": 360}, "dark", id="narrow phone, dark"),
]
OTHER_LOOKS = [
    pytest.param(DESKTOP, "dark", id="desktop, dark"),
    pytest.param(PHONE, "light", id="phone, light"),
]


@pytest.fixture
def graded(attempt):
    """The attempt with a choice, a run and a submission of nearly right code, all graded."""
    choice, coding = attempt.version.questions.order_by("position")
    actions.save_answer(attempt, choice, {"option": "a"}, 0)
    with Sandbox() as sandbox:
        for purpose in (Submission.Purpose.RUN, Submission.Purpose.SUBMIT):
            submission = actions.submit_code(attempt, coding, scene.NEARLY, purpose)
            scene.store(submission, scene.grader_in(sandbox))
    return attempt


@pytest.mark.parametrize(("viewport", "theme"), LOOKS)
def test_the_invitation_is_accessible_and_fits(visit, link, viewport, theme):
    page = visit(viewport=viewport, theme=theme).page()

    page.goto(link)

    assert violations(page) == []
    assert overflow(page) <= 0


@pytest.mark.sandbox
@pytest.mark.parametrize(("viewport", "theme"), LOOKS)
def test_every_page_of_the_sitting_is_accessible_and_fits(visit, graded, link, viewport, theme):
    page = visit(viewport=viewport, theme=theme).page()

    for rest in ["", "questions/1/", "questions/2/", "review/"]:
        check(page, f"{link}{rest}")
    page.get_by_label("I am done").check()
    page.get_by_role("button", name="Finish and hand in").click()
    page.wait_for_url("**/done/")
    check(page, f"{link}done/")


def check(page, address):
    page.goto(address)
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert violations(page) == [], address
    assert overflow(page) <= 0, address


@pytest.mark.parametrize(("viewport", "theme"), OTHER_LOOKS)
def test_closed_doors_are_accessible_and_fit(visit, invitation, link, viewport, theme):
    visitor = visit(viewport=viewport, theme=theme)
    page = visitor.page()
    Invitation.objects.filter(pk=invitation.pk).update(state=Invitation.State.REVOKED)

    check(page, link)
    check(page, "/sit/no-such-link/")

    visitor.forgive_lost_connections()


def test_text_can_be_twice_as_large(visit, attempt, link):
    page = visit(viewport={"width": 640, "height": 450}).page()

    for rest in ["questions/1/", "questions/2/", "review/"]:
        page.goto(f"{link}{rest}")
        assert overflow(page) <= 0, rest


def test_a_chosen_theme_stays(visit, link):
    page = visit(theme="light").page()
    page.goto(link)
    button = page.get_by_role("button", name="Theme")
    button.click()
    button.click()

    page.reload()

    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"
