"""Webhooks: who is told what, every event in the transaction of its change, and every try."""

import secrets
import uuid
from datetime import timedelta
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from assessments.models.organisation import Organisation, OwnedQuerySet, User


class EventType(models.TextChoices):
    INVITATION_CREATED = "invitation.created", "A candidate is invited"
    INVITATION_REVOKED = "invitation.revoked", "An invitation is revoked"
    INVITATION_EXPIRED = "invitation.expired", "An invitation expires before anybody follows it"
    ATTEMPT_STARTED = "attempt.started", "An attempt starts"
    ATTEMPT_SUBMITTED = "attempt.submitted", "An attempt is handed in, or its time is over"
    ATTEMPT_GRADED = "attempt.graded", "An attempt has its score"
    ATTEMPT_REOPENED = "attempt.reopened", "An attempt goes on after its end"
    REVIEW_COMPLETED = "review.completed", "An open answer is reviewed"
    DECISION_MADE = "decision.made", "Somebody decides about a candidate"
    REPORT_UPDATED = "report.updated", "A report changes: graded again, or a score set by a person"
    CANDIDATE_ERASED = "candidate.erased", "What is personal of a candidate is erased"


# Sent by a button alone, to one endpoint, whatever it wants to hear of.
TEST = "webhook.test"


def new_event_id() -> str:
    """Return an id that receivers know a repetition by; a full stop would break the signature."""
    return f"msg_{secrets.token_hex(14)}"


class WebhookEndpointQuerySet(OwnedQuerySet):
    def on(self) -> Self:
        return self.filter(disabled_at=None)

    def free(self) -> Self:
        """Those that are on, rest from nothing, and are being served by nobody."""
        now = timezone.now()
        rested = Q(rests_until=None) | Q(rests_until__lte=now)
        unserved = Q(served_until=None) | Q(served_until__lte=now)
        return self.on().filter(rested, unserved)

    def with_something_due(self) -> Self:
        due = WebhookDelivery.objects.due().filter(endpoint=models.OuterRef("pk"))
        return self.filter(models.Exists(due))


class WebhookEndpoint(models.Model):
    """An address of another system that hears of what happens."""

    # After so long without a single success nobody is there any more.
    LASTING = timedelta(days=5)
    # For so long after a change of the secret the one of before signs, too.
    ROTATION = timedelta(hours=24)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="webhooks")
    url = models.URLField(max_length=500)
    description = models.CharField(max_length=200, blank=True)
    # What it hears of; empty: all there is, also what later versions add.
    event_types: Any = models.JSONField(default=list, blank=True)
    # Sealed: whoever signs has to read them.
    secret = models.TextField(editable=False)
    previous_secret = models.TextField(blank=True, editable=False)
    previous_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    disabled_at = models.DateTimeField(null=True, blank=True)
    disabled_why = models.CharField(max_length=300, blank=True)
    # Since when every try was in vain; null after a success.
    failing_since = models.DateTimeField(null=True, blank=True)
    # How often in a row it was out of reach or asked for quiet, and until when it is left alone.
    troubles = models.PositiveIntegerField(default=0)
    rests_until = models.DateTimeField(null=True, blank=True)
    # Whoever serves it has it until then: one at a time, so that a slow one takes one place only.
    served_until = models.DateTimeField(null=True, blank=True)

    objects = WebhookEndpointQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return self.description or self.url

    def get_absolute_url(self) -> str:
        return reverse("recruiter:webhook_detail", args=[self.pk])

    def wants(self, event_type: str) -> bool:
        return not self.event_types or event_type in self.event_types


class WebhookEvent(models.Model):
    """Something that happened; written with the change itself, and only where somebody listens."""

    # For so long it can be looked at and sent again.
    KEPT = timedelta(days=30)

    # The `webhook-id` of each of its tries.
    id = models.CharField(primary_key=True, max_length=40, default=new_event_id, editable=False)
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="webhook_events")
    type = models.CharField(max_length=40)
    timestamp = models.DateTimeField(default=timezone.now)
    # Keys, addresses and scores; nothing that erasure would miss.
    data: Any = models.JSONField(default=dict)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        ordering = ["-timestamp", "-id"]
        indexes = [models.Index(fields=["timestamp"], name="webhook_event_age")]

    def __str__(self) -> str:
        return f"{self.type} {self.pk}"


class WebhookDeliveryQuerySet(models.QuerySet["WebhookDelivery"]):
    def due(self) -> Self:
        return self.filter(state=WebhookDelivery.State.PENDING, due_at__lte=timezone.now())

    def failed(self) -> Self:
        return self.filter(state=WebhookDelivery.State.FAILED)

    def newest_first(self) -> Self:
        return self.order_by(F("event__timestamp").desc(), "-pk")


class WebhookDelivery(models.Model):
    """One event on its way to one endpoint."""

    class State(models.TextChoices):
        PENDING = "pending", "waits"
        DELIVERED = "delivered"
        FAILED = "failed"

    # Of one try, from taking it on to noting what came of it; longer than a try may take.
    LEASE = timedelta(minutes=1)
    # How long after a try in vain the next one comes; after the last there is none.
    PAUSES = (
        timedelta(seconds=5), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2),
        timedelta(hours=5), timedelta(hours=10), timedelta(hours=14), timedelta(hours=20),
        timedelta(hours=24),
    )  # fmt: skip

    event = models.ForeignKey(WebhookEvent, models.CASCADE, related_name="deliveries")
    endpoint = models.ForeignKey(WebhookEndpoint, models.CASCADE, related_name="deliveries")
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    due_at = models.DateTimeField(default=timezone.now)
    # How often it was taken on, ever; and how often it had been when the schedule began anew.
    tries = models.PositiveIntegerField(default=0)
    replayed_at_try = models.PositiveIntegerField(default=0)
    delivered_at = models.DateTimeField(null=True, blank=True)

    objects = WebhookDeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "webhook deliveries"
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["endpoint", "due_at", "id"],
                condition=Q(state="pending"),
                name="webhook_delivery_due",
            ),
            models.Index(fields=["endpoint", "state"], name="webhook_delivery_state"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["event", "endpoint"], name="webhook_delivery_once"),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} to {self.endpoint_id}, {self.state}"

    def get_absolute_url(self) -> str:
        return reverse("recruiter:webhook_delivery", args=[self.pk])

    @property
    def pause(self) -> timedelta | None:
        """How long the schedule waits after as many tries as there were; None: it is given up."""
        done = max(1, self.tries - self.replayed_at_try)
        return self.PAUSES[done - 1] if done <= len(self.PAUSES) else None


class WebhookTry(models.Model):
    """What came of sending once."""

    delivery = models.ForeignKey(WebhookDelivery, models.CASCADE, related_name="tried")
    at = models.DateTimeField(default=timezone.now)
    # Null where no answer came; then `error` says why.
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    # The beginning of the answer.
    answer = models.TextField(blank=True)
    error = models.CharField(max_length=500, blank=True)
    seconds = models.FloatField(default=0.0)

    class Meta:
        verbose_name_plural = "webhook tries"
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.status or self.error} at {self.at:%Y-%m-%d %H:%M:%S}"
