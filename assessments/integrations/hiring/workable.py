"""Workable: tests to choose from, an order with an address of its own, and the result put there.

What it asks of providers, and what it is told, follow its description of assessment providers.
"""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from assessments.integrations.hiring.adapters import Adapter, Entry, State
from assessments.integrations.hiring.callbacks import check_their_key
from assessments.integrations.hiring.keys import bearer
from assessments.integrations.hiring.results import Result
from assessments.integrations.parcels import Parcel
from assessments.models import HiringConnection

STATUSES = {
    State.INVITED: "pending",
    State.COMPLETED: "completed",
    State.EXPIRED: "expired",
    State.CANCELLED: "rejected",
}
# From so many percent on who passed has excelled.
EXCELLED = 90


class Workable(Adapter):
    system = HiringConnection.System.WORKABLE
    summary = (
        "Recruiters send a test from a stage of the pipeline; status, score, grade and sections"
        " appear in the candidate's timeline."
    )
    tells = frozenset(STATUSES)
    hosts = ("workable.com",)
    their_key_label = "Token for callbacks"
    realm = 'Bearer realm="minima"'

    def key_in(self, header: str) -> str:
        return bearer(header)

    def entries(self, connection: HiringConnection, base: str) -> Sequence[Entry]:
        return [Entry("Base URL", base)]

    def secrets(self, connection: HiringConnection, base: str, key: str) -> Sequence[Entry]:
        return [Entry("API token", key)]

    def parcel(self, result: Result, key: str) -> Parcel | None:
        if not result.order.callback_url:
            return None
        check_their_key(result.order.connection, self.their_key_label)
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        body = json.dumps(told(result)).encode()
        return Parcel(result.order.callback_url, headers, body, "PUT")


def told(result: Result) -> dict[str, Any]:
    """Return how an order stands, as it is put to its callback."""
    if not result.is_complete:
        return {"status": STATUSES[result.state]}
    return {
        "status": STATUSES[result.state],
        "results_url": result.url,
        "assessment": {
            "score": f"{result.percent}",
            "grade": grade(result),
            "summary": _summary(result),
            "details": {part.title: f"{part.percent} %" for part in result.parts},
            "duration": _clock(result.taken or timedelta()),
        },
        "attachments": [],
    }


def grade(result: Result) -> str:
    """Workable says no, yes, and definitely yes."""
    if not result.passed:
        return "failed"
    return "excelled" if (result.percent or 0) >= EXCELLED else "passed"


def _summary(result: Result) -> str:
    verdict = "Passed" if result.passed else "Not passed"
    return f"{verdict}: {result.percent} % of all points; {result.pass_percent} % are needed."


def _clock(taken: timedelta) -> str:
    """41 minutes and 17 seconds → 00:41:17"""
    minutes, seconds = divmod(int(taken.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}"
