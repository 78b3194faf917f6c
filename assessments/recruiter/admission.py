"""Pages of the desk that are about no row, and for some roles only."""

from collections.abc import Collection

from django.http import Http404, HttpRequest

from assessments.models import Member
from assessments.models.organisation import member_of


def admitted(request: HttpRequest, roles: Collection[str]) -> Member:
    """Return what the user is where they work; for any other role there is no such page."""
    member = member_of(request.user)
    if member is None or member.role not in roles:
        raise Http404
    return member
