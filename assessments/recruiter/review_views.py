"""Open answers and who scores them: the queue, one answer after the other, how far people agree.

Whoever scores sees no name, and nothing of what others gave before their own points are handed in.
"""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Min
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
    require_safe,
)

from assessments import actions
from assessments.agreement import FEWEST, agreements_of
from assessments.models import Answer, Member, Review, User
from assessments.recruiter.admission import admitted
from assessments.recruiter.assessment_frame import assessment_of, framed
from assessments.recruiter.review_forms import content_of, in_words, points_from, posted_points
from assessments.recruiter.review_page import review_page
from assessments.recruiter.sent_json import Unreadable, json_of
from assessments.review_queue import (
    done_by,
    drafts_of,
    open_answers,
    review_of,
    stuck_for,
    waiting_for,
)
from assessments.rubric import MARGIN

# Of what was done only the latest is worth a look.
LATEST = 20


@require_safe
def review_queue(request: HttpRequest) -> HttpResponse:
    user = _reviewer(request)
    waiting = waiting_for(user)
    groups = (
        waiting.order_by()
        .values(
            "question",
            "question__question_version__title",
            "question__version__title",
            "question__version__number",
            "question__version__reviewers",
            "question__version__assessment",
        )
        .annotate(number=Count("pk"), oldest=Min("attempt__finished_at"))
        .order_by("oldest", "question")
    )
    others = open_answers(user).filter(score=None).exclude(pk__in=waiting.order_by().values("pk"))
    stuck = stuck_for(user)
    stuck_number = stuck.count()
    context = {
        "groups": list(groups),
        "drafts": drafts_of(user),
        "done": done_by(user)[:LATEST],
        "done_number": done_by(user).count(),
        "others": others.count() - stuck_number,
        "stuck": stuck.select_related("attempt", "question__question_version", "question__version")[
            :LATEST
        ],
        "stuck_number": stuck_number,
        "runs": user.member is not None and user.member.role in Member.RUNS,
    }
    return render(request, "recruiter/review/queue.html", context)


@require_POST
def review_next(request: HttpRequest) -> HttpResponse:
    """Put the next answer before who asks: of all, or of the question that is named."""
    return _onward(request, _reviewer(request), None)


