"""The pages of sections, breaks and marks, as a browser without scripts sees them."""

from datetime import timedelta

import pytest

from assessments import actions
from assessments.models import Attempt, Section
from tests.assessments.conftest import SOURCE
from tests.assessments.sectioned import RIGHT, begin, draft_of, fresh, place

pytestmark = pytest.mark.django_db


@pytest.fixture
def open_page(client):
    """Opens a page of an attempt, below its link."""

    def get(attempt, rest="", **kwargs):
        return client.get(f"{attempt.invitation.get_absolute_url()}{rest}", **kwargs)

    return get


@pytest.fixture
def press(client):
    def post(attempt, rest, data=None, **kwargs):
        return client.post(f"{attempt.invitation.get_absolute_url()}{rest}", data or {}, **kwargs)

    return post


@pytest.fixture
def put(client):
    def save(attempt, position, content, revision=0):
        url = f"{attempt.invitation.get_absolute_url()}questions/{position}/draft/"
        return client.put(
            url, {"content": content, "revision": revision}, content_type="application/json"
        )

    return save


@pytest.fixture
def timed(organisation, clock):
    """Two choices in 20 minutes, then code in 10."""
    version = draft_of(
        organisation,
        {"minutes": 20, "title": "Concepts", "intro": "About **losses**."},
        {"minutes": 10, "title": "Code", "asks": "code"},
    )
    return begin(actions.publish_assessment(version))


@pytest.fixture
def fixed(organisation, clock):
    version = draft_of(organisation, {"asks": 2, "order": Section.Order.FIXED}, {"asks": 1})
    return begin(actions.publish_assessment(version))


def goes_to(response, attempt, rest):
    assert response.status_code == 302
    return response["Location"] == f"{attempt.invitation.get_absolute_url()}{rest}"


# Sections with clocks ----------------------------------------------------------------------------


def test_the_way_leads_to_the_page_of_the_first_section(timed, open_page, press):
    assert goes_to(press(timed, "start/"), timed, "sections/1/")

    page = open_page(timed, "sections/1/").text
    assert "Section 1 of 2" in page
    assert "<strong>losses</strong>" in page
    assert "20 minutes" in page
    assert "the section starts by itself" in page
    assert "Start this section" in page
    assert "Review and finish" not in page


@pytest.mark.parametrize("rest", ["questions/1/", "questions/3/", "review/", "sections/2/"])
def test_before_its_start_nothing_of_a_section_is_shown(timed, open_page, rest):
    assert goes_to(open_page(timed, rest), timed, "sections/1/")


def test_a_started_section_is_left_by_review_and_finish(timed, open_page, press):
    press(timed, "sections/1/start/")
    assert goes_to(open_page(timed, "done/"), timed, "questions/1/")
    assert goes_to(press(timed, "questions/2/", RIGHT | {"revision": 0}), timed, "review/")

    page = open_page(timed, "review/").text
    assert "Review and finish this section" in page
    assert "1 of 2 questions are answered." in page
    assert "Sectioned-code-3" not in page
    press(timed, "sections/1/finish/")

    assert goes_to(open_page(timed, "questions/1/"), timed, "sections/2/")
    assert goes_to(open_page(timed, "review/"), timed, "sections/2/")


def test_not_everything_is_handed_in_while_sections_are_ahead(timed, press):
    press(timed, "sections/1/start/")

    assert goes_to(press(timed, "finish/"), timed, "review/")
    assert fresh(timed).state == Attempt.State.IN_PROGRESS


def test_after_the_last_section_comes_what_was_handed_in(timed, open_page, press):
    for number in (1, 2):
        press(timed, f"sections/{number}/start/")
        press(timed, f"sections/{number}/finish/")

    assert "Handed in, thank you" in open_page(timed, "done/").text


def test_when_the_time_of_a_section_is_over_the_next_one_waits(timed, open_page, press, clock):
    press(timed, "sections/1/start/")
    clock.forward(minutes=20, seconds=1)

    assert goes_to(open_page(timed, "done/"), timed, "sections/2/")
    press(timed, "sections/2/start/")
    assert open_page(timed, "questions/3/").status_code == 200


