"""The command: its options, and how it ends."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from minima_client.client import Client
from minima_client.command import grade, invite, lists, results, wait
from minima_client.command.endings import Ending, Unusable
from minima_client.command.output import Output, hidden
from minima_client.problems import MinimaError
from minima_client.sending import AGENT

ENDS = """\
ends with 0: done; 1: some lines were not; 2: the input can't be used;
3: the token does not allow it; 4: the server refused; 5: no server, or not now: try later;
6: not done when the time was up"""


class Parser(argparse.ArgumentParser):
    """Errors on one line, which a token that slipped in does not get into."""

    def error(self, message: str) -> NoReturn:
        self.exit(Ending.UNUSABLE, f"{self.prog}: {hidden(message)} (see {self.prog} --help)\n")


def parser() -> Parser:
    shared = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    shared.add_argument("--url", help="of the installation; else MINIMA_URL")
    shared.add_argument(
        "--token-file", metavar="FILE", help="with the token on its first line; else MINIMA_TOKEN"
    )
    shared.add_argument(
        "--token", help="the token itself, which others on this machine can see: better a file"
    )
    shared.add_argument("--json", action="store_true", help="JSON lines, errors too")
    found = Parser(
        prog="minima", parents=[shared], epilog=ENDS, allow_abbrev=False,
        description="Invite candidates, have code graded and read results of Minima.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    found.add_argument("--version", action="version", version=AGENT)
    commands = found.add_subparsers(required=True, metavar="COMMAND", parser_class=Parser)
    for each in (lists, invite, wait, results, grade):
        each.add(commands, shared)
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    for stream in (sys.stdout, sys.stderr):
        # A name that the terminal has no letters for ends nothing.
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    options = parser().parse_args(arguments)
    output = Output(getattr(options, "json", False))
    try:
        with _client(options) as minima:
            if minima.sender.is_overheard:
                output.note(
                    "The token goes out unencrypted: an address with https keeps it secret."
                )
            ending: Ending = options.run(minima, options, output)
    except MinimaError as error:
        return output.failed(error)
    except KeyboardInterrupt:
        return Ending.INTERRUPTED
    except BrokenPipeError:
        # Whoever read has enough; Python would complain once more at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Ending.DONE
    return ending


def _client(options: argparse.Namespace) -> Client:
    return Client(getattr(options, "url", None), _token(options))


def _token(options: argparse.Namespace) -> str | None:
    """The token that the options name; None leaves it to the environment."""
    if hasattr(options, "token"):
        return str(options.token)
    if not hasattr(options, "token_file"):
        return None
    try:
        return Path(options.token_file).read_text().partition("\n")[0]
    except (OSError, UnicodeDecodeError) as error:
        raise Unusable("The file of the token can't be read.") from error