@require_http_methods(["GET", "HEAD", "POST"])
def review_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of an answer; a form without scripts keeps its draft here."""
    user = _reviewer(request)
    answer = _answer(user, pk)
    if request.method != "POST":
        return _page(request, answer, user)
    if refused := _kept(request, answer, user):
        return refused
    messages.success(request, "Your draft is kept.")
    return redirect(_address(request, answer))


@require_http_methods(["PUT"])
def review_draft(request: HttpRequest, pk: int) -> JsonResponse:
    """Keep a draft as review.js sends it.

    200 kept; 409 a newer one is kept, which comes along; 410 it takes no points any more; 422
    nothing that this question can keep.
    """
    user = _reviewer(request)
    answer = _answer(user, pk)
    try:
        body = json_of(request)
        points = points_from(body.get("content"))
        review = actions.save_review(answer, user, points, _revision(body.get("revision")))
        return JsonResponse(_about(review))
    except actions.StaleReview as stale:
        kept = {"content": content_of(stale.review), "said": in_words(stale.review)}
        return JsonResponse(_about(stale.review) | kept, status=409)
    except actions.ReviewClosed as closed:
        kept = {"detail": str(closed), "content": content_of(review_of(answer, user))}
        return JsonResponse(kept, status=410)
    except (ValueError, Unreadable) as error:
        return JsonResponse({"detail": str(error)}, status=422)


@require_POST
def review_hand_in(request: HttpRequest, pk: int) -> HttpResponse:
    user = _reviewer(request)
    answer = _answer(user, pk)
    try:
        actions.hand_in_review(answer, user, posted_points(request.POST))
    except ValueError as error:
        return _page(request, answer, user, problem=str(error))
    except actions.ReviewClosed as closed:
        messages.warning(request, str(closed))
        return redirect(_address(request, answer))
    messages.success(request, "Handed in. You can take it back until the candidate is decided on.")
    return _onward(request, user, answer)


@require_POST
def review_skip(request: HttpRequest, pk: int) -> HttpResponse:
    """Leave an answer for later, and go on; with `only=next` it stays with who goes on."""
    user = _reviewer(request)
    answer = _answer(user, pk)
    if refused := _kept(request, answer, user):
        return refused
    if request.GET.get("only") != "next":
        try:
            actions.leave_review(answer, user)
        except actions.ReviewClosed as closed:
            messages.warning(request, str(closed))
    return _onward(request, user, answer)


@require_POST
def review_take_back(request: HttpRequest, pk: int) -> HttpResponse:
    user = _reviewer(request)
    answer = _answer(user, pk)
    try:
        actions.take_back_review(answer, user)
        messages.success(request, "Taken back: it is your draft again.")
    except (actions.AlreadyDecided, actions.ReviewClosed) as refused:
        messages.error(request, str(refused))
    return redirect(_address(request, answer))


@require_GET
def review_agreement(request: HttpRequest, pk: UUID) -> HttpResponse:
    assessment = assessment_of(request, pk)
    context = {
        **framed(request, assessment, "agreement"),
        "found": agreements_of(assessment),
        "margin": MARGIN,
        "fewest": FEWEST,
    }
    return render(request, "recruiter/review/agreement.html", context)


def _reviewer(request: HttpRequest) -> User:
    return admitted(request, Member.REVIEWS).user


def _answer(user: User, pk: int) -> Answer:
    rows = open_answers(user).select_related(
        "attempt__invitation__assessment_version",
        "attempt__organisation",
        "question__question_version",
        "question__version",
    )
    return get_object_or_404(rows, pk=pk)


def _page(request: HttpRequest, answer: Answer, user: User, problem: str = "") -> HttpResponse:
    page = review_page(answer, user)
    if problem:
        page = page.with_points(posted_points(request.POST))
    context = {
        "page": page,
        "answer": answer,
        "problem": problem,
        "now": timezone.now(),
        "only": _only(request),
    }
    return render(request, "recruiter/review/answer.html", context, status=422 if problem else 200)


def _kept(request: HttpRequest, answer: Answer, user: User) -> HttpResponse | None:
    """Keep the posted draft, on whatever is kept; return the page where it is refused."""
    review = review_of(answer, user)
    if review and review.submitted_at:
        return None
    try:
        points = posted_points(request.POST)
        if content_of(review) != content_of(Review(points=points.levels, comment=points.comment)):
            actions.save_review(answer, user, points, review.revision if review else 0)
    except (ValueError, actions.StaleReview) as error:
        return _page(request, answer, user, problem=str(error))
    except actions.ReviewClosed as closed:
        messages.warning(request, str(closed))
    return None


def _onward(request: HttpRequest, user: User, answer: Answer | None) -> HttpResponse:
    only = _only(request)
    following = actions.claim_next(user, only, answer.pk if answer else None)
    if following:
        return redirect(_address(request, following))
    messages.info(request, "Nothing else waits for you here.")
    return redirect("recruiter:review_queue")


def _only(request: HttpRequest) -> int | None:
    """The one question that is being scored for all candidates; None: whatever comes."""
    named = request.GET.get("question", "")
    return int(named) if named.isascii() and named.isdigit() and len(named) < 18 else None


def _address(request: HttpRequest, answer: Answer) -> str:
    only = _only(request)
    address = reverse("recruiter:review_answer", args=[answer.pk])
    return f"{address}?question={only}" if only is not None else address


def _revision(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise ValueError("A draft names the revision that it builds on.")
    return value


def _about(review: Review) -> dict[str, Any]:
    return {"revision": review.revision, "saved_at": review.saved_at, "answered": True}