def test_a_save_to_a_closed_section_is_gone_and_says_why(timed, press, put, clock):
    press(timed, "sections/1/start/")
    assert put(timed, 3, {"source": SOURCE}).status_code == 410
    clock.forward(minutes=20, seconds=6)

    response = put(timed, 1, RIGHT)

    assert response.status_code == 410
    assert response.json()["detail"] == "The section “Concepts” is closed."


def test_the_clock_is_that_of_the_open_section_or_of_the_rest(timed, open_page, press, clock):
    resting = open_page(timed, "clock/").json()
    press(timed, "sections/1/start/")
    running = open_page(timed, "clock/").json()

    def left(word):
        return (clock.now + timedelta(minutes=word)).isoformat()[:19]

    assert (resting["resting"], resting["deadline"][:19]) == (True, left(15))
    assert (running["resting"], running["deadline"][:19]) == (False, left(20))


def test_two_presses_of_start_are_one(timed, press, clock):
    press(timed, "sections/1/start/")
    deadline = timed.sittings.get().deadline
    clock.forward(minutes=1)

    press(timed, "sections/1/start/")

    assert timed.sittings.get().deadline == deadline


@pytest.mark.parametrize("rest", ["sections/0/", "sections/9/"])
def test_a_section_that_does_not_exist_is_not_found(timed, open_page, press, rest):
    assert open_page(timed, rest).status_code == 404
    assert press(timed, f"{rest}start/").status_code == 404


# A fixed order -----------------------------------------------------------------------------------


def test_a_fixed_order_says_before_that_there_is_no_way_back(fixed, open_page, press):
    assert "no way back" in open_page(fixed, "sections/1/").text
    page = open_page(fixed, "questions/1/").text
    assert "There is no way back to this question once you leave it." in page
    assert "Save and leave this question" in page
    assert goes_to(open_page(fixed, "questions/2/"), fixed, "questions/1/")

    response = press(fixed, "questions/1/pass/", RIGHT | {"revision": 0})

    assert goes_to(response, fixed, "questions/2/")
    assert fixed.answers.get().content == RIGHT
    assert goes_to(open_page(fixed, "questions/1/"), fixed, "questions/2/")
    page = open_page(fixed, "questions/2/").text
    assert ">Back<" not in page.replace("\n", "")


def test_the_last_question_of_a_section_leads_to_the_next_section(fixed, open_page, press):
    press(fixed, "questions/1/pass/", {"revision": 0})

    response = press(fixed, "questions/2/pass/", {"revision": 0})

    assert goes_to(response, fixed, "sections/2/")
    assert "Go to question 3" in open_page(fixed, "sections/2/").text
    assert "left all of its questions behind" in open_page(fixed, "sections/1/").text


def test_the_review_leads_back_as_long_as_a_question_is_open(organisation, open_page, press):
    version = draft_of(organisation, {"asks": 2, "order": Section.Order.FIXED})
    attempt = begin(actions.publish_assessment(version))
    press(attempt, "questions/1/pass/", {"revision": 0})
    assert "Back to the questions" in open_page(attempt, "review/").text

    press(attempt, "questions/2/pass/", {"revision": 0})

    assert "Back to the questions" not in open_page(attempt, "review/").text


def test_what_can_not_be_stored_is_not_left_behind(fixed, press):
    response = press(fixed, "questions/1/pass/", {"option": "z", "revision": 0})

    assert response.status_code == 422
    assert not fixed.sittings.exists()


def test_later_questions_keep_their_titles_to_themselves(fixed, open_page):
    page = open_page(fixed, "review/").text

    assert "Sectioned-choice-1" in page
    assert "Sectioned-choice-2" not in page
    assert "Comes later" in page


# Marks and overview ------------------------------------------------------------------------------


