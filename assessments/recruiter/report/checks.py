"""The checks of a report, those that failed first and by family."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from assessments.recruiter.report.families import TITLES
from grader.families import Family

OPEN = 4


@dataclass(frozen=True, slots=True)
class Check:
    """One check: what was asked, what came back, and a sentence on what was wrong."""

    family: Family
    name: str
    passed: bool
    expected: str
    got: str
    detail: str
    elements: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """The checks of one family; `shown` are the first of the failed, `folded` the rest of them."""

    family: Family
    shown: tuple[Check, ...]
    folded: tuple[Check, ...]
    passed: tuple[Check, ...]

    @property
    def title(self) -> str:
        return TITLES[self.family]

    @property
    def failed(self) -> int:
        return len(self.shown) + len(self.folded)


def groups(report: Mapping[str, Any]) -> tuple[Group, ...]:
    """Return the checks of `report` by family, in the families' fixed order."""
    checks = sorted(map(_check, report.get("checks") or ()), key=_place)
    return tuple(_group(family, found) for family, found in groupby(checks, lambda c: c.family))


def _place(check: Check) -> int:
    return list(Family).index(check.family)


def _check(told: Mapping[str, Any]) -> Check:
    return Check(
        Family(told["family"]),
        told["name"],
        told["passed"],
        told.get("expected") or "",
        told.get("got") or "",
        told.get("detail") or "",
        tuple(told.get("elements") or ()),
    )


def _group(family: Family, found: Iterable[Check]) -> Group:
    checks = tuple(found)
    failed = tuple(check for check in checks if not check.passed)
    passed = tuple(check for check in checks if check.passed)
    return Group(family, failed[:OPEN], failed[OPEN:], passed)
