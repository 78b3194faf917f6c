"""`manage.py audit [TASK]`: the mutation test of the catalogue."""

import sys
from argparse import ArgumentParser, Namespace
from typing import Any

from django.core.management.base import BaseCommand

from grader.audit import add_audit_arguments, run_audit


class Command(BaseCommand):
    help = "Prove that every misconception is rejected and every right variant gets full marks."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_audit_arguments(parser)

    def handle(self, **options: Any) -> None:
        status = run_audit(Namespace(**options), self.stdout, self.stderr)
        if status:
            sys.exit(status)