def test_a_mark_is_put_and_what_was_typed_is_saved_with_it(attempt, open_page, press):
    response = press(attempt, "questions/1/flag/", RIGHT | {"revision": 0})

    assert goes_to(response, attempt, "questions/1/")
    assert attempt.answers.get().content == RIGHT
    page = open_page(attempt, "questions/1/").text
    assert 'aria-pressed="true"' in page
    assert 'data-flagged="yes"' in page
    assert "marked for review" in open_page(attempt, "review/").text
    press(attempt, "questions/1/flag/", RIGHT | {"revision": 1})
    assert not fresh(attempt).flagged


def test_a_script_gets_the_button_and_the_overview_anew(attempt, press):
    response = press(attempt, "questions/2/flag/", headers={"HX-Request": "true"})

    assert 'aria-pressed="true"' in response.text
    assert 'id="step-2" hx-swap-oob="true"' in response.text
    assert not attempt.answers.exists()


def test_a_few_questions_stand_in_a_row_and_many_fold(attempt, organisation, open_page):
    assert "<summary>" not in open_page(attempt, "questions/1/").text.split("</nav>")[0]
    version = draft_of(organisation, slug="many")
    for position in range(1, 41):
        place(version, position)

    page = open_page(begin(actions.publish_assessment(version)), "questions/7/").text

    overview = page.split('aria-label="Questions"', 1)[1].split("</nav>")[0]
    assert "Question 7 of 40" in overview
    assert overview.count('data-answered="no"') == 40


@pytest.mark.parametrize("count", [3, 30])
def test_a_page_takes_the_same_queries_for_any_number_of_questions(
    organisation, open_page, django_assert_num_queries, count
):
    version = draft_of(organisation, {"asks": count}, {"asks": count})
    attempt = begin(actions.publish_assessment(version))
    open_page(attempt, "questions/1/")

    # invitation; questions, sittings, grants, answers, submissions
    with django_assert_num_queries(6):
        assert open_page(attempt, "questions/1/").status_code == 200


# Breaks and what else was granted ----------------------------------------------------------------


@pytest.fixture
def eased(version, clock):
    return begin(version, "eased@example.com", break_minutes=10, large_type=True)


def test_a_break_is_offered_where_it_was_granted(eased, attempt, open_page):
    assert "Take a break" in open_page(eased, "questions/1/").text
    assert "10 minutes" in open_page(eased, "break/").text
    assert "Take a break" not in open_page(attempt, "questions/1/").text
    assert open_page(attempt, "break/").status_code == 302


def test_on_a_break_no_question_is_shown(eased, open_page, press, put, clock):
    assert goes_to(press(eased, "break/start/"), eased, "break/")

    page = open_page(eased, "break/").text
    assert "You are on a break" in page
    assert "Which one?" not in page
    for rest in ("questions/1/", "review/"):
        assert goes_to(open_page(eased, rest), eased, "break/")
    clock.forward(seconds=6)
    refused = put(eased, 1, RIGHT)
    assert (refused.status_code, "on a break" in refused.json()["detail"]) == (425, True)
    assert open_page(eased, "clock/").json()["paused_until"]


def test_a_run_during_a_break_leads_to_its_page(eased, press):
    press(eased, "break/start/")

    response = press(eased, "questions/2/run/", {"source": SOURCE}, headers={"HX-Request": "true"})

    assert response["HX-Redirect"].endswith("/break/")


def test_coming_back_leads_on_where_the_candidate_was(eased, open_page, press, clock):
    open_page(eased, "questions/2/")
    press(eased, "break/start/")
    clock.forward(minutes=4)

    press(eased, "break/end/")

    assert goes_to(open_page(eased, "done/"), eased, "questions/2/")
    assert fresh(eased).deadline == eased.deadline + timedelta(minutes=4)
    assert "6 minutes" in open_page(eased, "break/").text


def test_larger_type_is_on_every_page_of_who_needs_it(eased, attempt, open_page):
    for rest in ("", "questions/1/", "questions/2/", "review/", "break/"):
        assert "data-large-type" in open_page(eased, rest).text, rest
    assert "data-large-type" not in open_page(attempt, "questions/1/").text


def test_without_a_limit_the_page_says_so(version, open_page):
    attempt = begin(version, untimed=True)

    assert "No time limit" in open_page(attempt, "questions/1/").text
    assert open_page(attempt, "clock/").json()["untimed"] is True
