"""Connections to hiring systems: made, changed, given another key, paused, removed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from assessments.actions.auditing import Actor, record
from assessments.actions.hiring_states import ring_for_hiring
from assessments.integrations.hiring.keys import digest_of, new_key, seal_key, seal_their_key
from assessments.models import Assessment, HiringConnection, Organisation, User


@dataclass(frozen=True, slots=True)
class Terms:
    """What an owner says of a connection.

    Attributes:
        settings: what the adapter of its system makes of it; "hosts" where it may be called.
        assessments: what it may order; none: whatever is published.
        their_key: what the system gave out; None leaves the one that is there, "" takes it away.
    """

    name: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    assessments: Iterable[Assessment] = ()
    days: int = 14
    language: str = ""
    their_key: str | None = None


@transaction.atomic
def add_connection(
    organisation: Organisation, system: str, terms: Terms, *, by: Actor
) -> tuple[HiringConnection, str]:
    """Return a new connection, and the key that its system comes in with, shown this once."""
    key = new_key()
    connection = HiringConnection(
        organisation=organisation,
        system=HiringConnection.System(system),
        key_digest=digest_of(key),
        key=seal_key(key),
        created_by=by if isinstance(by, User) else None,
    )
    _agree(connection, terms)
    record("hiring_connection.added", connection, by=by, system=system, name=connection.name)
    return connection, key


@transaction.atomic
def change_connection(connection: HiringConnection, terms: Terms, *, by: Actor) -> HiringConnection:
    connection = _locked(connection)
    _agree(connection, terms)
    record("hiring_connection.changed", connection, by=by, name=connection.name)
    return connection


def _agree(connection: HiringConnection, terms: Terms) -> None:
    connection.name, connection.days = terms.name.strip(), terms.days
    connection.language, connection.settings = terms.language, dict(terms.settings)
    if terms.their_key is not None:
        connection.their_key = seal_their_key(terms.their_key.strip())
    # Whoever changes something wants it tried at once.
    connection.rests_until, connection.troubles = None, 0
    connection.save()
    own = Assessment.objects.of(connection.organisation)
    connection.assessments.set(own.filter(pk__in=[each.pk for each in terms.assessments]))


@transaction.atomic
def replace_key(connection: HiringConnection, *, by: Actor) -> str:
    """Return another key; for a day the one of before lets in as well."""
    connection, key = _locked(connection), new_key()
    connection.previous_digest, connection.previous_key = connection.key_digest, connection.key
    connection.previous_until = timezone.now() + connection.ROTATION
    connection.key_digest, connection.key = digest_of(key), seal_key(key)
    connection.save(
        update_fields=["previous_digest", "previous_key", "previous_until", "key_digest", "key"]
    )
    record("hiring_connection.key_replaced", connection, by=by, name=connection.name)
    return key


@transaction.atomic
def pause_connection(connection: HiringConnection, *, by: Actor) -> bool:
    """Take no orders and tell nothing; what is to be told waits. False where it was paused."""
    connection = _locked(connection)
    if connection.paused_at:
        return False
    connection.paused_at = timezone.now()
    connection.save(update_fields=["paused_at"])
    record("hiring_connection.paused", connection, by=by, name=connection.name)
    return True


@transaction.atomic
def resume_connection(connection: HiringConnection, *, by: Actor) -> HiringConnection:
    """Take orders again, and tell at once what waits."""
    connection = _locked(connection)
    if connection.paused_at:
        connection.paused_at, connection.failing_since = None, None
        connection.rests_until, connection.troubles = None, 0
        connection.save()
        record("hiring_connection.resumed", connection, by=by, name=connection.name)
        transaction.on_commit(ring_for_hiring)
    return connection


@transaction.atomic
def remove_connection(connection: HiringConnection, *, by: Actor) -> None:
    """Forget the connection with its orders; invitations and attempts stay."""
    record("hiring_connection.removed", connection, by=by, name=connection.name)
    connection.delete()


def _locked(connection: HiringConnection) -> HiringConnection:
    rows = HiringConnection.objects.select_for_update(of=("self",))
    found: HiringConnection = rows.select_related("organisation").get(pk=connection.pk)
    return found
