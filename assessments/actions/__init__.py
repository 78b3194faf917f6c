"""Every write, as a verb. Pages, API, commands and tasks call these and repeat none of them."""

from assessments.actions.emailing import queue_email, ring_for_emails, send_again, send_email
from assessments.actions.grading import (
    queue_grading,
    record_fault,
    requeue_stalled,
    retry_now,
    store_report,
    submit_for_api,
)
from assessments.actions.invitations import (
    extend_invitation,
    revoke_invitation,
    send_invitation,
    send_reminders,
)
from assessments.actions.inviting import invite, publish_assessment, start_attempt
from assessments.actions.practising import run_practice
from assessments.actions.problems import (
    AttemptClosed,
    HeldElsewhere,
    InvalidAnswer,
    InvitationClosed,
    NotPublished,
    QuestionsMissing,
    StaleRevision,
    TooManySubmissions,
)
from assessments.actions.scoring import rescore_attempt
from assessments.actions.sitting import close_overdue, finish_attempt, save_answer, submit_code
from assessments.actions.tabs import claim, take_over
from assessments.actions.templating import assessment_from
from assessments.actions.tokens import issue_token, token_for

__all__ = [
    "AttemptClosed",
    "HeldElsewhere",
    "InvalidAnswer",
    "InvitationClosed",
    "NotPublished",
    "QuestionsMissing",
    "StaleRevision",
    "TooManySubmissions",
    "assessment_from",
    "claim",
    "close_overdue",
    "extend_invitation",
    "finish_attempt",
    "invite",
    "issue_token",
    "publish_assessment",
    "queue_email",
    "queue_grading",
    "record_fault",
    "requeue_stalled",
    "rescore_attempt",
    "retry_now",
    "revoke_invitation",
    "ring_for_emails",
    "run_practice",
    "save_answer",
    "send_again",
    "send_email",
    "send_invitation",
    "send_reminders",
    "start_attempt",
    "store_report",
    "submit_code",
    "submit_for_api",
    "take_over",
    "token_for",
]
