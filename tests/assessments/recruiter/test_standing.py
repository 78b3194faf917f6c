"""How sure a score is, and where it stands among others of the same version."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessments.models import Attempt, Candidate, Invitation, Label
from assessments.recruiter.report.standing import standing
from assessments.recruiter.report.uncertainty import interval


def test_the_interval_of_half_of_four_questions_is_wilsons():
    # p = 1/2, n = 4, z^2 = 2.7055: the middle stays 1/2, and it reaches z / 2 / sqrt(n + z^2).
    found = interval([(1, 1.0), (1, 0.0), (1, 0.5), (1, 0.5)])

    assert found.low == pytest.approx(0.5 - 1.64485 / 2 / (4 + 2.70554) ** 0.5, abs=1e-5)
    assert found.high == pytest.approx(0.5 + 1.64485 / 2 / (4 + 2.70554) ** 0.5, abs=1e-5)


@pytest.mark.parametrize(("share", "low", "high"), [(1.0, 10 / 12.70554, 1.0), (0.0, 0.0, None)])
def test_everything_right_or_wrong_is_still_not_certain(share, low, high):
    found = interval([(2, share)] * 10)

    # n / (n + z^2) from 1 down, and as far from 0 up.
    assert found.low == pytest.approx(low, abs=1e-5)
    assert found.high == pytest.approx(1 - 10 / 12.70554 if high is None else high, abs=1e-5)


def test_unequal_weights_tell_less_than_as_many_equal_ones():
    equal, unequal = interval([(1, 0.5)] * 4), interval([(5, 0.5), *[(1, 0.5)] * 3])

    assert equal.questions == 4
    assert unequal.questions == pytest.approx(64 / 28)
    assert unequal.width > equal.width


@pytest.mark.parametrize("share", [0.0, 1e-9, 0.3, 0.999999, 1.0])
@pytest.mark.parametrize("count", [1, 2, 50])
def test_the_interval_holds_the_score_and_stays_between_0_and_1(share, count):
    found = interval([(0.1, share)] * count)

    assert 0 <= found.low <= share <= found.high <= 1


def test_nothing_asked_has_no_interval():
    assert interval([]) is None


def person(version, number):
    owner = version.assessment.organisation
    mail = f"other{number}@example.org"
    return Candidate.objects.create(organisation=owner, name=f"Other {number}", email=mail)


def others(version, scores, days=1, **changes):
    """Attempts of others, which were finished some days ago."""
    ended = timezone.now() - timedelta(days=days)
    made = []
    for score in scores:
        invitation = Invitation.objects.create(
            organisation=version.assessment.organisation,
            assessment_version=version,
            candidate=person(version, Candidate.objects.count()),
            expires_at=ended,
            **{key: changes[key] for key in changes if key == "preview"},
        )
        made.append(
            Attempt.objects.create(
                organisation=invitation.organisation,
                invitation=invitation,
                state="finished",
                started_at=ended - timedelta(minutes=5),
                deadline=ended,
                finished_at=ended,
                score=score,
                **{key: changes[key] for key in changes if key != "preview"},
            )
        )
    return made


@pytest.fixture
def mine(make_attempt):
    attempt = make_attempt(source=None)
    Attempt.objects.filter(pk=attempt.pk).update(score=0.5)
    return Attempt.objects.get(pk=attempt.pk)


def test_a_percentile_counts_those_below_and_half_of_the_equal(mine, version):
    others(version, [0.1] * 10 + [0.5] * 4 + [0.9] * 6)

    found = standing(mine, "all")

    assert (found.others, found.percentile) == (20, 60)  # (10 + 4 / 2) / 20
    assert sum(bar.count for bar in found.bars) == 20
    assert [bar.count for bar in found.bars if bar.count] == [10, 4, 6]


def test_a_percentile_among_fewer_than_twenty_is_suppressed_and_says_so(mine, version, recruiter):
    others(version, [0.1] * 19)

    assert standing(mine, "all").percentile is None
    text = recruiter.get(f"{mine.get_absolute_url()}standing/").text
    assert "There are 19 others" in text
    assert "more of chance than of the candidate" in text
    assert "Percentile" not in text


def test_the_group_is_chosen_and_other_versions_are_never_mixed_in(
    mine, version, make_version, organisation
):
    recent, old = others(version, [0.1] * 20), others(version, [0.9] * 20, days=400)
    second = make_version(organisation, slug="second")
    others(second, [0.9] * 30)
    others(version, [0.9] * 30, preview=True)
    others(version, [0.9] * 30, scored_by=second)
    label = Label.objects.create(organisation=organisation, name="spring")
    label.attempts.add(*old, mine)
    Label.objects.create(organisation=organisation, name="unused")

    found = {key: standing(mine, key) for key in ("all", "year", f"label-{label.pk}", "no such")}

    assert {key: each.others for key, each in found.items()} == {
        "all": len(recent) + len(old),
        "year": 20,
        f"label-{label.pk}": 20,
        "no such": 40,
    }
    assert [each.percentile for each in found.values()] == [50, 100, 0, 50]
    assert [group.title for group in found["all"].groups][2:] == ["those labelled “spring”"]


def test_an_attempt_without_a_score_stands_nowhere(make_attempt, recruiter):
    attempt = make_attempt()

    text = recruiter.get(f"{attempt.get_absolute_url()}standing/").text

    assert "There is no score yet to be compared." in text


@pytest.mark.parametrize("count", [1, 60])
def test_a_standing_takes_two_queries_for_any_number(mine, version, count):
    others(version, [0.2] * count)
    attempt = Attempt.objects.with_candidate().get(pk=mine.pk)

    with CaptureQueriesContext(connection) as queries:
        standing(attempt, "all")

    assert len(queries) == 2


def test_the_page_says_the_percentile_with_how_many_they_are(mine, version, recruiter):
    others(version, [0.1] * 30)

    text = re.sub(r"<[^>]+>", "", recruiter.get(f"{mine.get_absolute_url()}standing/").text)

    assert "Percentile 100 among 30 others" in text
    assert "0 % to 5 %" not in text
    assert "10 % to 15 %" in text
