"""Standard Webhooks: secrets that receivers verify with, and what is signed with them."""

import base64
import secrets
from datetime import UTC, datetime

from django.utils import timezone
from standardwebhooks.webhooks import Webhook

from assessments.models import WebhookEndpoint
from assessments.sealing import unseal

# What secrets of webhooks are sealed for.
PURPOSE = "webhook secret"
_BYTES = 32


def new_secret() -> str:
    return f"whsec_{base64.b64encode(secrets.token_bytes(_BYTES)).decode()}"


def secrets_of(endpoint: WebhookEndpoint) -> list[str]:
    """Return the secrets that hold now, the newest first; raise Unreadable."""
    sealed = [endpoint.secret]
    if endpoint.previous_until and timezone.now() < endpoint.previous_until:
        sealed.append(endpoint.previous_secret)
    return [unseal(each, PURPOSE) for each in sealed]


def signed(message: str, body: str, at: datetime, keys: list[str]) -> dict[str, str]:
    """Return the headers by which a receiver knows that `message` is ours, and of that moment."""
    moment = at.astimezone(UTC)
    return {
        "webhook-id": message,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": " ".join(Webhook(key).sign(message, moment, body) for key in keys),
    }
