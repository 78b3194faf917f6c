"""Whether a webhook is the server's: signed as it signs, verified as its receivers do."""

from datetime import UTC, datetime, timedelta

import pytest

from assessments.integrations import signatures
from minima_client import SignatureRefused, webhooks


def test_webhooks_are_verified_with_any_secret_that_holds():
    old, new = signatures.new_secret(), signatures.new_secret()
    text = '{"type": "attempt.graded", "timestamp": "2026-11-21T14:00:00Z", "data": {"score": 1}}'
    body, now = text.encode(), datetime.now(UTC)
    headers = signatures.signed("msg_1", text, now, [new])
    late = signatures.signed("msg_1", text, now - timedelta(minutes=6), [new])

    event = webhooks.verify(body, headers, [old, new])

    assert (event.id, event.type, event.data) == ("msg_1", "attempt.graded", {"score": 1})
    assert event.timestamp == datetime(2026, 11, 21, 14, tzinfo=UTC)
    for wrong in (
        (body + b" ", headers, new),
        (body, headers, old),
        (body, {}, new),
        (body, late, new),
    ):
        with pytest.raises(SignatureRefused):
            webhooks.verify(*wrong)
