"""From findings to numbers: the share of each family, the score and the verdict."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from grader.families import WEIGHTS, Family
from grader.judge.evidence import Finding

# Credit that right values must earn first: fast wrong code earns nothing.
SCALED = (Family.STABILITY, Family.EDGE_CASES, Family.EFFICIENCY)
DIGITS = 6


class Verdict(StrEnum):
    """What a submission is, in one word."""

    PASSED = "passed"  # every check of every family but efficiency
    PARTIAL = "partial"
    FAILED = "failed"  # nothing was earned
    ERROR = "error"  # nothing could be judged


@dataclass(frozen=True, slots=True)
class Share:
    """The checks of one family: how many there are, how many passed, and their mean credit."""

    passed: int
    total: int
    score: float

    def as_dict(self) -> dict[str, float]:
        """Return the family as the report's JSON has it."""
        return {"passed": self.passed, "total": self.total, "score": round(self.score, DIGITS)}


def shares(findings: Iterable[Finding]) -> dict[Family, Share]:
    """Return the share of every family; one without checks has a total of 0 and a score of 0."""
    by_family: dict[Family, list[Finding]] = {family: [] for family in Family}
    for finding in findings:
        by_family[finding.check.family].append(finding)
    return {family: _share(found) for family, found in by_family.items()}


def _share(findings: list[Finding]) -> Share:
    total = len(findings)
    earned = sum(finding.credit for finding in findings)
    return Share(sum(f.passed for f in findings), total, earned / total if total else 0.0)


def score(shares: Mapping[Family, Share], weights: Mapping[Family, float] = WEIGHTS) -> float:
    """Return the weighted score, from 0 to 1.

        score = sum_f w_f s_f (s_values where f is stability, edge cases or efficiency, else 1)

    over the families that have checks, their weights divided by what those add up to: a task
    without a gradient spreads that weight over the others in proportion.
    """
    present = {family: weights[family] for family, share in shares.items() if share.total}
    whole = sum(present.values())
    if not whole:
        return 0.0
    values = shares[Family.VALUES].score
    earned = sum(
        weight * shares[family].score * (values if family in SCALED else 1.0)
        for family, weight in present.items()
    )
    return round(min(1.0, earned / whole), DIGITS)


def verdict(shares: Mapping[Family, Share], score: float, *, judged: bool) -> Verdict:
    """Return the verdict; `judged` tells whether any call of the submission came back."""
    if not judged:
        return Verdict.ERROR
    counted = [share for family, share in shares.items() if family is not Family.EFFICIENCY]
    if all(share.passed == share.total for share in counted):
        return Verdict.PASSED
    return Verdict.PARTIAL if score > 0 else Verdict.FAILED
