"""Which attempts an export holds: those of the table as a member saw it, or of some filters."""

from typing import Any

from django.http import QueryDict

from assessments.api.filters import AttemptFilters
from assessments.models import Attempt, Export
from assessments.recruiter.table.table import Table


class NotThere(Exception):
    """Nobody is there for whom the file would be; the message is for who looks at it."""


def chosen_by(export: Export) -> Any:
    """Return the attempts in their order, as a query that was not made yet."""
    if export.filters is None:
        return _in_table(export)
    filters = AttemptFilters(data=export.filters)
    filters.is_valid(raise_exception=True)
    found = filters.narrowed(Attempt.objects.of(export.organisation))
    return found.order_by("-started_at", "-pk")


def table_of(export: Export) -> Table:
    """The table as its address shows it to who asked, in the organisation of the export."""
    user = export.asked_by
    if user is None:
        raise NotThere("Who asked for it has left.")
    user.works_in = export.organisation_id
    if user.member is None or user.member.organisation_id != export.organisation_id:
        raise NotThere("Who asked for it has left.")
    return Table(QueryDict(export.query), user)


def _in_table(export: Export) -> Any:
    table = table_of(export)
    if export.shows_names and not table.viewer.sees_all_names:
        raise NotThere("Names are hidden from who asked for it. Ask again without them.")
    if export.tells_all and not table.manages:
        raise NotThere("Who asked for it has another role now. Ask again.")
    ticked = table.query.getlist("attempt")
    return table.picked(ticked).order_by("-started_at", "-pk") if ticked else table.ordered
