"""Code that looks like other code; a person says what it means."""

from datetime import timedelta
from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from assessments.models.assessment import Assessment
from assessments.models.organisation import Organisation, OwnedQuerySet, User
from assessments.models.submission import Submission

# A message that is older than this is taken for lost.
PATIENCE = timedelta(minutes=1)


class FingerprintQuerySet(OwnedQuerySet):
    def waiting(self) -> Self:
        """Those that were compared with no other yet, though the message must have come."""
        return self.filter(compared_at=None, made_at__lt=timezone.now() - PATIENCE)


class Fingerprint(models.Model):
    """What identifies the code of a submission, without the starter and what everybody writes."""

    submission = models.OneToOneField(Submission, models.CASCADE, related_name="fingerprint")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="fingerprints")
    task = models.CharField(max_length=60)
    # How many tokens are left to compare.
    length = models.PositiveIntegerField()
    made_at = models.DateTimeField(default=timezone.now)
    # When it was compared with all that were there; those that come later look at it themselves.
    compared_at = models.DateTimeField(null=True, blank=True)

    objects = FingerprintQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "task"], name="fingerprint_task"),
            models.Index(
                fields=["made_at"], condition=Q(compared_at=None), name="fingerprint_waiting"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.length} tokens of {self.submission}"


class Mark(models.Model):
    """One hash of a fingerprint, in an index that leads from a hash to all that have it.

    Organisation and task are hashed with the code, so that no hash of another one is ever equal.
    """

    id = models.BigAutoField(primary_key=True)
    fingerprint = models.ForeignKey(Fingerprint, models.CASCADE, related_name="marks")
    value = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["value", "fingerprint"], name="mark_value")]

    def __str__(self) -> str:
        return f"{self.value:x}"


class SimilarPairQuerySet(OwnedQuerySet):
    def open(self) -> Self:
        return self.filter(state=SimilarPair.State.OPEN)

    def of_attempt(self, attempt_id: object) -> Self:
        return self.filter(Q(first__attempt=attempt_id) | Q(second__attempt=attempt_id))

    def of_assessment(self, assessment: Assessment) -> Self:
        """Those with code of `assessment` on either side."""
        version = "attempt__invitation__assessment_version__assessment"
        return self.filter(
            Q(**{f"first__{version}": assessment}) | Q(**{f"second__{version}": assessment})
        )

    def with_sides(self) -> Self:
        """Both submissions with their candidates and assessments, without their reports."""
        sides = [
            f"{side}__{path}"
            for side in ("first", "second")
            for path in (
                "attempt__invitation__candidate",
                "attempt__invitation__assessment_version",
                "question__question_version",
            )
        ]
        return self.select_related("resolved_by", *sides).defer("first__report", "second__report")


class SimilarPair(models.Model):
    """Two submissions of different candidates that share more than chance and task explain.

    `first` was handed in first.
    """

    class State(models.TextChoices):
        OPEN = "open", "to be looked at"
        UNRELATED = "unrelated", "alike by nature"
        COPIED = "copied", "one was made from the other"

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="similar_pairs")
    first = models.ForeignKey(Submission, models.CASCADE, related_name="pairs_before")
    second = models.ForeignKey(Submission, models.CASCADE, related_name="pairs_after")
    # The share of the shorter one that is found in the other.
    similarity = models.FloatField()
    shared = models.PositiveIntegerField(help_text="Tokens.")
    found_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    note = models.TextField(blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")

    objects = SimilarPairQuerySet.as_manager()

    class Meta:
        ordering = ["-similarity", "-shared", "id"]
        indexes = [
            models.Index(fields=["organisation", "state", "-similarity"], name="pair_state"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="pair_once"),
            models.CheckConstraint(
                condition=Q(similarity__range=(0, 1)), name="similarity_is_a_share"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.similarity:.0%}: {self.first} and {self.second}"


def without_fingerprint() -> models.QuerySet[Submission]:
    """Graded submissions of finished attempts whose question has no fingerprint yet.

    While another one of the same question is being graded, which of them counts is open. Previews
    never get one, and what was erased has no code left.
    """
    made = Fingerprint.objects.filter(
        submission__attempt=OuterRef("attempt"), submission__question=OuterRef("question")
    )
    coming = Submission.objects.used().filter(
        attempt=OuterRef("attempt"),
        question=OuterRef("question"),
        status=Submission.Status.QUEUED,
    )
    found: models.QuerySet[Submission] = Submission.objects.counted()
    return found.filter(
        ~Exists(made),
        ~Exists(coming),
        status=Submission.Status.GRADED,
        attempt__finished_at__isnull=False,
        attempt__invitation__preview=False,
        attempt__invitation__erased_at=None,
    )
