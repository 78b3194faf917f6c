"""The tables of assessments, one noun a module."""

from assessments.models.accommodation import Accommodation, AccommodationRequest
from assessments.models.assessment import Assessment, AssessmentQuestion, AssessmentVersion
from assessments.models.attempt import Answer, Attempt, Candidate, Invitation
from assessments.models.email import Email
from assessments.models.idempotency import RememberedAnswer
from assessments.models.organisation import ApiToken, Member, Organisation, User
from assessments.models.practice import Practice
from assessments.models.section import Pool, Section
from assessments.models.sitting import Break, CodeSnapshot, IntegrityEvent, SectionSitting
from assessments.models.submission import Submission
from assessments.models.word import DataRequest, ProblemReport, Rating

__all__ = [
    "Accommodation",
    "AccommodationRequest",
    "Answer",
    "ApiToken",
    "Assessment",
    "AssessmentQuestion",
    "AssessmentVersion",
    "Attempt",
    "Break",
    "Candidate",
    "CodeSnapshot",
    "DataRequest",
    "Email",
    "IntegrityEvent",
    "Invitation",
    "Member",
    "Organisation",
    "Pool",
    "Practice",
    "ProblemReport",
    "Rating",
    "RememberedAnswer",
    "Section",
    "SectionSitting",
    "Submission",
    "User",
]
