"""E-mails on their way: written in the transaction that is their reason, sent by a worker."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from assessments.models.attempt import Invitation
from assessments.models.organisation import Organisation, OwnedQuerySet


class Email(models.Model):
    class Kind(models.TextChoices):
        INVITATION = "invitation"
        REMINDER = "reminder"
        EXTENDED = "extended"
        FINISHED = "finished"
        ANSWERED = "answered", "a request was answered"

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="emails")
    invitation = models.ForeignKey(Invitation, models.CASCADE, related_name="emails")
    kind = models.CharField(max_length=20, choices=Kind)
    to = models.EmailField()
    subject = models.CharField(max_length=300)
    text = models.TextField()
    html = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)
    # When it is tried next; null once it was sent, or given up.
    due_at = models.DateTimeField(null=True, blank=True, default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(blank=True)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="email_due"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.to}"
