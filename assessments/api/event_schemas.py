"""The events of webhooks, as the schema tells of them."""

from typing import Any

from assessments.models import Attempt, Decision, EventType
from assessments.models.webhook import TEST

_TEXT: dict[str, Any] = {"type": "string"}
_ID = {**_TEXT, "format": "uuid"}
_KEY: dict[str, Any] = {"type": "integer"}
_MOMENT = {**_TEXT, "format": "date-time"}
_INVITATION = {
    "invitation": _ID, "candidate": _ID, "assessment": _ID, "version": _KEY, "expires_at": _MOMENT
}  # fmt: skip
_ATTEMPT = {
    "attempt": _ID,
    "invitation": _ID,
    "candidate": _ID,
    "assessment": _ID,
    "version": _KEY,
    "state": {**_TEXT, "enum": Attempt.State.values},
    "score": {"type": ["number", "null"]},
    "passed": {"type": ["boolean", "null"]},
    "report_url": {**_TEXT, "format": "uri"},
}
# What the data of an event has, by what it is about.
DATA = {
    "InvitationEvent": _INVITATION,
    "AttemptEvent": _ATTEMPT,
    "ReviewEvent": {**_ATTEMPT, "review": _KEY, "question": _KEY},
    "DecisionEvent": {
        **_ATTEMPT, "decision": _KEY, "outcome": {**_TEXT, "enum": Decision.Outcome.values}
    },
    "CandidateEvent": {"candidate": _ID},
    "EndpointEvent": {"endpoint": _ID},
}  # fmt: skip
ABOUT = {
    EventType.INVITATION_CREATED: "InvitationEvent",
    EventType.INVITATION_REVOKED: "InvitationEvent",
    EventType.INVITATION_EXPIRED: "InvitationEvent",
    EventType.ATTEMPT_STARTED: "AttemptEvent",
    EventType.ATTEMPT_SUBMITTED: "AttemptEvent",
    EventType.ATTEMPT_GRADED: "AttemptEvent",
    EventType.ATTEMPT_REOPENED: "AttemptEvent",
    EventType.REPORT_UPDATED: "AttemptEvent",
    EventType.REVIEW_COMPLETED: "ReviewEvent",
    EventType.DECISION_MADE: "DecisionEvent",
    EventType.CANDIDATE_ERASED: "CandidateEvent",
    TEST: "EndpointEvent",
}
_HEADERS = {
    "webhook-id": "The same each time the event is sent: keep the ids that you have seen.",
    "webhook-timestamp": "When it was sent, in seconds since 1970.",
    "webhook-signature": "`v1,` and the signature; two of them while a secret is changed.",
}
_SUMMARIES = {**dict(EventType.choices), TEST: "Somebody tries an endpoint"}


def webhooks_of(schemas: dict[str, Any]) -> dict[str, Any]:
    """Return the webhooks of the schema, and add to `schemas` what they tell."""
    for name, fields in DATA.items():
        schemas[name] = {"type": "object", "required": [*fields], "properties": fields}
    return {str(each): {"post": _told(str(each), about)} for each, about in ABOUT.items()}


def _told(event_type: str, about: str) -> dict[str, Any]:
    body = {
        "type": "object",
        "required": ["type", "timestamp", "data"],
        "properties": {
            "type": {"type": "string", "enum": [event_type]},
            "timestamp": {**_MOMENT, "description": "When it happened."},
            "data": {"$ref": f"#/components/schemas/{about}"},
        },
    }
    return {
        "operationId": f"webhook_{event_type.replace('.', '_')}",
        "summary": _SUMMARIES[event_type],
        "description": "Signed as Standard Webhooks has it; what `data` has may grow.",
        "tags": ["webhooks"],
        "parameters": [
            {"name": name, "in": "header", "required": True, "description": text, "schema": _TEXT}
            for name, text in _HEADERS.items()
        ],
        "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
        "responses": {"2XX": {"description": "It arrived. Any other answer is a failure."}},
    }
