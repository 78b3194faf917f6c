"""Code that looks like other code; a person says what it means."""

from typing import Any

from django.db import models
from django.db.models import Q

from assessments.models.organisation import User
from assessments.models.submission import Submission


class Fingerprint(models.Model):
    """What identifies the code of a submission, without the starter and what everybody writes."""

    submission = models.OneToOneField(Submission, models.CASCADE, related_name="fingerprint")
    # How many tokens are left to compare.
    length = models.PositiveIntegerField()
    hashes: Any = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"{self.length} tokens of {self.submission}"


class SimilarPair(models.Model):
    """Two submissions of different candidates that share more than chance and task explain."""

    class State(models.TextChoices):
        OPEN = "open", "to be looked at"
        UNRELATED = "unrelated", "alike by nature"
        COPIED = "copied", "one was made from the other"

    first = models.ForeignKey(Submission, models.CASCADE, related_name="pairs_before")
    second = models.ForeignKey(Submission, models.CASCADE, related_name="pairs_after")
    # The share of the shorter one that is found in the other.
    similarity = models.FloatField()
    shared = models.PositiveIntegerField(help_text="Tokens.")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    note = models.TextField(blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-similarity", "-shared", "id"]
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="pair_once"),
            models.CheckConstraint(
                condition=Q(similarity__range=(0, 1)), name="similarity_is_a_share"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.similarity:.0%}: {self.first} and {self.second}"
