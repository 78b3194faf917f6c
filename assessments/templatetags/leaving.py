"""What a report says of what leads away from it: similar code, links, PDF files, scorecards."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import template
from django.utils import timezone

from assessments.models import Attempt, Member, ShareLink, SimilarPair
from assessments.models.organisation import member_of

register = template.Library()


@dataclass(frozen=True, slots=True)
class Pairs:
    """The pairs of one attempt, those to be looked at first."""

    all: list[SimilarPair]

    @property
    def open(self) -> int:
        return sum(pair.state == SimilarPair.State.OPEN for pair in self.all)


@register.inclusion_tag("recruiter/similar/report_line.html")
def similar_line(attempt: Attempt) -> dict[str, Any]:
    """How many pairs with code of `attempt` wait to be looked at; nothing where there is none."""
    found = SimilarPair.objects.of_attempt(attempt.pk).select_related(
        "first__question__question_version"
    )
    pairs = sorted(found.defer("first__source", "first__report"), key=_resolved)
    return {"pairs": Pairs(pairs) if pairs else None}


def _resolved(pair: SimilarPair) -> bool:
    return pair.state != SimilarPair.State.OPEN


@register.inclusion_tag("recruiter/shared/report_line.html", takes_context=True)
def leaving(context: Mapping[str, Any], attempt: Attempt) -> dict[str, Any]:
    """The ways out of a report: a link for others, for those who may make one, and a PDF."""
    member = member_of(context["request"].user)
    shares = member is not None and member.role in Member.INVITES
    links = ShareLink.objects.filter(
        attempts=attempt, revoked_at=None, expires_at__gt=timezone.now()
    )
    over = attempt.finished_at is not None and attempt.invitation.erased_at is None
    return {
        "attempt": attempt,
        "shares": shares and over,
        "links": links.count() if shares else 0,
    }
