"""`manage.py grade TASK FILE...`: grade files without the database or the queue."""

import sys
from argparse import ArgumentParser, Namespace
from typing import Any

from django.core.management.base import BaseCommand

from grader.command import GRADE_HELP, add_grade_arguments, run_grade


class Command(BaseCommand):
    help = GRADE_HELP
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_grade_arguments(parser)

    def handle(self, **options: Any) -> None:
        status = run_grade(Namespace(**options), self.stdout, self.stderr)
        if status:
            sys.exit(status)
