"""Results as files for those who calculate with them: asked for, made by a worker, fetched."""

import uuid
from datetime import timedelta
from typing import Any, Self

from django.db import models
from django.db.models import Exists, F, OuterRef
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from assessments.models.attempt import Attempt
from assessments.models.organisation import (
    AnyUser,
    ApiToken,
    Member,
    Organisation,
    OwnedQuerySet,
    User,
    member_of,
)

# For how long a file can be fetched, and for how long a worker may say nothing of it.
KEPT = timedelta(days=7)
SILENCE = timedelta(minutes=1)


class ExportQuerySet(OwnedQuerySet):
    def visible_to(self, user: AnyUser) -> Self:
        """Those of the organisation; to who only scores their own, without what they aren't told.

        Whether they may see the names in it is for the caller to ask: see `named_for`.
        """
        found, member = super().visible_to(user), member_of(user)
        if member is None or member.role in Member.INVITES:
            return found
        return found.filter(asked_by=member.user_id, tells_all=False)

    def named_for(self, sees_names: bool) -> Self:
        """All of them for who sees candidates' names, else those that name nobody."""
        return self if sees_names else self.filter(shows_names=False)

    def open(self) -> Self:
        return self.filter(state__in=Export.OPEN)

    def silent(self) -> Self:
        """Those that a worker should be busy with, and none is: its message or itself got lost."""
        return self.open().filter(moved_at__lt=timezone.now() - SILENCE)

    def outdated(self) -> Self:
        return self.filter(created_at__lt=timezone.now() - KEPT)

    def with_erased(self) -> Self:
        """Those with an attempt that was erased after they were asked for."""
        gone = ExportedAttempt.objects.filter(
            export=OuterRef("pk"), attempt__invitation__erased_at__gte=OuterRef("created_at")
        )
        return self.filter(Exists(gone))


class Export(models.Model):
    """A file of results, and how far it is made."""

    class Kind(models.TextChoices):
        """What a row of it is."""

        ATTEMPTS = "attempts", "one row an attempt"
        ANSWERS = "answers", "one row an answer"
        CHECKS = "checks", "one row a check"

    class Format(models.TextChoices):
        CSV = "csv", "CSV"
        XLSX = "xlsx", "Excel (XLSX)"
        PARQUET = "parquet", "Parquet"
        JSONL = "jsonl", "JSON lines"

    class State(models.TextChoices):
        QUEUED = "queued"
        READING = "reading", "being read"
        WRITING = "writing", "being written"
        READY = "ready"
        FAILED = "failed"

    OPEN = (State.QUEUED, State.READING, State.WRITING)
    MAX_TRIES = 5
    # So many of an organisation are made at a time: others want the workers as well.
    MOST_OPEN = 10

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="exports")
    attempts = models.ManyToManyField(
        Attempt, through="ExportedAttempt", related_name="exports", blank=True
    )
    # Who asked for it: a member or a token.
    asked_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    token = models.ForeignKey(ApiToken, models.SET_NULL, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    format = models.CharField(max_length=10, choices=Format)
    # Whether codebook.json lies beside the file, both in one ZIP.
    with_codebook = models.BooleanField(default=False)
    # Which attempts: the address of the table, from which what names candidates is taken out once
    # they are known; with `format`, it is a file of the table, too large to be made while somebody
    # waits. Or the filters of the REST interface, null where it was asked for at the desk.
    query = models.TextField(blank=True)
    filters: Any = models.JSONField(null=True, blank=True)
    # Whether candidates have names in it, and whether it tells what those who score are not told.
    shows_names = models.BooleanField(default=False)
    tells_all = models.BooleanField(default=False)
    # What its columns mean, in their order, and the keys of the assessment versions that they are
    # of; made when the attempts are known.
    columns: Any = models.JSONField(default=list, blank=True)
    versions: Any = models.JSONField(default=list, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    # A sentence, where it could not be made.
    failure = models.CharField(max_length=200, blank=True)
    # Attempts in all, and of those that were read; rows so far; bytes of the file.
    total = models.PositiveIntegerField(null=True, blank=True)
    done = models.PositiveIntegerField(default=0)
    rows = models.PositiveBigIntegerField(default=0)
    size = models.PositiveBigIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    # When a worker last did something for it, and how often one began the step that is next.
    moved_at = models.DateTimeField(default=timezone.now)
    tries = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField(null=True, blank=True)

    objects = ExportQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["organisation", "-created_at", "-id"], name="export_newest"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(total__isnull=True) | models.Q(done__lte=F("total")),
                name="export_done_within_total",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_format_display()}, {self.get_kind_display()}"

    def get_absolute_url(self) -> str:
        return reverse("recruiter:export_detail", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN

    @property
    def is_ready(self) -> bool:
        return self.state == self.State.READY

    @property
    def table_format(self) -> str:
        """What the table calls the format of a file of its own; "" for any other export."""
        return QueryDict(self.query).get("format", "")

    @property
    def is_zip(self) -> bool:
        return self.with_codebook and self.format in (self.Format.CSV, self.Format.JSONL)

    @property
    def file_name(self) -> str:
        """What the file is called; it tells of nobody."""
        ending = "zip" if self.is_zip else self.format
        return f"{self.kind}-{self.created_at:%Y-%m-%d}.{ending}"

    @property
    def percent(self) -> int:
        if self.is_ready:
            return 100
        # The last part of the way is the writing of the file.
        return 90 * self.done // self.total if self.total else 0

    @property
    def expires_at(self) -> Any:
        return self.created_at + KEPT


class ExportedAttempt(models.Model):
    """An attempt at its place in an export: what is in it, and where a worker goes on."""

    export = models.ForeignKey(Export, models.CASCADE, related_name="places")
    attempt = models.ForeignKey(Attempt, models.CASCADE, related_name="+")
    position = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["export", "position"], name="export_place_once"),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.attempt_id}"


class ExportPiece(models.Model):
    """Some rows, kept until the file is written, or some bytes of the file.

    In the database, as all that is kept: the worker that writes a file and the web process that
    serves it may be on two machines, and erasure takes it away in its own transaction.
    """

    export = models.ForeignKey(Export, models.CASCADE, related_name="pieces")
    # Of the rows the place of the first attempt; of the file one after the other.
    of_file = models.BooleanField(default=False)
    position = models.PositiveIntegerField()
    data = models.BinaryField()

    class Meta:
        ordering = ["export", "of_file", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["export", "of_file", "position"], name="export_piece_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{'file' if self.of_file else 'rows'} {self.position}"
