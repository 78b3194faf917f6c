"""What candidates have to say of a question, of the test, and of their data."""

from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from assessments.models.assessment import Assessment, AssessmentQuestion
from assessments.models.attempt import Attempt
from assessments.models.invitation import Invitation
from assessments.models.organisation import User


class ProblemReport(models.Model):
    """A candidate thinks that a question is wrong, or that something did not work."""

    attempt = models.ForeignKey(Attempt, models.CASCADE, related_name="problem_reports")
    # Null where it is about no question.
    question = models.ForeignKey(
        AssessmentQuestion, models.PROTECT, related_name="problem_reports", null=True, blank=True
    )
    text = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True)

    class Meta:
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return f"{self.question or 'the test'}: {self.text[:40]}"


class RatingQuerySet(models.QuerySet["Rating"]):
    def of_assessment(self, assessment: Assessment) -> Self:
        """Those of all its versions."""
        way = "attempt__invitation"
        return self.filter(
            **{f"{way}__assessment_version__assessment": assessment, f"{way}__preview": False}
        )


class Rating(models.Model):
    """How the candidate liked the test; never shown to those who score."""

    attempt = models.OneToOneField(Attempt, models.CASCADE, related_name="rating")
    stars = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    text = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = RatingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(stars__range=(1, 5)), name="rating_in_stars"),
        ]

    def __str__(self) -> str:
        return f"{self.stars} of 5"


class DataRequest(models.Model):
    """A candidate asked for a copy of their data, or to have it erased."""

    class Kind(models.TextChoices):
        COPY = "copy", "a copy"
        ERASE = "erase", "to be erased"

    invitation = models.ForeignKey(Invitation, models.CASCADE, related_name="data_requests")
    kind = models.CharField(max_length=10, choices=Kind)
    created_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["invitation"],
                condition=Q(kind="erase", done_at__isnull=True),
                name="erasure_asked_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.created_at:%Y-%m-%d}"
