"""The frame of every page of authoring."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from questions.authoring.house import Author, house


def page(
    request: HttpRequest,
    author: Author,
    name: str,
    context: dict[str, Any],
    status: int = 200,
) -> HttpResponse:
    frame = {"frame": house().frame, "author": author, "organisation": author.organisation}
    return render(request, f"authoring/{name}.html", {**frame, **context}, status=status)
