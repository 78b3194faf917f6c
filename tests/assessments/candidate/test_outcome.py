"""What a candidate is told of the outcome: what the assessment allows, afterwards, and no more."""

import re
import threading
from datetime import timedelta

import pytest
from django.utils import timezone

from assessments import actions
from assessments.models import Attempt, Invitation, Submission
from questions.models import Topic
from tests.assessments.conftest import CHOICE, CODING, SOURCE, make_report
from tests.assessments.recruiter.conftest import PARTIAL

OPTION_B = CHOICE["options"][1]
# What each step tells more than the one before; a page that tells less must not hold the string.
VERDICT = ["Not passed", "Partial"]
FAMILIES = ["By topic", "Gradients", "1 of 2", "57.6 %", "Losses: 0 %"]
EVERYTHING = [
    OPTION_B["rationale"],
    OPTION_B["misconception"],
    "It is.",
    "Right answer",
    "official answer",
    "Its gradient is that of the sum.",
    "grad against differences",
    "expected 0.5",
    "A right solution",
]
POLICIES = ["none", "verdict", "families", "full"]
STEPS = [VERDICT, FAMILIES, EVERYTHING]
NEVER = ["1.0+abc numpy-2"]


@pytest.fixture
def choice(choice):
    topic = Topic.objects.create(slug="regression", title="Losses")
    choice.question.topics.add(topic)
    return choice


@pytest.fixture
def sat(attempt, choice_question, coding_question):
    """A wrong choice, and code that is right in part; not finished, not graded."""
    actions.save_answer(attempt, choice_question, {"option": "b"}, 0)
    actions.submit_code(attempt, coding_question, SOURCE, Submission.Purpose.SUBMIT)
    return attempt


def grade(attempt, report=PARTIAL):
    for submission in attempt.submissions.filter(status="queued"):
        assert actions.store_report(str(submission.pk), submission.ticket, report)


@pytest.fixture
def over(sat):
    actions.finish_attempt(sat)
    grade(sat)
    return Attempt.objects.get()


def words(response):
    return re.sub(r"\s+", " ", response.text.replace("&#x27;", "'"))


@pytest.mark.parametrize("feedback", POLICIES)
def test_the_page_tells_what_the_assessment_allows_and_nothing_more(client, sit, over, feedback):
    page = words(client.get(sit("done/")))

    allowed = POLICIES.index(feedback)
    assert "What you handed in" in page
    for step, strings in enumerate(STEPS, start=1):
        for string in strings:
            assert (string in page) is (step <= allowed), string
    for string in NEVER:
        assert string not in page


@pytest.mark.parametrize("feedback", POLICIES)
@pytest.mark.parametrize("graded", [True, False], ids=["graded", "being graded"])
def test_no_page_tells_of_quiz_answers_or_hidden_checks_while_the_sitting_goes_on(
    client, sit, sat, feedback, graded
):
    if graded:
        grade(sat)
    submission = Submission.objects.get()
    addresses = ["", "questions/1/", "questions/2/", "review/", "done/", "done/?wait", "data/"]

    for address in [*addresses, f"submissions/{submission.pk}/"]:
        page = words(client.get(sit(address), follow=True))
        for string in [*EVERYTHING, "By topic", "Not passed", *NEVER]:
            assert string not in page, address
    copy = client.post(sit("data/copy/")).text
    for string in [*EVERYTHING, *NEVER, '"score"', '"passed"', '"families"']:
        assert string not in copy


@pytest.mark.parametrize("feedback", POLICIES)
def test_fragments_of_the_sitting_tell_no_more_afterwards(client, sit, over, feedback):
    fragment = words(client.get(sit(f"submissions/{Submission.objects.get().pk}/")))

    for string in [*EVERYTHING, *NEVER]:
        assert string not in fragment
    for string in ["Partial", "Gradients"]:
        assert string not in fragment or feedback != "none"


@pytest.mark.parametrize("feedback", POLICIES)
def test_the_copy_of_ones_data_tells_what_the_page_tells(client, sit, over, feedback):
    copy = client.post(sit("data/copy/")).text

    allowed = POLICIES.index(feedback)
    assert ('"passed"' in copy) is (allowed >= 1)
    assert ('"families"' in copy) is (allowed >= 2)
    assert ('"score"' in copy) is (allowed >= 2)
    assert ("Its gradient is that of the sum." in copy) is (allowed == 3)
    for string in [*NEVER, OPTION_B["rationale"], '"ticket"', '"seed"']:
        assert string not in copy


