"""Bring database, bank and static files up to date; print how to reach the demo organisation.

One Django process does it all, for starting Django is what takes the time.
"""

import hashlib
import os
import sys
from io import StringIO
from pathlib import Path

import django
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command


def main() -> None:
    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    load_bank()
    collect_static()
    if os.environ.get("DEMO") != "0":
        call_command("make_demo", stdout=sys.stdout)


def load_bank() -> None:
    """Load the shipped questions; what is said about each is worth a look only on a fault."""
    call_command("bank", "load", stdout=StringIO(), stderr=sys.stderr)


def collect_static() -> None:
    """Collect and compress the static files, only when one of them changed."""
    stamp, now = Path(settings.STATIC_ROOT) / ".collected", static_state()
    if stamp.exists() and stamp.read_text() == now:
        return
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(now)


def static_state() -> str:
    state = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            stat = os.stat(storage.path(path))
            state.update(f"{path} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return state.hexdigest()


if __name__ == "__main__":
    main()
