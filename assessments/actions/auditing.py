"""The audit log: written in the transaction of what it tells of, so that neither is without it."""

import json
from datetime import timedelta
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model
from django.utils import timezone

from assessments.models import ApiToken, AuditEntry, Organisation, User

Actor = User | ApiToken | None

# Whoever looks at the same again within this long is still looking.
ONE_LOOK = timedelta(minutes=10)
# What leads from a row to its organisation, in this order.
_OWNERS = ("organisation", "attempt", "invitation", "assessment", "version", "submission")


def record(
    verb: str,
    target: Model,
    *,
    by: Actor,
    organisation: Organisation | None = None,
    **detail: Any,
) -> AuditEntry:
    """Note that `by` did `verb`, a noun and a past participle as "invitation.revoked", to `target`.

    `by` is None where a candidate or the installation itself did it. `detail` is kept for as long
    as the log is: it never holds the name or the words of a candidate, which erasure would miss.
    """
    return _written(verb, target, by, organisation, detail)


def note_look(
    target: Model, *, by: Actor, what: str, organisation: Organisation | None = None
) -> AuditEntry | None:
    """Note that `by` saw personal data: `what` of `target`, a word as "report" or "export".

    The same look within ONE_LOOK is noted once; then return None.
    """
    earlier = AuditEntry.objects.looks().filter(
        **_who(by), **_which(target), detail={"what": what}, at__gt=timezone.now() - ONE_LOOK
    )
    if earlier.exists():
        return None
    verb = f"{target._meta.model_name}.seen"
    return _written(verb, target, by, organisation, {"what": what}, is_access=True)


def _written(
    verb: str,
    target: Model,
    by: Actor,
    organisation: Organisation | None,
    detail: dict[str, Any],
    **fields: Any,
) -> AuditEntry:
    entry: AuditEntry = AuditEntry.objects.create(
        organisation=organisation or _owner_of(target),
        at=timezone.now(),
        verb=verb,
        **_who(by),
        **_which(target),
        detail=json.loads(json.dumps(detail, cls=DjangoJSONEncoder)),
        **fields,
    )
    return entry


def _who(by: Actor) -> dict[str, Any]:
    if isinstance(by, ApiToken):
        return {"token": by, "member": None, "actor": by.name}
    return {"member": by, "token": None, "actor": by.get_short_name() if by else ""}


def _which(target: Model) -> dict[str, Any]:
    return {"target_kind": target._meta.model_name, "target_id": str(target.pk)}


def _owner_of(target: Any) -> Organisation:
    """The organisation that `target` belongs to, itself or by what it is a part of."""
    while not isinstance(target, Organisation):
        target = next(getattr(target, name) for name in _OWNERS if hasattr(target, name))
    return target
