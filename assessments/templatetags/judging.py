"""What a report says of what people decided, set and remarked; for members, on no other page."""

from collections.abc import Mapping
from typing import Any

from django import template

from assessments.models import Attempt
from assessments.models.organisation import member_of
from assessments.recruiter.judgement import judgement_of
from questions.templatetags.scores import score

register = template.Library()


@register.inclusion_tag("recruiter/judgement/panel.html", takes_context=True)
def judgement_panel(context: Mapping[str, Any], attempt: Attempt) -> dict[str, Any]:
    request = context["request"]
    member = member_of(request.user)
    if member is None or member.organisation_id != attempt.organisation_id:
        return {"found": None}
    return {"found": judgement_of(attempt, member), "attempt": attempt, "request": request}


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
