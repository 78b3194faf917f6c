"""Code that the grader judges."""

import uuid
from datetime import timedelta
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, When
from django.db.models.functions import RowNumber
from django.urls import reverse
from django.utils import timezone

from assessments.models.assessment import AssessmentQuestion, AssessmentVersion
from assessments.models.attempt import Attempt
from assessments.models.organisation import Organisation, OwnedQuerySet
from assessments.models.practice import Practice
from assessments.models.secret import secret_seed, secret_token

LONGEST_PATIENCE = timedelta(minutes=15)


class SubmissionQuerySet(OwnedQuerySet):
    PREVIEW = ("attempt__invitation__preview", "practice__invitation__preview")

    def stalled(self) -> Self:
        """Queued, and sent so long ago that the message is taken for lost."""
        return self.filter(
            status=Submission.Status.QUEUED,
            retry_at__lt=timezone.now(),
            tries__lt=Submission.MAX_TRIES,
        )

    def flagged(self) -> Self:
        """Queued, and sent so often or failed by us so that an operator should look."""
        trouble = Q(tries__gte=Submission.FLAGGED_TRIES) | Q(faults__gt=0)
        return self.filter(trouble, status=Submission.Status.QUEUED)

    def counted(self) -> Self:
        """Those that a score is made of: handed in, not tried out."""
        return self.filter(purpose=Submission.Purpose.SUBMIT)

    def used(self) -> Self:
        """Those that a limit of submissions counts: none that was given up for a fault of ours."""
        given_up = Q(status=Submission.Status.QUEUED, tries__gte=Submission.MAX_TRIES)
        return self.counted().exclude(given_up)

    def of_record(self) -> Self:
        """All but what was practised, which is nobody's business."""
        return self.exclude(purpose=Submission.Purpose.PRACTICE)

    def newest_first(self) -> Self:
        return self.order_by("-created_at", "-id")

    def leading(self) -> Self:
        """The one per attempt and question whose score counts, as its assessment says.

        That is the last, or the best, and of equals the first.
        """
        last = Case(
            When(
                attempt__invitation__assessment_version__counts=AssessmentVersion.Counts.LAST,
                then=F("created_at"),
            )
        )
        place = models.Window(
            RowNumber(),
            partition_by=["attempt", "question"],
            order_by=[
                last.desc(nulls_last=True),
                F("score").desc(nulls_last=True),
                "created_at",
                "id",
            ],
        )
        return self.counted().annotate(place=place).filter(place=1)

    def with_families(self) -> Self:
        """Annotate `families`, and leave the long columns in the database."""
        return self.annotate(families=F("report__families")).defer("report", "source")

    def waiting(self, age: timedelta) -> Self:
        """Queued for longer than `age`: is a grader running at all?"""
        return self.filter(status=Submission.Status.QUEUED, created_at__lt=timezone.now() - age)


class Submission(models.Model):
    class Status(models.TextChoices):
        QUEUED = "queued"
        GRADED = "graded"

    class Purpose(models.TextChoices):
        RUN = "run", "sample checks for the candidate"
        SUBMIT = "submit", "handed in by the candidate"
        API = "api", "sent by another system"
        BATCH = "batch", "sent by another system, with others"
        PRACTICE = "practice", "tried out before the sitting"

    class Verdict(models.TextChoices):
        PASSED = "passed"
        PARTIAL = "partial"
        FAILED = "failed"
        ERROR = "error"

    FLAGGED_TRIES = 4
    MAX_TRIES = 100  # about a day of trying

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="submissions")
    attempt = models.ForeignKey(
        Attempt, models.CASCADE, related_name="submissions", null=True, blank=True
    )
    question = models.ForeignKey(
        AssessmentQuestion, models.PROTECT, related_name="submissions", null=True, blank=True
    )
    practice = models.ForeignKey(
        Practice, models.CASCADE, related_name="submissions", null=True, blank=True
    )
    task = models.CharField(max_length=60, help_text="A slug of the grader's catalogue.")
    source = models.TextField()
    # Calls that the candidate wants to see their own code answer; null: the sample checks only.
    inputs: Any = models.JSONField(null=True, blank=True)
    # Of a practice: whether it was a Run, which asks the sample checks alone.
    sample = models.BooleanField(default=False)
    seed = models.BigIntegerField(default=secret_seed, editable=False)
    purpose = models.CharField(max_length=10, choices=Purpose)
    status = models.CharField(max_length=10, choices=Status, default=Status.QUEUED)
    # Without it a report is refused: code that broke out of the sandbox knows no other's ticket.
    ticket = models.CharField(max_length=64, default=secret_token, editable=False)
    created_at = models.DateTimeField(default=timezone.now)
    # When it was last sent to the grader, how often, and when that message counts as lost.
    queued_at = models.DateTimeField(default=timezone.now)
    retry_at = models.DateTimeField(default=timezone.now)
    tries = models.PositiveSmallIntegerField(default=0)
    # Faults of ours, for operators; they never lower a score.
    faults = models.PositiveIntegerField(default=0)
    last_fault = models.TextField(blank=True)
    graded_at = models.DateTimeField(null=True, blank=True)
    verdict = models.CharField(max_length=10, choices=Verdict, blank=True)
    score = models.FloatField(null=True, blank=True)
    report: Any = models.JSONField(null=True, blank=True)

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "-created_at", "-id"], name="submission_newest"),
            models.Index(
                fields=["retry_at"], condition=Q(status="queued"), name="submission_queued"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="queued", graded_at__isnull=True, report__isnull=True)
                | Q(status="graded", graded_at__isnull=False, report__isnull=False),
                name="submission_graded_has_a_report",
            ),
            models.CheckConstraint(
                condition=Q(
                    purpose__in=["api", "batch"], attempt=None, question=None, practice=None
                )
                | Q(purpose="practice", attempt=None, question=None, practice__isnull=False)
                | Q(
                    purpose__in=["run", "submit"],
                    attempt__isnull=False,
                    question__isnull=False,
                    practice=None,
                ),
                name="submission_has_an_owner",
            ),
            models.CheckConstraint(
                condition=Q(score__isnull=True) | Q(score__range=(0, 1)),
                name="submission_score_is_a_share",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task}, {self.status}"

    def get_absolute_url(self) -> str:
        return reverse("api:submission-detail", args=[self.pk])

    @property
    def patience(self) -> timedelta:
        """How long to wait for a report after the next sending: twice as long each time."""
        doublings: int = 2 ** min(self.tries, 10)
        first = timedelta(seconds=settings.PATIENCE_SECONDS)
        return min(first * doublings, LONGEST_PATIENCE)

    @property
    def is_tried(self) -> bool:
        """Whether it meets the few open checks only, whose results its author sees."""
        return self.purpose == self.Purpose.RUN or self.sample

    @property
    def is_graded(self) -> bool:
        return self.status == self.Status.GRADED
