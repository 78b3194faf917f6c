"""What members see of the candidate's pages: a question that sends nothing, a preview's end."""

from types import SimpleNamespace
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django_htmx.http import HttpResponseClientRefresh

from assessments.candidate.forms import by_htmx
from assessments.models import Organisation
from questions.authoring.house import Shown

OVER = "This preview is over: what the draft asks was changed, or a day has passed."


def preview_over(request: HttpRequest) -> HttpResponse:
    """Say that a preview is gone, to whatever asks: a page, a part of one, a script."""
    if by_htmx(request):
        return HttpResponseClientRefresh()
    if request.content_type == "application/json":
        return JsonResponse({"detail": OVER}, status=410)
    return render(request, "candidate/preview_over.html", {"over": OVER}, status=410)


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
