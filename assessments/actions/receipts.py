"""What a candidate is told by e-mail of a sitting: that it got longer, that it was handed in."""

from assessments.actions.emailing import queue_email
from assessments.email_texts import one_line
from assessments.models import Attempt, Email


def send_receipt(attempt: Attempt) -> Email:
    """E-mail what was handed in, and what comes next."""
    answers = {answer.question_id: answer.content for answer in attempt.answers.all()}
    questions = attempt.questions.select_related("question_version").order_by("position")
    handed_in = [
        {
            "title": one_line(question.question_version.title),
            "answered": question.question_version.rules.is_answered(
                question.question_version.content, answers.get(question.pk, {})
            ),
        }
        for question in questions
    ]
    return queue_email(
        Email.Kind.FINISHED,
        attempt.invitation,
        handed_in=handed_in,
        timed_out=attempt.state == Attempt.State.TIMED_OUT,
        retention_days=attempt.organisation.retention_days,
    )


def send_extension(attempt: Attempt) -> Email:
    """E-mail that a sitting that goes on got more time."""
    return queue_email(Email.Kind.EXTENDED, attempt.invitation)
