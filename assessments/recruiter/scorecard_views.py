"""Scorecards: begun with proposed questions, filled in, handed in, and read side by side."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.actions import note_look
from assessments.actions import scorecards as actions
from assessments.models import Attempt, Member, Scorecard, User
from assessments.recruiter.admission import admitted
from assessments.recruiter.report.page import report_page
from assessments.recruiter.report.reading import with_report
from assessments.recruiter.scorecard_forms import (
    ANCHORS,
    content_of,
    in_words,
    marks_from,
    posted_marks,
)
from assessments.recruiter.scorecards.proposals import Proposal, proposals
from assessments.recruiter.scorecards.reading import cards_for
from assessments.recruiter.sent_json import Unreadable, json_of

# So many of the proposed questions stand on a new scorecard; the others can be added.
FIRST = 5


@require_safe
@never_cache
def scorecards(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What interviewers found, as far as it is this one's to read, and the way to an own one."""
    member = admitted(request, Member.SEES_CANDIDATES)
    attempt = get_object_or_404(
        Attempt.objects.visible_to(request.user).with_candidate(), pk=pk, finished_at__isnull=False
    )
    note_look(attempt, by=member.user, what="scorecards")
    context = {"attempt": attempt, "cards": cards_for(attempt, member), "anchors": ANCHORS}
    return render(request, "recruiter/scorecards/all.html", context)


@require_POST
def begin(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Begin an own scorecard, or go on with it."""
    user = _interviewer(request)
    found = Attempt.objects.visible_to(request.user).filter(finished_at__isnull=False)
    attempt = get_object_or_404(found, pk=pk)
    try:
        card = actions.begin_scorecard(attempt, proposed_for(attempt)[:FIRST], user)
    except actions.ScorecardClosed as closed:
        messages.error(request, str(closed))
        return redirect("recruiter:scorecards", attempt.pk)
    return redirect("recruiter:scorecard", card.pk)


def proposed_for(attempt: Attempt) -> list[Proposal]:
    return proposals(report_page(with_report(Attempt.objects.filter(pk=attempt.pk)).get()))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def scorecard(request: HttpRequest, pk: int) -> HttpResponse:
    """One's own scorecard; a form without scripts keeps its draft here."""
    card = _own(request, pk)
    if request.method == "POST":
        if refused := _kept(request, card):
            return refused
        messages.success(request, "Your draft is kept.")
        return redirect("recruiter:scorecard", card.pk)
    return _page(request, card)


@require_http_methods(["PUT"])
def scorecard_draft(request: HttpRequest, pk: int) -> JsonResponse:
    """Keep a draft as scorecard.js sends it.

    200 kept; 409 a newer one is kept, which comes along; 410 it was handed in; 422 nothing that a
    scorecard can keep.
    """
    card = _own(request, pk)
    try:
        body = json_of(request)
        revision = body.get("revision")
        saved = actions.save_scorecard(card, marks_from(body.get("content")), _number(revision))
        return JsonResponse(_about(saved))
    except actions.StaleScorecard as stale:
        kept = {"content": content_of(stale.card), "said": in_words(stale.card)}
        return JsonResponse(_about(stale.card) | kept, status=409)
    except actions.ScorecardClosed as closed:
        return JsonResponse({"detail": str(closed), "content": content_of(card)}, status=410)
    except (ValueError, Unreadable) as error:
        return JsonResponse({"detail": str(error)}, status=422)


def _number(told: Any) -> int:
    if not isinstance(told, int) or isinstance(told, bool):
        raise Unreadable("The revision is a number.")
    return told


def _about(card: Scorecard) -> dict[str, Any]:
    return {"revision": card.revision, "saved_at": timezone.now(), "answered": True}


@require_POST
def scorecard_add(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Add the proposed question of that number; 0 is one of one's own."""
    card = _own(request, pk)
    if refused := _kept(request, card):
        return refused
    offered = _offered(card)
    try:
        actions.add_item(card, offered[number - 1] if 0 < number <= len(offered) else None)
    except actions.ScorecardClosed as closed:
        messages.warning(request, str(closed))
    return redirect("recruiter:scorecard", card.pk)


@require_POST
def scorecard_remove(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    card = _own(request, pk)
    if refused := _kept(request, card):
        return refused
    try:
        actions.remove_item(card, key)
    except actions.ScorecardClosed as closed:
        messages.warning(request, str(closed))
    return redirect("recruiter:scorecard", card.pk)


@require_POST
def scorecard_hand_in(request: HttpRequest, pk: int) -> HttpResponse:
    card = _own(request, pk)
    try:
        actions.hand_in_scorecard(card, posted_marks(request.POST))
    except ValueError as error:
        return _page(request, card, problem=str(error))
    except actions.ScorecardClosed as closed:
        messages.warning(request, str(closed))
    else:
        messages.success(request, "Handed in. You can read what the others found now.")
    return redirect("recruiter:scorecards", card.attempt_id)


@require_POST
def scorecard_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    card = _own(request, pk)
    try:
        actions.reopen_scorecard(card)
    except actions.ScorecardClosed as closed:
        messages.warning(request, str(closed))
        return redirect("recruiter:scorecards", card.attempt_id)
    return redirect("recruiter:scorecard", card.pk)


def _interviewer(request: HttpRequest) -> User:
    return admitted(request, Member.SEES_CANDIDATES).user


def _own(request: HttpRequest, pk: int) -> Scorecard:
    """One's own scorecard, of an attempt that one may still see."""
    seen = Attempt.objects.visible_to(request.user)
    mine = Scorecard.objects.filter(interviewer=_interviewer(request), attempt__in=seen)
    path = "attempt__invitation"
    card: Scorecard = get_object_or_404(
        mine.select_related(f"{path}__candidate", f"{path}__assessment_version"), pk=pk
    )
    return card


def _kept(request: HttpRequest, card: Scorecard) -> HttpResponse | None:
    """Keep what a form posts; return the page that says why not."""
    try:
        revision = int(request.POST.get("revision", ""))
        actions.save_scorecard(card, posted_marks(request.POST), revision)
    except actions.StaleScorecard as stale:
        return _page(request, stale.card, problem=str(stale), status=409)
    except actions.ScorecardClosed as closed:
        messages.warning(request, str(closed))
        return redirect("recruiter:scorecards", card.attempt_id)
    except ValueError as error:
        return _page(request, card, problem=str(error))
    card.refresh_from_db()
    return None


def _offered(card: Scorecard) -> list[Proposal]:
    """What is proposed and not on the scorecard."""
    asked = {item["question"] for item in card.items}
    return [each for each in proposed_for(card.attempt) if each["question"] not in asked]


def _page(
    request: HttpRequest, card: Scorecard, *, problem: str = "", status: int = 422
) -> HttpResponse:
    if card.submitted_at is not None:
        return redirect("recruiter:scorecards", card.attempt_id)
    context = {
        "card": card,
        "attempt": card.attempt,
        "offered": _offered(card),
        "anchors": ANCHORS,
        "recommendations": Scorecard.Recommendation.choices,
        "problem": problem,
    }
    status = status if problem else 200
    return render(request, "recruiter/scorecards/own.html", context, status=status)
