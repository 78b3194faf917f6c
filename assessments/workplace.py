"""Where a session says in which of several organisations its user works."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

KEY = "organisation"
# Set where the organisation's own provider signed the user in: it speaks for no other one.
STAYS = "stays_in_organisation"


def work_in(request: HttpRequest, member: Any) -> None:
    """Work where `member`, a Member, belongs, from the next request on."""
    request.session[KEY] = member.organisation_id
    type(member).objects.filter(pk=member.pk).update(came_at=timezone.now())


def stay_in(request: HttpRequest, member: Any) -> None:
    """Work there and nowhere else, for as long as this session lasts."""
    work_in(request, member)
    request.session[STAYS] = True


def leave_workplace(request: HttpRequest) -> None:
    """Go on wherever else one belongs."""
    request.session.pop(KEY, None)


def begin(*, request: HttpRequest | None, user: Any, **signal: Any) -> None:
    """Begin where `user` worked last, or else in the first by name, when they have signed in."""
    if request is None or user.member is None:
        return
    known = [each for each in user.in_organisations if each.came_at]
    work_in(request, max(known, key=lambda each: each.came_at, default=user.member))
