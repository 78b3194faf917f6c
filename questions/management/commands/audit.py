"""`manage.py audit [TASK]`: the mutation test of the catalogue, or of a task of one's own."""

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from grader.audit import HEAD, add_audit_arguments, conclude, row, run_audit
from grader.own import audit_own
from grader.sandbox import Sandbox, SandboxFault
from questions import files


class Command(BaseCommand):
    help = "Prove that every misconception is rejected and every right variant gets full marks."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_audit_arguments(parser)
        parser.add_argument(
            "--file", type=Path, help="a coding question with a task of its own, in place of TASK"
        )

    def handle(self, **options: Any) -> None:
        if options["file"]:
            status = self.audit_file(options["file"], options["seeds"])
        else:
            status = run_audit(Namespace(**options), self.stdout, self.stderr)
        if status:
            sys.exit(status)

    def audit_file(self, path: Path, seeds: int) -> int:
        """Audit the own task of a question's file; its code runs in the sandbox only."""
        try:
            own = files.read(path).content.get("own")
        except files.BadFile as bad:
            raise CommandError(str(bad)) from bad
        if own is None:
            raise CommandError(f"{path} has no task of its own: there is no `own` in it.")
        try:
            with Sandbox() as sandbox, Sandbox() as workshop:
                audit = audit_own(own, range(1, seeds + 1), sandbox, lambda: workshop)
        except SandboxFault as fault:
            raise CommandError(f"the sandbox failed: {fault}", returncode=3) from fault
        self.stdout.write(f"{HEAD}\n{row(audit)}")
        return conclude([audit], seeds, self.stdout)
