"""The data of a candidate: what there is, a copy of it, its erasure, and who looked at it.

For those who invite; whoever only scores gets a 404 here.
"""

from uuid import UUID

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from assessments import actions
from assessments.data_copy import copy_of, file_of
from assessments.looks import looks_at
from assessments.models import Attempt, Candidate, DataRequest, Invitation
from assessments.recruiter.log.sentences import lines_of
from assessments.recruiter.viewer import viewer_of

# Of the looks the latest are on the page; all are in the log.
LATEST = 20
# What is typed instead of the address, where the address is hidden.
WORD = "erase"


@require_safe
def candidate(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = _candidate(request, pk)
    actions.note_look(found, by=viewer_of(request).user, what="page")
    return _page(request, found)


@require_POST
def copy(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A file, as the candidate gets it, or with everything that is kept of them."""
    found = _candidate(request, pk)
    whole = request.POST.get("whole") == "yes"
    what = "whole_copy" if whole else "copy"
    actions.note_look(found, by=viewer_of(request).user, what=what)
    name = f"{'whole-' if whole else ''}data-of-a-candidate-{timezone.now():%Y-%m-%d}.json"
    return file_of(copy_of(found, whole=whole), name)


@require_POST
def erase(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Remove everything personal, once whose it is was typed."""
    found = _candidate(request, pk)
    if request.POST.get("typed", "").strip().lower() != _to_type(request, found):
        return _page(request, found, mistyped=True)
    try:
        erased = actions.erase_candidate(found, by=viewer_of(request).user)
    except actions.AttemptRuns as running:
        messages.error(request, str(running))
    else:
        messages.success(request, f"Erased. The scores stay, as those of {erased.name}.")
    return redirect("recruiter:candidate", pk)


def _page(request: HttpRequest, found: Candidate, *, mistyped: bool = False) -> HttpResponse:
    viewer = viewer_of(request)
    attempts = Prefetch("attempt", Attempt.objects.with_taken())
    invitations = Invitation.objects.of(found.organisation).filter(candidate=found)
    asked = DataRequest.objects.filter(invitation__candidate=found)
    looks = looks_at(found).select_related("member", "token")[: LATEST + 1]
    context = {
        "candidate": found,
        "named": viewer.sees_names(found.organisation_id),
        "invitations": invitations.select_related("assessment_version__assessment")
        .prefetch_related(attempts)
        .order_by("-created_at"),
        "asked": asked.order_by("-created_at"),
        "waits": actions.why_not_yet(found),
        "to_type": _to_type(request, found),
        "mistyped": mistyped,
        "lines": lines_of(looks[:LATEST], viewer),
        "more": len(looks) > LATEST,
    }
    status = 422 if mistyped else 200
    return render(request, "recruiter/candidate/candidate.html", context, status=status)


def _to_type(request: HttpRequest, found: Candidate) -> str:
    """What says that this candidate is meant."""
    shown = viewer_of(request).sees_names(found.organisation_id)
    return found.email if shown else WORD


def _candidate(request: HttpRequest, pk: UUID) -> Candidate:
    found: Candidate = get_object_or_404(
        Candidate.objects.managed_by(request.user).select_related("organisation"), pk=pk
    )
    return found
