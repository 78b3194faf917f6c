"""How much one token may ask for."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from assessments.actions import TooManySubmissions
from assessments.actions.tokens import count_call
from assessments.pace import MINUTE, seconds_left


class TokenThrottle(BaseThrottle):
    """So many requests a minute and token."""

    def allow_request(self, request: Request, view: Any) -> bool:
        asked = _asked(request)
        return asked is None or asked <= settings.API_REQUESTS_PER_MINUTE

    def wait(self) -> float:
        return seconds_left()


@contextmanager
def within_quota() -> Iterator[None]:
    """Where a token has sent all that it may, the answer says when it may send again."""
    try:
        yield
    except TooManySubmissions as used_up:
        raise Throttled(used_up.retry_after, str(used_up)) from used_up


def limits(request: Request) -> dict[str, str]:
    """The headers that tell how much a token may ask for, and how much is left of it."""
    most = settings.API_REQUESTS_PER_MINUTE
    policy = {"RateLimit-Policy": f'"requests";q={most};w={MINUTE}', "X-RateLimit-Limit": str(most)}
    asked = _asked(request)
    if asked is None:
        return policy
    left, reset = max(0, most - asked), math.ceil(seconds_left())
    return policy | {
        "RateLimit": f'"requests";r={left};t={reset}',
        "X-RateLimit-Remaining": str(left),
        "X-RateLimit-Reset": str(reset),
    }


def _asked(request: Request) -> int | None:
    """How often the token asked in this minute, this request too; None without a token."""
    known: int | None = getattr(request, "asked", None)
    user = getattr(request, "_user", None)
    if known is None and user is not None and user.pk is not None:
        known = count_call(user.token)
        request.asked = known  # type: ignore[attr-defined]
    return known
