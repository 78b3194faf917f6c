"""`manage.py bank load|check|schema`: the shipped content, from files and rows to the database."""

import json
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from questions import files, rows
from questions.actions import load_entry

Read = Callable[[], files.Entry]


class Command(BaseCommand):
    help = "Load the bank's files and the catalogue's tasks, only check them, or print the schema."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=["load", "check", "schema"])
        parser.add_argument("paths", nargs="*", type=Path, help="files; all of the bank by default")

    def handle(self, *, action: str, paths: list[Path], **options: Any) -> None:
        if action == "schema":
            self.stdout.write(json.dumps(files.schema(), indent=2, ensure_ascii=False))
            return
        bad = sum(not self.treat(read, action) for read in chosen(paths))
        if bad:
            raise CommandError(f"Questions with faults: {bad}. All others are fine.")

    def treat(self, read: Read, action: str) -> bool:
        """Check one question, and load it if asked to; say what came of it."""
        try:
            entry = read()
        except files.BadFile as bad:
            self.stderr.write(str(bad))
            return False
        outcome = load_entry(entry) if action == "load" else "fine"
        self.stdout.write(f"{entry.fields['slug']}: {outcome}")
        return True


def chosen(paths: list[Path]) -> Iterator[Read]:
    """How to read each question: of the files that are named, or of the whole bank."""
    yield from (partial(files.read, path) for path in paths or files.paths())
    if not paths:
        yield from (partial(rows.entry, fields) for fields in rows.questions())
