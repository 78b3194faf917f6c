"""What the table of candidates sorts and filters by: parts of scores, labels, saved views."""

from django.db import models
from django.db.models import Q

from assessments.models.attempt import Attempt
from assessments.models.organisation import Organisation, OwnedQuerySet, User


class PartScore(models.Model):
    """The share that an attempt earned in one topic, family or section; made with its score."""

    class Kind(models.TextChoices):
        TOPIC = "topic"
        FAMILY = "family"
        SECTION = "section"

    attempt = models.ForeignKey(Attempt, models.CASCADE, related_name="part_scores")
    kind = models.CharField(max_length=10, choices=Kind)
    # A topic's or a family's slug; a section's position.
    key = models.CharField(max_length=60)
    score = models.FloatField()
    # Its part of the whole attempt's weight.
    weight = models.FloatField()

    class Meta:
        ordering = ["attempt", "kind", "key"]
        indexes = [models.Index(fields=["kind", "key", "score"], name="part_score_sorted")]
        constraints = [
            models.UniqueConstraint(fields=["attempt", "kind", "key"], name="part_scored_once"),
            models.CheckConstraint(condition=Q(score__range=(0, 1)), name="part_score_is_a_share"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}: {self.score}"


class Label(models.Model):
    """A word that members put on attempts."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="labels")
    name = models.CharField(max_length=40)
    attempts = models.ManyToManyField(Attempt, related_name="labels", blank=True)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "name"], name="label_name"),
        ]

    def __str__(self) -> str:
        return self.name


class SavedView(models.Model):
    """How a member likes the table: filters, order and columns, as the address says them."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="saved_views")
    owner = models.ForeignKey(User, models.CASCADE, related_name="saved_views")
    name = models.CharField(max_length=60)
    query = models.TextField()
    # Whether the organisation's other members find it, too.
    shared = models.BooleanField(default=False)
    # The members whose table opens with it.
    first_for = models.ManyToManyField(User, related_name="first_views", blank=True)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "owner", "name"], name="view_name"),
        ]

    def __str__(self) -> str:
        return self.name
