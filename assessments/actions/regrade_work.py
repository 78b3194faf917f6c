"""What a dry run does by itself: code goes to the grader, reports come back, scores are compared.

Each step may run twice and at the same time as another: the database is the truth, a message is
only a doorbell. Little is done at once, so that nothing else waits for it.
"""

import logging
from collections.abc import Sequence
from functools import partial
from typing import Any

from celery import signature
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from kombu.exceptions import OperationalError

from assessments.actions.emailing import queue_email
from assessments.facts import asked_of, facts_of
from assessments.marking import marks_of
from assessments.models import Attempt, Email, Regrade, RegradedAttempt, RegradedSubmission
from assessments.regraded import complete
from assessments.reports import MalformedReport, checked
from questions.models import QuestionVersion

log = logging.getLogger(__name__)

# So many pieces of code of one regrade are with the grader at a time: enough to keep it busy.
WINDOW = 20
# So many attempts are compared, and candidates told, in one step.
STEP = 25


def ring_for_regrade(regrade: Regrade) -> None:
    """Have a worker go on with `regrade` once the transaction has committed."""
    transaction.on_commit(partial(_ring, str(regrade.pk)))


def _ring(pk: str) -> None:
    work = signature("assessments.tasks.work_on_regrade", args=(pk,), queue="default")
    try:
        work.apply_async()
    except (OperationalError, OSError):
        log.exception("regrade %s was not rung for; the sweep will do it", pk)


def ring_for_regrades() -> int:
    """Ring for what has something left to do; return how many there are."""
    found = list(Regrade.objects.under_way())
    for regrade in found:
        _ring(str(regrade.pk))
    return len(found)


def work_on_regrade(pk: str) -> bool:
    """Do the next step of a regrade; return whether another one can follow at once."""
    regrade = Regrade.objects.select_related("by_version").filter(pk=pk).first()
    if regrade is None:
        return False
    if regrade.state == Regrade.State.COMMITTED:
        return _tidy(regrade) or _tell_some(regrade)
    if regrade.state != Regrade.State.TRYING:
        return False
    _send_some(regrade)
    compared = _compare_some(regrade)
    return compared or (not _is_ready(regrade) and complete(regrade).exists())


# To the grader and back ---------------------------------------------------------------------------


def _send_some(regrade: Regrade) -> None:
    free = WINDOW - regrade.submissions.under_way().count()
    waiting = regrade.submissions.to_send().select_related(
        "submission__attempt__invitation__assessment_version",
        "submission__attempt__scored_by",
    )
    for regraded in waiting[: max(0, free)]:
        _send(regrade, regraded)


def _send(regrade: Regrade, regraded: RegradedSubmission) -> None:
    """The filter on `tries` lets one of two workers through that found it at the same time."""
    submission, now = regraded.submission, timezone.now()
    submission.tries = regraded.tries
    patience = submission.patience
    sent = RegradedSubmission.objects.ungraded().filter(pk=regraded.pk, tries=regraded.tries)
    if not sent.update(queued_at=now, retry_at=now + patience, tries=F("tries") + 1):
        return
    version = _version_for(regrade, submission)
    receipt = (regraded.pk, regraded.ticket)
    own = version.rules.own_task(version.content)
    fault = signature("assessments.tasks.record_regrading_fault", receipt, queue="default")
    grade = signature(
        "grader.tasks.grade",
        args=(version.rules.task(version.content), submission.source, submission.seed, False),
        kwargs={"on_fault": fault, **({"own": own} if own else {})},
    )
    store = signature(
        "assessments.tasks.store_regraded", receipt, queue="default", argsrepr="", kwargsrepr=""
    )
    try:
        grade.apply_async(queue="regrade", link=store, expires=patience.total_seconds())
    except (OperationalError, OSError):
        log.exception("regraded submission %s was not sent; the sweep will do it", regraded.pk)


def _version_for(regrade: Regrade, submission: Any) -> QuestionVersion:
    """The question whose task is graded: the corrected one, or the one that was asked."""
    attempt = submission.attempt
    asked = asked_of([attempt], lambda attempt: regrade.by_version or attempt.scored_by)
    found = {each.own.pk: each.by.question_version for each in asked[attempt.pk]}
    version: QuestionVersion = found[submission.question_id]
    return version


