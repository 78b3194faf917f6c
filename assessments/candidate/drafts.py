"""Drafts as sitting.js sends them: JSON in, JSON out, one status a situation."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils import timezone

from assessments.actions import (
    AttemptClosed,
    HeldElsewhere,
    InvalidAnswer,
    OnBreak,
    StaleRevision,
    save_answer,
)
from assessments.candidate.access import has_section_clocks
from assessments.candidate.bodies import Unreadable, body_of, name_from, steps_from
from assessments.candidate.steps import said
from assessments.course import Course
from assessments.models import Answer, AssessmentQuestion, Attempt
from assessments.playback import Step


@dataclass(frozen=True, slots=True)
class Draft:
    """An answer on its way: what it builds on, the tab that sends it, and how its code grew."""

    content: dict[str, Any]
    revision: int
    tab: str
    steps: list[Step]


def draft_from(request: HttpRequest) -> Draft:
    """Return the draft in a body {"content": {...}, "revision": 3}; raise Unreadable."""
    body = body_of(request)
    content, revision = body.get("content"), body.get("revision")
    if not isinstance(content, dict) or type(revision) is not int or revision < 0:
        raise Unreadable("A draft has a content and the revision that it builds on.")
    steps = steps_from(body.get("growth"), timezone.now())
    return Draft(content, revision, name_from(body.get("tab")), steps)


def answer_draft(
    request: HttpRequest, attempt: Attempt, question: AssessmentQuestion
) -> JsonResponse:
    """Save a draft and say what became of it.

    200 saved; 409 a newer revision is stored, which comes along; 410 the attempt is closed, and
    this is what it closed with; 422 nothing that this question can store; 423 another tab saves;
    425 the candidate is on a break, and it is to be sent again after that.
    """
    try:
        draft = draft_from(request)
        return JsonResponse(_about(attempt, _save(attempt, question, draft)))
    except StaleRevision as stale:
        both = {"sent_said": said(attempt, question, draft.content)}
        return JsonResponse(_stored(attempt, stale.answer) | both, status=409)
    except OnBreak as resting:
        return JsonResponse({"detail": str(resting)}, status=425)
    except AttemptClosed as closed:
        return JsonResponse(_last(attempt, question, str(closed)), status=410)
    except HeldElsewhere as held:
        return JsonResponse({"detail": str(held)}, status=423)
    except (InvalidAnswer, Unreadable) as error:
        return JsonResponse({"detail": str(error)}, status=422)


def _save(attempt: Attempt, question: AssessmentQuestion, draft: Draft) -> Answer:
    return save_answer(
        attempt, question, draft.content, draft.revision, tab=draft.tab, steps=draft.steps
    )


def _stored(attempt: Attempt, answer: Answer) -> dict[str, Any]:
    text = said(attempt, answer.question, answer.content)
    return _about(attempt, answer) | {"content": answer.content, "said": text}


def _about(attempt: Attempt, answer: Answer) -> dict[str, Any]:
    version = answer.question.question_version
    return {
        "answered": version.rules.is_answered(version.content, answer.content),
        "revision": answer.revision,
        "saved_at": answer.saved_at,
        "clock": clock_of(attempt),
    }


def _last(attempt: Attempt, question: AssessmentQuestion, sentence: str) -> dict[str, Any]:
    """What counts of a question that takes no answers any more."""
    answer = Answer.objects.filter(attempt=attempt, question=question).first()
    return {
        "detail": sentence,
        "content": answer.content if answer else {},
        "saved_at": answer.saved_at if answer else None,
    }


def clock_of(attempt: Attempt, course: Course | None = None) -> dict[str, Any]:
    """The server's clock, for the page to count down by.

    `deadline` is the one that comes next: the open section's, that of the rest before another
    section, or the attempt's.
    """
    if course is None and has_section_clocks(attempt):
        course = Course.of(attempt)
    return {
        "now": timezone.now(),
        "deadline": course.next_end if course else attempt.deadline,
        "paused_until": attempt.paused_until if attempt.paused else None,
        "untimed": attempt.invitation.accommodation.untimed,
        "resting": course is not None and course.timed and course.open is None,
        "closed": attempt.state != Attempt.State.IN_PROGRESS,
    }
