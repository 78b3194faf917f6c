"""`manage.py bank load|check|schema`: the shipped content, from files to the database."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from questions import files
from questions.actions import load_entry


class Command(BaseCommand):
    help = "Load the bank's files, only check them, or print their JSON Schema."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=["load", "check", "schema"])
        parser.add_argument("paths", nargs="*", type=Path, help="files; all of the bank by default")

    def handle(self, *, action: str, paths: list[Path], **options: Any) -> None:
        if action == "schema":
            self.stdout.write(json.dumps(files.schema(), indent=2, ensure_ascii=False))
            return
        bad = sum(not self.treat(path, action) for path in paths or files.paths())
        if bad:
            raise CommandError(f"{bad} files have faults; all others are fine.")

    def treat(self, path: Path, action: str) -> bool:
        """Check one file, and load it if asked to; say what came of it."""
        try:
            entry = files.read(path)
        except files.BadFile as bad:
            self.stderr.write(str(bad))
            return False
        outcome = load_entry(entry) if action == "load" else "fine"
        self.stdout.write(f"{path.stem}: {outcome}")
        return True
