"""The tables of assessments, one noun a module."""

from assessments.models.accommodation import Accommodation, AccommodationRequest
from assessments.models.assessment import Assessment, AssessmentQuestion, AssessmentVersion
from assessments.models.attempt import Answer, Attempt
from assessments.models.audit import AuditEntry
from assessments.models.batch import Batch, BatchItem, TokenDay
from assessments.models.email import Email
from assessments.models.export import Export, ExportedAttempt, ExportPiece
from assessments.models.hiring import (
    HiringConnection,
    HiringError,
    HiringMessage,
    HiringOrder,
)
from assessments.models.idempotency import RememberedAnswer
from assessments.models.invitation import Candidate, Invitation
from assessments.models.invitation_list import InvitationList
from assessments.models.member_invitation import MemberInvitation
from assessments.models.open_link import OpenLink
from assessments.models.organisation import ApiToken, Member, Organisation, User
from assessments.models.practice import Practice
from assessments.models.regrade import PastGrading, Regrade, RegradedAttempt, RegradedSubmission
from assessments.models.review import Comment, Decision, Override, Review
from assessments.models.section import Pool, Section
from assessments.models.share import Paper, Scorecard, ShareLink, ShareView
from assessments.models.similarity import Fingerprint, Mark, SimilarPair
from assessments.models.sitting import Break, CodeSnapshot, IntegrityEvent, SectionSitting
from assessments.models.submission import Submission
from assessments.models.table import Label, PartScore, SavedView
from assessments.models.webhook import (
    EventType,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookEvent,
    WebhookTry,
)
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
    "AuditEntry",
    "Batch",
    "BatchItem",
    "Break",
    "Candidate",
    "CodeSnapshot",
    "Comment",
    "DataRequest",
    "Decision",
    "Email",
    "EventType",
    "Export",
    "ExportPiece",
    "ExportedAttempt",
    "Fingerprint",
    "HiringConnection",
    "HiringError",
    "HiringMessage",
    "HiringOrder",
    "IntegrityEvent",
    "Invitation",
    "InvitationList",
    "Label",
    "Mark",
    "Member",
    "MemberInvitation",
    "OpenLink",
    "Organisation",
    "Override",
    "Paper",
    "PartScore",
    "PastGrading",
    "Pool",
    "Practice",
    "ProblemReport",
    "Rating",
    "Regrade",
    "RegradedAttempt",
    "RegradedSubmission",
    "RememberedAnswer",
    "Review",
    "SavedView",
    "Scorecard",
    "Section",
    "SectionSitting",
    "ShareLink",
    "ShareView",
    "SimilarPair",
    "Submission",
    "TokenDay",
    "User",
    "WebhookDelivery",
    "WebhookEndpoint",
    "WebhookEvent",
    "WebhookTry",
]
