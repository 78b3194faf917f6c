"""Filters of the desk: spans of time, and text that hides nothing."""

import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django import template
from django.forms import BoundField
from django.utils.safestring import SafeString, mark_safe

from assessments.models import Attempt, Invitation, Member
from assessments.models.organisation import AnyUser, member_of
from assessments.recruiter.report import source, spans
from assessments.recruiter.report.families import FamilyScore, family_scores
from assessments.recruiter.report.third_person import told_of
from assessments.recruiter.requests import open_of
from assessments.recruiter.viewer import viewer_of
from questions.templatetags.scores import level, percent

register = template.Library()

_NAME = re.compile("`([^`<>]{1,80})`")


@register.filter
def span(length: timedelta | None) -> str:
    return "-" if length is None else spans.span(length)


@register.filter
def minutes_span(minutes: int) -> str:
    """95 → "1 h 35 min", as a span beside it is told."""
    return spans.span(timedelta(minutes=minutes))


@register.filter
def cpu(seconds: float | None) -> str:
    return "-" if seconds is None else spans.cpu(seconds)


@register.filter
def visible(text: object) -> SafeString:
    """Text of a candidate: escaped, and characters that hide or reorder text spelt out."""
    return source.visible(str(text))


@register.filter
def plain(text: object) -> str:
    """The same without markup, for titles and labels."""
    return source.plain(str(text))


@register.simple_tag(takes_context=True)
def candidate_name(
    context: Mapping[str, Any], who: Attempt | Invitation, plain: bool = False
) -> str:
    """The candidate's name, or an alias where the viewer sees none; `plain` is for titles."""
    name = viewer_of(context["request"]).name_of(who)
    return source.plain(name) if plain else source.visible(name)


@register.simple_tag(takes_context=True)
def candidate_email(
    context: Mapping[str, Any], who: Attempt | Invitation, plain: bool = False
) -> str:
    """The candidate's e-mail address, where the viewer sees names and it is still there."""
    email = viewer_of(context["request"]).email_of(who) or "address hidden"
    if who.candidate.erased_at:
        email = "address erased"
    return source.plain(email) if plain else source.visible(email)


@register.filter
def sentence(text: str) -> SafeString:
    """A sentence of the grader in the third person: as `visible`, `names` in it as code."""
    return mark_safe(_NAME.sub(r"<code>\1</code>", visible(told_of(text))))


@register.filter
def points(share: float | None) -> str:
    """0.0625 → "6.2" of 100; like a percentage never rounded up."""
    return "-" if share is None else f"{int((share or 0.0) * 1000 + 1e-6) / 10:.1f}"


@register.filter
def most(weight: float) -> str:
    """0.35 → "35", 0.5385 → "53.8": what `points` are out of, in no more digits than it has."""
    return points(weight).removesuffix(".0")


@register.filter
def whole(share: float | None) -> int:
    """0.876 → 87: what a gauge of 100 steps shows."""
    return int((share or 0.0) * 100 + 1e-9)


@register.filter
def degrees(share: float) -> float:
    """0.25 → 90: where on a ring a share ends."""
    return round(360 * share, 1)


@register.filter
def family_bars(submission: Any) -> list[dict[str, Any]]:
    """The families of a submission that was read `with_families`, as columns of 20 units."""
    rows = family_scores({"families": submission.families or {}})
    return [_bar(place, row) for place, row in enumerate(rows)]


def _bar(place: int, row: FamilyScore) -> dict[str, Any]:
    # Nothing right is still to be seen, as a line at the bottom.
    height = max(2, round(20 * row.score))
    shown = {"title": row.title, "percent": percent(row.score), "level": level(row.score)}
    return {**shown, "x": 12 * place, "y": 20 - height, "height": height}


@register.filter
def control(field: BoundField, focus: bool = False) -> SafeString:
    """The widget of a form that another package made, in our looks; `focus` starts typing there."""
    css = {"checkbox": "form-check-input", "select": "form-select"}
    looks = css.get(field.widget_type, "form-control")
    # A grey example that repeats the label says nothing and is hard to read.
    return field.as_widget(attrs={"class": looks, "placeholder": "", "autofocus": focus})


@register.filter
def writes_questions(user: AnyUser) -> bool:
    """Whether the pages of questions are for this user: others get a 404 there."""
    return has_role(user, Member.WRITES)


@register.filter
def owns_organisations(user: AnyUser) -> bool:
    """Whether there are settings of an organisation for this user."""
    return has_role(user, [Member.Role.OWNER])


@register.filter
def invites(user: AnyUser) -> bool:
    """Whether this user may see whom candidates are, and what is kept of them."""
    return has_role(user, Member.INVITES)


@register.inclusion_tag("recruiter/requests_link.html", takes_context=True)
def requests_link(context: Mapping[str, Any]) -> dict[str, Any]:
    """The way to what candidates ask, for members who answer it."""
    request = context["request"]
    match = request.resolver_match
    return {
        "number": open_of(request.user).number if has_role(request.user, Member.INVITES) else None,
        "current": match is not None and match.url_name == "request_list",
    }


def has_role(user: AnyUser, roles: Iterable[str]) -> bool:
    member = member_of(user)
    return member is not None and member.role in roles
