"""A try of page, editor and sandbox before the sitting; it has no clock and no score."""

from typing import Any

from django.db import models
from django.utils import timezone

from assessments.models.invitation import Invitation


class Practice(models.Model):
    """One candidate's practice; answers by the position of its question, as they were saved."""

    invitation = models.OneToOneField(Invitation, models.CASCADE, related_name="practice")
    started_at = models.DateTimeField(default=timezone.now)
    answers: Any = models.JSONField(default=dict, blank=True)

    def __str__(self) -> str:
        return f"practice of {self.invitation}"
