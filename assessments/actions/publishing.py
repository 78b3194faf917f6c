"""From a draft to a version that candidates can be invited to, once nothing in it is amiss."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from assessments.actions.auditing import Actor, record
from assessments.actions.problems import NotPublished
from assessments.models import (
    AssessmentQuestion,
    AssessmentVersion,
    Organisation,
    Pool,
    Section,
)
from questions import exposure


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a draft can't be published, and what to do.

    Attributes:
        place: where that is: "questions", "minutes", "section-", "pool-" or "question-" and a key.
    """

    sentence: str
    place: str


@transaction.atomic
def publish_assessment(version: AssessmentVersion, *, by: Actor = None) -> AssessmentVersion:
    """Make `version` final; raise NotPublished, which says what to do, where it can't be sat."""
    # Whoever changes the draft holds it too.
    AssessmentVersion.objects.select_for_update().get(pk=version.pk)
    for trouble in troubles(version):
        raise NotPublished(trouble.sentence)
    organisation = version.assessment.organisation
    version.published_at = timezone.now()
    version.save()
    exposure.record_asked(organisation, _assessments_by_question(organisation, version))
    record("assessment.published", version.assessment, by=by, number=version.number)
    return version


def troubles(version: AssessmentVersion) -> Iterator[Trouble]:
    """What hinders the publishing of `version`, all of it."""
    related = ("section", "pool", "question_version__question__organisation")
    questions = list(version.questions.select_related(*related).defer("question_version__content"))
    sections = list(version.sections.all())
    if not questions:
        yield Trouble(f"{version} asks nothing yet: add a question.", "questions")
    yield from _troubles_of_questions(version, questions)
    yield from _troubles_of_sections(sections, questions)
    yield from troubles_of_minutes(version, sections)
    yield from _troubles_of_pools(list(version.pools.all()), questions)


def _troubles_of_questions(
    version: AssessmentVersion, questions: list[AssessmentQuestion]
) -> Iterator[Trouble]:
    askable = set(version.questions.askable().values_list("pk", flat=True))
    organisation = version.assessment.organisation
    for question in questions:
        asked, place = question.question_version, f"question-{question.pk}"
        if asked.published_at is None:
            yield Trouble(f"“{asked.title}” is not published yet: publish it, or remove it.", place)
        elif question.pk not in askable:
            yield Trouble(f"“{asked.title}” was retired, or has leaked: remove it.", place)
        if asked.question.organisation not in (None, organisation):
            yield Trouble(f"“{asked.title}” belongs to another organisation: remove it.", place)


def _troubles_of_sections(
    sections: list[Section], questions: list[AssessmentQuestion]
) -> Iterator[Trouble]:
    for question in questions:
        if sections and question.section not in sections:
            title = question.question_version.title
            yield Trouble(
                f"“{title}” is in no section of this version: put it into one.",
                f"question-{question.pk}",
            )
    filled = {question.section for question in questions}
    for section in sections:
        if section not in filled:
            yield Trouble(
                f"The section “{section.title}” is empty: give it a question, or remove it.",
                f"section-{section.pk}",
            )


def troubles_of_minutes(version: AssessmentVersion, sections: list[Section]) -> Iterator[Trouble]:
    """What is wrong with the minutes of sections beside those of the whole."""
    minutes = [section.minutes for section in sections if section.minutes]
    bare = [section for section in sections if not section.minutes]
    if minutes and bare:
        titles = ", ".join(f"“{each.title}”" for each in bare)
        yield Trouble(
            f"Some sections have minutes of their own: give {titles} minutes too, or none to all.",
            f"section-{bare[0].pk}",
        )
    elif minutes and sum(minutes) != version.minutes:
        yield Trouble(
            f"The sections take {sum(minutes)} minutes together, the assessment "
            f"{version.minutes}: set the assessment to {sum(minutes)}, or change a section.",
            "minutes",
        )


def _troubles_of_pools(pools: list[Pool], questions: list[AssessmentQuestion]) -> Iterator[Trouble]:
    members: defaultdict[Pool, list[AssessmentQuestion]] = defaultdict(list)
    for question in questions:
        if question.pool:
            members[question.pool].append(question)
    for pool in sorted({*pools, *members}, key=lambda each: each.name):
        for sentence in _amiss(pool, members[pool]):
            yield Trouble(sentence, f"pool-{pool.pk}")


def _amiss(pool: Pool, members: list[AssessmentQuestion]) -> Iterator[str]:
    if pool.draws > len(members):
        yield (
            f"The pool “{pool.name}” draws {pool.draws} of {len(members)} questions: "
            "add questions to it, or draw fewer."
        )
    yield from _unequal(pool, members)


def _unequal(pool: Pool, members: list[AssessmentQuestion]) -> Iterator[str]:
    """What would make one candidate's draw another test than the next one's."""
    if len({member.weight for member in members}) > 1:
        yield (
            f"The questions of the pool “{pool.name}” weigh differently: give them one weight, "
            "so that every draw counts the same."
        )
    if len({member.section_id for member in members}) > 1:
        yield (
            f"The questions of the pool “{pool.name}” are in different sections: move them into "
            "one section, or make a pool for each."
        )


def _assessments_by_question(
    organisation: Organisation, version: AssessmentVersion
) -> dict[int, int]:
    """In how many published assessments of `organisation` each question of `version` is."""
    question = "question_version__question"
    places = AssessmentQuestion.objects.filter(
        version__assessment__organisation=organisation,
        version__published_at__isnull=False,
        question_version__question__in=version.questions.values(question),
    )
    counted = places.order_by().values_list(question)
    return dict(counted.annotate(Count("version__assessment", distinct=True)))
