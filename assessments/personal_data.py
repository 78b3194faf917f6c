"""All that is kept of a candidate: each field is in the copy for them, or said to be left out."""

from collections.abc import Mapping

from django.db.models import Model

from assessments.models import (
    Accommodation,
    AccommodationRequest,
    Answer,
    Attempt,
    Break,
    Candidate,
    CodeSnapshot,
    Comment,
    DataRequest,
    Decision,
    Email,
    Export,
    ExportedAttempt,
    ExportPiece,
    Fingerprint,
    HiringError,
    HiringOrder,
    IntegrityEvent,
    Invitation,
    Label,
    Mark,
    Override,
    Paper,
    PartScore,
    PastGrading,
    Practice,
    ProblemReport,
    Rating,
    RegradedAttempt,
    RegradedSubmission,
    Review,
    Scorecard,
    SectionSitting,
    ShareLink,
    ShareView,
    SimilarPair,
    Submission,
)

# What goes into the copy as it is stored.
FIELDS: Mapping[type[Model], tuple[str, ...]] = {
    Candidate: ("name", "email", "created_at"),
    Invitation: (
        *("state", "created_at", "opens_at", "expires_at", "message", "remind_at", "language"),
    ),
    Accommodation: (
        *("extra_percent", "extra_minutes", "untimed", "break_minutes", "large_type"),
        *("note", "made_at"),
    ),
    AccommodationRequest: ("text", "created_at", "state", "answer", "answered_at"),
    Email: ("kind", "to", "subject", "text", "created_at", "sent_at"),
    DataRequest: ("kind", "created_at", "done_at"),
    HiringOrder: (
        *("name", "email", "profile_url", "reference", "state", "created_at", "changed_at"),
        "told_at",
    ),
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
    PartScore: ("kind", "key", "score"),
    PastGrading: ("graded_at", "replaced_at"),
} | {
    # What members wrote of the candidate, and to whom they showed it.
    Review: ("comment", "created_at", "submitted_at"),
    Override: ("reason", "made_at"),
    Comment: ("text", "created_at", "edited_at"),
    Decision: ("outcome", "reason", "made_at"),
    Scorecard: ("items", "notes", "recommendation", "created_at", "submitted_at"),
    Label: ("name",),
    SimilarPair: ("similarity", "shared", "state", "resolved_at"),
    ShareLink: ("name", "shows_personal_data", "created_at", "expires_at", "revoked_at"),
    ShareView: ("at",),
    **dict.fromkeys(
        [Fingerprint, Mark, HiringError, Paper, RegradedAttempt, RegradedSubmission], ()
    ),
    **dict.fromkeys([Export, ExportedAttempt, ExportPiece], ()),
}
# What stays out, and why; what ties rows together is in the shape of the copy.
SECRET = "would let its reader in, or tell what the next candidate is checked with"
TECHNICAL = "says nothing of a person"
COLLEAGUE = "is about a member of the organisation"
RESULT = "is in the copy as far as the assessment tells of results"
TRIAL = "is a score that was tried out; what became of it is in the copy as a result"
SOMEBODY = "is about somebody else"
HANDED_ON = "is what two systems said to each other, without a name"
OF_CODE = "is made of the code, which is in the copy"
PRINTED = "is the report once more, printed, and kept for a day"
WRITTEN = "is the results once more, in a file that is kept for a week"
LEFT_OUT: Mapping[type[Model], Mapping[str, str]] = {
    Candidate: {"erased_at": TECHNICAL},
    Invitation: {"token": SECRET, "erased_at": TECHNICAL, "invited_by": COLLEAGUE}
    | dict.fromkeys(["open_link", "listed", "one_more", "preview", "expiry_noted_at"], TECHNICAL),
    Accommodation: {"made_by": COLLEAGUE},
    AccommodationRequest: {"answered_by": COLLEAGUE},
    Email: {"html": "says what the text says", "due_at": TECHNICAL, "tries": TECHNICAL}
    | dict.fromkeys(["last_error", "member_invitation"], TECHNICAL),
    HiringOrder: dict.fromkeys(["natural_key", "callback_url"], SECRET)
    | {"score": RESULT, "connection": TECHNICAL}
    | dict.fromkeys(["revision", "telling", "due_at", "tries"], TECHNICAL),
    HiringError: dict.fromkeys(["connection", "at", "side", "called", "status"], HANDED_ON)
    | dict.fromkeys(["answer", "remedy", "times"], HANDED_ON),
    Attempt: {"seed": SECRET, "left_out": SECRET, "tab": TECHNICAL, "score": RESULT}
    | {"flagged": "is told of each answer", "automatic": RESULT}
    | dict.fromkeys(["at_position", "scored_by", "awaits_review"], TECHNICAL),
    Answer: {"score": RESULT, "automatic": RESULT},
    IntegrityEvent: {"key": TECHNICAL},
    Submission: {"seed": SECRET, "ticket": SECRET, "verdict": RESULT, "score": RESULT}
    | {"report": RESULT, "task": "is told of its question"}
    | dict.fromkeys(["queued_at", "retry_at", "tries", "faults", "last_fault"], TECHNICAL),
    ProblemReport: {"answered_by": COLLEAGUE},
    PartScore: {"weight": TECHNICAL},
    PastGrading: {"regrade": TECHNICAL} | dict.fromkeys(["verdict", "score", "report"], RESULT),
    RegradedAttempt: dict.fromkeys(["regrade", "facts", "to_tell"], TECHNICAL)
    | dict.fromkeys(["before", "after", "answers"], TRIAL),
    RegradedSubmission: {"ticket": SECRET, "report": TRIAL}
    | dict.fromkeys(["regrade", "queued_at", "retry_at", "graded_at"], TECHNICAL)
    | dict.fromkeys(["tries", "faults", "last_fault"], TECHNICAL),
    Review: {"reviewer": COLLEAGUE, "points": RESULT, "score": RESULT}
    | dict.fromkeys(["revision", "saved_at", "skipped_at"], TECHNICAL),
    Override: {"made_by": COLLEAGUE, "automatic": RESULT, "score": RESULT},
    Comment: {"author": COLLEAGUE},
    Decision: {"made_by": COLLEAGUE, "score": RESULT},
    Scorecard: {"interviewer": COLLEAGUE} | dict.fromkeys(["revision", "reopened_at"], TECHNICAL),
    Fingerprint: dict.fromkeys(["task", "length", "made_at", "compared_at"], OF_CODE),
    Mark: {"value": OF_CODE},
    SimilarPair: {"note": SOMEBODY, "resolved_by": COLLEAGUE, "found_at": TECHNICAL},
    ShareLink: {"digest": SECRET, "created_by": COLLEAGUE},
    ShareView: dict.fromkeys(["network", "browser"], SOMEBODY),
    Paper: dict.fromkeys(["asked_at", "shows_names", "made_at", "data", "failed"], PRINTED)
    | {"asked_by": COLLEAGUE},
    Export: dict.fromkeys(["kind", "format", "with_codebook", "shows_names", "tells_all"], WRITTEN)
    | dict.fromkeys(["query", "filters", "columns", "versions", "total", "rows", "size"], WRITTEN)
    | dict.fromkeys(["state", "failure", "done", "tries", "moved_at"], TECHNICAL)
    | {"created_at": WRITTEN, "made_at": WRITTEN, "asked_by": COLLEAGUE, "token": TECHNICAL},
    ExportedAttempt: {"position": TECHNICAL},
    ExportPiece: {"data": WRITTEN, "of_file": TECHNICAL, "position": TECHNICAL},
}
