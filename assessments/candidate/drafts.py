"""Drafts as sitting.js sends them: JSON in, JSON out, one status a situation."""

import json
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils import timezone

from assessments.actions import AttemptClosed, InvalidAnswer, StaleRevision, save_answer
from assessments.candidate.steps import said
from assessments.models import Accommodation, Answer, AssessmentQuestion, Attempt


class UnreadableDraft(ValueError):
    """The body is not {"content": {...}, "revision": 3}."""


def draft_from(request: HttpRequest) -> tuple[dict[str, Any], int]:
    """Return content and revision of a draft; raise UnreadableDraft."""
    try:
        body = json.loads(request.body)
    except ValueError as error:
        raise UnreadableDraft("The body is not JSON.") from error
    content = body.get("content") if isinstance(body, dict) else None
    revision = body.get("revision") if isinstance(body, dict) else None
    if not isinstance(content, dict) or type(revision) is not int or revision < 0:
        raise UnreadableDraft("A draft has a content and the revision that it builds on.")
    return content, revision


def answer_draft(
    request: HttpRequest, attempt: Attempt, question: AssessmentQuestion
) -> JsonResponse:
    """Save a draft and say what became of it.

    200 saved; 409 a newer revision is stored, which comes along; 410 the attempt is closed;
    422 nothing that this question can store.
    """
    try:
        answer = save_answer(attempt, question, *draft_from(request))
    except StaleRevision as stale:
        return _described(attempt, stale.answer, 409)
    except AttemptClosed as closed:
        return JsonResponse({"detail": str(closed)}, status=410)
    except (InvalidAnswer, UnreadableDraft) as error:
        return JsonResponse({"detail": str(error)}, status=422)
    return _described(attempt, answer, 200)


def _described(attempt: Attempt, answer: Answer, status: int) -> JsonResponse:
    version = answer.question.question_version
    return JsonResponse(
        {
            "answered": version.rules.is_answered(version.content, answer.content),
            "revision": answer.revision,
            "content": answer.content,
            "said": said(attempt, answer.question, answer.content),
            "saved_at": answer.saved_at,
            "clock": clock_of(attempt),
        },
        status=status,
    )


def clock_of(attempt: Attempt) -> dict[str, Any]:
    """The server's clock, for the page to count down by; `deadline` is the one that comes next."""
    return {
        "now": timezone.now(),
        "deadline": attempt.deadline,
        "paused_until": attempt.paused_until,
        "untimed": Accommodation.objects.in_force(attempt.invitation).untimed,
        "closed": attempt.state != Attempt.State.IN_PROGRESS,
    }
