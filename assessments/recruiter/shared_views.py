"""What a shared link leads to: a page for people who are no members, and read only."""

import re
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from assessments.actions import shared_by, view_share
from assessments.addresses import address_of, network_of
from assessments.models import Attempt, ShareLink
from assessments.recruiter.report.reading import with_report
from assessments.recruiter.shared.page import shared_comparison, shared_report

_BROWSERS = (
    ("Edge", r"Edg"),
    ("Opera", r"OPR/"),
    ("Firefox", r"Firefox/|FxiOS/"),
    ("Chrome", r"Chrome/|CriOS/"),
    ("Safari", r"Safari/"),
)
_SYSTEMS = (
    ("Android", r"Android"),
    ("iOS", r"iPhone|iPad"),
    ("Windows", r"Windows"),
    ("macOS", r"Mac OS X"),
    ("Linux", r"Linux"),
)


@require_safe
@login_not_required
@never_cache
def shared(request: HttpRequest, secret: str) -> HttpResponse:
    """Show the report, or say kindly why there is none."""
    link = shared_by(secret)
    if link is None:
        return _closed(request, None, 404)
    if not link.is_open or not link.attempts.exists():
        return _closed(request, link, 410)
    network = network_of(address_of(request))
    if not view_share(link, network=network, browser=browser_of(request)):
        return _closed(request, link, 429)
    return _guarded(render(request, "recruiter/shared/page.html", _context(link)))


def _context(link: ShareLink) -> dict[str, Any]:
    attempts = list(with_report(Attempt.objects.filter(share_links=link))[:2])
    if len(attempts) == 1:
        report = shared_report(attempts[0], named=link.shows_personal_data)
        return {"link": link, "report": report}
    return {"link": link, "compared": shared_comparison(link)}


def _closed(request: HttpRequest, link: ShareLink | None, status: int) -> HttpResponse:
    context = {"link": link, "status": status}
    response = render(request, "recruiter/shared/closed.html", context, status=status)
    if status == 429:
        response["Retry-After"] = "60"
    return _guarded(response)


def _guarded(response: HttpResponse) -> HttpResponse:
    """The address is the secret: it goes into no index and to no other site."""
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response["Referrer-Policy"] = "no-referrer"
    return response


def browser_of(request: HttpRequest) -> str:
    """Return "Firefox on Linux": what a browser says of itself, in no more than two words."""
    said = request.headers.get("User-Agent", "")
    browser = _first(_BROWSERS, said) or "another program"
    system = _first(_SYSTEMS, said)
    return f"{browser} on {system}" if system else browser


def _first(known: tuple[tuple[str, str], ...], said: str) -> str:
    return next((name for name, pattern in known if re.search(pattern, said)), "")
