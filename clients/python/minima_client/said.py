"""What is sent: the filters of lists, and the bodies of changes."""

from datetime import datetime
from typing import NotRequired, Required, TypedDict
from uuid import UUID

from minima_client.endpoint_rows import DeliveryState
from minima_client.export_rows import ExportFormat, ExportKind, ExportState
from minima_client.rows import (
    AttemptState,
    InvitationState,
    Outcome,
    PurposeOfRecord,
    Role,
    Status,
    Verdict,
)

Id = str | UUID


class Paged(TypedDict, total=False):
    """How many rows come with one request, 200 at the most; you get all of them in any case."""

    page_size: int


class Created(Paged, total=False):
    created_after: datetime
    created_before: datetime


class SubmissionFilters(Created, total=False):
    task: str
    status: Status
    purpose: PurposeOfRecord
    verdict: Verdict
    attempt: Id
    graded_after: datetime
    graded_before: datetime


class AssessmentFilters(Created, total=False):
    archived: bool


class QuestionFilters(Paged, total=False):
    topic: str
    kind: str
    difficulty: int


class InvitationFilters(Created, total=False):
    state: InvitationState
    assessment: Id
    email: str


class CandidateFilters(Created, total=False):
    email: str


class WhichAttempts(TypedDict, total=False):
    state: AttemptState
    assessment: Id
    candidate: Id
    finished_after: datetime
    finished_before: datetime
    score_min: float
    score_max: float
    updated_since: datetime


class AttemptFilters(Paged, WhichAttempts, total=False):
    """Which attempts, and how many at once."""


class DecisionFilters(Paged, total=False):
    attempt: Id
    outcome: Outcome
    made_after: datetime
    made_before: datetime
    in_force: bool


class ReviewFilters(Paged, total=False):
    attempt: Id
    submitted_after: datetime
    submitted_before: datetime


class MemberFilters(Paged, total=False):
    role: Role


class EndpointFilters(Created, total=False):
    enabled: bool


class ExportFilters(Created, total=False):
    state: ExportState
    kind: ExportKind


class DeliveryFilters(Paged, total=False):
    endpoint: Id
    state: DeliveryState
    type: str
    happened_after: datetime
    happened_before: datetime


class Waiting(TypedDict, total=False):
    wait: int


class NewSubmission(TypedDict):
    task: str
    source: str


class NewItem(NewSubmission):
    """`id` is what you call it; it comes back in the results."""

    id: NotRequired[str]


class NewBatch(TypedDict):
    items: list[NewItem]


class NewAccommodation(TypedDict, total=False):
    """All that holds from then on: what is left out is granted no more."""

    extra_percent: int
    extra_minutes: int
    untimed: bool
    break_minutes: int
    large_type: bool
    note: str


class Extension(TypedDict, total=False):
    """One of both."""

    expires_in_days: int
    expires_at: datetime


class NewInvitation(Extension, total=False):
    assessment: Required[Id]
    name: Required[str]
    email: Required[str]
    opens_at: datetime
    message: str
    language: str
    send: bool
    one_more: bool
    accommodation: NewAccommodation


class ChangedInvitation(TypedDict, total=False):
    """What is left out stays as it is."""

    expires_at: datetime
    opens_at: datetime | None
    message: str


class NewDecision(TypedDict):
    """`decided_by` is the e-mail address of the owner or recruiter who decided."""

    outcome: Outcome
    reason: str
    decided_by: str


class NewReview(TypedDict):
    """A member's review of an open answer; `points` is by the place in the rubric, from "0" on."""

    position: int
    reviewer: str
    points: dict[str, float]
    comment: NotRequired[str]


class NewEndpoint(TypedDict):
    """`event_types` left out, or empty: it is told of all."""

    url: str
    description: NotRequired[str]
    event_types: NotRequired[list[str]]


class ChangedEndpoint(TypedDict, total=False):
    """What is left out stays as it is."""

    url: str
    description: str
    event_types: list[str]
    enabled: bool


class NewExport(TypedDict):
    """A row an attempt, an answer or a check; without `names` each candidate has an alias."""

    kind: ExportKind
    format: ExportFormat
    codebook: NotRequired[bool]
    names: NotRequired[bool]
    filters: NotRequired[WhichAttempts]
