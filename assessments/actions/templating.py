"""From a role template to an assessment that candidates can be invited to."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import count

from django.db import transaction

from assessments.actions.auditing import Actor, record
from assessments.actions.naming import free_slug
from assessments.actions.problems import QuestionsMissing
from assessments.actions.publishing import publish_assessment
from assessments.models import (
    Assessment,
    AssessmentQuestion,
    AssessmentVersion,
    Organisation,
    Section,
)
from questions.models import QuestionVersion, Withdrawal
from questions.role_templates import Template


@transaction.atomic
def assessment_from(
    template: Template, organisation: Organisation, *, by: Actor = None
) -> AssessmentVersion:
    """Publish a new assessment of `organisation` that asks the newest versions of the questions.

    Its slug and its title get a number where the organisation made one of this template before.
    Raises QuestionsMissing, and makes nothing, where a question is not published or was withdrawn.
    """
    return publish_assessment(draft_from(template, organisation, by=by), by=by)


@transaction.atomic
def draft_from(
    template: Template, organisation: Organisation, *, by: Actor = None
) -> AssessmentVersion:
    """The same as a draft, to be changed before it is published."""
    newest = newest_published((item.question for item in template.items), organisation)
    if missing := [item.question for item in template.items if item.question not in newest]:
        raise QuestionsMissing(template.title, missing)
    version = _draft(template, organisation)
    AssessmentQuestion.objects.bulk_create(_places(template, version, newest))
    record("assessment.created", version.assessment, by=by, template=template.slug)
    return version


def _places(
    template: Template, version: AssessmentVersion, newest: Mapping[str, QuestionVersion]
) -> Iterator[AssessmentQuestion]:
    """The questions of a template in its sections, on one clock."""
    position = count(1)
    for number, part in enumerate(template.sections, start=1):
        section = Section.objects.create(version=version, position=number, title=part.title)
        for item in part.items:
            yield AssessmentQuestion(
                version=version,
                question_version=newest[item.question],
                position=next(position),
                weight=item.weight,
                section=section,
            )


def newest_published(
    slugs: Iterable[str], organisation: Organisation | None = None
) -> dict[str, QuestionVersion]:
    """Return the newest published version of each shared question of `slugs` that has one.

    What `organisation` has withdrawn for itself is missing. It is one query, and the content stays
    in the database until it is asked for.
    """
    shared = QuestionVersion.objects.published().filter(question__organisation=None)
    found = shared.filter(question__slug__in=set(slugs)).select_related("question")
    if organisation:
        withdrawn = Withdrawal.objects.open().filter(organisation=organisation)
        found = found.exclude(question__in=withdrawn.values("question"))
    return {each.question.slug: each for each in found.defer("content").order_by("number")}


def _draft(template: Template, organisation: Organisation) -> AssessmentVersion:
    slug, number = free_slug(organisation, template.slug)
    return AssessmentVersion.objects.create(
        assessment=Assessment.objects.create(organisation=organisation, slug=slug),
        number=1,
        title=template.title if number == 1 else f"{template.title} ({number})",
        intro=template.fields["intro"],
        minutes=template.minutes,
        pass_mark=template.fields["pass_mark"],
    )
