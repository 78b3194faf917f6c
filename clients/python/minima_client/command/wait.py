"""`minima wait KIND ID`: until code is graded, or everybody who was invited is through."""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from minima_client.client import Client
from minima_client.command.assessment import found_assessment
from minima_client.command.endings import Ending
from minima_client.command.output import Output
from minima_client.resources import until
from minima_client.rows import Batch, Invitation


@dataclass(frozen=True)
class Progress:
    """How far an assessment is: invitations that can lead to a score still, and what has one."""

    assessment: str
    invited: int
    waiting: int
    in_progress: int
    being_scored: int
    scored: int

    @property
    def open(self) -> int:
        return self.waiting + self.in_progress + self.being_scored


def add(commands: Any, shared: argparse.ArgumentParser) -> None:
    parser = commands.add_parser("wait", help="wait until something is done", parents=[shared])
    parser.add_argument("kind", choices=sorted(KINDS))
    parser.add_argument("id", help="its id; of an assessment the slug as well")
    parser.add_argument("--timeout", type=float, default=3600.0, metavar="SECONDS")
    parser.add_argument(
        "--interval", type=float, default=60.0, metavar="SECONDS",
        help="how often to look after an assessment",
    )  # fmt: skip
    parser.set_defaults(run=wait)


def wait(minima: Client, options: argparse.Namespace, output: Output) -> Ending:
    KINDS[options.kind](minima, options, output)
    return Ending.DONE


def for_submission(minima: Client, options: argparse.Namespace, output: Output) -> None:
    graded = minima.submissions.wait(options.id, timeout=options.timeout)
    report = graded.report
    output.said(graded, graded.id, report and report.verdict, report and report.score)


def for_batch(minima: Client, options: argparse.Namespace, output: Output) -> None:
    def tell(batch: Batch) -> None:
        output.note(f"{batch.graded} of {batch.total} graded")

    done = minima.batches.wait(options.id, timeout=options.timeout, progress=tell)
    output.said(done, done.id, "graded", done.total)


def for_export(minima: Client, options: argparse.Namespace, output: Output) -> None:
    done = minima.exports.wait(options.id, timeout=options.timeout)
    output.said(done, done.id, done.state, f"{done.rows} rows")


def for_assessment(minima: Client, options: argparse.Namespace, output: Output) -> None:
    assessment = found_assessment(minima, options.id)

    def look(left: float) -> Progress:
        found = progress_of(minima, assessment.id)
        output.note(
            f"{found.scored} of {found.invited} scored; {found.waiting} not started,"
            f" {found.in_progress} in progress, {found.being_scored} being scored"
        )
        return found

    done = until(
        look,
        lambda found: found.open == 0,
        timeout=options.timeout,
        pause=lambda looked: minima.sender.sleep(options.interval),
        what=f"Assessment {assessment.slug}",
    )
    output.said(done, assessment.slug, f"{done.scored} of {done.invited} scored")


def progress_of(minima: Client, assessment: str) -> Progress:
    now = datetime.now(UTC)
    invitations = list(minima.invitations.list(assessment=assessment))
    attempts = list(minima.attempts.list(assessment=assessment))
    over = [each for each in attempts if each.state != "in_progress"]
    return Progress(
        assessment=assessment,
        invited=sum(each.state != "revoked" for each in invitations),
        waiting=sum(_can_start(each, now) for each in invitations),
        in_progress=len(attempts) - len(over),
        being_scored=sum(each.score is None for each in over),
        scored=sum(each.score is not None for each in over),
    )


def _can_start(invitation: Invitation, now: datetime) -> bool:
    return invitation.state == "sent" and invitation.is_open and invitation.expires_at > now


KINDS: dict[str, Callable[[Client, argparse.Namespace, Output], None]] = {
    "assessment": for_assessment,
    "batch": for_batch,
    "export": for_export,
    "submission": for_submission,
}
