"""The bank's tables: what can be asked, and how it came to be written."""

from questions.models.authoring import Comment, Draft, Exposure, TaskAudit, Withdrawal
from questions.models.bank import Question, QuestionVersion, Topic, digest_of
from questions.models.importing import Import, ImportedQuestion

__all__ = [
    "Comment",
    "Draft",
    "Exposure",
    "Import",
    "ImportedQuestion",
    "Question",
    "QuestionVersion",
    "TaskAudit",
    "Topic",
    "Withdrawal",
    "digest_of",
]
