"""The parts of an assessment: sections with an order or a clock, and pools to draw from."""

from typing import Any

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from assessments.models.assessment import AssessmentVersion


class PartOfVersion(models.Model):
    """As final as the assessment version that it belongs to."""

    class Meta:
        abstract = True

    version: AssessmentVersion

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.version.refuse_when_published()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        self.version.refuse_when_published()
        return super().delete(*args, **kwargs)


class Section(PartOfVersion):
    """Questions that are sat together.

    An assessment without sections is one section without a name. Either every section has minutes
    of its own, and they are sat one after the other, or none has: then one clock runs for all.
    """

    class Order(models.TextChoices):
        FREE = "free", "in any order"
        FIXED = "fixed", "one after the other, without a way back"

    version = models.ForeignKey(AssessmentVersion, models.CASCADE, related_name="sections")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    intro = models.TextField(blank=True, help_text="Markdown: what to expect of this section.")
    minutes = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1)]
    )
    order = models.CharField(max_length=10, choices=Order, default=Order.FREE)
    # Whether each attempt draws an order of its own for the questions.
    shuffled = models.BooleanField(default=False)

    class Meta:
        ordering = ["version", "position"]
        constraints = [
            models.UniqueConstraint(fields=["version", "position"], name="section_position"),
            models.CheckConstraint(
                condition=Q(minutes__isnull=True) | Q(minutes__gte=1), name="section_takes_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.title}"


class Pool(PartOfVersion):
    """Questions of which each attempt asks only some, drawn by its seed; all weigh the same."""

    version = models.ForeignKey(AssessmentVersion, models.CASCADE, related_name="pools")
    name = models.CharField(max_length=100)
    draws = models.PositiveSmallIntegerField(validators=[MinValueValidator(1)])
    # What its questions were searched by: {"topics": [], "difficulties": [], "kinds": []}.
    criteria: Any = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["version", "name"]
        constraints = [
            models.UniqueConstraint(fields=["version", "name"], name="pool_name"),
            models.CheckConstraint(condition=Q(draws__gte=1), name="pool_draws_something"),
        ]

    def __str__(self) -> str:
        return f"{self.draws} of {self.name}"
