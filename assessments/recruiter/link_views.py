"""Open links of an assessment: made, changed, closed and opened again, with what came of each."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from assessments import actions
from assessments.models import Assessment, OpenLink, User
from assessments.recruiter.assessment_frame import framed, managed_assessment
from assessments.recruiter.invitation_views import member_of
from assessments.recruiter.link_forms import LinkForm
from assessments.recruiter.sent_once import made_once


@require_http_methods(["GET", "HEAD", "POST"])
def link_list(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The links, and a form for one more."""
    assessment = managed_assessment(request, pk)
    form = LinkForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            name = made_once(request, lambda: _made(assessment, form, member_of(request)))
        except actions.NotPublished as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"The link “{name}” is made: copy it and publish it.")
            return redirect("recruiter:link_list", assessment.pk)
    return _page(request, assessment, form)


def _made(assessment: Assessment, form: LinkForm, by: User | None) -> str:
    link = actions.create_link(assessment, by=by, **form.fields_of_link)
    return link.name


def _page(
    request: HttpRequest, assessment: Assessment, form: LinkForm, changed: LinkForm | None = None
) -> HttpResponse:
    faulty = {changed.auto_id: changed} if changed else {}
    shown = [(link, LinkForm.of(link)) for link in with_counts(assessment.open_links.all())]
    context = framed(request, assessment, "links") | {
        "form": form,
        "links": [(link, faulty.get(own.auto_id, own)) for link, own in shown],
    }
    status = 422 if form.errors or changed else 200
    return render(request, "recruiter/links/list.html", context, status=status)


def with_counts(links: QuerySet[OpenLink]) -> QuerySet[OpenLink]:
    """Annotate `started` and `finished` of whom each link invited."""
    attempt = "invitations__attempt"
    return links.annotate(
        started=Count(attempt),
        finished=Count(attempt, filter=Q(**{f"{attempt}__finished_at__isnull": False})),
    )


def _link(request: HttpRequest, pk: UUID) -> OpenLink:
    found = OpenLink.objects.managed_by(request.user).select_related("assessment")
    link: OpenLink = get_object_or_404(found, pk=pk)
    return link


@require_POST
def change_link(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Another name, cap, end, or time for each person."""
    link = _link(request, pk)
    form = LinkForm.of(link, request.POST)
    if form.is_valid():
        try:
            actions.change_link(link, by=member_of(request), **form.fields_of_link)
        except actions.LinkClosed as refused:
            form.add_error("cap", str(refused))
        else:
            messages.success(request, f"The link “{form.cleaned_data['name']}” is changed.")
            return redirect("recruiter:link_list", link.assessment_id)
    return _page(request, managed_assessment(request, link.assessment_id), LinkForm(), form)


@require_POST
def close_link(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _changed(request, pk, actions.close_link, "invites nobody any more.")


@require_POST
def reopen_link(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _changed(request, pk, actions.reopen_link, "is open again.")


def _changed(
    request: HttpRequest, pk: UUID, action: Callable[..., OpenLink], sentence: str
) -> HttpResponse:
    link = action(_link(request, pk), by=member_of(request))
    messages.success(request, f"The link “{link.name}” {sentence}")
    return redirect("recruiter:link_list", link.assessment_id)
