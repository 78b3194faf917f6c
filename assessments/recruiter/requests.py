"""What candidates ask and report, as the desk lists it: what is open, and what was answered."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from assessments.models import (
    AccommodationRequest,
    DataRequest,
    Organisation,
    ProblemReport,
)
from assessments.models.organisation import AnyUser

# Of what was answered only the latest is worth a look.
LATEST = 20


@dataclass(frozen=True, slots=True)
class Asked:
    """Rows of three tables, for those who invite; those who score alone never see them."""

    accommodations: QuerySet[AccommodationRequest]
    problems: QuerySet[ProblemReport]
    erasures: QuerySet[DataRequest]

    @property
    def number(self) -> int:
        """How many there are, in one query."""
        keys: list[QuerySet[Any, Any]] = [
            rows.order_by().values("pk")
            for rows in (self.accommodations, self.problems, self.erasures)
        ]
        return keys[0].union(*keys[1:], all=True).count()


def asked_of(user: AnyUser) -> Asked:
    """Everything that was asked of the organisations in which `user` may invite."""
    mine = Organisation.objects.managed_by(user).values("pk")
    person = ("invitation__candidate", "invitation__assessment_version__assessment")
    return Asked(
        AccommodationRequest.objects.filter(
            invitation__organisation__in=mine, invitation__preview=False
        ).select_related(*person, "answered_by"),
        ProblemReport.objects.filter(
            attempt__organisation__in=mine, attempt__invitation__preview=False
        ).select_related(
            *(f"attempt__{each}" for each in person), "question__question_version", "answered_by"
        ),
        DataRequest.objects.filter(
            kind=DataRequest.Kind.ERASE,
            invitation__organisation__in=mine,
            invitation__preview=False,
        ).select_related(*person),
    )


def open_of(user: AnyUser) -> Asked:
    """What waits for an answer, the oldest first."""
    asked = asked_of(user)
    return Asked(
        asked.accommodations.filter(state=AccommodationRequest.State.OPEN),
        asked.problems.filter(answered_at=None),
        asked.erasures.filter(done_at=None),
    )


def answered_of(user: AnyUser) -> Asked:
    """What was answered lately."""
    asked = asked_of(user)
    return Asked(
        asked.accommodations.exclude(answered_at=None).order_by("-answered_at")[:LATEST],
        asked.problems.exclude(answered_at=None).order_by("-answered_at")[:LATEST],
        asked.erasures.exclude(done_at=None).order_by("-done_at")[:LATEST],
    )
