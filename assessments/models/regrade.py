"""Grading again what was graded: tried out first, compared, and taken over as a whole."""

import uuid
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from assessments.models.assessment import Assessment, AssessmentVersion
from assessments.models.attempt import Attempt, secret_token
from assessments.models.organisation import Organisation, OwnedQuerySet, User
from assessments.models.submission import Submission


class Regrade(models.Model):
    """All finished attempts of an assessment, graded again; nothing counts before the commit."""

    class State(models.TextChoices):
        TRYING = "trying", "being graded"
        READY = "ready", "ready to compare"
        COMMITTED = "committed"
        DISCARDED = "discarded"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="regrades")
    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="regrades")
    # Whose questions and weights make the new scores; null: each attempt's own version.
    by_version = models.ForeignKey(
        AssessmentVersion, models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Whether all code that counts is graded again; else only where its task was corrected.
    grades = models.BooleanField(default=True)
    # The numbers of the versions whose attempts are in it; empty for all.
    versions: Any = models.JSONField(default=list, blank=True)
    reason = models.TextField()
    state = models.CharField(max_length=10, choices=State, default=State.TRYING)
    tells_candidates = models.BooleanField(default=False)
    tells_systems = models.BooleanField(default=True, help_text="By webhook.")
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")

    objects = OwnedQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["assessment"],
                condition=Q(state__in=["trying", "ready"]),
                name="one_regrade_at_a_time",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="regrade_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.state} regrade of {self.assessment}"


class RegradedAttempt(models.Model):
    """An attempt's score as it is, and as it would be."""

    regrade = models.ForeignKey(Regrade, models.CASCADE, related_name="attempts")
    attempt = models.ForeignKey(Attempt, models.CASCADE, related_name="regrades")
    before = models.FloatField(null=True, blank=True)
    after = models.FloatField(null=True, blank=True)
    # By question: {"12": {"before": 0.5, "after": 0.75}}.
    answers: Any = models.JSONField(default=dict, blank=True)
    # A digest of all that both scores were made from; "" until they were compared.
    facts = models.CharField(max_length=64, blank=True)
    # Whether the candidate is still to be told that the result changed.
    to_tell = models.BooleanField(default=False)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["regrade", "attempt"], name="attempt_regraded_once"),
        ]

    def __str__(self) -> str:
        return f"{self.before} to {self.after}"


class RegradedSubmission(models.Model):
    """What the grader says now of code that it graded before."""

    regrade = models.ForeignKey(Regrade, models.CASCADE, related_name="submissions")
    submission = models.ForeignKey(Submission, models.CASCADE, related_name="regrades")
    ticket = models.CharField(max_length=64, default=secret_token, editable=False)
    queued_at = models.DateTimeField(default=timezone.now)
    # When its message counts as lost; null while it waits to be sent.
    retry_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    last_fault = models.TextField(blank=True)
    # Null until it is graded.
    report: Any = models.JSONField(null=True, blank=True)
    graded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(
                fields=["regrade", "retry_at"],
                condition=Q(graded_at=None),
                name="regraded_submission_waits",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["regrade", "submission"], name="submission_regraded_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.submission} in {self.regrade}"


class PastGrading(models.Model):
    """A report that a later grading replaced."""

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="past_gradings")
    # The one that replaced it.
    regrade = models.ForeignKey(Regrade, models.PROTECT, null=True, related_name="replaced")
    graded_at = models.DateTimeField()
    replaced_at = models.DateTimeField(default=timezone.now)
    verdict = models.CharField(max_length=10, choices=Submission.Verdict)
    score = models.FloatField(null=True, blank=True)
    report: Any = models.JSONField()

    class Meta:
        ordering = ["graded_at", "id"]

    def __str__(self) -> str:
        return f"{self.submission} as of {self.graded_at:%Y-%m-%d}"
