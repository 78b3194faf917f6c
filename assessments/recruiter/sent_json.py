"""JSON that pages of the desk send."""

import json
from typing import Any

from django.http import HttpRequest


class Unreadable(ValueError):
    """The body is no JSON object."""


def json_of(request: HttpRequest) -> dict[str, Any]:
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise Unreadable("The body is not JSON.") from error
    if not isinstance(body, dict):
        raise Unreadable("The body is not a JSON object.")
    return body
