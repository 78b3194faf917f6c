"""Make the databases that tests on SQLite begin with, from nothing and as an installation does.

`migrated` has our tables, `loaded` the question bank too; both go where READY_DATABASES says.
"""

import os
import sys
from io import StringIO
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command

from tests.ready import copy


def main() -> int:
    folder = Path(os.environ["READY_DATABASES"])
    folder.mkdir()
    os.environ |= {"VAR_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "config.settings"}
    django.setup()
    made = settings.DATABASES["default"]["NAME"]
    call_command("migrate", verbosity=0)
    copy(made, folder / "migrated.sqlite3")
    call_command("bank", "load", stdout=StringIO())
    copy(made, folder / "loaded.sqlite3")
    return 0


if __name__ == "__main__":
    sys.exit(main())
