"""What people say of an attempt: reviews of answers, overrides, comments, decisions."""

from datetime import timedelta
from typing import Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils import timezone

from assessments.models.assessment import AssessmentQuestion
from assessments.models.attempt import Attempt
from assessments.models.organisation import User

IS_SHARE = Q(score__range=(0, 1))
# For so long nobody else gets an answer that a reviewer has before them.
LEASE = timedelta(minutes=30)


class ReviewQuerySet(models.QuerySet["Review"]):
    def drafts(self) -> Self:
        return self.filter(submitted_at=None)

    def handed_in(self) -> Self:
        return self.filter(submitted_at__isnull=False)

    def held(self) -> Self:
        """Drafts that somebody works on, as far as anybody knows."""
        return self.drafts().filter(saved_at__gt=timezone.now() - LEASE, skipped_at=None)


class Review(models.Model):
    """One reviewer's score of one answer that people score; a draft until it is handed in."""

    attempt = models.ForeignKey(Attempt, models.CASCADE, related_name="reviews")
    question = models.ForeignKey(AssessmentQuestion, models.PROTECT, related_name="reviews")
    reviewer = models.ForeignKey(User, models.PROTECT, related_name="reviews")
    # Which points of the rubric the answer earns: {"0": 1.0, "1": 0.5}, by place in the rubric.
    points: Any = models.JSONField(default=dict, blank=True)
    comment = models.TextField(blank=True)
    # The share that the points make; null while it is a draft.
    score = models.FloatField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    submitted_at = models.DateTimeField(null=True, blank=True)
    # Goes up by one with every save, as that of an answer does.
    revision = models.PositiveIntegerField(default=0)
    # When it was opened or saved last, and when its reviewer left it for later.
    saved_at = models.DateTimeField(default=timezone.now)
    skipped_at = models.DateTimeField(null=True, blank=True)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["attempt", "question", "reviewer"], name="reviewed_once_each"
            ),
            models.CheckConstraint(
                condition=Q(score__isnull=True, submitted_at__isnull=True)
                | (IS_SHARE & Q(submitted_at__isnull=False)),
                name="review_submitted_has_a_score",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reviewer} on {self.question}"


class Override(models.Model):
    """A person's score in place of the automatic one, which is kept; the newest is in force.

    One with `score` null takes the one before back. `question` is null for the whole attempt.
    """

    attempt = models.ForeignKey(Attempt, models.CASCADE, related_name="overrides")
    question = models.ForeignKey(
        AssessmentQuestion, models.PROTECT, related_name="overrides", null=True, blank=True
    )
    # What the score was by itself when it was overridden; null where there was none yet.
    automatic = models.FloatField(null=True, blank=True)
    score = models.FloatField(null=True, blank=True)
    reason = models.TextField()
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["made_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(score__isnull=True) | IS_SHARE, name="override_is_a_share"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="override_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.score} for {self.question or self.attempt}"


class Comment(models.Model):
    """A member's remark for other members, on an answer or on the attempt as a whole."""

    attempt = models.ForeignKey(Attempt, models.CASCADE, related_name="comments")
    question = models.ForeignKey(
        AssessmentQuestion, models.PROTECT, related_name="comments", null=True, blank=True
    )
    author = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    text = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return f"{self.author}: {self.text[:40]}"


class DecisionQuerySet(models.QuerySet["Decision"]):
    def in_force(self) -> Self:
        """The newest of each attempt.

        Asked as “none is newer”, which a database answers for all attempts at once; the newest of
        each would be looked up attempt by attempt.
        """
        later = Q(made_at__gt=OuterRef("made_at"))
        same_moment = Q(made_at=OuterRef("made_at"), pk__gt=OuterRef("pk"))
        newer = Decision.objects.filter(later | same_moment, attempt=OuterRef("attempt"))
        return self.filter(~Exists(newer))

    def in_force_one_by_one(self) -> Self:
        """The same, asked of each decision by itself: for a page, which reads no further."""
        newest = Decision.objects.filter(attempt=OuterRef("attempt")).order_by("-made_at", "-pk")
        return self.filter(pk=Subquery(newest.values("pk")[:1]))


class Decision(models.Model):
    """What a person decided of a candidate, apart from any score; the newest is in force."""

    class Outcome(models.TextChoices):
        ADVANCE = "advance"
        HOLD = "hold"
        DECLINE = "decline"

    attempt = models.ForeignKey(Attempt, models.CASCADE, related_name="decisions")
    outcome = models.CharField(max_length=10, choices=Outcome)
    reason = models.TextField()
    # The score as it stood then.
    score = models.FloatField(null=True, blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    objects = DecisionQuerySet.as_manager()

    class Meta:
        ordering = ["made_at", "id"]
        indexes = [
            models.Index(fields=["attempt", "-made_at", "-id"], name="decision_newest"),
            models.Index(fields=["-made_at", "-id"], name="decision_latest"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="decision_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.outcome}: {self.attempt}"
