"""What is printed: the report of one attempt, or several side by side."""

from collections.abc import Sequence
from importlib import import_module
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone

from assessments.models import Attempt, User
from assessments.recruiter.compare.sides import comparison_of
from assessments.recruiter.paper.sheet import for_paper
from assessments.recruiter.report.page import report_page
from assessments.recruiter.report.reading import with_report
from assessments.recruiter.viewer import alias_of, viewer_of

PRESS = "assessments.recruiter.paper.press"


def pdf_of(keys: Sequence[UUID], reader: User | None) -> bytes:
    """Return the PDF of these attempts, with the names that `reader` sees; None sees none."""
    # Loaded with the first file: it takes a second, and libraries that only paper needs.
    press: Any = import_module(PRESS)
    printed: bytes = press.printed(for_paper(html_of(keys, reader)))
    return printed


def html_of(keys: Sequence[UUID], reader: User | None) -> str:
    found = Attempt.objects.filter(pk__in=keys)
    if len(keys) == 1:
        attempt = with_report(found).select_related("organisation").get()
        return _rendered("report", reader, attempt.organisation, page=report_page(attempt))
    comparison = comparison_of(found, keys)
    organisation = comparison.attempts[0].organisation
    return _rendered("comparison", reader, organisation, comparison=comparison)


def _rendered(what: str, reader: User | None, organisation: Any, **context: Any) -> str:
    context |= {
        "organisation": organisation,
        "made_at": timezone.now(),
        "named": reader is not None,
    }
    return render_to_string(f"recruiter/paper/{what}.html", context, _request(reader))


def _request(reader: User | None) -> HttpRequest:
    """A request of `reader`, for the templates of pages ask it what candidates are called."""
    request = HttpRequest()
    request.user = reader or AnonymousUser()
    return request


def name_of_file(attempts: Sequence[Attempt], reader: User | None) -> str:
    """Return a name for the file that any system takes, and that says no more than the file."""
    if len(attempts) > 1:
        return f"comparison-{timezone.now():%Y-%m-%d}.pdf"
    viewer = viewer_of(_request(reader))
    said = viewer.name_of(attempts[0]) if reader else alias_of(attempts[0])
    kept = "".join(sign if sign.isalnum() and sign.isascii() else "-" for sign in said)
    return f"report-{'-'.join(kept.lower().split('-'))}.pdf".replace("--", "-")
