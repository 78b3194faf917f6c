"""People score, judge and grade again: by keyboard, at both widths, in both themes."""

import os
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import expect

from assessments import actions
from assessments.models import Attempt, Organisation, Regrade, Review, User
from assessments.models import Member as Membership
from tests.assessments.essays import ALL, NONE, SOME, essays, points, written
from tests.assessments.recruiter.conftest import signed_in
from tests.assessments.regrading.regrades import corrected
from tests.browser.conftest import DESKTOP, PHONE, overflow, violations
from tests.browser.keyboard import tab_to

ANSWER = """The loss is convex since its second derivative in the error is never negative.

Where the error is small it is a parabola, and beyond delta it is a line: both curve upwards or not
at all. So every minimum that a descent finds is the minimum, whatever one starts from.

For a network it is another matter: convex in the prediction is not convex in the weights."""


@pytest.fixture
def people(transactional_db):
    """An owner and three reviewers, who can sign in."""
    organisation = Organisation.objects.create(name="Acme", slug="acme")
    found = {}
    for name, role in [("Olga", "owner"), ("Rita", "reviewer"), ("Ravi", "reviewer")]:
        user = User.objects.create_user(f"{name.lower()}@acme.example", name=name)
        Membership.objects.create(user=user, organisation=organisation, role=role)
        found[name] = user
    return found


@pytest.fixture
def version(people):
    return essays(Organisation.objects.get(), reviewers=2, feedback="full")


@pytest.fixture
def enter(visit, live_server):
    """Makes a visitor who has signed in already."""

    def sign_in(user, **context):
        visitor = visit(**context)
        session = signed_in(user).cookies[settings.SESSION_COOKIE_NAME].value
        named = {"name": settings.SESSION_COOKIE_NAME, "value": session}
        visitor.context.add_cookies([named | {"url": live_server.url}])
        page = visitor.page()
        page.visitor = visitor
        return page

    return sign_in


