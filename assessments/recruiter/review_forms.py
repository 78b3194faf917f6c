"""What a reviewer enters: as a form without scripts posts it, and as review.js saves it."""

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

from assessments.actions.reviewing import Points
from assessments.models import Review
from assessments.rubric import LEVELS

# As the page and the browser's copy of a draft spell them.
TEXTS = {f"{level:g}": level for level in LEVELS}
_WORDS = {0.0: "not given", 0.5: "half", 1.0: "given"}


def points_from(content: Any) -> Points:
    """Return what {"points": {"0": "0.5"}, "comment": "..."} gives; raise ValueError."""
    if not isinstance(content, Mapping) or not set(content) <= {"points", "comment"}:
        raise ValueError("A review has points and a comment.")
    points, comment = content.get("points", {}), content.get("comment", "")
    if not isinstance(points, Mapping) or not isinstance(comment, str):
        raise ValueError("A review has points and a comment.")
    if not set(map(str, points.values())) <= set(TEXTS):
        raise ValueError("A point is given, half given or not given.")
    return Points({str(place): TEXTS[str(text)] for place, text in points.items()}, comment)


def posted_points(data: QueryDict) -> Points:
    """The same of a posted form."""
    points = {
        name.removeprefix("points."): text
        for name, text in data.items()
        if name.startswith("points.")
    }
    comment = data.get("comment", "").replace("\r\n", "\n")
    return points_from({"points": points, "comment": comment})


def content_of(review: Review | None) -> dict[str, Any]:
    """Return what is kept as the page reads it: what is empty is left out."""
    if review is None:
        return {}
    points = {place: f"{level:g}" for place, level in review.points.items()}
    return {
        **({"points": points} if points else {}),
        **({"comment": review.comment} if review.comment else {}),
    }


def in_words(review: Review) -> str:
    """A line for each point and the comment, for a person to tell two drafts apart."""
    places = sorted(review.points, key=int)
    lines = [f"Point {int(place) + 1}: {_WORDS[review.points[place]]}" for place in places]
    return "\n".join([*lines, *([review.comment] if review.comment else [])])
