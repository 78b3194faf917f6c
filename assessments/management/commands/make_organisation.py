"""`manage.py make_organisation SLUG NAME --owner EMAIL`: an organisation and its first owner."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from assessments.actions import AlreadyMember, found_organisation


class Command(BaseCommand):
    help = "Make an organisation, or find it, and give it an owner, who invites everybody else."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="its short name, in lower case; it never changes")
        parser.add_argument("name", help="what people read")
        parser.add_argument("--owner", required=True, metavar="EMAIL", help="the owner's address")

    def handle(self, *, slug: str, name: str, owner: str, **options: Any) -> None:
        try:
            validate_email(owner)
            invitation = found_organisation(slug, name, owner)
        except (ValidationError, AlreadyMember) as refused:
            raise CommandError(" ".join(getattr(refused, "messages", [str(refused)]))) from refused
        if invitation is None:
            self.stdout.write(f"{owner} has an account, and owns {slug} now.")
        else:
            self.stdout.write(f"{owner} is invited by e-mail, or follows this link once:")
            self.stdout.write(f"  {invitation.link}")
