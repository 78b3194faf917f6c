"""Inviting a list: entered, looked at row by row, confirmed once, and what was left out."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from assessments import actions
from assessments.listed_people import Judged, judge
from assessments.models import Assessment, InvitationList
from assessments.people import Row, Unreadable, as_table
from assessments.recruiter.accommodation_forms import AccommodationForm
from assessments.recruiter.assessment_frame import framed, managed_assessment
from assessments.recruiter.invitation_views import member_of
from assessments.recruiter.list_forms import ListForm, forms_of
from assessments.recruiter.plain_csv import csv_file

PAGE = 50
# Of the rows that are left out; the file has all of them.
SHOWN = 100


@require_http_methods(["GET", "HEAD", "POST"])
def new_list(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Enter a list, or change one that was not confirmed (`?of=`)."""
    assessment = managed_assessment(request, pk)
    if request.method != "POST":
        return _form_page(request, assessment, *_begun(request))
    form, granting = ListForm(request.POST, request.FILES), AccommodationForm(request.POST)
    if not (form.is_valid() and granting.is_valid()):
        return _form_page(request, assessment, form, granting)
    made = actions.keep_list(
        assessment, form.text, form.choices_for(granting), by=member_of(request)
    )
    return redirect("recruiter:list_detail", made.pk)


def _begun(request: HttpRequest) -> tuple[ListForm, AccommodationForm]:
    if "of" not in request.GET:
        return ListForm(), AccommodationForm()
    try:
        wanted = UUID(request.GET["of"])
    except ValueError:
        return ListForm(), AccommodationForm()
    return forms_of(_list(request, wanted))


def _form_page(
    request: HttpRequest, assessment: Assessment, form: ListForm, granting: AccommodationForm
) -> HttpResponse:
    context = framed(request, assessment, "invite") | {"form": form, "granting": granting}
    status = 422 if form.errors or granting.errors else 200
    return render(request, "recruiter/inviting/list.html", context, status=status)


def _list(request: HttpRequest, pk: UUID) -> InvitationList:
    found = InvitationList.objects.managed_by(request.user).select_related("assessment")
    made: InvitationList = get_object_or_404(found, pk=pk)
    return made


@require_http_methods(["GET", "HEAD", "POST"])
def list_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What the list would do, and once it is confirmed, what it did."""
    made = _list(request, pk)
    if request.method == "POST":
        return _confirm(request, made)
    assessment = managed_assessment(request, made.assessment_id)
    context = framed(request, assessment, "invite") | {"list": made} | _judged(request, made)
    return render(request, "recruiter/inviting/preview.html", context)


def _confirm(request: HttpRequest, made: InvitationList) -> HttpResponse:
    although = request.POST.get("although") == "on"
    try:
        actions.confirm_list(made, by=member_of(request), although=although)
    except (actions.NotPublished, Unreadable) as refused:
        messages.error(request, str(refused))
    return redirect("recruiter:list_detail", made.pk)


def _judged(request: HttpRequest, made: InvitationList) -> dict[str, Any]:
    try:
        judged = judge(made)
    except Unreadable as gone:
        return {"gone": str(gone)}
    granted = made.choices.get("granted", {})
    return {
        "judged": judged,
        "page": Paginator(judged.good, PAGE).get_page(request.GET.get("page")),
        "left_out": judged.left_out[:SHOWN],
        "more": max(0, len(judged.left_out) - SHOWN),
        "granted": {name: value for name, value in granted.items() if value},
    }


@require_safe
def list_left_out(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The rows that are not invited, as a file to mend and upload again."""
    made = _list(request, pk)
    try:
        judged = judge(made)
    except Unreadable:
        return redirect("recruiter:list_detail", made.pk)
    return csv_file("left-out", as_table(_rows(judged)))


def _rows(judged: Judged) -> list[tuple[Row, str]]:
    """Each row with its reasons; a name that was made of the address goes along."""
    return [
        (
            Row(person.row.line, {"name": person.name, **person.row.cells}),
            " ".join(person.faults),
        )
        for person in judged.left_out
    ]
