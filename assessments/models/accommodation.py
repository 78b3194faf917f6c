"""What is made easier for a candidate who needs it, and how they ask for it."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from assessments.models.invitation import Invitation
from assessments.models.organisation import User


class AccommodationQuerySet(models.QuerySet["Accommodation"]):
    def in_force(self, invitation: Invitation) -> "Accommodation":
        """Return what holds for `invitation` now; one that grants nothing where none was made."""
        newest = self.filter(invitation=invitation).last()
        return newest or Accommodation(invitation=invitation)


class Accommodation(models.Model):
    """What holds for an invitation from `made_at` on: the newest row is in force, none is deleted.

    Recorded for the recruiters who grant it, and never shown to those who score.
    """

    invitation = models.ForeignKey(Invitation, models.CASCADE, related_name="accommodations")
    # Extra time: so many percent of every clock, and so many minutes on top of the whole.
    extra_percent = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(400)])
    extra_minutes = models.PositiveSmallIntegerField(
        default=0, validators=[MaxValueValidator(1440)]
    )
    untimed = models.BooleanField(default=False)
    # For how long, in all, the candidate may stop the clock.
    break_minutes = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(480)])
    large_type = models.BooleanField(default=False)
    note = models.TextField(blank=True, help_text="Why, for the recruiters.")
    made_at = models.DateTimeField(default=timezone.now)
    # Null where another system set it.
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True)

    objects = AccommodationQuerySet.as_manager()

    class Meta:
        ordering = ["made_at", "id"]

    def __str__(self) -> str:
        return f"{self.extra_percent} % and {self.extra_minutes} min for {self.invitation}"


class AccommodationRequest(models.Model):
    """What a candidate asked for, and what the recruiter answered."""

    class State(models.TextChoices):
        OPEN = "open"
        GRANTED = "granted"
        DECLINED = "declined"

    invitation = models.ForeignKey(Invitation, models.CASCADE, related_name="requests")
    text = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True)

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", answered_at__isnull=True)
                | (~Q(state="open") & Q(answered_at__isnull=False)),
                name="request_answered_at_some_time",
            ),
            models.UniqueConstraint(
                fields=["invitation"], condition=Q(state="open"), name="request_open_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state} request of {self.invitation}"
