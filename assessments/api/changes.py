"""When something of an attempt changed that other systems may want to read again."""

from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q

from assessments.models import Decision, Override, RegradedAttempt, Review, Submission

# Rows of an attempt, each with the column that says since when it is as it is.
_ROWS: tuple[tuple[Any, str], ...] = (
    (Submission, "created_at"),
    (Submission, "graded_at"),
    (Review, "submitted_at"),
    (Override, "made_at"),
    (Decision, "made_at"),
    (RegradedAttempt, "regrade__ended_at"),
)


def changed_since(moment: datetime) -> Q:
    """The condition that an attempt began, ended or was scored at `moment` or later."""
    condition = Q(started_at__gte=moment) | Q(finished_at__gte=moment)
    for model, column in _ROWS:
        later = model.objects.filter(attempt=OuterRef("pk"), **{f"{column}__gte": moment})
        condition |= Q(Exists(later))
    return condition
