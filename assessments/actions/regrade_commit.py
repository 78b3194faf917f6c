"""Taking a dry run over: one transaction, so that a death in the middle leaves all as it was."""

from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction
from django.db.models import FloatField, OuterRef, Subquery, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.utils import timezone

from assessments.actions.announcing import announce_all
from assessments.actions.auditing import record
from assessments.actions.problems import RegradeBlocked, RegradeOutdated
from assessments.actions.regrade_work import ring_for_regrade
from assessments.actions.regrading import open_regrade
from assessments.actions.scoring import lock_to_score, rescore
from assessments.announcements import regrade_committed
from assessments.facts import facts_of
from assessments.feedback import is_told_of
from assessments.models import (
    Attempt,
    EventType,
    PastGrading,
    Regrade,
    RegradedAttempt,
    RegradedSubmission,
    Submission,
    User,
)
from assessments.regraded import blocked_by, summary_of

# So many attempts at a time, all within the one transaction.
CHUNK = 500


@transaction.atomic
def commit_regrade(regrade: Regrade, by: User) -> Regrade:
    """Let what was tried out count, all of it or nothing.

    The reports that are replaced stay readable, and overrides stay in force. Raises RegradeClosed,
    RegradeBlocked while something could not be graded, and RegradeOutdated where an attempt is not
    any more what it was compared as.
    """
    regrade = open_regrade(regrade)
    _refuse_unready(regrade)
    attempts = lock_to_score(regrade.attempts.values_list("attempt", flat=True))
    rows = {row.attempt_id: row for row in regrade.attempts.all()}
    chunks = [attempts[start : start + CHUNK] for start in range(0, len(attempts), CHUNK)]
    for chunk in chunks:
        _refuse_outdated(chunk, rows)
    _replace_reports(regrade)
    for chunk in chunks:
        _score_anew(regrade, chunk, rows)
        if regrade.tells_systems:
            changed = [attempt for attempt in chunk if rows[attempt.pk].differs]
            announce_all(EventType.REPORT_UPDATED, changed)
    return _close(regrade, by, rows)


def _refuse_unready(regrade: Regrade) -> None:
    if regrade.state != Regrade.State.READY:
        raise RegradeBlocked("The dry run is not over yet.")
    if reasons := blocked_by(regrade):
        raise RegradeBlocked(" ".join(reasons))


def _refuse_outdated(attempts: Sequence[Attempt], rows: dict[Any, RegradedAttempt]) -> None:
    changed = sum(facts.stamp != rows[facts.attempt.pk].facts for facts in facts_of(attempts))
    changed += sum(attempt.invitation.erased_at is not None for attempt in attempts)
    if changed:
        what = "One attempt has" if changed == 1 else f"{changed} attempts have"
        raise RegradeOutdated(
            f"{what} changed since they were compared: by a review, an override or an erasure. "
            "Compare again, and look at the differences before you take them over."
        )


def _replace_reports(regrade: Regrade) -> None:
    """Within the database: reports are long, and the rows are held meanwhile."""
    graded = RegradedSubmission.objects.filter(regrade=regrade, graded_at__isnull=False)
    _keep_past_gradings(graded, timezone.now())
    own = graded.filter(submission=OuterRef("pk"))
    Submission.objects.filter(pk__in=graded.values("submission")).update(
        report=Subquery(own.values("report")[:1]),
        graded_at=Subquery(own.values("graded_at")[:1]),
        verdict=Subquery(own.values(said=KeyTextTransform("verdict", "report"))[:1]),
        score=Subquery(
            own.values(said=Cast(KeyTextTransform("score", "report"), FloatField()))[:1]
        ),
    )


def _keep_past_gradings(graded: Any, now: Any) -> None:
    columns = {
        "submission_id": "submission_id",
        "regrade_id": "regrade_id",
        "graded_at": "submission__graded_at",
        "replaced_at": Value(now),
        "verdict": "submission__verdict",
        "score": "submission__score",
        "report": "submission__report",
    }
    rows = graded.order_by().values_list(*columns.values())
    select, values = rows.query.sql_with_params()
    names = ", ".join(f'"{name}"' for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(f'INSERT INTO "{PastGrading._meta.db_table}" ({names}) {select}', values)


def _score_anew(
    regrade: Regrade, attempts: Sequence[Attempt], rows: dict[Any, RegradedAttempt]
) -> None:
    if regrade.by_version:
        keys = [attempt.pk for attempt in attempts]
        Attempt.objects.filter(pk__in=keys).update(scored_by=regrade.by_version)
        for attempt in attempts:
            attempt.scored_by = regrade.by_version
    rescore(attempts)
    for attempt in attempts:
        row = rows[attempt.pk]
        if attempt.score != row.after:
            raise RegradeOutdated("What was shown is not what would be stored: compare again.")
        row.to_tell = regrade.tells_candidates and is_told_of(attempt, row.before, row.after)


def _close(regrade: Regrade, by: User, rows: dict[Any, RegradedAttempt]) -> Regrade:
    told = [row.pk for row in rows.values() if row.to_tell]
    RegradedAttempt.objects.filter(pk__in=told).update(to_tell=True)
    found = summary_of(regrade)
    regrade.state, regrade.ended_at, regrade.ended_by = regrade.State.COMMITTED, timezone.now(), by
    regrade.save(update_fields=["state", "ended_at", "ended_by"])
    record(
        "regrade.committed",
        regrade,
        by=by,
        attempts=found.compared,
        higher=found.higher,
        lower=found.lower,
        reason=regrade.reason,
    )
    regrade_committed.send(sender=Regrade, regrade=regrade)
    ring_for_regrade(regrade)
    return regrade
