"""The language of the candidate's pages: as chosen, as invited, or as the browser asks.

Everything else of the product is English, whatever a browser asks for.
"""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from assessments.models import Invitation

# Of who sits, and of who follows an open link.
ROOMS = ("/sit/", "/join/")
# In the query of an address that a form is sent to.
FIELD = "language"


class CandidateLanguage:
    """Answers in the room of the candidate, error pages too, in their language."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not room_of(request.path_info):
            return self.get_response(request)
        with translation.override(translation.get_language_from_request(request)):
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language())
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
        return response


def room_of(path: str) -> str:
    """Return which of ROOMS an address is in, "" for any other."""
    return next((room for room in ROOMS if path.startswith(room)), "")


def as_invited(request: HttpRequest, invitation: Invitation) -> None:
    """Go on in the language that the recruiter picked, unless the candidate chose one."""
    if invitation.language and chosen(request) is None:
        translation.activate(invitation.language)


def chosen(request: HttpRequest) -> str | None:
    """Return the language that the candidate chose, None where they chose none of ours."""
    language = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
    return language if language in dict(settings.LANGUAGES) else None


def keep(request: HttpRequest, response: HttpResponse, room: str = ROOMS[0]) -> HttpResponse:
    """Keep the language in the query of a form's address, where it names one of ours."""
    language = request.GET.get(FIELD, "")
    if language in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=settings.LANGUAGE_COOKIE_AGE,
            path=room,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response


@require_POST
@login_not_required
def choose(request: HttpRequest) -> HttpResponse:
    """Keep a choice, and lead back to the page that it was made on."""
    page = request.POST.get("page", "")
    room = room_of(page)
    if not room or not url_has_allowed_host_and_scheme(page, allowed_hosts=None):
        raise Http404
    return keep(request, redirect(page), room)
