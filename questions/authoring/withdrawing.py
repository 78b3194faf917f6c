"""No more asked: retired or leaked, with the reason, and back again."""

from django.db import transaction
from django.utils import timezone

from questions.actions import withdraw
from questions.authoring.house import Author, house
from questions.models import Question, QuestionVersion, Withdrawal

Status = QuestionVersion.Status


class NotWithdrawn(Exception):
    """A question can't be withdrawn so, or is not; says why."""


@transaction.atomic
def take_back(author: Author, question: Question, status: str, reason: str) -> Withdrawal:
    """Let no new attempt of the author's organisation ask `question`.

    Others go on asking a shared question. What leaked is not merely retired afterwards.
    """
    question = author.questions.select_for_update().get(pk=question.pk)
    if status not in QuestionVersion.WITHDRAWN or not reason.strip():
        raise NotWithdrawn("Say why: others wonder later.")
    if not question.versions.filter(published_at__isnull=False).exists():
        raise NotWithdrawn("It was never published: nobody asks it.")
    before = _open(author, question)
    if before and status in (before.status, Status.RETIRED):
        raise NotWithdrawn(f"It is {before.get_status_display()} already.")
    Withdrawal.objects.open().filter(question=question, organisation=author.organisation.pk).update(
        ended_at=timezone.now()
    )
    if question.organisation_id:
        withdraw(question, status)
    house().note(author, f"question.{status}", question)
    return Withdrawal.objects.create(
        question=question,
        organisation=author.organisation,
        status=status,
        reason=reason.strip()[:2000],
        by=author.user,
    )


@transaction.atomic
def bring_back(author: Author, question: Question) -> None:
    """Ask it again."""
    question = author.questions.select_for_update().get(pk=question.pk)
    withdrawal = _open(author, question)
    if withdrawal is None:
        raise NotWithdrawn("It is not withdrawn here.")
    withdrawal.ended_at = timezone.now()
    withdrawal.save(update_fields=["ended_at"])
    if question.organisation_id:
        # The column of the status is the one thing of a published row that may change.
        question.versions.filter(status__in=QuestionVersion.WITHDRAWN).update(
            status=Status.PUBLISHED
        )
    house().note(author, "question.brought_back", question)


def _open(author: Author, question: Question) -> Withdrawal | None:
    return (
        Withdrawal.objects.open()
        .filter(question=question, organisation=author.organisation.pk)
        .first()
    )
