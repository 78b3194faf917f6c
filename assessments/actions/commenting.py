"""Remarks of members for other members, on an answer or on an attempt as a whole."""

from django.db import transaction
from django.utils import timezone

from assessments.actions.auditing import record
from assessments.models import AssessmentQuestion, Attempt, Comment, User
from questions.kinds.kind import clean_text

LONGEST = 4000


@transaction.atomic
def add_comment(
    attempt: Attempt, question: AssessmentQuestion | None, text: str, by: User
) -> Comment:
    """Raises ValueError for a text that is empty or too long."""
    made = Comment.objects.create(attempt=attempt, question=question, author=by, text=_text(text))
    record("comment.added", made, by=by)
    return made


@transaction.atomic
def edit_comment(comment: Comment, text: str, by: User) -> Comment:
    """Replace what a comment says; only its author calls this. Raises ValueError."""
    comment.text, comment.edited_at = _text(text), timezone.now()
    comment.save(update_fields=["text", "edited_at"])
    record("comment.edited", comment, by=by)
    return comment


@transaction.atomic
def delete_comment(comment: Comment, by: User) -> None:
    """Remove a comment; only its author calls this. That there was one stays in the audit log."""
    record("comment.deleted", comment, by=by, attempt=str(comment.attempt_id))
    comment.delete()


def _text(text: str) -> str:
    if not text.strip():
        raise ValueError("Please write something.")
    return clean_text(text.strip(), LONGEST)
