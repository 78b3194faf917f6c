"""A version as everybody at the desk may read it, and what is done with it as a whole."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments import actions
from assessments.actions import versioning
from assessments.models import Assessment, AssessmentVersion
from assessments.recruiter.building.closing import ClosingForm
from assessments.recruiter.building.differences import Differences, differences
from assessments.recruiter.building.editor import Editor, context_of
from assessments.recruiter.building.layout import layout_of
from assessments.recruiter.building.rows import (
    assessment_of,
    managed_version,
    manages,
    member_in,
    to,
    visible_version,
)


@require_safe
def version(request: HttpRequest, pk: UUID, number: int) -> HttpResponse:
    """What a version asks and says, what is new in it, and the others."""
    found = visible_version(request, pk, number)
    context = {
        "version": found,
        "assessment": found.assessment,
        "layout": layout_of(found),
        "versions": found.assessment.versions.order_by("-number"),
        "differences": _differences(found),
        "may_change": manages(request, found.assessment),
        "closing": ClosingForm.of(found.assessment),
    }
    return render(request, "recruiter/building/version.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: HttpRequest, pk: UUID, number: int) -> HttpResponse:
    """Show once more what is about to become final; a POST makes it so."""
    found = managed_version(request, pk, number)
    if found.published_at:
        return to("version", found)
    if request.method != "POST":
        return _confirm(request, found)
    shown = request.POST.get("shown", "")
    try:
        actions.publish_draft(found, shown, by=member_in(request))
    except (actions.NotPublished, actions.NotADraft, actions.NotWhatWasShown) as refused:
        return _confirm(request, managed_version(request, pk, number), str(refused), 409)
    messages.success(request, f"Version {number} is published: candidates can be invited to it.")
    return redirect(found.assessment)


def _confirm(
    request: HttpRequest, found: AssessmentVersion, problem: str = "", status: int = 200
) -> HttpResponse:
    context = {
        **context_of(Editor(found)),
        "shown": versioning.fingerprint(found),
        "differences": _differences(found),
        "problem": problem,
    }
    return render(request, "recruiter/building/publish.html", context, status=status)


@require_POST
def new_version(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Begin the next version, or go on with the draft that there is."""
    draft = actions.new_draft(assessment_of(request, pk), by=member_in(request))
    return to("edit_version", draft)


@require_POST
def clone(request: HttpRequest, pk: UUID, number: int) -> HttpResponse:
    source = managed_version(request, pk, number)
    made = actions.clone(source, request.POST.get("title", ""), by=member_in(request))
    messages.success(request, f"“{made.title}” is a draft of its own.")
    return to("edit_version", made)


@require_POST
def discard(request: HttpRequest, pk: UUID, number: int) -> HttpResponse:
    """Throw a draft away, and its assessment where that was all of it."""
    found = managed_version(request, pk, number)
    try:
        left = actions.discard_draft(found, by=member_in(request))
    except actions.NotADraft as refused:
        messages.error(request, str(refused))
        return redirect("recruiter:assessment_list")
    messages.success(request, f"The draft of “{found.title}” is thrown away.")
    return redirect(found.assessment) if left else redirect("recruiter:assessment_list")


@require_POST
def archive(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _shelved(request, pk, actions.archive, "It is archived: it invites nobody any more.")


@require_POST
def unarchive(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _shelved(request, pk, actions.unarchive, "It is back in the lists.")


@require_POST
def closing(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Set or lift the moment from which on nobody starts, whatever is published."""
    assessment = assessment_of(request, pk)
    form = ClosingForm(request.POST)
    if not form.is_valid():
        messages.error(request, "That is no day and time.")
    else:
        actions.close_at(assessment, form.moment, by=member_in(request))
        messages.success(request, "It closes then." if form.moment else "It stays open.")
    return to("version", assessment.versions.latest("number"), "closing")


@require_POST
def preview(request: HttpRequest, pk: UUID, number: int) -> HttpResponse:
    """Sit a version as its candidates do; whoever sits it already starts again."""
    found = visible_version(request, pk, number)
    try:
        invitation = actions.begin_preview(found, member_in(request))
    except actions.NotPublished as refused:
        messages.error(request, str(refused))
        return to("version", found)
    return redirect(invitation)


def _shelved(
    request: HttpRequest, pk: UUID, act: Callable[..., Assessment], sentence: str
) -> HttpResponse:
    assessment = act(assessment_of(request, pk), by=member_in(request))
    messages.success(request, sentence)
    return to("version", assessment.versions.latest("number"))


def _differences(found: AssessmentVersion) -> Differences | None:
    """What changed since the version before; None for the first."""
    before = found.assessment.versions.filter(number__lt=found.number).last()
    return differences(before, found) if before else None
