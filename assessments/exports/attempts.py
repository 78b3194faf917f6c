"""A row an attempt: where it stands, what it earned, part by part and question by question."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from assessments.exports.columns import Column, Scope, Type, who
from assessments.models import Answer, AssessmentQuestion, Attempt, Decision, PartScore
from assessments.recruiter.report.source import plain
from assessments.recruiter.table.columns import Columns
from assessments.recruiter.table.rows import with_cells

UNSCORED = "while it is not scored"
GOES_ON = "while it goes on"
UNDECIDED = "where nobody has decided"


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


def columns(scope: Scope) -> list[Column]:
    # Start and end of who had more time would tell those who score of it.
    left_out = () if scope.everything else ("finished",)
    fixed = [each for each in _FIXED if each.title not in left_out]
    return [*who(scope), *fixed, *_parts(scope), *_questions(scope)]


def lines(keys: Sequence[UUID], scope: Scope) -> Iterator[Line]:
    """Read these attempts, in this order; the queries are as many for many as for one."""
    found = {each.pk: each for each in with_cells(Attempt.objects.filter(pk__in=keys))}
    parts = _by_attempt(PartScore, keys, ("kind", "key"), "score")
    answers = _by_attempt(Answer, keys, ("question_id",), "score")
    made = Decision.objects.filter(attempt__in=keys).order_by("made_at", "id")
    decisions = {each.attempt_id: each for each in made}
    for key in keys:
        attempt = found.get(key)
        if attempt is None:  # deleted while the file is written
            continue
        yield Line(
            attempt, scope.name_of(attempt), scope.email_of(attempt),
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


def _minutes(line: Line) -> float | None:
    taken = line.attempt.taken
    return None if taken is None else round(taken.total_seconds() / 60, 2)


def _labels(line: Line) -> str:
    return ", ".join(label.name for label in line.attempt.labels.all())


_FIXED = (
    Column(
        "state", Type.CATEGORY, "How far it is.", lambda line: line.attempt.stage.label,
        allowed=tuple(str(label) for label in Attempt.Stage.labels),
    ),
    Column(
        "score", Type.SHARE, "Weighted mean of all questions.", lambda line: line.attempt.score,
        missing=UNSCORED,
    ),
    Column(
        "pass mark", Type.SHARE, "Of its version.", lambda line: line.attempt.version.pass_mark
    ),
    Column(
        "passed", Type.YES_NO, "Whether the score reaches the pass mark.",
        lambda line: line.attempt.passed, missing=UNSCORED,
    ),
    Column(
        "minutes", Type.NUMBER, "From start to end, at most the minutes allowed.", _minutes,
        unit="minutes", missing=GOES_ON,
    ),
    Column("started", Type.MOMENT, "When it began.", lambda line: line.attempt.started_at),
    Column(
        "finished", Type.MOMENT, "When it ended.", lambda line: line.attempt.finished_at,
        missing=GOES_ON,
    ),
    Column(
        "labels", Type.TEXT, "In the order of the alphabet, between commas.", _labels,
        missing="where it has none",
    ),
    Column(
        "decision", Type.CATEGORY, "What a person decided last.",
        lambda line: line.attempt.outcome, allowed=tuple(Decision.Outcome.values),
        missing=UNDECIDED,
    ),
    Column(
        "decided", Type.MOMENT, "When that was.",
        lambda line: line.decision.made_at if line.decision else None, missing=UNDECIDED,
    ),
    Column(
        "reason", Type.TEXT, "Why it was decided so.",
        lambda line: plain(line.decision.reason) if line.decision else None, missing=UNDECIDED,
    ),
    Column(
        "integrity events", Type.WHOLE,
        "How many were recorded: evidence to look at, never a verdict.",
        lambda line: line.attempt.event_count,
    ),
)  # fmt: skip


def _parts(scope: Scope) -> list[Column]:
    meanings = {
        "family": "Share of this family of checks over all coding questions",
        "topic": "Share of the questions about this topic",
        "section": "Share of this section",
    }
    keys = [version.pk for version in scope.versions]
    return [
        Column(
            f"{kind}: {key}", Type.SHARE, f"{meanings[kind]}: {column.title}.",
            _part_of(kind, key), missing="where nothing of it was asked, or not all is scored",
        )
        for column in Columns(keys, scope.names, scope.everything).parts
        for kind, key in [column.part or ("", "")]
    ]  # fmt: skip


def _part_of(kind: str, key: str) -> Callable[[Line], float | None]:
    return lambda line: line.parts.get((kind, key))


def _questions(scope: Scope) -> list[Column]:
    """A column for each version of a question: one that was changed is another question."""
    asked = AssessmentQuestion.objects.filter(version__in=scope.versions).select_related(
        "question_version__question", "version"
    )
    places: dict[tuple[str, int, str], dict[int, int]] = {}
    for question in asked.order_by("version__title", "version__number", "position"):
        version = question.question_version
        name = (version.question.slug, version.number, version.title)
        places.setdefault(name, {})[question.version_id] = question.pk
    return [
        Column(
            f"question: {slug} v{number}", Type.SHARE, f"Share of “{title}”, version {number}.",
            _share_of(keys), missing="where it was not asked, or is not scored",
        )
        for (slug, number, title), keys in places.items()
    ]  # fmt: skip


def _share_of(places: Mapping[int, int]) -> Callable[[Line], float | None]:
    def share(line: Line) -> float | None:
        key = places.get(line.attempt.invitation.assessment_version_id)
        if key is None or key in line.attempt.left_out:
            return None
        return line.answers.get(key, unanswered(line.attempt))

    return share


def unanswered(attempt: Attempt) -> float | None:
    """Where nothing was entered, nothing was earned; but only once it is over."""
    return 0.0 if attempt.finished_at else None
