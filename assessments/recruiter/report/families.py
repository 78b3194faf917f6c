"""The families of checks as a person reads them: what each asks, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from grader.families import WEIGHTS, Family
from grader.judge.score import SCALED
from questions.templatetags.scores import TITLES

ASKS = {
    Family.VALUES: "Does the loss return the right numbers?",
    Family.GRADIENTS: "Does the slope, which training follows, fit the loss?",
    Family.STABILITY: "Does it hold for very large and very small numbers?",
    Family.EDGE_CASES: "Does it treat empty, missing and wrong input as the task asks?",
    Family.EFFICIENCY: "Is it about as fast as a good solution?",
}


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


def family_scores(
    report: Mapping[str, Any], weights: Mapping[str, float] | None = None
) -> tuple[FamilyScore, ...]:
    """Return the families that `report` has checks of, in their fixed order.

    `weights` are a question's own, where it has some.
    """
    told = report.get("families") or {}
    present = [family for family in Family if told.get(family, {}).get("total")]
    # What a task has no checks of gives its weight to the others.
    own = {family: (weights or {}).get(family, WEIGHTS[family]) for family in present}
    whole = sum(own.values()) or 1.0
    values = told.get(Family.VALUES, {}).get("score") or 0.0
    return tuple(
        _family_score(family, told[family], own[family] / whole, values) for family in present
    )


def _family_score(
    family: Family, told: Mapping[str, Any], weight: float, values: float
) -> FamilyScore:
    score = told["score"] or 0.0
    credit = weight * score * (values if family in SCALED else 1.0)
    return FamilyScore(family, told["passed"], told["total"], score, weight, credit)
