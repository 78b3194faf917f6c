"""How candidates did at a question, as far as its authors may know: numbers of many, of nobody."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from django.db.models import Count, Q, Sum

from assessments.models import Answer, AssessmentQuestion, Attempt, Organisation, Submission
from grader.families import Family
from questions.authoring.house import FEWEST, MOST, Results
from questions.models import Question


@dataclass(slots=True)
class _Asked:
    """What is known of one version of a question.

    Attributes:
        sittings: of each attempt its assessment's version, the share earned here, and the mean
            share of all its other questions, which may be none.
        families: the shares of code by family.
    """

    sittings: list[tuple[int, float, float]] = field(default_factory=list)
    families: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))


def results(question: Question, organisation: Organisation) -> list[Results]:
    """Return how candidates of `organisation` did at each version that was asked, newest first.

    An unanswered question earned nothing. Attempts count once they are over and scored.
    """
    uses = AssessmentQuestion.objects.filter(
        question_version__question=question, version__assessment__organisation=organisation
    )
    rows = list(uses.values_list("pk", "version", "question_version__number"))
    numbers = {use: number for use, _, number in rows}
    asked: dict[int, _Asked] = {number: _Asked() for number in numbers.values()}
    attempts = _attempts(organisation, {version: use for use, version, _ in rows})
    earned = _earned([attempt for attempt, *_ in attempts], numbers)
    whose: dict[Any, int] = {}
    for attempt, version, use, others in attempts:
        mine, total = earned.get(attempt, (0.0, 0.0))
        rest = (total - mine) / others if others else math.nan
        whose[attempt] = numbers[use]
        asked[numbers[use]].sittings.append((version, mine, rest))
    for attempt, family, share in _families(whose, numbers):
        asked[whose[attempt]].families[family].append(share)
    return [_told(number, asked[number]) for number in sorted(asked, reverse=True)]


def _attempts(
    organisation: Organisation, use_in: Mapping[int, int]
) -> list[tuple[Any, int, int, int]]:
    """Return attempt, assessment's version, use of the question, and how many others it asks.

    `use_in` has the use of the question in each version of an assessment.
    """
    counted = AssessmentQuestion.objects.filter(version__in=use_in).values_list("version")
    number = dict(counted.annotate(Count("pk")).order_by())
    found = Attempt.objects.of(organisation).filter(
        invitation__assessment_version__in=use_in, finished_at__isnull=False, score__isnull=False
    )
    rows = found.order_by("-finished_at").values_list(
        "pk", "invitation__assessment_version", "left_out"
    )
    return [
        (pk, version, use_in[version], number[version] - len(left_out) - 1)
        for pk, version, left_out in rows[:MOST]
        if use_in[version] not in left_out
    ]


def _earned(attempts: Sequence[Any], uses: Iterable[int]) -> dict[Any, tuple[float, float]]:
    """Return the share that each attempt earned here, and the sum of all its shares."""
    answers = Answer.objects.filter(attempt__in=attempts).values_list("attempt").order_by()
    here = Sum("score", filter=Q(question__in=list(uses)))
    sums = answers.annotate(here=here, total=Sum("score"))
    return {attempt: (mine or 0.0, total or 0.0) for attempt, mine, total in sums}


def _families(attempts: Iterable[Any], uses: Iterable[int]) -> Iterable[tuple[Any, str, float]]:
    """Yield attempt, family and share of the code that counts."""
    found = Submission.objects.filter(attempt__in=list(attempts), question__in=list(uses))
    for attempt, families in found.leading().with_families().values_list("attempt", "families"):
        for name, family in (families or {}).items():
            if family["total"] and family["score"] is not None:
                yield attempt, name, family["score"]


def _told(number: int, asked: _Asked) -> Results:
    shares = [share for _, share, _ in asked.sittings]
    if len(shares) < FEWEST:
        return Results(number, len(shares))
    return Results(
        number,
        len(shares),
        facility=float(np.mean(shares)),
        deviation=float(np.std(shares, ddof=1)),
        discrimination=discrimination(asked.sittings),
        families={
            # Code that is missing, or could not be run, earned nothing of any.
            family.value: sum(asked.families[family.value]) / len(shares)
            for family in Family
            if family.value in asked.families
        },
    )


def discrimination(sittings: Iterable[tuple[int, float, float]]) -> float | None:
    """Return how far who does well elsewhere does well here: -1 to 1.

    It is Pearson's correlation of the share earned here with the mean share of the attempt's other
    questions (the corrected item-total correlation of classical test theory). Both are taken from
    their means within one version of an assessment: a harder assessment is no weaker candidate.
    None where either is the same for everybody, or fewer than `FEWEST` answered other questions.
    """
    rows = [row for row in sittings if not math.isnan(row[2])]
    if len(rows) < FEWEST:
        return None
    versions = {version for version, *_ in rows}
    means = {v: np.mean([row[1:] for row in rows if row[0] == v], axis=0) for v in versions}
    here, elsewhere = np.array([np.subtract(row[1:], means[row[0]]) for row in rows]).T
    # What is left of equal shares is the error of their mean.
    if min(here.std(), elsewhere.std()) <= 1e-9:
        return None
    return float(np.corrcoef(here, elsewhere)[0, 1])
