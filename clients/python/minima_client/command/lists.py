"""Commands that list: one line of the table below for each."""

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from minima_client.client import Client
from minima_client.command.endings import Ending
from minima_client.command.output import Output


def moment(text: str) -> datetime:
    """A moment with its offset, or a day of UTC."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError("give 2026-11-21T09:30:00Z or 2026-11-21") from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def yes(text: str) -> bool:
    if text not in ("true", "false"):
        raise argparse.ArgumentTypeError("give true or false")
    return text == "true"


@dataclass(frozen=True)
class Listed:
    """A list: its resource, the columns for people, and the filters with their types."""

    name: str
    about: str
    columns: tuple[str, ...]
    filters: dict[str, Callable[[str], Any]] = field(default_factory=dict)


_CREATED: dict[str, Callable[[str], Any]] = {"created_after": moment, "created_before": moment}
ATTEMPT_FILTERS: dict[str, Callable[[str], Any]] = {
    "state": str, "assessment": str, "candidate": str, "finished_after": moment,
    "finished_before": moment, "score_min": float, "score_max": float, "updated_since": moment,
}  # fmt: skip
LISTS = (
    Listed(
        "assessments", "what candidates can be invited to",
        ("id", "slug", "title", "created_at", "closes_at", "archived_at"),
        {"archived": yes, **_CREATED},
    ),
    Listed(
        "invitations", "who was invited, and how far they are",
        ("id", "candidate.name", "candidate.email", "state", "is_open", "expires_at", "attempt"),
        {"state": str, "assessment": str, "email": str, **_CREATED},
    ),
    Listed(
        "candidates", "everybody who was ever invited",
        ("id", "name", "email", "created_at"),
        {"email": str, **_CREATED},
    ),
    Listed(
        "attempts", "what candidates did, with their scores",
        ("id", "candidate.name", "candidate.email", "title", "state", "finished_at", "score",
         "passed"),
        ATTEMPT_FILTERS,
    ),
    Listed("tasks", "what code can be graded for", ("slug", "title", "signature")),
)  # fmt: skip


def add(commands: Any, shared: argparse.ArgumentParser) -> None:
    for each in LISTS:
        parser = commands.add_parser(each.name, help=each.about, parents=[shared])
        add_filters(parser, each.filters)
        parser.set_defaults(run=show, listed=each)


def add_filters(
    parser: argparse.ArgumentParser, filters: Mapping[str, Callable[[str], Any]]
) -> None:
    for name, kind in filters.items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=kind, metavar=_wanted(kind))


def given_filters(
    options: argparse.Namespace, filters: Mapping[str, Callable[[str], Any]]
) -> dict[str, Any]:
    given = {name: getattr(options, name) for name in filters}
    return {name: value for name, value in given.items() if value is not None}


def _wanted(kind: Callable[[str], Any]) -> str:
    return {moment: "MOMENT", yes: "true|false", float: "SHARE"}.get(kind, "TEXT")


def show(minima: Client, options: argparse.Namespace, output: Output) -> Ending:
    listed: Listed = options.listed
    asked = given_filters(options, listed.filters)
    output.table(getattr(minima, listed.name).list(**asked), listed.columns)
    return Ending.DONE
