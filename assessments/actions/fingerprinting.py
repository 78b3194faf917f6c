"""Fingerprints of code, and the pairs that a person should look at; never a verdict.

A fingerprint is committed before it is compared: of two that are made at the same time, the later
one to be compared meets the other. Whatever a dead worker leaves, the sweep finds.
"""

import hashlib
import logging
from collections.abc import Collection, Iterable, Sequence
from functools import partial
from uuid import UUID

from celery import signature
from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils import timezone
from kombu.exceptions import OperationalError

from assessments.actions.locking import locked
from assessments.actions.rounds import each
from assessments.models import Attempt, Fingerprint, Mark, SimilarPair, Submission
from assessments.models.similarity import without_fingerprint
from assessments.similarity.baseline import usual_grams
from assessments.similarity.comparison import Code, Likeness, code_of, compare
from assessments.similarity.threshold import SHORTEST, is_alike
from assessments.similarity.winnowing import selected

log = logging.getLogger(__name__)

# Of so many submissions of a task on, what more than this share of them has is everybody's.
ENOUGH, COMMON = 50, 0.2
# More hashes than any loss function has; of longer code the smallest are compared.
MOST_MARKS = 1000
# The likeliest are looked at token by token.
MOST_CANDIDATES = 50
# So many a round of the sweep at most.
ROUND = 200


def ask_for_fingerprints(attempt: Attempt) -> None:
    """Have the code of a finished attempt compared, once this transaction has committed."""
    if attempt.finished_at is not None and not attempt.invitation.preview:
        transaction.on_commit(partial(_ring, attempt.pk))


def _ring(attempt_id: UUID) -> None:
    task = signature("assessments.tasks.find_similar", (str(attempt_id),), queue="default")
    try:
        task.apply_async()
    except (OperationalError, OSError):
        log.warning("attempt %s was not sent to be compared; the sweep will", attempt_id)


def find_similar(attempt_id: UUID) -> int:
    """Make what fingerprints an attempt lacks, compare them, and return how many pairs came."""
    for fingerprint in _make_fingerprints(attempt_id):
        log.debug("made %s", fingerprint)
    mine = Fingerprint.objects.filter(submission__attempt=attempt_id, compared_at=None)
    return sum(find_pairs(fingerprint) for fingerprint in mine)


def find_missed() -> int:
    """Compare what should have been compared already; return how many attempts there were."""
    missing = without_fingerprint().values_list("attempt", flat=True).distinct()[:ROUND]
    waiting = Fingerprint.objects.waiting().order_by("made_at")
    found = {*missing, *waiting.values_list("submission__attempt", flat=True)[:ROUND]}
    return each(sorted(found), _found)


def _found(attempt_id: UUID) -> bool:
    find_similar(attempt_id)
    return True


@transaction.atomic
def _make_fingerprints(attempt_id: UUID) -> list[Fingerprint]:
    """Fingerprint the leading submission of each question that has none; under the row lock."""
    found = Attempt.objects.filter(pk=attempt_id).first()
    if found is None or locked(found).finished_at is None:
        return []
    missing = set(without_fingerprint().filter(attempt=attempt_id).values_list("question_id"))
    leading = Submission.objects.filter(attempt=attempt_id).leading()
    rows = leading.select_related("question__question_version").defer("report")
    return [_make(each) for each in rows if (each.question_id,) in missing]


def _make(submission: Submission) -> Fingerprint:
    code = _code_of(submission)
    fingerprint = Fingerprint.objects.create(
        submission=submission,
        organisation_id=submission.organisation_id,
        task=submission.task,
        length=code.length,
    )
    # Too short to say anything of: no other code is ever found by it.
    values = _marks(submission, code) if code.length >= SHORTEST else ()
    Mark.objects.bulk_create(Mark(fingerprint=fingerprint, value=value) for value in values)
    return fingerprint


def _code_of(submission: Submission, common: Collection[int] = ()) -> Code:
    return code_of(submission.source, known_of(submission) | frozenset(common))


