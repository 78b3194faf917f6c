"""Reports on their way out: links for people who are no members, PDF files, scorecards."""

import uuid
from datetime import timedelta
from typing import Any, Self

from django.db import models
from django.utils import timezone

from assessments.models.attempt import Attempt
from assessments.models.organisation import AnyUser, Organisation, OwnedQuerySet, User

# For how long a PDF that a worker made can be fetched.
KEPT = timedelta(hours=24)


class ShareLink(models.Model):
    """A link to a report, or to a comparison where it has several attempts; read only.

    The secret is shown once; only its hash is kept.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="share_links")
    attempts = models.ManyToManyField(Attempt, related_name="share_links")
    digest = models.CharField(max_length=64, unique=True)
    # For whom it was made.
    name = models.CharField(max_length=100, blank=True)
    # Whether it shows names and e-mail addresses, and what was written in words.
    shows_personal_data = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return self.name or f"link of {self.created_at:%Y-%m-%d}"

    @property
    def is_open(self) -> bool:
        return self.revoked_at is None and timezone.now() < self.expires_at


class ShareView(models.Model):
    """Somebody followed a link."""

    link = models.ForeignKey(ShareLink, models.CASCADE, related_name="views")
    at = models.DateTimeField(default=timezone.now)
    # Of the network: enough to see that it went around, too little to follow a person.
    network = models.CharField(max_length=50, blank=True)
    browser = models.CharField(max_length=100, blank=True)

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.link} at {self.at:%Y-%m-%d %H:%M}"


class Scorecard(models.Model):
    """What an interviewer asked after the attempt, and how it was answered."""

    class Recommendation(models.TextChoices):
        STRONG_YES = "strong_yes", "strong yes"
        YES = "yes"
        NO = "no"
        STRONG_NO = "strong_no", "strong no"

    attempt = models.ForeignKey(Attempt, models.CASCADE, related_name="scorecards")
    interviewer = models.ForeignKey(User, models.PROTECT, related_name="scorecards")
    # A list of {"question", "why", "look_for", "rating": null or 1 to 4, "note"}.
    items: Any = models.JSONField(default=list, blank=True)
    notes = models.TextField(blank=True)
    recommendation = models.CharField(max_length=10, choices=Recommendation, blank=True)
    # Goes up by one with every save; a save that builds on an older one is refused.
    revision = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    submitted_at = models.DateTimeField(null=True, blank=True)
    # When it was last taken back to be changed, after others' could be read.
    reopened_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["attempt", "interviewer"], name="scorecard_once_each"),
        ]

    def __str__(self) -> str:
        return f"{self.interviewer} on {self.attempt}"


class PaperQuerySet(OwnedQuerySet):
    def asked_by(self, user: AnyUser) -> Self:
        """A file is for whoever asked for it, while they may still see its attempts."""
        return self.visible_to(user).filter(asked_by=user.pk)

    def outdated(self) -> Self:
        return self.filter(asked_at__lt=timezone.now() - KEPT)


class Paper(models.Model):
    """A PDF that takes longer to make than a page may: asked for, made by a worker, fetched."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="papers")
    attempts = models.ManyToManyField(Attempt, related_name="papers")
    asked_by = models.ForeignKey(User, models.CASCADE, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    # Whether it shows the candidates' names.
    shows_names = models.BooleanField(default=False)
    made_at = models.DateTimeField(null=True, blank=True)
    data = models.BinaryField(null=True, blank=True)
    # It could not be made, for a fault of ours.
    failed = models.BooleanField(default=False)

    objects = PaperQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at"]

    def __str__(self) -> str:
        return f"PDF of {self.asked_at:%Y-%m-%d %H:%M}"

    @property
    def keys(self) -> list[uuid.UUID]:
        """The attempts in it, in the order in which they were begun."""
        return list(self.attempts.order_by("started_at").values_list("pk", flat=True))
