"""`manage.py stalled`: the submissions that the grader could not grade, and why."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from assessments.actions import retry_now
from assessments.models import Submission


class Command(BaseCommand):
    help = "List the submissions whose grading failed through no fault of their code."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--retry", action="store_true", help="send them to the grader again")

    def handle(self, *, retry: bool, **options: Any) -> None:
        for submission in Submission.objects.flagged().order_by("created_at"):
            fault = submission.last_fault.partition("\n")[0] or "no answer from a grader"
            self.stdout.write(
                f"{submission.pk} {submission.task}, since {submission.created_at:%F %T} UTC, "
                f"sent {submission.tries} times, {submission.faults} faults: {fault}"
            )
            if retry:
                retry_now(submission)
