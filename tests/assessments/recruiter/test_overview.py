"""The first page of an assessment: how far its candidates are, and how their scores lie."""

from datetime import timedelta
from itertools import pairwise

import pytest
from django.utils import timezone

from assessments import actions
from assessments.models import (
    AssessmentVersion,
    Attempt,
    Candidate,
    Decision,
    Invitation,
    PartScore,
)
from assessments.recruiter.overview_charts import score_bins, time_bins
from questions.models import Topic
from tests.assessments.conftest import words

MINUTE = timedelta(minutes=1)


@pytest.fixture
def sit(organisation):
    """Rows of attempts with these scores; None is one that is not over, "grading" one that is."""

    def make(version, *scores, minutes=20, prefix="c"):
        now = timezone.now()
        people = Candidate.objects.bulk_create(
            Candidate(organisation=organisation, name=f"{prefix}{n}", email=f"{prefix}{n}@x.org")
            for n in range(len(scores))
        )
        invitations = Invitation.objects.bulk_create(
            Invitation(
                organisation=organisation, assessment_version=version, candidate=person,
                state="started" if score is None else "finished", expires_at=now + 900 * MINUTE,
            )
            for person, score in zip(people, scores, strict=True)
        )  # fmt: skip
        started = now - 100 * MINUTE
        return Attempt.objects.bulk_create(
            Attempt(
                organisation=organisation, invitation=invitation, started_at=started,
                deadline=started + 30 * MINUTE,
                state="in_progress" if score is None else "finished",
                finished_at=None if score is None else started + minutes * MINUTE,
                score=score if isinstance(score, float) else None,
            )
            for invitation, score in zip(invitations, scores, strict=True)
        )  # fmt: skip

    return make


def second(version):
    newer = AssessmentVersion.objects.create(
        assessment=version.assessment, number=2, title="Second", minutes=60, pass_mark=0.5
    )
    for place in version.questions.all():
        place.pk, place.version = None, newer
        place.save()
    return actions.publish_assessment(newer)


def overview(client, of, **query):
    return client.get(of.assessment.get_absolute_url(), query)


def columns(chart):
    return [column.number for column in chart.columns]


def test_the_funnel_counts_who_came_how_far(recruiter, version, sit, invitation):
    attempts = sit(version, None, "grading", 0.5, 0.9, 1.0)
    for attempt, outcome in zip(attempts[2:4], ("decline", "advance"), strict=True):
        Decision.objects.create(attempt=attempt, outcome=outcome, reason="So.")
    Decision.objects.create(attempt=attempts[2], outcome="hold", reason="On second thoughts.")

    page = overview(recruiter, version)

    line = page.context["line"]
    assert [(step.title, step.number) for step in line.funnel] == [
        *(("Invited", 6), ("Started", 5), ("Finished", 4), ("Graded", 3), ("Decided", 2)),
    ]
    assert line.decisions == {"advance": 1, "hold": 1}


def test_scores_lie_in_ten_columns_with_the_pass_mark(recruiter, version, sit):
    sit(version, *[0.0, 0.05, 0.1, 0.3, 0.59, 0.6, 0.6999, 0.7, 0.95, 1.0] * 2)

    page = overview(recruiter, version)

    scores = page.context["scores"]
    assert columns(scores.scores) == [4, 2, 0, 2, 0, 2, 4, 2, 0, 4]
    assert scores.scores.mark == 0.6 * scores.scores.width
    assert [column.passes for column in scores.scores.columns] == [False] * 6 + [True] * 4
    assert scores.median == pytest.approx(0.595)
    text = words(page)
    assert "20 graded, the middle one 59.5 %" in text
    assert "10 reached the pass mark of 60 %: 50 %." in text
    assert '60 to 70 %</th><td class="m-number">4</td>' in page.text


