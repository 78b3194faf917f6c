"""Whether what came in is Minima's. Needs the extra: pip install 'minima-client[webhooks]'."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from minima_client.problems import Misconfigured, SignatureRefused
from minima_client.reading import read

try:
    from standardwebhooks.webhooks import Webhook, WebhookVerificationError
except ImportError:
    Webhook = None  # type: ignore[assignment, misc]


@dataclass(frozen=True)
class Event:
    """What happened; `docs/webhooks.md` lists the types with their data.

    The same event may come twice, under the same `id`.
    """

    type: str
    timestamp: datetime
    data: dict[str, Any]
    id: str = ""


def verify(body: bytes, headers: Mapping[str, str], secret: str | Sequence[str]) -> Event:
    """Return the event of a request, whose `body` is as it came in, unparsed.

    While a secret is changed there may be several: one that fits is enough.

    Raises:
        SignatureRefused: it is not ours, was changed on its way, or is older than five minutes.
    """
    if Webhook is None:
        raise Misconfigured("Install what verifies: pip install 'minima-client[webhooks]'.")
    secrets = [secret] if isinstance(secret, str) else secret
    told = {name.lower(): value for name, value in headers.items()}
    for each in secrets:
        try:
            data = Webhook(each).verify(body, told)
        except WebhookVerificationError:
            continue
        return read(Event, {"id": told["webhook-id"], **data})
    raise SignatureRefused("The signature fits none of the secrets, or the time is over.")
