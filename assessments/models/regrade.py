"""Grading again what was graded: tried out first, compared, and taken over as a whole."""

import uuid
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from assessments.models.assessment import Assessment, AssessmentVersion
from assessments.models.attempt import Attempt
from assessments.models.organisation import Organisation, OwnedQuerySet, User
from assessments.models.secret import secret_token
from assessments.models.submission import Submission


class RegradeQuerySet(OwnedQuerySet):
    def open(self) -> Self:
        return self.filter(state__in=[Regrade.State.TRYING, Regrade.State.READY])

    def under_way(self) -> Self:
        """Those that have something left to do by themselves."""
        telling = Q(state=Regrade.State.COMMITTED, attempts__to_tell=True)
        return self.filter(Q(state=Regrade.State.TRYING) | telling).distinct()


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

    objects = RegradeQuerySet.as_manager()

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

    def get_absolute_url(self) -> str:
        return reverse("recruiter:regrade_detail", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state in (self.State.TRYING, self.State.READY)


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

    @property
    def differs(self) -> bool:
        """Whether the report says something else: the score, or that of a question."""
        parts = any(each["before"] != each["after"] for each in self.answers.values())
        return parts or self.before != self.after


class RegradedSubmissionQuerySet(models.QuerySet["RegradedSubmission"]):
    # So many messages and so many faults of ours; a message may cause four of these.
    MAX_TRIES, MAX_FAULTS = 20, 6

    def ungraded(self) -> Self:
        return self.filter(graded_at=None)

    def given_up(self) -> Self:
        """Those that could not be graded, through no fault of their authors."""
        return self.ungraded().filter(
            Q(tries__gte=self.MAX_TRIES, retry_at__lt=timezone.now())
            | Q(faults__gte=self.MAX_FAULTS)
        )

    def pending(self) -> Self:
        """Those that are being graded, or will be."""
        return self.ungraded().exclude(pk__in=self.given_up().values("pk"))

    def under_way(self) -> Self:
        """Those whose message is not taken for lost yet."""
        return self.pending().filter(retry_at__gt=timezone.now())

    def to_send(self) -> Self:
        lost = Q(retry_at=None) | Q(retry_at__lte=timezone.now())
        return self.pending().filter(lost).order_by("pk")


class RegradedSubmission(models.Model):
    """What the grader says now of code that it graded before."""

    regrade = models.ForeignKey(Regrade, models.CASCADE, related_name="submissions")
    submission = models.ForeignKey(Submission, models.CASCADE, related_name="regrades")
    ticket = models.CharField(max_length=64, default=secret_token, editable=False)
    queued_at = models.DateTimeField(default=timezone.now)
    # When its message counts as lost; null while it waits to be sent.
    retry_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    faults = models.PositiveSmallIntegerField(default=0)
    last_fault = models.TextField(blank=True)
    # Null until it is graded.
    report: Any = models.JSONField(null=True, blank=True)
    graded_at = models.DateTimeField(null=True, blank=True)

    objects = RegradedSubmissionQuerySet.as_manager()

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
