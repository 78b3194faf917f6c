"""Erasure leaves statistics intact: every number that pages and files show is as it was before."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments import actions, tasks
from assessments.models import Attempt, Candidate, Invitation, Label, PartScore, Rating
from tests.assessments.conftest import words

DAY = timedelta(days=1)
# So many others make a percentile, and enough is left when the old ones are erased.
SCORES = [n / 24 for n in range(24)]
OLD = 8


def without_nephew(page):
    """A page but for the group of one, which is no statistic and goes with its only member."""
    return " ".join(page.replace("those labelled “nephew”", "").split())


def sat(version, number, score):
    """Somebody who finished so many days ago, some of them before the year that data are kept."""
    organisation = version.assessment.organisation
    person = Candidate.objects.create(
        organisation=organisation, name=f"Person {number}", email=f"p{number}@example.org"
    )
    ended = timezone.now() - (400 if number < OLD else 3) * DAY
    invitation = Invitation.objects.create(
        organisation=organisation, assessment_version=version, candidate=person,
        state="finished", expires_at=ended + DAY,
    )  # fmt: skip
    return Attempt.objects.create(
        organisation=organisation, invitation=invitation, state="finished", score=score,
        started_at=ended - (10 + number) * timedelta(minutes=1), deadline=ended, finished_at=ended,
    )  # fmt: skip


@pytest.fixture
def group(version, organisation):
    """Two dozen who share a label; the first one has another that nobody else has."""
    attempts = [sat(version, number, score) for number, score in enumerate(SCORES)]
    PartScore.objects.bulk_create(
        PartScore(attempt=each, kind=kind, key=key, score=each.score, weight=1.0)
        for each in attempts
        for kind, key in (("topic", "regression"), ("family", "values"))
    )
    intake = Label.objects.create(organisation=organisation, name="intake")
    intake.attempts.set(attempts)
    Label.objects.create(organisation=organisation, name="nephew").attempts.add(attempts[0])
    for number, each in enumerate(attempts):
        Rating.objects.create(attempt=each, stars=1 + number % 5)
    return attempts


@pytest.fixture
def numbers(group, version, make_member):
    """What an owner reads of them all."""
    owner, client = make_member("owner"), Client()
    for number, each in enumerate(group):
        actions.decide([each], ["advance", "hold", "decline"][number % 3], "Why.", by=owner)
    client.force_login(owner)
    standing = reverse("recruiter:attempt_standing", args=[group[-1].pk])
    label = Label.objects.get(name="intake").pk
    pages = [
        version.assessment.get_absolute_url(),
        reverse("recruiter:assessment_questions", args=[version.assessment_id]),
        reverse("recruiter:outcomes"),
        *(f"{standing}?group={key}" for key in ("all", "year", f"label-{label}")),
    ]

    def read():
        shown = {page: without_nephew(words(client.get(page))) for page in pages}
        file = client.get(reverse("recruiter:outcomes_export"))
        return shown | {"file": b"".join(file.streaming_content).decode()}

    return read


def test_the_night_changes_no_number(group, numbers):
    before = numbers()
    assert "24 graded" in " ".join(before.values())
    assert len([page for page in before.values() if "among 23 others" in page]) == 2

    tasks.erase_outlived()

    assert Candidate.objects.exclude(erased_at=None).count() == OLD
    assert Label.objects.get().attempts.count() == len(SCORES)
    assert numbers() == before
