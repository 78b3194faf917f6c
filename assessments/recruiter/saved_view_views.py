"""Saved views of the table of candidates."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from assessments import actions
from assessments.models import Member, SavedView
from assessments.recruiter.admission import admitted
from assessments.recruiter.table.views import views_for
from assessments.recruiter.table_views import table_of


@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Keep the table as it stands; who may invite may share it with the others."""
    member = admitted(request, Member.SEES_CANDIDATES)
    table = table_of(request, QueryDict(request.POST.get("query", "")))
    shared = request.POST.get("shared") == "yes" and member.role in Member.INVITES
    try:
        view = actions.save_view(
            member.organisation,
            request.POST.get("name", ""),
            table.to_keep,
            shared=shared,
            by=member.user,
        )
    except ValidationError as refused:
        messages.error(request, f"The view's name: {' '.join(refused.messages)}")
        return redirect(f"{reverse('recruiter:attempt_list')}?{table.address}")
    if request.POST.get("opens") == "yes":
        actions.open_with(view, member.organisation, by=member.user)
    messages.success(request, f"The view “{view.name}” is saved.")
    return _to(view)


@require_POST
def open_with(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the table open with this view from now on, or no longer."""
    member = admitted(request, Member.SEES_CANDIDATES)
    view = get_object_or_404(views_for(member.user), pk=pk)
    opens = request.POST.get("opens") == "yes"
    actions.open_with(view if opens else None, member.organisation, by=member.user)
    with_ = f"with “{view.name}”" if opens else "with all attempts"
    messages.success(request, f"The table opens {with_} from now on.")
    return _to(view)


@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete one's own view, or as an owner or recruiter one that is shared."""
    member = admitted(request, Member.SEES_CANDIDATES)
    found = views_for(member.user)
    if member.role not in Member.INVITES:
        found = found.filter(owner=member.user)
    view: SavedView = get_object_or_404(found, pk=pk)
    actions.delete_view(view, by=member.user)
    messages.success(request, f"The view “{view.name}” is deleted.")
    return redirect(f"{reverse('recruiter:attempt_list')}?view=")


def _to(view: SavedView) -> HttpResponse:
    return redirect(f"{reverse('recruiter:attempt_list')}?{view.query}&view={view.pk}")
