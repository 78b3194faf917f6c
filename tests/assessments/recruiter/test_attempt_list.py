import pytest
from django.urls import reverse

from assessments.models import Attempt, Submission
from assessments.recruiter import live
from assessments.recruiter.table.table import PAGE
from tests.assessments.recruiter.conftest import PARTIAL

ATTEMPTS = reverse("recruiter:attempt_list")


def names(client, **query):
    return [row.attempt.candidate.name for row in client.get(ATTEMPTS, query).context["rows"]]


@pytest.fixture
def three(make_attempt):
    """Ada, in progress; Ben, being graded after 30 minutes; Cleo, graded after 10."""
    return [
        make_attempt("Ada", finish=False),
        make_attempt("Ben", minutes=30),
        make_attempt("Cleo", PARTIAL, minutes=10),
    ]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param({}, ["Cleo", "Ben", "Ada"], id="newest first"),
        pytest.param({"sort": "started"}, ["Ada", "Ben", "Cleo"], id="oldest first"),
        pytest.param({"sort": "candidate"}, ["Ada", "Ben", "Cleo"], id="by name"),
        pytest.param({"sort": "-candidate"}, ["Cleo", "Ben", "Ada"], id="by name, backwards"),
        pytest.param({"sort": "-score"}, ["Cleo", "Ben", "Ada"], id="who has no score comes last"),
        pytest.param({"sort": "taken"}, ["Cleo", "Ben", "Ada"], id="the quickest first"),
        pytest.param({"sort": "-taken"}, ["Ben", "Cleo", "Ada"], id="the slowest first"),
        pytest.param({"stage": "in_progress"}, ["Ada"], id="in progress"),
        pytest.param({"stage": "grading"}, ["Ben"], id="being graded"),
        pytest.param({"stage": "graded"}, ["Cleo"], id="graded"),
        pytest.param({"q": "cLEO"}, ["Cleo"], id="by part of the name"),
        pytest.param({"q": "c1@example"}, ["Ben"], id="by part of the address"),
        pytest.param({"q": "nobody"}, [], id="nobody"),
        pytest.param({"sort": "x", "stage": "y", "assessment": "z"}, ["Cleo", "Ben", "Ada"],
                     id="nonsense counts as left out"),
    ],
)  # fmt: skip
def test_attempts_are_found_and_sorted(recruiter, three, query, found):
    assert names(recruiter, **query) == found


def test_attempts_of_one_assessment(recruiter, three, version, make_version, organisation):
    other = make_version(organisation, "other").assessment

    assert len(names(recruiter, assessment=version.assessment.pk)) == 3
    assert names(recruiter, assessment=other.pk) == []


def test_a_row_shows_state_score_time_and_families(recruiter, three):
    page = recruiter.get(ATTEMPTS, {"q": "Cleo"}).text

    # A right choice of weight 1, and 0.769231 of weight 3.
    assert "82.6 %" in page
    assert "10 min" in page
    assert "Reached the mark" in page
    assert 'aria-label="huber: Values 100 %, Gradients 50 %"' in page


def test_the_best_submission_stands_for_its_question(recruiter, make_attempt, coding_question):
    attempt = make_attempt(report=PARTIAL, finish=False)
    worse = Submission.objects.create(
        organisation=attempt.organisation,
        attempt=attempt,
        question=coding_question,
        task="huber",
        source="",
        purpose="submit",
    )
    Submission.objects.filter(pk=worse.pk).update(
        status="graded", report=PARTIAL, score=0.2, graded_at=attempt.started_at, verdict="partial"
    )

    [row] = recruiter.get(ATTEMPTS).context["rows"]

    assert [submission.score for submission in row.attempt.leading] == [PARTIAL["score"]]


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_queries_for_any_number_of_rows(
    recruiter, make_attempt, django_assert_num_queries, count
):
    for _ in range(count):
        make_attempt(report=PARTIAL)

    # Session, user, memberships; the view to open with; topics, sections; what is queued, count,
    # keys, attempts, labels, submissions; assessments, versions and labels to filter by, views,
    # labels to put on; in the frame the requests that wait.
    with django_assert_num_queries(18):
        page = recruiter.get(ATTEMPTS)

    assert len(page.context["page"]) == count


def test_a_long_list_has_pages_that_keep_the_filter(recruiter, make_attempt):
    for number in range(PAGE + 1):
        make_attempt(f"Ada {number:02d}", source=None)

    page = recruiter.get(ATTEMPTS, {"q": "ada", "sort": "started"})

    assert "?q=ada&amp;sort=started&amp;page=2" in page.text
    assert names(recruiter, q="ada", sort="started", page=2) == [f"Ada {PAGE}"]
    assert len(names(recruiter, page="99")) == 1


def test_a_live_request_without_news_only_asks_again(recruiter, make_attempt):
    make_attempt(report=PARTIAL)
    seen = recruiter.get(ATTEMPTS).context["seen"]

    answer = recruiter.get(ATTEMPTS, {"seen": seen})

    assert "HX-Retarget" not in answer.headers
    assert "<table" not in answer.text
    assert f"seen={seen}" in answer.text


def test_a_live_request_brings_what_is_new(recruiter, make_attempt, monkeypatch):
    attempt = make_attempt("Ada")
    seen = recruiter.get(ATTEMPTS).context["seen"]
    submission = attempt.submissions.get()

    def grade_meanwhile(submission_id, seconds):
        assert (submission_id, seconds) == (submission.pk, live.WAIT_SECONDS)
        Attempt.objects.update(score=0.5)

    monkeypatch.setattr(live.doorbell, "wait", grade_meanwhile)

    answer = recruiter.get(ATTEMPTS, {"seen": seen})

    assert answer.headers["HX-Retarget"] == "#live"
    assert "50 %" in answer.text
    assert "<html" not in answer.text


def test_a_page_that_waits_for_the_grader_asks_again_at_once(recruiter, make_attempt):
    make_attempt(report=PARTIAL)
    quiet = recruiter.get(ATTEMPTS).text
    make_attempt()
    waiting = recruiter.get(ATTEMPTS).text

    assert 'hx-trigger="load delay:30s"' in quiet
    assert 'hx-trigger="load delay:1s"' in waiting
