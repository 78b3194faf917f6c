"""`manage.py stalled`: what could not be graded or sent, and why."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from assessments.actions import retry_now, send_again
from assessments.models import Email, Submission


class Command(BaseCommand):
    help = "List the submissions that could not be graded, and the e-mails that were not delivered."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--retry", action="store_true", help="try all of them again")

    def handle(self, *, retry: bool, **options: Any) -> None:
        for submission in Submission.objects.flagged().order_by("created_at"):
            self.stdout.write(submission_line(submission))
            if retry:
                retry_now(submission)
        for email in Email.objects.undelivered().without_texts().order_by("created_at"):
            self.stdout.write(email_line(email))
            if retry:
                send_again(email)


def submission_line(submission: Submission) -> str:
    fault = submission.last_fault.partition("\n")[0] or "no answer from a grader"
    return (
        f"{submission.pk} {submission.task}, since {submission.created_at:%F %T} UTC, "
        f"sent {submission.tries} times, {submission.faults} faults: {fault}"
    )


def email_line(email: Email) -> str:
    """No address: what an operator mends is the way to the server, and lines like this are kept."""
    then = f"tried again at {email.due_at:%F %T} UTC" if email.due_at else "given up"
    return (
        f"e-mail {email.pk} ({email.kind}), since {email.created_at:%F %T} UTC, "
        f"tried {email.tries} times, {then}: {email.last_error}"
    )
