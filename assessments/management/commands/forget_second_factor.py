"""`manage.py forget_second_factor EMAIL`: help who has lost the phone and the recovery codes."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from assessments.actions import forget_second_factor
from assessments.models import User


class Command(BaseCommand):
    help = "Remove a member's second factors and passkeys. Make sure beforehand that it is them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="the member's address")

    def handle(self, *, email: str, **options: Any) -> None:
        user = User.objects.filter(email=email.strip().lower()).first()
        if user is None:
            raise CommandError(f"Nobody has the address {email}.")
        gone = forget_second_factor(user)
        self.stdout.write(f"{user.email} signs in with the password alone now; {gone} removed.")
