"""What people decide of candidates. Nothing here happens by itself, and nothing is sent."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from assessments.actions.announcing import announce
from assessments.actions.auditing import record
from assessments.actions.problems import AttemptRuns, JudgedMeanwhile, ReasonMissing
from assessments.models import ApiToken, Attempt, Decision, EventType, User


@transaction.atomic
def decide(
    attempts: Iterable[Attempt],
    outcome: str,
    reason: str,
    by: User,
    *,
    through: ApiToken | None = None,
    seen: int | None = None,
) -> list[Decision]:
    """Note what `by` decided of each of the attempts, and why; earlier decisions stay readable.

    `through` is the token of the system that told of it, if one did. `seen` is how many decisions
    `by` had seen of each attempt: the same decision sent twice is one, and where somebody else has
    decided since, JudgedMeanwhile is raised. None asks for neither.

    All or none: raises ReasonMissing without a reason, and AttemptRuns where one goes on.
    """
    outcome, reason = Decision.Outcome(outcome), reason.strip()
    if not reason:
        raise ReasonMissing("Please say why: a decision is kept with its reason.")
    return [
        _sent_before(attempt, outcome, reason, by, seen)
        or _decided(attempt, outcome, reason, by, through)
        for attempt in _over(attempt.pk for attempt in attempts)
    ]


def _sent_before(
    attempt: Attempt, outcome: str, reason: str, by: User, seen: int | None
) -> Decision | None:
    """The same decision, if it came a moment ago; raise JudgedMeanwhile where another one did."""
    unseen = list(attempt.decisions.all()[seen:]) if seen is not None else []
    if not unseen:
        return None
    newest = unseen[-1]
    if (newest.outcome, newest.reason, newest.made_by_id) == (outcome, reason, by.pk):
        return newest
    who = newest.made_by.get_short_name() if newest.made_by else "Somebody"
    raise JudgedMeanwhile(
        f"{who} has decided since this page was shown: {newest.get_outcome_display().lower()}. "
        "Read why, and decide again if yours is to count."
    )


def _over(keys: Iterable[object]) -> list[Attempt]:
    """The attempts, locked in one order, so that two who decide of many wait for each other."""
    rows = Attempt.objects.select_for_update(of=("self",)).filter(pk__in=list(keys))
    found = list(rows.select_related("organisation").order_by("pk"))
    if going_on := sum(attempt.finished_at is None for attempt in found):
        number = "An attempt goes" if going_on == 1 else f"{going_on} attempts go"
        raise AttemptRuns(f"{number} on; a decision waits until it is over.")
    return found


def _decided(
    attempt: Attempt, outcome: str, reason: str, by: User, through: ApiToken | None
) -> Decision:
    made: Decision = Decision.objects.create(
        attempt=attempt, outcome=outcome, reason=reason, score=attempt.score, made_by=by
    )
    told: dict[str, Any] = {"through": through.name} if through else {}
    record("decision.made", attempt, by=by, outcome=made.outcome, score=made.score, **told)
    announce(EventType.DECISION_MADE, made)
    return made
