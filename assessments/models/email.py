"""E-mails on their way: written in the transaction that is their reason, sent by a worker."""

from datetime import timedelta
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from assessments.models.invitation import Invitation
from assessments.models.member_invitation import MemberInvitation
from assessments.models.organisation import Organisation, OwnedQuerySet


class EmailQuerySet(OwnedQuerySet):
    PREVIEW = ("invitation__preview",)

    def due(self) -> Self:
        """To be tried now: never tried though it was rung for, or to be tried once more."""
        return self.filter(due_at__lte=timezone.now())

    def undelivered(self) -> Self:
        """Tried in vain, whether or not it is tried once more."""
        return self.filter(sent_at__isnull=True).exclude(last_error="")

    def without_texts(self) -> Self:
        """For lists: the long columns stay in the database."""
        return self.defer("text", "html")


class Email(models.Model):
    # Of one try, from taking it on to knowing how it went; longer than a server may take.
    LEASE = timedelta(minutes=5)
    FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=4)
    MAX_TRIES = 14  # about a day of trying

    class Kind(models.TextChoices):
        INVITATION = "invitation"
        REMINDER = "reminder"
        EXTENDED = "extended"
        FINISHED = "finished"
        ANSWERED = "answered", "a request was answered"
        # To who asks for an invitation by an open link, and has followed one before.
        KNOWN = "known", "the way back to an earlier invitation"
        REGRADED = "regraded", "a result changed"
        MEMBER = "member", "an invitation of a member"
        ACCOUNT = "account", "about a member's account"

    # What lets somebody in is in their text alone, which is forgotten once they were sent.
    SECRET = (Kind.MEMBER, Kind.ACCOUNT)

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="emails")
    # Of the candidate that it goes to; none where it goes to a member.
    invitation = models.ForeignKey(
        Invitation, models.CASCADE, null=True, blank=True, related_name="emails"
    )
    member_invitation = models.ForeignKey(
        MemberInvitation, models.CASCADE, null=True, blank=True, related_name="emails"
    )
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

    objects = EmailQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="email_due"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.to}"

    @property
    def pause(self) -> timedelta:
        """How long to wait after a try in vain: twice as long each time."""
        doublings: int = 2 ** min(max(self.tries, 1) - 1, 10)
        return min(self.FIRST_PAUSE * doublings, self.LONGEST_PAUSE)

    @property
    def leads_back(self) -> bool:
        """Whether it may be kept: who was erased is told so at an address that nothing else has."""
        return self.kind != self.Kind.ANSWERED or self.invitation_id is not None

    @property
    def given_up(self) -> bool:
        return self.sent_at is None and self.due_at is None
