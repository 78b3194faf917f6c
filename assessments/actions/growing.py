"""Keep how code grew, beside the answer that it grew to. A save never fails for it."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db.models import QuerySet, Sum, TextField
from django.db.models.functions import Cast, Length
from django.utils import timezone

from assessments.models import Answer, AssessmentQuestion, Attempt, CodeSnapshot
from assessments.playback import Change, Step, grown

# Beyond these, which nobody reaches by typing, the growth of one answer is no longer kept.
MOST_SNAPSHOTS = 5000
MOST_CHARACTERS = 4_000_000
# A step of an ordinary size is not weighed: MOST_SNAPSHOTS of them stay below the limit.
ORDINARY = 500
# Instead of changes: what comes later is not kept.
END: list[Change] = []


def keep_growth(answer: Answer, source: str, steps: Sequence[Step]) -> None:
    """Keep how the code of `answer` became `source`; call it under the lock of the attempt.

    `steps` is the page's word; where it does not lead from the one text to the other, the
    difference is kept as one step.
    """
    if not answer.question.version.records_events:
        return
    last = _snapshots(answer.attempt, answer.question).last()
    if last is not None and last.changes == END:
        return
    version = answer.question.question_version
    before = answer.content.get("source", "") if last else version.rules.starter(version.content)
    now = timezone.now()
    found = grown(before, source, steps, now)
    first = last.number + 1 if last else 1
    earliest = last.at if last else answer.attempt.started_at
    if _too_many(answer, first, found):
        found = [Step(now, END)]
    CodeSnapshot.objects.bulk_create(
        CodeSnapshot(
            attempt=answer.attempt,
            question=answer.question,
            number=number,
            at=at,
            changes=list(step.changes),
        )
        for number, (at, step) in enumerate(_in_order(found, earliest, now), start=first)
    )


def _snapshots(attempt: Attempt, question: AssessmentQuestion) -> QuerySet[CodeSnapshot]:
    return CodeSnapshot.objects.filter(attempt=attempt, question=question)


def _in_order(
    steps: Sequence[Step], earliest: datetime, latest: datetime
) -> Iterator[tuple[datetime, Step]]:
    """Yield each step with its time, which the page's clock can move neither back nor ahead."""
    at = earliest
    for step in steps:
        at = max(at, min(step.at, latest))
        yield at, step


def _too_many(answer: Answer, first: int, steps: Sequence[Step]) -> bool:
    if first + len(steps) > MOST_SNAPSHOTS:
        return True
    size = sum(len(text) for step in steps for _, _, text in step.changes)
    if size <= ORDINARY * len(steps):
        return False
    text = Length(Cast("changes", TextField()))
    stored = _snapshots(answer.attempt, answer.question).aggregate(total=Sum(text))["total"] or 0
    return bool(stored + size > MOST_CHARACTERS)
