"""PDF files of reports and comparisons: at once where that is quick, else by a worker."""

from collections.abc import Sequence
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from assessments.actions import printing
from assessments.models import Attempt, Member, Paper, User
from assessments.recruiter.admission import admitted
from assessments.recruiter.paper.pages import name_of_file, pdf_of
from assessments.recruiter.share_views import chosen
from assessments.recruiter.viewer import viewer_of

# A page takes a third of a second: what has more would keep its reader waiting for over two.
MOST_PAGES = 5.0
PAGES_OF_CODE, PAGES_OF_AN_ANSWER, PAGES_AROUND = 4.0, 0.5, 2.0


@require_POST
def paper(request: HttpRequest, keys: str) -> HttpResponse:
    """Answer with the PDF, or lead to the page that waits for it."""
    member = admitted(request, Member.SEES_CANDIDATES)
    attempts = chosen(keys, Attempt.objects.visible_to(request.user))
    named = "names" in request.POST and may_name(request, member)
    if is_quick(attempts):
        printing.note_paper(attempts, by=member.user, shows_names=named)
        reader = member.user if named else None
        data = pdf_of([attempt.pk for attempt in attempts], reader)
        return _file(data, name_of_file(attempts, reader))
    asked = printing.ask_for_paper(attempts, by=member.user, shows_names=named)
    return redirect("recruiter:paper_detail", asked.pk)


def may_name(request: HttpRequest, member: Member) -> bool:
    """Whether this member may take names out of the installation."""
    return member.role in Member.INVITES and viewer_of(request).sees_names(member.organisation_id)


def is_quick(attempts: Sequence[Attempt]) -> bool:
    """Whether the file is made while its reader waits: comparisons are a page or two."""
    if len(attempts) > 1:
        return True
    kinds = attempts[0].questions.values_list("question_version__kind", flat=True)
    pages = PAGES_AROUND + sum(
        PAGES_OF_CODE if kind == "coding" else PAGES_OF_AN_ANSWER for kind in kinds
    )
    return pages <= MOST_PAGES


@require_safe
@never_cache
def paper_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Wait for the file; the page asks again by itself."""
    found = _asked(request, pk)
    if printing.ask_again(found):
        found.failed = False
    context = {"paper": found, "attempts": found.attempts.with_candidate()}
    return render(request, "recruiter/paper/waiting.html", context)


@require_safe
@never_cache
def paper_file(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = _asked(request, pk)
    attempts = list(found.attempts.with_candidate())
    if found.data is None or not attempts:
        raise Http404
    reader = found.asked_by if found.shows_names else None
    return _file(bytes(found.data), name_of_file(attempts, reader))


def _asked(request: HttpRequest, pk: UUID) -> Paper:
    """A file is for whoever asked for it, for a day."""
    member: User = admitted(request, Member.SEES_CANDIDATES).user
    kept = Paper.objects.asked_by(member).exclude(pk__in=Paper.objects.outdated())
    found: Paper = get_object_or_404(kept.select_related("asked_by"), pk=pk)
    return found


def _file(data: bytes, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response
