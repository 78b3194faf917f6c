"""What an attempt earned in each topic, family and section; made again with every score."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from assessments.models import Answer, AssessmentQuestion, Attempt, PartScore, Section, Submission
from grader.families import WEIGHTS, Family
from questions.kinds.coding import KIND as CODING
from questions.kinds.coding import row_of
from questions.models import Question

# A part by kind and key, and each of its pieces: how much it weighs, and the share earned.
Part = tuple[str, str]
Pieces = Mapping[Part, Sequence[tuple[float, float | None]]]
Shares = Mapping[int, float | None]


@dataclass(frozen=True, slots=True)
class Scored:
    """An attempt, the questions that make its score, and what was earned of each by its key."""

    attempt: Attempt
    questions: Sequence[AssessmentQuestion]
    shares: Shares

    @property
    def whole(self) -> float:
        return sum(question.weight for question in self.questions)


@dataclass(frozen=True, slots=True)
class Around:
    """What the parts of many attempts need beside their shares, read at once.

    Attributes:
        topics: the slugs of each question's, by its key in the bank.
        sections: the position of each.
        families: of the report that leads, by attempt and the question's key in the bank; None:
            the grader still has it.
    """

    topics: Mapping[int, Sequence[str]]
    sections: Mapping[int, int]
    families: Mapping[Any, Mapping[int, Any]]


def keep_part_scores(scored: Sequence[Scored]) -> None:
    """Keep the weighted mean of each part of which everything is scored.

    The caller holds the attempts' rows; the queries are as many for many as for one.
    """
    over = [each for each in scored if each.attempt.finished_at is not None and each.whole]
    around, kept = _around(over), _kept(over)
    made = {each.attempt.pk: _made(each, around) for each in over}
    changed = {pk: parts for pk, parts in made.items() if parts != kept[pk]}
    if any(kept[pk] for pk in changed):
        PartScore.objects.filter(attempt__in=list(changed)).delete()
    PartScore.objects.bulk_create(
        PartScore(attempt_id=pk, kind=kind, key=key, score=score, weight=weight)
        for pk, parts in changed.items()
        for (kind, key), (score, weight) in parts.items()
    )


def _kept(scored: Sequence[Scored]) -> defaultdict[Any, dict[Part, tuple[float, float]]]:
    found: defaultdict[Any, dict[Part, tuple[float, float]]] = defaultdict(dict)
    for part in PartScore.objects.filter(attempt__in=[each.attempt.pk for each in scored]):
        found[part.attempt_id][part.kind, part.key] = part.score, part.weight
    return found


def _made(scored: Scored, around: Around) -> dict[Part, tuple[float, float]]:
    pieces = _pieces(scored, around)
    return {
        part: _mean(found, scored.whole) for part, found in pieces.items() if _all_scored(found)
    }


def score_parts(attempt: Attempt) -> None:
    """Make the parts of an attempt that was scored before there were any, of its answers."""
    with transaction.atomic():
        attempt = Attempt.objects.select_for_update(of=("self",)).get(pk=attempt.pk)
        asked = attempt.questions.select_related("question_version")
        # Where nothing was entered there is nothing to earn.
        shares: dict[int, float | None] = dict.fromkeys((each.pk for each in asked), 0.0)
        answers = Answer.objects.filter(attempt=attempt, question__in=shares)
        shares |= dict(answers.values_list("question", "score"))
        keep_part_scores([Scored(attempt, list(asked), shares)])


def _all_scored(pieces: Sequence[tuple[float, float | None]]) -> bool:
    return all(share is not None for _, share in pieces) and sum(w for w, _ in pieces) > 0


def _mean(pieces: Sequence[tuple[float, float | None]], whole: float) -> tuple[float, float]:
    """Return the weighted mean, and which part of the whole it is."""
    weight = sum(weight for weight, _ in pieces)
    earned = sum(weight * (share or 0.0) for weight, share in pieces)
    return min(1.0, earned / weight), weight / whole


def _pieces(scored: Scored, around: Around) -> Pieces:
    found = defaultdict[Part, list[tuple[float, float | None]]](list)
    for question in scored.questions:
        piece = question.weight, scored.shares[question.pk]
        for topic in around.topics.get(question.question_version.question_id, ()):
            found[PartScore.Kind.TOPIC.value, topic].append(piece)
        if question.section_id:
            section = str(around.sections[question.section_id])
            found[PartScore.Kind.SECTION.value, section].append(piece)
    for family, weight, share in _families(scored, around):
        found[PartScore.Kind.FAMILY.value, family].append((weight, share))
    return found


def _around(scored: Sequence[Scored]) -> Around:
    questions = {question.pk: question for each in scored for question in each.questions}
    asked = list(questions.values())
    coded = [each.attempt.pk for each in scored if any(map(_is_coding, each.questions))]
    return Around(_topics(asked), _sections(asked), _reports(coded) if coded else {})


def _is_coding(question: AssessmentQuestion) -> bool:
    return question.question_version.kind == CODING.slug


def _topics(questions: Sequence[AssessmentQuestion]) -> Mapping[int, Sequence[str]]:
    found: defaultdict[int, list[str]] = defaultdict(list)
    asked = [question.question_version.question_id for question in questions]
    pairs = Question.objects.filter(pk__in=asked, topics__isnull=False)
    for question, topic in pairs.values_list("pk", "topics__slug"):
        found[question].append(topic)
    return found


def _sections(questions: Sequence[AssessmentQuestion]) -> Mapping[int, int]:
    wanted = {question.section_id for question in questions if question.section_id}
    if not wanted:
        return {}
    return dict(Section.objects.filter(pk__in=wanted).values_list("pk", "position"))


def _families(scored: Scored, around: Around) -> Iterator[tuple[str, float, float | None]]:
    """Each family of each coding question: its weight in the attempt, and its share."""
    reports = around.families.get(scored.attempt.pk, {})
    for question in filter(_is_coding, scored.questions):
        content = question.question_version.content
        asked = question.question_version.question_id
        families = _told(reports.get(asked) or {}) or _unanswered(content)
        if asked in reports and reports[asked] is None:
            families = dict.fromkeys(families)
        usual = {family: _weight(content, family) for family in families}
        whole = sum(usual.values()) or 1.0
        for family, share in families.items():
            yield family.value, question.weight * usual[family] / whole, share


def _reports(attempts: Sequence[Any]) -> Mapping[Any, Mapping[int, Any]]:
    found: defaultdict[Any, dict[int, Any]] = defaultdict(dict)
    leading = Submission.objects.filter(attempt__in=attempts).leading()
    rows = leading.values_list(
        "attempt", "question__question_version__question", "status", "report__families"
    )
    for attempt, question, status, families in rows:
        graded = status == Submission.Status.GRADED
        found[attempt][question] = (families or {}) if graded else None
    return found


def _told(families: Mapping[str, Any]) -> dict[Family, float | None]:
    return {
        family: families[family]["score"] or 0.0
        for family in Family
        if families.get(family, {}).get("total")
    }


def _unanswered(content: Mapping[str, Any]) -> dict[Family, float | None]:
    """Nothing in every family: code that is missing, or that could not be judged."""
    asks_gradients = "grad" in row_of(content).functions
    return {family: 0.0 for family in Family if asks_gradients or family != Family.GRADIENTS}


def _weight(content: Mapping[str, Any], family: Family) -> float:
    own: Mapping[str, float] = content.get("weights") or {}
    return own.get(family, WEIGHTS[family])
