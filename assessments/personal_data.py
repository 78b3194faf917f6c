"""All that is kept of a candidate, for the candidate: each field is in the copy, or said to be out.

A result is in it as far as the assessment tells candidates of results: what the checks expect stays
hidden, or the next candidate would know it. Whoever wants more asks the organisation.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Model
from django.utils import timezone

from assessments.feedback import Told, asked_elsewhere, told_of
from assessments.models import (
    Accommodation,
    AccommodationRequest,
    Answer,
    Attempt,
    Break,
    Candidate,
    CodeSnapshot,
    DataRequest,
    Email,
    IntegrityEvent,
    Invitation,
    Practice,
    ProblemReport,
    Rating,
    SectionSitting,
    Submission,
)

# What goes into the copy as it is stored.
FIELDS: Mapping[type[Model], tuple[str, ...]] = {
    Candidate: ("name", "email", "created_at"),
    Invitation: ("state", "created_at", "expires_at", "message", "remind_at", "language"),
    Accommodation: (
        *("extra_percent", "extra_minutes", "untimed", "break_minutes", "large_type"),
        *("note", "made_at"),
    ),
    AccommodationRequest: ("text", "created_at", "state", "answer", "answered_at"),
    Email: ("kind", "to", "subject", "text", "created_at", "sent_at"),
    DataRequest: ("kind", "created_at", "done_at"),
    Practice: ("started_at", "answers"),
    Attempt: (
        *("state", "consented_at", "consented_to", "started_at", "deadline", "finished_at"),
        *("assistant_use", "declared_at", "paused_until"),
    ),
    Answer: ("content", "revision", "saved_at"),
    SectionSitting: ("started_at", "deadline", "finished_at", "passed"),
    Break: ("started_at", "ends_at"),
    IntegrityEvent: ("kind", "at", "size", "seconds", "detail"),
    CodeSnapshot: ("number", "at", "changes"),
    Submission: ("purpose", "sample", "created_at", "status", "graded_at", "source", "inputs"),
    ProblemReport: ("text", "created_at", "answer", "answered_at"),
    Rating: ("stars", "text", "created_at"),
}
# What stays out, and why; what ties rows together is in the shape of the copy.
SECRET = "would let its reader in, or tell what the next candidate is checked with"
TECHNICAL = "says nothing of a person"
COLLEAGUE = "is about a member of the organisation"
RESULT = "is in the copy as far as the assessment tells of results"
LEFT_OUT: Mapping[type[Model], Mapping[str, str]] = {
    Candidate: {"erased_at": TECHNICAL},
    Invitation: {"token": SECRET, "erased_at": TECHNICAL},
    Accommodation: {"made_by": COLLEAGUE},
    AccommodationRequest: {"answered_by": COLLEAGUE},
    Email: {"html": "says what the text says", "due_at": TECHNICAL, "tries": TECHNICAL}
    | {"last_error": TECHNICAL},
    Attempt: {"seed": SECRET, "left_out": SECRET, "tab": TECHNICAL, "score": RESULT}
    | {"flagged": "is told of each answer"},
    Answer: {"score": RESULT},
    IntegrityEvent: {"key": TECHNICAL},
    Submission: {"seed": SECRET, "ticket": SECRET, "verdict": RESULT, "score": RESULT}
    | {"report": RESULT, "task": "is told of its question"}
    | dict.fromkeys(["queued_at", "retry_at", "tries", "faults", "last_fault"], TECHNICAL),
    ProblemReport: {"answered_by": COLLEAGUE},
}
HINT = (
    "Results are in this copy as far as the assessment tells candidates of them. What the hidden "
    "checks expect, keys and seeds are not in it. For anything else please ask the organisation."
)


def copy_of(candidate: Candidate) -> dict[str, Any]:
    """Return everything, by invitation, as data that JSON can hold."""
    organisation = candidate.organisation
    invitations = candidate.invitations.select_related("assessment_version").order_by("created_at")
    return {
        "made_at": timezone.now(),
        "hint": HINT,
        "organisation": {
            "name": organisation.name,
            "contact_email": organisation.contact_email,
            "keeps_for_days": organisation.retention_days,
        },
        "candidate": fields_of(candidate),
        "invitations": [_invitation(invitation) for invitation in invitations],
    }


def fields_of(row: Model) -> dict[str, Any]:
    return {name: getattr(row, name) for name in FIELDS[type(row)]}


def _each(rows: Iterable[Model]) -> list[dict[str, Any]]:
    return [fields_of(row) for row in rows]


def _invitation(invitation: Invitation) -> dict[str, Any]:
    attempt = Attempt.objects.filter(invitation=invitation).first()
    practice = Practice.objects.filter(invitation=invitation).first()
    return {
        **fields_of(invitation),
        "assessment": invitation.assessment_version.title,
        "accommodations": _each(invitation.accommodations.all()),
        "accommodation_requests": _each(invitation.requests.all()),
        "emails": [
            fields_of(each) | {"text": each.text.replace(invitation.token, "…")}
            for each in invitation.emails.all()
        ],
        "data_requests": _each(invitation.data_requests.all()),
        "practice": _practice(practice) if practice else None,
        "attempt": _attempt(attempt) if attempt else None,
    }


def _practice(practice: Practice) -> dict[str, Any]:
    return {
        **fields_of(practice),
        "runs": [fields_of(each) | {"report": each.report} for each in practice.submissions.all()],
    }


def _attempt(attempt: Attempt) -> dict[str, Any]:
    told = told_of(attempt)
    elsewhere = asked_elsewhere(attempt) if told.answers else set()
    return {
        **fields_of(attempt),
        **({"passed": attempt.passed} if told.verdict else {}),
        **({"score": attempt.score} if told.families else {}),
        "sections": [
            fields_of(each) | {"title": each.section.title} for each in attempt.sittings.all()
        ],
        "breaks": _each(attempt.breaks.all()),
        "questions": [
            _question(
                attempt,
                question,
                told.held_back if question.question_version.question_id in elsewhere else told,
            )
            for question in attempt.questions.select_related("question_version")
        ],
        "events": _each(attempt.events.all()),
        "problem_reports": [
            fields_of(each) | {"question": each.question and each.question.position}
            for each in attempt.problem_reports.select_related("question")
        ],
        "rating": next(iter(_each(Rating.objects.filter(attempt=attempt))), None),
    }


def _question(attempt: Attempt, question: Any, told: Told) -> dict[str, Any]:
    answer = attempt.answers.filter(question=question).first()
    submissions = attempt.submissions.filter(question=question).order_by("created_at")
    return {
        "position": question.position,
        "title": question.question_version.title,
        "kind": question.question_version.kind,
        "flagged": question.pk in attempt.flagged,
        "answer": fields_of(answer) if answer else None,
        **({"score": answer.score} if answer and told.families else {}),
        "runs_and_submissions": [_submission(each, told) for each in submissions],
        "code_as_it_grew": _each(attempt.snapshots.filter(question=question)),
    }


def _submission(submission: Submission, told: Told) -> dict[str, Any]:
    """A run shows all of its report to the candidate anyway."""
    if submission.purpose == Submission.Purpose.RUN:
        return fields_of(submission) | {"report": submission.report}
    return fields_of(submission) | {"report": told.of_report(submission.report)}
