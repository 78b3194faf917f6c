"""What an attempt earned in each topic, family and section; made again with every score."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
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


def keep_part_scores(
    attempt: Attempt, questions: Sequence[AssessmentQuestion], shares: Shares
) -> None:
    """Keep the weighted mean of each part of which everything is scored.

    `shares` says by question what the answers earned. The caller holds the attempt's row.
    """
    whole = sum(question.weight for question in questions)
    if attempt.finished_at is None or not whole:
        return
    pieces = _pieces(attempt, questions, shares)
    made = {part: _mean(found, whole) for part, found in pieces.items() if _all_scored(found)}
    kept = {
        (part.kind, part.key): (part.score, part.weight)
        for part in PartScore.objects.filter(attempt=attempt)
    }
    if made != kept:
        _replace(attempt, made)


def score_parts(attempt: Attempt) -> None:
    """Make the parts of an attempt that was scored before there were any, of its answers."""
    with transaction.atomic():
        attempt = Attempt.objects.select_for_update(of=("self",)).get(pk=attempt.pk)
        asked = attempt.questions.select_related("question_version")
        # Where nothing was entered there is nothing to earn.
        shares: dict[int, float | None] = dict.fromkeys((each.pk for each in asked), 0.0)
        answers = Answer.objects.filter(attempt=attempt, question__in=shares)
        keep_part_scores(
            attempt, list(asked), shares | dict(answers.values_list("question", "score"))
        )


def _replace(attempt: Attempt, made: Mapping[Part, tuple[float, float]]) -> None:
    PartScore.objects.filter(attempt=attempt).delete()
    PartScore.objects.bulk_create(
        PartScore(attempt=attempt, kind=kind, key=key, score=score, weight=weight)
        for (kind, key), (score, weight) in made.items()
    )


def _all_scored(pieces: Sequence[tuple[float, float | None]]) -> bool:
    return all(share is not None for _, share in pieces) and sum(w for w, _ in pieces) > 0


def _mean(pieces: Sequence[tuple[float, float | None]], whole: float) -> tuple[float, float]:
    """Return the weighted mean, and which part of the whole it is."""
    weight = sum(weight for weight, _ in pieces)
    earned = sum(weight * (share or 0.0) for weight, share in pieces)
    return min(1.0, earned / weight), weight / whole


def _pieces(attempt: Attempt, questions: Sequence[AssessmentQuestion], shares: Shares) -> Pieces:
    found = defaultdict[Part, list[tuple[float, float | None]]](list)
    topics, sections = _topics(questions), _sections(questions)
    for question in questions:
        piece = question.weight, shares[question.pk]
        for topic in topics[question.question_version.question_id]:
            found[PartScore.Kind.TOPIC.value, topic].append(piece)
        if question.section_id:
            found[PartScore.Kind.SECTION.value, str(sections[question.section_id])].append(piece)
    for family, weight, share in _families(attempt, questions):
        found[PartScore.Kind.FAMILY.value, family].append((weight, share))
    return found


def _topics(questions: Sequence[AssessmentQuestion]) -> defaultdict[int, list[str]]:
    """The slugs of the topics of each question, by its key in the bank."""
    found: defaultdict[int, list[str]] = defaultdict(list)
    asked = [question.question_version.question_id for question in questions]
    pairs = Question.objects.filter(pk__in=asked, topics__isnull=False)
    for question, topic in pairs.values_list("pk", "topics__slug"):
        found[question].append(topic)
    return found


def _sections(questions: Sequence[AssessmentQuestion]) -> dict[int, int]:
    wanted = {question.section_id for question in questions if question.section_id}
    if not wanted:
        return {}
    return dict(Section.objects.filter(pk__in=wanted).values_list("pk", "position"))


def _families(
    attempt: Attempt, questions: Sequence[AssessmentQuestion]
) -> Iterator[tuple[str, float, float | None]]:
    """Each family of each coding question: its weight in the attempt, and its share."""
    coding = [each for each in questions if each.question_version.kind == CODING.slug]
    reports = _reports(attempt) if coding else {}
    for question in coding:
        content = question.question_version.content
        asked = question.question_version.question_id
        families = _told(reports.get(asked) or {}) or _unanswered(content)
        if asked in reports and reports[asked] is None:
            families = dict.fromkeys(families)
        usual = {family: _weight(content, family) for family in families}
        whole = sum(usual.values()) or 1.0
        for family, share in families.items():
            yield family.value, question.weight * usual[family] / whole, share


def _reports(attempt: Attempt) -> dict[int, Any]:
    """The families of the report that leads, by the question's key in the bank; None: waits."""
    leading = Submission.objects.filter(attempt=attempt).leading()
    asked = "question__question_version__question"
    return {
        question: (families or {}) if status == Submission.Status.GRADED else None
        for question, status, families in leading.values_list(asked, "status", "report__families")
    }


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
