"""Endpoints of webhooks: added, changed, given another secret, switched off and on, removed."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from assessments.actions.announcing import announce_to, ring_for_webhooks
from assessments.actions.auditing import Actor, record
from assessments.actions.problems import WebhookOff
from assessments.integrations.outbound import check_url
from assessments.integrations.signatures import PURPOSE, new_secret
from assessments.models import EventType, Organisation, User, WebhookDelivery, WebhookEndpoint
from assessments.models.webhook import TEST
from assessments.sealing import seal


@transaction.atomic
def add_webhook(
    organisation: Organisation,
    url: str,
    event_types: Iterable[str] = (),
    description: str = "",
    *,
    by: Actor,
) -> tuple[WebhookEndpoint, str]:
    """Return a new endpoint and its secret, which nobody can be shown again.

    It hears of all events where `event_types` names none. Raises Refused for an address that
    nothing is sent to.
    """
    check_url(url)
    secret = new_secret()
    endpoint: WebhookEndpoint = WebhookEndpoint.objects.create(
        organisation=organisation,
        url=url,
        event_types=_sorted(event_types),
        description=description.strip(),
        secret=seal(secret, PURPOSE),
        created_by=by if isinstance(by, User) else None,
    )
    record("webhook.added", endpoint, by=by, url=url, events=endpoint.event_types)
    return endpoint, secret


@transaction.atomic
def change_webhook(
    endpoint: WebhookEndpoint,
    *,
    url: str,
    event_types: Iterable[str] = (),
    description: str = "",
    by: Actor,
) -> WebhookEndpoint:
    """Send elsewhere, or of other events, from the next try on. Raises Refused."""
    check_url(url)
    endpoint = _locked(endpoint)
    if url != endpoint.url:
        # Whoever is there now has not failed yet.
        endpoint.failing_since, endpoint.rests_until, endpoint.troubles = None, None, 0
    endpoint.url, endpoint.description = url, description.strip()
    endpoint.event_types = _sorted(event_types)
    endpoint.save()
    record("webhook.changed", endpoint, by=by, url=url, events=endpoint.event_types)
    return endpoint


@transaction.atomic
def rotate_secret(endpoint: WebhookEndpoint, *, by: Actor) -> str:
    """Return a new secret; for a day everything is signed with the one of before as well."""
    endpoint, secret = _locked(endpoint), new_secret()
    endpoint.previous_secret = endpoint.secret
    endpoint.previous_until = timezone.now() + endpoint.ROTATION
    endpoint.secret = seal(secret, PURPOSE)
    endpoint.save(update_fields=["secret", "previous_secret", "previous_until"])
    record("webhook.secret_rotated", endpoint, by=by)
    return secret


@transaction.atomic
def disable_webhook(endpoint: WebhookEndpoint, why: str = "", *, by: Actor) -> bool:
    """Send nothing to it any more; what happens meanwhile waits. False where it was off already."""
    endpoint = _locked(endpoint)
    if endpoint.disabled_at:
        return False
    endpoint.disabled_at, endpoint.disabled_why = timezone.now(), why[:300]
    endpoint.save(update_fields=["disabled_at", "disabled_why"])
    record("webhook.disabled", endpoint, by=by, why=why)
    return True


@transaction.atomic
def enable_webhook(endpoint: WebhookEndpoint, *, by: Actor) -> WebhookEndpoint:
    """Send to it again, at once what waits."""
    endpoint = _locked(endpoint)
    if endpoint.disabled_at:
        endpoint.disabled_at, endpoint.disabled_why = None, ""
        endpoint.failing_since, endpoint.rests_until, endpoint.troubles = None, None, 0
        endpoint.save()
        record("webhook.enabled", endpoint, by=by)
        transaction.on_commit(ring_for_webhooks)
    return endpoint


@transaction.atomic
def remove_webhook(endpoint: WebhookEndpoint, *, by: Actor) -> None:
    """Forget the endpoint with all that was sent to it."""
    record("webhook.removed", endpoint, by=by, url=endpoint.url)
    endpoint.delete()


@transaction.atomic
def send_test_event(endpoint: WebhookEndpoint, *, by: Actor) -> WebhookDelivery:
    """Send an event that says nothing, to see whether it arrives; raise WebhookOff."""
    _refuse_where_off(endpoint)
    _wake(endpoint)
    record("webhook.tested", endpoint, by=by)
    return announce_to(TEST, endpoint)


@transaction.atomic
def replay(delivery: WebhookDelivery, *, by: Actor) -> WebhookDelivery:
    """Send once more under the same id, by the schedule from its beginning; raise WebhookOff."""
    _refuse_where_off(delivery.endpoint)
    found = WebhookDelivery.objects.select_for_update(of=("self",))
    delivery = found.select_related("endpoint", "event").get(pk=delivery.pk)
    delivery.state, delivery.due_at = WebhookDelivery.State.PENDING, timezone.now()
    delivery.replayed_at_try = delivery.tries
    _wake(delivery.endpoint)
    delivery.save(update_fields=["state", "due_at", "replayed_at_try"])
    record("webhook.replayed", delivery.endpoint, by=by, event=delivery.event_id)
    transaction.on_commit(ring_for_webhooks)
    return delivery


@transaction.atomic
def replay_failed(endpoint: WebhookEndpoint, *, by: Actor) -> int:
    """Send everything once more that was given up; return how many. Raises WebhookOff."""
    _refuse_where_off(endpoint)
    number = endpoint.deliveries.failed().update(
        state=WebhookDelivery.State.PENDING, due_at=timezone.now(), replayed_at_try=F("tries")
    )
    if number:
        _wake(endpoint)
        record("webhook.replayed", endpoint, by=by, number=number)
        transaction.on_commit(ring_for_webhooks)
    return number


def _refuse_where_off(endpoint: WebhookEndpoint) -> None:
    if endpoint.disabled_at:
        raise WebhookOff("The webhook is switched off: switch it on first.")


def _wake(endpoint: WebhookEndpoint) -> None:
    """Somebody waits for it: the endpoint is not left alone any longer."""
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(rests_until=None)


def _sorted(event_types: Iterable[str]) -> list[str]:
    return sorted({EventType(each).value for each in event_types})


def _locked(endpoint: WebhookEndpoint) -> WebhookEndpoint:
    rows = WebhookEndpoint.objects.select_for_update(of=("self",))
    found: WebhookEndpoint = rows.select_related("organisation").get(pk=endpoint.pk)
    return found
