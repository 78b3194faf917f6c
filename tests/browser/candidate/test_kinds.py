"""Every kind of question in a real browser: by keyboard, after a reload, at every size."""

import time

import pytest
from django.test import Client
from playwright.sync_api import expect

from assessments import actions
from assessments.models import (
    Answer,
    Assessment,
    AssessmentQuestion,
    AssessmentVersion,
    Organisation,
)
from questions.rendering import markdown
from tests.assessments.conftest import make_question
from tests.browser.conftest import DESKTOP, PHONE, overflow, violations
from tests.questions.test_answers import GOOD

KINDS = list(GOOD)
LOOKS = [
    pytest.param(DESKTOP, "light", id="desktop, light"),
    pytest.param(PHONE | {"width": 360}, "dark", id="narrow phone, dark"),
]


@pytest.fixture
def version(live_server):
    organisation = Organisation.objects.create(name="Acme", slug="acme")
    assessment = Assessment.objects.create(organisation=organisation, slug="all")
    found = AssessmentVersion.objects.create(
        assessment=assessment, number=1, title="One of each", minutes=60, pass_mark=0.5
    )
    for position, kind in enumerate(KINDS, start=1):
        question = make_question(kind.replace("_", "-"), kind, {**GOOD[kind], "context": "It."})
        AssessmentQuestion.objects.create(
            version=found, question_version=question, position=position
        )
    return actions.publish_assessment(found)


def at(link, kind):
    return f"{link}questions/{KINDS.index(kind) + 1}/"


def stored(kind):
    answer = Answer.objects.filter(question__question_version__kind=kind).first()
    return answer.content if answer else None


def until(true, seconds=10):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.fixture
def page(visit, attempt):
    visitor = visit(viewport=DESKTOP)
    yield visitor.page()
    # A reload in the middle of a save meets the answer to that save.
    visitor.forgive_lost_connections()


@pytest.mark.parametrize(("viewport", "theme"), LOOKS)
def test_every_kind_is_accessible_and_fits(visit, attempt, link, viewport, theme):
    page = visit(viewport=viewport, theme=theme).page()

    for kind in KINDS:
        page.goto(at(link, kind))
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        assert violations(page) == [], kind
        assert overflow(page) <= 0, kind


def test_boxes_are_chosen_by_keyboard_and_stay_after_a_reload(page, link):
    page.goto(at(link, "multiple_choice"))
    page.get_by_label("Huber").focus()
    page.keyboard.press("Space")
    page.get_by_label("MAE").check()
    page.reload()

    expect(page.get_by_label("Huber")).to_be_checked()
    # In the order in which this attempt shows them.
    until(lambda: sorted((stored("multiple_choice") or {"options": []})["options"]) == ["a", "b"])
    page.get_by_label("Huber").uncheck()
    page.get_by_label("MAE").uncheck()
    page.get_by_label("MAE").blur()
    expect(page.locator(".m-steps [aria-current=step]")).to_have_attribute("data-answered", "no")


def test_the_name_of_an_option_says_its_formula(browser):
    page = browser.new_page()
    text = markdown(r"The step is $\frac{\eta}{2}$ long.")
    page.set_content(f"<label><input type=radio><span>{text}</span></label>")

    nodes = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]

    [radio] = [each for each in nodes if each["role"]["value"] == "radio"]
    page.close()
    assert radio["name"]["value"] == "The step is η/2 long."


def test_items_move_by_keyboard_and_the_place_is_said(page, link):
    page.goto(at(link, "ordering"))
    last = page.locator("[data-item]").last
    key = last.get_attribute("data-item")
    text = last.locator(".m-prose").inner_text()
    last.get_by_role("button", name=f"Move up {text}", exact=True).focus()
    page.keyboard.press("Enter")

    expect(page.locator("[data-announcer]")).to_have_text("Place 3 of 4.")
    moved = page.locator(f"[data-item={key}]").get_by_role("button", name="Move up")
    expect(moved).to_be_focused()
    page.keyboard.press("Enter")
    order = [each.get_attribute("data-item") for each in page.locator("[data-item]").all()]
    assert order[1] == key
    page.reload()
    again = [each.get_attribute("data-item") for each in page.locator("[data-item]").all()]
    assert again == order
    until(lambda: stored("ordering") == {"order": order})


def test_an_order_that_nobody_touched_is_no_answer(page, link):
    page.goto(at(link, "ordering"))
    page.get_by_role("button", name="Save and go on").click()
    page.wait_for_url(f"**{at(link, 'matching')}")

    assert stored("ordering") is None


def test_pairs_and_texts_are_saved_as_they_are_entered(page, link):
    page.goto(at(link, "matching"))
    page.get_by_label("MSE").select_option("mean")
    for text in ("Because <b>it</b> does.", "0.5", None):
        page.get_by_role("button", name="Save and go on").click()
        page.wait_for_url(
            f"**{at(link, {'0.5': 'numeric', None: 'plot_reading'}.get(text, 'open_text'))}"
        )
        if text:
            page.get_by_label("Your answer").fill(text)

    assert len(stored("matching")["pairs"]) == 1
    assert stored("open_text") == {"text": "Because <b>it</b> does."}
    assert stored("numeric") == {"number": "0.5"}
    expect(page.get_by_role("img", name="A bowl that turns into lines.")).to_be_visible()
    expect(page.locator(".m-figure canvas")).to_have_count(1)


def test_a_draft_changed_elsewhere_is_shown_in_words(visit, attempt, link):
    visitor = visit(viewport=DESKTOP)
    page = visitor.page()
    page.goto(at(link, "multiple_choice"))
    question = attempt.version.questions.get(position=1)
    actions.save_answer(attempt, question, {"options": ["c"]}, 0)
    page.get_by_label("Huber").check()
    page.get_by_label("Huber").blur()

    expect(page.locator("[data-theirs]")).to_have_text("MSE")
    page.get_by_role("button", name="Use the other version").click()
    expect(page.get_by_label("MSE")).to_be_checked()
    expect(page.get_by_label("Huber")).not_to_be_checked()
    visitor.forgive_lost_connections()


def test_the_desk_shows_every_kind(page, attempt, live_server, django_user_model):
    for question in attempt.version.questions.all():
        kind = question.question_version.kind
        answers = {"true_false": {"choice": "true"}, "short_text": {"text": "hinge"}}
        if kind in answers:
            actions.save_answer(attempt, question, answers[kind], 0)
    actions.finish_attempt(attempt)
    user = django_user_model.objects.create_user("r@acme.example", "a long password")
    attempt.organisation.members.create(user=user, role="recruiter")
    client = Client()
    client.force_login(user)
    value = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": value, "url": live_server.url}])

    page.goto(attempt.get_absolute_url())
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")

    expect(page.get_by_text("All losses of a classifier are hinges.").last).to_be_visible()
    expect(page.get_by_text("Every loss is differentiable.").last).to_be_visible()
    assert violations(page) == []
    assert overflow(page) <= 0
