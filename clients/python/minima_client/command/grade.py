"""`minima grade FILE... --task TASK`: code graded as a candidate's is."""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from minima_client.client import Client
from minima_client.command.endings import Ending, Unusable
from minima_client.command.output import Output
from minima_client.reading import wire
from minima_client.rows import Report
from minima_client.said import NewItem

# What the server takes at once: so many modules, and so much of JSON.
MOST_ITEMS, MOST_BYTES = 1000, 8 * 1024 * 1024 - 1024


def add(commands: Any, shared: argparse.ArgumentParser) -> None:
    parser = commands.add_parser("grade", help="have code graded", parents=[shared])
    parser.add_argument("files", nargs="+", metavar="FILE", help="a Python module; - for stdin")
    parser.add_argument("--task", required=True, help="a slug that `minima tasks` lists")
    parser.add_argument("--timeout", type=float, default=600.0, metavar="SECONDS")
    parser.set_defaults(run=grade)


def grade(minima: Client, options: argparse.Namespace, output: Output) -> Ending:
    sources = {name: _source(name) for name in dict.fromkeys(options.files)}
    for name, report in _graded(minima, options.task, sources, options.timeout):
        families = (f"{each} {of.passed}/{of.total}" for each, of in report.families.items())
        error = report.error.detail if report.error else None
        output.said(
            {"file": name, **wire(report)},
            name, report.verdict, f"{report.score:.3f}", *families, error, *report.diagnosis[:1],
        )  # fmt: skip
    return Ending.DONE


def _source(name: str) -> str:
    try:
        data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        return data.decode()
    except OSError as error:
        raise Unusable(f"{name} can't be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise Unusable(f"{name} is not UTF-8: save it as such.") from error


def _graded(
    minima: Client, task: str, sources: dict[str, str], timeout: float
) -> Iterator[tuple[str, Report]]:
    if len(sources) == 1:
        [(name, source)] = sources.items()
        report = minima.grade(task, source, timeout=timeout).report
        assert report is not None
        yield name, report
        return
    names = list(sources)
    for part in _parts([{"task": task, "source": sources[name]} for name in names]):
        batch = minima.batches.create(part)
        minima.batches.wait(batch.id, timeout=timeout)
        for result in minima.batches.results(batch.id):
            assert result.submission.report is not None
            yield names.pop(0), result.submission.report


def _parts(items: Sequence[NewItem]) -> Iterator[list[NewItem]]:
    """The items in batches that the server takes."""
    part: list[NewItem] = []
    size = 0
    for item in items:
        more = len(json.dumps(item)) + 2
        if part and (len(part) == MOST_ITEMS or size + more > MOST_BYTES):
            yield part
            part, size = [], 0
        part.append(item)
        size += more
    yield part
