"""Exports: asked for from the table or an assessment, listed with their progress, fetched."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.actions import exporting
from assessments.exports.codebook import as_markdown, entries_in
from assessments.exports.kinds import KINDS
from assessments.exports.serving import file_answer
from assessments.models import Export, Member
from assessments.models.export import ExportQuerySet
from assessments.recruiter.admission import admitted
from assessments.recruiter.export_forms import ExportForm
from assessments.recruiter.live import render_live
from assessments.recruiter.report.page import fingerprint
from assessments.recruiter.sent_once import made_once
from assessments.recruiter.table.table import Table, without
from assessments.recruiter.table_views import table_of
from assessments.recruiter.viewer import viewer_of

PAGE = 25
# What says where somebody is in the table, or how a file of it looks.
_PLACE = ("page", "seen", "view", "format", "column")


def _exports(request: HttpRequest) -> ExportQuerySet:
    """Those that this member may fetch."""
    admitted(request, Member.SEES_CANDIDATES)
    named = viewer_of(request).sees_all_names
    found: ExportQuerySet = Export.objects.visible_to(request.user).named_for(named)
    return found.select_related("asked_by", "token")


@require_safe
@never_cache
def export_list(request: HttpRequest) -> HttpResponse:
    page = Paginator(_exports(request), PAGE).get_page(request.GET.get("page"))
    seen = fingerprint([_state(each) for each in page])
    waiting = any(each.is_open for each in page)
    context = {"page": page}
    return render_live(request, "recruiter/exports/list.html", context, seen=seen, waiting=waiting)


@require_http_methods(["GET", "HEAD", "POST"])
def export_new(request: HttpRequest) -> HttpResponse:
    """Ask for a file of all that the table shows at this address."""
    member = admitted(request, Member.SEES_CANDIDATES)
    table = table_of(request, QueryDict(without(request.GET, *_PLACE)))
    sent = request.POST if request.method == "POST" else None
    form = ExportForm(
        sent, may_name=table.viewer.sees_all_names, wanted=request.GET.get("format", "")
    )
    if form.is_valid():
        try:
            made_once(request, lambda: _asked(member, table, form))
            messages.success(request, "The file is being made.")
            return redirect("recruiter:export_list")
        except exporting.TooManyExports as many:
            form.add_error(None, str(many))
    ticked = table.query.getlist("attempt")
    found = table.picked(ticked) if ticked else table.found
    context = {"form": form, "table": table, "number": found.count(), "ticked": bool(ticked)}
    status = 422 if form.errors else 200
    return render(request, "recruiter/exports/new.html", context, status=status)


def _asked(member: Member, table: Table, form: ExportForm) -> str:
    address = table.query.urlencode()
    made = exporting.ask_for_export(
        member.organisation, by=member.user, query=address, tells_all=table.manages, **form.asked
    )
    return str(made.pk)


@require_safe
@never_cache
def export_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """How far it is, and what is in it."""
    export = _export(request, pk)
    context = {
        "export": export,
        "tells": KINDS[export.kind].tells,
        "entries": entries_in(export),
        "attempts": without(QueryDict(export.query), "format"),
    }
    return render_live(
        request, "recruiter/exports/detail.html", context,
        seen=fingerprint(_state(export)), waiting=export.is_open,
    )  # fmt: skip


@require_safe
@never_cache
def export_file(request: HttpRequest, pk: UUID) -> StreamingHttpResponse:
    export = _export(request, pk)
    answer = file_answer(export)
    if answer is None:
        raise Http404
    exporting.note_download(export, by=admitted(request, Member.SEES_CANDIDATES).user)
    return answer


@require_safe
def export_codebook(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What its columns mean, as Markdown."""
    export = _export(request, pk)
    name = f"codebook-{export.kind}.md"
    text = f"# {export.kind.capitalize()}\n\n{KINDS[export.kind].tells}\n\n"
    return HttpResponse(
        text + as_markdown(entries_in(export)),
        content_type="text/markdown; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@require_POST
def export_delete(request: HttpRequest, pk: UUID) -> HttpResponse:
    export = _export(request, pk)
    exporting.delete_export(export, by=admitted(request, Member.SEES_CANDIDATES).user)
    messages.success(request, "The file is deleted.")
    return redirect("recruiter:export_list")


def _export(request: HttpRequest, pk: UUID) -> Export:
    found: Export = get_object_or_404(_exports(request), pk=pk)
    return found


def _state(export: Export) -> list[Any]:
    return [export.pk, export.state, export.done, export.rows]
