"""The copy of a candidate's data, as they fetch it and as an organisation hands it out.

What candidates fetch tells of results as far as the assessment does. What members wrote of them,
and what was decided, is in the copy that the organisation hands out: nobody shall learn from a file
at midnight what a person wanted to tell them. What the checks expect is in neither, or the next
candidate would know it.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model
from django.http import HttpResponse
from django.utils import timezone

from assessments.feedback import Told, asked_elsewhere, told_of
from assessments.looks import looks_at
from assessments.models import (
    AssessmentQuestion,
    Attempt,
    Candidate,
    HiringOrder,
    Invitation,
    Practice,
    Rating,
    SimilarPair,
    Submission,
)
from assessments.personal_data import FIELDS

HINT = (
    "Results are in this copy as far as the assessment tells candidates of them. What the hidden "
    "checks expect, keys and seeds are not in it. What members of the organisation wrote about "
    "the candidate and decided is in the copy that the organisation hands out on request."
)
WHOLE_HINT = (
    "What the hidden checks expect, keys and seeds are not in this copy, and neither is who of the "
    "organisation's members wrote what."
)


def copy_of(candidate: Candidate, *, whole: bool = False) -> dict[str, Any]:
    """Return everything, by invitation, as data that JSON can hold.

    `whole` is what the organisation hands out: with every score, what members wrote and decided,
    to whom it was shown, and who looked when.
    """
    organisation = candidate.organisation
    invitations = candidate.invitations.select_related("assessment_version").order_by("created_at")
    return {
        "made_at": timezone.now(),
        "hint": WHOLE_HINT if whole else HINT,
        "organisation": {
            "name": organisation.name,
            "contact_email": organisation.contact_email,
            "keeps_for_days": organisation.retention_days,
        },
        "candidate": fields_of(candidate),
        "invitations": [_invitation(invitation, whole) for invitation in invitations],
        **({"looks": _looks(candidate)} if whole else {}),
    }


def file_of(copy: dict[str, Any], name: str) -> HttpResponse:
    """Return `copy` as a file to download, in letters as its reader writes them."""
    text = json.dumps(copy, cls=DjangoJSONEncoder, indent=2, ensure_ascii=False)
    # Half of a pair of code units, which no encoding has, stays as JSON writes it.
    data = text.encode("utf-8", "backslashreplace")
    response = HttpResponse(data, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def fields_of(row: Model) -> dict[str, Any]:
    return {name: getattr(row, name) for name in FIELDS[type(row)]}


def _each(rows: Iterable[Model]) -> list[dict[str, Any]]:
    return [fields_of(row) for row in rows]


def _looks(candidate: Candidate) -> list[dict[str, Any]]:
    """When personal data were looked at, and what of it; by whom is about a member."""
    return [{"at": each.at, "what": each.detail["what"]} for each in looks_at(candidate)]


def _invitation(invitation: Invitation, whole: bool) -> dict[str, Any]:
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
        "orders": _each(HiringOrder.objects.filter(invitation=invitation)),
        "practice": _practice(practice) if practice else None,
        "attempt": _Sitting.of(attempt, whole).as_dict() if attempt else None,
    }


def _practice(practice: Practice) -> dict[str, Any]:
    return {
        **fields_of(practice),
        "runs": [fields_of(each) | {"report": each.report} for each in practice.submissions.all()],
    }


@dataclass(frozen=True, slots=True)
class _Sitting:
    """An attempt, how much is told of its results, and what is held back of which questions."""

    attempt: Attempt
    told: Told
    elsewhere: set[int]
    whole: bool

    @classmethod
    def of(cls, attempt: Attempt, whole: bool) -> "_Sitting":
        told = told_of(attempt)
        elsewhere = asked_elsewhere(attempt) if told.answers else set()
        if whole:
            told = replace(told, verdict=True, families=True)
        return cls(attempt, told, elsewhere, whole)

    def as_dict(self) -> dict[str, Any]:
        attempt, told = self.attempt, self.told
        return {
            **fields_of(attempt),
            **({"passed": attempt.passed} if told.verdict else {}),
            **({"score": attempt.score} if told.families else {}),
            **({"parts": _each(attempt.part_scores.all())} if told.families else {}),
            "sections": [
                fields_of(each) | {"title": each.section.title} for each in attempt.sittings.all()
            ],
            "breaks": _each(attempt.breaks.all()),
            "questions": [
                self._question(question)
                for question in attempt.questions.select_related("question_version")
            ],
            "events": _each(attempt.events.all()),
            "problem_reports": [
                fields_of(each) | {"question": each.question and each.question.position}
                for each in attempt.problem_reports.select_related("question")
            ],
            "rating": next(iter(_each(Rating.objects.filter(attempt=attempt))), None),
            **(_said_of(attempt) if self.whole else {}),
        }

    def _question(self, question: AssessmentQuestion) -> dict[str, Any]:
        told, asked = self.told, question.question_version
        if asked.question_id in self.elsewhere:
            told = told.held_back
        answer = self.attempt.answers.filter(question=question).first()
        submissions = self.attempt.submissions.filter(question=question).order_by("created_at")
        return {
            "position": question.position,
            "title": asked.title,
            "kind": asked.kind,
            "flagged": question.pk in self.attempt.flagged,
            "answer": fields_of(answer) if answer else None,
            **({"score": answer.score} if answer and told.families else {}),
            "runs_and_submissions": [_submission(each, told) for each in submissions],
            "code_as_it_grew": _each(self.attempt.snapshots.filter(question=question)),
        }


def _submission(submission: Submission, told: Told) -> dict[str, Any]:
    """A run shows all of its report to the candidate anyway."""
    if submission.purpose == Submission.Purpose.RUN:
        return fields_of(submission) | {"report": submission.report}
    return {
        **fields_of(submission),
        "report": told.of_report(submission.report),
        "earlier_gradings": [
            fields_of(each) | {"report": told.of_report(each.report)}
            for each in submission.past_gradings.all()
        ],
    }


def _said_of(attempt: Attempt) -> dict[str, Any]:
    """What members wrote of an attempt and decided, and to whom it was shown."""
    return {
        "reviews": _scored(attempt.reviews, "score", "points"),
        "overrides": _scored(attempt.overrides, "automatic", "score"),
        "comments": _scored(attempt.comments),
        "decisions": [fields_of(each) | {"score": each.score} for each in attempt.decisions.all()],
        "scorecards": _each(attempt.scorecards.all()),
        "labels": _each(attempt.labels.all()),
        "similar_code": _each(SimilarPair.objects.of_attempt(attempt.pk)),
        "shown_to": [
            fields_of(each) | {"views": _each(each.views.all())}
            for each in attempt.share_links.all()
        ],
    }


def _scored(rows: Any, *numbers: str) -> list[dict[str, Any]]:
    """Rows about a question, or about none, each with what `numbers` name."""
    return [
        fields_of(each)
        | {name: getattr(each, name) for name in numbers}
        | {"question": each.question and each.question.position}
        for each in rows.select_related("question")
    ]
