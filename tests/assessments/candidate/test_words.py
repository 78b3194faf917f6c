"""What candidates have to say: problems with questions, and what they think of the whole."""

import pytest

from assessments import actions
from assessments.actions.reporting import MOST_AN_HOUR
from assessments.models import Answer, ProblemReport, Rating

HTMX = {"HX-Request": "true"}


@pytest.fixture
def over(attempt):
    return actions.finish_attempt(attempt)


@pytest.mark.parametrize("position", [1, 2])
def test_every_question_has_the_form(client, sit, attempt, position):
    page = client.get(sit(f"questions/{position}/")).text

    assert "Report a problem with this question" in page
    assert sit(f"questions/{position}/problem/") in page


def test_a_report_during_the_sitting_is_kept_and_acknowledged(
    client, sit, attempt, choice_question
):
    answer = client.post(sit("questions/1/problem/"), {"problem": "Two are right."}, headers=HTMX)

    report = ProblemReport.objects.get()
    assert (report.question, report.text) == (choice_question, "Two are right.")
    assert "Acme has your report" in answer.text
    assert "<html" not in answer.text
    assert "Two are right." not in answer.text


def test_without_scripts_the_draft_comes_along_and_is_saved(client, sit, attempt):
    form = {"problem": "Two are right.", "option": "b", "revision": "0"}

    page = client.post(sit("questions/1/problem/"), form, follow=True)

    assert ProblemReport.objects.get().text == "Two are right."
    assert Answer.objects.get().content == {"option": "b"}
    assert page.redirect_chain == [(sit("questions/1/"), 302)]
    assert "Acme has your report" in page.text


def test_without_scripts_a_draft_that_is_older_loses_nothing(client, sit, save, attempt):
    save(1, {"option": "a"}, 0)
    form = {"problem": "Two are right.", "option": "b", "revision": "0"}

    page = client.post(sit("questions/1/problem/"), form)

    assert page.status_code == 409
    assert ProblemReport.objects.exists()
    assert "changed in another tab" in page.text


@pytest.mark.parametrize("headers", [HTMX, {}], ids=["script", "no script"])
@pytest.mark.parametrize(
    "problem", ["", "  ", "x" * 4001], ids=["nothing", "spaces", "far too long"]
)
def test_an_empty_report_says_what_is_missing(client, sit, attempt, headers, problem):
    answer = client.post(
        sit("questions/1/problem/"), {"problem": problem}, headers=headers, follow=True
    )

    assert not ProblemReport.objects.exists()
    assert "Please write what is wrong." in answer.text or "at most 4000" in answer.text


def test_somebody_who_reports_without_end_is_asked_to_wait(client, sit, attempt):
    for number in range(MOST_AN_HOUR):
        client.post(sit("questions/1/problem/"), {"problem": f"No. {number}"}, headers=HTMX)

    answer = client.post(sit("questions/1/problem/"), {"problem": "One more"}, headers=HTMX)

    assert "try again in an hour" in answer.text
    assert "One more" in answer.text
    assert ProblemReport.objects.count() == MOST_AN_HOUR


def test_the_same_report_twice_is_one(client, sit, attempt):
    for _ in range(2):
        client.post(sit("questions/1/problem/"), {"problem": "Two are right."}, headers=HTMX)

    assert ProblemReport.objects.count() == 1


@pytest.mark.parametrize(("about", "position"), [("", None), ("2", 2)])
def test_after_the_end_a_problem_with_a_question_or_the_whole(client, sit, over, about, position):
    page = client.post(sit("done/problem/"), {"about": about, "problem": "It broke."}, follow=True)

    report = ProblemReport.objects.get()
    assert (report.question and report.question.position) == position
    assert "Thank you. Acme has your report" in page.text
    assert "has not answered yet" in page.text


@pytest.mark.parametrize(
    "form", [{"about": "", "problem": ""}, {"about": "9", "problem": "It broke."}], ids=str
)
def test_after_the_end_a_mistake_is_named_and_nothing_is_lost(client, sit, over, form):
    page = client.post(sit("done/problem/"), form)

    assert page.status_code == 422
    assert "m-field-error" in page.text
    assert form["problem"] in page.text
    assert not ProblemReport.objects.exists()


def test_an_answer_is_shown_where_the_problem_was_reported(client, sit, over, make_member):
    report = actions.report_problem(over, None, "It broke.")
    actions.answer_problem(report, make_member(), "Mended, and <b>thanks</b>.")

    page = client.get(sit("done/")).text

    assert "Mended, and &lt;b&gt;thanks&lt;/b&gt;." in page
    assert "Acme answered on" in page


def test_a_rating_is_kept_and_can_be_changed(client, sit, over):
    page = client.post(sit("done/rating/"), {"stars": "4", "text": "Fair."}, follow=True)
    assert "Thank you for your rating." in page.text
    assert 'value="4" required checked' in page.text
    assert "Change the rating" in page.text

    client.post(sit("done/rating/"), {"stars": "2", "text": ""})

    rating = Rating.objects.get()
    assert (rating.stars, rating.text) == (2, "")


@pytest.mark.parametrize("stars", ["", "0", "6", "five"])
def test_a_rating_has_one_to_five_stars(client, sit, over, stars):
    page = client.post(sit("done/rating/"), {"stars": stars, "text": "Fair."})

    assert page.status_code == 422
    assert 'id="stars_error"' in page.text
    assert "Fair." in page.text
    assert not Rating.objects.exists()


def test_nobody_rates_before_the_end(client, sit, attempt):
    answer = client.post(sit("done/rating/"), {"stars": "5"})

    assert answer.status_code == 302
    assert not Rating.objects.exists()
    with pytest.raises(actions.AttemptRuns):
        actions.rate(attempt, 5)


@pytest.mark.parametrize("address", ["done/problem/", "done/rating/", "questions/1/problem/"])
def test_before_the_start_there_is_nothing_to_say(client, sit, invitation, address):
    answer = client.post(sit(address), {"problem": "x", "stars": "5"})

    assert answer["Location"] == sit()


def test_those_who_score_never_see_a_rating(client, sit, over, make_member):
    actions.rate(over, 1, "A rating that nobody shall see.")
    client.force_login(make_member("reviewer"))

    for address in [over.get_absolute_url(), over.version.assessment.get_absolute_url()]:
        page = client.get(address)
        assert page.status_code == 200
        assert "nobody shall see" not in page.text
