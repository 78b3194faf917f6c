"""Long polls: how long a caller asks to wait for a report."""

import re

from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from assessments import doorbell

_PREFER = re.compile(r"(?:^|[,;\s])wait=(\d{1,4})(?:$|[,;\s])")


def asked(request: Request) -> float:
    """Return the seconds that `?wait=` or `Prefer: wait=` ask for, at most the longest wait."""
    text = request.query_params.get("wait")
    if text is None:
        # RFC 7240: a preference that can't be honoured is ignored.
        preferred = _PREFER.search(request.headers.get("Prefer", ""))
        text = preferred[1] if preferred else "0"
    if not re.fullmatch(r"\d{1,4}", text, re.ASCII):
        raise ValidationError({"wait": "Give whole seconds, 0 to 25."})
    return min(float(text), doorbell.LONGEST_WAIT)
