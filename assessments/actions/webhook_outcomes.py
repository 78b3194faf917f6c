"""What came of sending a webhook: noted, tried again by the schedule, or given up with a notice."""

import random
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from assessments.actions.auditing import record
from assessments.actions.emailing import queue_letter
from assessments.email_texts import letter, one_line
from assessments.integrations.parcels import Outcome
from assessments.models import Member, WebhookDelivery, WebhookEndpoint, WebhookEvent, WebhookTry

# How long an endpoint that is out of reach is left alone, doubled each time in a row.
FIRST_REST, LONGEST_REST = timedelta(seconds=5), timedelta(minutes=5)
# Of every pause, so that what failed together does not come back together.
JITTER = 0.2
_HEAVIEST = 10


@transaction.atomic
def note(delivery: WebhookDelivery, outcome: Outcome) -> None:
    """Write down what came of a try, let go of its endpoint, and say what comes next."""
    endpoint = WebhookEndpoint.objects.select_for_update().filter(pk=delivery.endpoint_id).first()
    if endpoint is None or not WebhookDelivery.objects.filter(pk=delivery.pk).exists():
        return  # removed while it was on its way
    WebhookTry.objects.create(
        delivery=delivery,
        status=outcome.status,
        answer=outcome.answer,
        error=outcome.error,
        seconds=outcome.seconds,
    )
    now, endpoint.served_until = timezone.now(), None
    if outcome.is_delivered:
        _note_success(delivery, endpoint, now)
    else:
        _note_failure(delivery, endpoint, outcome, now)
    endpoint.save(update_fields=["served_until", "failing_since", "troubles", "rests_until"])


def _note_success(delivery: WebhookDelivery, endpoint: WebhookEndpoint, now: datetime) -> None:
    # Whoever else has taken it on meanwhile: it has arrived.
    WebhookDelivery.objects.filter(pk=delivery.pk).update(
        state=WebhookDelivery.State.DELIVERED, delivered_at=now
    )
    endpoint.failing_since, endpoint.rests_until, endpoint.troubles = None, None, 0


def _note_failure(
    delivery: WebhookDelivery, endpoint: WebhookEndpoint, outcome: Outcome, now: datetime
) -> None:
    asked = timedelta(seconds=outcome.retry_after or 0)
    pending = WebhookDelivery.objects.filter(
        pk=delivery.pk, tries=delivery.tries, state=WebhookDelivery.State.PENDING
    )
    if delivery.pause is None:
        pending.update(state=WebhookDelivery.State.FAILED)
    else:
        pending.update(due_at=now + max(_jittered(delivery.pause), asked))
    endpoint.failing_since = endpoint.failing_since or now
    if outcome.is_trouble:
        endpoint.troubles += 1
        doubled = FIRST_REST * 2 ** min(endpoint.troubles - 1, _HEAVIEST)
        endpoint.rests_until = now + max(min(doubled, LONGEST_REST), asked)
    if outcome.is_gone:
        _give_up(endpoint, "It answered 410 Gone: it wants to hear no more.")
    elif now - endpoint.failing_since >= endpoint.LASTING:
        _give_up(endpoint, f"Every try has failed for {endpoint.LASTING.days} days.")


def _jittered(pause: timedelta) -> timedelta:
    return pause * random.uniform(1, 1 + JITTER)


def _give_up(endpoint: WebhookEndpoint, why: str) -> None:
    """Switch an endpoint off, and write to those who can switch it on again."""
    if endpoint.disabled_at:
        return
    endpoint.disabled_at, endpoint.disabled_why = timezone.now(), why
    endpoint.save(update_fields=["disabled_at", "disabled_why"])
    record("webhook.disabled", endpoint, by=None, why=why)
    organisation, link = endpoint.organisation, settings.BASE_URL + endpoint.get_absolute_url()
    written = render_to_string(
        "email/webhook_off.txt",
        {
            "organisation": one_line(organisation.name),
            "url": endpoint.url,
            "why": why,
            "link": link,
            "days": WebhookEvent.KEPT.days,
        },
    )
    text = letter(written, organisation, link, button="Look at the webhook")
    owners = Member.objects.filter(organisation=organisation, role__in=Member.RUNS)
    for owner in owners.select_related("user").order_by("pk"):
        queue_letter(text, organisation, owner.user.email)
