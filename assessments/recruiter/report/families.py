"""The families of checks as a person reads them: what each asks, what it counts, what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from grader.families import WEIGHTS, Family

TITLES = {
    Family.VALUES: "Values",
    Family.GRADIENTS: "Gradients",
    Family.STABILITY: "Stability",
    Family.EDGE_CASES: "Edge cases",
    Family.EFFICIENCY: "Efficiency",
}
ASKS = {
    Family.VALUES: "Does the loss return the right numbers?",
    Family.GRADIENTS: "Does the slope, which training follows, fit the loss?",
    Family.STABILITY: "Does it hold for very large and very small numbers?",
    Family.EDGE_CASES: "Does it treat empty, missing and wrong input as the task asks?",
    Family.EFFICIENCY: "Is it about as fast as a good solution?",
}
# Credit in these is scaled by the share of values that are right: fast wrong code earns nothing.
SCALED = (Family.STABILITY, Family.EDGE_CASES, Family.EFFICIENCY)


@dataclass(frozen=True, slots=True)
class FamilyScore:
    """One family of one report; `score` is the share of its checks passed and `weight` its share.

    `credit` is what the family adds to the score, all three between 0 and 1.
    """

    family: Family
    passed: int
    total: int
    score: float
    weight: float
    credit: float

    @property
    def title(self) -> str:
        return TITLES[self.family]

    @property
    def asks(self) -> str:
        return ASKS[self.family]

    @property
    def state(self) -> str:
        """The word that chooses the colour: passed, partial, failed or none."""
        if not self.total:
            return "none"
        if self.passed == self.total:
            return "passed"
        return "partial" if self.passed else "failed"

    @classmethod
    def none(cls, family: Family) -> Self:
        return cls(family, 0, 0, 0.0, 0.0, 0.0)


def family_scores(report: Mapping[str, Any]) -> tuple[FamilyScore, ...]:
    """Return the families that `report` has checks of, in their fixed order."""
    told = report.get("families") or {}
    present = [family for family in Family if told.get(family, {}).get("total")]
    whole = sum(WEIGHTS[family] for family in present) or 1.0
    share = told.get(Family.VALUES, {}).get("score", 0.0)
    return tuple(
        _family_score(family, told[family], WEIGHTS[family] / whole, share) for family in present
    )


def _family_score(
    family: Family, told: Mapping[str, Any], weight: float, values: float
) -> FamilyScore:
    weight = told.get("weight", weight)
    credit = weight * told["score"] * (values if family in SCALED else 1.0)
    return FamilyScore(family, told["passed"], told["total"], told["score"], weight, credit)
