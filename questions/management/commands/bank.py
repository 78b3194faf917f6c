"""`manage.py bank check|load|export|schema`: questions between files and the database."""

import json
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from questions import files, rows
from questions.actions import Loaded, load_entry, retire_without_file
from questions.checking import summary, whole
from questions.exporting import export

PATHS = "files, or folders of them; all of the bank by default; for export the folder to write to"


class Source(NamedTuple):
    """Where a question is read: its slug is known even where the rest can't be read."""

    slug: str
    shipped: bool
    read: Callable[[], files.Entry]


class Command(BaseCommand):
    help = "Check the bank's questions, load them, export what the database has, print the schema."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=["check", "load", "export", "schema"])
        parser.add_argument("paths", nargs="*", type=Path, help=PATHS)

    def handle(self, *, action: str, paths: list[Path], **options: Any) -> None:
        if action == "schema":
            self.stdout.write(json.dumps(files.schema(), indent=2, ensure_ascii=False))
        elif action == "export":
            self.export(paths)
        elif action == "check":
            self.check_questions(paths)
        else:
            self.load(paths, options["verbosity"])

    def check_questions(self, paths: list[Path]) -> None:
        """Check each question, and all together; beside named files stand those of the bank."""
        named = sources(paths)
        slugs = {source.slug for source in named}
        others = [source for source in sources([]) if source.slug not in slugs] if paths else []
        entries, faults = read(named)
        among = whole.faults([*read(others)[0], *entries], slugs | {o.slug for o in others})
        faults += [fault for fault in among if fault.path.stem in slugs]
        sentences = [*map(str, faults), *whole.unevenness(entries)]
        for line in (*whole.advice(entries), *summary.lines(entries)):
            self.stdout.write(str(line))
        self.fail_on(sentences)

    def load(self, paths: list[Path], verbosity: int) -> None:
        """Load each question for itself; a fault in one keeps no other out."""
        found, faults = sources(paths), []
        outcomes: Counter[Loaded] = Counter()
        for source in found:
            try:
                outcome = load_entry(source.read(), shipped=source.shipped)
            except files.BadFile as bad:
                faults += bad.faults
                continue
            outcomes[outcome] += 1
            if verbosity > 1 or outcome is not Loaded.UNCHANGED:
                self.stdout.write(f"{source.slug}: {outcome}")
        if not paths:
            for slug in retire_without_file(source.slug for source in found):
                self.stdout.write(f"{slug}: {Loaded.RETIRED}")
        counted = ", ".join(f"{count} {outcome}" for outcome, count in outcomes.items())
        self.stdout.write(f"Loaded: {counted or 'nothing'}")
        self.fail_on(list(map(str, faults)))

    def export(self, paths: list[Path]) -> None:
        if len(paths) > 1:
            raise CommandError("Questions are exported to one folder.")
        folder = paths[0] if paths else settings.VAR_DIR / "bank"
        count = export(folder)
        self.stdout.write(f"Exported: {count} questions to {folder}")

    def fail_on(self, sentences: list[str]) -> None:
        for sentence in sentences:
            self.stderr.write(sentence)
        if sentences:
            raise CommandError(f"Faults: {len(sentences)}. All else is fine.")


def sources(paths: list[Path]) -> list[Source]:
    """The questions of the files and folders that are named, or of the whole shipped bank."""
    found = [_file(path) for path in expanded(paths or [files.BANK])]
    if not paths:
        made = ((fields["slug"], fields) for fields in rows.questions())
        found += [Source(slug, True, partial(rows.entry, fields)) for slug, fields in made]
    return found


def read(found: Iterable[Source]) -> tuple[list[files.Entry], list[files.Fault]]:
    """Read what can be read; return it with the faults of all others."""
    entries: list[files.Entry] = []
    faults: list[files.Fault] = []
    for source in found:
        try:
            entries.append(source.read())
        except files.BadFile as bad:
            faults += bad.faults
    return entries, faults


def expanded(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        yield from files.paths(path) if path.is_dir() else [path]


def _file(path: Path) -> Source:
    return Source(path.stem, files.BANK in path.resolve().parents, partial(files.read, path))
