"""The tables of assessments, one noun a module."""

from assessments.models.assessment import Assessment, AssessmentQuestion, AssessmentVersion
from assessments.models.attempt import Answer, Attempt, Candidate, Invitation
from assessments.models.idempotency import RememberedAnswer
from assessments.models.organisation import ApiToken, Member, Organisation, User
from assessments.models.submission import Submission

__all__ = [
    "Answer",
    "ApiToken",
    "Assessment",
    "AssessmentQuestion",
    "AssessmentVersion",
    "Attempt",
    "Candidate",
    "Invitation",
    "Member",
    "Organisation",
    "RememberedAnswer",
    "Submission",
    "User",
]
