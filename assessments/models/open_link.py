"""A link for everybody: who follows it is invited, until the cap is reached."""

import secrets
import uuid

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from assessments.models.assessment import Assessment
from assessments.models.organisation import Organisation, OwnedQuerySet, User


def link_token() -> str:
    return secrets.token_urlsafe(16)


class OpenLink(models.Model):
    """Invites whoever gives a name and an e-mail address, to the current version."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="open_links")
    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="open_links")
    name = models.CharField(max_length=100, help_text="Where it is published, say.")
    token = models.CharField(max_length=64, unique=True, default=link_token, editable=False)
    # How many it may invite.
    cap = models.PositiveIntegerField(validators=[MinValueValidator(1)])
    # How many it has invited; counted with the invitation, under this row's lock.
    used = models.PositiveIntegerField(default=0)
    expires_at = models.DateTimeField()
    # For how long each of its invitations can be started.
    days = models.PositiveSmallIntegerField(default=7, validators=[MinValueValidator(1)])
    closed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")

    objects = OwnedQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(cap__gte=1), name="open_link_invites_somebody"),
            models.CheckConstraint(
                condition=Q(used__lte=models.F("cap")), name="open_link_keeps_its_cap"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.used} of {self.cap}"

    @property
    def is_open(self) -> bool:
        return self.closed_at is None and timezone.now() < self.expires_at and self.used < self.cap

    @property
    def link(self) -> str:
        """The whole address, as it is published."""
        return f"{settings.BASE_URL}/join/{self.token}/"
