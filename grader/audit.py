"""The audit: the catalogue's own mutation test.

Each misconception must be rejected in the family it belongs to, each variant must get full marks,
and the code that the editor opens with must get nothing, whatever the seed.
"""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field
from os import cpu_count
from time import process_time
from typing import Any, Protocol

from grader.catalogue import CATALOGUE, UnknownTask, get
from grader.catalogue.starter import starter
from grader.catalogue.task import Misconception, Task, Variant
from grader.families import Family
from grader.grading import grade
from grader.judge import Report, Verdict
from grader.sandbox import Sandbox, SandboxFault

PASSED, WRONG, UNUSABLE, FAULT = 0, 1, 2, 3


class Stream(Protocol):
    """Where a command writes: a text file, or what Django's commands have in its place."""

    def write(self, text: str, /) -> object: ...

    def flush(self) -> object: ...


@dataclass(slots=True)
class Audit:
    """What the audit of one task found, over all seeds.

    Attributes:
        checks: of one plan.
        killed, mutants: misconceptions that were rejected, and all of them.
        accepted, variants: variants that got full marks, and all of them.
        share: the largest part of its tolerance that a number of a right variant took.
        seconds: CPU time of candidates' code and of judging.
        faults: one sentence for each thing that is wrong.
    """

    slug: str
    checks: int = 0
    killed: int = 0
    mutants: int = 0
    accepted: int = 0
    variants: int = 0
    share: float = 0.0
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)

    @property
    def kill_score(self) -> float:
        """Return the share of misconceptions that were rejected."""
        return self.killed / self.mutants if self.mutants else 0.0

    def as_dict(self) -> dict[str, Any]:
        """Return the audit as plain data for JSON."""
        return {**asdict(self), "kill_score": self.kill_score, "clean": not self.faults}


def audit_task(task: Task, seeds: Iterable[int], sandbox: Sandbox) -> Audit:
    """Grade everything that the row lists, with each seed. Raises SandboxFault."""
    audit, start = Audit(task.slug), process_time()
    for seed in seeds:
        for variant in task.variants:
            _audit_variant(audit, variant, _report(audit, task, variant.source, seed, sandbox))
        for misconception in task.misconceptions:
            report = _report(audit, task, misconception.source, seed, sandbox)
            _audit_misconception(audit, misconception, report)
        untouched = _report(audit, task, starter(task), seed, sandbox)
        if untouched.score > 0:
            audit.faults.append(f"seed {seed}: the untouched starter scores {untouched.score}")
    audit.seconds += process_time() - start
    return audit


def _report(audit: Audit, task: Task, source: str, seed: int, sandbox: Sandbox) -> Report:
    report = grade(task, source, seed, sandbox)
    audit.checks = len(report.findings)
    audit.seconds += report.cpu_seconds
    return report


def _audit_variant(audit: Audit, variant: Variant, report: Report) -> None:
    audit.variants += 1
    audit.share = max(audit.share, report.largest_share)
    missed = [
        finding
        for finding in report.findings
        if not finding.passed and not (variant.slow and finding.check.family is Family.EFFICIENCY)
    ]
    if report.verdict is Verdict.PASSED and not missed:
        audit.accepted += 1
        return
    first = f": {missed[0].check.name}: {missed[0].detail}" if missed else ""
    audit.faults.append(f"seed {report.seed}: variant {variant.name!r} gets {report.score}{first}")


def _audit_misconception(audit: Audit, misconception: Misconception, report: Report) -> None:
    audit.mutants += 1
    # Efficiency is no condition of the verdict: right and slow code has passed.
    rejected = report.verdict is not Verdict.PASSED or misconception.family is Family.EFFICIENCY
    if rejected and report.families[misconception.family].score < 1:
        audit.killed += 1
        return
    audit.faults.append(
        f"seed {report.seed}: misconception {misconception.name!r} survives in "
        f"{misconception.family}: {report.verdict}, score {report.score}"
    )


def add_audit_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `audit`."""
    parser.add_argument("task", nargs="?", help="slug of a task; all of them by default")
    parser.add_argument("--seeds", type=int, default=3, help="how many seeds to try")
    parser.add_argument("--jobs", type=int, default=cpu_count() or 1, help="tasks at a time")


def run_audit(options: Namespace, out: Stream, err: Stream) -> int:
    """Prove that every misconception is rejected and that every right variant gets full marks."""
    try:
        slugs = [get(options.task).slug] if options.task else list(CATALOGUE)
    except UnknownTask as unknown:
        err.write(f"{unknown}\n")
        return UNUSABLE
    out.write(HEAD + "\n")
    audits = []
    try:
        for audit in _audits(slugs, options.seeds, options.jobs):
            audits.append(audit)
            out.write(row(audit) + "\n")
            out.flush()
    except SandboxFault as fault:
        err.write(f"the sandbox failed: {fault}\n")
        return FAULT
    return conclude(audits, options.seeds, out)


def _audits(slugs: list[str], seeds: int, jobs: int) -> Iterator[Audit]:
    """Yield the audits in the order of the slugs, each made by one process with its own sandbox."""
    if jobs < 2 or len(slugs) < 2:
        yield from (audit_slug(slug, seeds) for slug in slugs)
        return
    with ProcessPoolExecutor(max_workers=jobs) as pool:
        yield from pool.map(audit_slug, slugs, [seeds] * len(slugs))


def audit_slug(slug: str, seeds: int) -> Audit:
    """Audit one task with seeds 1 to `seeds` in a sandbox of its own."""
    with Sandbox() as sandbox:
        return audit_task(get(slug), range(1, seeds + 1), sandbox)


HEAD = (
    f"{'task':32} {'checks':>6} {'rejected':>9} {'accepted':>9} {'largest error':>13} {'CPU s':>6}"
)


def row(audit: Audit) -> str:
    """Return the line of one task; the largest error is a share of the tolerance."""
    return (
        f"{audit.slug:32} {audit.checks:6} {f'{audit.killed}/{audit.mutants}':>9} "
        f"{f'{audit.accepted}/{audit.variants}':>9} {audit.share:13.2g} {audit.seconds:6.1f}"
    )


def conclude(audits: list[Audit], seeds: int, out: Stream) -> int:
    """Print the kill score and everything that is wrong; return 0 where nothing is, else 1."""
    killed, mutants = sum(a.killed for a in audits), sum(a.mutants for a in audits)
    accepted, variants = sum(a.accepted for a in audits), sum(a.variants for a in audits)
    rate = killed / mutants if mutants else 1.0
    out.write(
        f"Kill score {rate:.1%}: {killed} of {mutants} wrong submissions rejected in their family, "
        f"{accepted} of {variants} right ones accepted; {seeds} seeds, {len(audits)} tasks.\n"
    )
    faults = [f"{audit.slug}, {fault}" for audit in audits for fault in audit.faults]
    for fault in faults:
        out.write(f"  {fault}\n")
    return WRONG if faults else PASSED
