"""Pages that follow what happens: one request that waits, answered when there is news."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from assessments import doorbell

WAIT_SECONDS = 20


def wait_for(request: HttpRequest, submission: UUID | None) -> None:
    """Hold a live request until `submission` is graded; any other is answered at once."""
    if "seen" in request.GET and submission:
        doorbell.wait(submission, WAIT_SECONDS)


def render_live(
    request: HttpRequest, template: str, context: dict[str, Any], *, seen: str, waiting: bool
) -> HttpResponse:
    """Render `template`, or for a live request only what is new in its block `live`.

    The page asks again by itself: at once while a grading goes on, now and then otherwise.
    """
    context |= {"seen": seen, "waiting": waiting, "base": "recruiter/base.html"}
    if "seen" not in request.GET:
        return render(request, template, context)
    if request.GET["seen"] == seen:
        return render(request, "recruiter/live.html", context)
    response = render(request, template, context | {"base": "recruiter/only_live.html"})
    response["HX-Retarget"] = response["HX-Reselect"] = "#live"
    return response
