"""Files of other programs on their way to drafts: uploaded, read by a worker, looked at, stored."""

from datetime import timedelta
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.utils import timezone

# For how long what was uploaded can be looked at.
KEPT = timedelta(days=7)
# Long enough for the largest file; then whoever was reading it counts as dead.
PATIENCE = timedelta(minutes=5)


class ImportQuerySet(models.QuerySet["Import"]):
    def outdated(self) -> Self:
        return self.filter(uploaded_at__lt=timezone.now() - KEPT)

    def unread(self) -> Self:
        """Those that wait to be read, or whose reader died."""
        return self.filter(read_at=None)


class Import(models.Model):
    """A file that somebody uploaded for an organisation; nothing of it is a question yet."""

    organisation = models.ForeignKey(settings.ORGANISATION_MODEL, models.CASCADE, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", null=True)
    name = models.CharField(max_length=200)
    format = models.CharField(max_length=10)
    # Gone once it was read.
    data = models.BinaryField(null=True)
    uploaded_at = models.DateTimeField(default=timezone.now)
    # When a worker was last asked to read it.
    asked_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)
    # Why nothing of it could be read, with the place; blank where it could.
    problem = models.TextField(blank=True)
    stored_at = models.DateTimeField(null=True, blank=True)

    objects = ImportQuerySet.as_manager()

    class Meta:
        ordering = ["-uploaded_at", "-pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_late(self) -> bool:
        """Whether it waits for so long that one may ask again."""
        return self.read_at is None and self.asked_at < timezone.now() - PATIENCE


class ImportedQuestion(models.Model):
    """A question of such a file: what would become of it, or what became."""

    class Outcome(models.TextChoices):
        NEW = "new", "new"
        VERSION = "version", "changed"
        UNCHANGED = "unchanged", "here already"
        REFUSED = "refused", "left out"

    source = models.ForeignKey(Import, models.CASCADE, related_name="questions")
    # Its place in the list: what is left out comes first, what is here already last.
    number = models.PositiveIntegerField()
    outcome = models.CharField(max_length=10, choices=Outcome)
    # How the file calls it, and what it is called here.
    title = models.CharField(max_length=200)
    slug = models.CharField(max_length=100, blank=True)
    kind = models.CharField(max_length=30, blank=True)
    place = models.CharField(max_length=300, blank=True)
    # Of the question, as JSON; as text, for some databases keep no order of fields.
    fields = models.TextField(blank=True)
    stated = models.BooleanField(default=False)
    # What the file told and is not kept; what the bank adds to that; what is to be done before it
    # can be published. Why it is left out stands in `reason`.
    unkept: Any = models.JSONField(default=list)
    notes: Any = models.JSONField(default=list)
    unfinished: Any = models.JSONField(default=list)
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["source", "number"]
        constraints = [
            models.UniqueConstraint(fields=["source", "number"], name="imported_question_number"),
        ]

    def __str__(self) -> str:
        return self.title
