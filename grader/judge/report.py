"""The report: what everyone outside of the grader sees of a submission."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from grader.families import Family
from grader.judge.evidence import Finding
from grader.judge.score import Share, Verdict


@dataclass(frozen=True, slots=True)
class Report:
    """The judgement of one submission.

    Attributes:
        error: kind and detail where the run ended otherwise than it should; None where it did not.
        curves: see `grader.judge.curves`; none where nothing was judged.
        stability: see `grader.judge.stability`; none of the few open checks.
        stdout: what the code printed, for sample reports; None for others.
        wall_seconds, cpu_seconds: of the candidate's code, all its children together.
        own: what the code did on its author's own inputs, see `grader.judge.trial`; None without.
        grader: the version of grader, catalogue and NumPy that judged.
    """

    task: str
    seed: int
    verdict: Verdict
    score: float
    families: Mapping[Family, Share]
    findings: Sequence[Finding]
    error: Mapping[str, str] | None
    diagnosis: Sequence[str]
    wall_seconds: float
    cpu_seconds: float
    grader: str = ""
    curves: Sequence[Mapping[str, Any]] = ()
    stability: Sequence[Mapping[str, Any]] = ()
    stdout: str | None = None
    own: Mapping[str, Any] | None = None

    @property
    def largest_share(self) -> float:
        """Return the largest part of its tolerance that any passed number took."""
        return max((finding.share for finding in self.findings if finding.passed), default=0.0)

    def as_dict(self) -> dict[str, Any]:
        """Return the report as plain data for JSON."""
        report: dict[str, Any] = {
            "task": self.task,
            "verdict": self.verdict.value,
            "score": self.score,
            "families": {family.value: share.as_dict() for family, share in self.families.items()},
            "checks": [finding.as_dict() for finding in self.findings],
            "error": dict(self.error) if self.error else None,
            "diagnosis": list(self.diagnosis),
            "curves": list(self.curves),
            "stability": list(self.stability),
            "seconds": {"wall": round(self.wall_seconds, 6), "cpu": round(self.cpu_seconds, 6)},
            "seed": self.seed,
            "grader": self.grader,
        }
        if self.stdout is not None:
            report["stdout"] = self.stdout
        if self.own is not None:
            report["own"] = dict(self.own)
        return report
