"""What the interface answers, row by row. Scores are shares from 0 to 1; times are UTC."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

InvitationState = Literal["sent", "started", "finished", "revoked"]
AttemptState = Literal["in_progress", "finished", "timed_out"]
Outcome = Literal["advance", "hold", "decline"]
Role = Literal["owner", "recruiter", "reviewer", "author"]
Status = Literal["queued", "graded"]
Verdict = Literal["passed", "partial", "failed", "error"]
Purpose = Literal["run", "submit", "api", "batch", "practice"]
PurposeOfRecord = Literal["run", "submit", "api", "batch"]


@dataclass(frozen=True)
class Task:
    slug: str
    title: str
    signature: str
    sentence: str


@dataclass(frozen=True)
class TaskDetail(Task):
    functions: list[str]
    formula: str
    domain: str
    rules: list[str]


@dataclass(frozen=True)
class Family:
    """How many checks of a family passed."""

    passed: int
    total: int
    score: float | None


@dataclass(frozen=True)
class Check:
    family: str
    name: str
    passed: bool
    expected: str | None = None
    got: str | None = None
    detail: str = ""
    gradient: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Trouble:
    """Why nothing could be judged."""

    kind: str
    detail: str


@dataclass(frozen=True)
class Report:
    """What the grader found. `docs/api.md` tells of curves, stability, stdout and own."""

    task: str
    verdict: Verdict
    score: float
    families: dict[str, Family]
    checks: list[Check]
    error: Trouble | None
    diagnosis: list[str]
    seconds: dict[str, float]
    curves: list[dict[str, Any]] = field(default_factory=list)
    stability: list[dict[str, Any]] = field(default_factory=list)
    stdout: str = ""
    own: dict[str, Any] | None = None
    seed: int | None = None
    grader: str = ""


@dataclass(frozen=True)
class Submission:
    """Code that is graded, or waits for it: then `report` is None."""

    id: str
    task: str
    status: Status
    created_at: datetime
    graded_at: datetime | None
    report: Report | None


@dataclass(frozen=True)
class SubmissionLine:
    """A submission in a list: its result without the report."""

    id: str
    task: str
    purpose: Purpose
    status: Status
    created_at: datetime
    graded_at: datetime | None
    verdict: Verdict | None
    score: float | None


@dataclass(frozen=True)
class Batch:
    id: str
    created_at: datetime
    total: int
    graded: int
    finished_at: datetime | None


@dataclass(frozen=True)
class Result:
    """An item of a batch; `id` is what you called it."""

    position: int
    id: str
    submission: Submission


@dataclass(frozen=True)
class Assessment:
    id: str
    slug: str
    title: str
    created_at: datetime
    closes_at: datetime | None
    archived_at: datetime | None


@dataclass(frozen=True)
class Section:
    position: int
    title: str
    minutes: int | None
    order: Literal["free", "fixed"]
    shuffled: bool


@dataclass(frozen=True)
class AskedQuestion:
    position: int
    question: str
    number: int
    kind: str
    title: str
    weight: float
    section: int | None
    pool: str | None


@dataclass(frozen=True)
class AssessmentVersion:
    number: int
    title: str
    intro: str
    minutes: int
    pass_mark: float
    feedback: Literal["none", "verdict", "families", "full"]
    counts: Literal["best", "last"]
    max_attempts: int
    reviewers: int
    published_at: datetime | None
    sections: list[Section]
    questions: list[AskedQuestion]


@dataclass(frozen=True)
class AssessmentDetail(Assessment):
    version: AssessmentVersion


@dataclass(frozen=True)
class Question:
    """A version of a question; `own` where it is your organisation's alone."""

    id: int
    question: str
    number: int
    kind: str
    title: str
    own: bool
    difficulty: int
    minutes: int
    topics: list[str]
    published_at: datetime | None


@dataclass(frozen=True)
class QuestionDetail(Question):
    """`content` has what is right; None without the scope author."""

    shown: dict[str, Any]
    content: dict[str, Any] | None


@dataclass(frozen=True)
class Candidate:
    id: str
    name: str
    email: str


@dataclass(frozen=True)
class KnownCandidate(Candidate):
    created_at: datetime
    erased_at: datetime | None


@dataclass(frozen=True)
class OfCandidate:
    """An invitation of a candidate."""

    id: str
    assessment: str
    state: InvitationState
    attempt: str | None


@dataclass(frozen=True)
class CandidateDetail(KnownCandidate):
    invitations: list[OfCandidate]


@dataclass(frozen=True)
class Invitation:
    """`link` is what the candidate follows; None without the scope invite.

    `etag` names the state that was read: a change is refused where somebody was quicker.
    """

    id: str
    assessment: str
    version: int
    candidate: Candidate
    state: InvitationState
    is_open: bool
    created_at: datetime
    opens_at: datetime | None
    expires_at: datetime
    language: str
    message: str
    attempt: str | None
    erased_at: datetime | None
    link: str | None = field(repr=False)
    etag: str = field(default="", compare=False, repr=False)


@dataclass(frozen=True)
class Accommodation:
    """What is made easier for a candidate, and when a sitting that goes on ends with it."""

    extra_percent: int
    extra_minutes: int
    untimed: bool
    break_minutes: int
    large_type: bool
    note: str
    made_at: datetime | None
    deadline: datetime | None
    etag: str = field(default="", compare=False, repr=False)


@dataclass(frozen=True)
class Attempt:
    id: str
    invitation: str
    assessment: str
    title: str
    version: int
    candidate: Candidate
    state: AttemptState
    started_at: datetime
    finished_at: datetime | None
    score: float | None
    passed: bool | None
    report_url: str


@dataclass(frozen=True)
class AnsweredQuestion:
    position: int
    question: str
    number: int
    kind: str
    title: str
    weight: float
    answered: bool
    score: float | None
    submissions: list[str]


@dataclass(frozen=True)
class AttemptDetail(Attempt):
    questions: list[AnsweredQuestion]


@dataclass(frozen=True)
class Answer:
    position: int
    question: str
    number: int
    kind: str
    content: dict[str, Any]
    saved_at: datetime
    score: float | None
    automatic: float | None


@dataclass(frozen=True)
class Part:
    """The score of a topic, a family of checks or a section."""

    kind: Literal["topic", "family", "section"]
    key: str
    score: float
    weight: float


@dataclass(frozen=True)
class ReviewCount:
    handed_in: int
    begun: int


@dataclass(frozen=True)
class Decision:
    id: int
    attempt: str
    outcome: Outcome
    reason: str
    score: float | None
    made_at: datetime
    made_by: str | None


@dataclass(frozen=True)
class AttemptReport(Attempt):
    stage: str
    automatic: float | None
    pass_mark: float
    parts: list[Part]
    reviews: ReviewCount
    decision: Decision | None


@dataclass(frozen=True)
class Review:
    id: int
    attempt: str
    position: int
    question: str
    reviewer: str
    score: float | None
    points: dict[str, Any]
    comment: str
    submitted_at: datetime | None


@dataclass(frozen=True)
class Member:
    id: int
    email: str
    name: str
    role: Role
    created_at: datetime
    last_here_at: datetime | None
