"""From answers, reports and reviews to scores. All of it can be done again at any time."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import transaction

from assessments.actions.announcing import announce
from assessments.actions.part_scores import Scored, keep_part_scores
from assessments.facts import facts_of
from assessments.marking import Facts, Marks, marks_of
from assessments.models import Answer, Attempt, EventType

# So many rows in one statement.
BATCH = 200


@transaction.atomic
def rescore_attempt(attempt: Attempt) -> float | None:
    """Score every answer anew and the attempt with them; return its score.

    The score is the weighted mean of the shares, an unanswered question being 0. It is None while
    the attempt goes on, or while the grader has code of it, or a reviewer an answer. What a person
    set in its place counts, and what it is by itself is kept beside. One that was erased keeps its
    score.
    """
    [attempt] = lock_to_score([attempt.pk])
    rescore([attempt])
    return attempt.score


def lock_to_score(keys: Iterable[Any]) -> list[Attempt]:
    """Lock the attempts, always in the same order, and read what `rescore` needs of them."""
    rows = Attempt.objects.select_for_update(of=("self",)).filter(pk__in=list(keys))
    return list(rows.select_related("invitation__assessment_version", "scored_by").order_by("pk"))


def rescore(attempts: Sequence[Attempt]) -> None:
    """Score attempts that the running transaction holds; the queries that read are always as many.

    What an erased one was made of is gone, so that it stays as it is.
    """
    kept = [attempt for attempt in attempts if attempt.invitation.erased_at is None]
    marked = [(facts, marks_of(facts)) for facts in facts_of(kept)]
    changed = [answer for each in marked for answer in _changed_answers(*each)]
    Answer.objects.bulk_update(changed, ["score", "automatic"], BATCH)
    graded = [facts.attempt for facts, marks in marked if _mark(facts.attempt, marks)]
    Attempt.objects.bulk_update(kept, ["score", "automatic", "awaits_review"], BATCH)
    keep_part_scores([_scored(*each) for each in marked])
    for attempt in graded:
        announce(EventType.ATTEMPT_GRADED, attempt)


def _scored(facts: Facts, marks: Marks) -> Scored:
    asked = [each.by for each in facts.asked]
    return Scored(
        facts.attempt, asked, {each.by.pk: marks.shares[each.own.pk] for each in facts.asked}
    )


def _changed_answers(facts: Facts, marks: Marks) -> Iterator[Answer]:
    for pk, share in marks.shares.items():
        answer, automatic = facts.answers.get(pk), marks.automatic_shares[pk]
        if answer and (answer.score, answer.automatic) != (share, automatic):
            answer.score, answer.automatic = share, automatic
            yield answer


def _mark(attempt: Attempt, marks: Marks) -> bool:
    """Return whether the attempt has a score now, and had none before."""
    is_new = attempt.score is None and marks.score is not None
    attempt.score, attempt.automatic = marks.score, marks.automatic
    attempt.awaits_review = marks.awaits_review
    return is_new
