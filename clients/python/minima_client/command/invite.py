"""`minima invite CSV`: each line once, however often it is run."""

import argparse
import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from minima_client.client import Client
from minima_client.command.assessment import found_assessment
from minima_client.command.endings import Ending, Unusable
from minima_client.command.invitation_list import Line, lines_of
from minima_client.command.lists import moment
from minima_client.command.output import Output
from minima_client.problems import Conflict, Invalid, KeyReused, MinimaError
from minima_client.rows import Invitation
from minima_client.said import NewInvitation

INVITED, WOULD, ALREADY = "invited", "would be invited", "already invited"
LEFT_OUT, REFUSED = "left out", "refused"
GOOD = {INVITED, WOULD, ALREADY}


@dataclass(frozen=True)
class Outcome:
    """What became of a line; `link` is there where nobody e-mailed it."""

    line: int
    email: str
    result: str
    why: str | None = None
    invitation: str | None = None
    link: str | None = None


def add(commands: Any, shared: argparse.ArgumentParser) -> None:
    parser = commands.add_parser(
        "invite", help="invite the people of a CSV file, each once", parents=[shared],
        description="Columns: name, email; language, message, expires (a day), extra_percent,"
        " extra_minutes, break_minutes, large_type, untimed. Run it again after a breakdown:"
        " nobody is invited twice.",
    )  # fmt: skip
    parser.add_argument("csv", metavar="CSV")
    parser.add_argument("--assessment", required=True, help="its id or slug")
    parser.add_argument("--dry-run", action="store_true", help="tell what would be done")
    parser.add_argument("--send", action="store_true", help="e-mail the links")
    parser.add_argument("--expires-in-days", type=int, metavar="DAYS")
    parser.add_argument("--opens-at", type=moment, metavar="MOMENT")
    parser.add_argument("--message", help="your words in the e-mail")
    parser.add_argument("--language", help="of e-mails and pages")
    parser.add_argument(
        "--one-more", action="store_true",
        help="also who was invited before; the same file again within a day invites nobody",
    )  # fmt: skip
    parser.add_argument("--ignore-columns", action="store_true", help="leave out other columns")
    parser.set_defaults(run=invite)


def invite(minima: Client, options: argparse.Namespace, output: Output) -> Ending:
    lines = list(lines_of(options.csv, others_ignored=options.ignore_columns))
    if not lines:
        raise Unusable(f"{options.csv} has nobody to invite.")
    run = Run(minima, options)
    results: Counter[str] = Counter()
    try:
        for line in lines:
            outcome = run.outcome(line)
            results[outcome.result] += 1
            told = outcome.why or outcome.link
            output.said(outcome, f"line {line.number}", line.email, outcome.result, told)
    except (MinimaError, KeyboardInterrupt):
        output.note(_sum(results, len(lines)) + ". Run it again: nobody is invited twice.")
        raise
    output.note(_sum(results, len(lines)))
    return Ending.DONE if set(results) <= GOOD else Ending.PARTLY


def _sum(results: Counter[str], lines: int) -> str:
    parts = ", ".join(f"{number} {result}" for result, number in results.items())
    return f"{results.total()} of {lines} lines: {parts or 'none'}"


class Run:
    """One run over a file, knowing who was invited before it."""

    def __init__(self, minima: Client, options: argparse.Namespace) -> None:
        self.minima, self.options = minima, options
        self.assessment = found_assessment(minima, options.assessment).id
        self.known: dict[str, list[Invitation]] = {}
        for each in minima.invitations.list(assessment=self.assessment):
            self.known.setdefault(each.candidate.email.lower(), []).append(each)
        self.file = hashlib.sha256(Path(options.csv).read_bytes()).hexdigest()

    def outcome(self, line: Line) -> Outcome:
        if line.wrong:
            return Outcome(line.number, line.email, LEFT_OUT, line.wrong)
        standing = None if self.options.one_more else _standing(self.known.get(line.email, ()))
        if standing:
            return Outcome(line.number, line.email, ALREADY, f"{standing.state}", standing.id)
        if self.options.dry_run:
            return Outcome(line.number, line.email, WOULD)
        return self._invited(line)

    def _invited(self, line: Line) -> Outcome:
        try:
            made = self.minima.invitations.create(key=self.key(line), **self._said(line))
        except (Conflict, Invalid, KeyReused) as error:
            return Outcome(line.number, line.email, REFUSED, str(error))
        link = None if self.options.send else made.link
        return Outcome(line.number, line.email, INVITED, None, made.id, link)

    def _said(self, line: Line) -> NewInvitation:
        given = {
            name: getattr(self.options, name)
            for name in ("expires_in_days", "opens_at", "message", "language")
        }
        said = {name: value for name, value in given.items() if value is not None} | line.own
        if "expires_at" in line.own:
            said.pop("expires_in_days", None)
        said |= {"assessment": self.assessment, "name": line.name, "email": line.email}
        flags = {name: True for name in ("send", "one_more") if getattr(self.options, name)}
        return cast(NewInvitation, said | flags)

    def key(self, line: Line) -> str:
        """The same for the same person as things stand, in whichever run.

        Where somebody revoked an invitation or it expired, there is one more of them than before,
        and the person can be invited anew. With --one-more that tells nothing: then it is the
        file that tells a run from its repetition.
        """
        before = self.file if self.options.one_more else len(self.known.get(line.email, ()))
        named = json.dumps([self.assessment, line.email, before])
        return f"invite-{hashlib.sha256(named.encode()).hexdigest()[:40]}"


def _standing(invitations: Iterable[Invitation]) -> Invitation | None:
    """One that was followed, or can be."""
    now = datetime.now(UTC)
    return next(
        (
            each
            for each in invitations
            if each.state in ("started", "finished")
            or (each.state == "sent" and each.expires_at > now)
        ),
        None,
    )
