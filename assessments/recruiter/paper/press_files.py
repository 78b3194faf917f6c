"""Where our static files are, as built or as collected."""

from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.exceptions import SuspiciousFileOperation


def static_path(name: str) -> Path | None:
    """Return where the static file `name` is; None for no such file."""
    root = Path(settings.STATIC_ROOT).resolve()
    collected = (root / name).resolve()
    try:
        found = finders.find(name)
    except SuspiciousFileOperation:  # a way out of the folders
        return None
    if isinstance(found, str):
        return Path(found)
    return collected if collected.is_relative_to(root) and collected.is_file() else None
