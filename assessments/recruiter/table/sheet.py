"""The table as a file: its columns, what each means, and the lines."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from assessments.models import (
    Answer,
    AssessmentQuestion,
    AssessmentVersion,
    Attempt,
    Decision,
    PartScore,
)
from assessments.recruiter.report.source import plain
from assessments.recruiter.table.rows import with_cells
from assessments.recruiter.table.table import Table

# Attempts that are read together.
AT_ONCE = 1_000


class Kind(StrEnum):
    """What stands in a column."""

    TEXT = "text"
    SHARE = "share, 0 to 1"
    NUMBER = "number"
    MOMENT = "date and time, UTC"


@dataclass(frozen=True, slots=True)
class Line:
    """All that is told of one attempt."""

    attempt: Any
    name: str
    email: str
    decision: Decision | None
    parts: Mapping[Any, float | None]
    # By the key of the question in its assessment version.
    answers: Mapping[int, float | None]


@dataclass(frozen=True, slots=True)
class Field:
    """A column of a file."""

    title: str
    kind: Kind
    meaning: str
    value: Callable[[Line], Any]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table that is ready to be written; the lines are read while they are written."""

    fields: Sequence[Field]
    keys: Sequence[UUID]
    versions: Sequence[AssessmentVersion]
    lines: Iterable[Line]


def sheet_of(table: Table, keys: Sequence[UUID]) -> Sheet:
    """Return these attempts, in this order, with all that `table` may tell of them."""
    occurring = Attempt.objects.filter(pk__in=keys) if len(keys) < AT_ONCE else table.found
    wanted = occurring.order_by().values("invitation__assessment_version")
    versions = list(AssessmentVersion.objects.filter(pk__in=wanted).order_by("title", "number"))
    asked = AssessmentQuestion.objects.filter(version__in=versions).select_related(
        "question_version__question"
    )
    questions = list(asked.order_by("version_id", "position"))
    fields = [*_first(table), *_parts(table), *_questions(questions)]
    return Sheet(fields, keys, versions, _lines(table, keys))


def _lines(table: Table, keys: Sequence[UUID]) -> Iterator[Line]:
    for start in range(0, len(keys), AT_ONCE):
        some = keys[start : start + AT_ONCE]
        found = {each.pk: each for each in with_cells(Attempt.objects.filter(pk__in=some))}
        parts = _by_attempt(PartScore, some, ("kind", "key"), "score")
        answers = _by_attempt(Answer, some, ("question_id",), "score")
        made = Decision.objects.filter(attempt__in=some).order_by("made_at", "id")
        decisions = {each.attempt_id: each for each in made}
        for key in some:
            attempt = found.get(key)
            if attempt is None:  # erased while the file is written
                continue
            viewer = table.viewer
            yield Line(
                attempt, plain(viewer.name_of(attempt)), plain(viewer.email_of(attempt)),
                decisions.get(key), parts.get(key, {}), answers.get(key, {}),
            )  # fmt: skip


def _by_attempt(
    model: Any, keys: Iterable[UUID], names: tuple[str, ...], value: str
) -> dict[UUID, dict[Any, float | None]]:
    """The values of rows by attempt, and then by `names`, a tuple where they are several."""
    found: dict[UUID, dict[Any, float | None]] = {}
    rows = model.objects.filter(attempt__in=keys).order_by()
    for attempt, *name, number in rows.values_list("attempt_id", *names, value):
        found.setdefault(attempt, {})[tuple(name) if len(names) > 1 else name[0]] = number
    return found


def _first(table: Table) -> list[Field]:
    named = table.viewer.sees_all_names
    who = "Name" if named else "Alias, the same in every table; names are hidden"
    fields = [Field("candidate", Kind.TEXT, f"{who}.", lambda line: line.name)]
    if named:
        fields.append(Field("email", Kind.TEXT, "E-mail address.", lambda line: line.email))
    # Start and end of who had more time would tell those who score of it.
    left_out = () if table.manages else ("finished",)
    return [*fields, *(field for field in _FIXED if field.title not in left_out)]


