"""`minima results download`: results in a file, for those who calculate with them."""

import argparse
from pathlib import Path
from typing import Any, cast

from minima_client.client import Client
from minima_client.command.assessment import found_assessment
from minima_client.command.endings import Ending, Unusable
from minima_client.command.lists import ATTEMPT_FILTERS, add_filters, given_filters
from minima_client.command.output import Output
from minima_client.export_rows import Export
from minima_client.said import WhichAttempts

FORMATS = ("csv", "xlsx", "parquet", "jsonl")
KINDS = ("attempts", "answers", "checks")


def add(commands: Any, shared: argparse.ArgumentParser) -> None:
    results = commands.add_parser("results", help="results as files")
    verbs = results.add_subparsers(required=True, metavar="download", parser_class=type(results))
    parser = verbs.add_parser("download", help="have a file made, and fetch it", parents=[shared])
    parser.add_argument("--format", choices=FORMATS, default="csv")
    parser.add_argument("--rows", choices=KINDS, default="attempts", help="what a row is")
    parser.add_argument("--names", action="store_true", help="names instead of aliases")
    parser.add_argument("--codebook", action="store_true", help="what the columns mean, in a ZIP")
    parser.add_argument("-o", "--output", metavar="FILE", help="else minima-ROWS.FORMAT")
    parser.add_argument("--force", action="store_true", help="replace the file where there is one")
    parser.add_argument("--export", metavar="ID", help="one that was asked for before")
    parser.add_argument("--timeout", type=float, default=3600.0, metavar="SECONDS")
    add_filters(parser, ATTEMPT_FILTERS)
    parser.set_defaults(run=download)


def download(minima: Client, options: argparse.Namespace, output: Output) -> Ending:
    known = minima.exports.get(options.export) if options.export else None
    goal = _goal(options, known)
    asked = known or _asked(minima, options)
    made = minima.exports.wait(
        asked.id, timeout=options.timeout, progress=lambda each: output.note(_far(each))
    )
    _fetch(minima, made, goal, output)
    output.said({"file": str(goal), "export": made}, goal, f"{made.rows} rows")
    return Ending.DONE


def _asked(minima: Client, options: argparse.Namespace) -> Export:
    """An export of what the options choose."""
    which = given_filters(options, ATTEMPT_FILTERS)
    if "assessment" in which:
        which["assessment"] = found_assessment(minima, which["assessment"]).id
    return minima.exports.create(
        kind=options.rows, format=options.format, names=options.names,
        codebook=options.codebook, filters=cast(WhichAttempts, which),
    )  # fmt: skip


def _goal(options: argparse.Namespace, known: Export | None) -> Path:
    kind, form = (known.kind, known.format) if known else (options.rows, options.format)
    zipped = (known or options).codebook and form in ("csv", "jsonl")
    goal = Path(options.output or f"minima-{kind}.{'zip' if zipped else form}")
    if goal.exists() and not options.force:
        raise Unusable(f"{goal} exists: name another file with -o, or say --force.")
    if not goal.parent.is_dir():
        raise Unusable(f"There is no folder {goal.parent}: make it first.")
    return goal


def _far(export: Export) -> str:
    if export.attempts is None:
        return "looking for attempts"
    return f"{export.state}: {export.attempts_read} of {export.attempts} attempts"


def _fetch(minima: Client, export: Export, goal: Path, output: Output) -> None:
    told = 0

    def tell(got: int, size: int | None) -> None:
        """A line each ten MiB, and none for small files."""
        nonlocal told
        if got - told >= 10 * 2**20:
            told = got
            output.note(f"{got / 2**20:.0f} of {(size or 0) / 2**20:.0f} MiB")

    try:
        minima.exports.download(export.id, goal, progress=tell)
    except OSError as error:
        raise Unusable(f"{goal} can't be written: {error.strerror}.") from error
