"""Greenhouse, as a partner for assessments: it asks, and is told that there is something to ask."""

from collections.abc import Sequence
from typing import Any, ClassVar

from assessments.actions import AttemptsUsedUp, InvitationClosed, NotPublished
from assessments.integrations.events import utc
from assessments.integrations.hiring.adapters import Adapter, Entry
from assessments.integrations.hiring.keys import basic_header
from assessments.integrations.hiring.results import Result
from assessments.integrations.outbound import Refused
from assessments.integrations.parcels import Parcel
from assessments.models import HiringConnection, HiringOrder

# The words of a state; what has no score yet is not complete to Greenhouse.
WORDS = {
    HiringOrder.State.INVITED: "invited",
    HiringOrder.State.STARTED: "started",
    HiringOrder.State.FINISHED: "being scored",
    HiringOrder.State.COMPLETED: "complete",
    HiringOrder.State.EXPIRED: "expired",
    HiringOrder.State.CANCELLED: "cancelled",
    HiringOrder.State.ERASED: "erased",
}


class Greenhouse(Adapter):
    system = HiringConnection.System.GREENHOUSE
    summary = "Recruiters press “Send Test” at a stage; score and report come back to the profile."
    hosts = ("greenhouse.io",)
    # Nothing but 400 and 404 is agreed on.
    refusals: ClassVar = dict.fromkeys(
        (AttemptsUsedUp, InvitationClosed, NotPublished, Refused), 400
    )

    def entries(self, connection: HiringConnection, base: str) -> Sequence[Entry]:
        names = ("list_tests", "send_test", "test_status", "response_error")
        return [Entry(name, f"{base}{name}") for name in names]

    def parcel(self, result: Result, key: str) -> Parcel | None:
        """Greenhouse takes no result: it is told to ask for one."""
        url = result.order.callback_url
        return Parcel(url, {"Authorization": basic_header(key)}, b"", "PATCH") if url else None

    def error(self, status: int, sentence: str) -> Any:
        return {"error": sentence}


def status_of(result: Result) -> dict[str, Any]:
    """Return what Greenhouse is answered when it asks for an order."""
    return {
        "partner_status": WORDS[result.state],
        "partner_profile_url": result.url or None,
        "partner_score": result.percent if result.is_complete else None,
        "metadata": _metadata(result) if result.is_complete else None,
    }


def _metadata(result: Result) -> dict[str, Any]:
    """Flat, and read by people as it is."""
    finished = result.finished_at
    return {
        "Passed": "yes" if result.passed else "no",
        "Pass mark": result.pass_percent,
        "Completed At": utc(finished) if finished else None,
        **{part.title: part.percent for part in result.parts},
    }
