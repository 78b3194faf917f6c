"""The checks of a report, those that failed first and by family."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from assessments.recruiter.report.gradient_chart import GradientChart, gradient_chart
from grader.families import Family
from questions.templatetags.scores import TITLES

OPEN = 3


@dataclass(frozen=True, slots=True)
class Check:
    """One check: what was asked, what came back, and a sentence on what was wrong.

    `gradient` has a row per element: index, got, expected, numeric, ratio, and whether it is wrong.
    """

    family: Family
    name: str
    passed: bool
    expected: str
    got: str
    detail: str
    gradient: tuple[Mapping[str, str | bool], ...] = ()
    chart: GradientChart | None = None

    @property
    def numeric(self) -> bool:
        """Whether the slope of the candidate's own loss is known."""
        return any(row["numeric"] != "-" for row in self.gradient)


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

    @property
    def total(self) -> int:
        return self.failed + len(self.passed)


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
        tuple(map(_row, told.get("gradient") or ())),
        gradient_chart(told.get("gradient") or ()),
    )


def _row(told: Mapping[str, Any]) -> dict[str, str | bool]:
    shown = {name: figure(told.get(name)) for name in ("got", "expected", "numeric", "ratio")}
    return {
        "index": str(told.get("index", "")),
        "wrong": shown["got"] != shown["expected"],
        **shown,
    }


def figure(number: float | str | None) -> str:
    """Return six digits of a number, a dash for none; NaN and infinity come as words."""
    if number is None:
        return "-"
    return number if isinstance(number, str) else f"{number:.6g}"


def _group(family: Family, found: Iterable[Check]) -> Group:
    checks = tuple(found)
    # Those that also know the slope of the candidate's own loss say the most.
    failed = tuple(sorted((c for c in checks if not c.passed), key=lambda c: not c.numeric))
    passed = tuple(check for check in checks if check.passed)
    return Group(family, failed[:OPEN], failed[OPEN:], passed)
