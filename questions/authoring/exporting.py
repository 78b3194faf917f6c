"""A choice of an author's questions as a file for another program, in parts of a bounded size."""

from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

from questions.authoring.house import Author
from questions.authoring.listing import FilterForm, rows
from questions.interchange import FORMATS, converting, handing_on
from questions.interchange.remarks import Writing
from questions.models import QuestionVersion

# Questions of one file: writing takes some milliseconds each, while somebody waits.
PART = 500


@dataclass(frozen=True, slots=True)
class Told:
    """A question, and what a format does not say of it; or why it can't hold it at all."""

    version: QuestionVersion
    losses: list[str]
    refused: str


def chosen(author: Author, form: FilterForm) -> QuerySet[QuestionVersion]:
    """Return the newest versions that an author's filters choose, by their names."""
    found = form.filter(rows(author)).prefetch_related(None)
    return found.order_by("question__slug", "pk")


def parts(versions: QuerySet[QuestionVersion]) -> "Paginator[QuestionVersion]":
    return Paginator(versions, PART)


def write(form: str, versions: QuerySet[QuestionVersion], number: int) -> Writing:
    """Return the file of one part of `versions`; of nothing where there is no such part."""
    return _written(form, list(parts(versions).get_page(number)))


def told(form: str, shown: "Page[QuestionVersion]") -> list[Told]:
    """Return of each question of a page what a file would not say."""
    versions = list(shown.object_list)
    writing = _written(form, versions)
    refused = {remark.question: remark.sentence for remark in writing.refused}
    return [
        Told(
            version,
            [each.sentence for each in writing.losses if each.question == version.question.slug],
            refused.get(version.question.slug, ""),
        )
        for version in versions
    ]


def _written(form: str, versions: list[QuestionVersion]) -> Writing:
    contents = QuestionVersion.objects.in_bulk([version.pk for version in versions])
    for version in versions:
        version.content = contents[version.pk].content
    topics = handing_on.topics_of([version.question_id for version in versions])
    return converting.write(FORMATS[form], handing_on.said_by(versions, topics))
