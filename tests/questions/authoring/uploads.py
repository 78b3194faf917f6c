"""Uploading a file as the page does, and reading it as the worker does."""

from django.urls import reverse

from questions.authoring import importing
from questions.tasks import read_import

GIFT = "::Mean::[markdown]What minimises *squares*? {=mean#Yes. ~median ~mode}\n"


def at(name, author, *numbers):
    return reverse(f"authoring:{name}", args=[author.organisation.slug, *numbers])


def upload(author, data, name="questions.gift", form=""):
    """Upload as the page does and read as the worker does; return what is kept of it."""
    raw = data.encode() if isinstance(data, str) else data
    kept = importing.upload(author, name, form, raw)
    read_import(kept.pk)
    kept.refresh_from_db()
    return kept