def test_of_few_the_columns_are_broad(recruiter, version, sit):
    sit(version, 0.0, 0.15, 0.2, 0.59, 1.0)

    assert columns(overview(recruiter, version).context["scores"].scores) == [2, 1, 1, 0, 1]


@pytest.mark.parametrize(("number", "missing"), [(1, 4), (4, 1)])
def test_of_fewer_than_five_no_picture_is_drawn(recruiter, version, sit, number, missing):
    sit(version, *[0.5] * number)

    page = overview(recruiter, version)

    assert "m-histogram" not in page.text
    assert f"{number} graded so far" in page.text
    assert f"{missing} more" in page.text


def test_times_are_never_longer_than_all_the_time_there_is(recruiter, version, sit):
    sit(version, *[0.5] * 3, minutes=4)
    sit(version, *[0.5] * 2, minutes=90, prefix="slow")

    scores = overview(recruiter, version).context["scores"]

    assert [column.title for column in scores.times.columns] == [
        *("0 to 10 min", "10 to 20 min", "20 to 30 min"),
    ]
    assert columns(scores.times) == [3, 0, 2]
    assert scores.median_time == 4 * MINUTE


def test_scores_that_another_version_made_are_counted_apart_and_the_page_says_so(
    recruiter, version, sit
):
    newer = second(version)
    own, by_itself = sit(version, *[0.1] * 5), sit(version, *[0.3], prefix="itself")
    again = sit(version, *[0.9] * 7, prefix="again")
    for attempts, by in ((again, newer), (by_itself, version)):
        Attempt.objects.filter(pk__in=[each.pk for each in attempts]).update(scored_by=by)

    pages = {
        key: overview(recruiter, version, version=1, **asked)
        for key, asked in {"most": {}, "own": {"scored": "own"}, "again": {"scored": "2"}}.items()
    }

    graded = len(own + by_itself + again)
    assert {page.context["line"].graded for page in pages.values()} == {graded}
    assert {key: page.context["scores"].number for key, page in pages.items()} == {
        "most": 7, "own": 6, "again": 7,
    }  # fmt: skip
    assert columns(pages["own"].context["scores"].scores) == [5, 1, 0, 0, 0]
    assert columns(pages["again"].context["scores"].scores) == [0, 0, 0, 0, 7]
    assert "0 reached the pass mark of 60 %: 0 %." in words(pages["own"])
    assert "as they were asked" in words(pages["own"])
    text = words(pages["most"])
    assert "Scored again by the questions and weights of version 2" in text
    assert "Version 1: 6Version 2, again: 7" in text
    assert "13.3 %by version 2 90 %0 %100 %" in text


def test_no_figure_mixes_two_versions(recruiter, version, sit):
    newer = second(version)
    sit(version, *[0.1] * 6)

    assert overview(recruiter, version).context["line"].version == version
    sit(newer, *[0.9] * 5, prefix="n")

    page = overview(recruiter, version)
    assert page.context["line"].version == newer
    assert page.context["scores"].median == pytest.approx(0.9)
    first = overview(recruiter, version, version=1)
    assert first.context["scores"].median == pytest.approx(0.1)
    assert [line.invited for line in first.context["lines"]] == [5, 6]
    assert "Version 1" in page.text


def test_topics_come_weakest_first_and_families_in_their_order(recruiter, version, sit):
    Topic.objects.create(slug="robust", title="Robust losses")
    Topic.objects.create(slug="ranking", title="Ranking losses")
    for attempt in sit(version, *[0.5] * 5):
        for kind, key, score in [
            ("topic", "robust", 0.9),
            ("topic", "ranking", 0.25),
            ("family", "gradients", 0.5),
            ("family", "values", 0.75),
            ("section", "1", 0.1),
        ]:
            PartScore.objects.create(attempt=attempt, kind=kind, key=key, score=score, weight=0.5)
    PartScore.objects.filter(key="ranking").first().delete()

    page = overview(recruiter, version)

    scores = page.context["scores"]
    assert [(part.title, part.mean, part.number) for part in scores.topics] == [
        ("Robust losses", pytest.approx(0.9), 5),
        ("Ranking losses", None, 4),
    ]
    assert [(part.title, part.mean) for part in scores.families] == [
        ("Values", pytest.approx(0.75)),
        ("Gradients", pytest.approx(0.5)),
    ]
    assert "too few" in page.text


