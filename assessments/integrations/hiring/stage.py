"""Any other system: a webhook of its own says that somebody came to a stage.

Which field of its JSON means what, and which stage invites to what, an owner says at the desk.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils import timezone

from assessments.integrations.events import utc
from assessments.integrations.hiring.adapters import Adapter, Entry, Malformed, State
from assessments.integrations.hiring.bodies import Body
from assessments.integrations.hiring.proofs import Proof, signing_secret
from assessments.integrations.hiring.results import Result
from assessments.integrations.parcels import Parcel
from assessments.integrations.signatures import signed
from assessments.models import HiringConnection


class Stage(Adapter):
    system = HiringConnection.System.STAGE
    summary = "A webhook of your system says that somebody came to a stage, and they are invited."
    tells = frozenset(State) - {State.INVITED, State.ERASED}
    realm: ClassVar[str] = ""

    def entries(self, connection: HiringConnection, base: str) -> Sequence[Entry]:
        if proof_of(connection) == Proof.ADDRESS:
            return []  # it is a secret, and was shown once
        return [Entry("Address of the webhook", f"{base}{connection.pk}/")]

    def secrets(self, connection: HiringConnection, base: str, key: str) -> Sequence[Entry]:
        match proof_of(connection):
            case Proof.ADDRESS:
                return [Entry("Address of the webhook", f"{base}{connection.pk}/{key}/")]
            case Proof.STANDARD:
                return [Entry("Signing secret", signing_secret(key))]
        return [Entry("Signing secret", key)]

    def parcel(self, result: Result, key: str) -> Parcel | None:
        """A message as those of webhooks, where somebody wants to hear of orders alone."""
        url = result.order.connection.settings.get("results_url", "")
        if not url:
            return None
        message = f"ord_{result.order.pk.hex}_{result.order.revision}"
        body = json.dumps(told(result), separators=(",", ":"))
        headers = signed(message, body, timezone.now(), [signing_secret(key)])
        return Parcel(url, {"Content-Type": "application/json", **headers}, body.encode())


def told(result: Result) -> dict[str, Any]:
    """Return how an order stands, with all that there is to say of it."""
    order, finished = result.order, result.finished_at
    return {
        "type": "order.updated",
        "timestamp": utc(order.changed_at),
        "data": {
            "order": str(order.pk),
            "key": order.reference.get("key", ""),
            "assessment": str(order.version.assessment_id),
            "status": result.state.value,
            "score": result.percent,
            "passed": result.passed,
            "report_url": result.url or None,
            "completed_at": utc(finished) if finished else None,
            "sections": [
                {"key": part.key, "title": part.title, "score": part.percent}
                for part in result.parts
            ],
        },
    }


def proof_of(connection: HiringConnection) -> Proof:
    return Proof(connection.settings.get("proof", Proof.STANDARD))


@dataclass(frozen=True, slots=True)
class Reading:
    """What a message says: who came to which stage.

    Attributes:
        assessment: the key of what they are invited to; "" for a stage that invites to nothing,
            and then the rest is not read.
        key: by which the other system knows the person or the application.
    """

    stage: str
    assessment: str = ""
    key: str = ""
    name: str = ""
    email: str = ""
    profile_url: str = ""


def read(body: Body, settings: Mapping[str, Any]) -> Reading:
    """Read a message as the owner said; raise Malformed."""
    fields: Mapping[str, str] = settings.get("fields", {})
    stage = body.text(_path(fields, "stage"))
    wanted = {each["stage"].casefold(): each["assessment"] for each in settings.get("stages", [])}
    assessment = wanted.get(stage.casefold(), "")
    if not assessment:
        return Reading(stage)
    profile = fields.get("profile_url", "")
    return Reading(
        stage,
        assessment,
        key=body.text(_path(fields, "key"), most=200),
        name=body.name(*_path(fields, "name").split()),
        email=body.email(_path(fields, "email")),
        profile_url=body.link(profile) if profile else "",
    )


def _path(fields: Mapping[str, str], name: str) -> str:
    if path := fields.get(name, ""):
        return path
    raise Malformed(f"Nobody has said yet where the {name} stands.")
