"""`manage.py make_demo`: an organisation to look around in, and the way to each of its doors."""

import json
import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from assessments.actions.demonstrating import Demo, make_demo
from questions.models import QuestionVersion


class Command(BaseCommand):
    help = "Make a demo organisation, or find it again, and print its addresses."

    def handle(self, **options: Any) -> None:
        path = settings.VAR_DIR / "demo.json"
        try:
            demo = made(path)
        except QuestionVersion.DoesNotExist:
            raise CommandError("The bank is empty; run `manage.py bank load` first.") from None
        except OSError as error:
            raise CommandError(f"Nothing was made, for {path} can't be written: {error}") from None
        password = demo.password or unchanged(
            path, f"`manage.py changepassword {demo.email}` sets another one"
        )
        token = demo.token or unchanged(path, "the desk makes another one, under Tokens")
        self.stdout.write(f"Recruiter:  {settings.BASE_URL}/desk/")
        self.stdout.write(f"  e-mail:   {demo.email}")
        self.stdout.write(f"  password: {password}")
        self.stdout.write(f"Candidate:  {demo.invitation.link}")
        self.stdout.write(f"API:        {settings.BASE_URL}/api/v1/docs/")
        self.stdout.write(f"  token:    {token}")


@transaction.atomic
def made(path: Path) -> Demo:
    """Make the demo and keep its secrets at `path`, or neither: they are never shown again."""
    demo = make_demo()
    if demo.password:
        keep(path, demo)
    return demo


def unchanged(path: Path, way: str) -> str:
    """Say where a secret was kept, or, where that is gone as in a new container, the way out."""
    return f"unchanged, see {path}" if path.exists() else f"unchanged; {way}"


def keep(path: Path, demo: Demo) -> None:
    """Write what is shown once where only this system's user reads it."""
    secrets = {"email": demo.email, "password": demo.password, "token": demo.token}
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(secrets, file, indent=2)
