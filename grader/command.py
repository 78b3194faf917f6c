"""The command line: grade files, audit the catalogue, check the walls.

`python -m grader` and Django's `manage.py grade` and `manage.py audit` all end up here.
"""

import json
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from grader.audit import Stream, add_audit_arguments, run_audit
from grader.catalogue import CATALOGUE, UnknownTask, get
from grader.catalogue.task import Task
from grader.grading import grade
from grader.judge import Report
from grader.sandbox import Sandbox, SandboxFault, missing_walls
from grader.sandbox.outcome import Limits

GRADED, UNUSABLE, FAULT = 0, 2, 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    name, *rest = (sys.argv[1:] if arguments is None else arguments) or [""]
    if name not in COMMANDS:
        return _complain(sys.stderr, f"usage: python -m grader {'|'.join(COMMANDS)} ...")
    add_arguments, run = COMMANDS[name]
    parser = ArgumentParser(prog=f"python -m grader {name}", description=run.__doc__)
    add_arguments(parser)
    # Intermixed: an option may stand between the task and the files.
    return run(parser.parse_intermixed_args(rest), sys.stdout, sys.stderr)


def add_grade_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `grade`."""
    parser.add_argument("task", nargs="?", help="slug of a task")
    parser.add_argument("files", nargs="*", metavar="file", help="Python modules to grade")
    parser.add_argument("--json", action="store_true", help="print one JSON object a line")
    parser.add_argument("--seed", type=int, default=0, help="what the checks are drawn from")
    parser.add_argument("--list", action="store_true", help="print the slugs, one a line")


def run_grade(options: Namespace, out: Stream, err: Stream) -> int:
    """Grade files as submissions for a task, one line a file.

    Returns 0 when all were graded, 2 for unusable input and 3 for a fault of ours.
    """
    if options.list:
        out.write("".join(f"{slug}\n" for slug in CATALOGUE))
        return GRADED
    if not options.task or not options.files:
        return _complain(err, "name a task and at least one file, or use --list")
    try:
        task = get(options.task)
    except UnknownTask as unknown:
        return _complain(err, str(unknown))
    try:
        with Sandbox() as sandbox:
            statuses = [
                _grade_file(task, name, sandbox, options, out, err) for name in options.files
            ]
    except SandboxFault as fault:
        return _complain(err, f"the sandbox failed: {fault}", FAULT)
    return max(statuses)


def _grade_file(
    task: Task, name: str, sandbox: Sandbox, options: Namespace, out: Stream, err: Stream
) -> int:
    try:
        source = read_source(name)
    except OSError as error:
        return _complain(err, f"{printable(name)}: cannot be read: {error.strerror}")
    try:
        report = grade(task, source, options.seed, sandbox)
    except SandboxFault as fault:
        return _complain(err, f"{printable(name)}: not graded, the sandbox failed: {fault}", FAULT)
    line = _json_line(name, report) if options.json else text_line(name, report)
    out.write(line + "\n")
    out.flush()
    return GRADED


def read_source(name: str) -> bytes:
    """Return a file's bytes, one more than are allowed where there are more; raise OSError."""
    with open(name, "rb") as file:
        return file.read(Limits().source_bytes + 1)


def _json_line(name: str, report: Report) -> str:
    content: dict[str, Any] = report.as_dict()
    return json.dumps({"task": content.pop("task"), "file": name, **content}, allow_nan=False)


def text_line(name: str, report: Report) -> str:
    """Return one line for people: verdict, score, families and the first thing to know."""
    families = ", ".join(
        f"{family.value} {share.passed}/{share.total}"
        for family, share in report.families.items()
        if share.total
    )
    first = report.error["detail"] if report.error else next(iter(report.diagnosis), "")
    line = f"{printable(name)}: {report.verdict} {report.score:.3f} ({families}) {first}"
    return line.rstrip()


def run_check(options: Namespace, out: Stream, err: Stream) -> int:
    """Print each missing wall; return 0 when all stand and 3 otherwise."""
    missing = missing_walls()
    for wall in missing:
        err.write(f"{wall}\n")
    if not missing:
        out.write("Every wall of the sandbox stands.\n")
    return FAULT if missing else GRADED


def printable(name: str) -> str:
    """Return a file name that any terminal and any log takes: it may hold arbitrary bytes."""
    return name.encode("utf-8", "backslashreplace").decode().encode("unicode_escape").decode()


def _no_arguments(parser: ArgumentParser) -> None:
    """Add nothing: the command takes no arguments."""


def _complain(err: Stream, text: str, status: int = UNUSABLE) -> int:
    err.write(f"{' '.join(text.split())}\n")
    return status


Run = Callable[[Namespace, Stream, Stream], int]
COMMANDS: Mapping[str, tuple[Callable[[ArgumentParser], None], Run]] = {
    "grade": (add_grade_arguments, run_grade),
    "audit": (add_audit_arguments, run_audit),
    "check": (_no_arguments, run_check),
}
