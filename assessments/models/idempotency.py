"""What was answered to a request, for when its sender asks again."""

from datetime import timedelta
from typing import Self

from django.db import models
from django.utils import timezone

from assessments.models.organisation import ApiToken


class RememberedAnswerQuerySet(models.QuerySet["RememberedAnswer"]):
    def forgotten(self) -> Self:
        """Older than an answer is kept for."""
        return self.filter(created_at__lt=timezone.now() - RememberedAnswer.KEPT)


class RememberedAnswer(models.Model):
    """The answer to the request that came with an Idempotency-Key, kept for a day."""

    KEPT = timedelta(hours=24)

    token = models.ForeignKey(ApiToken, models.CASCADE, related_name="remembered_answers")
    route = models.CharField(max_length=200)
    key = models.CharField(max_length=255)
    request_digest = models.CharField(max_length=64)
    answer = models.JSONField(null=True)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    objects = RememberedAnswerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["token", "route", "key"], name="answer_remembered_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.route} {self.key}"
