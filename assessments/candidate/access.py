"""Who holds the link, sits: from the token in the address to the invitation and its attempt."""

from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django_htmx.http import HttpResponseClientRedirect

from assessments.actions import catch_up, note_address
from assessments.addresses import address_of
from assessments.candidate.forms import by_htmx
from assessments.candidate.language import as_invited
from assessments.candidate.preview import preview_over
from assessments.models import Attempt, Invitation
from assessments.models.attempt import GRACE
from assessments.models.secret import PREVIEW

View = Callable[..., HttpResponse]


def with_invitation(view: View) -> View:
    """Pass the invitation of the link instead of its token; an unknown token is a 404.

    A preview may be gone at any moment, also while a page of it is made: then its page says so.
    """

    @login_not_required
    @never_cache
    @wraps(view)
    def wrapped(request: HttpRequest, token: str, **kwargs: Any) -> HttpResponse:
        try:
            invitation = get_object_or_404(Invitation.objects.with_attempt(), token=token)
            as_invited(request, invitation)
            if attempt := getattr(invitation, "attempt", None):
                note_address(attempt, address_of(request))
            return view(request, invitation, **kwargs)
        except (Http404, ObjectDoesNotExist, DatabaseError):
            if not token.startswith(PREVIEW) or Invitation.objects.filter(token=token).exists():
                raise
            return preview_over(request)

    return wrapped


def with_attempt(view: View, *, on_break: bool = False) -> View:
    """Pass the attempt too, once it is started and as long as its time runs; else lead on.

    During a break everything leads to the page of the break, unless the view is for it.
    """

    @with_invitation
    @wraps(view)
    def wrapped(request: HttpRequest, invitation: Invitation, **kwargs: Any) -> HttpResponse:
        attempt = attempt_of(invitation)
        if attempt is None:
            return _lead(request, "welcome", invitation)
        if not goes_on(attempt):
            return _lead(request, "done", invitation)
        if attempt.paused and not on_break:
            return _lead(request, "break", invitation)
        return view(request, attempt, **kwargs)

    return wrapped


def _lead(request: HttpRequest, name: str, invitation: Invitation) -> HttpResponse:
    url = reverse(f"candidate:{name}", args=[invitation.token])
    return HttpResponseClientRedirect(url) if by_htmx(request) else redirect(url)


with_attempt_on_break = partial(with_attempt, on_break=True)


def attempt_of(invitation: Invitation) -> Attempt | None:
    """Return the attempt, closed if its time is over; None before the start."""
    attempt: Attempt | None = getattr(invitation, "attempt", None)
    if attempt is None:
        return None
    # Saves and pages need candidate and version: the invitation at hand has both.
    attempt.invitation = invitation
    over = timezone.now() > attempt.deadline + GRACE
    if attempt.state == Attempt.State.IN_PROGRESS and (over or has_section_clocks(attempt)):
        attempt = catch_up(attempt)
        attempt.invitation = invitation
    return attempt


def has_section_clocks(attempt: Attempt) -> bool:
    """Whether sections of it may have clocks of their own; most have none, and need no look."""
    return bool(getattr(attempt.invitation, "section_clocks", True))


def goes_on(attempt: Attempt) -> bool:
    return attempt.state == Attempt.State.IN_PROGRESS and timezone.now() <= attempt.deadline
