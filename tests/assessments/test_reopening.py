"""Sittings that are over and go on, because somebody says so."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from assessments import actions
from assessments.models import (
    Attempt,
    AuditEntry,
    Email,
    Invitation,
    SectionSitting,
)
from tests.assessments.sectioned import make_attempt

pytestmark = pytest.mark.django_db


@pytest.fixture
def recruiter(make_member):
    return make_member()


def reopened(attempt, minutes=10, by=None):
    return actions.reopen_attempt(attempt, minutes, reason="A power cut.", by=by)


def over(attempt):
    """Let its time run out."""
    past = timezone.now() - timedelta(minutes=1)
    Attempt.objects.filter(pk=attempt.pk).update(
        started_at=past - timedelta(minutes=30), deadline=past
    )
    actions.close_overdue()
    attempt.refresh_from_db()
    assert attempt.state == Attempt.State.TIMED_OUT


def test_a_sitting_that_ran_out_of_time_goes_on_with_its_answers(
    attempt, choice_question, recruiter
):
    actions.save_answer(attempt, choice_question, {"option": "a"}, 0)
    over(attempt)

    again = reopened(attempt, by=recruiter)

    assert again.state == Attempt.State.IN_PROGRESS
    assert again.score is None
    assert again.invitation.state == Invitation.State.STARTED
    left = again.deadline - timezone.now()
    assert timedelta(minutes=9) < left <= timedelta(minutes=10)
    assert actions.save_answer(again, choice_question, {"option": "b"}, 1).revision == 2
    entry = AuditEntry.objects.get(verb="attempt.reopened")
    assert entry.member == recruiter
    assert entry.detail == {"minutes": 10, "reason": "A power cut."}
    assert Email.objects.filter(kind=Email.Kind.EXTENDED).count() == 1


def test_it_closes_again_by_itself_and_is_scored_anew(attempt, choice_question):
    actions.save_answer(attempt, choice_question, {"option": "b"}, 0)
    over(attempt)
    before = attempt.score
    actions.save_answer(reopened(attempt), choice_question, {"option": "a"}, 1)

    over(attempt)

    assert before is not None
    assert attempt.score is not None
    assert attempt.score > before


@pytest.mark.parametrize("state", ["goes on", "decided", "erased", "told"])
def test_what_is_settled_stays_so(make_version, organisation, recruiter, state):
    version = make_version(organisation, feedback="full" if state == "told" else "none")
    attempt = actions.start_attempt(actions.invite(version, "Ada", "ada@example.com"))
    if state != "goes on":
        actions.finish_attempt(attempt)
    if state == "decided":
        actions.decide([attempt], "hold", "Let us wait.", by=recruiter)
    if state == "erased":
        Invitation.objects.update(erased_at=timezone.now())
    attempt = Attempt.objects.get(pk=attempt.pk)
    before = Attempt.objects.values().get()

    with pytest.raises(actions.NotReopened):
        reopened(attempt)

    assert Attempt.objects.values().get() == before


def test_with_clocks_the_section_that_was_sat_last_goes_on():
    attempt = make_attempt("sections")
    actions.start_section(attempt, attempt.version.sections.first())
    actions.finish_attempt(attempt)

    again = reopened(attempt)

    last = SectionSitting.objects.filter(attempt=again).latest("started_at")
    assert last.finished_at is None
    assert abs(last.deadline - timezone.now() - timedelta(minutes=10)) < timedelta(seconds=10)
    assert again.deadline >= last.deadline


def test_a_recruiter_reopens_it_on_the_page_and_is_told_why_not(client, attempt, recruiter):
    client.force_login(recruiter)
    over(attempt)
    address = reverse("recruiter:reopen", args=[attempt.pk])
    page = client.get(reverse("recruiter:accommodations", args=[attempt.invitation_id]))
    assert "Reopen the sitting" in page.content.decode()

    told = client.post(address, {"minutes": "10", "reason": "A power cut."}, follow=True)
    twice = client.post(address, {"minutes": "10", "reason": "A power cut."}, follow=True)
    empty = client.post(address, {"minutes": "0", "reason": ""})

    assert "Ada can go on" in told.content.decode()
    assert "give it more time instead" in twice.content.decode()
    assert empty.status_code == 422
