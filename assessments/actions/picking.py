"""Which questions a draft asks: taken from the bank, taken out, and brought up to date."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet

from assessments.actions.arranging import last_place, renumber
from assessments.actions.drafting import held_draft, part_of
from assessments.actions.problems import TooManyQuestions
from assessments.models import (
    AssessmentQuestion,
    AssessmentVersion,
    Organisation,
    Pool,
    Section,
)
from questions.models import QuestionVersion, Withdrawal

MOST = 200


def pickable(organisation: Organisation) -> QuerySet[QuestionVersion]:
    """What a new draft of `organisation` may ask: of each question the newest published version."""
    withdrawn = Withdrawal.objects.open().filter(organisation=organisation.pk)
    return (
        QuestionVersion.objects.visible_to(organisation)
        .newest_published()
        .exclude(question__in=withdrawn.values("question"))
    )


@transaction.atomic
def add_questions(
    version: AssessmentVersion,
    keys: Iterable[int],
    *,
    section: int | None = None,
    pool: int | None = None,
) -> list[AssessmentQuestion]:
    """Ask the question versions of these keys, at the end of a section or in a pool.

    What is asked already, or can't be asked, is left out. Raises TooManyQuestions.
    """
    version = held_draft(version, asks=True)
    group = part_of(version, Pool, pool) if pool else None
    found = pickable(version.assessment.organisation).filter(pk__in=set(keys))
    return place(version, found, section_for(version, section, group), group)


def place(
    version: AssessmentVersion,
    found: QuerySet[QuestionVersion],
    section: Section | None,
    pool: Pool | None,
) -> list[AssessmentQuestion]:
    """Ask what of `found` the draft, which is held, does not ask in any version."""
    asked = version.questions.values("question_version__question")
    fresh = found.exclude(question__in=asked).select_related("question").defer("content")
    rows = list(fresh.order_by("question__difficulty", "title", "pk"))
    if version.questions.count() + len(rows) > MOST:
        raise TooManyQuestions(f"An assessment asks at most {MOST} questions.")
    weight = _weight_of(pool, rows) if pool else None
    first = last_place(version)
    made = AssessmentQuestion.objects.bulk_create(
        AssessmentQuestion(
            version=version,
            question_version=row,
            position=first + number,
            # Most questions count what they take.
            weight=weight or row.question.minutes,
            section=section,
            pool=pool,
        )
        for number, row in enumerate(rows)
    )
    renumber(version)
    return made


def section_for(
    version: AssessmentVersion, key: int | None, pool: Pool | None = None
) -> Section | None:
    """Return the section of a pool, or that of the key, or the last one; None without sections."""
    member = pool.questions.select_related("section").first() if pool else None
    if member:
        return member.section
    if key:
        found: Section = part_of(version, Section, key)
        return found
    return version.sections.last()


@transaction.atomic
def remove_question(version: AssessmentVersion, key: int) -> AssessmentQuestion:
    version = held_draft(version, asks=True)
    question: AssessmentQuestion = part_of(version, AssessmentQuestion, key)
    question.delete()
    renumber(version)
    return question


@transaction.atomic
def renew_questions(version: AssessmentVersion, key: int | None = None) -> int:
    """Ask the newest published version of one question, or of all; return how many changed."""
    version = held_draft(version, asks=True)
    questions = version.questions.select_related("question_version")
    rows = questions.filter(pk=key) if key else questions.all()
    newest = newest_of(version.assessment.organisation, rows)
    changed = [row for row in rows if is_older(row, newest)]
    for row in changed:
        row.question_version = newest[row.question_version.question_id]
    AssessmentQuestion.objects.bulk_update(changed, ["question_version"])
    return len(changed)


def newest_of(
    organisation: Organisation, rows: Iterable[AssessmentQuestion]
) -> dict[int, QuestionVersion]:
    """Return, by question, the version that a new draft would ask."""
    asked = {row.question_version.question_id for row in rows}
    found = pickable(organisation).filter(question__in=asked)
    return {each.question_id: each for each in found.defer("content")}


def is_older(row: AssessmentQuestion, newest: dict[int, QuestionVersion]) -> bool:
    """Whether a newer version of the question was published."""
    known = newest.get(row.question_version.question_id)
    return known is not None and known.number > row.question_version.number


def _weight_of(pool: Pool, rows: list[QuestionVersion]) -> float | None:
    """What each of a pool counts: as much as those that are there, or the mean of the minutes."""
    member = pool.questions.first()
    if member:
        return member.weight
    minutes = [row.question.minutes for row in rows]
    return round(sum(minutes) / len(minutes), 1) if minutes else None
