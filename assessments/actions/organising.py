"""What holds for all of an organisation."""

from assessments.models import Organisation


def change_organisation(
    organisation: Organisation, *, name: str, contact_email: str, retention_days: int
) -> Organisation:
    """Store the settings; raise ValidationError where one is not allowed."""
    organisation.name, organisation.contact_email = name, contact_email
    organisation.retention_days = retention_days
    organisation.full_clean()
    organisation.save(update_fields=["name", "contact_email", "retention_days"])
    return organisation
