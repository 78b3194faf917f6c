"""How questions come to be: drafts, comments, what was withdrawn and why, and what is in use."""

import secrets
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.utils import timezone

from questions.models.bank import Question, QuestionVersion


def secret_ticket() -> str:
    return secrets.token_urlsafe(32)


class Draft(models.Model):
    """A version as it is being written: the text of its file, as it was typed, right or not yet.

    Text, for what is half typed is no content yet, and databases keep no order of fields.
    """

    version = models.OneToOneField(QuestionVersion, models.CASCADE, related_name="draft")
    text = models.TextField()
    # Counts the saves: who saves on top of another one is told first.
    revision = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField(default=timezone.now)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", null=True, blank=True
    )

    def __str__(self) -> str:
        return f"{self.version}, revision {self.revision}"


class Comment(models.Model):
    """What a colleague says of a version."""

    version = models.ForeignKey(QuestionVersion, models.CASCADE, related_name="comments")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", null=True
    )
    text = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["created_at", "pk"]

    def __str__(self) -> str:
        return f"on {self.version}"


class WithdrawalQuerySet(models.QuerySet["Withdrawal"]):
    def open(self) -> Self:
        """Those that still hold."""
        return self.filter(ended_at=None)


class Withdrawal(models.Model):
    """An organisation asks a question no more, and says why; others may go on asking it."""

    question = models.ForeignKey(Question, models.CASCADE, related_name="withdrawals")
    organisation = models.ForeignKey(settings.ORGANISATION_MODEL, models.CASCADE, related_name="+")
    status = models.CharField(max_length=20, choices=QuestionVersion.Status)
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", null=True)
    created_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = WithdrawalQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["question", "organisation"],
                condition=models.Q(ended_at=None),
                name="question_withdrawn_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.question} {self.status}"


class Exposure(models.Model):
    """How often an organisation asked a question: counted when it happens, read for nothing."""

    question = models.ForeignKey(Question, models.CASCADE, related_name="exposures")
    organisation = models.ForeignKey(settings.ORGANISATION_MODEL, models.CASCADE, related_name="+")
    assessments = models.PositiveIntegerField(default=0, help_text="Published ones that ask it.")
    candidates = models.PositiveIntegerField(default=0, help_text="Who began one that asks it.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["question", "organisation"], name="exposure_once"),
        ]

    def __str__(self) -> str:
        return f"{self.question}: {self.candidates}"


class TaskAudit(models.Model):
    """The mutation test of a task: asked for on a page, made by a grading worker, kept here."""

    task = models.CharField(max_length=60)
    asked_at = models.DateTimeField(default=timezone.now)
    ticket = models.CharField(max_length=64, default=secret_ticket, editable=False)
    done_at = models.DateTimeField(null=True, blank=True)
    result: Any = models.JSONField(null=True, blank=True)

    class Meta:
        ordering = ["-asked_at", "-pk"]
        indexes = [models.Index(fields=["task", "-asked_at"], name="audit_newest")]

    def __str__(self) -> str:
        return f"{self.task}, {self.asked_at:%Y-%m-%d}"
