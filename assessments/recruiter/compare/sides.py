"""Up to six candidates side by side: every number in one scale, and what differs is said."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from assessments.facts import scored_as
from assessments.marking import Asked
from assessments.models import Answer, AssessmentVersion, PartScore
from assessments.models.attempt import AttemptQuerySet
from assessments.recruiter.report.parts import in_force
from assessments.recruiter.report.uncertainty import Interval, interval
from assessments.recruiter.table.rows import with_cells
from grader.families import Family
from questions.models import QuestionVersion, Topic
from questions.templatetags.scores import TITLES

MOST = 6


@dataclass(frozen=True, slots=True)
class Value:
    """What one side has in a row: a share, or why there is none."""

    share: float | None
    asked: bool = True
    verdict: str = ""
    weight: float | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the comparison: one value a side."""

    title: str
    values: list[Value]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The sides in the order in which they were asked for, and their rows."""

    attempts: list[Any]
    families: list[Line]
    topics: list[Line]
    sections: list[Line]
    questions: list[Line]

    @property
    def versions(self) -> list[tuple[AssessmentVersion, list[Any]]]:
        """The versions that made the scores, each with its attempts: the one that was sat, or,
        where it was scored again, another one.
        """
        found: dict[int, tuple[AssessmentVersion, list[Any]]] = {}
        for attempt in self.attempts:
            version = attempt.scored_by or attempt.version
            found.setdefault(version.pk, (version, []))[1].append(attempt)
        return list(found.values())

    @property
    def is_mixed(self) -> bool:
        """Whether totals are made of different questions."""
        return len(self.versions) > 1

    @property
    def sat_alike(self) -> bool:
        """Whether all sat one version, whichever made their scores since."""
        return len({attempt.version.pk for attempt in self.attempts}) == 1

    @property
    def is_drawn(self) -> bool:
        """Whether some were asked other questions of the same version, drawn from a pool."""
        return not self.is_mixed and any(
            not value.asked for line in self.questions for value in line.values
        )

    @property
    def keys(self) -> list[UUID]:
        return [attempt.pk for attempt in self.attempts]


def comparison_of(found: AttemptQuerySet, keys: Sequence[UUID]) -> Comparison:
    """Return those of `found` with these keys, at most MOST, in their order.

    The number of queries is the same for any number of sides.
    """
    read = with_cells(found.filter(pk__in=keys)).with_leading().select_related("scored_by")
    read = read.prefetch_related(
        "part_scores", "answers", "overrides",
        "invitation__assessment_version__questions__question_version",
        "invitation__assessment_version__sections",
    )  # fmt: skip
    by_key = {attempt.pk: attempt for attempt in read}
    attempts = [by_key[key] for key in dict.fromkeys(keys) if key in by_key][:MOST]
    titles = dict(
        Topic.objects.filter(slug__in=_keys(attempts, "topic")).values_list("slug", "title")
    )
    return Comparison(
        attempts,
        _parts(attempts, "family", {family.value: TITLES[family] for family in Family}),
        _parts(attempts, "topic", titles),
        _parts(attempts, "section", _section_titles(attempts)),
        _questions(attempts),
    )


def _keys(attempts: Iterable[Any], kind: str) -> set[str]:
    return {
        part.key for attempt in attempts for part in attempt.part_scores.all() if part.kind == kind
    }


def _parts(attempts: Sequence[Any], kind: str, titles: dict[str, str]) -> list[Line]:
    """A line for each part that any side has, in the order of `titles`."""
    parts: list[dict[str, PartScore]] = [
        {part.key: part for part in attempt.part_scores.all() if part.kind == kind}
        for attempt in attempts
    ]
    wanted = sorted(_keys(attempts, kind), key=list(titles).index)
    wanted = wanted if kind == "family" else sorted(wanted, key=titles.__getitem__)
    return [
        Line(titles[key], [_part_value(attempt, side.get(key))
                           for attempt, side in zip(attempts, parts, strict=True)])
        for key in wanted
    ]  # fmt: skip


def _part_value(attempt: Any, part: PartScore | None) -> Value:
    if part is None:
        # While something is not scored yet, nobody knows whether it is a part of it.
        return Value(None, asked=attempt.score is None)
    return Value(part.score, weight=part.weight)


def _section_titles(attempts: Iterable[Any]) -> dict[str, str]:
    """The titles of the sections by their place; different ones are all named."""
    found: dict[str, list[str]] = {}
    for attempt in attempts:
        for section in attempt.version.sections.all():
            found.setdefault(str(section.position), []).append(section.title)
    return {
        place: f"{place}. {' / '.join(dict.fromkeys(titles))}"
        for place, titles in sorted(found.items(), key=lambda each: int(each[0]))
    }


def _questions(attempts: Sequence[Any]) -> list[Line]:
    """A line for each question version that any side was asked, in the order of the first."""
    asked: dict[int, QuestionVersion] = {}
    scored = scored_as(attempts)
    sides = [_side(attempt, scored[attempt.pk]) for attempt in attempts]
    for attempt, side in zip(attempts, sides, strict=True):
        attempt.likely = _likely(attempt, side)
        for question in attempt.version.questions.all():
            if attempt.asks(question):
                asked.setdefault(question.question_version_id, question.question_version)
    return [
        Line(
            version.title,
            [side.get(key, Value(None, asked=False)) for side in sides],
            f"{version.get_kind_display().lower()}, version {version.number}",
        )
        for key, version in asked.items()
    ]


def _likely(attempt: Any, side: dict[int, Value]) -> Interval | None:
    """Between what the score would lie with other questions; none where a person set the whole."""
    known = [(value.weight, value.share) for value in side.values() if value.weight]
    pairs = [(weight, share) for weight, share in known if share is not None]
    if attempt.score is None or in_force(attempt, None) or len(pairs) < len(known):
        return None
    return interval(pairs)


def _side(attempt: Any, scored: Iterable[Asked]) -> dict[int, Value]:
    """What one candidate has by question version, weighed as what `scored` it weighs."""
    weights = {each.own.pk: each.by.weight for each in scored}
    answers: dict[int, Answer] = {each.question_id: each for each in attempt.answers.all()}
    verdicts = {each.question_id: each.verdict for each in attempt.leading}
    found = {}
    for question in attempt.version.questions.all():
        if not attempt.asks(question):
            continue
        answer = answers.get(question.pk)
        missing = 0.0 if attempt.finished_at else None
        share = answer.score if answer else missing
        found[question.question_version_id] = Value(
            share, verdict=verdicts.get(question.pk, ""), weight=weights.get(question.pk, 0.0)
        )
    return found
