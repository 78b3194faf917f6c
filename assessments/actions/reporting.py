"""A candidate says that something is wrong, with a question or otherwise; a recruiter answers."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.actions.auditing import record
from assessments.actions.emailing import queue_email
from assessments.actions.locking import locked
from assessments.actions.problems import AlreadyAnswered, TooManyReports
from assessments.email_texts import quoted
from assessments.models import AssessmentQuestion, Attempt, Email, ProblemReport, User

# Enough for who finds a lot, too few to bury a desk.
MOST_AN_HOUR, MOST = 10, 40


@transaction.atomic
def report_problem(
    attempt: Attempt, question: AssessmentQuestion | None, text: str
) -> ProblemReport:
    """Keep what a candidate reports, of `question` or of no question; during the sitting or after.

    The same report sent twice is kept once. Raises TooManyReports.
    """
    attempt = locked(attempt)
    same = attempt.problem_reports.filter(question=question, text=text, answered_at=None).first()
    if same:
        return same
    hour_ago = timezone.now() - timedelta(hours=1)
    lately = attempt.problem_reports.filter(created_at__gt=hour_ago).count()
    if lately >= MOST_AN_HOUR or attempt.problem_reports.count() >= MOST:
        raise TooManyReports(_("You have reported a lot already. Please try again in an hour."))
    return ProblemReport.objects.create(attempt=attempt, question=question, text=text)


@transaction.atomic
def answer_problem(
    report: ProblemReport, member: User, answer: str = "", *, tell: bool = True
) -> ProblemReport:
    """Note that a report was looked at, with an answer or without one; `tell` e-mails the answer.

    Raises AlreadyAnswered.
    """
    report = ProblemReport.objects.select_for_update().get(pk=report.pk)
    if report.answered_at is not None:
        raise AlreadyAnswered("Somebody has answered this report already.")
    report.answer, report.answered_by, report.answered_at = answer, member, timezone.now()
    report.save(update_fields=["answer", "answered_by", "answered_at"])
    record("problem_report.answered", report.attempt, by=member, told=bool(tell and answer))
    if tell and answer:
        queue_email(
            Email.Kind.ANSWERED,
            report.attempt.invitation,
            about="problem",
            asked=quoted(report.text),
            answer=quoted(answer),
        )
    return report
