"""People score open answers. Each takes the attempt's lock; what was typed is never lost."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from assessments.actions.announcing import announce
from assessments.actions.auditing import record
from assessments.actions.locking import locked
from assessments.actions.problems import AlreadyDecided, ReviewClosed, StaleReview
from assessments.actions.scoring import rescore_attempt
from assessments.models import Answer, ApiToken, EventType, Review, User
from assessments.review_queue import review_of, waiting_for
from assessments.rubric import share_of
from questions.kinds.kind import clean_text

LONGEST_COMMENT = 4000
# So many answers are looked at for one that nobody else has; then any will do.
LOOKS = 20


@dataclass(frozen=True, slots=True)
class Points:
    """What a reviewer gives: a level for each point of the rubric, by its place, and a comment."""

    levels: Mapping[str, float]
    comment: str = ""


def claim_next(user: User, question: int | None = None, but: int | None = None) -> Answer | None:
    """Put the next answer before `user`, of all or of one `question`; None where none waits.

    Nobody else gets it for a while, as long as there are others. `but` is the answer that they
    come from.
    """
    waiting = waiting_for(user).select_related("attempt", "question")
    if question is not None:
        waiting = waiting.filter(question=question)
    others = list(waiting.exclude(pk=but or 0)[:LOOKS])
    for answer in others:
        if _claimed(answer, user, unless_taken=True):
            return answer
    return next((answer for answer in others if _claimed(answer, user)), None)


@transaction.atomic
def _claimed(answer: Answer, user: User, *, unless_taken: bool = False) -> bool:
    locked(answer.attempt)
    # Somebody may have been quicker.
    found: Any = waiting_for(user).filter(pk=answer.pk).first()
    if found is None or (unless_taken and found.taken):
        return False
    review = review_of(answer, user) or _new(answer, user)
    review.saved_at, review.skipped_at = timezone.now(), None
    review.save()
    return True


@transaction.atomic
def save_review(answer: Answer, user: User, points: Points, revision: int) -> Review:
    """Keep a draft on top of `revision` (0: nothing is kept yet).

    A save that arrives twice changes nothing the second time. Raises ReviewClosed, StaleReview with
    what is kept, or ValueError for points that the question does not have.
    """
    review = _open(answer, user)
    _score(answer, points)
    if review.revision != revision:
        if review.revision == revision + 1 and _given(review) == points:
            return review
        raise StaleReview(review)
    return _keep(review, points)


@transaction.atomic
def hand_in_review(
    answer: Answer, user: User, points: Points, *, through: ApiToken | None = None
) -> Review:
    """Score an answer for good; with the last share that was missing it has a score.

    `through` is the token of the system that told of it, if one did.

    Raises ReviewClosed, or ValueError where a point of the rubric is left open.
    """
    review = _open(answer, user)
    share = _score(answer, points)
    if open_points := len(_rubric(answer)) - len(points.levels):
        number = "one point" if open_points == 1 else f"{open_points} points"
        raise ValueError(f"Please decide on {number} more: each is given, half given or not given.")
    _keep(review, points)
    review.score, review.submitted_at = share, timezone.now()
    review.save()
    told: dict[str, Any] = {"through": through.name} if through else {}
    record("review.handed_in", review, by=user, question=answer.question_id, **told)
    announce(EventType.REVIEW_COMPLETED, review)
    rescore_attempt(answer.attempt)
    return review


@transaction.atomic
def leave_review(answer: Answer, user: User) -> Review:
    """Leave an answer for later: it is free for others, and what was typed stays."""
    review = _open(answer, user)
    review.skipped_at = timezone.now()
    review.save()
    return review


@transaction.atomic
def take_back_review(answer: Answer, user: User) -> Review:
    """Make what `user` handed in a draft again, until somebody has decided of the candidate.

    Raises AlreadyDecided, or ReviewClosed where nothing was handed in.
    """
    attempt = locked(answer.attempt)
    review = review_of(answer, user)
    if review is None or review.submitted_at is None:
        raise ReviewClosed("There is nothing to take back.")
    if attempt.decisions.exists():
        raise AlreadyDecided("Somebody has decided on this candidate; the score stays.")
    record("review.taken_back", review, by=user, share=review.score, points=review.points)
    review.score, review.submitted_at, review.saved_at = None, None, timezone.now()
    review.save()
    rescore_attempt(attempt)
    return review


def _open(answer: Answer, user: User) -> Review:
    """The review of `user`, with the attempt locked; raise ReviewClosed where it is too late."""
    locked(answer.attempt)
    review = review_of(answer, user) or _new(answer, user)
    if review.submitted_at is not None:
        raise ReviewClosed("You have scored this answer already.")
    if not waiting_for(user).filter(pk=answer.pk).exists():
        raise ReviewClosed("This answer has its score by now; it needs no other.")
    return review


def _new(answer: Answer, user: User) -> Review:
    return Review(attempt=answer.attempt, question=answer.question, reviewer=user)


def _keep(review: Review, points: Points) -> Review:
    review.points, review.comment = dict(points.levels), points.comment
    review.revision += 1
    review.saved_at, review.skipped_at = timezone.now(), None
    review.save()
    return review


def _given(review: Review) -> Points:
    return Points(review.points, review.comment)


def _score(answer: Answer, points: Points) -> float:
    clean_text(points.comment, LONGEST_COMMENT)
    return share_of(points.levels, _rubric(answer))


def _rubric(answer: Answer) -> Any:
    return answer.question.question_version.content["rubric"]
