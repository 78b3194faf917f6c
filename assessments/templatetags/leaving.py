"""What a report says of what leads away from it: similar code, links, PDF files, scorecards."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import template
from django.utils import timezone

from assessments.models import Attempt, Member, ShareLink, SimilarPair
from assessments.models.organisation import member_of
from assessments.recruiter.scorecards.reading import cards_for
from assessments.recruiter.viewer import viewer_of

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
def leaving(context: Mapping[str, Any], *attempts: Attempt) -> dict[str, Any]:
    """The ways out of a report or a comparison: a link for others, and a PDF."""
    request = context["request"]
    member = member_of(request.user)
    manages = member is not None and member.role in Member.INVITES
    return {
        "request": request,
        "csrf_token": context.get("csrf_token"),
        "keys": ",".join(str(attempt.pk) for attempt in attempts),
        "shares": manages and all(map(_is_over, attempts)),
        "links": _open_links(attempts[0]) if manages and len(attempts) == 1 else 0,
        "prints": all(attempt.finished_at is not None for attempt in attempts),
        "names": manages
        and all(viewer_of(request).sees_names(attempt.organisation_id) for attempt in attempts),
    }


@register.inclusion_tag("recruiter/shared/report_line.html", takes_context=True)
def leaving_all(context: Mapping[str, Any], attempts: Iterable[Attempt]) -> dict[str, Any]:
    """The same for a list of attempts."""
    return leaving(context, *attempts)


def _is_over(attempt: Attempt) -> bool:
    return attempt.finished_at is not None and attempt.invitation.erased_at is None


def _open_links(attempt: Attempt) -> int:
    now = timezone.now()
    found = ShareLink.objects.filter(attempts=attempt, revoked_at=None, expires_at__gt=now)
    return int(found.count())


@register.inclusion_tag("recruiter/scorecards/report_line.html", takes_context=True)
def scorecard_line(context: Mapping[str, Any], attempt: Attempt) -> dict[str, Any]:
    """What came of the interviews, as far as it is this reader's to know."""
    member = member_of(context["request"].user)
    over = member is not None and attempt.finished_at is not None
    return {"attempt": attempt, "cards": cards_for(attempt, member) if over and member else None}


@register.inclusion_tag("recruiter/shared/ways.html", takes_context=True)
def leaving_links(context: Mapping[str, Any]) -> dict[str, Any]:
    """The ways to what looks alike and to what was shared, for whoever they are there for."""
    member = member_of(context["request"].user)
    role = member.role if member else ""
    return {"sees": role in Member.SEES_CANDIDATES, "shares": role in Member.INVITES}
