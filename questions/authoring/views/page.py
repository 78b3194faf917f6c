"""The frame of every page of authoring."""

from collections.abc import Callable
from typing import Any, cast

from csp.constants import SELF
from csp.decorators import csp_replace, csp_update
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_sameorigin

from questions.authoring.house import Author, View, house

# A page shows its preview in a frame: of this same site, and no other.
frames_preview = cast("Callable[[View], View]", csp_update({"frame-src": [SELF]}))


def framed(view: View) -> View:
    """Let a page stand in a frame of this same site."""
    replaced = csp_replace({"frame-ancestors": [SELF]})(xframe_options_sameorigin(view))
    return cast("View", replaced)


def page(
    request: HttpRequest,
    author: Author,
    name: str,
    context: dict[str, Any],
    status: int = 200,
) -> HttpResponse:
    frame = {"frame": house().frame, "author": author, "organisation": author.organisation}
    return render(request, f"authoring/{name}.html", {**frame, **context}, status=status)
