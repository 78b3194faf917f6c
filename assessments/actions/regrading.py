"""Grading again: what is tried out counts for nothing until it is taken over as a whole."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from assessments.actions.auditing import record
from assessments.actions.problems import (
    NothingToRegrade,
    ReasonMissing,
    RegradeClosed,
    RegradeOpen,
)
from assessments.actions.regrade_work import ring_for_regrade
from assessments.facts import asked_of
from assessments.marking import Asked
from assessments.models import (
    Assessment,
    AssessmentVersion,
    Attempt,
    Regrade,
    RegradedAttempt,
    RegradedSubmission,
    Submission,
    User,
)

BATCH = 500


@transaction.atomic
def start_regrade(
    assessment: Assessment,
    *,
    reason: str,
    by: User,
    grades: bool = True,
    by_version: AssessmentVersion | None = None,
    versions: Sequence[int] = (),
    tells_candidates: bool = False,
    tells_systems: bool = True,
) -> Regrade:
    """Begin a dry run over the finished attempts of `assessment`, or of some of its `versions`.

    `grades`: all code that counts is graded again. `by_version`: its questions and weights make the
    scores; code is graded again where a task was corrected. Raises ReasonMissing, ValueError where
    neither is asked for, RegradeOpen, or NothingToRegrade.
    """
    if not (reason := reason.strip()):
        raise ReasonMissing("Please say why: a regrade is kept with its reason.")
    if not grades and by_version is None:
        raise ValueError("Choose what is done anew: the grading, the version, or both.")
    # Two who press the button at once must not both find that none is open.
    Assessment.objects.select_for_update().get(pk=assessment.pk)
    _refuse_a_second(assessment)
    regrade = Regrade.objects.create(
        organisation=assessment.organisation,
        assessment=assessment,
        by_version=by_version,
        grades=grades,
        versions=sorted(versions),
        reason=reason,
        tells_candidates=tells_candidates,
        tells_systems=tells_systems,
        created_by=by,
    )
    number = _put_in(regrade)
    if not number:
        raise NothingToRegrade("No finished attempt has everything graded once, so none can be.")
    record("regrade.started", regrade, by=by, attempts=number, reason=reason)
    ring_for_regrade(regrade)
    return regrade


def _refuse_a_second(assessment: Assessment) -> None:
    if first := Regrade.objects.open().filter(assessment=assessment).first():
        raise RegradeOpen(
            f"Another regrade of this assessment was begun on {first.created_at:%-d %B %Y} and is "
            "open: take it over or discard it first."
        )


def regradable(assessment: Assessment, versions: Iterable[int] = ()) -> Any:
    """Finished attempts that are no preview, were not erased, and of which no code waits."""
    found = Attempt.objects.filter(
        invitation__assessment_version__assessment=assessment,
        finished_at__isnull=False,
        invitation__erased_at=None,
        invitation__preview=False,
    )
    if chosen := list(versions):
        found = found.filter(invitation__assessment_version__number__in=chosen)
    queued = Submission.objects.counted().filter(status=Submission.Status.QUEUED)
    return found.exclude(pk__in=queued.filter(attempt__isnull=False).values("attempt"))


def _put_in(regrade: Regrade) -> int:
    found = regradable(regrade.assessment, regrade.versions)
    attempts = list(found.select_related("invitation__assessment_version", "scored_by"))
    RegradedAttempt.objects.bulk_create(
        (RegradedAttempt(regrade=regrade, attempt=each, before=each.score) for each in attempts),
        BATCH,
    )
    for start in range(0, len(attempts), BATCH):
        _put_code_in(regrade, attempts[start : start + BATCH])
    return len(attempts)


def _put_code_in(regrade: Regrade, attempts: Sequence[Attempt]) -> None:
    asked = asked_of(attempts, lambda attempt: regrade.by_version or attempt.scored_by)
    wanted = {
        (attempt.pk, each.own.pk)
        for attempt in attempts
        for each in asked[attempt.pk]
        if regrade.grades or _is_another_task(each)
    }
    code = list(_counting(attempts, wanted))
    RegradedSubmission.objects.bulk_create(
        RegradedSubmission(regrade=regrade, submission_id=pk) for pk in code
    )


def _is_another_task(asked: Asked) -> bool:
    """Whether the corrected question has code graded otherwise than the one that was asked."""
    one, other = asked.own.question_version, asked.by.question_version
    return (one.rules.task(one.content), one.rules.own_task(one.content)) != (
        other.rules.task(other.content),
        other.rules.own_task(other.content),
    )


def _counting(attempts: Sequence[Attempt], wanted: set[tuple[Any, int]]) -> Iterator[Any]:
    """The keys of the submissions that make a score: all, or the last where only that counts."""
    last = {
        attempt.pk
        for attempt in attempts
        if attempt.version.counts == AssessmentVersion.Counts.LAST
    }
    sent = Submission.objects.filter(attempt__in=[attempt.pk for attempt in attempts]).counted()
    seen: dict[tuple[Any, Any], list[Any]] = {}
    rows = sent.order_by("created_at", "id").values_list("attempt", "question", "pk")
    for attempt, question, pk in rows:
        before = [] if attempt in last else seen.get((attempt, question), [])
        seen[attempt, question] = [*before, pk]
    for place, keys in seen.items():
        if place in wanted:
            yield from keys


@transaction.atomic
def retry_regrade(regrade: Regrade, by: User) -> Regrade:
    """Send again what could not be graded, and compare again; raises RegradeClosed."""
    regrade = open_regrade(regrade)
    regrade.submissions.given_up().update(tries=0, faults=0, retry_at=None, last_fault="")
    return _start_over(regrade, by)


@transaction.atomic
def refresh_regrade(regrade: Regrade, by: User) -> Regrade:
    """Compare all attempts again; code that was graded stays graded. Raises RegradeClosed."""
    return _start_over(open_regrade(regrade), by)


def _start_over(regrade: Regrade, by: User) -> Regrade:
    regrade.attempts.update(facts="")
    regrade.state = Regrade.State.TRYING
    regrade.save(update_fields=["state"])
    record("regrade.refreshed", regrade, by=by)
    ring_for_regrade(regrade)
    return regrade


@transaction.atomic
def discard_regrade(regrade: Regrade, by: User) -> Regrade:
    """Forget a dry run: nothing has changed by it. Raises RegradeClosed."""
    regrade = open_regrade(regrade)
    regrade.submissions.all().delete()
    regrade.state, regrade.ended_at, regrade.ended_by = regrade.State.DISCARDED, timezone.now(), by
    regrade.save(update_fields=["state", "ended_at", "ended_by"])
    record("regrade.discarded", regrade, by=by)
    return regrade


def open_regrade(regrade: Regrade) -> Regrade:
    """The regrade, locked; raise RegradeClosed where it was taken over or discarded."""
    found: Regrade = Regrade.objects.select_for_update().get(pk=regrade.pk)
    if not found.is_open:
        raise RegradeClosed(f"This regrade was {found.get_state_display().lower()} already.")
    return found
