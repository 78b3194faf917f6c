"""Django's `check`, and the sandbox's walls where code is graded on this machine."""

from typing import Any

from django.conf import settings
from django.core.checks import Error, register
from django.core.management.commands.check import Command as DjangoCheck

from grader.sandbox import missing_walls

SANDBOX = "sandbox"


def check_walls(**kwargs: Any) -> list[Error]:
    return [Error(wall, id="grader.E001") for wall in missing_walls()]


class Command(DjangoCheck):
    """Trying the walls starts processes: it is done here and not before every other command."""

    def handle(self, *app_labels: Any, **options: Any) -> None:
        asked = options["list_tags"] or SANDBOX in (options["tags"] or [])
        if asked or settings.EMBEDDED:
            register(check_walls, SANDBOX)
        super().handle(*app_labels, **options)
