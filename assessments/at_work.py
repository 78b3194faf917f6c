"""A member works in one organisation at a time: the session names it, and every row follows."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.middleware import get_user
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import SimpleLazyObject

from assessments.models import User
from assessments.models.organisation import AnyUser
from assessments.workplace import KEY, STAYS

# The field of a form that says in which organisation its page was opened.
MADE_IN = "made_in"
CONFLICT = 409


class OneOrganisation:
    """Lets the user of each request work in the organisation that their session names.

    Who is a member there no more is signed out at the next request, whatever else they belong to.
    A session has one workplace for all its tabs: what a page of another organisation sends makes
    nothing in this one.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.user = SimpleLazyObject(partial(_user_at_work, request))  # type: ignore[assignment]
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], *given: Any
    ) -> HttpResponse | None:
        if not getattr(view, "login_required", True) or not isinstance(request.user, User):
            return None
        if not _has_left(request.user):
            return _of_another_page(request, request.user)
        logout(request)
        messages.warning(request, "You are no longer a member of that organisation.")
        return redirect("account_login")


def _of_another_page(request: HttpRequest, user: User) -> HttpResponse | None:
    """Say that nothing was done, where a form's page is of another organisation of `user`."""
    if request.method != "POST" or len(user.in_organisations) < 2:
        return None
    slug = request.POST.get(MADE_IN, "")
    there = next((each for each in user.in_organisations if each.organisation.slug == slug), None)
    if there is None or there == user.member:
        return None
    # Only an address of this site is followed from there.
    address = request.headers.get("Referer", "")
    context = {"here": user.member, "there": there, "address": address}
    return render(request, "recruiter/made_elsewhere.html", context, status=CONFLICT)


def _user_at_work(request: HttpRequest) -> AnyUser:
    user = get_user(request)
    if isinstance(user, User):
        user.works_in = request.session.get(KEY)
        user.stays = request.session.get(STAYS, False)
    return user


def _has_left(user: User) -> bool:
    if user.works_in is None:
        return False
    return all(each.organisation_id != user.works_in for each in user.in_organisations)
