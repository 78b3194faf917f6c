"""The five families of checks, each a number of its own in the report."""

from enum import StrEnum


class Family(StrEnum):
    VALUES = "values"
    GRADIENTS = "gradients"
    STABILITY = "stability"
    EDGE_CASES = "edge_cases"
    EFFICIENCY = "efficiency"


WEIGHTS = {
    Family.VALUES: 0.35,
    Family.GRADIENTS: 0.30,
    Family.STABILITY: 0.15,
    Family.EDGE_CASES: 0.15,
    Family.EFFICIENCY: 0.05,
}
