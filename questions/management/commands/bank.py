"""`manage.py bank check|load|export|import|schema`: questions between files and the database."""

import json
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from questions import files, rows
from questions.actions import Loaded, load_entry, retire_without_file
from questions.audited import audited
from questions.checking import role_templates, study, summary, whole
from questions.exporting import export
from questions.interchange import FORMATS, converting, drafting, handing_on
from questions.interchange.remarks import Broken
from questions.kinds import numeric

PATHS = (
    "files, or folders of them; all of the bank by default; for export the folder to write to, or "
    "with --format the file and the slugs of questions; for import the file"
)
FORMAT = "of another program, for import and export; import finds it out by itself"


class Source(NamedTuple):
    """Where a question is read: its slug is known even where the rest can't be read."""

    slug: str
    shipped: bool
    read: Callable[[], files.Entry]


class Command(BaseCommand):
    help = (
        "Check the bank's questions, load them, export what the database has, import files of "
        "other programs as drafts, print the schema."
    )

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Let options stand anywhere among the files: `bank export --format gift FILE`."""
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.parse_args = parser.parse_intermixed_args  # type: ignore[method-assign]
        return parser

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=["check", "load", "export", "import", "schema"])
        parser.add_argument("paths", nargs="*", type=Path, help=PATHS)
        parser.add_argument("--format", choices=[*FORMATS, "qti"], help=FORMAT)
        parser.add_argument("--dry-run", action="store_true", help="import nothing, and tell all")

    def handle(self, *, action: str, paths: list[Path], **options: Any) -> None:
        if action == "schema":
            self.stdout.write(json.dumps(files.schema(), indent=2, ensure_ascii=False))
        elif action == "import":
            self.import_file(paths, options["format"], dry_run=options["dry_run"])
        elif action == "export" and options["format"]:
            self.hand_on(paths, options["format"])
        elif action == "export":
            self.export(paths)
        elif action == "check":
            self.check_questions(paths, options["verbosity"])
        else:
            self.load(paths, options["verbosity"])

    def check_questions(self, paths: list[Path], verbosity: int) -> None:
        """Check each question, and all together; beside named files stand those of the bank."""
        named = sources(paths)
        slugs = {source.slug for source in named}
        others = [source for source in sources([]) if source.slug not in slugs] if paths else []
        entries, faults = read(named)
        among = whole.faults([*read(others)[0], *entries], slugs | {o.slug for o in others})
        faults += [fault for fault in among if fault.path.stem in slugs]
        faults += [] if paths else [*study.faults(entries), *role_templates.faults(entries)]
        sentences = [*map(str, faults), *whole.unevenness(entries)]
        for line in (*whole.advice(entries), *summary.lines(entries)):
            self.stdout.write(str(line))
        if verbosity > 1:
            for slug, count in summary.draws(entries).items():
                self.stdout.write(f"{slug}: {count} of {numeric.SEEDS} draws differ")
        self.fail_on(sentences)

    def load(self, paths: list[Path], verbosity: int) -> None:
        """Load each question for itself; a fault in one keeps no other out."""
        found, faults = sources(paths), []
        outcomes: Counter[Loaded] = Counter()
        for source in found:
            try:
                outcome = load_entry(audited(source.read()), shipped=source.shipped)
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

    def hand_on(self, paths: list[Path], form: str) -> None:
        """Write questions for another program, and tell what it does not get to know of them."""
        if not paths or form not in FORMATS:
            raise CommandError("Name the file to write, and one of the formats to write it in.")
        slugs = [str(path) for path in paths[1:]]
        if unknown := handing_on.unknown(slugs):
            raise CommandError(f"There is no question called {', '.join(unknown)}.")
        writing = converting.write(FORMATS[form], handing_on.fields(slugs))
        paths[0].write_bytes(writing.data)
        for loss in writing.losses:
            self.stdout.write(str(loss))
        self.stdout.write(f"Exported: {writing.written} questions to {paths[0]}")
        self.fail_on([f"{remark} It is left out." for remark in writing.refused])

    def import_file(self, paths: list[Path], form: str | None, *, dry_run: bool) -> None:
        """Read a file of another program, whole or not at all, and make drafts of it."""
        if len(paths) != 1:
            raise CommandError("One file is imported at a time.")
        try:
            data = paths[0].read_bytes()
            chosen = form or handing_on.guessed(data)
            reading = converting.read(FORMATS["qti3" if chosen == "qti" else chosen], data)
        except OSError as error:
            raise CommandError(f"The file can't be read: {error}.") from error
        except Broken as broken:
            raise CommandError(f"{paths[0].name}, {broken} Nothing was imported.") from broken
        report = drafting.store(reading, dry_run=dry_run)
        for stored in report.stored:
            self.tell(stored)
        counted = Counter(stored.outcome for stored in report.stored)
        said = ", ".join(f"{count} {outcome}" for outcome, count in counted.items())
        told = "Would import" if dry_run else "Imported"
        self.stdout.write(f"{told}: {said or 'nothing'}")
        self.fail_on([f"{remark} It is left out." for remark in report.refused])

    def tell(self, stored: drafting.Stored) -> None:
        self.stdout.write(f"{stored.slug} ({stored.place}): {stored.outcome}")
        for sentence in stored.unkept:
            self.stdout.write(f"  {sentence}")
        for sentence in stored.unfinished:
            self.stdout.write(f"  to do before it can be published: {sentence}")

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
            entries.append(audited(source.read()))
        except files.BadFile as bad:
            faults += bad.faults
    return entries, faults


def expanded(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        yield from files.paths(path) if path.is_dir() else [path]


def _file(path: Path) -> Source:
    return Source(path.stem, files.BANK in path.resolve().parents, partial(files.read, path))
