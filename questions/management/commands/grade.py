"""`manage.py grade TASK FILE...`: grade files without the database or the queue."""

import sys
from argparse import ArgumentParser, Namespace
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from grader.command import add_grade_arguments, run_grade


class Command(BaseCommand):
    help = "Grade files as submissions for a task, one line a file."
    requires_system_checks: list[str] = []

    def create_parser(self, *args: Any, **options: Any) -> CommandParser:
        parser = super().create_parser(*args, **options)
        # An option may stand between the task and the files.
        parser.parse_args = parser.parse_intermixed_args  # type: ignore[method-assign]
        return parser

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_grade_arguments(parser)

    def handle(self, **options: Any) -> None:
        status = run_grade(Namespace(**options), self.stdout, self.stderr)
        if status:
            sys.exit(status)
