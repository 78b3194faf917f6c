"""What holds for all of an organisation."""

from typing import Any

from django.db import transaction

from assessments.actions.auditing import Actor, record
from assessments.models import Organisation

# What an owner may change, and whether the log keeps the values themselves.
SETTINGS = {
    "name": True,
    "contact_email": True,
    "retention_days": True,
    "hides_names": True,
    "needs_second_factor": True,
    "notice": False,
}


@transaction.atomic
def change_organisation(
    organisation: Organisation, *, by: Actor = None, **settings: Any
) -> Organisation:
    """Store `settings`, of SETTINGS; raise ValidationError where one is not allowed."""
    stored = Organisation.objects.select_for_update().get(pk=organisation.pk)
    for name, value in settings.items():
        if name not in SETTINGS:
            raise TypeError(f"{name} is no setting of an organisation")
        setattr(organisation, name, value)
    organisation.full_clean()
    organisation.save(update_fields=list(settings))
    changed = [name for name in settings if getattr(stored, name) != settings[name]]
    if changed:
        record("organisation.changed", organisation, by=by, **_changes(stored, settings, changed))
    return organisation


def _changes(stored: Organisation, settings: dict[str, Any], changed: list[str]) -> dict[str, Any]:
    """Each change with what it was before; of a long text only that it was changed."""
    return {
        name: {"from": getattr(stored, name), "to": settings[name]} if SETTINGS[name] else True
        for name in changed
    }
