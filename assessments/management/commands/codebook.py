"""`manage.py codebook`: what the columns of exports mean."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from assessments.exports.codebook import as_markdown, usual_entries
from assessments.exports.kinds import KINDS


class Command(BaseCommand):
    help = "Print what the columns of exports mean; those of topics and questions come with a file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=list(KINDS), help="what a row is")
        parser.add_argument("--json", action="store_true", help="JSON in place of Markdown")

    def handle(self, *, kind: str, json: bool, **options: Any) -> None:
        entries = usual_entries(kind)
        told = _json(entries) if json else as_markdown(entries)
        self.stdout.write(told, ending="")


def _json(entries: list[Any]) -> str:
    return json.dumps([each.as_dict() for each in entries], indent=2) + "\n"
