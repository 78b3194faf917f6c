"""Where a session says in which of several organisations its user works."""

from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest

KEY = "organisation"


def work_in(session: SessionBase, organisation: int) -> None:
    """Work in the organisation of that key from the next request on."""
    session[KEY] = organisation


def begin(*, request: HttpRequest | None, user: Any, **signal: Any) -> None:
    """Begin in the first organisation by name, when `user` has signed in."""
    if request is not None and user.member is not None:
        work_in(request.session, user.member.organisation_id)
