"""What happens while an attempt goes on: its sections, its breaks, and what is noted beside it."""

from datetime import timedelta
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from assessments.models.assessment import AssessmentQuestion
from assessments.models.attempt import Attempt
from assessments.models.section import Section


class SectionSitting(models.Model):
    """One section of an attempt, from the moment that the candidate entered it."""

    attempt = models.ForeignKey(Attempt, models.CASCADE, related_name="sittings")
    section = models.ForeignKey(Section, models.PROTECT, related_name="sittings")
    started_at = models.DateTimeField(default=timezone.now)
    # Null where the attempt's clock is the only one.
    deadline = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    # In a fixed order: how many questions lie behind, without a way back.
    passed = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["section__position"]
        indexes = [
            models.Index(
                fields=["deadline"], condition=Q(finished_at__isnull=True), name="section_overdue"
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["attempt", "section"], name="section_sat_once"),
        ]

    def __str__(self) -> str:
        return f"{self.section} of {self.attempt}"


class Break(models.Model):
    """The clock stood still. `ends_at` is when it goes on, whether or not the candidate is back."""

    attempt = models.ForeignKey(Attempt, models.CASCADE, related_name="breaks")
    started_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField()

    class Meta:
        ordering = ["started_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gte=F("started_at")), name="break_ends_after_its_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.started_at:%H:%M} to {self.ends_at:%H:%M}"

    @property
    def length(self) -> timedelta:
        return self.ends_at - self.started_at


class IntegrityEvent(models.Model):
    """Something a reviewer may want to know of; evidence for a person, never a verdict."""

    class Kind(models.TextChoices):
        FOCUS_LOST = "focus_lost", "left the page"
        PASTE = "paste", "pasted"
        COPY = "copy", "copied"
        FULLSCREEN_LEFT = "fullscreen_left", "left full screen"
        RESIZE = "resize", "window made narrower, as by developer tools"
        ADDRESS = "address", "another network address"
        TAKEOVER = "takeover", "went on in another tab or on another device"

    attempt = models.ForeignKey(Attempt, models.CASCADE, related_name="events")
    question = models.ForeignKey(
        AssessmentQuestion, models.PROTECT, related_name="+", null=True, blank=True
    )
    kind = models.CharField(max_length=20, choices=Kind)
    # The server's clock, less the seconds that the page says it waited before it could send.
    at = models.DateTimeField(default=timezone.now)
    # Characters pasted or copied; seconds away; null where neither says anything.
    size = models.PositiveIntegerField(null=True, blank=True)
    seconds = models.FloatField(null=True, blank=True)
    # Given by the page, so that an event that is sent twice is kept once.
    key = models.CharField(max_length=40)
    detail: Any = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["attempt", "key"], name="event_kept_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} at {self.at:%H:%M:%S}"


class CodeSnapshot(models.Model):
    """How code grew: what changed since the snapshot before, for playback.

    `changes` is a list of [from, to, text] over the text before, in its characters, from the last
    place to the first; number 1 changes the starter.
    """

    attempt = models.ForeignKey(Attempt, models.CASCADE, related_name="snapshots")
    question = models.ForeignKey(AssessmentQuestion, models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    at = models.DateTimeField(default=timezone.now)
    changes: Any = models.JSONField()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["attempt", "question", "number"], name="snapshot_number"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.question}, snapshot {self.number}"