def store_regraded(pk: int, ticket: str, report: Any) -> bool:
    """Keep what the grader says now beside what counts; return whether it was kept.

    A broker may deliver a message twice: the filter lets one delivery through. A wrong ticket or a
    malformed report changes nothing.
    """
    try:
        report = checked(report)
    except MalformedReport as error:
        record_regrading_fault(pk, ticket, f"malformed report: {error}")
        return False
    waiting = RegradedSubmission.objects.ungraded().filter(pk=pk, ticket=ticket)
    stored = waiting.update(report=report, graded_at=timezone.now(), last_fault="")
    if not stored:
        log.warning("a report for regraded submission %s came twice, or with no right", pk)
        return False
    regrade = RegradedSubmission.objects.values_list("regrade", flat=True).get(pk=pk)
    if work_on_regrade(str(regrade)):
        _ring(str(regrade))
    return True


def record_regrading_fault(pk: int, ticket: str, text: str) -> bool:
    """Note a fault of ours: it never counts as a score, and after some the code is given up."""
    log.error("regrading submission %s failed: %s", pk, text)
    waiting = RegradedSubmission.objects.ungraded().filter(pk=pk, ticket=ticket)
    text = text.replace("\x00", "\ufffd")[:2000]
    return bool(waiting.update(faults=F("faults") + 1, last_fault=text))


# Comparing ----------------------------------------------------------------------------------------


def _compare_some(regrade: Regrade) -> bool:
    """Compare some attempts whose code is graded; return whether there were any."""
    rows = complete(regrade).select_related(
        "attempt__invitation__assessment_version", "attempt__scored_by"
    )
    found = list(rows[:STEP])
    erased = [row for row in found if row.attempt.invitation.erased_at]
    for row in erased:  # what its score was made of is gone
        regrade.submissions.filter(submission__attempt=row.attempt).delete()
        row.delete()
    compare(regrade, [row for row in found if row not in erased])
    return bool(found)


def compare(regrade: Regrade, rows: Sequence[RegradedAttempt]) -> None:
    """Write down what each attempt has, what it would have, and what both were made of."""
    attempts = [row.attempt for row in rows]
    now = {facts.attempt.pk: facts for facts in facts_of(attempts)}
    then = facts_of(
        attempts,
        lambda attempt: regrade.by_version or attempt.scored_by,
        _new_reports(regrade, attempts),
    )
    would_be = {facts.attempt.pk: marks_of(facts) for facts in then}
    for row in rows:
        facts, marks = now[row.attempt.pk], would_be[row.attempt.pk]
        row.before, row.after = row.attempt.score, marks.score
        row.facts = facts.stamp
        row.answers = {
            str(pk): {"before": answer.score if answer else 0.0, "after": marks.shares.get(pk)}
            for pk, answer in (
                (each.own.pk, facts.answers.get(each.own.pk)) for each in facts.asked
            )
        }
    RegradedAttempt.objects.bulk_update(rows, ["before", "after", "facts", "answers"])


def _new_reports(regrade: Regrade, attempts: Sequence[Attempt]) -> dict[Any, dict[str, Any]]:
    rows = regrade.submissions.filter(submission__attempt__in=attempts, graded_at__isnull=False)
    found = rows.values_list("submission", "report__score", "report__families")
    return {pk: {"score": score, "families": families} for pk, score, families in found}


def _is_ready(regrade: Regrade) -> bool:
    """Note that a dry run is over: what is left could not be graded, if anything is."""
    if regrade.submissions.pending().exists() or complete(regrade).exists():
        return False
    trying = Regrade.objects.filter(pk=regrade.pk, state=Regrade.State.TRYING)
    trying.update(state=Regrade.State.READY)
    return True


# Afterwards ---------------------------------------------------------------------------------------


def _tidy(regrade: Regrade) -> bool:
    """The reports are with the submissions by now; return whether any were left here."""
    some = regrade.submissions.order_by("pk").values("pk")[:WINDOW]
    removed, _ = RegradedSubmission.objects.filter(
        pk__in=list(some.values_list("pk", flat=True))
    ).delete()
    return bool(removed)


def _tell_some(regrade: Regrade) -> bool:
    """Write to some candidates whose result changed; return whether there were any."""
    rows = regrade.attempts.filter(to_tell=True).select_related(
        "attempt__invitation__candidate",
        "attempt__invitation__organisation",
        "attempt__invitation__assessment_version",
    )
    found = list(rows.order_by("pk")[:STEP])
    for row in found:
        _tell(row)
    return bool(found)


@transaction.atomic
def _tell(row: RegradedAttempt) -> None:
    """The filter lets one of two workers through."""
    if RegradedAttempt.objects.filter(pk=row.pk, to_tell=True).update(to_tell=False):
        invitation = row.attempt.invitation
        if invitation.erased_at is None:
            queue_email(Email.Kind.REGRADED, invitation)
