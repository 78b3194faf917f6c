"""`manage.py make_demo`: an organisation to look around in, and the way to each of its doors."""

import json
import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from assessments.actions.demonstrating import Demo, make_demo
from questions.models import QuestionVersion


class Command(BaseCommand):
    help = "Make a demo organisation, or find it again, and print its addresses."

    def handle(self, **options: Any) -> None:
        try:
            demo = make_demo()
        except QuestionVersion.DoesNotExist:
            raise CommandError("The bank is empty; run `manage.py bank load` first.") from None
        path = settings.VAR_DIR / "demo.json"
        if demo.password:
            keep(path, demo)
        kept = f"unchanged, see {path}"
        self.stdout.write(f"Recruiter:  {settings.BASE_URL}/desk/")
        self.stdout.write(f"  e-mail:   {demo.email}")
        self.stdout.write(f"  password: {demo.password or kept}")
        self.stdout.write(f"Candidate:  {demo.invitation.link}")
        self.stdout.write(f"API:        {settings.BASE_URL}/api/v1/docs/")
        self.stdout.write(f"  token:    {demo.token or kept}")


def keep(path: Path, demo: Demo) -> None:
    """Write what is shown once where only this system's user reads it."""
    secrets = {"email": demo.email, "password": demo.password, "token": demo.token}
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(secrets, file, indent=2)
