"""Endpoints of webhooks, and what was sent to them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

DeliveryState = Literal["pending", "delivered", "failed"]


@dataclass(frozen=True)
class WebhookEndpoint:
    """`event_types` is empty where it is told of all; `etag` names the state that was read."""

    id: str
    url: str
    description: str
    event_types: list[str]
    enabled: bool
    disabled_at: datetime | None
    disabled_why: str
    failing_since: datetime | None
    previous_until: datetime | None
    created_at: datetime
    etag: str = field(default="", compare=False, repr=False, kw_only=True)


@dataclass(frozen=True)
class EndpointWithSecret(WebhookEndpoint):
    """An endpoint with the secret that its receiver verifies by, shown this once."""

    secret: str = field(repr=False)


@dataclass(frozen=True)
class Delivery:
    """An event and one endpoint; `event` is the `webhook-id` of each try."""

    id: int
    endpoint: str
    event: str
    type: str
    timestamp: datetime
    state: DeliveryState
    tries: int
    due_at: datetime
    delivered_at: datetime | None


@dataclass(frozen=True)
class Try:
    """One attempt to deliver; `status` is None where no answer came, and `error` says why."""

    at: datetime
    status: int | None
    answer: str
    error: str
    seconds: float


@dataclass(frozen=True)
class DeliveryDetail(Delivery):
    data: dict[str, Any]
    tried: list[Try]


@dataclass(frozen=True)
class Replayed:
    """How many are sent once more."""

    number: int
