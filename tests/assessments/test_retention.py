"""How long data are kept: each organisation says so, and the night erases what is older."""

from datetime import timedelta

from django.utils import timezone

from assessments import actions, tasks
from assessments.models import Attempt, Candidate, Invitation, Organisation, ProblemReport
from tests.assessments.conftest import SOURCE

DAY = timedelta(days=1)
WORDS = "xylographic"


def finished(attempt, days):
    started = timezone.now() - (days + 1) * DAY
    Attempt.objects.filter(pk=attempt.pk).update(
        state="finished", started_at=started, deadline=started + DAY,
        finished_at=timezone.now() - days * DAY,
    )  # fmt: skip


def test_what_was_kept_for_long_enough_is_erased_at_night(attempt, organisation):
    Organisation.objects.filter(pk=organisation.pk).update(retention_days=60)
    finished(attempt, 59)
    tasks.erase_outlived()
    assert Candidate.objects.get().name == "Ada"

    finished(attempt, 61)
    tasks.erase_outlived()

    assert Candidate.objects.get().name != "Ada"
    assert Invitation.objects.get().erased_at


def test_every_organisation_keeps_for_as_long_as_it_wants(attempt, stranger, make_version):
    Organisation.objects.filter(pk=stranger.pk).update(retention_days=30)
    theirs = actions.start_attempt(actions.invite(make_version(stranger), "Bob", "b@example.com"))
    for each in (attempt, theirs):
        finished(each, 40)

    tasks.erase_outlived()

    assert Candidate.objects.get(organisation=stranger).erased_at
    assert not Candidate.objects.exclude(organisation=stranger).get().erased_at


def test_a_name_stays_while_something_younger_needs_it(attempt, version):
    finished(attempt, 400)
    actions.report_problem(attempt, None, WORDS)
    younger = actions.invite(version, "Ada", "ada@example.com", one_more=True)

    tasks.erase_outlived()

    assert Candidate.objects.get().name == "Ada"
    assert not ProblemReport.objects.exists()
    assert Invitation.objects.get(erased_at=None) == younger
    Invitation.objects.filter(pk=younger.pk).update(expires_at=timezone.now() - 400 * DAY)
    tasks.erase_outlived()
    assert Candidate.objects.get().erased_at


def test_what_goes_on_is_never_taken_for_old(attempt):
    Attempt.objects.update(started_at=timezone.now() - 500 * DAY)

    tasks.erase_outlived()

    assert not Invitation.objects.get().erased_at


def test_one_whose_code_is_stuck_does_not_keep_the_others(attempt, version, coding_question):
    stuck = actions.start_attempt(actions.invite(version, "Bob", "bob@example.com"))
    actions.submit_code(stuck, coding_question, SOURCE, "submit")
    for each in (attempt, stuck):
        finished(each, 400)

    tasks.erase_outlived()

    assert [c.name for c in Candidate.objects.filter(erased_at=None)] == ["Bob"]