def _passed(line: Line) -> str:
    return {None: "", True: "yes", False: "no"}[line.attempt.passed]


def _minutes(line: Line) -> float | None:
    taken = line.attempt.taken
    return None if taken is None else round(taken.total_seconds() / 60, 2)


def _labels(line: Line) -> str:
    return ", ".join(label.name for label in line.attempt.labels.all())


_FIXED = (
    Field("attempt", Kind.TEXT, "Key of the attempt.", lambda line: str(line.attempt.pk)),
    Field("assessment", Kind.TEXT, "Its title.", lambda line: line.attempt.version.title),
    Field(
        "version", Kind.NUMBER, "Number of the assessment's version.",
        lambda line: line.attempt.version.number,
    ),
    Field("state", Kind.TEXT, "How far it is.", lambda line: line.attempt.stage.label),
    Field("score", Kind.SHARE, "Weighted mean of all questions.", lambda line: line.attempt.score),
    Field("pass mark", Kind.SHARE, "Of its version.", lambda line: line.attempt.version.pass_mark),
    Field("passed", Kind.TEXT, "Whether the score reaches the pass mark: yes or no.", _passed),
    Field("minutes", Kind.NUMBER, "From start to end, at most the minutes allowed.", _minutes),
    Field("started", Kind.MOMENT, "When it began.", lambda line: line.attempt.started_at),
    Field("finished", Kind.MOMENT, "When it ended.", lambda line: line.attempt.finished_at),
    Field("labels", Kind.TEXT, "In the order of the alphabet.", _labels),
    Field(
        "decision", Kind.TEXT, "What a person decided last: advance, hold or decline.",
        lambda line: line.attempt.outcome or "",
    ),
    Field(
        "decided", Kind.MOMENT, "When that was.",
        lambda line: line.decision.made_at if line.decision else None,
    ),
    Field(
        "reason", Kind.TEXT, "Why it was decided so.",
        lambda line: plain(line.decision.reason) if line.decision else "",
    ),
    Field(
        "integrity events", Kind.NUMBER,
        "How many were recorded: evidence to look at, never a verdict.",
        lambda line: line.attempt.event_count,
    ),
)  # fmt: skip


def _parts(table: Table) -> list[Field]:
    meanings = {
        "family": "Share of this family of checks over all coding questions",
        "topic": "Share of the questions about this topic",
        "section": "Share of this section",
    }
    return [
        Field(
            f"{kind}: {key}", Kind.SHARE, f"{meanings[kind]}: {column.title}.", _part_of(kind, key)
        )
        for column in table.columns.parts
        for kind, key in [column.part or ("", "")]
    ]


def _part_of(kind: str, key: str) -> Callable[[Line], float | None]:
    return lambda line: line.parts.get((kind, key))


def _questions(asked: Sequence[AssessmentQuestion]) -> list[Field]:
    """A column for each version of a question: one that was changed is another question."""
    places: dict[tuple[str, int, str], list[int]] = {}
    for question in asked:
        version = question.question_version
        name = (version.question.slug, version.number, version.title)
        places.setdefault(name, []).append(question.pk)
    return [
        Field(
            f"question: {slug} v{number}", Kind.SHARE,
            f"Share of “{title}”, version {number}; empty where it was not asked.",
            _share_of({question.version_id: question.pk for question in asked
                       if question.pk in keys}),
        )
        for (slug, number, title), keys in places.items()
    ]  # fmt: skip


def _share_of(places: Mapping[int, int]) -> Callable[[Line], float | None]:
    def share(line: Line) -> float | None:
        key = places.get(line.attempt.invitation.assessment_version_id)
        if key is None or key in line.attempt.left_out:
            return None
        # Where nothing was entered, nothing was earned; but only once it is over.
        return line.answers.get(key, 0.0 if line.attempt.finished_at else None)

    return share
