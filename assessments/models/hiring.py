"""Hiring systems: who may order an assessment for somebody, what was ordered, what went wrong."""

import uuid
from datetime import timedelta
from typing import Any, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from assessments.models.assessment import Assessment, AssessmentVersion
from assessments.models.invitation import Invitation
from assessments.models.organisation import Organisation, OwnedQuerySet, User
from assessments.models.webhook import WebhookDelivery


class HiringConnectionQuerySet(OwnedQuerySet):
    def on(self) -> Self:
        return self.filter(paused_at=None)

    def free(self) -> Self:
        """Those that are on, rest from nothing, and are being called by nobody."""
        now = timezone.now()
        rested = Q(rests_until=None) | Q(rests_until__lte=now)
        unserved = Q(served_until=None) | Q(served_until__lte=now)
        return self.on().filter(rested, unserved)

    def with_something_due(self) -> Self:
        return self.filter(Exists(HiringOrder.objects.due().filter(connection=OuterRef("pk"))))


class HiringConnection(models.Model):
    """An account of an organisation at a hiring system, which may order assessments by its key."""

    class System(models.TextChoices):
        GREENHOUSE = "greenhouse", "Greenhouse"
        ASHBY = "ashby", "Ashby"
        WORKABLE = "workable", "Workable"
        STAGE = "stage", "Any other system"

    # For so long after a change of the key the one of before lets in, too.
    ROTATION = timedelta(hours=24)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="hiring_connections"
    )
    system = models.CharField(max_length=20, choices=System)
    name = models.CharField(max_length=100)
    # By which the system comes in: found by its hash, and sealed, for some are called back with it.
    key_digest = models.CharField(max_length=64, unique=True, editable=False)
    key = models.TextField(editable=False)
    previous_digest = models.CharField(max_length=64, blank=True, db_index=True, editable=False)
    previous_key = models.TextField(blank=True, editable=False)
    previous_until = models.DateTimeField(null=True, blank=True)
    # Sealed: what the system itself gave out, to be called with; "" where it wants `key`.
    their_key = models.TextField(blank=True, editable=False)
    # What the adapter of the system makes of it: hosts that it is called at, a mapping of fields.
    settings: Any = models.JSONField(default=dict, blank=True)
    # What it may order; none: whatever is published.
    assessments = models.ManyToManyField(Assessment, related_name="+", blank=True)
    # For how long an invitation that it ordered can be followed, and its language.
    days = models.PositiveSmallIntegerField(
        default=14, validators=[MinValueValidator(1), MaxValueValidator(90)]
    )
    language = models.CharField(max_length=10, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    paused_at = models.DateTimeField(null=True, blank=True)
    # How it fares: when it last called, when it was last told something, and since when in vain.
    called_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)
    failing_since = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=300, blank=True)
    # As those of a webhook: how often in a row it was out of reach, until when it is left alone,
    # and until when whoever calls it has it.
    troubles = models.PositiveIntegerField(default=0)
    rests_until = models.DateTimeField(null=True, blank=True)
    served_until = models.DateTimeField(null=True, blank=True)

    objects = HiringConnectionQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("recruiter:hiring_detail", args=[self.pk])


class HiringOrderQuerySet(models.QuerySet["HiringOrder"]):
    def due(self) -> Self:
        return self.filter(telling=HiringOrder.Telling.PENDING, due_at__lte=timezone.now())

    def failed(self) -> Self:
        return self.filter(telling=HiringOrder.Telling.FAILED)

    def with_invitation(self) -> Self:
        return self.select_related(
            "connection__organisation",
            "invitation__candidate",
            "invitation__attempt",
            "invitation__assessment_version__assessment",
        )