def test_what_waits_is_shown_to_those_who_can_answer(sign_in, version, sit, attempt, invitation):
    waiting, _ = sit(version, "grading", "grading")
    Attempt.objects.filter(pk=waiting.pk).update(awaits_review=True)
    other = actions.invite(version, "Bo", "bo@example.com", send=True)
    actions.ask_accommodation(other, "More time, please.")
    other.emails.update(last_error="550 no", due_at=None)
    actions.report_problem(attempt, None, "It is wrong.")

    seen = words(overview(sign_in("recruiter"), version))
    for text in (
        "1 attempt with open answers to review",
        "1 attempt being graded",
        "1 problem report without an answer",
        "1 request for an accommodation",
        "1 e-mail not delivered",
    ):
        assert text in seen
    reviewer = words(overview(sign_in("reviewer", email="v@acme.example"), version))
    assert "1 attempt with open answers to review" in reviewer
    assert "accommodation" not in reviewer
    assert "problem report" not in reviewer


def test_a_preview_is_counted_nowhere(recruiter, version, sit):
    sit(version, *[0.5] * 5)
    sit(version, *[1.0] * 5, prefix="p")
    Invitation.objects.filter(candidate__name__startswith="p").update(preview=True)

    page = overview(recruiter, version)

    assert page.context["line"].invited == 5
    assert page.context["scores"].median == pytest.approx(0.5)


def test_an_open_page_follows_what_happens(recruiter, version, sit):
    page = overview(recruiter, version)
    seen = page.context["seen"]
    again = overview(recruiter, version, seen=seen)
    assert "HX-Retarget" not in again.headers
    assert "<html" not in again.text

    sit(version, None)
    news = overview(recruiter, version, seen=seen)

    assert news.headers["HX-Retarget"] == "#live"
    assert news.context["line"].started == 1
    assert news.context["seen"] != seen


@pytest.mark.parametrize("count", [3, 6, 60])
def test_the_page_takes_the_same_queries_for_any_number(
    recruiter, version, sit, count, django_assert_num_queries
):
    for attempt in sit(version, *[0.1, 0.5, 0.9] * (count // 3)):
        Decision.objects.create(attempt=attempt, outcome="hold", reason="So.")
        PartScore.objects.create(attempt=attempt, kind="topic", key="robust", score=0.5, weight=1.0)
    few = count < 5

    # With few no distribution is asked for: counts, two medians, parts, topics. One of each is for
    # the way to how far reviewers agree.
    with django_assert_num_queries(15 if few else 20):
        overview(recruiter, version)
    seen = overview(recruiter, version).context["seen"]
    with django_assert_num_queries(13):
        overview(recruiter, version, seen=seen)


@pytest.mark.parametrize("minutes", [1, 7, 30, 45, 90, 240, 1440, 3000])
@pytest.mark.parametrize("coarse", [True, False])
def test_columns_of_time_cover_it_without_a_gap(minutes, coarse):
    bins = time_bins(minutes, coarse=coarse)

    assert len(bins) <= (5 if coarse else 10)
    assert bins[0].low == 0
    assert bins[-1].high == minutes
    assert all(one.high == other.low for one, other in pairwise(bins))


@pytest.mark.parametrize("coarse", [True, False])
def test_a_score_on_an_edge_is_in_one_column(coarse):
    bins = score_bins(coarse=coarse)

    for tenth in range(11):
        score = tenth / 10
        holding = [each for each in bins if each.low <= score and (each.last or score < each.high)]
        assert len(holding) == 1
