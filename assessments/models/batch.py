"""Code that another system sends in bulk, and how much one token may send and ask for."""

import uuid

from django.db import models
from django.utils import timezone

from assessments.models.organisation import ApiToken, Organisation, OwnedQuerySet
from assessments.models.submission import Submission


class Batch(models.Model):
    """Up to so many submissions that came in one request."""

    MOST = 1000

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="batches")
    token = models.ForeignKey(ApiToken, models.SET_NULL, null=True, related_name="+")
    total = models.PositiveIntegerField()
    created_at = models.DateTimeField(default=timezone.now)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["organisation", "-created_at", "-id"], name="batch_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.total} submissions, {self.created_at:%d %b %H:%M}"


class BatchItem(models.Model):
    """A submission at its place in a batch, and what its sender calls it."""

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="items")
    position = models.PositiveIntegerField()
    name = models.CharField(max_length=100, blank=True)
    submission = models.OneToOneField(Submission, models.CASCADE, related_name="batch_item")

    class Meta:
        ordering = ["batch", "position"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "position"], name="batch_position"),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.name or self.submission_id}"


class TokenDay(models.Model):
    """How much code came by a token on one day, in UTC."""

    token = models.ForeignKey(ApiToken, models.CASCADE, related_name="days")
    day = models.DateField()
    submissions = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["token", "day"], name="token_day"),
        ]

    def __str__(self) -> str:
        return f"{self.submissions} on {self.day}"


class TokenMinute(models.Model):
    """How often a token asked in the last minute that it asked in; a minute is one since 1970."""

    token = models.OneToOneField(ApiToken, models.CASCADE, related_name="minute")
    minute = models.PositiveIntegerField()
    asked = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.asked} in minute {self.minute}"
