"""One message as it goes out, and what came of it; nothing here touches the database."""

import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from django.utils import timezone

from assessments.integrations.events import body_of
from assessments.integrations.outbound import Answer, Refused, Unreachable, call
from assessments.integrations.signatures import secrets_of, signed
from assessments.models import WebhookDelivery

log = logging.getLogger(__name__)

# So much of an answer is kept for the log.
KEPT_BYTES = 2048
# A receiver that is busy says when to come back; longer than this nobody is made to wait.
LONGEST_WAIT = 86_400
# What says of the receiver, and not of the event, that it can't be taken now.
BUSY = (429, 502, 503, 504)
GONE = 410


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of sending once.

    Attributes:
        status: None where no answer came; then `error` says why.
        retry_after: the seconds that a busy receiver asks for.
    """

    status: int | None = None
    answer: str = ""
    error: str = ""
    seconds: float = 0.0
    retry_after: int | None = None

    @property
    def is_delivered(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_gone(self) -> bool:
        """Whether the receiver wants to hear no more."""
        return self.status == GONE

    @property
    def is_trouble(self) -> bool:
        """Whether any other event would have met with the same."""
        return self.status is None or self.status in BUSY


@dataclass(frozen=True, slots=True)
class Parcel:
    url: str
    headers: dict[str, str]
    body: bytes
    method: str = "POST"

    def send(self) -> Outcome:
        """Send it, and return whatever came of it: nothing is raised for what others do."""
        try:
            return _outcome(call(self.method, self.url, self.headers, self.body))
        except (Refused, Unreachable) as error:
            return Outcome(error=str(error)[:500])
        except Exception:
            # One that can't be sent, whatever it is, keeps no other from being sent.
            log.exception("what was meant for %s could not be sent", self.url)
            return Outcome(error="It could not be sent, through a fault of ours.")


def parcel_of(delivery: WebhookDelivery) -> Parcel:
    """Return what is sent now: the same event under the same id, signed anew. Raises Unreadable."""
    endpoint, body = delivery.endpoint, body_of(delivery.event)
    headers = signed(delivery.event_id, body, timezone.now(), secrets_of(endpoint))
    return Parcel(endpoint.url, {"Content-Type": "application/json", **headers}, body.encode())


def _outcome(answer: Answer) -> Outcome:
    text = answer.body[:KEPT_BYTES].decode("utf-8", "replace").replace("\x00", "\ufffd")
    asked = _seconds(answer.header("Retry-After")) if answer.status in BUSY else None
    return Outcome(answer.status, text, "", answer.seconds, asked)


def _seconds(text: str) -> int | None:
    """Return what a Retry-After asks for: seconds, or a date."""
    text = text.strip()
    if text.isascii() and text.isdigit():
        return min(int(text[:9]), LONGEST_WAIT)
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError):
        return None
    left = (moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
    return min(max(0, int(left)), LONGEST_WAIT)
