"""How many pass and are let advance, and the same without names for whoever audits it."""

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from assessments.models import Organisation
from assessments.recruiter.outcomes import outcomes_of, rows_of
from assessments.recruiter.plain_csv import csv_file


@require_safe
def outcomes(request: HttpRequest) -> HttpResponse:
    organisation = _organisation(request)
    context = {"organisation": organisation, "rows": outcomes_of(organisation)}
    return render(request, "recruiter/outcomes.html", context)


@require_safe
def outcomes_export(request: HttpRequest) -> StreamingHttpResponse:
    return csv_file("outcomes", rows_of(_organisation(request)))


def _organisation(request: HttpRequest) -> Organisation:
    return get_object_or_404(Organisation.objects.managed_by(request.user))
