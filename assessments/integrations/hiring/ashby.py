"""Ashby: one address a verb, and an update of ours for each change.

What it asks of partners, and what it is told, follow its description of assessment partners.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, ClassVar

from assessments.actions import AttemptsUsedUp, InvitationClosed, NotPublished
from assessments.integrations.hiring.adapters import Adapter, Entry, State
from assessments.integrations.hiring.callbacks import check_their_key
from assessments.integrations.hiring.keys import basic_header
from assessments.integrations.hiring.results import Result
from assessments.integrations.outbound import Refused
from assessments.integrations.parcels import Outcome, Parcel
from assessments.models import HiringConnection

# "Started" is the one word that Ashby itself reads: it keeps that moment.
WORDS = {
    State.INVITED: "Invited",
    State.STARTED: "Started",
    State.FINISHED: "Handed in, waits for its score",
    State.COMPLETED: "Completed",
    State.EXPIRED: "Expired",
    State.CANCELLED: "Cancelled",
    State.ERASED: "Erased",
}
WHY_OVER = {
    State.EXPIRED: "The invitation expired before the candidate started.",
    State.CANCELLED: "The invitation was withdrawn.",
    State.ERASED: "The candidate's data was erased.",
}


class Ashby(Adapter):
    system = HiringConnection.System.ASHBY
    summary = (
        "Recruiters add a test to an interview plan and start it from Ashby; status, score and"
        " sections appear with the candidate, and a test that nobody has begun can be cancelled."
    )
    # That somebody is invited is a part of the answer to the order.
    tells = frozenset(WORDS) - {State.INVITED, State.ERASED}
    # The one place that it is told at, whoever's account it is; no order brings its own.
    address: ClassVar[str] = "https://api.ashbyhq.com/assessment.update"
    their_key_label = "API key with the permission candidatesWrite"
    # A 422 is shown to whoever pressed the button; of a 409 Ashby makes words of its own.
    malformed = 422
    refusals: ClassVar = dict.fromkeys(
        (AttemptsUsedUp, InvitationClosed, NotPublished, Refused), 422
    )

    def entries(self, connection: HiringConnection, base: str) -> Sequence[Entry]:
        return [Entry("Base URL", base)]

    def parcel(self, result: Result, key: str) -> Parcel | None:
        check_their_key(result.order.connection, self.their_key_label)
        headers = {
            "Authorization": basic_header(key),
            "Accept": "application/json; version=1",
            "Content-Type": "application/json",
        }
        return Parcel(self.address, headers, json.dumps(update(result)).encode())

    def error(self, status: int, sentence: str) -> Any:
        return {"message": sentence}

    def took(self, outcome: Outcome) -> bool:
        """Ashby says no with a 200, too."""
        return outcome.is_delivered and _success(outcome.answer) is not False


def update(result: Result) -> dict[str, Any]:
    """Return how an order stands, as `assessment.update` and the answers of ours have it."""
    over = WHY_OVER.get(result.state)
    told: dict[str, Any] = {
        "assessment_id": str(result.order.pk),
        "timestamp": _milliseconds(result.order.changed_at),
        "assessment_status": _field("status", "Status", "string", WORDS[result.state]),
        "cancelled_reason": _field("cancelled", "Cancelled", "string", over) if over else None,
        "metadata": list(_metadata(result)),
    }
    if result.url:
        told["assessment_profile_url"] = _field("report", "Report", "url", result.url)
    if result.is_complete:
        # This says that it is complete.
        told["assessment_result"] = _field("score", "Score", "numeric_score", result.percent)
    return told


def _metadata(result: Result) -> Iterator[dict[str, Any]]:
    if not result.is_complete:
        return
    yield _field("max-score", "Max score", "numeric_score", 100)
    if result.pass_percent is not None:
        yield _field("pass-mark", "Pass mark", "numeric_score", result.pass_percent)
    if result.passed is not None:
        yield _field("passed", "Passed", "boolean_success", result.passed)
    if result.taken is not None:
        minutes = round(result.taken.total_seconds() / 60)
        yield _field("minutes", "Time taken", "numeric_duration_minutes", minutes)
    slug = result.order.version.assessment.slug
    for part in result.parts:
        # One name means one thing to Ashby, whatever assessment it comes with.
        name = part.key if part.key.startswith("topic-") else f"{slug}-{part.key}"
        yield _field(name, part.title, "numeric_score", part.percent)


def _field(identifier: str, label: str, kind: str, value: Any) -> dict[str, Any]:
    return {"identifier": identifier, "label": label, "type": kind, "value": value}


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _success(answer: str) -> Any:
    try:
        found = json.loads(answer)
    except ValueError:
        return None
    return found.get("success") if isinstance(found, dict) else None