class HiringOrder(models.Model):
    """Somebody whom a hiring system wants to be assessed, and what it was told of that.

    A system is told how an order stands now, not of each step: what changes while it is out of
    reach is told once, by the last state.
    """

    class State(models.TextChoices):
        INVITED = "invited", "invited"
        STARTED = "started", "started"
        FINISHED = "finished", "waits for its score"
        COMPLETED = "completed", "has a score"
        EXPIRED = "expired", "expired"
        CANCELLED = "cancelled", "cancelled"
        ERASED = "erased", "erased"

    class Telling(models.TextChoices):
        NOTHING = "nothing", "nothing to tell"
        PENDING = "pending", "is being told"
        DELIVERED = "delivered", "told"
        FAILED = "failed", "could not be told"

    # Whose natural key may be used once more.
    GONE = ("cancelled", "erased")
    # The schedule, and how long a call may take, are those of webhooks.
    LEASE, PAUSES = WebhookDelivery.LEASE, WebhookDelivery.PAUSES

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    connection = models.ForeignKey(HiringConnection, models.CASCADE, related_name="orders")
    invitation = models.OneToOneField(Invitation, models.CASCADE, related_name="order")
    # What the system means by the same order, however often it asks.
    natural_key = models.CharField(max_length=500)
    # The person, as the system called them, and their page there.
    name = models.CharField(max_length=200)
    email = models.EmailField()
    profile_url = models.CharField(max_length=1000, blank=True)
    # Where the system wants to be told, and its own keys of person, application and job.
    callback_url = models.CharField(max_length=1000, blank=True)
    reference: Any = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.INVITED)
    created_at = models.DateTimeField(default=timezone.now)
    # When `state`, or the score behind it, last changed; and how often it did.
    changed_at = models.DateTimeField(default=timezone.now)
    revision = models.PositiveIntegerField(default=0)
    # The score that was there then, to see whether another one is to be told.
    score = models.FloatField(null=True, blank=True)
    telling = models.CharField(max_length=10, choices=Telling, default=Telling.NOTHING)
    due_at = models.DateTimeField(default=timezone.now)
    # How often the present revision was tried.
    tries = models.PositiveIntegerField(default=0)
    told_at = models.DateTimeField(null=True, blank=True)

    objects = HiringOrderQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(
                fields=["connection", "due_at", "id"],
                condition=Q(telling="pending"),
                name="hiring_order_due",
            ),
            models.Index(fields=["connection", "-created_at"], name="hiring_order_newest"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "natural_key"],
                condition=~Q(state__in=["cancelled", "erased"]),
                name="hiring_order_once",
            ),
        ]

    def __str__(self) -> str:
        return f"order {self.pk} of {self.connection_id}, {self.state}"

    @property
    def version(self) -> AssessmentVersion:
        """What was ordered."""
        return self.invitation.assessment_version

    @property
    def standing(self) -> State:
        """How it stands now, which `state` was told of a moment ago at the latest."""
        if self.state == self.State.ERASED:
            return self.State.ERASED
        attempt = getattr(self.invitation, "attempt", None)
        if attempt is None:
            return self._unfollowed
        if attempt.finished_at is None:
            return self.State.STARTED
        return self.State.FINISHED if attempt.score is None else self.State.COMPLETED

    @property
    def _unfollowed(self) -> State:
        if self.invitation.state == Invitation.State.REVOKED:
            return self.State.CANCELLED
        return self.State.INVITED if self.invitation.is_open else self.State.EXPIRED

    @property
    def pause(self) -> timedelta | None:
        """How long the schedule waits after as many tries as there were; None: it is given up."""
        done = max(1, self.tries)
        return self.PAUSES[done - 1] if done <= len(self.PAUSES) else None


class HiringMessage(models.Model):
    """A message that was acted on, as a hash: the same one a second time does nothing."""

    # Longer than anybody repeats one.
    KEPT = timedelta(days=400)

    connection = models.ForeignKey(HiringConnection, models.CASCADE, related_name="messages")
    digest = models.CharField(max_length=64)
    at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["connection", "digest"], name="hiring_message_once"),
        ]

    def __str__(self) -> str:
        return f"{self.digest[:8]} at {self.at:%Y-%m-%d %H:%M:%S}"


class HiringError(models.Model):
    """Something that went wrong between us and a hiring system, and what to do about it.

    The same thing again within an hour is counted and not written once more. It holds no name and
    no address of a candidate.
    """

    class Side(models.TextChoices):
        THEIRS = "in", "they called us"
        OURS = "out", "we called them"
        TOLD = "told", "they told us of it"

    KEPT = timedelta(days=30)
    SAME = timedelta(hours=1)

    connection = models.ForeignKey(HiringConnection, models.CASCADE, related_name="errors")
    order = models.ForeignKey(
        HiringOrder, models.CASCADE, null=True, blank=True, related_name="errors"
    )
    at = models.DateTimeField(default=timezone.now)
    side = models.CharField(max_length=4, choices=Side)
    # What was called: "send_test", "PATCH https://…".
    called = models.CharField(max_length=300)
    # What was answered; null where no answer came.
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    answer = models.TextField(blank=True)
    # What somebody can do about it, as a sentence.
    remedy = models.CharField(max_length=300, blank=True)
    times = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["connection", "-at"], name="hiring_error_newest")]

    def __str__(self) -> str:
        return f"{self.called}: {self.status or 'no answer'}"
