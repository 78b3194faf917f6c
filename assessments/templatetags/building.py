"""Filters of the editor of assessments: the form of a row, and what the page knows of it."""

from typing import Any

from django import template
from django.forms import BoundField
from django.utils.safestring import SafeString

from assessments.models import Member, Pool
from assessments.models.organisation import AnyUser, member_of
from assessments.recruiter.building.forms import EditForm
from assessments.recruiter.building.layout import Part, Place
from questions import files, kinds
from questions.models import Question

register = template.Library()


@register.filter
def sees_assessments(user: AnyUser) -> bool:
    """Whether the pages of assessments are for this user: authors get a 404 there."""
    member = member_of(user)
    return member is not None and member.role in Member.SEES_CANDIDATES


@register.filter
def of_section(forms: dict[str, EditForm], part: Part) -> EditForm:
    return forms[f"s{part.section.pk if part.section else 0}"]


@register.filter
def of_place(forms: dict[str, EditForm], place: Place) -> EditForm:
    return forms[f"q{place.row.pk}"]


@register.filter
def of_pool(forms: dict[str, EditForm], pool: Pool) -> EditForm:
    return forms[f"p{pool.pk}"]


@register.filter
def place_name(pool: Pool) -> str:
    """As the troubles of a draft name the place."""
    return f"pool-{pool.pk}"


@register.filter
def settled(field: BoundField) -> SafeString:
    """What stands in a field from now on, to replace what the page believed."""
    attributes: Any = {"hx-swap-oob": "true"}
    return SafeString(field.as_hidden(attrs=attributes, only_initial=True))


@register.filter
def criteria_words(pool: Pool) -> str:
    """What a pool is filled by, in words; "" where its questions were put into it by hand."""
    said, titles = pool.criteria, files.topics()
    parts = [
        [titles.get(slug, slug) for slug in said.get("topics", [])],
        [Question.Difficulty(level).label.lower() for level in said.get("difficulties", [])],
        [kinds.get(slug).title.lower() for slug in said.get("kinds", []) if slug in kinds.KINDS],
    ]
    return "; ".join(" or ".join(part) for part in parts if part)