def known_of(submission: Submission) -> frozenset[int]:
    """Return what its task makes everybody write."""
    if submission.question is None:
        return frozenset()
    return usual_grams(submission.question.question_version)


def _marks(submission: Submission, code: Code) -> list[int]:
    salt = _salt(submission)
    picked = selected(code.grams, known_of(submission))
    return sorted(value ^ salt for value in picked)[:MOST_MARKS]


def _salt(submission: Submission) -> int:
    """Return what keeps hashes of other organisations and tasks from ever being equal."""
    text = f"{submission.organisation_id}:{submission.task}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], signed=True)


def find_pairs(fingerprint: Fingerprint) -> int:
    """Compare a fingerprint with all others of its task; return how many pairs are new to look at.

    However many others there are, the queries are as many.
    """
    values = list(fingerprint.marks.values_list("value", flat=True))
    rare, common = _rare_and_common(fingerprint, values)
    submission = Submission.objects.select_related(
        "attempt__invitation", "question__question_version"
    ).get(pk=fingerprint.submission_id)
    others = _likeliest(submission, fingerprint, rare)
    salt = _salt(submission)
    known = known_of(submission) | {value ^ salt for value in common}
    pairs = _alike(submission, list(others), known)
    with transaction.atomic():
        before = SimilarPair.objects.of_attempt(submission.attempt_id).count()
        SimilarPair.objects.bulk_create(pairs, ignore_conflicts=True)
        after = SimilarPair.objects.of_attempt(submission.attempt_id).count()
        Fingerprint.objects.filter(pk=fingerprint.pk).update(compared_at=timezone.now())
    return after - before


def _rare_and_common(
    fingerprint: Fingerprint, values: Sequence[int]
) -> tuple[list[int], frozenset[int]]:
    """Part hashes into those that say something, and those that too many have."""
    others = Fingerprint.objects.filter(
        organisation=fingerprint.organisation_id, task=fingerprint.task
    ).count()
    if others < ENOUGH:
        return list(values), frozenset()
    counted = Mark.objects.filter(value__in=values).values("value").annotate(number=Count("pk"))
    most = int(COMMON * others)
    common = frozenset(row["value"] for row in counted.filter(number__gt=most))
    return [value for value in values if value not in common], common


def _likeliest(
    submission: Submission, fingerprint: Fingerprint, values: Iterable[int]
) -> QuerySet[Submission]:
    """Return those that share the most hashes, of other candidates."""
    attempt = submission.attempt
    found = (
        Mark.objects.filter(value__in=list(values))
        .exclude(fingerprint=fingerprint)
        .exclude(fingerprint__submission__attempt__invitation__candidate=_candidate(attempt))
        .filter(
            fingerprint__organisation=fingerprint.organisation_id,
            fingerprint__submission__attempt__invitation__erased_at=None,
        )
        .values("fingerprint")
        .annotate(number=Count("pk"))
        .order_by("-number", "fingerprint")
    )
    keys = [row["fingerprint"] for row in found[:MOST_CANDIDATES]]
    return Submission.objects.filter(fingerprint__in=keys).defer("report")


def _candidate(attempt: Attempt | None) -> UUID | None:
    return attempt.invitation.candidate_id if attempt else None


def _alike(
    submission: Submission, others: Iterable[Submission], known: frozenset[int]
) -> list[SimilarPair]:
    own = code_of(submission.source, known)
    found = ((other, compare(own, code_of(other.source, known))) for other in others)
    return [_pair(submission, other, like) for other, like in found if is_alike(like)]


def _pair(one: Submission, other: Submission, likeness: Likeness) -> SimilarPair:
    first, second = sorted((one, other), key=lambda each: (each.created_at, each.pk))
    return SimilarPair(
        organisation_id=one.organisation_id,
        first=first,
        second=second,
        similarity=likeness.similarity,
        shared=likeness.shared,
    )