def look(page, name):
    """Where PICTURES names a folder, a picture for a person to look at."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def check(page, name):
    look(page, name)
    assert violations(page) == [], name
    assert overflow(page) <= 0, name


def test_an_answer_is_scored_by_keyboard_and_the_draft_survives_a_lost_connection(
    people, version, enter
):
    first, second = written(version, text=ANSWER), written(version, text="No idea.")
    page = enter(people["Rita"])
    page.goto("/desk/")
    page.get_by_role("link", name="Review", exact=True).click()
    page.get_by_role("button", name="Review the oldest").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Essays-open")
    share = page.locator("[data-share]")
    expect(share).to_have_text("No point given yet")
    page.wait_for_load_state()  # then it listens to the keyboard

    page.keyboard.press("1")
    page.keyboard.press("2")
    page.keyboard.press("2")
    expect(share).to_have_text("60 %, 1 to go")
    page.get_by_label("Comment").fill("Clear n 1")
    expect(page.locator("[data-save-text]")).to_have_text("Saved")
    expect(share).to_have_text("60 %, 1 to go")
    assert Review.objects.get().points == {"0": 1.0, "1": 0.5}

    page.visitor.forgive_lost_connections()
    page.context.set_offline(True)
    page.keyboard.press("Escape")
    page.keyboard.press("3")
    expect(share).to_have_text("80 %")
    expect(page.locator("[data-save-text]")).to_contain_text("Offline")
    page.context.set_offline(False)
    page.reload()
    expect(share).to_have_text("80 %")
    expect(page.get_by_label("Comment")).to_have_value("Clear n 1")
    expect(page.locator("[data-save-text]")).to_contain_text("Saved")

    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"**/review/{second.pk}/")
    done = Review.objects.get(attempt=first.attempt)
    assert (done.score, done.comment) == (pytest.approx(0.8), "Clear n 1")
    page.keyboard.press("s")
    page.wait_for_url("**/desk/review/")
    assert Review.objects.get(attempt=second.attempt).skipped_at


def test_two_differ_and_a_third_decides_by_keyboard_and_then_a_score_is_set_by_hand(
    people, version, enter
):
    answer = written(version, text=ANSWER)
    pressed = {"Rita": "123", "Ravi": "111222333", "Olga": "1222333"}
    for name, keys in pressed.items():
        page = enter(people[name])
        page.goto("/desk/review/")
        tab_to(page, "Review the oldest")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/review/{answer.pk}/")
        page.wait_for_load_state()  # then it listens to the keyboard
        expect(page.locator("[data-share]")).to_have_text("No point given yet")
        for key in keys:
            page.keyboard.press(key)
        page.keyboard.press("Control+Enter")
        page.wait_for_url("**/desk/review/")

    shares = Review.objects.order_by("submitted_at").values_list("score", flat=True)
    assert list(shares) == [1.0, 0.0, 0.4]
    page.goto(f"/desk/attempts/{answer.attempt_id}/judgement/")
    page.locator("summary", has_text="Set a score").focus()
    for key in ("Enter", "Tab", "ArrowDown", "ArrowDown", "Tab"):
        page.keyboard.press(key)
    page.keyboard.type("75")
    page.keyboard.press("Tab")
    page.keyboard.type("The second point was misread.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Set: it counts")).to_be_visible()
    row = page.get_by_role("row", name="Essays-open")
    expect(row).to_contain_text("Rita gave 100 %Ravi gave 0 %Olga gave 40 %40 %75 %")
    page.goto(answer.attempt.get_absolute_url())
    expect(page.get_by_text("set by a person; by itself 40 %")).to_be_visible()


@pytest.fixture
def judged(people, version):
    """Answers that wait, are settled and differ; scores set, a decision, a dry run."""
    answers = [written(version, text=ANSWER, name=f"Candidate {n}") for n in range(3)]
    for answer, shares in zip(answers, [(ALL, SOME), (ALL, NONE, SOME), ()], strict=True):
        for name, given in zip(["Rita", "Ravi", "Olga"], shares, strict=False):
            actions.hand_in_review(answer, people[name], given)
    attempt, owner = answers[1].attempt, people["Olga"]
    choice = version.questions.get(position=1)
    actions.override_score(attempt, choice, 0.5, "The second option is right, too.", owner)
    actions.add_comment(attempt, answers[1].question, "Said well, and to the point.", owner)
    actions.decide([attempt], "hold", "We talk to others first.", owner)
    actions.decide([attempt], "advance", "Explains well; the code test comes next.", owner)
    return answers


def test_every_page_of_reviewing_judging_and_regrading_is_accessible_and_fits(
    people, version, judged, enter
):
    waiting, settled, open_one = judged[2], judged[1], judged[0]
    actions.save_review(waiting, people["Olga"], points(1.0, 0.5, comment="Hm."), 0)
    actions.start_regrade(version.assessment, reason="Option b is right, too.", by=people["Olga"])
    regrade = Regrade.objects.get()
    pages = {
        "queue": "/desk/review/",
        "answer": f"/desk/review/{waiting.pk}/",
        "done": f"/desk/review/{settled.pk}/",
        "third": f"/desk/review/{open_one.pk}/",
        "agreement": f"/desk/assessments/{version.assessment_id}/agreement/",
        "judgement": f"/desk/attempts/{settled.attempt_id}/judgement/",
        "report": settled.attempt.get_absolute_url(),
        "regrade": f"/desk/assessments/{version.assessment_id}/regrade/",
        "dry-run": regrade.get_absolute_url(),
    }
    for viewport, theme in [(DESKTOP, "light"), (PHONE, "dark")]:
        page = enter(people["Olga"], viewport=viewport, theme=theme)
        for name, address in pages.items():
            page.goto(address)
            page.evaluate(
                "document.querySelectorAll('main details').forEach(each => each.open = true)"
            )
            check(page, f"{name}-{theme}")


def test_a_dry_run_is_followed_compared_and_taken_over(people, version, enter):
    answer = written(version, name="Candidate 1")
    for name in ("Rita", "Ravi"):
        actions.hand_in_review(answer, people[name], ALL)
    corrected(version, right="b")
    page = enter(people["Olga"])
    page.goto(f"/desk/assessments/{version.assessment_id}/regrade/")
    page.get_by_label("Score by the newest version").check()
    page.get_by_label("Why").fill("Option b is right.")
    page.get_by_role("button", name="Begin the dry run").click()
    expect(page.locator("#live")).to_contain_text("0 of 1 attempt compared")
    page.get_by_role("button", name="Discard").focus()
    regrade = Regrade.objects.get()
    while actions.work_on_regrade(str(regrade.pk)):
        pass

    expect(page.get_by_role("row", name="Candidate 1")).to_contain_text("100 % 75 % -25.0 points")
    expect(page.get_by_role("button", name="Discard")).to_be_focused()
    check(page, "differences-light")
    page.get_by_role("button", name="Take over").click()
    expect(page.get_by_text("Taken over: the new scores count.")).to_be_visible()
    assert Attempt.objects.get().score == 0.75
