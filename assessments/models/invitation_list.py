"""A list of people to invite at once: looked at first, and then confirmed."""

import uuid
from datetime import timedelta
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from assessments.models.assessment import Assessment
from assessments.models.organisation import Organisation, OwnedQuerySet, User


class InvitationListQuerySet(OwnedQuerySet):
    def forgotten(self) -> Self:
        """Those whose text was kept for long enough."""
        return self.filter(created_at__lt=timezone.now() - InvitationList.KEPT).exclude(text="")

    def to_send(self) -> Self:
        """Those that have invitations whose e-mails may not be written yet."""
        return self.filter(to_send=True)


class InvitationList(models.Model):
    """What was pasted or uploaded, and what is chosen for all; it invites once."""

    # Names and addresses wait no longer than that for somebody to come back to them.
    KEPT = timedelta(days=1)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="invitation_lists")
    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="invitation_lists")
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    # The rows as they came; "" once they were kept for long enough.
    text = models.TextField(blank=True)
    # What is chosen for all, as the form has it.
    choices: Any = models.JSONField(default=dict, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    # How many it invited.
    invited = models.PositiveIntegerField(default=0)
    # Whether a worker has e-mails of it to write.
    to_send = models.BooleanField(default=False)

    objects = InvitationListQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["created_at"], condition=Q(to_send=True), name="list_to_send"),
        ]

    def __str__(self) -> str:
        return f"{self.invited} invited by a list of {self.created_at:%Y-%m-%d}"
