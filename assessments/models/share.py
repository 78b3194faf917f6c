"""Reports that are shown to people who are no members, and scorecards of interviews."""

from typing import Any

from django.db import models
from django.utils import timezone

from assessments.models.attempt import Attempt
from assessments.models.organisation import Organisation, OwnedQuerySet, User


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
    created_at = models.DateTimeField(default=timezone.now)
    submitted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["attempt", "interviewer"], name="scorecard_once_each"),
        ]

    def __str__(self) -> str:
        return f"{self.interviewer} on {self.attempt}"
