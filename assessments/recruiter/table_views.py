"""The table of candidates: its page, and its files."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Page
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments import actions
from assessments.actions.exporting import TooManyExports
from assessments.models import Decision, Label, Member, SavedView, User
from assessments.models.organisation import member_of
from assessments.recruiter.admission import admitted
from assessments.recruiter.live import render_live, wait_for
from assessments.recruiter.report.page import fingerprint
from assessments.recruiter.sent_once import made_once
from assessments.recruiter.table.export import FORMATS, MOST_AT_ONCE, ask_for_file, exported
from assessments.recruiter.table.rows import Row, rows_of
from assessments.recruiter.table.table import Table
from assessments.recruiter.table.views import views_for

# In the session: what was ticked and typed for all of them, and could not be done.
REFUSED = "refused"


def table_of(request: HttpRequest, query: QueryDict | None = None) -> Table:
    """Return the table as the request's address asks for it, or as `query` does."""
    if not isinstance(request.user, User):
        raise Http404
    return Table(request.GET if query is None else query, request.user)


@require_safe
def attempt_list(request: HttpRequest) -> HttpResponse:
    table = table_of(request)
    if not request.GET and (view := _opening(table.user)):
        return redirect(f"{reverse('recruiter:attempt_list')}?{view.query}&view={view.pk}")
    waiting = table.found.first_queued()
    wait_for(request, waiting)
    page = table.page()
    rows = rows_of(page.object_list, table.shown)
    # A part of the page that comes later keeps its fields by itself.
    refused = {} if "HX-Request" in request.headers else request.session.pop(REFUSED, {})
    seen = fingerprint([row.seen for row in rows])
    answer = render_live(
        request,
        "recruiter/table.html",
        _context(table, page, rows) | {"refused": refused},
        seen=seen,
        waiting=waiting is not None,
    )
    if "HX-Request" in request.headers and "seen" not in request.GET:
        # The address says what was chosen, and none of the fields that were left empty.
        answer["HX-Push-Url"] = f"{request.path}?{table.address}"
    return answer


def _context(table: Table, page: Page[Any], rows: list[Row]) -> dict[str, Any]:
    member = member_of(table.user)
    return {
        "table": table,
        "form": table.form,
        "page": page,
        "rows": rows,
        "labels": Label.objects.visible_to(table.user),
        "views": views_for(table.user),
        "manages": table.manages,
        "may_show_names": member is not None and may_show_names(member),
        "hides_names": not table.viewer.sees_all_names,
        "outcomes": Decision.Outcome.choices,
        "formats": FORMATS,
        "is_large": page.paginator.count > MOST_AT_ONCE,
    }


def _opening(user: User) -> SavedView | None:
    """The view that this member's table opens with."""
    found: SavedView | None = views_for(user).filter(first_for=user).first()
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def export(request: HttpRequest) -> HttpResponseBase:
    """Give all that the table shows, on whatever page, as a file; a POST has a worker make it."""
    member = admitted(request, Member.SEES_CANDIDATES)
    table = table_of(request)
    if request.method == "POST":
        return have_made(request, member, table, request.POST.get("format", ""))
    if table.found.count() > MOST_AT_ONCE:  # only since the page was shown, or by its address
        return redirect(f"{reverse('recruiter:export_new')}?{request.GET.urlencode()}")
    actions.note_look(member.organisation, by=member.user, what="export")
    keys = list(table.ordered.values_list("pk", flat=True))
    return exported(table, keys, request.GET.get("format", ""))


def have_made(request: HttpRequest, member: Member, table: Table, form: str) -> HttpResponseBase:
    """Have a worker make a file of all that the table shows, and lead to where it will be."""
    try:
        pk = made_once(request, lambda: str(ask_for_file(table, member, form).pk))
    except TooManyExports as many:
        messages.error(request, str(many))
        return redirect(f"{reverse('recruiter:attempt_list')}?{table.address}")
    messages.success(request, "The file is being made. It will be here, and under Exports.")
    return redirect("recruiter:export_detail", pk)


@require_POST
def anonymous(request: HttpRequest) -> HttpResponse:
    """Hide candidates' names from oneself, or show them again."""
    member = admitted(request, Member.SEES_CANDIDATES)
    if not may_show_names(member):
        raise Http404
    actions.hide_names(member, request.POST.get("hides") == "yes")
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()):
        back = reverse("recruiter:attempt_list")
    return redirect(back)


def may_show_names(member: Member) -> bool:
    """Whether names are this member's own choice, as no reviewer's is where they are hidden."""
    return member.role != Member.Role.REVIEWER or not member.organisation.hides_names
