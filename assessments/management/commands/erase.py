"""`manage.py erase`: remove what is personal, of some or of all that is old enough."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from assessments.actions import AttemptRuns, erase_candidate, erase_outlived
from assessments.models import Candidate


class Command(BaseCommand):
    help = "Erase what is personal of candidates; their scores stay, without a name."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("emails", nargs="*", metavar="email", help="a candidate's address")
        parser.add_argument("--organisation", help="its slug; without it, wherever they are known")
        parser.add_argument(
            "--outlived", action="store_true", help="all that was kept for long enough, as at night"
        )

    def handle(
        self, *, emails: list[str], organisation: str | None, outlived: bool, **options: Any
    ) -> None:
        if not emails and not outlived:
            raise CommandError("Name candidates by their addresses, or say --outlived.")
        if outlived:
            self.stdout.write(f"erased what is personal of {erase_outlived()} invitations")
        for email in emails:
            self._erase(email, organisation)

    def _erase(self, email: str, organisation: str | None) -> None:
        found = Candidate.objects.filter(email=email.strip().lower())
        if organisation:
            found = found.filter(organisation__slug=organisation)
        if not found.exists():
            raise CommandError(f"Nobody has the address {email}.")
        for candidate in found.select_related("organisation"):
            try:
                erased = erase_candidate(candidate)
            except AttemptRuns as running:
                raise CommandError(str(running)) from running
            self.stdout.write(f"{candidate.organisation}: {email} is now {erased.name}")
