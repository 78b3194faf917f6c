"""Every write, as a verb. Pages, API, commands and tasks call these and repeat none of them."""

from assessments.actions.accommodating import extend_time, grant_accommodation
from assessments.actions.auditing import note_look, record
from assessments.actions.breaks import end_break, take_break
from assessments.actions.closing import catch_up, close_overdue, finish_attempt
from assessments.actions.coding import submit_code
from assessments.actions.commenting import add_comment, delete_comment, edit_comment
from assessments.actions.deciding import decide
from assessments.actions.declaring import declare_assistant, may_declare
from assessments.actions.emailing import queue_email, ring_for_emails, send_again, send_email
from assessments.actions.erasing import ask_for_erasure, erase_candidate, erase_outlived, note_copy
from assessments.actions.fingerprinting import find_missed, find_similar
from assessments.actions.grading import (
    queue_grading,
    record_fault,
    requeue_stalled,
    retry_now,
    store_report,
    submit_for_api,
)
from assessments.actions.hiding import hide_names
from assessments.actions.invitations import (
    extend_invitation,
    remind,
    revoke_invitation,
    send_invitation,
    send_reminders,
)
from assessments.actions.inviting import invite, start_attempt
from assessments.actions.labelling import delete_label, make_label, put_on, rename_label, take_off
from assessments.actions.listing import confirm_list, forget_lists, keep_list, send_listed
from assessments.actions.observing import note_address, record_events
from assessments.actions.open_links import change_link, close_link, create_link, join, reopen_link
from assessments.actions.organising import change_organisation
from assessments.actions.overriding import override_score, take_back_override
from assessments.actions.part_scores import score_parts
from assessments.actions.practising import (
    keep_echo,
    keep_practised,
    practice_of,
    run_practice,
    save_practice,
    start_practice_over,
)
from assessments.actions.problems import (
    AlreadyAnswered,
    AlreadyDecided,
    AttemptClosed,
    AttemptRuns,
    AttemptsUsedUp,
    HeldElsewhere,
    InvalidAnswer,
    InvitationClosed,
    LinkClosed,
    NoBreakLeft,
    NothingToRegrade,
    NothingToTakeBack,
    NotPublished,
    NotYetOpen,
    OnBreak,
    QuestionsMissing,
    ReasonMissing,
    RegradeBlocked,
    RegradeClosed,
    RegradeOpen,
    RegradeOutdated,
    RequestOpen,
    ReviewClosed,
    SectionClosed,
    StaleReview,
    StaleRevision,
    TooLittleTime,
    TooManyReports,
    TooManySubmissions,
    WasErased,
)
from assessments.actions.publishing import publish_assessment
from assessments.actions.rating import rate
from assessments.actions.regrade_commit import commit_regrade
from assessments.actions.regrade_work import (
    record_regrading_fault,
    ring_for_regrades,
    store_regraded,
    work_on_regrade,
)
from assessments.actions.regrading import (
    discard_regrade,
    refresh_regrade,
    retry_regrade,
    start_regrade,
)
from assessments.actions.reporting import answer_problem, report_problem
from assessments.actions.requesting import answer_request, ask_accommodation
from assessments.actions.resolving import reopen_pair, resolve_pair
from assessments.actions.reviewing import (
    claim_next,
    hand_in_review,
    leave_review,
    save_review,
    take_back_review,
)
from assessments.actions.saving_views import delete_view, open_with, save_view
from assessments.actions.scoring import rescore_attempt
from assessments.actions.sections import finish_section, pass_question, start_section
from assessments.actions.sitting import flag_question, save_answer
from assessments.actions.tabs import claim, take_over
from assessments.actions.templating import assessment_from
from assessments.actions.tokens import issue_token, token_for

__all__ = [
    "AlreadyAnswered",
    "AlreadyDecided",
    "AttemptClosed",
    "AttemptRuns",
    "AttemptsUsedUp",
    "HeldElsewhere",
    "InvalidAnswer",
    "InvitationClosed",
    "LinkClosed",
    "NoBreakLeft",
    "NotPublished",
    "NotYetOpen",
    "NothingToRegrade",
    "NothingToTakeBack",
    "OnBreak",
    "QuestionsMissing",
    "ReasonMissing",
    "RegradeBlocked",
    "RegradeClosed",
    "RegradeOpen",
    "RegradeOutdated",
    "RequestOpen",
    "ReviewClosed",
    "SectionClosed",
    "StaleReview",
    "StaleRevision",
    "TooLittleTime",
    "TooManyReports",
    "TooManySubmissions",
    "WasErased",
    "add_comment",
    "answer_problem",
    "answer_request",
    "ask_accommodation",
    "ask_for_erasure",
    "assessment_from",
    "catch_up",
    "change_link",
    "change_organisation",
    "claim",
    "claim_next",
    "close_link",
    "close_overdue",
    "commit_regrade",
    "confirm_list",
    "create_link",
    "decide",
    "declare_assistant",
    "delete_comment",
    "delete_label",
    "delete_view",
    "discard_regrade",
    "edit_comment",
    "end_break",
    "erase_candidate",
    "erase_outlived",
    "extend_invitation",
    "extend_time",
    "find_missed",
    "find_similar",
    "finish_attempt",
    "finish_section",
    "flag_question",
    "forget_lists",
    "grant_accommodation",
    "hand_in_review",
    "hide_names",
    "invite",
    "issue_token",
    "join",
    "keep_echo",
    "keep_list",
    "keep_practised",
    "leave_review",
    "make_label",
    "may_declare",
    "note_address",
    "note_copy",
    "note_look",
    "open_with",
    "override_score",
    "pass_question",
    "practice_of",
    "publish_assessment",
    "put_on",
    "queue_email",
    "queue_grading",
    "rate",
    "record",
    "record_events",
    "record_fault",
    "record_regrading_fault",
    "refresh_regrade",
    "remind",
    "rename_label",
    "reopen_link",
    "reopen_pair",
    "report_problem",
    "requeue_stalled",
    "rescore_attempt",
    "resolve_pair",
    "retry_now",
    "retry_regrade",
    "revoke_invitation",
    "ring_for_emails",
    "ring_for_regrades",
    "run_practice",
    "save_answer",
    "save_practice",
    "save_review",
    "save_view",
    "score_parts",
    "send_again",
    "send_email",
    "send_invitation",
    "send_listed",
    "send_reminders",
    "start_attempt",
    "start_practice_over",
    "start_regrade",
    "start_section",
    "store_regraded",
    "store_report",
    "submit_code",
    "submit_for_api",
    "take_back_override",
    "take_back_review",
    "take_break",
    "take_off",
    "take_over",
    "token_for",
    "work_on_regrade",
]
