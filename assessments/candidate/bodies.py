"""What sitting.js sends, read with suspicion: anybody who holds a link can send anything."""

import json
import math
import re
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest

from assessments.playback import Change, Step

# More than a page that was offline for half an hour sends.
MOST_STEPS = 500
MOST_CHANGES = 100
A_DAY = 86_400.0
# No column of PostgreSQL holds them.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_NAME = re.compile(r"[A-Za-z0-9-]{1,40}")


class Unreadable(ValueError):
    """The body has not the shape that was asked for."""


def body_of(request: HttpRequest) -> dict[str, Any]:
    """Return the JSON object that a request brings; raise Unreadable."""
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise Unreadable("The body is not JSON.") from error
    if not isinstance(body, dict):
        raise Unreadable("The body is not a JSON object.")
    return body


def name_from(value: Any) -> str:
    """Return the name that a page gave to itself or to an event, "" where it is none."""
    return value if isinstance(value, str) and _NAME.fullmatch(value) else ""


def number_from(value: Any, most: float) -> float | None:
    """Return a number between 0 and `most`, None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if isinstance(value, float) and not math.isfinite(value):
        return None
    # Bounded first: a whole number may be longer than any float.
    return float(min(max(value, 0), most))


def steps_from(value: Any, now: datetime) -> list[Step]:
    """Return how code grew: of {"age": seconds, "changes": [...]} each step; [] if one is odd."""
    if not isinstance(value, list) or len(value) > MOST_STEPS:
        return []
    steps = [_step(each, now) for each in value]
    return [step for step in steps if step] if all(steps) else []


def _step(value: Any, now: datetime) -> Step | None:
    if not isinstance(value, dict):
        return None
    age, changes = number_from(value.get("age"), A_DAY), value.get("changes")
    if age is None or not isinstance(changes, list) or not 0 < len(changes) <= MOST_CHANGES:
        return None
    found = [_change(each) for each in changes]
    if None in found:
        return None
    return Step(now - timedelta(seconds=age), [each for each in found if each])


def _change(value: Any) -> Change | None:
    if not isinstance(value, list) or [type(part) for part in value] != [int, int, str]:
        return None
    start, stop, text = value
    return None if _UNSTORABLE.search(text) else (start, stop, text)