@pytest.mark.parametrize("feedback", ["verdict"])
@pytest.mark.parametrize(("score", "sentence"), [(1.0, "You reached"), (0.2, "You did not reach")])
def test_passed_or_not_is_said_of_the_whole_against_its_mark(client, sit, sat, score, sentence):
    actions.finish_attempt(sat)
    grade(sat, make_report(score, "passed" if score == 1 else "failed"))

    assert f"{sentence} the pass mark." in client.get(sit("done/")).text


@pytest.mark.parametrize("feedback", ["none", "full"])
def test_while_grading_goes_on_the_page_says_so_and_asks_again(client, sit, sat, feedback):
    actions.finish_attempt(sat)

    waiting = client.get(sit("done/")).text

    assert "being graded" in waiting
    assert f'hx-get="{sit("done/")}?wait"' in waiting
    assert "Not passed" not in waiting
    grade(sat)
    assert "hx-get" not in client.get(sit("done/")).text


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("feedback", ["families"])
def test_a_page_that_waits_is_answered_when_the_grader_is_done(client, sit, sat):
    actions.finish_attempt(sat)
    timer = threading.Timer(0.3, grade, [sat])
    timer.start()

    page = client.get(sit("done/"), {"wait": ""}).text

    timer.join()
    assert "57.6 %" in page


@pytest.mark.parametrize("feedback", ["full"])
def test_answers_that_another_invitation_of_the_candidate_may_ask_are_held_back(
    client, sit, over, version
):
    other = actions.invite(version, "Ada", "ada@example.com", one_more=True)

    page = words(client.get(sit("done/")))

    assert "Another invitation of yours may ask some of these questions." in page
    for string in EVERYTHING:
        assert string not in page
    assert "Gradients" in page
    Invitation.objects.filter(pk=other.pk).update(expires_at=timezone.now() - timedelta(days=1))
    assert OPTION_B["rationale"] in words(client.get(sit("done/")))


@pytest.mark.parametrize("feedback", ["full"])
def test_an_invitation_of_somebody_else_holds_nothing_back(client, sit, over, version):
    actions.invite(version, "Bob", "bob@example.com")

    assert OPTION_B["rationale"] in words(client.get(sit("done/")))


@pytest.mark.parametrize(
    ("feedback", "loss", "topic"),
    [("none", False, True), ("verdict", False, True), ("families", True, True)],
)
def test_study_pages_are_of_what_went_wrong_where_that_may_be_told(
    client, sit, over, feedback, loss, topic
):
    page = client.get(sit("done/")).text

    assert ("/study/losses/huber/" in page) is loss
    assert ("/study/topics/regression/" in page) is topic
    for address in re.findall(r'href="(/study/[^"]+)"', page):
        assert client.get(address).status_code == 200


@pytest.mark.parametrize("feedback", ["families"])
def test_what_was_right_needs_no_study_page(client, sit, attempt, choice_question, coding_question):
    actions.save_answer(attempt, choice_question, {"option": "a"}, 0)
    actions.submit_code(attempt, coding_question, SOURCE, Submission.Purpose.SUBMIT)
    actions.finish_attempt(attempt)
    grade(attempt, make_report())

    page = client.get(sit("done/")).text

    assert "Losses" in page
    assert "/study/" not in page


@pytest.mark.parametrize("feedback", ["full"])
def test_a_topic_without_a_study_page_is_not_linked(client, sit, over, choice):
    choice.question.topics.add(Topic.objects.create(slug="no-such-page", title="House matters"))

    page = client.get(sit("done/")).text

    assert "House matters" in page
    assert "no-such-page" not in page


def test_the_content_of_these_tests_is_that_of_the_pages():
    """Strings that no page could hold would make the tests above pass for nothing."""
    assert CODING["task"] == "huber"
    assert len({*VERDICT, *FAMILIES, *EVERYTHING}) == len(VERDICT + FAMILIES + EVERYTHING)
