"""From a draft to a version that candidates can be invited to, once nothing in it is amiss."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

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
from questions.models import Question


@transaction.atomic
def publish_assessment(version: AssessmentVersion, *, by: Actor = None) -> AssessmentVersion:
    """Make `version` final; raise NotPublished, which says what to do, where it can't be sat."""
    for trouble in _troubles(version):
        raise NotPublished(trouble)
    organisation = version.assessment.organisation
    version.published_at = timezone.now()
    version.save()
    exposure.record_asked(organisation, _assessments_by_question(organisation, version))
    record("assessment.published", version.assessment, by=by, number=version.number)
    return version


def _troubles(version: AssessmentVersion) -> Iterator[str]:
    if not version.questions.exists():
        yield f"{version} asks nothing yet."
    if version.questions.filter(question_version__published_at=None).exists():
        yield f"A question of {version} is not published yet."
    if version.questions.count() > version.questions.askable().count():
        yield f"A question of {version} was retired, or has leaked."
    asked = Question.objects.filter(versions__uses__version=version)
    visible = Question.objects.visible_to(version.assessment.organisation)
    if asked.exclude(pk__in=visible).exists():
        yield f"A question of {version} belongs to another organisation."
    questions = list(version.questions.select_related("section", "pool", "question_version"))
    yield from _troubles_of_sections(version, list(version.sections.all()), questions)
    yield from _troubles_of_pools(list(version.pools.all()), questions)


def _troubles_of_sections(
    version: AssessmentVersion, sections: list[Section], questions: list[AssessmentQuestion]
) -> Iterator[str]:
    for question in questions:
        if sections and question.section not in sections:
            title = question.question_version.title
            yield f"“{title}” is in no section of this version: put it into one."
    filled = {question.section for question in questions}
    for section in sections:
        if section not in filled:
            yield f"The section “{section.title}” is empty: give it a question, or remove it."
    yield from _troubles_of_minutes(version, sections)


def _troubles_of_minutes(version: AssessmentVersion, sections: list[Section]) -> Iterator[str]:
    minutes = [section.minutes for section in sections if section.minutes]
    if minutes and len(minutes) < len(sections):
        bare = ", ".join(f"“{each.title}”" for each in sections if not each.minutes)
        yield f"Some sections have minutes of their own: give {bare} minutes too, or none to all."
    elif minutes and sum(minutes) != version.minutes:
        yield (
            f"The sections take {sum(minutes)} minutes together, the assessment "
            f"{version.minutes}: set the assessment to {sum(minutes)}, or change a section."
        )


def _troubles_of_pools(pools: list[Pool], questions: list[AssessmentQuestion]) -> Iterator[str]:
    members: defaultdict[Pool, list[AssessmentQuestion]] = defaultdict(list)
    for question in questions:
        if question.pool:
            members[question.pool].append(question)
    for pool in {*pools, *members}:
        if pool.draws > len(members[pool]):
            yield (
                f"The pool “{pool.name}” draws {pool.draws} of {len(members[pool])} questions: "
                "add questions to it, or draw fewer."
            )
        yield from _unequal(pool, members[pool])


def _unequal(pool: Pool, members: Iterable[AssessmentQuestion]) -> Iterator[str]:
    """What would make one candidate's draw another test than the next one's."""
    members = list(members)
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
