"""A question as candidates see it, for those who write it: their page, which sends nothing."""

from types import SimpleNamespace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from assessments.models import Organisation
from questions.authoring.house import Shown


def preview_page(request: HttpRequest, shown: Shown, organisation: Organisation) -> HttpResponse:
    """Return the page of a question that stands alone, on paper with `?paper`."""
    context: dict[str, Any] = {
        **shown.context,
        "frame": "candidate/preview.html",
        "preview": shown.title,
        "invitation": SimpleNamespace(organisation=organisation),
        "step": SimpleNamespace(number=1, heading="Question 1 of 1", title=shown.title),
        "content": {},
        "paper": "paper" in request.GET,
    }
    return render(request, f"candidate/kinds/{shown.kind}.html", context)
