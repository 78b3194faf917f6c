"""What a report says of what people decided, set and remarked; for members, on no other page."""

from collections.abc import Mapping
from typing import Any

from django import template

from assessments.models import Attempt
from assessments.models.organisation import member_of
from assessments.recruiter.given_points import Given, given
from assessments.recruiter.judgement import Judged, Judgement, judgement_of
from assessments.recruiter.report.parts import Part
from questions.templatetags.scores import score

register = template.Library()


@register.simple_tag(takes_context=True)
def judgement(context: Mapping[str, Any], attempt: Attempt) -> Judgement | None:
    """What the member who reads may know of what people said; None for anybody else."""
    member = member_of(context["request"].user)
    if member is None or member.organisation_id != attempt.organisation_id:
        return None
    return judgement_of(attempt, member)


@register.simple_tag
def points_given(found: Judgement | None, part: Part) -> Given | None:
    """What people gave for an open answer, once that is settled."""
    judged = _judged(found, part) if part.by_people else None
    if judged is None or judged.blind:
        return None
    return given(judged.reviews, part.review["rubric"])


def _judged(found: Judgement | None, part: Part) -> Judged | None:
    asked = found.questions if found else ()
    return next((each for each in asked if each.question == part.question), None)


@register.filter
def difference(delta: float | None) -> str:
    """0.125 → "+12.5 points"; what no page shows is none."""
    if delta is None:
        return "-"
    points = round(100 * delta, 1)
    return f"{points:+.1f} points" if points else "none"


@register.filter
def changed(
    answers: Mapping[str, Mapping[str, float | None]], titles: Mapping[str, str]
) -> list[tuple[str, str, str]]:
    """The questions whose share differs: title, share before and after."""
    return [
        (titles.get(key, ""), _said(found["before"]), _said(found["after"]))
        for key, found in answers.items()
        if found["before"] != found["after"]
    ]


def _said(share: float | None) -> str:
    return "none" if share is None else score(share)
