"""A secret's way to the one page that shows it: a cookie in the browser of whoever made it.

A form that answered with the secret itself would make another one with every reload. Nothing of it
is kept on the server: the page that shows it takes the cookie away.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.encoding import iri_to_uri

COOKIE, SECONDS = "shown_once", 60


def lead_to(address: str, secret: str) -> HttpResponse:
    """Lead from the form to the page at `address`, which shows `secret` this once."""
    response = redirect(address)
    response.set_signed_cookie(
        COOKIE, secret, salt=address, max_age=SECONDS, path=_of_cookie(address),
        secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Strict",
    )  # fmt: skip
    return response


def brought(request: HttpRequest) -> str:
    """Return the secret that was made for this page just now; nothing on any other visit."""
    found = request.get_signed_cookie(COOKIE, default="", salt=request.path, max_age=SECONDS)
    return found or ""


def forgotten(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Return `response`, after which the browser has the secret on this one page alone."""
    response.delete_cookie(COOKIE, path=_of_cookie(request.path), samesite="Strict")
    return response


def _of_cookie(address: str) -> str:
    """As the browser writes it: in other letters the cookie would not come back."""
    return iri_to_uri(address)
