"""The audit log of an organisation, for its owners."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from assessments.models import ApiToken, AuditEntry, Member, Organisation
from assessments.models.audit import AuditEntryQuerySet
from assessments.recruiter.log.forms import LogForm
from assessments.recruiter.log.sentences import lines_of
from assessments.recruiter.plain_csv import csv_file
from assessments.recruiter.viewer import Viewer, viewer_of

PAGE = 50
# So many entries of a file are read at a time.
CHUNK = 1000
COLUMNS = ("at", "who", "kind", "verb", "sentence", "of", "key", "detail")


@require_safe
def log(request: HttpRequest) -> HttpResponse:
    organisation = _organisation(request)
    form = LogForm(request.GET, organisation, viewer_of(request))
    page: Any = Paginator(form.entries(), PAGE).get_page(request.GET.get("page"))
    context = {
        "organisation": organisation,
        "form": form,
        "page": page,
        "lines": lines_of(page, viewer_of(request)),
        "actors": _actors(organisation),
    }
    return render(request, "recruiter/log/log.html", context)


@require_safe
def log_export(request: HttpRequest) -> StreamingHttpResponse:
    """The entries that the filters choose, with aliases instead of candidates' names."""
    organisation = _organisation(request)
    form = LogForm(request.GET, organisation, viewer_of(request))
    return csv_file("log", _rows(form.entries()))


def _rows(entries: AuditEntryQuerySet) -> Iterator[Sequence[Any]]:
    yield COLUMNS
    nobody, chunk = Viewer(None), list[AuditEntry]()
    for entry in entries.iterator(CHUNK):
        chunk.append(entry)
        if len(chunk) == CHUNK:
            yield from _read(chunk, nobody)
            chunk = []
    yield from _read(chunk, nobody)


def _read(entries: Sequence[AuditEntry], viewer: Viewer) -> Iterator[Sequence[Any]]:
    for line in lines_of(entries, viewer):
        entry = line.entry
        yield (
            *(entry.at, line.who, _kind(entry), entry.verb, line.text),
            *(entry.target_kind, entry.target_id, json.dumps(entry.detail) if entry.detail else ""),
        )


def _kind(entry: AuditEntry) -> str:
    if entry.verb.startswith(AuditEntryQuerySet.SIGN_IN):
        return "sign-in"
    return "look" if entry.is_access else "change"


def _actors(organisation: Organisation) -> list[str]:
    """Who may have done something, to choose from."""
    members = Member.objects.filter(organisation=organisation).select_related("user")
    tokens = ApiToken.objects.filter(organisation=organisation).values_list("name", flat=True)
    return sorted({*(each.user.get_short_name() for each in members), *tokens})


def _organisation(request: HttpRequest) -> Organisation:
    return get_object_or_404(Organisation.objects.run_by(request.user))
