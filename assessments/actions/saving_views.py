"""How members keep the table of candidates as they like it."""

from django.db import transaction

from assessments.actions.auditing import record
from assessments.models import Organisation, SavedView, User


@transaction.atomic
def save_view(
    organisation: Organisation, name: str, query: str, *, shared: bool, by: User
) -> SavedView:
    """Keep a table under a name; one of the same person and name is replaced.

    Raises ValidationError where the name is empty or too long.
    """
    name = " ".join(name.split())
    view = SavedView.objects.filter(organisation=organisation, owner=by, name=name).first()
    view = view or SavedView(organisation=organisation, owner=by, name=name)
    view.query, view.shared = query, shared
    view.full_clean(exclude=["query"])
    view.save()
    if shared:
        record("saved_view.shared", view, by=by, name=name)
    return view


@transaction.atomic
def delete_view(view: SavedView, *, by: User) -> None:
    if view.shared:
        record("saved_view.deleted", view, by=by, name=view.name)
    view.delete()


@transaction.atomic
def open_with(view: SavedView | None, organisation: Organisation, *, by: User) -> None:
    """Let the table open with `view` for this person; with None as it comes."""
    by.first_views.remove(*by.first_views.filter(organisation=organisation))
    if view is not None:
        by.first_views.add(view)
