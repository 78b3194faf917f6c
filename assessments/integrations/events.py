"""What an event tells: keys, addresses and scores. Whoever wants more asks the REST interface."""

import json
from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from assessments.models import (
    Attempt,
    Candidate,
    Decision,
    Invitation,
    Review,
    WebhookEndpoint,
    WebhookEvent,
)


def data_of(row: Any) -> dict[str, Any]:
    """Return what an event tells of `row`; no name or word of a candidate."""
    match row:
        case Invitation():
            return _of_invitation(row)
        case Attempt():
            return _of_attempt(row)
        case Review():
            return _of_attempt(row.attempt) | {"review": row.pk, "question": row.question_id}
        case Decision():
            return _of_attempt(row.attempt) | {"decision": row.pk, "outcome": row.outcome}
        case Candidate():
            return {"candidate": str(row.pk)}
        case WebhookEndpoint():
            return {"endpoint": str(row.pk)}
    raise TypeError(f"No event is about a {type(row).__name__}.")


def is_preview(row: Any) -> bool:
    """Whether `row` comes of a member's own look at an assessment, which counts nowhere."""
    match row:
        case Review() | Decision():
            return is_preview(row.attempt)
        case Attempt():
            return is_preview(row.invitation)
        case Invitation():
            return bool(row.preview)
    return False


def organisation_of(row: Any) -> int:
    """Return the key of the organisation that `row` belongs to."""
    key: int = (row.attempt if isinstance(row, Review | Decision) else row).organisation_id
    return key


def _of_invitation(invitation: Invitation) -> dict[str, Any]:
    version = invitation.assessment_version
    return {
        "invitation": str(invitation.pk),
        "candidate": str(invitation.candidate_id),
        "assessment": str(version.assessment_id),
        "version": version.number,
        "expires_at": utc(invitation.expires_at),
    }


def _of_attempt(attempt: Attempt) -> dict[str, Any]:
    """What the REST interface tells of an attempt to whoever may read."""
    version = attempt.version
    return {
        "attempt": str(attempt.pk),
        "invitation": str(attempt.invitation_id),
        "candidate": str(attempt.invitation.candidate_id),
        "assessment": str(version.assessment_id),
        "version": version.number,
        "state": attempt.state,
        "score": attempt.score,
        "passed": attempt.passed,
        "report_url": settings.BASE_URL + attempt.get_absolute_url(),
    }


def utc(moment: datetime) -> str:
    """Return the moment as the REST interface writes it."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def body_of(event: WebhookEvent) -> str:
    """Return the text that is signed and sent, each time the same."""
    told = {"type": event.type, "timestamp": utc(event.timestamp), "data": event.data}
    return json.dumps(told, separators=(",", ":"), ensure_ascii=False)
